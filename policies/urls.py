"""The policy library's addresses. A version's address is what citations link to, so it never changes."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, register_converter

from policies.views import library


class VersionNumber:
    """`@v14` in an address."""

    regex = r"@v[1-9][0-9]{0,4}"

    def to_python(self, value: str) -> int:
        return int(value.removeprefix("@v"))

    def to_url(self, value: int) -> str:
        return f"@v{value}"


class ClauseKey:
    """`CS-VI-3.2` in an address, in capitals or not."""

    regex = r"[A-Za-z]{2}-[A-Za-z]{2}-[0-9]{1,2}\.[0-9]{1,2}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(VersionNumber, "policy_version")
register_converter(ClauseKey, "policy_key")

app_name = "policies"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", library.library, name="library"),
    path("<policy_key:key>/", library.clause, name="clause"),
    path("<policy_key:key>/<policy_version:number>/", library.clause, name="version"),
]

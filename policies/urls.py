"""The policy library's addresses. A version's address is what citations link to, so it never changes."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, register_converter

from policies.views import drafts, exchange, gaps, guidance, library


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
    path("drafts/", drafts.draft_list, name="drafts"),
    path("new/", drafts.new_clause, name="new"),
    path("files/", exchange.exchange, name="exchange"),
    path("files/policies.zip", exchange.download, name="download"),
    path("gaps/", gaps.gap_list, name="gaps"),
    path("gaps/<int:gap_id>/", gaps.gap, name="gap"),
    path("guidance/", guidance.guidance_list, name="guidance-list"),
    path("guidance/new/", guidance.issue, name="guidance-new"),
    path("guidance/<int:number>/", guidance.show_guidance, name="guidance"),
    path("guidance/<int:number>/new/", guidance.issue, name="guidance-again"),
    path("guidance/<int:number>/v<int:edition>/", guidance.show_guidance, name="guidance-edition"),
    path("guidance/<int:number>/v<int:edition>/<slug:does>/", guidance.act, name="guidance-act"),
    path("<policy_key:key>/", library.clause, name="clause"),
    path("<policy_key:key>/start/", drafts.start, name="draft-start"),
    path("<policy_key:key>/compare/", drafts.compare_chosen, name="compare-chosen"),
    path("<policy_key:key>/<policy_version:older>/<policy_version:newer>/", drafts.compare, name="compare"),
    path("<policy_key:key>/<policy_version:number>/", library.clause, name="version"),
    path("<policy_key:key>/<policy_version:number>/acknowledge/", drafts.acknowledge, name="acknowledge"),
    path("<policy_key:key>/<policy_version:number>/readers/", drafts.readers, name="readers"),
    path("<policy_key:key>/<policy_version:number>/retire/", drafts.retire, name="retire"),
    path("<policy_key:key>/<policy_version:number>/translate/", drafts.translate_chosen, name="translate-chosen"),
    path("<policy_key:key>/<policy_version:number>/translate/<slug:language>/", drafts.translate, name="translate"),
    path("<policy_key:key>/drafts/<int:number>/", drafts.show_draft, name="draft"),
    path("<policy_key:key>/drafts/<int:number>/edit/", drafts.edit, name="draft-edit"),
    path("<policy_key:key>/drafts/<int:number>/publish/", drafts.publish, name="draft-publish"),
    path("<policy_key:key>/drafts/<int:number>/<slug:does>/", drafts.act, name="draft-act"),
]

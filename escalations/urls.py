"""Addresses of cases and what belongs to them."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from escalations.views import developers, filters, stream

app_name = "escalations"
urlpatterns: list[URLPattern | URLResolver] = [
    path("filters/complete/", filters.complete, name="filter-complete"),
    path("filters/check/", filters.check, name="filter-check"),
    path("help/filters/", filters.help_page, name="filter-help"),
    path("developers/", developers.quickstart, name="developers"),
    path("developers/reference/", developers.reference, name="developers-reference"),
    path("developers/errors/", developers.errors, name="developers-errors"),
    path("developers/changelog/", developers.changelog, name="developers-changelog"),
    path("developers/openapi.yaml", developers.openapi, name="developers-openapi"),
    path("developers/sandbox-key/", developers.make_sandbox_key, name="developers-sandbox-key"),
    path("stream/", stream.stream, name="stream"),
    path("c/<slug:ref>/look/", stream.look, name="case-look"),
]

"""Addresses of cases and what belongs to them."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from escalations.views import filters, stream

app_name = "escalations"
urlpatterns: list[URLPattern | URLResolver] = [
    path("filters/complete/", filters.complete, name="filter-complete"),
    path("filters/check/", filters.check, name="filter-check"),
    path("help/filters/", filters.help_page, name="filter-help"),
    path("stream/", stream.stream, name="stream"),
    path("c/<slug:ref>/look/", stream.look, name="case-look"),
]

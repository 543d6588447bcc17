"""Addresses of cases and what belongs to them."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from escalations.views import case, comments, developers, evidence, filters, manual, me, stream

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
    # Before the addresses of cases, whose reference could be any slug.
    path("c/new/", manual.new, name="case-new"),
    path("c/new/look/", manual.look, name="case-new-look"),
    path("c/<slug:ref>/", case.case, name="case"),
    *[path(f"c/<slug:ref>/{part}/", case.case, {"part": part}, name=f"case-{part}") for part in case.PARTS],
    path("c/<slug:ref>/note/", comments.note, name="case-note"),
    path("c/<slug:ref>/reply/", comments.reply, name="case-reply"),
    path("c/<slug:ref>/draft/note/", comments.draft, {"kind": "note"}, name="case-draft-note"),
    path("c/<slug:ref>/draft/reply/", comments.draft, {"kind": "reply"}, name="case-draft-reply"),
    path("c/<slug:ref>/request-info/", case.request_info, name="case-request-info"),
    path("c/<slug:ref>/edit/", case.edit, name="case-edit"),
    path("c/<slug:ref>/reveal/", case.reveal, name="case-reveal"),
    path("c/<slug:ref>/print/", case.print_page, name="case-print"),
    path("c/<slug:ref>/next/", case.neighbour, {"way": "next"}, name="case-next"),
    path("c/<slug:ref>/previous/", case.neighbour, {"way": "previous"}, name="case-previous"),
    path("c/<slug:ref>/e/add/", evidence.add, name="evidence-add"),
    path("c/<slug:ref>/e/<int:number>/", evidence.item, name="evidence"),
    path("c/<slug:ref>/e/<int:number>/preview/", evidence.preview, name="evidence-preview"),
    path("c/<slug:ref>/e/<int:number>/original/", evidence.original, name="evidence-original"),
    path("c/<slug:ref>/e/<int:number>/download/", evidence.download, name="evidence-download"),
    path("c/<slug:ref>/e/<int:number>/tier/", evidence.tier, name="evidence-tier"),
    path("me/", me.me, name="me"),
]

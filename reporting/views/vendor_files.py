"""A vendor's scorecard taken along: as PDF for the weekly review, its charts as tables and pictures (REP-5)."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Organization, User
from core.types import AtRequest
from escalations.views.export import harmless
from reporting import documents, permissions
from reporting.charts import Table
from reporting.documents.brief import utc
from reporting.documents.parts import Document
from reporting.documents.scorecard import scorecard_document
from reporting.pages import scorecards
from reporting.pages.asking import asked_by
from reporting.pages.scorecards import Piece
from reporting.selectors.annotations import Note, during
from reporting.selectors.figures import Window, scope_of
from reporting.selectors.figures import weeks as last_weeks
from reporting.selectors.scorecard import WEEKS, Scorecard, scorecard
from reporting.views.briefs import CouldNotPrint


@login_required
@require_safe
def scorecard_pdf(request: AtRequest, slug: str) -> HttpResponse:
    """The scorecard as the reader sees it, on their paper."""
    viewer = cast("User", request.user)
    if not viewer.is_internal:
        raise Http404
    permissions.check_can_see_reports(viewer)
    vendor = get_object_or_404(Organization, slug=slug, kind=Organization.Kind.VENDOR)
    zone = asked_by(viewer, request.GET, at=request.at).ask.zone
    card = scorecard(vendor, scope=scope_of(viewer), at=request.at, zone=zone)
    shown = scorecards.present(card, lambda days: Window.last(days=days, at=request.at, zone=zone))
    document = scorecard_document(shown, by=viewer.display_name, zone=zone.key, at=request.at)
    return printed(document, viewer, f"{vendor.slug}-{request.at:%Y-%m-%d}.pdf")


@login_required
@require_safe
def piece(request: AtRequest, slug: str, key: str, form: str) -> HttpResponse:
    """One chart of the scorecard, or its figures, as the reader sees them: CSV or PNG. 404 for one the card does not have."""
    viewer = cast("User", request.user)
    if not viewer.is_internal:
        raise Http404
    permissions.check_can_see_reports(viewer)
    vendor = get_object_or_404(Organization, slug=slug, kind=Organization.Kind.VENDOR)
    zone = asked_by(viewer, request.GET, at=request.at).ask.zone
    card = scorecard(vendor, scope=scope_of(viewer), at=request.at, zone=zone)
    found = scorecards.pieces(card, notes=notes_of(viewer, vendor, at=request.at, zone=zone))
    return piece_answer(card, found, key, form, reader=viewer)


def notes_of(viewer: User, vendor: Organization, *, at: datetime, zone: ZoneInfo) -> list[Note]:
    """The notes of the time line over the weeks of a card: about this vendor, a queue or everything."""
    weeks = last_weeks(WEEKS + 1, at=at, zone=zone)[:-1]
    return during(
        viewer=viewer,
        start=weeks[0].start,
        end=weeks[-1].end,
        zone=zone,
        concerns=lambda field, slug: field != "vendor" or slug == vendor.slug,
    )


def piece_answer(card: Scorecard, pieces: Mapping[str, Piece], key: str, form: str, *, reader: User) -> HttpResponse:
    """A piece of a card as a file, for either side. Raises Http404 where there is none, `CouldNotPrint`."""
    name = f"{card.vendor.slug}-{key}-{card.at:%Y-%m-%d}.{form}"
    if key == scorecards.FIGURES and form == "csv":
        title = _("The last 28 days")
        return _csv(card, title, "", [(title, scorecards.figures_table(card))], name)
    if (found := pieces.get(key)) is None:
        raise Http404
    if form == "csv":
        return _csv(card, found.title, found.about, found.tables, name)
    lines = [
        f"{card.vendor.name} · {found.about}",
        *[f"{place} {note.text}" for place, note in enumerate(found.notes, start=1)],
        f"{_('As of')} {utc(card.as_of)} · {card.zone} · {reader.display_name}",
    ]
    chart = found.chart
    try:
        made = documents.picture(
            str(chart.svg), title=found.title, alt=chart.summary, lines=lines, language=get_language() or "en"
        )
    except documents.NotPrinted as error:
        raise CouldNotPrint(
            _("The picture could not be made. Try again; if it stays so, tell an administrator.")
        ) from error
    response = HttpResponse(made, content_type="image/png")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _csv(card: Scorecard, title: str, about: str, tables: Sequence[tuple[str, Table]], name: str) -> HttpResponse:
    """Tables under what was asked; nothing that a spreadsheet would run."""
    lines: list[Sequence[str]] = [
        [title],
        [_("Vendor"), card.vendor.name],
        *([[_("Time"), about]] if about else []),
        [_("Zone"), card.zone.key],
        [_("As of (UTC)"), card.as_of.isoformat()],
    ]
    for _title, table in tables:
        lines += [[], table.headers, *table.rows]
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([harmless(str(cell)) for cell in line] for line in lines)
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def printed(document: Document, reader: User, name: str) -> HttpResponse:
    """A document as a PDF on the reader's paper. Raises `CouldNotPrint`."""
    try:
        made = documents.render(document, paper=documents.paper_of(reader.time_zone))
    except documents.NotPrinted as error:
        raise CouldNotPrint(
            _("The PDF could not be made. Try again; if it stays so, tell an administrator.")
        ) from error
    response = HttpResponse(made.content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response

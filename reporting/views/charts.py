"""One chart taken along: as a picture, or into a brief (ux.md REP-5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from core.errors import Invalid
from core.types import AtRequest
from escalations.filters import TooSlow, within
from escalations.views.team import team_only
from reporting import documents, permissions
from reporting.blocks import Block
from reporting.documents.brief import utc
from reporting.lifecycle import BlockKind, BriefKind, BriefState, Classification
from reporting.models import Brief
from reporting.operations import briefs as operations
from reporting.pages import Page, Panel, ranges
from reporting.pages.asking import Asked
from reporting.selectors import said
from reporting.views.briefs import CouldNotPrint
from reporting.views.reports import PANEL_WITHIN_S, panel_asked

DRAFTS_MOST, TITLE_MOST = 50, 120


@team_only
@login_required
@require_GET
def png(request: HttpRequest, key: str, panel_key: str, number: int) -> HttpResponse:
    """A chart as a PNG with its name, its stretch of time, its filter and when it was counted, as this reader sees it."""
    found, asked, one = panel_asked(request, key, panel_key)
    _check(asked)
    ask = asked.ask
    try:
        drawn = within(PANEL_WITHIN_S, partial(one.draw, ask))
    except TooSlow as error:
        raise CouldNotPrint(_("Counting took too long. Narrow the filter or the time, or try again.")) from error
    if not 0 < number <= len(drawn.charts):
        raise Http404
    chart = drawn.charts[number - 1]
    about = [str(found.label), str(one.title), ranges.in_words(ask.span(one.range), ask.zone) if one.has_time else ""]
    notes = [note for note in ask.annotations(ask.shown_window(one)) if note.is_flag] if one.is_over_time else []
    lines = [
        " · ".join(part for part in about if part),
        _("Filter: %(filter)s") % {"filter": ask.text or _("none")},
        *[f"{place} {note.text}" for place, note in enumerate(notes, start=1)],
        f"{_('As of')} {utc(drawn.as_of or ask.at)} · {ask.zone} · {ask.viewer.display_name}",
    ]
    try:
        made = documents.picture(
            str(chart.svg), title=chart.title, alt=chart.summary, lines=lines, language=get_language() or "en"
        )
    except documents.NotPrinted as error:
        raise CouldNotPrint(
            _("The picture could not be made. Try again; if it stays so, tell an administrator.")
        ) from error
    response = HttpResponse(made, content_type="image/png")
    name = f"{slugify(key)}-{slugify(panel_key)}-{number}-{ask.at:%Y-%m-%d}.png"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@team_only
@login_required
@require_http_methods(["GET", "POST"])
def to_brief(request: HttpRequest, key: str, panel_key: str, number: int) -> HttpResponse:
    """Put a chart into a brief that is being written, or begin one with it: counted anew for every reader of briefs."""
    found, asked, one = panel_asked(request, key, panel_key)
    user, at = cast("User", request.user), cast("AtRequest", request).at
    permissions.check_can_write_briefs(user)
    _check(asked)
    drafts = Brief.objects.visible_to(user).filter(state=BriefState.DRAFT).order_by("-changed_at", "-id")
    problem, status = "", 200
    if request.method == "POST":
        try:
            brief = _put(request, found, one, number, asked.ask.params, at)
        except Invalid as error:
            problem = error.errors[0].detail if error.errors else error.detail
            status = 422
        else:
            messages.success(request, _("The chart stands in %(ref)s.") % {"ref": brief.ref})
            return redirect("reporting:brief-edit", brief.pk)
    context = {
        "report": found,
        "back": reverse("reporting:panel", args=[key, panel_key]) + asked.ask.query(),
        "part": _block(found, one, number, asked.ask.params, get_language() or "en", user, at),
        "drafts": drafts[:DRAFTS_MOST],
        "chosen": request.POST.get("brief", ""),
        "title": request.POST.get("title", ""),
        "title_most": TITLE_MOST,
        "problem": problem,
    }
    return render(request, "reporting/briefs/add_chart.html", context, status=status)


def _put(request: HttpRequest, page: Page, panel: Panel, number: int, given: Mapping[str, str], at: datetime) -> Brief:
    """The brief with the chart in it. Raises `Invalid`: no title, or one that has its chart already."""
    user = cast("User", request.user)
    chosen = request.POST.get("brief", "")
    if chosen != "new":
        typed = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 12 else 0
        brief: Brief = get_object_or_404(Brief.objects.visible_to(user).filter(state=BriefState.DRAFT), pk=typed)
        block = _block(page, panel, number, given, brief.language, user, at)
        return operations.add_block(brief_id=brief.pk, revision=brief.revision, block=block, by=user, at=at)
    language = get_language() or "en"
    block = _block(page, panel, number, given, language, user, at)
    return operations.start_brief(
        kind=BriefKind.WEEKLY,
        title=request.POST.get("title", "").replace("\x00", "")[: TITLE_MOST + 1],
        surface="",
        classification=Classification.CONFIDENTIAL,
        language=language,
        by=user,
        at=at,
        blocks=[operations.written_block(BlockKind.BLUF), block],
    )


def _block(
    page: Page, panel: Panel, number: int, given: Mapping[str, str], language: str, user: User, at: datetime
) -> Block:
    """The chart as readers of briefs will see it. Raises `CouldNotPrint` where counting takes too long."""
    try:
        return said.drawn_block(page=page, panel=panel, number=number, given=given, language=language, by=user, at=at)
    except TooSlow as error:
        raise CouldNotPrint(_("Counting took too long. Narrow the filter or the time, or try again.")) from error


def _check(asked: Asked) -> None:
    """Raises `Invalid` for an address that says something which cannot be read."""
    asked.compiled.raise_for_errors()
    if asked.problems:
        raise Invalid(" ".join(asked.problems))

"""Exports: asking for one, the list with its progress, the second person's answer, fetching the file."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts.models import User
from core import toasts
from core.errors import DomainError, Invalid, NotPermitted
from core.files import resumable
from core.htmx import done, render_part
from core.types import AtRequest
from escalations.views.team import team_only
from reporting import rights
from reporting.exports import Source
from reporting.lifecycle import CONTENT_TYPES, ExportFormat, ExportState, Trouble
from reporting.models import Export
from reporting.operations import exports

LIST, ROWS = "reporting/exports/list.html", "reporting/exports/_exports.html"
NEW, FORM = "reporting/exports/new.html", "reporting/exports/_export_form.html"
SHOWN = 50


@dataclass(frozen=True)
class Line:
    """One export as the list shows it."""

    export: Export
    trouble: str
    may_fetch: bool


@team_only
@login_required
@never_cache
@require_GET
def export_list(request: HttpRequest) -> HttpResponse:
    """The viewer's exports, newest first, and what waits for them as a second person. Asks for itself while one is under way."""
    return _list(request)


def _list(request: HttpRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    viewer = cast("User", request.user)
    if not (rights.can_export(viewer) or rights.can_explore(viewer)):
        raise NotPermitted(_("Your role takes no rows out. A lead can do it for you."), rule="export")
    found = list(Export.objects.visible_to(viewer).order_by("-asked_at", "-id")[:SHOWN])
    lines = [_line(export, viewer) for export in found]
    waiting: list[Export] = []
    if rights.may_answer(viewer):
        waiting = list(Export.objects.waiting_for(viewer).select_related("asked_by").order_by("asked_at", "id")[:SHOWN])
    context = {
        "lines": lines,
        "waiting": waiting,
        "is_live": any(line.export.is_working for line in lines),
        "problem": problem,
        "kept_days": exports.KEPT.days,
    }
    return render_part(request, LIST, ROWS, context, status=status)


def _line(export: Export, viewer: User) -> Line:
    if export.trouble:
        return Line(export, str(Trouble(export.trouble).label), may_fetch=False)
    if export.state != ExportState.DONE or not exports.file_of(export).exists():
        return Line(export, "", may_fetch=False)
    is_theirs = exports.is_still_theirs(export, viewer)
    return Line(export, "" if is_theirs else exports.changed_words(), may_fetch=is_theirs)


@team_only
@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def export_new(request: HttpRequest) -> HttpResponse:
    """What an export would hold, and its format (GET); asking for it (POST). `source` names the rows, the rest are its parameters.

    A POST whose address names the source shows the form, too: that is how keys come that are too many for an address.
    """
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    is_asked = request.method == "POST" and "source" not in request.GET
    asked = request.POST if is_asked else request.GET
    source = exports.source_of(asked.get("source", ""))
    if not source.may(viewer):
        raise NotPermitted(_("Your role does not take these rows out."), rule="export")
    params: dict[str, Any] = {name: asked[name].replace("\x00", "") for name in source.takes if name in asked}
    if not is_asked and "keys" in source.takes and "keys" in request.POST:
        params["keys"] = " ".join(dict.fromkeys(request.POST.getlist("keys"))).replace("\x00", "")
    if any(len(value) > exports.PARAMS_MAX for value in params.values()):
        detail = _(
            "This filter or selection is too long: select at most 10,000 cases by hand, or all that a filter finds."
        )
        raise Invalid(detail, code="too_long")
    chosen = asked.get("as", ExportFormat.CSV.value)
    if not is_asked:
        return _form(request, source, params, chosen, viewer, at)
    try:
        export = exports.ask_export(what=source.key, params=params, format=chosen, by=viewer, at=at)
    except DomainError as error:
        if isinstance(error, NotPermitted):
            raise
        problem = error.errors[0].detail if isinstance(error, Invalid) and error.errors else error.detail
        return _form(request, source, params, chosen, viewer, at, problem=problem, status=422)
    said = (
        _("A second person was asked. You hear of it here and in your inbox.")
        if export.state == ExportState.ASKED
        else _("The export is being written. You are told when it is ready.")
    )
    toasts.show_next(request, said)
    return done(request, "reporting:exports", say=said)


def _form(
    request: HttpRequest,
    source: Source,
    params: dict[str, Any],
    chosen: str,
    viewer: User,
    at: datetime,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    count = None
    if source.check is not None and not problem:
        source.check(params, viewer, at)
    if source.count is not None and not problem:
        count = source.count(params, viewer, at, rights.ALONE_AT_MOST + 1)
    context = {
        "source": source,
        "params": params,
        "said": source.said(params),
        "formats": ExportFormat,
        "chosen": chosen if chosen in ExportFormat.values else ExportFormat.CSV.value,
        "count": count,
        "is_over": count is not None and count > rights.ALONE_AT_MOST and not source.is_figures,
        "may_exceed": rights.may_exceed(viewer),
        "alone_at_most": rights.ALONE_AT_MOST,
        "problem": problem,
    }
    return render_part(request, NEW, FORM, context, status=status)


@team_only
@login_required
@require_POST
def export_cancel(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Stop an unfinished export of one's own."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    export = get_object_or_404(Export.objects.visible_to(viewer), public_id=key)
    exports.cancel(export_id=export.pk, by=viewer, at=at)
    return done(request, "reporting:exports", say=_("Cancelled."))


@team_only
@login_required
@require_POST
def export_answer(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The second person's yes or no (`do`), with a reason for a no."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    export = get_object_or_404(Export.objects.waiting_for(viewer), public_id=key)
    does = request.POST.get("do", "")
    if does not in ("yes", "no"):
        return _list(request, problem=_("Approve or refuse."), status=422)
    try:
        exports.answer(
            export_id=export.pk, is_yes=does == "yes", reason=request.POST.get("reason", ""), by=viewer, at=at
        )
    except Invalid as error:
        return _list(request, problem=error.errors[0].detail, status=422)
    return done(request, "reporting:exports", say=_("Approved.") if does == "yes" else _("Refused."))


@team_only
@login_required
@never_cache
@require_safe
def export_file(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    """The finished file, for whoever asked for it; a broken download goes on where it stopped (Range, If-Range)."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    export = Export.objects.visible_to(viewer).filter(public_id=key).first()
    if export is None:
        raise Http404
    starts = not request.headers.get("Range", "").strip().startswith("bytes=") or request.headers[
        "Range"
    ].strip().startswith("bytes=0-")
    path = exports.open_for_download(export=export, by=viewer, at=at, counts=starts)
    return resumable(
        request,
        path,
        name=export.file_name,
        content_type=CONTENT_TYPES[ExportFormat(export.format)],
        etag=export.sha256,
        extra={"Repr-Digest": f"sha-256=:{exports.base64_of(export.sha256)}:"},
    )

"""The SQL tab: a statement, its first rows, the views beside it, saved statements, and the way to a file."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from core import toasts
from core.errors import DomainError, Invalid, NotPermitted
from core.htmx import done, render_part
from core.types import AtRequest
from reporting import dictionary, rights
from reporting.lifecycle import Audience, ExportFormat, ReportKind
from reporting.models import SavedReport
from reporting.operations import exports, saved, sql
from reporting.sql_text import NotAllowed
from reporting.views.tabs import tabs_for

PAGE, PART = "reporting/explore/sql.html", "reporting/explore/_sql_answer.html"


@dataclass(frozen=True)
class Problem:
    """What is wrong with a statement: the words, and the place as line, column and a marked line, where there is one."""

    said: str
    hint: str = ""
    line: int = 0
    column: int = 0
    text: str = ""
    mark: str = ""


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def sql_tab(request: HttpRequest) -> HttpResponse:
    """The tab (GET, with `?saved=` or `?view=` to start from), or a statement to run, or to keep (POST: `do` is run or save)."""
    viewer = cast("User", request.user)
    rights.check_can_query(viewer)
    if request.method == "GET":
        return _page(request, statement=_first(request, viewer))
    statement = request.POST.get("statement", "")
    if request.POST.get("do") == "save":
        return _save(request, statement)
    return _run(request, statement)


def _first(request: HttpRequest, viewer: User) -> str:
    key, view = request.GET.get("saved", ""), request.GET.get("view", "")
    if key:
        try:
            wanted = uuid.UUID(key)
        except ValueError:
            wanted = uuid.UUID(int=0)
        kept = get_object_or_404(SavedReport.objects.visible_to(viewer), public_id=wanted, kind=ReportKind.SQL)
        return kept.statement
    return dictionary.VIEWS[view].example if view in dictionary.VIEWS else dictionary.VIEWS["v_case"].example


def _run(request: HttpRequest, statement: str) -> HttpResponse:
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    try:
        answer = sql.run(statement=statement, by=viewer, at=at)
    except NotPermitted:
        raise
    except DomainError as error:
        return _page(request, statement=statement, problem=_problem(statement, error), status=422)
    rows = [[exports.plain(cell) for cell in row] for row in answer.rows]
    return _page(request, statement=statement, answer=answer, rows=rows)


def _problem(statement: str, error: DomainError) -> Problem:
    at = error.at if isinstance(error, NotAllowed | sql.SqlFailed) else None
    hint = error.hint if isinstance(error, sql.SqlFailed) else ""
    if at is None or at > len(statement):
        return Problem(error.detail, hint)
    line, column, text = sql.place_of(statement, at)
    # The mark stands below its place in a font of fixed width; tabs stay tabs, so that both lines are as wide.
    mark = "".join("\t" if letter == "\t" else " " for letter in text[: column - 1]) + "^"
    return Problem(error.detail, hint, line, column, text, mark)


def _save(request: HttpRequest, statement: str) -> HttpResponse:
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    audience = Audience.SHARED if request.POST.get("shared") else Audience.PERSONAL
    try:
        report = saved.save_report(
            name=request.POST.get("name", ""),
            kind=ReportKind.SQL,
            audience=audience,
            by=viewer,
            at=at,
            statement=statement,
        )
    except NotPermitted:
        raise
    except DomainError as error:
        if isinstance(error, Invalid) and error.errors and not isinstance(error, NotAllowed):
            return _page(request, statement=statement, problem=Problem(error.errors[0].detail), status=422)
        return _page(request, statement=statement, problem=_problem(statement, error), status=422)
    toasts.show_next(request, _("Saved as “%(name)s”.") % {"name": report.name})
    return HttpResponseRedirect(f"{reverse('reporting:sql')}?saved={report.public_id}")


def _page(
    request: HttpRequest,
    *,
    statement: str,
    answer: sql.Answer | None = None,
    rows: list[list[str]] | None = None,
    problem: Problem | None = None,
    status: int = 200,
) -> HttpResponse:
    viewer = cast("User", request.user)
    context = {
        "statement": statement,
        "answer": answer,
        "rows": rows or [],
        "problem": problem,
        "tabs": tabs_for(viewer, "sql"),
        "views": list(dictionary.VIEWS.values()),
        "version": dictionary.VERSION,
        "saved": SavedReport.objects.visible_to(viewer)
        .filter(kind=ReportKind.SQL)
        .select_related("owner")
        .order_by("name", "id")[:100],
        "viewer_id": viewer.pk,
        "can_share": rights.can_share(viewer),
        "can_export": rights.can_export(viewer),
        "formats": ExportFormat,
        "shown": sql.SHOWN,
        "time_limit_s": sql.TIME_LIMIT_S,
        "rows_at_most": sql.ROWS_AT_MOST,
    }
    return render_part(request, PAGE, PART, context, status=status)


@login_required
@require_POST
def sql_export(request: HttpRequest) -> HttpResponse:
    """The statement's whole answer as a file: run for its columns now, for its rows when the engine gets to it."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    rights.check_can_query(viewer)
    statement = request.POST.get("statement", "")
    try:
        columns = _columns(statement, viewer, at)
        export = exports.ask_export(
            what="sql",
            params={"statement": statement, "columns": columns},
            format=request.POST.get("as", ""),
            by=viewer,
            at=at,
        )
    except NotPermitted:
        raise
    except DomainError as error:
        return _page(request, statement=statement, problem=_problem(statement, error), status=422)
    said = (
        _("A second person was asked. You hear of it here and in your inbox.")
        if export.state == "asked"
        else _("The export is being written. You are told when it is ready.")
    )
    toasts.show_next(request, said)
    return done(request, "reporting:exports", say=said)


def _columns(statement: str, viewer: User, at: datetime) -> list[list[str]]:
    answer = sql.run(statement=statement, by=viewer, at=at, rows=1)
    return [[name, holds] for name, holds in zip(answer.columns, answer.holds, strict=True)]


@login_required
@require_GET
def open_saved(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The saved report, where it is read."""
    viewer = cast("User", request.user)
    report = get_object_or_404(SavedReport.objects.visible_to(viewer), public_id=key)
    if report.kind == ReportKind.SQL:
        return HttpResponseRedirect(f"{reverse('reporting:sql')}?saved={report.public_id}")
    return HttpResponseRedirect(f"{reverse('reporting:explore')}?{report.state}")


@login_required
@require_POST
def remove_saved(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Remove a saved report of one's own."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    report = get_object_or_404(SavedReport.objects.visible_to(viewer), public_id=key)
    saved.remove_report(report_id=report.pk, by=viewer, at=at)
    place = "reporting:sql" if report.kind == ReportKind.SQL else "reporting:explore"
    return done(request, place, say=_("Removed."))

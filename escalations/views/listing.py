"""What the queue's views and the acts on its rows share: which list a request means, and one row of it as an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from core.types import AtRequest
from escalations import presence
from escalations.filters.compiling import CompiledFilter, compile_filter
from escalations.lifecycle import CaseStatus
from escalations.models import Case, SavedView, UndoEntry
from escalations.selectors import queue as selectors
from escalations.views.queue_rows import COLUMNS, DEFAULT_COLUMNS, FROZEN, RowPrinter


@dataclass(frozen=True)
class List:
    """The list a request means: its filter text as typed, compiled, the saved view it came from, its columns."""

    text: str
    compiled: CompiledFilter
    view: SavedView | None
    columns: tuple[str, ...]

    @property
    def query(self) -> str:
        """The filter for addresses."""
        return self.compiled.canonical if self.compiled.is_valid else selectors.DEFAULT_FILTER


def list_of(request: HttpRequest, slug: str = "", *, text: str | None = None) -> List:
    """The list of the filter `text`, else of `?q=`, else of the saved view, else of the page the request came from, else every open case.

    Raises `Http404` for a view that is not the viewer's to see.
    """
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    text = request.GET.get("q") if text is None else text
    if text is None and not slug and request.headers.get("HX-Request"):
        text, slug = _from_page(request)
    view = None
    if slug:
        view = views_for(viewer).filter(slug=slug).first()
        if view is None:
            raise Http404(_("There is no such view."))
        if text is None:
            text = view.filter_text
    text = selectors.DEFAULT_FILTER if text is None else text.replace("\x00", "")
    compiled = compile_filter(text, viewer=viewer, at=at)
    return List(text, compiled, view, columns_of(compiled, view, viewer))


def views_for(viewer: User) -> Any:
    """The saved views a person may use: theirs, their teams', everybody's."""
    mine = Q(owner=viewer) | Q(audience="shared") | Q(audience="team", team_id__in=viewer.access.team_ids)
    return SavedView.objects.filter(mine).order_by("position", "name", "id")


def columns_of(compiled: CompiledFilter, view: SavedView | None, viewer: User) -> tuple[str, ...]:
    """The columns asked for: by the filter, by the view, by the person's settings, or the usual ones. Three always stand first."""
    kept = viewer.display_settings.get("queue_columns") if isinstance(viewer.display_settings, dict) else None
    asked = compiled.columns or (view.columns if view is not None else ()) or kept or DEFAULT_COLUMNS
    return (*FROZEN, *(name for name in asked if name in COLUMNS and name not in FROZEN))


def printer(request: HttpRequest, listed: List, case_ids: list[int]) -> RowPrinter:
    """The printer of this viewer's rows."""
    viewer = cast("User", request.user)
    return RowPrinter(
        columns=listed.columns,
        viewer_id=viewer.pk,
        zone=viewer.time_zone,
        at=cast("AtRequest", request).at,
        present=presence.viewers(case_ids),
        confidence=selectors.confidence_of(case_ids) if "confidence" in listed.columns else None,
        appeals=selectors.appeals_of(case_ids) if "appeal" in listed.columns else None,
        query="" if listed.query == selectors.DEFAULT_FILTER else listed.query,
    )


def row_answer(
    request: HttpRequest,
    case_id: int,
    *,
    status: int = 200,
    said: str = "",
    entry: UndoEntry | None = None,
    also: Sequence[str] = (),
) -> HttpResponse:
    """One row as it stands now: a ghost with its reason if it has left the list; 404 if the viewer no longer sees it.

    `also` are references of the similar cases it stands for where the list is grouped; those the viewer may see go on under it.
    """
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    listed = list_of(request)
    rows = selectors.rows_of([case_id], viewer=viewer, with_tags="tags" in listed.columns)
    if not rows:
        raise Http404
    row = rows[0]
    ghost = ""
    if not selectors.is_in_list(case_id, listed.compiled, viewer=viewer, at=at):
        ghost = _why_gone(row, viewer, listed)
    similar: tuple[selectors.Row, ...] = ()
    if also and listed.compiled.group == "cluster":
        ids = Case.objects.visible_to(viewer).filter(ref__in=also).values_list("id", flat=True)
        similar = tuple(selectors.rows_of(list(ids), viewer=viewer))
    html = printer(request, listed, [case_id]).row(row, ghost=ghost, similar=similar)
    if said:
        context = {"text": said, "level": "success"}
        if entry is not None:
            context |= {"undo_url": reverse("escalations:undo", args=[entry.token]), "until": entry.expires_at}  # type: ignore[dict-item]
        # In a <template>, or the browser's parser would drop the row that follows a <div>.
        html += f"<template>{render_to_string('components/_toast_oob.html', context, request)}</template>"
    return HttpResponse(html, status=status)


def _why_gone(row: selectors.Row, viewer: User, listed: List) -> str:
    zone = listed.compiled.context.zone
    if row.status == CaseStatus.CLOSED:
        return _("Closed %(time)s") % {"time": row.updated_at.astimezone(zone).strftime("%H:%M")}
    if row.snoozed_until is not None and row.snoozed_until > listed.compiled.context.at:
        return _("Snoozed")
    if row.assignee_id is not None and row.claimed_at is not None:
        who = _("You") if row.assignee_id == viewer.pk else (row.assignee or "").split(" ")[0]
        time = row.claimed_at.astimezone(zone).strftime("%H:%M")
        return _("%(person)s claimed %(time)s") % {"person": who, "time": time}
    return _("No longer in this list")


def find(viewer: User, ref: str) -> Case | None:
    """A case by its reference, if the viewer may see it."""
    return (
        Case.objects.visible_to(viewer)
        .select_related("queue", "organization", "assignee")
        .filter(ref=ref.upper())
        .first()
    )


def _from_page(request: HttpRequest) -> tuple[str | None, str]:
    """Filter text and view of the page that an htmx request came from: the queue's own, or a case's that was opened from a list."""
    parts = urlsplit(request.headers.get("HX-Current-URL", ""))
    if parts.path.startswith("/c/"):
        return parse_qs(parts.query).get("list", [None])[0], ""
    if not parts.path.startswith("/q/"):
        return None, ""
    given = parse_qs(parts.query, keep_blank_values=True).get("q")
    return (given[0] if given else None), parts.path.removeprefix("/q/").strip("/")

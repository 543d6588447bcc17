"""Acts on many cases as people see them: what waits, what is under way, what became of each case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet, TextChoices

from accounts.models import User
from core.pagination import Page, keyset
from escalations import permissions
from escalations.lifecycle import BulkRowState, BulkState
from escalations.models import BulkAct, BulkRow

PAGE_SIZE, WAITING_AT_MOST = 100, 200


@dataclass(frozen=True)
class Tab:
    """The rows of one state, and how many of them the viewer may see."""

    state: str
    label: str
    count: int


@dataclass(frozen=True)
class Results:
    """One act on many cases. `hidden` of its rows are about cases that the viewer may not see; `percent` is of the present work."""

    bulk: BulkAct
    tabs: Sequence[Tab]
    rows: Page[BulkRow]
    state: str
    hidden: int
    percent: int
    is_moving: bool
    may_answer: bool
    may_stop: bool
    may_undo: bool


def acts_of(viewer: User, *, cursor: str = "") -> Page[BulkAct]:
    """What the viewer did or asked for, and for whoever confirms such acts their colleagues', newest first, a page at a time.

    Raises `BadRequest` (a cursor of something else).
    """
    found = BulkAct.objects.visible_to(viewer).select_related("asked_by", "rule")
    return keyset(found, ["id"], cursor=cursor, limit=PAGE_SIZE, owner=f"bulk:{viewer.pk}", descending=True)


def waiting_for(viewer: User) -> list[tuple[BulkAct, bool]]:
    """What waits for a second person and is the viewer's to answer (True) or theirs (False), oldest first.

    Uses index: bulk_under_way.
    """
    found = BulkAct.objects.visible_to(viewer).filter(state=BulkState.ASKED).select_related("asked_by", "rule")
    sorted_out = [(one, permissions.can_confirm(viewer, one)) for one in found.order_by("id")[:WAITING_AT_MOST]]
    return [(one, may) for one, may in sorted_out if may or one.asked_by_id == viewer.pk]


def rows_of(bulk: BulkAct, *, viewer: User, state: str = "") -> QuerySet[BulkRow]:
    """The rows about cases that the viewer may see. Uses index: bulk_row_of_state."""
    seen = BulkRow.objects.visible_to(viewer).filter(bulk=bulk)
    return seen.filter(state=state) if state else seen


def tabs_of(rows: QuerySet[Any], states: type[TextChoices]) -> list[Tab]:
    """The states that rows (which have a `state`) are in, in the order of `states`. One query."""
    counted = dict(rows.order_by("state").values_list("state").annotate(Count("pk")))
    return [Tab(one.value, str(one.label), counted[one.value]) for one in states if counted.get(one.value)]


def results(bulk: BulkAct, *, viewer: User, at: datetime, state: str = "", cursor: str = "") -> Results:
    """What became of each case, a page at a time. `at` aware UTC. Raises `BadRequest` (a cursor of something else). Three queries."""
    state = state if state in BulkRowState.values else ""
    tabs = tabs_of(rows_of(bulk, viewer=viewer), BulkRowState)
    counted = {tab.state: tab.count for tab in tabs}
    page = keyset(
        rows_of(bulk, viewer=viewer, state=state).select_related("case"),
        ["id"],
        cursor=cursor,
        limit=PAGE_SIZE,
        owner=f"bulk:{viewer.pk}:{bulk.pk}:{state}",
    )
    is_undoing = bulk.state == BulkState.UNDOING
    unfinished = counted.get(BulkRowState.DONE, 0)
    own = bulk.asked_by_id == viewer.pk
    held = bulk.hold_until is not None and at < bulk.hold_until
    return Results(
        bulk=bulk,
        tabs=tabs,
        rows=page,
        state=state,
        hidden=bulk.total - sum(counted.values()),
        percent=100 * (bulk.done - unfinished) // bulk.done if is_undoing and bulk.done else bulk.percent,
        is_moving=is_undoing or bulk.state == BulkState.RUNNING,
        may_answer=bulk.state == BulkState.ASKED and permissions.can_confirm(viewer, bulk),
        may_stop=(own and bulk.state == BulkState.ASKED)
        or (bulk.state == BulkState.RUNNING and (own or permissions.confirms_bulk(viewer))),
        may_undo=own and held and bulk.state == BulkState.ENDED and bulk.done > 0,
    )

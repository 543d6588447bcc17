"""A cluster's decision on its way to the members: how far it is, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import User
from core.pagination import Page, keyset
from escalations.lifecycle import SpreadState
from escalations.models import Case, Spread, SpreadRow
from escalations.selectors.bulk import PAGE_SIZE, Tab, tabs_of


@dataclass(frozen=True)
class SpreadPage:
    """How far a cluster's decision is, and its rows, a page at a time. `hidden` rows are of cases the viewer may not see."""

    spread: Spread
    tabs: Sequence[Tab]
    rows: Page[SpreadRow]
    state: str
    hidden: int


def spread_of(parent: Case) -> Spread | None:
    """The latest spread of a cluster's decision. One query."""
    found = Spread.objects.filter(case=parent).select_related("decision__clause__policy", "decision__gap")
    return found.order_by("-pk").first()


def spread_rows(spread: Spread, *, viewer: User, state: str = "") -> QuerySet[SpreadRow]:
    """The members that the viewer may see; those of one state where it names one."""
    seen = SpreadRow.objects.visible_to(viewer).filter(spread=spread)
    return seen.filter(state=state) if state else seen


def spread_page(parent: Case, *, viewer: User, state: str = "", cursor: str = "") -> SpreadPage | None:
    """The latest spread of a cluster's decision; None where there is none. Raises `BadRequest` (a cursor of something else).

    Four queries.
    """
    latest = spread_of(parent)
    if latest is None:
        return None
    state = state if state in SpreadState.values else ""
    tabs = tabs_of(spread_rows(latest, viewer=viewer), SpreadState)
    rows = keyset(
        spread_rows(latest, viewer=viewer, state=state).select_related("case"),
        ["id"],
        cursor=cursor,
        limit=PAGE_SIZE,
        owner=f"spread:{viewer.pk}:{latest.pk}:{state}",
    )
    return SpreadPage(latest, tabs, rows, state, max(0, latest.total - sum(tab.count for tab in tabs)))

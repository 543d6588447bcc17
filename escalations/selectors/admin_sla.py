"""What pages of plans and calendars say of open clocks: how many stand on what, which would move (ux.md ADM-3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Count, OuterRef, Subquery
from django.urls import reverse

from accounts.models import User
from escalations.clock_life import UNSETTLED
from escalations.lifecycle import Metric
from escalations.models import Case, SlaClock, SlaPlan
from escalations.selectors.sla_preview import preview_calendar
from oncall.business_time import CalendarSpec
from oncall.models import Calendar
from oncall.selectors.impact import Impact, Moved

_EXAMPLES = 8


def open_clocks(plan: SlaPlan) -> dict[tuple[str, int], int]:
    """Unsettled clocks on any version of `plan`, by metric and the case's severity now.

    Counts only, for whoever sets targets; clocks of cases that the transaction cannot see are left out.
    """
    clocks = SlaClock.objects.filter(object_type="case", state__in=UNSETTLED, target__version__plan=plan)
    level = Subquery(Case.objects.filter(pk=OuterRef("object_id")).values("severity")[:1])
    rows = clocks.annotate(level=level).values_list("metric", "level").annotate(n=Count("id"))
    return {(metric, level): n for metric, level, n in rows if level is not None}


def calendar_impact(specs: Mapping[int, CalendarSpec], viewer: User, at: datetime) -> Impact:
    """What other rules of calendars (by id) would do to the clocks that run on them: for `oncall.selectors.impact`."""
    running, moving, is_partial = 0, 0, False
    rows: list[Moved] = []
    for calendar in Calendar.objects.filter(pk__in=specs).order_by("pk"):
        found = preview_calendar(calendar, specs[calendar.pk], viewer=viewer, at=at)
        running, moving, is_partial = (
            running + found.looked_at,
            moving + found.moved,
            is_partial or found.is_partial,
        )
        rows += [
            Moved(
                reverse("escalations:case", args=[move.ref]),
                f"{move.metric} {Metric(move.metric).label}, {move.ref}",
                move.due_before,
                move.due_after,
            )
            for move in found.rows
        ]
    return Impact(running, moving, tuple(rows[:_EXAMPLES]), is_partial)

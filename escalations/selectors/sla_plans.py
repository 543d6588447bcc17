"""Which targets apply: the plans in force, kept per process and checked for news at most once a second.

New cases use a published version at once in the process that published it and within a second in all others; running
clocks keep what they have.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection

from escalations.lifecycle import Metric
from escalations.models import SlaPlanVersion, SlaTarget
from oncall.business_time import CalendarSpec
from oncall.models import CalendarVersion
from oncall.operations.calendars import ALWAYS
from oncall.selectors.calendars import spec_of

_FRESH_S = 1.0


@dataclass(frozen=True)
class Target:
    """A promise of a plan version with the calendar version in force for it."""

    id: int
    metric: Metric
    severity: int | None
    seconds: int
    calendar_version_id: int
    warn_percent: tuple[int, ...]
    pause_reasons: frozenset[str]

    @property
    def calendar(self) -> CalendarSpec:
        return spec_of(self.calendar_version_id)


@dataclass(frozen=True)
class Plan:
    """One plan version in force."""

    version_id: int
    name: str
    number: int
    condition: str
    targets: Mapping[tuple[Metric, int | None], Target]

    def target_for(self, metric: Metric, severity: int) -> Target | None:
        """The severity's own target, or the one for any severity."""
        return self.targets.get((metric, severity)) or self.targets.get((metric, None))


@dataclass(frozen=True)
class PlanBook:
    """All plans in force in their order, and the 24/7 calendar of legal deadlines."""

    stamp: str
    plans: tuple[Plan, ...]
    calendars: Mapping[int, int]  # the version in force of each calendar, by ids
    always_version_id: int

    def plan_for_any(self) -> Plan | None:
        """The first plan without a condition: what a case gets that no other plan claims."""
        return next((plan for plan in self.plans if not plan.condition), None)


class _Kept:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.book: PlanBook | None = None
        self.checked = 0.0


_kept = _Kept()

# Whatever makes another answer right: a version of a plan or calendar, a plan's place, a plan switched off.
_STAMP = """
SELECT concat_ws('/', (SELECT max(id) FROM escalations_slaplanversion), (SELECT max(id) FROM oncall_calendarversion),
  (SELECT string_agg(id::text || ':' || position::text || is_active::text, ',' ORDER BY id) FROM escalations_slaplan))
"""


def plans_in_force() -> PlanBook:
    """The plans that apply to cases now. One small query a second at most, five after a change."""
    now = time.monotonic()
    book = _kept.book
    if book is not None and now - _kept.checked < _FRESH_S:
        return book
    with _kept.lock:
        with connection.cursor() as cursor:
            cursor.execute(_STAMP)
            stamp = str(cursor.fetchone()[0])
        if _kept.book is None or _kept.book.stamp != stamp:
            _kept.book = _read(stamp)
        _kept.checked = now
        return _kept.book


def forget() -> None:
    """Look again at the next question: after publishing, and between tests."""
    _kept.book = None


def _read(stamp: str) -> PlanBook:
    calendars: dict[int, int] = {}
    always = 0
    versions = CalendarVersion.objects.order_by("calendar_id", "-number").distinct("calendar_id")
    for version_id, calendar_id, key in versions.values_list("id", "calendar_id", "calendar__key"):
        calendars[calendar_id] = version_id
        if key == ALWAYS:
            always = version_id
    newest = (
        SlaPlanVersion.objects.filter(plan__is_active=True)
        .select_related("plan")
        .prefetch_related("targets")
        .order_by("plan_id", "-number")
        .distinct("plan_id")
    )
    plans = [
        Plan(
            version_id=version.pk,
            name=version.plan.name,
            number=version.number,
            condition=version.condition,
            targets={(Metric(t.metric), t.severity): _target(t, calendars) for t in version.targets.all()},
        )
        for version in sorted(newest, key=lambda version: (version.plan.position, version.plan_id))
    ]
    return PlanBook(stamp=stamp, plans=tuple(plans), calendars=calendars, always_version_id=always)


def _target(row: SlaTarget, calendars: Mapping[int, int]) -> Target:
    return Target(
        id=row.pk,
        metric=Metric(row.metric),
        severity=row.severity,
        seconds=row.seconds,
        calendar_version_id=calendars[row.calendar_id],
        warn_percent=tuple(sorted(row.warn_percent)),
        pause_reasons=frozenset(row.pause_reasons),
    )

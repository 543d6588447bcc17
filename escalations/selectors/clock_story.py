"""Why a clock is due when it is: every stretch that counted, every pause, every holiday or closed day, every change with its cause.

The same functions work it out that set the due time (sla.md §3.9), so what is shown cannot differ from what is judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import User
from audit.models import ActorKind
from escalations.clock_life import UNSETTLED, Fact, Life
from escalations.lifecycle import ClockState, Metric
from escalations.models import ClockOwner, SlaClock, SlaClockEvent
from escalations.selectors.clocks import clocks_of, facts_of, target_facts
from oncall.business_time import Course
from oncall.models import CalendarVersion
from oncall.selectors.calendars import calendar_name_of, spec_of

MOST = 120  # stretches told of one clock, the first ones: they are what set its due time
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Stretch:
    """One piece of a clock's time: `kind` is counted, paused or closed. `is_ahead`: it lies in the future.

    `reason` is the pause's code; `days` name the holidays and changed days that lie in a closed stretch.
    """

    kind: str
    start: datetime
    end: datetime
    reason: str = ""
    days: tuple[str, ...] = ()
    is_ahead: bool = False

    @property
    def seconds(self) -> int:
        return int((self.end - self.start).total_seconds())


@dataclass(frozen=True)
class Change:
    """One event of a clock as it is told: `kind` as in `SlaClockEvent`, `by` a person's name, empty for keys and the system."""

    kind: str
    label: str
    at: datetime
    recorded_at: datetime
    by: str
    cause: str
    level: int
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Cycle:
    """One run of a clock as people and programs see it. Instants aware UTC; `_s` are seconds of open time.

    `remaining_s` is rounded down, negative when overdue. `due_if_resumed_at` is for a clock that stands still.
    """

    clock_id: int
    metric: Metric
    cycle: int
    state: str
    goal_s: int
    working_days: int
    started_at: datetime
    stopped_at: datetime | None
    due_at: datetime | None
    breach_at: datetime | None
    missed_at: datetime | None
    elapsed_s: int
    carried_s: int
    remaining_s: int
    grace_s: int
    is_paused: bool
    paused_reason: str
    paused_at: datetime | None
    due_if_resumed_at: datetime | None
    is_within_calendar: bool
    calendar: str
    zone: str
    plan: str
    plan_version: int | None
    cancelled_why: str
    is_excused: bool
    excuse: str
    by_retarget: bool
    stretches: tuple[Stretch, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.state in UNSETTLED

    @property
    def label(self) -> str:
        return str(self.metric.label)


@dataclass(frozen=True)
class MetricStory:
    """The cycles of one metric: the one that runs, and those that ended, newest first."""

    metric: Metric
    ongoing: Cycle | None
    completed: tuple[Cycle, ...]

    @property
    def label(self) -> str:
        return str(self.metric.label)

    @property
    def cycles(self) -> list[Cycle]:
        return [*([self.ongoing] if self.ongoing else []), *self.completed]


def story_of(owner: ClockOwner, *, at: datetime, with_why: bool = False) -> list[MetricStory]:
    """Every clock of a case (or another owner) by metric, in the order of the letters. Three queries; two more with the why.

    `at` is aware UTC: the moment the figures are of.
    """
    rows = list(clocks_of(owner).select_related("target__version__plan", "excused_by"))
    facts = facts_of([clock.pk for clock in rows])
    changes = _changes([clock.pk for clock in rows]) if with_why else {}
    by_metric: dict[Metric, list[Cycle]] = {}
    for clock in rows:
        life = Life(facts[clock.pk], spec_of)
        told = tuple(changes.get(clock.pk, ()))
        stretches = tuple(stretches_of(clock, life, at=at)) if with_why else ()
        by_metric.setdefault(Metric(clock.metric), []).append(_cycle(clock, life, at, stretches, told))
    found = []
    for metric in Metric:
        cycles = sorted(by_metric.get(metric, ()), key=lambda cycle: -cycle.cycle)
        if cycles:
            ongoing = next((cycle for cycle in cycles if cycle.is_open), None)
            found.append(MetricStory(metric, ongoing, tuple(cycle for cycle in cycles if not cycle.is_open)))
    return found


def _cycle(
    clock: SlaClock, life: Life, at: datetime, stretches: tuple[Stretch, ...], changes: tuple[Change, ...]
) -> Cycle:
    target = clock.target
    spec = spec_of(clock.calendar_version_id)
    resumed = Life([*life.facts, Fact("resume", at)], spec_of).due_at() if life.is_paused else None
    return Cycle(
        clock_id=clock.pk,
        metric=Metric(clock.metric),
        cycle=clock.cycle,
        state=clock.state,
        goal_s=clock.target_s,
        working_days=target_facts(clock.target_id).working_days,
        started_at=clock.started_at,
        stopped_at=clock.stopped_at,
        due_at=clock.due_at,
        breach_at=clock.breach_at,
        missed_at=clock.missed_at,
        elapsed_s=int(life.used_s(at)),
        carried_s=clock.carried_s,
        remaining_s=life.remaining_s(at),
        grace_s=clock.grace_s,
        is_paused=clock.state == ClockState.PAUSED,
        paused_reason=clock.paused_reason,
        paused_at=life.pauses[-1].start if life.is_paused else None,
        due_if_resumed_at=resumed,
        is_within_calendar=spec.is_always_open or bool(Course([(at, spec)]).open_intervals(at, at + _TICK)),
        calendar=calendar_name_of(clock.calendar_version_id),
        zone=spec.zone,
        plan=target.version.plan.name if target is not None else "",
        plan_version=target.version.number if target is not None else None,
        cancelled_why=clock.cancelled_why,
        is_excused=clock.excused_by_id is not None,
        excuse=clock.excuse,
        by_retarget=any(fact.kind == "breach" and fact.data.get("by_retarget") for fact in life.facts),
        stretches=stretches,
        changes=changes,
    )


# -- Stretches ---------------------------------------------------------------------------------------------------------
def stretches_of(clock: SlaClock, life: Life, *, at: datetime, most: int = MOST) -> list[Stretch]:
    """The time of a clock from its start to its end: what counted, what was paused, what was closed, without gap or overlap.

    For a clock that still runs it goes on to its due time, as things stand. The sum of the counted stretches up to its end or `at`
    is what the clock used. At most `most` stretches, the first.
    """
    start = clock.started_at
    end = _end_of(clock, life, at)
    pieces = [Stretch("counted", span.start, span.end) for span in life.course.open_intervals(start, end)]
    for pause, reason in zip(life.pauses, life.pause_reasons, strict=True):
        low, high = max(start, pause.start), min(end, pause.end or end)
        if low < high:
            pieces.append(Stretch("paused", low, high, reason))
    pieces.sort(key=lambda piece: (piece.start, piece.end))
    filled: list[Stretch] = []
    edge = start
    for piece in pieces:
        if piece.start > edge:
            filled.append(Stretch("closed", edge, piece.start, days=_days_of(life, edge, piece.start)))
        filled.append(piece)
        edge = max(edge, piece.end)
    if edge < end:
        filled.append(Stretch("closed", edge, end, days=_days_of(life, edge, end)))
    return [part for piece in filled[:most] for part in _split(piece, at)]


def _end_of(clock: SlaClock, life: Life, at: datetime) -> datetime:
    if clock.stopped_at is not None:
        return clock.stopped_at
    if life.is_cancelled and life.last_at is not None:
        return life.last_at
    return max(at, clock.due_at or at, clock.started_at)


def _split(piece: Stretch, at: datetime) -> Iterable[Stretch]:
    """A stretch that spans the present as what was and what will be."""
    if piece.end <= at:
        yield piece
    elif piece.start >= at:
        yield Stretch(piece.kind, piece.start, piece.end, piece.reason, piece.days, is_ahead=True)
    else:
        yield Stretch(piece.kind, piece.start, at, piece.reason, piece.days)
        yield Stretch(piece.kind, at, piece.end, piece.reason, piece.days, is_ahead=True)


@lru_cache(maxsize=256)
def _named_days(version_id: int) -> dict[date, str]:
    """The dates of a calendar version that are not as their weekday, with what they are called."""
    version = CalendarVersion.objects.get(pk=version_id)
    rules = version.rules
    found: dict[date, str] = {}
    for key in rules.get("breaks", {}):
        found[date.fromisoformat(key)] = ""
    for entry in [*rules.get("holidays", []), *version.set_holidays]:
        found[date.fromisoformat(entry["on"])] = str(entry.get("name", ""))
    for key in rules.get("overrides", {}):
        found[date.fromisoformat(key)] = ""
    return found


def _days_of(life: Life, start: datetime, end: datetime) -> tuple[str, ...]:
    """Holidays and changed days of the calendar in force that lie in a closed stretch: "25 Dec: Christmas Day"."""
    version_id = next((version for since, version in reversed(life.calendars) if since <= start), life.calendars[0][1])
    zone = ZoneInfo(spec_of(version_id).zone)
    first, last = start.astimezone(zone).date(), (end - _TICK).astimezone(zone).date()
    found = [(on, name) for on, name in _named_days(version_id).items() if first <= on <= last]
    return tuple(f"{on.isoformat()} {name}".strip() for on, name in sorted(found)[:20])


# -- Changes -----------------------------------------------------------------------------------------------------------
def _changes(clock_ids: list[int]) -> dict[int, list[Change]]:
    rows = list(SlaClockEvent.objects.filter(clock_id__in=clock_ids).order_by("id"))
    people = {row.actor_id for row in rows if row.actor_id is not None and row.actor_kind == ActorKind.PERSON}
    names = dict(User.objects.filter(pk__in=people).values_list("pk", "display_name"))
    found: dict[int, list[Change]] = {}
    for row in rows:
        by = names.get(row.actor_id or 0, "") if row.actor_kind == ActorKind.PERSON else ""
        change = Change(
            kind=row.kind,
            label=str(SlaClockEvent.Kind(row.kind).label),
            at=row.occurred_at.astimezone(UTC),
            recorded_at=row.recorded_at.astimezone(UTC),
            by=by,
            cause=row.cause,
            level=row.level,
            data=row.data,
        )
        found.setdefault(row.clock_id, []).append(change)
    return found

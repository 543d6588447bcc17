"""Reading clocks: their lives, what was promised, and why it is due when it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from core import engine
from core.clock import db_now
from escalations.clock_life import (
    LEGAL_WARNINGS,
    UNSETTLED,
    Fact,
    Life,
    SpecOf,
    Values,
    at_risk_s,
    days_allowance_s,
    due_now_s,
    grace_for,
)
from escalations.lifecycle import ClockState, Metric, TimerState
from escalations.models import Case, ClockOwner, SlaClock, SlaClockEvent, SlaTarget, SlaTimer
from oncall.business_time import HORIZON, CalendarSpec
from oncall.selectors.calendars import calendar_name_of, spec_of

CASE = Case.clock_type
_INSTANT = timedelta(microseconds=1)
_CHUNK = (
    200  # compared with no statement between them: Postgres ends an engine's transaction that idles for ten seconds
)


@dataclass(frozen=True)
class TargetFacts:
    """What a running clock needs of its target; targets never change."""

    version_id: int
    calendar_id: int
    seconds: int
    warn_percent: tuple[int, ...]
    pause_reasons: frozenset[str]
    plan_id: int = 0
    working_days: int = 0
    pause_caps: Mapping[str, Any] = field(default_factory=dict)
    is_fresh_on_reopen: bool = False
    grace_s: int | None = None


# A legal deadline never pauses and has no target; nor has a time that somebody promised for one case.
LEGAL_FACTS = TargetFacts(0, 0, 0, LEGAL_WARNINGS, frozenset())


@lru_cache(maxsize=4096)
def target_facts(target_id: int | None) -> TargetFacts:
    """Facts of a target, or of legal deadlines for None; kept for the life of the process."""
    if target_id is None:
        return LEGAL_FACTS
    row = SlaTarget.objects.select_related("version").get(pk=target_id)
    return TargetFacts(
        row.version_id,
        row.calendar_id,
        row.seconds,
        tuple(sorted(row.warn_percent)),
        frozenset(row.pause_reasons),
        plan_id=row.version.plan_id,
        working_days=row.working_days,
        pause_caps=row.pause_caps,
        is_fresh_on_reopen=row.reopen == SlaTarget.Reopen.FRESH,
        grace_s=row.grace_s,
    )


@lru_cache(maxsize=4096)
def target_id_in(version_id: int, metric: str, severity: int) -> int | None:
    """The target of a plan version for a metric and severity, its own or the one for any; None if there is none."""
    rows = SlaTarget.objects.filter(version_id=version_id, metric=metric)
    found = dict(rows.values_list("severity", "id"))
    return found.get(severity, found.get(None))


def clocks_of(owner: ClockOwner, *, unsettled: bool = False) -> QuerySet[SlaClock]:
    """The clocks of a case or another owner, oldest first."""
    clocks = SlaClock.objects.filter(object_type=owner.clock_type, object_id=owner.pk)
    if unsettled:
        clocks = clocks.filter(state__in=UNSETTLED)
    return clocks.order_by("pk")


def facts_of(clock_ids: Iterable[int]) -> dict[int, list[Fact]]:
    """The events of clocks, in the order they were written. One query."""
    found: defaultdict[int, list[Fact]] = defaultdict(list)
    rows = SlaClockEvent.objects.filter(clock_id__in=list(clock_ids)).order_by("id")
    for clock_id, kind, at, level, data in rows.values_list("clock_id", "kind", "occurred_at", "level", "data"):
        found[clock_id].append(Fact(kind, at, level, data))
    return dict(found)


def lives_of(clocks: Iterable[SlaClock], *, warnings: bool = False) -> dict[int, Life]:
    """Lives of clocks by id. A clock never paused or retargeted (epoch 1) is read from its row; others cost one query.

    Lives read from rows do not know which warnings were given; `warnings` reads the events of all.
    """
    rows = list(clocks)
    told = facts_of([clock.pk for clock in rows if warnings or clock.epoch > 1]) if rows else {}
    return {clock.pk: Life(told.get(clock.pk) or _facts_of_row(clock), spec_of) for clock in rows}


def _facts_of_row(clock: SlaClock) -> list[Fact]:
    facts = [
        Fact(
            "start",
            clock.started_at,
            data={
                "target_s": clock.target_s,
                "carried_s": clock.carried_s,
                "grace_s": clock.grace_s,
                "calendar_version": clock.calendar_version_id,
                "working_days": target_facts(clock.target_id).working_days,
            },
        )
    ]
    if clock.missed_at is not None:
        facts.append(Fact("breach", clock.missed_at))
    return facts


def at_risk_at(clock: SlaClock) -> datetime | None:
    """From when on a running clock is at risk (ux.md SLA-4). A clock never changed on a 24/7 calendar costs no query."""
    left_s = at_risk_s(clock.target_s)
    if clock.due_at is None:
        return None
    if clock.epoch == 1 and not clock.carried_s and spec_of(clock.calendar_version_id).is_always_open:
        return max(clock.started_at, clock.due_at - timedelta(seconds=left_s))
    life = Life(_facts_of_row(clock), spec_of) if clock.epoch == 1 else lives_of([clock])[clock.pk]
    return life.left_at(left_s)


# -- Another target ----------------------------------------------------------------------------------------------------
def allowance_s(facts: TargetFacts, spec: CalendarSpec, started_at: datetime) -> int:
    """A target as open seconds from `started_at` (aware UTC); the horizon where its working days are out of reach."""
    if not facts.working_days:
        return facts.seconds
    found = days_allowance_s(spec, started_at, facts.working_days)
    return int(HORIZON.total_seconds()) if found is None else found


def retarget_data(
    clock: SlaClock,
    life: Life,
    facts: TargetFacts,
    calendar_version_id: int,
    *,
    at: datetime,
    target_id: int | None,
    whole_past: bool = False,
    specs: SpecOf = spec_of,
) -> dict[str, Any]:
    """What the event says that gives a clock another target from `at` (aware UTC) on, its grace included. Pure.

    `specs` answers the rules of a calendar version by id; a preview puts drafts among them.
    """
    target_s = allowance_s(facts, specs(calendar_version_id), clock.started_at)
    data: dict[str, Any] = {
        "target_s": target_s,
        "calendar_version": calendar_version_id,
        "target": target_id,
        "before": {
            "target_s": clock.target_s,
            "calendar_version": clock.calendar_version_id,
            "target": clock.target_id,
        },
    }
    data |= {"working_days": facts.working_days} if facts.working_days else {}
    data |= {"whole_past": True} if whole_past else {}
    candidate = Life([*life.facts, Fact("retarget", at, data=data)], specs)
    was, now = life.breach_at(), candidate.breach_at()
    is_shorter = target_s < clock.target_s or (was is not None and now is not None and now < was)
    if life.missed_at is None and not whole_past:
        left_s = candidate.remaining_s(at)
        grace_s = grace_for(clock.metric, target_s=target_s, left_s=left_s, is_shorter=is_shorter, set_s=facts.grace_s)
        data |= {"grace_s": grace_s} if grace_s else {}
    return data


# -- Rebuilding --------------------------------------------------------------------------------------------------------
def rebuild(clock: SlaClock) -> Values:
    """What the row should say, from its events alone."""
    return Life(facts_of([clock.pk])[clock.pk], spec_of).values()


_TRIES = 5


def disagreeing(*, count: int) -> list[tuple[SlaClock, dict[str, tuple[Any, Any]]]]:
    """Those of the `count` clocks that started last whose rows and events disagree. Two queries a chunk; an answer is an alarm."""
    return list(_disagreeing(SlaClock.objects.all(), count))


def disagreeing_open(*, most: int) -> Iterator[tuple[SlaClock, dict[str, tuple[Any, Any]]]]:
    """The open clocks whose rows and events disagree, the newest first, of at most `most`. Two queries a chunk."""
    return _disagreeing(SlaClock.objects.filter(state__in=UNSETTLED), most)


def _disagreeing(rows: QuerySet[SlaClock], most: int) -> Iterator[tuple[SlaClock, dict[str, tuple[Any, Any]]]]:
    last: int | None = None
    seen = 0
    while seen < most:
        page = list((rows if last is None else rows.filter(pk__lt=last)).order_by("-pk")[: min(_CHUNK, most - seen)])
        if not page:
            return
        seen, last = seen + len(page), page[-1].pk
        told = facts_of([clock.pk for clock in page])
        for clock in page:
            engine.progress()  # twenty thousand of them on a busy machine are no engine that hangs
            if _differences(clock, Life(told[clock.pk], spec_of).values()) and (pairs := _still_differing(clock)):
                yield clock, pairs


def _still_differing(clock: SlaClock) -> dict[str, tuple[Any, Any]]:
    """The differences of a clock once more: it may have fired or changed between the reading of its row and of its events.

    Believed where the row is the same before and after its events are read, since both are written in one transaction.
    """
    for _try in range(_TRIES):
        engine.progress()
        clock.refresh_from_db()
        pairs = differences(clock)
        if not pairs:
            return {}
        after = SlaClock.objects.get(pk=clock.pk)
        if all(getattr(after, one.attname) == getattr(clock, one.attname) for one in clock._meta.concrete_fields):
            return pairs
    return {}  # it changes faster than it can be read: the next check looks again


def running_without_timer(*, most: int, of: int | None = None) -> list[SlaClock]:
    """Running clocks that are not missed and have no timer, nor one that was quarantined: nobody would notice their end.

    `of` asks of one clock alone, by its id.
    """
    armed = SlaTimer.objects.filter(clock_id=OuterRef("pk"), state__in=(TimerState.ARMED, TimerState.QUARANTINED))
    running = SlaClock.objects.filter(state=ClockState.RUNNING, missed_at=None, **({} if of is None else {"pk": of}))
    return list(running.filter(~Exists(armed)).order_by("pk")[:most])


def differences(clock: SlaClock) -> dict[str, tuple[Any, Any]]:
    """Columns in which the row and its events disagree: {column: (row, events)}. Empty when all is well."""
    return _differences(clock, rebuild(clock))


def _differences(clock: SlaClock, told: Values) -> dict[str, tuple[Any, Any]]:
    pairs = {column.name: (getattr(clock, column.name), getattr(told, column.name)) for column in fields(told)}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


# -- Showing -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Promise:
    """One clock as people and programs see it. Seconds are of open time; instants are aware UTC.

    `remaining_s` is rounded down and negative when overdue; `due_at` is None while the clock stands still, and then
    `due_if_resumed_at` says when it would be due if it went on now.
    """

    metric: str
    state: str
    cycle: int
    started_at: datetime
    stopped_at: datetime | None
    due_at: datetime | None
    breach_at: datetime | None
    missed_at: datetime | None
    target_s: int
    remaining_s: int
    consumed_s: int
    paused_reason: str
    due_if_resumed_at: datetime | None
    within_calendar: bool
    calendar: str
    zone: str
    has_grace: bool

    @property
    def is_open(self) -> bool:
        return self.state in UNSETTLED

    @property
    def label(self) -> str:
        return str(Metric(self.metric).label)

    @property
    def band(self) -> str:
        """What to show by icon, word and colour (ux.md SLA-4): met, missed, cancelled, pending, paused, breached, due_now,
        at_risk or on_track."""
        if self.state != ClockState.RUNNING:
            return self.state
        if self.missed_at is not None or self.remaining_s < 0:
            return "breached"
        if self.remaining_s <= due_now_s(self.target_s):
            return "due_now"
        return "at_risk" if self.remaining_s <= at_risk_s(self.target_s) else "on_track"


def promises_of(case: Case, *, at: datetime) -> list[Promise]:
    """All clocks of a case at `at`, unsettled ones first by due time. Two queries at most."""
    rows = list(clocks_of(case))
    lives = lives_of(rows)
    found = [_promise(clock, lives[clock.pk], at) for clock in rows]
    last = datetime.max.replace(tzinfo=at.tzinfo)
    return sorted(found, key=lambda promise: (not promise.is_open, promise.due_at or last, promise.started_at))


def promised_times(case: Case, *, at: datetime | None = None) -> list[dict[str, Any]]:
    """`promises_of` as plain values, with the band, for the API; `at` is the database's present time unless given."""
    return [asdict(promise) | {"band": promise.band} for promise in promises_of(case, at=at or db_now())]


def promise_of_started(clock: SlaClock, *, at: datetime) -> Promise:
    """A clock that was just started, without a query: for the receipt of a submission."""
    return _promise(clock, Life(_facts_of_row(clock), spec_of), at)


def _promise(clock: SlaClock, life: Life, at: datetime) -> Promise:
    spec = spec_of(clock.calendar_version_id)
    resumed = None
    if clock.state == ClockState.PAUSED:
        going_on = Life([*life.facts, Fact("resume", at)], spec_of)
        resumed = going_on.due_at()
    return Promise(
        metric=clock.metric,
        state=clock.state,
        cycle=clock.cycle,
        started_at=clock.started_at,
        stopped_at=clock.stopped_at,
        due_at=clock.due_at,
        breach_at=clock.breach_at,
        missed_at=clock.missed_at,
        target_s=clock.target_s,
        remaining_s=life.remaining_s(at),
        consumed_s=int(life.used_s(at)),
        paused_reason=clock.paused_reason,
        due_if_resumed_at=resumed,
        within_calendar=spec.is_always_open or bool(life.course.open_intervals(at, at + _INSTANT)),
        calendar=calendar_name_of(clock.calendar_version_id),
        zone=spec.zone,
        has_grace=clock.grace_s > 0,
    )


@dataclass(frozen=True)
class Stretch:
    """One piece of a clock's time for its "why" panel: `kind` is counted, paused or closed."""

    kind: str
    start: datetime
    end: datetime
    reason: str = ""

    @property
    def seconds(self) -> int:
        return int((self.end - self.start).total_seconds())


def why(clock: SlaClock, *, at: datetime, most: int = 200) -> list[Stretch]:
    """The stretches of a clock from its start to its end or `at`: what was counted, what was paused, what was closed.

    At most `most` stretches, the newest; the sum of the counted ones is what the clock used.
    """
    life = lives_of([clock], warnings=True)[clock.pk]
    end = min(at, clock.stopped_at or at)
    found = [Stretch("counted", span.start, span.end) for span in life.course.open_intervals(clock.started_at, end)]
    for pause, reason in zip(life.pauses, life.pause_reasons, strict=True):
        until = min(end, pause.end or end)
        if pause.start < until:
            found.append(Stretch("paused", pause.start, until, reason))
    found.sort(key=lambda stretch: (stretch.start, stretch.end))
    filled: list[Stretch] = []
    edge = clock.started_at
    for stretch in found:
        if stretch.start > edge:
            filled.append(Stretch("closed", edge, stretch.start))
        filled.append(stretch)
        edge = max(edge, stretch.end)
    if edge < end:
        filled.append(Stretch("closed", edge, end))
    return filled[-most:]


def changes_of(clock: SlaClock) -> list[Mapping[str, Any]]:
    """The events of a clock as plain values, oldest first: start, pauses, each change of target with its cause."""
    rows = SlaClockEvent.objects.filter(clock=clock).order_by("id")
    return list(rows.values("kind", "occurred_at", "recorded_at", "actor_kind", "actor_id", "cause", "level", "data"))

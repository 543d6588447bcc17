"""The verbs of SLA clocks. Events are the truth; rows and timers follow them in the same transaction (sla.md §3.5–3.7).

Every function but `planned` and the readers expects the caller to hold the case's row lock, takes `at` (aware UTC), and saves the
clocks, their events and timers; the case itself is the caller's: afterwards call `ordering.reorder(case, at=at)` and save
`ordering.FIELDS`. A stop, pause or retarget evaluates first: a breach that no timer has written yet is written before it,
with its true instant.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import structlog
from django.db import connection
from django.db.models import F

from audit.actors import Actor
from audit.models import ActorKind
from audit.recording import Entry, record_many
from escalations import events
from escalations.clock_life import UNSETTLED, Fact, Life, grace_for
from escalations.lifecycle import ClockState, Metric, TimerState
from escalations.models import Case, SlaClock, SlaClockEvent, SlaTimer
from escalations.operations import ordering
from escalations.operations.timers import CASE, Due
from escalations.selectors.clocks import (
    LEGAL_FACTS,
    TargetFacts,
    at_risk_at,
    clocks_of,
    disagreeing,
    lives_of,
    promise_of_started,
    promised_times,
    promises_of,
    rebuild,
    target_facts,
    target_id_in,
)
from escalations.selectors.sla_plans import PlanBook, plans_in_force
from oncall.selectors.calendars import spec_of

__all__ = [
    "cancel_all",
    "check_sample",
    "fire",
    "pause",
    "planned",
    "promise_of_started",
    "promised_times",
    "promises_of",
    "rebuild",
    "reopen",
    "resume",
    "retarget",
    "start",
    "start_for_case",
    "start_planned",
    "stop",
]

AT_CREATION = (Metric.ACKNOWLEDGE, Metric.FIRST_RESPONSE, Metric.RESOLVE)
WARN, BREACH = "warn", "breach"
log = structlog.get_logger(__name__)
Kind = SlaClockEvent.Kind

# A deadline is a legal one where its reason says so; any other deadline is a wish and starts no clock.
_LEGAL = re.compile(
    r"§|\b(law|legal|court|regulat\w+|statut\w+|authorit(y|ies)|injunction|subpoena|article \d+|removal order"
    r"|government|police|prosecutor|ncii|dsa|tco)\b",
    re.IGNORECASE,
)


class Stage(NamedTuple):
    """What happens to a clock next, and when."""

    kind: str
    level: int
    due_at: datetime


@dataclass
class Planned:
    """A clock that is about to start: its row without an id, what its first event says, its first timer."""

    clock: SlaClock
    data: dict[str, Any]
    timer: Stage | None
    kind: str = Kind.START


# -- Starting ----------------------------------------------------------------------------------------------------------
def planned(case: Case, *, at: datetime) -> list[Planned]:
    """The clocks a new case starts with at `at`, worked out without touching the database (the plans are kept per process).

    `case` needs no id yet. Also places the case in the order of "next best", so that intake can insert it once; then
    `start_planned` writes the clocks.
    """
    book = plans_in_force()
    found = _planned_by_plan(case, AT_CREATION, book, at)
    legal = _planned_legal(case, book, at)
    if legal is not None:
        found.append(legal)
    rows = [entry.clock for entry in found]
    nearest = ordering.nearest_counting(rows)
    risk_at = None if nearest is None else at_risk_at(nearest)
    ordering.place(case, at=at, nearest=nearest, risk_at=risk_at, clocks=rows)
    return found


def start_planned(
    starting: Sequence[tuple[Case, Sequence[Planned]]], *, at: datetime, by: Actor | None = None, cause: str = ""
) -> list[SlaClock]:
    """Write the clocks that `planned` worked out for cases that have their ids now: one statement whatever their number.

    Records `clock.unreachable` for a clock whose calendar is not open long enough.
    """
    rows: list[tuple[Case, Planned]] = [(case, plan) for case, plans in starting for plan in plans]
    if not rows:
        return []
    for case, plan in rows:
        plan.clock.object_id = case.pk
        plan.clock.organization_id = case.organization_id
    insert_started([plan for _, plan in rows], at=at, by=by, cause=cause)
    entries = [
        _entry(events.CLOCK_UNREACHABLE, case, plan.clock, at=at)
        for case, plan in rows
        if plan.clock.state == ClockState.PENDING
    ]
    if entries:
        record_many(entries)
    return [plan.clock for _, plan in rows]


# Clocks, their first events and their first timers in one round trip: at intake round trips cost more than rows. The
# arrays keep one plan for any number of clocks.
_INSERT = """
WITH input AS (
  SELECT * FROM unnest(
    %(organization)s::bigint[], %(object)s::bigint[], %(metric)s::text[], %(cycle)s::smallint[], %(state)s::text[],
    %(target)s::bigint[], %(target_s)s::int[], %(calendar)s::bigint[], %(started_at)s::timestamptz[],
    %(due_at)s::timestamptz[], %(breach_at)s::timestamptz[], %(carried_s)s::int[], %(grace_s)s::int[],
    %(kind)s::text[], %(data)s::text[], %(timer)s::text[], %(level)s::smallint[], %(timer_at)s::timestamptz[]
  ) AS t (organization_id, object_id, metric, cycle, state, target_id, target_s, calendar_version_id, started_at,
          due_at, breach_at, carried_s, grace_s, kind, data, timer, level, timer_at)
), clock AS (
  INSERT INTO escalations_slaclock (organization_id, object_type, object_id, metric, cycle, state, target_id, target_s,
    calendar_version_id, started_at, due_at, breach_at, consumed_s, carried_s, grace_s, paused_reason, cancelled_why,
    excuse, epoch)
  SELECT organization_id, 'case', object_id, metric, cycle, state, target_id, target_s, calendar_version_id, started_at,
    due_at, breach_at, 0, carried_s, grace_s, '', '', '', 1
  FROM input
  RETURNING id, object_id, metric
), told AS (
  INSERT INTO escalations_slaclockevent (organization_id, clock_id, kind, occurred_at, recorded_at, actor_kind, actor_id,
    cause, level, data)
  SELECT i.organization_id, c.id, i.kind, i.started_at, %(at)s, %(actor_kind)s, %(actor_id)s, %(cause)s, 0, i.data::jsonb
  FROM input i JOIN clock c USING (object_id, metric)
), armed AS (
  INSERT INTO escalations_slatimer (organization_id, clock_id, object_type, object_id, kind, level, due_at, epoch, state,
    attempts, last_error, data)
  SELECT i.organization_id, c.id, 'case', i.object_id, i.timer, i.level, i.timer_at, 1, 'armed', 0, '', '{}'
  FROM input i JOIN clock c USING (object_id, metric) WHERE i.timer IS NOT NULL
)
SELECT object_id, metric, id FROM clock
"""


def insert_started(plans: Sequence[Planned], *, at: datetime, by: Actor | None, cause: str) -> None:
    """Insert new clocks with their events and timers, and give the clocks their ids."""
    clocks = [plan.clock for plan in plans]
    stages = [plan.timer for plan in plans]
    values: dict[str, Any] = {
        "organization": [clock.organization_id for clock in clocks],
        "object": [clock.object_id for clock in clocks],
        "metric": [str(clock.metric) for clock in clocks],
        "cycle": [clock.cycle for clock in clocks],
        "state": [str(clock.state) for clock in clocks],
        "target": [clock.target_id for clock in clocks],
        "target_s": [clock.target_s for clock in clocks],
        "calendar": [clock.calendar_version_id for clock in clocks],
        "started_at": [clock.started_at for clock in clocks],
        "due_at": [clock.due_at for clock in clocks],
        "breach_at": [clock.breach_at for clock in clocks],
        "carried_s": [clock.carried_s for clock in clocks],
        "grace_s": [clock.grace_s for clock in clocks],
        "kind": [str(plan.kind) for plan in plans],
        "data": [json.dumps(plan.data) for plan in plans],
        "timer": [None if stage is None else stage.kind for stage in stages],
        "level": [0 if stage is None else stage.level for stage in stages],
        "timer_at": [None if stage is None else stage.due_at for stage in stages],
        "at": at,
        "actor_kind": str(by.actor_kind) if by is not None else str(ActorKind.SYSTEM),
        "actor_id": by.actor_id if by is not None else None,
        "cause": cause[:120],
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
        ids = {(object_id, metric): clock_id for object_id, metric, clock_id in cursor.fetchall()}
    for clock in clocks:
        clock.pk = ids[clock.object_id, str(clock.metric)]
        clock._state.adding = False


def start_for_case(case: Case, *, at: datetime, by: Actor | None = None) -> list[SlaClock]:
    """Start the clocks of a new case: acknowledge, first response, resolve, and legal where a law sets the deadline.

    Sets the case's place in the order too; the caller saves `ordering.FIELDS` (or uses `planned` before inserting the case).
    """
    return start_planned([(case, planned(case, at=at))], at=at, by=by)


def start(
    case: Case,
    metric: Metric,
    *,
    at: datetime,
    started_at: datetime | None = None,
    by: Actor | None = None,
    cause: str = "",
) -> SlaClock | None:
    """Start one more clock of a case, as its next cycle, by the plan in force.

    `started_at` (aware UTC) is when it really began, `at` unless given. None if one is open or no target speaks of it.
    """
    earlier = list(clocks_of(case).filter(metric=metric))
    if any(clock.state in UNSETTLED for clock in earlier):
        return None
    book = plans_in_force()
    found = _planned_by_plan(case, (metric,), book, started_at or at)
    for plan in found:
        plan.clock.cycle = 1 + max((clock.cycle for clock in earlier), default=0)
    return next(iter(start_planned([(case, found)], at=at, by=by, cause=cause)), None)


def reopen(case: Case, *, at: datetime, by: Actor | None = None, cause: str = "reopened") -> list[SlaClock]:
    """New cycles for a case that is open again, before any timer of an old due time can be read.

    Acknowledge starts afresh. Resolve goes on with what earlier cycles used (closed time is not counted); where that leaves less
    than a quarter of the target, a quarter is given, so that nobody is overdue by reopening alone. First response goes on
    only if nobody ever gave one. Earlier cycles stay as they were.
    """
    latest: dict[str, SlaClock] = {}
    for clock in clocks_of(case).order_by("cycle"):
        latest[clock.metric] = clock
    book = plans_in_force()
    starting: list[Planned] = []
    for metric in AT_CREATION:
        last = latest.get(metric)
        if last is not None and last.state in UNSETTLED:
            continue
        if metric is Metric.FIRST_RESPONSE and last is not None and last.state != ClockState.CANCELLED:
            continue
        carried_s = 0
        if last is not None and metric is not Metric.ACKNOWLEDGE:
            carried_s = last.carried_s + last.consumed_s
        found = _planned_by_plan(case, (metric,), book, at, carried_s=carried_s)
        for plan in found:
            plan.clock.cycle = 1 if last is None else last.cycle + 1
            plan.kind = Kind.START if last is None else Kind.REOPEN
        starting += found
    return start_planned([(case, starting)], at=at, by=by, cause=cause)


def _planned_by_plan(
    case: Case, metrics: Iterable[Metric], book: PlanBook, started_at: datetime, *, carried_s: int = 0
) -> list[Planned]:
    plan = book.plan_for_any()
    found = []
    for metric in metrics:
        target = plan.target_for(metric, case.severity) if plan is not None else None
        if target is None:
            continue
        quarter_s = math.floor(target.seconds / 4)
        grace_s = quarter_s if carried_s and target.seconds - carried_s < quarter_s else 0
        facts = TargetFacts(
            plan.version_id if plan else 0, 0, target.seconds, target.warn_percent, target.pause_reasons
        )
        found.append(
            _plan(metric, target.id, target.seconds, target.calendar_version_id, started_at, facts, carried_s, grace_s)
        )
    return found


def _planned_legal(case: Case, book: PlanBook, at: datetime) -> Planned | None:
    if case.deadline_at is None or not _LEGAL.search(case.deadline_reason):
        return None
    seconds = max(1, math.floor((case.deadline_at - case.received_at).total_seconds()))
    return _plan(Metric.LEGAL, None, seconds, book.always_version_id, case.received_at, LEGAL_FACTS, 0, 0)


def _plan(
    metric: Metric,
    target_id: int | None,
    target_s: int,
    calendar_version_id: int,
    started_at: datetime,
    facts: TargetFacts,
    carried_s: int,
    grace_s: int,
) -> Planned:
    data: dict[str, Any] = {"target_s": target_s, "calendar_version": calendar_version_id, "target": target_id}
    clock = SlaClock(object_type=CASE, metric=metric, target_id=target_id)
    if spec_of(calendar_version_id).is_always_open and not carried_s:
        # What `Life` would say, without asking it: this is nearly every clock, and intake makes thousands a second.
        clock.state, clock.started_at = ClockState.RUNNING, started_at
        clock.target_s, clock.calendar_version_id = target_s, calendar_version_id
        clock.due_at = clock.breach_at = started_at + timedelta(seconds=target_s)
        first = next((percent for percent in facts.warn_percent if percent < 100), None)
        stage = Stage(BREACH, 0, clock.breach_at)
        if first is not None:
            stage = Stage(WARN, first, started_at + timedelta(seconds=target_s * first / 100))
        return Planned(clock, data, stage)
    data |= {"carried_s": carried_s} if carried_s else {}
    data |= {"grace_s": grace_s} if grace_s else {}
    life = Life([Fact(Kind.START, started_at, data=data)], spec_of)
    _copy(life, clock)
    return Planned(clock, data, _next_stage(clock, life, facts))


# -- Stopping, pausing, changing ---------------------------------------------------------------------------------------
def stop(case: Case, metric: Metric, *, at: datetime, by: Actor | None = None, cause: str = "") -> SlaClock | None:
    """Stop the case's open clock of this metric at `at`: met if that is not after its breach instant.

    None if none is open. Records `clock.breached` if it ran out unnoticed, `clock.retracted` if a breach already written turns out
    to lie after `at` (an answer that waited for the row's lock).
    """
    changes = _Changes(case, at=at, by=by, cause=cause)
    for held in changes.take([metric], warnings=False):
        changes.evaluate(held)
        moment = max(at, held.clock.started_at)
        was_missed_at = held.life.missed_at
        changes.note(held, Kind.STOP, at=moment)
        breach_at = held.life.breach_at()
        # A breach before this moment stays, also where a later, longer target would have allowed it.
        if was_missed_at is not None and was_missed_at >= moment and breach_at is not None and moment <= breach_at:
            changes.note(held, Kind.RETRACT, at=moment, data={"missed_at": was_missed_at.isoformat()})
            changes.tell(events.CLOCK_RETRACTED, held, at=at, data={"missed_at": was_missed_at.isoformat()})
    return changes.write()


def pause(case: Case, reason: str, *, at: datetime, by: Actor | None = None, cause: str = "") -> list[SlaClock]:
    """Let the clocks that may pause for `reason` (a code such as `submitter`) stand still from `at`; answers them.

    Which may is their target's list; acknowledge, first response and legal clocks never do. A pause after a breach does not heal it.
    """
    changes = _Changes(case, at=at, by=by, cause=cause)
    for held in changes.take(list(Metric)):
        if held.clock.state != ClockState.RUNNING or reason not in target_facts(held.clock.target_id).pause_reasons:
            continue
        changes.evaluate(held)
        changes.note(held, Kind.PAUSE, at=at, data={"reason": reason})
    return changes.write_all()


def resume(case: Case, *, at: datetime, by: Actor | None = None, cause: str = "") -> list[SlaClock]:
    """Let paused clocks go on from `at`; answers them. Warnings already given are not given again."""
    changes = _Changes(case, at=at, by=by, cause=cause)
    for held in changes.take(list(Metric)):
        if held.clock.state == ClockState.PAUSED:
            changes.note(held, Kind.RESUME, at=at)
    return changes.write_all()


def retarget(case: Case, *, at: datetime, by: Actor | None, cause: str) -> list[SlaClock]:
    """Give open clocks the target of the case's present severity, from `at` on (sla.md 3.6); answers those that changed.

    Start and use are kept; each stretch stays judged by the calendar it passed under. A response clock that would have under a
    quarter of its new target left gets that quarter; a resolve clock already past its new time is breached by retarget. What
    was missed stays missed. Clocks stay on their plan's version. Legal clocks never change. A target that is gone cancels.
    """
    changes = _Changes(case, at=at, by=by, cause=cause)
    for held in changes.take([metric for metric in Metric if metric is not Metric.LEGAL]):
        clock = held.clock
        if clock.target_id is None:
            continue
        before = target_facts(clock.target_id)
        target_id = target_id_in(before.version_id, clock.metric, case.severity)
        if target_id == clock.target_id:
            continue
        changes.evaluate(held)
        if target_id is None:
            changes.note(held, Kind.CANCEL, at=at, cause="detached")
            clock.cancelled_why = "detached"
            continue
        _retarget_one(changes, held, before, target_id)
    return changes.write_all()


def _retarget_one(changes: _Changes, held: _Held, before: TargetFacts, target_id: int) -> None:
    clock, at = held.clock, changes.at
    after = target_facts(target_id)
    calendar_version_id = clock.calendar_version_id
    if after.calendar_id != before.calendar_id:
        calendar_version_id = plans_in_force().calendars[after.calendar_id]
    data: dict[str, Any] = {
        "target_s": after.seconds,
        "calendar_version": calendar_version_id,
        "target": target_id,
        "before": {
            "target_s": clock.target_s,
            "calendar_version": clock.calendar_version_id,
            "target": clock.target_id,
        },
    }
    candidate = Life([*held.life.facts, Fact(Kind.RETARGET, at, data=data)], spec_of)
    was, now = held.life.breach_at(), candidate.breach_at()
    is_shorter = after.seconds < clock.target_s or (was is not None and now is not None and now < was)
    if held.life.missed_at is None:
        left_s = candidate.remaining_s(at)
        grace_s = grace_for(clock.metric, target_s=after.seconds, left_s=left_s, is_shorter=is_shorter)
        data |= {"grace_s": grace_s} if grace_s else {}
    changes.note(held, Kind.RETARGET, at=at, data=data)
    clock.target_id = target_id
    breach_at = held.life.breach_at()
    if held.life.missed_at is None and breach_at is not None and breach_at < at:
        changes.breach(held, at=at, data={"by_retarget": True})


def cancel_all(
    case: Case, cause: str, *, at: datetime, by: Actor | None = None, metrics: Iterable[Metric] = tuple(Metric)
) -> list[SlaClock]:
    """End every open clock (of `metrics`) without a verdict (`cause`: withdrawn, merged, spam …); answers them.

    What had run out by `at` keeps its breach in the events; cancelled clocks are left out of attainment but counted.
    """
    changes = _Changes(case, at=at, by=by, cause=cause)
    for held in changes.take(list(metrics)):
        changes.evaluate(held)
        changes.note(held, Kind.CANCEL, at=at)
        held.clock.cancelled_why = cause[:40]
    return changes.write_all()


# -- Firing ------------------------------------------------------------------------------------------------------------
def fire(batch: Sequence[Due], at: datetime) -> None:
    """Give warnings and write breaches for timers that came due: the handler of timers of the kinds `warn` and `breach`.

    A clock past its breach instant is breached without the warnings it slept through, one past several warnings gets the
    last of them. Each clock has one armed timer: the next stage's. Records `clock.warned` and `clock.breached`, the latter with the computed instant. Four to eight queries
    whatever the number.
    """
    rows = {
        clock.pk: clock
        for clock in SlaClock.objects.filter(pk__in=[due.timer.clock_id for due in batch])
        .order_by("pk")
        .select_for_update(of=("self",))
    }
    lives = lives_of(rows.values())
    facts: list[SlaClockEvent] = []
    entries: list[Entry] = []
    timers: list[SlaTimer] = []
    missed: list[SlaClock] = []
    for due in batch:
        clock = rows.get(due.timer.clock_id or 0)
        if clock is None or clock.epoch != due.timer.epoch or clock.state != ClockState.RUNNING:
            continue  # left over from before a change: the change armed its own
        life = lives[clock.pk]
        breach_at = life.breach_at()
        if life.missed_at is not None or breach_at is None:
            continue
        if at >= breach_at:
            fact = Fact(Kind.BREACH, breach_at)
            clock.missed_at = breach_at
            missed.append(clock)
            entries.append(_breach_entry(due.case, clock, breach_at, found_at=at))
        else:
            level = _highest_due(life, target_facts(clock.target_id), at=at, otherwise=due.timer.level)
            fact = Fact(Kind.WARN, at, level=level, data={"edition": life.edition})
            entries.append(_warn_entry(due.case, clock, level, at))
        life.apply(fact)
        facts.append(_event(clock, fact.kind, fact=fact, at=at, by=None, cause=""))
        # Levels below this one were given or slept through; the chain only goes up.
        given = max(fact.level, due.timer.level)
        life.warned |= {percent for percent in target_facts(clock.target_id).warn_percent if percent <= given}
        timer = _next_timer(clock, life, target_facts(clock.target_id))
        if timer is not None:
            timers.append(timer)
    SlaClockEvent.objects.bulk_create(facts)
    if missed:
        case_ids = {clock.object_id for clock in missed}
        SlaClock.objects.filter(pk__in=[clock.pk for clock in missed]).update(missed_at=F("breach_at"))
        Case.objects.filter(pk__in=case_ids).update(is_breached=True)
        for due in batch:
            due.case.is_breached |= due.case.pk in case_ids
    SlaTimer.objects.bulk_create(timers)
    if entries:
        record_many(entries)


def _highest_due(life: Life, facts: TargetFacts, *, at: datetime, otherwise: int) -> int:
    due = [percent for percent in facts.warn_percent if percent not in life.warned and _is_past(life, percent, at)]
    return max(due, default=otherwise)


def _is_past(life: Life, percent: int, at: datetime) -> bool:
    warn_at = life.used_up_at(percent)
    return warn_at is not None and warn_at <= at


def check_sample(at: datetime, *, count: int = 2000) -> int:
    """Compare clocks with their events, as a nightly job; answers how many disagree.

    A difference is an alarm, never a silent repair: it is logged and recorded as `clock.disagrees`.
    """
    wrong = disagreeing(count=count)
    cases = {case.pk: case for case in Case.objects.filter(pk__in=[clock.object_id for clock, _ in wrong])}
    for clock, pairs in wrong:
        log.error("clock_disagrees", clock=clock.pk, columns=sorted(pairs))
    entries = [
        _entry(events.CLOCK_DISAGREES, cases[clock.object_id], clock, at=at, data={"columns": sorted(pairs)})
        for clock, pairs in wrong
        if clock.object_id in cases
    ]
    if entries:
        record_many(entries)
    return len(wrong)


# -- Writing -----------------------------------------------------------------------------------------------------------
@dataclass
class _Held:
    clock: SlaClock
    life: Life
    changed: bool = False


class _Changes:
    """What one verb does to the clocks of one case, written together at its end."""

    def __init__(self, case: Case, *, at: datetime, by: Actor | None, cause: str) -> None:
        self.case, self.at, self.by, self.cause = case, at, by, cause
        self.helds: list[_Held] = []
        self.events: list[SlaClockEvent] = []
        self.entries: list[Entry] = []

    def take(self, metrics: Iterable[Metric], *, warnings: bool = True) -> list[_Held]:
        """The case's open clocks of these metrics, locked, with their lives; `warnings` as `lives_of`."""
        rows = list(
            clocks_of(self.case, unsettled=True).filter(metric__in=list(metrics)).select_for_update(of=("self",))
        )
        lives = lives_of(rows, warnings=warnings) if rows else {}
        self.helds = [_Held(clock, lives[clock.pk]) for clock in rows]
        return self.helds

    def note(
        self, held: _Held, kind: str, *, at: datetime, data: dict[str, Any] | None = None, cause: str = ""
    ) -> None:
        """Append a fact to a clock's life."""
        fact = Fact(kind, at, data=data or {})
        held.life.apply(fact)
        held.changed = True
        self.events.append(_event(held.clock, kind, fact=fact, at=self.at, by=self.by, cause=cause or self.cause))

    def evaluate(self, held: _Held) -> None:
        """Write the breach that happened before this moment and that no timer has written yet."""
        breach_at = held.life.breach_at()
        if (
            held.clock.state == ClockState.RUNNING
            and held.life.missed_at is None
            and breach_at is not None
            and self.at > breach_at
        ):
            self.breach(held, at=breach_at)

    def breach(self, held: _Held, *, at: datetime, data: dict[str, Any] | None = None) -> None:
        self.note(held, Kind.BREACH, at=at, data=data)
        self.entries.append(_breach_entry(self.case, held.clock, at, found_at=self.at, data=data))

    def tell(self, kind: str, held: _Held, *, at: datetime, data: dict[str, Any]) -> None:
        self.entries.append(_entry(kind, self.case, held.clock, at=at, data=data, by=self.by))

    def write(self) -> SlaClock | None:
        """`write_all` for a verb on one metric."""
        return next(iter(self.write_all()), None)

    def write_all(self) -> list[SlaClock]:
        """Save events, rows, timers and records; answers the clocks that changed."""
        changed = [held for held in self.helds if held.changed]
        if not changed:
            return []
        SlaClockEvent.objects.bulk_create(self.events)
        timers = []
        for held in changed:
            was = held.clock.state
            _copy(held.life, held.clock)
            held.clock.epoch += 1
            if held.clock.state == ClockState.PENDING and was != ClockState.PENDING:
                self.tell(events.CLOCK_UNREACHABLE, held, at=self.at, data={})
            timer = _next_timer(held.clock, held.life, target_facts(held.clock.target_id))
            timers += [timer] if timer is not None else []
        rows = [held.clock for held in changed]
        if len(rows) == 1:
            rows[0].save(update_fields=_COLUMNS)
        else:
            SlaClock.objects.bulk_update(rows, _COLUMNS)
        SlaTimer.objects.filter(clock__in=rows, state=TimerState.ARMED).update(state=TimerState.CANCELLED)
        if timers:
            SlaTimer.objects.bulk_create(timers)
        if self.entries:
            record_many(self.entries)
        return rows


_VALUES = (
    "state",
    "started_at",
    "stopped_at",
    "due_at",
    "breach_at",
    "missed_at",
    "target_s",
    "carried_s",
    "grace_s",
    "consumed_s",
    "calendar_version_id",
    "paused_reason",
)
_COLUMNS = [*(name.removesuffix("_id") for name in _VALUES), "target", "cancelled_why", "epoch"]


def _copy(life: Life, clock: SlaClock) -> None:
    values = life.values()
    for name in _VALUES:
        setattr(clock, name, getattr(values, name))


def _next_stage(clock: SlaClock, life: Life, facts: TargetFacts) -> Stage | None:
    """The clock's next stage: a warning not yet given, or the breach. None if it stands still or is missed."""
    if clock.state != ClockState.RUNNING or life.missed_at is not None:
        return None
    breach_at = life.breach_at()
    assert breach_at is not None  # a running clock reaches its target
    for percent in facts.warn_percent:
        if percent in life.warned:
            continue
        warn_at = life.used_up_at(percent)
        if warn_at is not None and warn_at < breach_at:
            return Stage(WARN, percent, warn_at)
    return Stage(BREACH, 0, breach_at)


def _next_timer(clock: SlaClock, life: Life, facts: TargetFacts) -> SlaTimer | None:
    stage = _next_stage(clock, life, facts)
    if stage is None:
        return None
    return SlaTimer(
        organization_id=clock.organization_id,
        clock_id=clock.pk,
        object_type=clock.object_type,
        object_id=clock.object_id,
        kind=stage.kind,
        level=stage.level,
        due_at=stage.due_at,
        epoch=clock.epoch,
    )


def _event(clock: SlaClock, kind: str, *, fact: Fact, at: datetime, by: Actor | None, cause: str) -> SlaClockEvent:
    return SlaClockEvent(
        organization_id=clock.organization_id,
        clock_id=clock.pk,
        kind=kind,
        occurred_at=fact.at,
        recorded_at=at,
        actor_kind=by.actor_kind if by is not None else ActorKind.SYSTEM,
        actor_id=by.actor_id if by is not None else None,
        cause=cause[:120],
        level=fact.level,
        data=dict(fact.data),
    )


def _entry(
    kind: str,
    case: Case,
    clock: SlaClock,
    *,
    at: datetime,
    data: dict[str, Any] | None = None,
    by: Actor | None = None,
) -> Entry:
    return Entry(kind, case, at, by, {"metric": clock.metric, "clock": clock.pk, "cycle": clock.cycle} | (data or {}))


def _warn_entry(case: Case, clock: SlaClock, level: int, at: datetime) -> Entry:
    due_at = clock.due_at.isoformat() if clock.due_at is not None else None
    return _entry(events.CLOCK_WARNED, case, clock, at=at, data={"level": level, "due_at": due_at})


def _breach_entry(
    case: Case, clock: SlaClock, breach_at: datetime, *, found_at: datetime, data: dict[str, Any] | None = None
) -> Entry:
    late_s = max(0, round((found_at - breach_at).total_seconds()))
    told = {"breach_at": breach_at.isoformat(), "found_late_s": late_s} | (data or {})
    return _entry(events.CLOCK_BREACHED, case, clock, at=breach_at, data=told)

"""Starting clocks: for one case or thousands in the same statement; again for a case that is open again (sla.md §3.5).

Use `start_clocks` for cases that are written, `planned` and `start_planned` around an insert.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import connection

from audit.actors import Actor
from audit.models import ActorKind
from audit.recording import record_many
from core import rows
from escalations import events
from escalations.clock_life import UNSETTLED, Fact, Life
from escalations.lifecycle import ClockState, Metric
from escalations.models import Case, ClockOwner, SlaClock
from escalations.operations import ordering
from escalations.operations.clock_writing import BREACH, WARN, Kind, Stage, copy, entry, next_stage
from escalations.selectors.clocks import LEGAL_FACTS, TargetFacts, allowance_s, at_risk_at, clocks_of
from escalations.selectors.sla_plans import Plan, PlanBook, choose_stored, plans_in_force
from oncall.selectors.calendars import spec_of

REOPEN_WINDOW = timedelta(days=14)  # a case opened again later than this is a new piece of work with a new allowance
AT_CREATION = (Metric.ACKNOWLEDGE, Metric.FIRST_RESPONSE, Metric.RESOLVE)

# A deadline is a legal one where its reason says so; any other deadline is a wish and starts no clock.
_LEGAL = re.compile(
    r"§|\b(law|legal|court|regulat\w+|statut\w+|authorit(y|ies)|injunction|subpoena|article \d+|removal order"
    r"|government|police|prosecutor|ncii|dsa|tco)\b",
    re.IGNORECASE,
)


@dataclass
class Planned:
    """A clock that is about to start: its row without an id, what its first event says, its first timer."""

    clock: SlaClock
    data: dict[str, Any]
    timer: Stage | None
    kind: str = Kind.START


class Plans(list[Planned]):
    """The clocks a new case starts with. Not `is_settled`: a plan asks for more than the case's own columns, so the database
    chooses once the case is written, and `start_planned` puts it right in place."""

    def __init__(self, found: Iterable[Planned], plan: Plan | None = None, *, is_settled: bool = True) -> None:
        super().__init__(found)
        self.plan, self.is_settled = plan, is_settled


def start_clocks(cases: Sequence[Case], *, at: datetime, by: Actor | None = None, cause: str = "") -> list[SlaClock]:
    """Start the clocks of new cases, which are written and locked or not yet committed: A, F and R by their plans, L by law.

    `at` is aware UTC. One statement whatever the number of cases (and one query a plan that only the database can match).
    Sets each case's place in the order; the caller saves `ordering.FIELDS`. Records `clock.unreachable`.
    """
    return start_planned([(case, planned(case, at=at)) for case in cases], at=at, by=by, cause=cause)


def start_for_case(case: Case, *, at: datetime, by: Actor | None = None) -> list[SlaClock]:
    """`start_clocks` for one case."""
    return start_clocks([case], at=at, by=by)


def planned(case: Case, *, at: datetime) -> Plans:
    """The clocks a new case starts with at `at`, worked out without touching the database (the plans are kept per process).

    `case` needs no id yet. Also places the case in the order of "next best", so that intake can insert it once; then
    `start_planned` writes the clocks.
    """
    book = plans_in_force()
    plan, is_sure = book.choose(case)
    return _planned(case, plan, book, at, is_settled=is_sure)


def _planned(case: Case, plan: Plan | None, book: PlanBook, at: datetime, *, is_settled: bool) -> Plans:
    found = Plans(planned_by_plan(case, AT_CREATION, plan, at), plan, is_settled=is_settled)
    legal = _planned_legal(case, book, at)
    if legal is not None:
        found.append(legal)
    started = [plan.clock for plan in found]
    nearest = ordering.nearest_counting(started)
    risk_at = None if nearest is None else at_risk_at(nearest)
    ordering.place(case, at=at, nearest=nearest, risk_at=risk_at, clocks=started)
    return found


def start_planned(
    starting: Sequence[tuple[ClockOwner, Sequence[Planned]]], *, at: datetime, by: Actor | None = None, cause: str = ""
) -> list[SlaClock]:
    """Write the clocks that `planned` worked out for cases that have their ids now: one statement whatever their number.

    Where `planned` had to leave the choice of the plan to the database, it is made here, and the cases' places in the order are
    saved again. Records `clock.unreachable` for a clock whose calendar is not open long enough.
    """
    _settle(starting, at=at)
    pairs: list[tuple[ClockOwner, Planned]] = [(owner, plan) for owner, plans in starting for plan in plans]
    if not pairs:
        return []
    for owner, plan in pairs:
        plan.clock.object_type = owner.clock_type
        plan.clock.object_id = owner.pk
        plan.clock.organization_id = owner.organization_id
    insert_started([plan for _, plan in pairs], at=at, by=by, cause=cause)
    entries = [
        entry(events.CLOCK_UNREACHABLE, owner, plan.clock, at=at)
        for owner, plan in pairs
        if plan.clock.state == ClockState.PENDING
    ]
    if entries:
        record_many(entries)
    return [plan.clock for _, plan in pairs]


def _settle(starting: Sequence[tuple[ClockOwner, Sequence[Planned]]], *, at: datetime) -> None:
    """Let the database choose the plans that the cases' own columns could not; the lists are changed in place."""
    unsure = [
        (case, plans)
        for case, plans in starting
        if isinstance(case, Case) and isinstance(plans, Plans) and not plans.is_settled
    ]
    if not unsure:
        return
    book = plans_in_force()
    chosen = choose_stored([case for case, _ in unsure], book, at=at)
    moved = []
    for case, plans in unsure:
        plans.is_settled = True
        if plans.plan != chosen[case.pk]:
            plans[:] = _planned(case, chosen[case.pk], book, at, is_settled=True)
            moved.append(case)
    if moved:
        Case.objects.bulk_update(moved, ordering.FIELDS, batch_size=500)


# Clocks, their first events and their first timers in one round trip: at intake round trips cost more than rows. The
# arrays keep one plan for any number of clocks.
_INSERT = """
WITH input AS (
  SELECT * FROM unnest(
    %(organization)s::bigint[], %(type)s::text[], %(object)s::bigint[], %(metric)s::text[], %(cycle)s::smallint[],
    %(state)s::text[], %(target)s::bigint[], %(target_s)s::int[], %(calendar)s::bigint[], %(started_at)s::timestamptz[],
    %(due_at)s::timestamptz[], %(breach_at)s::timestamptz[], %(carried_s)s::int[], %(grace_s)s::int[],
    %(kind)s::text[], %(data)s::text[], %(timer)s::text[], %(level)s::smallint[], %(timer_at)s::timestamptz[]
  ) AS t (organization_id, object_type, object_id, metric, cycle, state, target_id, target_s, calendar_version_id,
          started_at, due_at, breach_at, carried_s, grace_s, kind, data, timer, level, timer_at)
), clock AS (
  INSERT INTO escalations_slaclock (organization_id, object_type, object_id, metric, cycle, state, target_id, target_s,
    calendar_version_id, started_at, due_at, breach_at, consumed_s, carried_s, grace_s, paused_reason, cancelled_why,
    excuse, epoch)
  SELECT organization_id, object_type, object_id, metric, cycle, state, target_id, target_s, calendar_version_id,
    started_at, due_at, breach_at, 0, carried_s, grace_s, '', '', '', 1
  FROM input
  RETURNING id, object_type, object_id, metric
), told AS (
  INSERT INTO escalations_slaclockevent (organization_id, clock_id, kind, occurred_at, recorded_at, actor_kind, actor_id,
    cause, level, data)
  SELECT i.organization_id, c.id, i.kind, i.started_at, %(at)s, %(actor_kind)s, %(actor_id)s, %(cause)s, 0, i.data::jsonb
  FROM input i JOIN clock c USING (object_type, object_id, metric)
), armed AS (
  INSERT INTO escalations_slatimer (organization_id, clock_id, object_type, object_id, kind, level, due_at, epoch, state,
    attempts, last_error, data)
  SELECT i.organization_id, c.id, i.object_type, i.object_id, i.timer, i.level, i.timer_at, 1, 'armed', 0, '', '{}'
  FROM input i JOIN clock c USING (object_type, object_id, metric) WHERE i.timer IS NOT NULL
)
SELECT object_type, object_id, metric, id FROM clock
"""


def insert_started(plans: Sequence[Planned], *, at: datetime, by: Actor | None, cause: str) -> None:
    """Insert new clocks with their events and timers, and give the clocks their ids."""
    clocks = [plan.clock for plan in plans]
    stages = [plan.timer for plan in plans]
    values: dict[str, Any] = {
        "organization": [clock.organization_id for clock in clocks],
        "type": [clock.object_type for clock in clocks],
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
        "data": [orjson.dumps(plan.data).decode() for plan in plans],
        "timer": [None if stage is None else stage.kind for stage in stages],
        "level": [0 if stage is None else stage.level for stage in stages],
        "timer_at": [None if stage is None else stage.due_at for stage in stages],
        "at": at,
        "actor_kind": str(by.actor_kind) if by is not None else str(ActorKind.SYSTEM),
        "actor_id": by.actor_id if by is not None else None,
        "cause": cause[:120],
    }
    written = {name: rows.array(value) if isinstance(value, list) else value for name, value in values.items()}
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, written)
        ids = {(kind, object_id, metric): clock_id for kind, object_id, metric, clock_id in cursor.fetchall()}
    for clock in clocks:
        clock.pk = ids[clock.object_type, clock.object_id, str(clock.metric)]
        clock._state.adding = False


# -- One more, and again -----------------------------------------------------------------------------------------------
def start(
    case: Case,
    metric: Metric,
    *,
    at: datetime,
    started_at: datetime | None = None,
    by: Actor | None = None,
    cause: str = "",
    on: ClockOwner | None = None,
) -> SlaClock | None:
    """Start one more clock of a case, as its next cycle, by the plan in force.

    `started_at` (aware UTC) is when it really began, `at` unless given: a merged or split case's clock runs from the moment its
    message came. `on` is another owner, part of the case, whose clock it is: the plan and the severity are the case's; later
    changes of these reach it by `clocks.follow`. None if one is open or no target speaks of it.
    """
    owner = on or case
    earlier = list(clocks_of(owner).filter(metric=metric))
    if any(clock.state in UNSETTLED for clock in earlier):
        return None
    found = planned_by_plan(case, (metric,), plan_of(case, at=at), started_at or at)
    for plan in found:
        plan.clock.cycle = 1 + max((clock.cycle for clock in earlier), default=0)
    return next(iter(start_planned([(owner, found)], at=at, by=by, cause=cause)), None)


def start_on(
    owner: ClockOwner,
    metric: Metric,
    *,
    seconds: int,
    calendar_version_id: int,
    at: datetime,
    started_at: datetime | None = None,
    by: Actor | None = None,
    cause: str = "",
) -> SlaClock | None:
    """Start a clock of any owner for a time agreed for it alone: `seconds` of the calendar version's open time.

    It belongs to no plan, so it neither pauses nor follows severities; it warns at 50, 75 and 90 %. `at` and `started_at` are
    aware UTC. The caller holds the owner's lock. None if one of this metric is open.
    """
    earlier = list(clocks_of(owner).filter(metric=metric))
    if any(clock.state in UNSETTLED for clock in earlier):
        return None
    found = _plan(metric, None, seconds, calendar_version_id, started_at or at, LEGAL_FACTS, 0, 0)
    found.clock.cycle = 1 + max((clock.cycle for clock in earlier), default=0)
    return start_planned([(owner, [found])], at=at, by=by, cause=cause)[0]


def plan_of(case: Case, *, at: datetime, unsaved: Iterable[str] = ()) -> Plan | None:
    """The plan that takes a written case now. No query unless a condition needs the database; then `unsaved` is saved first."""
    book = plans_in_force()
    plan, is_sure = book.choose(case)
    if is_sure:
        return plan
    if names := list(unsaved):
        case.save(update_fields=names)
    return choose_stored([case], book, at=at)[case.pk]


def reopen(case: Case, *, at: datetime, by: Actor | None = None, cause: str = "reopened") -> list[SlaClock]:
    """New cycles for a case that is open again, before any timer of an old due time can be read.

    Acknowledge starts afresh. Resolve goes on with what earlier cycles used (closed time is not counted), unless its target says
    that a reopened case starts afresh or it ended over 14 days ago; where that leaves less than a quarter of the target, a quarter is given, so that nobody is
    overdue by reopening alone. First response goes on only if nobody ever gave one. Where updates are owed, the next one
    is. Earlier cycles stay as they were.
    """
    latest: dict[str, SlaClock] = {}
    for clock in clocks_of(case).order_by("cycle"):
        latest[clock.metric] = clock
    plan = plan_of(case, at=at)
    starting: list[Planned] = []
    for metric in AT_CREATION:
        last = latest.get(metric)
        if last is not None and last.state in UNSETTLED:
            continue
        if metric is Metric.FIRST_RESPONSE and last is not None and last.state != ClockState.CANCELLED:
            continue
        target = plan.target_for(metric, case.clock_severity) if plan is not None else None
        carried_s = 0
        if last is not None and metric is not Metric.ACKNOWLEDGE and not (target and target.is_fresh_on_reopen):
            is_late = last.stopped_at is not None and at - last.stopped_at > REOPEN_WINDOW
            carried_s = 0 if is_late else last.carried_s + last.consumed_s
        found = planned_by_plan(case, (metric,), plan, at, carried_s=carried_s)
        for entry_ in found:
            entry_.clock.cycle = 1 if last is None else last.cycle + 1
            entry_.kind = Kind.START if last is None else Kind.REOPEN
        starting += found
    if case.first_response_at is not None and Metric.UPDATE not in {
        Metric(clock.metric) for clock in latest.values() if clock.state in UNSETTLED
    }:
        for owed in planned_by_plan(case, (Metric.UPDATE,), plan, at):
            owed.clock.cycle = 1 + (latest[Metric.UPDATE].cycle if Metric.UPDATE in latest else 0)
            starting.append(owed)
    return start_planned([(case, starting)], at=at, by=by, cause=cause)


# -- Working out -------------------------------------------------------------------------------------------------------
def planned_by_plan(
    case: Case, metrics: Iterable[Metric], plan: Plan | None, started_at: datetime, *, carried_s: int = 0
) -> list[Planned]:
    """The clocks of these metrics by a plan's targets for the case's severity, not written. No query."""
    found = []
    for metric in metrics:
        target = plan.target_for(metric, case.clock_severity) if plan is not None else None
        if target is None:
            continue
        facts = TargetFacts(
            plan.version_id if plan else 0,
            0,
            target.seconds,
            target.warn_percent,
            target.pause_reasons,
            working_days=target.working_days,
        )
        seconds = allowance_s(facts, target.calendar, started_at)
        quarter_s = math.floor(seconds / 4)
        grace_s = quarter_s if carried_s and seconds - carried_s < quarter_s else 0
        found.append(
            _plan(metric, target.id, seconds, target.calendar_version_id, started_at, facts, carried_s, grace_s)
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
    clock = rows.blank(SlaClock, object_type=Case.clock_type, metric=metric, target_id=target_id)
    if spec_of(calendar_version_id).is_always_open and not carried_s and not facts.working_days:
        # What `Life` would say, without asking it: this is nearly every clock, and intake makes thousands a second.
        clock.state, clock.started_at = ClockState.RUNNING, started_at
        clock.target_s, clock.calendar_version_id = target_s, calendar_version_id
        clock.due_at = clock.breach_at = started_at + timedelta(seconds=target_s)
        first = next((percent for percent in facts.warn_percent if percent < 100), None)
        stage = Stage(BREACH, 0, clock.breach_at)
        if first is not None:
            stage = Stage(WARN, first, started_at + timedelta(seconds=target_s * first / 100))
        return Planned(clock, data, stage)
    data |= {"working_days": facts.working_days} if facts.working_days else {}
    data |= {"carried_s": carried_s} if carried_s else {}
    data |= {"grace_s": grace_s} if grace_s else {}
    life = Life([Fact(Kind.START, started_at, data=data)], spec_of)
    copy(life.values(), clock)
    return Planned(clock, data, next_stage(clock, life, facts))


__all__ = [
    "AT_CREATION",
    "Planned",
    "Plans",
    "plan_of",
    "planned",
    "planned_by_plan",
    "reopen",
    "start",
    "start_clocks",
    "start_for_case",
    "start_on",
    "start_planned",
]

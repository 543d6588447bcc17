"""The verbs of SLA clocks. Events are the truth; rows and timers follow them in the same transaction (sla.md §3.5–3.7).

Every function but `planned` and the readers expects the caller to hold the owner's row lock (a case's, or another owner's),
takes `at` (aware UTC), and saves the clocks, their events and timers; the case itself is the caller's: afterwards call
`ordering.reorder(case, at=at)` and save `ordering.FIELDS`. A stop, pause or retarget evaluates first: a breach that no timer
has written yet is written before it, with its true instant.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import F

from audit.actors import Actor
from audit.recording import record_many
from escalations import events
from escalations.clock_life import UNSETTLED, Fact, Life
from escalations.lifecycle import CaseStatus, ClockState, Metric
from escalations.models import Case, ClockOwner, SlaClock, SlaClockEvent, SlaTimer
from escalations.operations import clock_owners, ordering
from escalations.operations.clock_checks import check_open, check_sample
from escalations.operations.clock_starting import (
    AT_CREATION,
    Planned,
    Plans,
    plan_of,
    planned,
    planned_by_plan,
    reopen,
    start,
    start_clocks,
    start_for_case,
    start_on,
    start_planned,
)
from escalations.operations.clock_writing import (
    BREACH,
    PAUSE_CAP,
    PAUSE_WARN,
    WARN,
    Changes,
    Held,
    Kind,
    breach_entry,
    cap_timer,
    entry,
    event,
    next_timer,
    warn_entry,
    write_many,
)
from escalations.operations.timers import Due
from escalations.selectors.clocks import (
    TargetFacts,
    clocks_of,
    lives_of,
    promise_of_started,
    promised_times,
    promises_of,
    rebuild,
    retarget_data,
    target_facts,
    target_id_in,
)
from escalations.selectors.sla_plans import Plan, choose_stored, plans_in_force

__all__ = [
    "AT_CREATION",
    "BREACH",
    "PAUSE_CAP",
    "PAUSE_WARN",
    "WARN",
    "Planned",
    "Plans",
    "cancel_all",
    "check_open",
    "check_sample",
    "fire",
    "fire_caps",
    "follow",
    "pause",
    "place_anew",
    "plan_of",
    "planned",
    "promise_of_started",
    "promised_times",
    "promises_of",
    "rebuild",
    "refit",
    "rematch",
    "reopen",
    "resume",
    "retarget",
    "retarget_one",
    "start",
    "start_clocks",
    "start_for_case",
    "start_on",
    "start_planned",
    "stop",
]

DETACHED = "detached"


# -- Stopping, pausing -------------------------------------------------------------------------------------------------
def stop(
    owner: ClockOwner,
    metric: Metric,
    *,
    at: datetime,
    by: Actor | None = None,
    cause: str = "",
    recorded_at: datetime | None = None,
) -> SlaClock | None:
    """Stop the owner's open clock of this metric at `at`: met if that is not after its breach instant.

    `recorded_at` is when it is written, where it came to light later.

    None if none is open. Records `clock.breached` if it ran out unnoticed, `clock.retracted` if a breach already written turns out
    to lie after `at` (an answer that waited for the row's lock).
    """
    changes = Changes(owner, at=at, by=by, cause=cause, recorded_at=recorded_at)
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


def pause(owner: ClockOwner, reason: str, *, at: datetime, by: Actor | None = None, cause: str = "") -> list[SlaClock]:
    """Let the clocks that may pause for `reason` (a code such as `submitter`) stand still from `at`; answers them.

    Which may is their target's list; acknowledge, first response and legal clocks never do. A pause after a breach does not heal
    it. Where the target caps this reason, a timer resumes the clock by itself, with a warning before; the cap counts all pauses of the
    cycle for this reason, and one that is used up pauses nothing.
    """
    changes = Changes(owner, at=at, by=by, cause=cause)
    for held in changes.take(list(Metric)):
        facts = target_facts(held.clock.target_id)
        if held.clock.state != ClockState.RUNNING or reason not in facts.pause_reasons:
            continue
        ends_at = held.life.capped_at(reason, at, facts.pause_caps.get(reason, {}))
        if ends_at is not None and ends_at <= at:
            continue  # what this reason may take of the cycle is used up
        changes.evaluate(held)
        changes.note(held, Kind.PAUSE, at=at, data={"reason": reason})
    return changes.write_all()


def resume(owner: ClockOwner, *, at: datetime, by: Actor | None = None, cause: str = "") -> list[SlaClock]:
    """Let paused clocks go on from `at`; answers them. Warnings already given are not given again."""
    changes = Changes(owner, at=at, by=by, cause=cause)
    for held in changes.take(list(Metric)):
        if held.clock.state == ClockState.PAUSED:
            changes.note(held, Kind.RESUME, at=at)
    return changes.write_all()


def cancel_all(
    owner: ClockOwner, cause: str, *, at: datetime, by: Actor | None = None, metrics: Iterable[Metric] = tuple(Metric)
) -> list[SlaClock]:
    """End every open clock (of `metrics`) without a verdict (`cause`: withdrawn, merged, spam …); answers them.

    What had run out by `at` keeps its breach in the events; cancelled clocks are left out of attainment but counted.
    """
    changes = Changes(owner, at=at, by=by, cause=cause)
    for held in changes.take(list(metrics)):
        changes.evaluate(held)
        changes.note(held, Kind.CANCEL, at=at)
        held.clock.cancelled_why = cause[:40]
    return changes.write_all()


# -- Another target ----------------------------------------------------------------------------------------------------
def retarget(
    case: Case,
    *,
    at: datetime,
    by: Actor | None,
    cause: str,
    whole_past: bool = False,
    unsaved: Iterable[str] = (),
) -> list[SlaClock]:
    """Match a case again after a fact of it changed, and give its open clocks their targets from `at` on (sla.md 3.6).

    Start and use are kept; each stretch stays judged by the calendar it passed under (unless `whole_past`: a lead's "correct
    classification", which judges all of it by the new one). A response clock that would have too little of its new target left
    gets grace; a resolve clock already past its new time is breached by retarget. What was missed stays missed. Clocks stay on
    their plan's version while the plan stays the same. A case that leaves its plan has its clocks cancelled as detached, or moved
    to the plan that takes it; one that comes back within the cycle goes on with the original start and the time used. A paused
    clock whose new target knows no such pause goes on. Legal clocks, met and missed cycles never change. Answers what changed.
    """
    plan = plan_of(case, at=at)
    changes = Changes(case, at=at, by=by, cause=cause)
    helds = changes.take([metric for metric in Metric if metric is not Metric.LEGAL])
    for held in helds:
        _match(changes, held, case, plan, whole_past=whole_past)
    starting = _attach(case, plan, changes, helds)
    found = changes.write_all()
    return found + start_planned([(case, starting)], at=at, by=by, cause=cause)


def follow(owner: ClockOwner, case: Case, *, at: datetime, by: Actor | None, cause: str) -> list[SlaClock]:
    """`retarget` for the clocks of another owner that were started by a case's plan: to the case's plan and severity now.

    The caller holds the owner's lock. Nothing starts; a clock whose plan speaks of it no more is cancelled as detached. Answers what
    changed.
    """
    plan = plan_of(case, at=at)
    changes = Changes(owner, at=at, by=by, cause=cause)
    for held in changes.take([metric for metric in Metric if metric is not Metric.LEGAL]):
        _match(changes, held, case, plan)
    return changes.write_all()


def refit(case: Case, *, at: datetime, by: Actor | None, cause: str, unsaved: Iterable[str] = ()) -> bool:
    """`retarget` after a change that concerns clocks only where a plan asks for it: a queue, a tag, a label.

    Answers whether a clock changed, so that the case's place in the order must be saved too.
    """
    if not any(plan.condition for plan in plans_in_force().plans):
        return False
    return bool(retarget(case, at=at, by=by, cause=cause, unsaved=unsaved))


def rematch(cases: Sequence[Case], *, at: datetime, by: Actor | None, cause: str) -> list[SlaClock]:
    """`retarget` for many locked cases at once, where no clock is to start: a plan was switched off or changed its place.

    Places the cases anew and saves that. A handful of statements and one query a case; answers the clocks that changed.
    """
    if not cases:
        return []
    chosen = choose_stored(cases, plans_in_force(), at=at)
    rows = SlaClock.objects.filter(
        object_type=Case.clock_type, object_id__in=[case.pk for case in cases], state__in=UNSETTLED
    ).exclude(metric=Metric.LEGAL)
    held_rows = list(rows.order_by("pk").select_for_update(of=("self",)))
    lives = lives_of(held_rows, warnings=True)
    many = {case.pk: Changes(case, at=at, by=by, cause=cause) for case in cases}
    by_id = {case.pk: case for case in cases}
    for clock in held_rows:
        held = Held(clock, lives[clock.pk])
        many[clock.object_id].helds.append(held)
        _match(many[clock.object_id], held, by_id[clock.object_id], chosen[clock.object_id])
    changed = write_many(list(many.values()))
    moved = [by_id[pk] for pk in sorted({clock.object_id for clock in changed})]
    for case in moved:
        ordering.reorder(case, at=at)
    Case.objects.bulk_update(moved, ordering.FIELDS, batch_size=500)
    return changed


def _match(changes: Changes, held: Held, case: Case, plan: Plan | None, *, whole_past: bool = False) -> None:
    """One open clock to the target that a plan (None: no plan takes the case) has for the case's severity."""
    clock = held.clock
    if clock.target_id is None:
        return
    before = target_facts(clock.target_id)
    is_same_plan = plan is not None and plan.plan_id == before.plan_id
    target_id = _target_id(plan, before, Metric(clock.metric), case.clock_severity) if plan is not None else None
    if target_id == clock.target_id and not whole_past:
        return
    changes.evaluate(held)
    if target_id is None:
        changes.note(held, Kind.CANCEL, at=changes.at, cause=DETACHED)
        clock.cancelled_why = DETACHED
        return
    version_id = _calendar_version_id(clock, before, target_id, keeps=is_same_plan and not whole_past)
    retarget_one(changes, held, target_id, version_id, whole_past=whole_past)


def _target_id(plan: Plan, before: TargetFacts, metric: Metric, severity: int) -> int | None:
    """The target of a clock that runs: of its own version while the plan is the same, else of the plan's newest."""
    if plan.plan_id == before.plan_id:
        return target_id_in(before.version_id, metric, severity)
    target = plan.target_for(metric, severity)
    return None if target is None else target.id


def _calendar_version_id(clock: SlaClock, before: TargetFacts, target_id: int, *, keeps: bool) -> int:
    """The calendar version of the new stretch: the present one while the calendar is the same, else the one in force."""
    calendar_id = target_facts(target_id).calendar_id
    if keeps and calendar_id == before.calendar_id:
        return clock.calendar_version_id
    return plans_in_force().calendars[calendar_id]


def retarget_one(
    changes: Changes,
    held: Held,
    target_id: int,
    calendar_version_id: int,
    *,
    whole_past: bool = False,
) -> None:
    """Give one held clock another target and calendar version from `changes.at` on; the caller evaluated it before."""
    clock, at = held.clock, changes.at
    after = target_facts(target_id)
    if held.life.is_paused and held.life.paused_reason not in after.pause_reasons:
        changes.note(held, Kind.RESUME, at=at, cause="reason no longer pauses", data={"by_rule": "pause_reasons"})
    data = retarget_data(
        clock, held.life, after, calendar_version_id, at=at, target_id=target_id, whole_past=whole_past
    )
    changes.note(held, Kind.RETARGET, at=at, data=data)
    clock.target_id = target_id
    breach_at = held.life.breach_at()
    if held.life.missed_at is None and breach_at is not None and breach_at < at:
        changes.breach(held, at=at, data={"by_retarget": True})


def _attach(case: Case, plan: Plan | None, changes: Changes, helds: Sequence[Held]) -> list[Planned]:
    """The metrics that a plan speaks of and the case has no clock for: detached ones go on, others start now.

    Only what still lies before the case: nobody acknowledges what is claimed, nobody responds first twice.
    """
    if plan is None or case.status == CaseStatus.CLOSED:
        return []
    running = {held.clock.metric for held in helds}
    wanted = [
        metric
        for metric in (*AT_CREATION, Metric.UPDATE)
        if metric.value not in running
        and plan.target_for(metric, case.clock_severity) is not None
        and _lies_ahead(case, metric)
    ]
    if not wanted:
        return []
    latest: dict[str, SlaClock] = {}
    for clock in clocks_of(case).filter(metric__in=wanted).order_by("cycle"):
        latest[clock.metric] = clock
    starting = []
    for metric in wanted:
        last = latest.get(metric)
        if last is None:
            starting += planned_by_plan(case, [metric], plan, changes.at)
        elif last.state == ClockState.CANCELLED and last.cancelled_why == DETACHED:
            target = plan.target_for(metric, case.clock_severity)
            assert target is not None
            [held] = changes.hold(SlaClock.objects.filter(pk=last.pk).select_for_update(of=("self",)))
            changes.note(held, Kind.RESUME, at=changes.at, data={"by_rule": "attached"})
            held.clock.cancelled_why = ""
            retarget_one(changes, held, target.id, target.calendar_version_id)
    return starting


def _lies_ahead(case: Case, metric: Metric) -> bool:
    if metric is Metric.ACKNOWLEDGE:
        return case.status == CaseStatus.NEW and case.assignee_id is None
    if metric is Metric.FIRST_RESPONSE:
        return case.first_response_at is None
    if metric is Metric.UPDATE and case.first_response_at is None:
        return False  # the first response is owed first
    return case.status != CaseStatus.DECIDED


# -- Firing ------------------------------------------------------------------------------------------------------------
def fire(batch: Sequence[Due], at: datetime) -> None:
    """Give warnings and write breaches for timers that came due: the handler of timers of the kinds `warn` and `breach`.

    A clock past its breach instant is breached without the warnings it slept through, one past several warnings gets the
    last of them. Each clock has one armed timer: the next stage's. Records `clock.warned` and `clock.breached`, the latter with the
    computed instant. Four to eight queries whatever the number.
    """
    rows = {
        clock.pk: clock
        for clock in SlaClock.objects.filter(pk__in=[due.timer.clock_id for due in batch])
        .order_by("pk")
        .select_for_update(of=("self",))
    }
    lives = lives_of(rows.values())
    facts: list[SlaClockEvent] = []
    entries = []
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
            entries.append(breach_entry(due.owner, clock, breach_at, found_at=at))
        else:
            level = _highest_due(life, target_facts(clock.target_id), at=at, otherwise=due.timer.level)
            fact = Fact(Kind.WARN, at, level=level, data={"edition": life.edition})
            entries.append(warn_entry(due.owner, clock, level, at))
        life.apply(fact)
        facts.append(event(clock, fact, at=at, by=None, cause=""))
        # Levels below this one were given or slept through; the chain only goes up.
        given = max(fact.level, due.timer.level)
        life.warned |= {percent for percent in target_facts(clock.target_id).warn_percent if percent <= given}
        timer = next_timer(clock, life, target_facts(clock.target_id))
        if timer is not None:
            timers.append(timer)
    SlaClockEvent.objects.bulk_create(facts)
    if missed:
        SlaClock.objects.filter(pk__in=[clock.pk for clock in missed]).update(missed_at=F("breach_at"))
    SlaTimer.objects.bulk_create(timers)
    if entries:
        record_many(entries)


def _highest_due(life: Life, facts: TargetFacts, *, at: datetime, otherwise: int) -> int:
    due = [percent for percent in facts.warn_percent if percent not in life.warned and _is_past(life, percent, at)]
    return max(due, default=otherwise)


def _is_past(life: Life, percent: int, at: datetime) -> bool:
    warn_at = life.used_up_at(percent)
    return warn_at is not None and warn_at <= at


def fire_caps(batch: Sequence[Due], at: datetime) -> None:
    """Timers of the kinds `pause_warn` and `pause_cap`: warn that a pause will end, and end it where nobody did.

    The resume is an event signed by the rule, at the cap's own instant however late the timer is. Records `clock.pause_ending` and
    `clock.resumed`; places the cases anew. A handful of queries whatever the number.
    """
    ids = [int(due.timer.data["clock"]) for due in batch]
    rows = {
        clock.pk: clock
        for clock in SlaClock.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",))
        if clock.state == ClockState.PAUSED
    }
    timers: list[SlaTimer] = []
    many: dict[tuple[str, int], Changes] = {}
    entries = []
    for due in batch:
        clock = rows.get(int(due.timer.data["clock"]))
        if clock is None or clock.epoch != due.timer.epoch:
            continue
        ends_at = datetime.fromisoformat(due.timer.data["ends_at"])
        reason = {"reason": clock.paused_reason, "ends_at": ends_at.isoformat()}
        if due.timer.kind == PAUSE_WARN and at < ends_at:
            entries.append(entry(events.CLOCK_PAUSE_ENDING, due.owner, clock, at=at, data=reason))
            life = lives_of([clock])[clock.pk]
            timer = cap_timer(clock, life, target_facts(clock.target_id), is_warned=True)
            timers += [timer] if timer is not None else []
            continue
        key = (due.owner.clock_type, due.owner.pk)
        changes = many.setdefault(key, Changes(due.owner, at=at, by=None, cause="cap"))
        [held] = changes.hold([clock])
        changes.note(held, Kind.RESUME, at=ends_at, data={"by_rule": "pause_cap", "reason": clock.paused_reason})
        changes.tell(events.CLOCK_RESUMED, held, at=ends_at, data=reason)
    SlaTimer.objects.bulk_create(timers)
    if entries:
        record_many(entries)
    write_many(list(many.values()))
    _tell_owners([changes.owner for changes in many.values()], at)


def _tell_owners(owners: Sequence[ClockOwner], at: datetime) -> None:
    """Let the types of these owners save what their rows keep of clocks whose due times moved."""
    by_type: dict[str, dict[int, ClockOwner]] = {}
    for owner in owners:
        by_type.setdefault(owner.clock_type, {})[owner.pk] = owner
    for name, found in by_type.items():
        kind = clock_owners.of(name)
        if kind is not None and kind.moved is not None:
            kind.moved(list(found.values()), at)


def place_anew(cases: Sequence[Case], at: datetime) -> None:
    """Cases whose due times moved take their place in the order anew; `at` is aware UTC. Two statements and a query a case."""
    for case in cases:
        ordering.reorder(case, at=at)
    Case.objects.bulk_update(cases, ordering.FIELDS)

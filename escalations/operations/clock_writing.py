"""How changes of clocks reach the database: events first, rows and timers after them, in one transaction (sla.md §3.3, 3.7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q

from audit.actors import Actor
from audit.models import ActorKind
from audit.recording import Entry, record_many
from escalations import events
from escalations.clock_life import Fact, Life, Values
from escalations.lifecycle import ClockState, Metric, TimerState
from escalations.models import ClockOwner, SlaClock, SlaClockEvent, SlaTimer
from escalations.selectors.clocks import TargetFacts, clocks_of, lives_of, target_facts

WARN, BREACH = "warn", "breach"
# A paused clock has no timer of its own (reliability.md R4); the cap of its pause is a deadline of its owner.
PAUSE_WARN, PAUSE_CAP = "pause_warn", "pause_cap"
CAP_WARN_SHARE = 0.2  # of the pause's open time: so long before its cap a warning is given
Kind = SlaClockEvent.Kind
_LEVELS = {metric: level for level, metric in enumerate(Metric)}


class Stage(NamedTuple):
    """What happens to a clock next, and when."""

    kind: str
    level: int
    due_at: datetime


@dataclass
class Held:
    """A locked clock with its life, in one verb's hands."""

    clock: SlaClock
    life: Life
    changed: bool = False


class Changes:
    """What one verb does to the clocks of one owner, written together at its end."""

    def __init__(
        self, owner: ClockOwner, *, at: datetime, by: Actor | None, cause: str, recorded_at: datetime | None = None
    ) -> None:
        """`at` is when it happens, `recorded_at` when it is written, `at` unless it came to light later (both aware UTC)."""
        self.owner, self.at, self.by, self.cause = owner, at, by, cause
        self.recorded_at = recorded_at or at
        self.helds: list[Held] = []
        self.events: list[SlaClockEvent] = []
        self.entries: list[Entry] = []

    def take(self, metrics: Iterable[Metric], *, warnings: bool = True) -> list[Held]:
        """The owner's open clocks of these metrics, locked, with their lives; `warnings` as `lives_of`."""
        rows = clocks_of(self.owner, unsettled=True).filter(metric__in=list(metrics))
        return self.hold(rows.select_for_update(of=("self",)), warnings=warnings)

    def hold(self, rows: Iterable[SlaClock], *, warnings: bool = True) -> list[Held]:
        """Clocks the caller has locked, with their lives."""
        rows = list(rows)
        lives = lives_of(rows, warnings=warnings) if rows else {}
        found = [Held(clock, lives[clock.pk]) for clock in rows]
        self.helds += found
        return found

    def note(self, held: Held, kind: str, *, at: datetime, data: dict[str, Any] | None = None, cause: str = "") -> None:
        """Append a fact to a clock's life."""
        fact = Fact(kind, at, data=data or {})
        held.life.apply(fact)
        held.changed = True
        self.events.append(event(held.clock, fact, at=self.recorded_at, by=self.by, cause=cause or self.cause))

    def evaluate(self, held: Held) -> None:
        """Write the breach that happened before this moment and that no timer has written yet."""
        breach_at = held.life.breach_at()
        if (
            held.clock.state == ClockState.RUNNING
            and held.life.missed_at is None
            and breach_at is not None
            and self.at > breach_at
        ):
            self.breach(held, at=breach_at)

    def breach(self, held: Held, *, at: datetime, data: dict[str, Any] | None = None) -> None:
        """Write the one breach of a clock, with its true instant."""
        self.note(held, Kind.BREACH, at=at, data=data)
        self.entries.append(breach_entry(self.owner, held.clock, at, found_at=self.at, data=data))

    def tell(self, kind: str, held: Held, *, at: datetime, data: dict[str, Any]) -> None:
        """Record an event of the owner about this clock."""
        self.entries.append(entry(kind, self.owner, held.clock, at=at, data=data, by=self.by))

    def write(self) -> SlaClock | None:
        """`write_all` for a verb on one metric."""
        return next(iter(self.write_all()), None)

    def write_all(self) -> list[SlaClock]:
        """Save events, rows, timers and records; answers the clocks that changed."""
        return write_many([self])


def write_many(many: Sequence[Changes]) -> list[SlaClock]:
    """Save what was changed on many owners, in six statements whatever their number; answers the clocks that changed."""
    changed = [(changes, held) for changes in many for held in changes.helds if held.changed]
    if not changed:
        return []
    SlaClockEvent.objects.bulk_create([row for changes in many for row in changes.events])
    timers: list[SlaTimer] = []
    capped: list[SlaClock] = []
    for changes, held in changed:
        clock, was = held.clock, ClockState(held.clock.state)
        copy(held.life.values(), clock)
        clock.epoch += 1
        if clock.state == ClockState.PENDING and was != ClockState.PENDING:
            changes.tell(events.CLOCK_UNREACHABLE, held, at=changes.at, data={})
        if ClockState.PAUSED in (was, clock.state):
            capped.append(clock)
        timer = next_timer(clock, held.life, target_facts(clock.target_id))
        timers += [timer] if timer is not None else []
    rows = [held.clock for _, held in changed]
    if len(rows) == 1:
        rows[0].save(update_fields=COLUMNS)
    else:
        SlaClock.objects.bulk_update(rows, COLUMNS, batch_size=500)
    SlaTimer.objects.filter(clock__in=rows, state=TimerState.ARMED).update(state=TimerState.CANCELLED)
    if capped:
        cancel_caps(capped)
    if timers:
        SlaTimer.objects.bulk_create(timers)
    entries = [one for changes in many for one in changes.entries]
    if entries:
        record_many(entries)
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
COLUMNS = [*(name.removesuffix("_id") for name in _VALUES), "target", "cancelled_why", "epoch"]


def copy(values: Values, clock: SlaClock) -> None:
    """Let the row say what the events say; the caller saves `COLUMNS`."""
    for name in _VALUES:
        setattr(clock, name, getattr(values, name))


# -- Timers ------------------------------------------------------------------------------------------------------------
def next_stage(clock: SlaClock, life: Life, facts: TargetFacts) -> Stage | None:
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


def next_timer(clock: SlaClock, life: Life, facts: TargetFacts) -> SlaTimer | None:
    """The one timer the clock has armed after a change: of its next stage, or of the cap of its pause."""
    if clock.state == ClockState.PAUSED:
        return cap_timer(clock, life, facts)
    stage = next_stage(clock, life, facts)
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


def cap_timer(clock: SlaClock, life: Life, facts: TargetFacts, *, is_warned: bool = False) -> SlaTimer | None:
    """The timer of a paused clock's cap, or of the warning before it; None for a pause without a cap."""
    cap = facts.pause_caps.get(life.paused_reason)
    if not cap or not life.pauses:
        return None
    since = life.pauses[-1].start
    ends_at = life.capped_at(life.paused_reason, since, cap)
    if ends_at is None:
        return None
    kind, due_at = PAUSE_CAP, ends_at
    if not is_warned:
        kind, due_at = PAUSE_WARN, cap_warning_at(life, since, ends_at)
    return SlaTimer(
        organization_id=clock.organization_id,
        object_type=clock.object_type,
        object_id=clock.object_id,
        kind=kind,
        level=_LEVELS[Metric(clock.metric)],
        due_at=due_at,
        epoch=clock.epoch,
        data={"clock": clock.pk, "ends_at": ends_at.isoformat()},
    )


def cap_warning_at(life: Life, since: datetime, ends_at: datetime) -> datetime:
    """When the warning before a pause's cap is given: a fifth of the pause's open time before it (aware UTC)."""
    return life.open_before(ends_at, CAP_WARN_SHARE * life.open_s(since, ends_at), not_before=since)


def cancel_caps(clocks: Iterable[SlaClock]) -> None:
    """Cancel the timers of pauses of these clocks."""
    asked = Q(pk__in=[])
    for clock in clocks:
        asked |= Q(object_type=clock.object_type, object_id=clock.object_id, level=_LEVELS[Metric(clock.metric)])
    # Uses index: sla_timer_armed_of_object
    armed = SlaTimer.objects.filter(asked, state=TimerState.ARMED, kind__in=(PAUSE_WARN, PAUSE_CAP))
    armed.update(state=TimerState.CANCELLED)


# -- Words -------------------------------------------------------------------------------------------------------------
def event(clock: SlaClock, fact: Fact, *, at: datetime, by: Actor | None, cause: str) -> SlaClockEvent:
    """The row of a fact, not saved. `at` is when it is written (aware UTC)."""
    return SlaClockEvent(
        organization_id=clock.organization_id,
        clock_id=clock.pk,
        kind=fact.kind,
        occurred_at=fact.at,
        recorded_at=at,
        actor_kind=by.actor_kind if by is not None else ActorKind.SYSTEM,
        actor_id=by.actor_id if by is not None else None,
        cause=cause[:120],
        level=fact.level,
        data=dict(fact.data),
    )


def entry(
    kind: str,
    owner: ClockOwner,
    clock: SlaClock,
    *,
    at: datetime,
    data: dict[str, Any] | None = None,
    by: Actor | None = None,
) -> Entry:
    """An audit event about one clock of the owner: the owner's, or that of the case it is part of, then naming the owner."""
    subject = owner.clock_subject()
    told = {"metric": clock.metric, "clock": clock.pk, "cycle": clock.cycle} | (data or {})
    if subject is not owner:
        told |= {"of": owner.clock_type, "of_id": owner.pk, "of_ref": str(getattr(owner, "ref", ""))}
    if (holder_id := owner.clock_holder_id()) is not None:
        told["holder_id"] = holder_id
    return Entry(kind, subject, at, by, told, owner.organization_id)


def warn_entry(owner: ClockOwner, clock: SlaClock, level: int, at: datetime) -> Entry:
    """`clock.warned`"""
    due_at = clock.due_at.isoformat() if clock.due_at is not None else None
    return entry(events.CLOCK_WARNED, owner, clock, at=at, data={"level": level, "due_at": due_at})


def breach_entry(
    owner: ClockOwner, clock: SlaClock, breach_at: datetime, *, found_at: datetime, data: dict[str, Any] | None = None
) -> Entry:
    """`clock.breached`, at the computed instant; `found_late_s` says how much later it was written."""
    late_s = max(0, round((found_at - breach_at).total_seconds()))
    told = {"breach_at": breach_at.isoformat(), "found_late_s": late_s} | (data or {})
    return entry(events.CLOCK_BREACHED, owner, clock, at=breach_at, data=told)

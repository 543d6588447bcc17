"""The life of one clock, folded from its events. Pure: rules of sla.md §3.4–3.6 over plain values, no queries.

An event list is the truth; a row of `SlaClock` is what `Life.values()` says of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from escalations.lifecycle import ClockState, Metric
from oncall.business_time import CalendarSpec, Course, Pause, due_at, due_before, open_seconds, working_days

SpecOf = Callable[[int], CalendarSpec]

# Clocks that wait for a first word: a shortened target must leave somebody the time to say it (upgrade grace).
RESPONSE_METRICS = frozenset({Metric.ACKNOWLEDGE, Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE, Metric.CONSULT})
GRACE_SHARE = 0.25  # of the new target
LEGAL_WARNINGS = (50, 75, 90)  # percent of the time used, where no target says when to warn
UNSETTLED = frozenset({ClockState.PENDING, ClockState.RUNNING, ClockState.PAUSED})


@dataclass(frozen=True)
class Fact:
    """One event of a clock; `at` is when it happened (aware UTC), `data` as `SlaClockEvent.data`."""

    kind: str
    at: datetime
    level: int = 0
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Values:
    """What the row of a clock must say after these events."""

    state: ClockState
    started_at: datetime
    stopped_at: datetime | None
    due_at: datetime | None
    breach_at: datetime | None
    missed_at: datetime | None
    target_s: int
    carried_s: int
    grace_s: int
    consumed_s: int
    calendar_version_id: int
    paused_reason: str


class Life:
    """The fold. `apply` takes facts in the order they were written."""

    def __init__(self, facts: Iterable[Fact], spec_of: SpecOf) -> None:
        self._spec_of = spec_of
        self.started_at: datetime | None = None
        self.stopped_at: datetime | None = None
        self.missed_at: datetime | None = None
        self.last_at: datetime | None = None
        self.is_cancelled = False
        self.cancelled_at: datetime | None = None
        self.target_s = self.carried_s = self.grace_s = 0
        self.working_days = 0  # of the target, where it is given so
        self.granted_at: datetime | None = None  # when the grace was given
        self.calendars: list[tuple[datetime, int]] = []
        self.facts: list[Fact] = []
        self.pauses: list[Pause] = []
        self.pause_reasons: list[str] = []  # one for each pause
        self.paused_reason = ""
        self.edition = 1  # of the target: each retarget is the next
        self.warned: set[int] = set()  # levels given for this edition
        self._course: Course | None = None
        self._days_due: tuple[datetime | None] | None = None
        for fact in facts:
            self.apply(fact)

    # -- Folding -------------------------------------------------------------------------------------------------------
    def apply(self, fact: Fact) -> None:
        """Take one more fact. Raises `ValueError` for a kind no clock has."""
        if fact.kind not in _APPLY:
            raise ValueError(f"a clock has no event of the kind {fact.kind}")
        _APPLY[fact.kind](self, fact)
        self.facts.append(fact)
        self._course = self._days_due = None

    def _start(self, fact: Fact) -> None:
        self.started_at = fact.at
        self.last_at = fact.at
        self.target_s = int(fact.data["target_s"])
        self.carried_s = int(fact.data.get("carried_s", 0))
        self.working_days = int(fact.data.get("working_days", 0))
        self.calendars = [(fact.at, int(fact.data["calendar_version"]))]
        self._grant(fact)

    def _pause(self, fact: Fact) -> None:
        self.pauses.append(Pause(fact.at, None))
        self.paused_reason = str(fact.data.get("reason", ""))
        self.pause_reasons.append(self.paused_reason)
        self.last_at = fact.at

    def _resume(self, fact: Fact) -> None:
        if self.is_cancelled and self.cancelled_at is not None:
            # Attached again within its cycle: nothing was promised in between, what was used stays used.
            self.pauses.append(Pause(self.cancelled_at, fact.at))
            self.pause_reasons.append("detached")
            self.is_cancelled, self.cancelled_at = False, None
        self._end_pause(fact.at)
        self.last_at = fact.at

    def _end_pause(self, at: datetime) -> None:
        if self.is_paused:
            self.pauses[-1] = Pause(self.pauses[-1].start, at)
            self.paused_reason = ""

    def _retarget(self, fact: Fact) -> None:
        self.target_s = int(fact.data["target_s"])
        self.working_days = int(fact.data.get("working_days", 0))
        version = int(fact.data["calendar_version"])
        if fact.data.get("whole_past"):
            self.calendars = [(self.calendars[0][0], version)]
        elif version != self.calendars[-1][1]:
            self.calendars.append((fact.at, version))
        self._grant(fact)
        self.edition += 1
        self.warned = set()
        self.last_at = fact.at

    def _grant(self, fact: Fact) -> None:
        self.grace_s = int(fact.data.get("grace_s", 0))
        self.granted_at = fact.at if self.grace_s else None

    def _warn(self, fact: Fact) -> None:
        self.warned.add(fact.level)

    def _breach(self, fact: Fact) -> None:
        self.missed_at = fact.at

    def _retract(self, fact: Fact) -> None:
        self.missed_at = None

    def _stop(self, fact: Fact) -> None:
        self._end_pause(fact.at)
        self.stopped_at = self.last_at = fact.at

    def _cancel(self, fact: Fact) -> None:
        self._end_pause(fact.at)
        self.is_cancelled, self.cancelled_at = True, fact.at
        self.last_at = fact.at

    def _correct(self, fact: Fact) -> None:
        """A person's correction of the allowance itself, with a document: a legal deadline that was extended."""
        if "target_s" in fact.data:
            self.target_s = int(fact.data["target_s"])
            self.edition += 1
            self.warned = set()
            self.last_at = fact.at

    def _note(self, fact: Fact) -> None:
        """Excuses change a report, not the clock."""

    # -- What follows --------------------------------------------------------------------------------------------------
    @property
    def is_paused(self) -> bool:
        return bool(self.pauses) and self.pauses[-1].end is None

    @property
    def course(self) -> Course:
        """The time that counts for this clock."""
        if self._course is None:
            calendars = [(start, self._spec_of(version)) for start, version in self.calendars]
            self._course = Course(calendars, self.pauses)
        return self._course

    @property
    def allowance_s(self) -> float:
        """What this cycle may use: the target less what earlier cycles used."""
        days_due = self.days_due_at
        if days_due is not None and self.started_at is not None:
            return open_seconds(self._spec_of(self.calendars[0][1]), self.started_at, days_due)
        return max(0, self.target_s - self.carried_s)

    @property
    def days_due_at(self) -> datetime | None:
        """Where the target counts working days: the same clock time so many open dates after the start, pauses apart.

        None for a target in seconds, and where another calendar or an earlier cycle took part: then its open seconds count,
        since days and seconds are never mixed inside one computation.
        """
        if not self.working_days or self.carried_s or len(self.calendars) != 1 or self.started_at is None:
            return None
        if self._days_due is None:
            spec = self._spec_of(self.calendars[0][1])
            self._days_due = (working_days(spec, self.started_at, self.working_days),)
        return self._days_due[0]

    def used_s(self, at: datetime) -> float:
        """Open seconds of this cycle up to `at`, or up to its end."""
        assert self.started_at is not None
        end = self.stopped_at if self.stopped_at is not None else at
        if self.is_cancelled and self.last_at is not None:
            end = min(end, self.last_at)
        return self.course.open_time(self.started_at, end).total_seconds()

    def remaining_s(self, at: datetime) -> int:
        """Open seconds left at `at`, rounded down; negative when overdue, counted on the same calendar.

        Grace counts: what is left is never less than what is left of the grace.
        """
        left = self.allowance_s - self.used_s(at)
        if self.granted_at is not None:
            left = max(
                left, self.grace_s - self.course.open_time(self.granted_at, self.stopped_at or at).total_seconds()
            )
        return math.floor(left)

    def due_at(self) -> datetime | None:
        """When the allowance is used up. None while paused, unless that came before, and where it is out of reach."""
        return self._instant(self.course.due_at)

    def breach_at(self) -> datetime | None:
        """The last instant at which a stop is in time. None as `due_at`."""
        return self._instant(self.course.breach_at)

    def _instant(self, find: Callable[[datetime, float], datetime | None]) -> datetime | None:
        assert self.started_at is not None
        found = find(self.started_at, self.allowance_s)
        days_due = self.days_due_at
        if found is not None and days_due is not None:
            found = max(
                found, days_due
            )  # a working day's end may be an opening, where its open time was used up before
        if self.granted_at is None:
            return found
        graced = find(self.granted_at, self.grace_s)
        return None if found is None or graced is None else max(found, graced)

    def used_up_at(self, percent: int) -> datetime | None:
        """When so many percent of the target are used, counted in open time; the start if earlier cycles used them.

        Where grace decides the due time the share is of the grace, since that is what is left to use. None as `due_at`.
        """
        assert self.started_at is not None
        if self.granted_at is not None and self.due_at() != self.course.due_at(self.started_at, self.allowance_s):
            return self.course.breach_at(self.granted_at, self.grace_s * percent / 100)
        used_s = self.target_s * percent / 100 - self.carried_s
        return self.started_at if used_s <= 0 else self.course.breach_at(self.started_at, used_s)

    def left_at(self, seconds: float) -> datetime | None:
        """When so many open seconds are left before due; the start if they never were."""
        assert self.started_at is not None
        due = self.due_at()
        if due is None:
            return None
        found = self.course.due_before(due, seconds)
        return self.started_at if found is None else max(found, self.started_at)

    def open_s(self, start: datetime, end: datetime) -> float:
        """Open seconds of the calendar in force now between two instants, pauses or not."""
        return open_seconds(self._spec_of(self.calendars[-1][1]), start, end)

    def open_before(self, end: datetime, seconds: float, *, not_before: datetime) -> datetime:
        """Latest instant with so many open seconds left until `end` on the calendar in force now, pauses or not."""
        found = due_before(self._spec_of(self.calendars[-1][1]), end, seconds)
        return not_before if found is None else max(found, not_before)

    def capped_at(self, reason: str, since: datetime, cap: Mapping[str, Any]) -> datetime | None:
        """When a pause for `reason` from `since` (aware UTC) must end: the cap counts every pause of the cycle for that reason.

        `since` itself where earlier ones used it up, so that pausing again and again wins no time. `cap` as in
        `SlaTarget.pause_caps`. None without a cap or beyond 400 days.
        """
        spec = self._spec_of(self.calendars[-1][1])
        earlier = [
            (pause.start, pause.end)
            for pause, why in zip(self.pauses, self.pause_reasons, strict=True)
            if why == reason and pause.end is not None and pause.start < since
        ]
        if not earlier:
            return cap_at(spec, since, cap)
        days, whole_s = int(cap.get("working_days", 0)), int(cap.get("seconds", 0))
        allowed_s = days_allowance_s(spec, earlier[0][0], days) if days else whole_s
        if not allowed_s:
            return None
        left_s = allowed_s - sum(open_seconds(spec, start, end) for start, end in earlier)
        return since if left_s <= 0 else due_at(spec, since, left_s)

    @property
    def state(self) -> ClockState:
        if self.is_cancelled:
            return ClockState.CANCELLED
        if self.stopped_at is not None:
            return ClockState.MET if self.missed_at is None else ClockState.MISSED
        if self.is_paused:
            return ClockState.PAUSED
        return ClockState.RUNNING if self.breach_at() is not None else ClockState.PENDING

    def values(self) -> Values:
        """The row's columns. `consumed_s` is what was used up to the last change, rounded down."""
        assert self.started_at is not None
        assert self.last_at is not None
        return Values(
            state=self.state,
            started_at=self.started_at,
            stopped_at=self.stopped_at,
            due_at=self.due_at(),
            breach_at=self.breach_at(),
            missed_at=self.missed_at,
            target_s=self.target_s,
            carried_s=self.carried_s,
            grace_s=self.grace_s,
            consumed_s=math.floor(self.used_s(self.last_at)),
            calendar_version_id=self.calendars[-1][1],
            paused_reason=self.paused_reason,
        )


def grace_for(metric: str, *, target_s: int, left_s: int, is_shorter: bool, set_s: int | None = None) -> int:
    """Open seconds of grace a clock gets when its target changes, 0 if none (sla.md 3.6, rule 3).

    A response clock that now ends sooner and has less left than the grace (`set_s` of its target, else 25 % of the new
    target, never more than the target) gets it; resolve clocks get none and say "breached by retarget".
    """
    grace_s = math.floor(target_s * GRACE_SHARE) if set_s is None else min(set_s, target_s)
    return grace_s if metric in RESPONSE_METRICS and is_shorter and left_s < grace_s else 0


def days_allowance_s(spec: CalendarSpec, start: datetime, days: int) -> int | None:
    """A target in working days as open seconds from `start` (aware UTC), rounded down; None if out of reach."""
    due = working_days(spec, start, days)
    return None if due is None else math.floor(open_seconds(spec, start, due))


def cap_at(spec: CalendarSpec, paused_at: datetime, cap: Mapping[str, Any]) -> datetime | None:
    """When a pause that began at `paused_at` (aware UTC) has lasted as long as it may: `cap` as in `SlaTarget.pause_caps`.

    Seconds are of the calendar's open time. None without a cap or beyond 400 days.
    """
    if days := int(cap.get("working_days", 0)):
        return working_days(spec, paused_at, days)
    seconds = int(cap.get("seconds", 0))
    return due_at(spec, paused_at, seconds) if seconds else None


def at_risk_s(target_s: int) -> float:
    """Seconds left from which a clock is at risk: ux.md SLA-4."""
    return max(0.25 * target_s, min(1800.0, 0.5 * target_s))


def due_now_s(target_s: int) -> float:
    """Seconds left from which a clock is due now: ux.md SLA-4."""
    return max(0.10 * target_s, min(600.0, 0.25 * target_s))


_APPLY: dict[str, Callable[[Life, Fact], None]] = {
    "start": Life._start,
    "reopen": Life._start,
    "pause": Life._pause,
    "resume": Life._resume,
    "retarget": Life._retarget,
    "warn": Life._warn,
    "breach": Life._breach,
    "retract": Life._retract,
    "stop": Life._stop,
    "cancel": Life._cancel,
    "excuse": Life._note,
    "correct": Life._correct,
}

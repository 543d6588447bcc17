"""Why a clock is due when it is, step by step: plan, calendar, time that counted, pauses, changes, excuses (sla.md §3.9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.models import User
from audit.models import ActorKind
from escalations.clock_life import UNSETTLED, Fact, Life
from escalations.lifecycle import ClockState, Metric, Severity, WaitingOn
from escalations.models import Case, SlaClock, SlaClockEvent, SlaTarget
from escalations.selectors.clocks import Stretch, changes_of, clocks_of, lives_of, why
from oncall.models import CalendarVersion
from oncall.operations.calendars import ALWAYS
from oncall.selectors.calendars import spec_of
from oncall.selectors.hours import closings, hours_in_words

_AHEAD = 60  # stretches still to come that are listed
_Kind = SlaClockEvent.Kind


@dataclass(frozen=True)
class Row:
    """A stretch with the open time used up by its end (`used_s`), the names of days it skips, and whether it lies ahead."""

    kind: str
    start: datetime
    end: datetime
    seconds: int
    used_s: int
    words: str
    is_ahead: bool = False


@dataclass(frozen=True)
class Step:
    """One thing that happened to the clock, in words."""

    at: datetime
    words: str
    by: str
    detail: str = ""


@dataclass(frozen=True)
class ClockWhy:
    """Everything the panel says of one clock. Seconds are of open time; instants are aware UTC."""

    clock: SlaClock
    label: str
    severity: str
    target: SlaTarget | None
    calendar: CalendarVersion
    calendar_hours: str
    used_s: int
    left_s: int
    allowance_s: int
    state: str
    paused_reason: str
    due_if_resumed_at: datetime | None
    rows: Sequence[Row]
    is_shortened: bool
    steps: Sequence[Step]

    @property
    def is_open(self) -> bool:
        return self.clock.state in UNSETTLED

    @property
    def runs_always(self) -> bool:
        return self.calendar.calendar.key == ALWAYS


def clock_of(case: Case, metric: str, cycle: int) -> SlaClock | None:
    """A run of one metric of a case; None if there is none."""
    rows = clocks_of(case).filter(metric=metric, cycle=cycle)
    return rows.select_related("target__version__plan", "target__calendar", "excused_by").first()


def why_of(clock: SlaClock, *, at: datetime) -> ClockWhy:
    """The whole account of a clock at `at` (aware UTC): about seven queries."""
    calendar = CalendarVersion.objects.select_related("calendar").get(pk=clock.calendar_version_id)
    life = lives_of([clock], warnings=True)[clock.pk]
    most = 200
    passed = why(clock, at=at, most=most)
    names = _days_off(calendar)
    tz = spec_of(calendar.pk).tz
    rows, used = [], life.used_s(passed[0].start) if passed else 0.0
    for stretch in passed:
        used += stretch.seconds if stretch.kind == "counted" else 0
        rows.append(_row(stretch, int(used), _skipped(stretch, names, tz), is_ahead=False))
    rows += _ahead(clock, life, at, used, names, tz)
    resumed = Life([*life.facts, Fact("resume", at)], spec_of).due_at() if clock.state == ClockState.PAUSED else None
    target = clock.target
    return ClockWhy(
        clock=clock,
        label=str(Metric(clock.metric).label),
        severity=Severity(target.severity).name if target and target.severity is not None else "",
        target=target,
        calendar=calendar,
        calendar_hours=hours_in_words(calendar.rules),
        used_s=int(life.used_s(min(at, clock.stopped_at or at))),
        left_s=life.remaining_s(min(at, clock.stopped_at or at)),
        allowance_s=int(life.allowance_s),
        state=str(ClockState(clock.state).label),
        paused_reason=_reason(clock.paused_reason),
        due_if_resumed_at=resumed,
        rows=rows,
        is_shortened=len(passed) >= most,
        steps=_steps(clock),
    )


def _row(stretch: Stretch, used_s: int, words: str, *, is_ahead: bool) -> Row:
    return Row(stretch.kind, stretch.start, stretch.end, stretch.seconds, used_s, words, is_ahead)


def _ahead(
    clock: SlaClock, life: Life, at: datetime, used: float, names: Mapping[date, str], tz: ZoneInfo
) -> list[Row]:
    """What will count until the clock is due, if nothing happens."""
    due = clock.due_at
    if clock.state != ClockState.RUNNING or due is None or due <= at:
        return []
    found: list[Row] = []
    edge = at
    for span in life.course.open_intervals(at, due)[:_AHEAD]:
        if span.start > edge:
            closed = Stretch("closed", edge, span.start)
            found.append(_row(closed, int(used), _skipped(closed, names, tz), is_ahead=True))
        counted = Stretch("counted", span.start, span.end)
        used += (span.end - span.start).total_seconds()
        found.append(_row(counted, int(used), "", is_ahead=True))
        edge = span.end
    return found


def _days_off(version: CalendarVersion) -> dict[date, str]:
    found: dict[date, list[str]] = {}
    for one in closings(version, since=date.min, most=5_000):
        words = f"{one.name} {one.hours}".strip() if one.hours else one.name
        found.setdefault(one.on, []).append(words or _("closed"))
    return {on: ", ".join(words) for on, words in found.items()}


def _skipped(stretch: Stretch, names: Mapping[date, str], tz: ZoneInfo) -> str:
    """What a stretch is: why it was paused, which named days a closed one holds."""
    if stretch.kind == "paused":
        return _reason(stretch.reason)
    if stretch.kind != "closed":
        return ""
    on, last = stretch.start.astimezone(tz).date(), (stretch.end - timedelta(microseconds=1)).astimezone(tz).date()
    found: list[str] = []
    while on <= last and len(found) < 10:
        if on in names:
            found.append(f"{on.isoformat()} {names[on]}")
        on += timedelta(days=1)
    return "; ".join(found)


def _reason(code: str) -> str:
    return str(WaitingOn(code).label) if code in WaitingOn.values else code


# -- What happened -----------------------------------------------------------------------------------------------------
def _steps(clock: SlaClock) -> list[Step]:
    events = changes_of(clock)
    people = {event["actor_id"] for event in events if event["actor_kind"] == ActorKind.PERSON and event["actor_id"]}
    names = {user.pk: user.display_name for user in User.objects.filter(pk__in=people)}
    calendars = {
        version.pk: f"{version.calendar.name} {version.number}"
        for version in CalendarVersion.objects.filter(pk__in=_calendar_ids(events)).select_related("calendar")
    }
    targets = {
        target.pk: f"{target.version.plan.name} {target.version.number}"
        for target in SlaTarget.objects.filter(pk__in=_target_ids(events)).select_related("version__plan")
    }
    return [
        Step(
            event["occurred_at"],
            _said(event),
            names.get(event["actor_id"], "") if event["actor_kind"] == ActorKind.PERSON else _("the system"),
            _detail(event, calendars, targets),
        )
        for event in events
    ]


def _calendar_ids(events: Sequence[Mapping[str, Any]]) -> set[int]:
    found = {event["data"].get("calendar_version") for event in events}
    found |= {(event["data"].get("before") or {}).get("calendar_version") for event in events}
    return {one for one in found if isinstance(one, int)}


def _target_ids(events: Sequence[Mapping[str, Any]]) -> set[int]:
    found = {event["data"].get("target") for event in events}
    found |= {(event["data"].get("before") or {}).get("target") for event in events}
    return {one for one in found if isinstance(one, int)}


def _said(event: Mapping[str, Any]) -> str:
    if event["kind"] == _Kind.WARN:
        return _("Warned at %(percent)d %% used") % {"percent": event["level"]}
    return str(
        {
            _Kind.START: _("Started"),
            _Kind.PAUSE: _("Paused"),
            _Kind.RESUME: _("Went on"),
            _Kind.RETARGET: _("Got another target"),
            _Kind.STOP: _("Stopped"),
            _Kind.BREACH: _("Missed"),
            _Kind.CANCEL: _("Cancelled"),
            _Kind.REOPEN: _("Opened again"),
            _Kind.EXCUSE: _("Excused"),
            _Kind.CORRECT: _("Corrected"),
            _Kind.RETRACT: _("The miss was taken back"),
        }.get(event["kind"], SlaClockEvent.Kind(event["kind"]).label)
    )


def _detail(event: Mapping[str, Any], calendars: Mapping[int, str], targets: Mapping[int, str]) -> str:
    data, parts = event["data"], []
    before = data.get("before") or {}
    if event["kind"] == _Kind.PAUSE and data.get("reason"):
        parts.append(_("waits for %(whom)s") % {"whom": _reason(str(data["reason"]))})
    if "target_s" in data:
        after = time_words(int(data["target_s"]))
        was = time_words(int(before["target_s"])) if before.get("target_s") is not None else ""
        parts.append(f"{was} → {after}" if was and was != after else after)
    for key, known in (("target", targets), ("calendar_version", calendars)):
        after, was = known.get(data.get(key) or 0, ""), known.get(before.get(key) or 0, "")
        if after:
            parts.append(f"{was} → {after}" if was and was != after else after)
    if data.get("grace_s"):
        parts.append(_("grace %(time)s") % {"time": time_words(int(data["grace_s"]))})
    if data.get("whole_past"):
        parts.append(_("worked out anew from the start"))
    if data.get("carried_s"):
        parts.append(_("%(time)s used before") % {"time": time_words(int(data["carried_s"]))})
    if event["cause"]:
        parts.append(str(event["cause"]))
    return " · ".join(parts)


def time_words(seconds: int) -> str:
    """`3d 4h`, `1h 42m`, `42m 10s`: whole days from 48 hours on, seconds only below ten minutes; minus when below zero."""
    sign, rest = ("−" if seconds < 0 else ""), abs(seconds)
    days, hours, minutes, left = rest // 86400, rest // 3600, rest // 60, rest % 60
    if rest >= 48 * 3600:
        parts = [f"{days}d", f"{hours % 24}h" if hours % 24 else ""]
    elif rest >= 3600:
        parts = [f"{hours}h", f"{minutes % 60}m" if minutes % 60 else ""]
    elif rest >= 600:
        parts = [f"{minutes}m"]
    else:
        parts = [f"{minutes}m" if minutes else "", f"{left}s" if left or not minutes else ""]
    return sign + " ".join(part for part in parts if part)

"""The matrix of targets as a form: a row per clock and severity, times as people write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import FieldProblem, Invalid
from escalations.clock_life import RESPONSE_METRICS
from escalations.lifecycle import Metric, Severity, WaitingOn
from escalations.models import SlaTarget
from escalations.operations.sla_plans import OPTIONAL_METRICS, PAUSABLE_METRICS, TargetInput
from oncall.operations.calendars import ALWAYS

METRICS = (Metric.ACKNOWLEDGE, Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE, Metric.RESOLVE, Metric.UPDATE)
# A consult never pauses a clock: our delay is our delay (ux.md SLA-2).
PAUSES = (WaitingOn.SUBMITTER, WaitingOn.EXTERNAL)
_DURATION = re.compile(r"^(?:(\d{1,3}) ?d)? ?(?:(\d{1,4}) ?h)? ?(?:(\d{1,6}) ?m)?$", re.ASCII)
_WORKING_DAYS = re.compile(r"^(\d{1,3}) ?wd$", re.ASCII)
_LONGEST = 40
FARTHEST = timedelta(days=5 * 366)


def seconds_of(text: str, *, calendar_key: str) -> int:
    """`15m`, `1h 30m`, `7d` as seconds of open time. Raises `ValueError` with a sentence.

    Days only around the clock: a day of an office calendar is not 24 hours of its open time, nor is it eight (sla.md §3.2).
    """
    match = _DURATION.match(text.strip().lower())
    if match is None or not any(match.groups()):
        raise ValueError(_("Write a time such as 15m, 4h, 1h 30m."))
    days, hours, minutes = (int(part or 0) for part in match.groups())
    if days and calendar_key != ALWAYS:
        raise ValueError(_("This calendar's days are shorter than 24 hours: write hours of its open time."))
    return days * 86400 + hours * 3600 + minutes * 60


def working_days_of(text: str) -> int:
    """`5wd` as five working days; 0 where the text is no such thing."""
    match = _WORKING_DAYS.match(text.strip().lower())
    return int(match[1]) if match else 0


def cap_words(cap: Mapping[str, int]) -> str:
    """A cap as one would write it: `5wd`, `40h`."""
    return words_of(cap.get("seconds", 0), calendar_key="", working_days=cap.get("working_days", 0))


def words_of(seconds: int, *, calendar_key: str, working_days: int = 0) -> str:
    """Seconds as one would write them: `7d`, `36h`, `1h 30m`; in an office calendar never days. Working days as `5wd`."""
    if working_days:
        return f"{working_days}wd"
    if seconds % 86400 == 0 and seconds >= 3 * 86400 and calendar_key == ALWAYS:
        return f"{seconds // 86400}d"
    hours, minutes = divmod(seconds // 60, 60)
    return " ".join(part for part in (f"{hours}h" if hours else "", f"{minutes}m" if minutes else "") if part) or "0m"


@dataclass(frozen=True)
class TargetRow:
    """A target as typed."""

    metric: Metric
    severity: Severity
    time: str = ""
    calendar: str = ALWAYS
    warnings: str = ""
    pauses: tuple[str, ...] = ()
    caps: Mapping[str, str] = field(default_factory=dict)  # by reason: for how long at most, as typed
    grace: str = ""  # what a shortened target leaves at least, as typed; empty: a quarter of it
    reopen: str = SlaTarget.Reopen.CONTINUE.value
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"{self.metric.value}{self.severity.value}"

    @property
    def may_pause(self) -> bool:
        return self.metric in PAUSABLE_METRICS

    @property
    def has_grace(self) -> bool:
        """Whether its clock gets grace where its target shortens: those that wait for a first word do."""
        return self.metric in RESPONSE_METRICS

    @property
    def may_start_afresh(self) -> bool:
        """Whether a reopened case may get the whole allowance anew: only the resolve clock goes on over cycles."""
        return self.metric is Metric.RESOLVE

    @property
    def reopenings(self) -> list[tuple[str, Any]]:
        """What may be chosen for a reopened case."""
        return list(SlaTarget.Reopen.choices)

    @property
    def reasons(self) -> list[tuple[WaitingOn, bool, str]]:
        """Each reason that may pause the clock, whether it does, and for how long at most."""
        return [(reason, reason.value in self.pauses, self.caps.get(reason.value, "")) for reason in PAUSES]


def rows_of(targets: Iterable[SlaTarget]) -> list[TargetRow]:
    """A version's targets, one row per clock and severity; a target for any severity fills those without their own."""
    by_key = {(target.metric, target.severity): target for target in targets}
    rows = []
    for metric in METRICS:
        for severity in Severity:
            target = by_key.get((metric, severity)) or by_key.get((metric, None))
            if target is None:
                rows.append(TargetRow(metric, severity))
                continue
            key = target.calendar.key
            rows.append(
                TargetRow(
                    metric,
                    severity,
                    words_of(target.seconds, calendar_key=key, working_days=target.working_days),
                    key,
                    " ".join(str(percent) for percent in sorted(target.warn_percent)),
                    tuple(reason for reason in target.pause_reasons if reason in PAUSES),
                    {reason: cap_words(cap) for reason, cap in target.pause_caps.items()},
                    "" if target.grace_s is None else words_of(target.grace_s, calendar_key=key),
                    target.reopen,
                )
            )
    return rows


def read_rows(posted: Mapping[str, str], calendars: Iterable[str]) -> tuple[list[TargetRow], list[TargetInput]]:
    """The rows of a sent form and what the operation takes. Rows that cannot be read carry their errors."""
    known = set(calendars)
    rows, inputs = [], []
    for metric in METRICS:
        for severity in Severity:
            name = f"{metric.value}{severity.value}"

            def typed(what: str, name: str = name) -> str:
                return posted.get(f"{what}-{name}", "").replace("\x00", "")[:_LONGEST].strip()

            pauses = tuple(
                reason.value
                for reason in PAUSES
                if metric in PAUSABLE_METRICS and f"pause-{name}-{reason.value}" in posted
            )
            caps = {
                reason.value: text
                for reason in PAUSES
                if metric in PAUSABLE_METRICS and (text := typed(f"cap-{reason.value}"))
            }
            row = TargetRow(
                metric,
                severity,
                typed("time"),
                typed("calendar"),
                typed("warnings"),
                pauses,
                caps,
                typed("grace") if metric in RESPONSE_METRICS else "",
                typed("reopen") or SlaTarget.Reopen.CONTINUE.value,
            )
            if not row.time and metric in OPTIONAL_METRICS:
                rows.append(row)  # nothing is promised here
                continue
            row, found = _read(row, known)
            rows.append(row)
            inputs.append(found)
    return rows, inputs


def _read(row: TargetRow, known: set[str]) -> tuple[TargetRow, TargetInput]:
    errors: dict[str, list[str]] = {}
    seconds, warnings = 0, []
    if row.calendar not in known:
        errors["calendar"] = [_("There is no published calendar of this name.")]
    working_days = working_days_of(row.time)
    try:
        seconds = 0 if working_days else seconds_of(row.time, calendar_key=row.calendar)
    except ValueError as error:
        errors["time"] = [str(error)]
    for word in row.warnings.replace(",", " ").replace("%", " ").split():
        if not (word.isascii() and word.isdigit() and 1 <= int(word) <= 99):
            errors["warnings"] = [_("Write percents from 1 to 99, such as 50 75 90.")]
            break
        warnings.append(int(word))
    caps: dict[str, dict[str, int]] = {}
    for reason, text in row.caps.items():
        if reason not in row.pauses:
            errors.setdefault("caps", []).append(_("A cap belongs to a reason that pauses this clock."))
        elif days := working_days_of(text):
            caps[reason] = {"working_days": days}
        else:
            try:
                caps[reason] = {"seconds": seconds_of(text, calendar_key=row.calendar)}
            except ValueError:
                errors.setdefault("caps", []).append(_("Write a cap such as 5wd or 40h."))
    grace_s = None
    if row.grace:
        try:
            grace_s = seconds_of(row.grace, calendar_key=row.calendar)
        except ValueError as error:
            errors["grace"] = [str(error)]
    if row.reopen not in SlaTarget.Reopen.values:
        errors["reopen"] = [_("Choose how a reopened case is counted.")]
    found = TargetInput(
        row.metric,
        row.severity,
        seconds,
        row.calendar,
        tuple(warnings),
        row.pauses,
        working_days,
        pause_caps=caps if row.may_pause else None,
        reopen=row.reopen if row.may_start_afresh else None,
        grace_s=grace_s,
        keeps_grace=False,
    )
    return (replace(row, errors=errors) if errors else row), found


def with_errors(rows: Sequence[TargetRow], error: Invalid) -> tuple[list[TargetRow], list[FieldProblem]]:
    """The rows with the operation's refusals that point at them, and the rest."""
    names = {
        "seconds": "time",
        "working_days": "time",
        "warn_percent": "warnings",
        "calendar": "calendar",
        "pause_reasons": "caps",
        "pause_caps": "caps",
        "grace_s": "grace",
        "reopen": "reopen",
    }
    by_row: dict[int, dict[str, list[str]]] = {}
    rest = []
    # Empty rows of optional clocks were not sent to the operation.
    places = [index for index, row in enumerate(rows) if row.time or row.metric not in OPTIONAL_METRICS]
    for problem in error.errors:
        parts = problem.pointer.strip("/").split("/")
        if len(parts) == 3 and parts[1].isdigit() and int(parts[1]) < len(places):
            by_row.setdefault(places[int(parts[1])], {}).setdefault(names.get(parts[2], "time"), []).append(
                problem.detail
            )
        else:
            rest.append(problem)
    shown = [replace(row, errors={**row.errors, **by_row.get(index, {})}) for index, row in enumerate(rows)]
    return shown, rest


class TesterForm(forms.Form):
    """When would a case be due?"""

    severity = forms.TypedChoiceField(
        label=gettext_lazy("Severity"), choices=[(level.value, level.name) for level in Severity], coerce=int
    )
    start = forms.DateTimeField(
        label=gettext_lazy("Comes in at"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at

    def clean_start(self) -> datetime:
        start: datetime = self.cleaned_data["start"]
        if abs(start - self.at) > FARTHEST:
            raise forms.ValidationError(_("Choose a time at most five years away."))
        return start


class PlanForm(forms.Form):
    """A plan's name and place; its targets are versions of their own."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    position = forms.IntegerField(
        label=gettext_lazy("Place"),
        min_value=0,
        max_value=999,
        help_text=gettext_lazy("Plans are asked in this order, lowest first; the first whose condition holds applies."),
    )

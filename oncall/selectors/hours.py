"""Calendars in words: hours of a week, days that are closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from oncall.business_time import WEEKDAYS
from oncall.models import CalendarVersion

_WHOLE_DAY = [["00:00", "24:00"]]


@dataclass(frozen=True)
class Closing:
    """A date on which a calendar's usual hours do not hold."""

    on: date
    name: str
    hours: str


def _short() -> list[str]:
    return [
        pgettext("weekday", "Mon"),
        pgettext("weekday", "Tue"),
        pgettext("weekday", "Wed"),
        pgettext("weekday", "Thu"),
        pgettext("weekday", "Fri"),
        pgettext("weekday", "Sat"),
        pgettext("weekday", "Sun"),
    ]


def hours_in_words(rules: Mapping[str, Any]) -> str:
    """`Mon–Fri 09:00–18:00 · Sat, Sun closed`; days with the same hours that follow each other are put together."""
    weekly: Mapping[str, Sequence[Sequence[str]]] = rules.get("weekly", {})
    days = [[list(span) for span in weekly.get(day, [])] for day in WEEKDAYS]
    if all(hours == _WHOLE_DAY for hours in days):
        return _("around the clock")
    names, groups, start = _short(), [], 0
    for index in range(1, 8):
        if index == 7 or days[index] != days[start]:
            last = index - 1
            joined = (
                names[start] if last == start else f"{names[start]}{'–' if last > start + 1 else ', '}{names[last]}"
            )
            groups.append(f"{joined} {_spans(days[start])}")
            start = index
    return " · ".join(groups)


def _spans(spans: Sequence[Sequence[str]]) -> str:
    if not spans:
        return _("closed")
    if [list(span) for span in spans] == _WHOLE_DAY:
        return _("all day")
    return ", ".join(f"{first}–{last}" for first, last in spans)


def closings(version: CalendarVersion, *, since: date, most: int = 20) -> list[Closing]:
    """Holidays and days with other hours from `since` (local date) on, soonest first."""
    rules = version.rules
    overrides: Mapping[str, Sequence[Sequence[str]]] = rules.get("overrides", {})
    found = {
        (entry["on"], entry.get("name", "")): f"{entry['from']}–{entry['to']}" if entry.get("from") else ""
        for entry in [*rules.get("holidays", []), *version.set_holidays]
        if entry["on"] not in overrides
    }
    rows = [Closing(date.fromisoformat(on), name, hours) for (on, name), hours in found.items()]
    rows += [
        Closing(date.fromisoformat(on), version.notes.get(on) or _("other hours"), _spans(spans))
        for on, spans in overrides.items()
    ]
    rows += [
        Closing(
            date.fromisoformat(on),
            version.notes.get(on) or _("break"),
            _("closed %(hours)s") % {"hours": _spans(spans)},
        )
        for on, spans in rules.get("breaks", {}).items()
    ]
    return sorted((row for row in rows if row.on >= since), key=lambda row: (row.on, row.name))[:most]


@dataclass(frozen=True)
class Difference:
    """One thing in which two versions of a calendar differ, in words."""

    what: str
    before: str
    after: str


def differences(before: CalendarVersion | None, after: CalendarVersion) -> list[Difference]:
    """What a version changes from the one before it (None: nothing was there), by week first, then by date."""
    old: Mapping[str, Any] = before.rules if before else {}
    new = after.rules
    found = []
    if old.get("zone", "") != new["zone"]:
        found.append(Difference(_("Time zone"), old.get("zone", ""), new["zone"]))
    for day, name in zip(WEEKDAYS, _short(), strict=True):
        was, will = old.get("weekly", {}).get(day, []), new["weekly"].get(day, [])
        if _united_words(was) != _united_words(will):
            found.append(Difference(name, _spans(was) if before else "", _spans(will)))
    was_sets, will_sets = ", ".join(before.holiday_sets if before else []), ", ".join(after.holiday_sets)
    if was_sets != will_sets:
        found.append(Difference(_("Public holidays of"), was_sets, will_sets))
    was_days, will_days = (_days(before) if before else {}), _days(after)
    for on in sorted(was_days.keys() | will_days.keys()):
        if was_days.get(on, "") != will_days.get(on, ""):
            found.append(Difference(on, was_days.get(on, ""), will_days.get(on, "")))
    return found


def _united_words(spans: Sequence[Sequence[str]]) -> list[list[str]]:
    return sorted([list(span) for span in spans])


def _days(version: CalendarVersion) -> dict[str, str]:
    """What is said of single dates: closed days, other hours, breaks."""
    rules, notes = version.rules, version.notes
    found: dict[str, list[str]] = {}
    for entry in [*rules.get("holidays", []), *version.set_holidays]:
        hours = f" {entry['from']}–{entry['to']}" if entry.get("from") else ""
        found.setdefault(entry["on"], []).append(_("closed") + hours + _why(entry.get("name", "")))
    for on, spans in rules.get("overrides", {}).items():
        found[on] = [_spans(spans) + _why(notes.get(on, ""))]
    for on, spans in rules.get("breaks", {}).items():
        found.setdefault(on, []).append(_("break %(hours)s") % {"hours": _spans(spans)} + _why(notes.get(on, "")))
    return {on: "; ".join(sorted(set(words))) for on, words in found.items()}


def _why(words: str) -> str:
    return f" ({words})" if words else ""

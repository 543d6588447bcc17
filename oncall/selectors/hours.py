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
    rows += [Closing(date.fromisoformat(on), _("other hours"), _spans(spans)) for on, spans in overrides.items()]
    return sorted((row for row in rows if row.on >= since), key=lambda row: (row.on, row.name))[:most]

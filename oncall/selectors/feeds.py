"""What came in feeds, beside what a set holds: the days that would be added, removed or changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from oncall.ical import Day
from oncall.models import HolidayReading, HolidaySet


@dataclass(frozen=True)
class DayChange:
    """One date on which two lists of closed days differ; `before` and `after` in words, empty where there is nothing."""

    kind: Literal["added", "removed", "changed"]
    on: date
    before: str
    after: str


def days_of_set(holiday_set: HolidaySet, *, since: date) -> list[Day]:
    """The active entries of a set from a local date on."""
    rows = holiday_set.entries.filter(is_active=True, held_on__gte=since).order_by("held_on", "name", "id")
    return [Day(row.held_on, row.name, row.from_clock, row.to_clock) for row in rows]


def days_of(reading: HolidayReading) -> list[Day]:
    """The days a reading holds."""
    return days_from(reading.entries)


def days_from(entries: Iterable[dict[str, Any]]) -> list[Day]:
    """Days from elements of a version's holidays."""
    return [
        Day(date.fromisoformat(one["on"]), one.get("name", ""), one.get("from", ""), one.get("to", ""))
        for one in entries
    ]


def changes_of(before: Iterable[Day], after: Iterable[Day]) -> list[DayChange]:
    """What differs, by date in order: a date is added, removed, or keeps its place under another name or hours."""
    old, new = _by_date(before), _by_date(after)
    found = []
    for on in sorted(old.keys() | new.keys()):
        was, will = old.get(on, ()), new.get(on, ())
        if was == will:
            continue
        kind: Literal["added", "removed", "changed"] = "added" if not was else "removed" if not will else "changed"
        found.append(DayChange(kind, on, _words(was), _words(will)))
    return found


def _by_date(days: Iterable[Day]) -> dict[date, tuple[Day, ...]]:
    found: dict[date, list[Day]] = {}
    for day in sorted(set(days)):
        found.setdefault(day.on, []).append(day)
    return {on: tuple(rows) for on, rows in found.items()}


def _words(days: Iterable[Day]) -> str:
    return ", ".join(
        f"{day.name} {day.from_clock[:5]}–{day.to_clock[:5]}" if day.from_clock else day.name for day in days
    )

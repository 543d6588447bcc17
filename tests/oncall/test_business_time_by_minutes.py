"""F23 of the reliability plan: the arithmetic of clocks against a walk over every minute, in 14 zones, around every change of
clocks of a year, over leap day and year's end. Ten thousand clocks, each with its calendar, its pauses and its target.

The oracle knows no offset and no fold: an interval is open from the first minute that shows its start to the last minute that shows
its end, and a clock time nobody's clock shows is the first minute that shows a later one.
"""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_of_day
from itertools import accumulate
from zoneinfo import ZoneInfo

import pytest

from oncall import business_time as bt

ZONES = (
    "UTC",
    "Europe/Berlin",
    "Europe/Dublin",  # winter time is its negative summer time
    "America/New_York",
    "America/St_Johns",  # half an hour off the others
    "America/Havana",  # changes at midnight
    "America/Santiago",  # changes at midnight, in the south
    "Africa/Casablanca",  # changes for Ramadan
    "Africa/Cairo",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",  # changes by half an hour
    "Pacific/Chatham",  # 45 minutes off
    "Pacific/Kiritimati",  # fourteen hours ahead
)
DAYS, MARGIN = 9, 4
MINUTE = timedelta(minutes=1)
SPECS, CLOCKS = 13, 28  # of each window, of each spec


def windows(zone: str) -> list[date]:
    """The first days of the windows: the two changes of clocks of 2026, else the leap day and year's end."""
    tz = ZoneInfo(zone)
    changes = []
    at = datetime(2026, 1, 1, tzinfo=UTC)
    while at.year == 2026 and len(changes) < 2:
        if at.astimezone(tz).utcoffset() != (at + timedelta(days=1)).astimezone(tz).utcoffset():
            changes.append(at.date() - timedelta(days=4))
        at += timedelta(days=1)
    return [*changes, date(2028, 2, 25), date(2026, 12, 28)][:2]


class Wall:
    """What the clocks of a zone show in every minute of a window."""

    def __init__(self, zone: str, first: date) -> None:
        tz = ZoneInfo(zone)
        self.start = datetime(first.year, first.month, first.day, tzinfo=UTC)
        begin = self.start - timedelta(days=MARGIN)
        minutes = (begin + MINUTE * number for number in range((DAYS + 2 * MARGIN) * 1440))
        self.shown = [at.astimezone(tz).replace(tzinfo=None) for at in minutes]
        self.seen: dict[datetime, tuple[int, int]] = {}
        for number, wall in enumerate(self.shown):
            self.seen[wall] = (self.seen.get(wall, (number, number))[0], number)
        self.dates = sorted({wall.date() for wall in self.shown})[1:-2]

    def number(self, on: date, second: int, role: str) -> int:
        wall = datetime.combine(on, clock_of_day.min) + timedelta(seconds=second)
        if wall in self.seen:
            return self.seen[wall][role == "end"]
        return next((number for number, at in enumerate(self.shown) if at > wall), len(self.shown))


class Minutes:
    """Which minutes count, and from that every answer by counting; minute 0 is the window's first."""

    def __init__(self, wall: Wall, spec: bt.CalendarSpec, pauses: Sequence[tuple[int, int]]) -> None:
        flags = bytearray(len(wall.shown))

        def paint(on: date, interval: bt.LocalInterval, value: int) -> None:
            low, high = wall.number(on, interval.start_s, "start"), wall.number(on, interval.end_s, "end")
            if low < high:
                flags[low:high] = bytes([value]) * (high - low)

        for on in wall.dates:
            for interval in spec.overrides.get(on, spec.weekly[on.weekday()]):
                paint(on, interval, 1)
        for on in wall.dates:
            for interval in spec.breaks.get(on, ()):
                paint(on, interval, 0)
        for holiday in spec.holidays:
            if holiday.on in spec.overrides or holiday.on not in wall.dates:
                continue
            if holiday.hours is not None:
                paint(holiday.on, holiday.hours, 0)
                continue
            low = wall.number(holiday.on, 0, "start")
            high = wall.number(holiday.on, bt.DAY_S, "start")  # up to the next date's first minute
            flags[low:high] = bytes(high - low)
        zero = MARGIN * 1440
        for low, high in pauses:
            flags[zero + low : zero + high] = bytes(high - low)
        self.flags = flags[zero : zero + DAYS * 1440]
        self.before = [0, *accumulate(self.flags)]  # counted minutes before each

    def used(self, low: int, high: int) -> int:
        return self.before[high] - self.before[low]

    def due(self, start: int, target: int) -> int | None:
        found = bisect_left(self.before, self.before[start] + target, lo=start)
        return found if found < len(self.before) else None

    def breach(self, start: int, target: int) -> int | None:
        found = bisect_right(self.before, self.before[start] + target) - 1
        return found if found < len(self.flags) else None

    def back(self, end: int, amount: int) -> int | None:
        wanted = self.before[end] - amount
        return None if wanted < 0 else bisect_right(self.before, wanted, hi=end) - 1


def random_spec(rng: random.Random, zone: str, first: date) -> bt.CalendarSpec:
    """Any hours: several intervals, over midnight, a whole day, in the skipped and the repeated hour, on odd dates."""

    def intervals(most: int = 3) -> tuple[bt.LocalInterval, ...]:
        found = []
        for _ in range(rng.randrange(most + 1)):
            start = rng.choice((0, 30, 90, 120, 130, 150, 180, rng.randrange(1440))) * 60
            found.append(bt.LocalInterval(start, start + rng.choice((1, 15, 40, 60, 240, 480, 720, 1440)) * 60))
        return tuple(found)

    def dates() -> Iterator[date]:
        for _ in range(rng.randrange(3)):
            yield first + timedelta(days=rng.randrange(DAYS))

    holidays = [bt.Holiday(on, next(iter(intervals(1)), None)) for on in dates()]
    return bt.CalendarSpec(
        zone=zone,
        weekly=tuple(intervals() for _ in range(7)),
        overrides={on: intervals() for on in dates()},
        breaks={on: intervals() for on in dates()},
        holidays=tuple(holidays),
    )


def random_pauses(rng: random.Random) -> list[tuple[int, int]]:
    found = []
    for _ in range(rng.choice((0, 0, 1, 2, 4))):
        low = rng.randrange(DAYS * 1440 - 1)
        found.append((low, min(DAYS * 1440, low + rng.choice((1, 20, 90, 700, 3000)))))
    return found


@pytest.mark.parametrize("zone", ZONES)
def test_every_clock_agrees_with_its_minutes(zone: str) -> None:
    rng = random.Random(f"F23 {zone}")
    reached = 0
    for first in windows(zone):
        wall = Wall(zone, first)

        def at(minute: int, start: datetime = wall.start) -> datetime:
            return start + minute * MINUTE

        for _ in range(SPECS):
            spec, paused = random_spec(rng, zone, first), random_pauses(rng)
            minutes = Minutes(wall, spec, paused)
            course = bt.Course([(at(0), spec)], [(at(low), at(high)) for low, high in paused])
            for _ in range(CLOCKS):
                start = rng.randrange(DAYS * 1440)
                stop = rng.randrange(start, DAYS * 1440)
                target = rng.choice((1, 15, 60, 480, rng.randrange(1, 3000)))
                context = (zone, first, spec, paused, start, stop, target)

                assert course.open_time(at(start), at(stop)) == minutes.used(start, stop) * MINUTE, context
                due, breach = minutes.due(start, target), minutes.breach(start, target)
                if due is not None:
                    assert course.due_at(at(start), target * 60) == at(due), context
                    reached += 1
                if due is not None and breach is not None:
                    assert course.breach_at(at(start), target * 60) == at(breach), context
                    assert (minutes.used(start, stop) <= target) == (at(stop) <= at(breach)), context  # the verdict
                earlier = minutes.back(stop, target)
                if earlier is not None:
                    assert course.due_before(at(stop), target * 60) == at(earlier), context

    assert reached > 100


def test_there_are_ten_thousand_clocks_and_every_window_of_a_change_holds_it() -> None:
    assert len(ZONES) * 2 * SPECS * CLOCKS >= 10_000
    for zone in ZONES:
        for first in windows(zone):
            start = datetime(first.year, first.month, first.day, tzinfo=UTC)
            offsets = {at.astimezone(ZoneInfo(zone)).utcoffset() for at in (start, start + timedelta(days=DAYS))}
            assert len(offsets) == 2 or first in (date(2028, 2, 25), date(2026, 12, 28))

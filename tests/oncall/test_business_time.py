"""Business-time arithmetic: the worked examples of the SLA design, its laws, and a minute-by-minute oracle."""

from __future__ import annotations

import itertools
import os
import random
import time as clock
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_of_day
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oncall import business_time as bt

MON_FRI = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
BERLIN = bt.spec_from_rules({"zone": "Europe/Berlin", "weekly": MON_FRI})
NEW_YORK = bt.spec_from_rules({"zone": "America/New_York", "weekly": MON_FRI})
BERLIN_ALWAYS = replace(bt.ALWAYS_OPEN, zone="Europe/Berlin")
NIGHTS = bt.spec_from_rules({"zone": "Europe/Berlin", "weekly": {day: [["22:00", "06:00"]] for day in bt.WEEKDAYS}})


def utc(month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, second, tzinfo=UTC)


def every_day(start: str, end: str) -> bt.CalendarSpec:
    return bt.spec_from_rules({"zone": "Europe/Berlin", "weekly": {day: [[start, end]] for day in bt.WEEKDAYS}})


# -- Worked examples ---------------------------------------------------------------------------------------------------
W1 = utc(6, 1, 7)


@pytest.mark.parametrize(
    ("spec", "start", "minutes", "pauses", "due", "breach"),
    [
        pytest.param(BERLIN, W1, 480, (), utc(6, 1, 15), utc(6, 2, 7), id="W1"),
        pytest.param(BERLIN, W1, 479, (), utc(6, 1, 14, 59), utc(6, 1, 14, 59), id="W2"),
        pytest.param(BERLIN, utc(6, 5, 14, 30), 60, (), utc(6, 8, 7, 30), utc(6, 8, 7, 30), id="W3"),
        pytest.param(BERLIN_ALWAYS, utc(3, 28, 23), 1440, (), utc(3, 29, 23), utc(3, 29, 23), id="W4"),
        pytest.param(BERLIN_ALWAYS, utc(10, 24, 22), 1440, (), utc(10, 25, 22), utc(10, 25, 22), id="W5"),
        pytest.param(BERLIN, W1, 480, [(utc(6, 1, 14), utc(6, 2, 8))], utc(6, 2, 9), utc(6, 2, 9), id="W9"),
        pytest.param(BERLIN, W1, 480, [(utc(6, 1, 15, 30), utc(6, 2, 6))], utc(6, 1, 15), utc(6, 2, 7), id="W10"),
        pytest.param(NEW_YORK, W1, 60, (), utc(6, 1, 14), utc(6, 1, 14), id="W11"),
        pytest.param(BERLIN, utc(6, 1, 7, 0, 47), 60, (), utc(6, 1, 8, 0, 47), utc(6, 1, 8, 0, 47), id="W12"),
    ],
)
def test_worked_example(
    spec: bt.CalendarSpec, start: datetime, minutes: int, pauses: Any, due: datetime, breach: datetime
) -> None:
    assert bt.due_at(spec, start, minutes * 60, pauses) == due
    assert bt.breach_at(spec, start, minutes * 60, pauses) == breach


@pytest.mark.parametrize(
    ("spec", "start", "end", "minutes"),
    [
        pytest.param(NIGHTS, utc(3, 28, 12), utc(3, 29, 12), 420, id="W6 spring"),
        pytest.param(NIGHTS, utc(10, 24, 12), utc(10, 25, 12), 540, id="W6 autumn"),
        pytest.param(every_day("02:15", "02:45"), utc(3, 29), utc(3, 29, 12), 0, id="W7"),
        pytest.param(every_day("01:30", "02:30"), utc(10, 24, 22), utc(10, 25, 12), 120, id="W8"),
        pytest.param(BERLIN, W1, utc(6, 2, 1), 480, id="W13"),
    ],
)
def test_worked_example_of_open_minutes(spec: bt.CalendarSpec, start: datetime, end: datetime, minutes: int) -> None:
    assert bt.open_seconds(spec, start, end) == minutes * 60


def test_an_answer_while_closed_after_the_last_second_was_used_is_on_time() -> None:  # W13
    breach = bt.breach_at(BERLIN, W1, 480 * 60)

    assert breach is not None
    assert utc(6, 2, 1) <= breach


# -- Rules of calendars ------------------------------------------------------------------------------------------------
def test_an_override_replaces_the_hours_and_wins_over_a_holiday() -> None:
    spec = bt.spec_from_rules(
        {
            "zone": "UTC",
            "weekly": MON_FRI,
            "overrides": {"2026-06-01": [["10:00", "12:00"]], "2026-06-02": []},
            "holidays": [{"on": "2026-06-01", "name": "Founders"}, {"on": "2026-06-03", "name": "Fair"}],
        }
    )

    assert bt.open_intervals(spec, utc(6, 1), utc(6, 5)) == [
        (utc(6, 1, 10), utc(6, 1, 12)),
        (utc(6, 4, 9), utc(6, 4, 17)),
    ]


def test_part_of_a_day_may_be_a_holiday() -> None:
    spec = bt.spec_from_rules(
        {"zone": "UTC", "weekly": MON_FRI, "holidays": [{"on": "2026-06-01", "from": "13:00", "to": "24:00"}]}
    )

    assert bt.open_intervals(spec, utc(6, 1), utc(6, 2)) == [(utc(6, 1, 9), utc(6, 1, 13))]


def test_a_break_splits_the_day_and_touching_intervals_are_united() -> None:
    spec = bt.spec_from_rules(
        {
            "zone": "UTC",
            "weekly": {"mon": [["08:00", "12:00"], ["12:00", "16:00"], ["15:00", "18:00"]]},
            "breaks": {"2026-06-01": [["11:30", "12:30"]]},
        }
    )

    assert bt.open_intervals(spec, utc(6, 1), utc(6, 2)) == [
        (utc(6, 1, 8), utc(6, 1, 11, 30)),
        (utc(6, 1, 12, 30), utc(6, 1, 18)),
    ]


def test_a_holiday_closes_clock_hours_also_those_of_the_night_before() -> None:
    spec = replace(NIGHTS, holidays=(bt.Holiday(date(2026, 6, 2)),))

    assert bt.open_intervals(spec, utc(6, 1, 10), utc(6, 3, 10)) == [
        (utc(6, 1, 20), utc(6, 1, 22)),  # Monday 22:00 to midnight in Berlin
        (utc(6, 2, 22), utc(6, 3, 4)),  # the rest of the night that began on the holiday
    ]


def test_a_holiday_ends_with_the_first_midnight_where_midnight_comes_twice() -> None:
    # Havana sets clocks back from 01:00 to 00:00 on Sunday 2026-11-01.
    always = replace(bt.ALWAYS_OPEN, zone="America/Havana", holidays=(bt.Holiday(date(2026, 10, 31)),))

    assert bt.next_open(always, utc(10, 31, 12)) == utc(11, 1, 4)


def test_a_local_day_that_a_zone_left_out_has_no_open_time() -> None:
    spec = bt.spec_from_rules({"zone": "Pacific/Apia", "weekly": {"fri": [["09:00", "17:00"]]}})
    start = datetime(2011, 12, 29, tzinfo=UTC)  # Samoa went from Thursday the 29th to Saturday the 31st

    assert bt.open_intervals(spec, start, start + timedelta(days=4)) == []


@pytest.mark.parametrize(
    ("rules", "named"),
    [
        ({"weekly": MON_FRI}, "zone"),
        ({"zone": "+02:00", "weekly": MON_FRI}, "zone"),
        ({"zone": "Etc/GMT+3", "weekly": MON_FRI}, "zone"),
        ({"zone": "localtime", "weekly": MON_FRI}, "zone"),
        ({"zone": ["UTC"], "weekly": MON_FRI}, "zone"),
        ({"zone": "UTC"}, "weekly"),
        ({"zone": "UTC", "weekly": {}}, "weekly"),
        ({"zone": "UTC", "weekly": {"monday": [["09:00", "17:00"]]}}, "weekly.monday"),
        ({"zone": "UTC", "weekly": {"mon": "09:00-17:00"}}, "weekly.mon"),
        ({"zone": "UTC", "weekly": {"mon": [["09:00"]]}}, "weekly.mon[0]"),
        ({"zone": "UTC", "weekly": {"mon": [["24:00", "10:00"]]}}, "weekly.mon[0]"),
        ({"zone": "UTC", "weekly": {"mon": [["9:00", "17:00"]]}}, "weekly.mon[0]"),
        ({"zone": "UTC", "weekly": {"mon": [["09:00", "25:00"]]}}, "weekly.mon[0]"),
        ({"zone": "UTC", "weekly": {"mon": [[9, 17]]}}, "weekly.mon[0]"),
        ({"zone": "UTC", "weekly": {"mon": [["00:00", "00:01"]] * 25}}, "weekly.mon"),
        ({"zone": "UTC", "weekly": {"mon": [["09:00:00", "09:00:30"]]}}, "weekly"),
        ({"zone": "UTC", "weekly": MON_FRI, "overrides": {"tomorrow": []}}, "overrides.tomorrow"),
        ({"zone": "UTC", "weekly": MON_FRI, "overrides": []}, "overrides"),
        ({"zone": "UTC", "weekly": MON_FRI, "breaks": {"2026-02-30": []}}, "breaks.2026-02-30"),
        ({"zone": "UTC", "weekly": MON_FRI, "holidays": {"2026-01-01": "x"}}, "holidays"),
        ({"zone": "UTC", "weekly": MON_FRI, "holidays": [{"on": 5}]}, "holidays[0].on"),
        ({"zone": "UTC", "weekly": MON_FRI, "holidays": [{"on": "2026-01-01", "from": "09:00"}]}, "holidays[0]"),
        ({"zone": "UTC", "weekly": MON_FRI, "holidays": ["2026-01-01"]}, "holidays[0]"),
        ({"zone": "UTC", "weekly": MON_FRI, "hours": {}}, "hours"),
        ([], "rules"),
        (None, "rules"),
    ],
)
def test_unusable_rules_are_refused_and_the_field_is_named(rules: object, named: str) -> None:
    with pytest.raises(bt.CalendarRulesInvalid) as caught:
        bt.spec_from_rules(rules)

    assert named in [name for name, _ in caught.value.errors]


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(bt.CalendarRulesInvalid) as caught:
        bt.spec_from_rules({"zone": "Mars", "weekly": {"mon": [["x", "y"]]}, "overrides": {"soon": []}})

    assert {name for name, _ in caught.value.errors} == {"zone", "weekly.mon[0]", "overrides.soon"}


def test_a_week_of_whole_days_is_recognised_as_always_open() -> None:
    split = [["00:00", "08:00"], ["08:00", "24:00"]]
    spec = bt.spec_from_rules({"zone": "Asia/Tokyo", "weekly": dict.fromkeys(bt.WEEKDAYS, split)})

    assert spec.is_always_open
    assert bt.spec_from_rules(
        {"zone": "Asia/Tokyo", "weekly": {day: [["06:00", "06:00"]] for day in bt.WEEKDAYS}}
    ).is_always_open
    assert not replace(spec, holidays=(bt.Holiday(date(2026, 1, 1)),)).is_always_open


# -- Horizon -----------------------------------------------------------------------------------------------------------
def test_a_target_out_of_reach_is_none_and_never_without_limit() -> None:
    one_minute = bt.spec_from_rules({"zone": "UTC", "weekly": {"mon": [["09:00", "09:01"]]}})

    assert bt.due_at(one_minute, W1, 57 * 60) is not None  # 57 Mondays are 399 days
    assert bt.due_at(one_minute, W1, 60 * 60) is None
    assert bt.breach_at(one_minute, W1, 60 * 60) is None
    assert bt.due_before(one_minute, W1, 60 * 60) is None
    assert bt.working_days(one_minute, W1, 60) is None


def test_a_pause_without_end_leaves_no_due_time_but_time_already_used_counts() -> None:
    pauses = [bt.Pause(utc(6, 1, 8), None)]

    assert bt.due_at(BERLIN, W1, 2 * 3600, pauses) is None
    assert bt.open_seconds(BERLIN, W1, utc(6, 9), pauses) == 3600
    assert bt.due_at(BERLIN, W1, 3600, pauses) == utc(6, 1, 8)
    assert bt.breach_at(BERLIN, W1, 3600, pauses) is None


# -- Course: one clock under several calendars --------------------------------------------------------------------------
def test_each_stretch_is_judged_by_the_calendar_that_was_in_force() -> None:
    # A quiet night under business hours, then round the clock from Tuesday 06:00Z: nothing jumps.
    moved_at = utc(6, 2, 6)
    course = bt.Course([(W1, BERLIN), (moved_at, bt.ALWAYS_OPEN)])

    assert course.open_time(utc(6, 1, 14), moved_at) == timedelta(hours=1)
    assert course.due_at(utc(6, 1, 14), 4 * 3600) == utc(6, 2, 9)
    assert course.open_time(utc(6, 1, 14), utc(6, 2, 9)) == timedelta(hours=4)


def test_a_warning_counts_backwards_in_open_time() -> None:
    assert bt.due_before(BERLIN, utc(6, 2, 7, 30), 2 * 3600) == utc(6, 1, 13, 30)
    assert bt.due_before(BERLIN, utc(6, 2, 8), 3600) == utc(6, 2, 7)


# -- Working days ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        pytest.param(utc(6, 5, 10), 1, utc(6, 8, 10), id="over the weekend"),
        pytest.param(utc(6, 6, 10), 1, utc(6, 8, 10), id="from a closed day"),
        pytest.param(utc(6, 5, 5), 1, utc(6, 8, 7), id="before opening moves to it"),
        pytest.param(utc(6, 5, 20), 1, utc(6, 8, 15), id="after closing moves to it"),
        pytest.param(utc(3, 27, 9), 1, utc(3, 30, 8), id="same clock time across the change of clocks"),
    ],
)
def test_working_days(start: datetime, days: int, expected: datetime) -> None:
    assert bt.working_days(BERLIN, start, days) == expected


def test_working_days_in_a_lunch_break_move_to_its_end() -> None:
    lunch = bt.spec_from_rules(
        {"zone": "UTC", "weekly": {day: [["08:00", "12:00"], ["13:00", "17:00"]] for day in MON_FRI}}
    )
    holiday = replace(lunch, holidays=(bt.Holiday(date(2026, 6, 2)),))

    assert bt.working_days(lunch, utc(6, 1, 12, 30), 1) == utc(6, 2, 13)
    assert bt.working_days(holiday, utc(6, 1, 12, 30), 1) == utc(6, 3, 13)


@pytest.mark.parametrize("days", [0, -1])
def test_working_days_count_from_one(days: int) -> None:
    with pytest.raises(ValueError, match="count from one"):
        bt.working_days(BERLIN, W1, days)


# -- Laws --------------------------------------------------------------------------------------------------------------
ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",  # half an hour of daylight saving
    "Pacific/Chatham",
    "Africa/Cairo",  # clocks change at midnight
    "America/Havana",
    "Asia/Beirut",
    "America/Santiago",
    "Pacific/Kiritimati",
    "Africa/Casablanca",
)


@st.composite
def specs(draw: st.DrawFn) -> bt.CalendarSpec:
    clock_time = st.integers(0, 24 * 12 - 1).map(lambda five: five * 300)
    interval = st.tuples(clock_time, st.integers(1, 24 * 12)).map(
        lambda pair: bt.LocalInterval(pair[0], min(pair[0] + pair[1] * 300, pair[0] + bt.DAY_S))
    )
    hours = st.lists(interval, max_size=3).map(tuple)
    weekly = draw(st.tuples(*[hours] * 7).filter(any))
    dates = st.dates(date(2026, 3, 1), date(2026, 11, 30))
    return bt.CalendarSpec(
        zone=draw(st.sampled_from(ZONES)),
        weekly=weekly,
        overrides=draw(st.dictionaries(dates, hours, max_size=5)),
        breaks=draw(st.dictionaries(dates, hours, max_size=5)),
        holidays=tuple(bt.Holiday(on) for on in draw(st.lists(dates, max_size=8))),
    )


instants = st.timedeltas(timedelta(0), timedelta(days=274)).map(lambda after: utc(3, 1) + after)
targets = st.integers(1, 30 * 3600)
pause_lists = st.lists(st.tuples(instants, st.timedeltas(timedelta(0), timedelta(days=4))), max_size=3).map(
    lambda found: [(at, at + length) for at, length in found]
)
laws = settings(max_examples=60, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])


@laws
@given(specs(), instants, instants, instants, pause_lists)
def test_open_time_adds_up_over_any_split(
    spec: bt.CalendarSpec, a: datetime, b: datetime, c: datetime, pauses: list[tuple[datetime, datetime]]
) -> None:
    first, middle, last = sorted((a, b, c))
    course = bt.Course([(first, spec)], pauses)

    assert course.open_time(first, middle) + course.open_time(middle, last) == course.open_time(first, last)


@laws
@given(specs(), instants, targets, pause_lists)
def test_due_uses_exactly_the_target_and_breach_is_the_last_such_instant(
    spec: bt.CalendarSpec, start: datetime, target_s: int, pauses: list[tuple[datetime, datetime]]
) -> None:
    course = bt.Course([(start, spec)], pauses)
    due, breach = course.due_at(start, target_s), course.breach_at(start, target_s)
    if due is None or breach is None:
        assert course.open_time(start, start + timedelta(days=395)) < timedelta(seconds=target_s) or due is not None
        return

    step = timedelta(microseconds=1)
    assert course.open_time(start, due) == timedelta(seconds=target_s)
    assert course.open_time(start, due - step) < timedelta(seconds=target_s)
    assert course.open_time(start, breach) == timedelta(seconds=target_s)
    assert course.open_time(start, breach + step) > timedelta(seconds=target_s)


@laws
@given(specs(), instants, targets, targets, pause_lists, st.tuples(instants, instants))
def test_due_never_comes_earlier_for_a_longer_target_or_one_more_pause(
    spec: bt.CalendarSpec,
    start: datetime,
    shorter: int,
    more: int,
    pauses: list[tuple[datetime, datetime]],
    added: tuple[datetime, datetime],
) -> None:
    due = bt.due_at(spec, start, shorter, pauses)
    longer = bt.due_at(spec, start, shorter + more, pauses)
    paused = bt.due_at(spec, start, shorter, [*pauses, (min(added), max(added))])

    assert due is None or longer is None or due < longer
    assert due is None or paused is None or due <= paused


@laws
@given(specs(), instants, targets)
def test_a_pause_in_closed_time_changes_nothing(spec: bt.CalendarSpec, start: datetime, target_s: int) -> None:
    due = bt.due_at(spec, start, target_s)
    end = start + timedelta(days=40)
    opens = bt.open_intervals(spec, start, end)
    closed = [(low.end, high.start) for low, high in itertools.pairwise(opens)]

    assert bt.due_at(spec, start, target_s, closed) == due
    assert bt.breach_at(spec, start, target_s, closed) == bt.breach_at(spec, start, target_s)


@laws
@given(specs(), instants, targets)
def test_counting_back_from_due_comes_to_the_start_of_what_was_used(
    spec: bt.CalendarSpec, start: datetime, target_s: int
) -> None:
    due = bt.due_at(spec, start, target_s)
    back = None if due is None else bt.due_before(spec, due, target_s)
    if due is None or back is None:
        return

    assert back >= start
    assert bt.open_seconds(spec, back, due) == target_s
    assert bt.open_seconds(spec, start, back) == 0


@pytest.fixture
def server_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    def set_zone(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        clock.tzset()

    before = os.environ.get("TZ")
    yield set_zone
    monkeypatch.undo()
    assert os.environ.get("TZ") == before
    clock.tzset()


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Los_Angeles"])
def test_neither_the_servers_nor_the_viewers_zone_matters(server_zone: Any, zone: str) -> None:
    server_zone(zone)
    seen_from = W1.astimezone(ZoneInfo(zone))
    fresh = bt.spec_from_rules({"zone": "Europe/Berlin", "weekly": MON_FRI})

    assert bt.due_at(fresh, seen_from, 480 * 60) == utc(6, 1, 15)
    assert bt.open_seconds(fresh, seen_from, utc(6, 2, 1)) == 480 * 60


def test_two_years_of_a_clock_agree_with_the_sum_of_its_days() -> None:
    start = utc(1, 1)
    days = [start + timedelta(days=number) for number in range(700)]

    assert sum(bt.open_seconds(BERLIN, day, day + timedelta(days=1)) for day in days) == bt.open_seconds(
        BERLIN, start, start + timedelta(days=700)
    )


# -- Minute by minute --------------------------------------------------------------------------------------------------
class Oracle:
    """Walks every minute of a window and asks of each local interval whether the minute lies between its ends.

    It knows nothing of offsets or folds: the instant of a clock time is the first (start) or last (end) minute that shows
    it, and the first minute that shows a later one if none does.
    """

    def __init__(self, spec: bt.CalendarSpec, start: datetime, days: int) -> None:
        zone = ZoneInfo(spec.zone)
        first = start - timedelta(days=4)
        self.minutes = [first + timedelta(minutes=number) for number in range((days + 8) * 1440)]
        shown = [at.astimezone(zone).replace(tzinfo=None) for at in self.minutes]
        seen: dict[datetime, list[int]] = {}
        for number, wall in enumerate(shown):
            seen.setdefault(wall, []).append(number)

        def index(on: date, second: int, role: str) -> int:
            wall = datetime.combine(on, clock_of_day.min) + timedelta(seconds=second)
            if wall in seen:
                return seen[wall][0 if role == "start" else -1]
            return next((number for number, at in enumerate(shown) if at > wall), len(shown))

        flags = bytearray(len(self.minutes))
        dates = sorted({wall.date() for wall in shown})[1:-2]
        for on in dates:
            for low, high in spec.overrides.get(on, spec.weekly[on.weekday()]):
                for number in range(index(on, low, "start"), index(on, high, "end")):
                    flags[number] = 1
        for on in dates:
            for low, high in spec.breaks.get(on, ()):
                for number in range(index(on, low, "start"), index(on, high, "end")):
                    flags[number] = 0
        closed = {holiday.on for holiday in spec.holidays if holiday.on not in spec.overrides}
        # A whole holiday is what lies before the first minute of the next date, as people read a calendar.
        for on in closed & set(dates):
            for number in range(index(on, 0, "start"), index(on, bt.DAY_S, "start")):
                flags[number] = 0
        self.flags = flags
        self.zero = 4 * 1440  # the window's own first minute

    def open_minutes(self, low: int, high: int) -> int:
        return sum(self.flags[self.zero + low : self.zero + high])

    def due(self, start: int, target: int, days: int) -> int | None:
        used = 0
        for number in range(start, days * 1440):
            used += self.flags[self.zero + number]
            if used == target:
                return number + 1
        return None


# A change of clocks lies inside each window: spring and autumn of both hemispheres, and a plain one.
WINDOWS = {
    "UTC": date(2026, 6, 1),
    "Europe/Berlin": date(2026, 3, 25),
    "America/New_York": date(2026, 10, 28),
    "America/St_Johns": date(2026, 3, 4),
    "Asia/Kolkata": date(2026, 12, 28),
    "Australia/Lord_Howe": date(2026, 4, 1),
    "Pacific/Chatham": date(2026, 9, 23),
    "Africa/Cairo": date(2026, 4, 20),
    "America/Havana": date(2026, 10, 28),
    "Asia/Beirut": date(2026, 3, 25),
    "America/Santiago": date(2026, 9, 2),
    "Africa/Casablanca": date(2026, 2, 11),
    "Asia/Kathmandu": date(2028, 2, 25),  # leap day
    "Pacific/Kiritimati": date(2026, 12, 28),  # year's end
}
WINDOW_DAYS = 9


def random_spec(rng: random.Random, zone: str, first: date) -> bt.CalendarSpec:
    def hours() -> tuple[bt.LocalInterval, ...]:
        found = []
        for _ in range(rng.choice((0, 1, 1, 2, 3))):
            start = rng.randrange(0, 1440, 5) * 60
            found.append(bt.LocalInterval(start, start + rng.choice((15, 45, 60, 180, 480, 720, 1440)) * 60))
        return tuple(found)

    def some_dates() -> list[date]:
        return [first + timedelta(days=rng.randrange(WINDOW_DAYS)) for _ in range(rng.randrange(3))]

    return bt.CalendarSpec(
        zone=zone,
        weekly=tuple(hours() for _ in range(7)),
        overrides={on: hours() for on in some_dates()},
        breaks={on: hours() for on in some_dates()},
        holidays=tuple(bt.Holiday(on) for on in some_dates()),
    )


@pytest.mark.parametrize("zone", WINDOWS)
def test_minute_by_minute(zone: str) -> None:
    rng = random.Random(f"minutes of {zone}")
    first = WINDOWS[zone]
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    compared = 0
    for _ in range(6):
        spec = random_spec(rng, zone, first)
        oracle = Oracle(spec, start, WINDOW_DAYS)
        for _ in range(25):
            low = rng.randrange(WINDOW_DAYS * 1440)
            high = rng.randrange(low, WINDOW_DAYS * 1440)
            low_at, high_at = start + timedelta(minutes=low), start + timedelta(minutes=high)
            assert bt.open_seconds(spec, low_at, high_at) == oracle.open_minutes(low, high) * 60

            target = rng.randrange(1, 1200)
            expected = oracle.due(low, target, WINDOW_DAYS)
            if expected is not None:
                assert bt.due_at(spec, low_at, target * 60) == start + timedelta(minutes=expected)
                compared += 1
        flags = [oracle.flags[oracle.zero + number] for number in range(WINDOW_DAYS * 1440)]
        runs = [(key, len(list(group))) for key, group in itertools.groupby(flags)]
        at, expected_spans = start, []
        for key, length in runs:
            if key:
                expected_spans.append((at, at + timedelta(minutes=length)))
            at += timedelta(minutes=length)
        assert bt.open_intervals(spec, start, start + timedelta(days=WINDOW_DAYS)) == expected_spans

    assert compared > 20

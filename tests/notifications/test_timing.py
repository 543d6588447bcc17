"""Quiet hours and digests in people's own zones, over clock changes."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from notifications.lifecycle import Mode
from notifications.models import Timing
from notifications.selectors.timing import hold_until, next_digest_at, quiet_until

ZONES = (
    "UTC", "Europe/Dublin", "America/New_York", "Asia/Singapore", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns",
    "Pacific/Apia", "Africa/Cairo", "Asia/Kathmandu",
)  # fmt: skip


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def quiet(start: str, end: str, days=()) -> Timing:
    return Timing(quiet_from=time.fromisoformat(start), quiet_until=time.fromisoformat(end), quiet_days=list(days))


@pytest.mark.parametrize(
    ("zone", "now", "expected"),
    [
        # 22:00–07:00, past midnight.
        ("Europe/Dublin", "2026-11-22T23:30:00", "2026-11-23T07:00:00"),
        ("Europe/Dublin", "2026-11-23T06:59:59", "2026-11-23T07:00:00"),
        ("Europe/Dublin", "2026-11-23T07:00:00", None),
        ("Europe/Dublin", "2026-11-22T21:59:59", None),
        ("Asia/Singapore", "2026-11-22T14:30:00", "2026-11-22T23:00:00"),
        ("Asia/Kolkata", "2026-11-22T17:00:00", "2026-11-23T01:30:00"),
        # The night on which New York's clocks go forward is an hour shorter, in autumn one longer.
        ("America/New_York", "2026-03-08T04:00:00", "2026-03-08T11:00:00"),
        ("America/New_York", "2026-11-01T03:00:00", "2026-11-01T12:00:00"),
        ("Australia/Lord_Howe", "2026-10-03T13:00:00", "2026-10-03T20:00:00"),
    ],
)
def test_a_night_is_quiet_in_the_persons_zone(zone, now, expected):
    found = quiet_until(quiet("22:00", "07:00"), ZoneInfo(zone), at=at(now))

    assert found == (at(expected) if expected else None)


def test_an_end_that_the_clocks_leave_out_is_the_change_itself():
    found = quiet_until(quiet("22:00", "02:30"), ZoneInfo("America/New_York"), at=at("2026-03-08T05:00:00"))

    assert found == at("2026-03-08T07:00:00")


def test_an_end_that_comes_twice_counts_the_first_time():
    found = quiet_until(quiet("22:00", "01:30"), ZoneInfo("America/New_York"), at=at("2026-11-01T04:00:00"))

    assert found == at("2026-11-01T05:30:00")


def test_days_are_those_on_which_a_stretch_begins():
    timing = quiet("22:00", "07:00", days=[5])  # Friday nights

    assert quiet_until(timing, ZoneInfo("UTC"), at=at("2026-11-21T03:00:00")) == at("2026-11-21T07:00:00")
    assert quiet_until(timing, ZoneInfo("UTC"), at=at("2026-11-21T23:00:00")) is None


def test_without_hours_nothing_is_quiet():
    assert quiet_until(None, ZoneInfo("UTC"), at=at("2026-11-21T03:00:00")) is None
    assert quiet_until(Timing(), ZoneInfo("UTC"), at=at("2026-11-21T03:00:00")) is None


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("start", "end"), [("22:00", "07:00"), ("12:15", "13:45"), ("02:15", "02:45"), ("00:00", "23:59")]
)
@pytest.mark.parametrize("month", [3, 10, 11])
def test_quiet_agrees_with_looking_at_the_wall_every_ten_minutes(zone, start, end, month):
    """Outside the hours in which clocks change, an instant is quiet if the wall shows a time between the ends."""
    timing, place = quiet(start, end), ZoneInfo(zone)
    low, high = time.fromisoformat(start), time.fromisoformat(end)
    now = datetime(2026, month, 1, tzinfo=UTC)
    checked = 0
    for _ in range(30 * 24 * 2):
        now += timedelta(minutes=30)
        local = now.astimezone(place)
        near = {(now + timedelta(hours=hours)).astimezone(place).utcoffset() for hours in (-4, 4)}
        if len(near) > 1:
            continue
        wall = local.time()
        inside = low <= wall < high if low < high else wall >= low or wall < high
        assert (quiet_until(timing, place, at=now) is not None) == inside, now
        checked += 1
    assert checked > 1000


@pytest.mark.parametrize("zone", ZONES)
def test_a_digest_comes_once_a_day_at_its_wall_time(zone):
    place, now, seen = ZoneInfo(zone), at("2026-01-01T00:00:00"), []
    while len(seen) < 366:
        now = next_digest_at(time(8, 0), place, after=now)
        seen.append(now.astimezone(place))

    assert {moment.time() for moment in seen} == {time(8, 0)}
    assert len({moment.date() for moment in seen}) == 366


def test_a_digest_time_that_the_clocks_leave_out_goes_at_the_change():
    place = ZoneInfo("America/New_York")

    assert next_digest_at(time(2, 30), place, after=at("2026-03-08T05:00:00")) == at("2026-03-08T07:00:00")


def delivery(*, mode=Mode.NOW, is_urgent=False, created="2026-11-22T12:00:00", timing=None, zone="Europe/Dublin"):
    person = SimpleNamespace(time_zone=zone, notice_timing=timing)
    return SimpleNamespace(user=person, mode=mode, is_urgent=is_urgent, created_at=at(created))


def test_a_digest_waits_for_its_time_and_for_the_end_of_quiet_hours():
    timing = quiet("22:00", "09:30")
    timing.digest_at = time(8, 0)
    held = delivery(mode=Mode.DIGEST, timing=timing)

    assert hold_until(held, at=at("2026-11-22T12:01:00")) == at("2026-11-23T08:00:00")
    assert hold_until(held, at=at("2026-11-23T08:00:00")) == at("2026-11-23T09:30:00")
    assert hold_until(held, at=at("2026-11-23T09:30:00")) is None


def test_nothing_holds_an_urgent_one_back():
    held = delivery(timing=quiet("22:00", "07:00"), is_urgent=True)

    assert hold_until(held, at=at("2026-11-22T23:00:00")) is None
    assert hold_until(delivery(timing=quiet("22:00", "07:00")), at=at("2026-11-22T23:00:00")) is not None

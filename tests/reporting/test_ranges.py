"""Stretches of time: local days and weeks through changes of the clocks, what is before, what is usual."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from reporting.pages import ranges

ZONES = (
    "UTC",
    "Europe/Dublin",
    "Europe/Berlin",
    "America/New_York",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Africa/Cairo",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Tokyo",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Pacific/Apia",
)
# Around the changes of 2026: March in America, March in Europe, April in Australia, October and November back.
AROUND = [
    datetime(2026, *day, 15, 20, tzinfo=UTC) for day in ((3, 10), (3, 31), (4, 7), (4, 28), (10, 6), (10, 27), (11, 3))
]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("at", AROUND)
def test_days_and_weeks_keep_the_local_time_of_day(zone, at):
    here = ZoneInfo(zone)
    local = at.astimezone(here)

    week = ranges.parse("7d", at=at, zone=here)
    days = ranges.parse(f"{(local - timedelta(days=3)).date()}..{(local - timedelta(days=1)).date()}", at=at, zone=here)

    assert week.end == at
    assert week.start.astimezone(here).replace(tzinfo=None) == local.replace(tzinfo=None) - timedelta(days=7)
    for edge in days.span:
        assert edge.astimezone(here).time() in (time(0), time(1))  # one o'clock where midnight is skipped
    before = ranges.previous(days.span, here)
    assert before[1] == days.start
    assert (before[1].astimezone(here).date() - before[0].astimezone(here).date()).days == 3
    for number, (start, end) in enumerate(ranges.usual(days.span, here), start=1):
        assert (days.start.astimezone(here).date() - start.astimezone(here).date()).days == 7 * number
        assert start.astimezone(here).weekday() == days.start.astimezone(here).weekday()
        assert end > start


def test_what_is_usual_for_more_than_a_week_never_overlaps_it():
    at = datetime(2026, 11, 23, 12, tzinfo=UTC)
    span = ranges.parse("28d", at=at, zone=ZoneInfo("Europe/Berlin")).span

    usual = ranges.usual(span, ZoneInfo("Europe/Berlin"))

    assert len(usual) == 8
    assert all(end <= span[0] + timedelta(hours=1) for _start, end in usual)


def test_a_range_ends_with_the_present_and_says_so_in_words():
    at = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
    zone = ZoneInfo("UTC")

    assert ranges.parse("2026-11-20..2026-11-30", at=at, zone=zone).end == at
    assert (
        ranges.in_words(ranges.parse("2026-11-01..2026-11-14", at=at, zone=zone).span, zone)
        == "1 Nov 2026 – 14 Nov 2026"
    )
    assert ranges.length_in_words(ranges.parse("24h", at=at, zone=zone).span) == "24 hours"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "0d",
        "-7d",
        "7",
        "7 d",
        "5000d",
        "2026-11-02..2026-11-01",
        "2026-02-30..2026-03-01",
        "2027-01-01..2027-01-02",
    ],
)
def test_what_is_no_range_is_refused_with_words(text):
    with pytest.raises(ranges.BadRange) as refused:
        ranges.parse(text, at=datetime(2026, 11, 23, tzinfo=UTC), zone=ZoneInfo("UTC"))

    assert refused.value.sentence

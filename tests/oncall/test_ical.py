"""Reading feeds of holidays, and writing our own, which a library we did not write reads back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import vobject

from oncall.business_time import open_intervals, spec_from_rules
from oncall.ical import MOST_BYTES, Day, FeedUnreadable, Noted, Reading, read_days, write_feed

SINCE, UNTIL = date(2026, 1, 1), date(2029, 1, 1)


def event(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT", ""])


def feed(*events: str) -> bytes:
    return ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//\r\n" + "".join(events) + "END:VCALENDAR\r\n").encode()


def read(*events: str, zone: str = "Europe/Berlin") -> Reading:
    return read_days(feed(*events), zone=zone, since=SINCE, until=UNTIL)


def test_whole_days_end_before_their_end_date() -> None:
    reading = read(event("SUMMARY:Christmas", "DTSTART;VALUE=DATE:20261225", "DTEND;VALUE=DATE:20261227"))

    assert reading.days == (Day(date(2026, 12, 25), "Christmas"), Day(date(2026, 12, 26), "Christmas"))
    assert reading.notes == ()


@pytest.mark.parametrize("end", ["DTEND;VALUE=DATE:20260505", "DURATION:P1D", "X-NOTHING:1"])
def test_a_day_without_a_later_end_is_one_day(end: str) -> None:
    assert read(event("SUMMARY:Day", "DTSTART;VALUE=DATE:20260505", end)).days == (Day(date(2026, 5, 5), "Day"),)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("DTSTART;TZID=Europe/Berlin:20261224T120000", "DTEND;TZID=Europe/Berlin:20261225T120000"),
        ("DTSTART:20261224T110000Z", "DTEND:20261225T110000Z"),
        ("DTSTART:20261224T120000", "DURATION:P1D"),
    ],
)
def test_times_close_part_of_a_day_in_the_feeds_zone(start: str, end: str) -> None:
    assert read(event("SUMMARY:Move", start, end)).days == (
        Day(date(2026, 12, 24), "Move", "12:00:00", "24:00"),
        Day(date(2026, 12, 25), "Move", "00:00:00", "12:00:00"),
    )


def test_midnight_to_midnight_is_a_whole_day() -> None:
    assert read(event("SUMMARY:Day", "DTSTART:20260505T000000", "DTEND:20260506T000000")).days == (
        Day(date(2026, 5, 5), "Day"),
    )


def test_a_time_is_read_in_the_zone_also_where_the_date_differs() -> None:
    late = event("SUMMARY:Late", "DTSTART:20260504T200000Z", "DTEND:20260504T210000Z")

    assert read(late, zone="Asia/Tokyo").days == (Day(date(2026, 5, 5), "Late", "05:00:00", "06:00:00"),)


def test_repetitions_are_followed_within_the_window_with_their_exceptions() -> None:
    new_year = event(
        "UID:1", "SUMMARY:New Year", "DTSTART;VALUE=DATE:20100101", "RRULE:FREQ=YEARLY", "EXDATE;VALUE=DATE:20270101"
    )

    assert [day.on for day in read(new_year).days] == [date(2026, 1, 1), date(2028, 1, 1)]


def test_a_moved_occurrence_stands_on_its_new_date_whichever_comes_first() -> None:
    series = event("UID:t", "SUMMARY:Thanks", "DTSTART;VALUE=DATE:20201126", "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH")
    moved = event("UID:t", "RECURRENCE-ID;VALUE=DATE:20261126", "SUMMARY:Thanks, later", "DTSTART;VALUE=DATE:20261130")
    called_off = event(
        "UID:t",
        "RECURRENCE-ID;VALUE=DATE:20271125",
        "SUMMARY:Thanks",
        "DTSTART;VALUE=DATE:20271125",
        "STATUS:CANCELLED",
    )

    expected = [date(2026, 11, 30), date(2028, 11, 23)]
    assert [day.on for day in read(series, moved, called_off).days] == expected
    assert [day.on for day in read(called_off, moved, series).days] == expected


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=YEARLY;UNTIL=20270505", 2),
        ("FREQ=YEARLY;UNTIL=20270505T000000Z", 2),
        ("FREQ=YEARLY;COUNT=2", 2),
        ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=3", 4),
        ("FREQ=WEEKLY;BYDAY=TU;COUNT=3", 3),
        ("FREQ=YEARLY;INTERVAL=2", 2),
    ],
)
def test_common_rules(rule: str, days: int) -> None:
    reading = read(event("UID:1", "SUMMARY:Day", "DTSTART;VALUE=DATE:20260505", f"RRULE:{rule}"))

    assert len(reading.days) == days
    assert reading.notes == ()


@pytest.mark.parametrize(
    "rule", ["FREQ=SECONDLY", "FREQ=HOURLY;COUNT=9", "FREQ=YEARLY;BYHOUR=1,2,3", "FREQ=DAILY;BYMONTH=2", "FREQ=NEVER"]
)
def test_a_rule_that_is_not_understood_counts_its_first_day_and_says_so(rule: str) -> None:
    reading = read(event("UID:1", "SUMMARY:Odd", "DTSTART;VALUE=DATE:20260505", f"RRULE:{rule}"))

    assert [day.on for day in reading.days] == [date(2026, 5, 5)]
    assert "Odd" in reading.notes[0]


def test_cancelled_entries_and_entries_out_of_the_window_are_left_out() -> None:
    kept = event("SUMMARY:Kept", "DTSTART;VALUE=DATE:20260505")
    gone = event("SUMMARY:Gone", "DTSTART;VALUE=DATE:20260506", "STATUS:CANCELLED")
    past, later = (event("SUMMARY:Far", f"DTSTART;VALUE=DATE:{year}0506") for year in (2025, 2029))

    assert [day.name for day in read(kept, gone, past, later).days] == ["Kept"]


def test_entries_that_cannot_be_read_are_named_and_the_others_stand() -> None:
    good = event("SUMMARY:Good", "DTSTART;VALUE=DATE:20260505")
    bad = [
        event("SUMMARY:No date"),
        event("SUMMARY:Garbage", "DTSTART:garbage"),
        event("SUMMARY:Mixed", "DTSTART;VALUE=DATE:20260505", "DTEND:20260506T100000"),
        event("SUMMARY:Backwards", "DTSTART:20260505T100000", "DTEND:20260505T090000"),
        event("SUMMARY:For ever", "DTSTART;VALUE=DATE:20260505", "DTEND;VALUE=DATE:20290505"),
        event("SUMMARY:Twice", "DTSTART;VALUE=DATE:20260505", "DTSTART;VALUE=DATE:20260507"),
    ]

    reading = read(good, *bad)

    assert [day.name for day in reading.days] == ["Good"]
    assert len(reading.notes) == len(bad)


def test_names_lose_what_cannot_be_shown_and_have_a_length() -> None:
    reading = read(event("SUMMARY:  A\\n B\u202e" + "x" * 300, "DTSTART;VALUE=DATE:20260505"))

    assert reading.days[0].name.startswith("A Bxxx")
    assert len(reading.days[0].name) == 120


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not an iCal file"),
        (b"<!doctype html><title>Sign in</title>", "not an iCal file"),
        (b"\xff\xfeB\x00E\x00", "UTF-8"),
        ("BEGIN:VCALENDAR\r\nX:é".encode("latin-1"), "UTF-8"),
        (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "breaks off"),
        (b"BEGIN:VCALENDAR\r\n:::\r\nEND:VCALENDAR\r\n", "cannot be read"),
        (b"BEGIN:VCALENDAR\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", "cannot be read"),
        (feed(), "names no day"),
        (feed(event("SUMMARY:Old", "DTSTART;VALUE=DATE:20010101")), "names no day"),
        (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 9_000 + b"END:VCALENDAR\r\n", "names no day"),
        (b"BEGIN:VCALENDAR" + b" " * MOST_BYTES, "larger"),
        (feed(*[event("SUMMARY:x", "DTSTART;VALUE=DATE:20260505")] * 5_001), "entries"),
        (
            feed(
                *[
                    event(f"UID:{n}", f"SUMMARY:{n}", "DTSTART;VALUE=DATE:20260101", "RRULE:FREQ=DAILY")
                    for n in range(3)
                ]
            ),
            "closes more than",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_as_a_whole_with_a_sentence(data: bytes, says: str) -> None:
    with pytest.raises(FeedUnreadable, match=says):
        read_days(data, zone="Europe/Berlin", since=SINCE, until=UNTIL)


def test_rules_that_take_for_ever_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oncall.ical._SECONDS", -1.0)

    with pytest.raises(FeedUnreadable, match="too long"):
        read(event("UID:1", "SUMMARY:x", "DTSTART;VALUE=DATE:20260505", "RRULE:FREQ=YEARLY"))


def test_another_library_reads_our_feed_as_the_arithmetic_has_it() -> None:
    nights = {day: [["22:00", "06:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    spec = spec_from_rules(
        {"zone": "Europe/Berlin", "weekly": nights, "holidays": [{"on": "2026-03-30", "name": "Fair; with, signs"}]}
    )
    start = datetime(2026, 3, 27, tzinfo=UTC)
    opens = open_intervals(spec, start, start + timedelta(days=7))  # over the change of clocks

    written = write_feed(
        key="nights",
        name="Nights in Berlin",
        zone="Europe/Berlin",
        version=3,
        opens=opens,
        noted=[Noted(date(2026, 3, 30), "Fair; with, signs " + "ö" * 80)],
        at=start,
    )

    parsed = vobject.readOne(written.decode())
    timed = [one for one in parsed.vevent_list if isinstance(one.dtstart.value, datetime)]
    days = [one for one in parsed.vevent_list if not isinstance(one.dtstart.value, datetime)]
    assert [(one.dtstart.value, one.dtend.value) for one in timed] == [(span.start, span.end) for span in opens]
    assert [(one.dtstart.value, one.dtend.value, one.summary.value) for one in days] == [
        (date(2026, 3, 30), date(2026, 3, 31), "Fair; with, signs " + "ö" * 80)
    ]
    assert len({one.uid.value for one in parsed.vevent_list}) == len(parsed.vevent_list)
    assert parsed.contents["x-wr-calname"][0].value == "Nights in Berlin"
    assert max(len(line) for line in written.split(b"\r\n")) <= 75

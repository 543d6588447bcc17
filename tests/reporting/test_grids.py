"""Figures of many cells: they sum to what the single figures say, hours and days are the reader's, small cells stay untold."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from reporting.models import CaseFact, ClosingFact
from reporting.selectors import figures, grids
from reporting.selectors.figures import Scope, Window
from tests.factories.cases import make_case
from tests.factories.people import NOON, make_vendor

pytestmark = pytest.mark.django_db
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
ALL_OF_IT = Scope.everything()
BERLIN = ZoneInfo("Europe/Berlin")


def fact(vendor, *, received_at=NOON, closes=(), handle_s=0.0, **more):
    """The fact of a new case with its closes: (closed, reopened or None, why)."""
    number = make_case(organization=vendor).pk
    last = closes[-1] if closes else None
    is_open = last is None or last[1] is not None
    row = CaseFact(
        case_id=number,
        organization=vendor,
        queue_id=1,
        severity=more.pop("severity", 2),
        severity_first=2,
        harm=more.pop("harm", "spam"),
        market="DE",
        language="de",
        surface="ads",
        channel="api",
        shift="day",
        is_child=False,
        received_at=received_at,
        is_open=is_open,
        first_closed_at=closes[0][0] if closes else None,
        last_closed_at=None if is_open else last[0],
        handle_s=handle_s,
    )
    row.save()
    for place, (closed_at, reopened_at, why) in enumerate(closes, start=1):
        ClosingFact.objects.create(
            organization=vendor,
            case_id=number,
            number=place,
            closed_at=closed_at,
            resolution="actioned",
            reopened_at=reopened_at,
            reopened_why=why,
        )
    return row


def test_a_grid_holds_the_same_cases_as_the_series_of_the_whole():
    vendor = make_vendor()
    for number in range(9):
        fact(vendor, received_at=NOON + number * DAY, harm="spam" if number % 3 else "scam")
    windows = [Window(NOON + place * WEEK, NOON + (place + 1) * WEEK) for place in range(3)]

    lines = grids.series_by("volume", scope=ALL_OF_IT, windows=windows, by="harm", at=NOON + 30 * DAY)
    whole = figures.series("volume", scope=ALL_OF_IT, windows=windows, at=NOON + 30 * DAY)

    assert [line.value.key for line in lines] == ["spam", "scam"]
    sums = [sum(line.figures[place].value for line in lines) for place in range(3)]
    assert sums == [point.figure.value for point in whole] == [7, 2, 0]


def test_what_a_measure_has_no_dimension_for_is_refused():
    with pytest.raises(figures.UnknownMeasure):
        grids.series_by("volume", scope=ALL_OF_IT, windows=[], by="clock", at=NOON)


def test_a_cell_too_small_for_the_reader_has_no_value():
    vendor = make_vendor()
    for number in range(7):
        fact(vendor, received_at=NOON, harm="spam" if number < 5 else "scam")
    small = Scope(small_cell=5)

    lines = grids.series_by("volume", scope=small, windows=[Window(NOON, NOON + DAY)], by="harm", at=NOON + DAY)

    assert {line.value.key: line.figures[0].value for line in lines} == {"spam": 5, "scam": None}


def test_hours_are_those_of_the_zone_on_days_when_clocks_change():
    vendor = make_vendor()
    # 25 October 2026: clocks go back at 03:00 in Berlin, so 00:30 and 01:30 UTC are both half past two.
    for hour in (0, 1, 2):
        fact(vendor, received_at=datetime(2026, 10, 25, hour, 30, tzinfo=UTC))
    window = Window(datetime(2026, 10, 18, 22, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC))

    found = grids.hours_of_week(scope=ALL_OF_IT, window=window, zone=BERLIN)

    assert found == {(6, 2): 2, (6, 3): 1}


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns", "UTC"])
@pytest.mark.parametrize(
    "start", [datetime(2026, 3, 25, 13, 7, tzinfo=UTC), datetime(2026, 10, 20, 0, 59, 58, tzinfo=UTC)]
)
def test_stretches_of_local_hours_cover_a_window_once(zone, start):
    window = Window(start, start + 2 * WEEK)

    spans = sorted(
        (span for spans in grids.hour_windows(window, ZoneInfo(zone)).values() for span in spans),
        key=lambda span: span.start,
    )

    assert spans[0].start == window.start
    assert spans[-1].end == window.end
    assert all(one.end == after.start for one, after in itertools.pairwise(spans))


def test_the_backlog_by_age_sums_to_the_backlog_with_cases_that_came_back():
    vendor = make_vendor()
    fact(vendor)
    fact(vendor, received_at=NOON - 10 * DAY, closes=[(NOON + HOUR, None, "")])
    fact(vendor, received_at=NOON - DAY, closes=[(NOON + HOUR, NOON + 3 * DAY, "again")])
    fact(vendor, received_at=NOON - DAY, closes=[(NOON, NOON + DAY, "again"), (NOON + 2 * DAY, None, "")])
    moments = [NOON + place * 12 * HOUR for place in range(10)]

    found = grids.backlog_by_age(scope=ALL_OF_IT, moments=moments)
    backlog = [
        figures.figure("backlog", scope=ALL_OF_IT, window=Window(NOON - 99 * DAY, moment), at=NOON + 99 * DAY).value
        for moment in moments
    ]

    assert [sum(counts) for _moment, counts in found] == backlog
    assert found[0][1] == [1, 0, 0, 1, 0, 1]  # just in, a day old, ten days old; the fourth had just been closed


def test_handle_time_of_few_cases_is_no_spread():
    vendor = make_vendor()
    for number in range(19):
        closes = [(NOON + HOUR, None, "")]
        fact(vendor, closes=closes, handle_s=60.0 * (number + 1), harm="spam" if number < 10 else "scam")

    found = grids.handle_time_by("harm", scope=ALL_OF_IT, window=Window(NOON, NOON + DAY))

    assert [(one.value.key, one.n, one.points is None) for one in found] == [("spam", 10, False), ("scam", 9, True)]
    assert found[0].points == pytest.approx((195, 330, 465, 546))


def test_reasons_for_reopening_count_together_whatever_their_capitals():
    vendor = make_vendor()
    for why, days in (("New proof", 1), (" new PROOF ", 14), ("Typing error", 2), ("Late", 15)):
        fact(vendor, closes=[(NOON, NOON + days * DAY, why)])

    found = grids.reopened_why(scope=ALL_OF_IT, window=Window(NOON, NOON + DAY))

    assert [(one.reason.lower(), one.n, len(one.refs)) for one in found] == [
        ("new proof", 2, 2),
        ("typing error", 1, 1),
    ]

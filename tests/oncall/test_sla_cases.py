"""The worked cases of other products against our arithmetic; where they differ by convention, the difference is listed."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_of_day
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from oncall import business_time as bt

CASES_FILE = Path(os.environ.get("SLA_CASES") or Path(__file__).parent.parent / "data" / "sla-cases.json")
DATA = json.loads(CASES_FILE.read_text())
CASES: dict[str, dict[str, Any]] = {case["id"]: case for case in DATA["cases"]}

# Cases that follow a convention we do not share, with ours beside it. They must go on differing: see the last test.
KNOWN_DIFFERENCES = {
    "biz-dst-1": "a clock time skipped in spring is the instant of the change for us, not one hour later: 10:00Z to 10:15Z is open",
    "biz-clock-2": "a clock time skipped in spring is the instant of the change for us, not one hour later",
    "biz-clock-4": "a clock time that comes twice in autumn ends at its last occurrence for us, not its first",
    "cw-13": "a calendar that is never open is refused at saving; we never fall back to wall-clock time",
}


def differs_by_rule(case: dict[str, Any]) -> bool:
    """Whether a case follows biz's rule for clock times that are skipped or come twice: also in another file than ours."""
    if case["boundary"] == "dst_gap_shift_rule":
        return True
    if case["kind"] != "clock_resolution" or case.get("rule") != "biz":
        return False
    local = datetime.combine(date.fromisoformat(case["local_date"]), clock_of_day.min) + clock_of(case)
    offsets = [local.replace(tzinfo=ZoneInfo(case["time_zone"]), fold=fold).utcoffset() for fold in (0, 1)]
    is_skipped, is_twice = offsets[0] < offsets[1], offsets[0] > offsets[1]  # type: ignore[operator]
    return is_skipped or (is_twice and case["role"] == "end")


def clock_of(case: dict[str, Any]) -> timedelta:
    hours, minutes, *seconds = map(int, case["local_clock"].split(":"))
    return timedelta(hours=hours, minutes=minutes, seconds=sum(seconds))


DIFFERING = {name for name, case in CASES.items() if name in KNOWN_DIFFERENCES or differs_by_rule(case)}
# What each known difference comes out as here, so that our own rule is pinned down too.
OURS: dict[str, Any] = {
    "biz-dst-1": [
        [datetime(2006, 4, 2, 10, 0, tzinfo=UTC), datetime(2006, 4, 2, 10, 15, tzinfo=UTC)],
        [datetime(2006, 4, 3, 16, 0, tzinfo=UTC), datetime(2006, 4, 4, 0, 0, tzinfo=UTC)],
    ],
    "biz-clock-2": datetime(2014, 3, 9, 10, 0, tzinfo=UTC),
}
# Kinds that speak of a case's life or of a product's settings rather than of arithmetic.
NOT_ARITHMETIC = ("lifecycle", "policy_rule")

EXPRESSIBLE = [name for name, case in CASES.items() if case["kind"] not in NOT_ARITHMETIC]


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def spec_of(case: dict[str, Any]) -> bt.CalendarSpec:
    if case["kind"] == "due_over_periods":
        return spec_over_periods(case["periods"])
    calendar = DATA["calendars"][case["calendar"]]
    return bt.spec_from_rules(
        {
            "zone": calendar["time_zone"],
            "weekly": calendar["hours"],
            "overrides": calendar.get("date_overrides", {}),
            "breaks": calendar.get("breaks", {}),
            "holidays": [{"on": on} for on in calendar.get("holidays", [])],
        }
    )


def spec_over_periods(periods: list[list[str]]) -> bt.CalendarSpec:
    """Whole days open on the dates of the periods and at no other time."""
    whole_day = (bt.local_interval("00:00", "24:00"),)
    overrides: dict[date, tuple[bt.LocalInterval, ...]] = {}
    for start, end in periods:
        on, last = instant(start).date(), instant(end).date()
        while on < last:
            overrides[on] = whole_day
            on += timedelta(days=1)
    return bt.CalendarSpec(zone="UTC", weekly=((),) * 7, overrides=overrides)


def pauses_of(case: dict[str, Any]) -> list[tuple[datetime, datetime]]:
    return [(instant(pause["from"]), instant(pause["to"])) for pause in case.get("pauses", [])]


def target_of(case: dict[str, Any]) -> int:
    return case["target_seconds"] if "target_seconds" in case else case["target_minutes"] * 60


def check_due(case: dict[str, Any]) -> None:
    spec, pauses, target_s = spec_of(case), pauses_of(case), target_of(case)
    start, expected = instant(case["start"]), case["expected"]
    due = bt.due_at(spec, start, target_s, pauses)
    breach = bt.breach_at(spec, start, target_s, pauses)
    assert due is not None
    assert breach is not None
    assert due <= breach
    if "due_exact" in expected:
        assert due == instant(expected["due_exact"])
        assert abs(due - instant(expected["due"])) < timedelta(seconds=60)
    elif case["boundary"] == "next_open":
        assert breach == instant(expected["due"])
    elif case["boundary"] == "zero":
        assert due <= instant(expected["due"]) <= breach
    else:
        assert due == instant(expected["due"])
    if case["boundary"] == "interior" and bt.is_open(spec, due):
        assert breach == due
    if "clock_starts" in expected:
        assert bt.next_open(spec, start) == instant(expected["clock_starts"])
    if "paused_seconds" in expected:
        assert sum(bt.open_seconds(spec, low, high) for low, high in pauses) == expected["paused_seconds"]
    if "warning_at_minus_60" in expected:
        assert bt.due_before(spec, due, 3600, pauses) == instant(expected["warning_at_minus_60"])


def check_elapsed(case: dict[str, Any]) -> None:
    start, stop = instant(case["start"]), instant(case["stop"])
    if "clip_to" in case:
        start, stop = max(start, instant(case["clip_to"][0])), min(stop, instant(case["clip_to"][1]))
    elapsed = bt.open_seconds(spec_of(case), start, stop, pauses_of(case)) / 60
    assert elapsed == case["expected"]["elapsed_minutes"]
    if "remaining_minutes" in case["expected"]:
        assert case["target_minutes"] - elapsed == case["expected"]["remaining_minutes"]


def check_next_open(case: dict[str, Any]) -> None:
    assert bt.next_open(spec_of(case), instant(case["start"])) == instant(case["expected"]["next_open"])


def ours_of_intervals(case: dict[str, Any]) -> list[list[datetime]]:
    count = len(case["expected"]["intervals"])
    start = instant(case["start"])
    found = bt.open_intervals(spec_of(case), start, start + bt.HORIZON)
    return [list(span) for span in found[:count]]


def check_open_intervals(case: dict[str, Any]) -> None:
    assert ours_of_intervals(case) == [[instant(edge) for edge in span] for span in case["expected"]["intervals"]]


def ours_of_clock(case: dict[str, Any]) -> datetime:
    role = "end" if case["role"] == "end" else "start"
    return bt.resolve_local(
        case["time_zone"], date.fromisoformat(case["local_date"]), clock_of(case) // timedelta(seconds=1), role
    )


def check_clock_resolution(case: dict[str, Any]) -> None:
    assert ours_of_clock(case) == instant(case["expected"]["instant"])


def check_due_before(case: dict[str, Any]) -> None:
    found = bt.due_before(spec_of(case), instant(case["from_instant"]), case["minutes_before"] * 60)
    assert found == instant(case["expected"]["instant"])


def check_business_days(case: dict[str, Any]) -> None:
    to_closing = case.get("round_to") == "end_of_working_day"
    found = bt.working_days(spec_of(case), instant(case["start"]), case["target_days"], to_closing=to_closing)
    assert found == instant(case["expected"]["due"])


CHECKS = {
    "due": check_due,
    "due_over_periods": check_due,
    "elapsed": check_elapsed,
    "next_open": check_next_open,
    "open_intervals": check_open_intervals,
    "clock_resolution": check_clock_resolution,
    "due_before": check_due_before,
    "business_days": check_business_days,
}


@pytest.mark.parametrize("name", [name for name in EXPRESSIBLE if name not in DIFFERING])
def test_case_comes_out_as_its_source_says(name: str) -> None:
    CHECKS[CASES[name]["kind"]](CASES[name])


@pytest.mark.parametrize("name", [name for name in EXPRESSIBLE if name in DIFFERING])
def test_known_difference_still_differs(name: str) -> None:
    with pytest.raises(AssertionError):
        CHECKS[CASES[name]["kind"]](CASES[name])


def test_our_own_answers_where_a_source_skips_an_hour() -> None:
    ours = {"biz-dst-1": ours_of_intervals, "biz-clock-2": ours_of_clock}
    case = dict(CASES["biz-dst-1"]) if "biz-dst-1" in CASES else None
    if case is None or "biz-clock-2" not in CASES:
        pytest.skip("the cases file holds no such case")
    case["expected"] = {"intervals": OURS["biz-dst-1"]}

    assert ours["biz-dst-1"](case) == OURS["biz-dst-1"]
    assert ours["biz-clock-2"](CASES["biz-clock-2"]) == OURS["biz-clock-2"]


def test_a_calendar_that_is_never_open_is_refused() -> None:
    with pytest.raises(bt.CalendarRulesInvalid, match="at least one minute"):
        bt.spec_from_rules({"zone": "UTC", "weekly": {}})


def test_every_kind_of_the_file_is_either_checked_or_no_arithmetic() -> None:
    kinds = {case["kind"] for case in CASES.values()}

    assert kinds <= set(CHECKS) | set(NOT_ARITHMETIC)
    assert EXPRESSIBLE


def test_every_difference_of_our_own_file_is_listed_with_its_reason() -> None:
    if "SLA_CASES" in os.environ:
        pytest.skip("another file was given")

    assert set(KNOWN_DIFFERENCES) >= DIFFERING
    assert len(EXPRESSIBLE) > 40

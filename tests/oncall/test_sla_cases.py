"""The worked cases of other products against our arithmetic; where they differ by convention, the difference is listed.

`SLA_CASES` names another file of the same shape. Of such a file every case that is arithmetic is checked by the same rules;
cases that follow a convention we do not share may agree or not, and what is no arithmetic is skipped by id with the reason.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_of_day
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from escalations.clock_life import Fact, Life
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
    if case.get("boundary") == "dst_gap_shift_rule" or is_refused(case):
        return True
    if case["kind"] != "clock_resolution" or case.get("rule") != "biz":
        return False
    local = datetime.combine(date.fromisoformat(case["local_date"]), clock_of_day.min) + clock_of(case)
    offsets = [local.replace(tzinfo=ZoneInfo(case["time_zone"]), fold=fold).utcoffset() for fold in (0, 1)]
    is_skipped, is_twice = offsets[0] < offsets[1], offsets[0] > offsets[1]  # type: ignore[operator]
    return is_skipped or (is_twice and case["role"] == "end")


def is_refused(case: dict[str, Any]) -> bool:
    """Whether the case stands on a calendar that we would not let anybody publish."""
    try:
        spec_of(case) if case.get("calendar") else None
    except bt.CalendarRulesInvalid:
        return True
    return False


def clock_of(case: dict[str, Any]) -> timedelta:
    hours, minutes, *seconds = map(int, case["local_clock"].split(":"))
    return timedelta(hours=hours, minutes=minutes, seconds=sum(seconds))


# What each known difference comes out as here, so that our own rule is pinned down too.
OURS: dict[str, Any] = {
    "biz-dst-1": [
        [datetime(2006, 4, 2, 10, 0, tzinfo=UTC), datetime(2006, 4, 2, 10, 15, tzinfo=UTC)],
        [datetime(2006, 4, 3, 16, 0, tzinfo=UTC), datetime(2006, 4, 4, 0, 0, tzinfo=UTC)],
    ],
    "biz-clock-2": datetime(2014, 3, 9, 10, 0, tzinfo=UTC),
}
# Kinds that speak of a case's life or of a product's settings rather than of arithmetic.
NOT_ARITHMETIC = {
    "lifecycle": "says which state a product shows; ours are tested in tests/escalations",
    "policy_rule": "says what a product does by its settings, which we do not share",
}


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
            "holidays": [holiday for entry in calendar.get("holidays", []) if (holiday := holiday_of(entry))],
        }
    )


def holiday_of(entry: str | dict[str, Any]) -> dict[str, Any] | None:
    """A holiday is a date, or an object with its date and perhaps its hours; one marked inactive is none."""
    if isinstance(entry, str):
        return {"on": entry}
    if not entry.get("active", True):
        return None
    found = {"on": entry.get("on") or entry["date"]}
    return found | {"from": entry["from"], "to": entry["to"]} if "from" in entry else found


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


def pauses_of(case: dict[str, Any]) -> list[tuple[datetime, datetime | None]]:
    return [
        (instant(pause["from"]), instant(pause["to"]) if pause.get("to") else None) for pause in case.get("pauses", [])
    ]


def target_of(case: dict[str, Any]) -> float:
    for name, factor in (("target_seconds", 1), ("target_minutes", 60), ("target_hours", 3600)):
        if case.get(name) is not None:
            return float(case[name]) * factor
    raise KeyError(f"{case['id']} has no target")


def check_due(case: dict[str, Any]) -> None:
    spec, pauses, target_s = spec_of(case), pauses_of(case), target_of(case)
    start, expected, boundary = instant(case["start"]), case["expected"], case.get("boundary")
    due = bt.due_at(spec, start, target_s, pauses)
    breach = bt.breach_at(spec, start, target_s, pauses)
    assert due is not None
    assert breach is not None
    assert due <= breach
    check_by_events(spec, start, target_s, pauses, due, breach)
    if "due_exact" in expected:
        assert due == instant(expected["due_exact"])
        assert abs(due - instant(expected["due"])) < timedelta(seconds=60)
    elif boundary == "next_open":
        assert breach == instant(expected["due"])
    elif boundary == "zero":
        assert due <= instant(expected["due"]) <= breach
    elif drops_seconds(case):
        assert abs(due - instant(expected["due"])) < timedelta(seconds=60)
    else:
        assert due == instant(expected["due"])
    if boundary == "interior" and bt.is_open(spec, due):
        assert breach == due
    if "clock_starts" in expected:
        assert bt.next_open(spec, start) == instant(expected["clock_starts"])
    if "paused_seconds" in expected:
        assert sum(bt.open_seconds(spec, low, high or due) for low, high in pauses) == expected["paused_seconds"]
    for name, at in expected.items():
        if name.startswith("warning_at_minus_"):  # minutes of open time before the due time
            assert bt.due_before(spec, due, 60 * int(name.rpartition("_")[2]), pauses) == instant(at)


def drops_seconds(case: dict[str, Any]) -> bool:
    """Zammad rounds a start down to its minute (known conflict of the file); we keep seconds."""
    return str(case.get("source", "")).startswith("zammad") and instant(case["start"]).second > 0


def check_by_events(
    spec: bt.CalendarSpec,
    start: datetime,
    target_s: float,
    pauses: list[tuple[datetime, datetime | None]],
    due: datetime,
    breach: datetime,
) -> None:
    """A clock folded from events of the same life says the same."""
    if target_s != int(target_s):
        return
    facts = [Fact("start", start, data={"target_s": int(target_s), "calendar_version": 1})]
    for low, high in pauses:
        facts.append(Fact("pause", low, data={"reason": "submitter"}))
        if high is not None:
            facts.append(Fact("resume", high))
    values = Life(facts, lambda _version: spec).values()
    assert (values.due_at, values.breach_at) == (due, breach)


def check_elapsed(case: dict[str, Any]) -> None:
    start, stop = instant(case["start"]), instant(case["stop"])
    if "clip_to" in case:
        start, stop = max(start, instant(case["clip_to"][0])), min(stop, instant(case["clip_to"][1]))
    elapsed_s, expected = bt.open_seconds(spec_of(case), start, stop, pauses_of(case)), case["expected"]
    for unit, factor in (("seconds", 1), ("minutes", 60), ("hours", 3600)):
        if f"elapsed_{unit}" in expected:
            assert elapsed_s / factor == expected[f"elapsed_{unit}"]
        if f"remaining_{unit}" in expected:
            assert (target_of(case) - elapsed_s) / factor == expected[f"remaining_{unit}"]
    if "met" in expected:
        assert (elapsed_s <= target_of(case)) == expected["met"]
    assert any(name.startswith("elapsed_") for name in expected)


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
    amount_s = case["seconds_before"] if "seconds_before" in case else case["minutes_before"] * 60
    found = bt.due_before(spec_of(case), instant(case["from_instant"]), amount_s, pauses_of(case))
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


IS_OURS = "SLA_CASES" not in os.environ
EXPRESSIBLE = [name for name, case in CASES.items() if case["kind"] in CHECKS]
DIFFERING = {name for name, case in CASES.items() if name in KNOWN_DIFFERENCES or differs_by_rule(case)}


@pytest.mark.parametrize("name", [name for name in EXPRESSIBLE if name not in DIFFERING])
def test_case_comes_out_as_its_source_says(name: str) -> None:
    CHECKS[CASES[name]["kind"]](CASES[name])


@pytest.mark.parametrize("name", sorted(DIFFERING & set(EXPRESSIBLE)))
def test_known_difference_still_differs(name: str) -> None:
    try:
        CHECKS[CASES[name]["kind"]](CASES[name])
    except (AssertionError, bt.CalendarRulesInvalid):
        return
    if IS_OURS or name in KNOWN_DIFFERENCES:
        pytest.fail(f"{name} comes out as its source says: {KNOWN_DIFFERENCES.get(name, 'it follows another rule')}")


@pytest.mark.parametrize("name", [name for name in CASES if name not in EXPRESSIBLE])
def test_what_is_no_arithmetic_is_named(name: str) -> None:
    kind = CASES[name]["kind"]
    if IS_OURS:
        assert name in KNOWN_DIFFERENCES
    pytest.skip(f"{name}: {NOT_ARITHMETIC.get(kind, f'no check knows the kind {kind}')}")


@pytest.mark.parametrize("name", sorted(DATA["calendars"]))
def test_every_calendar_of_the_file_can_be_published_and_opens(name: str) -> None:
    case = {"kind": "due", "calendar": name}
    if is_refused(case):
        pytest.skip(f"{name}: a calendar that is never open is refused at saving")
    assert bt.next_open(spec_of(case), datetime(2024, 1, 1, tzinfo=UTC)) is not None


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

    assert kinds <= set(CHECKS) | set(NOT_ARITHMETIC) or not IS_OURS
    assert EXPRESSIBLE or not IS_OURS


def test_every_difference_of_our_own_file_is_listed_with_its_reason() -> None:
    if not IS_OURS:
        pytest.skip("another file was given")

    assert set(KNOWN_DIFFERENCES) >= DIFFERING
    assert len(EXPRESSIBLE) > 40

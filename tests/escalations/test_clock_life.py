"""Laws of a clock's life, over lives and calendars nobody thought of (sla.md §3.8). Pure: no database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from escalations.clock_life import Fact, Life, grace_for
from escalations.lifecycle import ClockState, Metric
from oncall import business_time as bt

HOUR = timedelta(hours=1)
laws = settings(max_examples=80, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Pacific/Chatham", "Australia/Lord_Howe", "America/Santiago")


@st.composite
def calendars(draw: st.DrawFn) -> dict[int, bt.CalendarSpec]:
    """Three calendar versions by id: 1 and 2 any office hours, 3 around the clock."""
    found = {3: bt.ALWAYS_OPEN}
    for number in (1, 2):
        interval = st.tuples(st.integers(0, 23), st.integers(1, 24)).map(
            lambda pair: bt.LocalInterval(pair[0] * 3600, (pair[0] + pair[1]) * 3600)
        )
        hours = st.lists(interval, max_size=2).map(tuple)
        weekly = draw(st.tuples(*[hours] * 7).filter(any))
        found[number] = bt.CalendarSpec(zone=draw(st.sampled_from(ZONES)), weekly=weekly)
    return found


@st.composite
def lives(draw: st.DrawFn) -> list[Fact]:
    """Facts in the order a verb could write them: each after the one before, pauses ended before new ones."""
    at = datetime(2026, 3, 20, tzinfo=UTC) + draw(st.timedeltas(timedelta(0), timedelta(days=12)))
    first: dict[str, Any] = {"target_s": draw(st.integers(60, 60 * 3600)), "calendar_version": draw(st.integers(1, 3))}
    if draw(st.booleans()):
        first["carried_s"] = draw(st.integers(0, 40 * 3600))
    facts, is_paused = [Fact("start", at, data=first)], False
    for _ in range(draw(st.integers(0, 7))):
        at += draw(st.timedeltas(timedelta(seconds=1), timedelta(hours=40)))
        kind = draw(st.sampled_from(["resume", "retarget"] if is_paused else ["pause", "retarget", "warn"]))
        data: dict[str, Any] = {"reason": "submitter"} if kind == "pause" else {}
        if kind == "retarget":
            data = {"target_s": draw(st.integers(60, 60 * 3600)), "calendar_version": draw(st.integers(1, 3))}
            if draw(st.booleans()):
                data["grace_s"] = draw(st.integers(60, 3600))
        facts.append(Fact(kind, at, level=50 if kind == "warn" else 0, data=data))
        is_paused = {"pause": True, "resume": False}.get(kind, is_paused)
    if draw(st.booleans()):
        at += draw(st.timedeltas(timedelta(0), timedelta(hours=40)))
        facts.append(Fact(draw(st.sampled_from(["stop", "cancel"])), at))
    return facts


@laws
@given(calendars(), lives())
def test_rebuilding_is_the_same_as_living(specs: dict[int, bt.CalendarSpec], facts: list[Fact]) -> None:
    lived = Life([], specs.__getitem__)
    for count, fact in enumerate(facts, start=1):
        lived.apply(fact)
        assert lived.values() == Life(facts[:count], specs.__getitem__).values()


@laws
@given(calendars(), lives())
def test_due_is_when_exactly_the_allowance_is_used_and_breach_the_last_such_instant(
    specs: dict[int, bt.CalendarSpec], facts: list[Fact]
) -> None:
    life = Life(facts, specs.__getitem__)
    due, breach = life.due_at(), life.breach_at()
    if due is None or breach is None or life.granted_at is not None:
        return
    assert life.started_at is not None

    used = life.course.open_time(life.started_at, due).total_seconds()
    assert used == life.allowance_s
    assert life.course.open_time(life.started_at, breach).total_seconds() == life.allowance_s
    assert due <= breach
    after = life.course.open_time(life.started_at, breach + timedelta(microseconds=1))
    assert after > timedelta(seconds=life.allowance_s)


@laws
@given(calendars(), lives(), st.integers(60, 60 * 3600), st.integers(1, 3))
def test_a_retarget_keeps_start_and_use(
    specs: dict[int, bt.CalendarSpec], facts: list[Fact], target_s: int, version: int
) -> None:
    life = Life([fact for fact in facts if fact.kind not in ("stop", "cancel")], specs.__getitem__)
    assert life.last_at is not None
    at = life.last_at + 3 * HOUR
    used = life.used_s(at)

    life.apply(Fact("retarget", at, data={"target_s": target_s, "calendar_version": version}))

    assert (life.started_at, life.used_s(at)) == (facts[0].at, used)
    assert life.allowance_s == max(0, target_s - life.carried_s)


@laws
@given(calendars(), lives(), st.timedeltas(timedelta(minutes=1), timedelta(days=3)))
def test_a_pause_never_makes_a_clock_due_earlier_nor_uses_anything(
    specs: dict[int, bt.CalendarSpec], facts: list[Fact], length: timedelta
) -> None:
    running = [fact for fact in facts if fact.kind not in ("stop", "cancel", "pause", "resume")]
    plain = Life(running, specs.__getitem__)
    at = running[-1].at + HOUR
    paused = Life(
        [*running, Fact("pause", at, data={"reason": "submitter"}), Fact("resume", at + length)], plain._spec_of
    )

    assert paused.used_s(at + length) == plain.used_s(at)
    before, after = plain.breach_at(), paused.breach_at()
    assert before is None or after is None or after >= before


@laws
@given(calendars(), lives())
def test_met_is_having_used_no_more_than_allowed(specs: dict[int, bt.CalendarSpec], facts: list[Fact]) -> None:
    facts = [fact for fact in facts if "grace_s" not in fact.data]
    life = Life(facts, specs.__getitem__)
    breach = life.breach_at()
    if life.stopped_at is None or breach is None:
        return

    assert (life.stopped_at <= breach) == (life.used_s(life.stopped_at) <= life.allowance_s)


@laws
@given(calendars(), st.integers(1, 9), st.integers(0, 14 * 86400))
def test_working_days_are_due_on_an_open_date_and_late_only_when_it_is_open_again(
    specs: dict[int, bt.CalendarSpec], days: int, after_s: int
) -> None:
    start = datetime(2026, 3, 20, tzinfo=UTC) + timedelta(seconds=after_s)
    data = {"target_s": 0, "working_days": days, "calendar_version": 1}
    life = Life([Fact("start", start, data=data)], specs.__getitem__)

    due, breach = life.due_at(), life.breach_at()

    assert due == bt.working_days(specs[1], start, days)
    assert due is not None
    assert breach == bt.next_open(specs[1], due)


def test_a_detached_clock_that_comes_back_has_used_nothing_in_between() -> None:
    start = datetime(2026, 6, 1, 8, tzinfo=UTC)
    life = Life([Fact("start", start, data={"target_s": 7200, "calendar_version": 3})], {3: bt.ALWAYS_OPEN}.__getitem__)
    life.apply(Fact("cancel", start + HOUR))
    assert life.state is ClockState.CANCELLED

    life.apply(Fact("resume", start + 5 * HOUR))

    assert (life.state, life.due_at(), life.used_s(start + 5 * HOUR)) == (
        ClockState.RUNNING,
        start + 6 * HOUR,
        3600,
    )


@pytest.mark.parametrize(
    ("metric", "target_s", "left_s", "is_shorter", "set_s", "grace_s"),
    [
        (Metric.FIRST_RESPONSE, 3600, -10, True, None, 900),
        (Metric.FIRST_RESPONSE, 3600, 899, True, None, 900),
        (Metric.FIRST_RESPONSE, 3600, 900, True, None, 0),
        (Metric.FIRST_RESPONSE, 3600, -10, False, None, 0),
        (Metric.RESOLVE, 3600, -10, True, None, 0),
        (Metric.ACKNOWLEDGE, 600, -10, True, 1200, 600),
        (Metric.ACKNOWLEDGE, 3600, 100, True, 300, 300),
        (Metric.ACKNOWLEDGE, 3600, 100, True, 0, 0),
    ],
)
def test_grace(metric: Metric, target_s: int, left_s: int, is_shorter: bool, set_s: int | None, grace_s: int) -> None:
    assert grace_for(metric, target_s=target_s, left_s=left_s, is_shorter=is_shorter, set_s=set_s) == grace_s

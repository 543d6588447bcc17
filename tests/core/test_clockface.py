"""A clock's band and words, at the edges ux.md names (SLA-3, SLA-4)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.clockface import band, due_before, remaining, risk_before


def minutes(n: float) -> timedelta:
    return timedelta(minutes=n)


@pytest.mark.parametrize(
    ("target", "risk", "due"),
    [
        (minutes(5), minutes(2.5), minutes(1.25)),
        (minutes(60), minutes(30), minutes(10)),
        (timedelta(hours=24), timedelta(hours=6), timedelta(hours=2, minutes=24)),
        (timedelta(days=7), timedelta(hours=42), timedelta(hours=16, minutes=48)),
    ],
)
def test_bands_begin_where_the_specification_says(target: timedelta, risk: timedelta, due: timedelta) -> None:
    tick = timedelta(seconds=1)

    assert risk_before(target) == risk
    assert due_before(target) == due
    assert band(left=risk + tick, target=target) == "ok"
    assert band(left=risk, target=target) == "risk"
    assert band(left=due, target=target) == "due"
    assert band(left=timedelta(0), target=target) == "due"
    assert band(left=-tick, target=target) == "breach"


@pytest.mark.parametrize(
    ("left", "seconds", "words"),
    [
        (timedelta(days=3, hours=4), False, "3d 4h"),
        (timedelta(hours=48), False, "2d 0h"),
        (timedelta(hours=47, minutes=59), False, "47h 59m"),
        (minutes(102), False, "1h 42m"),
        (minutes(60), False, "1h 00m"),
        (minutes(42), True, "42m"),
        (minutes(10), True, "10m"),
        (timedelta(minutes=9, seconds=41), True, "9:41"),
        (timedelta(minutes=9, seconds=41), False, "9m"),
        (-minutes(12), False, "+12m"),
        (-timedelta(seconds=5), True, "+0:05"),
    ],
)
def test_time_left_in_words(left: timedelta, seconds: bool, words: str) -> None:
    assert remaining(left, seconds=seconds) == words

"""Intervals, signals and splits, as plain arithmetic (ux.md §13). No queries, no words for pages."""

from __future__ import annotations

import itertools
import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

Z95 = 1.959963984540054
LEAST_POINTS = 12  # below that a centre and limits say nothing
XMR = 2.66  # 3 / d2 for moving ranges of two (Wheeler)
RUN = 8  # so many in a row on one side of the centre are a signal


def wilson(successes: float, n: float) -> tuple[float, float]:
    """The Wilson 95 % interval of a share. Raises ValueError for n = 0 or more successes than tries."""
    if n <= 0 or not 0 <= successes <= n:
        raise ValueError("a share needs 0 <= successes <= n and n > 0")
    share, z2 = successes / n, Z95 * Z95
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


class Signal(StrEnum):
    """The state word of a series (KPI-26)."""

    STABLE = "stable"
    UP = "signal up"
    DOWN = "signal down"
    TOO_FEW = "too few"


@dataclass(frozen=True)
class Xmr:
    """Centre and natural limits of a series, which of its points are signals, and the word for its newest ones.

    `signals` is as long as the series; a missing point is no signal. Where there are too few points centre and limits are None.
    """

    centre: float | None
    low: float | None
    high: float | None
    signals: tuple[bool, ...]
    word: Signal


def xmr(values: Sequence[float | None]) -> Xmr:
    """KPI-26: centre x̄, limits x̄ ± 2.66 of the mean moving range; a signal is a point outside, eight in a row on one side, or three
    of four nearer a limit than the centre. Missing points are left out and break no run. The word tells of the last point."""
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    signals = [False] * len(values)
    if len(known) < LEAST_POINTS:
        return Xmr(None, None, None, tuple(signals), Signal.TOO_FEW)
    series = [value for _, value in known]
    centre = sum(series) / len(series)
    ranges = [abs(after - before) for before, after in itertools.pairwise(series)]
    width = XMR * sum(ranges) / len(ranges)
    low, high = centre - width, centre + width
    sides = [(value > centre) - (value < centre) for value in series]
    for number, value in enumerate(series):
        side = sides[number]
        run = sides[max(0, number - RUN + 1) : number + 1]
        near = [each * side > 0 and abs(point - centre) > width / 2 for each, point in zip(sides, series, strict=True)]
        of_four = near[max(0, number - 3) : number + 1]
        signals[known[number][0]] = (
            value < low
            or value > high
            or (side != 0 and len(run) == RUN and all(each == side for each in run))
            or (near[number] and sum(of_four) >= 3)
        )
    last, value = known[-1]
    word = Signal.STABLE if not signals[last] else Signal.UP if value > centre else Signal.DOWN
    return Xmr(centre, low, high, tuple(signals), word)


@dataclass(frozen=True)
class Share:
    """A slice's part in the change of an overall rate, as fractions (0.01 is one percentage point).

    `rate` is what its own rate did to the whole, `mix` what its growing or shrinking did; both over all slices sum to the change.
    """

    slice: Hashable
    rate: float
    mix: float
    before: float | None  # the slice's own rate, None where it had nothing
    after: float | None
    n_before: float
    n_after: float
    of_change: float  # (rate + mix) / the whole change; 0 where nothing changed

    @property
    def total(self) -> float:
        return self.rate + self.mix


def contribution(
    before: Mapping[Hashable, tuple[float, float]], after: Mapping[Hashable, tuple[float, float]]
) -> list[Share]:
    """CH-24: split R1 − R0 = Σ s1(r1 − r0) [rate] + Σ (s1 − s0)(r0 − R0) [mix], exact. Both maps: slice → (successes, n).

    A slice without a rate on one side has no rate effect: its r on that side is taken as the other's, so the sum stays exact.
    Most important first. Empty where either side is.
    """
    n0, n1 = sum(n for _, n in before.values()), sum(n for _, n in after.values())
    if not n0 or not n1:
        return []
    whole0 = sum(k for k, _ in before.values()) / n0
    whole1 = sum(k for k, _ in after.values()) / n1
    change = whole1 - whole0
    found = []
    for key in dict.fromkeys([*before, *after]):
        k0, m0 = before.get(key, (0.0, 0.0))
        k1, m1 = after.get(key, (0.0, 0.0))
        if not m0 and not m1:
            continue
        r0, r1 = (k0 / m0 if m0 else k1 / m1), (k1 / m1 if m1 else k0 / m0)
        s0, s1 = m0 / n0, m1 / n1
        rate, mix = s1 * (r1 - r0), (s1 - s0) * (r0 - whole0)
        part = (rate + mix) / change if change else 0.0
        found.append(Share(key, rate, mix, k0 / m0 if m0 else None, k1 / m1 if m1 else None, m0, m1, part))
    return sorted(found, key=lambda share: -abs(share.total))

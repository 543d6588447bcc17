"""What rollups keep of each measure, read off its recipe: so that a figure of rollups and one of facts cannot be two definitions.

A tally is a count of facts: which frame, by which time, under which condition. A count needs one, a share two (the hits and what they are
of). Tallies of the same facts and time stand together in a family. Of a percentile a log-histogram is kept: how many values lie in each
bucket of `STEP`. Means and sums of seconds, and what is open at an instant, are taken from the facts.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reporting.measures import FROM, MEASURES, Frame, Recipe

# Frames whose every change is told on the case, which is what the facts follow. Appeals, gaps and what is open at an instant are not.
_FRAMES = (Frame.CASE, Frame.CLOSING, Frame.CLOCK, Frame.DECISION)
STEP = 1.02
"""The width of a histogram's bucket: its geometric middle is within 1 % of every value in it."""
WITHIN = 0.01


class Keys(StrEnum):
    """By what a row is kept besides the labels. A row of one of them holds nothing of the others, so that each adds up few rows."""

    NONE = "n"
    QUEUE = "q"  # queue and its team
    VENDOR = "v"
    BOTH = "b"


@dataclass(frozen=True)
class Family:
    """Facts of one frame by one time, and the conditions of the tallies kept of them."""

    frame: Frame
    at: str
    tallies: tuple[str, ...]


@dataclass(frozen=True)
class Spread:
    """Lengths (seconds) of facts of one frame by one time, under one condition."""

    frame: Frame
    at: str
    condition: str
    value: str


@dataclass(frozen=True)
class Sums:
    """Where the tallies of a measure stand, in `FAMILIES[family]`: `of` its count or denominator, `hits` its numerator where it is a share."""

    family: int
    of: int
    hits: int | None


def _condition(recipe: Recipe, *more: str) -> str:
    parts = [recipe.where, *more, "true" if recipe.children else "NOT f.is_child"]
    return " AND ".join(f"({part})" for part in parts if part != "true").replace("%", "%%") or "true"


def _is_told(recipe: Recipe) -> bool:
    """The whole of a recipe is told by its case's events."""
    return recipe.frame in _FRAMES and "escalations_" not in recipe.hit + recipe.where + recipe.value


def _lay_out() -> tuple[tuple[Family, ...], dict[str, Sums], tuple[Spread, ...], dict[str, int]]:
    tallies: dict[tuple[Frame, str], list[str]] = {}
    sums = {}
    spreads: dict[Spread, int] = {}
    of_measure = {}
    for key, measure in MEASURES.items():
        recipe = measure.recipe
        if not _is_told(recipe) or recipe.total:
            continue
        if recipe.percentile is not None:
            spread = Spread(recipe.frame, recipe.at, _condition(recipe, f"{recipe.value} IS NOT NULL"), recipe.value)
            of_measure[key] = spreads.setdefault(spread, len(spreads))
            continue
        held = tallies.setdefault((recipe.frame, recipe.at), [])
        conditions = [_condition(recipe, recipe.out_of)]
        if recipe.hit:
            conditions.append(_condition(recipe, recipe.hit, recipe.out_of))
        held += [each for each in conditions if each not in held]
        places = [held.index(each) for each in conditions]
        sums[key] = Sums(list(tallies).index((recipe.frame, recipe.at)), places[0], places[1] if recipe.hit else None)
    families = tuple(Family(frame, at, tuple(held)) for (frame, at), held in tallies.items())
    return families, sums, tuple(spreads), of_measure


FAMILIES, SUMS, SPREADS, SPREAD_OF = _lay_out()
"""`SPREAD_OF`: the place in `SPREADS` of each percentile's measure. Rows of spreads are numbered after those of the families."""
DIMS = (
    "severity",
    "shift",
    "harm",
    "language",
    "surface",
    "channel",
    "reason",
    "clause",
)  # one of them beside the keys
_KEPT = "organization_id, queue_id, team_id, compartments"
# First by all the keys, then from those few rows by fewer: a fact is looked at once for each dimension.
_SETS = "(compartments{0}), (queue_id, team_id, compartments{0}), (organization_id, compartments{0}), (organization_id, queue_id, team_id, compartments{0})"
_KEYS = f"CASE grouping(organization_id, queue_id) WHEN 0 THEN '{Keys.BOTH}' WHEN 1 THEN '{Keys.VENDOR}' WHEN 2 THEN '{Keys.QUEUE}' ELSE '{Keys.NONE}' END"
_DIM = "CASE " + " ".join(f"WHEN grouping({name}) = 0 THEN '{name}'" for name in DIMS) + " ELSE '' END"
_VALUE = "CASE " + " ".join(f"WHEN grouping({name}) = 0 THEN {name}::text" for name in DIMS) + " ELSE '' END"


def keeps(keys: Keys, *, dim: str = "", hours: bool = False, spread: bool = False) -> bool:
    """Whether days are kept by these keys with this dimension; or `hours` of days; or the `spread` of values."""
    if keys is Keys.BOTH:
        return not (dim or hours or spread)
    if hours:
        return not (dim or spread)
    return (not dim or dim in DIMS) and not (spread and dim and keys is not Keys.NONE)


def _named() -> str:
    return ", ".join(f"f.{name}" for name in (*_KEPT.split(", "), *DIMS))


def _count(number: int, family: Family) -> str:
    places = range(len(family.tallies))
    columns = ", ".join(f"({condition}) AS t{place}" for place, condition in enumerate(family.tallies))
    counts = ", ".join(f"count(*) FILTER (WHERE t{place}) AS t{place}" for place in places)
    some = " OR ".join(f"t{place}" for place in places)
    sets = ", ".join(f"({_KEPT}, {each})" for each in (*DIMS, "hour"))
    both = "grouping(organization_id, queue_id) > 0 OR (dim = '' AND hour IS NULL)"
    return f"""
INSERT INTO reporting_rollup (family, keys, {_KEPT}, grain, start_at, dim, value, counts)
SELECT {number}, {_KEYS}, {_KEPT}, CASE WHEN hour IS NULL THEN 'd' ELSE 'h' END, coalesce(hour, %(start)s), dim, value,
  ARRAY[{", ".join(f"sum(t{place})" for place in places)}]::int[]
FROM (
  SELECT {_KEPT}, hour, {_DIM} AS dim, {_VALUE} AS value, {counts} FROM (
    SELECT {_named()}, date_trunc('hour', {family.at}, 'UTC') AS hour, {columns} {FROM[family.frame]}
    WHERE {family.at} >= %(start)s AND {family.at} < %(end)s
  ) x WHERE {some} GROUP BY GROUPING SETS (({_KEPT}), {sets})
) y GROUP BY GROUPING SETS ({_SETS.format(", hour, dim, value")}) HAVING {both}
"""


def _spreads(frame: Frame, at: str) -> str:
    """All spreads of one frame by one time: its facts are read once."""
    mine = [(number, each) for number, each in enumerate(SPREADS, start=len(FAMILIES)) if (each.frame, each.at) == (frame, at)]  # fmt: skip
    values = ", ".join(f"({number}, CASE WHEN {each.condition} THEN {bucket(each.value)} END)" for number, each in mine)
    sets = ", ".join(f"(family, compartments, {name}, bucket)" for name in DIMS)
    return f"""
INSERT INTO reporting_rollup (family, keys, {_KEPT}, grain, start_at, dim, value, buckets, counts)
SELECT family, keys, {_KEPT}, 'd', %(start)s, dim, value, array_agg(bucket ORDER BY bucket), array_agg(n ORDER BY bucket)::int[]
FROM (
  SELECT family, {_KEYS} AS keys, {_KEPT}, {_DIM} AS dim, {_VALUE} AS value, bucket, count(*) AS n FROM (
    SELECT {_named()}, v.family, v.bucket {FROM[frame]} CROSS JOIN LATERAL (VALUES {values}) v(family, bucket)
    WHERE {at} >= %(start)s AND {at} < %(end)s AND v.bucket IS NOT NULL
  ) x GROUP BY GROUPING SETS ((family, compartments, bucket), (family, queue_id, team_id, compartments, bucket),
    (family, organization_id, compartments, bucket), {sets})
) y GROUP BY family, keys, {_KEPT}, dim, value
"""


def bucket(value: str) -> str:
    """SQL: the bucket of a length in seconds: 0 for none, n for what lies from STEP^(n-1) up to STEP^n; under a second counts as one."""
    return f"(CASE WHEN {value} <= 0 THEN 0 ELSE 1 + floor(ln(greatest({value}, 1)::float8) / {math.log(STEP)!r}) END)::smallint"


def percentile(histogram: Mapping[int, int], share: float) -> float | None:
    """The value below which `share` of the values lie, as `percentile_cont` reads it, within `WITHIN` of it; None of no values."""
    count = sum(histogram.values())
    if not count:
        return None
    place = share * (count - 1)
    low = math.floor(place)
    ordered = sorted((each, n) for each, n in histogram.items() if n)
    first, second = _at(ordered, low), _at(ordered, min(low + 1, count - 1))
    return first + (second - first) * (place - low)


def _at(ordered: Sequence[tuple[int, int]], place: int) -> float:
    for each, n in ordered:
        place -= n
        if place < 0:
            return STEP ** (each - 0.5) if each else 0.0
    raise AssertionError("no value stands there")


BUILD = (
    *(_count(number, family) for number, family in enumerate(FAMILIES)),
    *(_spreads(frame, at) for frame, at in dict.fromkeys((each.frame, each.at) for each in SPREADS)),
)
"""Statements that count one day, from `start` to `end`."""
# Changes with any definition: days that were counted under another one are counted again.
SHAPE = hashlib.sha256("".join(BUILD).encode()).hexdigest()[:16]

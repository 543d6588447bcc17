"""What rollups keep of each measure, read off its recipe: so that a figure of rollups and one of facts cannot be two definitions.

A tally is a count of facts: which frame, by which time, under which condition. A count needs one, a share two (the hits and what they are
of). Percentiles, means and sums of seconds are taken from the facts.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from reporting.measures import FROM, MEASURES, Frame, Recipe

# Frames whose every change is told on the case, which is what the facts follow. Appeals, gaps and what is open at an instant are not.
_FRAMES = (Frame.CASE, Frame.CLOSING, Frame.CLOCK, Frame.DECISION)


@dataclass(frozen=True)
class Tally:
    """A count of facts whose `at` lies in a time and for which `condition` holds."""

    frame: Frame
    at: str
    condition: str


@dataclass(frozen=True)
class Sums:
    """Where the tallies of a measure stand: `of` its count or denominator, `hits` its numerator where it is a share."""

    of: int
    hits: int | None


def _condition(recipe: Recipe, *more: str) -> str:
    parts = [recipe.where, *more, "true" if recipe.children else "NOT f.is_child"]
    return " AND ".join(f"({part})" for part in parts if part != "true") or "true"


def _is_kept(recipe: Recipe) -> bool:
    """The whole of a recipe is told by its case's events, and is a count or a share."""
    is_count = recipe.percentile is None and not recipe.total
    return is_count and recipe.frame in _FRAMES and "escalations_" not in recipe.hit + recipe.where


def _lay_out() -> tuple[tuple[Tally, ...], dict[str, Sums]]:
    tallies: dict[Tally, int] = {}
    sums = {}
    for key, measure in MEASURES.items():
        recipe = measure.recipe
        if not _is_kept(recipe):
            continue
        of = Tally(recipe.frame, recipe.at, _condition(recipe, recipe.out_of))
        hits = Tally(recipe.frame, recipe.at, _condition(recipe, recipe.hit, recipe.out_of)) if recipe.hit else None
        sums[key] = Sums(
            tallies.setdefault(of, len(tallies)),
            None if hits is None else tallies.setdefault(hits, len(tallies)),
        )
    return tuple(tallies), sums


TALLIES, SUMS = _lay_out()
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
KEYS = ("organization_id", "queue_id", "team_id", "compartments")


def _rows() -> str:
    """SQL: a row for each fact of the time that some tally counts, with one column for each."""
    selects = []
    for frame, at in dict.fromkeys((tally.frame, tally.at) for tally in TALLIES):
        columns = ", ".join(
            f"({tally.condition})::int AS t{place}" if (tally.frame, tally.at) == (frame, at) else f"0 AS t{place}"
            for place, tally in enumerate(TALLIES)
        )
        names = ", ".join(f"f.{name}" for name in (*KEYS, *DIMS))
        selects.append(
            f"SELECT {names}, {at} AS at, {columns} {FROM[frame]} WHERE {at} >= %(start)s AND {at} < %(end)s"
        )
    return "\nUNION ALL\n".join(selects)


def _build() -> str:
    sums = ", ".join(f"coalesce(sum(t{place}), 0)" for place in range(len(TALLIES)))
    sets = ", ".join(["(hour)", "()", *(f"({name})" for name in DIMS)])
    dim = " ".join(f"WHEN grouping({name}) = 0 THEN '{name}'" for name in DIMS)
    value = " ".join(f"WHEN grouping({name}) = 0 THEN {name}::text" for name in DIMS)
    return f"""
INSERT INTO reporting_rollup ({", ".join(KEYS)}, grain, start_at, dim, value, counts)
SELECT {", ".join(KEYS)}, CASE WHEN grouping(hour) = 0 THEN 'h' ELSE 'd' END, coalesce(hour, %(start)s),
  CASE {dim} ELSE '' END, CASE {value} ELSE '' END, ARRAY[{sums}]::int[]
FROM (SELECT x.*, date_trunc('hour', x.at, 'UTC') AS hour FROM ({_rows()}) x) x
GROUP BY {", ".join(KEYS)}, GROUPING SETS ({sets})
"""


BUILD = _build()
# Changes with any definition: days that were counted under another one are counted again.
SHAPE = hashlib.sha256(BUILD.encode()).hexdigest()[:16]

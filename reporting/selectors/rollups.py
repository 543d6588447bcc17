"""Cutting windows into what rollups hold and what only facts do, and adding up the rollups' part.

A clean day is counted whole; of one that a window cuts, the whole hours; the rest, days that changed since, and today are left to the
facts. So a figure is what the facts say, to the row, however far the rollups have come.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection

from reporting.measures import DIMENSIONS, Measure
from reporting.tallies import DIMS, SHAPE, SUMS

if TYPE_CHECKING:
    from reporting.selectors.figures import Scope, Window

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FACTS = ""  # the grain of what only facts hold
_KEYS = ("queue", "vendor", "team")  # dimensions that every rollup is kept by


@dataclass(frozen=True)
class Piece:
    """A part [start, end) of the window in place `place`, to be read from rollups of a grain (h, d) or from facts."""

    place: int
    start: datetime
    end: datetime
    grain: str


def holds(measure: Measure, by: Sequence[str]) -> bool:
    """Whether rollups know this measure broken down so: by any of the keys and at most one other dimension they keep."""
    others = [each for each in by if each not in _KEYS]
    return measure.key in SUMS and len(others) <= 1 and all(each in DIMS for each in others)


def clean_days(start: datetime, end: datetime) -> frozenset[date]:
    """Days (UTC) touching [start, end) whose rollups say what their facts say."""
    return standing(start, end)[1]


def standing(start: datetime, end: datetime) -> tuple[datetime | None, frozenset[date]]:
    """Up to when the facts reach (aware UTC; None before the first), and the clean days of [start, end): in one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT as_of FROM reporting_factsstate WHERE id = 1),"
            " ARRAY(SELECT day FROM reporting_rollupday WHERE is_clean AND shape = %s AND day BETWEEN %s AND %s)",
            [SHAPE, start.astimezone(UTC).date(), end.astimezone(UTC).date()],
        )
        row = cursor.fetchone()
    return row[0], frozenset(row[1])


def cut(windows: Sequence[Window], clean: Collection[date], *, hours: bool) -> list[Piece]:
    """The windows (aware UTC) in pieces. `hours`: of a clean day that a window cuts, whole hours come from rollups as well."""
    found: list[Piece] = []
    first = min(clean, default=None)
    for place, window in enumerate(windows):
        for start, end, grain in _parts(window, clean, first, hours=hours):
            last = found[-1] if found else None
            if last is not None and (last.place, last.end, last.grain) == (place, start, grain):
                found[-1] = Piece(place, last.start, end, grain)
            else:
                found.append(Piece(place, start, end, grain))
    return found


def _parts(
    window: Window, clean: Collection[date], first: date | None, *, hours: bool
) -> Iterator[tuple[datetime, datetime, str]]:
    start, end = window.start.astimezone(UTC), window.end.astimezone(UTC)
    if first is None:
        yield start, end, FACTS
        return
    before = min(end, datetime(first.year, first.month, first.day, tzinfo=UTC))
    if start < before:
        yield start, before, FACTS
        start = before
    while start < end:
        midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
        until = min(end, midnight + DAY)
        if start.date() not in clean:
            yield start, until, FACTS
        elif start == midnight and until == midnight + DAY:
            yield start, until, "d"
        elif not hours:
            yield start, until, FACTS
        else:
            yield from _hours(start, until)
        start = until


def _hours(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime, str]]:
    to = end.replace(minute=0, second=0, microsecond=0)
    since = start.replace(minute=0, second=0, microsecond=0)
    since += HOUR if since < start else timedelta()
    if since >= to:
        yield start, end, FACTS
        return
    for part in ((start, since, FACTS), (since, to, "h"), (to, end, FACTS)):
        if part[0] < part[1]:
            yield part


def add_up(
    measure: Measure, scope: Scope, pieces: Sequence[Piece], by: Sequence[str]
) -> list[tuple[int, tuple[Any, ...], int, int]]:
    """Of the pieces that rollups hold, one by one: window, values of the dimensions, count or denominator, numerator (0 where there is none)."""
    held = [piece for piece in pieces if piece.grain != FACTS]
    if not held:
        return []
    sums = SUMS[measure.key]
    dim = next((each for each in by if each not in _KEYS), "")
    columns = [DIMENSIONS[each].column if each in _KEYS else "f.value" for each in by]
    theirs, values = scope.sql()
    hits = "0" if sums.hits is None else f"sum(f.counts[{sums.hits + 1}])"
    named = "".join(f"{column} AS d{number}, " for number, column in enumerate(columns))
    grouped = f" GROUP BY {', '.join(columns)}" if columns else ""
    # Uses index: rollup_by_time, once for each piece; a plain join reads all rows of the dimension.
    sql = (
        "SELECT p.place, x.* FROM unnest(%s::int[], %s::timestamptz[], %s::timestamptz[], %s::text[]) p(place, start_at, end_at, grain)"
        f" CROSS JOIN LATERAL (SELECT {named}coalesce(sum(f.counts[{sums.of + 1}]), 0), coalesce({hits}, 0) FROM reporting_rollup f"
        f" WHERE f.grain = p.grain AND f.dim = %s AND f.start_at >= p.start_at AND f.start_at < p.end_at AND {theirs}{grouped}) x"
    )
    arrays: list[Any] = [
        [piece.place for piece in held],
        [piece.start for piece in held],
        [piece.end for piece in held],
        [piece.grain for piece in held],
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*arrays, dim, *values])
        rows = cursor.fetchall()
    return [(row[0], _values(row[1:-2], by), int(row[-2]), int(row[-1])) for row in rows]


def _values(found: Sequence[Any], by: Sequence[str]) -> tuple[Any, ...]:
    """As the facts hold them: rollups keep every dimension as text."""
    return tuple(int(value) if each == "severity" else value for each, value in zip(by, found, strict=True))

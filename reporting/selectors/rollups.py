"""Cutting windows into what rollups hold and what only facts do, and adding up the rollups' part.

A clean day is counted whole; one that a window cuts is its hours, or the day less the hours outside, whichever is less; the rest, and days
that changed since, are left to the facts. So a figure is what the facts say, to the row, however far the rollups have come. Where so much
changes all the time that its facts would take long to read (more than `FEW` of them), a day counted up to `STALE` ago will do: the figure
says since when.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection

from reporting.measures import DIMENSIONS, Measure
from reporting.tallies import FAMILIES, SHAPE, SPREAD_OF, SUMS, Keys, keeps

if TYPE_CHECKING:
    from reporting.selectors.figures import Scope, Window

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FACTS = ""  # the grain of what only facts hold
_KEYS = ("queue", "vendor", "team")  # dimensions that rows are kept by, rather than one of the others


@dataclass(frozen=True)
class Piece:
    """A part [start, end) of the window in place `place`, to be read from rollups of a grain (h, d) or from facts; `sign` -1 to be taken off."""

    place: int
    start: datetime
    end: datetime
    grain: str
    sign: int = 1


@dataclass(frozen=True)
class Held:
    """The rows that answer a question: a family, kept by some keys and at most one other dimension. `hours`: also by the hour."""

    family: int
    keys: Keys
    dim: str
    hours: bool


def held(measure: Measure, scope: Scope, by: Sequence[str]) -> Held | None:
    """Where rollups keep this measure so broken down for those who ask; None where they do not."""
    others = [each for each in by if each not in _KEYS]
    if len(others) > 1:
        return None
    dim = others[0] if others else ""
    by_queue = scope.queue_ids is not None or "queue" in by or "team" in by
    by_vendor = scope.organization_id is not None or "vendor" in by
    keys = (Keys.BOTH if by_vendor else Keys.QUEUE) if by_queue else Keys.VENDOR if by_vendor else Keys.NONE
    if (sums := SUMS.get(measure.key)) is not None and keeps(keys, dim=dim):
        return Held(sums.family, keys, dim, keeps(keys, dim=dim, hours=True))
    if (spread := SPREAD_OF.get(measure.key)) is not None and keeps(keys, dim=dim, spread=True):
        return Held(len(FAMILIES) + spread, keys, dim, False)
    return None


FEW = 20_000  # facts of changed days that are read rather than taken as they were counted
STALE = timedelta(seconds=50)  # counted again after thirty seconds, looked at every ten
STALE_PER_FACT = timedelta(milliseconds=0.1)  # and later, the more there is to count


@dataclass(frozen=True)
class Standing:
    """Up to when figures reach (aware UTC; None before the first fact), and the days (UTC) whose rollups count: as their facts stand (`clean`),
    or as they stood up to `STALE` ago."""

    as_of: datetime | None
    clean: frozenset[date] = frozenset()
    stale: frozenset[date] = frozenset()

    @property
    def first(self) -> datetime | None:
        """Midnight of the first of those days."""
        day = min(self.clean | self.stale, default=None)
        return None if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC)


def standing(start: datetime, end: datetime) -> Standing:
    """What rollups can answer of [start, end), aware UTC: one query."""
    first, last = start.astimezone(UTC).date(), end.astimezone(UTC).date()
    values: list[Any] = [SHAPE, first, last, STALE, STALE_PER_FACT]
    with connection.cursor() as cursor:
        # Uses index: the primary key of days.
        cursor.execute(
            "SELECT (SELECT as_of FROM reporting_factsstate WHERE id = 1), d.day, d.is_clean, d.built_at, d.facts FROM (SELECT 1) one"
            " LEFT JOIN reporting_rollupday d ON d.shape = %s AND d.day BETWEEN %s AND %s AND (d.is_clean OR d.built_at > statement_timestamp() - %s - d.facts * %s)",
            values,
        )
        rows = cursor.fetchall()
    as_of = rows[0][0]
    clean = frozenset(day for _, day, is_clean, _built_at, _facts in rows if is_clean)
    changed = {day: built_at for _, day, is_clean, built_at, _facts in rows if is_clean is False}
    if sum(row[4] for row in rows if row[2] is False) <= FEW:
        return Standing(as_of, clean)
    return Standing(min([as_of, *changed.values()]) if as_of else None, clean, frozenset(changed))


def cut(windows: Sequence[Window], stood: Standing, *, hours: bool) -> list[Piece]:
    """The windows (aware UTC) in pieces. `hours`: of a day that a window cuts, whole hours come from rollups as well."""
    found: list[Piece] = []
    for place, window in enumerate(windows):
        for start, end, grain, sign in _parts(window, stood, hours=hours):
            last = found[-1] if found else None
            if last is not None and (last.place, last.end, last.grain, last.sign) == (place, start, grain, sign):
                found[-1] = Piece(place, last.start, end, grain, sign)
            else:
                found.append(Piece(place, start, end, grain, sign))
    return found


_Part = tuple[datetime, datetime, str, int]


def _parts(window: Window, stood: Standing, *, hours: bool) -> Iterator[_Part]:
    start, end = window.start.astimezone(UTC), window.end.astimezone(UTC)
    if stood.first is None:
        yield start, end, FACTS, 1
        return
    before = min(end, stood.first)
    if start < before:
        yield start, before, FACTS, 1
        start = before
    while start < end:
        midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
        next_day = midnight + DAY
        until = min(end, next_day)
        is_clean = start.date() in stood.clean
        if not is_clean and start.date() not in stood.stale:
            yield start, until, FACTS, 1
        elif until - start == DAY:
            yield start, until, "d", 1
        elif is_clean and until - start > DAY / 2:  # most of the day: it, less what lies outside
            yield from _hours(midnight, start, hours=hours, sign=-1)
            yield midnight, next_day, "d", 1
            yield from _hours(until, next_day, hours=hours, sign=-1)
        else:
            yield from _hours(start, until, hours=hours)
        start = until


def _hours(start: datetime, end: datetime, *, hours: bool, sign: int = 1) -> Iterator[_Part]:
    to = end.replace(minute=0, second=0, microsecond=0)
    since = start.replace(minute=0, second=0, microsecond=0)
    since += HOUR if since < start else timedelta()
    if not hours or since >= to:
        since = to = end
    for part in ((start, since, FACTS, sign), (since, to, "h", sign), (to, end, FACTS, sign)):
        if part[0] < part[1]:
            yield part


def add_up(
    measure: Measure, scope: Scope, pieces: Sequence[Piece], by: Sequence[str], rows: Held
) -> list[tuple[int, tuple[Any, ...], int, int]]:
    """Of the pieces that rollups hold, one by one: window, values of the dimensions, count or denominator, numerator (0 where there is none)."""
    sums = SUMS[measure.key]
    hits = "0" if sums.hits is None else f"sum(f.counts[{sums.hits + 1}])"
    found = _ask(scope, pieces, by, rows, f"coalesce(sum(f.counts[{sums.of + 1}]), 0), coalesce({hits}, 0)")
    return [(row[0], _values(row[2:-2], by), row[1] * int(row[-2]), row[1] * int(row[-1])) for row in found]


def spread(
    scope: Scope, pieces: Sequence[Piece], by: Sequence[str], rows: Held
) -> list[tuple[int, tuple[Any, ...], int, int]]:
    """Of the pieces that rollups hold: window, values of the dimensions, bucket, how many values lie in it."""
    found = _ask(
        scope, pieces, by, rows, "b.bucket, sum(b.n)", ", unnest(f.buckets, f.counts) b(bucket, n)", "b.bucket"
    )
    return [(row[0], _values(row[2:-2], by), int(row[-2]), row[1] * int(row[-1])) for row in found]


def _ask(
    scope: Scope, pieces: Sequence[Piece], by: Sequence[str], rows: Held, columns: str, joined: str = "", each: str = ""
) -> list[tuple[Any, ...]]:
    """Place and sign of each piece, its values of the dimensions, and `columns`."""
    held = [piece for piece in pieces if piece.grain != FACTS]
    if not held:
        return []
    dims = [DIMENSIONS[one].column if one in _KEYS else "f.value" for one in by]
    theirs, values = scope.sql()
    named = "".join(f"{column} AS d{number}, " for number, column in enumerate(dims))
    groups = [*dims, *([each] if each else [])]
    grouped = f" GROUP BY {', '.join(groups)}" if groups else ""
    # Uses index: rollup_of_family, once for each piece; a plain join reads all rows of the dimension.
    sql = (
        "SELECT p.place, p.sign, x.* FROM unnest(%s::int[], %s::int[], %s::timestamptz[], %s::timestamptz[], %s::text[]) p(place, sign, start_at, end_at, grain)"
        f" CROSS JOIN LATERAL (SELECT {named}{columns} FROM reporting_rollup f{joined}"
        " WHERE f.family = %s AND f.keys = %s AND f.grain = p.grain AND f.dim = %s"
        f" AND f.start_at >= p.start_at AND f.start_at < p.end_at AND {theirs}{grouped}) x"
    )
    arrays: list[Any] = [
        [piece.place for piece in held],
        [piece.sign for piece in held],
        [piece.start for piece in held],
        [piece.end for piece in held],
        [piece.grain for piece in held],
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*arrays, rows.family, rows.keys.value, rows.dim, *values])
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _values(found: Sequence[Any], by: Sequence[str]) -> tuple[Any, ...]:
    """As the facts hold them: rollups keep every dimension as text."""
    return tuple(int(value) if each == "severity" else value for each, value in zip(by, found, strict=True))

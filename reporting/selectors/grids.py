"""Figures of many cells in one query: windows by values of a dimension, hours of the week, ages of the backlog. Reads only.

All say nothing of cells smaller than the scope may see (`Scope.small_cell`): their value is None. Times are aware UTC.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from reporting.measures import DIMENSIONS, MEASURES, Unit
from reporting.selectors import figures
from reporting.selectors.figures import ALL, LEAST_N, Figure, Scope, Value, Where, Window

QUARTER = timedelta(minutes=15)
AGES = (3600, 4 * 3600, 24 * 3600, 3 * 86400, 7 * 86400)
"""Ends of the age buckets of KPI-4 in seconds; the last bucket is open."""


@dataclass(frozen=True)
class Line:
    """One value of a dimension with its figure in each window."""

    value: Value
    figures: tuple[Figure, ...]

    @property
    def n(self) -> int:
        return sum(figure.n for figure in self.figures)


def series_by(
    key: str, *, scope: Scope, windows: Sequence[Window], by: str, where: Where = ALL, at: datetime
) -> list[Line]:
    """A measure over each window for each value of a dimension, the largest first. Two queries and one for names.

    Raises `UnknownMeasure`, also where the measure has no such dimension.
    """
    measure = figures.measure_of(key)
    if by not in measure.dimensions:
        raise figures.UnknownMeasure(f"“{measure.label}” cannot be broken down by “{by}”.")
    stood = figures.standing(measure, scope, where, windows, [by])
    seen_at = stood.as_of or at
    found: dict[object, dict[int, Figure]] = defaultdict(dict)
    for (number, (part,)), cells in figures.counted(measure, scope, where, windows, [by], stood=stood).items():
        found[part][number] = figures._figure(measure, cells, seen_at, scope, windows[number], at)
    names = figures._names(by, list(found))
    none = Figure(measure, 0.0 if measure.unit is Unit.COUNT else None, 0, seen_at)
    lines = [
        Line(names[part], tuple(cells.get(number, none) for number in range(len(windows))))
        for part, cells in found.items()
    ]
    return sorted(lines, key=lambda line: (-line.n, line.value.label))


def hours_of_week(*, scope: Scope, window: Window, where: Where = ALL, zone: ZoneInfo) -> dict[tuple[int, int], int]:
    """Cases received in the window by local weekday (Monday is 0) and hour: (weekday, hour) → count. Hours without any are missing."""
    conditions, values = figures._conditions(MEASURES["volume"], scope, where, "w.s", "w.e")
    rows = figures._rows(
        "SELECT extract(isodow FROM x.local)::int - 1, extract(hour FROM x.local)::int, count(*)"
        " FROM (SELECT %s::timestamptz AS s, %s::timestamptz AS e, %s AS zone) w"
        f" CROSS JOIN LATERAL (SELECT f.received_at AT TIME ZONE w.zone AS local FROM reporting_casefact f WHERE {conditions}) x"
        " GROUP BY 1, 2",
        [window.start, window.end, zone.key, *values],
    )
    return {(weekday, hour): count for weekday, hour, count in rows}


def hour_windows(window: Window, zone: ZoneInfo) -> dict[tuple[int, int], list[Window]]:
    """The stretches of a window that are one hour of the local week, by (weekday, hour).

    On the day on which clocks go back an hour lasts two, on the day on which they go forward it is missing.
    """
    found: dict[tuple[int, int], list[Window]] = defaultdict(list)
    start = window.start
    while start < window.end:
        # A quarter of an hour at a time: zones lie at quarters of an hour, and clocks change by them.
        end = min(start + QUARTER - (start - datetime(1970, 1, 1, tzinfo=start.tzinfo)) % QUARTER, window.end)
        local = start.astimezone(zone)
        spans = found[local.weekday(), local.hour]
        if spans and spans[-1].end == start:
            spans[-1] = Window(spans[-1].start, end)
        else:
            spans.append(Window(start, end))
        start = end
    return dict(found)


_SPANS = """WITH asked AS (SELECT %s::timestamptz AS s, %s::timestamptz AS e), spans AS (
  SELECT f.received_at, x.opens, x.closes FROM reporting_casefact f CROSS JOIN asked w CROSS JOIN LATERAL (
    SELECT f.received_at AS opens, coalesce(min(c.closed_at), 'infinity') AS closes
    FROM reporting_closingfact c WHERE c.case_id = f.case_id
    UNION ALL
    SELECT c.reopened_at, coalesce((
      SELECT min(n.closed_at) FROM reporting_closingfact n WHERE n.case_id = c.case_id AND n.number > c.number
    ), 'infinity') FROM reporting_closingfact c WHERE c.case_id = f.case_id AND c.reopened_at IS NOT NULL
  ) x
  WHERE NOT f.is_child AND f.received_at <= w.e AND (f.is_open OR f.last_closed_at > w.s) AND {conditions}
)
SELECT t.o, width_bucket(extract(epoch FROM t.at - s.received_at)::float8, %s::float8[]) AS bucket, count(*)
FROM unnest(%s::timestamptz[]) WITH ORDINALITY t(at, o) JOIN spans s ON s.opens <= t.at AND s.closes > t.at
GROUP BY 1, 2"""


def backlog_by_age(
    *, scope: Scope, moments: Sequence[datetime], where: Where = ALL
) -> list[tuple[datetime, list[int | None]]]:
    """How many cases were open at each moment, by how long ago they had been received (KPI-3, KPI-4): six buckets, the youngest first.

    Each moment's buckets sum to the backlog of that moment, but for cells too small to tell.
    """
    if not moments:
        return []
    theirs, values = scope.sql()
    conditions = f"{theirs} AND {where.condition}" if where.condition else theirs
    rows = figures._rows(
        _SPANS.format(conditions=conditions),
        [min(moments), max(moments), *values, *(where.values if where.condition else ()), list(AGES), list(moments)],
    )
    found: list[list[int | None]] = [[0] * (len(AGES) + 1) for _moment in moments]
    for number, bucket, count in rows:
        found[number - 1][bucket] = None if count < scope.small_cell else count
    return list(zip(moments, found, strict=True))


@dataclass(frozen=True)
class Quarters:
    """Quarter points and the slowest tenth of a spread; None where `n` is below ten (REP-10)."""

    value: Value
    points: tuple[float, float, float, float] | None
    n: int


def handle_time_by(by: str, *, scope: Scope, window: Window, where: Where = ALL) -> list[Quarters]:
    """Handle time (KPI-16, seconds) of cases first closed in the window, by a dimension: p25, p50, p75, p90; the slowest middle first."""
    measure = MEASURES["aht_p50"]
    conditions, values = figures._conditions(measure, scope, where, "w.s", "w.e")
    rows = figures._rows(
        f"SELECT {DIMENSIONS[by].column} AS slice, count(*),"
        " percentile_cont(ARRAY[0.25, 0.5, 0.75, 0.9]) WITHIN GROUP (ORDER BY f.handle_s)"
        f" FROM (SELECT %s::timestamptz AS s, %s::timestamptz AS e) w CROSS JOIN reporting_casefact f WHERE {conditions} GROUP BY 1",
        [window.start, window.end, *values],
    )
    names = figures._names(by, [row[0] for row in rows])
    found = [
        Quarters(names[part], tuple(points) if n >= LEAST_N else None, n)
        for part, n, points in rows
        if n >= scope.small_cell
    ]
    return sorted(found, key=lambda one: (one.points is None, -(one.points or (0, 0))[1], one.value.label))


@dataclass(frozen=True)
class Why:
    """A reason for opening a closed case again, in the words that were given, and the keys of the cases."""

    reason: str
    n: int
    refs: tuple[str, ...]


def reopened_why(*, scope: Scope, window: Window, where: Where = ALL) -> list[Why]:
    """Closes of the window that were taken back within 14 days, by the reason given (case and spaces apart), the most frequent first."""
    conditions, values = figures._conditions(MEASURES["reopen_rate"], scope, where, "w.s", "w.e")
    rows = figures._rows(
        "SELECT min(btrim(c.reopened_why)), count(*), array_agg(DISTINCT k.ref ORDER BY k.ref)"
        " FROM (SELECT %s::timestamptz AS s, %s::timestamptz AS e) w CROSS JOIN reporting_closingfact c"
        " JOIN reporting_casefact f ON f.case_id = c.case_id JOIN escalations_case k ON k.id = c.case_id"
        f" WHERE {conditions} AND c.reopened_at <= c.closed_at + interval '14 days'"
        " GROUP BY lower(btrim(c.reopened_why)) ORDER BY 2 DESC, 1",
        [window.start, window.end, *values],
    )
    return [Why(reason, n, tuple(refs)) for reason, n, refs in rows if n >= scope.small_cell]

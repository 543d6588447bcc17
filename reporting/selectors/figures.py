"""Figures: one measure over one window, as a series, or broken down. Reads only; pages, exports, API and portal all come here.

Whoever asks says whose rows count (`Scope`) and which of them (`Where`, the filter language). Every figure says of when it is.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Organization, ServiceKey, Team, User
from accounts.roles import Action, Reach, Role
from accounts.roles import reach as reach_of
from core.clock import db_now
from core.errors import DomainError
from core.filters.parser import MAX_CHARACTERS
from escalations.filters import compile_filter
from escalations.lifecycle import Channel, Harm, InvalidReason, Metric, Severity, Surface, Verdict
from escalations.models import Queue
from reporting import tallies
from reporting.measures import DIMENSIONS, FROM, MEASURES, Frame, Measure, Unit, aggregate, condition
from reporting.models import CaseFact, FactsState
from reporting.selectors import rollups
from reporting.selectors.named import named_by
from reporting.statistics import Share, Xmr, contribution, wilson, xmr

__all__ = ["MEASURES", "Share", "Xmr", "contribution", "wilson", "xmr"]

LEAST_N = 10  # REP-10: below that a share is no rate
SMALL_CELL = 5  # permissions.md §3: who reads aggregates alone is told of no fewer
AGGREGATES = frozenset({Role.READER, Role.ADMIN})


class UnknownMeasure(DomainError):
    """There is no such measure, or it cannot be broken down like that."""

    code = "unknown_measure"
    title = "There is no such measure"


@dataclass(frozen=True)
class Window:
    """[start, end) in aware UTC."""

    start: datetime
    end: datetime

    @classmethod
    def last(cls, *, days: int, at: datetime, zone: ZoneInfo) -> Window:
        """The last whole days in `zone` up to and with the present one, so that a day is a local day even around changes of the clock."""
        today = at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        return cls(_local(today, -(days - 1), zone), _local(today, 1, zone))

    @property
    def previous(self) -> Window:
        """As long a window right before this one."""
        return Window(self.start - (self.end - self.start), self.start)

    def contains(self, at: datetime) -> bool:
        return self.start <= at < self.end


def weeks(number: int, *, at: datetime, zone: ZoneInfo) -> list[Window]:
    """The last ISO weeks in `zone`, Monday to Monday, the present one last, oldest first."""
    today = at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    monday = today - timedelta(days=today.weekday())
    starts = [_local(monday, 7 * place, zone) for place in range(1 - number, 2)]
    return [Window(start, end) for start, end in itertools.pairwise(starts)]


def split(window: Window, every: str, *, zone: ZoneInfo) -> list[Window]:
    """The hours, local days or ISO weeks that a window touches, cut at its ends. Raises ValueError for another `every`."""
    if every == "hour":
        step, start = timedelta(hours=1), window.start.replace(minute=0, second=0, microsecond=0)
        edges = [start + place * step for place in range(math.ceil((window.end - start) / step) + 1)]
    elif every in ("day", "week"):
        local = window.start.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        first = local - timedelta(days=local.weekday()) if every == "week" else local
        edges, place = [], 0
        while not edges or edges[-1] < window.end:
            edges.append(_local(first, place, zone))
            place += 7 if every == "week" else 1
    else:
        raise ValueError(every)
    found = [Window(max(start, window.start), min(end, window.end)) for start, end in itertools.pairwise(edges)]
    return [each for each in found if each.start < each.end]


def _local(day: datetime, days: int, zone: ZoneInfo) -> datetime:
    """Midnight so many local days later, in UTC."""
    moved = (day.replace(tzinfo=None) + timedelta(days=days)).replace(tzinfo=zone)
    return moved.astimezone(ZoneInfo("UTC"))


@dataclass(frozen=True)
class Scope:
    """Whose rows count: of one organization, of some queues, with which labels. `small_cell`: smaller counts are not told."""

    organization_id: int | None = None
    queue_ids: tuple[int, ...] | None = None
    labels: frozenset[str] = frozenset()
    small_cell: int = 0
    is_empty: bool = False

    @classmethod
    def of_vendor(cls, organization_id: int) -> Scope:
        """All of one vendor, as the team and the vendor itself both see it: without what is restricted."""
        return cls(organization_id=organization_id)

    @classmethod
    def everything(cls) -> Scope:
        """Every unrestricted case: for the system's own checks."""
        return cls()

    def narrowed(self, organization_id: int) -> Scope:
        """The same, of one organization only; empty where that is not in it."""
        is_other = self.organization_id not in (None, organization_id)
        return Scope(organization_id, self.queue_ids, self.labels, self.small_cell, self.is_empty or is_other)

    def sql(self) -> tuple[str, list[Any]]:
        """The condition on `f`."""
        parts = ["f.compartments::text[] <@ %s::text[]"]
        values: list[Any] = [sorted(self.labels)]
        if self.organization_id is not None:
            parts.append("f.organization_id = %s")
            values.append(self.organization_id)
        if self.queue_ids is not None:
            parts.append("f.queue_id = ANY(%s)")
            values.append(list(self.queue_ids))
        if self.is_empty:
            parts.append("false")
        return " AND ".join(parts), values


def scope_of(viewer: User | ServiceKey) -> Scope:
    """Whose rows `viewer` may count (permissions.md, Reports): their organization's where they are a vendor's, their teams' queues, all.

    Leadership that only reads and administrators get counts from five on, also beside a role that reads its own queues alone. Labels
    count only for who holds them. `is_empty` where the role reads no reports.
    """
    reach = viewer.reach(Action.REPORTS)
    if reach is Reach.NO:
        return Scope(is_empty=True)
    if not viewer.is_internal:
        return Scope.of_vendor(viewer.organization_id)
    labels = frozenset(viewer.access.compartments)
    if isinstance(viewer, User) and _reads_aggregates_alone(viewer, reach):
        return Scope(small_cell=SMALL_CELL)
    if reach is Reach.OWN and isinstance(viewer, User) and not viewer.access.sees_every_queue:
        ids = Queue.objects.filter(team_id__in=viewer.access.team_ids).values_list("pk", flat=True)
        return Scope(queue_ids=tuple(ids), labels=labels)
    return Scope(labels=labels)


def _reads_aggregates_alone(user: User, reach: Reach) -> bool:
    """Whether what they read beyond the queues of their teams comes from a role that is for aggregates."""
    others = reach_of(user.access.roles - AGGREGATES, Action.REPORTS)
    if others is Reach.OWN:
        return reach is not Reach.OWN and not user.access.sees_every_queue
    return others is Reach.NO


@dataclass(frozen=True)
class Where:
    """Which of the scope's cases count: a filter text as its reader means it. `Where.ALL` is every case."""

    text: str = ""
    condition: str = ""
    values: tuple[Any, ...] = field(default=(), repr=False)


Where.ALL = Where()  # type: ignore[attr-defined]
ALL = Where()


def parse_where(text: str, viewer: User, at: datetime) -> Where:
    """A filter of the case list as a condition on facts. `at` aware UTC.

    Raises `Invalid` with the language's pointed errors, and for what this reader's figures cannot be asked (`named.named_by`).
    """
    if not text.strip():
        return ALL
    compiled = compile_filter(text, viewer=viewer, at=at).raise_for_errors("/q")
    try:
        matching = named_by(compiled, viewer).values("pk")
        sql, params = matching.query.sql_with_params()
    except EmptyResultSet:
        return Where(compiled.canonical, "false")
    return Where(compiled.canonical, f"f.case_id IN ({sql})", tuple(params))


@dataclass(frozen=True)
class Figure:
    """One number, with all that a reader needs to trust it. `value` is None where there is nothing, or too little (`too_small`).

    For shares `low` and `high` are the Wilson 95 % interval and `n` the denominator. `as_of` is up to when the facts reach (aware UTC).
    """

    measure: Measure
    value: float | None
    n: int
    as_of: datetime
    low: float | None = None
    high: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    too_small: bool = False
    maturing: bool = False
    hidden_below: int = 0  # counts smaller than that are not this reader's, and this is one

    @property
    def n_text(self) -> str:
        """How many it rests on, in words: of a count that is hidden only below what it lies."""
        return (
            _("under %(n)d") % {"n": self.hidden_below}
            if self.hidden_below
            else formats.number_format(self.n, 0, force_grouping=True)
        )

    @property
    def text(self) -> str:
        """The value in words and the reader's language."""
        if self.hidden_below:
            return self.n_text
        if self.too_small:
            return _("n too small (%(n)s)") % {"n": self.n}
        return in_words(self.value, self.measure.unit)


def in_words(value: float | None, unit: Unit) -> str:
    """A value of a unit in the reader's language; a dash for nothing."""
    if value is None:
        return "—"
    match unit:
        case Unit.SHARE:
            return _("%(share)s %%") % {"share": formats.number_format(round(100 * value, 1), 1)}
        case Unit.SECONDS:
            return duration(value)
        case Unit.HOURS:
            return _("%(hours)s h") % {"hours": formats.number_format(round(value, 1), 1, force_grouping=True)}
        case Unit.DAYS:
            return ngettext("%(days)s day", "%(days)s days", round(value)) % {
                "days": formats.number_format(round(value, 1), 1)
            }
        case Unit.PER_THOUSAND:
            return formats.number_format(round(value, 1), 1)
        case Unit.COUNT:
            return formats.number_format(round(value), 0, force_grouping=True)


def duration(seconds: float) -> str:
    """ "3 d 4 h", "2 h 5 min", "40 s": the two largest parts."""
    rest = max(0, round(seconds))
    parts: list[str] = []
    for size, name in ((86400, _("d")), (3600, _("h")), (60, _("min")), (1, _("s"))):
        if rest >= size or (size == 1 and not parts):
            parts.append(f"{rest // size} {name}")
            rest %= size
        elif parts:
            break
    return " ".join(parts[:2])


@dataclass(frozen=True)
class Point:
    window: Window
    figure: Figure


def since_begun(points: Sequence[Point]) -> list[float | None]:
    """The values of points; None before the first in which anything was counted, since there was nothing to count then."""
    begun = next((number for number, point in enumerate(points) if point.figure.n), len(points))
    return [None] * begun + [point.figure.value for point in points[begun:]]


@dataclass(frozen=True)
class Value:
    """One value of a dimension: its key, its name, and the filter text that picks it; `raw` is what the facts hold."""

    key: str
    label: str
    filter_text: str
    raw: Any = None


@dataclass(frozen=True)
class Slice:
    values: tuple[Value, ...]
    figure: Figure


def as_of() -> datetime:
    """Up to when the facts reach (aware UTC)."""
    state = FactsState.objects.filter(pk=1).first()
    return state.as_of if state else db_now()


def measure_of(key: str) -> Measure:
    """Raises `UnknownMeasure`."""
    if key not in MEASURES:
        raise UnknownMeasure(_("There is no measure “%(key)s”: see the list of measures.") % {"key": key})
    return MEASURES[key]


def figure(key: str, *, scope: Scope, window: Window, where: Where = ALL, at: datetime | None = None) -> Figure:
    """A measure over one window. `at` (aware UTC) is the reader's present: what lies after it has not happened."""
    return series(key, scope=scope, windows=[window], where=where, at=at)[0].figure


def series(
    key: str,
    *,
    scope: Scope,
    window: Window | None = None,
    every: str = "week",
    windows: Sequence[Window] = (),
    where: Where = ALL,
    at: datetime | None = None,
    zone: ZoneInfo | None = None,
) -> list[Point]:
    """A measure over each hour, local day or ISO week of a window, or over the windows given. One query."""
    measure = measure_of(key)
    if window is not None:
        windows = split(window, every, zone=zone or ZoneInfo("UTC"))
    if not windows:
        return []
    now = at or db_now()
    ends = [min(each.end, max(now, each.start)) if measure.is_snapshot else each.end for each in windows]
    spans = [Window(each.start, end) for each, end in zip(windows, ends, strict=True)]
    stood = standing(measure, scope, where, spans, [])
    seen_at = stood.as_of or now
    if measure.key == "backlog" and (counts := _backlog(scope, where, ends)) is not None:
        rows = [(float(open_then), open_then, None, None) for open_then in counts]
    else:
        found = counted(measure, scope, where, spans, [], stood=stood)
        rows = [found.get((place, ()), _NOTHING[measure.is_share]) for place in range(len(spans))]
    return [
        Point(each, _figure(measure, row, seen_at, scope, each, now)) for each, row in zip(windows, rows, strict=True)
    ]


def breakdown(
    key: str,
    *,
    scope: Scope,
    window: Window,
    by: Sequence[str],
    where: Where = ALL,
    at: datetime | None = None,
    limit: int = 200,
) -> list[Slice]:
    """A measure over one window for each value of one or more dimensions, the largest first. One query and one for names.

    Raises `UnknownMeasure` where the measure has no such dimension.
    """
    measure = measure_of(key)
    for dimension in by:
        if dimension not in measure.dimensions:
            raise UnknownMeasure(
                _("“%(measure)s” cannot be broken down by “%(by)s”.") % {"measure": measure.label, "by": dimension}
            )
    now = at or db_now()
    end = min(window.end, max(now, window.start)) if measure.is_snapshot else window.end
    stood = standing(measure, scope, where, [Window(window.start, end)], by)
    seen_at = stood.as_of or now
    held = counted(measure, scope, where, [Window(window.start, end)], by, stood=stood)
    told = [(values, row) for (_place, values), row in held.items() if row[1]]
    told.sort(key=lambda item: (-int(item[1][1]), [_in_order(part) for part in item[0]]))
    rows = [(*values, *row) for values, row in told[:limit]]
    names = [_names(each, [row[place] for row in rows]) for place, each in enumerate(by)]
    found = []
    for row in rows:
        shown = _figure(measure, row[len(by) :], seen_at, scope, window, now)
        if scope.small_cell and shown.n < scope.small_cell:
            continue
        found.append(Slice(tuple(names[place][row[place]] for place in range(len(by))), shown))
    return found


_Row = tuple[Any, Any, Any, Any]  # value, n, numerator, denominator
_NOTHING: dict[bool, _Row] = {True: (None, 0, 0, 0), False: (0.0, 0, None, None)}
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


def _in_order(value: Any) -> tuple[bool, Any]:
    """A key that puts nothing last, as the database does."""
    return (value is None, 0 if value is None else value)


def standing(
    measure: Measure, scope: Scope, where: Where, windows: Sequence[Window], by: Sequence[str]
) -> rollups.Standing:
    """Up to when the facts reach, and which days the rollups can answer for: one query for both."""
    if where.condition or not windows or rollups.held(measure, scope, by) is None:
        return rollups.Standing(as_of())
    return rollups.standing(min(each.start for each in windows), max(each.end for each in windows))


def counted(
    measure: Measure,
    scope: Scope,
    where: Where,
    windows: Sequence[Window],
    by: Sequence[str],
    *,
    stood: rollups.Standing | None = None,
) -> dict[tuple[int, tuple[Any, ...]], _Row]:
    """A measure over windows, by values of dimensions: from rollups as far as they hold it, from facts for the rest.

    Percentiles of more than `EXACT_TO` values in all are read off histograms, within 1 %. `stood` says which days' rollups count, where
    the caller knows it already.
    """
    rows = None if where.condition or not windows else rollups.held(measure, scope, by)
    if rows is None:
        return _of_facts(measure, scope, where, list(enumerate(windows)), by)
    if stood is None:
        stood = rollups.standing(min(each.start for each in windows), max(each.end for each in windows))
    pieces = rollups.cut(windows, stood, hours=rows.hours)
    if all(piece.grain == rollups.FACTS for piece in pieces):
        return _of_facts(measure, scope, where, list(enumerate(windows)), by)
    rest = [piece for piece in pieces if piece.grain == rollups.FACTS]
    if measure.recipe.percentile is not None:
        return _percentiles(measure, scope, where, windows, by, pieces, rest, rows)
    sums: dict[tuple[int, tuple[Any, ...]], list[int]] = {}
    for place, values, of, hits in rollups.add_up(measure, scope, pieces, by, rows):
        held = sums.setdefault((place, values), [0, 0])
        held[0] += of
        held[1] += hits
    for start in range(0, len(rest), _PIECES):
        # Several pieces of one window: each in a query of its place would lose the others, so they are numbered here.
        part = rest[start : start + _PIECES]
        numbered = [(number, Window(piece.start, piece.end)) for number, piece in enumerate(part)]
        for (number, values), (_value, n, hits, of) in _of_facts(measure, scope, where, numbered, by).items():
            held = sums.setdefault((part[number].place, values), [0, 0])
            held[0] += part[number].sign * int((of if measure.is_share else n) or 0)
            held[1] += part[number].sign * int(hits or 0)
    return {key: _row(measure, *held) for key, held in sums.items() if held[0] or not by}


def _percentiles(
    measure: Measure,
    scope: Scope,
    where: Where,
    windows: Sequence[Window],
    by: Sequence[str],
    pieces: Sequence[rollups.Piece],
    rest: Sequence[rollups.Piece],
    rows: rollups.Held,
) -> dict[tuple[int, tuple[Any, ...]], _Row]:
    """Percentiles off histograms; off the facts themselves where they are few enough to be exact at no cost."""
    share = measure.recipe.percentile
    assert share is not None
    held: dict[tuple[int, tuple[Any, ...]], Counter[int]] = defaultdict(Counter)
    for place, values, bucket, n in rollups.spread(scope, pieces, by, rows):
        held[place, values][bucket] += n
    for start in range(0, len(rest), _PIECES):
        part = rest[start : start + _PIECES]
        for number, values, bucket, n in _buckets(measure, scope, where, part, by):
            held[part[number].place, values][bucket] += part[number].sign * n
    counts = {key: sum(histogram.values()) for key, histogram in held.items()}
    if sum(counts.values()) <= EXACT_TO:
        return _of_facts(measure, scope, where, list(enumerate(windows)), by)
    found: dict[tuple[int, tuple[Any, ...]], _Row] = {}
    if not by:
        found = {(place, ()): (None, 0, None, None) for place in range(len(windows))}
    return found | {key: (tallies.percentile(held[key], share), n, None, None) for key, n in counts.items() if n}


EXACT_TO = 5000  # values whose percentile is computed from the values themselves


def _buckets(
    measure: Measure, scope: Scope, where: Where, pieces: Sequence[rollups.Piece], by: Sequence[str]
) -> list[tuple[int, tuple[Any, ...], int, int]]:
    """Of pieces that only facts hold: number, values of the dimensions, bucket, how many values lie in it."""
    recipe = measure.recipe
    conditions, values = _conditions(measure, scope, where, "w.s", "w.e")
    columns = [DIMENSIONS[each].column for each in by]
    named = "".join(f"{column} AS d{number}, " for number, column in enumerate(columns))
    grouped = ", ".join([*columns, "bucket"])
    sql = (
        "SELECT w.o, x.* FROM unnest(%s::int[], %s::timestamptz[], %s::timestamptz[]) w(o, s, e)"
        f" CROSS JOIN LATERAL (SELECT {named}{tallies.bucket(recipe.value)} AS bucket, count(*) {FROM[recipe.frame]}"
        f" WHERE {conditions} AND {recipe.value} IS NOT NULL GROUP BY {grouped}) x"
    )
    arrays = [list(range(len(pieces))), [piece.start for piece in pieces], [piece.end for piece in pieces]]
    return [(row[0], tuple(row[1:-2]), row[-2], row[-1]) for row in _rows(sql, [*arrays, *values])]


_PIECES = 1000


def _row(measure: Measure, of: int, hits: int) -> _Row:
    if not measure.is_share:
        return float(of), of, None, None
    return (measure.recipe.per * hits / of if of else None), of, hits, of


def _of_facts(
    measure: Measure, scope: Scope, where: Where, windows: Sequence[tuple[int, Window]], by: Sequence[str]
) -> dict[tuple[int, tuple[Any, ...]], _Row]:
    if not windows:
        return {}
    recipe = measure.recipe
    parts = ", ".join(part.format(end="w.e") for part in aggregate(recipe))
    conditions, values = _conditions(measure, scope, where, "w.s", "w.e")
    columns = [DIMENSIONS[each].column for each in by]
    named = "".join(f"{column} AS d{number}, " for number, column in enumerate(columns))
    grouped = f" GROUP BY {', '.join(columns)}" if columns else ""
    sql = (
        "SELECT w.o, x.* FROM unnest(%s::int[], %s::timestamptz[], %s::timestamptz[]) w(o, s, e)"
        f" CROSS JOIN LATERAL (SELECT {named}{parts} {FROM[recipe.frame]} WHERE {conditions}{grouped}) x"
    )
    places, starts, ends = (
        [place for place, _window in windows],
        [window.start for _place, window in windows],
        [window.end for _place, window in windows],
    )
    rows = _rows(sql, [places, starts, ends, *values])
    return {(row[0], tuple(row[1:-4])): row[-4:] for row in rows}


def _backlog(scope: Scope, where: Where, ends: Sequence[datetime]) -> list[int] | None:
    """How many were open at each instant: what had come in and come back, less what had been closed. None where rollups do not reach back.

    What happens at the very instant counts as after it.
    """
    known = rollups.Standing(None) if where.condition or not ends else rollups.standing(_BEGINNING, max(ends))
    first = known.first
    if first is None or CaseFact.objects.filter(received_at__lt=first).exists():
        return None
    ordered = sorted(set(ends))
    windows = [Window(start, end) for start, end in itertools.pairwise([_BEGINNING, *ordered])]
    rest = [piece for piece in rollups.cut(windows, known, hours=True) if piece.grain == rollups.FACTS]
    if sum((piece.end - max(piece.start, first) for piece in rest), timedelta()) > _MOST_FACTS:
        return None
    flows = [counted(MEASURES[key], scope, where, windows, [], stood=known) for key in ("volume", "reopens", "closes")]
    stood, standing = {}, 0
    for place, end in enumerate(ordered):
        came, again, went = (int(flow.get((place, ()), _NOTHING[False])[1] or 0) for flow in flows)
        standing += came + again - went
        stood[end] = standing
    return [stood[end] for end in ends]


_MOST_FACTS = timedelta(days=40)


def _conditions(measure: Measure, scope: Scope, where: Where, start: str, end: str) -> tuple[str, list[Any]]:
    text = condition(measure.recipe, start, end).replace("%", "%%")
    if measure.recipe.frame is Frame.GAP:  # about rules and not about cases: whoever sees all sees it
        is_all = scope.organization_id is None and scope.queue_ids is None and not scope.is_empty and not where.text
        return f"{text} AND {'true' if is_all else 'false'}", []
    theirs, values = scope.sql()
    if not where.condition:
        return f"{text} AND {theirs}", values
    return f"{text} AND {theirs} AND {where.condition}", [*values, *where.values]


def _rows(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _figure(
    measure: Measure, row: Sequence[Any], seen_at: datetime, scope: Scope, window: Window, now: datetime
) -> Figure:
    value, n, numerator, denominator = row
    n = int(n or 0)
    maturing = bool(measure.matures_after_days) and window.end > now - timedelta(days=measure.matures_after_days)
    hidden = bool(scope.small_cell) and 0 < n < scope.small_cell
    too_small = hidden or (measure.is_share and 0 < n < LEAST_N)
    low = high = None
    if measure.is_share and n and not too_small:
        low, high = (measure.recipe.per * each for each in wilson(float(numerator), float(denominator)))
    return Figure(
        measure,
        None if value is None or too_small else float(value),
        n,
        seen_at,
        low,
        high,
        None if hidden or numerator is None else float(numerator),
        None if hidden or denominator is None else float(denominator),
        too_small,
        maturing,
        scope.small_cell if hidden else 0,
    )


_CHOICES: dict[str, Any] = {
    "severity": {each.value: f"S{each.value}" for each in Severity},
    "harm": dict(Harm.choices),
    "surface": dict(Surface.choices),
    "channel": dict(Channel.choices),
    "reason": dict(InvalidReason.choices),
    "clock": dict(Metric.choices),
    "verdict": dict(Verdict.choices),
}


def _names(dimension: str, keys: Sequence[Any]) -> dict[Any, Value]:
    """Name and filter text of each value. Names are looked up once for all."""
    filtered = DIMENSIONS[dimension].filter
    named: dict[Any, tuple[str, str]] = {}
    if dimension == "queue":
        named = {row.pk: (row.slug, row.name) for row in Queue.objects.filter(pk__in=set(keys))}
    elif dimension == "vendor":
        named = {row.pk: (row.slug, row.name) for row in Organization.objects.filter(pk__in=set(keys))}
    elif dimension == "team":
        named = {row.pk: (row.slug, row.name) for row in Team.objects.filter(pk__in={key for key in keys if key})}
    choices = _CHOICES.get(dimension, {})
    found = {}
    for key in dict.fromkeys(keys):
        slug, label = named.get(
            key, (str(key if key is not None else ""), str(choices.get(key, key if key is not None else "")))
        )
        text = f"{filtered}:{slug or 'none'}"
        if dimension == "language" and slug and "-" not in slug:
            text = f"{filtered}:={slug}"  # `lang:pt` would find pt-BR as well, which is counted for itself
        found[key] = Value(slug, label or _("none"), text, key)
    return found


def contributions(
    key: str,
    *,
    scope: Scope,
    before: Window,
    after: Window,
    by: Sequence[str],
    where: Where = ALL,
    at: datetime | None = None,
) -> list[tuple[tuple[Value, ...], Share]]:
    """CH-24 for a share: what each slice did to the change between two windows, the most important first; exact."""
    sides = [
        breakdown(key, scope=scope, window=each, by=by, where=where, at=at, limit=5000) for each in (before, after)
    ]
    counts = [
        {each.values: (each.figure.numerator or 0.0, each.figure.denominator or 0.0) for each in side} for side in sides
    ]
    return [(share.slice, share) for share in contribution(counts[0], counts[1])]  # type: ignore[arg-type,misc]


def drill_url(
    key: str,
    *,
    window: Window,
    where: Where = ALL,
    slice: Sequence[Value] = (),
    side: str = "all",
    zone: tzinfo | None = None,
    scope: Scope | None = None,
) -> str:
    """The case list with exactly the rows of a figure (`side`: all, numerator, missed), or "" where the list cannot say that.

    `zone` is the reader's own, in which the list reads days (without, no day is written: readers of several zones share the address);
    `scope` whose rows were counted.
    """
    recipe = measure_of(key).recipe
    text = recipe.drill.get(side) or recipe.drill.get("all", "")
    if not text or recipe.frame is Frame.GAP:
        return ""
    parts = [
        text.replace("{range}", range_text(window, zone)),
        *[each.filter_text for each in slice],
        "" if recipe.children else "-is:child",
        # Who counts the queues of their teams must not find the cases of others in the list, which shows what else they work on, too.
        "team:@team" if scope is not None and scope.queue_ids is not None else "",
        f"({where.text})" if " OR " in where.text else where.text,
    ]
    asked = " ".join(part for part in parts if part)
    if len(asked) > MAX_CHARACTERS:
        return ""  # no list can be asked for in so many words
    return f"{reverse('escalations:queue')}?{urlencode({'q': asked})}"


def range_text(window: Window, zone: tzinfo | None) -> str:
    """A window in the filter language, to the instant: days where they are whole days of the zone that the reader's list has."""
    if zone is not None:
        first, after = window.start.astimezone(zone), window.end.astimezone(zone)
        if first.time() == time() and after.time() == time():
            last = after.date() - timedelta(days=1)
            return f"{first.date()}" if first.date() == last else f"{first.date()}..{last}"
    return f"{_instant(window.start)}..{_instant(window.end)}"


def _instant(moment: datetime) -> str:
    """An instant as a word of the filter language: no colon, so no quotes."""
    shown = moment.astimezone(UTC)
    return f"{shown:%Y-%m-%dT%H%MZ}" if not (shown.second or shown.microsecond) else f"{shown:%Y-%m-%dT%H%M%S.%fZ}"

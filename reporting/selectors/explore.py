"""The explorer: a measure, by up to two dimensions, of the cases a filter names, over a stretch of time. Reads figures; counts nothing itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Protocol
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Action, Reach
from core.errors import FieldProblem, Invalid, NotPermitted
from escalations.filters.context import zone_of
from reporting.charts import Chart, Mark, Series, heat_table, horizontal_bars, line_band
from reporting.measures import DIMENSIONS, MEASURES, Measure, Unit
from reporting.pages import ranges
from reporting.selectors import figures
from reporting.selectors.figures import Figure, Scope, Slice, Value, Where, Window

MOST_ROWS = 500
MOST_BARS, MOST_LINES, MOST_CELLS = 24, 5, 12
FIRST_MEASURE, FIRST_RANGE = "volume", "28d"


class Shown(StrEnum):
    """How the answer is drawn; the numbers stand below in each case."""

    TABLE = "table"
    LINE = "line"
    BAR = "bar"


@dataclass(frozen=True)
class Choice:
    """What is asked, as the page's address says it. `by` holds dimension keys, at most two."""

    measure: Measure
    by: tuple[str, ...]
    where: Where
    range: ranges.TimeRange
    shown: Shown

    @property
    def window(self) -> Window:
        return Window(self.range.start, self.range.end)

    def params(self) -> dict[str, str]:
        """The same as parameters, the usual ones left out."""
        said = {
            "m": self.measure.key,
            "by": self.by[0] if self.by else "",
            "by2": self.by[1] if len(self.by) > 1 else "",
            "q": self.where.text,
            "range": self.range.text,
            "as": self.shown.value,
        }
        return {name: value for name, value in said.items() if value}

    @property
    def query(self) -> str:
        """The query string of this very view."""
        return urlencode(self.params())

    def said(self) -> str:
        """In words, for the head of a file."""
        by = ", ".join(str(DIMENSIONS[key].label) for key in self.by)
        return "; ".join(
            part
            for part in (
                str(self.measure.label),
                by and _("by %(dimensions)s") % {"dimensions": by},
                self.where.text,
                f"{self.range.start:%Y-%m-%dT%H:%MZ}..{self.range.end:%Y-%m-%dT%H:%MZ}",
            )
            if part
        )


@dataclass(frozen=True)
class Line:
    """One row of the answer: what it is about, its figure, and the cases behind it where the case list can say them."""

    values: tuple[Value, ...]
    figure: Figure
    href: str
    interval: str


@dataclass(frozen=True)
class Explored:
    """The answer. `is_cut`: there were more slices than are shown. `chart` is None for a table."""

    total: Figure
    total_href: str
    lines: list[Line]
    is_cut: bool
    chart: Chart | None
    note: str = ""


def choice_of(params: Mapping[str, str], *, viewer: User, at: datetime, zone: tzinfo | None = None) -> Choice:
    """What an address asks for. `at` aware UTC. Raises `Invalid` with every wrong value at once."""
    problems: list[FieldProblem] = []
    key = params.get("m", "") or FIRST_MEASURE
    measure = MEASURES.get(key)
    if measure is None:
        problems.append(FieldProblem("/m", "unknown", _("There is no measure “%(key)s”.") % {"key": key[:40]}))
        measure = MEASURES[FIRST_MEASURE]
    by = tuple(dict.fromkeys(name for name in (params.get("by", ""), params.get("by2", "")) if name))
    for name in by:
        if name not in measure.dimensions:
            label = DIMENSIONS[name].label if name in DIMENSIONS else name[:40]
            detail = _("“%(measure)s” cannot be broken down by “%(by)s”.") % {"measure": measure.label, "by": label}
            problems.append(FieldProblem("/by", "unknown", detail))
    by = tuple(name for name in by if name in measure.dimensions)
    where = figures.ALL
    try:
        where = figures.parse_where(params.get("q", "").replace("\x00", ""), viewer, at)
    except Invalid as error:
        problems += error.errors or [FieldProblem("/q", error.given_code, error.detail)]
    try:
        asked = ranges.parse(
            params.get("range", "") or FIRST_RANGE, at=at, zone=zone or timezone.get_current_timezone()
        )
    except Invalid as error:
        problems += error.errors
        asked = ranges.parse(FIRST_RANGE, at=at, zone=zone or timezone.get_current_timezone())
    shown = params.get("as", "") or (Shown.BAR if by else Shown.LINE).value
    if shown not in {one.value for one in Shown}:
        problems.append(FieldProblem("/as", "unknown", _("Choose table, line or bar.")))
        shown = Shown.TABLE.value
    if shown == Shown.LINE and len(by) > 1:
        problems.append(
            FieldProblem(
                "/by2", "too_many", _("Lines are split by one thing: take the second away, or choose a table.")
            )
        )
    if problems:
        raise Invalid(errors=problems)
    return Choice(measure, by, where, asked, Shown(shown))


def scope_for(viewer: User) -> Scope:
    """Whose rows count. Raises `NotPermitted` where there are none."""
    scope = figures.scope_of(viewer)
    if scope.is_empty:
        raise NotPermitted(_("Your role does not see these reports."), rule="reports")
    return scope


def explore(choice: Choice, *, viewer: User, at: datetime, zone: ZoneInfo | None = None) -> Explored:
    """The answer to a choice, with the viewer's scope. `at` aware UTC. Raises `NotPermitted`."""
    scope = scope_for(viewer)
    local = zone or ZoneInfo(viewer.time_zone)
    key, window, where = choice.measure.key, choice.window, choice.where
    total = figures.figure(key, scope=scope, window=window, where=where, at=at)
    slices: list[Slice] = []
    if choice.by:
        slices = figures.breakdown(
            key, scope=scope, window=window, by=choice.by, where=where, at=at, limit=MOST_ROWS + 1
        )
    drill = _drill_of(choice, viewer, scope, at)
    lines = [
        Line(each.values, each.figure, drill(window, where, each.values), interval_of(each.figure))
        for each in slices[:MOST_ROWS]
    ]
    chart, note = None, ""
    if choice.shown is Shown.LINE:
        chart, note = _lines(choice, slices, scope, at, local, drill)
    elif choice.shown is Shown.BAR and lines:
        chart, note = _bars(choice, lines)
    return Explored(
        total,
        drill(window, where) if total.n else "",
        lines,
        len(slices) > MOST_ROWS,
        chart,
        note,
    )


def interval_of(figure: Figure) -> str:
    """The 95 % interval of a share, in words; empty for other figures."""
    if figure.low is None or figure.high is None:
        return ""
    low, high = (figures.in_words(value, figure.measure.unit) for value in (figure.low, figure.high))
    return f"{low} – {high}"


def step_of(window: Window) -> str:
    """Hours for two days, days for six weeks, weeks beyond: about as many points as a chart can hold."""
    length = window.end - window.start
    return "hour" if length <= timedelta(days=2) else "day" if length <= timedelta(days=45) else "week"


class Drill(Protocol):
    """The list behind a figure of the choice's measure, or ""."""

    def __call__(self, window: Window, where: Where, values: Sequence[Value] = ()) -> str: ...


def _drill_of(choice: Choice, viewer: User, scope: Scope, at: datetime) -> Drill:
    """How this viewer comes from figures to cases: not for a role that opens none, nor to what stood open at a time that is past."""
    zone, opens = zone_of(viewer), viewer.reach(Action.CASE_READ) is not Reach.NO

    def drill(window: Window, where: Where, values: Sequence[Value] = ()) -> str:
        if not opens or (choice.measure.is_snapshot and window.end < at):
            return ""
        key = choice.measure.key
        return figures.drill_url(key, window=window, where=where, slice=values, zone=zone, scope=scope)

    return drill


def _lines(
    choice: Choice, slices: Sequence[Slice], scope: Scope, at: datetime, zone: ZoneInfo, drill: Drill
) -> tuple[Chart, str]:
    """Over time: one line, or one for each of the largest slices."""
    every = step_of(choice.window)
    key, note = choice.measure.key, ""
    asked: list[tuple[str, Where]] = [(str(choice.measure.label), choice.where)]
    if slices:
        told = slices[:MOST_LINES]
        asked = [(each.values[0].label, _narrowed(choice.where, choice.by[0], each.values[0])) for each in told]
        if len(slices) > MOST_LINES:
            note = _("The chart shows the %(n)d largest; the table has all.") % {"n": MOST_LINES}
    series = []
    for name, where in asked:
        points = figures.series(
            key, scope=scope, windows=figures.split(choice.window, every, zone=zone), where=where, at=at
        )
        marks = [
            Mark(
                _moment(point.window.start.astimezone(zone), every),
                point.figure.value,
                point.figure.text,
                (drill(point.window, where) or None) if point.figure.n else None,
            )
            for point in points
        ]
        series.append(Series(name, marks))
    title = f"{choice.measure.label}: {_EVERY[every]()}"
    return line_band(title, series, as_text=lambda value: figures.in_words(value, choice.measure.unit)), note


_EVERY = {"hour": lambda: _("by hour"), "day": lambda: _("by day"), "week": lambda: _("by week")}


def _moment(local: datetime, every: str) -> str:
    return formats.date_format(local, "H:i" if every == "hour" else "j M")


def _narrowed(where: Where, dimension: str, value: Value) -> Where:
    """The same cases, of one slice. Its column and value go to the database apart from each other."""
    column = DIMENSIONS[dimension].column
    picked = f"{column} IS NULL" if value.raw is None else f"{column} = %s"
    values = () if value.raw is None else (value.raw,)
    text = " ".join(part for part in (where.text, value.filter_text) if part)
    return Where(text, f"({where.condition}) AND {picked}" if where.condition else picked, (*where.values, *values))


def _bars(choice: Choice, lines: Sequence[Line]) -> tuple[Chart | None, str]:
    """One dimension: bars from zero. Two: a table of cells with their values."""
    note = ""
    names = [str(DIMENSIONS[key].label) for key in choice.by]
    title = f"{choice.measure.label} · {' × '.join(names)}"
    if len(choice.by) == 1:
        if len(lines) > MOST_BARS:
            note = _("The chart shows the %(n)d largest; the table has all.") % {"n": MOST_BARS}
        marks = [
            Mark(line.values[0].label, line.figure.value, line.figure.text, line.href or None)
            for line in lines[:MOST_BARS]
        ]
        return horizontal_bars(title, marks, first=names[0], value=str(choice.measure.label)), note
    down = list(dict.fromkeys(line.values[0] for line in lines))
    across = list(dict.fromkeys(line.values[1] for line in lines))
    if len(down) > MOST_BARS or len(across) > MOST_CELLS:
        note = _("The chart shows the largest; the table has all.")
    found = {line.values: line for line in lines}
    down, across = _in_order(down[:MOST_BARS], choice.by[0]), _in_order(across[:MOST_CELLS], choice.by[1])
    rows = []
    for first in down:
        marks = []
        for second in across:
            line = found.get((first, second))
            label = f"{first.label} · {second.label}"
            marks.append(
                Mark(label, line.figure.value, line.figure.text, line.href or None) if line else Mark(label, None, "–")
            )
        rows.append((first.label, marks))
    return heat_table(title, rows, [value.label for value in across], first=names[0]), note


def _in_order(values: list[Value], key: str) -> list[Value]:
    """The largest first, but for a scale, which stands in its own order."""
    return sorted(values, key=lambda value: value.label) if key == "severity" else values


def unit_in_words(unit: Unit) -> str:
    """What a file's column of values is in."""
    return {
        Unit.COUNT: _("cases or events"),
        Unit.SHARE: _("part of 1"),
        Unit.SECONDS: _("seconds"),
        Unit.HOURS: _("hours"),
        Unit.DAYS: _("days"),
        Unit.PER_THOUSAND: _("per thousand"),
    }[unit]

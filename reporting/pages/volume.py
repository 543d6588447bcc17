"""`/reports/volume/`: what comes in, when, what moved, and whether old work grows. CH-10 to CH-14."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting import charts
from reporting.charts import Chart, Linked, Mark, Series
from reporting.measures import DIMENSIONS
from reporting.pages import Drawn, Page, Panel, ranges
from reporting.pages.asking import Ask
from reporting.pages.tiles import day_label, flags_of, measure_tile, week_label
from reporting.selectors import grids
from reporting.selectors.figures import Figure, Value, Window, as_of, series, split
from reporting.selectors.grids import Line
from reporting.statistics import xmr

TOP = 5
LEAST_MOVED = 5  # what has fewer in both stretches moves by chance alone
MOST_MOVED = 12
MOST_HOURS = 10  # stretches of one cell that fit into a filter's text
AGE_LABELS: tuple[str | Promise, ...] = (
    gettext_lazy("under 1 h"),
    gettext_lazy("1–4 h"),
    gettext_lazy("4–24 h"),
    gettext_lazy("1–3 days"),
    gettext_lazy("3–7 days"),
    gettext_lazy("over 7 days"),
)
_OLDEST = timedelta(days=3600)  # the filter language takes ranges of up to ten years


def counted(number: int | None, ask: Ask) -> str:
    """A count in words; one too small for the reader's role is not told."""
    if number is None or 0 < number < ask.scope.small_cell:
        return _("under %(n)d") % {"n": ask.scope.small_cell}
    return formats.number_format(number, 0, force_grouping=True)


def tiles(ask: Ask) -> Drawn:
    """What came, what was closed, what is open and how old it is."""
    keys = ("volume", "valid_volume", "duplicate_rate", "closes", "backlog", "age_p90", "aged_share")
    return Drawn(tiles=[measure_tile(key, ask, "28d") for key in keys])


def ch10(ask: Ask) -> Drawn:
    """Cases by week, in the five largest values of four dimensions."""
    weeks = ask.weeks(13)
    drawn = [
        chart
        for by in ("severity", "harm", "vendor", "language")
        if (chart := _columns(ask, weeks, by, is_severity=by == "severity")) is not None
    ]
    if not drawn:
        return _nothing_came(ask)
    return Drawn(charts=drawn, as_of=as_of(), note=_("The last column is the week that still runs."))


def _columns(ask: Ask, weeks: Sequence[Window], by: str, *, is_severity: bool) -> Chart | None:
    lines = grids.series_by("volume", scope=ask.scope, windows=weeks, by=by, where=ask.where, at=ask.at)
    if not any(line.n for line in lines):
        return None
    labels = [week_label(week, ask) for week in weeks]
    shown = sorted(lines, key=lambda line: line.value.key) if is_severity else lines[:TOP]
    parts = [
        Series(
            line.value.label,
            [_mark(ask, label, week, figure, line.value) for label, week, figure in _cells(labels, weeks, line)],
        )
        for line in shown
    ]
    if is_severity:  # a place for each, so that S2 keeps its colour where there is no S1
        named = {line.value.key: part for line, part in zip(shown, parts, strict=True)}
        none = [Mark(label, None, "0") for label in labels]
        parts = [named.get(str(level), Series(f"S{level}", none)) for level in range(5)]
    elif rest := lines[TOP:]:
        parts.append(_others(ask, labels, weeks, shown, rest))
    title = _("By %(dimension)s") % {"dimension": str(DIMENSIONS[by].label).lower()}
    return charts.stacked_columns(
        title, parts, flags=flags_of(ask, weeks), is_severity=is_severity, first=_("Week from")
    )


def _cells(labels: Sequence[str], weeks: Sequence[Window], line: Line) -> list[tuple[str, Window, Figure]]:
    return list(zip(labels, weeks, line.figures, strict=True))


def _mark(ask: Ask, label: str, window: Window, figure: Figure, value: Value) -> Mark:
    href = ask.drill("volume", window, values=[value]) if figure.n and figure.value is not None else ""
    return Mark(label, figure.value, counted(figure.n, ask), href or None)


def _others(
    ask: Ask, labels: Sequence[str], weeks: Sequence[Window], shown: Sequence[Line], rest: Sequence[Line]
) -> Series:
    """Everything beside the largest: the list behind it excludes those."""
    but = Value("", "", " ".join(_but(line.value) for line in shown))
    marks = []
    for number, (label, week) in enumerate(zip(labels, weeks, strict=True)):
        total = sum(line.figures[number].n for line in rest)
        is_told = total >= ask.scope.small_cell
        href = ask.drill("volume", week, values=[but]) if total and is_told else ""
        marks.append(Mark(label, float(total) if is_told else None, counted(total, ask), href or None))
    return Series(_("Other (%(n)d)") % {"n": len(rest)}, marks)


def _but(value: Value) -> str:
    return value.filter_text[1:] if value.filter_text.startswith("-") else f"-{value.filter_text}"


def _nothing_came(ask: Ask) -> Drawn:
    return Drawn(
        empty=_("No cases came in during this time that match. Take more time or fewer words of the filter."),
        empty_href=ask.query(q="", range="52w") if ask.text or ask.range else "",
        empty_action=_("Show 52 weeks without a filter"),
        as_of=ask.at,
    )


def ch11(ask: Ask) -> Drawn:
    """Cases by weekday and hour of the page's zone."""
    window = ask.window("28d")
    found = grids.hours_of_week(scope=ask.scope, window=window, where=ask.where, zone=ask.zone)
    if not found:
        return _nothing_came(ask)
    stretches = grids.hour_windows(window, ask.zone)
    fits = (window.end - window.start) <= timedelta(weeks=MOST_HOURS - 1)
    rows = []
    for weekday in range(7):
        name = formats.date_format(date(2024, 1, 1 + weekday), "D")
        marks = []
        for hour in range(24):
            count = found.get((weekday, hour), 0)
            is_told = count >= ask.scope.small_cell or not count
            href = ""
            if count and is_told and fits:
                spans = ",".join(ask.range_text(each) for each in stretches[weekday, hour])
                href = ask.cases_url(f"received:{spans}", "-is:child")
            marks.append(
                Mark(
                    f"{hour:02d}:00",
                    float(count) if is_told else None,
                    counted(count, ask) if count else "0",
                    href or None,
                )
            )
        rows.append((name, marks))
    hours = [f"{hour:02d}" for hour in range(24)]
    chart = charts.heat_table(_("Received by weekday and hour"), rows, hours, first=_("Weekday"))
    note = _("Hours of %(zone)s.") % {"zone": ask.zone.key}
    hint = "" if fits else _("A cell leads to its cases for stretches of up to %(n)d weeks.") % {"n": MOST_HOURS - 1}
    return Drawn(charts=[chart], note=note, hint=hint, as_of=as_of())


def ch12(ask: Ask) -> Drawn:
    """Seven days against the four weeks before, by value of each dimension; what lies beyond its own limits comes first."""
    end = ask.window("7d").end
    edges = [ranges.shifted(end, ask.zone, days=-7 * back) for back in range(13, -1, -1)]
    windows = [Window(start, after) for start, after in itertools.pairwise(edges)]
    moved: list[tuple[float, Mark]] = []
    for by in ("queue", "vendor", "harm", "language", "market", "surface"):
        lines = grids.series_by("volume", scope=ask.scope, windows=windows, by=by, where=ask.where, at=ask.at)
        # Weeks before the first case of all are no history of anything.
        begun = next((week for week in range(13) if any(line.figures[week].n for line in lines)), 12)
        for line in lines:
            if (one := _moved(ask, by, windows[-1], line, begun)) is not None:
                moved.append(one)
    if not moved:
        return Drawn(
            empty=_("Nothing of at least %(n)d cases a week moved.") % {"n": LEAST_MOVED},
            empty_href=ask.query(q="") if ask.text else "",
            empty_action=_("Show without a filter"),
            as_of=ask.at,
        )
    moved.sort(key=lambda pair: (-pair[0], -abs(pair[1].value or 0), pair[1].label))
    chart = charts.diverging_bars(
        _("Change in 7 days against the weekly mean of the 28 days before"),
        [mark for _beyond, mark in moved[:MOST_MOVED]],
        first=_("Slice"),
        value=_("Change"),
    )
    note = _("◆ beyond the natural limits of the 12 weeks before.")
    if len(moved) > MOST_MOVED:
        note += " " + _("The first %(shown)d of %(n)d.") % {"shown": MOST_MOVED, "n": len(moved)}
    return Drawn(charts=[chart], note=note, as_of=as_of())


def _moved(ask: Ask, by: str, window: Window, line: Line, begun: int) -> tuple[float, Mark] | None:
    """How far a slice lies beyond its limits, and its mark; None where it is too small to tell."""
    *past, now = [float(figure.n) for figure in line.figures[begun:]]
    if not past:
        return None
    usual = sum(past[-4:]) / len(past[-4:])
    least = max(LEAST_MOVED, ask.scope.small_cell)
    if max(now, usual) < least or 0 < now < ask.scope.small_cell or abs(now - usual) < 1:
        return None
    limits = xmr(past)
    beyond = 0.0
    if limits.low is not None and limits.high is not None:
        beyond = max(now - limits.high, limits.low - now, 0.0)
    label = f"{DIMENSIONS[by].label}: {line.value.label}"
    change = now - usual
    named = {
        "change": ("+" if change > 0 else "−") + formats.number_format(round(abs(change), 1), 1),
        "now": formats.number_format(now, 0, force_grouping=True),
        "usual": formats.number_format(round(usual, 1), 1),
    }
    text = _("%(change)s (%(usual)s → %(now)s)") % named
    hover = _("%(label)s: %(now)s, usually %(usual)s in 7 days") % {"label": label, **named}
    href = ask.drill("volume", window, values=[line.value]) if now else ""
    return beyond, Mark(label, change, text, href or None, hover, beyond > 0)


def ch13(ask: Ask) -> Drawn:
    """Open cases at the end of each day, by age; the oldest lie at the bottom."""
    days = split(ask.window("90d"), "day", zone=ask.zone)
    moments = [min(day.end, ask.at) for day in days]
    found = grids.backlog_by_age(scope=ask.scope, moments=moments, where=ask.where)
    if not any(count != 0 for _moment, counts in found for count in counts):
        return Drawn(empty=_("Nothing was open at the end of any of these days."), as_of=ask.at)
    labels = [day_label(day.start.astimezone(ask.zone)) for day in days]
    parts = []
    for bucket in reversed(range(len(AGE_LABELS))):
        marks = []
        for label, (moment, counts) in zip(labels, found, strict=True):
            count = counts[bucket]
            is_now = moment == ask.at and bool(count)
            href = (
                ask.cases_url("is:open", "-is:child", f"received:{ask.range_text(_received(bucket, moment))}")
                if is_now
                else ""
            )
            marks.append(Mark(label, None if count is None else float(count), counted(count, ask), href or None))
        parts.append(Series(str(AGE_LABELS[bucket]), marks))
    chart = charts.stacked_area(_("Open cases by age"), parts, flags=flags_of(ask, days))
    return Drawn(
        charts=[chart], note=_("Only the open cases of now have a list; the others have moved on."), as_of=as_of()
    )


def _received(bucket: int, moment: datetime) -> Window:
    """When the cases of an age bucket came in."""
    ends = [0, *grids.AGES]
    first = moment - (_OLDEST if bucket == len(grids.AGES) else timedelta(seconds=grids.AGES[bucket]))
    return Window(first, moment - timedelta(seconds=ends[bucket]))


def ch14(ask: Ask) -> Drawn:
    """Running totals of what came (with what was opened again) and what was closed; between them lies the backlog."""
    days = split(ask.window("90d"), "day", zone=ask.zone)

    def count(key: str) -> list[Figure]:
        points = series(key, scope=ask.scope, windows=days, where=ask.where, at=ask.at)
        return [point.figure for point in points]

    before = Window(days[0].start, days[0].start)
    open_before = series("backlog", scope=ask.scope, windows=[before], where=ask.where, at=ask.at)[0].figure.n
    came, again, left = count("volume"), count("reopens"), count("closes")
    if not open_before and not any(figure.n for figure in (*came, *left)):
        return _nothing_came(ask)
    received, closed = float(open_before), 0.0
    upper, lower = [], []
    for day, new, back, done in zip(days, came, again, left, strict=True):
        received, closed = received + new.n + back.n, closed + done.n
        label = day_label(day.start.astimezone(ask.zone))
        gap = {"gap": counted(max(round(received - closed), 0), ask)}
        upper.append(
            _running(ask, "volume", day, label, received, new, _("%(total)s (this day %(n)s); open %(gap)s"), gap)
        )
        lower.append(_running(ask, "closes", day, label, closed, done, _("%(total)s (this day %(n)s)"), {}))
    chart = charts.cumulative_flow(
        _("Received and closed"), Series(_("received"), upper), Series(_("closed"), lower), flags=flags_of(ask, days)
    )
    note = _(
        "“Received” begins with the %(n)s that were open before and holds what was opened again: the gap is the backlog."
    )
    return Drawn(charts=[chart], note=note % {"n": counted(open_before, ask)}, as_of=as_of())


def _running(
    ask: Ask, key: str, day: Window, label: str, total: float, figure: Figure, words: str, more: dict[str, str]
) -> Mark:
    told = {"total": formats.number_format(total, 0, force_grouping=True), "n": counted(figure.n, ask), **more}
    is_told = figure.n >= ask.scope.small_cell
    href = ask.drill(key, day) if figure.n and is_told else ""
    return Mark(label, total, Linked(words % told, None), href or None)


PAGE = Page(
    "volume",
    gettext_lazy("Volume"),
    gettext_lazy("What is coming in, and does old work grow?"),
    (
        Panel(
            "figures",
            gettext_lazy("In figures"),
            tiles,
            measures=("volume", "valid_volume", "duplicate_rate", "closes", "backlog", "age_p90", "aged_share"),
            is_lazy=False,
            is_wide=True,
        ),
        Panel(
            "ch-10",
            gettext_lazy("What is coming in?"),
            ch10,
            range="13w",
            weeks=13,
            measures=("volume",),
            is_over_time=True,
            is_wide=True,
            about=gettext_lazy(
                "The five most frequent values of each dimension over the whole stretch; the rest is “Other”."
            ),
        ),
        Panel("ch-11", gettext_lazy("When does it come in?"), ch11, measures=("volume",), is_wide=True),
        Panel("ch-12", gettext_lazy("What moved?"), ch12, range="7d", measures=("volume",), is_wide=True),
        Panel(
            "ch-13",
            gettext_lazy("Is old work growing?"),
            ch13,
            range="90d",
            measures=("backlog", "age_p90"),
            is_over_time=True,
        ),
        Panel(
            "ch-14",
            gettext_lazy("Do we keep up?"),
            ch14,
            range="90d",
            measures=("volume", "closes", "reopens"),
            is_over_time=True,
        ),
    ),
    order=30,
)

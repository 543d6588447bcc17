"""Figures and charts for a brief, read once and kept in words.

They are for every reader of briefs, whoever adds them: they leave out what a label guards, and counts below five are not told, as for
leadership that only reads (permissions.md §3). A lead's own reach still bounds them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import formats, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.errors import FieldProblem, Invalid, NotFound
from escalations.filters import within
from reporting import charts, permissions
from reporting.blocks import Block, SaidChart, SaidFigure, Source
from reporting.charts import Mark, XmrData
from reporting.lifecycle import BlockKind
from reporting.measures import MEASURES, Measure
from reporting.operations.briefs import new_block_id
from reporting.pages import Page, Panel
from reporting.pages.asking import asked_by
from reporting.pages.ranges import in_words
from reporting.selectors import figures
from reporting.selectors.figures import Figure, Scope, Where, Window
from reporting.statistics import Signal, xmr

WEEKS = 13
SMALL = 5
DRAWN_WITHIN_S = 8.0
PERIODS: dict[str, tuple[int, str | Promise]] = {
    "7": (7, gettext_lazy("last 7 days")),
    "28": (28, gettext_lazy("last 28 days")),
    "91": (91, gettext_lazy("last 13 weeks")),
}
STATES: dict[Signal, str | Promise] = {
    Signal.STABLE: gettext_lazy("stable"),
    Signal.UP: gettext_lazy("signal up"),
    Signal.DOWN: gettext_lazy("signal down"),
    Signal.TOO_FEW: gettext_lazy("too few weeks to say"),
}
# What leadership asks first, in its own words (ux.md BRI-1).
HOME = ("valid_volume", "attainment", "backlog")


def scope_for_readers(user: User) -> Scope:
    """Whose rows a brief may count when `user` writes it: theirs, without what any label guards, in cells of five or more."""
    return replace(figures.scope_of(user), labels=frozenset(), small_cell=SMALL)


def measure_choices() -> list[tuple[str, str]]:
    """Measures a brief may cite, by their KPI number."""
    return [(key, f"{one.label} ({one.kpi})") for key, one in MEASURES.items()]


def figure_block(*, measure: str, period: str, where: str, language: str, by: User, at: datetime) -> Block:
    """A measure over a period as a block, in `language`; `at` aware UTC. Raises `NotPermitted`, `Invalid` for what cannot be read."""
    found, days, said = _asked(measure, period, by)
    zone = ZoneInfo(by.time_zone)
    scope, chosen = scope_for_readers(by), figures.parse_where(where, by, at)
    window = Window.last(days=days, at=at, zone=zone)
    with translation.override(language):
        figure = figures.figure(measure, scope=scope, window=window, where=chosen, at=at)
        points = figures.series(
            measure, scope=scope, windows=figures.weeks(WEEKS, at=at, zone=zone), where=chosen, at=at
        )
        state = xmr(figures.since_begun(points[:-1])).word  # the week at hand is not whole
        return Block(
            new_block_id(),
            BlockKind.FIGURE,
            as_of=figure.as_of,
            source=_source(found, window, chosen),
            figure=SaidFigure(
                key=measure,
                label=str(found.label),
                value=told(figure),
                period=str(said),
                n=None if is_hidden(figure) else figure.n,
                state=str(STATES[state]),
                scope=scope_words(scope, where),
            ),
        )


def is_hidden(figure: Figure) -> bool:
    """Whether the count behind a figure is too small to be told."""
    return 0 < figure.n < SMALL


def told(figure: Figure) -> str:
    """A figure in words for every reader: of less than five, not even how many."""
    return _("fewer than %(n)d") % {"n": SMALL} if is_hidden(figure) else figure.text


def chart_block(*, measure: str, where: str, language: str, by: User, at: datetime) -> Block:
    """A measure week by week with its usual limits, as a block; `at` aware UTC. Raises `NotPermitted`, `Invalid`."""
    found, _days, _said = _asked(measure, "91", by)
    zone = ZoneInfo(by.time_zone)
    scope, chosen = scope_for_readers(by), figures.parse_where(where, by, at)
    with translation.override(language):
        points = figures.series(
            measure, scope=scope, windows=figures.weeks(WEEKS + 1, at=at, zone=zone)[:-1], where=chosen, at=at
        )
        values = figures.since_begun(points)
        limits = xmr(values)

        def words(value: float | None) -> str:
            return figures.in_words(value, found.unit) if value is not None else ""

        marks = [
            Mark(
                formats.date_format(point.window.start.astimezone(zone), "j M"),
                point.figure.value,
                told(point.figure),
                is_signal=is_signal,
            )
            for point, is_signal in zip(points, limits.signals, strict=True)
        ]
        drawn = charts.xmr_chart(
            XmrData(
                title=str(found.question),
                marks=marks,
                centre=limits.centre,
                low=limits.low,
                high=limits.high,
                word=str(STATES[limits.word]),
                centre_text=words(limits.centre),
                low_text=words(limits.low),
                high_text=words(limits.high),
                floor=0.0,
                ceiling=1.0 if found.is_share else None,
            ),
            as_text=words,
        )
        return Block(
            new_block_id(),
            BlockKind.CHART,
            as_of=points[-1].figure.as_of,
            source=_source(found, Window(points[0].window.start, points[-1].window.end), chosen),
            chart=SaidChart(
                title=f"{found.label}: {scope_words(scope, where)}",
                svg=str(drawn.svg),
                summary=drawn.summary,
                headers=drawn.table.headers,
                rows=[[str(cell) for cell in row] for row in drawn.table.rows],
            ),
        )


def drawn_block(
    *, page: Page, panel: Panel, number: int, given: Mapping[str, str], language: str, by: User, at: datetime
) -> Block:
    """The panel's chart of this number (from 1) as a block, drawn anew in `language` for every reader of briefs.

    `given` are the report address's parameters, `at` aware UTC. Notes of the time line stay away: they may be of what not every reader
    may open. Raises `NotPermitted`, `NotFound` where there is no such chart, `Invalid` for parameters that mean nothing, `TooSlow`.
    """
    permissions.check_can_see_reports(by)
    asked = asked_by(by, given, at=at)
    if not asked.is_valid:
        raise Invalid(" ".join([*asked.problems, *asked.compiled.sentences]), code="bad_report")
    scope = scope_for_readers(by)
    if scope.is_empty:
        permissions.refuse_empty_scope()
    ask = replace(asked.ask, scope=scope, has_links=False, has_notes=False)
    with translation.override(language):
        drawn = within(DRAWN_WITHIN_S, lambda: panel.draw(ask))
        if not 0 < number <= len(drawn.charts):
            raise NotFound
        chart = drawn.charts[number - 1]
        source = Source(str(page.label), reverse("reporting:panel", args=[page.key, panel.key]) + ask.query())
        return Block(
            new_block_id(),
            BlockKind.CHART,
            as_of=drawn.as_of or at,
            source=source,
            chart=SaidChart(
                title=f"{chart.title}: {scope_words(scope, ask.text)}",
                svg=str(chart.svg),
                summary=f"{chart.summary} {in_words(ask.span(panel.range), ask.zone)}"
                if panel.has_time
                else chart.summary,
                headers=[str(cell) for cell in chart.table.headers],
                rows=[[str(cell) for cell in row] for row in chart.table.rows],
            ),
        )


def scope_words(scope: Scope, where: str) -> str:
    """Whose cases were counted, in words of the active language."""
    said = _("all queues") if scope.queue_ids is None else _("the queues of the author’s teams")
    return f"{said}, {where.strip()}" if where.strip() else said


def _source(measure: Measure, window: Window, where: Where) -> Source:
    """The measure's number, and the list of the rows behind it: whoever opens that sees of them what they may see."""
    return Source(measure.kpi, figures.drill_url(measure.key, window=window, where=where))


def _asked(measure: str, period: str, by: User) -> tuple[Measure, int, str | Promise]:
    permissions.check_can_see_reports(by)
    problems = []
    if measure not in MEASURES:
        problems.append(FieldProblem("/measure", "not_a_choice", _("Choose a measure from the list.")))
    if period not in PERIODS:
        problems.append(FieldProblem("/period", "not_a_choice", _("Choose a period from the list.")))
    if problems:
        raise Invalid(errors=problems)
    days, said = PERIODS[period]
    return MEASURES[measure], days, said


def headline(user: User, *, at: datetime) -> list[tuple[str, str, str]]:
    """The three figures of the executive home in words: (name, value, state); none for whoever reads no reports."""
    if not permissions.can_see_reports(user):
        return []
    scope, zone = scope_for_readers(user), ZoneInfo(user.time_zone)
    said = []
    for key in HOME:
        measure = MEASURES[key]
        windows = figures.weeks(WEEKS, at=at, zone=zone)
        points = figures.series(key, scope=scope, windows=[*windows[:-1], Window.last(days=7, at=at, zone=zone)], at=at)
        state = xmr(figures.since_begun(points[:-1])).word
        said.append((str(measure.label), told(points[-1].figure), str(STATES[state])))
    return said

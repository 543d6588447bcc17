"""A report page as a source: every table and tile of it, value by value, as its reader would see it at that moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.errors import FieldProblem, Invalid, NotPermitted
from reporting import pages, permissions, rights
from reporting.documents.reports import number_of
from reporting.exports import Column, Holds, Params, Source
from reporting.measures import MEASURES
from reporting.pages import Drawn, Page
from reporting.pages.asking import KEPT, asked_by
from reporting.selectors.printing import print_page

_T = Holds.TEXT
COLUMNS = (
    Column("chart", _T, gettext_lazy("The question the chart answers.")),
    Column("table", _T, gettext_lazy("The table of the chart.")),
    Column("row", _T, gettext_lazy("What the row is about.")),
    Column("column", _T, gettext_lazy("What the column is about.")),
    Column("value", _T, gettext_lazy("The value as the page prints it.")),
    Column("number", Holds.NUMBER, gettext_lazy("The value as a number where it is one; a share as a part of 1.")),
    Column("as_of_utc", Holds.TIME, gettext_lazy("Up to when events were counted.")),
)


def _given(params: Params) -> dict[str, str]:
    return {name: str(params[name]) for name in KEPT if params.get(name)}


def _page(params: Params, viewer: User) -> Page:
    """The page asked for. Raises `Invalid` for one that is not there for this reader."""
    found = pages.page(str(params.get("page", "")))
    if found is None or not found.may(viewer):
        raise Invalid(errors=[FieldProblem("/page", "unknown", _("Choose a page from the list."))])
    return found


def _check(params: Params, viewer: User, at: datetime) -> None:
    permissions.check_can_see_reports(viewer)
    _page(params, viewer)
    asked = asked_by(viewer, _given(params), at=at)
    if not asked.is_valid:
        raise Invalid(" ".join([*asked.problems, *asked.compiled.sentences]), code="bad_report")
    if asked.ask.scope.is_empty:
        permissions.refuse_empty_scope()


def _rows(params: Params, viewer: User, at: datetime) -> Iterator[Sequence[Any]]:
    page = _page(params, viewer)
    with timezone.override(viewer.time_zone):
        printed = print_page(page, viewer, _given(params), name=page.key, at=at)
        if not printed.drawn:
            raise NotPermitted(_("Your role does not see these reports."), rule="reports")
        for panel, drawn in printed.drawn:
            for table, row, column, text in _cells(drawn):
                found = number_of(text)
                number = found[0] if found is not None else None
                yield [str(panel.title), table, row, column, text, number, drawn.as_of or at]


def _cells(drawn: Drawn) -> Iterator[tuple[str, str, str, str]]:
    """(table, row, column, value) of tiles and tables."""
    for tile in drawn.tiles:
        named = ((_("Value"), tile.text), ("n", tile.n), (_("Target"), tile.target), (_("State"), tile.word))
        for column, text in (*named, (_("Compared"), tile.compared)):
            if text:
                yield _("Figures"), str(tile.label), str(column), str(text)
    tables = list(drawn.tables) or [(chart.title, chart.table) for chart in drawn.charts]
    for title, table in tables:
        for cells in table.rows:
            for column, text in list(zip(table.headers, cells, strict=False))[1:]:
                yield str(title), str(cells[0]), str(column), str(text)


def _definitions(params: Params) -> list[tuple[str, str]]:
    found = pages.page(str(params.get("page", "")))
    keys = dict.fromkeys(key for panel in (found.panels if found else ()) for key in panel.measures)
    return [
        (f"{MEASURES[key].kpi} {MEASURES[key].label}", f"{MEASURES[key].formula} · {MEASURES[key].population}")
        for key in keys
        if key in MEASURES
    ]


def _said(params: Params) -> str:
    return " ".join(part for part in (str(params.get("page", "")), urlencode(_given(params))) if part)


PAGES = Source(
    key="report",
    title=gettext_lazy("A report page"),
    columns=COLUMNS,
    rows=_rows,
    said=_said,
    check=_check,
    may=rights.can_explore,
    is_figures=True,
    definitions=_definitions,
    takes=("page", *KEPT),
)

"""Saved reports as what a schedule mails: found by the schedule's own word for them, drawn for one receiver with their rights."""

from __future__ import annotations

import uuid
from datetime import datetime
from functools import partial
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import NotPermitted
from escalations.filters import within
from reporting import dictionary, rights
from reporting.charts import Table
from reporting.documents.reports import Printed
from reporting.lifecycle import ReportKind
from reporting.measures import DIMENSIONS
from reporting.models import SavedReport
from reporting.operations import exports, sql
from reporting.pages import Drawn, Page, Panel, Tile
from reporting.selectors import explore
from reporting.selectors.printing import PANEL_WITHIN_S, meaning_of

PREFIX = "saved:"
STATEMENT_WITHIN_S = 10  # below the fifteen seconds of the engine's watchdog
MOST_ROWS = rights.ALONE_AT_MOST  # more are taken out with a second person's yes


def word_for(report: SavedReport) -> str:
    """What a schedule keeps as its `page` for a saved report: at most 40 characters."""
    return f"{PREFIX}{report.public_id.hex}"


def saved_of(word: str, viewer: User) -> SavedReport | None:
    """The saved report of a schedule's `page`, if it is one that `viewer` finds; None for a page's own key, too."""
    if not word.startswith(PREFIX):
        return None
    try:
        key = uuid.UUID(word.removeprefix(PREFIX))
    except ValueError:
        return None
    return SavedReport.objects.visible_to(viewer).filter(public_id=key).first()


def can_get(user: User, report: SavedReport) -> bool:
    """Whether what a saved report asks is `user`'s to ask: figures, or rows of a statement."""
    if report.kind == ReportKind.SQL:
        return rights.can_query(user) and rights.can_export(user)
    return rights.can_explore(user)


def choices(viewer: User) -> list[tuple[str, str]]:
    """Saved reports that `viewer` may have mailed, by name."""
    found = SavedReport.objects.visible_to(viewer).order_by("name", "id")[:200]
    return [(word_for(report), report.name) for report in found if can_get(viewer, report)]


def print_saved(report: SavedReport, viewer: User, *, name: str, at: datetime) -> Printed:
    """What `report` answers `viewer` at `at` (aware UTC), to be printed under `name`.

    Raises `NotPermitted`, `Invalid` where it asks what is no longer there, `TooSlow`, `sql.SqlFailed`. A statement is logged as theirs.
    """
    if not can_get(viewer, report):
        raise NotPermitted(_("Your role does not see these reports."), rule="reports")
    if report.kind == ReportKind.SQL:
        return _statement(report, viewer, name, at)
    return _explored(report, viewer, name, at)


def _page(report: SavedReport) -> Page:
    return Page("saved", report.name, report.name, ())


def _explored(report: SavedReport, viewer: User, name: str, at: datetime) -> Printed:
    zone = ZoneInfo(viewer.time_zone)
    choice = explore.choice_of(dict(parse_qsl(report.state)), viewer=viewer, at=at, zone=zone)
    found = within(PANEL_WITHIN_S, partial(explore.explore, choice, viewer=viewer, at=at, zone=zone))
    label = str(choice.measure.label)
    headers = [*[str(DIMENSIONS[key].label) for key in choice.by], label, "n"]
    if choice.measure.is_share:
        headers.append(_("95 % interval"))
    rows = [
        (
            *[value.label for value in line.values],
            line.figure.text,
            line.figure.n_text,
            *([line.interval or "–"] if choice.measure.is_share else []),
        )
        for line in found.lines
    ]
    tables = [(label, Table(tuple(headers), tuple(rows)))] if rows else []
    if choice.shown is explore.Shown.LINE and found.chart is not None:
        tables.insert(0, (found.chart.title, found.chart.table))
    notes = [found.note] if found.note else []
    if found.is_cut:
        notes.append(_("There are more; narrow the filter to see them."))
    drawn = Drawn(
        charts=[found.chart] if found.chart is not None else [],
        tiles=[Tile("total", label, found.total.text, n=found.total.n_text, measure=choice.measure.key)],
        tables=tables,
        note=" ".join(notes),
        as_of=found.total.as_of,
    )
    said = [(_("What"), choice.said()), (_("Times in"), str(zone))]
    panel = Panel("explored", str(choice.measure.question), lambda _ask: drawn)
    return Printed(_page(report), [(panel, drawn)], said, name, viewer.display_name, at, [meaning_of(choice.measure)])


def _statement(report: SavedReport, viewer: User, name: str, at: datetime) -> Printed:
    answer = sql.run(statement=report.statement, by=viewer, at=at, rows=MOST_ROWS, limit_s=STATEMENT_WITHIN_S)
    rows = tuple(tuple(exports.plain(cell) for cell in row) for row in answer.rows)
    note = _("The first %(n)d rows; all of them are taken out as an export.") % {"n": MOST_ROWS}
    drawn = Drawn(
        tables=[(report.name, Table(answer.columns, rows))] if rows else [],
        empty="" if rows else _("No row. The statement ran, and nothing fits it."),
        note=note if answer.is_cut else "",
        as_of=at,
    )
    known = {column.name: column for view in dictionary.VIEWS.values() for column in view.columns}
    meanings = [
        (column, str(known[column].meaning) if column in known else _("Computed by the statement."))
        for column in answer.columns
    ]
    asked = [
        (_("Columns"), Table((_("Column"), _("Meaning")), tuple(meanings))),
        (_("Statement"), Table((_("Statement"),), ((report.statement,),))),
    ]
    said = [(_("Data dictionary"), _("version %(version)s") % {"version": dictionary.VERSION}), (_("Times in"), "UTC")]
    panels = [
        (Panel("answer", _("Answer"), lambda _ask: drawn), drawn),
        (Panel("meaning", _("What was asked"), lambda _ask: drawn), Drawn(tables=asked, as_of=at)),
    ]
    return Printed(_page(report), panels, said, name, viewer.display_name, at)

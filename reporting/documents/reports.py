"""A report page on paper and as a workbook: the same panels as on screen, drawn for one reader."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import formats
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from reporting.documents.brief import utc
from reporting.documents.parts import ChartOf, Document, Heading, Paragraph, Part, Quiet, TableOf, Tile, Tiles
from reporting.pages import Drawn, Page, Panel

SHEET_NAME_MOST, CELL_MOST = 31, 32_767
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True)
class Meaning:
    """What a measure means, for the workbook's sheet of definitions."""

    kpi: str
    label: str
    formula: str
    population: str
    exclusions: str
    owner: str
    view: str


@dataclass(frozen=True)
class Printed:
    """A page as it was drawn for one reader: `said` are the lines above it (period, filter, whose cases), in words.

    `name` is the document's id, `at` (aware UTC) when it was drawn, `by` for whom. `notes` are those of the time line by panel, in the
    order of their numbers on its charts: (day, text, kind).
    """

    page: Page
    drawn: Sequence[tuple[Panel, Drawn]]
    said: Sequence[tuple[str, str]]
    name: str
    by: str
    at: datetime
    meanings: Sequence[Meaning] = ()
    notes: Mapping[str, Sequence[tuple[str, str, str]]] = field(default_factory=dict)

    @property
    def as_of(self) -> datetime:
        """The time of the oldest figure on it."""
        return min((drawn.as_of for _panel, drawn in self.drawn if drawn.as_of is not None), default=self.at)


def report_document(printed: Printed) -> Document:
    """The page as a document in the active language."""
    parts: list[Part] = []
    for panel, drawn in printed.drawn:
        parts += [Heading(str(panel.title)), *_panel(drawn, printed.notes.get(panel.key, ()))]
    return Document(
        title=str(printed.page.question),
        kind=f"{settings.PRODUCT_NAME} · {printed.page.label}",
        parts=parts,
        classification=_("Internal"),
        name=printed.name,
        made=_("Generated %(when)s for %(who)s") % {"when": utc(printed.at), "who": printed.by},
        as_of=_("Figures as of %(when)s") % {"when": utc(printed.as_of)},
        header=[*printed.said],
        language=get_language() or "en",
    )


def _panel(drawn: Drawn, notes: Sequence[tuple[str, str, str]] = ()) -> list[Part]:
    if drawn.empty:
        return [Quiet(str(drawn.empty))]
    parts: list[Part] = []
    if drawn.tiles:
        parts.append(Tiles([_tile(tile) for tile in drawn.tiles]))
    for chart in drawn.charts:
        table = TableOf(chart.table.headers, chart.table.rows, numeric=_numeric(chart.table.rows))
        # A narrow table is the better reading of a chart on paper; a wide one would be cut, so the picture stands alone.
        fits = len(table.headers) <= 6 and len(table.rows) <= 20
        parts.append(ChartOf(chart.title, str(chart.svg), chart.summary, chart.summary, table if fits else None))
    for title, table_ in drawn.tables:
        parts.append(TableOf(table_.headers, table_.rows, caption=title, numeric=_numeric(table_.rows)))
    if notes and drawn.charts:  # what the numbers above the charts mean
        lines = [f"{number} · {day} · {text} ({kind})" for number, (day, text, kind) in enumerate(notes, start=1)]
        parts.append(Paragraph("\n".join(lines), is_meta=True))
    if drawn.note:
        parts.append(Quiet(str(drawn.note)))
    return parts or [Quiet(_("This part is read on its page."))]


def _numeric(rows: Sequence[Sequence[str]]) -> frozenset[int]:
    """Columns that hold numbers, and perhaps dashes for none: they are set flush with their digits."""
    found = set()
    for column in range(1, min((len(row) for row in rows), default=0)):
        cells = [str(row[column]).strip() for row in rows]
        told = [cell for cell in cells if cell and cell not in "–—"]
        if told and all(number_of(cell) is not None for cell in told):
            found.add(column)
    return frozenset(found)


def _tile(tile: Any) -> Tile:
    said = [
        tile.word,
        f"n {tile.n}" if tile.n else "",
        _("target %s") % tile.target if tile.target else "",
        tile.compared,
    ]
    return Tile(str(tile.label), tile.text, " · ".join(str(part) for part in said if part))


# -- As a workbook -----------------------------------------------------------------------------------------------------
def report_workbook(printed: Printed) -> bytes:
    """The page's figures and tables as XLSX in the active language, a sheet for each panel and one of definitions.

    No cell is ever a formula or a link: texts are string cells, and what reads as a number of the language is a number.
    """
    import xlsxwriter

    made = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_urls": False,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(made, options) as book:
        book.set_properties(
            {
                "title": str(printed.page.question),
                "author": settings.PRODUCT_NAME,
                "created": printed.at.replace(tzinfo=None),
            }
        )
        sheets = _Sheets(book)
        first = sheets.add(_("About"))
        lines = [
            (str(printed.page.label), str(printed.page.question)),
            *printed.said,
            (_("Document"), printed.name),
            (_("Generated"), f"{utc(printed.at)}, {printed.by}"),
            (_("Figures as of"), utc(printed.as_of)),
        ]
        sheets.write(first, [], lines)
        for panel, drawn in printed.drawn:
            sheets.panel(str(panel.title), drawn)
        heads = ["KPI", _("Measure"), _("Formula"), _("Counted"), _("Left out"), _("Owner"), _("SQL view")]
        rows = [
            (one.kpi, one.label, one.formula, one.population, one.exclusions, one.owner, one.view)
            for one in printed.meanings
        ]
        sheets.write(sheets.add(_("Definitions")), heads, rows)
    return made.getvalue()


class _Sheets:
    """The sheets of one workbook: unique names, text cells, numbers where they are numbers."""

    def __init__(self, book: Any) -> None:
        self.book, self.names = book, set[str]()
        self.bold = book.add_format({"bold": True})
        self.share = book.add_format({"num_format": "0.0%"})

    def add(self, title: str) -> Any:
        """A sheet named like `title`, as far as names of sheets go."""
        bare = _NOT_IN_SHEET_NAMES.sub(" ", title).strip().strip("'")[:SHEET_NAME_MOST] or "-"
        name, number = bare, 2
        while name.lower() in self.names or name.lower() == "history":
            name, number = f"{bare[: SHEET_NAME_MOST - 4]} {number}", number + 1
        self.names.add(name.lower())
        sheet = self.book.add_worksheet(name)
        sheet.set_column(0, 0, 32)
        sheet.set_column(1, 20, 18)
        return sheet

    def panel(self, title: str, drawn: Drawn) -> None:
        """A panel's tiles and tables below each other."""
        sheet, line = self.add(title), 0
        if drawn.empty:
            sheet.write_string(0, 0, str(drawn.empty))
            return
        if drawn.tiles:
            heads = [_("Figure"), _("Value"), "n", _("Target"), _("State"), _("Compared")]
            rows = [(str(t.label), t.text, t.n, t.target, t.word, t.compared) for t in drawn.tiles]
            line = self.write(sheet, heads, rows, line) + 1
        tables = list(drawn.tables) or [(chart.title, chart.table) for chart in drawn.charts]
        for name, table in tables:
            sheet.write_string(line, 0, str(name)[:CELL_MOST], self.bold)
            line = self.write(sheet, table.headers, table.rows, line + 1) + 1

    def write(self, sheet: Any, heads: Sequence[str], rows: Iterable[Sequence[str]], line: int = 0) -> int:
        """Write a table from `line` on; answers the line after it."""
        if heads:
            for column, head in enumerate(heads):
                sheet.write_string(line, column, str(head)[:CELL_MOST], self.bold)
            line += 1
        for row in rows:
            for column, cell in enumerate(row):
                self._cell(sheet, line, column, str(cell))
            line += 1
        return line

    def _cell(self, sheet: Any, line: int, column: int, text: str) -> None:
        found = number_of(text) if column else None
        if found is None:
            sheet.write_string(line, column, text[:CELL_MOST])
        elif found[1]:
            sheet.write_number(line, column, found[0], self.share)
        else:
            sheet.write_number(line, column, found[0])


def number_of(text: str) -> tuple[float, bool] | None:
    """A number as the active language prints it, and whether it is a share (`96.2 %` is 0.962); None for any other text."""
    bare = text.strip().replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
    is_share = bare.endswith("%")
    bare = bare.removesuffix("%").strip().replace("\N{MINUS SIGN}", "-")
    thousand = re.escape(formats.get_format("THOUSAND_SEPARATOR").replace("\N{NO-BREAK SPACE}", " "))
    decimal = re.escape(formats.get_format("DECIMAL_SEPARATOR"))
    found = re.fullmatch(rf"(-?)(\d+|\d{{1,3}}(?:{thousand}\d{{3}})+)(?:{decimal}(\d+))?", bare)
    if found is None or len(bare) > 18 or (len(found[2]) > 1 and found[2].startswith("0")):
        return None
    whole = re.sub(r"\D", "", found[2])
    value = float(f"{found[1]}{whole}.{found[3] or 0}")
    return (value / 100, True) if is_share else (value, False)

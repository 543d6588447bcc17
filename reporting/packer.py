"""The child process that writes XLSX, JSON lines or Parquet from a spool of CSV. No Django, nothing of ours: it reads one order on
its standard input and ends with 0, or with the number of the system's error.

Memory stays flat whatever the number of rows: nothing is kept but the row at hand (Parquet: one group of rows).
"""

from __future__ import annotations

import csv
import os
import re
import sys
import zipfile
from collections.abc import Callable, Iterator
from typing import IO, Any

SHEET_ROWS = 1_048_576  # what one sheet of Excel holds
CELL_MAX = 32_767  # characters of a cell
_LOOK_EVERY = 5_000  # rows
csv.field_size_limit(16 * 1024 * 1024)

Order = dict[str, Any]


def rows_of(order: Order) -> Iterator[list[str]]:
    """The spool's rows; ends the process when its parent is gone."""
    parent = os.getppid()
    with open(order["spool"], newline="", encoding="utf-8") as spool:
        for number, row in enumerate(csv.reader(spool)):
            if number % _LOOK_EVERY == 0 and os.getppid() != parent:
                sys.exit(1)
            yield row


# -- XLSX (ECMA-376, parts 1 and 2) ---------------------------------------------------------------------------------------
# Written by hand: with twenty columns the library we have makes eight thousand rows a second, and the target is twelve (P9).
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# What XML cannot hold or would change is written as _xHHHH_ (part 1, 22.9.2.19), and so is what looks like that already.
_ODD = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_MARKED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_BOLD = ' s="1"'
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/>'
    '<name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill '
    'patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf xfId="0"/><xf fontId="1" xfId="0" applyFont="1"/></cellXfs></styleSheet>'
)


def escaped(text: str) -> str:
    """Text as it stands between tags, shortened to what a cell holds."""
    text = text[:CELL_MAX]
    if _ODD.search(text):
        text = _ODD.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    return text.translate(_MARKED)


def _letters(column: int) -> str:
    """0 is A, 26 is AA."""
    name, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def _line(number: int, cells: list[str], style: str = "") -> str:
    """A row whose cells are all text: a string cell is never a formula."""
    made = [
        f'<c r="{_letters(place)}{number}"{style} t="inlineStr"><is><t xml:space="preserve">{escaped(cell)}</t></is></c>'
        for place, cell in enumerate(cells)
        if cell
    ]
    return f'<row r="{number}">{"".join(made)}</row>'


def _write_rows(sheet: IO[bytes], order: Order, rows: Iterator[list[str]]) -> bool:
    """One sheet with its watermark, its headings and as many rows as it holds; answers whether it is full."""
    holds = [kind in ("integer", "number") for _name, kind in order["columns"]]
    letters = [_letters(place) for place in range(len(holds))]
    columns = list(zip(letters, holds, strict=True))
    sheet.write(
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane xSplit="1" ySplit="2" topLeftCell="B3" '
        'activePane="bottomRight" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultColWidth="18" defaultRowHeight="15"/>'
        "<sheetData>".encode()
    )
    sheet.write((_line(1, order["watermark"]) + _line(2, [name for name, _ in order["columns"]], _BOLD)).encode())
    number, made = 2, []
    for row in rows:
        number += 1
        parts = [f'<row r="{number}">']
        for (letter, is_number), cell in zip(columns, row, strict=True):
            if not cell:
                continue
            if is_number:
                parts.append(f'<c r="{letter}{number}"><v>{float(cell):.17g}</v></c>')
            else:
                parts.append(
                    f'<c r="{letter}{number}" t="inlineStr"><is><t xml:space="preserve">{escaped(cell)}</t></is></c>'
                )
        parts.append("</row>")
        made.append("".join(parts))
        if len(made) == 500:
            sheet.write("".join(made).encode("utf-8", "replace"))
            made.clear()
        if number == SHEET_ROWS:
            break
    sheet.write("".join(made).encode("utf-8", "replace") + b"</sheetData></worksheet>")
    return number == SHEET_ROWS


def write_xlsx(order: Order) -> None:
    """A workbook: the rows (over several sheets where they are many), and what the columns mean. Every text is a string cell."""
    rows = rows_of(order)
    sheets: list[str] = []
    with zipfile.ZipFile(order["target"], "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        while True:
            sheets.append("Rows" if not sheets else f"Rows {len(sheets) + 1}")
            with book.open(f"xl/worksheets/sheet{len(sheets)}.xml", "w", force_zip64=True) as sheet:
                if not _write_rows(sheet, order, rows):
                    break
        sheets.append("Definitions")
        lines = [["column", "meaning"], *([name, meaning] for name, meaning in order["definitions"])]
        body = "".join(_line(n, cells, _BOLD if n == 1 else "") for n, cells in enumerate(lines, start=1))
        book.writestr(
            f"xl/worksheets/sheet{len(sheets)}.xml",
            f'{_XML}<worksheet xmlns="{_MAIN}"><cols><col min="1" max="1" width="28" customWidth="1"/><col min="2" max="2" width="100" '
            f'customWidth="1"/></cols><sheetData>{body}</sheetData></worksheet>',
        )
        _write_frame(book, order, sheets)


def _write_frame(book: zipfile.ZipFile, order: Order, sheets: list[str]) -> None:
    """The parts around the sheets: what there is, how it hangs together, who made it."""
    numbered = list(enumerate(sheets, start=1))
    part = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    book.writestr(
        "[Content_Types].xml",
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        f'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
        f'ContentType="{part}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="{part}.styles+xml"/>'
        '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
        + "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{part}.worksheet+xml"/>'
            for n, _ in numbered
        )
        + "</Types>",
    )
    book.writestr(
        "_rels/.rels",
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_DOCUMENT}/officeDocument" '
        f'Target="xl/workbook.xml"/><Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" '
        'Target="docProps/core.xml"/></Relationships>',
    )
    book.writestr(
        "xl/workbook.xml",
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}"><sheets>'
        + "".join(f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n, name in numbered)
        + "</sheets></workbook>",
    )
    book.writestr(
        "xl/_rels/workbook.xml.rels",
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="rId{n}" Type="{_DOCUMENT}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n, _ in numbered
        )
        + f'<Relationship Id="rId{len(sheets) + 1}" Type="{_DOCUMENT}/styles" Target="styles.xml"/></Relationships>',
    )
    book.writestr("xl/styles.xml", _XML + _STYLES)
    mark = order["watermark"]
    said = dict(zip(mark[::2], mark[1::2], strict=True))
    words = "; ".join(f"{name}: {value}" for name, value in said.items())
    book.writestr(
        "docProps/core.xml",
        f'{_XML}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{escaped(order['title'])}</dc:title><dc:creator>{escaped(said['exported_by'])}</dc:creator>"
        f"<dc:description>{escaped(words)}</dc:description></cp:coreProperties>",
    )


# -- JSON lines ---------------------------------------------------------------------------------------------------------
def _whole(text: str) -> int:
    return int(float(text)) if "." in text else int(text)


READ: dict[str, Callable[[str], Any]] = {"integer": _whole, "number": float, "yes_no": lambda text: text == "true"}


def write_jsonl(order: Order) -> None:
    """One object a line; the first says who took out what: {"_export": {…}}."""
    import orjson

    mark = order["watermark"]
    names = [name for name, _holds in order["columns"]]
    readers = [READ.get(holds, str) for _name, holds in order["columns"]]
    with open(order["target"], "wb") as target:
        target.write(orjson.dumps({"_export": dict(zip(mark[::2], mark[1::2], strict=True))}) + b"\n")
        for row in rows_of(order):
            values = {
                name: reader(cell) if cell else None for name, reader, cell in zip(names, readers, row, strict=True)
            }
            target.write(orjson.dumps(values) + b"\n")


# -- Parquet ------------------------------------------------------------------------------------------------------------
def write_parquet(order: Order) -> None:
    """Columns with their types; who took out what, and what columns mean, stand in the schema's metadata."""
    import pyarrow  # type: ignore[import-untyped]
    import pyarrow.csv  # type: ignore[import-untyped]
    import pyarrow.parquet  # type: ignore[import-untyped]

    pyarrow.set_cpu_count(1)
    types = {
        "integer": pyarrow.int64(), "number": pyarrow.float64(), "yes_no": pyarrow.bool_(), "time": pyarrow.timestamp("us", tz="UTC"),
    }  # fmt: skip
    mark, meanings = order["watermark"], dict(order["definitions"])
    schema = pyarrow.schema(
        [
            pyarrow.field(name, types.get(holds, pyarrow.string()), metadata={"meaning": meanings.get(name, "")})
            for name, holds in order["columns"]
        ],
        metadata=dict(zip(mark[::2], mark[1::2], strict=True)),
    )
    with pyarrow.parquet.ParquetWriter(order["target"], schema, compression="zstd") as target:
        if not os.path.getsize(order["spool"]):
            target.write_table(schema.empty_table())
            return
        reader = pyarrow.csv.open_csv(
            order["spool"],
            read_options=pyarrow.csv.ReadOptions(column_names=schema.names, block_size=4 << 20, use_threads=False),
            parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types={field.name: field.type for field in schema},
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
                true_values=["true"],
                false_values=["false"],
                timestamp_parsers=[pyarrow.csv.ISO8601],
            ),
        )
        parent = os.getppid()
        for batch in reader:
            if os.getppid() != parent:
                sys.exit(1)
            target.write_table(pyarrow.Table.from_batches([batch.cast(schema)]))


WRITERS = {"xlsx": write_xlsx, "jsonl": write_jsonl, "parquet": write_parquet}


def main() -> int:
    """Read the order, write the file."""
    import json

    order: Order = json.load(sys.stdin.buffer)
    try:
        WRITERS[order["format"]](order)
        with open(order["target"], "rb") as target:
            os.fdatasync(target.fileno())
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return error.errno or 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

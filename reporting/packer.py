"""The child process that writes XLSX, JSON lines or Parquet from a spool of CSV. No Django, nothing of ours: it reads one order on
its standard input and ends with 0, or with the number of the system's error.

Memory stays flat whatever the number of rows: nothing is kept but the row at hand (Parquet: one group of rows).
"""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

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


# -- XLSX ---------------------------------------------------------------------------------------------------------------
def write_xlsx(order: Order) -> None:
    """A workbook: the rows (over several sheets where they are many), and what the columns mean. Every text is a string cell."""
    import xlsxwriter

    options = {
        "constant_memory": True,
        "strings_to_urls": False,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(order["target"], options) as book:
        book.use_zip64()
        mark = order["watermark"]
        said = dict(zip(mark[::2], mark[1::2], strict=True))
        book.set_properties(
            {
                "title": order["title"],
                "author": said["exported_by"],
                "comments": "; ".join(f"{k}: {v}" for k, v in said.items()),
            }
        )
        bold = book.add_format({"bold": True})
        # With constant memory a sheet is written to the end before the next begins, so what explains comes first in the file
        # and the rows' sheet is the one that opens.
        definitions = book.add_worksheet("Definitions")
        definitions.write_row(0, 0, ["column", "meaning"], bold)
        for place, (name, meaning) in enumerate(order["definitions"], start=1):
            definitions.write_string(place, 0, name)
            definitions.write_string(place, 1, meaning[:CELL_MAX])
        definitions.set_column(0, 0, 28)
        definitions.set_column(1, 1, 100)
        _write_sheets(book, order, bold)


def _write_sheets(book: Any, order: Order, bold: Any) -> None:
    names = [name for name, _holds in order["columns"]]
    numeric = [holds in ("integer", "number") for _name, holds in order["columns"]]
    sheet: Any = None
    line = sheets = 0
    for row in rows_of(order):
        if sheet is None or line >= SHEET_ROWS:
            sheets += 1
            sheet, line = _sheet(book, order, names, bold, sheets), 2
        for column, cell in enumerate(row):
            if not cell:
                continue
            if numeric[column]:
                sheet._write_number(line, column, float(cell))
            else:
                sheet._write_string(line, column, cell[:CELL_MAX])
        line += 1
    if sheet is None:
        _sheet(book, order, names, bold, 1)


def _sheet(book: Any, order: Order, names: list[str], bold: Any, number: int) -> Any:
    sheet = book.add_worksheet("Rows" if number == 1 else f"Rows {number}")
    if number == 1:
        sheet.activate()
        sheet.set_first_sheet()
    sheet.set_column(0, max(0, len(names) - 1), 18)
    sheet.freeze_panes(2, 1)
    for column, cell in enumerate(order["watermark"]):
        sheet.write_string(0, column, cell[:CELL_MAX])
    for column, name in enumerate(names):
        sheet.write_string(1, column, name, bold)
    return sheet


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

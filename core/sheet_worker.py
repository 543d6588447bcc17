"""Reads an XLSX file in a process of its own, which may not use more memory and time than is sound. Run by `core.sheets` alone.

The file comes on standard input; what goes out is one JSON object: `rows` (texts), `merged` (ranges such as B5:B9), `height`, or
`refused`. Nothing of the project is imported, so that it starts at once.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

MEMORY, SECONDS = 1 << 30, 10
LONGEST_CELL = 32_767  # Excel's own limit


def text_of(value: Any) -> str:
    """A cell as text: whole numbers without a point, times in ISO 8601 (a spreadsheet's have no zone: read as UTC)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.6G}"
    if isinstance(value, datetime):
        return value.isoformat() + "Z"
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)[:LONGEST_CELL]


def column_of(number: int) -> str:
    """The letters of a column counted from 0."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def main() -> None:
    """Read standard input, write the answer."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    most_rows, most_columns = int(sys.argv[1]), int(sys.argv[2])
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
        sheet = book.get_sheet_by_index(0)
        height = sheet.end[0] + 1 if sheet.end is not None else 0
        rows = sheet.to_python(skip_empty_area=False, nrows=most_rows) if height <= most_rows else []
        merged = [
            f"{column_of(a[1])}{a[0] + 1}:{column_of(b[1])}{b[0] + 1}" for a, b in (sheet.merged_cell_ranges or [])[:5]
        ]
        found = {
            "height": height,
            "rows": [[text_of(cell) for cell in row[:most_columns]] for row in rows],
            "merged": merged,
        }
    except MemoryError:
        found = {"refused": "memory"}
    except (CalamineError, ValueError, OSError) as error:
        found = {"refused": type(error).__name__}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()

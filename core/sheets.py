"""Tables that people send as files: CSV, or the first sheet of an XLSX workbook. Whatever comes, the answer says what to do.

An XLSX file is read by `core.sheet_worker` in a process with limits, so that a file made to explode ends that process and no more.
"""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from core.errors import FieldProblem, Invalid

MOST_BYTES = 5 << 20  # of the file as it comes
MOST_UNPACKED = 60 << 20  # of what a workbook says it unpacks to
MOST_PARTS = 500
MOST_COLUMNS = 60
_SECONDS = 15
_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and workbooks with a password
_SEPARATOR = re.compile(r"\s*sep=(.)\s*", re.I)


class FileRefused(Invalid):
    """The file cannot be read as a table; `detail` says why and what to send instead."""

    code = "file_refused"
    title = "This file cannot be read"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, errors=[FieldProblem("/file", self.code, detail)])


@dataclass(frozen=True)
class Table:
    """The first row's names, and every later row that is not empty with the number people see beside it in their program."""

    headers: list[str]
    rows: list[tuple[int, list[str]]]


def read_table(content: bytes, *, most_rows: int) -> Table:
    """The table in a CSV or XLSX file; what it is is told from its bytes. `most_rows` counts rows below the first.

    Cells are stripped texts. Raises `FileRefused`: empty, too large, another kind of file, wrong encoding, merged cells.
    """
    if not content.strip():
        raise FileRefused(_("The file is empty."))
    if len(content) > MOST_BYTES:
        raise FileRefused(_("The file is larger than %(most)d MB: split it into several.") % {"most": MOST_BYTES >> 20})
    if content.startswith(_OLD_EXCEL):
        raise FileRefused(
            _("This is an old Excel file, or one with a password: save it as .xlsx without a password, or as CSV.")
        )
    lines = _of_workbook(content, most_rows) if content.startswith(b"PK") else _of_text(content, most_rows)
    while lines and not any(lines[-1]):
        lines.pop()
    first = next((number for number, row in enumerate(lines) if any(row)), None)
    if first is None:
        raise FileRefused(_("The file is empty."))
    rows = [(number + 1, row) for number, row in enumerate(lines) if number > first and any(row)]
    if len(rows) > most_rows:
        raise _too_many(most_rows, len(rows))
    headers = lines[first]
    while headers and not headers[-1]:
        headers = headers[:-1]
    return Table(headers, rows)


def _too_many(most: int, count: int) -> FileRefused:
    return FileRefused(
        _("At most %(most)d rows in a file; this has %(count)d: split it into several.")
        % {"most": most, "count": count}
    )


# -- CSV ---------------------------------------------------------------------------------------------------------------
def _of_text(content: bytes, most_rows: int) -> list[list[str]]:
    text = _decoded(content)
    first, _end, rest = text.partition("\n")
    offset = 0
    if (said := _SEPARATOR.fullmatch(first)) is not None:  # a line that Excel writes for itself
        separator, text, offset = said[1], rest, 1
    else:
        separator = max(",;\t", key=first.count)
    found: list[list[str]] = [[]] * offset
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)):
            if number > most_rows + 1:
                raise _too_many(most_rows, text.count("\n"))
            if len(row) > MOST_COLUMNS:
                raise FileRefused(
                    _("Row %(row)d has more than %(most)d columns.") % {"row": number + 1, "most": MOST_COLUMNS}
                )
            found.append([cell.strip() for cell in row])
    except csv.Error as error:
        raise FileRefused(
            _("Row %(row)d is not CSV (%(why)s): check its quotation marks.")
            % {"row": len(found) + 1, "why": str(error)[:80]}
        ) from None
    return found


def _decoded(content: bytes) -> str:
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise FileRefused(
            _("Row %(row)d holds signs that are not UTF-8: save the file as “CSV UTF-8”, or as .xlsx.") % {"row": line}
        ) from None
    if "\x00" in text:
        raise FileRefused(_("This is no table: send a CSV or an .xlsx file."))
    return text


# -- XLSX --------------------------------------------------------------------------------------------------------------
def _of_workbook(content: bytes, most_rows: int) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise FileRefused(_("This file is damaged: save it again as .xlsx, or as CSV.")) from None
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise FileRefused(
            _("This workbook unpacks to more than %(most)d MB: send only the rows, as CSV.")
            % {"most": MOST_UNPACKED >> 20}
        )
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise FileRefused(_("This is no table: send a CSV or an .xlsx file."))
    answer = _work(content, most_rows)
    if answer["height"] > most_rows + 1:
        raise _too_many(most_rows, answer["height"] - 1)
    if answer["merged"]:
        raise FileRefused(
            _("Cells are merged (%(ranges)s): unmerge them, so that every row says everything itself.")
            % {"ranges": ", ".join(answer["merged"])}
        )
    return [[cell.strip() for cell in row] for row in answer["rows"]]


def _work(content: bytes, most_rows: int) -> dict[str, Any]:
    """What the worker answers. Its limits end it where the file is made to explode."""
    worker = Path(__file__).with_name("sheet_worker.py")
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(worker), str(most_rows + 1), str(MOST_COLUMNS)],
            input=content,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
        answer: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 else {"refused": "memory"}
    except (subprocess.TimeoutExpired, ValueError):
        answer = {"refused": "memory"}
    if answer.get("refused") == "memory":
        raise FileRefused(_("This workbook is too large once it is unpacked: send only the rows, as CSV."))
    if "refused" in answer:
        raise FileRefused(_("This workbook cannot be read: save it again as .xlsx, or as CSV."))
    return answer

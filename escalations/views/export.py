"""The filtered list as a file (QUE-15): UTC times, the filter in the first row, nothing a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import cast
from urllib.parse import urlencode

import xlsxwriter
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.permissions import check_can
from accounts.roles import Action
from audit.access import record_access
from core import navigation
from core.errors import Invalid
from core.types import AtRequest
from escalations.selectors import queue as selectors
from escalations.views.listing import list_of

ALONE_AT_MOST = 1000  # permissions.md §3, "Export rows": more needs a second person
HEADINGS = (
    "key",
    "title",
    "severity",
    "status",
    "resolution",
    "due_clock",
    "due_at_utc",
    "source",
    "language",
    "surface",
    "harm",
    "market",
    "reach",
    "queue",
    "organization",
    "assignee",
    "received_at_utc",
    "updated_at_utc",
    "reopened",
    "cluster_size",
)
# What a spreadsheet takes for a formula when a cell begins with it (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@login_required
@require_http_methods(["GET", "POST"])
def export(request: HttpRequest) -> HttpResponse:
    """The list as CSV, or XLSX with `as=xlsx`; with `keys` the selected cases alone. The export is recorded before a byte leaves.

    A selection is posted: thousands of keys are too long for an address. More rows than one person may take out alone are a job,
    where one can be asked for. Raises `Invalid` where not, `NotPermitted`.
    """
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    check_can(viewer, Action.EXPORT)
    given = request.POST if request.method == "POST" else request.GET
    listed = list_of(request, text=given.get("q"))
    listed.compiled.raise_for_errors()
    cases = selectors.in_list(listed.compiled, viewer=viewer, at=at)
    # A ticked box of the list comes twice: as the box, and as the script's word for it.
    refs = (
        [] if given.get("all_matching") else list(dict.fromkeys(ref.strip().upper() for ref in given.getlist("keys")))
    )
    if refs:
        cases = cases.filter(ref__in=refs)
    ids = list(selectors.in_order(cases, listed.compiled).values_list("id", flat=True)[: ALONE_AT_MOST + 1])
    if len(ids) > ALONE_AT_MOST:
        return _as_a_job(listed.query, given.get("as", "csv"), refs, is_posted=request.method == "POST")
    record_access(
        "export.queue",
        subject=viewer,
        by=viewer,
        at=at,
        organization_id=viewer.organization_id,
        data={"filter": listed.query, "rows": len(ids)},
    )
    found = selectors.rows_of(ids, viewer=viewer)
    head: list[str | int] = ["filter", listed.query, "as_of_utc", at.isoformat(timespec="seconds")]
    table: list[list[str | int]] = [head, list(HEADINGS), *(_cells(row) for row in found)]
    name = f"cases-{at:%Y%m%dT%H%MZ}"
    if request.GET.get("as") == "xlsx":
        return file_answer(
            as_xlsx(table), f"{name}.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        )
    return file_answer(as_csv(table), f"{name}.csv", "text/csv; charset=utf-8")


def _as_a_job(query: str, written_as: str, refs: Sequence[str], *, is_posted: bool) -> HttpResponse:
    """The page that asks for it, which stands in an app to the right of this one; keys that were posted are posted on to it.

    Raises `Invalid` where there is none.
    """
    address = navigation.url_of("export_new")
    if not address:
        raise Invalid(
            _(
                "This list has more than %(count)s cases, which one person may not take out alone: a second person would have to "
                "approve it. Narrow the filter to what you need, for example to one queue, one severity, or created:>-7d."
            )
            % {"count": f"{ALONE_AT_MOST:,}"},
            code="too_many_rows",
        )
    asked = {"source": "cases", "q": query, "as": written_as}
    if refs and not is_posted:
        asked["keys"] = " ".join(refs)
    return HttpResponseRedirect(f"{address}?{urlencode(asked)}", preserve_request=is_posted)


def _cells(row: selectors.Row) -> list[str | int]:
    return [
        row.ref,
        row.title,
        row.severity,
        row.status,
        row.resolution,
        row.due_metric,
        row.due_at.isoformat(timespec="seconds") if row.due_at else "",
        row.channel,
        row.language,
        row.surface,
        row.harm,
        row.market,
        row.reach,
        row.queue,
        row.organization,
        row.assignee or "",
        row.received_at.isoformat(timespec="seconds"),
        row.updated_at.isoformat(timespec="seconds"),
        row.reopened_count,
        row.cluster_size,
    ]


def harmless(cell: str | int) -> str | int:
    """The cell as text that no spreadsheet runs."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def as_csv(table: Iterable[Sequence[str | int]]) -> bytes:
    """A table as CSV, each cell harmless."""
    text = io.StringIO()
    csv.writer(text).writerows([harmless(cell) for cell in line] for line in table)
    return text.getvalue().encode()


def as_xlsx(table: Iterable[Sequence[str | int]]) -> bytes:
    """A table as a workbook of one sheet, words as words and numbers as numbers."""
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
        sheet = book.add_worksheet("cases")
        for line_number, line in enumerate(table):
            for column, cell in enumerate(line):
                if isinstance(cell, int):
                    sheet.write_number(line_number, column, cell)
                else:
                    sheet.write_string(line_number, column, cell)  # a string cell is never a formula
    return output.getvalue()


def file_answer(content: bytes, name: str, content_type: str) -> HttpResponse:
    """A file that no cache keeps."""
    response = HttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response

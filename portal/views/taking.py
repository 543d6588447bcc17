"""Rows of one's own organization as a file (permissions.md §3, "Export rows": a vendor's lead, at most 1,000)."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import formats
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.permissions import check_can
from accounts.roles import Action
from audit.access import record_access
from escalations.views.export import as_csv, as_xlsx, file_answer
from portal.selectors import submissions as read
from portal.views.gate import VendorRequest

MOST = 1000
HEADINGS = (
    "reference",
    "your_reference",
    "severity",
    "title",
    "standing",
    "surface",
    "market",
    "language",
    "channel",
    "sent_at_utc",
    "promised_by_utc",
    "closed_at_utc",
)


@require_safe
def submissions(request: VendorRequest, form: str) -> HttpResponse:
    """The list as it is filtered, newest first, as CSV or XLSX; recorded before a byte leaves. What is restricted is its receipt alone.

    Of more than 1,000 the newest are taken, and the first line says of how many. Raises `NotPermitted`.
    """
    viewer, at = request.user, request.at
    check_can(viewer, Action.EXPORT)
    state, text = read.asked(request.GET)
    found = read.listed(viewer, state=state, text=text)
    rows = list(found.order_by("-received_at", "-id")[:MOST])
    total = len(rows) if len(rows) < MOST else found.count()
    record_access(
        "export.submissions",
        subject=viewer,
        by=viewer,
        at=at,
        organization_id=viewer.organization_id,
        data={"filter": f"state:{state} {text}".strip(), "rows": len(rows)},
    )
    head: list[str | int] = [
        _("%(shown)s of %(total)s, newest first")
        % {
            "shown": formats.number_format(len(rows), 0, force_grouping=True),
            "total": formats.number_format(total, 0, force_grouping=True),
        },
        str(read.STATES[state]),
        text,
        "as_of_utc",
        at.isoformat(timespec="seconds"),
    ]
    table: list[list[str | int]] = [head, list(HEADINGS), *(_cells(row) for row in read.rows_of(rows, viewer=viewer))]
    name = f"{viewer.organization.slug}-submissions-{at:%Y%m%dT%H%MZ}"
    if form == "xlsx":
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return file_answer(as_xlsx(table), f"{name}.xlsx", kind)
    return file_answer(as_csv(table), f"{name}.csv", "text/csv; charset=utf-8")


def _cells(row: read.ListRow) -> list[str | int]:
    case, sent = row["case"], row["submission"]
    base: list[str | int] = [sent.ref, sent.external_ref]
    received = sent.received_at.isoformat(timespec="seconds")
    if case is None:
        return [*base, "", "", str(row["standing"].word), "", "", "", "", received, "", ""]
    due, closed = row["due"], case.closed_at
    return [
        *base,
        f"S{case.severity}",
        case.title,
        str(row["standing"].word),
        case.surface,
        case.market,
        case.language,
        case.channel,
        received,
        due.isoformat(timespec="seconds") if due else "",
        closed.isoformat(timespec="seconds") if closed else "",
    ]

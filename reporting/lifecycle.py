"""States and words of exports and saved reports. Pure data: no queries."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ExportFormat(models.TextChoices):
    """What a file is written as; the value is its ending."""

    CSV = "csv", _("CSV")
    XLSX = "xlsx", _("Excel (XLSX)")
    JSONL = "jsonl", _("JSON lines")
    PARQUET = "parquet", _("Parquet")


CONTENT_TYPES = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.JSONL: "application/x-ndjson",
    ExportFormat.PARQUET: "application/vnd.apache.parquet",
}


class ExportState(models.TextChoices):
    """`asked` waits for a second person; `packing` has all its rows and becomes the file."""

    ASKED = "asked", _("Waits for a second person")
    QUEUED = "queued", _("Waits for its turn")
    RUNNING = "running", _("Collects rows")
    PACKING = "packing", _("Writes the file")
    DONE = "done", _("Ready")
    FAILED = "failed", _("Failed")
    REFUSED = "refused", _("Refused")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Expired")


WORKING = (ExportState.QUEUED, ExportState.RUNNING, ExportState.PACKING)
UNFINISHED = (ExportState.ASKED, *WORKING)


class Trouble(models.TextChoices):
    """Why an export failed, in words that say what to do."""

    NO_ROOM = "no_room", _("The disk for exports is full. An administrator has to make room; then ask again.")
    NOT_ALLOWED = "not_allowed", _("You may no longer take these rows out. Nothing was kept.")
    TOO_MANY = (
        "too_many",
        _("It came to more rows than one person may take out alone. Narrow the filter and ask again."),
    )
    BAD_PARAMS = "bad_params", _("What was asked for can no longer be read. Ask again from its page.")
    TOO_SLOW = "too_slow", _("The database gave up after its time limit. Narrow the time range or the filter.")
    FAULT = "fault", _("It failed three times. Administrators find the reason in the log; asking again may help.")


class ReportKind(models.TextChoices):
    """What a saved report opens: the explorer with its choices, or a statement of the SQL tab."""

    EXPLORE = "explore", _("Explorer")
    SQL = "sql", _("SQL")


class Audience(models.TextChoices):
    """Who finds a saved report in their list."""

    PERSONAL = "personal", _("Only me")
    SHARED = "shared", _("Everyone who sees reports")

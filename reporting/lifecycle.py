"""States and words of exports and saved reports. Pure data: no queries."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


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


# -- Briefs ------------------------------------------------------------------------------------------------------------
class BriefKind(models.TextChoices):
    """What a brief is; both read the same way."""

    WEEKLY = "weekly", _("Weekly leadership update")
    SPECIAL = "special", _("Executive brief")


class BriefState(models.TextChoices):
    """Where the version in work stands. A sent brief is written on by revising it: its sent version stays readable."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    APPROVED = "approved", _("Approved")
    SENT = "sent", _("Sent")
    WITHDRAWN = "withdrawn", _("Withdrawn")


BRIEF_TRANSITIONS: dict[BriefState, frozenset[BriefState]] = {
    BriefState.DRAFT: frozenset({BriefState.IN_REVIEW, BriefState.WITHDRAWN}),
    BriefState.IN_REVIEW: frozenset({BriefState.DRAFT, BriefState.APPROVED, BriefState.WITHDRAWN}),
    BriefState.APPROVED: frozenset({BriefState.SENT, BriefState.DRAFT, BriefState.WITHDRAWN}),
    BriefState.SENT: frozenset({BriefState.DRAFT, BriefState.WITHDRAWN}),
    BriefState.WITHDRAWN: frozenset(),
}


class Classification(models.TextChoices):
    """Who may hold a copy, as the footer of every page says."""

    INTERNAL = "internal", _("Internal")
    CONFIDENTIAL = "confidential", _("Confidential")
    STRICTLY = "strictly", _("Strictly confidential")


class Region(models.TextChoices):
    """What part of the world a brief is about, and somebody subscribes to (ux.md BRI-3). Empty stands for all of it."""

    EMEA = "emea", _("Europe, Middle East, Africa")
    NAMER = "namer", _("North America")
    LATAM = "latam", _("Latin America")
    APAC = "apac", _("Asia and Pacific")


class BlockKind(models.TextChoices):
    """The parts of a brief, in the order in which it is read (ux.md §16)."""

    BLUF = "bluf", _("Bottom line")
    FIGURE = "figure", _("Figure")
    DOING = "doing", _("What we are doing")
    RISK = "risk", _("Risk")
    GAP = "gap", _("Open question of policy")
    UNKNOWN = "unknown", _("Confidence and unknowns")
    ASK = "ask", _("Decision asked for")
    NEXT = "next", _("Next update")
    CHART = "chart", _("Chart")
    TEXT = "text", _("More")


BLOCK_ORDER = {kind: number for number, kind in enumerate(BlockKind)}
WRITTEN = frozenset(
    {
        BlockKind.BLUF,
        BlockKind.DOING,
        BlockKind.RISK,
        BlockKind.UNKNOWN,
        BlockKind.ASK,
        BlockKind.NEXT,
        BlockKind.TEXT,
    }
)
ONLY_ONE = frozenset({BlockKind.BLUF, BlockKind.NEXT, BlockKind.CHART})
OWNED = frozenset({BlockKind.RISK, BlockKind.ASK})  # these name who and by when

WORDS_MOST, BLUF_MOST = 350, 50  # ux.md BRI-2, §16
BLOCKS_MOST, FIGURES_MOST = 20, 6


class BriefCadence(models.TextChoices):
    """When a subscriber gets what was sent, in their own zone."""

    AT_ONCE = "at_once", _("As soon as it is sent")
    DAILY = "daily", _("At eight in the morning")
    WEEKLY = "weekly", _("On Mondays at eight in the morning")


# -- Schedules and what they mail --------------------------------------------------------------------------------------
class SchedulePace(models.TextChoices):
    """How often a report is mailed."""

    WEEKLY = "weekly", _("Every week")
    MONTHLY = "monthly", _("Every month")


class ScheduleFormat(models.TextChoices):
    """What is attached."""

    PDF = "pdf", _("PDF")
    XLSX = "xlsx", _("Excel (XLSX)")


class ScheduleState(models.TextChoices):
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    REMOVED = "removed", _("Removed")


class MailingState(models.TextChoices):
    """`waiting` is to be made; `handed` stands with the mail channel, whose delivery says how it ended."""

    WAITING = "waiting", _("Waits")
    HANDED = "handed", _("Handed to e-mail")
    SKIPPED = "skipped", _("Not sent")
    FAILED = "failed", _("Failed")


class SkipReason(models.TextChoices):
    """Why somebody got nothing."""

    CLOSED = "closed", _("The account is closed.")
    NOT_ALLOWED = "not_allowed", _("This person may not read it.")
    OVERTAKEN = "overtaken", _("A newer version was sent.")
    STOPPED = "stopped", _("It was paused, removed or withdrawn.")
    GONE = "gone", _("The saved report was removed.")
    NO_MAIL = "no_mail", _("This installation sends no e-mail.")


class AnnotationKind(models.TextChoices):
    """What a note on the time line is about."""

    POLICY = "policy", _("Policy")
    PLAN = "plan", _("SLA plan")
    VENDOR = "vendor", _("Vendor")
    TOOL = "tool", _("Tool or platform")
    OUTAGE = "outage", _("Outage")
    CRISIS = "crisis", _("Crisis")
    STAFF = "staff", _("People and shifts")
    OTHER = "other", pgettext_lazy("kind of note", "Other")


class ReviewKind(models.TextChoices):
    """What a vendor's reviewer looked at."""

    CONTENT = "content", _("Content")
    AD = "ad", _("Ad")


class ReviewDecision(models.TextChoices):
    """What a vendor's reviewer decided; words of our verdicts where both have them."""

    REMOVE = "remove", _("Removed")
    RESTRICT = "restrict", _("Restricted")
    ACCOUNT_ACTION = "account_action", _("Account action")
    NO_VIOLATION = "no_violation", _("No violation")
    ESCALATED = "escalated", _("Escalated to us")

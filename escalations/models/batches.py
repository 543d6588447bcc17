"""A file of submissions, read, tried, sent and perhaps taken back; row by row."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from core.ids import new_id
from escalations.models.case import Case
from escalations.querysets import BatchQuerySet

KEPT_UNSENT = timedelta(days=7)  # a file that was tried and never sent


class SubmissionBatch(models.Model):
    """One file of an organization. Checked first, which makes no case; sent by a person; undone as far as that is possible.

    Sending and undoing are worked off in pieces (`next_at`, by the engine) and may be watched. Times aware UTC.
    """

    class State(models.TextChoices):
        CHECKED = "checked", _("Checked, not sent")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        UNDOING = "undoing", _("Being taken back")
        UNDONE = "undone", _("Taken back")
        FAILED = "failed", _("Stopped")

    public_id = models.UUIDField(default=new_id, unique=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="batches")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="batches")
    name = models.CharField(max_length=200)  # of the file, cleaned
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State, default=State.CHECKED)
    total = models.PositiveIntegerField()  # rows
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    next_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    objects: ClassVar[BatchQuerySet[SubmissionBatch]] = BatchQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name_plural = "submission batches"
        constraints = [
            # Composite foreign keys of the rows point here (permissions.md §7).
            models.UniqueConstraint(fields=["organization", "id"], name="submission_batch_organization_id"),
            models.CheckConstraint(
                condition=Q(state__in=("sending", "undoing"), next_at__isnull=False)
                | (~Q(state__in=("sending", "undoing")) & Q(next_at__isnull=True)),
                name="submission_batch_next_at_iff_worked_on",
            ),
            models.CheckConstraint(
                condition=Q(state="checked", sent_at__isnull=True) | (~Q(state="checked") & Q(sent_at__isnull=False)),
                name="submission_batch_sent_at_once_sent",
            ),
        ]
        indexes = [
            # "Which files did this organization send?", newest first.
            models.Index(fields=["organization", "-created_at", "-id"], name="submission_batch_newest"),
            # "Whose turn is it?"
            models.Index(fields=["next_at", "id"], condition=Q(next_at__isnull=False), name="submission_batch_due"),
        ]

    @property
    def ref(self) -> str:
        """What the log prints for it."""
        return self.name[:64]

    @property
    def is_at_work(self) -> bool:
        return self.state in (self.State.SENDING, self.State.UNDOING)


class BatchRow(models.Model):
    """One row of a file with what became of it. `row_key` is the sender's own reference: a row that was sent before makes no case."""

    class State(models.TextChoices):
        READY = "ready", _("Ready to send")
        BAD = "bad", _("To correct")
        KNOWN = "known", _("Sent before")
        SENT = "sent", _("Sent")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Taken back")
        KEPT = "kept", _("Not taken back")

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    batch = models.ForeignKey(SubmissionBatch, on_delete=models.CASCADE, related_name="rows", db_constraint=False)
    number = models.PositiveIntegerField()  # as the spreadsheet counts it
    row_key = models.CharField(max_length=120, blank=True)
    title = models.CharField(max_length=200, blank=True)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=State)
    problems = models.JSONField(default=list)  # [{"column", "code", "detail"}], why it is bad or was refused
    warnings = models.JSONField(default=list)  # the same, what will probably be sent back
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False)
    ref = models.CharField(max_length=16, blank=True)  # of its case, or of the one it repeats

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="batch_row_number_once"),
            models.CheckConstraint(
                condition=Q(state__in=("sent", "withdrawn", "kept"), case__isnull=False)
                | (~Q(state__in=("sent", "withdrawn", "kept")) & Q(case__isnull=True)),
                name="batch_row_case_iff_sent",
            ),
        ]

"""Rows taken out of the product as a file: what was asked, how far it is, where it ends."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Organization
from core.ids import new_id
from reporting.lifecycle import UNFINISHED, ExportFormat, ExportState, Trouble
from reporting.querysets import ExportQuerySet


class Export(models.Model):
    """One file somebody asked for, written by the engine with the asker's rights at the time of writing.

    `source` names who knows the rows (`reporting.exports`), `params` say which. `cursor` is the key of the last row that stands in the
    spool file, `rows` how many stand there, `spooled` its bytes: what a restart goes on from. `bytes` and `sha256` are the finished
    file's. `leased_until` keeps two engines from packing the same one. `total` is what was counted when it was asked, where it was.
    `access` is what the asker could reach when the rows were read: where that changed the rows are read anew, and a finished file stays.
    """

    public_id = models.UUIDField(default=new_id, unique=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="exports")
    asked_at = models.DateTimeField()
    source = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    said = models.CharField(max_length=1000, blank=True)  # the filter in words, as the file's first row says it
    params = models.JSONField(default=dict)
    format = models.CharField(max_length=8, choices=ExportFormat)
    language = models.CharField(max_length=10, default="en")

    state = models.CharField(max_length=10, choices=ExportState, default=ExportState.QUEUED)
    total = models.PositiveBigIntegerField(null=True)
    rows = models.PositiveBigIntegerField(default=0)
    cursor = models.BigIntegerField(default=0)
    spooled = models.PositiveBigIntegerField(default=0)
    access = models.CharField(max_length=64, blank=True, db_default="")
    bytes = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=12, choices=Trouble, blank=True)
    next_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()

    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    downloads = models.PositiveIntegerField(default=0)

    objects: ClassVar[ExportQuerySet] = ExportQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True) | ~Q(answered_by=F("asked_by")), name="export_never_by_its_asker"
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True, answered_at__isnull=True)
                | Q(answered_by__isnull=False, answered_at__isnull=False),
                name="export_answered_whole",
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNFINISHED, ended_at__isnull=True)
                | (~Q(state__in=UNFINISHED) & Q(ended_at__isnull=False)),
                name="export_ended_at_iff_ended",
            ),
            models.CheckConstraint(
                condition=(Q(state="failed") & ~Q(trouble="")) | (~Q(state="failed") & Q(trouble="")),
                name="export_trouble_iff_failed",
            ),
            models.CheckConstraint(condition=~Q(state="done") | ~Q(sha256=""), name="export_done_has_its_sum"),
        ]
        indexes = [
            # "Which is next?"
            models.Index(fields=["next_at", "id"], condition=Q(state__in=UNFINISHED), name="export_unfinished_by_next"),
            # "What did I ask for?", newest first.
            models.Index(fields=["asked_by", "-asked_at", "-id"], name="export_of_person_newest"),
            # "Whose file is old?"
            models.Index(fields=["expires_at"], condition=Q(state="done"), name="export_done_by_expiry"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def ref(self) -> str:
        """What the log prints for it."""
        return str(self.public_id)[-12:]

    @property
    def file_name(self) -> str:
        """What its file is called where it is saved."""
        return f"{self.source.replace('.', '-')}-{self.asked_at:%Y%m%dT%H%MZ}.{self.format}"

    @property
    def percent(self) -> int | None:
        """How much of it is done; None where nobody counted."""
        if self.state == ExportState.DONE:
            return 100
        return min(99, 100 * self.rows // self.total) if self.total else None

    @property
    def is_working(self) -> bool:
        return self.state in UNFINISHED

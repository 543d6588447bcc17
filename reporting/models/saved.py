"""Reports under a name: choices of the explorer, or statements of the SQL tab."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Organization
from core.ids import new_id
from reporting.lifecycle import Audience, ReportKind
from reporting.querysets import SavedReportQuerySet


class SavedReport(models.Model):
    """A report somebody keeps: its page's choices (`state`, the query string without `?`) or its statement (`statement`).

    Whoever opens a shared one reads it with their own rights: it carries no rows.
    """

    public_id = models.UUIDField(default=new_id, unique=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="saved_reports")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=ReportKind)
    audience = models.CharField(max_length=8, choices=Audience, default=Audience.PERSONAL)
    state = models.CharField(max_length=2000, blank=True)
    statement = models.TextField(blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects: ClassVar[SavedReportQuerySet] = SavedReportQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "kind", "name"], name="saved_report_name_once_per_owner"),
            models.CheckConstraint(
                condition=(Q(kind="sql") & ~Q(statement="") & Q(state="")) | Q(kind="explore", statement=""),
                name="saved_report_holds_its_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ref(self) -> str:
        """What the log prints for it."""
        return self.name[:64]

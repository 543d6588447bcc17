"""Notes on the time line: what happened outside the figures (REP-6)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Organization
from core.ids import new_id
from reporting.lifecycle import AnnotationKind
from reporting.querysets import AnnotationQuerySet


class Annotation(models.Model):
    """Something that happened at an instant, or from one to another, and that a reader of a time chart must know.

    It stands on every time chart whose rows it concerns: all of them, or those of one vendor, or of one queue. Policy versions and SLA
    plans that take effect are shown beside these by themselves and are no rows here. Removing keeps the row.
    """

    public_id = models.UUIDField(default=new_id, unique=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=AnnotationKind)
    text = models.CharField(max_length=200)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    vendor = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    queue = models.ForeignKey("escalations.Queue", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_new_baseline = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects: ClassVar[AnnotationQuerySet] = AnnotationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="annotation_says_something"),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="annotation_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(vendor__isnull=True) | Q(queue__isnull=True), name="annotation_of_vendor_or_queue"
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="annotation_removed_whole",
            ),
        ]
        indexes = [
            # "What happened in this window?"
            models.Index(fields=["starts_at", "id"], condition=Q(removed_at__isnull=True), name="annotation_by_start"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def ref(self) -> str:
        """What the log prints for it."""
        return self.text[:64]

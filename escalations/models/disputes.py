"""Disputes: a submitter contests that its case was sent back as invalid (ux.md VEN-5)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import ServiceKey
from core.ids import new_id
from escalations.lifecycle import DisputeState, InvalidReason
from escalations.models.case import OfCase, part_of_case
from escalations.querysets import OfCaseQuerySet


class Dispute(OfCase):
    """One objection to one return (`rejected_at`, aware UTC), decided by somebody else than who sent the case back.

    Upheld, it opens the case again, and whoever counts returns counts this one as valid at the time of the return.
    """

    public_id = models.UUIDField(default=new_id, unique=True)
    case = part_of_case("disputes")
    rejected_at = models.DateTimeField()
    rejected_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=20, choices=InvalidReason)
    text = models.TextField()
    filed_at = models.DateTimeField()
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    filed_by_key = models.ForeignKey(ServiceKey, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=9, choices=DisputeState, default=DisputeState.OPEN)
    answer = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects: ClassVar[OfCaseQuerySet[Dispute]] = OfCaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "rejected_at"], name="dispute_once_per_return"),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True, decided_by__isnull=True)
                | (~Q(state="open") & Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(answer="")),
                name="dispute_decided_by_somebody_with_an_answer",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | Q(rejected_by__isnull=True) | ~Q(decided_by=F("rejected_by")),
                name="dispute_decided_by_somebody_else",
            ),
        ]
        indexes = [
            # "What waits for somebody?", oldest first.
            models.Index(fields=["filed_at", "id"], condition=Q(state="open"), name="dispute_open_oldest"),
        ]

"""Examples shared with a vendor, from which it can see why things come back (VEN-3)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import Organization
from core.ids import new_id
from escalations.lifecycle import InvalidReason


class CoachingSet(models.Model):
    """Returned cases of one vendor with one reason and what to do instead, until the vendor says that it read them.

    `refs` are references of its own cases. Times aware UTC.
    """

    public_id = models.UUIDField(default=new_id, unique=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="coaching_sets")
    reason = models.CharField(max_length=20, choices=InvalidReason)
    title = models.CharField(max_length=120)
    message = models.CharField(max_length=2000)
    refs = ArrayField(models.CharField(max_length=16))
    shared_at = models.DateTimeField()
    shared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects: ClassVar[models.Manager[CoachingSet]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(refs__len__range=(1, 20)), name="coaching_set_of_1_to_20_cases"),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="coaching_set_acknowledged_by_somebody",
            ),
        ]
        indexes = [
            # "What was this vendor shown?", newest first.
            models.Index(fields=["organization", "-shared_at", "-id"], name="coaching_set_newest")
        ]

    @property
    def ref(self) -> str:
        """What the log prints for it."""
        return self.title[:64]

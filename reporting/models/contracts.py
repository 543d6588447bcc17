"""What was agreed with vendors: targets of their scorecard, each from a day on."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.models import Organization
from reporting.querysets import ContractTargetQuerySet


class ContractTarget(models.Model):
    """One target of one vendor from `starts_on` on (a local date of the team) until the next one; never changed, only followed.

    `value` is in the measure's unit: shares from 0 to 1, times in seconds. None takes the target away.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="contract_targets")
    measure = models.CharField(max_length=32)
    value = models.FloatField(null=True)
    starts_on = models.DateField()
    note = models.CharField(max_length=300, blank=True)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[ContractTargetQuerySet] = ContractTargetQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(value__isnull=True) | models.Q(value__gte=0), name="contract_target_not_negative"
            )
        ]
        indexes = [models.Index(fields=["organization", "measure", "-starts_on", "-id"], name="contract_target_newest")]

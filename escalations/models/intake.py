"""What came in, word for word."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, ServiceKey
from core.references import permute
from escalations.lifecycle import Channel
from escalations.models.case import Case
from escalations.querysets import SubmissionQuerySet


class Submission(models.Model):
    """One submission verbatim, kept for ever, with the case it became or joined.

    `idempotency_key` and `external_ref` are unique in the organization (of live submissions), so that a retry never makes a
    second case. A submission stays readable to its organization as a receipt when its case becomes restricted.
    """

    class Result(models.TextChoices):
        CREATED = "created", _("Case created")
        ATTACHED = "attached", _("Attached to a case")

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="submissions")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="submissions")
    channel = models.CharField(max_length=8, choices=Channel)
    key = models.ForeignKey(ServiceKey, on_delete=models.PROTECT, null=True, blank=True, related_name="submissions")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="submissions"
    )
    idempotency_key = models.CharField(max_length=255, blank=True)
    external_ref = models.CharField(max_length=120, blank=True)
    is_sandbox = models.BooleanField(default=False)
    payload = models.JSONField()
    received_at = models.DateTimeField()
    result = models.CharField(max_length=8, choices=Result, default=Result.CREATED)
    warnings = models.JSONField(default=list, blank=True)

    objects: ClassVar[SubmissionQuerySet[Submission]] = SubmissionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "key", "idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="submission_idempotency_key_once",
            ),
            models.UniqueConstraint(
                fields=["organization", "external_ref"],
                condition=~Q(external_ref="") & Q(is_sandbox=False, result="created"),
                name="submission_external_ref_once",
            ),
            models.UniqueConstraint(
                fields=["organization", "external_ref"],
                condition=~Q(external_ref="") & Q(is_sandbox=True, result="created"),
                name="submission_sandbox_external_ref_once",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-received_at", "-id"], name="submission_newest"),
        ]

    @property
    def ref(self) -> str:
        """The case's reference, also where the case itself is hidden from who reads this."""
        return f"ESC-{permute(self.case_id, key=settings.REFERENCE_KEY)}"

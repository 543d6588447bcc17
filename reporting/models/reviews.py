"""What vendors decided in their own review of content and ads, as they report it: rows to read beside their escalations."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Organization, ServiceKey
from core.ids import new_id
from reporting.lifecycle import ReviewDecision, ReviewKind
from reporting.querysets import ReviewImportQuerySet, VendorReviewQuerySet


class ReviewImport(models.Model):
    """One file or call that brought reviews of a vendor in, with how many rows were new, changed, known and refused. Never changed."""

    public_id = models.UUIDField(default=new_id, unique=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="review_imports")
    name = models.CharField(max_length=200)  # of the file, cleaned; "API" for a call
    at = models.DateTimeField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    key = models.ForeignKey(ServiceKey, on_delete=models.PROTECT, null=True, related_name="+")
    new = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()
    known = models.PositiveIntegerField()
    refused = models.PositiveIntegerField()

    objects: ClassVar[ReviewImportQuerySet] = ReviewImportQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            # Composite foreign keys of the reviews point here (permissions.md §7).
            models.UniqueConstraint(fields=["organization", "id"], name="review_import_organization_id"),
            models.CheckConstraint(
                condition=Q(person__isnull=True) ^ Q(key__isnull=True), name="review_import_by_a_person_or_a_key"
            ),
        ]
        indexes = [
            # "What was brought in of this vendor?", newest first.
            models.Index(fields=["organization", "-at", "-id"], name="review_import_newest"),
        ]

    @property
    def ref(self) -> str:
        """What the log prints for it."""
        return self.name[:64]


class VendorReview(models.Model):
    """One decision of a vendor's reviewer on one item. `external_id` is the vendor's own: sent again, the row takes the new values.

    `reviewer` is an alias of the vendor's choosing, never a name we look up. `decided_at` is aware UTC, `handle_s` seconds, None
    where it was not measured. `escalation` is the case it led to: our reference, or the vendor's own of the submission.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    external_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=7, choices=ReviewKind)
    item = models.CharField(max_length=300)  # its id or address on the platform
    item_key = models.CharField(max_length=300)  # the same as `Entity.key` of the item spells it
    reviewer = models.CharField(max_length=80)
    decision = models.CharField(max_length=14, choices=ReviewDecision)
    clause = models.CharField(max_length=40, blank=True)
    decided_at = models.DateTimeField()
    handle_s = models.PositiveIntegerField(null=True)
    escalation = models.CharField(max_length=120, blank=True)
    # Which file or call brought its present values.
    brought_by = models.ForeignKey(
        ReviewImport, on_delete=models.PROTECT, related_name="reviews", db_constraint=False, db_index=False
    )

    objects: ClassVar[VendorReviewQuerySet] = VendorReviewQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "external_id"], name="vendor_review_once"),
            models.CheckConstraint(
                condition=~Q(external_id="") & ~Q(item="") & ~Q(reviewer=""), name="vendor_review_says_what_and_who"
            ),
        ]
        indexes = [
            # "What did this vendor decide in these weeks?"
            models.Index(fields=["organization", "decided_at"], name="vendor_review_by_time"),
        ]

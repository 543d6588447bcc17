"""The weekly review with a vendor: its figures frozen, signed by both sides, and what was agreed to be done."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Organization
from reporting.querysets import OfVendorQuerySet


class VendorWeek(models.Model):
    """One edition of a vendor's week (Monday `starts_on`, of `zone`): the figures as they stood at `frozen_at`, never changed.

    A correction (an upheld dispute) makes a further edition, which both sides sign anew; the earlier one stays. `figures` is
    {measure: {value, n, numerator, denominator, text}}. Signatures are written once each, by a person of that side.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="weeks")
    starts_on = models.DateField()
    zone = models.CharField(max_length=64)
    edition = models.PositiveSmallIntegerField()
    figures = models.JSONField()
    why = models.CharField(max_length=300, blank=True)  # of a further edition
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    vendor_signed_at = models.DateTimeField(null=True)
    vendor_signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects: ClassVar[OfVendorQuerySet[VendorWeek]] = OfVendorQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "starts_on", "edition"], name="vendor_week_edition_once"),
            models.CheckConstraint(condition=Q(edition=1) | ~Q(why=""), name="vendor_week_further_edition_says_why"),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True, signed_by__isnull=True)
                | Q(signed_at__isnull=False, signed_by__isnull=False),
                name="vendor_week_signature_is_somebodys",
            ),
            models.CheckConstraint(
                condition=Q(vendor_signed_at__isnull=True, vendor_signed_by__isnull=True)
                | Q(vendor_signed_at__isnull=False, vendor_signed_by__isnull=False),
                name="vendor_week_vendor_signature_is_somebodys",
            ),
        ]

    @property
    def is_signed(self) -> bool:
        """Whether both sides have put their name under it."""
        return self.signed_at is not None and self.vendor_signed_at is not None

    @property
    def week(self) -> str:
        """“2026-W47”."""
        year, number, _ = self.starts_on.isocalendar()
        return f"{year}-W{number:02d}"


class Commitment(models.Model):
    """What somebody said in a review they would do by a day."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="commitments")
    week_on = models.DateField()  # the review's Monday
    text = models.CharField(max_length=300)
    owner = models.CharField(max_length=120)  # a person or a team of either side, as they are called there
    due_on = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects: ClassVar[OfVendorQuerySet[Commitment]] = OfVendorQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text="") & ~Q(owner=""), name="commitment_says_who_does_what"),
            models.CheckConstraint(condition=Q(due_on__gte=F("week_on")), name="commitment_due_after_its_review"),
        ]
        indexes = [models.Index(fields=["organization", "due_on"], name="commitment_by_due")]

"""Briefs for leadership: what is written, the versions that were put up, who gets them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Organization
from reporting.lifecycle import BriefCadence, BriefKind, BriefState, Classification, Region
from reporting.querysets import BriefQuerySet, BriefVersionQuerySet


class Brief(models.Model):
    """A brief and the blocks in work; `BRF-12` is how people name it.

    A block is `{"id", "kind", "text", "owner", "by_on", "as_of", "source", "figure", "chart"}` as `reporting.blocks` reads it: figures
    and charts are kept as they were when they were added, with their time and the address they came from. `language` is what it
    is written in. Times are aware UTC.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=BriefKind, default=BriefKind.SPECIAL)
    title = models.CharField(max_length=120)
    surface = models.CharField(max_length=40, blank=True)  # empty: all of them
    region = models.CharField(max_length=10, choices=Region, blank=True, default="", db_default="")  # empty: everywhere
    classification = models.CharField(max_length=12, choices=Classification, default=Classification.CONFIDENTIAL)
    language = models.CharField(max_length=10, default="en")
    state = models.CharField(max_length=10, choices=BriefState, default=BriefState.DRAFT)
    blocks = models.JSONField(default=list, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="briefs")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)

    objects: ClassVar[BriefQuerySet] = BriefQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="brief_of_organization"),
            models.CheckConstraint(condition=~Q(title=""), name="brief_has_a_title"),
        ]
        indexes = [
            # "Which briefs are there?", newest first.
            models.Index(fields=["-changed_at", "-id"], name="brief_newest"),
        ]

    def __str__(self) -> str:
        return self.ref

    def get_absolute_url(self) -> str:
        return reverse("reporting:brief", args=[self.pk])

    @property
    def ref(self) -> str:
        """`BRF-12`."""
        return f"BRF-{self.pk}"


class BriefVersion(models.Model):
    """A brief as it was put up for approval: its words and figures never change after (the database refuses it; PRT-3).

    The approver is never who submitted it. `superseded_at` is when a later version of the same brief was sent. Times aware UTC.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    classification = models.CharField(max_length=12, choices=Classification)
    blocks = models.JSONField()
    words = models.PositiveSmallIntegerField()
    as_of = models.DateTimeField()  # of its oldest figure; where it has none, of its submission
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    returned_at = models.DateTimeField(null=True)
    return_note = models.CharField(max_length=500, blank=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)

    objects: ClassVar[BriefVersionQuerySet] = BriefVersionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brief", "number"], name="brief_version_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="brief_version_of_organization"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("submitted_by")),
                name="brief_version_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False, returned_at__isnull=True),
                name="brief_version_approved_whole",
            ),
            models.CheckConstraint(
                condition=Q(returned_by__isnull=True, returned_at__isnull=True)
                | Q(returned_by__isnull=False, returned_at__isnull=False),
                name="brief_version_returned_whole",
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True, sent_by__isnull=True)
                | Q(sent_at__isnull=False, sent_by__isnull=False, approved_at__isnull=False),
                name="brief_version_sent_once_approved",
            ),
            models.CheckConstraint(
                condition=Q(superseded_at__isnull=True) | Q(sent_at__isnull=False),
                name="brief_version_superseded_once_sent",
            ),
        ]
        indexes = [
            # "What holds now?", newest first.
            models.Index(
                fields=["-sent_at", "-id"],
                condition=Q(sent_at__isnull=False, superseded_at__isnull=True),
                name="brief_version_current",
            ),
        ]

    def __str__(self) -> str:
        return self.citation

    def get_absolute_url(self) -> str:
        return reverse("reporting:brief-version", args=[self.brief_id, self.number])

    @property
    def ref(self) -> str:
        """What the log prints for it."""
        return self.citation

    @property
    def citation(self) -> str:
        """`BRF-12@v3`."""
        return f"BRF-{self.brief_id}@v{self.number}"


class BriefSubscription(models.Model):
    """Somebody who gets briefs by e-mail: of one surface and region or of all, when they want them, in their own zone.

    `is_forward_safe`: what they get may be passed on, so it holds no link to, and no name of, an object that not every reader of
    briefs may open.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="brief_subscriptions")
    surface = models.CharField(max_length=40, blank=True)
    region = models.CharField(max_length=10, choices=Region, blank=True, default="", db_default="")
    cadence = models.CharField(max_length=8, choices=BriefCadence, default=BriefCadence.AT_ONCE)
    is_forward_safe = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "surface", "region"], name="brief_subscription_once")]

    @property
    def ref(self) -> str:
        """What the log prints for it."""
        return "/".join(part for part in (self.surface, self.region) if part) or "all"

"""Evidence: bytes kept by their SHA-256, and the items of a case that refer to them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, ServiceKey
from core.ids import new_id
from escalations.lifecycle import EvidenceKind, GraphicTier, OriginalState
from escalations.models.case import OfCase, part_of_case
from escalations.querysets import OfCaseQuerySet


class Blob(models.Model):
    """Bytes on disk under their SHA-256 (hex): the same bytes are kept once, and never change.

    No organization: nobody reaches a blob but through an upload or an evidence item of their own.
    """

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=100)  # sniffed, not claimed
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    tile_rgb = models.CharField(max_length=7, blank=True)  # dominant colour of the placeholder, "#rrggbb"
    perceptual_hash = models.CharField(max_length=64, blank=True)  # PDQ, hex
    blurred_sha256 = models.CharField(max_length=64, blank=True)  # the derivative: blurred, grey, without metadata
    preview_state = models.CharField(max_length=8, default="none")  # none | ready | failed
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["perceptual_hash"], condition=~Q(perceptual_hash=""), name="blob_by_perceptual_hash")
        ]


class Upload(models.Model):
    """A file that arrived and waits to be attached; dropped after 24 hours."""

    public_id = models.UUIDField(default=new_id, unique=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="uploads")
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="uploads")
    name = models.CharField(max_length=200)
    claimed_type = models.CharField(max_length=100, blank=True)
    key = models.ForeignKey(ServiceKey, on_delete=models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    attached_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["created_at"], condition=Q(attached_at__isnull=True), name="upload_unattached_oldest")
        ]


class Evidence(OfCase):
    """One item of evidence. Immutable but for its tier, its state and what became of its original: a correction is a new item.

    `original_state` is whether the original was found live or removed when `original_seen_by` looked at `original_seen_at`; "" where
    nobody has looked. What was found before is in the log.
    """

    class State(models.TextChoices):
        QUARANTINED = "quarantined", _("Quarantined")
        AVAILABLE = "available", _("Available")

    public_id = models.UUIDField(default=new_id, unique=True)
    case = part_of_case("evidence")
    number = models.PositiveSmallIntegerField()  # 1, 2, … in the case
    kind = models.CharField(max_length=4, choices=EvidenceKind)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, null=True, related_name="evidence")
    sha256 = models.CharField(max_length=64)  # of the bytes, the text or the URL note
    name = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    language = models.CharField(max_length=12, blank=True)
    original_url = models.CharField(max_length=2000, blank=True)
    captured_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)
    graphic_tier = models.PositiveSmallIntegerField(choices=GraphicTier, null=True)
    state = models.CharField(max_length=11, choices=State, default=State.AVAILABLE)
    original_state = models.CharField(max_length=7, choices=OriginalState, blank=True, default="", db_default="")
    original_seen_at = models.DateTimeField(null=True)
    original_seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="corrected_by")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    added_by_key = models.ForeignKey(ServiceKey, on_delete=models.PROTECT, null=True, related_name="+")
    is_internal = models.BooleanField(default=False)  # added by the team: the submitter does not see it

    objects: ClassVar[OfCaseQuerySet[Evidence]] = OfCaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="evidence_number_once_per_case"),
            models.CheckConstraint(
                condition=Q(kind="file", blob__isnull=False) | (~Q(kind="file") & Q(blob__isnull=True)),
                name="evidence_file_iff_blob",
            ),
            models.CheckConstraint(
                condition=Q(original_state="", original_seen_at__isnull=True, original_seen_by__isnull=True)
                | (~Q(original_state="") & ~Q(original_url="") & Q(original_seen_at__isnull=False)),
                name="evidence_original_seen_at_an_address",
            ),
        ]
        indexes = [models.Index(fields=["sha256"], name="evidence_by_sha256")]

    @property
    def effective_tier(self) -> GraphicTier:
        """The tier to shield by: unknown counts as G2."""
        return GraphicTier.G2 if self.graphic_tier is None else GraphicTier(self.graphic_tier)

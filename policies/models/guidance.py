"""Interim guidance: how to decide until the clauses say so."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.urls import reverse

from policies.lifecycle import GuidanceEnd
from policies.querysets import GuidanceQuerySet


class Guidance(models.Model):
    """An instruction for the cases that its filter finds, from `starts_at` up to but not including `expires_at`, or `ended_at`
    if that comes first. `IG-7` names it, `IG-7 v3` one edition; what is issued never changes (a trigger says so).

    `scope` is a text of the filter language over cases; empty means every case. `crisis_ref` names the crisis it belongs to.
    """

    number = models.PositiveIntegerField()
    edition = models.PositiveIntegerField(default=1)
    title = models.CharField(max_length=120)
    text = models.TextField()
    scope = models.CharField(max_length=1000, blank=True)
    crisis_ref = models.CharField(max_length=16, blank=True)
    policy_keys = ArrayField(models.CharField(max_length=16), default=list, blank=True)  # clauses it is about
    issuer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="guidance_issued")
    issued_at = models.DateTimeField()
    starts_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    needs_acknowledgement = models.BooleanField(default=True)
    announced_at = models.DateTimeField(null=True, blank=True)  # when its start was written to the log
    ended_at = models.DateTimeField(null=True, blank=True)
    end_cause = models.CharField(max_length=9, choices=GuidanceEnd, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar = GuidanceQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "guidance"
        constraints = [
            models.UniqueConstraint(fields=["number", "edition"], name="guidance_edition_is_unique"),
            models.CheckConstraint(condition=Q(number__gte=1, edition__gte=1), name="guidance_numbered_from_one"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(text=""), name="guidance_says_something"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("starts_at")), name="guidance_expires_after_it_starts"),
            models.CheckConstraint(condition=Q(starts_at__gte=F("issued_at")), name="guidance_starts_no_earlier"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end_cause="") | (Q(ended_at__isnull=False) & ~Q(end_cause="")),
                name="guidance_ended_at_iff_ended",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__lte=F("expires_at")),
                name="guidance_ends_by_its_expiry",
            ),
            # One edition of a guidance holds at a time.
            ExclusionConstraint(
                name="guidance_one_edition_at_a_time",
                expressions=[
                    (F("number"), RangeOperators.EQUAL),
                    (
                        Func(
                            F("starts_at"),
                            Func(
                                F("starts_at"),
                                Func(F("ended_at"), F("expires_at"), function="COALESCE"),
                                function="GREATEST",
                            ),
                            Value("[)"),
                            function="TSTZRANGE",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
        indexes = [
            # Which guidance holds, or will?
            models.Index(fields=["expires_at"], condition=Q(ended_at__isnull=True), name="guidance_not_over"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("policies:guidance", args=[self.number])

    @property
    def ref(self) -> str:
        """`IG-7`."""
        return f"IG-{self.number}"

    @property
    def name(self) -> str:
        """`IG-7 v3`: this very edition."""
        return f"{self.ref} v{self.edition}"

    @property
    def until(self) -> datetime:
        """The first instant at which it no longer holds."""
        return self.ended_at or self.expires_at

    def holds_at(self, at: datetime) -> bool:
        """Whether it applies at `at` (aware UTC)."""
        return self.starts_at <= at < self.until


class GuidanceAcknowledgement(models.Model):
    """A person has read an edition of a guidance."""

    guidance = models.ForeignKey(Guidance, on_delete=models.PROTECT, related_name="acknowledgements")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    acknowledged_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["guidance", "user"], name="guidance_acknowledged_once")]

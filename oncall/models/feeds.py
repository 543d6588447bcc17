"""Feeds of holidays, and what came in them until a person has looked at it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from oncall.models.calendars import HolidaySet


class HolidayFeed(models.Model):
    """Where a set of holidays is read from: an address asked every so often, or files that people upload (`url` empty).

    A reading that fails keeps what is there: `last_error` says what happened, `failing_since` since when. `lease_until`
    keeps a second engine from asking at the same time.
    """

    holiday_set = models.OneToOneField(HolidaySet, on_delete=models.CASCADE, related_name="feed")
    url = models.CharField(max_length=2000, blank=True)
    zone = models.CharField(max_length=64)  # whose local dates and times the entries are
    every_h = models.PositiveSmallIntegerField(default=24)
    next_at = models.DateTimeField(null=True)  # null: never asked by itself
    lease_until = models.DateTimeField(null=True)
    last_read_at = models.DateTimeField(null=True)  # the last reading that worked
    failing_since = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=500, blank=True)
    alarmed_at = models.DateTimeField(null=True)  # when it was told that readings fail; null again once one works
    fence = models.PositiveIntegerField(default=0)  # one reading at a time: an overtaken one changes nothing

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(every_h__range=(1, 24 * 14)), name="holiday_feed_hourly_to_fortnightly"),
            models.CheckConstraint(
                condition=(
                    Q(failing_since__isnull=True, last_error="") | (Q(failing_since__isnull=False) & ~Q(last_error=""))
                ),
                name="holiday_feed_failing_says_why",
            ),
            models.CheckConstraint(condition=~Q(url="") | Q(next_at__isnull=True), name="holiday_feed_asks_an_address"),
        ]
        indexes = [
            # "Which feeds are to be read now?"
            models.Index(fields=["next_at", "id"], condition=Q(next_at__isnull=False), name="holiday_feed_by_next"),
        ]


class HolidayReading(models.Model):
    """What a feed said that differs from the set: waits until a person accepts or rejects it.

    `entries` are the days to come as the feed has them ({"on", "name", and for a part "from", "to"}), `digest` their
    fingerprint; `notes` sentences on what was left out of the file. At most one waits per set: a newer takes its place.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for review")
        ACCEPTED = "accepted", _("Accepted")
        REJECTED = "rejected", _("Rejected")
        REPLACED = "replaced", _("Replaced by a newer one")

    holiday_set = models.ForeignKey(HolidaySet, on_delete=models.CASCADE, related_name="readings")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    entries = models.JSONField()
    notes = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    source = models.CharField(max_length=300)  # the address's host, or the uploaded file's name
    found_at = models.DateTimeField()
    found_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["holiday_set"], condition=Q(state="waiting"), name="holiday_reading_one_waits_per_set"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", settled_at__isnull=True)
                | (~Q(state="waiting") & Q(settled_at__isnull=False)),
                name="holiday_reading_settled_at_iff_settled",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("accepted", "rejected")) | (Q(settled_by__isnull=False) & ~Q(reason="")),
                name="holiday_reading_settled_by_a_person",
            ),
        ]

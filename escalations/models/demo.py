"""The demo's simulator: whether it makes the demo live, and when it acts next."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q


class Simulator(models.Model):
    """The one row (id 1) that says whether invented colleagues and vendors are at work in this demo.

    It runs from `started_at` until `stops_at` (eight hours) or until somebody stops it. No row: it was never started.
    All times are aware UTC.
    """

    ONLY = 1

    started_at = models.DateTimeField()
    stops_at = models.DateTimeField()
    next_at = models.DateTimeField()  # no event before this
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    made = models.PositiveIntegerField(default=0)  # events since it was started

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="simulator_is_one"),
            models.CheckConstraint(
                condition=Q(stopped_by__isnull=True) | Q(stopped_at__isnull=False), name="simulator_stopped_by_when"
            ),
        ]

    def is_running(self, *, at: datetime) -> bool:
        """Whether it acts at `at` (aware UTC)."""
        return self.stopped_at is None and at < self.stops_at

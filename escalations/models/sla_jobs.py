"""Somebody's order that open clocks follow the newest edition of a plan or calendar, worked off in batches."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from escalations.models.sla import SlaPlan


class SlaJob(models.Model):
    """What was asked and how far it is. `total` clocks stood on earlier editions when it was asked; `left` still do.

    `idle_runs` counts batches that changed nothing, because people were at work on the cases: after enough of them it ends.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        STOPPED = "stopped", _("Stopped")
        FAILED = "failed", _("Failed")

    plan = models.ForeignKey(SlaPlan, on_delete=models.PROTECT, null=True, related_name="jobs")
    calendar = models.ForeignKey("oncall.Calendar", on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    total = models.PositiveIntegerField()
    changed = models.PositiveIntegerField(default=0)
    missed = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField()
    idle_runs = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(plan__isnull=False, calendar__isnull=True) | Q(plan__isnull=True, calendar__isnull=False),
                name="sla_job_is_about_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(state="running", ended_at__isnull=True) | (~Q(state="running") & Q(ended_at__isnull=False)),
                name="sla_job_ended_at_iff_ended",
            ),
            models.UniqueConstraint(fields=["plan"], condition=Q(state="running"), name="sla_job_one_runs_per_plan"),
            models.UniqueConstraint(
                fields=["calendar"], condition=Q(state="running"), name="sla_job_one_runs_per_calendar"
            ),
        ]

    @property
    def percent(self) -> int:
        """How much of it is done."""
        return 100 if not self.total else min(100, 100 * (self.total - min(self.left, self.total)) // self.total)

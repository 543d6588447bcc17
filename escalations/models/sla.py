"""Clocks: plans and targets as versioned data, runs of clocks with their events as truth, timers (sla.md §3.3)."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KT
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from escalations.lifecycle import ClockState, Metric, Severity, TimerState


class SlaPlan(models.Model):
    """Which targets apply to which cases: the first active plan, by position, whose condition matches."""

    name = models.CharField(max_length=80, unique=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class SlaPlanVersion(models.Model):
    """An edition of a plan, append-only with its targets; new cases use the newest, open clocks keep theirs."""

    plan = models.ForeignKey(SlaPlan, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    condition = models.CharField(max_length=512, blank=True)  # filter language; empty matches every case
    # A submitter who raises the severity later does not shorten the targets: it raises a flag, until somebody of the team sets it.
    keeps_when_submitter_raises = models.BooleanField(default=False, db_default=False)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="sla_plan_version_once")]

    @property
    def ref(self) -> str:
        return f"sla@v{self.number}"


class SlaTarget(models.Model):
    """A promise: this clock, for this severity (or any), takes so many seconds of that calendar's open time.

    Instead of `seconds` (then 0) it may name `working_days`: so many open local dates later at the same clock time, never a
    mix of both. `pause_reasons` let the clock stand still; `pause_caps` say for how long at most ({"submitter":
    {"working_days": 5}} or {"seconds": open seconds}). A target without pause reasons is one that ignores pauses.
    """

    class Reopen(models.TextChoices):
        """What a reopened case may use: the rest of the allowance, or a new one."""

        CONTINUE = "continue", _("Go on with the time used")
        FRESH = "fresh", _("Start afresh")

    version = models.ForeignKey(SlaPlanVersion, on_delete=models.CASCADE, related_name="targets")
    metric = models.CharField(max_length=1, choices=Metric)
    severity = models.PositiveSmallIntegerField(choices=Severity, null=True)
    seconds = models.PositiveIntegerField()
    working_days = models.PositiveSmallIntegerField(default=0)
    calendar = models.ForeignKey("oncall.Calendar", on_delete=models.PROTECT, related_name="+")
    warn_percent = ArrayField(models.PositiveSmallIntegerField(), default=list)  # shares of the target used, 50, 75, 90
    pause_reasons = ArrayField(models.CharField(max_length=12), default=list)
    pause_caps = models.JSONField(default=dict, blank=True)
    reopen = models.CharField(max_length=8, choices=Reopen, default=Reopen.CONTINUE)
    grace_s = models.PositiveIntegerField(null=True)  # upgrade grace of response clocks; null: a quarter of the target

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "metric", "severity"], name="sla_target_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(seconds__range=(60, 400 * 86400), working_days=0)
                | Q(seconds=0, working_days__range=(1, 250)),
                name="sla_target_in_seconds_or_working_days",
            ),
        ]


class SlaClock(models.Model):
    """One run (cycle) of one metric on one object. A cache of its events: `rebuild` must come out equal.

    `due_at` is shown to people; `breach_at` is the verdict's: met if and only if `stopped_at <= breach_at`.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    object_type = models.CharField(max_length=16)
    object_id = models.BigIntegerField()
    metric = models.CharField(max_length=1, choices=Metric)
    cycle = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=9, choices=ClockState)
    target = models.ForeignKey(SlaTarget, on_delete=models.PROTECT, null=True, related_name="+")
    target_s = models.PositiveIntegerField()
    calendar_version = models.ForeignKey("oncall.CalendarVersion", on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    breach_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)
    consumed_s = models.PositiveIntegerField(default=0)
    carried_s = models.PositiveIntegerField(default=0)  # used in earlier cycles (reopen, mode "continue")
    grace_s = models.PositiveIntegerField(default=0)
    paused_reason = models.CharField(max_length=12, blank=True)
    cancelled_why = models.CharField(max_length=40, blank=True)
    excused_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    excuse = models.CharField(max_length=300, blank=True)
    epoch = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["object_type", "object_id", "metric"],
                condition=Q(state__in=("pending", "running", "paused")),
                name="sla_clock_one_open_per_metric",
            ),
            models.UniqueConstraint(
                fields=["object_type", "object_id", "metric", "cycle"], name="sla_clock_cycle_once"
            ),
            models.CheckConstraint(
                condition=Q(excused_by__isnull=True, excuse="") | (Q(excused_by__isnull=False) & ~Q(excuse="")),
                name="sla_clock_excuse_has_person",
            ),
        ]


class SlaClockEvent(models.Model):
    """What happened to a clock: the truth. Append-only."""

    class Kind(models.TextChoices):
        START = "start", _("Start")
        PAUSE = "pause", _("Pause")
        RESUME = "resume", _("Resume")
        RETARGET = "retarget", _("Retarget")
        STOP = "stop", _("Stop")
        WARN = "warn", _("Warn")
        BREACH = "breach", _("Breach")
        CANCEL = "cancel", _("Cancel")
        REOPEN = "reopen", _("Reopen")
        EXCUSE = "excuse", _("Excuse")
        CORRECT = "correct", _("Correct")
        RETRACT = "retract", _("Retract")

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    clock = models.ForeignKey(  # found by `sla_event_of_clock`
        SlaClock, on_delete=models.PROTECT, related_name="events", db_index=False
    )
    kind = models.CharField(max_length=8, choices=Kind)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8, blank=True)
    actor_id = models.BigIntegerField(null=True)
    cause = models.CharField(max_length=120, blank=True)
    level = models.PositiveSmallIntegerField(default=0)  # of a warning: percent of the target used
    data = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clock"], condition=Q(kind="breach"), name="sla_one_breach_per_clock"),
            # The edition counts the changes of the target: each warns anew.
            models.UniqueConstraint(
                F("clock"),
                F("level"),
                KT("data__edition"),
                condition=Q(kind="warn"),
                name="sla_one_warning_per_level_and_edition",
            ),
        ]
        indexes = [models.Index(fields=["clock", "occurred_at", "id"], name="sla_event_of_clock")]


class SlaTimer(models.Model):
    """A future firing: of a clock (warning, breach) or of another deadline of a case (lease, hold, snooze, wait).

    Fired in one transaction by whoever claims it first; `epoch` makes stale ones do nothing (reliability.md R4–R6).
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    clock = models.ForeignKey(SlaClock, on_delete=models.PROTECT, null=True, related_name="timers")
    object_type = models.CharField(max_length=16)
    object_id = models.BigIntegerField()
    kind = models.CharField(
        max_length=16
    )  # warn | breach | pause_warn | pause_cap | lease | hold | snooze | wait | boost | message
    level = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    epoch = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=11, choices=TimerState, default=TimerState.ARMED)
    fired_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=500, blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clock", "kind", "level"],
                condition=Q(state="armed", clock__isnull=False),
                name="sla_timer_one_armed_per_clock",
            ),
            models.UniqueConstraint(
                fields=["object_type", "object_id", "kind", "level"],
                condition=Q(state="armed", clock__isnull=True),
                name="sla_timer_one_armed_per_object",
            ),
        ]
        indexes = [
            # "What is due?"
            models.Index(fields=["due_at", "id"], condition=Q(state="armed"), name="sla_timer_armed_by_due"),
            models.Index(
                fields=["object_type", "object_id"], condition=Q(state="armed"), name="sla_timer_armed_of_object"
            ),
        ]

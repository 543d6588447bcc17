"""What happened (Event), what is still to be told about it (OutboxMessage), and who looked (AccessRecord)."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class ActorKind(models.TextChoices):
    PERSON = "person", _("Person")
    KEY = "key", _("Service key")
    SYSTEM = "system", _("System")


class Event(models.Model):
    """One thing that happened, written in the transaction that made it happen, by `audit.record()` alone.

    Append-only: the database refuses UPDATE, DELETE and TRUNCATE to every role. `at` is when it happened (aware UTC),
    `recorded_at` when it was written; they differ for imported and computed facts. `transaction` is the writing
    transaction's id, so that feeds can read behind the horizon and skip nothing.
    """

    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    kind = models.CharField(max_length=64)
    subject_type = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    subject_ref = models.CharField(max_length=64, blank=True)
    actor_kind = models.CharField(max_length=8, choices=ActorKind)
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=200, blank=True)
    organization_id = models.BigIntegerField()
    compartments = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    transaction = models.BigIntegerField(
        db_default=models.Func(function="app_transaction", output_field=models.BigIntegerField())
    )
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            # "What happened to this case?": its timeline.
            models.Index(fields=["subject_type", "subject_id", "id"], name="event_of_subject"),
            # "What happened in my organization since …?": the change feed, behind the horizon.
            models.Index(fields=["organization_id", "transaction", "id"], name="event_feed"),
            # The log screen: newest first, by kind.
            models.Index(fields=["kind", "-at"], name="event_by_kind"),
            models.Index(fields=["-at", "-id"], name="event_newest"),
            models.Index(fields=["actor_kind", "actor_id", "-at"], name="event_by_actor"),
            # Sealing and its proof, which read what lies together: small, and next to nothing to keep.
            BrinIndex(fields=["transaction"], name="event_transaction", pages_per_range=16, autosummarize=True),
        ]


class OutboxMessage(models.Model):
    """One event still to be handled by one listener; deleted in the handler's own transaction."""

    class State(models.TextChoices):
        PENDING = "pending", _("Pending")
        QUARANTINED = "quarantined", _("Quarantined")

    # Found by the unique index below; one of its own would be written for every message and read for none. No constraint: no event is
    # ever deleted, and to look up and lock the event anew for each of its listeners was a fifth of what a firing timer cost.
    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, related_name="outbox", db_index=False, db_constraint=False
    )
    listener = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(db_default=Now())
    last_error = models.CharField(max_length=500, blank=True)
    organization_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "listener"], name="outbox_once_per_listener")]
        indexes = [
            # "What is to be delivered now?"
            models.Index(fields=["next_at", "id"], condition=models.Q(state="pending"), name="outbox_pending"),
            # The same for the listeners of one lane, however far behind another is.
            models.Index(
                fields=["listener", "next_at", "id"],
                condition=models.Q(state="pending"),
                name="outbox_pending_by_listener",
            ),
        ]


class AccessRecord(models.Model):
    """Who opened something sensitive, or was refused: written before the first byte, on a connection that commits by itself.

    Append-only. `what` is a code such as `evidence.original` or `denied`.
    """

    at = models.DateTimeField()
    what = models.CharField(max_length=64)
    subject_type = models.CharField(max_length=64)
    subject_id = models.BigIntegerField(null=True)
    subject_ref = models.CharField(max_length=64, blank=True)
    actor_kind = models.CharField(max_length=8, choices=ActorKind)
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=200, blank=True)
    organization_id = models.BigIntegerField()
    reason = models.CharField(max_length=500, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    transaction = models.BigIntegerField(
        db_default=models.Func(function="app_transaction", output_field=models.BigIntegerField())
    )
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "-at"], name="access_of_subject"),
            models.Index(fields=["actor_kind", "actor_id", "-at"], name="access_by_actor"),
            BrinIndex(fields=["transaction"], name="access_transaction", pages_per_range=16, autosummarize=True),
        ]


class Schedule(models.Model):
    """A recurring job of the engine: claimed like a timer, so that two engines or none change nothing.

    `slot_at` is the slot that waits, `next_at` when it is tried: later than the slot after a failure.
    """

    name = models.CharField(max_length=64, unique=True)
    every_s = models.PositiveIntegerField()
    next_at = models.DateTimeField()
    slot_at = models.DateTimeField(null=True)  # null: `next_at` itself is the slot
    last_run_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=500, blank=True)


class ScheduleRun(models.Model):
    """A slot of a job that was run, written in the job's own transaction: no slot runs twice, whatever becomes of its schedule."""

    name = models.CharField(max_length=64)
    slot_at = models.DateTimeField()
    ran_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "slot_at"], name="schedule_slot_runs_once")]


class EngineBeat(models.Model):
    """The last sign of life of one engine process and lane; `/health/engine` reads the newest."""

    engine = models.CharField(max_length=64)
    lane = models.CharField(max_length=32)
    at = models.DateTimeField()
    host_ahead_s = models.FloatField(null=True)  # how far the host's own clock is ahead of the database's

    class Meta:
        constraints = [models.UniqueConstraint(fields=["engine", "lane"], name="engine_beat_per_lane")]


class LogBlock(models.Model):
    """A sealed stretch of a log (`audit/verification.py` has its form): every row of the transactions of its range.

    Append-only, and written by the engine alone. `ids` and `leaves` (32 bytes each, in the same order) let a verifier name
    the row that was changed; the chain of `digest`s makes a change of a block show in all that follow.
    """

    log = models.CharField(max_length=16)
    number = models.BigIntegerField()
    from_transaction = models.BigIntegerField()
    to_transaction = models.BigIntegerField()
    ids = ArrayField(models.BigIntegerField())
    leaves = models.BinaryField()
    root = models.BinaryField(max_length=32)
    previous = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField()
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["log", "number"], name="log_block_once"),
            models.UniqueConstraint(fields=["log", "from_transaction"], name="log_block_follows_one"),
            models.CheckConstraint(
                condition=models.Q(from_transaction__lt=models.F("to_transaction")), name="log_block_has_a_range"
            ),
        ]


class LogHead(models.Model):
    """A signature over the newest block of a log at that time; append-only. Its copies outside are what it is worth."""

    log = models.CharField(max_length=16)
    block = models.BigIntegerField()
    digest = models.BinaryField(max_length=32)
    site = models.CharField(max_length=200)
    signed_at = models.DateTimeField()
    key = models.CharField(max_length=16)
    signature = models.BinaryField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["log", "block"], name="log_head_once")]


class LogCopy(models.Model):
    """A head on its way to one witness; `next_at` None once it is there. At least once: a witness may get a head twice."""

    head = models.ForeignKey(LogHead, on_delete=models.PROTECT, related_name="copies")
    witness = models.CharField(max_length=300)
    next_at = models.DateTimeField(null=True, db_default=Now())
    delivered_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["head", "witness"], name="log_copy_once_per_witness")]
        indexes = [
            models.Index(fields=["next_at", "id"], condition=models.Q(next_at__isnull=False), name="log_copy_due"),
        ]


class ClockGuard(models.Model):
    """The latest moment the database's clock has shown, so that a clock set back is noticed (reliability.md R3). One row.

    While `suspect_until` lies ahead, timers that fire are marked `clock_suspect`; nothing is held back.
    """

    latest_at = models.DateTimeField()
    suspect_until = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="clock_guard_is_one_row")]


class Incident(models.Model):
    """Something that must not be, found by the auditor or an engine: open until it is gone (reliability.md R25).

    `check_name` is the rule that is broken, `subject` what it is broken for (`timer:12`); one open incident for each pair.
    """

    check_name = models.CharField(max_length=48)
    subject = models.CharField(max_length=64, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    found_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)  # when the incident became an event that people are told about

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["check_name", "subject"],
                condition=models.Q(ended_at__isnull=True),
                name="incident_one_open_per_subject",
            )
        ]


class Maintenance(models.Model):
    """A stretch of time in which the dead-man's switch may rest: at most thirty minutes, with a reason and a person (R27)."""

    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=300)
    actor_label = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at"))
                & models.Q(ends_at__lte=models.F("starts_at") + timedelta(minutes=30)),
                name="maintenance_at_most_30_minutes",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="maintenance_has_a_reason"),
        ]


class CanaryRun(models.Model):
    """A synthetic timer's way through the real path, one a minute: armed, fired, its event handled (reliability.md R26)."""

    due_at = models.DateTimeField(unique=True)
    fired_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)

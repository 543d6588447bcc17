"""Facts: what reports count, one narrow row each, kept current from the log (operations.facts). Never the truth, always rebuilt from it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization


class Triage(models.TextChoices):
    """What became of a submission when it was first looked at (KPI-15). Duplicates are not invalid."""

    VALID = "valid"
    INVALID = "invalid"
    DUPLICATE = "duplicate"


class Shift(models.TextChoices):
    """When it came in, by the hour in UTC, as the hubs hand over: 22–06, 06–14, 14–22."""

    NIGHT = "night"
    DAY = "day"
    EVENING = "evening"


class OfFactsModel(models.Model):
    """The submitting organization, without a check of the database: facts follow their case, which has one."""

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )

    class Meta:
        abstract = True


class CaseFact(OfFactsModel):
    """One case: its times (aware UTC), lengths in seconds, and everything a report groups by. Without sandbox and practice.

    `acknowledged_at` is the first claim or assignment by a person, `first_response_at` the first answer a person gave. `waited_s` is the
    time it waited for the submitter before its first close, `ttr_s` that first close less the wait, `full_ttr_s` the last close without
    deduction, while it is closed. `touches` counts the people who held it.
    """

    case_id = models.BigIntegerField(primary_key=True)
    queue_id = models.BigIntegerField()
    team_id = models.BigIntegerField(null=True)
    compartments = ArrayField(models.CharField(max_length=32), default=list)
    severity = models.PositiveSmallIntegerField()
    severity_first = models.PositiveSmallIntegerField()
    harm = models.CharField(max_length=24)
    market = models.CharField(max_length=8)
    language = models.CharField(max_length=12)
    surface = models.CharField(max_length=8)
    channel = models.CharField(max_length=8)
    shift = models.CharField(max_length=8, choices=Shift)
    clause = models.CharField(max_length=40)  # key of the clause it was decided under, "" while it was not
    is_child = models.BooleanField()
    received_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    first_response_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    first_closed_at = models.DateTimeField(null=True)
    last_closed_at = models.DateTimeField(null=True)
    is_open = models.BooleanField()
    triaged_at = models.DateTimeField(null=True)
    triage = models.CharField(max_length=9, choices=Triage, blank=True)
    reason = models.CharField(max_length=24, blank=True)  # of an invalid one
    resolve_target_s = models.PositiveIntegerField(null=True)
    waited_s = models.FloatField(default=0)
    ttr_s = models.FloatField(null=True)
    full_ttr_s = models.FloatField(null=True)
    handle_s = models.FloatField(default=0)
    touches = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["received_at"], name="case_fact_by_receipt"),
            models.Index(
                fields=["acknowledged_at"], condition=models.Q(acknowledged_at__isnull=False), name="case_fact_by_ack"
            ),
            models.Index(
                fields=["first_response_at"],
                condition=models.Q(first_response_at__isnull=False),
                name="case_fact_by_response",
            ),
            models.Index(
                fields=["first_closed_at"], condition=models.Q(first_closed_at__isnull=False), name="case_fact_by_close"
            ),
            models.Index(
                fields=["last_closed_at"],
                condition=models.Q(last_closed_at__isnull=False),
                name="case_fact_by_last_close",
            ),
            models.Index(
                fields=["triaged_at"], condition=models.Q(triaged_at__isnull=False), name="case_fact_by_triage"
            ),
            models.Index(fields=["case_id"], condition=models.Q(is_open=True), name="case_fact_open"),
        ]


class ClosingFact(OfFactsModel):
    """One close of a case, and when it was opened again after it."""

    case_id = models.BigIntegerField()
    number = models.PositiveSmallIntegerField()
    closed_at = models.DateTimeField()
    resolution = models.CharField(max_length=20)
    reopened_at = models.DateTimeField(null=True)
    reopened_why = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case_id", "number"], name="closing_fact_once")]
        indexes = [
            models.Index(fields=["closed_at"], name="closing_fact_by_close"),
            models.Index(
                fields=["reopened_at"], condition=models.Q(reopened_at__isnull=False), name="closing_fact_by_reopen"
            ),
        ]


class ClockFact(OfFactsModel):
    """One clock of a case: how it settled (KPI-8), or that it still runs.

    A miss settles at its due instant, even while the case is open; a met one when it stopped. What is cancelled
    before it was missed never settles; a miss stays one, whatever becomes of the case.
    `over_s` is how long a missed one took beyond its due instant, None while it goes on.

    `cause` of a miss (CH-7) is what most of the clock's time went to, from its start to its miss by the wall clock, without the
    stretches in which that clock stood still. At each moment the case was in one of these, which its last event before tells; where two
    took the same time the one named first holds:

    1. nobody had taken it since it came in, or since it was opened again: `unclaimed`, or `late_claim` where somebody took it before the
       miss; `spike` in place of both where more cases came into its queue in the hour before the start (to the last full five minutes)
       than usual: more than three, and more than the 90th percentile of the same hour of the eight weeks before;
    2. it was between two people: given back and not taken again, or handed by somebody else to a person who did nothing with it: `handover`;
    3. it waited for the `submitter`, for a `consult`, for somebody `external`;
    4. a second person had been asked: `approval`;
    5. it was decided, and what was ordered was not confirmed: `tool`;
    6. it was in somebody's hands: `in_work`.

    `other` is left for a clock that stood still all its time, or whose case was closed meanwhile.
    """

    class Cause(models.TextChoices):
        UNCLAIMED = "unclaimed", _("nobody took it")
        LATE_CLAIM = "late_claim", _("taken late")
        SPIKE = "spike", _("unusual inflow")
        HANDOVER = "handover", _("handover")
        SUBMITTER = "submitter", _("submitter’s data")
        CONSULT = "consult", _("consult wait")
        EXTERNAL = "external", _("waited outside")
        APPROVAL = "approval", _("second person")
        TOOL = "tool", _("not confirmed")
        IN_WORK = "in_work", _("not finished")
        OTHER = "other", _("other")

    clock_id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField(db_index=True)
    metric = models.CharField(max_length=1)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    is_met = models.BooleanField(null=True)
    is_excused = models.BooleanField(default=False)
    is_running = models.BooleanField()
    over_s = models.FloatField(null=True)
    cause = models.CharField(max_length=12, choices=Cause, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["settled_at", "metric"],
                condition=models.Q(settled_at__isnull=False),
                name="clock_fact_by_settling",
            ),
            models.Index(fields=["due_at"], condition=models.Q(is_running=True), name="clock_fact_running"),
        ]


class DecisionFact(OfFactsModel):
    """One decision that took effect. `is_repeat`: a cluster member repeating its parent's. `is_gap`: no rule fitted."""

    decision_id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField(db_index=True)
    decided_at = models.DateTimeField()
    effective_at = models.DateTimeField()
    verdict = models.CharField(max_length=17)
    clause = models.CharField(max_length=40)
    is_repeat = models.BooleanField()
    is_gap = models.BooleanField()
    is_graphic = models.BooleanField()  # on a case of tier 1 and up
    was_shielded = models.BooleanField()  # its decider unveiled nothing of the case before it
    overturned_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["decided_at"], name="decision_fact_by_time")]


class FactsState(models.Model):
    """How far the facts have come: every event of the transactions before `to_transaction` is in them. One row.

    While all are written anew, `rebuilt_to` is the last case that has been; otherwise None. `definitions` numbers the statements they
    were written by.
    """

    to_transaction = models.BigIntegerField(default=0)
    rebuilt_to = models.BigIntegerField(null=True)
    as_of = models.DateTimeField()
    definitions = models.PositiveSmallIntegerField(default=1, db_default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="facts_state_is_one_row")]

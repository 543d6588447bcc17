"""Appeals of decisions, and what is written between the team and the appellant."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.ids import new_id
from escalations.appeal_life import JUDGED, LIVE, AppealState, Appellant, Direction, Grounds, Outcome
from escalations.lifecycle import Channel
from escalations.models.case import Case, OfCase, part_of_case
from escalations.models.owners import ClockOwner
from escalations.querysets import OfCaseQuerySet


class Appeal(OfCase, ClockOwner):
    """One request to look again at a decision, with its own clock; the decision's decider never decides it.

    `ref` (`APL-4817203`) is the only name that leaves the system. `original_decider` copies the decision's decider (a trigger
    of the migration keeps the two equal), so that the database itself can refuse the same person twice (domain.md,
    invariant 5). `lifted` lists the enforcement actions that a partial outcome takes back, by public id.
    """

    clock_type = "appeal"

    ref = models.CharField(max_length=16, unique=True)
    case = part_of_case("appeals")
    decision = models.ForeignKey("escalations.Decision", on_delete=models.PROTECT, related_name="appeals")
    original_decider = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    appellant = models.CharField(max_length=7, choices=Appellant)
    entity = models.ForeignKey("escalations.Entity", on_delete=models.PROTECT, null=True, related_name="appeals")
    channel = models.CharField(max_length=8, choices=Channel)
    filed_at = models.DateTimeField()
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    filed_by_key = models.ForeignKey("accounts.ServiceKey", on_delete=models.PROTECT, null=True, related_name="+")
    text = models.TextField()  # the appellant's words, verbatim
    language = models.CharField(max_length=12, blank=True)
    translation = models.TextField(blank=True)
    late_reason = models.CharField(max_length=300, blank=True)  # why it was taken after its window
    is_expedited = models.BooleanField(default=False)
    expedited_reason = models.CharField(max_length=300, blank=True)
    family = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="relatives")

    state = models.CharField(max_length=9, choices=AppealState, default=AppealState.OPEN)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="appeals_held"
    )
    due_at = models.DateTimeField(null=True)  # of its clock; a copy that puts the list in order
    left_s = models.PositiveIntegerField(null=True)  # what was left of its time when the appellant was asked
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    grounds = models.CharField(max_length=15, choices=Grounds, blank=True)
    lifted = models.JSONField(default=list, blank=True)
    rationale = models.TextField(blank=True)
    answer = models.TextField(blank=True)  # what the appellant reads
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="appeals_decided"
    )
    decided_at = models.DateTimeField(null=True)
    hold_until = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=1)

    objects: ClassVar[OfCaseQuerySet[Appeal]] = OfCaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "appellant", "entity"], name="appeal_once_per_appellant", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("original_decider")),
                name="appeal_decided_by_somebody_else",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=JUDGED, decided_by__isnull=False, decided_at__isnull=False, hold_until__isnull=False
                )
                & ~Q(outcome="")
                | Q(
                    ~Q(state__in=JUDGED),
                    outcome="",
                    decided_by__isnull=True,
                    decided_at__isnull=True,
                    hold_until__isnull=True,
                ),
                name="appeal_outcome_iff_decided",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=("overturned", "partial")) & ~Q(grounds="")
                | ~Q(outcome__in=("overturned", "partial")) & Q(grounds=""),
                name="appeal_grounds_iff_it_did_not_stand",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=False, state__in=("closed", "withdrawn"))
                | Q(Q(closed_at__isnull=True), ~Q(state__in=("closed", "withdrawn"))),
                name="appeal_closed_at_iff_ended",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="appeal_says_something"),
        ]
        indexes = [
            # The list of live appeals, the next one due first.
            models.Index(fields=["due_at", "id"], name="appeal_live_by_due", condition=Q(state__in=LIVE)),
            models.Index(fields=["-filed_at", "-id"], name="appeal_newest"),
            models.Index(fields=["original_decider", "-filed_at"], name="appeal_by_original_decider"),
        ]

    def __str__(self) -> str:
        return self.ref

    def clock_subject(self) -> Case:
        """The case whose history tells what its clock does."""
        return self.case

    def clock_holder_id(self) -> int | None:
        """Whom warnings of its clock follow first."""
        return self.assignee_id

    @property
    def is_live(self) -> bool:
        return self.state in LIVE


class AppealMessage(OfCase):
    """A message between the team and the appellant of one appeal; never changed (a trigger says so)."""

    public_id = models.UUIDField(default=new_id, unique=True)
    case = part_of_case("appeal_messages")
    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="messages")
    direction = models.CharField(max_length=3, choices=Direction)
    body = models.TextField()
    language = models.CharField(max_length=12, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    by_key = models.ForeignKey("accounts.ServiceKey", on_delete=models.PROTECT, null=True, related_name="+")

    objects: ClassVar[OfCaseQuerySet[AppealMessage]] = OfCaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(body=""), name="appeal_message_says_something")]
        indexes = [models.Index(fields=["appeal", "at", "id"], name="appeal_message_by_time")]

"""What leaves for somebody else to do: the shape of a hand-off, enforcement actions, strikes and their ladders."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from audit.leases import Leased
from core.ids import new_id
from escalations.enforcement_life import (
    LIFTING,
    OPEN,
    SETTLED,
    TRANSITIONS,
    EndWhy,
    HandOffNotAllowed,
    HandOffState,
    Source,
    Step,
    Threshold,
    read_thresholds,
)
from escalations.lifecycle import Surface
from escalations.models.case import OfCase, part_of_case
from escalations.models.entities import Entity
from escalations.querysets import OfCaseQuerySet
from policies.lifecycle import ActionType

_OPEN = tuple(state.value for state in OPEN)


class HandOff(Leased):
    """The shared shape of what is handed to the other side: a row with a state before anything is attempted.

    `key` is derived from what caused the row, is the same at every try and never changes: whoever receives it twice knows. `sent`
    waits for the other side's word until `answer_due_at`. `started_at` is committed before the first byte leaves: a lease that
    ends after that leaves the outcome unknown (`ambiguous`), and only a person or the other side's word leads on. `sent_at` is when it
    first left, or may have. Times aware UTC.
    """

    public_id = models.UUIDField(default=new_id, unique=True)
    key = models.CharField(max_length=80, unique=True)
    state = models.CharField(max_length=9, choices=HandOffState, default=HandOffState.QUEUED)
    queued_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    answer_due_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    foreign_id = models.CharField(max_length=200, blank=True)  # the other side's own name for it
    refusal = models.CharField(max_length=500, blank=True)  # why the other side will not
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    resolved_why = models.CharField(
        max_length=300, blank=True
    )  # of a person who tried again, or said what became of it
    # A lead closed the case although this was not confirmed, and said why.
    closed_over_at = models.DateTimeField(null=True)
    closed_over_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    closed_over_why = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sending", lease_until__isnull=False)
                | (~Q(state="sending") & Q(lease_until__isnull=True)),
                name="%(class)s_lease_iff_sending",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in SETTLED], settled_at__isnull=False)
                | (~Q(state__in=[state.value for state in SETTLED]) & Q(settled_at__isnull=True)),
                name="%(class)s_settled_at_iff_settled",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False, answer_due_at__isnull=False)
                | (~Q(state="sent") & Q(answer_due_at__isnull=True)),
                name="%(class)s_word_is_due_iff_sent",
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | ~Q(foreign_id=""), name="%(class)s_accepted_under_a_foreign_id"
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(refusal=""), name="%(class)s_refused_for_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(resolved_by__isnull=True, resolved_why="")
                | (Q(resolved_by__isnull=False) & ~Q(resolved_why="")),
                name="%(class)s_resolved_by_a_person_who_said_why",
            ),
            models.CheckConstraint(
                condition=Q(closed_over_at__isnull=True, closed_over_by__isnull=True, closed_over_why="")
                | (Q(closed_over_at__isnull=False, closed_over_by__isnull=False) & ~Q(closed_over_why="")),
                name="%(class)s_closed_over_with_a_reason",
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Whether it still waits to be confirmed."""
        return self.state in OPEN

    def move_to(self, state: HandOffState, *, at: datetime) -> None:
        """Change the state with the columns that belong to it; the caller saves `STATE_FIELDS`.

        `at` is aware UTC. Raises `HandOffNotAllowed` where the table has no such edge.
        """
        if state not in TRANSITIONS[HandOffState(self.state)]:
            raise HandOffNotAllowed(
                f"{HandOffState(self.state).label} → {state.label}: this cannot happen to it.", state=self.state
            )
        self.state = state
        self.lease_until, self.holder, self.answer_due_at = None, "", None
        self.fence += 1  # whoever was sending it finds out that it is no longer theirs
        self.settled_at = at if state in SETTLED else None

    STATE_FIELDS = ("state", "lease_until", "holder", "answer_due_at", "fence", "settled_at")


class EnforcementAction(OfCase, HandOff):
    """One thing the platform is asked to do to one entity, and what became of asking.

    Made by a decision that took effect, by the strikes it led to, as a temporary mitigation before one (which always ends), or to
    lift an earlier action (`reverses`), or to tell the person concerned what an appeal asks or found (`tells`). `ended_at` is when it stopped being in force, whatever the platform has said. `markets`
    are ISO 3166 countries, empty for everywhere; `ends_at` is when it is to end, null where it holds until lifted.
    """

    case = part_of_case("enforcement")
    decision = models.ForeignKey(
        "escalations.Decision", on_delete=models.PROTECT, null=True, related_name="enforcement"
    )
    source = models.CharField(max_length=10, choices=Source)
    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="enforcement")
    type = models.CharField(max_length=20, choices=ActionType)
    markets = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    days = models.PositiveSmallIntegerField(null=True)
    ends_at = models.DateTimeField(null=True)
    remind_at = models.DateTimeField(null=True)  # somebody is told before it ends; null once told
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=8, choices=EndWhy, blank=True)
    reverses = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    served_s = models.PositiveIntegerField(null=True)  # of what it reverses: how long that had been in force
    tells = models.ForeignKey(
        "escalations.AppealMessage", on_delete=models.PROTECT, null=True, related_name="handed_over", db_index=False
    )
    reason = models.CharField(max_length=300, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects: ClassVar[OfCaseQuerySet[EnforcementAction]] = OfCaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(HandOff.Meta):
        abstract = False
        constraints = [
            *HandOff.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(source__in=("decision", "threshold")) | Q(decision__isnull=False),
                name="enforcement_of_a_decision",
            ),
            models.CheckConstraint(
                condition=~Q(source="mitigation")
                | (Q(decision__isnull=True, ends_at__isnull=False, asked_by__isnull=False) & ~Q(reason="")),
                name="enforcement_mitigation_ends_and_says_why",
            ),
            models.CheckConstraint(
                condition=Q(source__in=[source.value for source in LIFTING], reverses__isnull=False)
                | (~Q(source__in=[source.value for source in LIFTING]) & Q(reverses__isnull=True)),
                name="enforcement_reverses_iff_it_lifts",
            ),
            models.CheckConstraint(
                condition=Q(reverses__isnull=True) | ~Q(reverses=F("id")), name="enforcement_reverses_another"
            ),
            models.UniqueConstraint(
                fields=["reverses"], condition=Q(reverses__isnull=False), name="enforcement_lifted_once"
            ),
            models.CheckConstraint(
                condition=Q(source="appeal", type="message", tells__isnull=False)
                | (~Q(source="appeal") & Q(tells__isnull=True)),
                name="enforcement_tells_iff_of_an_appeal",
            ),
            models.UniqueConstraint(
                fields=["decision", "entity", "type", "source"],
                condition=Q(source__in=("decision", "threshold")),
                name="enforcement_once_per_decision_and_entity",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_why="") | (Q(ended_at__isnull=False) & ~Q(ended_why="")),
                name="enforcement_ended_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(days__isnull=True) | Q(days__gte=1, ends_at__isnull=False),
                name="enforcement_days_have_an_end",
            ),
            models.CheckConstraint(
                condition=~Q(type__in=("strike", "no_action")), name="enforcement_is_something_to_do"
            ),
            models.CheckConstraint(
                condition=Q(served_s__isnull=True) | Q(reverses__isnull=False),
                name="enforcement_served_of_what_it_lifts",
            ),
        ]
        indexes = [
            # "What is to be sent now?"
            models.Index(fields=["next_at", "id"], condition=Q(state="queued"), name="enforcement_queued"),
            # "Whose lease is over?"
            models.Index(fields=["lease_until"], condition=Q(state="sending"), name="enforcement_sending"),
            # "Whose word is overdue?"
            models.Index(fields=["answer_due_at"], condition=Q(state="sent"), name="enforcement_word_due"),
            # "What is not confirmed?": the outbox, the rail's count, a case that wants to close.
            models.Index(fields=["queued_at", "id"], condition=Q(state__in=_OPEN), name="enforcement_open"),
            models.Index(fields=["case"], condition=Q(state__in=_OPEN), name="enforcement_open_of_case"),
            # "What ends now, and who is told before?"
            models.Index(
                fields=["ends_at"], condition=Q(ended_at__isnull=True, ends_at__isnull=False), name="enforcement_ending"
            ),
            models.Index(fields=["remind_at"], condition=Q(remind_at__isnull=False), name="enforcement_reminding"),
            # "What is in force on this entity?"
            models.Index(fields=["entity"], condition=Q(ended_at__isnull=True), name="enforcement_in_force"),
        ]

    @property
    def step(self) -> Step:
        """What is asked, as a decision keeps it."""
        return Step(ActionType(self.type), self.days, tuple(self.markets))

    @property
    def ref(self) -> str:
        """What the log prints for it."""
        return str(self.public_id)[-8:]


class StrikeLadder(models.Model):
    """One edition of what strikes on a surface lead to. Never changed: a new edition takes its place from `effective_from` on.

    `thresholds` as `read_thresholds` reads them; a strike counts for `window_days` days. Internal configuration.
    """

    surface = models.CharField(max_length=8, choices=Surface)
    number = models.PositiveIntegerField()
    window_days = models.PositiveSmallIntegerField()
    thresholds = models.JSONField()
    note = models.CharField(max_length=300, blank=True)
    effective_from = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["surface", "number"], name="strike_ladder_number_once"),
            models.UniqueConstraint(fields=["surface", "effective_from"], name="strike_ladder_one_from_an_instant"),
            models.CheckConstraint(
                condition=Q(window_days__gte=1, window_days__lte=3650), name="strike_ladder_window_to_ten_years"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="strike_ladder_number_from_one"),
        ]

    @property
    def ref(self) -> str:
        """What the log prints for it."""
        return f"{self.surface}@{self.number}"

    @property
    def steps(self) -> tuple[Threshold, ...]:
        """Its thresholds, lowest first."""
        return read_thresholds(self.thresholds)


class Strike(OfCase):
    """A mark against an entity on a surface: counts with its weight from `given_at` until `expires_at`, unless refunded."""

    case = part_of_case("strikes")
    decision = models.ForeignKey("escalations.Decision", on_delete=models.PROTECT, related_name="strikes")
    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="strikes")
    surface = models.CharField(max_length=8, choices=Surface)
    clause = models.ForeignKey("policies.PolicyVersion", on_delete=models.PROTECT, related_name="strikes")
    ladder = models.ForeignKey(StrikeLadder, on_delete=models.PROTECT, related_name="strikes")
    weight = models.PositiveSmallIntegerField()
    given_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    refunded_at = models.DateTimeField(null=True)
    refunded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    refund_why = models.CharField(max_length=300, blank=True)

    objects: ClassVar[OfCaseQuerySet[Strike]] = OfCaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["decision", "entity"], name="strike_once_per_decision_and_entity"),
            models.CheckConstraint(condition=Q(weight__gte=1, weight__lte=10), name="strike_weighs_one_to_ten"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("given_at")), name="strike_counts_for_some_time"),
            models.CheckConstraint(
                condition=Q(refunded_at__isnull=True, refund_why="")
                | (Q(refunded_at__isnull=False, refunded_at__gte=F("given_at")) & ~Q(refund_why="")),
                name="strike_refunded_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(refunded_by__isnull=True) | Q(refunded_at__isnull=False),
                name="strike_refunder_iff_refunded",
            ),
        ]
        indexes = [
            # "How many strikes has this entity on this surface?"
            models.Index(
                fields=["entity", "surface", "expires_at"],
                condition=Q(refunded_at__isnull=True),
                name="strike_live_of_entity",
            )
        ]

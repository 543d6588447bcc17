"""Clauses that people read differently, and the blind second decisions that show it (ux.md DEC-16)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.ids import new_id
from escalations.lifecycle import SecondLookState, Verdict
from escalations.models.case import OfCase, part_of_case
from escalations.models.decisions import Decision
from escalations.querysets import OfCaseQuerySet


class ContestedClause(models.Model):
    """A clause of whose decisions a share gets a blind second one, from `set_at` until `ended_at` (aware UTC)."""

    policy = models.ForeignKey("policies.Policy", on_delete=models.PROTECT, related_name="contested")
    share = models.PositiveSmallIntegerField()  # percent of its decisions
    why = models.CharField(max_length=300)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["policy"], condition=Q(ended_at__isnull=True), name="contested_clause_flagged_once"
            ),
            models.CheckConstraint(condition=Q(share__range=(1, 100)), name="contested_clause_share_in_percent"),
            models.CheckConstraint(condition=~Q(why=""), name="contested_clause_for_a_reason"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="contested_clause_ended_by_somebody",
            ),
        ]

    @property
    def ref(self) -> str:
        """What the log prints for it. Needs `policy`."""
        return self.policy.key


class SecondLook(OfCase):
    """A blind second decision on a case: what somebody else would have decided who did not read the first one.

    It changes nothing by itself. Where the two differ a lead says which one stands (`first_stands`) and why.
    """

    public_id = models.UUIDField(default=new_id, unique=True)
    case = part_of_case("second_looks")
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="second_look")
    first_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=SecondLookState, default=SecondLookState.WAITING)
    verdict = models.CharField(max_length=17, choices=Verdict, blank=True)
    clause = models.ForeignKey("policies.PolicyVersion", on_delete=models.PROTECT, null=True, related_name="+")
    rationale = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="second_looks"
    )
    answered_at = models.DateTimeField(null=True)
    first_stands = models.BooleanField(null=True)
    settled_why = models.CharField(max_length=300, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    objects: ClassVar[OfCaseQuerySet[SecondLook]] = OfCaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", answered_by__isnull=True, answered_at__isnull=True, verdict="")
                | (~Q(state="waiting") & Q(answered_by__isnull=False, answered_at__isnull=False) & ~Q(verdict="")),
                name="second_look_answered_iff_not_waiting",
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True) | ~Q(answered_by=F("first_by")), name="second_look_by_another"
            ),
            models.CheckConstraint(
                condition=Q(
                    state="settled", settled_by__isnull=False, settled_at__isnull=False, first_stands__isnull=False
                )
                | (
                    ~Q(state="settled")
                    & Q(settled_by__isnull=True, settled_at__isnull=True, first_stands__isnull=True, settled_why="")
                ),
                name="second_look_settled_whole",
            ),
            models.CheckConstraint(
                condition=Q(settled_by__isnull=True) | (~Q(settled_by=F("first_by")) & ~Q(settled_by=F("answered_by"))),
                name="second_look_settled_by_a_third",
            ),
        ]
        indexes = [
            # "What waits for a second look, what for a lead?", oldest first.
            models.Index(
                fields=["state", "asked_at"], condition=Q(state__in=("waiting", "differs")), name="second_look_open"
            ),
        ]

    @property
    def ref(self) -> str:
        """What the log prints for it."""
        return str(self.public_id)[:8]

"""Decisions: verdict, clause at its version, elements, rationale, hold."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from core.ids import new_id
from escalations.lifecycle import Confidence, DecisionState, DeviationReason, Verdict
from escalations.models.case import OfCase, part_of_case
from escalations.querysets import OfCaseQuerySet


class Decision(OfCase):
    """What was decided on a case, by whom, under which rule. Older ones are kept; at most one is held, one effective.

    A clause@version is required but for the verdicts of `WITHOUT_CLAUSE`; that it was effective at `decided_at` is checked
    by the operation and by a trigger of the migration (domain.md, invariant 4).
    """

    public_id = models.UUIDField(default=new_id, unique=True)
    case = part_of_case("decisions")
    state = models.CharField(max_length=10, choices=DecisionState, default=DecisionState.HELD)
    verdict = models.CharField(max_length=17, choices=Verdict)
    clause = models.ForeignKey("policies.PolicyVersion", on_delete=models.PROTECT, null=True, related_name="decisions")
    secondary_clauses: models.ManyToManyField[models.Model, models.Model] = models.ManyToManyField(
        "policies.PolicyVersion", related_name="decisions_secondary", blank=True
    )
    elements = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    exceptions = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    actions = models.JSONField(default=list, blank=True)  # action types from the clause's ladder, as chosen
    # Why the actions are not the ladder's for this subject; empty where they are.
    deviation = models.CharField(max_length=12, choices=DeviationReason, blank=True)
    # Why it departs from what was decided before in cases like it, in a line; nobody is made to say it.
    departs_why = models.CharField(max_length=300, blank=True)
    cites: models.ManyToManyField[models.Model, models.Model] = models.ManyToManyField(
        "self", symmetrical=False, related_name="cited_by", blank=True
    )
    # Who is told in which wording once it takes effect: {"submitter": id of a ReplyTemplateVersion, "subject": …}.
    notices = models.JSONField(default=dict, blank=True)
    rationale = models.TextField(blank=True)
    public_rationale = models.TextField(blank=True)
    confidence = models.CharField(max_length=6, choices=Confidence, default=Confidence.LIKELY)
    provenance = models.JSONField(default=dict, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions")
    decided_at = models.DateTimeField()
    hold_until = models.DateTimeField()
    effective_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    # Since when it is no precedent any more: an appeal or a revision found otherwise (`operations.precedents.overturn_precedent`).
    overturned_at = models.DateTimeField(null=True)
    supersedes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="superseded_by")
    gap = models.ForeignKey("policies.Gap", on_delete=models.PROTECT, null=True, related_name="decisions")
    # A merged case repeats its cluster's decision from the moment that took effect, so that its submitter reads it there.
    repeats = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="repeated_by")

    objects: ClassVar[OfCaseQuerySet[Decision]] = OfCaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            # A revision is held beside the decision it will replace; never two held, never two effective.
            models.UniqueConstraint(fields=["case"], condition=Q(state="held"), name="decision_one_held_per_case"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(state="effective"), name="decision_one_effective_per_case"
            ),
            models.CheckConstraint(
                condition=(Q(state__in=("effective", "superseded")) & Q(effective_at__isnull=False))
                | (Q(state__in=("held", "undone")) & Q(effective_at__isnull=True)),
                name="decision_effective_at_iff_it_was",
            ),
            models.CheckConstraint(
                condition=Q(state="undone", undone_at__isnull=False) | (~Q(state="undone") & Q(undone_at__isnull=True)),
                name="decision_undone_at_iff_undone",
            ),
            models.CheckConstraint(
                condition=Q(clause__isnull=False) | Q(verdict__in=("insufficient_info", "policy_gap")),
                name="decision_has_clause_unless_none_fits",
            ),
            models.CheckConstraint(
                condition=Q(overturned_at__isnull=True) | Q(effective_at__isnull=False),
                name="decision_overturned_after_it_took_effect",
            ),
            models.CheckConstraint(
                condition=Q(gap__isnull=True) | Q(verdict="policy_gap"), name="decision_gap_only_where_no_rule_fits"
            ),
            models.CheckConstraint(
                condition=Q(hold_until__gte=models.F("decided_at")), name="decision_hold_ends_after_it_starts"
            ),
        ]
        indexes = [models.Index(fields=["clause", "-decided_at"], name="decision_by_clause")]

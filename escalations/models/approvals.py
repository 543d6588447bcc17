"""A second person's word: when one is needed (rules in versions), who was asked, what they answered (ux.md DEC-12)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.roles import Role
from core.ids import new_id
from escalations.lifecycle import ApprovalAbout, ApprovalState, ApprovalWhy, Severity, Verdict
from escalations.models.case import OfCase, part_of_case
from escalations.models.decisions import Decision
from escalations.querysets import OfCaseQuerySet
from policies.lifecycle import ActionType


class ApprovalRulesVersion(models.Model):
    """A published set of rules about when a second person is needed; the newest is in force. Append-only with its rules."""

    number = models.PositiveIntegerField(unique=True)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    @property
    def ref(self) -> str:
        return f"approvals@v{self.number}"


class ApprovalRule(models.Model):
    """One rule of a version: it asks for a second person where everything it names is so.

    Empty lists, nulls and false name nothing. `worst_severity` 1 means S1 or worse; `count_over` counts the objects and merged
    cases that one decision reaches. `roles` are those of whom one must answer; empty: whoever may approve. `expires_s` seconds
    after asking the case goes back to its decider.
    """

    version = models.ForeignKey(ApprovalRulesVersion, on_delete=models.PROTECT, related_name="rules")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    verdicts = ArrayField(models.CharField(max_length=17, choices=Verdict), default=list, blank=True)
    actions = ArrayField(models.CharField(max_length=20, choices=ActionType), default=list, blank=True)
    worst_severity = models.PositiveSmallIntegerField(choices=Severity, null=True, blank=True)
    is_high_profile = models.BooleanField(default=False)
    is_legal_hold = models.BooleanField(default=False)
    count_over = models.PositiveIntegerField(null=True, blank=True)
    roles = ArrayField(models.CharField(max_length=2, choices=Role), default=list, blank=True)
    expires_s = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="approval_rule_position_once"),
            models.CheckConstraint(
                condition=~Q(
                    verdicts=[],
                    actions=[],
                    worst_severity__isnull=True,
                    is_high_profile=False,
                    is_legal_hold=False,
                    count_over__isnull=True,
                ),
                name="approval_rule_names_something",
            ),
            models.CheckConstraint(
                condition=Q(expires_s__range=(300, 7 * 86400)), name="approval_rule_expires_within_a_week"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Approval(OfCase):
    """What one person asks another to confirm before it takes effect, and the answer.

    `about` and `about_id` name the thing (a decision here; other kinds register themselves in `operations.approvals`); `rule` is
    the rule that asked for it, `why` says so where none did. The answer comes from somebody else: the database refuses the asker.
    """

    public_id = models.UUIDField(default=new_id, unique=True)
    case = part_of_case("approvals")
    about = models.CharField(max_length=12, choices=ApprovalAbout)
    about_id = models.BigIntegerField()
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True, related_name="approvals")
    rule = models.ForeignKey(ApprovalRule, on_delete=models.PROTECT, null=True, related_name="approvals")
    why = models.CharField(max_length=12, choices=ApprovalWhy)
    state = models.CharField(max_length=9, choices=ApprovalState, default=ApprovalState.OPEN)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="approvals_asked")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="approvals_answered"
    )
    reason = models.CharField(max_length=500, blank=True)

    objects: ClassVar[OfCaseQuerySet[Approval]] = OfCaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["about", "about_id"], condition=Q(state="open"), name="approval_one_open_per_thing"
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True) | ~Q(answered_by=F("asked_by")),
                name="approval_never_by_its_asker",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("approved", "refused"), answered_by__isnull=False)
                | (~Q(state__in=("approved", "refused")) & Q(answered_by__isnull=True)),
                name="approval_answered_by_iff_answered",
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True) | (~Q(state="open") & Q(ended_at__isnull=False)),
                name="approval_ended_at_iff_not_open",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(reason=""), name="approval_refused_with_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(about="decision", decision__isnull=False, about_id=F("decision"))
                | (~Q(about="decision") & Q(decision__isnull=True)),
                name="approval_decision_iff_about_one",
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("asked_at")), name="approval_expires_after_asking"),
            models.CheckConstraint(
                condition=Q(why="rule", rule__isnull=False) | (~Q(why="rule") & Q(rule__isnull=True)),
                name="approval_rule_iff_a_rule_asked",
            ),
        ]
        indexes = [
            # "What waits for a second person?", oldest first.
            models.Index(fields=["asked_at", "id"], condition=Q(state="open"), name="approval_open_oldest"),
        ]

    @property
    def ref(self) -> str:
        """What the log prints for it."""
        return str(self.public_id)[:8]

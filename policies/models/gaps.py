"""Gaps: questions that no clause answers."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from policies.lifecycle import GapState
from policies.models.clauses import PolicyVersion
from policies.querysets import GapQuerySet


class Gap(models.Model):
    """A question that no clause answers, met while deciding a case; `GAP-12` is how people name it.

    `source_ref` names the case (an event's way of naming: this app knows no cases). `failed` lists the elements of the nearest
    clause that were not shown, as they read then: `[{"key", "text"}]`.
    """

    question = models.CharField(max_length=300)
    nearest = models.ForeignKey(PolicyVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="gaps")
    failed = models.JSONField(default=list, blank=True)
    interim_position = models.TextField(blank=True, help_text=_("What to do until a clause answers it."))
    state = models.CharField(max_length=9, choices=GapState, default=GapState.OPEN)
    source_ref = models.CharField(max_length=16)
    # The labels of that case: its question may tell of it, so only who holds them all reads the gap.
    compartments = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="gaps_opened")
    opened_at = models.DateTimeField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="gaps_owned"
    )
    target_on = models.DateField(null=True, blank=True)
    # The wording that is to answer it, from its draft on; the gap is answered when that is published.
    answer = models.ForeignKey(PolicyVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="answers")
    outcome = models.TextField(blank=True, help_text=_("Why no rule will be made."))
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    revision = models.PositiveIntegerField(default=1)

    objects: ClassVar = GapQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(question=""), name="gap_asks_something"),
            models.CheckConstraint(condition=Q(failed=[]) | Q(nearest__isnull=False), name="gap_failed_of_a_clause"),
            # A gap closes by a clause, or by an explicit “no rule” that says why (ux.md POL-8).
            models.CheckConstraint(
                condition=~Q(state=GapState.ANSWERED) | Q(answer__isnull=False), name="gap_answered_by_a_clause"
            ),
            models.CheckConstraint(
                condition=Q(state=GapState.WONT_RULE) & ~Q(outcome="") | (~Q(state=GapState.WONT_RULE) & Q(outcome="")),
                name="gap_outcome_iff_no_rule",
            ),
            models.CheckConstraint(
                condition=Q(state__in=(GapState.ANSWERED, GapState.WONT_RULE), closed_at__isnull=False)
                | Q(state__in=(GapState.OPEN, GapState.WITHDRAWN), closed_at__isnull=True),
                name="gap_closed_at_iff_closed",
            ),
        ]
        indexes = [
            # Which questions are open, newest first?
            models.Index(fields=["-opened_at"], condition=Q(state="open"), name="gap_open_newest"),
        ]

    def __str__(self) -> str:
        return self.ref

    def get_absolute_url(self) -> str:
        return reverse("policies:gap", args=[self.pk])

    @property
    def ref(self) -> str:
        """`GAP-12`."""
        return f"GAP-{self.pk}"

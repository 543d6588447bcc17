"""Leading cases: decisions that editors hold up as examples. Every decision is a precedent; these have a holding of their own."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from escalations.models.case import OfCase, part_of_case
from escalations.models.decisions import Decision
from escalations.querysets import OfCaseQuerySet


class LeadingCase(OfCase):
    """A decision with a short holding, kept by an author until its review date; `removed_at` takes it off the shelf."""

    case = part_of_case("leading")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="leading")
    holding = models.CharField(max_length=400)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    review_on = models.DateField()
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[OfCaseQuerySet[LeadingCase]] = OfCaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["decision"], condition=Q(removed_at__isnull=True), name="leading_case_one_live_per_decision"
            ),
            models.CheckConstraint(condition=~Q(holding=""), name="leading_case_holds_something"),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="leading_case_removed_whole",
            ),
        ]

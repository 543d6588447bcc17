"""What was told outside about a decision: to whom, in which words."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.ids import new_id
from escalations.lifecycle import TemplatePurpose
from escalations.models.case import OfCase, part_of_case
from escalations.models.decisions import Decision
from escalations.models.entities import Entity
from escalations.models.replies import ReplyTemplateVersion
from escalations.querysets import OfCaseQuerySet


class Notice(OfCase):
    """What one side reads about a decision that took effect: the words as they were, and the wording they were made from.

    The submitter's stands in their outcome (API, webhook) from `made_at` on, aware UTC. That to the person concerned is handed to the
    platform together with what is done to `entity`, and stands where that stands. Never changed.
    """

    public_id = models.UUIDField(default=new_id, unique=True)
    case = part_of_case("notices")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="notices_made")
    audience = models.CharField(max_length=9, choices=TemplatePurpose)
    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, null=True, related_name="notices")
    language = models.CharField(max_length=12)
    wording = models.ForeignKey(ReplyTemplateVersion, on_delete=models.PROTECT, related_name="notices")
    body = models.TextField()
    made_at = models.DateTimeField()

    objects: ClassVar[OfCaseQuerySet[Notice]] = OfCaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "case", "audience", "entity"], name="notice_once_per_reader", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(audience="submitter", entity__isnull=True) | Q(audience="subject", entity__isnull=False),
                name="notice_entity_iff_to_a_subject",
            ),
            models.CheckConstraint(condition=~Q(body=""), name="notice_says_something"),
        ]

    @property
    def ref(self) -> str:
        """What the log prints for it."""
        return str(self.public_id)[:8]

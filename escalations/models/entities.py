"""What cases are about: things on platforms, and their roles in cases."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from escalations.lifecycle import EntityKind, EntityRole
from escalations.models.case import OfCase, part_of_case
from escalations.querysets import OfCaseQuerySet


class Entity(models.Model):
    """Something on a platform. One row per normalised identity (platform, kind, id): it joins cases.

    It has no organization, and row level security keeps it from vendors: which other cases share it is not theirs to know.
    """

    platform = models.CharField(max_length=60)
    kind = models.CharField(max_length=20, choices=EntityKind)
    key = models.CharField(max_length=300)  # normalised id or URL
    label = models.CharField(max_length=300, blank=True)
    url = models.CharField(max_length=2000, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    first_seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "kind", "key"], name="entity_identity_once")]
        indexes = [models.Index(fields=["key"], name="entity_by_key")]

    def __str__(self) -> str:
        return self.label or self.key


class CaseEntity(OfCase):
    """An entity's role in a case, with its identity as reported (what the submitter may read back)."""

    case = part_of_case("subjects")
    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="in_cases")
    role = models.CharField(max_length=10, choices=EntityRole, default=EntityRole.VIOLATOR)
    # As they came: kind, platform, id, url; where told also created_at, followers, verified, high_profile, protected.
    reported = models.JSONField(default=dict)
    is_verified = models.BooleanField(null=True)  # as reported; null where nobody said
    added_at = models.DateTimeField()

    objects: ClassVar[OfCaseQuerySet[CaseEntity]] = OfCaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "entity", "role"], name="case_entity_once_per_role")]
        indexes = [
            # "Which cases are about verified accounts?" Few say either.
            models.Index(
                fields=["is_verified", "case"], condition=Q(is_verified__isnull=False), name="case_entity_by_verified"
            )
        ]
        # "Which other cases have this entity?" is the foreign key's own index on entity.

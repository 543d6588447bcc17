"""Legal holds of cases, and the wordings that a case's ask has had."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from escalations.models.case import OfCase, part_of_case
from escalations.querysets import OfCaseQuerySet


class CaseHold(OfCase):
    """One legal hold of a case, from its setting to its release, which takes two people (permissions.md §3).

    While one lives, `Case.is_legal_hold` is true: nothing of the case is removed, merged or closed without a decision.
    """

    case = part_of_case("holds")
    basis = models.CharField(max_length=300)  # the matter or order behind it
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    release_reason = models.CharField(max_length=300, blank=True)
    release_asked_at = models.DateTimeField(null=True)
    release_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects: ClassVar[OfCaseQuerySet[CaseHold]] = OfCaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(released_at__isnull=True), name="case_hold_one_live_per_case"
            ),
            models.CheckConstraint(
                condition=Q(release_asked_at__isnull=True, release_asked_by__isnull=True, release_reason="")
                | (Q(release_asked_at__isnull=False, release_asked_by__isnull=False) & ~Q(release_reason="")),
                name="case_hold_release_asked_whole",
            ),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True, released_by__isnull=True)
                | Q(released_at__isnull=False, released_by__isnull=False, release_asked_by__isnull=False),
                name="case_hold_released_after_it_was_asked",
            ),
            models.CheckConstraint(
                condition=Q(released_by__isnull=True) | ~Q(released_by=F("release_asked_by")),
                name="case_hold_released_by_a_second_person",
            ),
        ]


class AskVersion(OfCase):
    """A wording of a case's ask. Number 1 is what came in, word for word; a case whose ask was never edited has none."""

    case = part_of_case("ask_versions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)

    objects: ClassVar[OfCaseQuerySet[AskVersion]] = OfCaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="ask_version_number_once"),
            models.CheckConstraint(condition=Q(number=1) | ~Q(reason=""), name="ask_version_edit_has_a_reason"),
        ]

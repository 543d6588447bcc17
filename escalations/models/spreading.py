"""One decision for a whole cluster, carried to its members by the engine: how far it is, and what became of each member."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from escalations.lifecycle import SpreadState
from escalations.models.case import OfCase, part_of_case
from escalations.models.decisions import Decision
from escalations.querysets import OfCaseQuerySet


class Spread(OfCase):
    """A cluster's decision on its way to the members; `case` is the parent. Counts are of its rows. Times aware UTC."""

    case = part_of_case("spreads")
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="spread")
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[OfCaseQuerySet[Spread]] = OfCaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(total__gte=F("done") + F("left_out")), name="spread_counts_no_more_than_there_are"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(total=F("done") + F("left_out")),
                name="spread_ends_when_all_are_done",
            ),
        ]
        indexes = [
            # "What is under way?"
            models.Index(fields=["id"], condition=Q(ended_at__isnull=True), name="spread_under_way"),
        ]

    @property
    def percent(self) -> int:
        """How much of it is done, 0 to 100."""
        return 100 * (self.done + self.left_out) // self.total if self.total else 100


class SpreadRow(OfCase):
    """One member: it waits, it has the decision, or it was left out of it (`why`) and stands by itself again."""

    spread = models.ForeignKey(Spread, on_delete=models.PROTECT, related_name="rows")
    case = part_of_case("spread_rows")
    state = models.CharField(max_length=8, choices=SpreadState, default=SpreadState.WAITING)
    why = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[OfCaseQuerySet[SpreadRow]] = OfCaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["spread", "case"], name="spread_row_once_per_case"),
            models.CheckConstraint(
                condition=Q(state="waiting", ended_at__isnull=True) | (~Q(state="waiting") & Q(ended_at__isnull=False)),
                name="spread_row_ended_at_iff_it_did",
            ),
            models.CheckConstraint(
                condition=~Q(state="left_out") | ~Q(why=""), name="spread_row_left_out_for_a_reason"
            ),
        ]
        indexes = [
            # "Which members are next?"
            models.Index(fields=["spread", "id"], condition=Q(state="waiting"), name="spread_row_waiting"),
        ]

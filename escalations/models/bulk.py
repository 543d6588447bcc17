"""One act on many cases: who asked, who confirmed, how far the engine is, and what became of each case (ux.md QUE-7)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Organization
from core.ids import new_id
from escalations.lifecycle import BULK_UNFINISHED, BulkRowState, BulkState
from escalations.models.approvals import ApprovalRule
from escalations.models.case import OfCase, part_of_case
from escalations.querysets import BulkActQuerySet, OfCaseQuerySet


class BulkAct(models.Model):
    """An act that one person asked for on several cases. Times aware UTC.

    `act` names it in `operations.acts`, `values` are its plain input; `label` says in the asker's words what is done. Above a set
    count somebody else confirms it first (`answered_by`; `rule` is the published rule that asks for it, where one does), until
    `expires_at`. `done`, `left_out` and `undone` count rows; it may be undone until `hold_until`.
    """

    public_id = models.UUIDField(default=new_id, unique=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    act = models.CharField(max_length=12)
    values = models.JSONField(default=dict)
    said = models.JSONField(default=list)  # the values in words: [[field, text], …]
    label = models.CharField(max_length=200)
    note = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=9, choices=BulkState)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="bulk_acts")
    asked_at = models.DateTimeField()
    rule = models.ForeignKey(ApprovalRule, on_delete=models.PROTECT, null=True, related_name="+")
    needs_answer = models.BooleanField(default=False)
    expires_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    undone = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    hold_until = models.DateTimeField(null=True)

    objects: ClassVar[BulkActQuerySet] = BulkActQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True) | ~Q(answered_by=F("asked_by")), name="bulk_never_by_its_asker"
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True, answered_at__isnull=True)
                | Q(answered_by__isnull=False, answered_at__isnull=False),
                name="bulk_answered_whole",
            ),
            models.CheckConstraint(
                condition=Q(needs_answer=False)
                | Q(state__in=("asked", "expired", "withdrawn"))
                | Q(answered_by__isnull=False),
                name="bulk_runs_once_answered",
            ),
            models.CheckConstraint(
                condition=Q(needs_answer=False, expires_at__isnull=True)
                | Q(needs_answer=True, expires_at__gt=F("asked_at")),
                name="bulk_expires_iff_it_asks",
            ),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(reason=""), name="bulk_refused_with_a_reason"),
            models.CheckConstraint(
                condition=Q(state__in=("asked", "running"), ended_at__isnull=True)
                | (~Q(state__in=("asked", "running")) & Q(ended_at__isnull=False)),
                name="bulk_ended_at_iff_it_did",
            ),
            models.CheckConstraint(
                condition=Q(total__gte=F("done") + F("left_out"), done__gte=F("undone")),
                name="bulk_counts_no_more_than_there_are",
            ),
        ]
        indexes = [
            # "What is under way, or waits for an answer?"
            models.Index(fields=["id"], condition=Q(state__in=BULK_UNFINISHED), name="bulk_under_way"),
            # "What did I do to many?", newest first.
            models.Index(fields=["asked_by", "-id"], name="bulk_of_person_newest"),
        ]

    @property
    def ref(self) -> str:
        """What the log prints for it."""
        return str(self.public_id)[:8]

    @property
    def percent(self) -> int:
        """How much of it is done, 0 to 100."""
        return 100 * (self.done + self.left_out) // self.total if self.total else 100


class BulkRow(OfCase):
    """One case of an act: it waits, was changed (`action` and `step` say how that is taken back; empty: it is not), was left out
    (`why`), was undone, or could not be (`why`).
    """

    bulk = models.ForeignKey(BulkAct, on_delete=models.PROTECT, related_name="rows")
    case = part_of_case("bulk_rows")
    state = models.CharField(max_length=8, choices=BulkRowState, default=BulkRowState.WAITING)
    why = models.CharField(max_length=300, blank=True)
    action = models.CharField(max_length=32, blank=True)
    step = models.JSONField(default=dict)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[OfCaseQuerySet[BulkRow]] = OfCaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bulk", "case"], name="bulk_row_once_per_case"),
            models.CheckConstraint(
                condition=Q(state="waiting", ended_at__isnull=True) | (~Q(state="waiting") & Q(ended_at__isnull=False)),
                name="bulk_row_ended_at_iff_it_did",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("left_out", "kept")) | ~Q(why=""), name="bulk_row_left_out_for_a_reason"
            ),
        ]
        indexes = [
            # "Which cases are next?", and the pages of one state.
            models.Index(fields=["bulk", "state", "id"], name="bulk_row_of_state"),
        ]

"""My work: what a person holds, has begun, waits for, and has put off (ME-1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q

from accounts.models import User
from audit.models import ActorKind, Event
from escalations import events
from escalations.lifecycle import CaseStatus
from escalations.models import Appeal, Case, Draft, ViewAlert
from escalations.selectors.appeals import on_decisions_of

MOST = 100


@dataclass(frozen=True)
class MyWork:
    """The sections of the page, each at most 100 rows."""

    claimed: Sequence[Case]
    drafts: Sequence[Draft]
    waiting: Sequence[Case]
    snoozed: Sequence[Case]
    decided_today: int
    news: Sequence[ViewAlert]
    appeals: Sequence[Appeal]  # of the viewer's own decisions

    @property
    def is_empty(self) -> bool:
        return not (self.claimed or self.drafts or self.waiting or self.snoozed)


def my_work(viewer: User, *, at: datetime, since: datetime) -> MyWork:
    """What `viewer` has to do at `at` (aware UTC); `since` is the start of their day. Seven queries."""
    visible = Case.objects.visible_to(viewer).real()
    mine = visible.filter(assignee=viewer, is_open=True).select_related("queue", "organization")
    # Uses index: case_open_by_assignee
    asleep = Q(snoozed_until__gt=at)
    by_due = mine.order_by(F("due_at").asc(nulls_last=True), "order_at", "pk")
    claimed = by_due.filter(status__in=(CaseStatus.IN_REVIEW, CaseStatus.DECIDED)).exclude(asleep)
    waiting = by_due.filter(status=CaseStatus.WAITING).exclude(asleep)
    drafts = (
        Draft.objects.visible_to(viewer)
        .filter(user=viewer, case__is_practice_for=None)
        .select_related("case")
        .order_by("-saved_at")
    )
    # Uses index: event_by_actor
    decided = Event.objects.filter(
        actor_kind=ActorKind.PERSON, actor_id=viewer.pk, at__gte=since, kind=events.DECISION_MADE
    )
    if viewer.practice_state:
        decided = decided.exclude(subject_id__in=Case.objects.filter(is_practice_for=viewer).values("pk"))
    return MyWork(
        claimed=list(claimed[:MOST]),
        drafts=list(drafts[:MOST]),
        waiting=list(waiting[:MOST]),
        snoozed=list(mine.filter(asleep).order_by("snoozed_until", "pk")[:MOST]),
        decided_today=decided.count(),
        news=list(
            ViewAlert.objects.filter(user=viewer, fired_at__isnull=False, seen_at=None)
            .select_related("view")
            .order_by("-fired_at", "pk")
        ),
        appeals=on_decisions_of(viewer),
    )

"""What was told outside about a case's decisions, and where each notice stands on each of its ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Action
from escalations import permissions
from escalations.enforcement_life import NEEDS_A_PERSON, STUCK_AFTER, HandOffState
from escalations.lifecycle import NoticeState, NoticeWay, TemplatePurpose
from escalations.models import Case, Decision, EnforcementAction, Notice, NoticeDelivery

MOST = 40
# The notice to the person concerned goes with an action, and stands where that stands.
_AS_A_NOTICE = {
    HandOffState.QUEUED: NoticeState.QUEUED,
    HandOffState.SENDING: NoticeState.QUEUED,
    HandOffState.SENT: NoticeState.SENT,
    HandOffState.ACCEPTED: NoticeState.DELIVERED,
    HandOffState.REFUSED: NoticeState.FAILED,
    HandOffState.AMBIGUOUS: NoticeState.FAILED,
    HandOffState.CANCELLED: NoticeState.NOT_NEEDED,
}


@dataclass(frozen=True)
class WayLine:
    """Where a notice stands on one way; `at` is aware UTC. An address is empty where the viewer cannot do that with it."""

    way: str
    to: str
    state: NoticeState
    at: datetime
    why: str = ""
    is_stuck: bool = False
    resend_url: str = ""
    discard_url: str = ""
    tries: int = 0

    @property
    def icon(self) -> str:
        """The sign beside the state, which is never told by colour alone."""
        icons = {NoticeState.DELIVERED: "check", NoticeState.FAILED: "x", NoticeState.NOT_NEEDED: "undo"}
        return icons.get(self.state, "clock" if self.is_stuck else "send")


@dataclass(frozen=True)
class NoticeLine:
    """One notice: to whom, in which wording, and its ways."""

    audience: str
    language: str
    wording: str
    body: str
    ways: Sequence[WayLine]


def is_stuck(row: NoticeDelivery, *, at: datetime) -> bool:
    """Whether an e-mail has waited for longer than a quarter of an hour at `at` (aware UTC)."""
    return row.state == NoticeState.QUEUED and at - row.queued_at > STUCK_AFTER


def way_of(row: NoticeDelivery, *, case: Case, viewer: User, at: datetime) -> WayLine:
    """A row as a page shows it. No query where its person came along."""
    stuck = is_stuck(row, at=at)
    again = row.state in (NoticeState.FAILED, NoticeState.SENT, NoticeState.NOT_NEEDED) or stuck
    may = again and row.way == NoticeWay.EMAIL and permissions.can_act(viewer, Action.HAND_OFF_SETTLE, case)
    keeps = row.state == NoticeState.FAILED or stuck
    return WayLine(
        way=str(NoticeWay(row.way).label),
        to=row.person.display_name if row.person is not None else "",
        state=NoticeState(row.state),
        at=row.delivered_at or row.sent_at or row.queued_at,
        why=row.error,
        is_stuck=stuck,
        discard_url=reverse("escalations:notice-discard", args=[row.public_id]) if may and keeps else "",
        resend_url=reverse("escalations:notice-resend", args=[row.public_id]) if may else "",
        tries=row.tries,
    )


def notices_on(case: Case, *, viewer: User, at: datetime, decision: Decision | None = None) -> list[NoticeLine]:
    """What was told about a case, of one decision or of all, the newest first; at most three queries."""
    found = Notice.objects.filter(case=case).select_related("wording__template", "entity")
    if decision is not None:
        found = found.filter(decision=decision.repeats_id or decision.pk)
    rows = list(found.order_by("-made_at", "pk")[:MOST])
    if not rows:
        return []
    ways: dict[int, list[WayLine]] = {}
    sent = NoticeDelivery.objects.filter(case=case, notice__in=[row.pk for row in rows]).select_related("person")
    for one in sent.order_by("-way", "pk"):
        ways.setdefault(one.notice_id, []).append(way_of(one, case=case, viewer=viewer, at=at))
    concerned = [row for row in rows if row.audience == TemplatePurpose.SUBJECT]
    carried = _carried(case, concerned, viewer=viewer) if concerned else {}
    return [
        NoticeLine(
            audience=str(TemplatePurpose(row.audience).label) + (f": {row.entity}" if row.entity is not None else ""),
            language=row.language,
            wording=row.wording.ref,
            body=row.body,
            ways=ways.get(row.pk) or carried.get((row.decision_id, row.entity_id), []),
        )
        for row in rows
    ]


def planned(decision: Decision) -> list[str]:
    """To whom a decision that is still held will send a notice as it takes effect. No query."""
    return [str(TemplatePurpose(side).label) for side in decision.notices if side in TemplatePurpose.values]


def _carried(case: Case, rows: Sequence[Notice], *, viewer: User) -> dict[tuple[int | None, int | None], list[WayLine]]:
    """By decision and entity, where the action stands that carries the notice to the person concerned: the first of them."""
    actions = EnforcementAction.objects.filter(case=case, decision__in=[row.decision_id for row in rows], reverses=None)
    found: dict[tuple[int | None, int | None], list[WayLine]] = {}
    for action in actions.order_by("pk"):
        state = HandOffState(action.state)
        may = state in NEEDS_A_PERSON and action.ended_at is None
        may = may and permissions.can_act(viewer, Action.HAND_OFF_SETTLE, case)
        line = WayLine(
            way=_("The platform, with “%(action)s”") % {"action": action.step.label},
            to="",
            state=_AS_A_NOTICE[state],
            at=action.settled_at or action.sent_at or action.queued_at,
            why=action.refusal or (action.last_error if state is HandOffState.AMBIGUOUS else ""),
            resend_url=reverse("escalations:outbox-act", args=[action.public_id, "retry"]) if may else "",
        )
        before = found.get((action.decision_id, action.entity_id))
        if before is None or (before[0].state is not NoticeState.DELIVERED and line.state is NoticeState.DELIVERED):
            found[action.decision_id, action.entity_id] = [line]
    return found


def waiting(viewer: User, *, at: datetime) -> QuerySet[NoticeDelivery]:
    """E-mails with notices, of cases that `viewer` may see, that failed or wait for too long. Uses index: notice_delivery_open."""
    stuck = Q(state=NoticeState.QUEUED, queued_at__lt=at - STUCK_AFTER)
    return _listed(viewer).filter(Q(state=NoticeState.FAILED) | stuck, closed_over_at__isnull=True)


def closed_over(viewer: User) -> QuerySet[NoticeDelivery]:
    """E-mails with notices that have not left or failed, over which a lead closed their case."""
    return _listed(viewer).filter(state__in=(NoticeState.FAILED, NoticeState.QUEUED), closed_over_at__isnull=False)


def _listed(viewer: User) -> QuerySet[NoticeDelivery]:
    rows = NoticeDelivery.objects.visible_to(viewer)
    rows = rows.select_related("case__queue", "person", "closed_over_by", "notice__wording__template")
    return rows.order_by("queued_at", "id")

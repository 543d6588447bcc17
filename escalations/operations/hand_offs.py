"""What a case waits for outside before it may close: its hand-offs (domain.md: none closes over what is queued, refused or unclear).

Enforcement actions (`open_of`) and the notices of decisions (`notices_of`); what comes later (filings) joins them.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.roles import Action
from audit.recording import record
from core.errors import DomainError, FieldProblem, Invalid
from escalations import events, permissions
from escalations.enforcement_life import OPEN, HandOffNotAllowed, HandOffState, Source
from escalations.lifecycle import RESOLUTION_OF, CaseStatus, DecisionState, NoticeState, Verdict
from escalations.models import Case, Decision, EnforcementAction, NoticeDelivery
from escalations.operations import ordering

REASON_MAX = 300


class HandOffsOpen(DomainError):
    """The case cannot close: what was handed over is not confirmed, or a temporary mitigation is still in force."""

    code = "hand_offs_open"
    title = "Something that was handed over is not confirmed"


def open_of(case: Case) -> QuerySet[EnforcementAction]:
    """What keeps a case from closing. Uses index: enforcement_open_of_case."""
    return EnforcementAction.objects.filter(case=case, state__in=OPEN, closed_over_at__isnull=True)


def notices_of(case: Case) -> QuerySet[NoticeDelivery]:
    """The e-mails with notices that have not left, or failed, and that nobody closed over. By the case's index."""
    return NoticeDelivery.objects.filter(
        case=case, state__in=(NoticeState.QUEUED, NoticeState.FAILED), closed_over_at__isnull=True
    )


def mitigations_of(case: Case) -> QuerySet[EnforcementAction]:
    """The temporary mitigations that are in force on a case, or will be once confirmed, and that nobody closed over."""
    return EnforcementAction.objects.filter(
        case=case, source=Source.MITIGATION, ended_at__isnull=True, closed_over_at__isnull=True
    ).exclude(state=HandOffState.CANCELLED)


def why_open(case: Case) -> str:
    """Why the case cannot close now, as a sentence; empty where it can. At most three queries."""
    count = open_of(case).count()
    if count:
        return ngettext(
            "%(count)d action handed to the platform is not confirmed. See to it in the outbox, or ask a lead to close over it.",
            "%(count)d actions handed to the platform are not confirmed. See to them in the outbox, or ask a lead to close over them.",
            count,
        ) % {"count": count}
    count = notices_of(case).count()
    if count:
        return ngettext(
            "%(count)d notice has not left. Send it again or give it up in the outbox, or ask a lead to close over it.",
            "%(count)d notices have not left. Send them again or give them up in the outbox, or ask a lead to close over them.",
            count,
        ) % {"count": count}
    if mitigations_of(case).exists():
        return _("A temporary mitigation is in force: lift it first, or decide the case.")
    return ""


def check_none_open(case: Case) -> None:
    """Raises `HandOffsOpen` where a locked case cannot close yet."""
    why = why_open(case)
    if why:
        raise HandOffsOpen(why)


def close_if_confirmed(case: Case, *, at: datetime) -> bool:
    """Close a locked case whose decision took effect, once nothing is open; answers whether it closed.

    `at` is aware UTC. Does nothing for a case that is not decided, or that is decided anew. Records `case.closed`.
    """
    if case.status != CaseStatus.DECIDED or open_of(case).exists() or notices_of(case).exists():
        return False
    states = Decision.objects.filter(case=case, state__in=(DecisionState.HELD, DecisionState.EFFECTIVE))
    decision = states.order_by("-decided_at", "-pk").first()
    if decision is None or decision.state != DecisionState.EFFECTIVE:
        return False
    close_decided(case, decision, at=at)
    return True


def close_decided(case: Case, decision: Decision, *, at: datetime) -> None:
    """Close a locked case with the resolution of its decision in force; its clocks have stopped. Records `case.closed`."""
    resolution = RESOLUTION_OF[Verdict(decision.verdict)]
    case.move_to(CaseStatus.CLOSED, at=at, resolution=resolution)
    case.touch(at=at)
    ordering.reorder(case, at=at)
    case.save(update_fields=sorted({*Case.STATUS_FIELDS, *ordering.FIELDS}))
    record(events.CASE_CLOSED, subject=case, by=None, at=at, data={"resolution": resolution.value, "cause": "decision"})


@transaction.atomic
def close_over(*, case_id: int, reason: str, by: User, at: datetime) -> Case:
    """A lead says why a case may close although what was handed over is not confirmed; a decided one closes now.

    `at` is aware UTC. What is open stays open and can still be confirmed, but keeps the case no longer; a temporary mitigation ends
    at its own time. Records `enforcement.closed_over`, and `case.closed` where that was all it waited for. Raises `Invalid`
    (no reason), `NotPermitted`, `HandOffNotAllowed` (nothing is open), `Case.DoesNotExist`.
    """
    reason = reason.replace("\x00", "").strip()
    if not reason or len(reason) > REASON_MAX:
        detail = _("Say in a line of at most 300 characters why the case may close all the same.")
        raise Invalid(errors=[FieldProblem("/reason", "required" if not reason else "too_long", detail)])
    case = Case.objects.lock(case_id)
    permissions.check_can_act(by, Action.HAND_OFF_OVERRIDE, case)
    waiting = open_of(case) | mitigations_of(case)
    changed = EnforcementAction.objects.filter(pk__in=waiting.values("pk")).update(
        closed_over_at=at, closed_over_by=by, closed_over_why=reason
    )
    changed += notices_of(case).update(closed_over_at=at, closed_over_by=by, closed_over_why=reason)
    if not changed:
        raise HandOffNotAllowed(_("Nothing of this case is open: it closes by itself."))
    case.touch(at=at)
    case.save(update_fields=["revision", "updated_at"])
    record(events.ENFORCEMENT_CLOSED_OVER, subject=case, by=by, at=at, data={"count": changed, "reason": reason})
    close_if_confirmed(case, at=at)
    return case

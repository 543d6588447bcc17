"""Contesting that a case was sent back: the objection, and the answer by somebody else (VEN-5)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import ServiceKey, User
from accounts.roles import Action
from audit.models import ActorKind, Event
from audit.recording import record
from core.errors import DomainError, FieldProblem, Invalid, NotPermitted
from escalations import events, permissions
from escalations.lifecycle import CaseStatus, DisputeState, InvalidReason, Resolution
from escalations.models import Case, Dispute
from escalations.operations import comments
from escalations.operations.closing import reopen

TEXT_MAX = 5_000
WINDOW = timedelta(days=30)  # after the return; then a week's figures are history


class NotDisputable(DomainError):
    """The case is not closed as invalid, its time is over, or this return was contested before."""

    code = "not_disputable"
    title = "This cannot be contested"


@transaction.atomic
def file_dispute(*, case_id: int, text: str, by: User | ServiceKey, at: datetime) -> Dispute:
    """Contest that a case was sent back as invalid: once for each return, within 30 days. `at` is aware UTC. Locks the case.

    The words also stand among the case's messages, where both sides go on talking. Records `dispute.filed` and `comment.added`.
    Raises `Invalid`, `NotDisputable`, `NotPermitted` (the submitter's own organization alone), `Case.DoesNotExist`.
    """
    text = _words(text, "text", _("Say in at most %(most)d characters why it should not have come back."))
    case = Case.objects.lock(case_id)
    permissions.check_can_act(by, Action.APPEAL_FILE, case)
    if by.is_internal:
        raise NotPermitted(_("Only the submitter contests a return."), rule="dispute.file")
    if case.status != CaseStatus.CLOSED or case.resolution != Resolution.INVALID or case.closed_at is None:
        raise NotDisputable(_("%(ref)s was not sent back.") % {"ref": case.ref})
    if at > case.closed_at + WINDOW:
        raise NotDisputable(_("The time to contest it is over: send it again instead."), code="window_over")
    if Dispute.objects.filter(case=case, rejected_at=case.closed_at).exists():
        raise NotDisputable(_("This was contested before: once is all there is."), code="already_disputed")
    rejected = (
        Event.objects.filter(subject_type="escalations.case", subject_id=case.pk, kind=events.CASE_REJECTED)
        .order_by("-id")
        .first()
    )
    is_person = rejected is not None and rejected.actor_kind == ActorKind.PERSON
    reason = str(rejected.data.get("reason", "")) if rejected is not None else ""
    dispute = Dispute.objects.create(
        organization_id=case.organization_id,
        case=case,
        rejected_at=case.closed_at,
        rejected_by_id=rejected.actor_id if rejected is not None and is_person else None,
        reason=reason if reason in InvalidReason.values else InvalidReason.OUT_OF_SCOPE,
        text=text,
        filed_at=at,
        filed_by=by if isinstance(by, User) else None,
        filed_by_key=by if isinstance(by, ServiceKey) else None,
    )
    comments.message_from_submitter(case_id=case.pk, body=text, by=by, at=at)
    data = {"dispute": str(dispute.public_id), "reason": dispute.reason}
    record(events.DISPUTE_FILED, subject=case, by=by, at=at, data=data)
    return dispute


@transaction.atomic
def answer_dispute(*, dispute_id: int, upheld: bool, answer: str, by: User, at: datetime) -> Dispute:
    """Say whether the submitter was right, in words it reads. `at` is aware UTC. Locks the case, then the dispute.

    Upheld, the case goes back to its queue, and the return counts as valid from then on. Records `dispute.answered`, and
    `case.reopened`. Raises `Invalid`, `NotDisputable` (answered before), `NotPermitted` (also for who sent the case back).
    """
    answer = _words(answer, "answer", _("Say in at most %(most)d characters what you found: the submitter reads it."))
    case_id = Dispute.objects.values_list("case_id", flat=True).get(pk=dispute_id)
    case = Case.objects.lock(case_id)
    dispute = Dispute.objects.select_for_update(of=("self",)).get(pk=dispute_id)
    check_may_answer(by, dispute, case)
    if dispute.state != DisputeState.OPEN:
        raise NotDisputable(_("It was answered already."), code="already_answered")
    dispute.state = DisputeState.UPHELD if upheld else DisputeState.DISMISSED
    dispute.answer, dispute.decided_at, dispute.decided_by = answer, at, by
    dispute.save(update_fields=["state", "answer", "decided_at", "decided_by"])
    data = {"dispute": str(dispute.public_id), "upheld": upheld, "user_id": dispute.rejected_by_id}
    record(events.DISPUTE_ANSWERED, subject=case, by=by, at=at, data=data)
    if upheld and case.status == CaseStatus.CLOSED and case.resolution == Resolution.INVALID:
        reopen(case, by=by, at=at, reason=_("Its return was contested, and the submitter was right."))
    comments.add_reply(case_id=case.pk, body=answer, by=by, at=at)
    return dispute


def may_answer(by: User, dispute: Dispute, case: Case) -> bool:
    """Whether `by` may answer: whoever decides appeals in the case's queue, and did not send it back or submit it."""
    return (
        permissions.can_act(by, Action.APPEAL_DECIDE, case)
        and by.is_internal
        and by.pk not in (dispute.rejected_by_id, case.submitted_by_id)
    )


def check_may_answer(by: User, dispute: Dispute, case: Case) -> None:
    """Raises `NotPermitted`, saying which rule, unless `may_answer`."""
    if may_answer(by, dispute, case):
        return
    if by.pk == dispute.rejected_by_id:
        raise NotPermitted(
            _("You sent it back: somebody else looks at it."), code="own_decision", rule="dispute.answer"
        )
    raise NotPermitted(
        _("Your role does not allow this (%(rule)s).") % {"rule": "dispute.answer"}, rule="dispute.answer"
    )


def _words(text: str, name: str, problem: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if not text or len(text) > TEXT_MAX or "\x00" in text:
        code = "required" if not text else "too_long"
        raise Invalid(errors=[FieldProblem(f"/{name}", code, problem % {"most": TEXT_MAX})])
    return text

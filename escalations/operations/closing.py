"""Ends without a decision, and coming back: invalid, duplicate, withdrawn, insufficient information, reopened."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import User
from accounts.roles import Action
from audit.recording import record
from core.errors import DomainError, FieldProblem, Invalid, NotPermitted
from escalations import events, permissions
from escalations.lifecycle import CaseStatus, InvalidReason, LinkKind, Metric, Resolution, TransitionNotAllowed
from escalations.models import Case, ClusterMove, Link, Watch
from escalations.operations import clocks, hand_offs, timers, undo
from escalations.operations.claims import AlreadyClaimed, hold
from escalations.operations.saving import save

REASON_MAX = 300
_ANSWERS = frozenset({Resolution.INVALID, Resolution.INSUFFICIENT_INFO})


class UnderLegalHold(DomainError):
    """What is held is not put aside as invalid or duplicate: a decision ends it (ux.md CAS-13)."""

    code = "legal_hold"
    title = "The case is under legal hold"


def close(case: Case, resolution: Resolution, *, by: Actor, at: datetime, cause: str) -> None:
    """Close a locked case without a decision: clocks and timers end. Saves and records `case.closed`.

    Telling the submitter that a case is invalid answers them, so its clocks stop and are judged; those of a withdrawn, merged
    or duplicate case end without a verdict. `cause` is a short code for the event. Raises `TransitionNotAllowed`, `HandOffsOpen`
    (something handed over is not confirmed, and no lead said why it may close all the same).
    """
    hand_offs.check_none_open(case)
    case.move_to(CaseStatus.CLOSED, at=at, resolution=resolution)
    case.snoozed_until, case.snooze_wake_on = None, ""
    if resolution in _ANSWERS:
        for metric in (Metric.ACKNOWLEDGE, Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE, Metric.RESOLVE, Metric.UPDATE):
            clocks.stop(case, metric, at=at, by=by, cause=resolution.value)
        case.first_response_at = case.first_response_at or at
    clocks.cancel_all(case, resolution.value, at=at, by=by)
    timers.cancel_all(case)
    save(case, [*Case.STATUS_FIELDS, "snoozed_until", "snooze_wake_on", "first_response_at"], at=at)
    record(events.CASE_CLOSED, subject=case, by=by, at=at, data={"resolution": resolution.value, "cause": cause})


@transaction.atomic
def mark_invalid(*, case_id: int, reason: InvalidReason, note: str, by: User, at: datetime) -> Case:
    """Send a case back to its submitter with a reason code and one line of coaching, both of which they see.

    `at` is aware UTC. Taking an unclaimed case is part of it. Records `case.rejected` and `case.closed`; clocks end.
    Raises `Invalid` (no note, or longer than 300 characters), `NotPermitted`, `AlreadyClaimed`, `UnderLegalHold`,
    `TransitionNotAllowed`, `Case.DoesNotExist`.
    """
    note = note.strip()
    if not note or len(note) > REASON_MAX:
        detail = _("Say in one line, at most 300 characters, what the submitter should do differently.")
        raise Invalid(errors=[FieldProblem("/note", "required" if not note else "too_long", detail)])
    case = _held(case_id, by=by, at=at)
    close(case, Resolution.INVALID, by=by, at=at, cause="invalid")
    record(events.CASE_REJECTED, subject=case, by=by, at=at, data={"reason": reason.value, "note": note})
    return case


@transaction.atomic
def close_as_duplicate(*, case_id: int, of_id: int, by: User, at: datetime) -> Case:
    """Close a case as the duplicate of another, which is linked and whose submitter's watchers hear of both.

    `at` is aware UTC. Taking an unclaimed case is part of it. Records `case.linked` and `case.closed`. To keep the submitter and
    the clocks together with the other case, merge instead. Raises as `mark_invalid`; `Invalid` for itself.
    """
    if case_id == of_id:
        raise Invalid(_("A case is not its own duplicate: choose the other one."), code="same_case")
    other = Case.objects.get(pk=of_id)
    case = _held(case_id, by=by, at=at)
    Link.objects.get_or_create(
        organization_id=case.organization_id,
        case=case,
        other=other,
        kind=LinkKind.DUPLICATE_OF,
        defaults={"created_at": at, "created_by": by},
    )
    record(
        events.CASE_LINKED, subject=case, by=by, at=at, data={"kind": LinkKind.DUPLICATE_OF.value, "other": other.ref}
    )
    close(case, Resolution.DUPLICATE, by=by, at=at, cause="duplicate")
    return case


@transaction.atomic
def withdraw_case(*, case_id: int, reason: str, by: Actor, at: datetime) -> Case:
    """The submitter takes their case back before it is decided; or the team does on their word.

    `at` is aware UTC. Records `case.withdrawn` and `case.closed`. Withdrawing twice is the same as once.
    Raises `NotPermitted`, `TransitionNotAllowed` (decided, or closed otherwise), `Case.DoesNotExist`.
    """
    case = Case.objects.lock(case_id)
    if case.status == CaseStatus.CLOSED and case.resolution == Resolution.WITHDRAWN:
        return case
    outsider = by is not None and not by.is_internal
    if outsider and by is not None and case.organization_id != by.organization_id:
        raise NotPermitted(_("Only the submitter can withdraw a case."), rule="case.withdraw")
    if not outsider:
        permissions.check_can_act(by, Action.CASE_CLOSE, case)
    close(case, Resolution.WITHDRAWN, by=by, at=at, cause="withdrawn")
    record(events.CASE_WITHDRAWN, subject=case, by=by, at=at, data={"reason": reason.strip()[:REASON_MAX]})
    return case


@transaction.atomic
def reopen_case(*, case_id: int, reason: str, by: Actor, at: datetime) -> Case:
    """Bring a closed case back to its queue, unassigned, with a reason; its count of reopenings rises.

    `at` is aware UTC. The resolve clock goes on with the time already used. Records `case.reopened`. Raises `Invalid` (no reason), `NotPermitted`, `TransitionNotAllowed` (not closed, or merged: unmerge it).
    """
    reason = reason.strip()
    if not reason:
        raise Invalid(errors=[FieldProblem("/reason", "required", _("Say why the case is opened again."))])
    case = Case.objects.lock(case_id)
    permissions.check_can_act(by, Action.CASE_REOPEN, case)
    if case.resolution == Resolution.MERGED and ClusterMove.objects.filter(case=case, unmerged_at=None).exists():
        raise TransitionNotAllowed(_("%(ref)s was merged: unmerge it instead.") % {"ref": case.ref}, legal=["unmerge"])
    reopen(case, by=by, at=at, reason=reason)
    return case


def reopen(case: Case, *, by: Actor, at: datetime, reason: str) -> None:
    """`reopen_case` for a locked case; the rules of who may are the caller's."""
    case.move_to(CaseStatus.NEW, at=at)
    case.reopened_count += 1
    clocks.reopen(case, at=at, by=by)
    save(case, [*Case.STATUS_FIELDS, "reopened_count"], at=at)
    record(
        events.CASE_REOPENED,
        subject=case,
        by=by,
        at=at,
        data={"reason": reason[:REASON_MAX], "count": case.reopened_count},
    )


def _held(case_id: int, *, by: User, at: datetime) -> Case:
    """The locked case, which `by` may close: theirs, or nobody's and then taken by this act."""
    case = Case.objects.lock(case_id)
    if case.assignee_id is None and case.status == CaseStatus.NEW:
        permissions.check_can_act(by, Action.CASE_CLAIM, case)
        hold(case, by=by, at=at)
    elif case.assignee_id not in (None, by.pk) and not permissions.can_act(by, Action.CASE_ASSIGN, case):
        raise AlreadyClaimed(case)
    permissions.check_can_act(by, Action.CASE_CLOSE, case)
    if case.is_legal_hold:
        raise UnderLegalHold(_("%(ref)s is under legal hold. Decide it, or ask the legal desk.") % {"ref": case.ref})
    return case


def watchers_follow(case: Case, to: Case, *, at: datetime) -> None:
    """Whoever watched `case` watches `to` as well, now that the story goes on there."""
    Watch.objects.bulk_create(
        [
            Watch(organization_id=to.organization_id, case=to, user_id=user_id, since_at=at)
            for user_id in Watch.objects.filter(case=case).values_list("user_id", flat=True)
        ],
        ignore_conflicts=True,
    )


def _undo_close(data: undo.Data, by: User, at: datetime) -> None:
    """A close just made is taken back: the case returns to whoever held it, and it does not count as reopened."""
    with transaction.atomic():
        case = Case.objects.lock(data["case_id"])
        if case.status != CaseStatus.CLOSED or case.revision != data["revision"]:
            raise TransitionNotAllowed(_("%(ref)s was changed since: nothing was undone.") % {"ref": case.ref})
        case.move_to(CaseStatus.NEW, at=at)
        clocks.reopen(case, at=at, by=by, cause="undone")
        save(case, Case.STATUS_FIELDS, at=at)
        record(
            events.CASE_REOPENED,
            subject=case,
            by=by,
            at=at,
            data={"reason": _("Undone"), "count": case.reopened_count},
        )
        if data["assignee_id"] == by.pk:
            hold(case, by=by, at=at)


undo.on("case.close", _undo_close)

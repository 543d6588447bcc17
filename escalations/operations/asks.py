"""Editing what is asked: the first wording is kept word for word, and so is every later one."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Action
from audit.recording import record
from core.errors import FieldProblem, Invalid, NotPermitted, StaleRevision
from escalations import events, permissions
from escalations.lifecycle import CaseStatus, TransitionNotAllowed
from escalations.models import AskVersion, Case
from escalations.operations.saving import save
from escalations.operations.submission_input import LONGEST_ASK

REASON_MAX = 300


@transaction.atomic
def edit_ask(*, case_id: int, text: str, reason: str, by: User, at: datetime, seen: int | None = None) -> Case:
    """Put the ask into other words, with a reason; the submitter's own words stay as number 1 and stay searchable.

    `at` is aware UTC; `seen` is the number of the wording the editor saw (None: whichever it is). The same text changes nothing. Records
    `case.edited` with the numbers of the two wordings. Raises `Invalid` (empty or too long), `StaleRevision`, `NotPermitted`
    (the team alone), `TransitionNotAllowed` (closed), `Case.DoesNotExist`.
    """
    text, reason = text.replace("\r\n", "\n").strip(), " ".join(reason.split())
    problems = []
    if not text or len(text) > LONGEST_ASK or "\x00" in text:
        detail = _("Write what is asked, in at most %(limit)d characters.") % {"limit": LONGEST_ASK}
        problems.append(FieldProblem("/text", "required" if not text else "too_long", detail))
    if not reason or len(reason) > REASON_MAX or "\x00" in reason:
        detail = _("Say in one line, at most 300 characters, why it is worded anew.")
        problems.append(FieldProblem("/reason", "required" if not reason else "too_long", detail))
    if problems:
        raise Invalid(errors=problems)
    case = Case.objects.lock(case_id)
    permissions.check_can_act(by, Action.CASE_EDIT, case)
    if not by.is_internal:
        raise NotPermitted(_("Send a message instead: what you sent stays as it is."), rule=Action.CASE_EDIT.value)
    if case.status == CaseStatus.CLOSED:
        raise TransitionNotAllowed(_("%(ref)s is closed: reopen it first.") % {"ref": case.ref})
    if text == case.ask:
        return case
    before = current_wording(case)
    if seen is not None and seen != before:
        said = _("The ask of %(ref)s was worded anew since you opened it: look at it again.") % {"ref": case.ref}
        raise StaleRevision(said, current=before, given=seen)
    if not AskVersion.objects.filter(case=case).exists():
        _keep(case, 1, case.ask, by=case.submitted_by, at=case.received_at)
        case.outward_text = f"{case.outward_text}\n{case.ask}"
    _keep(case, before + 1, text, by=by, at=at, reason=reason)
    case.ask = text
    save(case, ["ask", "outward_text"], at=at, moves=False)
    data = {"changes": {"ask": [before, before + 1]}, "reason": reason}
    record(events.CASE_EDITED, subject=case, by=by, at=at, data=data)
    return case


def current_wording(case: Case) -> int:
    """The number of the wording in use; 1 is the submitter's own."""
    return AskVersion.objects.filter(case=case).aggregate(last=Max("number"))["last"] or 1


def _keep(case: Case, number: int, text: str, *, by: User | None, at: datetime, reason: str = "") -> None:
    AskVersion.objects.create(
        organization_id=case.organization_id,
        case=case,
        number=number,
        text=text,
        written_at=at,
        written_by=by,
        reason=reason,
    )

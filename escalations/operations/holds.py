"""Legal holds: set by the legal desk, asked for by leads and seniors, released by two people of the desk.

A hold limits removal, not sight (permissions.md §4): a held case is decided with a second person and closed by that decision, but it is
neither merged nor closed as invalid or duplicate, and its evidence stays as it is.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Action
from audit.recording import record
from core.errors import FieldProblem, Invalid, NotPermitted
from escalations import events, permissions
from escalations.models import Case, CaseHold
from escalations.operations.saving import save

REASON_MAX = 300


@transaction.atomic
def ask_for_hold(*, case_id: int, basis: str, by: User, at: datetime) -> Case:
    """Ask the legal desk to hold a case. Records `case.hold_asked`; changes nothing else.

    `at` is aware UTC. Raises `Invalid` (no basis, or held already), `NotPermitted`, `Case.DoesNotExist`.
    """
    basis = _line(basis, "basis", _("Say in one line, at most 300 characters, why the case must be kept."))
    case = Case.objects.lock(case_id)
    permissions.check_can_act(by, Action.HOLD_ASK, case)
    if case.is_legal_hold:
        raise Invalid(_("%(ref)s is under legal hold already.") % {"ref": case.ref}, code="already_held")
    save(case, at=at, moves=False)
    record(events.CASE_HOLD_ASKED, subject=case, by=by, at=at, data={"basis": basis})
    return case


@transaction.atomic
def set_legal_hold(*, case_id: int, basis: str, by: User, at: datetime) -> CaseHold:
    """Hold a case, open or closed. Holding what is held answers the hold that stands. Records `case.held`.

    `at` is aware UTC; `basis` names the matter or order. Raises `Invalid` (no basis), `NotPermitted` (the legal desk only),
    `Case.DoesNotExist`.
    """
    basis = _line(basis, "basis", _("Name the matter or the order behind this, in at most 300 characters."))
    case = Case.objects.lock(case_id)
    permissions.check_can_act(by, Action.HOLD_SET, case)
    standing = _live(case)
    if standing is not None:
        return standing
    hold = CaseHold.objects.create(organization_id=case.organization_id, case=case, basis=basis, set_at=at, set_by=by)
    case.is_legal_hold = True
    save(case, ["is_legal_hold"], at=at, moves=False)
    record(events.CASE_HELD, subject=case, by=by, at=at, data={"is_held": True, "basis": basis})
    return hold


@transaction.atomic
def ask_release(*, case_id: int, reason: str, by: User, at: datetime) -> CaseHold:
    """Propose to release a hold; somebody else of the desk releases it. Asking again replaces the reason and the asker.

    `at` is aware UTC. Records `case.hold_release_asked`. Raises `Invalid` (no reason, no hold), `NotPermitted`,
    `Case.DoesNotExist`.
    """
    reason = _line(reason, "reason", _("Say in one line, at most 300 characters, why the hold may end."))
    case = Case.objects.lock(case_id)
    permissions.check_can_act(by, Action.HOLD_SET, case)
    hold = _standing(case)
    hold.release_reason, hold.release_asked_by, hold.release_asked_at = reason, by, at
    hold.save(update_fields=["release_reason", "release_asked_by", "release_asked_at"])
    save(case, at=at, moves=False)
    record(events.CASE_HOLD_RELEASE_ASKED, subject=case, by=by, at=at, data={"reason": reason})
    return hold


@transaction.atomic
def release_hold(*, case_id: int, by: User, at: datetime) -> CaseHold:
    """Release a hold whose release somebody else proposed. Records `case.held` with `is_held` false.

    `at` is aware UTC. Raises `Invalid` (no hold, or nobody proposed it), `NotPermitted` (not the legal desk, or the one who
    proposed it), `Case.DoesNotExist`.
    """
    case = Case.objects.lock(case_id)
    permissions.check_can_act(by, Action.HOLD_SET, case)
    hold = _standing(case)
    if hold.release_asked_by_id is None:
        raise Invalid(_("Nobody has proposed to release this hold: propose it first."), code="not_proposed")
    if hold.release_asked_by_id == by.pk:
        raise NotPermitted(
            _("You proposed the release: a second person of the legal desk confirms it."), code="two_person_required"
        )
    hold.released_by, hold.released_at = by, at
    hold.save(update_fields=["released_by", "released_at"])
    case.is_legal_hold = False
    save(case, ["is_legal_hold"], at=at, moves=False)
    data = {"is_held": False, "basis": hold.release_reason, "asked_by_id": hold.release_asked_by_id}
    record(events.CASE_HELD, subject=case, by=by, at=at, data=data)
    return hold


def _live(case: Case) -> CaseHold | None:
    return CaseHold.objects.filter(case=case, released_at=None).first()


def _standing(case: Case) -> CaseHold:
    hold = _live(case)
    if hold is None:
        raise Invalid(_("%(ref)s is not under legal hold.") % {"ref": case.ref}, code="not_held")
    return hold


def _line(text: str, name: str, problem: str) -> str:
    """One line of words, or `Invalid`."""
    text = " ".join(text.split())
    if not text or len(text) > REASON_MAX or "\x00" in text:
        raise Invalid(errors=[FieldProblem(f"/{name}", "required" if not text else "too_long", problem)])
    return text

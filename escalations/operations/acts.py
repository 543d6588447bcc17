"""What people do to one case or to many in the same way: why a case is left out, the change itself, and how it is taken back.

An act takes plain values (what its form made of the input), so that it can be asked for now and done later, by the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Action
from core.errors import Invalid
from escalations import permissions
from escalations.lifecycle import CaseStatus, InvalidReason, LinkKind, Severity
from escalations.models import Case
from escalations.operations import appeal_families, cases, comments, undo

Values = Mapping[str, Any]
"""What an act needs to know besides the case: texts, numbers, lists and ids, as JSON keeps them."""
Step = tuple[str, undo.Data]
"""How one case's change is taken back: an action of `operations.undo` and its data."""


@dataclass(frozen=True)
class Act:
    """One act. `why_not` says why a case is left out (empty: it is not); `do` changes one case, and raises what its operation raises.
    `right` is what doing it to several needs.
    """

    why_not: Callable[[Case, User], str]
    do: Callable[[Case, Values, User, datetime], Step | None]
    right: Action = Action.BULK


def _needs(action: Action, *, closed: bool = False) -> Callable[[Case, User], str]:
    """Left out where the role does not allow it, or the case's state."""

    def why_not(case: Case, by: User) -> str:
        if not permissions.can_act(by, action, case):
            return _("Your role does not allow it.")
        if closed != (case.status == CaseStatus.CLOSED):
            return _("It is not closed.") if closed else _("It is closed.")
        return ""

    return why_not


def _needs_hold(case: Case, by: User) -> str:
    """For acts that end a case: one's own, or one that nobody holds and that one may take."""
    if case.status == CaseStatus.CLOSED:
        return _("It is closed.")
    if case.status not in (CaseStatus.NEW, CaseStatus.IN_REVIEW):
        return _("It is %(status)s.") % {"status": case.get_status_display().lower()}
    if case.is_legal_hold:
        return _("It is under legal hold.")
    if case.assignee_id is None:
        return "" if permissions.can_act(by, Action.CASE_CLAIM, case) else _("Your role does not allow it.")
    return "" if permissions.can_act(by, Action.CASE_CLOSE, case) else _("Somebody else holds it.")


def _assign_why_not(case: Case, by: User) -> str:
    if case.status == CaseStatus.CLOSED:
        return _("It is closed.")
    if permissions.can_act(by, Action.CASE_ASSIGN, case):
        return ""
    if case.assignee_id is None and permissions.can_act(by, Action.CASE_CLAIM, case):
        return ""
    return _("Only a lead gives it to somebody.")


def _severity_why_not(case: Case, by: User) -> str:
    if case.status == CaseStatus.CLOSED:
        return _("It is closed.")
    return "" if permissions.can_act(by, Action.SEVERITY_RAISE, case) else _("Your role does not allow it.")


def _ask_why_not(case: Case, by: User) -> str:
    if case.status != CaseStatus.IN_REVIEW:
        return _("It is not in review: claim it first.")
    return "" if case.assignee_id == by.pk else _("Somebody else holds it.")


def _assign(case: Case, values: Values, by: User, at: datetime) -> Step:
    before = case.assignee_id
    assignee = User.objects.filter(pk=values["assignee_id"], is_active=True).first()
    if assignee is None:
        raise Invalid(_("Whoever should get it has no account any more."), code="assignee_not_eligible")
    cases.assign_case(case_id=case.pk, assignee=assignee, by=by, at=at)
    return "case.assign", {"case_id": case.pk, "before_id": before, "after_id": assignee.pk}


def _severity(case: Case, values: Values, by: User, at: datetime) -> Step:
    before = {
        "case_id": case.pk,
        "severity": case.severity,
        "source": case.severity_source,
        "reason": case.severity_reason,
        "set_by_id": case.severity_set_by_id,
        "promised": case.severity_promised,
    }
    changed = cases.change_severity(
        case_id=case.pk, severity=Severity(values["severity"]), reason=values["reason"], by=by, at=at
    )
    return "case.severity", before | {"revision": changed.revision}


def _tag(case: Case, values: Values, by: User, at: datetime) -> Step:
    had = set(case.case_tags.values_list("tag__name", flat=True))
    cases.tag_case(case_id=case.pk, add=values["add"], remove=values["remove"], by=by, at=at)
    has = set(case.case_tags.values_list("tag__name", flat=True))
    return "case.tag", {"case_id": case.pk, "added": sorted(has - had), "removed": sorted(had - has)}


def _snooze(case: Case, values: Values, by: User, at: datetime) -> Step:
    until = datetime.fromisoformat(values["until"]) if values["until"] else None
    snoozed = cases.snooze_case(case_id=case.pk, until=until, wake_on=values["wake_on"], by=by, at=at)
    assert snoozed.snoozed_until is not None  # what was just snoozed has an end
    told = {"until": snoozed.snoozed_until.astimezone(UTC).isoformat(), "wake_on": values["wake_on"]}
    return "case.snooze", {"case_id": case.pk, **told}


def _closed(case: Case, before_id: int | None) -> Step:
    return "case.close", {"case_id": case.pk, "assignee_id": before_id, "revision": case.revision}


def _invalid(case: Case, values: Values, by: User, at: datetime) -> Step:
    before, reason = case.assignee_id, InvalidReason(values["reason"])
    return _closed(cases.mark_invalid(case_id=case.pk, reason=reason, note=values["note"], by=by, at=at), before)


def _duplicate(case: Case, values: Values, by: User, at: datetime) -> Step:
    before = case.assignee_id
    return _closed(cases.close_as_duplicate(case_id=case.pk, of_id=values["of_id"], by=by, at=at), before)


def _link(case: Case, values: Values, by: User, at: datetime) -> None:
    cases.link_cases(case_id=case.pk, other_id=values["other_id"], kind=LinkKind(values["kind"]), by=by, at=at)


def _move(case: Case, values: Values, by: User, at: datetime) -> Step | None:
    before = {"queue_id": case.queue_id, "assignee_id": case.assignee_id}
    held_by_other = case.assignee_id not in (None, by.pk)
    may_give_back = not held_by_other or permissions.can_act(by, Action.CASE_ASSIGN, case)
    cases.move_to_queue(case_id=case.pk, queue_id=values["queue_id"], reason=values["reason"], by=by, at=at)
    if values["queue_id"] == before["queue_id"] or not may_give_back:
        return None
    return "case.move", {"case_id": case.pk, "to_id": values["queue_id"], **before}


def _ask(case: Case, values: Values, by: User, at: datetime) -> Step | None:
    written = comments.request_info(case_id=case.pk, question=values["question"], by=by, at=at)
    return (comments.UNDO_ACTION, dict(written.undo.data)) if written.undo is not None else None


def _reopen(case: Case, values: Values, by: User, at: datetime) -> None:
    cases.reopen_case(case_id=case.pk, reason=values["reason"], by=by, at=at)


ACTS: dict[str, Act] = {
    "assign": Act(_assign_why_not, _assign),
    "severity": Act(_severity_why_not, _severity),
    "tag": Act(_needs(Action.CASE_EDIT), _tag),
    "snooze": Act(_needs(Action.CASE_EDIT), _snooze),
    "invalid": Act(_needs_hold, _invalid),
    "duplicate": Act(_needs_hold, _duplicate),
    "link": Act(_needs(Action.CASE_EDIT), _link),
    "move": Act(_needs(Action.CASE_EDIT), _move),
    "ask": Act(_ask_why_not, _ask),
    "reopen": Act(_needs(Action.CASE_REOPEN, closed=True), _reopen),
    appeal_families.NAME: Act(appeal_families.why_not, appeal_families.review_one, Action.APPEAL_DECIDE),
}

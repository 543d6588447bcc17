"""Who may do what to a case: the matrix's reach (accounts.roles) made concrete (own queue, own case, severity, labels)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Compartment, ServiceKey, User
from accounts.permissions import can
from accounts.roles import Action, Reach, Role
from core.errors import NotPermitted
from escalations.lifecycle import ApprovalWhy, CaseStatus, EntityRole, Harm, Severity
from escalations.models import Approval, BulkAct, Case

# Actions whose "own" reach ends at the case a person holds; for the others "own" is any case of their queues.
_NEEDS_HOLDING = frozenset({Action.CASE_DECIDE, Action.CASE_CLOSE})
# What a submitter may still change stops when triage starts.
_UNTIL_TRIAGE = frozenset({Action.CASE_EDIT, Action.SEVERITY_RAISE})


def can_act(actor: Actor, action: Action, case: Case) -> bool:
    """Whether `actor` may do `action` to `case`, which is already known to be visible to them. The system may."""
    if actor is None:
        return True
    if not can(actor, action):
        return False
    reach = actor.reach(action)
    if reach is Reach.PARTIAL:
        return False
    if not holds_labels(actor, case):
        return False
    if not actor.is_internal:
        return case.organization_id == actor.organization_id and (
            action not in _UNTIL_TRIAGE or case.status == CaseStatus.NEW
        )
    if reach is Reach.ALL or isinstance(actor, ServiceKey):
        return True
    if action is Action.CASE_MERGE and case.severity < Severity.S2:
        return False
    if action in _NEEDS_HOLDING:
        return case.assignee_id == actor.pk
    return case.assignee_id == actor.pk or in_own_queue(actor, case)


def check_can_act(actor: Actor, action: Action, case: Case) -> None:
    """Raises `NotPermitted`, naming the rule, unless `can_act`."""
    if not can_act(actor, action, case):
        needs_claim = action in _NEEDS_HOLDING and isinstance(actor, User) and can(actor, action)
        detail = (
            _("Claim %(ref)s first: only who holds a case may do this.") % {"ref": case.ref}
            if needs_claim and case.assignee_id != actor.pk  # type: ignore[union-attr]
            else _("Your role does not allow this (%(rule)s).") % {"rule": action.value}
        )
        raise NotPermitted(detail, rule=action.value)


def can_approve(actor: User, approval: Approval) -> bool:
    """Whether `actor` may be the second person: never who asked, never who sent the case in. Needs `case` and `rule`.

    The case is already known to be visible to them.
    """
    roles = set(approval.rule.roles) if approval.rule is not None else set()
    return (
        approval.asked_by_id != actor.pk
        and approval.case.submitted_by_id != actor.pk
        and can_act(actor, Action.DECISION_APPROVE, approval.case)
        and (not roles or not roles.isdisjoint(actor.access.roles))
        # The matrix's "needs a second person": both of the two hold it, or a specialist proposes and the other one does.
        and (approval.why != ApprovalWhy.S0_TAKEDOWN or can(actor, Action.CASE_DECIDE_S0))
    )


def check_can_approve(actor: User, approval: Approval) -> None:
    """Raises `NotPermitted`, saying which rule, unless `can_approve`."""
    if can_approve(actor, approval):
        return
    if approval.asked_by_id == actor.pk:
        raise NotPermitted(
            _("You asked for this: somebody else answers it."), code="two_person_required", rule="approval.asker"
        )
    if approval.case.submitted_by_id == actor.pk:
        raise NotPermitted(
            _("You sent this case in: somebody else answers."),
            code="separation_of_duties",
            rule="separation_of_duties",
        )
    raise NotPermitted(
        _("Your role does not allow this (%(rule)s).") % {"rule": Action.DECISION_APPROVE.value},
        rule=Action.DECISION_APPROVE.value,
    )


def confirms_bulk(actor: User) -> bool:
    """Whether `actor` may be the second person for an act on many cases of colleagues."""
    return actor.is_internal and actor.reach(Action.DECISION_APPROVE) is Reach.ALL


def can_confirm(actor: User, bulk: BulkAct) -> bool:
    """Whether `actor` may confirm this act on many cases: never who asked; one of the rule's roles where it names some."""
    roles = set(bulk.rule.roles) if bulk.rule is not None else set()
    return (
        bulk.asked_by_id != actor.pk
        and confirms_bulk(actor)
        and (not roles or not roles.isdisjoint(actor.access.roles))
    )


def check_can_confirm(actor: User, bulk: BulkAct) -> None:
    """Raises `NotPermitted`, saying which rule, unless `can_confirm`."""
    if can_confirm(actor, bulk):
        return
    if bulk.asked_by_id == actor.pk:
        raise NotPermitted(
            _("You asked for this: somebody else answers it."), code="two_person_required", rule="approval.asker"
        )
    raise NotPermitted(
        _("Your role does not allow this (%(rule)s).") % {"rule": Action.DECISION_APPROVE.value},
        rule=Action.DECISION_APPROVE.value,
    )


def holds_labels(actor: User | ServiceKey, case: Case) -> bool:
    """Whether the actor holds every compartment of the case (all, never any)."""
    return set(case.compartments) <= actor.access.compartments


def in_own_queue(actor: User, case: Case) -> bool:
    """Whether the case waits in a queue of the actor's teams, or in the default queue."""
    return case.queue.is_default or case.queue.team_id in actor.access.team_ids


def is_child_safety(case: Case) -> bool:
    """Whether material of this case may show child abuse: then no media is rendered outside its own lane (ux.md CAS-14)."""
    return (
        case.harm == Harm.CHILD_SAFETY
        or Compartment.CHILD_SAFETY in case.compartments
        or case.suspected_policy.upper().startswith("CS-CE")
    )


def can_preview(actor: User, case: Case) -> bool:
    """Whether `actor` may ask for the blurred derivative of the case's media."""
    return not is_child_safety(case) and can_act(actor, Action.EVIDENCE_PREVIEW, case)


def can_open_original(actor: User, case: Case) -> bool:
    """Whether `actor` may see original media: never where a second person or break-glass is needed."""
    alone = actor.reach(Action.EVIDENCE_ORIGINAL) in (Reach.ALL, Reach.OWN)
    return alone and not is_child_safety(case) and can_act(actor, Action.EVIDENCE_ORIGINAL, case)


def can_download_original(actor: User, case: Case) -> bool:
    """Whether `actor` may take original files away, with a reason."""
    allowed = actor.reach(Action.EVIDENCE_DOWNLOAD) in (Reach.ALL, Reach.OWN)
    return allowed and not is_child_safety(case) and can_act(actor, Action.EVIDENCE_DOWNLOAD, case)


def can_reveal_identity(actor: User, case: Case, role: str) -> bool:
    """Whether `actor` may see, on asking, whom a masked identity names (permissions.md §5: victims are P2, others P1)."""
    if not can_act(actor, Action.NOTE_WRITE, case):
        return False
    if role != EntityRole.VICTIM:
        return True
    return Role.LEGAL in actor.access.roles or (bool(case.compartments) and holds_labels(actor, case))


def works_in_queues(viewer: User) -> bool:
    """Whether the rail offers the queue to this person."""
    return bool(viewer.is_authenticated and viewer.is_internal and can(viewer, Action.CASE_READ))


def claims_cases(viewer: User) -> bool:
    """Whether the top bar offers "next best" to this person."""
    return bool(viewer.is_authenticated and viewer.is_internal and can(viewer, Action.CASE_CLAIM))


def decides_appeals(viewer: User) -> bool:
    """Whether the rail offers the appeals to this person."""
    return bool(viewer.is_authenticated and viewer.is_internal and can(viewer, Action.APPEAL_DECIDE))

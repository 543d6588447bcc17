"""Blind second decisions under contested clauses: flagging a clause, drawing decisions, answering, and settling what differs."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import can
from accounts.roles import Action
from audit.recording import record
from core.errors import DomainError, FieldProblem, Invalid, NotPermitted
from escalations import events, permissions
from escalations.lifecycle import WITHOUT_CLAUSE, SecondLookState, Verdict
from escalations.models import Case, ContestedClause, Decision, SecondLook
from policies.models import Policy, PolicyVersion

LINE_MAX, WORDS_MAX = 300, 4000


class LookOver(DomainError):
    """Somebody answered or settled it in between."""

    code = "second_look_over"
    title = "This second look is over"


def may_flag(user: User) -> bool:
    """Whether `user` says which clauses are contested: those who write policies, and leads."""
    return can(user, Action.POLICY_DRAFT) or can(user, Action.ROUTING_EDIT)


@transaction.atomic
def flag_clause(*, key: str, share: int, why: str, by: User, at: datetime) -> ContestedClause:
    """Have `share` percent of the decisions under a clause decided a second time, unseen. Flagging it again replaces the share.

    `at` aware UTC; from then on. Records `contested_clause.changed`. Raises `NotPermitted`, `Invalid` (every fault).
    """
    _check_may_flag(by)
    why = " ".join(why.split())
    policy = Policy.objects.select_for_update().filter(key=key.strip().upper()).first()
    problems = []
    if policy is None:
        problems.append(FieldProblem("/key", "unknown", _("No clause has this key: write it as CS-VI-3.2.")))
    if not 1 <= share <= 100:
        problems.append(FieldProblem("/share", "out_of_range", _("Give a share from 1 to 100 percent.")))
    if not why or len(why) > LINE_MAX or "\x00" in why:
        problems.append(FieldProblem("/why", "required", _("Say in a line why people read it differently.")))
    if problems or policy is None:
        raise Invalid(errors=problems)
    ContestedClause.objects.filter(policy=policy, ended_at=None).update(ended_at=at, ended_by=by)
    flagged = ContestedClause.objects.create(policy=policy, share=share, why=why, set_by=by, set_at=at)
    _tell(policy, by=by, at=at, share=share)
    return flagged


@transaction.atomic
def unflag_clause(*, key: str, by: User, at: datetime) -> None:
    """Draw no more decisions under a clause; what waits stays. Records `contested_clause.changed`. Raises `NotPermitted`."""
    _check_may_flag(by)
    policy = Policy.objects.select_for_update().filter(key=key).first()
    if policy is not None and ContestedClause.objects.filter(policy=policy, ended_at=None).update(
        ended_at=at, ended_by=by
    ):
        _tell(policy, by=by, at=at, share=0)


def draw(decision: Decision, case: Case, *, at: datetime) -> SecondLook | None:
    """Ask for a second look at a decision that takes effect, where its clause is contested and the share says so.

    In the caller's transaction. Which decisions are drawn follows from their ids: nobody can know or change it. One query.
    """
    if decision.clause is None or case.is_sandbox:
        return None
    share = ContestedClause.objects.filter(policy=decision.clause.policy_id, ended_at=None).values_list(
        "share", flat=True
    )
    percent = share.first()
    if percent is None or decision.public_id.int % 100 >= percent:
        return None
    look = SecondLook.objects.create(
        organization_id=case.organization_id,
        case=case,
        decision=decision,
        first_by_id=decision.decided_by_id,
        asked_at=at,
    )
    record(events.SECOND_LOOK_ASKED, subject=case, by=None, at=at, data={"second_look": str(look.public_id)})
    return look


def can_answer(user: User, look: SecondLook) -> bool:
    """Whether `user` may take the second look: who works in the case's queue and did not decide it or send it in. Needs `case`."""
    return (
        look.state == SecondLookState.WAITING
        and user.pk not in (look.first_by_id, look.case.submitted_by_id)
        and permissions.can_act(user, Action.CASE_CLAIM, look.case)
    )


def can_settle(user: User, look: SecondLook) -> bool:
    """Whether `user` may say which of two decisions stands: a lead or senior who made neither. Needs `case`."""
    return (
        look.state == SecondLookState.DIFFERS
        and user.pk not in (look.first_by_id, look.answered_by_id)
        and permissions.can_act(user, Action.DECISION_APPROVE, look.case)
    )


@transaction.atomic
def answer_look(*, look_id: int, verdict: str, clause_key: str, rationale: str, by: User, at: datetime) -> SecondLook:
    """Decide a second time, unseen; where verdict or clause differ, a lead settles it. Nothing of the case changes.

    `at` aware UTC. Locks the look; records `second_look.answered`. Raises `NotPermitted`, `LookOver`, `Invalid` (every fault),
    `SecondLook.DoesNotExist`.
    """
    look = _locked(look_id)
    if look.state != SecondLookState.WAITING:
        raise LookOver(_("Somebody else has looked at it."))
    if not can_answer(by, look):
        raise NotPermitted(
            _("Who decided first, or does not work in this queue, takes no second look."), rule="second_look"
        )
    rationale, problems = rationale.strip(), []
    clause = None
    if verdict not in Verdict.values:
        problems.append(FieldProblem("/verdict", "required", _("Choose a verdict.")))
    elif Verdict(verdict) not in WITHOUT_CLAUSE:
        # The wording that held when the first was decided: both judge by the same.
        held = PolicyVersion.objects.effective(at=look.decision.decided_at).for_market(look.case.market)
        clause = held.filter(policy__key=clause_key.strip().upper()).order_by("-market").first()
        if clause is None:
            problems.append(FieldProblem("/clause", "unknown", _("Name the clause by its key, as CS-VI-3.2.")))
    if not rationale or len(rationale) > WORDS_MAX or "\x00" in rationale:
        problems.append(FieldProblem("/rationale", "required", _("Say why in a line.")))
    if problems:
        raise Invalid(errors=problems)
    first = look.decision.clause.policy_id if look.decision.clause is not None else None
    second = clause.policy_id if clause is not None else None
    agrees = (verdict, second) == (look.decision.verdict, first)
    look.state = SecondLookState.AGREES if agrees else SecondLookState.DIFFERS
    look.verdict, look.clause, look.rationale = verdict, clause, rationale
    look.answered_by, look.answered_at = by, at
    look.save(update_fields=["state", "verdict", "clause", "rationale", "answered_by", "answered_at"])
    data = {"second_look": str(look.public_id), "agrees": agrees}
    record(events.SECOND_LOOK_ANSWERED, subject=look.case, by=by, at=at, data=data)
    return look


@transaction.atomic
def settle_look(*, look_id: int, first_stands: bool, why: str, by: User, at: datetime) -> SecondLook:
    """Say which of two different decisions is right. The case itself is revised by whoever reopens it, where the first is not.

    `at` aware UTC. Locks the look; records `second_look.settled`. Raises `NotPermitted`, `LookOver`, `Invalid` (no reason).
    """
    look = _locked(look_id)
    if look.state != SecondLookState.DIFFERS:
        raise LookOver(_("There is nothing to settle here."))
    if not can_settle(by, look):
        raise NotPermitted(_("A lead or senior who made neither decision settles it."), rule="second_look.settle")
    why = " ".join(why.split())
    if not why or len(why) > LINE_MAX or "\x00" in why:
        raise Invalid(errors=[FieldProblem("/why", "required", _("Say in a line, at most 300 characters, why."))])
    look.state, look.first_stands, look.settled_why = SecondLookState.SETTLED, first_stands, why
    look.settled_by, look.settled_at = by, at
    look.save(update_fields=["state", "first_stands", "settled_why", "settled_by", "settled_at"])
    data = {"second_look": str(look.public_id), "first_stands": first_stands, "user_id": look.first_by_id}
    record(events.SECOND_LOOK_SETTLED, subject=look.case, by=by, at=at, data=data)
    return look


def _locked(look_id: int) -> SecondLook:
    found = SecondLook.objects.select_for_update(of=("self",)).select_related("case__queue", "decision__clause__policy")
    return found.get(pk=look_id)


def _check_may_flag(by: User) -> None:
    if not may_flag(by):
        raise NotPermitted(_("Those who write policies, and leads, flag contested clauses."), rule="contested_clause")


def _tell(policy: Policy, *, by: User, at: datetime, share: int) -> None:
    data = {"key": policy.key, "share": share}
    record(events.CONTESTED_CHANGED, subject=policy, by=by, at=at, data=data, organization_id=by.organization_id)

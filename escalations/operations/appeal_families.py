"""Reviewing what resembles an overturned decision: an act on many cases, each with an appeal of our own (ux.md §7.22).

What it does to one case and why one is left out stand here; that it runs as a job, asks a second person above a count, keeps what
became of each case and is taken back while it is held is `operations.bulk`, under the name `family`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Action
from core.errors import FieldProblem, Invalid
from escalations import permissions
from escalations.appeal_life import AppealState, Appellant, Grounds, Outcome, window_end
from escalations.lifecycle import ApprovalState, DecisionState
from escalations.models import Appeal, Approval, Case, Decision
from escalations.operations import appeals, undo
from escalations.operations.appeals import LINE_MAX, TEXT_MAX, Request

NAME = "family"  # in `acts.ACTS`
MOST = 1_000
HOLD = timedelta(minutes=15)  # as long as the whole may be undone from its page


def values_of(*, appeal: Appeal, outcome: str, rationale: str) -> dict[str, str]:
    """What the act needs to know, as `bulk` keeps it. Raises `Invalid`: no reason, an outcome that does not exist.

    `outcome` empty files the reviews and leaves them open for somebody else.
    """
    problems = []
    if outcome not in ("", Outcome.OVERTURNED, Outcome.UPHELD):
        problems.append(FieldProblem("/outcome", "not_a_choice", _("Overturn them, uphold them, or only file.")))
    rationale = rationale.replace("\r\n", "\n").strip()
    if not rationale or len(rationale) > TEXT_MAX or "\x00" in rationale:
        detail = _("Say why these are looked at together, in at most 10,000 characters.")
        problems.append(FieldProblem("/rationale", "too_long" if rationale else "required", detail))
    if problems:
        raise Invalid(errors=problems)
    return {"appeal": appeal.ref, "outcome": outcome, "rationale": rationale}


def read_ahead(cases: QuerySet[Case]) -> QuerySet[Case]:
    """`cases` with all that `why_not` asks of each, in four queries for any number."""
    in_force = Prefetch("decisions", Decision.objects.filter(state=DecisionState.EFFECTIVE))
    with_rows: QuerySet[Case] = cases.prefetch_related(in_force).prefetch_related("appeals", "approvals")
    return with_rows.select_related("queue", "organization", "assignee")


def why_not(case: Case, by: User) -> str:
    """Why `by` cannot review the decision in force on a case; empty where they can. At most three queries, none after `read_ahead`."""
    decision = next((one for one in case.decisions.all() if one.state == DecisionState.EFFECTIVE), None)
    if decision is None or decision.effective_at is None:
        return _("No decision is in force on it.")
    if decision.overturned_at is not None:
        return _("Its decision was overturned already.")
    for appeal in case.appeals.all():
        if appeal.decision_id == decision.pk:
            said = {"ref": appeal.ref, "state": AppealState(appeal.state).label}
            return _("It was appealed: %(ref)s, %(state)s.") % said
    if not (permissions.can_act(by, Action.APPEAL_FILE, case) and permissions.can_act(by, Action.APPEAL_DECIDE, case)):
        return _("Your role does not allow it.")
    if timezone.now() > window_end(decision.effective_at) and not permissions.can_act(by, Action.CASE_ASSIGN, case):
        return _("The time to appeal is over: a lead can still take it.")
    return _why_not_by(case, decision, by)


def _why_not_by(case: Case, decision: Decision, by: User) -> str:
    """Who had a hand in a decision never reviews it (`appeals.check_may_decide` says the same of one appeal)."""
    if decision.decided_by_id == by.pk:
        return _("You took its decision: somebody else looks at it.")
    if case.submitted_by_id == by.pk:
        return _("You submitted it: somebody else looks at it.")
    if any(_is_yes_of(one, decision, by) for one in case.approvals.all()):
        return _("You approved its decision: somebody else looks at it.")
    if settings.APPEALS_EXCLUDE_LEADS and appeals.leads(by, decision.decided_by):
        return _("You lead the team of who decided it: somebody outside looks at it.")
    return ""


def _is_yes_of(approval: Approval, decision: Decision, by: User) -> bool:
    return (
        approval.decision_id == decision.pk
        and approval.answered_by_id == by.pk
        and approval.state == ApprovalState.APPROVED
    )


@transaction.atomic
def review_one(case: Case, values: Mapping[str, Any], by: User, at: datetime) -> tuple[str, undo.Data] | None:
    """File our own review of a case's decision and decide it like the appeal of the family, or uphold it; `at` aware UTC.

    Answers how that is taken back while it is held; what is only filed is not. Records what filing, claiming and deciding record.
    Raises what they raise, and `Invalid` where the case does not resemble the family's any more.
    """
    first = Appeal.objects.visible_to(by).select_related("decision").get(ref=values["appeal"])
    alike = case.decisions.filter(
        state=DecisionState.EFFECTIVE, clause_id=first.decision.clause_id, verdict=first.decision.verdict
    )
    if not alike.exists():
        raise Invalid(_("It does not resemble %(ref)s any more.") % {"ref": first.ref})
    rationale = values["rationale"]
    line = " ".join(rationale.split())[:LINE_MAX]  # what a lead says where the time to appeal is over
    filed = appeals.file_appeal(
        case_id=case.pk,
        appellant=Appellant.OWN,
        asked=Request(text=rationale, late_reason=line),
        by=by,
        at=at,
        family=first,
    )
    if not values["outcome"]:
        return None
    appeals.claim_appeal(appeal_id=filed.pk, by=by, at=at)
    outcome = Outcome(values["outcome"])
    grounds = Grounds(first.grounds) if outcome is Outcome.OVERTURNED and first.grounds else None
    judgement = appeals.Judgement(outcome=outcome, rationale=rationale, answer="", grounds=grounds)
    appeals.decide_appeal(appeal_id=filed.pk, judgement=judgement, by=by, at=at, hold=HOLD)
    return appeals.UNDO, {"appeal_id": filed.pk, "go_to": f"/appeals/{filed.ref}/"}

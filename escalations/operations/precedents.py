"""Decisions as precedents: leading cases are named and taken off the shelf, and what was found wrong is a precedent no more."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.recording import record
from core.errors import DomainError, FieldProblem, Invalid
from escalations import events
from escalations.lifecycle import DecisionState
from escalations.models import Case, Decision, LeadingCase
from policies.permissions import check_can_keep_precedents

HOLDING_MAX = 400
FARTHEST = timedelta(days=730)  # a holding is looked at again within two years


class NoPrecedent(DomainError):
    """The decision is not in force, cites no clause, or repeats another one."""

    code = "no_precedent"
    title = "This decision is no precedent"


@transaction.atomic
def name_leading_case(*, decision_id: int, holding: str, review_on: date, by: User, at: datetime) -> LeadingCase:
    """Hold a decision up as an example, or write its holding anew; `review_on` is when somebody looks at it again.

    `at` aware UTC. Locks the case. Records `decision.leading_named`. Raises `NotPermitted`, `NoPrecedent`, `Invalid`.
    """
    check_can_keep_precedents(by)
    case_id = Decision.objects.values_list("case_id", flat=True).get(pk=decision_id)
    case = Case.objects.lock(case_id)
    decision = Decision.objects.select_related("clause__policy").get(pk=decision_id, case=case)
    if (
        decision.state != DecisionState.EFFECTIVE
        or decision.clause is None
        or decision.overturned_at is not None
        or decision.repeats_id is not None
        or case.is_sandbox
    ):
        raise NoPrecedent(_("Only a decision in force, under a clause, can be a leading case."))
    holding = holding.strip()
    problems = []
    if not 0 < len(holding) <= HOLDING_MAX:
        problems.append(FieldProblem("/holding", "required", _("Between 1 and %(n)d characters.") % {"n": HOLDING_MAX}))
    if not at.date() < review_on <= (at + FARTHEST).date():
        problems.append(FieldProblem("/review_on", "out_of_range", _("Choose a date within the next two years.")))
    if problems:
        raise Invalid(errors=problems)
    known = LeadingCase.objects.filter(decision=decision, case=case, removed_at__isnull=True).first()
    leading = known or LeadingCase(organization_id=case.organization_id, case=case, decision=decision)
    leading.holding, leading.review_on, leading.author, leading.written_at = holding, review_on, by, at
    leading.save()
    _note(events.LEADING_CASE_NAMED, case, decision, by, at)
    return leading


@transaction.atomic
def remove_leading_case(*, decision_id: int, by: User, at: datetime) -> None:
    """Take a decision off the leading cases; it stays a precedent. `at` aware UTC. Records `decision.leading_removed`."""
    check_can_keep_precedents(by)
    case_id = Decision.objects.values_list("case_id", flat=True).get(pk=decision_id)
    case = Case.objects.lock(case_id)
    decision = Decision.objects.select_related("clause__policy").get(pk=decision_id, case=case)
    live = LeadingCase.objects.filter(decision=decision, case=case, removed_at__isnull=True).first()
    if live is None:
        return
    live.removed_at, live.removed_by = at, by
    live.save(update_fields=["removed_at", "removed_by"])
    _note(events.LEADING_CASE_REMOVED, case, decision, by, at)


@transaction.atomic
def overturn_precedent(*, decision: Decision, by: User | None, at: datetime, cause: str = "appeal") -> Decision:
    """Mark a decision as wrong, so that it shows struck through wherever it is a precedent. The caller has checked the right to.

    `at` aware UTC; `cause` is `appeal` or `revision`. Call it with the case locked. Records `decision.overturned` once.
    """
    decision = (
        Decision.objects.select_for_update(of=("self",)).select_related("clause__policy", "case").get(pk=decision.pk)
    )
    if decision.overturned_at is not None or decision.effective_at is None:
        return decision
    decision.overturned_at = at
    decision.save(update_fields=["overturned_at"])
    _note(events.PRECEDENT_OVERTURNED, decision.case, decision, by, at, cause=cause)
    return decision


def _note(kind: str, case: Case, decision: Decision, by: User | None, at: datetime, **more: str) -> None:
    clause = decision.clause.citation if decision.clause is not None else ""
    record(kind, subject=case, by=by, at=at, data={"decision": str(decision.public_id), "clause": clause} | more)

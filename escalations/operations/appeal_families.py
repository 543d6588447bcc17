"""Reviewing what resembles an overturned decision: one judgement for several, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import DomainError, FieldProblem, Invalid
from escalations.appeal_life import Appellant, Grounds, Outcome
from escalations.models import Appeal, Case
from escalations.operations import appeals

MOST = 100


@dataclass(frozen=True)
class Result:
    """What became of one case of the family: its new appeal, or why nothing was changed."""

    case_ref: str
    appeal: Appeal | None = None
    problem: str = ""


def review(
    *, appeal: Appeal, case_refs: Sequence[str], outcome: str, rationale: str, by: User, at: datetime
) -> list[Result]:
    """File our own review of each case's decision and decide it like `appeal`, or uphold it; at most 100 at once.

    `at` is aware UTC; `outcome` empty files the reviews and leaves them open. Each case stands for itself: one that is refused
    (somebody else appealed, the viewer took that decision, not theirs to see) is answered with its reason and harms no other.
    Records what filing, claiming and deciding record. Raises `Invalid` before anything is changed: no case, too many, no
    reason, an outcome that does not exist.
    """
    _check(case_refs, outcome, rationale)
    results = []
    found = Case.objects.visible_to(by).filter(ref__in=case_refs).in_bulk(field_name="ref")
    for ref in case_refs:
        case = found.get(ref)
        if case is None:
            results.append(Result(ref, problem=_("There is no such case.")))
            continue
        try:
            results.append(Result(ref, _one(appeal, case, outcome, rationale, by=by, at=at)))
        except DomainError as error:
            detail = error.errors[0].detail if isinstance(error, Invalid) and error.errors else error.detail
            results.append(Result(ref, problem=str(detail)))
    return results


def _check(case_refs: Sequence[str], outcome: str, rationale: str) -> None:
    if not case_refs:
        raise Invalid(errors=[FieldProblem("/case", "required", _("Choose the decisions to look at again."))])
    if len(case_refs) > MOST:
        raise Invalid(errors=[FieldProblem("/case", "too_many", _("At most 100 at once."))])
    if outcome not in ("", *Outcome.values) or outcome == Outcome.PARTIAL:
        raise Invalid(errors=[FieldProblem("/outcome", "not_a_choice", _("Overturn them, uphold them, or only file."))])
    if not rationale.strip():
        raise Invalid(errors=[FieldProblem("/rationale", "required", _("Say why these are looked at together."))])


@transaction.atomic
def _one(appeal: Appeal, case: Case, outcome: str, rationale: str, *, by: User, at: datetime) -> Appeal:
    asked = appeals.Request(text=rationale)
    filed = appeals.file_appeal(case_id=case.pk, appellant=Appellant.OWN, asked=asked, by=by, at=at, family=appeal)
    if not outcome:
        return filed
    appeals.claim_appeal(appeal_id=filed.pk, by=by, at=at)
    grounds = Grounds(appeal.grounds) if outcome == Outcome.OVERTURNED and appeal.grounds else None
    judgement = appeals.Judgement(outcome=Outcome(outcome), rationale=rationale, answer="", grounds=grounds)
    return appeals.decide_appeal(appeal_id=filed.pk, judgement=judgement, by=by, at=at)

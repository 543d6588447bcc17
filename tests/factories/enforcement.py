"""Subjects, decisions in force and enforcement actions for tests."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from accounts.models import User
from accounts.roles import Role
from core.clock import db_now
from escalations.appeal_life import AppealState
from escalations.lifecycle import CaseStatus, DecisionState, EntityKind, EntityRole, Verdict
from escalations.models import Appeal, Case, CaseEntity, Decision, EnforcementAction, Entity, SlaTimer
from escalations.operations import appeals, decisions, handing_over, strikes, timers
from escalations.operations.decisions import Ruling
from policies.models import PolicyVersion
from tests.factories.cases import make_case
from tests.factories.people import NOON, make_user
from tests.factories.policies import make_version

_number = itertools.count(1)
LADDER = {
    "organic": [
        [{"type": "content_remove"}, {"type": "strike"}],
        [{"type": "content_remove"}, {"type": "feature_block", "days": 7}, {"type": "strike"}],
        [{"type": "account_disable"}],
    ]
}


def make_entity(*, kind: str = EntityKind.ACCOUNT, **fields: Any) -> Entity:
    number = next(_number)
    fields.setdefault("platform", "orbit")
    fields.setdefault("key", f"{kind}-{number}")
    return Entity.objects.create(kind=kind, first_seen_at=NOON, **fields)


def add_subject(
    case: Case, entity: Entity | None = None, *, kind: str = EntityKind.ACCOUNT, role: str = EntityRole.VIOLATOR
) -> Entity:
    entity = entity or make_entity(kind=kind)
    CaseEntity.objects.create(
        organization_id=case.organization_id, case=case, entity=entity, role=role, added_at=case.received_at
    )
    return entity


def make_subject_case(*, person: User | None = None, **fields: Any) -> tuple[Case, User, Entity, Entity]:
    """A case that a person holds, about an account and a post of it."""
    person = person or make_user(roles=[Role.LEAD])
    case = make_case(assignee=person, status=CaseStatus.IN_REVIEW, **fields)
    return case, person, add_subject(case), add_subject(case, kind=EntityKind.POST, role=EntityRole.ASSET)


def decide(
    case: Case,
    person: User,
    *,
    actions: tuple[str, ...] = ("content_remove",),
    clause: PolicyVersion | None = None,
    verdict: Verdict = Verdict.REMOVE,
    at: datetime = NOON,
) -> Decision:
    """Decide and let the hold pass: the decision is in force, its actions are queued."""
    strikes.ensure_first(at=NOON)
    clause = clause or make_version(ladder=LADDER)
    elements = ("target",) if verdict in decisions.TAKEDOWNS else ()
    ruling = Ruling(
        verdict=verdict,
        clause_id=clause.pk,
        elements=elements,
        actions=actions,
        deviation="other",
        rationale="Seen, and it is so.",
    )
    decision = decisions.decide_case(case_id=case.pk, by=person, at=at, ruling=ruling)
    timers.fire_of_case(case.pk, until=decision.hold_until)
    decision.refresh_from_db()
    case.refresh_from_db()
    return decision


def make_action(**fields: Any) -> EnforcementAction:
    """A queued action of a decision in force, on the post of a new case."""
    case, person, _account, _post = make_subject_case(**fields)
    decision = decide(case, person)
    return EnforcementAction.objects.get(decision=decision)


def decided_submission(ref: str) -> Case:
    """The case of a submission, decided by a lead five minutes ago and in force."""
    person = make_user(roles=[Role.LEAD])
    found = Case.objects.get(ref=ref)
    Case.objects.filter(pk=found.pk).update(status="in_review", assignee=person, claimed_at=db_now())
    found.refresh_from_db()
    if not found.subjects.exists():
        add_subject(found)
    decide(found, person, actions=(), at=db_now() - timedelta(minutes=5))
    return found


def end_hold(case: Case) -> None:
    """Let the seconds of a case's held decision and of its held appeals be over now, for an engine that runs on real time."""
    now = db_now()
    Decision.objects.filter(case=case, state=DecisionState.HELD).update(hold_until=now)
    held = Appeal.objects.filter(case=case, state=AppealState.DECIDED)
    held.update(hold_until=now)
    of_case = Q(object_type=Case.clock_type, object_id=case.pk, kind=decisions.HOLD_TIMER)
    of_appeals = Q(object_type=Appeal.clock_type, object_id__in=held.values("pk"), kind=appeals.HOLD_TIMER)
    SlaTimer.objects.filter(of_case | of_appeals, state="armed").update(due_at=now)


def confirm_all(case: Case) -> bool:
    """Answer, as the platform, that everything queued for a case is done; whether the case is closed then."""
    for action in EnforcementAction.objects.filter(case=case, state="queued"):
        handing_over.answer(
            action_id=action.pk, accepted=True, foreign_id=f"p-{action.pk}", reason="", by=None, at=db_now()
        )
    return Case.objects.get(pk=case.pk).status == CaseStatus.CLOSED

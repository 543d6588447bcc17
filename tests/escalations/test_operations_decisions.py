from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.roles import Role
from audit import recording
from audit.models import Event, OutboxMessage
from core.errors import Invalid, NotPermitted
from escalations.lifecycle import CaseStatus, DecisionState, Resolution, Severity, TransitionNotAllowed, Verdict
from escalations.models import Decision, Draft, SlaTimer
from escalations.operations import decisions, timers
from escalations.operations.decisions import Ruling
from tests.factories.cases import make_case
from tests.factories.people import NOON, make_user
from tests.factories.policies import make_version

pytestmark = pytest.mark.django_db
AFTER = NOON + timedelta(seconds=11)


def held_case(**fields):
    person = fields.pop("person", None) or make_user()
    return make_case(assignee=person, status=CaseStatus.IN_REVIEW, **fields), person


def remove(clause=None, **more):
    clause = clause or make_version()
    return Ruling(verdict=Verdict.REMOVE, clause_id=clause.pk, elements=["target"], **more)


def test_a_decision_is_held_then_takes_effect_and_closes_the_case():
    case, person = held_case()

    decision = decisions.decide_case(case_id=case.pk, by=person, at=NOON, ruling=remove())
    fired_early = timers.fire_due_timers(at=NOON + timedelta(seconds=9))
    fired = timers.fire_due_timers(at=AFTER)

    case.refresh_from_db()
    decision.refresh_from_db()
    assert (fired_early, fired) == (0, 1)
    assert (case.status, case.resolution) == (CaseStatus.CLOSED, Resolution.VIOLATING_REMOVED)
    assert decision.state == DecisionState.EFFECTIVE
    kinds = list(Event.objects.filter(subject_id=case.pk).order_by("id").values_list("kind", flat=True))
    assert kinds == ["decision.made", "decision.effective", "case.closed"]


def test_undo_within_the_hold_puts_everything_back():
    case, person = held_case()
    decision = decisions.decide_case(case_id=case.pk, by=person, at=NOON, ruling=remove())

    decisions.undo_decision(decision_id=decision.pk, by=person, at=NOON + timedelta(seconds=9))
    fired = timers.fire_due_timers(at=AFTER)

    case.refresh_from_db()
    assert fired == 0
    assert (case.status, case.assignee, case.decided_at) == (CaseStatus.IN_REVIEW, person, None)
    assert not SlaTimer.objects.filter(object_id=case.pk, state="armed", kind="hold").exists()


def test_undo_at_the_instant_the_hold_ends_is_too_late():
    case, person = held_case()
    decision = decisions.decide_case(case_id=case.pk, by=person, at=NOON, ruling=remove())

    with pytest.raises(decisions.UndoOver):
        decisions.undo_decision(decision_id=decision.pk, by=person, at=decision.hold_until)


def test_only_the_decider_undoes():
    case, person = held_case()
    decision = decisions.decide_case(case_id=case.pk, by=person, at=NOON, ruling=remove())

    with pytest.raises(NotPermitted):
        decisions.undo_decision(decision_id=decision.pk, by=make_user(roles=[Role.LEAD]), at=NOON)


def test_only_who_holds_the_case_decides_it():
    case, _person = held_case()

    with pytest.raises(NotPermitted, match="Claim"):
        decisions.decide_case(case_id=case.pk, by=make_user(), at=NOON, ruling=remove())


def test_the_second_to_decide_is_told_who_was_first():
    case, person = held_case()
    decisions.decide_case(case_id=case.pk, by=person, at=NOON, ruling=remove())

    with pytest.raises(decisions.AlreadyDecided) as refused:
        decisions.decide_case(case_id=case.pk, by=make_user(roles=[Role.LEAD]), at=NOON, ruling=remove())

    assert refused.value.decision.decided_by == person


def test_nobody_decides_what_they_sent_in():
    person = make_user()
    case, _same = held_case(person=person, submitted_by=person)

    with pytest.raises(NotPermitted) as refused:
        decisions.decide_case(case_id=case.pk, by=person, at=NOON, ruling=remove())

    assert refused.value.given_code == "separation_of_duties"


@pytest.mark.parametrize("verdict", list(Verdict))
def test_which_verdicts_need_a_clause(verdict):
    case, person = held_case()
    ruling = Ruling(verdict=verdict, rationale="Because.")

    if verdict in (Verdict.INSUFFICIENT_INFO, Verdict.POLICY_GAP):
        assert decisions.decide_case(case_id=case.pk, by=person, at=NOON, ruling=ruling).clause is None
    else:
        with pytest.raises(Invalid) as refused:
            decisions.decide_case(case_id=case.pk, by=person, at=NOON, ruling=ruling)
        assert [problem.pointer for problem in refused.value.errors] == ["/clause"]


@pytest.mark.parametrize(("start", "end"), [(NOON + timedelta(seconds=1), None), (NOON - timedelta(days=9), NOON)])
def test_a_clause_not_in_force_at_that_instant_is_refused(start, end):
    case, person = held_case()
    clause = make_version(start=start, end=end, state="scheduled" if end is None else "retired")

    with pytest.raises(Invalid):
        decisions.decide_case(case_id=case.pk, by=person, at=NOON, ruling=remove(clause))


def test_the_database_refuses_a_clause_that_was_not_in_force():
    case, person = held_case()
    decision = decisions.decide_case(case_id=case.pk, by=person, at=NOON, ruling=remove())
    later = make_version(start=NOON + timedelta(days=1), state="scheduled")

    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(clause=later)


def test_every_wrong_value_is_named_at_once():
    case, person = held_case(severity=Severity.S1)
    ruling = Ruling(
        verdict=Verdict.REMOVE, clause_id=make_version().pk, elements=["nonsense"], secondary_ids=[0, 1, 2, 3]
    )

    with pytest.raises(Invalid) as refused:
        decisions.decide_case(case_id=case.pk, by=person, at=NOON, ruling=ruling)

    assert {problem.pointer for problem in refused.value.errors} == {"/elements", "/secondary", "/rationale"}


def test_deciding_drops_the_draft_and_leaves_others():
    case, person = held_case()
    other = make_user()
    for user in (person, other):
        Draft.objects.create(organization_id=case.organization_id, case=case, user=user, kind="decision", saved_at=NOON)

    decisions.decide_case(case_id=case.pk, by=person, at=NOON, ruling=remove())

    assert list(Draft.objects.filter(case=case).values_list("user", flat=True)) == [other.pk]


def test_a_new_case_cannot_be_decided_without_being_taken_up():
    case = make_case()

    with pytest.raises((NotPermitted, TransitionNotAllowed)):
        decisions.decide_case(case_id=case.pk, by=make_user(roles=[Role.LEAD]), at=NOON, ruling=remove())


def test_a_decision_changes_nothing_when_its_event_cannot_be_written(monkeypatch):
    case, person = held_case()

    def fail(*_args, **_kwargs):
        raise IntegrityError("no events today")

    monkeypatch.setattr(recording, "write", fail)
    with pytest.raises(IntegrityError):
        decisions.decide_case(case_id=case.pk, by=person, at=NOON, ruling=remove())

    case.refresh_from_db()
    assert case.status == CaseStatus.IN_REVIEW
    assert not Decision.objects.filter(case=case).exists()
    assert not OutboxMessage.objects.filter(event__subject_id=case.pk).exists()


def test_two_held_decisions_are_impossible_past_python():
    case, person = held_case()
    decision = decisions.decide_case(case_id=case.pk, by=person, at=NOON, ruling=remove())

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO escalations_decision (public_id, organization_id, case_id, state, verdict, clause_id, elements,"
            " exceptions, actions, rationale, public_rationale, confidence, provenance, decided_by_id, decided_at, hold_until)"
            " SELECT gen_random_uuid(), organization_id, case_id, state, verdict, clause_id, elements, exceptions, actions,"
            " rationale, public_rationale, confidence, provenance, decided_by_id, decided_at, hold_until"
            " FROM escalations_decision WHERE id = %s",
            [decision.pk],
        )

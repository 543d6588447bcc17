"""What a decision has done: actions queued as it takes effect, kept or taken back by the next one, ended in time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.roles import Role
from audit.models import Event
from core.errors import Invalid, NotPermitted
from escalations.enforcement_life import HandOffNotAllowed, HandOffState, Source, read_step
from escalations.lifecycle import CaseStatus, EntityKind, EntityRole, Resolution, TransitionNotAllowed, Verdict
from escalations.models import Case, EnforcementAction, Strike
from escalations.operations import closing, decisions, enforcement, hand_offs, handing_over, timers
from escalations.operations.decisions import Ruling
from policies.lifecycle import ActionType
from tests.factories.cases import make_case
from tests.factories.enforcement import LADDER, add_subject, decide, make_action, make_subject_case
from tests.factories.people import NOON, make_user
from tests.factories.policies import make_version

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def confirm(case, *, at=NOON + timedelta(minutes=1)):
    for action in EnforcementAction.objects.filter(case=case, state__in=("queued", "sent")):
        handing_over.answer(action_id=action.pk, accepted=True, foreign_id=f"p-{action.pk}", reason="", by=None, at=at)
    case.refresh_from_db()


def rows(case):
    return sorted(EnforcementAction.objects.filter(case=case).values_list("type", "entity__kind", "source", "state"))


def test_nothing_is_queued_while_a_decision_is_held_and_undo_sends_nothing():
    case, person, _account, _post = make_subject_case()
    clause = make_version(ladder=LADDER)
    ruling = Ruling(
        verdict=Verdict.REMOVE, clause_id=clause.pk, elements=["target"], actions=["content_remove", "strike"]
    )

    decision = decisions.decide_case(case_id=case.pk, by=person, at=NOON, ruling=ruling)
    held = EnforcementAction.objects.count()
    decisions.undo_decision(decision_id=decision.pk, by=person, at=NOON + timedelta(seconds=5))
    timers.fire_due_timers(at=LATER)

    assert held == 0
    assert EnforcementAction.objects.count() == 0


def test_an_effective_decision_queues_each_action_on_what_it_is_done_to():
    case, person, account, post = make_subject_case()

    decision = decide(case, person, actions=("content_remove", "feature_block:7", "strike"))

    made = {(a.type, a.entity_id): a for a in EnforcementAction.objects.filter(decision=decision)}
    assert set(made) == {("content_remove", post.pk), ("feature_block", account.pk), ("warning", account.pk)}
    assert made["feature_block", account.pk].ends_at == decision.effective_at + timedelta(days=7)
    assert made["warning", account.pk].source == Source.THRESHOLD  # the first strike
    assert {action.state for action in made.values()} == {HandOffState.QUEUED}


def test_a_case_stays_decided_until_the_platform_confirmed_everything():
    case, person, _account, _post = make_subject_case()
    decide(case, person, actions=("content_remove", "feature_block:7"))
    first, second = EnforcementAction.objects.filter(case=case).order_by("pk")
    before = case.status

    handing_over.answer(action_id=first.pk, accepted=True, foreign_id="p-1", reason="", by=None, at=LATER)
    case.refresh_from_db()
    between = case.status
    handing_over.answer(action_id=second.pk, accepted=True, foreign_id="p-2", reason="", by=None, at=LATER)
    case.refresh_from_db()

    assert (before, between) == (CaseStatus.DECIDED, CaseStatus.DECIDED)
    assert (case.status, case.resolution) == (CaseStatus.CLOSED, Resolution.VIOLATING_REMOVED)


def test_a_case_that_names_nothing_closes_at_once():
    person = make_user()
    case = make_case(assignee=person, status=CaseStatus.IN_REVIEW)

    decide(case, person)

    assert case.status == CaseStatus.CLOSED
    assert EnforcementAction.objects.count() == 0


@pytest.mark.parametrize("role", [EntityRole.VICTIM, EntityRole.REPORTER, EntityRole.BYSTANDER])
def test_nothing_is_ever_done_to_a_victim_a_reporter_or_a_bystander(role):
    person = make_user()
    case = make_case(assignee=person, status=CaseStatus.IN_REVIEW)
    add_subject(case, role=role)

    decide(case, person, actions=("content_remove", "strike"))

    assert EnforcementAction.objects.count() == Strike.objects.count() == 0


def test_sandbox_cases_reach_no_platform():
    case, person, _account, _post = make_subject_case(is_sandbox=True)

    decide(case, person, actions=("content_remove", "strike"))

    assert EnforcementAction.objects.count() == Strike.objects.count() == 0


def test_a_cluster_acts_on_its_members_things_too():
    case, person, _account, post = make_subject_case(cluster_size=1)
    member = make_case(status=CaseStatus.CLOSED, resolution="merged", parent=case)
    other = add_subject(member, kind=EntityKind.POST)
    decisions.view_sample(parent=case, child=member, by=person, at=NOON)

    decision = decide(case, person)

    assert set(EnforcementAction.objects.filter(decision=decision).values_list("entity", flat=True)) == {
        post.pk,
        other.pk,
    }


@pytest.mark.parametrize(
    "fields",
    [{"is_legal_hold": True}, {"is_high_profile": True}, {"severity": 0}],
)
def test_a_member_that_does_not_get_its_clusters_decision_is_left_alone(fields):
    case, person, _account, post = make_subject_case(cluster_size=1)
    member = make_case(status=CaseStatus.CLOSED, resolution="merged", parent=case)
    add_subject(member, kind=EntityKind.POST)
    decisions.view_sample(parent=case, child=member, by=person, at=NOON)
    Case.objects.filter(pk=member.pk).update(**fields)

    decision = decide(case, person)

    assert list(EnforcementAction.objects.filter(decision=decision).values_list("entity", flat=True)) == [post.pk]


# -- The database's own rules ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("change", [{"key": "enf_other"}, {"type": "account_disable"}, {"markets": ["DE"]}])
def test_what_an_action_asks_for_never_changes(change):
    action = make_action()

    with pytest.raises(IntegrityError), transaction.atomic():
        EnforcementAction.objects.filter(pk=action.pk).update(**change)


def test_what_was_confirmed_stays_so():
    action = make_action()
    handing_over.answer(action_id=action.pk, accepted=True, foreign_id="p-1", reason="", by=None, at=LATER)

    with pytest.raises(IntegrityError), transaction.atomic():
        EnforcementAction.objects.filter(pk=action.pk).update(state="queued", settled_at=None)


def test_the_database_refuses_to_close_a_case_over_an_open_hand_off():
    action = make_action()

    with pytest.raises(IntegrityError, match="not confirmed"), transaction.atomic():
        Case.objects.filter(pk=action.case_id).update(status="closed", resolution="violating_removed", closed_at=NOON)


@pytest.mark.parametrize(
    "change",
    [
        {"state": "accepted", "settled_at": NOON},
        {"state": "refused", "settled_at": NOON},
        {"state": "ambiguous"},
        {"state": "sent"},
        {"state": "sending"},
        {"closed_over_at": NOON},
        {"ended_at": NOON},
        {"resolved_why": "because"},
        {"served_s": 5},
    ],
)
def test_half_a_state_is_refused(change):
    action = make_action()

    with pytest.raises(IntegrityError), transaction.atomic():
        EnforcementAction.objects.filter(pk=action.pk).update(**change)


def test_an_action_belongs_to_its_decisions_case():
    action, other = make_action(), make_case()

    with pytest.raises(IntegrityError, match="own case"), transaction.atomic():
        EnforcementAction.objects.create(
            organization_id=other.organization_id,
            case=other,
            decision_id=action.decision_id,
            source="decision",
            entity=action.entity,
            type="content_remove",
            key="enf_x",
            queued_at=NOON,
        )


# -- The next decision -------------------------------------------------------------------------------------------------
def revise(case, person, *, actions, verdict=Verdict.REMOVE, clause=None, at=LATER):
    decisions.revise_case(case_id=case.pk, reason="Looked again.", by=person, at=at)
    case.refresh_from_db()
    return decide(case, person, actions=actions, verdict=verdict, clause=clause, at=at)


def test_a_new_decision_keeps_what_it_repeats_and_takes_back_the_rest():
    case, person, _account, _post = make_subject_case()
    clause = make_version(ladder=LADDER)
    first = decide(case, person, actions=("content_remove", "feature_block:7"), clause=clause)
    confirm(case)

    revise(case, person, actions=("content_remove",), clause=clause)

    kept = EnforcementAction.objects.get(decision=first, type="content_remove")
    gone = EnforcementAction.objects.get(decision=first, type="feature_block", reverses=None)
    lift = EnforcementAction.objects.get(reverses=gone)
    assert kept.ended_at is None
    assert (gone.ended_why, lift.state, lift.source) == ("replaced", "queued", "reversal")
    assert lift.served_s == int(timedelta(minutes=59, seconds=10).total_seconds())
    assert EnforcementAction.objects.filter(case=case, type="content_remove").count() == 1
    assert case.status == CaseStatus.DECIDED  # until the lift is confirmed


def test_time_served_counts_in_a_shorter_measure():
    case, person, _account, _post = make_subject_case()
    ladder = {"organic": [[{"type": "feature_block", "days": 30}], [{"type": "feature_block", "days": 7}]]}
    clause = make_version(ladder=ladder)
    decide(case, person, actions=("feature_block:30",), clause=clause)
    confirm(case, at=NOON + timedelta(seconds=10))
    after = NOON + timedelta(days=5, seconds=10)

    second = revise(case, person, actions=("feature_block:7",), clause=clause, at=after - timedelta(seconds=10))

    shorter = EnforcementAction.objects.get(decision=second, source="decision")
    assert shorter.ends_at == after + timedelta(days=2)


def test_restoring_takes_everything_back_and_refunds_the_strike():
    case, person, _account, _post = make_subject_case()
    clause = make_version(ladder=LADDER)
    decide(case, person, actions=("content_remove", "strike"), clause=clause)
    confirm(case)

    revise(case, person, actions=("restore",), verdict=Verdict.RESTORE, clause=clause)

    assert EnforcementAction.objects.filter(case=case, source="reversal", type="content_remove").count() == 1
    assert not EnforcementAction.objects.filter(
        case=case, type="restore", entity__kind="post"
    ).exists()  # the lift does it
    assert Strike.objects.get(case=case).refunded_at is not None


def test_a_queued_action_that_is_taken_back_is_never_sent():
    case, person, _account, _post = make_subject_case()
    decision = decide(case, person)

    with transaction.atomic():
        done = enforcement.reverse_decision(
            decision, case=Case.objects.lock(case.pk), reason="Overturned.", by=person, at=LATER
        )

    assert [action.state for action in done.cancelled] == ["cancelled"]
    assert done.lifted == []


def test_reversing_twice_changes_nothing_more():
    case, person, _account, _post = make_subject_case()
    decision = decide(case, person)
    confirm(case)

    with transaction.atomic():
        locked = Case.objects.lock(case.pk)
        enforcement.reverse_decision(decision, case=locked, reason="Overturned.", by=person, at=LATER)
        again = enforcement.reverse_decision(decision, case=locked, reason="Overturned.", by=person, at=LATER)

    assert (again.lifted, again.cancelled, again.strikes) == ([], [], [])
    assert EnforcementAction.objects.filter(case=case, source="reversal").count() == 1


# -- Before a decision -------------------------------------------------------------------------------------------------
def mitigate(case, person, **more):
    values = {
        "kind": ActionType.CONTENT_DEMOTE,
        "entity_ids": [],
        "until": NOON + timedelta(days=2),
        "reason": "It spreads while we look.",
    }
    return enforcement.mitigate(case_id=case.pk, by=person, at=NOON, **(values | more))


def test_a_mitigation_ends_by_itself_and_is_lifted():
    case, person, _account, post = make_subject_case()
    [action] = mitigate(case, person)
    handing_over.answer(action_id=action.pk, accepted=True, foreign_id="p-1", reason="", by=None, at=NOON)

    reminded = enforcement.remind_due(at=action.ends_at - timedelta(hours=9))
    early = enforcement.end_due(at=action.ends_at - timedelta(seconds=1))
    ended = enforcement.end_due(at=action.ends_at)
    again = enforcement.end_due(at=action.ends_at)

    lift = EnforcementAction.objects.get(reverses=action)
    assert (action.entity, reminded, early, ended, again) == (post, 1, 0, 1, 0)
    assert (lift.source, lift.state) == (Source.END, HandOffState.QUEUED)
    assert Event.objects.filter(kind="enforcement.ending").count() == 1


def test_a_decision_takes_the_place_of_a_mitigation():
    case, person, _account, _post = make_subject_case()
    [action] = mitigate(case, person)
    handing_over.answer(action_id=action.pk, accepted=True, foreign_id="p-1", reason="", by=None, at=NOON)

    decide(case, person)

    action.refresh_from_db()
    assert action.ended_why == "replaced"
    assert EnforcementAction.objects.filter(reverses=action, state="queued").exists()


def test_asking_twice_for_a_mitigation_makes_one():
    case, person, _account, _post = make_subject_case()

    assert len(mitigate(case, person)) == 1
    assert mitigate(case, person) == []


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({"kind": ActionType.ACCOUNT_DISABLE}, "/type"),
        ({"until": NOON}, "/until"),
        ({"until": NOON + timedelta(days=15)}, "/until"),
        ({"entity_ids": [0]}, "/entities"),
        ({"markets": ["Germany"]}, "/markets"),
        ({"reason": " "}, "/reason"),
        ({"reason": "x" * 301}, "/reason"),
    ],
)
def test_a_mitigation_that_makes_no_sense_is_refused(values, pointer):
    case, person, _account, _post = make_subject_case()

    with pytest.raises(Invalid) as refused:
        mitigate(case, person, **values)

    assert pointer in [problem.pointer for problem in refused.value.errors]
    assert EnforcementAction.objects.count() == 0


def test_a_decided_case_is_not_mitigated():
    action = make_action()

    with pytest.raises(TransitionNotAllowed):
        mitigate(action.case, make_user(roles=[Role.LEAD]))


def test_a_case_does_not_close_while_a_mitigation_is_in_force():
    case, person, _account, _post = make_subject_case()
    [action] = mitigate(case, person)
    handing_over.answer(action_id=action.pk, accepted=True, foreign_id="p-1", reason="", by=None, at=NOON)

    with pytest.raises(hand_offs.HandOffsOpen, match="mitigation"):
        closing.withdraw_case(case_id=case.pk, reason="", by=person, at=LATER)
    enforcement.lift_action(action_id=action.pk, reason="Not needed.", by=person, at=LATER)
    with pytest.raises(hand_offs.HandOffsOpen, match="not confirmed"):
        closing.withdraw_case(case_id=case.pk, reason="", by=person, at=LATER)
    confirm(case, at=LATER)
    closing.withdraw_case(case_id=case.pk, reason="", by=person, at=LATER)

    case.refresh_from_db()
    assert case.status == CaseStatus.CLOSED


def test_what_ended_is_not_lifted_again():
    case, person, _account, _post = make_subject_case()
    [action] = mitigate(case, person)
    enforcement.lift_action(action_id=action.pk, reason="Not needed.", by=person, at=LATER)

    with pytest.raises(HandOffNotAllowed):
        enforcement.lift_action(action_id=action.pk, reason="Not needed.", by=person, at=LATER)


# -- A lead closes over ------------------------------------------------------------------------------------------------
def test_a_lead_says_why_a_case_closes_over_what_is_not_confirmed():
    action = make_action()

    case = hand_offs.close_over(
        case_id=action.case_id, reason="The platform is down for a week.", by=make_user(roles=[Role.LEAD]), at=LATER
    )

    action.refresh_from_db()
    assert case.status == CaseStatus.CLOSED
    assert (action.state, action.closed_over_why) == (HandOffState.QUEUED, "The platform is down for a week.")


@pytest.mark.parametrize("roles", [[Role.SPECIALIST], [Role.SENIOR], [Role.LEGAL], [Role.ADMIN], [Role.AUDITOR]])
def test_only_a_lead_closes_over(roles):
    action = make_action()

    with pytest.raises(NotPermitted):
        hand_offs.close_over(case_id=action.case_id, reason="Enough.", by=make_user(roles=roles), at=LATER)


def test_closing_over_needs_words():
    action = make_action()

    with pytest.raises(Invalid):
        hand_offs.close_over(case_id=action.case_id, reason=" ", by=make_user(roles=[Role.LEAD]), at=LATER)


# -- Steps as decisions keep them --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "key", ["content_remove", "account_suspend:7", "content_disable:30@AT,DE", "content_disable@DE"]
)
def test_a_step_reads_as_it_was_written(key):
    assert read_step(key).key == key


@pytest.mark.parametrize(
    "key",
    [
        "",
        "nothing",
        "account_suspend:",
        "account_suspend:0",
        "content_disable@",
        "x@DE",
        "content_disable@de",
        "warning:9999",
    ],
)
def test_what_is_no_step_is_refused(key):
    with pytest.raises(ValueError):  # noqa: PT011
        read_step(key)

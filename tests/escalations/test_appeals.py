"""Appeals: who may file and decide them, what their clock does, what an outcome changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.roles import Role
from audit.models import Event
from core.clock import db_now
from core.errors import Invalid, NotPermitted
from escalations import events
from escalations.appeal_life import AppealState, Appellant, Grounds, Outcome, window_end
from escalations.demo import appealing
from escalations.lifecycle import ApprovalAbout, ApprovalState, ApprovalWhy, CaseStatus, Severity, Verdict
from escalations.models import Appeal, Approval, Decision, EnforcementAction, SlaClock, SlaTimer, Strike
from escalations.operations import appeal_families, appeals, approvals, bulk, decisions, timers, undo
from escalations.operations.decisions import Ruling
from escalations.selectors.appeals import relatives_of
from tests.factories.cases import make_case
from tests.factories.enforcement import add_subject, decide, make_subject_case
from tests.factories.people import NOON, internal_organization, make_key, make_team, make_user, make_vendor
from tests.factories.policies import make_version

pytestmark = pytest.mark.django_db
EFFECTIVE = NOON + timedelta(seconds=11)
LATER = NOON + timedelta(hours=1)
HELD = timedelta(seconds=11)
WORDS = appeals.Request(text="The licence is attached.")


def decided_case(*, verdict=Verdict.NO_VIOLATION, clause=None, decider=None, **fields):
    """A case with a decision in force and one account as its subject."""
    decider = decider or make_user(name="Deci Der")
    case = make_case(assignee=decider, status=CaseStatus.IN_REVIEW, **fields)
    add_subject(case)
    clause = clause or make_version()
    elements = ["target"] if verdict == Verdict.REMOVE else []
    ruling = Ruling(verdict=verdict, clause_id=clause.pk, elements=elements, rationale="Looked at it.")
    decisions.decide_case(case_id=case.pk, by=decider, at=NOON, ruling=ruling)
    timers.fire_due_timers(at=EFFECTIVE)
    case.refresh_from_db()
    return case, decider


def filed(case, *, appellant=Appellant.SUBJECT, by=None, at=LATER, **fields):
    entity = case.subjects.get().entity_id if appellant is Appellant.SUBJECT else None
    asked = appeals.Request(text="It was not us.", entity_id=entity, **fields)
    return appeals.file_appeal(case_id=case.pk, appellant=appellant, asked=asked, by=by or make_user(), at=at)


def judgement(outcome=Outcome.UPHELD, **more):
    grounds = None if outcome is Outcome.UPHELD else Grounds.ERROR
    return appeals.Judgement(outcome=outcome, rationale="Because.", answer="We looked again.", grounds=grounds, **more)


def held(case, **fields):
    """An appeal with its holder, who may decide it."""
    appeal = filed(case, **fields)
    reviewer = make_user(name="Re Viewer")
    return appeals.claim_appeal(appeal_id=appeal.pk, by=reviewer, at=LATER), reviewer


def test_an_appeal_starts_its_own_clock_and_is_told_on_the_case():
    case, decider = decided_case()

    appeal = filed(case)

    clock = SlaClock.objects.get(object_type="appeal", object_id=appeal.pk)
    assert appeal.ref.startswith("APL-")
    assert appeal.original_decider == decider
    assert clock.due_at == appeal.due_at == LATER + timedelta(days=7)
    assert Event.objects.get(kind=events.APPEAL_FILED).subject_id == case.pk


@pytest.mark.parametrize("fields", [{"severity": Severity.S1}, {"is_high_profile": True}])
def test_what_is_grave_is_in_the_fast_lane_by_itself(fields):
    case, _decider = decided_case(**fields)

    assert filed(case).due_at == LATER + timedelta(days=1)


def test_the_same_party_appeals_a_decision_once():
    case, _decider = decided_case()
    filed(case)

    with pytest.raises(appeals.AppealTaken):
        filed(case)
    first = Appeal.objects.get()
    first.pk, first.ref = None, "APL-1"
    with pytest.raises(IntegrityError), transaction.atomic():
        first.save(force_insert=True)


def test_without_a_decision_in_force_there_is_nothing_to_appeal():
    case = make_case(status=CaseStatus.IN_REVIEW, assignee=make_user())

    with pytest.raises(appeals.NotAppealable):
        appeals.file_appeal(case_id=case.pk, appellant=Appellant.OWN, asked=WORDS, by=make_user(), at=NOON)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (datetime(2026, 1, 10, 8, tzinfo=UTC), (2026, 7, 10)),
        (datetime(2026, 8, 31, 23, tzinfo=UTC), (2027, 2, 28)),
        (datetime(2027, 8, 31, 0, tzinfo=UTC), (2028, 2, 29)),
        (datetime(2026, 6, 30, 0, tzinfo=UTC), (2026, 12, 30)),
    ],
)
def test_the_window_is_six_calendar_months_to_the_end_of_the_day(start, end):
    last = window_end(start)

    assert (last.year, last.month, last.day) == end
    assert (last.hour, last.minute) == (23, 59)
    assert last - start >= timedelta(days=180)


def test_after_the_window_only_a_lead_takes_it_and_says_why():
    case, _decider = decided_case()
    late = window_end(EFFECTIVE) + timedelta(seconds=1)

    with pytest.raises(appeals.NotAppealable):
        filed(case, at=late, late_reason="They were in hospital.")
    with pytest.raises(appeals.NotAppealable):
        filed(case, by=make_user(roles=[Role.LEAD]), at=late)
    taken = filed(case, by=make_user(roles=[Role.LEAD]), at=late, late_reason="They were in hospital.")

    assert taken.late_reason == "They were in hospital."


def test_who_decided_neither_claims_nor_decides_and_the_database_refuses_it_too():
    case, decider = decided_case()
    appeal = filed(case)

    with pytest.raises(NotPermitted):
        appeals.claim_appeal(appeal_id=appeal.pk, by=decider, at=LATER)
    Appeal.objects.filter(pk=appeal.pk).update(assignee=decider)
    with pytest.raises(NotPermitted):
        appeals.decide_appeal(appeal_id=appeal.pk, judgement=judgement(), by=decider, at=LATER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.filter(pk=appeal.pk).update(
            state="decided", outcome="upheld", decided_by=decider, decided_at=LATER, hold_until=LATER
        )


def test_the_copied_decider_cannot_be_made_another():
    case, decider = decided_case()
    appeal = filed(case)

    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.filter(pk=appeal.pk).update(original_decider=make_user())
    appeal.refresh_from_db()
    assert appeal.original_decider == decider


def test_a_lead_of_the_deciders_team_is_kept_out_where_the_setting_says_so(settings):
    team = make_team()
    decider = make_user(teams=[team])
    case, _decider = decided_case(decider=decider)
    appeal = filed(case)
    lead = make_user(roles=[Role.LEAD], teams=[team])

    settings.APPEALS_EXCLUDE_LEADS = True
    with pytest.raises(NotPermitted):
        appeals.claim_appeal(appeal_id=appeal.pk, by=lead, at=LATER)
    settings.APPEALS_EXCLUDE_LEADS = False
    assert appeals.claim_appeal(appeal_id=appeal.pk, by=lead, at=LATER).assignee == lead


def test_two_people_never_hold_one_appeal():
    case, _decider = decided_case()
    appeal, reviewer = held(case)

    with pytest.raises(appeals.AppealTaken):
        appeals.claim_appeal(appeal_id=appeal.pk, by=make_user(), at=LATER)
    assert appeals.claim_appeal(appeal_id=appeal.pk, by=reviewer, at=LATER).assignee == reviewer


def test_the_clock_rests_while_the_appellant_is_asked_and_goes_on_with_what_was_left():
    case, _decider = decided_case()
    appeal, reviewer = held(case)

    appeals.ask_appellant(appeal_id=appeal.pk, question="Which licence?", by=reviewer, at=LATER + timedelta(days=2))
    appeal.refresh_from_db()
    assert (appeal.state, appeal.due_at) == (AppealState.WAITING, None)
    answered = LATER + timedelta(days=30)
    appeals.write_as_appellant(appeal_id=appeal.pk, body="This one.", by=make_user(), at=answered)

    appeal.refresh_from_db()
    assert (appeal.state, appeal.due_at) == (AppealState.OPEN, answered + timedelta(days=5))
    assert [m.direction for m in appeal.messages.order_by("at")] == ["out", "in"]


def test_an_outcome_is_held_then_carried_out_and_the_decider_alone_is_told():
    case, decider = decided_case()
    appeal, reviewer = held(case)

    appeals.decide_appeal(appeal_id=appeal.pk, judgement=judgement(), by=reviewer, at=LATER)
    assert not Event.objects.filter(kind=events.APPEAL_CLOSED).exists()
    timers.fire_due_timers(at=LATER + HELD)

    appeal.refresh_from_db()
    told = Event.objects.get(kind=events.APPEAL_CLOSED)
    assert (appeal.state, appeal.outcome) == (AppealState.CLOSED, Outcome.UPHELD)
    assert told.data["user_id"] == decider.pk
    assert SlaClock.objects.get(object_type="appeal", object_id=appeal.pk).state == "met"
    assert Decision.objects.get(case=case).overturned_at is None


def test_undo_within_the_hold_opens_it_again_with_its_time():
    case, _decider = decided_case()
    appeal, reviewer = held(case)
    appeals.decide_appeal(appeal_id=appeal.pk, judgement=judgement(), by=reviewer, at=LATER)

    appeals.undo_appeal(appeal_id=appeal.pk, by=reviewer, at=LATER + timedelta(seconds=5))
    timers.fire_due_timers(at=LATER + HELD)

    appeal.refresh_from_db()
    assert (appeal.state, appeal.outcome, appeal.assignee) == (AppealState.OPEN, "", reviewer)
    assert appeal.due_at == LATER + timedelta(days=7)
    assert not SlaTimer.objects.filter(object_type="appeal", kind=appeals.HOLD_TIMER, state="armed").exists()


def test_an_overturn_where_nothing_was_done_sends_the_case_back_to_its_queue():
    case, _decider = decided_case(verdict=Verdict.NO_VIOLATION)
    appeal, reviewer = held(case)

    appeals.decide_appeal(appeal_id=appeal.pk, judgement=judgement(Outcome.OVERTURNED), by=reviewer, at=LATER)
    timers.fire_due_timers(at=LATER + HELD)

    case.refresh_from_db()
    assert (case.status, case.assignee, case.reopened_count) == (CaseStatus.NEW, None, 1)
    assert Decision.objects.get(case=case).overturned_at is not None


def test_every_wrong_value_of_an_outcome_is_said_at_once():
    case, _decider = decided_case()
    appeal, reviewer = held(case)
    wrong = appeals.Judgement(outcome=Outcome.OVERTURNED, rationale=" ", answer="")

    with pytest.raises(Invalid) as refused:
        appeals.decide_appeal(appeal_id=appeal.pk, judgement=wrong, by=reviewer, at=LATER)

    assert [problem.pointer for problem in refused.value.errors] == ["/rationale", "/answer", "/grounds"]


def test_a_settled_appeal_takes_nothing_more():
    case, _decider = decided_case()
    appeal, reviewer = held(case)
    appeals.withdraw_appeal(appeal_id=appeal.pk, by=make_user(), at=LATER)

    assert appeals.withdraw_appeal(appeal_id=appeal.pk, by=make_user(), at=LATER).state == AppealState.WITHDRAWN
    with pytest.raises(appeals.AppealSettled):
        appeals.decide_appeal(appeal_id=appeal.pk, judgement=judgement(), by=reviewer, at=LATER)
    with pytest.raises(appeals.AppealSettled):
        appeals.write_as_appellant(appeal_id=appeal.pk, body="But …", by=make_user(), at=LATER)


def test_a_submitter_appeals_for_itself_and_nobody_elses_key_does():
    vendor = make_vendor()
    case, _decider = decided_case(organization=vendor)
    key, _secret = make_key(organization=vendor, scopes=["appeals:write"])
    other, _secret = make_key(organization=make_vendor(), scopes=["appeals:write"])

    with pytest.raises(NotPermitted):
        filed(case, appellant=Appellant.VENDOR, by=other)
    with pytest.raises(NotPermitted):
        filed(case, appellant=Appellant.VENDOR, by=make_user())
    with pytest.raises(NotPermitted):
        filed(case, appellant=Appellant.OWN, by=key)
    assert filed(case, appellant=Appellant.VENDOR, by=key).filed_by_key == key


def test_messages_never_change():
    case, _decider = decided_case()
    appeal, reviewer = held(case)
    appeals.ask_appellant(appeal_id=appeal.pk, question="Which licence?", by=reviewer, at=LATER)

    with connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():
        cursor.execute("UPDATE escalations_appealmessage SET body = 'other'")


def overturned_with_twins(*, twins=1):
    """An appeal that succeeded, its reviewer, cases that were decided alike, and one that the reviewer decided."""
    clause = make_version()
    case, decider = decided_case(clause=clause)
    alike = [decided_case(clause=clause, decider=decider)[0] for _twin in range(twins)]
    reviewer = make_user(roles=[Role.LEAD])
    mine, _me = decided_case(clause=clause, decider=reviewer)
    appeal = filed(case)
    appeals.claim_appeal(appeal_id=appeal.pk, by=reviewer, at=LATER)
    appeals.decide_appeal(appeal_id=appeal.pk, judgement=judgement(Outcome.OVERTURNED), by=reviewer, at=LATER)
    timers.fire_due_timers(at=LATER + HELD)
    appeal.refresh_from_db()
    return appeal, reviewer, alike, mine


def family_values(appeal, outcome="overturned"):
    return appeal_families.values_of(appeal=appeal, outcome=outcome, rationale="The same mistake.")


def test_what_resembles_an_overturned_decision_is_said_before_and_reviewed_one_by_one():
    appeal, reviewer, (twin, other), mine = overturned_with_twins(twins=2)

    before = {row.case.ref: row.why_not for row in relatives_of(appeal, viewer=reviewer)}
    done = bulk.run(
        [twin, other, mine], "family", family_values(appeal), label="Overturn", by=reviewer, at=LATER + HELD
    )

    assert before == {twin.ref: "", other.ref: "", mine.ref: "You took its decision: somebody else looks at it."}
    rows = {row.case_id: (row.state, row.why) for row in done.bulk.rows.all()}
    assert rows == {twin.pk: ("done", ""), other.pk: ("done", ""), mine.pk: ("left_out", before[mine.ref])}
    assert set(Appeal.objects.filter(family=appeal).values_list("case_id", "outcome")) == {
        (twin.pk, "overturned"),
        (other.pk, "overturned"),
    }
    assert relatives_of(appeal, viewer=make_user(roles=[Role.LEAD]))[0].case == mine

    undo.undo(token=done.undo.token, by=reviewer, at=LATER + HELD)
    assert set(Appeal.objects.filter(family=appeal).values_list("state", flat=True)) == {AppealState.OPEN}


def test_a_large_family_waits_for_a_second_person_and_runs_as_a_job(monkeypatch):
    monkeypatch.setattr(bulk, "ALONE_AT_MOST", 1)
    appeal, reviewer, alike, _mine = overturned_with_twins(twins=2)
    asked = bulk.ask(
        alike, "family", family_values(appeal, "upheld"), label="Uphold", note="Alike", by=reviewer, at=db_now()
    )

    bulk.run_now(10)
    assert not Appeal.objects.filter(family=appeal).exists()
    with pytest.raises(NotPermitted):
        bulk.answer(bulk_id=asked.pk, is_yes=True, reason="", by=reviewer, at=db_now())
    bulk.answer(bulk_id=asked.pk, is_yes=True, reason="", by=make_user(roles=[Role.LEAD]), at=db_now())
    bulk.run_now(10)

    assert set(Appeal.objects.filter(family=appeal).values_list("case_id", "outcome")) == {
        (case.pk, "upheld") for case in alike
    }


def test_a_family_takes_in_no_case_that_does_not_resemble_it():
    appeal, reviewer, (twin,), _mine = overturned_with_twins()
    stranger, _decider = decided_case(decider=make_user())

    done = bulk.run([twin, stranger], "family", family_values(appeal), label="x", by=reviewer, at=LATER + HELD)

    assert [skip.ref for skip in done.skipped] == [stranger.ref]
    assert not Appeal.objects.filter(case=stranger).exists()


def taken_down(**fields):
    """A decision in force that removed a post and gave a strike, with its appeal and the appeal's holder."""
    case, person, _account, _post = make_subject_case(**fields)
    decision = decide(case, person, actions=("content_remove", "feature_block:7", "strike"))
    entity = case.subjects.order_by("pk").first().entity_id
    asked = appeals.Request(text="It was satire.", entity_id=entity)
    appeal = appeals.file_appeal(case_id=case.pk, appellant=Appellant.SUBJECT, asked=asked, by=make_user(), at=LATER)
    reviewer = make_user(roles=[Role.SENIOR])
    appeals.claim_appeal(appeal_id=appeal.pk, by=reviewer, at=LATER)
    return decision, appeal, reviewer


def in_force(decision):
    return set(
        EnforcementAction.objects.filter(decision=decision, ended_at=None, source="decision").values_list(
            "type", flat=True
        )
    )


def test_an_overturn_takes_every_action_back_and_refunds_the_strikes():
    decision, appeal, reviewer = taken_down()
    assert in_force(decision) >= {"content_remove", "feature_block"}
    assert Strike.objects.filter(decision=decision, refunded_at=None).exists()

    appeals.decide_appeal(appeal_id=appeal.pk, judgement=judgement(Outcome.OVERTURNED), by=reviewer, at=LATER)
    timers.fire_due_timers(at=LATER + HELD)

    decision.refresh_from_db()
    assert in_force(decision) == set()
    assert not Strike.objects.filter(decision=decision, refunded_at=None).exists()
    assert decision.overturned_at == LATER + HELD


def test_a_partial_outcome_takes_back_what_was_chosen_and_nothing_else():
    decision, appeal, reviewer = taken_down()
    block = EnforcementAction.objects.get(decision=decision, type="feature_block", source="decision")

    with pytest.raises(Invalid):
        appeals.decide_appeal(appeal_id=appeal.pk, judgement=judgement(Outcome.PARTIAL), by=reviewer, at=LATER)
    part = judgement(Outcome.PARTIAL, lifted=[str(block.public_id)])
    appeals.decide_appeal(appeal_id=appeal.pk, judgement=part, by=reviewer, at=LATER)
    timers.fire_due_timers(at=LATER + HELD)

    decision.refresh_from_db()
    assert in_force(decision) == {"content_remove"}
    assert decision.overturned_at is None


def test_restoring_what_is_grave_waits_for_a_second_person():
    internal_organization()
    approvals.ensure_first(at=NOON)
    decision, appeal, reviewer = taken_down(severity=Severity.S1)
    appeals.decide_appeal(appeal_id=appeal.pk, judgement=judgement(Outcome.OVERTURNED), by=reviewer, at=LATER)
    timers.fire_due_timers(at=LATER + HELD)
    assert in_force(decision)

    asked = approvals.open_of(ApprovalAbout.APPEAL, appeal.pk)
    lead = make_user(roles=[Role.LEAD])
    approvals.answer(approval_id=asked.pk, is_yes=True, reason="", by=lead, at=LATER + timedelta(minutes=5))

    appeal.refresh_from_db()
    assert appeal.state == AppealState.CLOSED
    assert in_force(decision) == set()


def test_a_second_persons_no_opens_the_appeal_again():
    internal_organization()
    approvals.ensure_first(at=NOON)
    decision, appeal, reviewer = taken_down(severity=Severity.S1)
    appeals.decide_appeal(appeal_id=appeal.pk, judgement=judgement(Outcome.OVERTURNED), by=reviewer, at=LATER)
    asked = approvals.open_of(ApprovalAbout.APPEAL, appeal.pk)

    lead = make_user(roles=[Role.LEAD])
    approvals.answer(approval_id=asked.pk, is_yes=False, reason="It was no satire.", by=lead, at=LATER + HELD)

    appeal.refresh_from_db()
    assert (appeal.state, appeal.outcome, appeal.assignee) == (AppealState.OPEN, "", reviewer)
    assert in_force(decision)


def test_who_agreed_to_a_decision_does_not_judge_its_appeal_in_the_demo():
    case, decider = decided_case(verdict=Verdict.REMOVE)
    decision = Decision.objects.get(case=case)
    agreed, other = make_user(roles=[Role.SENIOR]), make_user(roles=[Role.LEAD])
    Approval.objects.create(
        organization=case.organization,
        case=case,
        about=ApprovalAbout.DECISION,
        about_id=decision.pk,
        decision=decision,
        why=ApprovalWhy.S0_TAKEDOWN,
        state=ApprovalState.APPROVED,
        asked_by=decider,
        asked_at=NOON,
        expires_at=NOON + timedelta(days=1),
        ended_at=NOON,
        answered_by=agreed,
    )
    planned = SimpleNamespace(number=0, scene=SimpleNamespace(clause="none"), language="en", story="")

    appealing.appeal(planned, case, [agreed, other], now=NOON + timedelta(days=30))

    assert Appeal.objects.get().decided_by == other

"""A second person: when one is asked, what their answer does, and that nobody answers themselves (ux.md DEC-12)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts.roles import Role
from audit.models import Event
from core.errors import Invalid, NotPermitted
from escalations import events
from escalations.lifecycle import (
    ApprovalAbout,
    ApprovalState,
    ApprovalWhy,
    CaseStatus,
    DecisionState,
    Severity,
    Verdict,
)
from escalations.models import Approval, ApprovalRule, ApprovalRulesVersion, CaseEntity, Decision, Draft, Entity
from escalations.operations import approvals, decisions, timers
from escalations.operations.approvals import AlreadyAnswered, Facts, RuleInput
from escalations.operations.decisions import Ruling, UndoOver
from notifications.models import Notification
from notifications.operations import fan_out
from tests.escalations.test_intake_races import all_at_once
from tests.factories.cases import make_case
from tests.factories.people import NOON, internal_organization, make_user, make_vendor
from tests.factories.policies import make_version

pytestmark = pytest.mark.django_db
SOON, AFTER = NOON + timedelta(seconds=5), NOON + timedelta(seconds=11)


def publish(*rules: RuleInput) -> ApprovalRulesVersion:
    internal_organization()
    return approvals.publish_rules(rules=rules, note="", by=None, at=NOON)


HOLD_RULE = RuleInput(name="Under hold", is_legal_hold=True, expires_s=3600)


def decided(*, by=None, ruling=None, **fields):
    """A case decided at NOON, with its decision and what was asked about it."""
    by = by or make_user()
    fields.setdefault("is_legal_hold", True)
    case = make_case(assignee=by, status=CaseStatus.IN_REVIEW, **fields)
    clause = make_version()
    ruling = ruling or Ruling(
        verdict=Verdict.REMOVE, clause_id=clause.pk, elements=["target"], rationale="The threat is meant."
    )
    decision = decisions.decide_case(case_id=case.pk, by=by, at=NOON, ruling=ruling)
    return case, decision, Approval.objects.filter(decision=decision).first()


def states(case, decision, approval):
    for row in (case, decision, approval):
        row.refresh_from_db()
    return case.status, decision.state, approval.state


# -- When -----------------------------------------------------------------------------------------------------------------
PLAIN = Facts(verdict=Verdict.REMOVE, severity=Severity.S3, actions=frozenset({"content_remove"}), count=1)


@pytest.mark.parametrize(
    ("rule", "fitting", "other"),
    [
        ({"verdicts": ("restore",)}, {"verdict": Verdict.RESTORE}, {}),
        ({"actions": ("account_disable",)}, {"actions": frozenset({"strike", "account_disable"})}, {}),
        ({"worst_severity": 1}, {"severity": 1}, {"severity": 2}),
        ({"is_high_profile": True}, {"is_high_profile": True}, {}),
        ({"is_legal_hold": True}, {"is_legal_hold": True}, {}),
        ({"count_over": 100}, {"count": 101}, {"count": 100}),
    ],
)
def test_each_thing_a_rule_names_must_be_so(rule, fitting, other):
    publish(RuleInput(name="One", expires_s=600, **rule))

    need = approvals.need_of(replace(PLAIN, **fitting))

    assert need is not None
    assert (need.why, need.rule.name, need.within) == (ApprovalWhy.RULE, "One", timedelta(minutes=10))
    assert approvals.need_of(replace(PLAIN, **other)) is None


def test_all_that_a_rule_names_must_be_so_and_the_first_that_fits_asks():
    publish(
        RuleInput(name="Both", is_high_profile=True, actions=("account_disable",), expires_s=600),
        RuleInput(name="Profile", is_high_profile=True, expires_s=700),
        RuleInput(name="Later", is_high_profile=True, expires_s=800),
    )

    assert approvals.need_of(replace(PLAIN, is_high_profile=True)).rule.name == "Profile"


def test_taking_down_at_s0_needs_two_people_whatever_the_rules_say():
    assert approvals.need_of(replace(PLAIN, severity=Severity.S0)).why == ApprovalWhy.S0_TAKEDOWN
    assert approvals.need_of(replace(PLAIN, severity=Severity.S0, verdict=Verdict.NO_VIOLATION)) is None


def test_an_empty_installation_starts_with_the_rules_of_the_house():
    internal_organization()
    approvals.ensure_first(at=NOON)
    approvals.ensure_first(at=NOON)

    assert ApprovalRulesVersion.objects.count() == 1
    assert approvals.need_of(replace(PLAIN, count=101)).rule.name == "More than 100 objects or cases"
    assert approvals.need_of(replace(PLAIN, actions=frozenset({"refer_authority"}))).rule.roles == ["LD", "LG"]
    assert approvals.need_of(replace(PLAIN, verdict=Verdict.RESTORE, severity=1)) is not None
    assert approvals.need_of(replace(PLAIN, actions=frozenset({"account_disable"}))) is None


def test_objects_of_a_case_count_and_practice_asks_nobody():
    publish(RuleInput(name="Mass", count_over=2, expires_s=600))
    case, practice = make_case(), make_case(is_sandbox=True)
    for one in (case, practice):
        for number in range(3):
            entity = Entity.objects.create(platform="demo", kind="ad", key=f"{one.pk}-{number}", first_seen_at=NOON)
            CaseEntity.objects.create(
                organization_id=one.organization_id, case=one, entity=entity, role="violator", added_at=NOON
            )

    assert decisions.reach_of(case) == 3
    assert decisions.second_person_for(case, Ruling(verdict=Verdict.REMOVE)) is not None
    assert decisions.second_person_for(practice, Ruling(verdict=Verdict.REMOVE)) is None


# -- Waiting and answering --------------------------------------------------------------------------------------------------
def test_a_decision_that_waits_does_not_take_effect_when_its_hold_is_over():
    publish(HOLD_RULE)
    case, decision, approval = decided()

    timers.fire_due_timers(at=AFTER)

    assert states(case, decision, approval) == (CaseStatus.DECIDED, DecisionState.HELD, ApprovalState.OPEN)
    assert approval.expires_at == NOON + timedelta(hours=1)


@pytest.mark.parametrize("is_late", [True, False])
def test_a_yes_lets_it_take_effect_at_once_or_when_the_hold_is_over(is_late):
    publish(HOLD_RULE)
    case, decision, approval = decided()
    lead = make_user(roles=[Role.LEAD])
    if is_late:
        timers.fire_due_timers(at=AFTER)

    approvals.answer(approval_id=approval.pk, is_yes=True, reason="", by=lead, at=AFTER if is_late else SOON)
    at_once = states(case, decision, approval)
    timers.fire_due_timers(at=NOON + timedelta(seconds=20))

    assert at_once[1] == (DecisionState.EFFECTIVE if is_late else DecisionState.HELD)
    assert states(case, decision, approval) == (CaseStatus.CLOSED, DecisionState.EFFECTIVE, ApprovalState.APPROVED)
    kinds = list(Event.objects.filter(subject_id=case.pk).order_by("id").values_list("kind", flat=True))
    assert kinds == ["decision.made", "approval.asked", "approval.given", "decision.effective", "case.closed"]


def test_a_yes_stamped_just_before_the_holds_end_takes_effect_although_the_hold_has_fired():
    publish(HOLD_RULE)
    case, decision, approval = decided()
    timers.fire_due_timers(at=AFTER)

    before = decision.hold_until - timedelta(milliseconds=1)
    approvals.answer(approval_id=approval.pk, is_yes=True, reason="", by=make_user(roles=[Role.LEAD]), at=before)

    assert states(case, decision, approval)[1] == DecisionState.EFFECTIVE


@pytest.mark.parametrize("after_the_hold", [True, False])
def test_a_refusal_gives_the_case_back_with_the_reason_and_the_panel_as_it_was(after_the_hold):
    publish(HOLD_RULE)
    ana = make_user()
    case, decision, approval = decided(by=ana)
    if after_the_hold:
        timers.fire_due_timers(at=AFTER)

    approvals.answer(
        approval_id=approval.pk, is_yes=False, reason=" Not a  threat. ", by=make_user(roles=[Role.SENIOR]), at=AFTER
    )
    timers.fire_due_timers(at=NOON + timedelta(minutes=2))

    assert states(case, decision, approval) == (CaseStatus.IN_REVIEW, DecisionState.UNDONE, ApprovalState.REFUSED)
    assert (case.assignee, approval.reason) == (ana, "Not a threat.")
    draft = Draft.objects.get(case=case, user=ana, kind=Draft.Kind.DECISION)
    assert (draft.data["verdict"], draft.data["elements"]) == ("remove", ["target"])
    assert draft.data["clause"] == str(decision.clause_id)
    assert not timers.armed_of(case, approvals.TIMER)


def test_nobody_answering_gives_the_case_back():
    publish(HOLD_RULE)
    case, decision, approval = decided()

    timers.fire_due_timers(at=NOON + timedelta(minutes=59))
    still = states(case, decision, approval)
    timers.fire_due_timers(at=NOON + timedelta(minutes=61))

    assert still[2] == ApprovalState.OPEN
    assert states(case, decision, approval) == (CaseStatus.IN_REVIEW, DecisionState.UNDONE, ApprovalState.EXPIRED)
    assert approval.answered_by is None
    assert Event.objects.filter(subject_id=case.pk, kind=events.APPROVAL_EXPIRED).count() == 1


def test_two_questions_about_one_case_each_have_their_own_end(monkeypatch):
    publish(HOLD_RULE)
    case, _decision, approval = decided()
    ended = []
    monkeypatch.setitem(approvals._GIVEN_BACK, ApprovalAbout.APPEAL, lambda case, approval, *, by, at: ended.append(by))
    other = approvals.ask(
        case=case,
        about=ApprovalAbout.APPEAL,
        about_id=77,
        need=approvals.Need(ApprovalWhy.WISHED, timedelta(hours=2)),
        by=approval.asked_by,
        at=NOON,
    )

    approvals.answer(
        approval_id=approval.pk,
        is_yes=False,
        reason="No.",
        by=make_user(roles=[Role.LEAD]),
        at=NOON + timedelta(minutes=1),
    )
    timers.fire_due_timers(at=NOON + timedelta(minutes=61))
    other.refresh_from_db()
    still = other.state
    timers.fire_due_timers(at=NOON + timedelta(minutes=121))

    other.refresh_from_db()
    assert (still, other.state) == (ApprovalState.OPEN, ApprovalState.EXPIRED)
    assert ended == [None]


def test_the_decider_takes_it_back_while_it_waits_also_after_the_hold():
    publish(HOLD_RULE)
    ana = make_user()
    case, decision, approval = decided(by=ana)
    timers.fire_due_timers(at=AFTER)

    decisions.undo_decision(decision_id=decision.pk, by=ana, at=NOON + timedelta(minutes=5))

    assert states(case, decision, approval) == (CaseStatus.IN_REVIEW, DecisionState.UNDONE, ApprovalState.WITHDRAWN)
    with pytest.raises(AlreadyAnswered):
        approvals.answer(approval_id=approval.pk, is_yes=True, reason="", by=make_user(roles=[Role.LEAD]), at=AFTER)


def test_what_was_approved_is_taken_back_only_within_its_hold():
    publish(HOLD_RULE)
    ana = make_user()
    case, decision, approval = decided(by=ana)
    approvals.answer(approval_id=approval.pk, is_yes=True, reason="", by=make_user(roles=[Role.LEAD]), at=SOON)

    with pytest.raises(UndoOver):
        decisions.undo_decision(decision_id=decision.pk, by=ana, at=AFTER)
    decisions.undo_decision(decision_id=decision.pk, by=ana, at=SOON)

    assert states(case, decision, approval) == (CaseStatus.IN_REVIEW, DecisionState.UNDONE, ApprovalState.APPROVED)


def test_deciding_again_after_a_refusal_asks_again():
    publish(HOLD_RULE)
    ana, lead = make_user(), make_user(roles=[Role.LEAD])
    case, _decision, approval = decided(by=ana)
    approvals.answer(approval_id=approval.pk, is_yes=False, reason="Say more.", by=lead, at=AFTER)

    again = decisions.decide_case(
        case_id=case.pk,
        by=ana,
        at=AFTER,
        ruling=Ruling(verdict=Verdict.REMOVE, clause_id=make_version().pk, elements=["target"], rationale="More."),
    )

    assert Approval.objects.get(decision=again).state == ApprovalState.OPEN


# -- Who --------------------------------------------------------------------------------------------------------------------
def test_the_asker_never_answers_themselves_not_even_past_python():
    publish(HOLD_RULE)
    lead = make_user(roles=[Role.LEAD])
    _case, _decision, approval = decided(by=lead)

    with pytest.raises(NotPermitted) as refused:
        approvals.answer(approval_id=approval.pk, is_yes=True, reason="", by=lead, at=SOON)
    with pytest.raises(IntegrityError, match="approval_never_by_its_asker"), transaction.atomic():
        Approval.objects.filter(pk=approval.pk).update(state="approved", answered_by=lead, ended_at=SOON)

    assert refused.value.given_code == "two_person_required"


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (role, role in (Role.SENIOR, Role.LEAD, Role.LEGAL))
        for role in Role
        if role not in (Role.VENDOR_KEY, Role.INTERNAL_KEY)
    ],
)
def test_who_may_be_the_second_person(role, may):
    publish(HOLD_RULE)
    _case, _decision, approval = decided()
    person = make_user(roles=[role])

    if may:
        approvals.answer(approval_id=approval.pk, is_yes=True, reason="", by=person, at=SOON)
    else:
        with pytest.raises(NotPermitted):
            approvals.answer(approval_id=approval.pk, is_yes=True, reason="", by=person, at=SOON)


def test_a_rule_may_ask_the_legal_desk_alone():
    publish(RuleInput(name="Legal", is_legal_hold=True, roles=("LG",), expires_s=600))
    _case, _decision, approval = decided()

    with pytest.raises(NotPermitted):
        approvals.answer(approval_id=approval.pk, is_yes=True, reason="", by=make_user(roles=[Role.LEAD]), at=SOON)
    approvals.answer(approval_id=approval.pk, is_yes=True, reason="", by=make_user(roles=[Role.LEGAL]), at=SOON)


def test_who_sent_the_case_in_is_no_second_person():
    publish(HOLD_RULE)
    lead = make_user(roles=[Role.LEAD])
    _case, _decision, approval = decided(submitted_by=lead)

    with pytest.raises(NotPermitted) as refused:
        approvals.answer(approval_id=approval.pk, is_yes=True, reason="", by=lead, at=SOON)

    assert refused.value.given_code == "separation_of_duties"


def test_a_specialist_proposes_a_takedown_at_s0_and_one_senior_alone_does_not_do_it():
    for role in (Role.SPECIALIST, Role.SENIOR):
        _case, decision, approval = decided(by=make_user(roles=[role]), severity=Severity.S0, is_legal_hold=False)

        assert approval.why == ApprovalWhy.S0_TAKEDOWN
        timers.fire_due_timers(at=AFTER)
        decision.refresh_from_db()
        assert decision.state == DecisionState.HELD


# -- Two at once ---------------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_of_two_who_answer_at_once_one_is_told_that_it_was_answered():
    publish(HOLD_RULE)
    case, decision, approval = decided()
    one, two = make_user(roles=[Role.LEAD]), make_user(roles=[Role.SENIOR])

    def try_to(person, is_yes):
        try:
            return approvals.answer(approval_id=approval.pk, is_yes=is_yes, reason="No.", by=person, at=SOON).state
        except AlreadyAnswered as error:
            return error

    answers = all_at_once(lambda: try_to(one, True), lambda: try_to(two, False))

    told = [answer for answer in answers if isinstance(answer, AlreadyAnswered)]
    assert len(told) == 1
    kinds = Event.objects.filter(subject_id=case.pk, kind__in=(events.APPROVAL_GIVEN, events.APPROVAL_REFUSED))
    assert kinds.count() == 1
    ended = states(case, decision, approval)
    assert ended in (
        (CaseStatus.DECIDED, DecisionState.HELD, ApprovalState.APPROVED),
        (CaseStatus.IN_REVIEW, DecisionState.UNDONE, ApprovalState.REFUSED),
    )


# -- What the database holds by itself -----------------------------------------------------------------------------------------
def test_a_decision_that_waits_or_was_refused_cannot_be_made_effective_past_python():
    publish(HOLD_RULE)
    _case, decision, _approval = decided()

    with pytest.raises(IntegrityError, match="second person"), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(state="effective", effective_at=AFTER)


def test_one_thing_is_asked_about_once_at_a_time():
    publish(HOLD_RULE)
    case, decision, approval = decided()

    with pytest.raises(IntegrityError, match="approval_one_open_per_thing"), transaction.atomic():
        approvals.ask(
            case=case,
            about=ApprovalAbout.DECISION,
            about_id=decision.pk,
            decision=decision,
            need=approvals.Need(ApprovalWhy.WISHED, timedelta(hours=1)),
            by=approval.asked_by,
            at=NOON,
        )


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("approval_answered_by_iff_answered", {"state": "approved", "ended_at": SOON}),
        ("approval_ended_at_iff_not_open", {"state": "expired"}),
        ("approval_decision_iff_about_one", {"about": "appeal"}),
        ("approval_expires_after_asking", {"expires_at": NOON}),
        ("approval_rule_iff_a_rule_asked", {"why": "wished"}),
    ],
)
def test_the_constraints_of_a_question(name, change):
    publish(HOLD_RULE)
    _case, _decision, approval = decided()

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Approval.objects.filter(pk=approval.pk).update(**change)


def test_a_refusal_without_a_reason_is_refused_by_the_operation_and_the_database():
    publish(HOLD_RULE)
    _case, _decision, approval = decided()
    lead = make_user(roles=[Role.LEAD])

    for reason in ("", "  ", "x" * 501, "a\x00b"):
        with pytest.raises(Invalid):
            approvals.answer(approval_id=approval.pk, is_yes=False, reason=reason, by=lead, at=SOON)
    with pytest.raises(IntegrityError, match="approval_refused_with_a_reason"), transaction.atomic():
        Approval.objects.filter(pk=approval.pk).update(state="refused", answered_by=lead, ended_at=SOON)


def test_published_rules_never_change():
    version = publish(HOLD_RULE)

    for sql in (
        "UPDATE escalations_approvalrule SET name = 'x'",
        "DELETE FROM escalations_approvalrule",
        f"DELETE FROM escalations_approvalrulesversion WHERE id = {version.pk}",
    ):
        with pytest.raises(Exception, match=r"append-only|permission denied"), transaction.atomic():
            connection.cursor().execute(sql)
    with pytest.raises(IntegrityError, match="approval_rule_names_something"), transaction.atomic():
        ApprovalRule.objects.create(version=version, position=9, name="Everything", expires_s=600)


# -- The rules ------------------------------------------------------------------------------------------------------------------
def test_the_same_rules_again_are_no_new_edition():
    first = publish(HOLD_RULE)

    assert publish(HOLD_RULE) == first
    assert publish(HOLD_RULE, RuleInput(name="Mass", count_over=5, expires_s=600)).number == 2


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"name": ""}, "/rules/0/name"),
        ({"name": "x" * 81}, "/rules/0/name"),
        ({"is_legal_hold": False}, "/rules/0/name"),
        ({"verdicts": ("burn",)}, "/rules/0/verdicts"),
        ({"actions": ("strike", "strike")}, "/rules/0/actions"),
        ({"roles": ("AD",)}, "/rules/0/roles"),
        ({"worst_severity": 9}, "/rules/0/worst_severity"),
        ({"count_over": 0}, "/rules/0/count_over"),
        ({"expires_s": 10}, "/rules/0/expires_s"),
        ({"expires_s": 8 * 86400}, "/rules/0/expires_s"),
    ],
)
def test_a_wrong_rule_is_named(change, pointer):
    with pytest.raises(Invalid) as refused:
        publish(replace(HOLD_RULE, **change))

    assert [problem.pointer for problem in refused.value.errors] == [pointer]


def test_only_those_who_change_routing_change_the_rules():
    with pytest.raises(NotPermitted):
        approvals.publish_rules(rules=[HOLD_RULE], note="", by=make_user(), at=NOON)


# -- Who hears of it ---------------------------------------------------------------------------------------------------------------
def hear(case):
    for event in Event.objects.filter(subject_id=case.pk).order_by("id"):
        fan_out.fan_out(event)


def test_those_who_may_answer_are_told_and_their_notice_ends_with_the_answer():
    publish(HOLD_RULE)
    ana, lead, senior, other = make_user(), make_user(roles=["LD"]), make_user(roles=["IC"]), make_user()
    case, _decision, approval = decided(by=ana)
    hear(case)

    waiting = Notification.objects.filter(kind=events.APPROVAL_ASKED, done_at=None)
    told = set(waiting.values_list("user_id", flat=True))
    approvals.answer(approval_id=approval.pk, is_yes=False, reason="No threat.", by=lead, at=AFTER)
    hear(case)

    assert told == {lead.pk, senior.pk}
    assert other.pk not in told
    assert not waiting.exists()
    mine = Notification.objects.get(user=ana, kind=events.APPROVAL_REFUSED)
    assert mine.tab == "needs"


# -- Pages ------------------------------------------------------------------------------------------------------------------------
def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def test_the_second_person_sees_the_panel_read_only_and_answers():
    publish(HOLD_RULE)
    ana, lead = make_user(name="Ana Bell"), make_user(roles=["LD"])
    case, _decision, approval = decided(by=ana)
    client, url = signed_in(lead), f"/approvals/{approval.public_id}/"

    listed = client.get("/approvals/").content.decode()
    page = client.get(url).content.decode()
    answered = client.post(url, {"do": "yes"})
    after = client.get(url).content.decode()

    assert case.ref in listed
    assert "Ana Bell asks for a second person" in page
    assert 'aria-keyshortcuts="y"' in page
    assert 'value="target" id="element-target" checked disabled' in page
    assert (answered.status_code, answered.headers["Location"]) == (302, "/approvals/")
    assert 'value="yes"' not in after
    assert Approval.objects.get().answered_by == lead


def test_a_refusal_without_words_keeps_the_page_with_what_is_wrong():
    publish(HOLD_RULE)
    _case, _decision, approval = decided()
    client, url = signed_in(make_user(roles=["LD"])), f"/approvals/{approval.public_id}/"

    for data in ({"do": "no"}, {"do": "maybe"}, {}, {"do": "no", "reason": "x" * 600}):
        answer = client.post(url, data, headers={"HX-Request": "true"})
        assert answer.status_code == 422
        assert 'role="alert"' in answer.content.decode()
    assert Approval.objects.get().state == ApprovalState.OPEN


def test_the_asker_sees_it_without_buttons_and_is_refused():
    publish(HOLD_RULE)
    lead = make_user(roles=["LD"])
    _case, _decision, approval = decided(by=lead)
    client, url = signed_in(lead), f"/approvals/{approval.public_id}/"

    assert 'value="yes"' not in client.get(url).content.decode()
    assert client.post(url, {"do": "yes"}).status_code == 403
    assert Approval.objects.get().state == ApprovalState.OPEN


def test_an_answer_after_anothers_says_whose_it_was():
    publish(HOLD_RULE)
    _case, _decision, approval = decided()
    lead = make_user(roles=["LD"], name="Marta Ruiz")
    client, url = signed_in(make_user(roles=["IC"])), f"/approvals/{approval.public_id}/"
    approvals.answer(approval_id=approval.pk, is_yes=True, reason="", by=lead, at=SOON)

    answer = client.post(url, {"do": "no", "reason": "No."})

    assert answer.status_code == 409
    assert "Marta Ruiz answered it already" in answer.content.decode()


def test_questions_of_cases_that_one_may_not_see_do_not_exist():
    publish(HOLD_RULE)
    _case, _decision, approval = decided(compartments=["CHILD_SAFETY"], by=make_user(compartments=["CHILD_SAFETY"]))
    url = f"/approvals/{approval.public_id}/"

    for person in (
        make_user(roles=["LD"]),
        make_user(roles=["VL"], organization=make_vendor()),
        make_user(roles=["VL"], organization=approval.case.organization),
    ):
        client = signed_in(person)
        assert client.get(url).status_code == 404
        assert client.post(url, {"do": "yes"}).status_code == 404
    assert signed_in(make_user(roles=["LD"], compartments=["CHILD_SAFETY"])).get(url).status_code == 200
    assert signed_in(make_user(roles=["LD"])).get("/approvals/not-a-uuid/").status_code == 404


def test_the_case_page_says_that_it_waits_and_lets_the_decider_take_it_back():
    publish(HOLD_RULE)
    ana = make_user()
    case, _decision, approval = decided(by=ana)
    timers.fire_due_timers(at=AFTER)
    client = signed_in(ana)

    page = client.get(f"/c/{case.ref}/").content.decode()
    back = client.post(f"/c/{case.ref}/decide/take-back/")
    panel = client.get(f"/c/{case.ref}/decide/").content.decode()

    assert "Waits for a second person" in page
    assert f"/approvals/{approval.public_id}/" in page
    assert back.status_code == 302
    assert 'value="remove" data-digit="1" data-key-action="verdict-1" aria-keyshortcuts="1" checked' in panel
    assert client.post(f"/c/{case.ref}/decide/take-back/").status_code == 422


def test_the_panel_says_why_it_came_back():
    publish(HOLD_RULE)
    ana = make_user()
    case, _decision, approval = decided(by=ana)
    lead = make_user(roles=["LD"], name="Marta Ruiz")
    approvals.answer(approval_id=approval.pk, is_yes=False, reason="It quotes a film.", by=lead, at=AFTER)

    panel = signed_in(ana).get(f"/c/{case.ref}/decide/").content.decode()

    assert "It quotes a film." in panel
    assert "Marta Ruiz" in panel


def form_data(**change):
    data = {
        "rule-TOTAL_FORMS": "2",
        "rule-INITIAL_FORMS": "1",
        "rule-0-name": "Under hold",
        "rule-0-is_legal_hold": "on",
        "rule-0-minutes": "60",
        "rule-1-name": "Mass",
        "rule-1-count_over": "50",
        "rule-1-minutes": "30",
        "note": "More than before",
    }
    return data | change


def test_a_lead_changes_the_rules_and_others_read_them():
    publish(HOLD_RULE)
    lead = signed_in(make_user(roles=["LD"]))

    answer = lead.post("/admin/approvals/edit/", form_data())

    assert answer.status_code == 302
    assert [rule.name for rule in approvals.rules_in_force()] == ["Under hold", "Mass"]
    page = signed_in(make_user()).get("/admin/approvals/").content.decode()
    assert "more than 50 objects or cases" in page
    assert signed_in(make_user()).get("/admin/approvals/edit/").status_code == 403
    assert signed_in(make_user(roles=["PE"])).post("/admin/approvals/edit/", form_data()).status_code == 403


@pytest.mark.parametrize(
    "change",
    [
        {"rule-1-minutes": "1"},
        {"rule-1-minutes": ""},
        {"rule-1-minutes": "abc"},
        {"rule-1-minutes": "99999999999999999999"},
        {"rule-1-count_over": "-1"},
        {"rule-1-verdicts": "burn"},
        {"rule-0-name": ""},
        {"rule-1-count_over": ""},
        {"note": "x" * 301},
        {"rule-TOTAL_FORMS": "zzz"},
        {"rule-TOTAL_FORMS": "100000"},
    ],
)
def test_wrong_rules_are_shown_with_what_is_wrong(change):
    publish(HOLD_RULE)
    lead = signed_in(make_user(roles=["LD"]))

    answer = lead.post("/admin/approvals/edit/", form_data(**change))

    assert answer.status_code == 422
    assert ApprovalRulesVersion.objects.count() == 1

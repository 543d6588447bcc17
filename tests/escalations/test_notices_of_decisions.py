"""Notices of decisions: words from the facts of the policy, in the reader's language, kept as they were told (ux.md DEC-10)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from core.errors import Invalid
from escalations.lifecycle import CaseStatus, TemplatePurpose, Verdict
from escalations.models import Case, Decision, EnforcementAction, Notice, ReplyTemplate
from escalations.operations import claims, clusters, decisions, handing_over, notices, replies, timers
from escalations.operations.decisions import Ruling
from tests.escalations.api_client import Caller
from tests.factories import enforcement
from tests.factories.cases import make_case
from tests.factories.enforcement import LADDER, make_subject_case
from tests.factories.people import NOON, internal_organization, make_user, make_vendor
from tests.factories.policies import make_version
from tests.factories.submissions import submission_body

pytestmark = pytest.mark.django_db
AFTER = NOON + timedelta(seconds=11)
RUNG = ("content_remove", "strike")


@pytest.fixture
def lead():
    return make_user(roles=["LD"], name="Lea Lead")


def template(lead, slug, purpose, bodies, verdicts=("remove",)):
    replies.save_template(
        slug=slug, name=slug, is_active=True, is_new=True, by=lead, at=NOON, purpose=purpose, verdicts=verdicts
    )
    for language, body in bodies.items():
        replies.publish_wording(slug=slug, language=language, body=body, by=lead, at=NOON)


@pytest.fixture
def wordings(lead):
    template(
        lead,
        "out",
        TemplatePurpose.SUBMITTER,
        {"en": "{{ reference }}: {{ decision }} under {{ clause }}. {{ actions }}."},
    )
    template(
        lead,
        "you",
        TemplatePurpose.SUBJECT,
        {
            "en": "About {{ subject }}: {{ rule }} Appeal until {{ appeal_until }}.",
            "es": "Sobre {{ subject }}: {{ decision }}.",
        },
    )


def ruling(clause, **more):
    more.setdefault("actions", RUNG)
    return Ruling(verdict=Verdict.REMOVE, clause_id=clause.pk, elements=["target"], **more)


def decided(case, person, **more):
    clause = make_version(ladder=LADDER, title="Threats")
    return decisions.decide_case(case_id=case.pk, by=person, at=NOON, ruling=ruling(clause, **more))


# -- What is told ----------------------------------------------------------------------------------------------------------
def test_nothing_is_told_before_the_decision_takes_effect_and_then_both_sides_are(wordings):
    enforcement.strikes.ensure_first(at=NOON)
    case, person, account, post = make_subject_case(language="es-MX")
    decision = decided(case, person)
    early = Notice.objects.count()

    timers.fire_due_timers(at=AFTER)

    told = {(one.audience, one.entity): one for one in Notice.objects.filter(decision=decision)}
    assert early == 0
    clause = decision.clause
    assert told["submitter", None].body == (
        f"{case.ref}: Violating: remove under {clause.policy.key} Threats. Remove content, Strike."
    )
    assert told["subject", post].language == "es"
    assert str(post) in told["subject", post].body
    assert "retirar" in told["subject", post].body
    assert ("subject", account) not in told or EnforcementAction.objects.filter(entity=account).exists()


def test_what_is_undone_tells_nobody(wordings):
    case, person, *_subjects = make_subject_case()
    decision = decided(case, person)

    decisions.undo_decision(decision_id=decision.pk, by=person, at=NOON)
    timers.fire_due_timers(at=AFTER)

    assert not Notice.objects.exists()


def test_practice_and_what_was_left_out_tell_nobody(wordings):
    practice, person, *_rest = make_subject_case(is_sandbox=True)
    case, other, *_rest = make_subject_case()
    decided(practice, person)
    decision = decided(case, other, tells_not=["submitter", "subject"])

    timers.fire_due_timers(at=AFTER)

    assert decision.notices == {}
    assert not Notice.objects.exists()


def test_a_language_chosen_is_used_and_an_unknown_one_is_not(wordings):
    first, person, *_rest = make_subject_case(language="es")
    second, other, *_rest = make_subject_case(language="es")

    chosen = decided(first, person, languages={"subject": "en"})
    unknown = decided(second, other, languages={"subject": "xx"})

    words = ReplyTemplate.objects.get(slug="you").versions
    assert chosen.notices["subject"] == words.get(language="en").pk
    assert unknown.notices["subject"] == words.get(language="es").pk


def test_every_submitter_of_a_cluster_is_told_under_their_own_reference(wordings, lead):
    members = [make_case(organization=make_vendor()) for _number in range(2)]
    merged = clusters.merge_cases(case_ids=[one.pk for one in members], target_id=None, by=lead, at=NOON)
    parent = claims.claim_case(case_id=merged.parent.pk, by=lead, at=NOON)
    for child in members:
        decisions.view_sample(parent=parent, child=child, by=lead, at=NOON)
    decided(parent, lead)

    timers.fire_due_timers(at=AFTER)

    told = {one.case_id: one.body for one in Notice.objects.filter(audience="submitter")}
    assert set(told) == {parent.pk, *(one.pk for one in members)}
    assert all(told[one.pk].startswith(one.ref) for one in members)


# -- What holds it up ---------------------------------------------------------------------------------------------------------
def test_a_variable_without_a_value_holds_the_decision_up_until_the_notice_is_left_out(lead):
    template(lead, "out", TemplatePurpose.SUBMITTER, {"en": "Yours: {{ their_reference }}."})
    case, person, *_rest = make_subject_case(external_ref="")

    with pytest.raises(Invalid) as refused:
        decided(case, person)
    decision = decided(case, person, tells_not=["submitter"])

    assert [(problem.pointer, problem.code) for problem in refused.value.errors] == [
        ("/notice_submitter", "missing_variable")
    ]
    assert decision.state == "held"


@pytest.mark.parametrize("name", ["submitter", "received", "their_reference", "first_name"])
def test_the_person_concerned_is_never_told_who_sent_it_in(lead, name):
    with pytest.raises(Invalid) as refused:
        template(lead, "you", TemplatePurpose.SUBJECT, {"en": f"From {{{{ {name} }}}}"})

    assert refused.value.errors[0].code == "unknown_variable"


@pytest.mark.parametrize("verdicts", [(), ("burn",), ("remove", "burn")])
def test_a_notice_names_the_verdicts_it_goes_out_with(lead, verdicts):
    with pytest.raises(Invalid) as refused:
        template(lead, "out", TemplatePurpose.SUBMITTER, {}, verdicts=verdicts)

    assert [problem.pointer for problem in refused.value.errors] == ["/verdicts"]


def test_notices_are_not_offered_to_writers_of_replies(wordings):
    from escalations.selectors.replies import offered_to

    assert offered_to(make_case()) == []


def test_what_was_told_never_changes(wordings):
    case, person, *_rest = make_subject_case()
    decided(case, person)
    timers.fire_due_timers(at=AFTER)

    with pytest.raises(DatabaseError, match=r"append-only|permission denied"), transaction.atomic():
        Notice.objects.update(body="Other words")


def test_the_first_templates_have_a_value_for_all_that_they_say():
    internal_organization()
    replies.ensure_first(at=NOON)
    replies.ensure_first(at=NOON)
    case, _person, account, _post = make_subject_case(external_ref="")
    clause = make_version(ladder=LADDER)

    for verdict in Verdict:
        cited = None if verdict in (Verdict.INSUFFICIENT_INFO, Verdict.POLICY_GAP) else clause
        drafted = notices.drafts_for(notices.Facts(case, verdict, cited, RUNG, NOON), entity=account)
        assert [draft.missing for draft in drafted] == [[]] * len(drafted), verdict
        assert TemplatePurpose.SUBMITTER in [draft.audience for draft in drafted]


# -- Where it is read ------------------------------------------------------------------------------------------------------------
def test_the_submitter_reads_it_with_the_outcome_and_nobody_else_does(wordings):
    caller = Caller(scopes=("submissions:write", "submissions:read", "decisions:read"))
    ref = caller.post("submissions/", submission_body()).json()["ref"]
    person = make_user(roles=["LD"])
    Case.objects.filter(ref=ref).update(assignee=person, status=CaseStatus.IN_REVIEW, claimed_at=NOON)
    case = Case.objects.get(ref=ref)
    decided(case, person, actions=None)
    timers.fire_due_timers(at=AFTER)

    read = caller.get(f"submissions/{ref}/").json()["decision"]["notice"]
    stranger = Caller(scopes=("submissions:read", "decisions:read"))

    assert read["language"] == "en"
    assert read["body"].startswith(f"{ref}: Violating: remove")
    assert stranger.get(f"submissions/{ref}/").status_code == 404


def test_the_platform_reads_the_persons_notice_with_the_action(wordings):
    enforcement.strikes.ensure_first(at=NOON)
    case, person, *_rest = make_subject_case(language="en")
    decided(case, person)
    timers.fire_due_timers(at=AFTER)

    action = handing_over.with_parts(EnforcementAction.objects.filter(case=case)).first()
    out = handing_over.action_out(action)

    assert out["notice"]["language"] == "en"
    assert case.organization.name not in out["notice"]["body"]


def test_the_panel_shows_both_before_anything_is_sent(wordings):
    case, person, *_rest = make_subject_case(language="es")
    clause = make_version(ladder=LADDER)
    client = Client()
    client.force_login(person)

    html = client.post(
        f"/c/{case.ref}/decide/beside/",
        {"verdict": "remove", "clause": clause.pk, "card": clause.pk, "actions": RUNG, "tells_not": "subject"},
    ).content.decode()

    assert 'id="decision-notice_submitter"' in html
    assert case.ref in html
    assert 'lang="es"' in html
    assert 'name="tells_not" value="subject" checked' in html
    assert not Decision.objects.exists()


def test_a_lead_writes_a_notice_on_the_page(lead):
    client = Client()
    client.force_login(lead)

    wrong = client.post("/admin/replies/new/", {"slug": "n", "name": "N", "purpose": "submitter", "is_active": "on"})
    made = client.post(
        "/admin/replies/new/",
        {"slug": "n", "name": "N", "purpose": "submitter", "verdicts": ["remove", "restrict"], "is_active": "on"},
    )
    page = client.get("/admin/replies/n/").content.decode()

    assert (wrong.status_code, made.status_code) == (422, 302)
    assert ReplyTemplate.objects.get().verdicts == ["remove", "restrict"]
    assert "{{ appeal_until }}" in page
    assert "{{ subject }}" not in page

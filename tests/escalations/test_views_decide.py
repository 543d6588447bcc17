"""The decision panel over HTTP: every step with and without scripts, refusals, undo, revising, clusters, gaps."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from audit.models import AccessRecord, Event
from escalations.lifecycle import CaseStatus, DecisionState, Severity, Verdict
from escalations.models import Approval, Case, CaseEntity, Decision, Draft, Entity, UndoEntry
from escalations.operations import clusters, decisions, timers, undo
from escalations.operations.provenance import provenance_of
from escalations.selectors.decision import provenance_words
from policies.models import Gap, PolicyVersion
from tests.escalations.test_views_case import make_text_evidence
from tests.factories.cases import make_case
from tests.factories.people import NOON, make_user, make_vendor
from tests.factories.policies import make_policy, make_version

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
ELEMENTS = [
    {"key": "offer", "text": "It offers an investment.", "group": "all"},
    {"key": "promise", "text": "It promises returns.", "group": "all"},
    {"key": "hide", "text": "It hides its page.", "group": "any"},
    {"key": "fake", "text": "The endorsement is false.", "group": "any"},
]
LADDER = {
    "ads": [[{"type": "content_remove"}, {"type": "warning"}], [{"type": "account_suspend", "days": 7}]],
    "organic": [[{"type": "content_remove"}]],
}

RUNG = ["content_remove", "warning"]  # the ladder's first on ads


@pytest.fixture
def clause():
    return make_version(
        policy=make_policy(key="AD-FR-2.1", family="advertiser"),
        number=9,
        title="Deceptive investment",
        elements=ELEMENTS,
        logic="all_and_any",
        ladder=LADDER,
        exceptions=[{"key": "satire", "text": "Satire."}],
        synonyms=["fake broker"],
    )


@pytest.fixture
def ana(client) -> User:
    person = make_user(name="Ana Bell")
    client.force_login(person)
    return person


def my_case(ana, **fields):
    return make_case(assignee=ana, surface="ads", suspected_policy="AD-FR-2.1", at=timezone.now(), **fields)


def chosen(clause, **more):
    return {"verdict": "remove", "clause": clause.pk, "card": ""} | more


def test_the_case_page_brings_the_panel_with_suggestions_and_their_reason(client, ana, clause):
    case = my_case(ana)

    html = client.get(f"/c/{case.ref}/").content.decode()

    assert 'id="decision-form"' in html
    assert f'value="{clause.pk}" role="option"' in html
    assert "cited by the submitter" in html


def test_one_post_decides_with_the_clauses_defaults_where_no_card_was_shown(client, ana, clause):
    case = my_case(ana)

    answer = client.post(f"/c/{case.ref}/decide/", chosen(clause, do="stay"), headers=HTMX)

    decision = Decision.objects.get(case=case)
    assert answer.status_code == 200
    assert case.ref in answer.headers["HX-Location"]
    assert decision.elements == ["offer", "promise", "hide"]
    assert decision.actions == ["content_remove", "warning"]
    assert decision.rationale == ("AD-FR-2.1@v9: It offers an investment; It promises returns; It hides its page.")


def test_without_scripts_find_choose_tick_and_submit_are_plain_posts(client, ana, clause):
    case = my_case(ana)
    url = f"/c/{case.ref}/decide/"

    found = client.post(url, {"verdict": "restrict", "q": "fake broker", "find": "1"}).content.decode()
    card = client.post(url, {"verdict": "restrict", "choose": clause.pk}).content.decode()
    data = chosen(
        clause,
        verdict="restrict",
        card=clause.pk,
        elements=["offer", "promise", "fake"],
        actions=["warning"],
        deviation="milder",
        rationale="A first time.",
    )
    answer = client.post(url, data)

    decision = Decision.objects.get(case=case)
    assert "Deceptive investment" in found
    assert "<html" in found
    assert 'id="element-offer" checked' in card
    assert answer.status_code == 302
    assert (decision.elements, decision.actions) == (["offer", "promise", "fake"], ["warning"])


def test_up_to_three_further_clauses_are_added_left_out_and_decided_with(client, ana, clause):
    case = my_case(ana)
    others = [make_version(title=f"Further {n}") for n in range(4)]
    url = f"/c/{case.ref}/decide/clause/"
    data = chosen(clause, card=clause.pk, elements=["offer", "promise", "fake"], actions=RUNG, do="stay")

    added = client.post(url, data | {"choose": others[0].pk, "further": "1"}).content.decode()
    dropped = client.post(url, data | {"secondary": [o.pk for o in others[:2]], "drop": others[0].pk}).content.decode()
    too_many = client.post(f"/c/{case.ref}/decide/", data | {"secondary": [o.pk for o in others]}, headers=HTMX)
    client.post(f"/c/{case.ref}/decide/", data | {"secondary": [o.pk for o in others[:3]]}, headers=HTMX)

    assert f'name="secondary" value="{others[0].pk}"' in added
    assert "Deceptive investment" in added
    assert f'name="secondary" value="{others[0].pk}"' not in dropped
    assert f'name="secondary" value="{others[1].pk}"' in dropped
    assert too_many.status_code == 422
    assert set(Decision.objects.get(case=case).secondary_clauses.all()) == set(others[:3])


def test_the_list_one_works_through_stays_with_the_panel_after_a_refusal(client, ana):
    case = my_case(ana)

    answer = client.post(f"/c/{case.ref}/decide/", {"verdict": "remove", "list": "is:open surface:ads"}, headers=HTMX)

    assert 'name="list" value="is:open surface:ads"' in answer.content.decode()


@pytest.mark.parametrize(("setting", "where"), [("stay", "/c/{ref}/"), ("next_in_list", "/c/{ref}/next/")])
def test_where_one_goes_after_deciding_is_ones_own_setting(client, ana, clause, setting, where):
    User.objects.filter(pk=ana.pk).update(auto_advance=setting)
    case, waiting = my_case(ana), make_case(at=timezone.now())

    answer = client.post(f"/c/{case.ref}/decide/", chosen(clause), headers=HTMX)

    waiting.refresh_from_db()
    assert f'"path": "{where.format(ref=case.ref)}"' in answer.headers["HX-Location"]
    assert waiting.assignee is None


def test_the_ladders_rung_counts_cases_decided_against_the_same_subject(client, ana, clause):
    entity = Entity.objects.create(platform="ads", kind="advertiser", key="ADV-1", first_seen_at=NOON)
    first, second = my_case(ana), my_case(ana)
    for case in (first, second):
        CaseEntity.objects.create(
            organization=case.organization, case=case, entity=entity, role="violator", added_at=NOON
        )
    client.post(f"/c/{first.ref}/decide/", chosen(clause, do="stay"), headers=HTMX)
    timers.fire_due_timers(at=timezone.now() + timedelta(seconds=11))

    client.post(f"/c/{second.ref}/decide/", chosen(clause, do="stay"), headers=HTMX)

    assert Decision.objects.get(case=second).actions == ["account_suspend:7"]


def test_a_held_decision_is_undone_by_its_token_and_the_panel_is_as_it_was(client, ana, clause):
    case = my_case(ana)
    typed = chosen(
        clause, card=clause.pk, elements=["offer", "promise", "fake"], actions=RUNG, rationale="Seen in 3 ads."
    )

    client.post(f"/c/{case.ref}/decide/", typed, headers=HTMX)
    entry = UndoEntry.objects.get(user=ana)
    undo.undo(token=entry.token, by=ana, at=timezone.now())
    html = client.get(f"/c/{case.ref}/decide/").content.decode()

    case.refresh_from_db()
    assert case.status == CaseStatus.IN_REVIEW
    assert case.lease_until is not None
    assert "Seen in 3 ads." in html
    assert 'value="remove" data-digit="1" data-key-action="verdict-1" aria-keyshortcuts="1" checked' in html
    assert entry.data["go_to"] == f"/c/{case.ref}/decide/"


def test_wrong_values_keep_what_was_typed_and_say_what_to_do(client, ana, clause):
    case = my_case(ana, severity=Severity.S1)

    answer = client.post(f"/c/{case.ref}/decide/", chosen(clause, confidence="unsure"), headers=HTMX)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Say why in a line" in html
    assert 'value="unsure" checked' in html
    assert not Decision.objects.filter(case=case).exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Choose a verdict"),
        ({"verdict": "remove"}, "Choose the clause"),
        ({"verdict": "remove", "clause": "999999", "card": "999999"}, "not in force"),
        ({"verdict": "remove", "clause": "x' OR 1=1", "card": "١٢"}, "Choose the clause"),
        ({"verdict": "policy_gap"}, "Say why in a line"),
    ],
)
def test_every_incomplete_form_is_a_clear_refusal(client, ana, data, words):
    case = my_case(ana)

    answer = client.post(f"/c/{case.ref}/decide/", data, headers=HTMX)

    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_elements_that_do_not_meet_the_rule_or_actions_of_no_rung_are_refused(client, ana, clause):
    case = my_case(ana)
    wrong = chosen(clause, card=clause.pk, elements=["offer"], actions=["account_disable"])

    answer = client.post(f"/c/{case.ref}/decide/", wrong, headers=HTMX)

    assert answer.status_code == 422
    assert "do not make this clause apply" in answer.content.decode()
    assert "not a step of this clause" in answer.content.decode()


def test_somebody_was_quicker_their_decision_is_shown_and_my_draft_is_kept(client, ana, clause):
    case = my_case(ana)
    lead = make_user(roles=[Role.LEAD], name="Ben Lead")
    ruling = decisions.Ruling(verdict=Verdict.NO_VIOLATION, clause_id=clause.pk)
    decisions.decide_case(case_id=case.pk, by=lead, at=timezone.now(), ruling=ruling)

    answer = client.post(f"/c/{case.ref}/decide/", chosen(clause, rationale="Mine."), headers=HTMX)

    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Ben Lead" in html
    assert "Mine." in html
    assert Draft.objects.get(case=case, user=ana).data["rationale"] == "Mine."


def test_the_state_of_an_open_panel_tells_of_another_decision(client, ana, clause):
    case = my_case(ana)
    before = client.get(f"/c/{case.ref}/decide/state/").content.decode()
    lead = make_user(roles=[Role.LEAD], name="Ben Lead")
    ruling = decisions.Ruling(verdict=Verdict.NO_VIOLATION, clause_id=clause.pk)
    decisions.decide_case(case_id=case.pk, by=lead, at=timezone.now(), ruling=ruling)

    after = client.get(f"/c/{case.ref}/decide/state/").content.decode()

    assert "data-shut" not in before
    assert "data-shut" in after
    assert "Ben Lead decided this case" in after


def test_sending_twice_decides_once(client, ana, clause):
    case = my_case(ana)

    client.post(f"/c/{case.ref}/decide/", chosen(clause, do="stay"), headers=HTMX)
    again = client.post(f"/c/{case.ref}/decide/", chosen(clause, do="stay"), headers=HTMX)

    assert again.status_code == 200
    assert Decision.objects.filter(case=case).count() == 1
    assert UndoEntry.objects.filter(user=ana).count() == 1


def test_drafts_are_kept_and_an_autosave_that_comes_late_is_dropped(client, ana, clause):
    case = my_case(ana)
    url = f"/c/{case.ref}/draft/decision/"

    kept = client.post(url, {"verdict": "remove", "rationale": "Half a "})
    draft = Draft.objects.get(case=case, user=ana)
    client.post(f"/c/{case.ref}/decide/", chosen(clause), headers=HTMX)
    client.post(url, {"verdict": "remove", "rationale": "Half a sentence"})

    assert kept.status_code == 204
    assert draft.data["rationale"] == "Half a "
    assert not Draft.objects.filter(case=case).exists()


def test_going_on_claims_the_next_best_case_or_stays_as_set(client, ana, clause):
    first, second = my_case(ana), make_case(at=timezone.now(), title="The next one")

    answer = client.post(f"/c/{first.ref}/decide/", chosen(clause), headers=HTMX)

    second.refresh_from_db()
    assert second.ref in answer.headers["HX-Location"]
    assert second.assignee == ana
    assert "The next one" in answer.headers["HX-Trigger"]


def test_deciding_a_case_that_nobody_holds_takes_it(client, ana, clause):
    case = make_case(surface="ads", at=timezone.now())

    client.post(f"/c/{case.ref}/decide/", chosen(clause, do="stay"), headers=HTMX)

    case.refresh_from_db()
    assert (case.status, case.assignee) == (CaseStatus.DECIDED, ana)


def test_no_rule_fits_opens_a_gap_with_the_elements_that_failed_or_links_one(client, ana, clause):
    first, second = my_case(ana), my_case(ana)
    data = chosen(
        clause,
        verdict="policy_gap",
        card=clause.pk,
        elements=["offer"],
        rationale="Loans to pets are nowhere.",
        gap_position="Leave up, label.",
        do="stay",
    )

    client.post(f"/c/{first.ref}/decide/", data, headers=HTMX)
    gap = Gap.objects.get()
    client.post(
        f"/c/{second.ref}/decide/", {"verdict": "policy_gap", "rationale": "The same.", "gap": gap.pk}, headers=HTMX
    )

    decision = Decision.objects.get(case=first)
    assert (decision.clause, decision.gap) == (None, gap)
    assert [element["key"] for element in gap.failed] == ["promise", "hide", "fake"]
    assert (gap.nearest, gap.source_ref, gap.interim_position) == (clause, first.ref, "Leave up, label.")
    assert Decision.objects.get(case=second).gap == gap
    assert Gap.objects.count() == 1


def test_a_gap_of_a_restricted_case_is_not_told_to_others(client, ana, clause):
    case = my_case(ana, compartments=["LEGAL_PRIVILEGED"])
    cleared = make_user(compartments=["LEGAL_PRIVILEGED"])
    Case.objects.filter(pk=case.pk).update(assignee=cleared)
    ruling = decisions.Ruling(verdict=Verdict.POLICY_GAP, rationale="Secret matter.")

    decisions.decide_case(case_id=case.pk, by=cleared, at=timezone.now(), ruling=ruling)

    assert not Gap.objects.visible_to(ana).exists()
    assert Gap.objects.visible_to(User.objects.get(pk=cleared.pk)).exists()


def test_undoing_a_decision_withdraws_the_gap_it_opened(client, ana):
    case = my_case(ana)
    ruling = decisions.Ruling(verdict=Verdict.POLICY_GAP, rationale="Nowhere.")
    decision = decisions.decide_case(case_id=case.pk, by=ana, at=timezone.now(), ruling=ruling)

    decisions.undo_decision(decision_id=decision.pk, by=ana, at=timezone.now())

    assert Gap.objects.get().state == "withdrawn"


def test_revising_opens_the_case_again_and_the_older_decision_is_superseded_by_the_next(client, ana, clause):
    case = my_case(ana)
    now = timezone.now()
    ruling = decisions.Ruling(verdict=Verdict.NO_VIOLATION, clause_id=clause.pk)
    first = decisions.decide_case(case_id=case.pk, by=ana, at=now, ruling=ruling)
    timers.fire_due_timers(at=now + timedelta(seconds=11))
    page = client.get(f"/c/{case.ref}/").content.decode()

    refused = client.post(f"/c/{case.ref}/revise/", {"reason": " "}, headers=HTMX)
    answer = client.post(f"/c/{case.ref}/revise/", {"reason": "The second video was missed."}, headers=HTMX)
    panel = client.get(f"/c/{case.ref}/decide/").content.decode()
    client.post(f"/c/{case.ref}/decide/", chosen(clause, do="stay"), headers=HTMX)
    first.refresh_from_db()
    during = first.state
    timers.fire_due_timers(at=timezone.now() + timedelta(seconds=11))

    first.refresh_from_db()
    assert "Revise decision" in page
    assert refused.status_code == 422
    assert answer.status_code == 200
    assert 'value="no_violation" data-digit="4"' in panel
    assert (during, first.state) == (DecisionState.EFFECTIVE, DecisionState.SUPERSEDED)


def make_cluster(size=6, **fields):
    children = [make_case(organization=make_vendor(), at=NOON, title=f"Wave {n}", **fields) for n in range(size)]
    lead = make_user(roles=[Role.LEAD])
    merged = clusters.merge_cases(case_ids=[c.pk for c in children], target_id=None, by=lead, at=NOON)
    return merged.parent, children


@pytest.mark.django_db(transaction=True)
def test_a_cluster_is_decided_once_after_five_of_its_cases_were_looked_at(client, clause):
    ana = make_user(name="Ana Bell")
    client.force_login(ana)
    parent, children = make_cluster(surface="ads")

    refused = client.post(f"/c/{parent.ref}/decide/", chosen(clause), headers=HTMX)
    sample = client.post(f"/c/{parent.ref}/sample/", headers=HTMX).content.decode()
    decided = client.post(f"/c/{parent.ref}/decide/", chosen(clause, do="stay"), headers=HTMX)
    timers.fire_due_timers(at=timezone.now() + timedelta(seconds=11))

    assert refused.status_code == 409
    assert "5 more of the merged cases" in refused.content.decode()
    assert sample.count("Wave ") == 5
    assert AccessRecord.objects.filter(what="case.sample", actor_id=ana.pk).count() == 5
    assert decided.status_code == 200
    outcomes = Decision.objects.filter(case__in=children, state=DecisionState.EFFECTIVE)
    assert outcomes.count() == 6
    assert {o.public_rationale for o in outcomes} == {clause.public_rationale}
    assert {o.rationale for o in outcomes} == {""}


@pytest.mark.django_db(transaction=True)
def test_another_persons_look_does_not_count_and_a_severe_cluster_needs_a_lead(client, clause):
    parent, _children = make_cluster(surface="ads", severity=Severity.S1)
    ana, lead = make_user(), make_user(roles=[Role.LEAD])
    client.force_login(lead)
    client.post(f"/c/{parent.ref}/sample/", headers=HTMX)
    client.force_login(ana)
    words = chosen(clause, rationale="Clear fraud in all of them.")

    looked = client.post(f"/c/{parent.ref}/sample/", headers=HTMX)
    refused = client.post(f"/c/{parent.ref}/decide/", words, headers=HTMX)

    assert looked.status_code == 200
    assert refused.status_code == 422
    assert "senior or a lead" in refused.content.decode()
    assert decisions.sample_missing(parent, by=make_user()) == 5


@pytest.mark.parametrize("path", ["decide/", "decide/clauses/", "decide/state/"])
def test_what_one_may_not_see_does_not_exist(client, path):
    case = make_case(compartments=["LEGAL_PRIVILEGED"])
    client.force_login(make_user())

    assert client.get(f"/c/{case.ref}/{path}").status_code == 404
    assert client.get(f"/c/ESC-99999999/{path}").status_code == 404


@pytest.mark.parametrize("path", ["decide/", "decide/clause/", "sample/", "revise/", "draft/decision/"])
def test_what_one_may_not_see_takes_no_post(client, path):
    case = make_case(compartments=["LEGAL_PRIVILEGED"])
    client.force_login(make_user())

    assert client.post(f"/c/{case.ref}/{path}", {"verdict": "remove"}).status_code == 404


# -- Departing from the ladder, being unsure, a clause that changed, the source line --------------------------------------
def ticked(clause, **more):
    return (
        chosen(clause, card=clause.pk, elements=["offer", "promise", "hide"], actions=["content_remove", "warning"])
        | more
    )


def test_other_steps_than_the_ladders_need_a_reason_and_a_line(client, ana, clause):
    case = my_case(ana)
    url = f"/c/{case.ref}/decide/"

    bare = client.post(url, ticked(clause, actions=["content_remove"], do="stay"), headers=HTMX)
    html = bare.content.decode()
    with_why = ticked(clause, actions=["content_remove"], deviation="milder", do="stay")
    wordless = client.post(url, with_why, headers=HTMX)
    done = client.post(url, with_why | {"rationale": "First ad of a small shop."}, headers=HTMX)

    assert (bare.status_code, wordless.status_code, done.status_code) == (422, 422, 200)
    assert 'id="deviation-problem"' in html
    assert 'id="rationale-problem"' in wordless.content.decode()
    assert Decision.objects.get(case=case).deviation == "milder"


@pytest.mark.parametrize("reason", ["", "because", "x" * 500])
def test_a_reason_that_is_not_of_the_list_is_refused(client, ana, clause, reason):
    case = my_case(ana)

    answer = client.post(
        f"/c/{case.ref}/decide/",
        ticked(clause, actions=["content_remove"], deviation=reason, rationale="So."),
        headers=HTMX,
    )

    assert answer.status_code == 422
    assert not Decision.objects.exists()


def test_the_ladders_own_steps_keep_no_reason(client, ana, clause):
    case = my_case(ana)

    client.post(f"/c/{case.ref}/decide/", ticked(clause, deviation="milder", do="stay"), headers=HTMX)

    assert Decision.objects.get(case=case).deviation == ""


@pytest.mark.parametrize(("confidence", "asked"), [("unsure", 1), ("sure", 0)])
def test_who_is_unsure_may_ask_a_second_person(client, ana, clause, confidence, asked):
    case = my_case(ana)

    client.post(f"/c/{case.ref}/decide/", ticked(clause, confidence=confidence, second="1", do="stay"), headers=HTMX)

    assert Approval.objects.filter(case=case, why="wished").count() == asked


def replace_clause(clause):
    """The clause gets a new wording now: one element goes, one stays with other words."""
    now = timezone.now()
    PolicyVersion.objects.filter(pk=clause.pk).update(
        effective=DateTimeTZRange(clause.effective.lower, now), state="retired"
    )
    return make_version(
        policy=clause.policy,
        number=10,
        start=now,
        title="Deceptive investment",
        elements=[{"key": "offer", "text": "It offers any investment.", "group": "all"}],
        ladder=LADDER,
    )


def test_a_clause_replaced_while_drafting_shows_what_changed_and_is_confirmed_anew(client, ana, clause):
    case = my_case(ana)
    client.post(f"/c/{case.ref}/draft/decision/", ticked(clause))
    newer = replace_clause(clause)

    panel = client.get(f"/c/{case.ref}/decide/").content.decode()
    refused = client.post(f"/c/{case.ref}/decide/", ticked(clause), headers=HTMX)
    taken = client.post(f"/c/{case.ref}/decide/", ticked(clause, choose=newer.pk), headers=HTMX).content.decode()

    assert "AD-FR-2.1@v9 was replaced by AD-FR-2.1@v10" in panel
    assert "<ins>" in panel
    assert f'name="choose" value="{newer.pk}"' in panel
    assert refused.status_code == 422
    assert not Decision.objects.exists()
    assert 'id="replaced"' not in taken
    assert 'value="offer" id="element-offer" checked' in taken


def test_a_clause_that_ended_without_another_says_so(client, ana, clause):
    case = my_case(ana)
    client.post(f"/c/{case.ref}/draft/decision/", ticked(clause))
    PolicyVersion.objects.filter(pk=clause.pk).update(
        effective=DateTimeTZRange(clause.effective.lower, timezone.now()), state="retired"
    )

    assert "nothing took its place" in client.get(f"/c/{case.ref}/decide/").content.decode()


def test_a_wrong_source_is_reported_in_one_press_and_once(client, ana):
    case = my_case(ana)

    answer = client.post(f"/c/{case.ref}/decide/provenance/", headers=HTMX)
    client.post(f"/c/{case.ref}/decide/provenance/", headers=HTMX)
    page = client.get(f"/c/{case.ref}/").content.decode()

    assert "reported as wrong" in answer.content.decode()
    assert "reported as wrong" in page
    disputes = Event.objects.filter(subject_id=case.pk, kind="case.provenance_disputed")
    assert [event.data for event in disputes] == [provenance_of(case)]


def test_who_may_write_no_note_reports_no_source(client, ana):
    case = my_case(ana, status=CaseStatus.CLOSED)
    client.force_login(make_user(roles=[Role.AUDITOR]))

    assert client.post(f"/c/{case.ref}/decide/provenance/").status_code == 403


def test_earlier_decisions_are_cited_only_where_they_may_be_seen(client, ana, clause):
    earlier, hidden = my_case(ana), my_case(ana, compartments=["LEGAL_PRIVILEGED"])
    cited = []
    for case in (earlier, hidden):
        cited.append(
            Decision.objects.create(
                organization_id=case.organization_id,
                case=case,
                state="effective",
                verdict="remove",
                clause=clause,
                decided_by=ana,
                decided_at=timezone.now(),
                hold_until=timezone.now(),
                effective_at=timezone.now(),
            )
        )
    case = my_case(ana)

    refused = client.post(f"/c/{case.ref}/decide/", ticked(clause, cites=[cited[1].pk]), headers=HTMX)
    client.post(
        f"/c/{case.ref}/decide/",
        ticked(clause, cites=[cited[0].pk], departs_why="Other\nfacts.", do="stay"),
        headers=HTMX,
    )

    decision = Decision.objects.get(case=case)
    assert refused.status_code == 422
    assert (list(decision.cites.all()), decision.departs_why) == ([cited[0]], "Other facts.")


# -- Beside the clause ----------------------------------------------------------------------------------------------------
def decided_case(ana, clause, verdict, **fields):
    case = my_case(ana, **fields)
    now = timezone.now()
    Case.objects.filter(pk=case.pk).update(
        status="closed", resolution="no_violation", closed_at=now, assignee=None, claimed_at=None
    )
    return Decision.objects.create(
        organization_id=case.organization_id,
        case=case,
        state="effective",
        verdict=verdict,
        clause=clause,
        decided_by=ana,
        decided_at=now - timedelta(days=2),
        hold_until=now,
        effective_at=now,
    )


def test_precedents_stand_beside_the_clause_and_three_to_the_contrary_ask_for_a_line(client, ana, clause):
    case = my_case(ana)
    for _number in range(3):
        decided_case(ana, clause, "no_violation")
    overturned = decided_case(ana, clause, "remove")
    Decision.objects.filter(pk=overturned.pk).update(overturned_at=timezone.now())

    against = client.post(f"/c/{case.ref}/decide/beside/", ticked(clause), headers=HTMX).content.decode()
    along = client.post(
        f"/c/{case.ref}/decide/beside/", ticked(clause, verdict="no_violation"), headers=HTMX
    ).content.decode()

    assert against.count('name="cites"') == 4
    assert "<s>Violating: remove</s>" in against
    assert 'id="departs-why"' in against
    assert 'id="departs-why"' not in along


@pytest.mark.parametrize(
    "data", [{}, {"clause": "9" * 30}, {"clause": "999999"}, {"verdict": "burn", "actions": "x@@"}]
)
def test_what_stands_beside_nonsense_is_empty(client, ana, data):
    case = my_case(ana)

    answer = client.post(f"/c/{case.ref}/decide/beside/", data, headers=HTMX)

    assert answer.status_code == 200
    assert 'name="cites"' not in answer.content.decode()


def test_nothing_stands_beside_a_case_one_may_not_see(client, ana, clause):
    hidden = make_case(compartments=["CHILD_SAFETY"])

    assert client.post(f"/c/{hidden.ref}/decide/beside/", ticked(clause), headers=HTMX).status_code == 404


def test_a_wording_new_to_its_decider_is_read_before_it_is_decided_by(client, ana):
    clause = make_version(elements=ELEMENTS, logic="all_and_any", ladder=LADDER, needs_acknowledgement=True)
    case = my_case(ana)
    url = f"/c/{case.ref}/decide/"

    refused = client.post(url, ticked(clause), headers=HTMX)
    read = client.post(url, ticked(clause, acknowledge=clause.pk), headers=HTMX).content.decode()
    client.post(url, ticked(clause, do="stay"), headers=HTMX)

    assert refused.status_code == 422
    assert "is new to you" in refused.content.decode()
    assert "is new to you" not in read
    assert Decision.objects.filter(case=case).exists()


@pytest.mark.parametrize("name", ["acknowledge", "read"])
@pytest.mark.parametrize("value", ["", "x", "9" * 30, "999999", "-1"])
def test_reading_what_is_not_there_changes_nothing(client, ana, clause, name, value):
    case = my_case(ana)

    answer = client.post(f"/c/{case.ref}/decide/", ticked(clause) | {name: value}, headers=HTMX)

    assert answer.status_code == 200
    assert not Decision.objects.exists()


def test_what_cases_with_the_same_evidence_were_decided_under_is_suggested_first(client, ana, clause):
    """DEC-3: "same hash → 3 prior"; a case that the reader may not see counts for nothing."""
    other = make_version(policy=make_policy(key="CS-SP-1.1", family="community_standards"), ladder=LADDER, title="Spam")
    hidden = make_version(
        policy=make_policy(key="CS-HC-9.9", family="community_standards"), ladder=LADDER, title="Hidden"
    )
    case = my_case(ana)
    make_text_evidence(case, 1, sha256="a" * 64)
    for version, fields in ((other, {}), (other, {}), (hidden, {"compartments": ["LEGAL_PRIVILEGED"]})):
        person = make_user(compartments=["LEGAL_PRIVILEGED"])
        before = make_case(assignee=person, surface="ads", status=CaseStatus.IN_REVIEW, **fields)
        make_text_evidence(before, 1, sha256="a" * 64)
        decided_before(before, person, version)

    page = client.get(f"/c/{case.ref}/").content.decode()
    asked = client.get(f"/c/{case.ref}/decide/clauses/").content.decode()

    for html in (page, asked):
        assert "same evidence: 2 prior" in html
        assert f'value="{hidden.pk}" role="option"' not in html
        assert html.index("cited by the submitter") < html.index("same evidence: 2 prior")


def decided_before(case, person, version):
    ruling = decisions.Ruling(verdict=Verdict.NO_VIOLATION, clause_id=version.pk, rationale="Seen.")
    decision = decisions.decide_case(case_id=case.pk, by=person, at=NOON, ruling=ruling)
    timers.fire_of_case(case.pk, until=decision.hold_until)


@pytest.mark.parametrize(
    ("reason", "is_order"),
    [
        ("Removal order of 12 May", True),
        ("court injunction 4/26", True),
        ("Ordered by the regulator under article 9", True),
        ("In order to keep our word", False),
        ("DSA article 16", False),
        ("", False),
    ],
)
def test_the_source_line_says_where_an_order_stands_behind_a_case(reason, is_order):
    case = make_case(organization=make_vendor(), deadline_reason=reason)

    words = provenance_words(provenance_of(case))

    assert words.startswith("an order of a court" if is_order else "notice")

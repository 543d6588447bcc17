"""How long and where a step holds, chosen in the panel; and what is limited meanwhile where no rule fits (ux.md DEC-7, DEC-14)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import User
from core.errors import Invalid
from escalations.enforcement_life import Source
from escalations.lifecycle import CaseStatus, DecisionState, EntityKind, Verdict
from escalations.models import Case, Decision, Draft, EnforcementAction
from escalations.operations import decisions, enforcement, hand_offs, timers
from policies.lifecycle import ActionType
from tests.factories.enforcement import LADDER, add_subject, confirm_all, make_subject_case
from tests.factories.people import NOON, make_user
from tests.factories.policies import make_version

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
AFTER = NOON + timedelta(seconds=11)
BLOCK = "feature_block:7"


@pytest.fixture
def ana(client) -> User:
    person = make_user(name="Ana Bell")
    client.force_login(person)
    return person


def posted(clause, **more):
    steps = {"actions": ["content_remove", BLOCK], "deviation": "graver", "rationale": "The third time this week."}
    return (
        {"verdict": "remove", "clause": clause.pk, "card": clause.pk, "elements": ["target"], "do": "stay"}
        | steps
        | more
    )


def test_days_and_countries_written_beside_a_step_are_what_the_platform_is_asked(client, ana):
    case, *_rest = make_subject_case(person=ana)
    clause = make_version(ladder=LADDER)
    scoped = posted(clause, **{"markets@content_remove": "de, at DE", f"days@{BLOCK}": "21", f"markets@{BLOCK}": ""})

    effects = client.post(f"/c/{case.ref}/decide/beside/", scoped, headers=HTMX).content.decode()
    answer = client.post(f"/c/{case.ref}/decide/", scoped, headers=HTMX)
    decision = Decision.objects.get(case=case)
    timers.fire_of_case(case.pk, until=decision.hold_until)

    asked = {row.type: row for row in EnforcementAction.objects.filter(decision=decision)}
    assert answer.status_code == 200, answer.content.decode()
    assert "Remove content (AT, DE)" in effects
    assert decision.actions == ["content_remove@AT,DE", "feature_block:21"]
    assert asked["content_remove"].markets == ["AT", "DE"]
    assert asked["content_remove"].ends_at is None
    assert asked["feature_block"].ends_at - asked["feature_block"].queued_at == timedelta(days=21)
    assert asked["feature_block"].remind_at is not None
    assert "Remove content (AT, DE), Block a feature, 21 days" in client.get(f"/c/{case.ref}/decide/").content.decode()


def test_where_a_step_holds_is_no_departure_from_the_ladder_and_how_long_is(client, ana):
    case, *_rest = make_subject_case(person=ana)
    clause = make_version(ladder={"organic": [[{"type": "content_remove"}, {"type": "feature_block", "days": 7}]]})
    plain = posted(clause, deviation="", rationale="")

    longer = client.post(f"/c/{case.ref}/decide/", plain | {f"days@{BLOCK}": "9"}, headers=HTMX)
    same = client.post(f"/c/{case.ref}/decide/", plain | {f"days@{BLOCK}": "7", f"markets@{BLOCK}": "FR"}, headers=HTMX)

    assert longer.status_code == 422
    assert 'id="deviation-problem"' in longer.content.decode()
    assert 'value="9"' in longer.content.decode()
    assert same.status_code == 200
    assert Decision.objects.get(case=case).actions == ["content_remove", "feature_block:7@FR"]


@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        (f"days@{BLOCK}", "0", "lasts 1 to 3650 days"),
        (f"days@{BLOCK}", "long", "lasts 1 to 3650 days"),
        (f"days@{BLOCK}", "٣", "lasts 1 to 3650 days"),
        (f"markets@{BLOCK}", "Germany", "GERMANY: no country"),
        (f"markets@{BLOCK}", "DE, ZZ", "ZZ: no country"),
        ("markets@content_remove", "<b>", "no country"),
    ],
)
def test_what_cannot_be_is_refused_and_stands_in_its_field(client, ana, field, text, says):
    case, *_rest = make_subject_case(person=ana)

    answer = client.post(f"/c/{case.ref}/decide/", posted(make_version(ladder=LADDER), **{field: text}), headers=HTMX)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert says in html
    assert f'name="{field}" value="{text.replace("<", "&lt;").replace(">", "&gt;")}"' in html
    assert not Decision.objects.exists()


def test_one_kind_of_step_stands_once_in_a_decision():
    """The platform is asked once for each thing: which of two durations it is would be chance."""
    case, person, *_rest = make_subject_case()
    ladder = {"organic": [[{"type": "account_suspend", "days": 7}], [{"type": "account_suspend", "days": 30}]]}
    ruling = decisions.Ruling(
        verdict=Verdict.REMOVE,
        clause_id=make_version(ladder=ladder).pk,
        elements=["target"],
        actions=["account_suspend:7", "account_suspend:30"],
        deviation="other",
        rationale="Both.",
    )

    with pytest.raises(Invalid) as refused:
        decisions.decide_case(case_id=case.pk, by=person, at=NOON, ruling=ruling)

    assert [problem.code for problem in refused.value.errors] == ["twice"]


def test_a_draft_and_a_decision_taken_back_bring_the_scope_again(client, ana):
    case, *_rest = make_subject_case(person=ana)
    clause = make_version(ladder=LADDER)
    scoped = posted(clause, **{"markets@content_remove": "FR", f"days@{BLOCK}": "21"})

    client.post(f"/c/{case.ref}/draft/decision/", scoped)
    drafted = client.get(f"/c/{case.ref}/decide/").content.decode()
    client.post(f"/c/{case.ref}/decide/", scoped, headers=HTMX)
    decision = Decision.objects.get(case=case)
    draft = decisions.as_draft(decision)
    Draft.objects.filter(case=case).delete()
    decisions.undo_decision(decision_id=decision.pk, by=ana, at=decision.decided_at)
    Draft.objects.create(
        organization_id=case.organization_id, case=case, user=ana, kind="decision", data=draft, saved_at=NOON
    )
    again = client.get(f"/c/{case.ref}/decide/").content.decode()

    for html in (drafted, again):
        assert 'name="markets@content_remove" value="FR"' in html
        assert f'name="days@{BLOCK}" value="21"' in html


def test_what_is_done_in_some_countries_starts_with_the_cases_own(client, ana):
    case, *_rest = make_subject_case(person=ana, market="BR")
    clause = make_version(ladder={"organic": [[{"type": "content_disable"}]]})
    quick = {"verdict": "remove", "clause": clause.pk, "card": "", "do": "stay"}

    client.post(f"/c/{case.ref}/decide/", quick, headers=HTMX)

    assert Decision.objects.get(case=case).actions == ["content_disable@BR"]


# -- Meanwhile ---------------------------------------------------------------------------------------------------------
def test_where_no_rule_fits_what_limits_meanwhile_is_chosen_recorded_and_ends(client, ana):
    case, *_rest = make_subject_case(person=ana)
    gap = {"verdict": "policy_gap", "clause": "", "card": "", "rationale": "Nothing speaks of this.", "do": "stay"}
    step = "content_demote:14"
    scoped = gap | {"actions": [step], f"days@{step}": "5", f"markets@{step}": "DE"}

    shown = client.post(f"/c/{case.ref}/decide/clause/", gap, headers=HTMX).content.decode()
    too_long = client.post(f"/c/{case.ref}/decide/", scoped | {f"days@{step}": "15"}, headers=HTMX)
    removal = client.post(f"/c/{case.ref}/decide/", scoped, headers=HTMX)
    decision = Decision.objects.get(case=case)
    timers.fire_of_case(case.pk, until=decision.hold_until)
    asked = EnforcementAction.objects.get(decision=decision)
    confirm_all(case)
    case.refresh_from_db()
    enforcement.end_due(at=asked.ends_at)

    assert f'value="{step}"' in shown
    assert 'value="content_remove' not in shown
    assert (too_long.status_code, removal.status_code) == (422, 200)
    assert decision.actions == ["content_demote:5@DE"]
    assert (asked.entity.kind, asked.markets) == (EntityKind.POST, ["DE"])
    assert case.status == CaseStatus.CLOSED
    assert EnforcementAction.objects.get(reverses=asked).source == Source.END


@pytest.mark.parametrize("key", ["content_remove", "account_disable", "content_demote", "content_demote:99"])
def test_only_what_limits_and_ends_holds_meanwhile(key):
    case, person, *_rest = make_subject_case()
    ruling = decisions.Ruling(verdict=Verdict.POLICY_GAP, rationale="Nowhere.", actions=[key])

    with pytest.raises(Invalid):
        decisions.decide_case(case_id=case.pk, by=person, at=NOON, ruling=ruling)


def test_a_mitigation_goes_on_where_no_rule_fits_until_its_own_end():
    case, person, _account, post = make_subject_case()
    add_subject(case, kind=EntityKind.POST)
    until = NOON + timedelta(days=3)
    rows = enforcement.mitigate(
        case_id=case.pk,
        kind=ActionType.CONTENT_DEMOTE,
        entity_ids=[post.pk],
        until=until,
        reason="It spreads.",
        by=person,
        at=NOON,
    )
    confirm_all(case)
    ruling = decisions.Ruling(verdict=Verdict.POLICY_GAP, rationale="Nowhere.")

    decision = decisions.decide_case(case_id=case.pk, by=person, at=NOON, ruling=ruling)
    timers.fire_of_case(case.pk, until=decision.hold_until)

    mitigation = EnforcementAction.objects.get(pk=rows[0].pk)
    closed = Case.objects.get(pk=case.pk)
    enforcement.end_due(at=until)
    mitigation_later = EnforcementAction.objects.get(pk=rows[0].pk)
    assert Decision.objects.get(pk=decision.pk).state == DecisionState.EFFECTIVE
    assert mitigation.ended_at is None
    assert closed.status == CaseStatus.CLOSED
    assert mitigation_later.ended_why == "expired"
    assert hand_offs.open_of(closed).filter(reverses=mitigation).exists()

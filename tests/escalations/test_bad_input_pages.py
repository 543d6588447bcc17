"""The bad-input lists of the design, parts C, D, E and I, where people type them into pages; programs are in test_bad_input."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.roles import Role
from escalations.lifecycle import CaseStatus, GraphicTier
from escalations.models import Case, CaseEntity, Comment, Entity, Evidence
from escalations.operations import evidence, holds
from tests.factories.cases import make_case, make_queue
from tests.factories.enforcement import decide, make_subject_case
from tests.factories.people import NOON, make_team, make_user, make_vendor

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true"}


@pytest.fixture
def lead():
    return make_user(roles=[Role.LEAD])


@pytest.fixture
def client(lead) -> Client:
    client = Client()
    client.force_login(lead)
    return client


def hidden_from_a_specialist() -> Case:
    return make_case(queue=make_queue(team=make_team()))


# -- C: of another parent, hidden, several at once ------------------------------------------------------------------------
def test_c32_a_part_of_another_case_does_not_exist_here(client, lead):
    case, other = make_case(), make_case()
    evidence.add_text(case_id=other.pk, text="Elsewhere", by=lead, at=NOON, tier=GraphicTier.G0)
    entity = Entity.objects.create(platform="plaza", kind="account", key="x", first_seen_at=NOON)
    subject = CaseEntity.objects.create(
        organization=other.organization, case=other, entity=entity, role="victim", added_at=NOON
    )

    answers = [
        client.get(f"/c/{case.ref}/e/1/"),
        client.get(f"/c/{case.ref}/e/1/original/"),
        client.post(f"/c/{case.ref}/e/1/download/", {"reason": "For counsel"}),
        client.post(f"/c/{case.ref}/e/1/tier/", {"tier": "0"}),
        client.post(f"/c/{case.ref}/reveal/", {"what": str(subject.pk), "reason": "For counsel"}),
        client.get(f"/c/{case.ref}/clocks/R/1/"),
    ]

    assert [answer.status_code for answer in answers] == [404] * len(answers)


@pytest.mark.parametrize("act", ["tag", "assign", "severity", "snooze", "invalid", "duplicate"])
def test_c40_one_case_that_is_not_there_for_them_stops_the_whole_selection(act):
    ana = make_user()
    mine, hidden = make_case(assignee=ana), hidden_from_a_specialist()
    client = Client()
    client.force_login(ana)
    before = Case.objects.get(pk=mine.pk).revision
    given = {"add": "wave", "severity": "2", "reason": "x", "assignee": ana.pk, "note": "x", "of": mine.ref}

    answers = [
        client.post(f"/q/act/{act}/", given | {"keys": [mine.ref, ref]}, headers=HX)
        for ref in (hidden.ref, "ESC-99999", "nonsense")
    ]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert hidden.ref in answers[0].content.decode()
    assert Case.objects.get(pk=mine.pk).revision == before


@pytest.mark.parametrize("act", ["link", "duplicate", "merge"])
def test_c33_a_hidden_case_is_named_in_a_form_like_one_that_does_not_exist(act):
    ana = make_user()
    mine, hidden = make_case(assignee=ana), hidden_from_a_specialist()
    client = Client()
    client.force_login(ana)

    def words(ref: str) -> str:
        given = {"other": ref, "of": ref, "into": ref, "kind": "related", "keys": mine.ref}
        answer = client.post(f"/c/{mine.ref}/{act}/", given, headers=HX)
        assert answer.status_code == 422
        errors = answer.context["form"].errors
        return " ".join(str(error) for found in errors.values() for error in found).replace(ref, "")

    assert words(hidden.ref) == words("ESC-99999")


def test_c35_who_is_mentioned_without_access_gets_none_and_the_writer_is_told(client):
    stranger = make_user(name="Zoe Far", teams=[make_team()])
    case = make_case(queue=make_queue(team=make_team()))

    answer = client.post(f"/c/{case.ref}/note/", {"body": "@Zoe please look"}, headers=HX)

    assert answer.status_code == 200
    assert Comment.objects.get().body == "@Zoe please look"
    theirs = Client()
    theirs.force_login(stranger)
    assert theirs.get(f"/c/{case.ref}/").status_code == 404


# -- D: what is typed ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("composer", ["note", "reply"])
@pytest.mark.parametrize(
    "body",
    [
        pytest.param("", id="D41 empty"),
        pytest.param(" \n\t ", id="D41 blanks"),
        pytest.param("\u200b\u200d\ufeff", id="D41 zero width"),
        pytest.param("x" * 100_001, id="D42 100,001"),
        pytest.param("a\x00b", id="A8 NUL"),
    ],
)
def test_a_body_that_is_none_is_refused_and_kept(client, composer, body):
    case = make_case(organization=make_vendor())

    answer = client.post(f"/c/{case.ref}/{composer}/", {"body": body}, headers=HX)

    assert answer.status_code == 422
    assert not Comment.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"title": ""}, "title", id="D41 empty title"),
        pytest.param({"title": "\u200b"}, "title", id="D41 zero width title"),
        pytest.param({"title": "x" * 201}, "title", id="D42 title 201"),
        pytest.param({"ask": "x" * 100_001}, "ask", id="D42 ask 100,001"),
        pytest.param({"surface": "ad"}, "surface", id="D48 surface"),
        pytest.param({"harm": "bad"}, "harm", id="D48 harm"),
        pytest.param({"market": "XX"}, "market", id="D49 market"),
        pytest.param({"language": "english"}, "language", id="D49 language"),
        pytest.param({"what": "javascript:alert(1)"}, "what", id="D50 javascript"),
        pytest.param({"what": "https://a:b@vid.example/"}, "what", id="D50 credentials"),
    ],
)
def test_a_case_made_by_hand_says_what_to_correct_by_its_field(client, changes, field):
    good = {
        "what": "https://vid.example/p/1",
        "title": "Fake giveaway",
        "ask": "Please look.",
        "surface": "organic",
        "kind": "post",
        "harm": "fraud_scam",
        "market": "IE",
    }

    answer = client.post("/c/new/", good | changes)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Case.objects.exists()


# -- E: workflow ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("act", ["assign", "tag", "snooze", "invalid", "duplicate", "severity", "move"])
def test_e53_a_closed_case_takes_no_act_and_says_so(client, lead, act):
    case = make_case(status=CaseStatus.CLOSED)
    given = {"add": "x", "severity": "1", "reason": "spam", "assignee": lead.pk, "of": make_case().ref, "note": "x"}

    answer = client.post(f"/c/{case.ref}/{act}/", given | {"keys": case.ref}, headers=HX)

    assert answer.status_code in (409, 422)
    assert Case.objects.get(pk=case.pk).revision == case.revision


@pytest.mark.parametrize(
    ("act", "status"), [("claim", (409,)), ("renew", (403, 409)), ("release", (200, 409)), ("pass", (200, 409))]
)
def test_e53_nobody_claims_or_releases_a_closed_case(client, act, status):
    case = make_case(status=CaseStatus.CLOSED)

    assert client.post(f"/c/{case.ref}/{act}/", headers=HX).status_code in status
    assert Case.objects.get(pk=case.pk).revision == case.revision


def test_a_lead_takes_no_colleagues_case_away_under_the_name_of_wellness(client):
    case = make_case(assignee=make_user())

    answer = client.post(f"/c/{case.ref}/pass/", headers=HX)

    assert answer.status_code == 403
    assert Case.objects.get(pk=case.pk).assignee_id == case.assignee_id


def test_e53_an_open_case_is_not_reopened(client):
    case = make_case()

    answer = client.post(f"/c/{case.ref}/reopen/", {"reason": "again", "keys": case.ref}, headers=HX)

    assert answer.status_code in (409, 422)


@pytest.mark.parametrize(("act", "given"), [("invalid", {}), ("reopen", {}), ("severity", {"severity": "1"})])
def test_e54_what_ends_or_changes_a_case_needs_its_reason(client, lead, act, given):
    status = CaseStatus.CLOSED if act == "reopen" else CaseStatus.NEW
    case = make_case(status=status, assignee=None if act == "reopen" else lead)

    answer = client.post(f"/c/{case.ref}/{act}/", given | {"keys": case.ref}, headers=HX)

    assert answer.status_code == 422
    assert "reason" in answer.context["form"].errors


def test_e59_a_specialist_raises_and_does_not_lower_the_severity():
    ana = make_user()
    case = make_case(assignee=ana, severity=0)
    client = Client()
    client.force_login(ana)

    answer = client.post(f"/c/{case.ref}/severity/", {"severity": "3", "reason": "calm", "keys": case.ref}, headers=HX)

    assert answer.status_code in (403, 422)
    assert "senior" in answer.content.decode() or "role" in answer.content.decode()
    assert Case.objects.get(pk=case.pk).severity == 0


def test_e80_nothing_joins_a_closed_or_held_case(client, lead):
    closed, held = make_case(status=CaseStatus.CLOSED), make_case()
    holds.set_legal_hold(case_id=held.pk, basis="Order 7", by=make_user(roles=[Role.LEGAL]), at=NOON)

    answers = [client.post(f"/c/{case.ref}/e/add/", {"text": "late"}, headers=HX) for case in (closed, held)]

    assert [answer.status_code in (409, 422) for answer in answers] == [True, True]
    assert not Evidence.objects.exists()


@pytest.mark.parametrize(
    "until", ["yesterday", "", "9999-12-31T23:59", "2020-01-01T00:00", "2027-02-30T10:00", "2027-01-01T24:00"]
)
def test_e58_a_snooze_until_no_such_time_is_refused(client, until):
    case = make_case()

    answer = client.post(f"/c/{case.ref}/snooze/", {"wake": "time", "until": until, "keys": case.ref}, headers=HX)

    assert answer.status_code == 422
    assert Case.objects.get(pk=case.pk).snoozed_until is None


# -- I: lists ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "query",
    [
        {"q": "sort:nothing"},
        {"q": "created:-1d..-9d"},
        {"q": "nofield:1"},
        {"q": "sla:<2x"},
        {"q": "(" * 40},
        {"q": "a\x00b"},
        {"q": "x" * 600},
        {"cursor": "made up"},
        {"cols": "nothing"},
    ],
)
def test_i_a_list_that_is_asked_wrongly_answers_with_words_and_never_500(client, query: dict[str, Any]):
    make_case(received_at=NOON - timedelta(days=1))

    for address in ("/q/", "/q/rows/", "/q/facts/", "/q/count/"):
        answer = client.get(address, query, headers=HX)
        assert answer.status_code < 500, (address, query)


def test_a_nul_that_would_stand_in_an_event_is_refused_with_words(lead, client):
    case, person, *_subjects = make_subject_case(person=lead)
    decide(case, person, actions=())

    answer = client.post(f"/c/{case.ref}/revise/", {"reason": "a\x00b"})

    assert answer.status_code == 400
    assert "NUL" in answer.text
    case.refresh_from_db()
    assert case.status == CaseStatus.CLOSED

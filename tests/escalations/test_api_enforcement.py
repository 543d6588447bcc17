"""The platform's side over the API: it fetches, does, and says so; early, late, twice, otherwise. Nobody else sees anything."""

from __future__ import annotations

from datetime import timedelta

import pytest

from audit.models import Event
from escalations.lifecycle import CaseStatus
from escalations.models import Case, EnforcementAction
from escalations.operations import enforcement, handing_over
from tests.escalations.api_client import ALL_SCOPES, Caller
from tests.factories.enforcement import make_action
from tests.factories.people import NOON, internal_organization, make_vendor

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform():
    return Caller(organization=internal_organization(), scopes=("enforcement:ack",))


def ack(caller, action, **body):
    return caller.post(f"enforcement/{action.public_id}/ack/", body, idempotency_key=None)


def test_the_platform_fetches_what_is_queued_and_answers_it(platform):
    action = make_action()

    [listed] = platform.get("enforcement/").json()["results"]
    answer = ack(platform, action, state="accepted", foreign_id="mod-1")

    action.refresh_from_db()
    assert (listed["id"], listed["key"], listed["action"]) == (str(action.public_id), action.key, "content_remove")
    assert listed["subject"] == {"platform": "orbit", "kind": "post", "id": action.entity.key, "url": None}
    assert (answer.status_code, answer.json()["state"], action.foreign_id) == (200, "accepted", "mod-1")
    assert Case.objects.get(pk=action.case_id).status == CaseStatus.CLOSED
    assert platform.get("enforcement/").json()["results"] == []
    assert [row["id"] for row in platform.get("enforcement/", {"state": "accepted"}).json()["results"]] == [
        listed["id"]
    ]


def test_the_same_answer_twice_changes_nothing(platform):
    action = make_action()
    ack(platform, action, state="accepted", foreign_id="mod-1")
    before = Event.objects.count()

    again = ack(platform, action, state="accepted", foreign_id="mod-1")

    assert (again.status_code, again.json()["state"]) == (200, "accepted")
    assert Event.objects.count() == before


@pytest.mark.parametrize("other", [{"state": "refused", "reason": "No."}, {"state": "accepted", "foreign_id": "mod-2"}])
def test_another_answer_than_the_first_is_kept_for_a_person_to_see(platform, other):
    action = make_action()
    ack(platform, action, state="accepted", foreign_id="mod-1")

    answer = ack(platform, action, **other)

    action.refresh_from_db()
    assert (answer.status_code, answer.json()["code"]) == (409, "answered_differently")
    assert (action.state, action.foreign_id) == ("accepted", "mod-1")
    assert Event.objects.filter(kind="enforcement.contradicted").count() == 1


def test_a_late_answer_settles_what_was_unclear(platform):
    action = make_action()
    ack(platform, action, state="received")
    due = EnforcementAction.objects.get(pk=action.pk).answer_due_at

    early = handing_over.declare_silent(at=due - timedelta(seconds=1))
    silent = handing_over.declare_silent(at=due)
    unclear = EnforcementAction.objects.get(pk=action.pk).state
    answer = ack(platform, action, state="accepted", foreign_id="mod-1")

    assert (early, silent, unclear) == (0, 1, "ambiguous")
    assert answer.json()["state"] == "accepted"
    assert Event.objects.get(kind="enforcement.accepted").data["late"] is True


def test_a_past_told_afterwards_holds_silence_unclear_from_the_instant_its_word_was_due(platform):
    action = make_action()
    ack(platform, action, state="received")
    due = EnforcementAction.objects.get(pk=action.pk).answer_due_at

    early = handing_over.declare_silent_of(action.case_id, until=due - timedelta(seconds=1))
    silent = handing_over.declare_silent_of(action.case_id, until=due + timedelta(days=1))

    action.refresh_from_db()
    assert (early, silent, action.state, action.settled_at) == (0, 1, "ambiguous", due)
    assert Event.objects.get(kind="enforcement.unclear").at == due


def test_what_lifts_an_action_is_offered_after_it(platform):
    action = make_action()
    ack(platform, action, state="received")
    case = Case.objects.lock(action.case_id)
    enforcement.reverse([action.pk], case=case, reason="Overturned.", by=None, at=NOON + timedelta(hours=1))

    before = platform.get("enforcement/").json()["results"]
    ack(platform, action, state="accepted", foreign_id="mod-1")
    [lift] = platform.get("enforcement/").json()["results"]

    assert before == []
    assert lift["lift"] is True
    assert lift["lifts"] == {"id": str(action.public_id), "foreign_id": "mod-1"}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"state": "accepted"}, "/foreign_id"),
        ({"state": "refused"}, "/reason"),
        ({"state": "done"}, "/state"),
        ({}, "/state"),
        ({"state": "accepted", "foreign_id": "x" * 201}, "/foreign_id"),
        ({"state": "accepted", "foreign_id": 5}, "/foreign_id"),
        ({"state": "accepted", "foreign_id": "x", "key": "y"}, "/key"),
    ],
)
def test_an_answer_that_says_nothing_is_refused(platform, body, pointer):
    action = make_action()

    answer = ack(platform, action, **body)

    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    action.refresh_from_db()
    assert action.state == "queued"


@pytest.mark.parametrize(
    "path", ["enforcement/?state=odd", "enforcement/?limit=0", "enforcement/?cursor=x", "enforcement/?a=1"]
)
def test_odd_questions_get_a_clear_answer(platform, path):
    assert platform.get(path).status_code in (400, 422)


# -- Tenants -----------------------------------------------------------------------------------------------------------
def test_no_vendors_key_sees_counts_or_answers_an_action():
    action = make_action()
    owner = Caller(organization=action.case.organization, scopes=(*ALL_SCOPES, "enforcement:ack"))
    stranger = Caller(organization=make_vendor(), scopes=(*ALL_SCOPES, "enforcement:ack"))

    answers = [
        call
        for caller in (owner, stranger)
        for call in (
            caller.get("enforcement/"),
            caller.get(f"enforcement/{action.public_id}/"),
            ack(caller, action, state="accepted", foreign_id="x"),
        )
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert not any(action.key in answer.content.decode() for answer in answers)
    action.refresh_from_db()
    assert action.state == "queued"


def test_a_key_without_the_scope_and_a_sandbox_key_see_nothing():
    action = make_action()
    without = Caller(organization=internal_organization(), scopes=("cases:*",))
    sandbox = Caller(organization=internal_organization(), scopes=("enforcement:ack",), is_sandbox=True)

    assert without.get("enforcement/").json()["code"] == "scope_missing"
    assert sandbox.get("enforcement/").json()["results"] == []
    assert sandbox.get(f"enforcement/{action.public_id}/").status_code == 404


def test_an_action_of_a_restricted_case_and_a_missing_one_are_the_same(platform):
    action = make_action()
    Case.objects.filter(pk=action.case_id).update(compartments=["LAW_ENFORCEMENT"])

    hidden = platform.get(f"enforcement/{action.public_id}/").json()
    missing = platform.get("enforcement/018f0000-0000-7000-8000-000000000000/").json()

    assert platform.get("enforcement/").json()["results"] == []
    hidden.pop("request_id"), missing.pop("request_id")
    assert hidden == missing

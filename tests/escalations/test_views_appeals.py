"""The pages and the API of appeals."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from accounts.models import Compartment
from accounts.roles import Role
from audit.models import Event
from core.clock import db_now
from escalations.appeal_life import AppealState
from escalations.enforcement_life import Source
from escalations.filters.compiling import compile_filter
from escalations.models import Appeal, Case, EnforcementAction, SlaTimer, UndoEntry
from escalations.operations import handing_over, timers
from escalations.told import is_told, told
from tests.escalations.api_client import Caller
from tests.factories.cases import make_case
from tests.factories.enforcement import confirm_all, decide, decided_submission, make_subject_case
from tests.factories.people import internal_organization, make_user, make_vendor
from tests.factories.submissions import submission_body

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    found, person, _account, _post = make_subject_case()
    decide(found, person, at=db_now() - timedelta(minutes=5))
    return found


@pytest.fixture
def lead(client):
    user = make_user(roles=[Role.LEAD], name="Le Ad")
    client.force_login(user)
    return user


def take_down(client, case):
    entity = case.subjects.order_by("pk").first().entity_id
    answer = client.post(f"/c/{case.ref}/appeal/", {"entity_id": entity, "text": "It was satire.", "language": "pt"})
    assert answer.status_code == 302, answer.content
    return Appeal.objects.get(case=case)


def test_an_appeal_is_taken_down_claimed_asked_about_and_decided_on_its_pages(client, lead, case):
    appeal = take_down(client, case)
    page = f"/appeals/{appeal.ref}/"
    assert appeal.ref in client.get("/appeals/").content.decode()

    client.post(page + "claim/")
    shown = client.get(page).content.decode()
    assert "It was satire." in shown
    assert 'name="outcome"' in shown
    client.post(page + "ask/", {"body": "Whose page is it?"})
    appeal.refresh_from_db()
    assert appeal.state == AppealState.WAITING
    client.post(page + "answer/", {"body": "Ours."})
    wrong = client.post(page + "decide/", {"outcome": "overturned", "rationale": "Satire."})
    assert wrong.status_code == 422
    assert "Satire." in wrong.content.decode()
    right = {"outcome": "overturned", "grounds": "error", "rationale": "Satire.", "answer": "You were right."}
    client.post(page + "decide/", right)

    appeal.refresh_from_db()
    assert (appeal.state, appeal.outcome) == (AppealState.DECIDED, "overturned")
    timers.fire_due_timers(at=appeal.hold_until)
    appeal.refresh_from_db()
    assert appeal.state == AppealState.CLOSED
    twin, person, _account, _post = make_subject_case()
    decide(twin, person, clause=case.decisions.get().clause, at=db_now() - timedelta(minutes=5))
    assert "1 of 1 can be looked at again" in client.get(page + "family/").content.decode()
    for body in ({}, {"case": [twin.ref], "rationale": " "}, {"case": [twin.ref, "ESC-1"], "rationale": "So."}):
        wrong = client.post(page + "family/", {"outcome": "upheld"} | body)
        assert wrong.status_code == 422
        assert 'value="upheld" checked' in wrong.content.decode()
    client.post(page + "family/", {"all": "1", "outcome": "upheld", "rationale": "Not the same."})
    assert Appeal.objects.get(case=twin).outcome == "upheld"
    assert "0 of 0" not in client.get(page + "family/").content.decode()
    for tab in ("open", "urgent", "mine", "waiting", "on-mine", "settled", "nonsense"):
        assert client.get(f"/appeals/?show={tab}").status_code == 200


def test_who_decided_reads_why_it_is_not_theirs_and_finds_it_in_my_work(client, case):
    decider = case.decisions.get().decided_by
    lead = make_user(roles=[Role.LEAD])
    client.force_login(lead)
    appeal = take_down(client, case)
    client.force_login(decider)

    page = client.get(f"/appeals/{appeal.ref}/").content.decode()
    refused = client.post(f"/appeals/{appeal.ref}/claim/")

    assert "somebody else looks at its appeal" in page
    assert refused.status_code == 403
    assert appeal.ref not in client.get("/appeals/").content.decode()
    assert appeal.ref in client.get("/appeals/?show=on-mine").content.decode()
    assert appeal.ref in client.get("/me/").content.decode()


def test_what_is_asked_and_found_reaches_the_person_concerned_by_the_platform(client, lead, case):
    appeal = take_down(client, case)
    page = f"/appeals/{appeal.ref}/"
    client.post(page + "claim/")
    told = EnforcementAction.objects.filter(case=case, source=Source.APPEAL).order_by("pk")

    client.post(page + "ask/", {"body": "De quem e?"})
    asked = client.get(page).content.decode()
    out = handing_over.action_out(handing_over.with_parts(told).get())
    confirm_all(case)
    confirmed = client.get(page).content.decode()
    client.post(page + "answer/", {"body": "Nossa."})
    client.post(page + "ask/", {"body": "E a licenca?"})
    client.post(page + "answer/", {"body": "Aqui."})  # before it had left
    right = {"outcome": "upheld", "rationale": "No satire.", "answer": "Fica como esta."}
    client.post(page + "decide/", right)
    appeal.refresh_from_db()
    timers.fire_due_timers(at=appeal.hold_until)

    assert "By the platform: <b>Queued</b>" in asked
    assert (out["action"], out["why"], out["notice"]) == ("message", "appeal", {"language": "pt", "body": "De quem e?"})
    assert out["subject"]["id"] == appeal.entity.key
    assert "By the platform: <b>Confirmed</b>" in confirmed
    assert list(told.values_list("state", "tells__body")) == [
        ("accepted", "De quem e?"),
        ("cancelled", "E a licenca?"),
        ("queued", "Fica como esta."),
    ]
    other = EnforcementAction.objects.filter(case=case, source=Source.DECISION).first()
    with pytest.raises(DatabaseError), transaction.atomic():
        EnforcementAction.objects.filter(pk=other.pk).update(tells=told[0].tells)


@pytest.mark.parametrize("path", ["", "family/"])
def test_what_one_may_not_see_is_as_if_it_did_not_exist(client, lead, case, path):
    appeal = take_down(client, case)
    case.compartments = [Compartment.CHILD_SAFETY]
    case.save()

    hidden = client.get(f"/appeals/{appeal.ref}/{path}")
    missing = client.get(f"/appeals/APL-1/{path}")

    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert appeal.ref not in client.get("/appeals/").content.decode()


@pytest.mark.parametrize("role", [Role.ADMIN, Role.QUALITY, Role.POLICY_EDITOR])
def test_roles_that_decide_no_appeal_are_told_so(client, case, role):
    client.force_login(make_user(roles=[role]))

    assert client.get("/appeals/").status_code == 403


def test_a_vendors_person_finds_no_such_page(client, case):
    client.force_login(make_user(organization=case.organization, roles=[Role.VENDOR_LEAD]))

    assert client.get("/appeals/").status_code == 404


@pytest.mark.parametrize(
    "body", [{}, {"text": " "}, {"text": "x" * 10_001, "entity_id": "1"}, {"text": "a", "entity_id": "x"}]
)
def test_a_wrong_form_keeps_what_was_typed(client, lead, case, body):
    answer = client.post(f"/c/{case.ref}/appeal/", body)

    assert answer.status_code == 422
    assert not Appeal.objects.exists()


def test_an_undo_puts_the_appeal_back(client, lead, case):
    appeal = take_down(client, case)
    page = f"/appeals/{appeal.ref}/"
    client.post(page + "claim/")
    client.post(page + "decide/", {"outcome": "upheld", "rationale": "It stands.", "answer": "It stands."})
    token = UndoEntry.objects.get(user=lead, action="appeal.decide").token

    client.post(f"/undo/{token}/")

    appeal.refresh_from_db()
    assert (appeal.state, appeal.assignee) == (AppealState.OPEN, lead)
    assert not SlaTimer.objects.filter(object_type="appeal", kind="appeal_hold", state="armed").exists()


# -- The API
def submitted(vendor):
    caller = Caller(organization=vendor)
    ref = caller.post("submissions/", submission_body()).json()["ref"]
    return caller, ref


def test_a_submitter_appeals_once_reads_it_and_takes_it_back():
    vendor = make_vendor()
    caller, ref = submitted(vendor)
    early = caller.post(f"submissions/{ref}/appeal/", {"text": "Look again."})
    decided_submission(ref)

    filed = caller.post(f"submissions/{ref}/appeal/", {"text": "Look again."})
    again = caller.post(f"submissions/{ref}/appeal/", {"text": "Look again, please."})
    read = caller.get(f"submissions/{ref}/appeal/")
    said = caller.post(f"submissions/{ref}/appeal/messages/", {"body": "One thing more."})
    back = caller.post(f"submissions/{ref}/appeal/withdraw/", {})

    assert (early.status_code, early.json()["code"]) == (409, "not_appealable")
    assert filed.status_code == 201, filed.content
    assert (again.status_code, again.json()["code"]) == (409, "already_appealed")
    assert read.json()["state"] == "open"
    assert said.status_code == 201
    assert (back.status_code, back.json()["state"]) == (200, "withdrawn")
    own = Event.objects.filter(told(), subject_id=Appeal.objects.get().case_id, kind__startswith="appeal.")
    assert list(own.order_by("id").values_list("kind", flat=True)) == ["appeal.filed", "appeal.withdrawn"]


def test_of_somebody_elses_appeal_a_submitter_hears_nothing(client, lead, case):
    take_down(client, case)

    every = Event.objects.filter(subject_id=case.pk)
    heard = set(every.filter(told()).values_list("kind", flat=True))
    assert {event.kind for event in every if is_told(event.kind, event.data)} == heard
    assert "appeal.filed" not in heard
    assert "decision.effective" in heard


def test_another_organizations_key_and_the_subjects_appeal_are_out_of_sight():
    vendor, other = make_vendor(), make_vendor()
    caller, ref = submitted(vendor)
    found = decided_submission(ref)
    caller.post(f"submissions/{ref}/appeal/", {"text": "Look again."})
    stranger = Caller(organization=other)
    inside = Caller(organization=internal_organization(), scopes=("cases:*",))

    for method, path in (
        ("get", "appeal/"),
        ("post", "appeal/"),
        ("get", "appeal/messages/"),
        ("post", "appeal/withdraw/"),
    ):
        body = ({"text": "x"},) if method == "post" else ()
        assert getattr(stranger, method)(f"submissions/{ref}/{path}", *body).status_code == 404
    assert inside.get(f"submissions/{ref}/appeal/").status_code in (403, 404)
    assert Appeal.objects.filter(case=found).count() == 1


def test_an_outcome_is_not_told_before_it_is_carried_out(client, lead):
    vendor = make_vendor()
    caller, ref = submitted(vendor)
    decided_submission(ref)
    caller.post(f"submissions/{ref}/appeal/", {"text": "Look again."})
    appeal = Appeal.objects.get(case__ref=ref)
    client.post(f"/appeals/{appeal.ref}/claim/")
    client.post(
        f"/appeals/{appeal.ref}/decide/", {"outcome": "upheld", "rationale": "It stands.", "answer": "It stands."}
    )

    held = caller.get(f"submissions/{ref}/appeal/").json()
    appeal.refresh_from_db()
    timers.fire_due_timers(at=appeal.hold_until)
    told = caller.get(f"submissions/{ref}/appeal/").json()

    assert (held["state"], held["outcome"], held["answer"]) == ("open", "", "")
    assert (told["state"], told["outcome"], told["answer"]) == ("closed", "upheld", "It stands.")


def test_the_filter_finds_appealed_cases(client, lead, case):
    take_down(client, case)
    make_case()

    def refs(text):
        rows = compile_filter(text, viewer=lead, at=db_now()).raise_for_errors().cases()
        return set(rows.values_list("ref", flat=True))

    assert refs("appeal:open is:open") | refs("appeal:open is:closed") == {case.ref}
    assert case.ref not in refs("appeal:none")
    assert refs("appeal:overturned") == set()
    assert Case.objects.count() == 2

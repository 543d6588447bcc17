"""Contesting that a case was sent back: once, answered by somebody else, and what follows where the submitter was right."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.roles import Role
from audit.models import Event
from core.clock import db_now
from core.errors import NotPermitted
from escalations import events
from escalations.lifecycle import InvalidReason
from escalations.models import Case, Comment, Dispute
from escalations.operations import disputes
from escalations.operations.closing import mark_invalid
from reporting.models import CaseFact
from reporting.operations import facts
from tests.escalations.api_client import Caller
from tests.factories.people import make_user, make_vendor
from tests.portal.people import Vendor, make_portal_vendor, send_in, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def vendor() -> Vendor:
    return make_portal_vendor()


@pytest.fixture
def returned(vendor) -> Case:
    case = send_in(vendor.submitter, at=db_now() - timedelta(hours=3))
    judge = make_user(roles=[Role.LEAD], name="Judy Judge")
    mark_invalid(case_id=case.pk, reason=InvalidReason.MISSING_EVIDENCE, note="Add it", by=judge, at=db_now())
    case.refresh_from_db()
    return case


def filed(case: Case, vendor: Vendor) -> Dispute:
    return disputes.file_dispute(case_id=case.pk, text="The page is in item 1.", by=vendor.submitter, at=db_now())


def test_an_objection_names_who_sent_it_back_and_opens_the_thread(returned, vendor):
    dispute = filed(returned, vendor)

    assert (dispute.reason, dispute.rejected_by.display_name, dispute.state) == (
        "missing_evidence",
        "Judy Judge",
        "open",
    )
    assert Comment.objects.get(case=returned, is_from_submitter=True).body == "The page is in item 1."
    assert Event.objects.get(kind=events.DISPUTE_FILED).data["reason"] == "missing_evidence"


@pytest.mark.parametrize("why", ["twice", "late", "open case", "other vendor", "the team"])
def test_what_cannot_be_contested(returned, vendor, why):
    by, at = vendor.submitter, db_now()
    if why == "twice":
        filed(returned, vendor)
    elif why == "late":
        at += disputes.WINDOW + timedelta(hours=1)
    elif why == "open case":
        returned = send_in(vendor.submitter, at=at, where="https://vid.example/other")
    elif why == "other vendor":
        by = make_user(roles=[Role.VENDOR_LEAD], organization=make_vendor())
    else:
        by = make_user(roles=[Role.LEAD])

    with pytest.raises(NotPermitted if why in ("other vendor", "the team") else disputes.NotDisputable):
        disputes.file_dispute(case_id=returned.pk, text="x", by=by, at=at)


def test_upheld_it_opens_the_case_again_and_is_told_in_words(returned, vendor):
    dispute = filed(returned, vendor)
    other = make_user(roles=[Role.LEAD])

    disputes.answer_dispute(dispute_id=dispute.pk, upheld=True, answer="You are right.", by=other, at=db_now())
    with pytest.raises(disputes.NotDisputable):
        disputes.answer_dispute(dispute_id=dispute.pk, upheld=False, answer="No.", by=other, at=db_now())

    returned.refresh_from_db()
    dispute.refresh_from_db()
    assert (returned.status, returned.reopened_count, dispute.state) == ("new", 1, "upheld")
    assert Comment.objects.get(case=returned, author=other).body == "You are right."


def test_who_sent_it_back_does_not_answer_and_the_database_refuses_it_too(returned, vendor):
    dispute = filed(returned, vendor)

    with pytest.raises(NotPermitted, match="somebody else"):
        disputes.answer_dispute(dispute_id=dispute.pk, upheld=False, answer="No.", by=dispute.rejected_by, at=db_now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Dispute.objects.filter(pk=dispute.pk).update(
            state="dismissed", answer="No.", decided_by=dispute.rejected_by, decided_at=db_now()
        )


def test_the_pages_of_both_sides(returned, vendor):
    theirs, ours = signed_in(vendor.submitter), signed_in(make_user(roles=[Role.LEAD]))
    path = f"/portal/s/{returned.ref}"

    offered = theirs.get(f"{path}/").content.decode()
    unsaid = theirs.post(f"{path}/dispute/", {"text": ""})
    sent = theirs.post(f"{path}/dispute/", {"text": "The page is in item 1."}, follow=True)
    dispute = Dispute.objects.get()
    listed = ours.get("/disputes/").content.decode()
    empty = ours.post(f"/disputes/{dispute.public_id}/", {})
    done = ours.post(f"/disputes/{dispute.public_id}/", {"upheld": "0", "answer": "The page was missing."})
    after = theirs.get(f"{path}/").content.decode()

    assert "Contest it" in offered
    assert (unsaid.status_code, empty.status_code, done.status_code) == (422, 422, 302)
    assert "Somebody else looks at why it came back" in sent.content.decode()
    assert str(dispute.public_id) in listed
    assert "It stays returned." in after
    assert "The page was missing." in after
    assert "Contest it" not in after
    assert signed_in(make_user(roles=[Role.ADMIN])).get("/disputes/").status_code == 403
    assert theirs.get("/disputes/").status_code == 404


def test_the_week_of_the_return_counts_it_as_valid_once_it_is_upheld(returned, vendor):
    dispute = filed(returned, vendor)
    facts.write([returned.pk])
    before = CaseFact.objects.get(case_id=returned.pk)

    disputes.answer_dispute(
        dispute_id=dispute.pk, upheld=True, answer="You are right.", by=make_user(roles=[Role.LEAD]), at=db_now()
    )
    facts.write([returned.pk])
    after = CaseFact.objects.get(case_id=returned.pk)

    assert (before.triage, before.reason) == ("invalid", "missing_evidence")
    assert (after.triage, after.reason, after.triaged_at) == ("valid", "", dispute.rejected_at)


def test_a_key_contests_a_return_once_and_reads_what_was_found(returned, vendor):
    caller, stranger = Caller(organization=vendor.organization), Caller(organization=make_vendor())
    path = f"submissions/{returned.ref}/dispute/"
    none = caller.get(path)

    filed = caller.post(path, {"text": "The page is in item 1."})
    again = caller.post(path, {"text": "Once more."})
    other = make_user(roles=[Role.LEAD], name="Olga Other")
    disputes.answer_dispute(
        dispute_id=Dispute.objects.get().pk, upheld=True, answer="You were right.", by=other, at=db_now()
    )
    read = caller.get(path)

    assert none.status_code == 404
    assert (filed.status_code, filed.json()["state"]) == (201, "open")
    assert (again.status_code, again.json()["code"]) == (409, "already_disputed")
    assert (read.json()["state"], read.json()["answer"]) == ("upheld", "You were right.")
    assert "Olga" not in read.content.decode()
    assert (stranger.get(path).status_code, stranger.post(path, {"text": "x"}).status_code) == (404, 404)
    assert caller.post(path, {"text": ""}).status_code == 422

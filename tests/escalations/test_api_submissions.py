from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import IdempotencyRecord
from accounts.operations import idempotency
from audit.models import Event
from escalations import events
from escalations.lifecycle import Audience, CaseStatus
from escalations.models import Case, Comment, Evidence, Submission
from tests.escalations.api_client import Caller
from tests.factories.people import internal_organization, make_key, make_user
from tests.factories.submissions import submission_body

pytestmark = pytest.mark.django_db


@pytest.fixture
def caller() -> Caller:
    return Caller()


def sent(caller: Caller, **changes: Any) -> dict[str, Any]:
    answer = caller.post("submissions/", submission_body(**changes))
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_a_submission_is_answered_with_its_case_and_its_promises(caller: Caller) -> None:
    found = sent(caller, external_ref="NG-1")

    case = Case.objects.get(ref=found["ref"])
    assert found["status"] == "new"
    assert found["status_url"] == f"/api/v1/submissions/{case.ref}/"
    assert found["severity"]["accepted"] == "S3"
    assert set(found["promised"]) == {"acknowledge", "first_response", "resolve"}
    assert found["promised"]["resolve"].endswith("Z")
    assert found["warnings"][0]["code"] == "no_severity_inputs"


def test_what_was_sent_is_read_back_by_both_references(caller: Caller) -> None:
    ref = sent(caller, external_ref="NG-1")["ref"]

    one = caller.get(f"submissions/{ref}/").json()
    listed = caller.get("submissions/", {"external_ref": "NG-1"}).json()

    assert listed["results"] == [one]
    assert (one["ref"], one["external_ref"], one["status"], one["decision"]) == (ref, "NG-1", "new", None)
    assert [clock["clock"] for clock in one["clocks"]] == ["acknowledge", "first_response", "resolve"]


def test_the_same_key_and_body_get_the_first_answer_again(caller: Caller) -> None:
    body = submission_body()

    first = caller.post("submissions/", body, idempotency_key="k1")
    again = caller.post("submissions/", body, idempotency_key="k1")

    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert Case.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(caller: Caller) -> None:
    caller.post("submissions/", submission_body(), idempotency_key="k1")

    answer = caller.post("submissions/", submission_body(title="Another matter"), idempotency_key="k1")

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


def test_a_refused_body_may_be_corrected_under_the_same_key(caller: Caller) -> None:
    refused = caller.post("submissions/", submission_body(title=""), idempotency_key="k1")

    answer = caller.post("submissions/", submission_body(), idempotency_key="k1")

    assert (refused.status_code, answer.status_code) == (422, 201)


def test_another_key_of_the_same_organization_has_keys_of_its_own(caller: Caller) -> None:
    other = Caller(organization=caller.key.organization)
    caller.post("submissions/", submission_body(), idempotency_key="k1")

    answer = other.post("submissions/", submission_body(title="Another matter"), idempotency_key="k1")

    assert answer.status_code == 201


def test_after_the_record_is_forgotten_the_key_still_makes_no_second_case(caller: Caller) -> None:
    ref = caller.post("submissions/", submission_body(), idempotency_key="k1").json()["ref"]
    idempotency.forget_old(datetime.now(UTC) + timedelta(days=30))
    assert not IdempotencyRecord.objects.exists()

    answer = caller.post("submissions/", submission_body(), idempotency_key="k1")

    assert (answer.status_code, answer.json()["ref"]) == (409, ref)


def test_a_reference_used_before_is_refused_with_the_case(caller: Caller) -> None:
    ref = sent(caller, external_ref="NG-1")["ref"]

    answer = caller.post("submissions/", submission_body(external_ref="NG-1"))

    assert (answer.status_code, answer.json()["code"], answer.json()["ref"]) == (409, "external_ref_taken", ref)


def test_a_reference_of_a_case_that_became_restricted_still_names_it(caller: Caller) -> None:
    ref = sent(caller, external_ref="NG-1")["ref"]
    Case.objects.filter(ref=ref).update(compartments=["LAW_ENFORCEMENT"])

    answer = caller.post("submissions/", submission_body(external_ref="NG-1"))

    assert (answer.status_code, answer.json()["ref"]) == (409, ref)


def test_every_answer_says_how_many_requests_are_left(caller: Caller) -> None:
    for answer in (caller.get("submissions/"), caller.get("submissions/ESC-9999999/"), caller.post("submissions/", {})):
        assert int(answer.headers["RateLimit-Limit"]) > int(answer.headers["RateLimit-Remaining"])
        assert 0 < int(answer.headers["RateLimit-Reset"]) <= 60


def test_too_many_requests_in_a_minute_are_refused_with_the_wait(caller: Caller, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 2
    for _number in range(2):
        caller.get("submissions/")

    answer = caller.get("submissions/")

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) <= 60


def test_a_batch_answers_each_item_for_itself(caller: Caller) -> None:
    items = [
        submission_body(idempotency_key="a", external_ref="NG-1"),
        submission_body(idempotency_key="b", title=""),
        submission_body(idempotency_key="c", external_ref="NG-3"),
        submission_body(),
        "not an object",
    ]

    answer = caller.post("submissions/batch/", {"items": items}, idempotency_key=None)

    found = answer.json()
    assert answer.status_code == 200, answer.content
    assert [item["status"] for item in found["results"]] == [201, 422, 201, 422, 422]
    assert (found["accepted"], found["refused"]) == (2, 3)
    assert found["results"][1]["errors"] == [
        {"pointer": "/title", "code": "required", "detail": "This must not be empty."}
    ]
    assert Case.objects.count() == 2


def test_a_batch_sent_again_makes_nothing_new(caller: Caller) -> None:
    items = [submission_body(idempotency_key="a"), submission_body(idempotency_key="b", title="Another matter")]
    first = caller.post("submissions/batch/", {"items": items}, idempotency_key=None).json()

    again = caller.post("submissions/batch/", {"items": items}, idempotency_key=None).json()

    assert [item["replayed"] for item in again["results"]] == [True, True]
    refs = [[item["submission"]["ref"] for item in answer["results"]] for answer in (first, again)]
    assert refs[0] == refs[1]


def test_a_key_of_a_batch_with_another_body_is_refused_for_that_item(caller: Caller) -> None:
    caller.post("submissions/batch/", {"items": [submission_body(idempotency_key="a")]}, idempotency_key=None)
    items = [submission_body(idempotency_key="a", title="Other"), submission_body(idempotency_key="b")]

    found = caller.post("submissions/batch/", {"items": items}, idempotency_key=None).json()["results"]

    assert (found[0]["status"], found[0]["code"]) == (422, "idempotency_key_reused")
    assert found[1]["status"] == 201


def test_lists_are_paged_and_stable_under_inserts(caller: Caller) -> None:
    refs = [sent(caller, title=f"Matter {n} {n * 7919}")["ref"] for n in range(5)]

    first = caller.get("submissions/", {"limit": 2, "count": "true"}).json()
    sent(caller, title="Newer than all")
    second = caller.get("submissions/", {"limit": 2, "cursor": first["next"]}).json()
    third = caller.get("submissions/", {"limit": 2, "cursor": second["next"]}).json()

    assert first["count"] == 5
    found = [row["ref"] for page in (first, second, third) for row in page["results"]]
    assert found == refs[::-1]
    assert third["next"] is None


def test_lists_take_filters_and_the_filter_language(caller: Caller) -> None:
    ref = sent(caller, surface="commerce", title="Forged cards")["ref"]
    sent(caller)

    by_name = caller.get("submissions/", {"surface": "commerce", "status": "open"}).json()
    by_text = caller.get("submissions/", {"q": "surface:commerce is:open forged"}).json()

    assert [row["ref"] for row in by_name["results"]] == [ref]
    assert [row["ref"] for row in by_text["results"]] == [ref]


def test_a_message_of_the_submitter_reaches_the_case_once(caller: Caller) -> None:
    ref = sent(caller)["ref"]

    first = caller.post(f"submissions/{ref}/messages/", {"body": "It came back."}, idempotency_key="m1")
    again = caller.post(f"submissions/{ref}/messages/", {"body": "It came back."}, idempotency_key="m1")

    assert (first.status_code, again.content) == (201, first.content)
    assert [row["body"] for row in caller.get(f"submissions/{ref}/messages/").json()["results"]] == ["It came back."]


def test_notes_unsent_replies_and_names_of_the_team_stay_inside(caller: Caller) -> None:
    case = Case.objects.get(ref=sent(caller)["ref"])
    person = make_user(name="Ana Ruiz")
    at = case.received_at
    for body, audience, visible_at in (
        ("a note", Audience.INTERNAL, at),
        ("not yet sent", Audience.SUBMITTER, datetime.now(UTC) + timedelta(hours=1)),
        ("sent", Audience.SUBMITTER, at),
    ):
        Comment.objects.create(
            organization=case.organization,
            case=case,
            audience=audience,
            body=body,
            author=person,
            created_at=at,
            visible_at=visible_at,
        )

    answer = caller.get(f"submissions/{case.ref}/messages/")

    assert [(row["body"], row["author"]) for row in answer.json()["results"]] == [("sent", "Response team")]
    assert b"Ana" not in answer.content


def test_a_submission_is_withdrawn_with_a_reason_once(caller: Caller) -> None:
    ref = sent(caller)["ref"]

    first = caller.post(f"submissions/{ref}/withdraw/", {"reason": "Sent by mistake."}, idempotency_key=None)
    again = caller.post(f"submissions/{ref}/withdraw/", {"reason": "Sent by mistake."}, idempotency_key=None)

    assert (first.status_code, again.status_code) == (200, 200)
    assert (first.json()["status"], first.json()["resolution"]) == ("closed", "withdrawn")
    assert Event.objects.filter(kind=events.CASE_WITHDRAWN).count() == 1


def test_a_decided_submission_cannot_be_withdrawn(caller: Caller) -> None:
    case = Case.objects.get(ref=sent(caller)["ref"])
    Case.objects.filter(pk=case.pk).update(status=CaseStatus.DECIDED)

    answer = caller.post(f"submissions/{case.ref}/withdraw/", {"reason": "No."}, idempotency_key=None)

    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_transition")


def test_a_restricted_case_leaves_its_submitter_a_receipt(caller: Caller) -> None:
    ref = sent(caller, external_ref="NG-1")["ref"]
    Case.objects.filter(ref=ref).update(compartments=["LAW_ENFORCEMENT"])

    one = caller.get(f"submissions/{ref}/").json()
    listed = caller.get("submissions/").json()["results"]

    assert (one["ref"], one["status"], one["external_ref"]) == (ref, "restricted", "NG-1")
    assert "title" not in one
    assert "severity" not in one
    assert listed == [one]
    assert caller.get(f"submissions/{ref}/messages/").status_code == 404


def test_a_sandbox_key_and_a_live_key_never_see_each_others_submissions(caller: Caller) -> None:
    sandbox = Caller(organization=caller.key.organization, is_sandbox=True)
    live_ref, test_ref = sent(caller)["ref"], sent(sandbox)["ref"]

    assert caller.get(f"submissions/{test_ref}/").status_code == 404
    assert sandbox.get(f"submissions/{live_ref}/").status_code == 404
    assert sandbox.get(f"submissions/{test_ref}/").json()["is_sandbox"] is True


def test_a_file_is_sent_and_then_attached(caller: Caller) -> None:
    uploaded = caller.upload(SimpleUploadedFile("shot.txt", b"what they wrote", "text/plain"))
    assert uploaded.status_code == 201, uploaded.content

    found = sent(caller, evidence=[{"upload_id": uploaded.json()["upload_id"], "note": "the post"}])

    item = Evidence.objects.get(case__ref=found["ref"])
    assert (item.kind, item.name, item.sha256) == ("file", "shot.txt", uploaded.json()["sha256"])


def test_a_file_can_be_attached_once_and_only_by_its_own_organization(caller: Caller) -> None:
    upload_id = caller.upload(SimpleUploadedFile("a.txt", b"a", "text/plain")).json()["upload_id"]
    body = submission_body(evidence=[{"upload_id": upload_id}])

    stranger = Caller().post("submissions/", body)
    first, second = caller.post("submissions/", body), caller.post("submissions/", body)

    assert [answer.status_code for answer in (stranger, first, second)] == [422, 201, 422]
    assert second.json()["errors"][0]["code"] == "unknown_upload"
    assert second.json()["errors"] == stranger.json()["errors"]


def test_a_submission_can_join_a_case_that_is_there(caller: Caller) -> None:
    ref = sent(caller)["ref"]
    subject = {"kind": "account", "platform": "vid", "id": "@broker_2"}

    found = sent(caller, attach_to=ref.lower(), title="More of it", ask="Also this one.", subjects=[subject])

    case = Case.objects.get(ref=ref)
    assert (found["ref"], found["result"]) == (ref, "attached")
    assert Case.objects.count() == 1
    assert case.subjects.count() == 2
    assert case.evidence.count() == 2
    assert Submission.objects.filter(case=case).count() == 2
    assert Comment.objects.get(case=case).body == "More of it\n\nAlso this one."


def test_joining_another_organizations_case_is_refused_as_if_it_were_not_there(caller: Caller) -> None:
    ref = sent(Caller())["ref"]

    other = caller.post("submissions/", submission_body(attach_to=ref))
    missing = caller.post("submissions/", submission_body(attach_to="ESC-1234567"))

    assert (other.status_code, missing.status_code) == (422, 422)
    assert other.json()["errors"] == missing.json()["errors"]


def test_a_key_without_the_scope_is_told_which_it_lacks() -> None:
    caller = Caller(scopes=("submissions:read",))

    answer = caller.post("submissions/", submission_body())

    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert "submissions:write" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "key_missing"),
        ("Bearer wf_live_short", "key_malformed"),
        ("Basic dXNlcjpwYXNz", "key_malformed"),
        ("Bearer wf_live_aaaaaaaaaaaa_" + "a" * 43, "key_invalid"),
    ],
)
def test_a_401_says_what_is_wrong_with_the_form_of_the_key(header: str, code: str) -> None:
    answer = Client().get("/api/v1/submissions/", headers={"Authorization": header} if header else {})

    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_revoked_or_expired_key_is_refused_like_an_unknown_one() -> None:
    _key, token = make_key(expires_at=datetime.now(UTC) - timedelta(seconds=1))

    answer = Client().get("/api/v1/submissions/", headers={"Authorization": f"Bearer {token}"})

    assert (answer.status_code, answer.json()["code"]) == (401, "key_invalid")


def test_internal_keys_read_cases_and_use_the_verbs() -> None:
    inside = Caller(organization=internal_organization(), scopes=("cases:*",))
    ref = sent(Caller())["ref"]
    read = inside.get(f"cases/{ref}/")
    assert read.status_code == 200, read.content
    assert read.headers["ETag"] == '"rev-1"'

    raised = inside.post(
        f"cases/{ref}/severity/",
        {"severity": "S1", "reason": "The police called."},
        idempotency_key=None,
        **{"If-Match": '"rev-1"'},
    )
    stale = inside.post(
        f"cases/{ref}/severity/",
        {"severity": "S0", "reason": "Again."},
        idempotency_key=None,
        **{"If-Match": '"rev-1"'},
    )
    tagged = inside.post(f"cases/{ref}/tags/", {"add": ["election"]}, idempotency_key=None)

    assert (raised.status_code, raised.json()["severity"]["accepted"]) == (200, "S1")
    assert (stale.status_code, stale.json()["current"], stale.json()["given"]) == (412, raised.json()["revision"], 1)
    assert tagged.json()["tags"] == ["election"]
    assert [row["ref"] for row in inside.get("cases/", {"q": "sev:1"}).json()["results"]] == [ref]


def test_submitters_keys_have_no_way_to_cases() -> None:
    caller = Caller(scopes=("cases:read",))
    ref = sent(Caller(organization=caller.key.organization))["ref"]

    assert caller.get(f"cases/{ref}/").status_code == 403
    assert caller.get("cases/").status_code == 403

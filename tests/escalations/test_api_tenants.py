"""Every call of the API with another organization's reference, a restricted one and one that never was: the same answer."""

from __future__ import annotations

import re
from typing import Any

import pytest

from escalations.api.documentation import document
from escalations.models import Case
from tests.escalations.api_client import ALL_SCOPES, Caller
from tests.factories.people import internal_organization
from tests.factories.submissions import submission_body

pytestmark = pytest.mark.django_db
CANARY = "canary-7f3a"

WITH_REF = [
    (path, method, call)
    for path, methods in document()["paths"].items()
    for method, call in methods.items()
    if "{ref}" in path
]


def send(caller: Caller, path: str, method: str, call: dict[str, Any], ref: str) -> Any:
    address = path.removeprefix("/api/v1/").replace("{ref}", ref)
    if method == "get":
        return caller.get(address)
    examples = call.get("requestBody", {}).get("content", {}).get("application/json", {}).get("examples", {})
    body = next((example["value"] for example in examples.values()), {})
    return caller.post(address, body, idempotency_key=f"walk-{ref}", **{"If-Match": '"rev-1"'})


def without_request_id(answer: Any) -> tuple[int, str]:
    return answer.status_code, re.sub(r'"request_id":"[^"]*"', "", answer.content.decode())


@pytest.mark.parametrize(("path", "method", "call"), WITH_REF, ids=[call["operationId"] for *_, call in WITH_REF])
def test_a_strangers_a_restricted_and_a_missing_reference_are_the_same(
    path: str, method: str, call: dict[str, Any]
) -> None:
    is_inside = call["tags"] == ["Cases"]
    owner = Caller()
    theirs = owner.post("submissions/", submission_body(title=CANARY)).json()["ref"]
    caller = (
        Caller(organization=internal_organization(), scopes=("cases:*", "clocks:write", "clocks:backdate"))
        if is_inside
        else Caller()
    )
    restricted = owner.post("submissions/", submission_body(title=CANARY)).json()["ref"]
    Case.objects.filter(ref=restricted).update(compartments=["LAW_ENFORCEMENT"])
    unseen = ["ESC-1000001", "esc-1000001", "ESC-99999999999", "nonsense", "1", restricted]
    if not is_inside:
        unseen.append(theirs)

    answers = {ref: without_request_id(send(caller, path, method, call, ref)) for ref in unseen}

    assert set(answers.values()) == {answers["ESC-1000001"]}
    assert answers["ESC-1000001"][0] == 404
    assert CANARY not in str(answers)
    assert Case.objects.get(ref=restricted).revision == 1


def test_lists_feeds_and_counts_hold_ones_own_only() -> None:
    owner, stranger = Caller(), Caller()
    ref = owner.post("submissions/", submission_body(title=CANARY, external_ref=CANARY)).json()["ref"]

    for path, query in (
        ("submissions/", {"count": "true"}),
        ("submissions/", {"external_ref": CANARY}),
        ("submissions/", {"q": CANARY, "count": "true"}),
        ("submissions/", {"q": f"ref:{ref}"}),
        ("submissions/", {"q": f"vendor:{owner.key.organization.slug}"}),
        ("events/", {}),
    ):
        answer = stranger.get(path, query)
        assert ref not in answer.content.decode()
        if answer.status_code == 200:
            assert answer.json()["results"] == []
            assert answer.json().get("count", 0) == 0


def test_another_organizations_case_leaves_no_trace_in_what_a_submission_is_answered() -> None:
    owner, stranger = Caller(), Caller()
    ref = owner.post("submissions/", submission_body(external_ref="NG-1")).json()["ref"]

    answer = stranger.post("submissions/", submission_body(external_ref="NG-1"))

    assert answer.status_code == 201
    assert answer.json()["duplicate_of"] == []
    assert ref not in answer.content.decode()


def test_a_restricted_case_of_ones_own_is_not_suggested_either() -> None:
    owner = Caller(scopes=ALL_SCOPES)
    ref = owner.post("submissions/", submission_body()).json()["ref"]
    Case.objects.filter(ref=ref).update(compartments=["LAW_ENFORCEMENT"])

    assert owner.post("submissions/", submission_body()).json()["duplicate_of"] == []

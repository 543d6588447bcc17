"""Every example of the contract is sent as it stands and answered as documented; the contract is the committed one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.conf import settings

from accounts.models import Organization
from accounts.roles import Role
from core.clock import db_now
from core.shapes import Record
from escalations.api.documentation import document
from escalations.lifecycle import InvalidReason
from escalations.models import Case, Queue
from escalations.operations.closing import mark_invalid
from escalations.operations.submission_input import FIELDS, SUBMISSION, SubmissionInput, read
from notifications.operations import webhooks
from scripts import generated
from tests.escalations.api_client import ALL_SCOPES, Caller
from tests.factories.cases import make_queue
from tests.factories.enforcement import decided_submission, make_action
from tests.factories.people import NOON, internal_organization, make_team, make_user, make_vendor
from tests.factories.submissions import submission_body

CONTRACT = document()


def calls() -> list[tuple[str, str, str]]:
    return [
        (path, method, name)
        for path, methods in CONTRACT["paths"].items()
        for method, call in methods.items()
        for content in call.get("requestBody", {}).get("content", {}).values()
        for name in content.get("examples", {})
    ]


def name_of(call: dict[str, Any]) -> str:
    return str(call["operationId"])


def with_webhook(path: str, vendor: Organization, *, is_paused: bool = False) -> str:
    """The path of a call on an endpoint that heard something."""
    if "{endpoint_id}" not in path:
        return path
    manager = make_user(organization=vendor, roles=[Role.VENDOR_LEAD])
    made = webhooks.make(organization=vendor, url="https://hooks.vendor.example/", by=manager, at=db_now()).endpoint
    sent = webhooks.send_test(endpoint_id=made.pk, by=manager, at=db_now())
    if is_paused:
        webhooks.pause(endpoint_id=made.pk, by=manager, at=db_now())
    return path.replace("{endpoint_id}", str(made.public_id)).replace("{delivery_id}", str(sent.public_id))


def answers_as_documented(call: dict[str, Any], answer: Any) -> None:
    documented = call["responses"][str(answer.status_code)]
    schema = documented["content"]["application/json"]["schema"]
    jsonschema.Draft202012Validator(schema | {"components": CONTRACT["components"]}).validate(answer.json())


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "method", "name"), calls())
def test_an_example_works_as_it_stands(path: str, method: str, name: str) -> None:
    call = CONTRACT["paths"][path][method]
    vendor = make_vendor()
    submitter = Caller(organization=vendor)
    ref = submitter.post("submissions/", submission_body()).json()["ref"]
    if call["tags"] == ["Appeals"]:
        decided_submission(ref)
        if "messages" in path:
            submitter.post(f"submissions/{ref}/appeal/", {"text": "Look again."})
    if call["tags"] == ["Disputes"]:
        case, judge = Case.objects.get(ref=ref), make_user(roles=[Role.LEAD])
        mark_invalid(case_id=case.pk, reason=InvalidReason.MISSING_EVIDENCE, note="Add it", by=judge, at=db_now())
    team = make_team("General")
    Queue.objects.update_or_create(slug="general", defaults={"name": "General", "team": team})
    make_queue(slug="spanish")
    make_user(email="ana.ruiz@example.test", teams=[team])
    inside = {"Cases": "cases:*", "Enforcement": "enforcement:ack"}.get(call["tags"][0])
    caller = (
        Caller(organization=internal_organization(), scopes=(inside, "clocks:write", "clocks:backdate"))
        if inside
        else submitter
    )
    action = str(make_action().public_id) if inside == "enforcement:ack" else ""
    if call["tags"] == ["Webhooks"]:
        path = with_webhook(path, vendor, is_paused=name_of(call) == "resume_webhook")
        caller = Caller(organization=vendor, scopes=("webhooks:manage",))
    content = call["requestBody"]["content"]["application/json"]
    body = content["examples"][name]["value"]
    if name_of(call) == "wait_outside":  # only what somebody works on can wait
        caller.post(f"cases/{ref}/assign/", {"assignee": "ana.ruiz@example.test"})
    if name_of(call) == "answered_elsewhere":
        body = body | {"occurred_at": db_now().isoformat()}

    answer = caller.post(
        path.removeprefix("/api/v1/").replace("{ref}", ref).replace("{id}", action), body, **{"If-Match": '"rev-1"'}
    )

    assert answer.status_code in (200, 201), answer.content
    answers_as_documented(call, answer)
    schema = content["schema"] | {"components": CONTRACT["components"]}
    jsonschema.Draft202012Validator(schema).validate(body)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "scopes"),
    [
        ("submissions/", ALL_SCOPES),
        ("submissions/{ref}/", ALL_SCOPES),
        ("submissions/{ref}/messages/", ALL_SCOPES),
        ("events/", ALL_SCOPES),
        ("cases/", ("cases:read",)),
        ("cases/{ref}/", ("cases:read",)),
        ("webhooks/", ("webhooks:manage",)),
        ("webhooks/{endpoint_id}/", ("webhooks:manage",)),
        ("webhooks/{endpoint_id}/deliveries/", ("webhooks:manage",)),
    ],
)
def test_what_is_read_is_as_documented(path: str, scopes: tuple[str, ...]) -> None:
    submitter = Caller()
    ref = submitter.post("submissions/", submission_body(severity_claimed="S2", severity_reason="it grows")).json()[
        "ref"
    ]
    submitter.post(f"submissions/{ref}/messages/", {"body": "One thing more."})
    caller = submitter if scopes is ALL_SCOPES else Caller(organization=internal_organization(), scopes=scopes)

    if scopes == ("webhooks:manage",):
        caller = Caller(organization=submitter.key.organization, scopes=scopes)
    answer = caller.get(with_webhook(path, submitter.key.organization).replace("{ref}", ref))

    assert answer.status_code == 200, answer.content
    answers_as_documented(CONTRACT["paths"][f"/api/v1/{path}"]["get"], answer)


def test_the_committed_contract_is_the_one_the_code_has() -> None:
    committed = (Path(settings.BASE_DIR) / "docs/reference/openapi.yaml").read_text(encoding="utf-8")

    assert committed == generated.openapi(), "run python scripts/generated.py"


def test_every_documented_field_reaches_the_submission() -> None:
    assert isinstance(SUBMISSION, Record)
    kept = set(SubmissionInput.__dataclass_fields__)

    assert FIELDS.keys() <= kept
    assert read(submission_body(harm="spam", contact="x"), at=NOON).contact == "x"

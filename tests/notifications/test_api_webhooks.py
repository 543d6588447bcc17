"""Webhook endpoints over the API: the same operations, one organization and one kind of key at a time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook as Verifier

from accounts.models import Organization
from audit.models import Event
from core.clock import db_now
from notifications import events
from notifications.lifecycle import DeliveryState, Lane
from notifications.models import Delivery, WebhookEndpoint
from notifications.operations import delivering
from tests.escalations.api_client import Caller
from tests.factories.cases import make_queue
from tests.factories.people import internal_organization, make_vendor
from tests.notifications.receivers import Receiver

pytestmark = pytest.mark.django_db
URL = "https://hooks.vendor.example/in"


@pytest.fixture(autouse=True)
def _house() -> None:
    internal_organization()
    make_queue(is_default=True)


@pytest.fixture
def vendor() -> Organization:
    return make_vendor("cobalt")


@pytest.fixture
def manager(vendor: Organization) -> Caller:
    return Caller(organization=vendor, scopes=("webhooks:manage",))


def made(caller: Caller, **body: Any) -> Any:
    answer = caller.post("webhooks/", {"url": URL} | body)
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_an_endpoint_is_made_and_its_secret_verifies_what_is_sent(manager: Caller, receiver: Receiver) -> None:
    found = made(manager, url=receiver.url, kinds=["case.created"], description="CRM")

    manager.post(f"webhooks/{found['id']}/test/", {})
    delivering.deliver_due(lane=Lane.WEBHOOK, limit=10)

    _path, headers, body = receiver.got[0]
    assert Verifier(found["secret"]).verify(body.decode(), headers)["type"] == "webhook.test"
    [sent] = manager.get(f"webhooks/{found['id']}/deliveries/").json()["results"]
    assert (sent["kind"], sent["state"], sent["attempts"][0]["status"]) == ("webhook.test", "accepted", 200)
    event = Event.objects.get(kind=events.ENDPOINT_MADE)
    assert (event.actor_kind, event.actor_id) == ("key", manager.key.pk)


def test_the_secret_is_in_the_first_answer_alone(manager: Caller) -> None:
    first = manager.post("webhooks/", {"url": URL}, idempotency_key="one")
    again = manager.post("webhooks/", {"url": URL}, idempotency_key="one")

    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json() == first.json() | {"secret": None}
    assert WebhookEndpoint.objects.count() == 1
    listed = manager.get("webhooks/").content.decode() + manager.get(f"webhooks/{first.json()['id']}/").content.decode()
    assert "whsec_" not in listed
    assert first.json()["secret"][6:-1] not in listed


def test_it_is_changed_field_by_field_rotated_paused_resumed_and_removed(manager: Caller) -> None:
    place = f"webhooks/{made(manager, kinds=['case.created'])['id']}/"

    changed = manager.post(f"{place}edit/", {"description": "Only this"}).json()
    assert (changed["description"], changed["kinds"], changed["url"]) == ("Only this", ["case.created"], URL)
    assert manager.post(f"{place}edit/", {"kinds": []}).json()["kinds"] == []
    rotated = manager.post(f"{place}rotate/", {}).json()
    assert rotated["secret"].startswith("whsec_")
    assert [bool(one["expires_at"]) for one in rotated["secrets"]] == [True, False]
    assert manager.post(f"{place}pause/", {}).json()["state"] == "paused"
    refused = manager.post(f"{place}test/", {})
    assert (refused.status_code, refused.json()["code"]) == (422, "paused")
    assert manager.post(f"{place}resume/", {"with_missed": True}).json() == {"sent_again": 0}
    assert manager.post(f"{place}remove/", {}).json() == {"removed": True}
    assert manager.get(place).status_code == 404
    assert manager.get("webhooks/").json()["results"] == []


def test_a_stretch_and_one_message_are_sent_again(vendor: Organization, manager: Caller, receiver: Receiver) -> None:
    place = f"webhooks/{made(manager, url=receiver.url, kinds=['case.created'])['id']}/"
    since = db_now() - timedelta(minutes=1)
    body = {"title": "Fake", "ask": "Look", "surface": "ads", "harm": "fraud_scam", "market": "DE"}
    subjects = [{"kind": "ad", "url": "https://vid.example/1"}]
    assert Caller(organization=vendor).post("submissions/", body | {"subjects": subjects}).status_code == 201
    span = {"since": since.isoformat(), "until": (db_now() + timedelta(minutes=1)).isoformat()}

    assert manager.post(f"{place}replay/", span).json() == {"sent_again": 1}
    delivering.deliver_due(lane=Lane.WEBHOOK, limit=10)
    [sent] = manager.get(f"{place}deliveries/", {"state": "accepted"}).json()["results"]
    assert manager.post(f"{place}deliveries/{sent['id']}/again/", {}).status_code == 200
    delivering.deliver_due(lane=Lane.WEBHOOK, limit=10)

    assert len({headers["webhook-id"] for _path, headers, _body in receiver.got}) == 1
    assert len(receiver.got) == 2


def test_another_organizations_and_another_kinds_endpoint_are_as_if_they_were_not(vendor: Organization) -> None:
    manager = Caller(organization=vendor, scopes=("webhooks:manage",))
    found = made(manager)
    tried = manager.post(f"webhooks/{found['id']}/test/", {}).json()["id"]
    strangers = [
        Caller(organization=make_vendor("harbor"), scopes=("webhooks:manage",)),
        Caller(organization=vendor, scopes=("webhooks:manage",), is_sandbox=True),
        Caller(organization=internal_organization(), scopes=("webhooks:manage", "cases:*")),
    ]
    verbs = ["edit/", "rotate/", "pause/", "resume/", "remove/", "test/", "replay/", f"deliveries/{tried}/again/"]

    for stranger in strangers:
        assert stranger.get("webhooks/").json()["results"] == []
        for path in ("", "deliveries/"):
            assert stranger.get(f"webhooks/{found['id']}/{path}").status_code == 404
        for verb in verbs:
            assert stranger.post(f"webhooks/{found['id']}/{verb}", {"url": URL}).status_code == 404
    assert WebhookEndpoint.objects.get().state == "active"
    assert Delivery.objects.filter(state=DeliveryState.PENDING).count() == 1


def test_a_sandbox_key_makes_endpoints_that_hear_the_sandbox(vendor: Organization) -> None:
    found = made(Caller(organization=vendor, scopes=("webhooks:manage",), is_sandbox=True))

    assert found["is_sandbox"] is True


def test_another_message_of_the_organization_is_not_this_endpoints(manager: Caller) -> None:
    first, second = made(manager)["id"], made(manager)["id"]
    sent = manager.post(f"webhooks/{first}/test/", {}).json()["id"]

    assert manager.post(f"webhooks/{second}/deliveries/{sent}/again/", {}).status_code == 404


def test_a_key_without_the_scope_is_refused(vendor: Organization) -> None:
    answer = Caller(organization=vendor, scopes=("submissions:write",)).post("webhooks/", {"url": URL})

    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.vendor.example/",
        "ftp://hooks.vendor.example/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://[::1]/",
        "https://169.254.169.254/latest/",
        "https://10.1.2.3/",
        "https://100.64.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://good.example@evil.example/",
        "https://hooks.vendor.example:22/",
        "https://hooks.vendor.example\\@evil.example/",
        "not an address",
    ],
)
def test_addresses_that_may_not_be_used_are_refused_when_saved(manager: Caller, url: str) -> None:
    answer = manager.post("webhooks/", {"url": url})

    assert (answer.status_code, answer.json()["code"]) == (400, "url_not_allowed")
    found = made(manager)
    assert manager.post(f"webhooks/{found['id']}/edit/", {"url": url}).status_code == 400
    assert WebhookEndpoint.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/url", "required"),
        ({"url": URL, "kinds": ["case.nonsense"]}, "/kinds/0", "not_a_choice"),
        ({"url": URL, "kinds": "case.created"}, "/kinds", "wrong_type"),
        ({"url": URL, "body": "huge"}, "/body", "not_a_choice"),
        ({"url": URL, "description": "x" * 121}, "/description", "too_long"),
        ({"url": URL, "secret": "mine"}, "/secret", "unknown_field"),
    ],
)
def test_values_that_cannot_be_are_named(manager: Caller, body: dict[str, Any], pointer: str, code: str) -> None:
    answer = manager.post("webhooks/", body)

    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]


@pytest.mark.parametrize(
    ("span", "status"),
    [
        ({"since": "2026-11-02T00:00:00Z", "until": "2026-11-01T00:00:00Z"}, 422),
        ({"since": "2026-11-01T00:00:00", "until": "2026-11-02T00:00:00Z"}, 422),
        ({"since": "2026-11-01T00:00:00Z"}, 422),
    ],
)
def test_a_stretch_that_cannot_be_is_refused(manager: Caller, span: dict[str, str], status: int) -> None:
    assert manager.post(f"webhooks/{made(manager)['id']}/replay/", span).status_code == status


@pytest.mark.parametrize(
    "query", [{"cursor": "nonsense"}, {"limit": 0}, {"limit": 1000}, {"state": "lost"}, {"page": 2}]
)
def test_a_log_asked_wrongly_says_so(manager: Caller, query: dict[str, Any]) -> None:
    assert manager.get(f"webhooks/{made(manager)['id']}/deliveries/", query).status_code in (400, 422)


def test_making_one_needs_an_idempotency_key(manager: Caller) -> None:
    answer = manager.post("webhooks/", {"url": URL}, idempotency_key=None)

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")

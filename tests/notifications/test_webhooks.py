"""Webhooks: signed as the official library wants them, told of one's own submissions alone, retried, paused, sent again."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from standardwebhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from accounts.models import Organization, User
from accounts.roles import Role
from audit import relay
from audit.models import Event, OutboxMessage
from core.breakers import Breaker
from core.clock import db_now
from core.errors import Invalid, NotPermitted
from escalations.models import Case
from escalations.operations import cases, comments, intake
from escalations.operations.submission_input import SubmissionInput
from notifications.channels import Outcome, Verdict
from notifications.channels.webhook import Webhook, outcome_of
from notifications.lifecycle import DeliveryState, Lane
from notifications.models import Delivery, WebhookAttempt, WebhookEndpoint
from notifications.operations import delivering, webhooks
from tests.factories.cases import make_queue
from tests.factories.people import internal_organization, make_key, make_user, make_vendor
from tests.notifications.receivers import Receiver

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _house() -> None:
    internal_organization()
    make_queue(is_default=True)


@pytest.fixture
def vendor() -> Organization:
    return make_vendor("cobalt")


@pytest.fixture
def lead(vendor: Organization) -> User:
    return make_user(organization=vendor, roles=[Role.VENDOR_LEAD])


def made(lead: User, url: str, **given: Any) -> webhooks.NewSecret:
    return webhooks.make(organization=lead.organization, url=url, by=lead, at=db_now(), **given)


def submitted(organization: Organization, **given: Any) -> Case:
    key, _token = make_key(organization=organization, **given)
    payload = SubmissionInput(
        title="Fake broker", ask="Please look", surface="ads", harm="fraud_scam", external_ref="T-1"
    )
    return intake.submit(payload=payload, by=key, channel="api", at=db_now()).case


def told() -> None:
    """Let the outbox reach the webhooks and everything due be sent."""
    while relay.drain():
        pass
    delivering.deliver_due(lane=Lane.WEBHOOK, limit=500)


def make_due() -> None:
    Delivery.objects.filter(state=DeliveryState.PENDING).update(next_at=db_now())


# -- what is sent ------------------------------------------------------------------------------------------------------


def test_the_official_library_verifies_what_we_send_and_nothing_altered(lead: User, receiver: Receiver) -> None:
    secret = made(lead, receiver.url).secret
    case = submitted(lead.organization)
    told()

    assert [body["type"] for body in receiver.bodies()] == ["submission.received", "case.created"]
    for _path, headers, body in receiver.got:
        assert Verifier(secret).verify(body.decode(), headers)["data"]["ref"] == case.ref
        for altered in (
            (headers, body + b" "),
            (headers | {"webhook-id": "evt_other"}, body),
            (headers | {"webhook-timestamp": str(int(headers["webhook-timestamp"]) - 400)}, body),
        ):
            with pytest.raises(WebhookVerificationError):
                Verifier(secret).verify(altered[1].decode(), altered[0])
    other = made(lead, receiver.url + "2").secret
    with pytest.raises(WebhookVerificationError):
        Verifier(other).verify(receiver.got[0][2].decode(), receiver.got[0][1])


def test_signatures_are_those_the_javascript_library_makes() -> None:
    # tests/data/standard-webhooks-vectors.json: signed by the official JavaScript library, see tests/data/README.md.
    from base64 import b64decode
    from pathlib import Path

    from notifications.channels.webhook import signature

    vectors = json.loads((Path(__file__).parents[1] / "data" / "standard-webhooks-vectors.json").read_text())
    for one in vectors:
        secret = b64decode(one["secret"].removeprefix("whsec_"))
        ours = signature([secret], message_id=one["id"], timestamp=one["timestamp"], body=one["body"].encode())
        assert ours == one["signature"]


def test_while_a_secret_is_rotated_both_verify_and_then_the_new_one_alone(lead: User, receiver: Receiver) -> None:
    first = made(lead, receiver.url)
    second = webhooks.rotate(endpoint_id=first.endpoint.pk, by=lead, at=db_now())
    submitted(lead.organization)
    told()
    _path, headers, body = receiver.got[0]
    Verifier(first.secret).verify(body.decode(), headers)
    Verifier(second.secret).verify(body.decode(), headers)

    first.endpoint.secrets.filter(expires_at__isnull=False).update(expires_at=db_now())
    webhooks.send_test(endpoint_id=first.endpoint.pk, by=lead, at=db_now())
    told()
    _path, headers, body = receiver.got[-1]
    Verifier(second.secret).verify(body.decode(), headers)
    with pytest.raises(WebhookVerificationError):
        Verifier(first.secret).verify(body.decode(), headers)


def test_a_full_body_reads_as_the_api_does_and_a_thin_one_names_things(lead: User, receiver: Receiver) -> None:
    made(lead, receiver.url, body="full", kinds=["case.created"])
    made(lead, receiver.url, kinds=["case.created"])
    submitted(lead.organization)
    told()

    full, thin = sorted((body["data"] for body in receiver.bodies()), key=len, reverse=True)
    assert full["submission"]["title"] == "Fake broker"
    assert "submission" not in thin
    assert thin["external_ref"] == "T-1"


def test_an_endpoint_hears_its_own_organizations_live_submissions_alone(lead: User, receiver: Receiver) -> None:
    made(lead, receiver.url)
    sandbox = made(lead, receiver.url, is_sandbox=True, kinds=["case.created"]).endpoint
    submitted(make_vendor("rival"))
    theirs = submitted(lead.organization, is_sandbox=True)
    told()

    assert [body["data"]["ref"] for body in receiver.bodies()] == [theirs.ref]
    assert Delivery.objects.get().payload["endpoint"] == sandbox.pk


def test_a_note_of_the_team_never_leaves(lead: User, receiver: Receiver) -> None:
    made(lead, receiver.url, kinds=["comment.added"])
    case, ana = submitted(lead.organization), make_user()
    comments.add_note(case_id=case.pk, body="a secret canary", by=ana, at=db_now())
    told()

    assert receiver.got == []


def test_of_a_case_that_became_restricted_only_that_is_said(lead: User, receiver: Receiver) -> None:
    made(lead, receiver.url, body="full", kinds=["case.created"])
    case = submitted(lead.organization)
    Case.objects.filter(pk=case.pk).update(compartments=["LAW_ENFORCEMENT"])
    told()

    assert receiver.bodies()[0]["data"] == {"ref": case.ref, "handling": "restricted"}


def test_an_event_told_twice_is_one_delivery(lead: User, receiver: Receiver) -> None:
    made(lead, receiver.url, kinds=["case.created"])
    submitted(lead.organization)
    event = Event.objects.get(kind="case.created")
    webhooks.hear(event)
    webhooks.hear(event)
    told()

    assert len(receiver.got) == 1


# -- what comes back ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "verdict"),
    [(200, "accepted"), (299, "accepted"), (301, "permanent"), (400, "permanent"), (404, "permanent"), (408, "retryable"), (410, "permanent"), (425, "retryable"), (429, "retryable"), (500, "retryable"), (503, "retryable")],
)  # fmt: skip
def test_what_an_answer_means(status: int, verdict: str) -> None:
    assert outcome_of(status, "", took_ms=1).verdict == verdict


@pytest.mark.parametrize(
    ("said", "seconds"), [("120", 120), ("999999", 3600), ("soon", None), ("-5", None), ("", None)]
)
def test_retry_after_is_honoured_up_to_an_hour(said: str, seconds: int | None) -> None:
    assert outcome_of(503, said, took_ms=1).after == (None if seconds is None else timedelta(seconds=seconds))


def test_a_failing_receiver_is_tried_again_under_the_same_id(lead: User, receiver: Receiver) -> None:
    made(lead, receiver.url, kinds=["case.created"])
    receiver.answers = [(503, {"Retry-After": "60"}, b""), (500, {}, b""), (204, {}, b"")]
    submitted(lead.organization)
    told()
    delivery = Delivery.objects.get()
    assert delivery.state == DeliveryState.PENDING
    assert timedelta(seconds=50) < delivery.next_at - db_now() < timedelta(seconds=61)

    for _turn in range(2):
        make_due()
        told()

    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.ACCEPTED
    assert len({headers["webhook-id"] for _path, headers, _body in receiver.got}) == 1
    assert list(WebhookAttempt.objects.order_by("pk").values_list("status", flat=True)) == [503, 500, 204]


def test_nobody_there_is_tried_again(lead: User, receiver: Receiver, settings: Any) -> None:
    settings.OUTWARD_ALLOWED = [*settings.OUTWARD_ALLOWED, "127.0.0.1:1"]
    made(lead, "http://127.0.0.1:1/gone", kinds=["case.created"])
    submitted(lead.organization)
    told()

    assert Delivery.objects.get().state == DeliveryState.PENDING
    assert WebhookAttempt.objects.get().status == 0


def test_a_redirect_is_refused_and_not_followed(lead: User, receiver: Receiver) -> None:
    made(lead, receiver.url, kinds=["case.created"])
    receiver.answers = [(302, {"Location": receiver.url + "/elsewhere"}, b"")]
    submitted(lead.organization)
    told()

    assert len(receiver.got) == 1
    assert Delivery.objects.get().state == DeliveryState.DEAD


def test_after_ten_tries_it_is_dead_and_shown() -> None:
    assert len(Webhook.delays) == 9
    assert sum(Webhook.delays, timedelta()) > timedelta(days=3)


def test_410_pauses_the_endpoint_at_once_and_three_days_of_failing_do(lead: User, receiver: Receiver) -> None:
    gone = made(lead, receiver.url, kinds=["case.created"]).endpoint
    receiver.answers = [(410, {}, b"")]
    submitted(lead.organization)
    told()
    gone.refresh_from_db()
    assert (gone.state, Event.objects.get(kind="webhook.paused").data["why"]) == ("paused", "gone")

    failing = made(lead, receiver.url).endpoint
    row = Delivery(organization=lead.organization, payload={"endpoint": failing.pk}, created_at=db_now(), lane="webhook", channel="webhook", dedup_key="x")  # fmt: skip
    row.save()
    WebhookEndpoint.objects.filter(pk=failing.pk).update(failing_since=db_now() - timedelta(days=2, hours=23))
    webhooks.settled(row, Outcome(Verdict.RETRYABLE, "500", status=500))
    failing.refresh_from_db()
    assert failing.state == "active"
    WebhookEndpoint.objects.filter(pk=failing.pk).update(failing_since=db_now() - timedelta(days=3))
    webhooks.settled(row, Outcome(Verdict.RETRYABLE, "500", status=500))
    failing.refresh_from_db()
    assert failing.state == "paused"


# -- pausing and sending again -----------------------------------------------------------------------------------------


def test_what_happened_while_paused_is_sent_on_resuming(lead: User, receiver: Receiver) -> None:
    endpoint = made(lead, receiver.url, kinds=["case.created"]).endpoint
    webhooks.pause(endpoint_id=endpoint.pk, by=lead, at=db_now())
    case = submitted(lead.organization)
    told()
    assert (receiver.got, Delivery.objects.count()) == ([], 0)

    assert webhooks.resume(endpoint_id=endpoint.pk, by=lead, at=db_now(), with_missed=True) == 1
    told()

    assert [body["data"]["ref"] for body in receiver.bodies()] == [case.ref]


def test_one_or_a_stretch_is_sent_again_under_the_same_ids(lead: User, receiver: Receiver) -> None:
    endpoint = made(lead, receiver.url).endpoint
    began = db_now()
    submitted(lead.organization)
    told()
    first = [headers["webhook-id"] for _path, headers, _body in receiver.got]

    again = webhooks.replay(endpoint_id=endpoint.pk, since=began, until=db_now(), by=lead, at=db_now())
    webhooks.send_again(delivery_id=Delivery.objects.order_by("pk")[0].pk, by=lead, at=db_now())
    told()

    assert again == 2
    assert [headers["webhook-id"] for _path, headers, _body in receiver.got] == [*first, *first, first[0]]
    with pytest.raises(Invalid):
        webhooks.replay(endpoint_id=endpoint.pk, since=db_now(), until=began, by=lead, at=db_now())


def test_a_removed_endpoint_sends_nothing_more(lead: User, receiver: Receiver) -> None:
    endpoint = made(lead, receiver.url).endpoint
    submitted(lead.organization)
    webhooks.remove(endpoint_id=endpoint.pk, by=lead, at=db_now())
    told()

    assert receiver.got == []
    assert not webhooks.visible_to(lead).exists()


# -- who may, and what is refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    ["http://a.example/", "ftp://a.example/", "https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://169.254.169.254/", "https://10.0.0.1/", "https://100.64.0.1/", "https://2130706433/", "https://0x7f.1/", "https://good@evil.example/", "https://a.example:22/", "https://a.example\\@b.example/", "javascript:alert(1)", "", "https://"],
)  # fmt: skip
def test_an_address_that_is_not_public_is_refused_at_saving(lead: User, url: str) -> None:
    with pytest.raises(webhooks.UrlRefused):
        made(lead, url)


def test_an_address_is_judged_again_when_it_is_asked(lead: User, receiver: Receiver, settings: Any) -> None:
    made(lead, receiver.url, kinds=["case.created"])
    settings.OUTWARD_ALLOWED = []  # as if its name pointed inward since
    submitted(lead.organization)
    told()

    assert receiver.got == []
    assert Delivery.objects.get().state == DeliveryState.DEAD


def test_only_those_who_may_edit_keys_edit_endpoints_and_only_their_own(lead: User, receiver: Receiver) -> None:
    endpoint = made(lead, receiver.url).endpoint
    submitter = make_user(organization=lead.organization, roles=[Role.VENDOR_SUBMITTER])
    rival = make_user(organization=make_vendor("rival"), roles=[Role.VENDOR_LEAD])
    with pytest.raises(NotPermitted):
        webhooks.pause(endpoint_id=endpoint.pk, by=submitter, at=db_now())
    with pytest.raises(WebhookEndpoint.DoesNotExist):
        webhooks.pause(endpoint_id=endpoint.pk, by=rival, at=db_now())
    with pytest.raises(NotPermitted):
        webhooks.make(organization=lead.organization, url=receiver.url, by=rival, at=db_now())


def test_the_pages_show_the_secret_once_and_anothers_endpoint_never(
    client: Client, lead: User, receiver: Receiver
) -> None:
    client.force_login(lead)
    answer = client.post("/webhooks/cobalt/new/", {"url": receiver.url, "body": "thin", "kinds": ["case.created"]})
    secret = answer.context["secret"]
    endpoint = WebhookEndpoint.objects.get()
    page = f"/webhooks/cobalt/{endpoint.public_id}/"
    assert answer.status_code == 201
    assert secret in answer.content.decode()
    shown = f"/portal/webhooks/{endpoint.public_id}/"
    assert secret not in client.get(shown).content.decode()

    client.post(f"{page}test/")
    told()
    assert b"webhook.test" in client.get(shown).content
    delivery = Delivery.objects.get()
    client.post(f"{page}again/", {"delivery": str(delivery.public_id)})
    assert client.post(f"{page}again/", {"delivery": "nonsense"}).status_code == 404
    assert client.post(f"{page}replay/", {"since": "yesterday", "until": ""}).status_code == 422
    assert client.post(f"{page}change/", {"url": "http://10.0.0.1/", "body": "thin"}).status_code == 422
    assert client.post("/webhooks/cobalt/new/", {"url": "https://10.0.0.1/", "body": "thin"}).status_code == 422
    rotated = client.post(f"{page}rotate/")
    assert rotated.context["secret"] not in ("", secret)
    for what in ("pause", "resume", "remove"):
        assert client.post(f"{page}{what}/").status_code == 302

    client.force_login(make_user(organization=make_vendor("rival"), roles=[Role.VENDOR_LEAD]))
    for path in ("/webhooks/cobalt/", page, f"{page}log/"):
        assert client.get(path).status_code == 404


def test_a_slow_receiver_of_one_vendor_leaves_no_message_behind(lead: User, receiver: Receiver) -> None:
    made(lead, receiver.url)
    for _turn in range(3):
        key, _token = make_key(organization=lead.organization)
        payload = SubmissionInput(title="x", ask="y", surface="ads", harm="spam")
        intake.submit(payload=payload, by=key, channel="api", at=db_now())
    case = Case.objects.order_by("pk")[0]
    cases.tag_case(case_id=case.pk, by=make_user(roles=[Role.LEAD]), at=db_now(), add=["not-outward"])
    told()

    assert len(receiver.got) == 6
    assert not OutboxMessage.objects.filter(listener="webhooks").exists()


def test_a_destination_that_another_thread_meets_stops_no_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    class Places:
        def breaker(self, place: str) -> Any:
            delivering._known.add(f"{place}+")  # four threads send webhooks
            return Breaker()

    monkeypatch.setattr(delivering, "PLACES", Places())
    delivering._known.add("webhook:1")

    assert delivering.deliver_due(lane=Lane.WEBHOOK, limit=1) == 0

"""Sending through a real mail server on loopback: what arrives, what is tried again, and what is nobody's to repeat."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time, timedelta

import pytest
from django.core import mail as django_mail
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from audit import relay
from audit.recording import record
from core import mail
from core.clock import db_now
from escalations import events
from escalations.lifecycle import Severity
from escalations.operations import cases, claims, comments
from notifications import channels
from notifications.channels import Outcome
from notifications.lifecycle import EMAIL, DeliveryState, EventClass, Lane, Mode
from notifications.models import Delivery, Notification, Preference, Timing
from notifications.operations import deciding, delivering
from notifications.operations.deciding import Decision
from notifications.operations.sending import Flight
from tests.factories.cases import make_case
from tests.factories.people import make_user
from tests.notifications.mail_server import Server

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings) -> Iterator[Server]:
    running = Server()
    running.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
    settings.MAIL_DOMAIN = "cases.example.test"
    yield running
    running.stop()


@pytest.fixture
def ana(team):
    person = make_user(roles=[Role.SPECIALIST], teams=[team], name="Ana Reyes")
    person.time_zone = "America/New_York"
    person.save(update_fields=["time_zone"])
    return person


def tell() -> None:
    while relay.drain(500):
        pass


def due(**changes) -> None:
    """What gathers is ripe now."""
    Delivery.objects.filter(state="pending").update(next_at=db_now() - timedelta(seconds=1), **changes)


def send() -> None:
    due()
    for lane in Lane:
        delivering.deliver_due(lane=lane, limit=100)


def mention(ana, lead, queue, body="please look", **fields):
    case = make_case(queue=queue, **fields)
    comments.add_note(case_id=case.pk, body=f"@{ana.email} {body}", by=lead, at=db_now())
    tell()
    return case


def test_a_mention_arrives_in_text_and_html_with_what_machines_need(server, ana, lead, queue):
    case = mention(ana, lead, queue, title="Scam ring", body="is <b>this</b> yours?")

    send()

    [message] = server.got
    [delivery] = Delivery.objects.all()
    text, html = message.get_body(("plain",)).get_content(), message.get_body(("html",)).get_content()
    assert message["To"] == ana.email
    assert message["Subject"] == f"[{case.ref}] Lea Lind wrote a note on {case.ref}"
    assert "Scam ring" in text
    assert "is <b>this</b> yours?" in text
    assert "is &lt;b&gt;this&lt;/b&gt; yours?" in html
    assert "You got this because you were mentioned." in text
    assert f"/c/{case.ref}/" in html
    assert message["Message-ID"] == mail.message_id("notice", delivery.public_id)
    assert message["References"] == message["In-Reply-To"] == mail.message_id("case", case.ref)
    assert message["Auto-Submitted"] == "auto-generated"
    assert mail.read_reply_address(message["Reply-To"]) == (case.pk, ana.pk)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (delivery.state, delivery.attempts, delivery.provider_id) == ("accepted", 1, message["Message-ID"])


def test_times_are_in_the_persons_zone(server, ana, lead, queue):
    case = make_case(queue=queue)
    claims.claim_case(case_id=case.pk, by=ana, at=db_now())
    at = db_now()
    record(
        events.CLOCK_BREACHED,
        subject=case,
        by=None,
        at=at,
        data={"metric": "R", "breach_at": "2026-07-01T16:30:00+00:00"},
    )
    tell()

    send()

    assert "1 Jul 12:30 EDT" in server.got[0].get_body(("plain",)).get_content()


def test_one_click_stops_the_class_and_a_followed_link_alone_does_not(server, ana, lead, queue):
    mention(ana, lead, queue)
    send()
    path = "/notices/stop/" + server.got[0]["List-Unsubscribe"].strip("<>").split("/notices/stop/")[1]
    client = Client(enforce_csrf_checks=True)

    assert client.get(path).status_code == 200
    assert not Preference.objects.exists()
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200

    assert Preference.objects.get(user=ana).mode == Mode.OFF
    assert client.post("/notices/stop/forged/").status_code == 404
    mention(ana, lead, queue)
    send()
    assert len(server.got) == 1


def test_what_must_be_heard_has_no_one_click_stop_and_ignores_quiet_hours(server, ana, queue):
    Timing.objects.create(user=ana, organization=ana.organization, quiet_from=time(0, 0), quiet_until=time(23, 59, 59))
    for severity in (Severity.S1, Severity.S3):
        case = make_case(queue=queue, severity=severity)
        claims.claim_case(case_id=case.pk, by=ana, at=db_now())
        record(events.CLOCK_BREACHED, subject=case, by=None, at=db_now(), data={"metric": "R"})
    tell()

    send()

    [message] = server.got
    assert message["List-Unsubscribe"] is None
    [held] = Delivery.objects.filter(state="pending")
    assert held.is_gathering
    assert held.next_at > db_now()


def test_several_notices_of_a_case_make_one_message(server, ana, queue):
    case = make_case(queue=queue)
    claims.claim_case(case_id=case.pk, by=ana, at=db_now())
    for _ in range(3):
        record(events.COMMENT_ADDED, subject=case, by=None, at=db_now(), data={"from_submitter": True})
    tell()

    send()

    [message] = server.got
    assert "and 2 more" in message["Subject"]
    assert message.get_body(("plain",)).get_content().count("The submitter answered") == 3


def test_at_most_five_messages_about_a_case_in_ten_minutes_and_the_rest_gathers(server, ana, queue):
    case = make_case(queue=queue)
    claims.claim_case(case_id=case.pk, by=ana, at=db_now())
    for _ in range(8):
        record(events.COMMENT_ADDED, subject=case, by=None, at=db_now(), data={"from_submitter": True})
        tell()
        send()

    assert len(server.got) == 5
    [waiting] = Delivery.objects.filter(state="pending")
    assert waiting.items.count() == 3
    Delivery.objects.filter(sent_at__isnull=False).update(sent_at=db_now() - timedelta(minutes=11))
    send()
    assert len(server.got) == 6


def test_a_digest_gathers_objects_until_its_time(server, ana, queue):
    for _ in range(2):
        case = make_case(queue=queue)
        cases.watch_case(case_id=case.pk, by=ana, at=db_now())
        record(events.CASE_RESUMED, subject=case, by=None, at=db_now())
    tell()

    send()
    assert server.got == []
    due(created_at=db_now() - timedelta(days=2))
    send()

    assert [message["Subject"] for message in server.got] == ["Digest: 2 notices"]


def test_what_was_read_in_the_inbox_is_not_sent(server, ana, lead, queue):
    mention(ana, lead, queue)
    Notification.objects.update(read_at=db_now())

    send()

    assert server.got == []
    assert Delivery.objects.get().state == DeliveryState.CANCELLED


def test_who_lost_the_case_since_gets_no_message_of_it(server, ana, lead, queue):
    mention(ana, lead, queue)
    ana.memberships.all().delete()

    send()

    assert server.got == []
    assert Delivery.objects.get().state == DeliveryState.CANCELLED


def test_a_labelled_case_sends_neither_title_nor_words(server, team, lead, queue):
    cleared = make_user(roles=[Role.SPECIALIST], teams=[team], compartments=["LEGAL_PRIVILEGED"])
    lead = make_user(roles=[Role.LEAD], teams=[team], compartments=["LEGAL_PRIVILEGED"])
    mention(cleared, lead, queue, title="canary title", body="canary words", compartments=["LEGAL_PRIVILEGED"])

    send()

    assert "canary" not in server.got[0].as_string()


def test_a_busy_server_is_tried_again_and_a_refusal_is_dead(server, ana, lead, queue):
    server.answers = ["451 busy", "250"]
    mention(ana, lead, queue)

    send()
    assert Delivery.objects.get().state == DeliveryState.PENDING
    assert "451" in Delivery.objects.get().last_error
    send()
    assert len(server.got) == 1

    server.answers = ["554 never"]
    mention(ana, lead, queue)
    send()
    assert Delivery.objects.filter(state=DeliveryState.DEAD).count() == 1


def test_a_server_that_is_away_costs_a_try_and_nothing_else(server, ana, lead, queue):
    mention(ana, lead, queue)
    server.stop()

    send()

    [delivery] = Delivery.objects.all()
    assert (delivery.state, delivery.started_at) == (DeliveryState.PENDING, None)
    assert delivery.next_at > db_now()
    server.start()
    send()
    assert len(server.got) == 1


def test_a_mail_server_that_is_away_is_asked_again_by_one_mail_and_the_others_keep_their_tries(
    settings, ana, lead, queue, monkeypatch
):
    asked = []

    def connect(*_args, **_kwargs):
        asked.append(1)
        raise ConnectionRefusedError("nobody there")

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    monkeypatch.setattr("smtplib.SMTP.connect", connect)
    for _ in range(8):
        mention(ana, lead, queue)
    due(is_gathering=False)

    delivering.deliver_due(lane=Lane.NOTIFY, limit=100)

    tries = sorted(Delivery.objects.filter(channel=EMAIL).values_list("attempts", flat=True))
    assert len(asked) == 3  # then its breaker is open
    assert tries == [0] * (len(tries) - 3) + [1, 1, 1]
    due()
    delivering.deliver_due(lane=Lane.NOTIFY, limit=100)
    assert len(asked) == 3


def test_grey_lists_say_nothing_against_the_mail_server(server, ana, lead, queue):
    server.answers = ["450 later", "450 later", "450 later", "450 later"]
    for _ in range(6):
        mention(ana, lead, queue)
    due(is_gathering=False)

    delivering.deliver_due(lane=Lane.NOTIFY, limit=100)

    assert len(server.got) == 2


class Silent:
    """A channel of which nobody knows how it ended."""

    name, label, is_personal, lane, delays = "silent", "Silent", False, Lane.NOTIFY, delivering.minutes(1, 1)
    place = ""

    def __init__(self, repeats_safely: bool) -> None:
        self.repeats_safely, self.tries = repeats_safely, 0

    def prepare(self, delivery):
        return delivery.dedup_key

    def send(self, message, *, timeout_s: float) -> Outcome:
        self.tries += 1
        raise ConnectionResetError("gone after the request left")


@pytest.mark.parametrize(("repeats_safely", "state"), [(True, DeliveryState.PENDING), (False, DeliveryState.AMBIGUOUS)])
def test_an_unknown_end_is_tried_again_only_where_that_is_safe(ana, monkeypatch, repeats_safely, state):
    channel = Silent(repeats_safely)
    monkeypatch.setitem(channels.REGISTRY, "silent", channel)
    Delivery.objects.create(
        organization=ana.organization, lane=Lane.NOTIFY, channel="silent", dedup_key="x", created_at=db_now()
    )

    for _ in range(2):
        delivering.deliver_due(lane=Lane.NOTIFY, limit=10)

    assert Delivery.objects.get().state == state
    assert channel.tries == 1


def test_a_message_that_was_overtaken_changes_nothing(server, ana, lead, queue, monkeypatch):
    mention(ana, lead, queue)
    due(is_gathering=False)
    [claimed] = delivering.LEASES[Lane.NOTIFY].claim(1)
    Delivery.objects.update(fence=claimed.fence + 1)

    under_way = Flight(Lane.NOTIFY, 8.0)
    assert delivering._begin(claimed, under_way)

    assert len(under_way) == 0
    assert server.got == []
    assert Delivery.objects.get().state == DeliveryState.LEASED


def test_a_person_decides_once_about_what_is_unclear(ana, lead):
    admin = make_user(roles=[Role.ADMIN])
    delivery = Delivery.objects.create(
        organization=ana.organization, user=ana, lane=Lane.NOTIFY, channel=EMAIL, dedup_key="x", created_at=db_now(),
        state=DeliveryState.AMBIGUOUS, started_at=db_now(), attempts=1, event_class=EventClass.MENTION,
    )  # fmt: skip
    client = Client()
    client.force_login(admin, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "Unclear" in client.get("/admin/deliveries/").content.decode()
    path = reverse("notifications:decide", args=[delivery.public_id, "again"])

    assert client.post(path, {"reason": " "}).status_code == 422
    assert client.post(path, {"reason": "the server's log has no trace of it"}).status_code == 302
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (DeliveryState.PENDING, 0)
    assert client.post(path, {"reason": "again"}).status_code == 422

    stranger = Client()
    stranger.force_login(lead, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert stranger.post(path, {"reason": "x"}).status_code == 403


def test_confirming_is_for_what_is_unclear_alone(ana):
    admin = make_user(roles=[Role.ADMIN])
    delivery = Delivery.objects.create(
        organization=ana.organization, user=ana, lane=Lane.NOTIFY, channel=EMAIL, dedup_key="x", created_at=db_now(),
        state=DeliveryState.AMBIGUOUS, started_at=db_now(),
    )  # fmt: skip

    deciding.decide(
        delivery_id=delivery.public_id, decision=Decision.ARRIVED, reason="they answered", by=admin, at=db_now()
    )

    delivery.refresh_from_db()
    assert (delivery.state, delivery.sent_at) == (DeliveryState.ACCEPTED, delivery.started_at)


def test_mail_of_a_local_run_is_kept_and_administrators_read_it(settings, tmp_path, ana, lead, queue):
    settings.DATA_DIR, settings.EMAIL_BACKEND, settings.MAIL_IS_KEPT = tmp_path, "core.mail_sink.EmailBackend", True
    case = mention(ana, lead, queue)
    send()
    admin = Client()
    admin.force_login(make_user(roles=[Role.ADMIN]), backend="allauth.account.auth_backends.AuthenticationBackend")

    listed = admin.get("/admin/kept-mail/").content.decode()
    assert case.ref in listed
    name = listed.split("/admin/kept-mail/")[1].split("/")[0]
    assert "You got this because" in admin.get(f"/admin/kept-mail/{name}/").content.decode()
    assert admin.get("/admin/kept-mail/..%2f..%2fetc/").status_code == 404
    assert Client().get("/admin/kept-mail/").status_code == 302
    assert django_mail.outbox == []


def test_pages_and_webhooks_have_times_of_their_own():
    """R11: a page is tried for five seconds under a lease of twenty, a webhook for fifteen under one of sixty."""
    assert delivering.TIMES[Lane.PAGE] == (5.0, 20.0)
    assert delivering.TIMES[Lane.WEBHOOK] == (15.0, 60.0)
    assert {lane: (one.timeout_s, one.lease_s) for lane, one in delivering.LEASES.items()} == delivering.TIMES

"""Mail to those who submitted: their answer arrives, names nobody of ours, and can be answered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from audit import relay
from core import mail
from core.clock import db_now
from escalations.lifecycle import Audience, CaseStatus, Resolution
from escalations.models import Case, Comment
from escalations.operations import comments, inbound_mail, timers
from escalations.operations.closing import close
from notifications.lifecycle import EMAIL, DeliveryState, EventClass, Lane, Mode
from notifications.models import Delivery, Notification, Preference, WebhookEndpoint
from notifications.operations import delivering, webhooks
from tests.factories.cases import make_case
from tests.factories.people import make_user, make_vendor
from tests.notifications.mail_server import Server

pytestmark = pytest.mark.django_db
ANSWER = "We need the landing page, too."


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    running = Server()
    running.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
    settings.MAIL_DOMAIN = "cases.example.test"
    yield running
    running.stop()


@pytest.fixture
def eve() -> User:
    vendor = make_vendor("cobalt")
    return make_user(organization=vendor, roles=[Role.VENDOR_SUBMITTER], email="eve@vendor.test", name="Eve Vend")


def case_of(person: User, **fields: Any) -> Case:
    case = make_case(organization=person.organization, **fields)
    Case.objects.filter(pk=case.pk).update(submitted_by=person)
    case.refresh_from_db()
    return case


def held_by(case: Case, person: User) -> None:
    Case.objects.filter(pk=case.pk).update(assignee=person, claimed_at=db_now(), status=CaseStatus.IN_REVIEW)


def words_of(got: Any) -> str:
    """All that a mail says: headers, text, HTML."""
    parts = [part.get_content() for part in got.walk() if part.get_content_maintype() == "text"]
    return "\n".join([*(f"{name}: {value}" for name, value in got.items()), *parts])


def answered(case: Case, by: User) -> Comment:
    at = db_now() - timedelta(minutes=5)
    held_by(case, by)
    written = comments.add_reply(case_id=case.pk, body=ANSWER, by=by, at=at)
    timers.fire_of_case(case.pk, until=db_now())
    return written.comment


def send() -> None:
    while relay.drain(500):
        pass
    delivering.deliver_due(lane=Lane.NOTIFY, limit=100)


def mails_to(server: Server, person: User) -> list[Any]:
    return [one for one in server.got if one["To"] == person.email]


def test_who_submitted_gets_the_answer_and_can_answer_it(server: Server, eve: User, ana: User) -> None:
    case = case_of(eve, external_ref="T-7")
    answered(case, ana)

    send()

    [got] = mails_to(server, eve)
    text = got.get_body(("plain",)).get_content()
    assert ANSWER in text
    assert f"{case.ref} (T-7)" in got["Subject"]
    assert mail.read_reply_address(got["Reply-To"]) == (case.pk, eve.pk)
    raw = words_of(got)
    assert "Ana" not in raw
    assert ana.email not in raw
    assert f"/c/{case.ref}" not in raw
    assert "/inbox/" not in raw

    reply = got["Reply-To"]
    raw_answer = f"From: {eve.email}\nTo: {reply}\nSubject: Re\nMessage-ID: <1@vendor.test>\n\nHere it is.\n\n> {mail.REPLY_ABOVE}\n> {ANSWER}\n"
    kept = inbound_mail.receive(raw=raw_answer.encode(), at=db_now())
    inbound_mail.file_mail(mail_id=kept.pk, at=db_now())
    assert Comment.objects.get(case=case, is_from_submitter=True).body == "Here it is."


def test_no_notice_of_the_inbox_is_made_for_them(server: Server, eve: User, ana: User) -> None:
    answered(case_of(eve), ana)

    send()

    assert not Notification.objects.filter(user=eve).exists()


@pytest.mark.parametrize("fields", [{"compartments": ["LEGAL_PRIVILEGED"]}, {"harm": "child_safety"}])
def test_restricted_words_do_not_travel(server: Server, eve: User, ana: User, fields: dict[str, Any]) -> None:
    case = case_of(eve)
    answered(case, ana)
    Case.objects.filter(pk=case.pk).update(**fields)

    send()

    for got in mails_to(server, eve):
        assert ANSWER not in words_of(got)


def test_an_answer_taken_back_before_it_left_is_not_sent(server: Server, eve: User, ana: User) -> None:
    comment = answered(case_of(eve), ana)
    while relay.drain(500):
        pass
    Comment.objects.filter(pk=comment.pk).update(retracted_at=db_now())

    send()

    assert mails_to(server, eve) == []
    assert Delivery.objects.get(user=eve).state == DeliveryState.CANCELLED


def test_notes_of_the_team_reach_nobody_outside(server: Server, eve: User, ana: User) -> None:
    case = case_of(eve)
    held_by(case, ana)
    comments.add_note(case_id=case.pk, body="Between us", by=ana, at=db_now())

    send()

    assert not Delivery.objects.filter(user=eve).exists()
    assert Comment.objects.get(case=case).audience == Audience.INTERNAL


def test_the_end_is_told_by_its_word_and_to_the_lead_where_a_program_submitted(server: Server, eve: User) -> None:
    boss = make_user(organization=eve.organization, roles=[Role.VENDOR_LEAD], email="boss@vendor.test")
    stranger = make_user(organization=make_vendor("harbor"), roles=[Role.VENDOR_LEAD], email="x@harbor.test")
    case = make_case(organization=eve.organization)
    close(case, Resolution.INVALID, by=None, at=db_now(), cause="test")

    send()

    [got] = mails_to(server, boss)
    assert "closed: Invalid" in got["Subject"]
    assert mails_to(server, eve) == mails_to(server, stranger) == []


def test_it_speaks_their_language_and_a_click_stops_it(server: Server, eve: User, ana: User) -> None:
    User.objects.filter(pk=eve.pk).update(locale="es")
    case = case_of(eve)
    answered(case, ana)
    send()
    [got] = mails_to(server, eve)
    assert "respuesta" in got["Subject"].lower()

    stop = urlsplit(got["List-Unsubscribe"].strip(" <>\r\n")).path
    assert Client().post(stop).status_code == 200
    answered(case, ana)
    send()

    assert len(mails_to(server, eve)) == 1


def test_a_choice_of_off_is_kept(server: Server, eve: User, ana: User) -> None:
    Preference.objects.create(
        organization_id=eve.organization_id, user=eve, event_class=EventClass.ANSWER, channel=EMAIL, mode=Mode.OFF
    )
    answered(case_of(eve), ana)

    send()

    assert mails_to(server, eve) == []


def test_practice_and_old_news_are_told_to_nobody(server: Server, eve: User) -> None:
    close(case_of(eve, is_sandbox=True), Resolution.INVALID, by=None, at=db_now(), cause="test")
    close(case_of(eve), Resolution.INVALID, by=None, at=db_now() - timedelta(days=3), cause="import")

    send()

    assert mails_to(server, eve) == []


def test_the_owner_of_an_endpoint_is_told_that_it_was_paused(server: Server, eve: User) -> None:
    boss = make_user(organization=eve.organization, roles=[Role.VENDOR_LEAD], email="boss@vendor.test")
    made = webhooks.make(organization=eve.organization, url="https://hooks.vendor.example/", by=boss, at=db_now())
    webhooks._pause(made.endpoint, why="failing", words="Failing for three days: 503", by=None, at=db_now())

    send()

    [got] = mails_to(server, boss)
    assert "hooks.vendor.example" in got["Subject"]
    assert "503" in got.get_body(("plain",)).get_content()
    assert str(made.endpoint.public_id) in words_of(got)
    WebhookEndpoint.objects.update(state="active", paused_at=None)
    webhooks.pause(endpoint_id=made.endpoint.pk, by=boss, at=db_now())
    send()
    assert len(mails_to(server, boss)) == 1  # who paused it knows

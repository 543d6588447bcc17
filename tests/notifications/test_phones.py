"""Texts and calls: numbers that their owners confirmed, a provider described by settings, what is said, limits, opting out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from audit import relay
from core import text_sink
from core.breakers import Destinations
from core.clock import db_now
from core.errors import Invalid, NotPermitted, TooManyRequests
from escalations.models import Case, Queue
from escalations.operations import comments
from notifications.channels import gateways
from notifications.channels.gateways import HttpGateway, carries
from notifications.lifecycle import SMS, VOICE, DeliveryState, EventClass, Lane, Mode
from notifications.models import Delivery, Phone
from notifications.operations import delivering, phones, preferences
from tests.factories.cases import make_case
from tests.factories.people import make_user, make_vendor
from tests.notifications.receivers import Receiver, receiving

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
NUMBER = "+491701234567"


@pytest.fixture
def gateway(settings: Any) -> Iterator[Receiver]:
    """A provider on loopback, and the settings that describe it."""
    with receiving(settings, path="/v1/{to}") as there:
        there.answers = [(201, {}, b'{"messages": [{"id": "sm-77"}]}')]
        settings.SMS_URL, settings.VOICE_URL = there.url, there.url.replace("/v1/", "/calls/")
        settings.SMS_METHOD, settings.SMS_ID = "POST", "messages.0.id"
        settings.SMS_HEADERS = {"Content-Type": "application/json", "Authorization": "Bearer t0k"}
        settings.SMS_BODY = settings.VOICE_BODY = '{"to": "{to}", "text": "{text}", "key": "{key}"}'
        yield there


@pytest.fixture
def kept(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def browser(ana: User) -> Client:
    signed_in = Client()
    signed_in.force_login(ana, backend=BACKEND)
    return signed_in


def send_all() -> None:
    while relay.drain():
        pass
    Delivery.objects.filter(state=DeliveryState.PENDING).update(next_at=db_now())
    delivering.deliver_due(lane=Lane.NOTIFY, limit=500)


def confirmed(ana: User) -> Phone:
    phones.give_number(number=NUMBER, by=ana, at=db_now())
    Delivery.objects.all().delete()
    Phone.objects.filter(user=ana).update(verified_at=db_now(), code="", code_expires_at=None)
    return Phone.objects.get(user=ana)


def mention(ana: User, lead: User, queue: Queue, *channels: str) -> Case:
    preferences.choose(by=ana, choices={(EventClass.MENTION, channel): Mode.NOW for channel in channels})
    case: Case = make_case(queue=queue, severity=1, title="Secret words of a title")
    comments.add_note(case_id=case.pk, body=f"@{ana.email} secret words of a note", by=lead, at=db_now())
    return case


# -- confirming --------------------------------------------------------------------------------------------------------
def test_a_code_is_texted_and_confirms_the_number(ana, gateway):
    phones.give_number(number="+49 (170) 123-4567", by=ana, at=db_now())
    send_all()

    [body] = gateway.bodies()
    [code] = re.findall(r"\b\d{6}\b", body["text"])
    phone = phones.confirm(code=f" {code[:3]} {code[3:]}", by=ana, at=db_now())

    assert body["to"] == NUMBER
    assert phone.verified_at is not None
    assert NUMBER not in phone.encrypted
    assert code not in str(Delivery.objects.get().payload)


def test_five_wrong_codes_end_it_and_the_count_stays_though_each_is_refused(ana, gateway):
    phones.give_number(number=NUMBER, by=ana, at=db_now())
    send_all()
    [code] = re.findall(r"\b\d{6}\b", gateway.bodies()[0]["text"])
    wrong = f"{(int(code) + 1) % 10**6:06d}"

    for _ in range(5):
        with pytest.raises(Invalid, match="not the code"):
            phones.confirm(code=wrong, by=ana, at=db_now())
    with pytest.raises(Invalid, match="no longer valid"):
        phones.confirm(code=code, by=ana, at=db_now())

    assert Phone.objects.get().verified_at is None


def test_a_code_lives_ten_minutes(ana, gateway):
    given_at = db_now()
    phones.give_number(number=NUMBER, by=ana, at=given_at)
    send_all()
    [code] = re.findall(r"\b\d{6}\b", gateway.bodies()[0]["text"])

    with pytest.raises(Invalid, match="no longer valid"):
        phones.confirm(code=code, by=ana, at=given_at + timedelta(minutes=10))


def test_codes_are_limited_a_minute_apart_five_a_day_for_a_person_and_for_a_number(ana, team):
    at = db_now()
    phones.give_number(number=NUMBER, by=ana, at=at)
    with pytest.raises(TooManyRequests, match="minute"):
        phones.give_number(number="+15550001111", by=ana, at=at + timedelta(seconds=59))
    for turn in range(1, 5):
        phones.give_number(number=NUMBER, by=ana, at=at + timedelta(minutes=turn))
    phones.remove(by=ana, at=at)

    with pytest.raises(TooManyRequests, match="tomorrow"):
        phones.give_number(number="+15550001111", by=ana, at=at + timedelta(hours=1))
    with pytest.raises(TooManyRequests, match="tomorrow"):
        phones.give_number(number=NUMBER, by=make_user(teams=[team]), at=at + timedelta(hours=1))
    phones.give_number(number=NUMBER, by=ana, at=at + timedelta(hours=25))


@pytest.mark.parametrize(
    "number", ["", "0170 1234567", "+49", "+0123456789", "+49170123456789012", "+49 170 abc", "911"]
)
def test_what_is_no_number_with_its_country_is_refused(ana, number):
    with pytest.raises(Invalid):
        phones.give_number(number=number, by=ana, at=db_now())


def test_a_new_number_is_unconfirmed_and_its_code_is_not_the_old_ones(ana, gateway):
    confirmed(ana)
    phones.give_number(number="+15550001111", by=ana, at=db_now() + timedelta(minutes=2))

    phone = Phone.objects.get(user=ana)
    assert phone.verified_at is None
    assert phone.last4 == "1111"


# -- what is said ------------------------------------------------------------------------------------------------------
def test_a_text_names_case_and_try_severity_what_happened_and_a_link_and_nothing_else(
    ana, lead, queue, gateway, settings
):
    confirmed(ana)
    gateway.answers = [(503, {}, b""), (200, {}, b'{"messages": [{"id": "sm-78"}]}')]

    case = mention(ana, lead, queue, SMS)
    send_all()
    send_all()

    first, second = gateway.bodies()
    assert first["text"].startswith(f"#{case.ref}·1 S1 Somebody ")
    assert second["text"].startswith(f"#{case.ref}·2 S1 Somebody ")
    assert first["text"].endswith(f"{settings.SITE_URL}/c/{case.ref}/")
    assert first["key"] == second["key"]
    assert "secret" not in first["text"].lower()
    assert "Lea" not in first["text"]
    assert gateway.got[0][0] == "/v1/%2B491701234567"
    assert gateway.got[0][1]["authorization"] == "Bearer t0k"
    delivery = Delivery.objects.get(channel=SMS)
    assert (delivery.state, delivery.provider_id) == (DeliveryState.ACCEPTED, "sm-78")
    assert Phone.objects.get().last_success_at is not None


def test_a_call_goes_to_its_own_address_and_reads_no_link(ana, lead, queue, gateway):
    confirmed(ana)

    case = mention(ana, lead, queue, VOICE)
    send_all()

    assert gateway.got[0][0].startswith("/calls/")
    said = gateway.bodies()[0]["text"]
    assert f"{case.ref}. S1. Somebody" in said
    assert "http" not in said


@pytest.mark.parametrize(
    ("status", "state"),
    [(400, "dead"), (429, "pending"), (500, "ambiguous"), (504, "ambiguous"), (0, "ambiguous")],
)
def test_an_answer_decides_and_a_silence_is_left_to_a_person(ana, lead, queue, gateway, status, state):
    confirmed(ana)
    gateway.answers = [(status, {}, b"")]
    mention(ana, lead, queue, SMS)

    send_all()

    assert len(gateway.got) == 1
    assert Delivery.objects.get(channel=SMS).state == state
    assert Phone.objects.get().failing_since is not None


@pytest.mark.parametrize("why", ["unconfirmed", "stopped", "removed"])
def test_nothing_goes_to_a_number_that_is_not_confirmed_or_wants_nothing(ana, lead, queue, gateway, why):
    confirmed(ana)
    mention(ana, lead, queue, SMS, VOICE)
    while relay.drain():
        pass
    if why == "unconfirmed":
        Phone.objects.update(verified_at=None)
    elif why == "stopped":
        phones.stop(is_stopped=True, by=ana, at=db_now())
    else:
        phones.remove(by=ana, at=db_now())

    send_all()

    assert gateway.got == []
    ended = Delivery.objects.filter(channel__in=[SMS, VOICE])
    assert {one.state for one in ended} == {DeliveryState.CANCELLED}
    assert len(ended) == 2


# -- the gateway -------------------------------------------------------------------------------------------------------
def test_words_are_written_as_the_body_wants_them_and_never_fill_twice(gateway, settings):
    words = 'a "quoted" {to} & 50%\nmore'
    HttpGateway().send(SMS, to=NUMBER, text=words, key="k", timeout_s=5)
    settings.SMS_HEADERS = {"Content-Type": "application/x-www-form-urlencoded"}
    settings.SMS_BODY = "To={to}&Body={text}"
    HttpGateway().send(SMS, to=NUMBER, text=words, key="k", timeout_s=5)

    assert json.loads(gateway.got[0][2])["text"] == words
    assert parse_qs(gateway.got[1][2].decode()) == {"To": [NUMBER], "Body": [words]}


@pytest.mark.parametrize(
    ("path", "found"),
    [("messages.0.id", "sm-77"), ("header:X-Id", "h-1"), ("messages.5.id", ""), ("messages", ""), ("", "")],
)
def test_the_providers_id_is_found_where_the_settings_say(gateway, settings, path, found):
    gateway.answers = [(200, {"X-Id": "h-1"}, b'{"messages": [{"id": "sm-77"}]}')]
    settings.SMS_ID = path

    assert HttpGateway().send(SMS, to=NUMBER, text="x", key="k", timeout_s=5).provider_id == found


def test_a_gateway_on_a_private_address_is_refused_unless_listed(gateway, settings):
    settings.OUTWARD_ALLOWED = []

    assert HttpGateway().send(SMS, to=NUMBER, text="x", key="k", timeout_s=5).verdict == "permanent"
    assert gateway.got == []


def test_there_are_calls_only_where_a_provider_for_calls_is_set(settings):
    settings.TEXTS_ARE_KEPT, settings.SMS_URL, settings.VOICE_URL = False, "https://sms.example.org/", ""

    assert carries(SMS)
    assert not carries(VOICE)


@pytest.mark.usefixtures("kept")
def test_without_a_gateway_a_local_run_keeps_what_would_leave_for_administrators_alone(ana, lead, queue, browser):
    confirmed(ana)
    case = mention(ana, lead, queue, SMS, VOICE)
    send_all()
    admin = Client()
    admin.force_login(make_user(roles=[Role.ADMIN]), backend=BACKEND)

    html = admin.get("/admin/kept-texts/").content.decode()

    assert {one.kind for one in text_sink.newest()} == {SMS, VOICE}
    assert NUMBER in html
    assert f"#{case.ref}·1" in html
    assert browser.get("/admin/kept-texts/").status_code == 403


# -- the page ----------------------------------------------------------------------------------------------------------
@pytest.mark.usefixtures("kept")
def test_the_page_leads_from_a_number_to_a_test_and_out_again(ana, browser):
    assert "No number is set" in browser.get("/notices/phone/").content.decode()
    assert browser.post("/notices/phone/", {"number": "123"}).status_code == 422
    assert browser.post("/notices/phone/", {"number": NUMBER}).status_code == 302
    send_all()
    [code] = re.findall(r"\b\d{6}\b", text_sink.newest()[0].text)
    wrong = browser.post("/notices/phone/", {"code": "x"})
    assert wrong.status_code == 422
    assert "not the code" in wrong.content.decode()
    assert browser.post("/notices/phone/", {"code": code}).status_code == 302

    page = browser.get("/notices/phone/").content.decode()
    assert "4567" in page
    assert NUMBER not in page
    for name in (SMS, VOICE):
        assert f'name="test" value="{name}"' in page
        assert browser.post("/notices/phone/", {"test": name}).status_code == 302
    send_all()
    assert "Last tests" in browser.get("/notices/phone/").content.decode()
    assert browser.post("/notices/phone/", {"stop": "1"}).status_code == 302
    assert 'name="resume"' in browser.get("/notices/phone/").content.decode()
    assert browser.post("/notices/phone/", {"resume": "1"}).status_code == 302
    assert browser.post("/notices/phone/", {"remove": "1"}).status_code == 302
    assert not Phone.objects.exists()


def test_a_test_without_a_number_says_what_to_do(browser):
    answer = browser.post("/notices/phone/", {"test": SMS}, follow=True)

    assert "Confirm a number first" in answer.content.decode()


def test_vendors_have_no_numbers():
    person = make_user(organization=make_vendor(), roles=[Role.VENDOR_LEAD])
    vendor = Client()
    vendor.force_login(person, backend=BACKEND)

    assert vendor.get("/notices/phone/").status_code == 404
    with pytest.raises(NotPermitted):
        phones.give_number(number=NUMBER, by=person, at=db_now())


@pytest.fixture
def other(settings: Any) -> Iterator[Receiver]:
    """A second provider, which answers in its own way."""
    with receiving(settings, path="/send") as there:
        there.answers = [(200, {}, b'{"id": "b-1"}')]
        settings.SMS2_URL, settings.SMS2_ID, settings.SMS2_BODY = there.url, "id", '{"to": "{to}", "text": "{text}"}'
        yield there


@pytest.mark.parametrize(
    ("status", "taken_over"), [(201, False), (401, True), (429, True), (503, True), (500, False), (0, False)]
)
def test_a_second_provider_takes_over_what_the_first_surely_did_not_take(
    gateway, other, monkeypatch, status, taken_over
):
    monkeypatch.setattr(gateways, "BREAKERS", Destinations())
    gateway.answers = [(status, {}, b"{}")]

    outcome = gateways.current(SMS).send(SMS, to=NUMBER, text="x", key="k", timeout_s=5)

    assert (len(gateway.got), len(other.got)) == (1, int(taken_over))
    assert (outcome.verdict == "ambiguous") is (status in (500, 0))
    assert outcome.provider_id == ("b-1" if taken_over else "")


def test_a_first_provider_that_is_down_is_not_asked_for_a_while(gateway, other, monkeypatch):
    monkeypatch.setattr(gateways, "BREAKERS", Destinations())
    gateway.answers = [(503, {}, b"")]

    sent = [gateways.current(SMS).send(SMS, to=NUMBER, text="x", key="k", timeout_s=5) for _ in range(6)]

    assert {one.verdict for one in sent} == {"accepted"}
    assert (len(gateway.got), len(other.got)) == (3, 6)

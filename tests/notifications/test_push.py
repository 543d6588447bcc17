"""Push: to every device of a person, readable by that browser alone; gone devices are forgotten; the settings page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from audit import relay
from audit.models import Event
from core import webpush
from core.clock import db_now
from core.errors import Invalid, NotFound
from escalations.models import Case, Queue
from escalations.operations import comments
from notifications import events
from notifications.lifecycle import PUSH, DeliveryState, EventClass, Lane, Mode
from notifications.models import Delivery, PushDevice
from notifications.operations import delivering, devices, preferences
from tests.factories.cases import make_case
from tests.factories.people import make_user, make_vendor
from tests.notifications.receivers import Receiver, receiving

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass
class Browser:
    """A browser's half of a subscription: reads what was made for it."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = b"0123456789abcdef"

    @property
    def point(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def subscription(self, url: str) -> dict[str, str]:
        return {"endpoint": url, "p256dh": webpush.encoded(self.point), "auth": webpush.encoded(self.auth)}

    def read(self, body: bytes) -> Any:
        """RFC 8291 from the receiver's side."""
        salt, length = body[:16], body[20]
        point, content = body[21 : 21 + length], body[21 + length :]
        sender = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        shared = self.key.exchange(ec.ECDH(), sender)
        secret = HKDF(hashes.SHA256(), 32, self.auth, b"WebPush: info\0" + self.point + point).derive(shared)
        key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(secret)
        nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(secret)
        text = AESGCM(key).decrypt(nonce, content, None)
        assert text.endswith(b"\x02")
        return json.loads(text[:-1])


@pytest.fixture
def service(settings: Any) -> Iterator[Receiver]:
    """A push service on loopback."""
    with receiving(settings, path="/push/") as there:
        there.answers = [(201, {}, b"")]
        yield there


def switched_on(person: User, url: str, browser: Browser | None = None) -> PushDevice:
    given = (browser or Browser()).subscription(url)
    return devices.switch_on(**given, name="Firefox, Linux", by=person, at=db_now())


def mention(ana: User, lead: User, queue: Queue) -> Case:
    preferences.choose(by=ana, choices={(EventClass.MENTION, PUSH): Mode.NOW})
    case: Case = make_case(queue=queue, severity=1, title="Secret words of a title")
    comments.add_note(case_id=case.pk, body=f"@{ana.email} secret words of a note", by=lead, at=db_now())
    return case


def send_all() -> None:
    while relay.drain():
        pass
    Delivery.objects.filter(state=DeliveryState.PENDING).update(next_at=db_now())
    delivering.deliver_due(lane=Lane.NOTIFY, limit=500)


def test_each_device_reads_number_severity_and_what_happened_and_nobody_else_can(ana, lead, queue, service, settings):
    first, second = Browser(), Browser()
    switched_on(ana, service.url + "1", first)
    switched_on(ana, service.url + "2", second)

    case = mention(ana, lead, queue)
    send_all()

    (path_1, headers, body_1), (path_2, _headers, body_2) = service.got
    said = first.read(body_1)
    assert said == second.read(body_2)
    assert (path_1, path_2) == ("/push/1", "/push/2")
    assert said["title"] == f"{case.ref} · S1"
    assert said["body"].startswith("Somebody ")
    assert "Lea" not in said["body"]
    assert "secret" not in json.dumps(said).lower()
    assert said["url"] == f"{settings.SITE_URL}/c/{case.ref}/"
    assert said["tag"] == Delivery.objects.get(channel=PUSH).dedup_key
    assert headers["content-encoding"] == "aes128gcm"
    assert headers["authorization"].startswith("vapid t=")
    assert headers["ttl"] == "14400"
    assert len(headers["topic"]) == 32
    assert Delivery.objects.get(channel=PUSH).state == DeliveryState.ACCEPTED
    assert {device.last_success_at is None for device in PushDevice.objects.all()} == {False}


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_forgotten_and_the_others_stay(ana, lead, queue, service, status):
    gone = switched_on(ana, service.url + "1")
    stays = switched_on(ana, service.url + "2")
    service.answers = [(status, {}, b""), (201, {}, b"")]
    mention(ana, lead, queue)

    send_all()

    assert list(PushDevice.objects.all()) == [stays]
    assert Event.objects.get(kind=events.PUSH_OFF, subject_id=gone.pk).data["why"] == "gone"
    assert Delivery.objects.get(channel=PUSH).state == DeliveryState.ACCEPTED


def test_with_its_last_device_gone_a_message_is_not_needed(ana, lead, queue, service):
    switched_on(ana, service.url + "1")
    service.answers = [(410, {}, b"")]
    mention(ana, lead, queue)

    send_all()

    assert Delivery.objects.get(channel=PUSH).state == DeliveryState.CANCELLED
    assert not PushDevice.objects.exists()


@pytest.mark.parametrize("status", [429, 500, 503, 0])
def test_what_may_still_arrive_is_tried_again_under_the_same_tag(ana, lead, queue, service, status):
    browser = Browser()
    switched_on(ana, service.url + "1", browser)
    service.answers = [(status, {}, b""), (201, {}, b"")]
    mention(ana, lead, queue)

    send_all()
    between = Delivery.objects.get(channel=PUSH).state
    send_all()

    assert between == DeliveryState.PENDING
    assert Delivery.objects.get(channel=PUSH).state == DeliveryState.ACCEPTED
    assert browser.read(service.got[0][2])["tag"] == browser.read(service.got[1][2])["tag"]


def test_a_refusal_is_final_and_shown(ana, lead, queue, service):
    switched_on(ana, service.url + "1")
    service.answers = [(403, {}, b"")]
    mention(ana, lead, queue)

    send_all()

    assert Delivery.objects.get(channel=PUSH).state == DeliveryState.DEAD
    assert "403" in PushDevice.objects.get().last_error


def test_a_browser_that_somebody_else_uses_now_shows_their_messages_alone(ana, lead, service):
    browser = Browser()
    switched_on(ana, service.url + "1", browser)
    switched_on(lead, service.url + "1", browser)

    assert [device.user for device in PushDevice.objects.all()] == [lead]


@pytest.mark.parametrize(
    "bad",
    [
        {"endpoint": "https://10.0.0.1/push"},
        {"endpoint": "http://push.example.org/"},
        {"p256dh": "AAAA"},
        {"p256dh": "no base64!"},
        {"auth": "AAAA"},
    ],
)
def test_a_subscription_that_cannot_be_used_is_refused(ana, service, bad):
    with pytest.raises(Invalid):
        devices.switch_on(**{**Browser().subscription(service.url), **bad}, name="x", by=ana, at=db_now())


def test_at_most_ten_devices(ana, service):
    for number in range(10):
        switched_on(ana, f"{service.url}{number}")

    with pytest.raises(Invalid, match="At most 10"):
        switched_on(ana, f"{service.url}11")
    switched_on(ana, f"{service.url}3")


def test_the_page_lists_devices_tries_one_and_switches_it_off(ana, service):
    browser, page = Browser(), Client()
    page.force_login(ana, backend=BACKEND)

    assert "No device has it" in page.get("/notices/devices/").content.decode()
    given = {**browser.subscription(service.url + "s3cr3t"), "name": "Firefox <b>Linux</b>"}
    assert page.post("/notices/devices/", given).status_code == 302
    html = page.get("/notices/devices/").content.decode()
    device = PushDevice.objects.get()
    assert "Firefox &lt;b&gt;" in html
    assert f'data-push-key="{webpush.public_key()}"' in html
    assert "s3cr3t" not in html + device.encrypted
    assert page.post("/notices/devices/", {"test": str(device.public_id)}).status_code == 302
    send_all()
    assert "test" in browser.read(service.got[0][2])["body"]
    assert "It works" in page.get("/notices/devices/").content.decode()
    assert page.post("/notices/devices/", {"off": str(device.public_id)}).status_code == 302
    assert not PushDevice.objects.exists()


@pytest.mark.parametrize("given", [{"off": "x"}, {"test": "00000000-0000-0000-0000-000000000000"}, {}])
def test_a_device_that_is_not_there_is_a_404(ana, given):
    page = Client()
    page.force_login(ana, backend=BACKEND)

    assert page.post("/notices/devices/", given).status_code == 404


def test_anothers_device_is_not_there(ana, lead, service):
    device = switched_on(lead, service.url)

    with pytest.raises(NotFound):
        devices.switch_off(public_id=device.public_id, by=ana, at=db_now())
    with pytest.raises(NotFound):
        devices.try_device(public_id=device.public_id, by=ana, at=db_now())


def test_the_worker_is_served_at_the_root_as_a_script_within_the_policy(ana):
    page = Client()
    page.force_login(ana, backend=BACKEND)

    answer = page.get("/push-worker.js")

    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/javascript")
    assert "showNotification" in answer.content.decode()
    assert "worker-src 'self'" in answer["Content-Security-Policy"]
    vendor = Client()
    vendor.force_login(make_user(organization=make_vendor(), roles=[Role.VENDOR_LEAD]), backend=BACKEND)
    assert vendor.get("/push-worker.js").status_code == 404

"""Web push to every device on which a person switched it on. What is sent only that browser can read.

The browser shows two messages with the same tag as one, so an unknown outcome is simply tried again.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from urllib.parse import urlsplit

import orjson
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.utils.translation import gettext_lazy

from core import outward, webpush
from notifications.channels import Outcome, Verdict, not_needed, permanent, short
from notifications.channels.webhook import fernet, outcome_of
from notifications.lifecycle import PUSH, Lane
from notifications.models import Delivery, PushDevice
from notifications.operations.delivering import minutes

LIVES_S = 4 * 3600  # how long a push service keeps it for a device that is off
GONE = (404, 410)  # RFC 8030, 7.3: the subscription is no more


@dataclass(frozen=True)
class Envelope:
    """A message for one device, encrypted."""

    device_id: int
    url: str
    body: bytes
    topic: str
    urgency: str


class Push:
    """The channel. `payload` holds `device` and `test` for a try of one device."""

    name, label = PUSH, gettext_lazy("Push")
    is_personal, repeats_safely = True, True
    place = ""  # every delivery names its own
    lane = Lane.NOTIFY
    delays: tuple[timedelta, ...] = minutes(0.1, 0.5, 2, 10, 30, 60)

    def prepare(self, delivery: Delivery) -> list[Envelope] | Outcome:
        """One envelope a device, in the person's language."""
        devices = PushDevice.objects.filter(user__deliveries=delivery, user__is_active=True)
        if "device" in delivery.payload:
            devices = devices.filter(pk=delivery.payload["device"])
        found = list(devices.select_related("user__organization").order_by("pk"))
        if not found:
            return not_needed("No device has it switched on.")
        person = found[0].user
        with short.speaking_as(person):
            said = short.of_test() if "test" in delivery.payload else short.of_delivery(delivery, person)
            if isinstance(said, Outcome):
                return said
            title = " · ".join(
                part for part in (said.ref, "" if said.severity is None else f"S{said.severity}") if part
            )
            text = orjson.dumps(
                {
                    "title": title or settings.PRODUCT_NAME,
                    "body": said.what[:500],
                    "url": said.url,
                    "tag": delivery.dedup_key,
                }
            )
        topic = sha256(delivery.dedup_key.encode()).hexdigest()[:32]
        urgency = "high" if delivery.is_urgent else "normal"
        try:
            return [_envelope(device, text, topic, urgency) for device in found]
        except InvalidToken:  # its key of WATCHFLOOR_FIELD_KEYS is gone
            return permanent("A device's subscription can no longer be read: switch it on again there.")

    def send(self, message: list[Envelope], *, timeout_s: float) -> Outcome:
        """Hand it to each device's push service. `provider_id` is each device's answer: `17=201 18=410`."""
        deadline = time.monotonic() + timeout_s
        ends = [
            (envelope.device_id, _sent(envelope, (deadline - time.monotonic()) / (len(message) - turn)))
            for turn, envelope in enumerate(message)
        ]
        answers = " ".join(f"{device_id}={end.status}" for device_id, end in ends)
        verdicts = [end.verdict for _device_id, end in ends]
        worst = next((end for _device_id, end in ends if end.verdict in (Verdict.RETRYABLE, Verdict.AMBIGUOUS)), None)
        if worst is not None:  # those who have it show it once
            return Outcome(worst.verdict, worst.error, provider_id=answers, after=worst.after)
        if Verdict.ACCEPTED in verdicts:
            return Outcome(Verdict.ACCEPTED, provider_id=answers)
        if all(end.status in GONE for _device_id, end in ends):
            return Outcome(Verdict.NOT_NEEDED, "No device has it switched on any more.", provider_id=answers)
        return Outcome(Verdict.PERMANENT, ends[0][1].error, provider_id=answers)


def _envelope(device: PushDevice, text: bytes, topic: str, urgency: str) -> Envelope:
    kept = orjson.loads(fernet().decrypt(device.encrypted.encode()))
    body = webpush.encrypt(text, key=webpush.decoded(kept["p256dh"]), auth=webpush.decoded(kept["auth"]))
    return Envelope(device.pk, kept["endpoint"], body, topic, urgency)


def _sent(envelope: Envelope, timeout_s: float) -> Outcome:
    parts = urlsplit(envelope.url)
    headers = {
        "Authorization": webpush.authorization(
            f"{parts.scheme}://{parts.netloc}", subject=settings.SITE_URL, now_s=int(time.time())
        ),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(LIVES_S),
        "Topic": envelope.topic,
        "Urgency": envelope.urgency,
    }
    try:
        answer = outward.fetch(
            "POST",
            envelope.url,
            headers=headers,
            body=envelope.body,
            timeout_s=max(timeout_s, 0.2),
            max_bytes=65_536,
        )
    except outward.UrlNotAllowed as error:
        return permanent(str(error))
    except outward.OutwardFailed as error:
        return Outcome(Verdict.AMBIGUOUS, str(error))
    return outcome_of(answer.status, answer.headers.get("retry-after", ""), took_ms=0)

"""Devices with push: switched on, tried, switched off, and forgotten once their push service says that they are gone."""

from __future__ import annotations

import re
import uuid
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlsplit

import orjson
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.recording import record
from core import outward, webpush
from core.clock import db_now
from core.errors import Invalid, NotFound, NotPermitted
from notifications import events
from notifications.channels import Outcome
from notifications.channels.push import GONE
from notifications.channels.webhook import fernet
from notifications.lifecycle import PUSH
from notifications.models import Delivery, PushDevice
from notifications.operations import ways

MOST = 10  # devices of a person


@transaction.atomic
def switch_on(*, endpoint: str, p256dh: str, auth: str, name: str, by: User, at: datetime) -> PushDevice:
    """Push to this browser from now on; once more for one that is known renews it. `at` aware UTC. Records `push.on`.

    The first three are what the browser's subscription says. Raises `NotPermitted`, `Invalid`.
    """
    if not by.is_internal:
        raise NotPermitted
    try:
        outward.check_url(endpoint)
        is_good = webpush.is_key(webpush.decoded(p256dh)) and len(webpush.decoded(auth)) == 16
    except (outward.UrlNotAllowed, ValueError):
        is_good = False
    if not is_good:
        raise Invalid(_("This browser’s push service cannot be used."), code="bad_subscription")
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    known = sha256(endpoint.encode()).hexdigest()
    # A shared machine: whoever switched it on last gets the messages, and nobody else's appear on it.
    PushDevice.objects.filter(endpoint_hash=known).delete()
    if PushDevice.objects.filter(user=by).count() >= MOST:
        raise Invalid(_("At most %(most)d devices: switch off one first.") % {"most": MOST}, code="too_many")
    kept = orjson.dumps({"endpoint": endpoint, "p256dh": p256dh, "auth": auth})
    device = PushDevice.objects.create(
        organization_id=by.organization_id,
        user=by,
        endpoint_hash=known,
        encrypted=fernet().encrypt(kept).decode(),
        host=(urlsplit(endpoint).hostname or "")[:255],
        name=" ".join(name.split())[:80],
        created_at=at,
    )
    record(events.PUSH_ON, subject=device, by=by, at=at, data={"host": device.host})
    return device


@transaction.atomic
def switch_off(*, public_id: uuid.UUID, by: User, at: datetime) -> None:
    """Push nothing more to a device. `at` aware UTC. Records `push.off`. Raises `NotFound`."""
    device = _locked(public_id, by)
    record(events.PUSH_OFF, subject=device, by=by, at=at, data={"why": "person"})
    device.delete()


@transaction.atomic
def try_device(*, public_id: uuid.UUID, by: User, at: datetime) -> Delivery:
    """Send a test to one device. `at` aware UTC. Raises `NotFound`, `TooManyRequests`."""
    device = _locked(public_id, by)
    return ways.make_test(PUSH, device.ref, {"device": device.pk}, device.organization_id, at, user=by)


@transaction.atomic
def settled(delivery: Delivery, outcome: Outcome) -> None:
    """Note how each device fared; one whose push service answered that it is gone is forgotten (RFC 8030, 7.3)."""
    answers = {int(key): int(status) for key, status in re.findall(r"(\d+)=(\d+)", outcome.provider_id)}
    for device in PushDevice.objects.select_for_update(of=("self",)).filter(pk__in=answers).order_by("pk"):
        status = answers[device.pk]
        if status in GONE:
            record(events.PUSH_OFF, subject=device, by=None, at=db_now(), data={"why": "gone"})
            device.delete()
        elif 200 <= status < 300:
            device.last_success_at, device.failing_since, device.last_error = db_now(), None, ""
            device.save(update_fields=["last_success_at", "failing_since", "last_error"])
        else:
            device.failing_since = device.failing_since or db_now()
            device.last_error = outcome.error[:500]
            device.save(update_fields=["failing_since", "last_error"])


def _locked(public_id: uuid.UUID, by: User) -> PushDevice:
    device = PushDevice.objects.select_for_update(of=("self",)).filter(user=by, public_id=public_id).first()
    if device is None:
        raise NotFound
    return device

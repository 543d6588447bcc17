"""A person's number: given, confirmed by a code, stopped, removed; how it fares."""

from __future__ import annotations

import hmac
import re
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit import doorbell
from audit.recording import record
from core.errors import FieldProblem, Invalid, NotPermitted, TooManyRequests
from core.ids import new_id
from notifications import events
from notifications.channels import Outcome
from notifications.channels.webhook import fernet
from notifications.lifecycle import SMS, DeliveryState, Lane
from notifications.models import Delivery, Phone
from notifications.operations import ways

CODE_LIVES = timedelta(minutes=10)
TRIES = 5  # of one code
APART = timedelta(minutes=1)  # between two codes
A_DAY, CODES_A_DAY = timedelta(days=1), 5  # for one person, and for one number whoever gives it
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")  # E.164


@transaction.atomic
def give_number(*, number: str, by: User, at: datetime) -> Phone:
    """Keep a number, unconfirmed, and text a code to it. `at` aware UTC. Records `phone.given`.

    Raises `NotPermitted`, `Invalid` (no number), `TooManyRequests` (codes for one person, or to one number).
    """
    if not by.is_internal:
        raise NotPermitted
    plain = re.sub(r"[\s().\-/]", "", number)
    if not _NUMBER.fullmatch(plain):
        problem = _("Write the number with its country, such as +49 170 1234567.")
        raise Invalid(problem, errors=[FieldProblem("/number", "not_a_number", problem)])
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    place = f"code:{_sealed('number', plain)[:32]}"
    _check_limits(by, place, at)
    # A code that has not left yet would no longer be the right one.
    earlier = Delivery.objects.filter(dedup_key__startswith=f"code:{by.pk}:", state=DeliveryState.PENDING)
    earlier.update(state=DeliveryState.CANCELLED)
    code = f"{secrets.randbelow(10**6):06d}"
    phone = Phone.objects.update_or_create(
        user=by,
        defaults={
            "encrypted": fernet().encrypt(plain.encode()).decode(),
            "last4": plain[-4:],
            "verified_at": None,
            "stopped_at": None,
            "code": _sealed(f"code:{by.pk}", code),
            "code_expires_at": at + CODE_LIVES,
            "code_tries": 0,
            "last_success_at": None,
            "failing_since": None,
            "last_error": "",
        },
        create_defaults={
            "organization_id": by.organization_id,
            "created_at": at,
            "encrypted": fernet().encrypt(plain.encode()).decode(),
            "last4": plain[-4:],
            "code": _sealed(f"code:{by.pk}", code),
            "code_expires_at": at + CODE_LIVES,
        },
    )[0]
    Delivery.objects.create(
        organization_id=by.organization_id,
        user=by,
        lane=Lane.NOTIFY,
        channel=SMS,
        destination=place,
        priority=1,
        payload={"code": fernet().encrypt(code.encode()).decode()},
        dedup_key=f"code:{by.pk}:{new_id().hex}",
        created_at=at,
        next_at=at,
    )
    record(events.PHONE_GIVEN, subject=phone, by=by, at=at, data={"last4": phone.last4})
    doorbell.ring_after_commit(ways.RANG)
    return phone


def confirm(*, code: str, by: User, at: datetime) -> Phone:
    """Confirm the number by the code that came. `at` aware UTC. Records `phone.confirmed`. A wrong code counts, and stays counted.

    Raises `Invalid`: no code waits, it is ten minutes old, it was tried five times, or it is another.
    """
    found = _tried(code="".join(code.split()), by=by, at=at)
    if isinstance(found, Phone):
        return found
    raise Invalid(found, errors=[FieldProblem("/code", "wrong_code", found)])


@transaction.atomic
def _tried(*, code: str, by: User, at: datetime) -> Phone | str:
    phone = _locked(by)
    if phone is None or phone.code_expires_at is None:
        return _("No code waits: give your number again.")
    if phone.code_expires_at <= at or phone.code_tries >= TRIES:
        return _("This code is no longer valid: give your number again to get a new one.")
    phone.code_tries += 1
    if not hmac.compare_digest(phone.code, _sealed(f"code:{by.pk}", code)):
        phone.save(update_fields=["code_tries"])
        return _("This is not the code that was sent.")
    phone.verified_at, phone.code, phone.code_expires_at = at, "", None
    phone.save(update_fields=["verified_at", "code", "code_expires_at", "code_tries"])
    record(events.PHONE_CONFIRMED, subject=phone, by=by, at=at, data={"last4": phone.last4})
    return phone


@transaction.atomic
def stop(*, is_stopped: bool, by: User, at: datetime) -> None:
    """Hear nothing more by text and call, or hear again. `at` aware UTC. Records `phone.stopped` or `phone.resumed`."""
    phone = _locked(by)
    if phone is None or (phone.stopped_at is not None) == is_stopped:
        return
    phone.stopped_at = at if is_stopped else None
    phone.save(update_fields=["stopped_at"])
    record(events.PHONE_STOPPED if is_stopped else events.PHONE_RESUMED, subject=phone, by=by, at=at)


@transaction.atomic
def remove(*, by: User, at: datetime) -> None:
    """Forget the number. `at` aware UTC. Records `phone.removed`. What limits codes stays counted by their deliveries."""
    phone = _locked(by)
    if phone is not None:
        record(events.PHONE_REMOVED, subject=phone, by=by, at=at)
        phone.delete()


@transaction.atomic
def try_phone(*, channel: str, by: User, at: datetime) -> Delivery:
    """Send a test text or make a test call. `at` aware UTC. Raises `Invalid` without a confirmed number, `TooManyRequests`."""
    phone = _locked(by)
    if phone is None or phone.verified_at is None or phone.stopped_at is not None:
        raise Invalid(_("Confirm a number first."), code="no_number")
    return ways.make_test(channel, phone.ref, {}, phone.organization_id, at, user=by)


@transaction.atomic
def settled(delivery: Delivery, outcome: Outcome) -> None:
    """Note how a number fares."""
    phone = Phone.objects.select_for_update(of=("self",)).filter(user__deliveries=delivery).first()
    if phone is not None:
        ways.note(phone, outcome)


def _check_limits(by: User, place: str, at: datetime) -> None:
    own = Delivery.objects.filter(dedup_key__startswith=f"code:{by.pk}:", created_at__gt=at - A_DAY)
    last = own.order_by("-created_at").values_list("created_at", flat=True).first()
    if last is not None and at - last < APART:
        raise TooManyRequests(_("A code was just sent: wait a minute."), retry_after_s=int(APART.total_seconds()))
    # Uses index: delivery_by_destination
    to_it = Delivery.objects.filter(destination=place, created_at__gt=at - A_DAY).count()
    if own.count() >= CODES_A_DAY or to_it >= CODES_A_DAY:
        detail = _("Five codes a day are enough: try again tomorrow.")
        raise TooManyRequests(detail, retry_after_s=int(A_DAY.total_seconds()))


def _sealed(what: str, value: str) -> str:
    """A value that can be compared and not read back."""
    return hmac.digest(settings.SECRET_KEY.encode(), f"{what}:{value}".encode(), "sha256").hex()


def _locked(by: User) -> Phone | None:
    return Phone.objects.select_for_update(of=("self",)).filter(user=by).first()

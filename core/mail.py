"""Addresses that only we can make: where an answer to a mail of ours goes, and the ids that keep a thread together.

A reply address names a case and the person it was sent to, and is signed: nobody can make one for another case, and one that
was passed on works for nobody else (reliability.md T24).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from email.utils import parseaddr

from django.conf import settings

REPLY = "reply+"
BOUNCE = "bounce+"
REPLY_ABOVE = "##- Write your answer above this line -##"  # a mail that may be answered begins with it; the same in every language
_MAC_BYTES = 15
_ID_BYTES = 6


class ForgedAddress(ValueError):
    """A reply address that we did not make, or made with a key that is gone."""


def reply_address(*, case_id: int, user_id: int) -> str:
    """Where this person's answer on this case is to go; empty where no mail domain is set.

    At most 50 characters before the @ and all of them lower-case letters, digits and `+`, since servers may change the case.
    """
    if not settings.MAIL_DOMAIN:
        return ""
    return _signed(REPLY, case_id, user_id)


def read_reply_address(address: str) -> tuple[int, int] | None:
    """The ids of case and person of a reply address of ours; None for any other address.

    Raises `ForgedAddress` for one that has the form of ours and not our signature.
    """
    return _read(REPLY, address)


def bounce_address(*, delivery_id: int, tries: int) -> str:
    """The envelope's sender of a mail that must not get lost unnoticed: where its bounce comes in; empty where no mail domain is set.

    Names the notice's delivery and which sending of it, so that a late bounce says nothing about a later one. As long as a reply address.
    """
    return _signed(BOUNCE, delivery_id, tries) if settings.MAIL_DOMAIN else ""


def read_bounce_address(address: str) -> tuple[int, int] | None:
    """The delivery and the sending of a bounce address of ours; None for any other. Raises as `read_reply_address`."""
    return _read(BOUNCE, address)


def _signed(kind: str, first: int, second: int) -> str:
    payload = first.to_bytes(_ID_BYTES, "big") + second.to_bytes(_ID_BYTES, "big")
    token = base64.b32encode(payload + _mac(payload, settings.SECRET_KEY, kind)).decode().rstrip("=").lower()
    return f"{kind}{token}@{settings.MAIL_DOMAIN}"


def _read(kind: str, address: str) -> tuple[int, int] | None:
    local, _at, domain = parseaddr(address)[1].lower().rpartition("@")
    if not settings.MAIL_DOMAIN or domain != settings.MAIL_DOMAIN.lower() or not local.startswith(kind):
        return None
    token = local.removeprefix(kind).upper()
    try:
        raw = base64.b32decode(token + "=" * (-len(token) % 8))
    except binascii.Error as error:
        raise ForgedAddress(address) from error
    payload, mac = raw[: 2 * _ID_BYTES], raw[2 * _ID_BYTES :]
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if len(payload) != 2 * _ID_BYTES or not any(hmac.compare_digest(mac, _mac(payload, key, kind)) for key in keys):
        raise ForgedAddress(address)
    return int.from_bytes(payload[:_ID_BYTES], "big"), int.from_bytes(payload[_ID_BYTES:], "big")


def message_id(name: str, key: object) -> str:
    """A Message-ID that is the same every time for the same thing: `name` says what (`notice`, `case`), `key` which."""
    return f"<{name}.{key}@{settings.MAIL_DOMAIN or 'watchfloor.invalid'}>"


def _mac(payload: bytes, key: str, kind: str) -> bytes:
    derived = hashlib.sha256(f"core.mail.{kind.rstrip('+')}{key}".encode()).digest()
    return hmac.digest(derived, payload, "sha256")[:_MAC_BYTES]

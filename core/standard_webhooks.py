"""Signing by the Standard Webhooks scheme (specification 1.0.0): who receives a message knows whose it is and that it is whole."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Sequence

SECRET_PREFIX = "whsec_"


def signature(secrets: Sequence[bytes], *, message_id: str, timestamp: int, body: bytes) -> str:
    """The `webhook-signature` header: one `v1,…` for each valid secret. `timestamp` in seconds since 1970."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return " ".join("v1," + base64.b64encode(hmac.digest(secret, signed, "sha256")).decode() for secret in secrets)


def read_secret(text: str) -> bytes:
    """The bytes of a secret as people copy it (`whsec_` and base64). Raises `ValueError` for anything else, or under 24 bytes."""
    try:
        secret = base64.b64decode(text.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error:
        secret = b""
    if not text.startswith(SECRET_PREFIX) or not 24 <= len(secret) <= 64:
        raise ValueError("a webhook secret is whsec_ and the base64 of 24 to 64 bytes")
    return secret

"""Web push: messages that only the browser can read (RFC 8291, aes128gcm of RFC 8188), and who sends them (VAPID, RFC 8292)."""

from __future__ import annotations

import base64
import os
from functools import cache

import orjson
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

LARGEST = 3993  # bytes of a message: what every push service takes (RFC 8291 section 4)
_RECORD = 4096
# The order of P-256's group (SP 800-186, 3.2.1.3).
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_VAPID_S = 12 * 3600  # RFC 8292 allows a day


def encoded(raw: bytes) -> str:
    """Base64 for addresses, without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """The bytes of such a text. Raises `ValueError`."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def is_key(raw: bytes) -> bool:
    """Whether these bytes are a browser's public key: an uncompressed point of P-256."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    except ValueError:
        return False
    return len(raw) == 65


def encrypt(
    text: bytes, *, key: bytes, auth: bytes, own: ec.EllipticCurvePrivateKey | None = None, salt: bytes = b""
) -> bytes:
    """`text` for the browser with public key `key` and secret `auth`; `own` and `salt` are new for each message unless given.

    Raises `ValueError` for a key that is none, or a text over `LARGEST` bytes.
    """
    if len(text) > LARGEST:
        raise ValueError(f"A push holds at most {LARGEST} bytes.")
    own, salt = own or ec.generate_private_key(ec.SECP256R1()), salt or os.urandom(16)
    point = _point(own)
    shared = own.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key))
    secret = _derived(shared, auth, b"WebPush: info\0" + key + point, 32)
    content = AESGCM(_derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16))
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", 12)
    header = salt + _RECORD.to_bytes(4, "big") + bytes([len(point)]) + point
    return header + content.encrypt(nonce, text + b"\x02", None)


def public_key() -> str:
    """The key by which push services and browsers know this installation."""
    return encoded(_point(_own()))


def authorization(audience: str, *, subject: str, now_s: int) -> str:
    """The `Authorization` header for the push service at `audience` (scheme and host). `now_s`: seconds since 1970."""
    claims = {"aud": audience, "exp": now_s + _VAPID_S, "sub": subject}
    signed = f"{encoded(orjson.dumps({'typ': 'JWT', 'alg': 'ES256'}))}.{encoded(orjson.dumps(claims))}"
    first, second = decode_dss_signature(_own().sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    signature = encoded(first.to_bytes(32, "big") + second.to_bytes(32, "big"))
    return f"vapid t={signed}.{signature}, k={public_key()}"


def _own() -> ec.EllipticCurvePrivateKey:
    return _key_of(settings.REFERENCE_KEY)


@cache
def _key_of(secret: str) -> ec.EllipticCurvePrivateKey:
    # Made from the one secret that never changes: another key would silently end every subscription.
    raw = _derived(secret.encode(), b"watchfloor", b"web push sender", 48)
    return ec.derive_private_key(int.from_bytes(raw, "big") % (_ORDER - 1) + 1, ec.SECP256R1())


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)

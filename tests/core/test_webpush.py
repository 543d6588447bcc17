"""Web push's cryptography against the example of RFC 8291 and a signature that anybody can check."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from core import webpush


def test_the_example_of_rfc_8291_comes_out_byte_by_byte():
    own = ec.derive_private_key(
        int.from_bytes(webpush.decoded("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big"), ec.SECP256R1()
    )

    made = webpush.encrypt(
        b"When I grow up, I want to be a watermelon",
        key=webpush.decoded("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
        auth=webpush.decoded("BTBZMqHH6r4Tts7J_aSIgg"),
        own=own,
        salt=webpush.decoded("DGv6ra1nlYgDCS1FRnbzlw"),
    )

    assert webpush.encoded(made) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
        "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_two_messages_with_the_same_words_look_different():
    key = webpush.decoded(webpush.public_key())

    assert webpush.encrypt(b"x", key=key, auth=b"a" * 16) != webpush.encrypt(b"x", key=key, auth=b"a" * 16)


def test_a_message_that_no_push_service_takes_is_refused():
    with pytest.raises(ValueError, match="3993"):
        webpush.encrypt(b"x" * 3994, key=webpush.decoded(webpush.public_key()), auth=b"a" * 16)


@pytest.mark.parametrize("raw", [b"", b"\x04" + b"\x01" * 64, b"\x02" + b"\x01" * 32])
def test_what_is_no_point_of_the_curve_is_no_key(raw):
    assert not webpush.is_key(raw)


def test_the_sender_signs_for_one_push_service_and_for_twelve_hours():
    header = webpush.authorization("https://push.example.org", subject="https://our.example", now_s=1_000)

    token, key = header.removeprefix("vapid t=").split(", k=")
    signed, signature = token.rsplit(".", 1)
    raw = webpush.decoded(signature)
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), webpush.decoded(key))
    public.verify(
        encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")),
        signed.encode(),
        ec.ECDSA(hashes.SHA256()),
    )
    assert len(raw) == 64
    assert key == webpush.public_key()
    claims = json.loads(webpush.decoded(signed.split(".")[1]))
    assert claims == {"aud": "https://push.example.org", "exp": 1_000 + 12 * 3600, "sub": "https://our.example"}


def test_the_key_is_the_same_in_every_process_and_another_for_another_installation(settings):
    first = webpush.public_key()
    settings.REFERENCE_KEY = "another"

    assert webpush.public_key() != first
    assert webpush.is_key(webpush.decoded(webpush.public_key()))

"""Public references such as `ESC-4817203`: a keyed permutation of a sequence.

Unique without a look-up, short enough to paste and say, and no volume leaks: neighbours in the sequence are far apart.
A four-round Feistel network over the digits' range, walked until it lands inside (cycle walking), keyed by
`settings.REFERENCE_KEY`, which therefore never changes.
"""

from __future__ import annotations

import hashlib
import hmac
import re

LOW = 1_000_000
_BITS = 12  # per half: 2**24 covers the 9,000,000 references of seven digits


def permute(number: int, *, key: str, digits: int = 7) -> int:
    """The public number for the `number`-th thing (from 0) among those with this many digits. One to one."""
    low: int = 10 ** (digits - 1)
    size = 9 * low
    if number >= size:  # the next block is one digit longer
        return permute(number - size, key=key, digits=digits + 1)
    half = max(_BITS, (size.bit_length() + 1) // 2)
    value = number
    while True:
        value = _feistel(value, key.encode(), half)
        if value < size:
            return low + value


def restore(public: int, *, key: str) -> int | None:
    """The number that `permute` made `public` of; None for what it never makes."""
    digits = len(str(public))
    if public < LOW:
        return None
    low: int = 10 ** (digits - 1)
    size = 9 * low
    half = max(_BITS, (size.bit_length() + 1) // 2)
    value = public - low
    while True:
        value = _unfeistel(value, key.encode(), half)
        if value < size:
            break
    earlier: int = sum(9 * 10 ** (length - 1) for length in range(7, digits))
    return value + earlier


def case_id_of(ref: str, *, key: str) -> int | None:
    """The id behind a case's reference, whatever its letters' case; None where it is no reference."""
    match = CASE_REFERENCE.fullmatch(ref)
    return None if match is None else restore(int(match[1]), key=key)


def _unfeistel(value: int, key: bytes, half: int) -> int:
    mask = (1 << half) - 1
    left, right = value >> half, value & mask
    for turn in reversed(range(4)):
        digest = hmac.digest(key, bytes([turn]) + left.to_bytes(8, "big"), hashlib.sha256)
        left, right = right ^ (int.from_bytes(digest[:8], "big") & mask), left
    return (left << half) | right


def _feistel(value: int, key: bytes, half: int) -> int:
    mask = (1 << half) - 1
    left, right = value >> half, value & mask
    for turn in range(4):
        digest = hmac.digest(key, bytes([turn]) + right.to_bytes(8, "big"), hashlib.sha256)
        left, right = right, left ^ (int.from_bytes(digest[:8], "big") & mask)
    return (left << half) | right


CASE_REFERENCE = re.compile(r"^ESC-(\d{5,12})$", re.IGNORECASE)

"""JSON in: strict, with refusals that point (reliability.md, bad input A)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.parsers import BaseParser

from core.errors import BadRequest, DomainError

MAX_DEPTH = 32


class TooLarge(DomainError):
    status = 413
    code = "too_large"
    title = "The body is too large"


class StrictJsonParser(BaseParser):
    """Refuses what lenient parsers guess at: duplicate keys, NaN, NUL characters, other encodings, deep nesting."""

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE if parser_context is None else _limit(parser_context)
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise TooLarge(f"The body is larger than {limit} bytes: send less at once, or upload files apart.")
        if parser_context is not None and (request := parser_context.get("request")) is not None:
            request._request.body_sha256 = hashlib.sha256(raw).hexdigest()  # what Idempotency-Key compares
        return loads(raw)


def _limit(context: Mapping[str, Any]) -> int:
    return int(getattr(context.get("view"), "max_body_bytes", settings.DATA_UPLOAD_MAX_MEMORY_SIZE))


def loads(raw: bytes) -> Any:
    """Parse strictly. Raises `BadRequest` with one of the codes of reliability.md A."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(f"The body is not UTF-8 (byte {error.start}): send UTF-8.", code="bad_encoding") from None
    if text.startswith("\ufeff"):
        raise BadRequest("The body starts with a byte order mark: send plain UTF-8.", code="bad_encoding")
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise BadRequest(
            f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.", code="parse_error"
        ) from None
    except RecursionError:
        raise BadRequest(f"The body nests deeper than {MAX_DEPTH} levels.", code="too_deep") from None
    except ValueError:  # Python refuses to read a whole number of more than 4,300 digits
        raise BadRequest("The body holds a number with far too many digits.", code="parse_error") from None
    _check(value, 0, texts=_SUSPECT.search(text) is not None)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _value in pairs:
            if key in seen:
                raise BadRequest(f"The key {key!r} stands twice in one object: keep one.", code="duplicate_key")
            seen.add(key)
    return found


def _no_constant(name: str) -> Any:
    raise BadRequest(f"{name} is not a JSON number.", code="parse_error")


# A text can hold NUL or half a surrogate pair only where one is written as an escape: raw, the first is no JSON and the second no UTF-8.
_SUSPECT = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")


def _check(value: Any, depth: int, *, texts: bool) -> None:
    """Refuse what nests too deep and, with `texts`, texts that cannot be kept."""
    if depth > MAX_DEPTH:
        raise BadRequest(f"The body nests deeper than {MAX_DEPTH} levels.", code="too_deep")
    if isinstance(value, str):
        if "\x00" in value:
            raise BadRequest("A text holds the NUL character, which cannot be kept: remove it.", code="nul_not_allowed")
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise BadRequest(
                "A text holds half a surrogate pair: send whole characters.", code="bad_encoding"
            ) from None
        return
    if isinstance(value, dict):
        if texts:
            for key in value:
                _check(key, depth + 1, texts=True)
        value = value.values()
    elif not isinstance(value, list):
        return
    for item in value:
        # What holds nothing is looked at only where it may be wrong, or lies too deep.
        if texts or depth >= MAX_DEPTH or isinstance(item, dict | list):
            _check(item, depth + 1, texts=texts)

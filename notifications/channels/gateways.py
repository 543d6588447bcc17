"""Who carries texts and calls: an HTTP provider described by settings alone, or, in a local run without one, a folder.

`WATCHFLOOR_SMS_URL` and its kin say how the provider wants it; {to}, {text} and {key} stand for number, words and the key that is
the same at every try. They are written as the body's type wants it: JSON, form or plain.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import quote, quote_plus

import orjson
from django.conf import settings

from core import text_sink
from core.outward import Answer
from notifications.channels import Outcome, accepted, short
from notifications.lifecycle import SMS

_NAMES = re.compile(r"\{(to|text|key)\}")


class Gateway(Protocol):
    """Carries words to a number."""

    def send(self, kind: str, *, to: str, text: str, key: str, timeout_s: float) -> Outcome:
        """Send a text (`sms`) or have it read out (`voice`); `to` as +491701234567. No database."""


class KeptGateway:
    """Reaches nobody: administrators read what would have left (Administration, Kept texts)."""

    def send(self, kind: str, *, to: str, text: str, key: str, timeout_s: float) -> Outcome:
        return accepted(text_sink.keep(kind, to=to, text=text))


class HttpGateway:
    """A provider's HTTP API, as the settings describe it."""

    def send(self, kind: str, *, to: str, text: str, key: str, timeout_s: float) -> Outcome:
        url, body = (settings.SMS_URL, settings.SMS_BODY) if kind == SMS else (settings.VOICE_URL, settings.VOICE_BODY)
        values = {"to": to, "text": text, "key": key}
        headers = {name: _filled(value, values, _plain) for name, value in settings.SMS_HEADERS.items()}
        outcome, answer = short.post(
            settings.SMS_METHOD,
            _filled(url, values, lambda value: quote(value, safe="")),
            headers=headers,
            body=_filled(body, values, _writer(headers)).encode(),
            timeout_s=timeout_s,
        )
        return accepted(_provider_id(answer)) if answer is not None and 200 <= answer.status < 300 else outcome


def current() -> Gateway:
    """The gateway of this installation."""
    return HttpGateway() if settings.SMS_URL else KeptGateway()


def carries(kind: str) -> bool:
    """Whether this installation has a way to send texts, or to call."""
    return bool(settings.SMS_URL and (kind == SMS or settings.VOICE_URL)) or bool(settings.TEXTS_ARE_KEPT)


def _filled(template: str, values: dict[str, str], write: Callable[[str], str]) -> str:
    # One pass: a text that itself holds {to} stays as it is.
    return _NAMES.sub(lambda found: write(values[found[1]]), template)


def _plain(value: str) -> str:
    return " ".join(value.split())  # no line ends: headers have none


def _writer(headers: dict[str, str]) -> Callable[[str], str]:
    kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    if "json" in kind:
        return lambda value: orjson.dumps(value).decode()[1:-1]
    return quote_plus if "form" in kind else str


def _provider_id(answer: Answer) -> str:
    """Where `WATCHFLOOR_SMS_ID` points: `header:x-id`, or keys and numbers through JSON, `messages.0.id`. Empty if nothing is there."""
    path: str = settings.SMS_ID
    if path.startswith("header:"):
        return answer.headers.get(path.removeprefix("header:").lower(), "")
    try:
        found: Any = orjson.loads(answer.body) if path else ""
        for step in path.split(".") if path else ():
            found = found[int(step)] if isinstance(found, list) else found[step]
    except (ValueError, LookupError, TypeError):
        return ""
    return str(found) if isinstance(found, str | int) else ""

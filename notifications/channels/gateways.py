"""Who carries texts and calls: an HTTP provider described by settings alone, or, in a local run without one, a folder.

`WATCHFLOOR_SMS_URL` and its kin say how the provider wants it; {to}, {text} and {key} stand for number, words and the key that is
the same at every try. They are written as the body's type wants it: JSON, form or plain.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote, quote_plus

import orjson
from django.conf import settings

from core import text_sink
from core.breakers import Destinations
from core.outward import Answer
from notifications.channels import Outcome, Verdict, accepted, retryable, short
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


@dataclass(frozen=True)
class Provider:
    """How one company wants texts and calls, as the settings say."""

    url: str
    method: str
    headers: dict[str, str]
    body: str
    id: str
    voice_url: str
    voice_body: str

    def carries(self, kind: str) -> bool:
        """Whether it takes texts, or calls."""
        return bool(self.url and (kind == SMS or self.voice_url))


def first() -> Provider:
    """The provider that is asked first."""
    return Provider(
        settings.SMS_URL,
        settings.SMS_METHOD,
        settings.SMS_HEADERS,
        settings.SMS_BODY,
        settings.SMS_ID,
        settings.VOICE_URL,
        settings.VOICE_BODY,
    )


def second() -> Provider:
    """The provider that takes over; without an address where there is none."""
    return Provider(
        settings.SMS2_URL,
        settings.SMS2_METHOD,
        settings.SMS2_HEADERS,
        settings.SMS2_BODY,
        settings.SMS2_ID,
        settings.VOICE2_URL,
        settings.VOICE2_BODY,
    )


class HttpGateway:
    """A provider's HTTP API; the first one's unless another is given."""

    def __init__(self, provider: Provider | None = None) -> None:
        self.provider = provider or first()

    def send(self, kind: str, *, to: str, text: str, key: str, timeout_s: float) -> Outcome:
        own = self.provider
        url, body = (own.url, own.body) if kind == SMS else (own.voice_url, own.voice_body)
        values = {"to": to, "text": text, "key": key}
        headers = {name: _filled(value, values, _plain) for name, value in own.headers.items()}
        outcome, answer = short.post(
            own.method,
            _filled(url, values, lambda value: quote(value, safe="")),
            headers=headers,
            body=_filled(body, values, _writer(headers)).encode(),
            timeout_s=timeout_s,
        )
        if answer is not None and 200 <= answer.status < 300:
            return accepted(_provider_id(answer, own.id))
        return outcome


class TwoGateways:
    """Two providers: what the first surely did not take goes to the second at once; one that is down is not asked meanwhile.

    What nobody knows the end of goes nowhere by itself: a person would read it twice.
    """

    def __init__(self, kind: str) -> None:
        self.named = [(name, one) for name, one in (("first", first()), ("second", second())) if one.carries(kind)]

    def send(self, kind: str, *, to: str, text: str, key: str, timeout_s: float) -> Outcome:
        ends_at = time.monotonic() + timeout_s
        outcome = retryable("Both providers are held to be down.")
        for number, (name, provider) in enumerate(self.named):
            breaker = BREAKERS.breaker(f"{kind}:{name}")
            is_last = number == len(self.named) - 1
            if not breaker.allows() and not is_last:
                continue
            left = ends_at - time.monotonic()
            share = left if is_last else left * FIRST_SHARE
            outcome = HttpGateway(provider).send(kind, to=to, text=text, key=key, timeout_s=max(0.5, share))
            breaker.note(outcome.is_about_one or outcome.verdict not in (Verdict.RETRYABLE, Verdict.AMBIGUOUS))
            if outcome.verdict not in (Verdict.RETRYABLE, Verdict.PERMANENT) or outcome.is_about_one:
                break
        return outcome


BREAKERS = Destinations()
FIRST_SHARE = 0.6  # of the time of a try, for the first provider


def current(kind: str = SMS) -> Gateway:
    """The gateway of this installation for texts, or for calls."""
    if not settings.SMS_URL:
        return KeptGateway()
    return TwoGateways(kind) if second().carries(kind) else HttpGateway()


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


def _provider_id(answer: Answer, path: str) -> str:
    """Where the provider's `WATCHFLOOR_SMS_ID` points: `header:x-id`, or keys and numbers through JSON, `messages.0.id`. Empty if nothing is there."""
    if path.startswith("header:"):
        return answer.headers.get(path.removeprefix("header:").lower(), "")
    try:
        found: Any = orjson.loads(answer.body) if path else ""
        for step in path.split(".") if path else ():
            found = found[int(step)] if isinstance(found, list) else found[step]
    except (ValueError, LookupError, TypeError):
        return ""
    return str(found) if isinstance(found, str | int) else ""

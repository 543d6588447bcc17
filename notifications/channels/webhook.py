"""Webhooks by the Standard Webhooks scheme (specification 1.0.0): signed, thin or full, to public addresses alone.

The receiver tells repeats by `webhook-id`, which is the same for the same event at the same endpoint however often it is sent.
"""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import orjson
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ServiceKey
from audit.models import Event
from core import outward
from core.clock import db_now
from core.references import permute
from core.standard_webhooks import signature
from escalations.api.serializers import event_out, submissions_out
from escalations.models import Case, Submission
from notifications import channels
from notifications.channels import Outcome, Verdict
from notifications.lifecycle import WEBHOOK, Lane
from notifications.models import Delivery, WebhookEndpoint

ANSWER_WITHIN_S = 8.0  # ten seconds in all with what comes before and after, and an engine that ends waits no longer
LARGEST_ANSWER = 64 * 1024  # bytes; more is cut, and none of it is ever shown
LONGEST_WAIT = timedelta(hours=1)  # of `Retry-After`
TEST = "webhook.test"


@dataclass(frozen=True)
class Signed:
    """A message ready to leave."""

    url: str
    message_id: str
    body: bytes
    secrets: tuple[bytes, ...]


class Webhook:
    """The channel; `payload` of a delivery holds `endpoint` and `event`, or `test` for a try."""

    name, label = WEBHOOK, _("Webhook")
    is_personal, repeats_safely = False, True
    place = ""  # every delivery names its own
    lane = Lane.WEBHOOK
    delays: tuple[timedelta, ...] = (
        timedelta(seconds=5),
        timedelta(minutes=5),
        timedelta(minutes=30),
        timedelta(hours=2),
        timedelta(hours=5),
        timedelta(hours=10),
        timedelta(hours=14),
        timedelta(hours=20),
        timedelta(hours=24),
    )

    def prepare(self, delivery: Delivery) -> Signed | Outcome:
        endpoint = WebhookEndpoint.objects.filter(pk=delivery.payload["endpoint"]).first()
        if endpoint is None or endpoint.state != WebhookEndpoint.State.ACTIVE:
            return channels.not_needed("The endpoint is paused or removed; what it missed can be replayed.")
        at = db_now()
        secrets = _secrets(endpoint, at)
        if not secrets:
            return channels.permanent("The endpoint has no secret that can be read: rotate it.")
        message_id, content = _content(endpoint, delivery, at)
        return Signed(endpoint.url, message_id, orjson.dumps(content), secrets)

    def send(self, message: Signed, *, timeout_s: float) -> Outcome:
        now = int(time.time())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"{settings.PRODUCT_NAME}-webhooks/1",
            "webhook-id": message.message_id,
            "webhook-timestamp": str(now),
            "webhook-signature": signature(
                message.secrets, message_id=message.message_id, timestamp=now, body=message.body
            ),
        }
        began = time.monotonic()
        try:
            answer = outward.fetch(
                "POST",
                message.url,
                headers=headers,
                body=message.body,
                timeout_s=min(timeout_s, ANSWER_WITHIN_S),
                max_bytes=LARGEST_ANSWER,
            )
        except outward.UrlNotAllowed as error:
            return channels.permanent(str(error))
        except outward.OutwardFailed as error:
            return Outcome(Verdict.AMBIGUOUS, str(error), took_ms=_since(began))
        return outcome_of(answer.status, answer.headers.get("retry-after", ""), took_ms=_since(began))


def outcome_of(status: int, retry_after: str, *, took_ms: int) -> Outcome:
    """What an answer means (reliability.md R12): 2xx is taken; 408, 425, 429 and 5xx come again; every other is refused for good."""
    error = "" if 200 <= status < 300 else f"The endpoint answered {status}."
    if not error:
        verdict = Verdict.ACCEPTED
    elif status in (408, 425, 429) or status >= 500:
        verdict = Verdict.RETRYABLE
    else:
        verdict = Verdict.PERMANENT
        error += " Redirects are not followed: give the address itself." if 300 <= status < 400 else ""
    after = _wait(retry_after) if verdict is Verdict.RETRYABLE else None
    return Outcome(verdict, error, provider_id=str(status), after=after, status=status, took_ms=took_ms)


def _wait(retry_after: str) -> timedelta | None:
    """`Retry-After` in seconds or as a date, an hour at most; None where it says nothing that can be read."""
    try:
        wait = timedelta(seconds=int(retry_after))
    except ValueError:
        try:
            wait = parsedate_to_datetime(retry_after) - datetime.now(UTC)
        except (ValueError, TypeError):
            return None
    except OverflowError:
        return LONGEST_WAIT
    return min(wait, LONGEST_WAIT) if wait > timedelta(0) else None


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def _secrets(endpoint: WebhookEndpoint, at: datetime) -> tuple[bytes, ...]:
    """Every secret that is valid at `at`, the newest first."""
    found = []
    for row in endpoint.secrets.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=at)).order_by(
        "-created_at", "-pk"
    ):
        try:
            found.append(base64.b64decode(fernet().decrypt(row.encrypted.encode())))
        except InvalidToken:  # its key of WATCHFLOOR_FIELD_KEYS is gone
            continue
    return tuple(found)


def fernet() -> MultiFernet:
    """What secrets are kept under; the newest key first."""
    return MultiFernet([Fernet(key) for key in settings.FIELD_KEYS])


def _content(endpoint: WebhookEndpoint, delivery: Delivery, at: datetime) -> tuple[str, dict[str, Any]]:
    """The message's id and its JSON. Of a case that became restricted it says only which and that it is."""
    if "test" in delivery.payload:
        return f"test_{delivery.payload['test']}", {"type": TEST, "timestamp": at, "data": {"endpoint": endpoint.ref}}
    event = Event.objects.get(pk=delivery.payload["event"])
    message_id = f"evt_{event.pk}_{endpoint.public_id.hex}"
    case = Case.objects.filter(pk=event.subject_id).only("compartments").first()
    if event.compartments or case is None or case.compartments:
        ref = f"ESC-{permute(event.subject_id, key=settings.REFERENCE_KEY)}"
        return message_id, {"type": event.kind, "timestamp": event.at, "data": {"ref": ref, "handling": "restricted"}}
    receipt = Submission.objects.filter(
        case_id=event.subject_id, organization_id=endpoint.organization_id, result=Submission.Result.CREATED
    ).first()
    out = event_out(event, receipt.external_ref if receipt is not None else "", is_internal=False)
    data: dict[str, Any] = {"event": out["id"], **{name: out[name] for name in ("ref", "external_ref", "data")}}
    if endpoint.body == WebhookEndpoint.Body.FULL and receipt is not None:
        reader = ServiceKey(
            organization=endpoint.organization,
            is_sandbox=endpoint.is_sandbox,
            scopes=["submissions:read", "decisions:read"],
        )
        data["submission"] = submissions_out([receipt], key=reader)[0]
    return message_id, {"type": event.kind, "timestamp": event.at, "data": data}

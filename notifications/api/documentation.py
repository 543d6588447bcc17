"""What OpenAPI says about the calls on webhook endpoints; examples run as tests (test_api_examples)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from core.shapes import Choice, Flag, Integer, ListOf, Record, Shape, Text, When
from escalations.api.documentation import IDEMPOTENCY, F, describe
from notifications.lifecycle import DeliveryState
from notifications.models import WebhookEndpoint
from notifications.operations.webhooks import KINDS

Json = dict[str, Any]
TAG = "Webhooks"
SCOPE = "Scope: `webhooks:manage`."

# -- What is sent ------------------------------------------------------------------------------------------------------
_FIELDS: dict[str, Shape] = {
    "url": Text(2000, help="https, on the public internet, port 443 or 8443. Redirects are not followed."),
    "description": Text(120, help="What it is for."),
    "kinds": ListOf(Choice(KINDS), len(KINDS), help="Events it hears; an empty list is all of them."),
    "body": Choice(
        WebhookEndpoint.Body.values, help="`thin`: ids and what happened; `full`: with the submission as read back."
    ),
}
NEW = Record({**_FIELDS, "url": Text(2000, required=True, help=_FIELDS["url"].help)})
EDIT = Record(_FIELDS)
RESUME = Record({"with_missed": Flag(help="Also send what happened while it was paused.")})
SPAN = Record(
    {"since": When(required=True, help="From this instant."), "until": When(required=True, help="Up to this instant.")}
)
NOTHING = Record({})
LOG_QUERY: Mapping[str, Shape] = {
    "state": Choice(DeliveryState.values),
    "limit": Integer(1, 200, help="50 where left out."),
    "cursor": Text(2000, help="`next` or `previous` of a page."),
}
NEW_EXAMPLE: Json = {
    "url": "https://hooks.vendor.example/watchfloor",
    "description": "CRM sync",
    "kinds": ["case.created", "case.closed"],
    "body": "thin",
}

# -- What is answered --------------------------------------------------------------------------------------------------
_WHEN: Json = {"type": "string", "format": "date-time"}
_MAYBE: Json = {"type": ["string", "null"], "format": "date-time"}


def _object(properties: Json) -> Json:
    return {"type": "object", "properties": properties, "required": list(properties)}


_ENDPOINT: Json = {
    "id": {"type": "string", "format": "uuid"},
    "url": {"type": "string"},
    "description": {"type": "string"},
    "kinds": {"type": "array", "items": {"type": "string"}, "description": "Empty: all of them."},
    "body": {"type": "string", "enum": WebhookEndpoint.Body.values},
    "is_sandbox": {"type": "boolean", "description": "It hears sandbox submissions; a test key made it."},
    "state": {"type": "string", "enum": ["active", "paused"]},
    "paused_at": _MAYBE,
    "paused_why": {"type": "string", "description": "Why it was paused without anybody asking; else empty."},
    "failing_since": _MAYBE,
    "last_success_at": _MAYBE,
    "created_at": _WHEN,
    "secrets": {
        "type": "array",
        "description": "The secrets that sign now; two while one is being rotated.",
        "items": _object({"last4": {"type": "string"}, "created_at": _WHEN, "expires_at": _MAYBE}),
    },
    "warnings": {"type": "array", "items": {"type": "string"}},
}
ENDPOINT = _object(_ENDPOINT)
WITH_SECRET = _object(
    _ENDPOINT
    | {
        "secret": {
            "type": ["string", "null"],
            "description": "`whsec_…`, shown in this answer alone; null where the answer is a replayed one: rotate if it was lost.",
        }
    }
)
LIST = _object({"results": {"type": "array", "items": ENDPOINT}})
_ATTEMPT = _object(
    {
        "at": _WHEN,
        "status": {"type": "integer", "description": "Of HTTP; 0 where no answer came."},
        "took_ms": {"type": "integer"},
        "error": {"type": "string"},
    }
)
SENT = _object(
    {
        "id": {"type": "string", "format": "uuid"},
        "kind": {"type": "string"},
        "state": {"type": "string", "enum": DeliveryState.values},
        "created_at": _WHEN,
        "next_at": _MAYBE,
        "attempts": {"type": "array", "items": _ATTEMPT, "description": "Oldest first."},
    }
)
LOG = _object(
    {
        "results": {"type": "array", "items": SENT},
        "next": {"type": ["string", "null"]},
        "previous": {"type": ["string", "null"]},
    }
)
COUNT = _object(
    {"sent_again": {"type": "integer", "description": "Messages that are on their way, under the same ids."}}
)


class Described(Protocol):
    """Marks a view's method; it stays what it was."""

    def __call__(self, view: F, /) -> F: ...


def _described(id: str, summary: str, answer: Json, help: str, **rest: Any) -> Described:
    return describe(id=id, summary=summary, tag=TAG, answer=answer, help=f"{help} {SCOPE}".strip(), **rest)


def _verb(
    id: str, summary: str, answer: Json, help: str, body: Record = NOTHING, example: Json | None = None
) -> Described:
    return _described(id, summary, answer, help, body=body.schema(), examples={"example": example or {}}, errors=(404,))


list_endpoints = _described(
    "list_webhooks",
    "List your webhook endpoints",
    LIST,
    "Of your key's kind: live, or sandbox.",
    query={},
    errors=(422,),
)
make_endpoint = _described(
    "make_webhook",
    "Make a webhook endpoint",
    WITH_SECRET,
    "Messages follow Standard Webhooks. Keep the secret: it is shown once.",
    status=201,
    body=NEW.schema(),
    examples={"endpoint": NEW_EXAMPLE},
    headers=(IDEMPOTENCY,),
    errors=(409,),
)
read_endpoint = _described("read_webhook", "Read a webhook endpoint", ENDPOINT, "", errors=(404, 422))
edit_endpoint = _verb(
    "edit_webhook", "Change a webhook endpoint", ENDPOINT, "Only the fields that are sent change.", EDIT, {"kinds": []}
)
rotate_secret = _verb(
    "rotate_webhook", "Rotate its secret", WITH_SECRET, "The old secret signs beside the new one for a day."
)
pause_endpoint = _verb("pause_webhook", "Pause it", ENDPOINT, "Nothing is sent until it is resumed.")
resume_endpoint = _verb(
    "resume_webhook",
    "Resume it",
    COUNT,
    "What happened meanwhile is sent too, if you ask for it.",
    RESUME,
    {"with_missed": True},
)
remove_endpoint = _verb("remove_webhook", "Remove it", _object({"removed": {"type": "boolean"}}), "For good.")
test_endpoint = _verb("test_webhook", "Send a test message", SENT, "Of the type `webhook.test`.")
replay_span = _verb(
    "replay_webhook",
    "Send a stretch of time again",
    COUNT,
    "Under the same `webhook-id`s, at most 10,000 messages.",
    SPAN,
    {"since": "2026-11-20T00:00:00Z", "until": "2026-11-21T00:00:00Z"},
)
list_sent = _described(
    "list_webhook_deliveries",
    "Read what was sent to it, newest first",
    LOG,
    "Every try with its status.",
    query=LOG_QUERY,
    errors=(400, 404, 422),
)
send_again = _verb("resend_webhook_delivery", "Send one message again", SENT, "Under the same `webhook-id`.")

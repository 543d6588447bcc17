"""What OpenAPI says about vendors' own review decisions; the example runs as a test (test_api_examples)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.shapes import Integer, Shape, Text, When
from escalations.api.documentation import describe
from reporting.operations.vendor_reviews import EXAMPLE, FIELDS, MOST_AT_ONCE, NEEDED, REVIEW, RowState

Json = dict[str, Any]
TAG = "Reviews"
REVIEWS_QUERY: Mapping[str, Shape] = {
    "decided_after": When(help="From this time on."),
    "decided_before": When(help="Before this time."),
    "limit": Integer(1, 200, help="50 where left out."),
    "cursor": Text(2000, help="`next` or `previous` of a page."),
}


def _object(properties: Json) -> Json:
    return {"type": "object", "properties": properties, "required": list(properties)}


_COUNT: Json = {"type": "integer"}
_CALL: Json = {
    "type": "object",
    "properties": {
        "reviews": {
            "type": "array",
            "items": REVIEW.schema(),
            "minItems": 1,
            "maxItems": MOST_AT_ONCE,
            "description": "Each is taken or refused by itself.",
        },
        "dry_run": {"type": ["boolean", "null"], "description": "Only say what would become of each row."},
    },
    "required": ["reviews"],
    "additionalProperties": False,
}
_PROBLEM = _object({"pointer": {"type": "string"}, "code": {"type": "string"}, "detail": {"type": "string"}})
_REPORT = _object(
    {
        "kept": {"type": "boolean", "description": "False for a dry run, a sandbox key, and where nothing was new."},
        **{state.value: _COUNT for state in RowState},
        "results": {
            "type": "array",
            "description": "As they were sent.",
            "items": _object(
                {
                    "external_id": {"type": "string"},
                    "state": {"type": "string", "enum": [state.value for state in RowState]},
                    "errors": {"type": "array", "items": _PROBLEM},
                }
            ),
        },
    }
)
_ONE = _object(
    {
        name: {
            "handle_s": {"type": ["integer", "null"]},
            "decided_at": {"type": "string", "format": "date-time"},
        }.get(name, {"type": "string", "description": "" if name in NEEDED else "Empty where it was not said."})
        for name in FIELDS
    }
)

bring_reviews = describe(
    id="bring_reviews",
    summary="Send what your own reviewers decided",
    tag=TAG,
    answer=_REPORT,
    body=_CALL,
    examples={"reviews": {"reviews": [dict(EXAMPLE)]}},
    errors=(422,),
    help="Up to 500 at once. An id sent again takes the new values, so that a call may be repeated as it stands. "
    "Scope: `submissions:write`.",
)
list_reviews = describe(
    id="list_reviews",
    summary="Read back what you sent, the newest decision first",
    tag=TAG,
    answer=_object(
        {
            "results": {"type": "array", "items": _ONE},
            "next": {"type": ["string", "null"]},
            "previous": {"type": ["string", "null"]},
        }
    ),
    query=REVIEWS_QUERY,
    errors=(400, 422),
    help="Scope: `submissions:read`.",
)

"""What OpenAPI says about vendors' own review decisions and about figures; the examples run as tests (test_api_examples)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.shapes import Choice, Integer, Shape, Text, When
from escalations.api.documentation import describe
from reporting.measures import Unit
from reporting.operations.vendor_reviews import EXAMPLE, FIELDS, MOST_AT_ONCE, NEEDED, REVIEW, RowState
from reporting.selectors.scorecard import KPIS

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

# What a vendor's key may ask for: the figures of its scorecard, by what it sent itself or was told of it.
TOLD = KPIS
DIMENSIONS_TOLD = ("severity", "harm", "market", "language", "surface", "channel", "shift", "reason")
MEASURE_QUERY: Mapping[str, Shape] = {
    "range": Text(
        60,
        help="24h, 28d or 13w back from now, or days such as 2026-11-01..2026-11-14; 28d where left out.",
        example="13w",
    ),
    "zone": Text(60, help="Whose days and weeks these are; UTC where left out.", example="Europe/Madrid"),
    "by": Text(80, help=f"One or two of {', '.join(DIMENSIONS_TOLD)}, with a comma between.", example="language"),
    "every": Choice(("hour", "day", "week"), help="Points as well, at most 400.", example="week"),
}
_NUMBER: Json = {"type": ["number", "null"]}
_TEXT: Json = {"type": "string"}
_TIME: Json = {"type": "string", "format": "date-time"}
_DEFINITION = _object(
    {
        "key": _TEXT,
        "kpi": _TEXT,
        "label": _TEXT,
        "question": _TEXT,
        "formula": _TEXT,
        "population": _TEXT,
        "exclusions": _TEXT,
        "owner": _TEXT,
        "unit": {"type": "string", "enum": [unit.value for unit in Unit]},
        "better": {"type": "string", "enum": ["up", "down", "neither"]},
        "matures_after_days": {
            "type": "integer",
            "description": "Windows that ended later than so long ago may change.",
        },
        "dimensions": {"type": "array", "items": {"type": "string", "enum": list(DIMENSIONS_TOLD)}},
    }
)
_FIGURE = _object(
    {
        "value": _NUMBER | {"description": "Null for nothing, and for a share of fewer than ten."},
        "n": _COUNT,
        "low": _NUMBER | {"description": "Of a share: the Wilson 95 % interval begins here."},
        "high": _NUMBER,
        "numerator": _NUMBER,
        "denominator": _NUMBER,
        "too_small": {"type": "boolean"},
        "maturing": {"type": "boolean"},
    }
)
_VALUE = _object({"key": _TEXT, "label": _TEXT})
_SLICE = _object({"values": {"type": "object", "additionalProperties": _VALUE}, "figure": _FIGURE})
_POINT = _object({"start": _TIME, "end": _TIME, "figure": _FIGURE})
_FIGURES = _object({"measure": _DEFINITION, "start": _TIME, "end": _TIME, "as_of": _TIME, "figure": _FIGURE})
_FIGURES["properties"] |= {
    "slices": {"type": "array", "description": "With `by`: the largest first, at most 200.", "items": _SLICE},
    "points": {"type": "array", "description": "With `every`: oldest first.", "items": _POINT},
}

list_measures = describe(
    id="list_measures",
    summary="List the measures of your scorecard with their definitions",
    tag="Measures",
    answer=_object({"results": {"type": "array", "items": _DEFINITION}, "as_of": _TIME}),
    errors=(422,),
    help="`as_of` is up to when figures reach. For keys of vendors. Scope: `submissions:read`.",
)
read_measure = describe(
    id="read_measure",
    summary="Read one measure's figure, and by dimension or over time",
    tag="Measures",
    answer=_FIGURES,
    query=MEASURE_QUERY,
    errors=(404, 422),
    help="Counts your own organization's submissions, without restricted cases, as the scorecard does. A test key's are never counted. "
    "For keys of vendors. Scope: `submissions:read`.",
)

"""The decision panel's posted fields as a draft keeps them. Nothing here saves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

_LISTS = ("secondary", "elements", "exceptions", "actions", "cites", "tells_not")
_LINES = (
    "verdict",
    "clause",
    "card",
    "confidence",
    "gap",
    "deviation",
    "second",
    "language_submitter",
    "language_subject",
)
_TEXTS = ("rationale", "drafted", "gap_question", "gap_position", "departs_why")
_MANY = 40  # no clause has as many elements, and no ladder as many steps
_DAYS, _MARKETS = "days@", "markets@"  # of the step whose key follows


def as_data(posted: QueryDict) -> dict[str, Any]:
    """The posted fields of the panel as a draft keeps them: texts, and lists of texts."""
    data: dict[str, Any] = {name: posted.get(name, "")[:40] for name in _LINES}
    data |= {name: [text[:64] for text in posted.getlist(name)[:_MANY]] for name in _LISTS}
    data |= {name: posted.get(name, "").replace("\r\n", "\n").replace("\x00", "") for name in _TEXTS}
    if scopes := _scopes(posted):
        data["scopes"] = scopes
    return data


def _scopes(posted: QueryDict) -> dict[str, list[str]]:
    """How long and where the ticked steps hold, by their keys: `[days, countries]` as they stand in the panel."""
    ticked = posted.getlist("actions")[:_MANY]
    return {
        key[:64]: [
            posted.get(_DAYS + key, "").replace("\x00", "").strip()[:10],
            posted.get(_MARKETS + key, "").replace("\x00", "").strip()[:120],
        ]
        for key in ticked
        if _DAYS + key in posted or _MARKETS + key in posted
    }


def is_worth_keeping(data: Mapping[str, Any]) -> bool:
    """Whether anything was typed or chosen beyond what an untouched panel sends."""
    return any(data.get(name) for name in ("verdict", "clause", *_LISTS, *_TEXTS) if name != "drafted")

"""Which of a case's events its submitter hears of, through the feed and webhooks alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from escalations import events


def is_told(kind: str, data: Mapping[str, Any]) -> bool:
    """Whether an event of this kind with this data is for the submitting organization."""
    if kind == events.COMMENT_ADDED:
        return data.get("audience") == "submitter"
    if kind in events.OWN_APPEAL:
        return bool(data.get("is_own"))
    return kind in events.OUTWARD


def told() -> Q:
    """The same as a condition on `audit.Event`."""
    plain = events.OUTWARD - events.OWN_APPEAL - {events.COMMENT_ADDED}
    return (
        Q(kind__in=plain)
        | Q(kind=events.COMMENT_ADDED, data__audience="submitter")
        | Q(kind__in=events.OWN_APPEAL, data__is_own=True)
    )

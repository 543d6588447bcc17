"""`record()`: the only way an event comes into being, and with it everything that anybody is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from django.db import models

from audit import doorbell, relay
from audit.actors import Actor
from audit.models import ActorKind, Event, OutboxMessage


@dataclass(frozen=True)
class Entry:
    """An event to be written; see `record` for the meaning of the fields."""

    kind: str
    subject: models.Model
    at: datetime
    by: Actor | None = None
    data: dict[str, Any] = field(default_factory=dict)
    organization_id: int | None = None


def record(
    kind: str,
    *,
    subject: models.Model,
    by: Actor | None,
    at: datetime,
    data: dict[str, Any] | None = None,
    organization_id: int | None = None,
) -> Event:
    """Write what happened and its outbox rows, in the caller's transaction; ring the relay after commit.

    `kind` is `app_thing.past_tense` (`case.claimed`); `at` aware UTC; `by` None for the system; `data` JSON of ids and plain
    values. The organization is the subject's own unless given. The ring may be lost: the relay sweeps what it left.
    """
    return record_many([Entry(kind, subject, at, by, data or {}, organization_id)])[0]


def record_many(entries: Sequence[Entry]) -> list[Event]:
    """`record` for several events: two inserts whatever their number."""
    request_id = str(structlog.contextvars.get_contextvars().get("request_id", ""))[:64]
    events = Event.objects.bulk_create([_event(entry, request_id) for entry in entries])
    messages = [
        OutboxMessage(event=event, listener=name, organization_id=event.organization_id)
        for event in events
        for name in relay.listeners_of(event.kind)
    ]
    if messages:
        OutboxMessage.objects.bulk_create(messages)
        doorbell.ring_after_commit()
    return events


def _event(entry: Entry, request_id: str) -> Event:
    subject, by = entry.subject, entry.by
    organization_id = entry.organization_id
    if organization_id is None:
        organization_id = getattr(subject, "organization_id", None)
    if organization_id is None:  # a guess here would file the event under the wrong tenant
        raise ValueError(f"say whose event {entry.kind} is: {subject._meta.label} belongs to no organization")
    return Event(
        at=entry.at,
        kind=entry.kind,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        subject_ref=str(getattr(subject, "ref", ""))[:64],
        actor_kind=by.actor_kind if by is not None else ActorKind.SYSTEM,
        actor_id=by.actor_id if by is not None else None,
        actor_label=by.actor_label[:200] if by is not None else "",
        organization_id=organization_id,
        compartments=list(getattr(subject, "compartments", ())),
        request_id=request_id,
        data=entry.data,
    )

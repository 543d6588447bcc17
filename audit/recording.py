"""`record()`: the only way an event comes into being, and with it everything that anybody is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
import structlog
from django.db import connection, models
from django.utils.functional import Promise

from audit import doorbell, relay
from audit.actors import Actor
from audit.models import ActorKind, Event
from core import faults


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
    entry = Entry(kind, subject, at, by, data or {}, organization_id)
    row = _row(entry, request_id())
    [event_id] = write([row])
    return Event(id=event_id, **row)


def record_many(entries: Sequence[Entry]) -> list[int]:
    """`record` for several events: one statement whatever their number. Answers their ids in the entries' order."""
    request = request_id()
    return write([_row(entry, request) for entry in entries])


# Intake writes thousands of these a second, so events and their outbox rows go in together.
_MADE = """
made AS (
  INSERT INTO audit_event (at, kind, subject_type, subject_id, subject_ref, actor_kind, actor_id, actor_label, organization_id,
    compartments, request_id, data)
  SELECT at, kind, subject_type, subject_id, subject_ref, actor_kind, actor_id, actor_label, organization_id,
    compartments, request_id, data
  FROM {source}
  RETURNING id, kind, organization_id, subject_id
), told AS (
  INSERT INTO audit_outboxmessage (event_id, listener, state, attempts, last_error, organization_id)
  SELECT made.id, heard.listener, 'pending', 0, '', made.organization_id
  FROM made JOIN unnest(%(heard_kinds)s::text[], %(heard_names)s::text[]) AS heard(kind, listener) ON heard.kind = made.kind
  {only}
)
"""
_ROWS = "json_populate_recordset(NULL::audit_event, %(rows)s::json)"
_WRITE = f"WITH {_MADE.format(source=_ROWS, only='')} SELECT id FROM made ORDER BY id"


def set_tables(source: str, kinds: Sequence[str], *, groups: Sequence[str] = ()) -> tuple[str, dict[str, Any]]:
    """`record` inside a statement that changes many rows at once: common tables to put behind `WITH`, and their parameters.

    `source` names an earlier common table with the columns of an event (at, kind, subject_type, subject_id, subject_ref,
    actor_kind, actor_id, actor_label, organization_id, compartments, request_id, data) whose kinds are among `kinds`. The
    tables are called `made` (id, kind, organization_id, subject_id) and `told`. `groups` names earlier common tables with the `id`s of
    subjects: listeners that care for one of these `only` are told of nothing else. Rings after commit, like `record`.
    """
    heard = [(kind, name) for kind in kinds for name in relay.listeners_of(kind)]
    _ring(heard)
    values, only = _heard(heard), []
    for group in groups:
        values[f"only_{group}"] = [name for _, name in heard if relay.LISTENERS[name].only == group]
        only.append(f"(heard.listener <> ALL(%(only_{group})s) OR made.subject_id IN (SELECT id FROM {group}))")
    return _MADE.format(source=source, only=f"WHERE {' AND '.join(only)}" if only else ""), values


def _ring(heard: Sequence[tuple[str, str]]) -> None:
    for lane in {relay.LISTENERS[name].lane for _, name in heard}:
        doorbell.ring_after_commit(relay.claim_of(lane))


def _heard(heard: Sequence[tuple[str, str]]) -> dict[str, Any]:
    return {"heard_kinds": [kind for kind, _ in heard], "heard_names": [name for _, name in heard]}


def write(rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert events and the outbox rows of their listeners; ids in order. For `record` and `record_many` alone."""
    if not rows:
        return []
    heard = [(kind, name) for kind in {row["kind"] for row in rows} for name in relay.listeners_of(kind)]
    text = orjson.dumps(rows, default=_words, option=orjson.OPT_NON_STR_KEYS).decode()
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, {"rows": text, **_heard(heard)})
        ids = [int(row[0]) for row in cursor.fetchall()]
    faults.point("event_written")
    _ring(heard)
    return ids


def _words(value: Any) -> str:
    """Words that are translated late are kept as they read now; anything else is no plain value."""
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in an event: record ids and plain values")


def request_id() -> str:
    """The id of the request at hand, as events keep it; empty outside one."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))[:64]


def _row(entry: Entry, request_id: str) -> dict[str, Any]:
    subject, by = entry.subject, entry.by
    organization_id = entry.organization_id
    if organization_id is None:
        organization_id = getattr(subject, "organization_id", None)
    if organization_id is None:  # a guess here would file the event under the wrong tenant
        raise ValueError(f"say whose event {entry.kind} is: {subject._meta.label} belongs to no organization")
    return {
        "at": entry.at,
        "kind": entry.kind,
        "subject_type": subject._meta.label_lower,
        "subject_id": subject.pk,
        "subject_ref": str(getattr(subject, "ref", ""))[:64],
        "actor_kind": by.actor_kind if by is not None else ActorKind.SYSTEM,
        "actor_id": by.actor_id if by is not None else None,
        "actor_label": by.actor_label[:200] if by is not None else "",
        "organization_id": organization_id,
        "compartments": list(getattr(subject, "compartments", ())),
        "request_id": request_id,
        "data": entry.data,
    }

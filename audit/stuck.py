"""Work that gave up after its tries and waits for a person: listed, tried again or given up (reliability.md R7, R15).

Apps register sources of such rows. A reason is the error's class alone: the rest of a message may hold what somebody wrote.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from audit.models import OutboxMessage


@dataclass(frozen=True)
class StuckRow:
    """One row that waits: `what` it is in words of its own, `reason` the class of its last error, `since` aware UTC."""

    source: str
    id: int
    what: str
    about: str
    reason: str
    attempts: int
    since: datetime


Act = Callable[[int, datetime], str]


@dataclass(frozen=True)
class Source:
    """A kind of row that can be stuck. `rows(limit)` lists the oldest first.

    `replay(id, at)` and `discard(id, at)` act in the caller's transaction and answer what the row was; they raise
    `LookupError` when it waits no more, and `ValueError` with a sentence when it cannot be.
    """

    name: str
    label: str | Promise
    rows: Callable[[int], list[StuckRow]]
    replay: Act
    discard: Act


SOURCES: dict[str, Source] = {}


def register(source: Source) -> None:
    """Add a source, from an app's `ready()`."""
    SOURCES[source.name] = source


def rows(limit: int = 200) -> list[StuckRow]:
    """What waits, of all sources, longest first."""
    found = [row for source in SOURCES.values() for row in source.rows(limit)]
    return sorted(found, key=lambda row: (row.since, row.source, row.id))[:limit]


def find(source: str, row_id: int) -> StuckRow | None:
    """One row that still waits."""
    known = SOURCES.get(source)
    return None if known is None else next((row for row in known.rows(10_000) if row.id == row_id), None)


def error_class(last_error: str) -> str:
    """The class name in front of an error's message."""
    return last_error.split(":", 1)[0].strip()[:80]


# -- The outbox's own --------------------------------------------------------------------------------------------------
def _outbox_rows(limit: int) -> list[StuckRow]:
    waiting = OutboxMessage.objects.filter(state=OutboxMessage.State.QUARANTINED).select_related("event")
    return [
        StuckRow(
            "outbox",
            message.pk,
            f"{message.event.kind} → {message.listener}",
            message.event.subject_ref,
            error_class(message.last_error),
            message.attempts,
            message.event.recorded_at,
        )
        for message in waiting.order_by("id")[:limit]
    ]


@transaction.atomic
def _take(row_id: int) -> OutboxMessage:
    waiting = OutboxMessage.objects.filter(pk=row_id, state=OutboxMessage.State.QUARANTINED)
    message = waiting.select_for_update(of=("self",)).select_related("event").first()
    if message is None:
        raise LookupError(_now("It waits no more: somebody was quicker."))
    return message


def _replay(row_id: int, at: datetime) -> str:
    message = _take(row_id)
    message.state, message.attempts, message.next_at = OutboxMessage.State.PENDING, 0, at
    message.save(update_fields=["state", "attempts", "next_at"])
    return f"{message.event.kind} → {message.listener}"


def _discard(row_id: int, at: datetime) -> str:
    message = _take(row_id)
    message.delete()
    return f"{message.event.kind} → {message.listener}"


OUTBOX = Source("outbox", _("Events that a listener could not handle"), _outbox_rows, _replay, _discard)

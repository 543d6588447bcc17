"""From event to listeners: at least once, in order of writing, each handled and removed in one transaction.

Run by `engine` (lane `outbox`) and by Celery on a doorbell; any number at once (SKIP LOCKED).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models.functions import Now

from audit.models import Event, OutboxMessage

Handler = Callable[[Event], None]
QUARANTINE_AFTER = 3  # failures; then the row waits for a person and its neighbours go on
RETRY = timedelta(seconds=10)


@dataclass(frozen=True)
class Listener:
    """A reaction to events. `kinds` holds exact kinds or prefixes ending in a dot (`case.`)."""

    name: str
    kinds: tuple[str, ...]
    handler: Handler

    def hears(self, kind: str) -> bool:
        return any(kind == wanted or (wanted.endswith(".") and kind.startswith(wanted)) for wanted in self.kinds)


LISTENERS: dict[str, Listener] = {}
_by_kind: dict[str, tuple[str, ...]] = {}


def listen(name: str, kinds: Iterable[str], handler: Handler) -> None:
    """Subscribe, from an app's `ready()`. The handler must tolerate repeats."""
    LISTENERS[name] = Listener(name, tuple(kinds), handler)
    _by_kind.clear()


def listeners_of(kind: str) -> tuple[str, ...]:
    """Names of those who hear `kind`."""
    if kind not in _by_kind:
        _by_kind[kind] = tuple(name for name, listener in LISTENERS.items() if listener.hears(kind))
    return _by_kind[kind]


def drain(limit: int = 500) -> int:
    """Handle up to `limit` messages; answers how many were taken.

    A batch that fails is handled row by row; a row that fails three times is quarantined and shown to operators.
    """
    with transaction.atomic():
        batch = _claim(limit)
        if not batch:
            return 0
        try:
            with transaction.atomic():
                for message in batch:
                    _handle(message)
        except Exception:  # whatever a listener raises must not stop the others: each row is tried alone below
            structlog.get_logger().warning("outbox_batch_failed", size=len(batch), exc_info=True)
            done = [message for message in batch if _handle_alone(message)]
        else:
            done = batch
        OutboxMessage.objects.filter(id__in=[message.id for message in done]).delete()
    return len(batch)


def _claim(limit: int) -> list[OutboxMessage]:
    # Uses index: outbox_pending
    return list(
        OutboxMessage.objects.select_related("event")
        .filter(state=OutboxMessage.State.PENDING, next_at__lte=Now())
        .order_by("next_at", "id")
        .select_for_update(skip_locked=True, of=("self",))[:limit]
    )


def _handle(message: OutboxMessage) -> None:
    listener = LISTENERS.get(message.listener)
    if listener is not None:  # a listener that a release removed has nobody to tell
        listener.handler(message.event)


def _handle_alone(message: OutboxMessage) -> bool:
    try:
        with transaction.atomic():
            _handle(message)
    except Exception as error:  # kept with its reason; a person decides after the third
        message.attempts += 1
        message.last_error = f"{type(error).__name__}: {error}"[:500]
        message.next_at = Now() + RETRY * message.attempts
        if message.attempts >= QUARANTINE_AFTER:
            message.state = OutboxMessage.State.QUARANTINED
            structlog.get_logger().error(
                "outbox_quarantined", message=message.id, listener=message.listener, exc_info=True
            )
        message.save(update_fields=["attempts", "last_error", "next_at", "state"])
        return False
    return True

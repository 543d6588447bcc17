"""From event to listeners: at least once, in order of writing, each handled and removed in one transaction.

Run by `engine` and by Celery on a doorbell; any number at once (SKIP LOCKED). A listener has a lane: lanes have threads of their
own, so that one which is slow or behind delays nobody else's (reliability.md R14).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from time import monotonic

import structlog
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from audit.models import Event, OutboxMessage
from core import engine, faults

Handler = Callable[[Event], None]
ManyHandler = Callable[[Sequence[Event]], None]
QUARANTINE_AFTER = 3  # failures; then the row waits for a person and its neighbours go on
RETRY = timedelta(seconds=10)
BATCH = 50  # a transaction's messages: what a listener wrote is seen when the batch is committed
FIRST = 10  # until it is known how long a message takes
LONGEST_S = 4.0  # a batch: nothing of it is seen before all of it is
DEFAULT_LANE = "outbox"


@dataclass(frozen=True)
class Listener:
    """A reaction to events. `kinds` holds exact kinds or prefixes ending in a dot (`case.`); `many` handles a batch at once.

    `only` names the subjects it cares for, where a statement that records many events at once can tell which these are.
    """

    name: str
    kinds: tuple[str, ...]
    handler: Handler
    lane: str = DEFAULT_LANE
    many: ManyHandler | None = None
    only: str = ""

    def hears(self, kind: str) -> bool:
        return any(kind == wanted or (wanted.endswith(".") and kind.startswith(wanted)) for wanted in self.kinds)


LISTENERS: dict[str, Listener] = {}
_by_kind: dict[str, tuple[str, ...]] = {}
_sizes: dict[str, int] = {}  # of each lane's next batch


def listen(
    name: str,
    kinds: Iterable[str],
    handler: Handler,
    *,
    lane: str = DEFAULT_LANE,
    many: ManyHandler | None = None,
    only: str = "",
) -> None:
    """Subscribe, from an app's `ready()`. The handler must tolerate repeats.

    A `lane` other than the common one gets a claim of its own, `outbox_<lane>`, with a thread in each engine. `many` does for the
    events of a batch, in the order of their writing, what `handler` does for each: for listeners that hear bursts. A batch that it
    fails on is handled one by one. `only` spares it messages it would do nothing about: see `recording.set_tables`.
    """
    LISTENERS[name] = Listener(name, tuple(kinds), handler, lane, many, only)
    _by_kind.clear()
    if lane != DEFAULT_LANE and claim_of(lane) not in engine.CLAIMS:
        engine.register(claim_of(lane), lane=claim_of(lane), work=partial(drain, lane=lane), queue="outbox")


def claim_of(lane: str) -> str:
    """The engine's claim that drains a lane, by which it is rung."""
    return DEFAULT_LANE if lane == DEFAULT_LANE else f"outbox_{lane}"


def drain_common(limit: int) -> int:
    """The engine's claim for all listeners without a lane of their own."""
    return drain(limit, lane=DEFAULT_LANE)


def listeners_of(kind: str) -> tuple[str, ...]:
    """Names of those who hear `kind`."""
    if kind not in _by_kind:
        _by_kind[kind] = tuple(name for name, listener in LISTENERS.items() if listener.hears(kind))
    return _by_kind[kind]


def drain(limit: int = 500, *, lane: str = "") -> int:
    """Handle up to `limit` messages, of one lane's listeners where a lane is named; answers how many were taken.

    A batch that fails is handled row by row; a row that fails three times is quarantined and shown to operators.
    """
    total = 0
    while total < limit:
        size = min(_sizes.get(lane, FIRST), limit - total)
        began = monotonic()
        taken = _drain_batch(size, lane)
        total += taken
        _pace(lane, taken, monotonic() - began)
        if taken < size or engine.is_stopping():
            break
        engine.progress()
    return total


def _pace(lane: str, taken: int, took_s: float) -> None:
    """Let the lane's next batch be one that lasts a second or two, also where each statement takes long (fault test F14)."""
    if taken and took_s > LONGEST_S:
        _sizes[lane] = max(1, int(taken * LONGEST_S / took_s))
    elif took_s < LONGEST_S / 2:
        _sizes[lane] = min(BATCH, _sizes.get(lane, FIRST) * 2)


def _drain_batch(size: int, lane: str) -> int:
    with transaction.atomic():
        batch = _claim(size, lane)
        if not batch:
            return 0
        faults.point("outbox_claimed")
        try:
            with transaction.atomic():
                _handle_together(batch)
        except Exception:  # whatever a listener raises must not stop the others: each row is tried alone below
            structlog.get_logger().warning("outbox_batch_failed", size=len(batch), exc_info=True)
            done = [message for message in batch if _handle_alone(message)]
        else:
            done = batch
        faults.point("outbox_handled")
        OutboxMessage.objects.filter(id__in=[message.id for message in done]).delete()
        faults.point("outbox_deleted")
    faults.point("outbox_committed")
    return len(batch)


def _claim(size: int, lane: str) -> list[OutboxMessage]:
    # Uses index: outbox_pending_by_listener, or outbox_pending for all lanes
    return list(
        OutboxMessage.objects.select_related("event")
        .filter(_of_lane(lane), state=OutboxMessage.State.PENDING, next_at__lte=Now())
        .order_by("next_at", "id")
        .select_for_update(skip_locked=True, of=("self",))[:size]
    )


def _of_lane(lane: str) -> Q:
    """The common lane has all that no other lane has: also what is left of a listener that a release removed."""
    if not lane:
        return Q()
    if lane == DEFAULT_LANE:
        return ~Q(listener__in=[name for name, listener in LISTENERS.items() if listener.lane != lane])
    return Q(listener__in=[name for name, listener in LISTENERS.items() if listener.lane == lane])


def _handle_together(batch: Sequence[OutboxMessage]) -> None:
    """All messages, a listener's in the order of their writing."""
    by_listener: dict[str, list[OutboxMessage]] = {}
    for message in batch:
        by_listener.setdefault(message.listener, []).append(message)
    for name, messages in by_listener.items():
        listener = LISTENERS.get(name)
        if listener is not None and listener.many is not None:
            engine.progress()
            listener.many([message.event for message in messages])
        else:
            for message in messages:
                _handle(message)


def _handle(message: OutboxMessage) -> None:
    engine.progress()  # a batch of slow ones is no lane that hangs
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

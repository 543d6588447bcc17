"""Sending what is due: claim with a lease, prepare, say that it starts, send with no transaction open, write how it ended.

Run by `engine`, one claim for each lane, and by Celery when a doorbell names it; any number at once. What an ended process had
started and not settled is `ambiguous`, unless its channel may repeat safely: nothing is sent twice behind anybody's back.
"""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Count, F, Q
from django.db.models.functions import Now

from audit.leases import Claimed, Leases
from core import engine
from core.breakers import Destinations
from core.clock import db_now
from notifications import channels
from notifications.channels import Channel, Outcome, Verdict
from notifications.lifecycle import DeliveryState, Lane
from notifications.models import Delivery
from notifications.operations.sending import DESTINATIONS, PARALLEL, Flight, threads_of
from notifications.selectors.timing import hold_until

# Seconds of one try in all, and of its lease: a page that is lost with its process is taken up soon, a slow receiver has its time (R11).
TIMES: dict[Lane, tuple[float, float]] = {
    Lane.PAGE: (5.0, 20.0),
    Lane.NOTIFY: (8.0, 30.0),
    Lane.WEBHOOK: (15.0, 60.0),
    Lane.BULK: (8.0, 30.0),
}
AT_ONCE = 20  # rows claimed at a time, so that a lease is not spent on waiting for its turn
LOOK_S = 0.25  # how often more is claimed while something is under way
RIPEN_EVERY_S = 0.5
RIPE_AT_ONCE = 200
CROWDED, CROWDED_WINDOW = 5, timedelta(minutes=10)  # messages to a person about one object in so long a time
UNKNOWN = "The sending process ended before it heard how this went."

LEASES: dict[Lane, Leases[Delivery]] = {
    lane: Leases(Delivery, lease_s=lease_s, timeout_s=timeout_s, order=("priority", "next_at", "id"))
    for lane, (timeout_s, lease_s) in TIMES.items()
}
PLACES = Destinations()
Begun = tuple[Claimed[Delivery], Channel]
log = structlog.get_logger(__name__)


def claim_of(lane: Lane) -> Callable[[int], int]:
    """The engine's claim for one lane: sends what is due there and answers how many deliveries it took."""

    def work(limit: int) -> int:
        return deliver_due(lane=lane, limit=limit)

    return work


def deliver_due(*, lane: Lane, limit: int) -> int:
    """Send up to `limit` due deliveries of `lane`; answers how many were taken, all of them settled.

    Side by side: whoever hangs holds up nobody, since more is claimed meanwhile. Stops to claim when the engine ends.
    """
    if not _waits(lane):  # an idle lane costs one statement a turn
        return 0
    leases = LEASES[lane]
    under_way: Flight[Begun] = Flight(lane, leases.timeout_s)
    waiting: deque[Claimed[Delivery]] = deque()  # claimed, while their destinations have enough under way
    done, looked_at = 0, -RIPEN_EVERY_S
    while True:
        engine.progress()
        if engine.is_stopping():
            _give_back(waiting)
        room = min(AT_ONCE, limit - done, threads_of(lane).free)
        fresh: list[Claimed[Delivery]] = []
        if not engine.is_stopping() and (room >= AT_ONCE // 2 or (room > 0 and not under_way)):
            if time.monotonic() - looked_at >= RIPEN_EVERY_S:
                declare_unknown(lane=lane)
                ripen(lane=lane, at=db_now())
                looked_at = time.monotonic()
            busy = [*DESTINATIONS.full(_most), *(_place_of(one.row) for one in waiting)]
            fresh = leases.claim(room, where=Q(lane=lane, is_gathering=False) & ~_shut() & ~_going_to(busy))
            done += len(fresh)
        for claimed in [waiting.popleft() for _ in range(len(waiting))] + fresh:
            if not _begin(claimed, under_way):
                waiting.append(claimed)
        if not under_way and not waiting and not fresh:
            return done
        for (claimed, channel), outcome in under_way.ended(patience_s=0.0 if fresh else LOOK_S):
            _end(claimed, channel, outcome)
            place = _place_of(claimed.row)
            if place in _known and PLACES.breaker(place).is_open:
                _give_back(waiting, place)


def _waits(lane: Lane) -> bool:
    """Whether anything of the lane is due, to be closed, or lost by who began it."""
    # Uses index: delivery_pending_by_lane, delivery_leased
    due = Q(state=DeliveryState.PENDING, next_at__lte=Now()) | Q(state=DeliveryState.LEASED, lease_until__lt=Now())
    return Delivery.objects.filter(due, lane=lane).exists()


def _give_back(waiting: deque[Claimed[Delivery]], place: str = "") -> None:
    """Unlease what waits, unharmed: all, or what is for one place."""
    for claimed in [waiting.popleft() for _ in range(len(waiting))]:
        if place and _place_of(claimed.row) != place:
            waiting.append(claimed)
        else:
            _lease_of(claimed).settle(claimed, state=DeliveryState.PENDING, attempts=F("attempts") - 1)


def _lease_of(claimed: Claimed[Delivery]) -> Leases[Delivery]:
    return LEASES[Lane(claimed.row.lane)]


def ripen(*, lane: Lane, at: datetime) -> int:
    """Close gathering deliveries whose time has come, unless their person's quiet hours or digest hold them back.

    `at` is aware UTC. Answers how many were closed; what is held back gets the time at which it is looked at again.
    """
    with transaction.atomic():
        # Uses index: delivery_pending_by_lane
        due = list(
            Delivery.objects.filter(lane=lane, state=DeliveryState.PENDING, is_gathering=True, next_at__lte=at)
            .order_by("priority", "next_at", "id")
            .select_related("user__notice_timing")
            .select_for_update(skip_locked=True, of=("self",))[:RIPE_AT_ONCE]
        )
        ripe = []
        crowded = _crowded(due, at=at)
        for delivery in due:
            held = hold_until(delivery, at=at)
            if held is None and not delivery.is_urgent and _place(delivery) in crowded:
                held = at + CROWDED_WINDOW
            if held is None:
                ripe.append(delivery.pk)
            else:
                delivery.next_at = held
        Delivery.objects.bulk_update([delivery for delivery in due if delivery.pk not in ripe], ["next_at"])
        return Delivery.objects.filter(pk__in=ripe).update(is_gathering=False)


def _place(delivery: Delivery) -> tuple[int | None, str, str]:
    return delivery.user_id, delivery.channel, delivery.bundle


def _crowded(due: Sequence[Delivery], *, at: datetime) -> set[tuple[int | None, str, str]]:
    """Whom about what so much was sent lately that more has to gather: two machines that answer each other end there (T24)."""
    lately = Delivery.objects.filter(
        user_id__in={delivery.user_id for delivery in due},
        bundle__in={delivery.bundle for delivery in due},
        sent_at__gt=at - CROWDED_WINDOW,
    )
    counted = lately.values_list("user_id", "channel", "bundle").annotate(count=Count("pk"))
    return {(user, channel, bundle) for user, channel, bundle, count in counted if count >= CROWDED}


def declare_unknown(*, lane: Lane) -> int:
    """Mark as ambiguous what a process began to send and never settled; answers how many."""
    # Uses index: delivery_leased
    lost = Delivery.objects.filter(
        lane=lane, state=DeliveryState.LEASED, started_at__isnull=False, lease_until__lt=Now()
    ).exclude(channel__in=_repeating())
    return _unknown(lost)


def release_own() -> None:
    """At an orderly end: what was begun is ambiguous, what was only claimed goes back unharmed."""
    _unknown(
        Delivery.objects.filter(state=DeliveryState.LEASED, started_at__isnull=False, holder=engine.holder()).exclude(
            channel__in=_repeating()
        )
    )
    LEASES[Lane.PAGE].release_own()  # of every lane: a lease names its holder


def _unknown(rows: Any) -> int:
    return int(rows.update(state=DeliveryState.AMBIGUOUS, lease_until=None, holder="", last_error=UNKNOWN))


def _repeating() -> list[str]:
    return [channel.name for channel in channels.REGISTRY.values() if channel.repeats_safely]


def _shut() -> Q:
    """Destinations whose breaker is open: their rows wait without using up tries. The probe's turn lets them in again."""
    shut = [place for place in list(_known) if PLACES.breaker(place).is_open and not PLACES.breaker(place).allows()]
    return _going_to(shut)


def _going_to(places: Sequence[str]) -> Q:
    """Deliveries to these places, whether by a destination of their own or by what all of their channel goes through."""
    named = [place for place in places if place]
    through = [channel.name for channel in channels.REGISTRY.values() if channel.place in named]
    return Q(destination__in=named) | Q(destination="", channel__in=through)


def _place_of(delivery: Delivery) -> str:
    """What is down together with what this goes to: its own destination, or what all of its channel goes through."""
    channel = channels.REGISTRY.get(delivery.channel)
    return delivery.destination or (channel.place if channel is not None else "")


def _most(place: str) -> int:
    """How many may be under way to a place: one where the last ended badly, so that a place that is down costs single tries."""
    return 1 if place in _known and PLACES.breaker(place).is_suspect else PARALLEL


_known: set[str] = set()


def _begin(claimed: Claimed[Delivery], under_way: Flight[Begun]) -> bool:
    """Prepare and send, or end what needs no sending; False where its destination has enough under way: not yet."""
    delivery = claimed.row
    place, leases = _place_of(delivery), _lease_of(claimed)
    if place in DESTINATIONS.full(_most) and claimed.remaining_s() >= leases.timeout_s + 1:
        return False
    if not leases.may_start(claimed):
        leases.settle(claimed, state=DeliveryState.PENDING, attempts=F("attempts") - 1)
        return True
    channel = channels.REGISTRY.get(delivery.channel)
    if channel is None:
        _settle(claimed, None, channels.permanent(f"No channel is called {delivery.channel} in this installation."))
        return True
    try:
        with transaction.atomic():
            message = channel.prepare(delivery)
    except Exception as error:  # what cannot be built is a fault of ours: kept with its reason, its neighbours go on
        log.exception("delivery_not_prepared", delivery=delivery.pk)
        message = channels.retryable(f"{type(error).__name__}: {error}")
    if isinstance(message, Outcome):
        _settle(claimed, channel, message)
        return True
    begun = Delivery.objects.filter(pk=delivery.pk, fence=claimed.fence, state=DeliveryState.LEASED)
    if not begun.update(started_at=Now()):
        log.warning("delivery_overtaken", delivery=delivery.pk)
        return True
    send = partial(_send, channel, message, place, leases.timeout_s)
    if under_way.start((claimed, channel), send, place, _most(place)):
        return True
    begun.update(started_at=None)  # another thread took the last place meanwhile: nothing has left
    return False


def _end(claimed: Claimed[Delivery], channel: Channel, found: Outcome | BaseException) -> None:
    """Write how a send ended; an exception means that nobody knows how far it came."""
    if isinstance(found, BaseException):
        log.error("delivery_raised", channel=channel.name, exc_info=found)
        found = channels.ambiguous(f"{type(found).__name__}: {found}")
    _settle(claimed, channel, found)


def _send(channel: Channel, message: Any, place: str, timeout_s: float) -> Outcome:
    """On a sending thread: hand it over, and note what that says of the place before the next one may go there."""
    is_well = False
    try:
        outcome = channel.send(message, timeout_s=timeout_s - 1)
        is_well = outcome.is_about_one or outcome.verdict not in (Verdict.RETRYABLE, Verdict.AMBIGUOUS)
        return outcome
    finally:
        if place:
            _known.add(place)
            PLACES.breaker(place).note(is_well)


def _settle(claimed: Claimed[Delivery], channel: Channel | None, outcome: Outcome) -> None:
    delays = channel.delays if channel is not None else ()
    tries = claimed.row.attempts
    again = outcome.verdict is Verdict.RETRYABLE or (
        outcome.verdict is Verdict.AMBIGUOUS and channel is not None and channel.repeats_safely
    )
    values: dict[str, Any] = {"last_error": outcome.error, "provider_id": outcome.provider_id[:200]}
    if outcome.verdict is Verdict.ACCEPTED:
        state, values["sent_at"] = DeliveryState.ACCEPTED, Now()
    elif outcome.verdict is Verdict.NOT_NEEDED:
        state = DeliveryState.CANCELLED
    elif again and tries <= len(delays):
        state = DeliveryState.PENDING
        wait = outcome.after or delays[tries - 1] * random.uniform(0.8, 1.2)
        values |= {"next_at": Now() + wait, "started_at": None}
    elif outcome.verdict is Verdict.AMBIGUOUS:
        state = DeliveryState.AMBIGUOUS
    else:
        state = DeliveryState.DEAD
        log.error("delivery_dead", delivery=claimed.row.pk, channel=claimed.row.channel, error=outcome.error)
    if not _lease_of(claimed).settle(claimed, state=state, **values):
        return
    if (told := channels.SETTLED.get(claimed.row.channel)) is not None:
        told(claimed.row, outcome)


def minutes(*waits: float) -> tuple[timedelta, ...]:
    """A channel's `delays`, in minutes."""
    return tuple(timedelta(minutes=wait) for wait in waits)

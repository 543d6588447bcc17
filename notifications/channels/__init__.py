"""How messages leave: a channel prepares what a delivery carries and hands it to the outside. Apps register theirs in `ready()`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Protocol

from notifications.lifecycle import Lane
from notifications.models import Delivery


class Verdict(StrEnum):
    """How a try ended."""

    ACCEPTED = "accepted"  # the other side took it
    RETRYABLE = "retryable"  # it surely did not arrive; trying again may help
    PERMANENT = "permanent"  # it surely did not arrive and never will
    AMBIGUOUS = "ambiguous"  # nobody knows; sent again only where the channel `repeats_safely`
    NOT_NEEDED = "not_needed"  # there is nothing to say any more


@dataclass(frozen=True)
class Outcome:
    """The end of one try. `after` is when to try again, where the other side said so (`Retry-After`)."""

    verdict: Verdict
    error: str = ""
    provider_id: str = ""
    after: timedelta | None = None
    status: int = 0  # of HTTP, where the channel speaks it
    took_ms: int = 0
    is_about_one: bool = False  # the other side works and refuses this message alone: no word against the place


def accepted(provider_id: str = "") -> Outcome:
    """The other side took it, under this id of its own."""
    return Outcome(Verdict.ACCEPTED, provider_id=provider_id)


def retryable(error: str, *, after: timedelta | None = None, is_about_one: bool = False) -> Outcome:
    """It surely did not arrive; try again. `is_about_one`: the place works, and wants this message later (grey lists)."""
    return Outcome(Verdict.RETRYABLE, error, after=after, is_about_one=is_about_one)


def permanent(error: str) -> Outcome:
    """It surely did not arrive and never will: a dead letter for a person to look at."""
    return Outcome(Verdict.PERMANENT, error)


def ambiguous(error: str, *, provider_id: str = "") -> Outcome:
    """It left, and no answer came: sent again with the same key where that is safe, else shown to a person."""
    return Outcome(Verdict.AMBIGUOUS, error, provider_id)


def not_needed(why: str) -> Outcome:
    """Its receiver may no longer see what it tells, or has dealt with it already."""
    return Outcome(Verdict.NOT_NEEDED, why)


class Channel(Protocol):
    """One way out. `name` is `Delivery.channel`, `label` a translated word for people.

    `is_personal`: it reaches one person, so it has a column in their preferences. `repeats_safely`: the receiver collapses two
    messages with the same `dedup_key`, so an unknown outcome is simply tried again. `place` names what all of its messages go
    through, where that is one thing (the mail server, a gateway): its breaker holds them back while it is down. `delays` are the waits before each next try;
    after the last the delivery is dead.
    """

    name: str
    label: Any
    is_personal: bool
    repeats_safely: bool
    lane: Lane
    delays: tuple[timedelta, ...]
    place: str

    def prepare(self, delivery: Delivery) -> Any:
        """Read all that the message needs from the database and build it; or answer an `Outcome` that ends the delivery.

        Called with the delivery leased, inside a short transaction, on the thread that owns the connection.
        """

    def send(self, message: Any, *, timeout_s: float) -> Outcome:
        """Hand what `prepare` made to the outside; no database. Every socket waits at most `timeout_s` seconds.

        May raise: an exception counts as `ambiguous`, since nobody knows how far it came.
        """


REGISTRY: dict[str, Channel] = {}
# What is done once a try is settled, by channel name: a log of tries, an endpoint that is paused.
SETTLED: dict[str, Callable[[Delivery, Outcome], None]] = {}


def register(channel: Channel) -> None:
    """Add a channel, from an app's `ready()`; a second one of the same name replaces the first."""
    REGISTRY[channel.name] = channel


def personal() -> list[Channel]:
    """Channels that people choose between in their settings, in the order they registered."""
    return [channel for channel in REGISTRY.values() if channel.is_personal]

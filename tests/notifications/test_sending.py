"""Messages leave side by side: whoever hangs holds up neither its neighbours nor another lane, and has two places at most."""

from __future__ import annotations

import threading

import pytest

from core.breakers import Destinations as Breakers
from core.clock import db_now
from notifications import channels
from notifications.channels import Outcome
from notifications.lifecycle import DeliveryState, Lane
from notifications.models import Delivery
from notifications.operations import delivering, sending
from tests.factories.people import make_vendor


class Hanging:
    """A channel whose destination `deaf` answers only once `hearing` got three messages; counts who is under way."""

    name, label, is_personal, lane, delays, repeats_safely = "hanging", "Hanging", False, Lane.WEBHOOK, (), True
    place = ""

    def __init__(self) -> None:
        self.lock, self.heard = threading.Lock(), threading.Event()
        self.got: list[str] = []
        self.there = self.most = 0
        self.was_in_time: list[bool] = []

    def prepare(self, delivery: Delivery) -> str:
        return delivery.destination

    def send(self, message: str, *, timeout_s: float) -> Outcome:
        if message == "deaf":
            with self.lock:
                self.there += 1
                self.most = max(self.most, self.there)
            self.was_in_time.append(self.heard.wait(5))
            with self.lock:
                self.there -= 1
        else:
            self.got.append(message)
            if len(self.got) == 3:
                self.heard.set()
        return channels.accepted()


@pytest.mark.django_db
def test_a_destination_that_hangs_holds_up_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    channel, vendor, at = Hanging(), make_vendor(), db_now()
    monkeypatch.setitem(channels.REGISTRY, "hanging", channel)
    monkeypatch.setattr(delivering, "PLACES", Breakers())
    for number in range(28):  # more than are claimed at once; the deaf one's come first
        Delivery.objects.create(
            organization=vendor,
            lane=Lane.WEBHOOK,
            channel="hanging",
            destination="deaf" if number < 25 else "hearing",
            dedup_key=f"d{number}",
            created_at=at,
        )

    assert delivering.deliver_due(lane=Lane.WEBHOOK, limit=500) == 28

    assert channel.was_in_time == [True] * 25
    assert channel.most == sending.PARALLEL
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.ACCEPTED}
    assert sending.DESTINATIONS.full() == []


def test_a_lane_that_is_full_of_silence_takes_no_place_of_another() -> None:
    silence, webhooks, pages = threading.Event(), sending.LaneThreads(Lane.WEBHOOK), sending.LaneThreads(Lane.PAGE)

    def hang() -> Outcome:
        silence.wait(10)
        return channels.accepted()

    going = [webhooks.start(hang, "") for _ in range(sending.SLOTS[Lane.WEBHOOK])]
    assert None not in going
    assert (webhooks.free, webhooks.start(hang, "")) == (0, None)

    page = pages.start(channels.accepted, "")

    assert page is not None
    assert page.result(timeout=5).verdict == "accepted"
    silence.set()
    for one in going:
        assert one is not None
        one.result(timeout=5)
    assert webhooks.free == sending.SLOTS[Lane.WEBHOOK]


def test_silence_beyond_its_time_is_unclear_and_keeps_its_place_until_it_really_ends() -> None:
    silence, flight = threading.Event(), sending.Flight[str](Lane.NOTIFY, 0.05)

    def hang() -> Outcome:
        silence.wait(10)
        return channels.accepted()

    assert flight.start("a", hang, "one")
    assert flight.start("b", hang, "one")
    assert not flight.start("c", hang, "one")
    found = flight.ended(patience_s=5) + flight.ended(patience_s=5)

    assert [(thing, outcome.verdict) for thing, outcome in found] == [("a", "ambiguous"), ("b", "ambiguous")]
    assert sending.DESTINATIONS.full() == ["one"]
    silence.set()
    sending.threads_of(Lane.NOTIFY).pool.submit(int).result(timeout=5)

"""Listeners that take a batch at once: in order, all or none, and row by row when one of them fails."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from audit import relay
from audit.models import Event, OutboxMessage
from audit.recording import record
from tests.factories.cases import make_case
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db
KIND = "probe.happened"


class Probe:
    """A listener that notes what it was given, and fails on one event."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.alone: list[int] = []
        self.bad = 0

    def one(self, event: Event) -> None:
        if event.pk == self.bad:
            raise ValueError("bad")
        self.alone.append(event.pk)

    def many(self, batch: Sequence[Event]) -> None:
        self.batches.append([event.pk for event in batch])
        if self.bad in self.batches[-1]:
            raise ValueError("bad")


@pytest.fixture
def probe(monkeypatch: pytest.MonkeyPatch) -> Probe:
    found = Probe()
    monkeypatch.setattr(relay, "LISTENERS", {})
    monkeypatch.setattr(relay, "_by_kind", {})
    relay.listen("probe", [KIND], found.one, many=found.many)
    return found


def happened(count: int) -> list[int]:
    case = make_case()
    return [record(KIND, subject=case, by=None, at=NOON).pk for _ in range(count)]


def test_a_batch_is_given_at_once_in_the_order_of_writing(probe: Probe) -> None:
    wanted = happened(3)

    assert relay.drain() == 3

    assert probe.batches == [wanted]
    assert not probe.alone
    assert not OutboxMessage.objects.exists()


def test_a_batch_that_fails_is_handled_one_by_one(probe: Probe) -> None:
    first, bad, last = happened(3)
    probe.bad = bad

    relay.drain()

    assert probe.alone == [first, last]
    left = OutboxMessage.objects.get()
    assert (left.event_id, left.attempts, left.last_error) == (bad, 1, "ValueError: bad")


def test_listeners_of_both_forms_share_a_batch(probe: Probe) -> None:
    heard: list[int] = []
    relay.listen("plain", [KIND], lambda event: heard.append(event.pk))
    wanted = happened(2)

    assert relay.drain() == 4

    assert probe.batches == [wanted]
    assert heard == wanted

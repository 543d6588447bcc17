"""How much of the outbox is taken at once follows how long it lasts."""

from __future__ import annotations

import pytest

from audit import relay
from audit.models import OutboxMessage
from audit.recording import record
from core import engine
from core.clock import db_now
from tests.factories.cases import make_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the batches, each message of which takes a second of a clock that only it moves."""
    case, sizes, clock = make_case(), list[int](), [0.0]
    monkeypatch.setattr(relay, "LISTENERS", {})
    monkeypatch.setattr(relay, "_by_kind", {})
    monkeypatch.setattr(relay, "_sizes", {})
    monkeypatch.setattr(relay, "monotonic", lambda: clock[0])

    def slow(_event: object) -> None:
        clock[0] += 1.0

    relay.listen("slow", ["case.noted"], slow)
    OutboxMessage.objects.all().delete()
    for _ in range(60):
        record("case.noted", subject=case, by=None, at=db_now())
    drained = relay._drain_batch

    def batch(size: int, lane: str) -> int:
        sizes.append(drained(size, lane))
        return sizes[-1]

    monkeypatch.setattr(relay, "_drain_batch", batch)
    return sizes


def test_a_lane_whose_messages_take_long_takes_fewer_at_once(taken: list[int]) -> None:
    assert relay.drain(500, lane=relay.DEFAULT_LANE) == 60

    assert taken == [10] + [4] * 12 + [2]


def test_a_lane_that_is_quick_again_takes_more_at_once(taken: list[int]) -> None:
    relay.drain(12, lane=relay.DEFAULT_LANE)
    assert relay._sizes == {relay.DEFAULT_LANE: 4}

    relay._pace(relay.DEFAULT_LANE, 4, 0.1)
    relay._pace(relay.DEFAULT_LANE, 8, 0.1)

    assert relay._sizes == {relay.DEFAULT_LANE: 16}
    for _ in range(5):
        relay._pace(relay.DEFAULT_LANE, 8, 0.1)
    assert relay._sizes == {relay.DEFAULT_LANE: relay.BATCH}


def test_each_message_of_a_batch_is_progress(monkeypatch: pytest.MonkeyPatch, taken: list[int]) -> None:
    told = []
    monkeypatch.setattr(engine, "progress", lambda: told.append(1))

    relay.drain(10, lane=relay.DEFAULT_LANE)

    assert len(told) >= 10

"""Leases and fences, breakers, doorbells: what stands between a claim and the outside."""

from __future__ import annotations

import os
import socket
import threading
import time
from datetime import timedelta

import pytest
from celery import current_app
from django.db import connection, connections
from django.db.models import F
from kombu.exceptions import OperationalError

from audit import doorbell
from audit.leases import Leases
from core import engine
from core.breakers import Breaker, Destinations
from core.clock import db_now
from notifications.models import Delivery
from tests.factories.people import make_vendor

LEASES: Leases[Delivery] = Leases(Delivery, lease_s=20, timeout_s=5)
MINUTE = timedelta(minutes=1)


def make_delivery(number: int = 1, **fields: object) -> Delivery:
    now = db_now()
    values = {
        "organization": make_vendor(),
        "lane": "page",
        "channel": "test",
        "created_at": now,
        "next_at": now - MINUTE,
    }
    return Delivery.objects.create(**values | {"dedup_key": f"breach:{number}:duty:test"} | fields)


def hang_up() -> None:
    """Break the connection under Django's feet."""
    connection.ensure_connection()
    with socket.socket(fileno=os.dup(connection.connection.fileno())) as wire:
        wire.shutdown(socket.SHUT_RDWR)


# -- Leases ------------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_row_is_leased_once_and_again_when_its_lease_ran_out() -> None:
    row = make_delivery()

    [claimed] = LEASES.claim(10)
    assert LEASES.claim(10) == []
    Delivery.objects.update(lease_until=db_now() - timedelta(seconds=1))
    [second] = LEASES.claim(10)

    assert (claimed.row.pk, second.row.pk) == (row.pk, row.pk)
    assert second.fence == claimed.fence + 1
    assert second.row.attempts == 2


@pytest.mark.django_db
def test_whoever_was_overtaken_changes_nothing() -> None:
    make_delivery()
    [first] = LEASES.claim(1)
    Delivery.objects.update(lease_until=db_now() - timedelta(seconds=1))
    [second] = LEASES.claim(1)

    assert not LEASES.settle(first, state="dead", last_error="too late")
    assert LEASES.settle(second, state="accepted", sent_at=db_now())
    assert not LEASES.settle(second, state="dead")

    row = Delivery.objects.get()
    assert (row.state, row.last_error, row.lease_until, row.holder) == ("accepted", "", None, "")


@pytest.mark.django_db(transaction=True)
def test_a_result_is_written_although_the_connection_broke() -> None:
    make_delivery(1)
    make_delivery(2)
    first, second = LEASES.claim(2)
    now = db_now()
    hang_up()

    assert LEASES.settle(first, state="accepted", sent_at=now)
    Delivery.objects.filter(pk=second.row.pk).update(fence=F("fence") + 1)
    hang_up()
    assert not LEASES.settle(second, state="accepted", sent_at=now)

    assert list(Delivery.objects.order_by("id").values_list("state", flat=True)) == ["accepted", "leased"]


@pytest.mark.django_db
def test_nothing_is_started_when_too_little_of_the_lease_is_left() -> None:
    make_delivery()
    [claimed] = LEASES.claim(1)
    assert LEASES.may_start(claimed)

    nearly_over = type(claimed)(claimed.row, claimed.fence, time.monotonic() + LEASES.timeout_s + 0.5)

    assert not LEASES.may_start(nearly_over)


@pytest.mark.django_db
def test_an_orderly_end_gives_leases_back_unharmed() -> None:
    make_delivery(1)
    make_delivery(2)
    LEASES.claim(2)
    Delivery.objects.filter(dedup_key__contains=":2:").update(holder="another:1")

    assert LEASES.release_own() == 1

    free = Delivery.objects.get(state="pending")
    assert (free.attempts, free.lease_until, free.holder) == (0, None, "")
    assert [claimed.row.pk for claimed in LEASES.claim(5)] == [free.pk]


def test_a_lease_must_outlast_its_work() -> None:
    with pytest.raises(ValueError, match="must outlast"):
        Leases(Delivery, lease_s=6, timeout_s=5)


@pytest.mark.django_db(transaction=True)
def test_claims_at_the_same_moment_share_the_rows_without_waiting() -> None:
    for number in range(20):
        make_delivery(number)
    taken: list[int] = []
    barrier = threading.Barrier(4)

    def claim() -> None:
        barrier.wait(30)
        try:
            taken.extend(claimed.row.pk for claimed in LEASES.claim(5))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=claim) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert len(taken) == len(set(taken))


# -- Breakers ----------------------------------------------------------------------------------------------------------
def test_a_breaker_opens_after_three_failures_probes_and_closes() -> None:
    now = [100.0]
    breaker = Breaker(now=lambda: now[0])
    for _ in range(3):
        assert breaker.allows()
        breaker.note(ok=False)

    assert not breaker.allows()
    now[0] += 30
    assert [breaker.allows(), breaker.allows()] == [True, False]  # one probe
    breaker.note(ok=True)
    assert not breaker.is_open
    assert breaker.allows()


def test_a_breaker_opens_when_most_of_a_minute_failed() -> None:
    now = [100.0]
    breaker = Breaker(now=lambda: now[0])
    for ok in (False, False, True, False, False, True, False, True, False, False):
        breaker.note(ok=ok)

    assert breaker.is_open


def test_a_destination_has_two_places() -> None:
    places = Destinations(parallel=2)
    with places.slot("a") as one, places.slot("a") as two, places.slot("a") as three, places.slot("b") as other:
        assert (one, two, three, other) == (True, True, False, True)
    with places.slot("a") as again:
        assert again


# -- Doorbells ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def rings(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    monkeypatch.setattr(doorbell, "_rung", {})
    monkeypatch.setattr(doorbell, "_state", {"failures": 0.0, "silent_until": 0.0})
    claims = {
        "mail": engine.Claim("mail", "mail", lambda limit: 0, queue="deliver"),
        "own": engine.Claim("own", "own", lambda limit: 0),
    }
    monkeypatch.setattr(engine, "CLAIMS", claims)

    def send(name: str, *, kwargs: dict[str, str], queue: str, **_: object) -> None:
        found.append((kwargs["name"], queue))

    monkeypatch.setattr(current_app, "send_task", send)
    return found


def test_a_claim_is_rung_on_its_queue_and_one_without_a_queue_never(rings: list[tuple[str, str]]) -> None:
    assert doorbell.ring("mail")
    assert not doorbell.ring("own")
    assert not doorbell.ring("unknown")
    assert not doorbell.ring("mail")  # too soon

    assert rings == [("mail", "deliver")]


def test_in_the_background_rings_are_sent_together_and_none_is_dropped(
    rings: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    ringer = doorbell.Ringer()
    monkeypatch.setattr(doorbell, "_ringer", ringer)
    for _ in range(3):
        assert doorbell.ring("mail")
    assert not rings

    ringer.round()
    doorbell.ring("mail")
    ringer.round()  # the spacing was kept, so this one is no repeat too soon

    assert [claim for claim, _queue in rings] == ["mail", "mail"]


def test_two_failures_silence_all_rings(rings: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OperationalError("no broker")

    monkeypatch.setattr(doorbell, "SPACING_S", 0.0)
    monkeypatch.setattr(current_app, "send_task", fail)
    doorbell.ring("mail")
    doorbell.ring("mail")
    monkeypatch.setattr(current_app, "send_task", lambda *_, **__: rings.append(("mail", "")))

    assert not doorbell.ring("mail")
    assert rings == []


@pytest.mark.django_db
def test_a_rung_claim_runs_until_nothing_is_due_and_only_on_tables_it_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([engine.BATCH, engine.BATCH, 7])
    claim = engine.Claim("mail", "mail", lambda limit: next(answers), queue="deliver")
    monkeypatch.setattr(engine, "CLAIMS", {"mail": claim})

    assert engine.take("mail") == 2 * engine.BATCH + 7
    assert engine.take("unknown") == 0
    monkeypatch.setattr(engine, "schema_fits", lambda: False)
    assert engine.take("mail") == 0

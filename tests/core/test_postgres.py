"""Connections kept between requests: used again, never dirty, never dead, never more than allowed."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import pytest
from django.db import connections, transaction

from core.postgres import base

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kept(settings) -> Iterator[base.Idle]:
    """Two connections may be kept for the length of a test, and none stays after it."""
    settings.DATABASE_CONNECTIONS_KEPT = 2
    connections["default"].close()
    base.idle.clear()
    yield base.idle
    connections.close_all()
    base.idle.clear()


def backend() -> int:
    """The process id of the server's side of our connection."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def in_a_thread() -> int:
    """The same as a request of its own sees it: in a new thread, with its connection given back at the end."""
    found: list[int] = []

    def work() -> None:
        found.append(backend())
        connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return found[0]


def test_the_next_thread_uses_the_connection_of_the_last(kept):
    assert in_a_thread() == in_a_thread() == in_a_thread()


def test_both_aliases_share_what_is_kept(kept):
    first = backend()
    connections["default"].close()
    with connections["independent"].cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone()[0] == first


def test_none_is_kept_where_none_is_wanted(kept, settings):
    settings.DATABASE_CONNECTIONS_KEPT = 0
    first = in_a_thread()
    assert in_a_thread() != first


def test_two_at_once_get_two(kept):
    mine = backend()
    assert in_a_thread() != mine


def test_a_connection_given_back_inside_a_transaction_is_closed(kept):
    with transaction.atomic():
        first = backend()
        connections["default"].close()
    assert backend() != first


def test_what_a_transaction_was_told_is_not_left_for_the_next(kept):
    with transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute("SELECT set_config('app.org', '7', true), pg_backend_pid()")
        first = cursor.fetchone()[1]
    connections["default"].close()
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT current_setting('app.org', true), pg_backend_pid()")
        assert cursor.fetchone() == ("0", first)  # the tests' own session value, not the transaction's


def test_a_connection_that_the_server_ended_is_not_handed_out(kept):
    with connections["independent"].cursor() as cursor:
        first = in_a_thread()
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [first])
        assert cursor.fetchone()[0]
    assert in_a_thread() != first


def test_an_old_connection_is_replaced(kept, monkeypatch):
    first = in_a_thread()
    monkeypatch.setattr(base, "LIFE_S", 0.0)
    assert in_a_thread() != first


def test_one_that_waited_long_is_replaced(kept, monkeypatch):
    first = in_a_thread()
    monkeypatch.setattr(base, "KEPT_FOR_S", 0.0)
    assert in_a_thread() != first


def test_a_child_process_leaves_its_parents_connections_alone(kept, monkeypatch):
    first = in_a_thread()
    child = os.getpid() + 1
    monkeypatch.setattr(os, "getpid", lambda: child)
    assert in_a_thread() != first


def test_no_more_are_kept_than_allowed(kept):
    inside, leave = threading.Barrier(5), threading.Event()

    def work() -> None:
        backend()
        inside.wait(10)
        leave.wait(10)
        connections.close_all()

    threads = [threading.Thread(target=work) for _one in range(4)]
    for thread in threads:
        thread.start()
    inside.wait(10)
    leave.set()
    for thread in threads:
        thread.join()
    assert sum(len(waiting) for waiting in kept._waiting.values()) == 2


def test_what_a_burst_left_is_closed_once_nobody_needs_it(kept, monkeypatch):
    mine, other = backend(), in_a_thread()
    connections["default"].close()  # both wait now, and only the last is ever taken
    moved = base.time.monotonic() + base.KEPT_FOR_S + 1
    [waiting] = kept._waiting.values()
    assert len(waiting) == 2
    last = waiting[-1]
    monkeypatch.setattr(base.time, "monotonic", lambda: moved)
    last.used_s = moved  # in use until this moment

    in_a_thread()

    assert list(waiting) == [last]
    assert mine != other

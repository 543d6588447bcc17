"""The engine's loop: turns, lanes, failures, and the refusal to work on tables it does not know."""

from __future__ import annotations

import socket
import threading
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from core import engine

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_claims(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "CLAIMS", {})
    monkeypatch.setattr(engine, "BEATS", [])
    monkeypatch.setattr(engine, "STARTERS", [])
    monkeypatch.setattr(engine, "schema_fits", lambda: True)
    monkeypatch.setattr(engine.connections, "close_all", lambda: None)  # the test's own connection


def lane_of(*claims: engine.Claim) -> engine.Lane:
    return engine.Lane("test", list(claims), engine="host:1", stop=threading.Event())


def test_a_full_batch_is_followed_at_once_and_a_short_one_after_a_tick() -> None:
    answers = iter([engine.BATCH, engine.BATCH, 3])
    lane = lane_of(engine.Claim("work", "test", lambda limit: next(answers)))

    assert [lane._turn() for _ in range(3)] == [0.0, 0.0, engine.TICK_S]


def test_a_claim_waits_for_its_time() -> None:
    calls = []
    lane = lane_of(engine.Claim("rare", "test", lambda limit: len(calls.append(limit) or []), every_s=60))

    for _ in range(5):
        lane._turn()

    assert calls == [engine.BATCH]


def test_a_claim_that_always_fails_cannot_starve_its_neighbour() -> None:
    done = []

    def fail(limit: int) -> int:
        raise ZeroDivisionError

    lane = lane_of(
        engine.Claim("bad", "test", fail), engine.Claim("good", "test", lambda limit: done.append(1) or 0, every_s=0)
    )
    pauses = [lane._turn() for _ in range(6)]

    assert len(done) == 6
    assert pauses[0] < pauses[1] <= pauses[-1] == engine._WORST_PAUSE_S


def test_a_turn_that_succeeds_ends_the_backing_off() -> None:
    answers = iter([ZeroDivisionError(), ZeroDivisionError(), 0])

    def work(limit: int) -> int:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    lane = lane_of(engine.Claim("work", "test", work, every_s=0))

    assert [lane._turn() for _ in range(3)] == [1.0, 2.0, engine.TICK_S]


def test_nothing_is_claimed_while_the_tables_are_of_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    done = []
    lane = lane_of(engine.Claim("work", "test", lambda limit: done.append(1) or 0))
    monkeypatch.setattr(engine, "schema_fits", lambda: False)
    lane._turn()
    assert done == []

    monkeypatch.setattr(engine, "schema_fits", lambda: True)
    lane._turn()
    assert done == [1]


def test_each_lane_gives_signs_of_life() -> None:
    beats = []
    engine.on_beat(lambda name, lane: beats.append((name, lane)))

    lane_of(engine.Claim("work", "test", lambda limit: 0))._turn()

    assert beats == [("host:1", "test")]


def test_a_stalled_lane_ends_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = []
    monkeypatch.setattr(engine.os, "_exit", ended.append)
    monkeypatch.setattr(engine.faulthandler, "dump_traceback", lambda **_: None)
    engine.register("work", lane="test", work=lambda limit: 0)
    running = engine.Engine(name="host:1")
    monkeypatch.setattr(running.lanes[0], "is_alive", lambda: True)

    running._watch()
    assert ended == []
    running.lanes[0].progress -= engine.STALLED_S + 1
    running._watch()
    assert ended == [70]


def test_a_lane_may_say_that_one_statement_takes_longer() -> None:
    at = time.monotonic()
    lane = lane_of(engine.Claim("work", "test", lambda limit: engine.progress(within_s=60) or 0))
    engine._local.lane = lane
    try:
        lane._turn()
    finally:
        del engine._local.lane

    assert lane.progress >= at + 60 - engine.STALLED_S
    assert lane.progress <= time.monotonic() + 60 - engine.STALLED_S


def test_it_waits_for_its_tables_and_its_database_before_it_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []
    troubles: list[Exception | None] = [DatabaseError("not there yet"), None]

    def starter() -> None:
        trouble = troubles.pop(0)
        if trouble is not None:
            raise trouble
        started.append(1)

    engine.on_start(starter)
    running = engine.Engine(name="host:1")
    monkeypatch.setattr(engine, "schema_fits", lambda: False)
    assert not running._prepare()
    monkeypatch.setattr(engine, "schema_fits", lambda: True)
    assert not running._prepare()
    assert running._prepare()
    assert started == [1]


def test_a_name_is_registered_once() -> None:
    engine.register("work", lane="test", work=lambda limit: 0)

    with pytest.raises(ValueError, match="already has a claim called work"):
        engine.register("work", lane="test", work=lambda limit: 0)


def test_an_unknown_lane_is_refused_by_name() -> None:
    engine.register("work", lane="timers", work=lambda limit: 0)

    with pytest.raises(CommandError, match="no lane called pages; there are timers"):
        call_command("engine", lane=["pages"], stderr=StringIO())


def test_the_schema_fits_only_as_long_as_both_sides_know_the_same_migrations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    applied = MigrationRecorder.applied_migrations

    assert engine.schema_fits()
    newer = lambda self: applied(self) | {("core", "9999_tomorrow"): None}  # noqa: E731
    monkeypatch.setattr(MigrationRecorder, "applied_migrations", newer)
    assert not engine.schema_fits()
    older = lambda self: dict(list(applied(self).items())[:-1])  # noqa: E731
    monkeypatch.setattr(MigrationRecorder, "applied_migrations", older)
    assert not engine.schema_fits()


def test_systemd_is_told_that_somebody_watches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))

        engine._tell_supervisor()

        assert systemd.recv(64) == b"WATCHDOG=1"
    engine._tell_supervisor()  # a supervisor that is away is not waited for


def test_the_migrations_of_the_code_are_those_that_django_would_load() -> None:
    assert engine._migrations_of_code() == frozenset(MigrationLoader(None).disk_migrations or ())

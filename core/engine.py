"""What `manage.py engine` runs: claims that apps register in their `ready()`, and the loop that runs them.

A claim is a function that takes up to `limit` due pieces of work, does them, each in its own transaction, and answers how
many it did. Any number of engines run the same claims at once (SKIP LOCKED). Nothing here needs Redis.
"""

from __future__ import annotations

import faulthandler
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, partial

import structlog
from django.db import DatabaseError, connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

Work = Callable[[int], int]
Beat = Callable[[str, str], None]

TICK_S = 0.5
BATCH = 500
STALLED_S = 15.0  # a lane without a loop turn for so long hangs for good: a dead connection outlives every timeout
GRACE_S = 10.0  # what SIGTERM leaves running work
_BEAT_S = 2.0
_SCHEMA_S = 10.0
_WORST_PAUSE_S = 5.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Claim:
    """A named piece of the engine's work; claims of one `lane` share a thread and cannot delay other lanes."""

    name: str
    lane: str
    work: Work
    every_s: float = TICK_S


CLAIMS: dict[str, Claim] = {}
STARTERS: list[Callable[[], None]] = []
BEATS: list[Beat] = []


def register(name: str, *, lane: str, work: Work, every_s: float = TICK_S) -> None:
    """Add a claim. A second one of the same name is a programming error."""
    if name in CLAIMS:
        raise ValueError(f"the engine already has a claim called {name}")
    CLAIMS[name] = Claim(name, lane, work, every_s)


def on_start(starter: Callable[[], None]) -> None:
    """Call `starter` once in every engine process before its lanes begin."""
    STARTERS.append(starter)


def on_beat(beat: Beat) -> None:
    """Call `beat(engine, lane)` about every two seconds from each lane's thread, as its sign of life."""
    BEATS.append(beat)


def schema_fits() -> bool:
    """Whether the database has exactly the migrations this code knows (reliability.md R23).

    An engine whose code is older or newer than the tables claims nothing, so a half-deployed fleet misreads no row.
    """
    known = _migrations_of_code()
    apps = {app for app, _ in known}
    return known == {name for name in MigrationRecorder(connection).applied_migrations() if name[0] in apps}


@cache
def _migrations_of_code() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations or ())


class Lane(threading.Thread):
    """One thread with a database connection of its own, taking the turns of its claims until told to stop."""

    def __init__(self, name: str, claims: list[Claim], *, engine: str, stop: threading.Event) -> None:
        super().__init__(name=f"lane-{name}", daemon=True)
        self.lane, self.claims, self.engine = name, claims, engine
        self.progress = time.monotonic()
        self._stop_asked = stop
        self._next = dict.fromkeys((claim.name for claim in claims), 0.0)
        self._beat_at = self._schema_at = 0.0
        self._fits = False
        self._failures = self._bad_turns = 0

    def run(self) -> None:
        while not self._stop_asked.is_set():
            pause = self._turn()
            self.progress = time.monotonic()
            if pause:
                self._stop_asked.wait(pause)
        connections.close_all()

    def _turn(self) -> float:
        """Take one turn; answers how long to wait before the next one, in seconds."""
        if not self._survives("housekeeping", self._housekeeping) or not self._fits:
            return self._pause()
        # Every claim has its try, so that one which always fails cannot starve its neighbours.
        more = False
        for claim in self.claims:
            if self._stop_asked.is_set():
                break
            more |= self._survives(claim.name, partial(self._take, claim))
        return self._pause() if self._failures or not more else 0.0

    def _survives(self, name: str, step: Callable[[], bool]) -> bool:
        """Take a step; whatever it raises, answer False and let the next one have a new connection."""
        try:
            answer = step()
        except Exception:
            self._failures += 1
            log.exception("engine_turn_failed", lane=self.lane, claim=name, failures=self._failures)
            connections.close_all()
            return False
        return answer

    def _pause(self) -> float:
        failures, self._failures = self._failures, 0
        self._bad_turns = self._bad_turns + 1 if failures else 0
        return min(TICK_S * float(2**self._bad_turns), _WORST_PAUSE_S)

    def _take(self, claim: Claim) -> bool:
        """Run a claim if its time has come; answers whether it had a full batch and wants another turn at once."""
        now = time.monotonic()
        if now < self._next[claim.name]:
            return False
        if claim.work(BATCH) >= BATCH:
            return True
        self._next[claim.name] = now + claim.every_s - TICK_S / 10  # a hair early, so that ticks are not skipped
        return False

    def _housekeeping(self) -> bool:
        now = time.monotonic()
        if now - self._schema_at >= _SCHEMA_S or not self._fits:
            fits = schema_fits()
            if fits != self._fits or not self._schema_at:
                log.info("engine_schema", lane=self.lane, fits=fits)
            self._fits, self._schema_at = fits, now
        if self._fits and now - self._beat_at >= _BEAT_S:
            for beat in BEATS:
                beat(self.engine, self.lane)
            self._beat_at = now
        return True


class Engine:
    """The lanes of one process, watched: see `run`."""

    def __init__(self, *, name: str, lanes: Iterable[str] = ()) -> None:
        self.stop = threading.Event()
        by_lane: dict[str, list[Claim]] = {}
        for claim in CLAIMS.values():
            by_lane.setdefault(claim.lane, []).append(claim)
        wanted = set(lanes) or set(by_lane)
        unknown = wanted - set(by_lane)
        if unknown:
            raise ValueError(
                f"there is no lane called {', '.join(sorted(unknown))}; there are {', '.join(sorted(by_lane))}"
            )
        self.lanes = [Lane(lane, by_lane[lane], engine=name, stop=self.stop) for lane in sorted(wanted)]

    def run(self) -> bool:
        """Run until `stop` is set, then give running work ten seconds; answers whether all of it ended.

        A lane that takes no turn for fifteen seconds ends the process with status 70 and a stack dump, since a black-holed
        connection never returns; the supervisor starts a new one (reliability.md R21).
        """
        while not self.stop.is_set() and not self._prepare():
            self.stop.wait(1.0)
        for lane in self.lanes:
            lane.progress = time.monotonic()
            lane.start()
        while not self.stop.wait(1.0):
            self._watch()
        deadline = time.monotonic() + GRACE_S
        for lane in self.lanes:
            lane.join(max(0.0, deadline - time.monotonic()))
        return not any(lane.is_alive() for lane in self.lanes)

    def _prepare(self) -> bool:
        """Run the starters; answers False while the database is away or its schema is another version's."""
        faulthandler.dump_traceback_later(STALLED_S, exit=True)  # no lane is watched yet
        try:
            if not schema_fits():
                log.warning("engine_waits_for_schema")
                return False
            for starter in STARTERS:
                starter()
        except DatabaseError:
            log.exception("engine_waits_for_database")
            return False
        finally:
            faulthandler.cancel_dump_traceback_later()
            connections.close_all()
        return True

    def _watch(self) -> None:
        stalled = [
            lane.lane for lane in self.lanes if time.monotonic() - lane.progress > STALLED_S or not lane.is_alive()
        ]
        if stalled:
            log.critical("engine_stalled", lanes=stalled)
            faulthandler.dump_traceback(file=sys.stderr, all_threads=True)
            os._exit(70)

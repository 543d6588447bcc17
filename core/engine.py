"""What `manage.py engine` runs: claims that apps register in their `ready()`, and the loop that runs them.

A claim is a function that takes up to `limit` due pieces of work, does them, each in its own transaction, and answers how
many it did. Any number of engines run the same claims at once (SKIP LOCKED), and so do Celery workers when a doorbell
names the claim (`take`, audit.tasks.run_claim). Nothing here needs Redis.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import pkgutil
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import structlog
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, connections
from django.db.migrations.recorder import MigrationRecorder

from core import faults
from core.errors import is_away, is_unreachable

Work = Callable[[int], int]
Beat = Callable[[str, str], None]

TICK_S = 0.5
BATCH = 500
STALLED_S = 15.0  # a lane without a loop turn for so long hangs for good: a dead connection outlives every timeout
GRACE_S = 10.0  # what SIGTERM leaves running work
_BEAT_S = 2.0
_WORST_PAUSE_S = 2.0
_TRIES = 3  # of one step whose connection breaks

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Claim:
    """A named piece of the engine's work; claims of one `lane` share its threads and cannot delay other lanes.

    `queue` is the Celery queue whose workers run the same function when its doorbell rings; empty: the engine alone. `batch` is the
    limit it is called with.
    """

    name: str
    lane: str
    work: Work
    every_s: float = TICK_S
    queue: str = ""
    batch: int = BATCH


CLAIMS: dict[str, Claim] = {}
THREADS: dict[str, int] = {}
STARTERS: list[Callable[[], None]] = []
STOPPERS: list[Callable[[], None]] = []
BEATS: list[Beat] = []


def register(name: str, *, lane: str, work: Work, every_s: float = TICK_S, queue: str = "", batch: int = BATCH) -> None:
    """Add a claim: `work(batch)` every `every_s` seconds in `lane`, at once again after a full batch.

    With `queue`, `audit.doorbell.ring_after_commit(name)` lets a Celery worker of that queue run it sooner. A second claim of
    the same name is a programming error.
    """
    if name in CLAIMS:
        raise ValueError(f"the engine already has a claim called {name}")
    CLAIMS[name] = Claim(name, lane, work, every_s, queue, batch)


def set_threads(lane: str, threads: int) -> None:
    """Let a lane work in several threads, each with a connection of its own: for claims that wait for the network."""
    THREADS[lane] = threads


def on_stop(stopper: Callable[[], None]) -> None:
    """Call `stopper` when an engine or a lane's worker ends in order: the place to release leases it still holds."""
    STOPPERS.append(stopper)


def take(name: str) -> int:
    """Run a claim until nothing is due, as a Celery worker does; answers how much it did. An unknown claim does nothing.

    Like the engine it works only on tables of its own version.
    """
    claim = CLAIMS.get(name)
    if claim is None or not schema_fits():
        return 0
    total = 0
    while taken := claim.work(claim.batch):
        total += taken
        if taken < claim.batch:
            break
    return total


def holder() -> str:
    """How leases and beats name this process: host and process id."""
    return f"{socket.gethostname()}:{os.getpid()}"[:64]


_local = threading.local()


def progress(*, within_s: float = STALLED_S) -> None:
    """Say that the calling thread gets on, within work that may take longer than the watchdog's fifteen seconds in all.

    Call it between pieces that are each shorter, or say within how many seconds the next sign comes, where one statement may
    take longer; outside an engine it does nothing.
    """
    lane: Lane | None = getattr(_local, "lane", None)
    if lane is not None:
        lane.progress = time.monotonic() + max(0.0, within_s - STALLED_S)


def has_lane() -> bool:
    """Whether the calling thread is a lane's, which the watchdog looks at."""
    return getattr(_local, "lane", None) is not None


def is_stopping() -> bool:
    """Whether the calling thread's engine was asked to end: a claim then starts nothing new and answers."""
    lane: Lane | None = getattr(_local, "lane", None)
    return lane is not None and lane.stop_asked


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


def schema_stamp() -> tuple[int, int]:
    """Something that changes whenever a migration is applied or taken back; one short query, asked at every turn."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0), count(*) FROM django_migrations")
        newest, count = cursor.fetchone()
    return int(newest), int(count)


@cache
def _migrations_of_code() -> frozenset[tuple[str, str]]:
    """By the names of their files: imported, they cost every engine and worker some ten megabytes that none of them uses again."""
    return frozenset(
        (config.label, module.name)
        for config in apps.get_app_configs()
        for module in pkgutil.iter_modules([str(Path(config.path) / "migrations")])
        if not module.ispkg and module.name[0] not in "_~"  # as Django's own loader reads them
    )


class Lane(threading.Thread):
    """One thread with a database connection of its own, taking the turns of its claims until told to stop."""

    def __init__(self, name: str, claims: list[Claim], *, engine: str, stop: threading.Event) -> None:
        super().__init__(name=f"lane-{name}", daemon=True)
        self.lane, self.claims, self.engine = name, claims, engine
        self.progress = time.monotonic()
        self._stop_asked = stop
        self._next = dict.fromkeys((claim.name for claim in claims), 0.0)
        self._beat_at = 0.0
        self._stamp: tuple[int, int] | None = None
        self._fits = False
        self._failures = self._bad_turns = 0
        self.delay_s = 0.0  # before the first turn

    @property
    def stop_asked(self) -> bool:
        """Whether the process was asked to end."""
        return self._stop_asked.is_set()

    def run(self) -> None:
        _local.lane = self
        self._stop_asked.wait(self.delay_s)
        while not self._stop_asked.is_set():
            pause = self._turn()
            self.progress = time.monotonic()
            if pause:
                if settings.DATABASE_CONNECTIONS_KEPT:
                    connections.close_all()  # back to those that are kept: two dozen lanes that rest share a few
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
        """Take a step; whatever it raises, answer False and let the next one have a new connection.

        A connection that broke is replaced and the step taken again at once: waiting is for a database that is away (F14).
        """
        for tries_left in range(_TRIES - 1, -1, -1):
            try:
                return step()
            except Exception as error:
                connections.close_all()
                if tries_left and is_unreachable(error) and not self._stop_asked.is_set():
                    continue
                self._failures += 1
                told = {"lane": self.lane, "claim": name, "failures": self._failures}
                if is_away(error):  # each lane at each turn: no stack of it, or the log floods
                    log.error("engine_turn_failed", error=str(error).strip().split("\n")[0][:200], **told)
                else:
                    log.exception("engine_turn_failed", **told)
                break
        return False

    def _pause(self) -> float:
        failures, self._failures = self._failures, 0
        self._bad_turns = self._bad_turns + 1 if failures else 0
        return min(TICK_S * float(2**self._bad_turns), _WORST_PAUSE_S)

    def _take(self, claim: Claim) -> bool:
        """Run a claim if its time has come; answers whether it had a full batch and wants another turn at once."""
        now = time.monotonic()
        if now < self._next[claim.name]:
            return False
        if claim.work(claim.batch) >= claim.batch:
            return True
        self._next[claim.name] = now + claim.every_s - TICK_S / 10  # a hair early, so that ticks are not skipped
        return False

    def _housekeeping(self) -> bool:
        now = time.monotonic()
        stamp = schema_stamp()
        if stamp != self._stamp or not self._fits:
            fits = schema_fits()
            if fits != self._fits or self._stamp is None:
                log.info("engine_schema", lane=self.lane, fits=fits)
            self._fits, self._stamp = fits, stamp
        faults.point("engine_turn")
        if self._fits and now - self._beat_at >= _BEAT_S:
            for beat in BEATS:
                beat(self.engine, self.lane)
            self._beat_at = now
        return True


def _tell_supervisor() -> None:
    """Say to systemd that this process is watched over, where it asks (`WatchdogSec=`): the last to notice that all of it hangs."""
    path = os.environ.get("NOTIFY_SOCKET")
    if path:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
            told.sendto(b"WATCHDOG=1", "\0" + path[1:] if path.startswith("@") else path)


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
        self.lanes = [
            Lane(lane, by_lane[lane], engine=name, stop=self.stop)
            for lane in sorted(wanted)
            for _ in range(THREADS.get(lane, 1))
        ]

    def run(self) -> bool:
        """Run until `stop` is set, then give running work ten seconds; answers whether all of it ended.

        A lane that takes no turn for fifteen seconds ends the process with status 70 and a stack dump, since a black-holed
        connection never returns; the supervisor starts a new one (reliability.md R21).
        """
        while not self.stop.is_set() and not self._prepare():
            self.stop.wait(1.0)
        for number, lane in enumerate(self.lanes):
            lane.progress = time.monotonic()
            lane.delay_s = TICK_S * number / len(self.lanes)  # their turns do not all want a connection at one moment
            lane.start()
        while not self.stop.wait(1.0):
            self._watch()
        deadline = time.monotonic() + GRACE_S
        for lane in self.lanes:
            lane.join(max(0.0, deadline - time.monotonic()))
        self._release()
        return not any(lane.is_alive() for lane in self.lanes)

    def _release(self) -> None:
        """Give back what this process still holds, so that nobody waits for a lease to run out (reliability.md R22)."""
        faulthandler.dump_traceback_later(5.0, exit=True)  # a database that is away must not hold up the end
        for stopper in STOPPERS:
            try:
                stopper()
            except DatabaseError:
                log.warning("engine_release_failed", exc_info=True)
        faulthandler.cancel_dump_traceback_later()
        connections.close_all()

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
        _tell_supervisor()
        stalled = [
            lane.lane for lane in self.lanes if time.monotonic() - lane.progress > STALLED_S or not lane.is_alive()
        ]
        if stalled:
            log.critical("engine_stalled", lanes=stalled)
            faulthandler.dump_traceback(file=sys.stderr, all_threads=True)
            os._exit(70)

"""Waking a claim's workers after commit, cheaply and without ever failing the request (reliability.md R18).

A ring is a Celery task that names a claim of `core.engine`, sent to the claim's queue. Rings for one claim are at least
`SPACING_S` apart in a process: what a skipped ring would have announced is done with the next, or by the engine within half
a second. Two failures silence all rings of the process for ten seconds. A lost ring costs latency, never work.
"""

from __future__ import annotations

import threading
import time

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from core import engine

SPACING_S = 0.05
_SILENCE_S = 10.0
_FAILURES = 2
_rung: dict[str, float] = {}
_state = {"failures": 0.0, "silent_until": 0.0}


def ring_after_commit(name: str = "outbox") -> None:
    """Ring for the claim called `name` once this transaction is committed; a claim without a queue is never rung."""
    transaction.on_commit(lambda: ring(name), robust=True)


def ring(name: str = "outbox") -> bool:
    """Ask Celery to run the claim, now or in the background; answers whether a ring was sent or will be tried."""
    if _ringer is not None:
        _ringer.ask(name)
        return True
    return send(name)


def ring_in_background() -> None:
    """Let a thread send this process's rings from now on. For processes that fork no more; a second call changes nothing."""
    global _ringer
    if _ringer is None:
        _ringer = Ringer()
        _ringer.start()


class Ringer(threading.Thread):
    """Sends what was asked for, each claim once a round; rounds are as far apart as rings must be, so that none is dropped."""

    def __init__(self) -> None:
        super().__init__(name="doorbell", daemon=True)
        self._lock = threading.Lock()
        self._asked = threading.Event()
        self._names: set[str] = set()

    def ask(self, name: str) -> None:
        """Send a ring soon; does not wait."""
        with self._lock:
            self._names.add(name)
        self._asked.set()

    def run(self) -> None:
        while True:
            self.round()

    def round(self) -> None:
        """Wait until somebody asks, send, and keep the spacing."""
        self._asked.wait()
        with self._lock:
            self._asked.clear()
            names, self._names = self._names, set()
        for name in sorted(names):
            send(name)
        time.sleep(SPACING_S)


_ringer: Ringer | None = None


def send(name: str) -> bool:
    """Ask Celery to run the claim; answers whether a ring was sent."""
    claim = engine.CLAIMS.get(name)
    now = time.monotonic()
    if claim is None or not claim.queue or now < _state["silent_until"] or now - _rung.get(name, 0.0) < SPACING_S:
        return False
    _rung[name] = now
    try:
        current_app.send_task(
            "audit.tasks.run_claim", kwargs={"name": name}, queue=claim.queue, retry=False, ignore_result=True
        )
    except (OperationalError, RedisError, OSError):
        _state["failures"] += 1
        if _state["failures"] >= _FAILURES:
            _state["silent_until"] = time.monotonic() + _SILENCE_S
        return False
    _state["failures"] = 0
    return True

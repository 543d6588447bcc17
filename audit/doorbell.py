"""Waking the relay after commit, cheaply and without ever failing the request (reliability.md R18).

A ring is a Celery task without arguments. Rings of one process are at least `SPACING_S` apart: what a skipped ring would
have announced is drained with the next, or by the engine within half a second. Two failures silence it for ten seconds.
"""

from __future__ import annotations

import time

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

SPACING_S = 0.05
_SILENCE_S = 10.0
_state = {"rung": 0.0, "failures": 0.0, "silent_until": 0.0}


def ring_after_commit() -> None:
    """Ring once this transaction is committed."""
    transaction.on_commit(ring, robust=True)


def ring() -> bool:
    """Ask Celery to drain the outbox; answers whether a ring was sent."""
    now = time.monotonic()
    if now < _state["silent_until"] or now - _state["rung"] < SPACING_S:
        return False
    _state["rung"] = now
    try:
        current_app.send_task("audit.tasks.drain_outbox", queue="outbox", retry=False, ignore_result=True)
    except (OperationalError, RedisError, OSError):
        _state["failures"] += 1
        if _state["failures"] >= 2:
            _state["silent_until"] = now + _SILENCE_S
        return False
    _state["failures"] = 0
    return True

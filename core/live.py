"""Live signals to open screens: ids only, over Redis. A lost signal costs a moment of freshness, never a fact."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cache
from typing import Any

import orjson
import redis
from django.conf import settings

Signal = tuple[str, dict[str, Any], dict[str, Any]]

CHANNEL = "live"
_BREAKER_S = 10.0  # after two failures in a row nothing is sent for so long, so that a hung Redis costs little
_state = {"failures": 0, "closed_until": 0.0}


@cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.25, socket_connect_timeout=0.25)


def publish(signal: str, audience: dict[str, Any], data: dict[str, Any]) -> bool:
    """Tell open screens. `audience` says who may know (organization, queue, compartments); answers whether it was sent.

    Never raises: Redis away means that screens fall back to polling.
    """
    return publish_many([(signal, audience, data)])


def publish_many(signals: Sequence[Signal]) -> bool:
    """`publish` for several signals in one round trip."""
    if _state["closed_until"] > time.monotonic():
        return False
    try:
        with _client().pipeline(transaction=False) as pipe:
            for signal, audience, data in signals:
                pipe.publish(CHANNEL, orjson.dumps({"signal": signal, "audience": audience, "data": data}))
            pipe.execute()
    except redis.RedisError:
        _state["failures"] += 1
        if _state["failures"] >= 2:
            _state["closed_until"] = time.monotonic() + _BREAKER_S
        return False
    _state["failures"] = 0
    return True


def is_up() -> bool:
    """Whether Redis answers within a quarter of a second; while it does not, no stream is opened and screens poll."""
    try:
        return bool(_client().ping())
    except redis.RedisError:
        return False


def client() -> redis.Redis:
    """The process's connection for what may be lost (presence); every call waits at most a quarter of a second."""
    return _client()


def is_reachable() -> bool:
    """Whether Redis answers, within a quarter of a second."""
    try:
        return bool(_client().ping())
    except redis.RedisError:
        return False

"""Server-sent events: one Redis subscription per process, fanned out to the streams of its browsers (ux.md HTX-1 … HTX-3).

A stream is an async generator: it holds neither a thread nor a database connection. What a stream may pass on is decided by a
plain function over the signal's audience, made from a snapshot of the viewer when the stream was opened; a stream ends after some
minutes, so that the snapshot is never older than that.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import weakref
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import orjson
import redis.asyncio
import structlog
from django.conf import settings
from redis.exceptions import RedisError

from core.live import CHANNEL

Sees = Callable[[Mapping[str, Any]], bool]

HEARTBEAT_S = 15.0  # below the idle limit of any proxy; the browser notes it as contact
LIFE_S = 300.0  # then the browser opens a new stream, with the viewer's rights of that moment
RETRY_MS = (1000, 5000)  # chosen per stream, so that a deploy's broken streams do not come back at one instant
SUBSCRIBE_S = 2.0
_WAITING_AT_MOST = 256  # signals a slow browser may be behind; then its stream ends and it fetches everything once

log = structlog.get_logger(__name__)


class _Stream:
    """One open browser."""

    def __init__(self, sees: Sees) -> None:
        self.sees = sees
        self.waiting: asyncio.Queue[bytes | None] = asyncio.Queue(_WAITING_AT_MOST)

    def put(self, chunk: bytes | None) -> None:
        try:
            self.waiting.put_nowait(chunk)
        except asyncio.QueueFull:
            while not self.waiting.empty():
                self.waiting.get_nowait()
            self.waiting.put_nowait(None)


class Hub:
    """The subscription of one event loop."""

    def __init__(self) -> None:
        self.streams: set[_Stream] = set()
        self._reading: asyncio.Task[None] | None = None
        self.is_subscribed = asyncio.Event()

    def join(self, sees: Sees) -> _Stream:
        stream = _Stream(sees)
        self.streams.add(stream)
        if self._reading is None or self._reading.done():
            self._reading = asyncio.get_running_loop().create_task(self._read())
        return stream

    def leave(self, stream: _Stream) -> None:
        self.streams.discard(stream)
        if not self.streams and self._reading is not None:
            self._reading.cancel()
            self._reading = None
            self.is_subscribed.clear()

    async def _read(self) -> None:
        """Read until Redis is gone; then end every stream, since what it would have said is lost."""
        client = redis.asyncio.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, health_check_interval=10)
        try:
            async with client.pubsub(ignore_subscribe_messages=True) as subscription:
                await subscription.subscribe(CHANNEL)
                self.is_subscribed.set()
                async for message in subscription.listen():
                    self._tell(message["data"])
        except (RedisError, OSError):
            log.warning("live_subscription_lost", streams=len(self.streams))
        finally:
            self.is_subscribed.clear()
            for stream in self.streams:
                stream.put(None)
            with contextlib.suppress(RedisError, OSError):
                await client.aclose()

    def _tell(self, data: bytes) -> None:
        try:
            message = orjson.loads(data)
            signal, audience, facts = message["signal"], message["audience"], message["data"]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            return  # not one of ours
        chunk = encode(signal, facts)
        for stream in self.streams:
            if stream.sees(audience):
                stream.put(chunk)


_hubs: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = weakref.WeakKeyDictionary()


def encode(signal: str, facts: Mapping[str, Any]) -> bytes:
    """One event in the stream's format."""
    return b"event: %s\ndata: %s\n\n" % (signal.encode(), orjson.dumps(facts))


async def chunks(sees: Sees, *, heartbeat_s: float = HEARTBEAT_S, life_s: float = LIFE_S) -> AsyncIterator[bytes]:
    """The body of one stream: signals whose audience `sees` accepts, heartbeats between, an end after `life_s` seconds."""
    loop = asyncio.get_running_loop()
    hub = _hubs.setdefault(loop, Hub())
    stream = hub.join(sees)
    ends_at = loop.time() + life_s * random.uniform(0.8, 1.2)
    try:
        # "Live" is said once it is: a signal before the subscription would be lost. Redis away ends the stream by itself.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(hub.is_subscribed.wait(), SUBSCRIBE_S)
        yield b"retry: %d\n\n" % random.randint(*RETRY_MS)
        while (left := ends_at - loop.time()) > 0:
            try:
                chunk = await asyncio.wait_for(stream.waiting.get(), min(heartbeat_s, left))
            except TimeoutError:
                yield encode("ping", {})
                continue
            # All that waits goes in one write: under load that is what keeps the loop ahead of its streams.
            waiting = [chunk]
            while not stream.waiting.empty():
                waiting.append(stream.waiting.get_nowait())
            if body := b"".join(part for part in waiting if part is not None):
                yield body
            if None in waiting:
                return
    finally:
        hub.leave(stream)

"""Messages on their way out: side by side, each with an end, none behind another's silence (reliability.md R11, R14).

A lane has sending threads of its own in each process, so that one lane's hanging receivers take none of another's; a destination
has at most `PARALLEL` of them at a time, so that it cannot take all of its lane's.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from notifications import channels
from notifications.channels import Outcome
from notifications.lifecycle import Lane

PARALLEL = 2  # messages under way to one destination, in a process
SLOTS = {Lane.PAGE: 16, Lane.NOTIFY: 8, Lane.WEBHOOK: 64, Lane.BULK: 2}
Send = Callable[[], Outcome]
Thing = TypeVar("Thing")


class Destinations:
    """How many messages of this process are under way to each destination. The empty name is no destination and has no limit."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._busy: Counter[str] = Counter()

    def enter(self, destination: str, most: int = PARALLEL) -> bool:
        """Be one of `most` under way there; False where so many are."""
        with self._lock:
            if destination and self._busy[destination] >= most:
                return False
            self._busy[destination] += 1
            return True

    def leave(self, destination: str) -> None:
        """Be under way no more."""
        with self._lock:
            self._busy[destination] -= 1
            if not self._busy[destination]:
                del self._busy[destination]

    def full(self, most: Callable[[str], int] = lambda _: PARALLEL) -> list[str]:
        """Destinations to which as many are under way as `most` allows."""
        with self._lock:
            busy = dict(self._busy)
        return [name for name, count in busy.items() if name and count >= most(name)]


@dataclass
class LaneThreads:
    """The sending threads of one lane in this process; `free` are those that send nothing now."""

    lane: Lane
    pool: ThreadPoolExecutor = field(init=False)
    free: int = field(init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.free = SLOTS[self.lane]
        self.pool = ThreadPoolExecutor(max_workers=self.free, thread_name_prefix=f"send-{self.lane.value}")

    def start(self, send: Send, destination: str, most: int = PARALLEL) -> Future[Outcome] | None:
        """Let a thread of the lane `send`; None where none is free, or the destination has `most` under way."""
        with self._lock:
            if not self.free or not DESTINATIONS.enter(destination, most):
                return None
            self.free -= 1
        return self.pool.submit(self._run, send, destination)

    def _run(self, send: Send, destination: str) -> Outcome:
        try:
            return send()
        finally:  # only now, however long ago its sender stopped to wait for it
            DESTINATIONS.leave(destination)
            with self._lock:
                self.free += 1


DESTINATIONS = Destinations()
_threads: dict[Lane, LaneThreads] = {}
_making = threading.Lock()


def threads_of(lane: Lane) -> LaneThreads:
    """The lane's sending threads, made at first use: a forked process has its own."""
    with _making:
        return _threads.setdefault(lane, LaneThreads(lane))


@dataclass
class Flight(Generic[Thing]):
    """What one caller has under way. Each send ends `timeout_s` after its start: later it counts as ambiguous."""

    lane: Lane
    timeout_s: float
    _going: dict[Future[Outcome], tuple[Thing, float]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._going)

    def start(self, thing: Thing, send: Send, destination: str, most: int = PARALLEL) -> bool:
        """Let `send` go; False where it has to wait for its turn."""
        future = threads_of(self.lane).start(send, destination, most)
        if future is None:
            return False
        self._going[future] = (thing, time.monotonic() + self.timeout_s)
        return True

    def ended(self, *, patience_s: float) -> list[tuple[Thing, Outcome | BaseException]]:
        """What has ended, waiting up to `patience_s` for the first; a send that raised is answered with its exception."""
        if self._going and patience_s:
            nearest = min(ends_at for _, ends_at in self._going.values()) - time.monotonic()
            wait(self._going, timeout=max(0.0, min(patience_s, nearest)), return_when=FIRST_COMPLETED)
        found: list[tuple[Thing, Outcome | BaseException]] = []
        for future, (thing, ends_at) in list(self._going.items()):
            if future.done():
                found.append((thing, future.exception() or future.result()))
            elif time.monotonic() >= ends_at:
                found.append((thing, channels.ambiguous(f"No answer within {self.timeout_s:.0f} seconds.")))
            else:
                continue
            del self._going[future]
        return found

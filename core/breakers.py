"""Circuit breakers for destinations outside: after failures nothing is sent for a while, then one probe (reliability.md R29).

Kept per process: a breaker is only advice about where not to wait. What must be true stands in Postgres.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Breaker:
    """Opens after `failures` in a row, or when over half of at least ten results within `window_s` failed.

    While it is open one probe is let through every `probe_s` seconds; a success closes it.
    """

    failures: int = 3
    window_s: float = 60.0
    probe_s: float = 30.0
    now: Callable[[], float] = time.monotonic
    _in_a_row: int = 0
    _results: deque[tuple[float, bool]] = field(default_factory=deque)
    _next_probe: float | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_open(self) -> bool:
        """Whether the destination is held to be down."""
        return self._next_probe is not None

    @property
    def is_suspect(self) -> bool:
        """Whether the last try failed, or it is held to be down: one try at a time tells enough."""
        return self._in_a_row > 0 or self.is_open

    def allows(self) -> bool:
        """Whether to try now; while open, true once in `probe_s` seconds."""
        with self._lock:
            if self._next_probe is None:
                return True
            if self.now() < self._next_probe:
                return False
            self._next_probe = self.now() + self.probe_s
            return True

    def note(self, ok: bool) -> None:
        """Tell how a try ended."""
        with self._lock:
            now = self.now()
            if ok and self._next_probe is not None:
                self._results.clear()
            self._results.append((now, ok))
            while self._results[0][0] < now - self.window_s:
                self._results.popleft()
            self._in_a_row = 0 if ok else self._in_a_row + 1
            if ok and (self._next_probe is not None or not self._mostly_failing()):
                self._next_probe = None
            elif not ok and self._next_probe is None and (self._in_a_row >= self.failures or self._mostly_failing()):
                self._next_probe = now + self.probe_s

    def _mostly_failing(self) -> bool:
        failed = sum(1 for _, ok in self._results if not ok)
        return len(self._results) >= 10 and failed * 2 > len(self._results)


class Destinations:
    """A breaker and a limit of parallel work for each destination, by any hashable name (an endpoint's id, a host)."""

    def __init__(self, *, parallel: int = 2, make: Callable[[], Breaker] = Breaker) -> None:
        self._parallel, self._make = parallel, make
        self._breakers: dict[object, Breaker] = {}
        self._busy: dict[object, int] = {}
        self._lock = threading.Lock()

    def breaker(self, destination: object) -> Breaker:
        """The destination's breaker, made at first use."""
        with self._lock:
            return self._breakers.setdefault(destination, self._make())

    @contextmanager
    def slot(self, destination: object) -> Iterator[bool]:
        """A place to work in: yields False, at once, where `parallel` others are busy or the breaker says no."""
        with self._lock:
            free = self._busy.get(destination, 0) < self._parallel
            if free:
                self._busy[destination] = self._busy.get(destination, 0) + 1
        try:
            yield free and self.breaker(destination).allows()
        finally:
            if free:
                with self._lock:
                    self._busy[destination] -= 1
                    if not self._busy[destination]:
                        del self._busy[destination]

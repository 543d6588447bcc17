"""What `manage.py engine` runs: claims that apps register in their `ready()`.

A claim is a function that takes up to `limit` due pieces of work, does them, each in its own transaction, and answers how
many it did. Many engines may run it at once (SKIP LOCKED). Nothing here needs Redis.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Work = Callable[[int], int]


@dataclass(frozen=True)
class Claim:
    """A named piece of the engine's work; claims of one `lane` share a thread and cannot delay other lanes."""

    name: str
    lane: str
    work: Work
    every_s: float = 0.5


CLAIMS: dict[str, Claim] = {}


def register(name: str, *, lane: str, work: Work, every_s: float = 0.5) -> None:
    """Add a claim. A second one of the same name is a programming error."""
    if name in CLAIMS:
        raise ValueError(f"the engine already has a claim called {name}")
    CLAIMS[name] = Claim(name, lane, work, every_s)

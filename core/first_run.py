"""What an empty installation starts with beyond its tables; apps add their part in `ready()`.

Each part makes what is missing and leaves alone what is there, so all of them may run again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Part(Protocol):
    """Makes what is missing, at `at` (aware UTC)."""

    def __call__(self, *, at: datetime) -> object: ...


_parts: dict[str, Part] = {}


def register(name: str, part: Part) -> None:
    """Add a part; the same name again replaces it (`ready()` may run twice)."""
    _parts[name] = part


def run(*, at: datetime) -> list[str]:
    """Run every part in the order of the apps; answers their names. The caller's transaction holds them all."""
    for part in _parts.values():
        part(at=at)
    return list(_parts)

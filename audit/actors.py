"""Who does something, as the log sees it."""

from __future__ import annotations

from typing import Protocol


class Actor(Protocol):
    """A person or a service key; `None` stands for the system wherever `by` is taken."""

    @property
    def actor_kind(self) -> str: ...

    @property
    def actor_id(self) -> int: ...

    @property
    def actor_label(self) -> str: ...

"""The types of things that clocks and other deadlines run on, so that the firing loop knows their tables.

An app registers each of its owners once, in `ready()`: `clock_owners.register(Appeal)`. From then on the clocks that the verbs of
`operations.clocks` start on its rows warn, breach and end their pauses by themselves, and `timers.arm` takes its rows. Timers of
a type that nobody registered stay armed: the auditor sees them as overdue, none is lost to an older release.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from escalations.models import ClockOwner

Hook = Callable[[Sequence[Any], datetime], None]


@dataclass(frozen=True)
class OwnerType:
    """A registered type. `moved` saves what its rows keep of their clocks; `without` are columns no firing reads."""

    model: type[ClockOwner]
    moved: Hook | None = None
    without: tuple[str, ...] = ()

    def lock(self, ids: Collection[int]) -> set[int]:
        """Lock those of the rows that nobody else holds, in the order of their ids; answers which."""
        table = connection.ops.quote_name(self.model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id FROM {table} WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED", [sorted(ids)]
            )
            return {pk for (pk,) in cursor.fetchall()}

    def rows(self, ids: Collection[int]) -> dict[int, ClockOwner]:
        """The rows by id, without the long columns. One query."""
        return self.model._default_manager.defer(*self.without).in_bulk(list(ids))


_TYPES: dict[str, OwnerType] = {}
_FREE: set[str] = set()


def register(model: type[ClockOwner], *, moved: Hook | None = None, without: Sequence[str] = ()) -> None:
    """Let timers fire for rows of `model`, by its `clock_type`. Raises `ValueError` for a name that is taken.

    `moved(owners, at)` runs in the firing transaction for owners of clocks whose due times it moved (a pause came to its end); it gets
    locked rows and saves what these keep of their clocks. A miss moves nothing: whoever shows one asks the due time or the clock.
    """
    if model.clock_type in _TYPES or model.clock_type in _FREE:
        raise ValueError(f"an owner of clocks called {model.clock_type} is registered already")
    _TYPES[model.clock_type] = OwnerType(model, moved, tuple(without))


def register_free(name: str) -> None:
    """Let timers of this `object_type` fire without an owner: their own rows are all that is locked (the canary's)."""
    if name in _TYPES or name in _FREE:
        raise ValueError(f"an owner of clocks called {name} is registered already")
    _FREE.add(name)


def known() -> list[str]:
    """Every `object_type` whose timers may fire."""
    return [*_TYPES, *_FREE]


def of(name: str) -> OwnerType | None:
    """The type behind an `object_type`; None where timers belong to no owner, or to one that no release here knows."""
    return _TYPES.get(name)


def is_free(name: str) -> bool:
    """Whether timers of this `object_type` have no owner to lock."""
    return name in _FREE

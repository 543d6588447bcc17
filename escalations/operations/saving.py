"""The end of every verb on a case: its place in the order, its revision, one UPDATE."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from escalations.models import Case
from escalations.operations import ordering


def save(case: Case, fields: Iterable[str] = (), *, at: datetime, moves: bool = True) -> None:
    """Bump the revision of a locked case and save `fields`; with `moves` also its place in "next best" (one more query).

    `at` is aware UTC. `moves` is false where neither a clock nor a term of the order has changed.
    """
    names = {*fields, "revision", "updated_at"}
    if moves:
        ordering.reorder(case, at=at)
        names |= set(ordering.FIELDS)
    case.touch(at=at)
    case.save(update_fields=sorted(names))

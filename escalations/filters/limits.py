"""Keeping a filter from holding a page up: capped counts, and an estimate after two seconds (ux.md FIL-3)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import OperationalError, connection, transaction
from django.db.models import Model, QuerySet

T = TypeVar("T")
M = TypeVar("M", bound=Model)

SLOW_AFTER_S = 2.0
LOOKED_UP_WITHIN_S = 0.7  # a look-up before the list itself, which has the rest of the two seconds
COUNTED_TO = 1000
_QUERY_CANCELED = "57014"


class TooSlow(Exception):
    """The database did not answer within the time given; the transaction is as it was before the attempt."""


@dataclass(frozen=True)
class Count:
    """How many rows. `is_capped`: at least so many. `is_estimate`: the planner's guess, since counting took too long."""

    number: int
    is_capped: bool = False
    is_estimate: bool = False

    def __str__(self) -> str:
        shown = f"{self.number:,}"
        if self.is_estimate:
            return f"~{shown}"
        return f"{shown}+" if self.is_capped else shown


def within(seconds: float, work: Callable[[], T]) -> T:
    """Do `work` with a limit on each of its statements. Raises `TooSlow` when one is cut off.

    Runs in a savepoint of the present transaction (or in one of its own), so the transaction goes on after `TooSlow`.
    """
    try:
        with transaction.atomic():
            before = _set_timeout(f"{max(int(seconds * 1000), 1)}ms")
            done = work()
            _set_timeout(before)
            return done
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", None) != _QUERY_CANCELED:
            raise
        # Rolling back to the savepoint has also put the old limit back.
        raise TooSlow from error


def count(rows: QuerySet[M], *, to: int = COUNTED_TO, seconds: float = SLOW_AFTER_S) -> Count:
    """How many rows, counted to `to`; the planner's estimate when that takes longer than `seconds`."""
    try:
        found = within(seconds, lambda: rows.order_by()[: to + 1].count())
    except TooSlow:
        return Count(estimate(rows), is_estimate=True)
    return Count(min(found, to), is_capped=found > to)


def estimate(rows: QuerySet[M, Any]) -> int:
    """The planner's guess at the number of rows; nothing is read."""
    plan = rows.order_by().explain(format="json")
    # Django plans nothing for a condition that it knows to match no row.
    return int(json.loads(plan)[0]["Plan"]["Plan Rows"]) if plan else 0


def _set_timeout(value: str) -> str:
    """Set the limit for the rest of the transaction; answers the one before."""
    with connection.cursor() as cursor:
        # The columns of a row are computed in their order: the old one is read before the new one is set.
        cursor.execute(
            "SELECT current_setting('statement_timeout'), set_config('statement_timeout', %s, true)", [value]
        )
        before: str = cursor.fetchone()[0]
    return before

"""Leases with fences, for rows whose work happens outside the database (reliability.md R9–R12, R22).

A model that inherits `Leased` is claimed in one short statement, worked on with no transaction open, and settled by a
statement that names the fence of its claim: whoever was overtaken changes nothing. The deriving model brings its own
`state` (with at least the values given to `Leases`), and an index on `next_at` of the rows that may be claimed.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Generic, TypeVar

import structlog
from django.db import InterfaceError, OperationalError, connection, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from core import engine, faults
from core.errors import is_unreachable


class Leased(models.Model):
    """What a lease needs of a row. Times are aware UTC by the database's clock."""

    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True)
    holder = models.CharField(max_length=64, blank=True)  # the process that has the lease
    fence = models.BigIntegerField(default=0)  # grows with each claim; a result with an older one is refused
    last_error = models.CharField(max_length=500, blank=True)

    class Meta:
        abstract = True


Row = TypeVar("Row", bound=Leased)
log = structlog.get_logger(__name__)


class _Clock(models.Func):
    """`clock_timestamp()`: unlike `now()` it moves inside a transaction, so a lease is as long as it says."""

    function = "clock_timestamp"
    output_field = models.DateTimeField()


@dataclass(frozen=True)
class Claimed(Generic[Row]):
    """A row this process holds until its lease ends. `until` is on this process's monotonic clock."""

    row: Row
    fence: int
    until: float

    def remaining_s(self) -> float:
        """Seconds of the lease that are left, by this process's monotonic clock, counted from before the claim."""
        return self.until - time.monotonic()


@dataclass(frozen=True)
class Leases(Generic[Row]):
    """How rows of `model` are leased: `lease_s` long, for work that takes at most `timeout_s`.

    `pending` and `leased` are values of the model's `state`; `order` says who comes first. The lease must exceed the
    timeout by the margin of a second, or no work could ever start.
    """

    model: type[Row]
    lease_s: float
    timeout_s: float
    pending: str = "pending"
    leased: str = "leased"
    order: Sequence[str] = field(default=("next_at", "id"))

    def __post_init__(self) -> None:
        if self.lease_s < self.timeout_s + 2:
            raise ValueError("a lease must outlast its work's timeout by two seconds or more")

    def claim(self, limit: int, *, where: Q | None = None) -> list[Claimed[Row]]:
        """Lease up to `limit` rows that are due, or whose holder's lease ran out; one short transaction."""
        began = time.monotonic()
        due = Q(state=self.pending, next_at__lte=_Clock()) | Q(state=self.leased, lease_until__lt=_Clock())
        manager = self.model._default_manager
        with transaction.atomic():
            chosen = manager.filter(due) if where is None else manager.filter(due).filter(where)
            rows = list(chosen.order_by(*self.order).select_for_update(skip_locked=True, of=("self",))[:limit])
            if not rows:
                return []
            manager.filter(pk__in=[row.pk for row in rows]).update(
                state=self.leased,
                attempts=F("attempts") + 1,
                fence=F("fence") + 1,
                lease_until=_Clock() + timedelta(seconds=self.lease_s),
                holder=engine.holder(),
            )
        faults.point("lease_taken")
        for row in rows:
            row.attempts += 1
            row.fence += 1
        return [Claimed(row, row.fence, began + self.lease_s) for row in rows]

    def may_start(self, claimed: Claimed[Row]) -> bool:
        """Whether enough of the lease is left to do the work and to write its result (R11). If not, leave the row alone."""
        engine.progress()
        faults.point("before_send")
        return claimed.remaining_s() >= self.timeout_s + 1

    def settle(self, claimed: Claimed[Row], *, state: str, **values: Any) -> bool:
        """Write the result, `state` and any other fields, and end the lease; False if somebody took over meanwhile.

        For another try pass `state=pending` with `next_at` (an expression such as `Now() + delay` or aware UTC). How it went
        is known here alone, so a connection that breaks is replaced and the result written again.
        """
        faults.point("after_send")
        try:
            changed = self._write(claimed, state, values)
        except (OperationalError, InterfaceError) as error:
            if not is_unreachable(error) or connection.in_atomic_block:
                raise
            connection.close()
            # Perhaps it was written, and only the word of it got lost.
            changed = self._write(claimed, state, values) or self._is_written(claimed, state)
        if not changed:
            log.warning("lease_overtaken", model=self.model._meta.label_lower, row=claimed.row.pk, fence=claimed.fence)
        faults.point("result_written")
        return changed == 1

    def _write(self, claimed: Claimed[Row], state: str, values: Mapping[str, Any]) -> int:
        mine = self.model._default_manager.filter(pk=claimed.row.pk, fence=claimed.fence, state=self.leased)
        return mine.update(state=state, lease_until=None, holder="", **_plain(values))

    def _is_written(self, claimed: Claimed[Row], state: str) -> int:
        return self.model._default_manager.filter(
            pk=claimed.row.pk, fence=claimed.fence, state=state, holder=""
        ).count()

    def release_own(self) -> int:
        """Give back every lease of this process, unharmed, as it ends in order; answers how many."""
        return self.model._default_manager.filter(state=self.leased, holder=engine.holder()).update(
            state=self.pending, lease_until=None, holder="", attempts=F("attempts") - 1
        )


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """`last_error` fits its column."""
    return {name: value[:500] if name == "last_error" else value for name, value in values.items()}

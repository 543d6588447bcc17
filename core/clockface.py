"""How a running clock looks: its band and its words (ux.md SLA-3, SLA-4). static/js/clocks.js says the same in the browser."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.utils.functional import Promise

Band = Literal["ok", "risk", "due", "breach", "paused", "met"]
_MINUTE = timedelta(minutes=1)


def risk_before(target: timedelta) -> timedelta:
    """How long before its due time a clock of this target counts as at risk: max(25 %, min(30 min, 50 %))."""
    return max(target / 4, min(30 * _MINUTE, target / 2))


def due_before(target: timedelta) -> timedelta:
    """How long before its due time it counts as due now: max(10 %, min(10 min, 25 %))."""
    return max(target / 10, min(10 * _MINUTE, target / 4))


def band(*, left: timedelta, target: timedelta) -> Band:
    """The band of a running clock with so much time left (negative: overdue)."""
    if left < timedelta(0):
        return "breach"
    if left <= due_before(target):
        return "due"
    return "risk" if left <= risk_before(target) else "ok"


def remaining(left: timedelta, *, seconds: bool = False) -> str:
    """Time left in words: `3d 4h`, `1h 42m`, `42m`, and under ten minutes `9:41` where `seconds`, else `9m`; overdue `+12m`."""
    sign, span = ("+", -left) if left < timedelta(0) else ("", left)
    total = int(span.total_seconds())
    minutes, hours, days = total // 60, total // 3600, total // 86400
    if total >= 48 * 3600:
        return f"{sign}{days}d {hours % 24}h"
    if total >= 3600:
        return f"{sign}{hours}h {minutes % 60:02d}m"
    if total >= 600 or not seconds:
        return f"{sign}{minutes}m"
    return f"{sign}{minutes}:{total % 60:02d}"


@dataclass(frozen=True)
class ClockFace:
    """One clock as a chip shows it. `due_at` is aware UTC; `target` the whole time given; `letter` A, F, N, R, U, C, M or L.

    `state`: running | paused | met. `left` is what stands on a paused or met clock (time left when it stopped).
    `is_mine` lets the page announce it when it comes at risk (SLA-6).
    """

    letter: str
    name: str | Promise
    due_at: datetime
    target: timedelta
    state: Literal["running", "paused", "met"] = "running"
    left: timedelta | None = None
    is_mine: bool = False

    def band(self, at: datetime) -> Band:
        """The band at an instant (aware UTC)."""
        if self.state != "running":
            return self.state
        return band(left=self.due_at - at, target=self.target)

    def words(self, at: datetime, *, seconds: bool = False) -> str:
        """The ticking text at an instant, without the letter."""
        return remaining(self.left if self.left is not None else self.due_at - at, seconds=seconds)

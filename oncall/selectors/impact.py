"""What a change of a calendar would mean for running clocks: asked of those who keep clocks, who stand to our right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from oncall.business_time import CalendarSpec


@dataclass(frozen=True)
class Moved:
    """One running clock and when it would be due if the change were applied to it."""

    url: str
    label: str
    before: datetime | None
    after: datetime | None


@dataclass(frozen=True)
class Impact:
    """`running` clocks stand on the calendar, `moving` of those looked at would be due at another instant; some of them.

    `is_partial`: there were more clocks than are looked at for a preview, or some that the asker may not see.
    """

    running: int
    moving: int
    examples: tuple[Moved, ...]
    is_partial: bool = False


Ask = Callable[[Mapping[int, CalendarSpec], User, datetime], Impact]
_asked: list[Ask] = []


def register(ask: Ask) -> None:
    """Name who answers; the last one stands (`ready()` may run twice)."""
    _asked[:] = [ask]


def impact_of(specs: Mapping[int, CalendarSpec], *, viewer: User, at: datetime) -> Impact:
    """What would move if the running clocks of these calendars (by id) went over to these rules at `at` (aware UTC)."""
    return _asked[0](specs, viewer, at) if _asked else Impact(0, 0, ())

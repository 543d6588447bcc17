"""Who reads a filter, and what that lets them ask."""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import cached_property

from accounts.models import ServiceKey, User
from accounts.roles import Action, Reach
from core.filters.conditions import FilterContext

Viewer = User | ServiceKey | None
"""A person, a service key, or None for the system (routing rules, conditions of plans)."""


@dataclass(frozen=True)
class CaseContext(FilterContext):
    """`at` is aware UTC. With `is_for_one_row` free text is matched in place, which suits a single row and not a list."""

    viewer: Viewer = None
    is_for_one_row: bool = False

    @property
    def is_internal(self) -> bool:
        """Whether the reader is of the team; the system is."""
        return self.viewer is None or self.viewer.is_internal

    @cached_property
    def reads_notes(self) -> bool:
        """Whether free text may look into internal notes. Who sees them only in part does not search them."""
        if self.viewer is None:
            return True
        return self.is_internal and self.viewer.reach(Action.NOTE_READ) in (Reach.ALL, Reach.OWN)

    @cached_property
    def knows_submitters(self) -> bool:
        """Whether the reader may see who handed a case in (field class P1)."""
        if self.viewer is None:
            return True
        return self.viewer.reach(Action.CASE_READ) in (Reach.ALL, Reach.OWN)

    @cached_property
    def shift(self) -> tuple[datetime, datetime] | None:
        """By the working hours the person named."""
        return self.user.shift(at=self.at) if self.user is not None else None

    @property
    def user(self) -> User | None:
        """The person, if the reader is one: whom `@me` means."""
        return self.viewer if isinstance(self.viewer, User) else None


def context_for(viewer: Viewer, *, at: datetime, is_for_one_row: bool = False) -> CaseContext:
    """The reading context of a viewer, in their own zone (a key's is its organization's, the system's UTC)."""
    return CaseContext(at=at, zone=zone_of(viewer), viewer=viewer, is_for_one_row=is_for_one_row)


def zone_of(viewer: Viewer) -> tzinfo:
    """The zone days and dates are taken in; UTC when the stored name is not a zone."""
    if viewer is None:
        return UTC
    name = viewer.time_zone if isinstance(viewer, User) else viewer.organization.time_zone
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return UTC

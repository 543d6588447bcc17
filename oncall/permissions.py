"""Who may change calendars and holidays: administrators, and the system itself when it sets up."""

from __future__ import annotations

from accounts.actors import Actor
from accounts.roles import Action, Reach
from core.errors import NotPermitted


def can_edit_calendars(by: Actor) -> bool:
    """Whether this person may publish calendars and change holidays."""
    return by is None or by.reach(Action.CONFIG_EDIT) is Reach.ALL


def check_can_edit_calendars(by: Actor) -> None:
    """Raise `NotPermitted` unless `can_edit_calendars`."""
    if not can_edit_calendars(by):
        raise NotPermitted("Calendars are changed by an administrator.", rule=Action.CONFIG_EDIT)

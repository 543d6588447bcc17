"""The first steps of every decision about permission; apps add the relation (own, team, assigned) themselves."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import ServiceKey, User
from accounts.roles import Action, Reach
from core.errors import NotPermitted


def can(actor: User | ServiceKey | None, action: Action) -> bool:
    """Whether the role goes any way at all with `action`. The system (None) may; an inactive person may not."""
    if actor is None:
        return True
    if isinstance(actor, User) and not actor.is_active:
        return False
    return actor.reach(action) not in (Reach.NO, Reach.GLASS)


def check_can(actor: User | ServiceKey | None, action: Action) -> None:
    """Raises `NotPermitted`, naming the rule, unless `can`."""
    if not can(actor, action):
        raise NotPermitted(_("Your role does not allow this (%(rule)s).") % {"rule": action.value}, rule=action.value)

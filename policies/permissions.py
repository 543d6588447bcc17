"""Who may read and who may fill the policy library. Reading: `visible_to` (permissions.md, "Policy text read")."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import can
from accounts.roles import Action, Role
from core.errors import NotPermitted


def can_read_library(user: User) -> bool:
    """Whether the console's library is open to `user`: internal people whose role reads policy text."""
    return user.is_internal and can(user, Action.POLICY_READ)


def check_can_read_library(user: User) -> None:
    """Raises `NotPermitted`, saying who can grant it, unless `can_read_library`."""
    if not can_read_library(user):
        raise NotPermitted(
            _("Your role does not read the policy library. An administrator can give you one that does."),
            rule=Action.POLICY_READ.value,
        )


def can_load_library(by: User | None) -> bool:
    """The system, policy editors and administrators may load the clauses that come with the product."""
    return by is None or (by.is_internal and (can(by, Action.CONFIG_EDIT) or Role.POLICY_EDITOR in by.access.roles))


def check_can_load_library(by: User | None) -> None:
    """Raises `NotPermitted` unless `can_load_library`."""
    if not can_load_library(by):
        raise NotPermitted(
            _("Loading the policy library is for policy editors and administrators."), rule="policy.load"
        )

"""Who may take rows out, approve that, explore figures and write SQL. The matrix stands in `accounts.roles`."""

from __future__ import annotations

import hashlib

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import can, check_can
from accounts.roles import Action, Reach, Role
from core.errors import NotPermitted
from reporting.models import Export, SavedReport

ALONE_AT_MOST = 1000  # permissions.md §3, "Export rows"
# Who may be the second person that more rows need, and who may ask for one: auditors read whole logs.
WITH_A_SECOND = frozenset({Role.LEAD, Role.LEGAL})
ASKS_A_SECOND = WITH_A_SECOND | {Role.AUDITOR}
WRITES_SQL = frozenset({Role.LEAD, Role.QUALITY, Role.AUDITOR})


def can_explore(user: User) -> bool:
    """Whether the explorer is there for them: internal people who see reports. Vendors have the scorecard of their portal."""
    return user.is_internal and can(user, Action.REPORTS)


def check_can_explore(user: User) -> None:
    """Raises `NotPermitted`."""
    if not can_explore(user):
        raise NotPermitted(_("Your role does not see these reports."), rule=Action.REPORTS.value)


def can_query(user: User) -> bool:
    """Whether the SQL tab is there for them: leads, quality and auditors, who read the cases of every team anyway."""
    return (
        user.is_active
        and user.is_internal
        and user.reach(Action.REPORTS) is Reach.ALL
        and not WRITES_SQL.isdisjoint(user.access.roles)
    )


def check_can_query(user: User) -> None:
    """Raises `NotPermitted`."""
    if not can_query(user):
        raise NotPermitted(_("Leads, quality reviewers and auditors write SQL here."), rule="reports.sql")


def can_export(user: User) -> bool:
    """Whether they may take rows out at all."""
    return can(user, Action.EXPORT)


def may_take_records(user: User) -> bool:
    """Whether they take out the log, what was sent and who may come in: who takes out rows, and auditors ("audit only")."""
    return user.is_active and user.is_internal and (can_export(user) or Role.AUDITOR in user.access.roles)


def can_take_own(user: User) -> bool:
    """Whether they take out what is told to them alone."""
    return user.is_internal and can_export(user)


def may_keep_exports(user: User) -> bool:
    """Whether the list of exports is there for them: whoever takes out rows, or figures of the explorer."""
    return user.is_internal and (can_export(user) or can_explore(user))


def may_exceed(user: User) -> bool:
    """Whether a second person's yes lets them take out more than `ALONE_AT_MOST` rows."""
    return user.is_internal and not ASKS_A_SECOND.isdisjoint(user.access.roles)


def may_answer(user: User) -> bool:
    """Whether they are asked at all when somebody wants more rows."""
    return user.is_internal and not WITH_A_SECOND.isdisjoint(user.access.roles)


def can_answer(user: User, export: Export) -> bool:
    """Whether they may be the second person: a lead or the legal desk of the same organization, and never who asks."""
    return may_answer(user) and user.pk != export.asked_by_id and user.organization_id == export.organization_id


def check_can_answer(user: User, export: Export) -> None:
    """Raises `NotPermitted`."""
    if not can_answer(user, export):
        raise NotPermitted(
            _("A lead or the legal desk answers this, and never the person who asks."), rule="export.second_person"
        )


def can_save(user: User) -> bool:
    """Whether they may keep reports under a name."""
    return can_explore(user) and can(user, Action.VIEW_SAVE)


def can_share(user: User) -> bool:
    """Whether they may share a saved report with everyone who sees reports."""
    return user.is_internal and user.reach(Action.VIEW_SHARE) is Reach.ALL


def check_can_save(user: User, *, is_sql: bool, is_shared: bool) -> None:
    """Raises `NotPermitted`."""
    check_can_query(user) if is_sql else check_can_explore(user)
    check_can(user, Action.VIEW_SAVE)
    if is_shared and not can_share(user):
        raise NotPermitted(_("Your role does not share reports; save it for yourself."), rule=Action.VIEW_SHARE.value)


def check_can_remove(user: User, report: SavedReport) -> None:
    """Raises `NotPermitted`."""
    if report.owner_id != user.pk:
        raise NotPermitted(_("Only whoever saved it removes it."), rule="saved_report.own")


def access_of(user: User) -> str:
    """A print of what `user` may reach now: roles, teams, labels. Two of them differ where what they see may differ."""
    held = user.access
    said = [sorted(role.value for role in held.roles), sorted(held.team_ids), sorted(held.compartments)]
    return hashlib.sha256(repr(said).encode()).hexdigest()

"""Reading, in one query, what a person may reach now, and telling the database who is asking."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import connection

from accounts.roles import Role

if TYPE_CHECKING:
    from accounts.models import Access, User

# The same statement also sets the tenant of the transaction, so that a request pays one round trip for both.
_LOAD = """
WITH held AS (
  SELECT coalesce((SELECT array_agg(role::text) FROM accounts_rolegrant
                   WHERE user_id = u.id AND (expires_at IS NULL OR expires_at > clock_timestamp())), '{{}}') AS roles,
         coalesce((SELECT array_agg(team_id) FROM accounts_membership WHERE user_id = u.id), '{{}}') AS teams,
         coalesce((SELECT array_agg(compartment::text) FROM accounts_clearance
                   WHERE user_id = u.id AND expires_at > clock_timestamp()), '{{}}') AS compartments,
         o.kind AS kind, o.id AS organization_id
  FROM accounts_user u JOIN accounts_organization o ON o.id = u.organization_id WHERE u.id = %s
)
SELECT roles, teams, compartments, kind, clock_timestamp(), {binding} FROM held
"""
_BIND = """set_config('app.actor_kind', CASE WHEN kind = 'internal' THEN 'internal' ELSE 'vendor' END, true),
  set_config('app.org', organization_id::text, true), set_config('app.compartments', compartments::text, true)"""


def load_access(user: User) -> Access:
    """Roles, teams and compartments of `user` valid now."""
    return _load(user, bind=False)[0]


def bind_user(user: User) -> datetime:
    """Set the transaction's tenant to `user`'s, preset `user.access`, answer the database's time (aware UTC)."""
    if not connection.in_atomic_block:
        raise RuntimeError("The tenant is set inside a transaction: open atomic() first.")
    access, at = _load(user, bind=True)
    # By setattr: `request.user` is a lazy wrapper, and its own __dict__ is not the person's.
    user.access = access
    return at


def _load(user: User, *, bind: bool) -> tuple[Access, datetime]:
    from accounts.models import Access

    with connection.cursor() as cursor:
        cursor.execute(_LOAD.format(binding=_BIND if bind else "NULL"), [user.pk])
        roles, teams, compartments, kind, at, *_ = cursor.fetchone()
    known = frozenset(Role(role) for role in roles)
    return Access(known, frozenset(teams), frozenset(compartments), kind), at

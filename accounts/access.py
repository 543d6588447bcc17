"""Reading, in one query, what a person may reach now, and telling the database who is asking."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.db import connection
from django.utils.crypto import constant_time_compare

from accounts.roles import Role
from core import rows

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
SELECT roles, teams, compartments, held.kind, clock_timestamp(), {binding} FROM held
"""
_BIND = """set_config('app.actor_kind', CASE WHEN held.kind = 'internal' THEN 'internal' ELSE 'vendor' END, true),
  set_config('app.org', held.organization_id::text, true), set_config('app.compartments', compartments::text, true)"""
_UNBIND = "SELECT set_config('app.actor_kind', '', true), set_config('app.org', '', true), set_config('app.compartments', '', true)"


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


def arrive(session: SessionBase) -> tuple[User, datetime] | None:
    """The person of this session with organization and access, tenant bound, and the database's time (aware UTC). One query.

    The quick way in for exactly those whom Django would let in as well. None for everybody else, with no tenant bound: nobody
    signed in, a backend or a password that is no longer theirs, an account that is closed. Django then looks more closely.
    """
    from accounts.models import Organization, User

    user_id, backend = session.get(SESSION_KEY), session.get(BACKEND_SESSION_KEY)
    if user_id is None or backend not in settings.AUTHENTICATION_BACKENDS:
        return None
    if not connection.in_atomic_block:
        raise RuntimeError("The tenant is set inside a transaction: open atomic() first.")
    person, organization = rows.columns(User, "u"), rows.columns(Organization, "o")
    statement = _LOAD.format(binding=f"{_BIND}, {person}, {organization}") + _WHOLE
    with connection.cursor() as cursor:
        cursor.execute(statement, [user_id, user_id])
        found = cursor.fetchone()
        if found is None:
            return None
        after = 8 + len(User._meta.concrete_fields)
        user = rows.read(User, found[8:after])
        if not constant_time_compare(session.get(HASH_SESSION_KEY) or "", user.get_session_auth_hash()):
            cursor.execute(_UNBIND)
            return None
    user.organization = rows.read(Organization, found[after:])
    user.access = _access(found)
    return user, found[4]


# What `arrive` puts behind `_LOAD`: the rows themselves.
_WHOLE = """ JOIN accounts_organization o ON o.id = held.organization_id JOIN accounts_user u ON u.organization_id = o.id
WHERE u.id = %s AND u.is_active"""


def _load(user: User, *, bind: bool) -> tuple[Access, datetime]:
    with connection.cursor() as cursor:
        cursor.execute(_LOAD.format(binding=_BIND if bind else "NULL"), [user.pk])
        found = cursor.fetchone()
    return _access(found), found[4]


def _access(found: Sequence[Any]) -> Access:
    from accounts.models import Access

    roles, teams, compartments, kind = found[:4]
    return Access(frozenset(Role(role) for role in roles), frozenset(teams), frozenset(compartments), kind)

"""What must hold of the database before anything works on it; a process that finds otherwise does not start.

Registered as Django database checks (`manage.py check --database default`, and every `migrate`), and asked by the web
process, the worker and the engine as they start. A database that is away stops nobody: `/readyz` says so, and it may
come back.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import Error as DatabaseError
from django.db import connections

from config.database import OWNER

# What a crash of the server may cost, by setting (reliability.md R2).
DURABLE = {
    "fsync": ("on",),
    "full_page_writes": ("on",),
    "synchronous_commit": ("on", "remote_apply"),
    "data_checksums": ("on",),
}
# Read before the tenant of a request is known, so row level security cannot stand on them (permissions.md §7).
BEFORE_THE_TENANT = frozenset({"accounts_user", "accounts_team", "accounts_servicekey"})

_ROLE = """
SELECT current_user, r.rolsuper, r.rolbypassrls, s.rolsuper FROM pg_roles r, pg_roles s
WHERE r.rolname = current_user AND s.rolname = session_user
"""
_UNFORCED = """
SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organization_id'
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND NOT a.attisdropped
  AND NOT (c.relrowsecurity AND c.relforcerowsecurity) ORDER BY c.relname
"""


_COLLATION = (
    "SELECT datlocprovider::text, coalesce(datlocale, datcollate) FROM pg_database WHERE datname = current_database()"
)


@register(Tags.database)
def database_is_safe(databases: Iterable[str] | None = None, **_: Any) -> list[CheckMessage]:
    """One line per unsafe setting, role or table, each saying what to set."""
    if databases is None or "default" not in databases:
        return []
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute(_ROLE)
            role = cursor.fetchone()
            cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(DURABLE)])
            values = dict(cursor.fetchall())
            cursor.execute(_UNFORCED)
            unforced = {name for (name,) in cursor.fetchall()} - BEFORE_THE_TENANT
            cursor.execute(_COLLATION)
            collation = cursor.fetchone()
    except DatabaseError:
        return []
    if settings.DB_ROLE == OWNER:  # it is here to migrate, which is what makes the tables as they must be
        unforced = set()
    about_text = _about_collation(*collation)
    return [*_about_role(*role), *_about_durability(values), *about_text, *_about_tables(unforced)]


def _about_role(
    name: str, is_superuser: bool, passes_security: bool, signed_in_as_superuser: bool
) -> list[CheckMessage]:
    if is_superuser or passes_security:
        told = f"The database role {name} passes row level security: connect as wf_web, wf_engine or wf_owner."
        return [Error(told, id="watchfloor.E001")]
    if signed_in_as_superuser and not settings.LOCAL:
        told = f"DATABASE_URL signs in as a superuser who only acts as {name}: sign in as {name} itself."
        return [Error(told, id="watchfloor.E002")]
    return []


def _about_durability(values: dict[str, str]) -> list[CheckMessage]:
    if settings.ENVIRONMENT == "test":  # the tests' cluster trades its data's safety for speed
        return []
    return [
        Error(
            f"Postgres runs with {name} = {values[name]}, so a crash may lose what people were told is saved: "
            f"set it to {safe[0]}.",
            id="watchfloor.E003",
        )
        for name, safe in DURABLE.items()
        if values.get(name, safe[0]) not in safe
    ]


def _about_collation(provider: str, name: str) -> list[CheckMessage]:
    """Prefixes are searched as ranges of bytes (docs/adr/filters.md), which the order of a language would tear apart."""
    if provider == "b" or (provider == "c" and name.lower().replace("-", "") in ("c", "posix", "c.utf8")):
        return []
    told = f"The database orders text by the rules of {name}: make it with LOCALE 'C.UTF-8' and load the data into it."
    return [Error(told, id="watchfloor.E005")]


def _about_tables(unforced: set[str]) -> list[CheckMessage]:
    return [
        Error(
            f"Row level security is not forced on {name}, which has an organization_id: migrate, or use core.rls.TenantTable.",
            id="watchfloor.E004",
        )
        for name in sorted(unforced)
    ]


class UnsafeDatabase(SystemExit):
    """The process cannot start; `str()` has one line per problem."""


def refuse_unsafe_database() -> None:
    """Raise `UnsafeDatabase` when the database is there and not safe to work on; opens and closes one connection."""
    problems = database_is_safe(databases=["default"])
    connections["default"].close()
    if problems:
        raise UnsafeDatabase("Watchfloor cannot start:\n" + "\n".join(f"  {problem.msg}" for problem in problems))

"""Roles, database and extensions the product needs, made without Django: `python -m config.database provision`.

The product never works as a superuser. `wf_owner` owns the tables and runs migrations, `wf_web` serves requests
under row level security, `wf_engine` acts for the system, `wf_audit` and `wf_report` only read. Making them needs a
role that may create roles; that role is used here and nowhere else.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection

DATABASE = "watchfloor"
OWNER = "wf_owner"
EXTENSIONS = ("pg_trgm", "unaccent", "btree_gist")


@dataclass(frozen=True)
class Role:
    """One login role: the settings of its sessions, and what it may do by default with tables the owner makes.

    Durations are Postgres texts. Settings stand on the role, not in the client's start-up packet, so that they also
    hold behind a pooler.
    """

    name: str
    settings: dict[str, str] = field(default_factory=dict)
    table_verbs: str = ""
    sequence_verbs: str = ""

    @property
    def password(self) -> str | None:
        """From the environment, `WF_WEB_PASSWORD` for `wf_web`; None where the socket itself is the trust."""
        return os.environ.get(f"{self.name.upper()}_PASSWORD") or None


_WRITE = {"table_verbs": "SELECT, INSERT, UPDATE, DELETE", "sequence_verbs": "USAGE, SELECT"}
_READ = {"table_verbs": "SELECT", "sequence_verbs": "SELECT"}
# Compiling a statement takes longer than running any of ours: reports of a million cases took twice as long with it.
_PLAIN = {"jit": "off"}
_IMPATIENT = {"lock_timeout": "2s", "idle_in_transaction_session_timeout": "10s", **_PLAIN}
_READ_ONLY = {"default_transaction_read_only": "on", "idle_in_transaction_session_timeout": "60s", **_PLAIN}

ROLES = (
    # A migration waits briefly for a lock and is tried again, rather than queueing every request behind it.
    Role(OWNER, {"lock_timeout": "2s"}),
    Role("wf_web", {"statement_timeout": "10s", **_IMPATIENT}, **_WRITE),
    Role("wf_engine", {"statement_timeout": "5s", **_IMPATIENT}, **_WRITE),
    Role("wf_audit", {"statement_timeout": "60s", **_READ_ONLY}, **_READ),
    Role("wf_report", {"statement_timeout": "60s", **_READ_ONLY}, **_READ),
    # What people type in the SQL tab: it reads the guarded views of the schema `explore` and nothing else (docs/adr/sql-tab.md).
    Role("wf_sql", {"statement_timeout": "30s", "lock_timeout": "2s", **_READ_ONLY}),
)


# In a database that was migrated before the role was made: what the views' migration granted to nobody.
_GUARDED_VIEWS = """
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_namespace WHERE nspname = 'explore') THEN
    GRANT USAGE ON SCHEMA explore TO wf_sql;
    GRANT SELECT ON ALL TABLES IN SCHEMA explore TO wf_sql;
    GRANT EXECUTE ON FUNCTION explore.scope() TO wf_sql;
  END IF;
END $$
"""


def create_roles(conn: Connection) -> None:
    """Make the login roles, or bring them to what `ROLES` says. `conn` may create roles and autocommits.

    Raises `psycopg2.Error` when it may not. Safe to run again, and from two processes at once.
    """
    with conn.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('watchfloor.roles'))")
        try:
            for role in ROLES:
                _create_role(cursor, role)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('watchfloor.roles'))")


def _create_role(cursor: psycopg2.extensions.cursor, role: Role) -> None:
    name = sql.Identifier(role.name)
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role.name])
    missing = cursor.fetchone() is None
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    is_superuser = bool((cursor.fetchone() or (False,))[0])
    if missing:
        cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(name))
    if is_superuser:  # a managed server's administrator may not even say "no" to these, and could not have said yes
        cursor.execute(
            sql.SQL("ALTER ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION").format(name)
        )
    elif missing:
        cursor.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(name))  # to give the database to its owner
    if role.password is not None:
        cursor.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, sql.Literal(role.password)))
    for setting, value in {"timezone": "UTC", **role.settings}.items():
        cursor.execute(sql.SQL("ALTER ROLE {} SET {} TO {}").format(name, sql.Identifier(setting), sql.Literal(value)))


def create_database(conn: Connection, name: str = DATABASE) -> None:
    """Make the database `name` unless it exists, and give it to `wf_owner`, who then may make tables in it.

    `conn` autocommits.
    """
    database, owner = sql.Identifier(name), sql.Identifier(OWNER)
    with conn.cursor() as cursor:
        cursor.execute("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", [name])
        found = cursor.fetchone()
        if found is None:
            cursor.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(database, owner)
            )
        elif found[0] != OWNER:
            cursor.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(database, owner))


def prepare_database(conn: Connection) -> None:
    """Extensions and default grants of the database `conn` is connected to; `conn` autocommits. Safe to run again.

    Tables that a migration makes as `wf_owner` are readable and writable for the roles as `ROLES` says; a
    migration takes back what a table must refuse (an append-only table takes back UPDATE and DELETE). TRUNCATE is
    granted to nobody.
    """
    with conn.cursor() as cursor:
        for extension in EXTENSIONS:
            cursor.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
        owner = sql.Identifier(OWNER)
        for role in ROLES:
            name = sql.Identifier(role.name)
            cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(name))
            for kind, verbs in (("TABLES", role.table_verbs), ("SEQUENCES", role.sequence_verbs)):
                if verbs:
                    cursor.execute(
                        sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {} IN SCHEMA public GRANT {} ON {} TO {}").format(
                            owner, sql.SQL(verbs), sql.SQL(kind), name
                        )
                    )
        cursor.execute(_GUARDED_VIEWS)


def provision(url: str) -> None:
    """Roles, the database named in `url`, and what belongs into it. `url` is an administrator's connection URL.

    The database itself may be missing yet. Raises `psycopg2.Error` when the server or its rights say no.
    """
    name = psycopg2.extensions.parse_dsn(url).get("dbname", DATABASE)
    for database in ("postgres", name):
        conn = psycopg2.connect(url, dbname=database, connect_timeout=5)
        conn.autocommit = True
        try:
            if database == "postgres":
                create_roles(conn)
                create_database(conn, name)
            if database == name:
                prepare_database(conn)
        finally:
            conn.close()


def main(arguments: list[str]) -> int:
    """The command line: `provision` with `ADMIN_DATABASE_URL`, else `DATABASE_URL`."""
    if arguments != ["provision"]:
        print("usage: python -m config.database provision", file=sys.stderr)
        return 2
    url = os.environ.get("ADMIN_DATABASE_URL") or os.environ.get("DATABASE_URL")
    if not url:
        print("Set ADMIN_DATABASE_URL to a connection that may create roles.", file=sys.stderr)
        return 2
    try:
        provision(url)
    except psycopg2.Error as error:
        print(f"The database could not be prepared: {str(error).strip()}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

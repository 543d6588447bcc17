"""Databases for tests: one migrated template, kept between runs, and a clone of it for each worker.

Tests run as `wf_web`, which owns nothing, so that grants and row level security are what they are in production.
An ordinary test runs in a transaction that is rolled back. A test that commits (`django_db(transaction=True)`, or
one with the live server) gets a fresh clone after it: append-only tables refuse the flush Django would do.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import redis
from psycopg2 import sql
from psycopg2.extensions import TRANSACTION_STATUS_INERROR, make_dsn, parse_dsn
from psycopg2.extensions import connection as Connection

from config import database, first_schema
from tests.harness import CLUSTER_URL, SLOT_FOLDER

BASE = Path(__file__).resolve().parent.parent
ORDINARY, SEPARATE = "default", "independent"


def connect(name: str, user: str | None = None) -> Connection:
    """A raw connection to a database of the test cluster, in autocommit mode; as its administrator by default."""
    changes = {"dbname": name} | ({"user": user} if user else {})
    conn = psycopg2.connect(os.environ[CLUSTER_URL], **changes)
    conn.autocommit = True
    return conn


def url(name: str, user: str) -> str:
    """`DATABASE_URL` of a database of the test cluster for another process."""
    parts = parse_dsn(os.environ[CLUSTER_URL])
    host, port = parts.get("host", ""), parts.get("port")
    query = f"?host={host}" if host.startswith("/") else ""
    address = "" if host.startswith("/") else host + (f":{port}" if port else "")
    password = f":{parts['password']}" if "password" in parts else ""
    return f"postgresql://{user}{password}@{address}/{name}{query}"


class Clone:
    """This worker's database. `renew` throws it away and takes a fresh copy of the template under the same name."""

    def __init__(self, template: str) -> None:
        self.template = template
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        self.name = f"wf_clone_{os.getpid()}_{worker}"
        self._admin = connect("postgres")
        self.renew()

    def renew(self) -> None:
        """Replace the database; whoever is connected to it is thrown out."""
        self.drop()
        with self._admin.cursor() as cursor:
            cursor.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY file_copy").format(
                    sql.Identifier(self.name), sql.Identifier(database.OWNER), sql.Identifier(self.template)
                )
            )

    def drop(self) -> None:
        """Remove the database, whoever is connected to it."""
        with self._admin.cursor() as cursor:
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(self.name)))

    def url(self, user: str) -> str:
        """`DATABASE_URL` of the clone for a process that works as `user`."""
        return url(self.name, user)


def template() -> str:
    """The name of a database migrated to this checkout's state; made by the first who asks, kept for the next run."""
    key = _schema_key()
    name = f"wf_template_{key}"
    with _one_at_a_time(), contextlib.closing(connect("postgres")) as admin, admin.cursor() as cursor:
        _sweep(cursor)
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() is None:
            _drop_old_templates(cursor, keep=3)
            _build(cursor, name)
    return name


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    with (Path(os.environ[SLOT_FOLDER]) / "template.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build(cursor: psycopg2.extensions.cursor, name: str) -> None:
    """Migrate a new database as `wf_owner` and give it its final name only when that has gone well."""
    half = f"wf_building_{os.getpid()}"
    admin = cursor.connection
    cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(half)))
    database.create_database(admin, half)
    with contextlib.closing(connect(half)) as conn:
        database.prepare_database(conn)
    # What a first start does, too: the migrations of the file's day at once; `migrate` goes on from there.
    first_schema.restore(url(half, database.OWNER))
    environment = os.environ | {"DATABASE_URL": url(half, database.OWNER), "WATCHFLOOR_DB_ROLE": database.OWNER}
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--skip-checks"],
        cwd=BASE,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode != 0:
        raise RuntimeError(f"The test template could not be migrated:\n{done.stdout}")
    with contextlib.closing(connect(half)) as conn, conn.cursor() as inside:
        inside.execute("VACUUM ANALYZE")
    cursor.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(half), sql.Identifier(name)))


def _sweep(cursor: psycopg2.extensions.cursor) -> None:
    """Drop clones and half-made templates of runs that were killed."""
    cursor.execute("SELECT datname FROM pg_database WHERE datname ~ '^wf_(clone|building)_[0-9]'")
    for (name,) in cursor.fetchall():
        if not _is_alive(int(name.split("_")[2])):
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _drop_old_templates(cursor: psycopg2.extensions.cursor, *, keep: int) -> None:
    """Drop all but the newest templates; a few are kept for going back and forth between branches."""
    cursor.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, 'wf_template_') ORDER BY oid DESC OFFSET %s", [keep]
    )
    for (name,) in cursor.fetchall():
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


_IMPORT = re.compile(r"^\s*(?:from|import)\s+([a-z_][\w.]*)", re.MULTILINE)


def _schema_key() -> str:
    """A digest of all that decides what a migrated database looks like.

    Migrations, the modules of ours they import, the settings (which apps are installed), the roles, and the lock
    file (the migrations of dependencies).
    """
    migrations = sorted(path for path in BASE.glob("*/migrations/*") if path.suffix in {".py", ".sql"})
    files = {BASE / "requirements.lock", first_schema.FILE, *migrations}
    files |= {BASE / "config" / name for name in ("settings.py", "database.py", "first_schema.py")}
    for path in migrations:
        for module in _IMPORT.findall(path.read_text(encoding="utf-8")):
            stem = BASE.joinpath(*module.split("."))
            files |= {found for found in (stem.with_suffix(".py"), stem / "__init__.py") if found.exists()}
    digest = hashlib.sha256()
    for path in sorted(files):
        if path.exists():
            digest.update(str(path.relative_to(BASE)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


# ── Django's test cases on clones ───────────────────────────────────────────


def point_django_at(clone: Clone) -> None:
    """Make both aliases work on the clone as `wf_web`."""
    from django.db import connections

    parts = parse_dsn(make_dsn(os.environ[CLUSTER_URL]))
    for alias in (ORDINARY, SEPARATE):
        connection = connections[alias]
        connection.close()
        connection.settings_dict |= {"NAME": clone.name, "USER": "wf_web", "HOST": parts.get("host", "")}
        options: dict[str, Any] = connection.settings_dict["OPTIONS"]
        options.pop("host", None)
        options["options"] = " ".join(f"-c {name}={value}" for name, value in _everything().items())


def _everything() -> dict[str, str]:
    """The database settings under which row level security shows and takes every organization's rows."""
    from accounts.models import Compartment

    return {"app.actor_kind": "internal", "app.org": "0", "app.compartments": f"{{{','.join(Compartment.values)}}}"}


def _set_tenant(values: dict[str, str]) -> None:
    """Change an open connection's settings past Django, which would count it as the test's own query."""
    from django.db import connection

    raw = connection.connection
    if raw is None or raw.closed or raw.info.transaction_status == TRANSACTION_STATUS_INERROR:
        return
    with raw.cursor() as cursor:
        for name, value in values.items():
            cursor.execute("SELECT set_config(%s, %s, false)", [name, value])


def forget_tenant(**_: object) -> None:
    """As a request begins: it must name its tenant itself, as in production."""
    _set_tenant(dict.fromkeys(_everything(), ""))


def see_everything(**_: object) -> None:
    """As a request ends, and as a test begins: what a test arranges and asserts by itself may be anybody's."""
    _set_tenant(_everything())


def disconnect() -> None:
    """Close Django's connections to the clone."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()


def empty_redis(redis_url: str) -> None:
    """Forget everything in this worker's Valkey."""
    with contextlib.closing(redis.Redis.from_url(redis_url)) as client:
        client.flushall()


def install(clone: Clone) -> None:
    """Teach Django's test cases our two ways to leave a clean database, and requests to begin without a tenant."""
    from django.core.signals import request_finished, request_started
    from django.db import connections
    from django.test import TestCase, TransactionTestCase

    request_started.connect(forget_tenant)
    request_finished.connect(see_everything)

    TransactionTestCase.databases = set(connections)
    enter, leave = TestCase._fixture_setup.__func__, TestCase._fixture_teardown

    def enter_transaction(cls: type[TestCase]) -> None:
        # One connection under both names: a row written through the second alias could otherwise neither see nor
        # refer to what the test's open transaction holds. Tests of commits on their own are transactional tests.
        cls._separate = connections[SEPARATE]
        connections[SEPARATE] = connections[ORDINARY]
        enter(cls)

    def leave_transaction(self: TestCase) -> None:
        try:
            leave(self)
        finally:
            connections[SEPARATE] = self._separate

    def renew(self: TransactionTestCase) -> None:
        disconnect()
        clone.renew()

    TestCase._fixture_setup = classmethod(enter_transaction)
    TestCase._fixture_teardown = leave_transaction
    TransactionTestCase._fixture_teardown = renew

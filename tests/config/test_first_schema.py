"""The schema of a first start is the one that the migrations make, with every grant and policy; and is left alone otherwise."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import database, embedded, first_schema

BASE = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def server() -> Iterator[embedded.Postgres]:
    with tempfile.TemporaryDirectory(prefix="wf-", dir="/tmp") as made:
        Path(made).chmod(0o755)
        postgres = embedded.Postgres(Path(made), fast=True).start()
        try:
            yield postgres
        finally:
            postgres.stop()


def migrate(server: embedded.Postgres, name: str) -> None:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("WATCHFLOOR_")}
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--skip-checks"],
        cwd=BASE,
        env=kept
        | {
            "DATABASE_URL": server.url(name, database.OWNER),
            "WATCHFLOOR_DB_ROLE": database.OWNER,
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "WATCHFLOOR_ENV": "test",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        },
        check=True,
    )


def shape(server: embedded.Postgres, name: str) -> list[str]:
    """Everything but the rows: tables, constraints, indexes, functions, triggers, policies, owners and grants."""
    program = server.programs() / "pg_dump"
    done = subprocess.run(
        [program, "--schema-only", "--schema=public", "--schema=explore", "--dbname", server.url(name)],
        check=True,
        capture_output=True,
        text=True,
    )
    lines = [line for line in done.stdout.splitlines() if line and not line.startswith(("--", "\\"))]
    # Postgres prints a list of words with its casts one way when parsed from `IN`, another when parsed from what it printed.
    return sorted(re.sub(r"::(character varying|text)(\[\])?|[()]", "", line) for line in lines)


def rows(server: embedded.Postgres, name: str) -> dict[str, int]:
    conn = server.connect(name)
    with conn.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        )
        found = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            found[table] = cursor.fetchone()[0]
    conn.close()
    return found


@pytest.mark.processes
def test_a_restored_schema_is_the_migrated_one(server):
    if not first_schema.usable():
        pytest.skip("a migration it was made from has changed: it is not used until it is written anew")
    for name in ("migrated", "restored"):
        database.provision(server.url(name))

    assert first_schema.restore(server.url("restored", database.OWNER))
    assert not first_schema.restore(server.url("restored", database.OWNER)), "a database with tables is left alone"
    for name in ("migrated", "restored"):
        migrate(server, name)

    assert shape(server, "restored") == shape(server, "migrated")
    assert rows(server, "restored") == rows(server, "migrated")


def test_it_is_left_alone_once_a_migration_it_was_made_from_changed(tmp_path, monkeypatch):
    monkeypatch.setattr(first_schema, "FILE", tmp_path / "schema.sql")
    made_from = first_schema.sources()
    name = next(iter(made_from))
    first_schema.FILE.write_text(f"-- made from {name} {made_from[name]}\nSELECT 1;\n")
    assert first_schema.usable()

    first_schema.FILE.write_text(f"-- made from {name} 0123456789abcdef\nSELECT 1;\n")
    assert first_schema.usable() == ""
    first_schema.FILE.write_text("SELECT 1;\n")
    assert first_schema.usable() == ""
    first_schema.FILE.unlink()
    assert first_schema.usable() == ""


def test_what_the_server_refuses_leaves_the_database_empty(server, tmp_path, monkeypatch):
    monkeypatch.setattr(first_schema, "FILE", tmp_path / "schema.sql")
    name, digest = next(iter(first_schema.sources().items()))
    first_schema.FILE.write_text(
        f"-- made from {name} {digest}\nCREATE TABLE one (id int); SELECT nothing_of_the_kind;\n"
    )
    database.provision(server.url("broken"))

    assert not first_schema.restore(server.url("broken", database.OWNER))

    assert rows(server, "broken") == {}

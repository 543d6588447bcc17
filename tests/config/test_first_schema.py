"""The schema of a first start is used where it is what the script wrote of today's migrations, and left alone otherwise."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import database, embedded, first_schema


@pytest.fixture
def server() -> Iterator[embedded.Postgres]:
    with tempfile.TemporaryDirectory(prefix="wf-", dir="/tmp") as made:
        Path(made).chmod(0o755)
        postgres = embedded.Postgres(Path(made), fast=True).start()
        try:
            yield postgres
        finally:
            postgres.stop()


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


def written(statements: str = "SELECT 1;\n") -> str:
    first_schema.FILE.write_text(text := first_schema.written(statements))
    return text


def test_the_file_that_stands_here_is_what_the_script_wrote_of_these_migrations():
    """The script itself compares, statement by statement and row by row, what it wrote with what the migrations made."""
    assert first_schema.usable(), (
        "run scripts/first_schema.py: a migration it was made from has changed, or the file was edited"
    )


def test_it_is_left_alone_once_a_migration_it_was_made_from_changed_or_a_hand_did_it(tmp_path, monkeypatch):
    monkeypatch.setattr(first_schema, "FILE", tmp_path / "schema.sql")
    text = written()
    assert first_schema.usable() == text

    digest = next(iter(first_schema.sources().values()))
    first_schema.FILE.write_text(text.replace(digest, "0123456789abcdef", 1))
    assert first_schema.usable() == ""
    first_schema.FILE.write_text(text.replace("SELECT 1", "SELECT 2"))
    assert first_schema.usable() == ""
    first_schema.FILE.write_text("SELECT 1;\n")
    assert first_schema.usable() == ""
    first_schema.FILE.unlink()
    assert first_schema.usable() == ""


def test_it_is_restored_once_and_a_database_with_tables_is_left_alone(server, tmp_path, monkeypatch):
    monkeypatch.setattr(first_schema, "FILE", tmp_path / "schema.sql")
    written("CREATE TABLE public.one (id int); INSERT INTO public.one VALUES (7);\n")
    database.provision(server.url("fresh"))

    assert first_schema.restore(server.url("fresh", database.OWNER))
    assert not first_schema.restore(server.url("fresh", database.OWNER))

    assert rows(server, "fresh") == {"one": 1}


def test_what_the_server_refuses_leaves_the_database_empty(server, tmp_path, monkeypatch):
    monkeypatch.setattr(first_schema, "FILE", tmp_path / "schema.sql")
    written("CREATE TABLE one (id int); SELECT nothing_of_the_kind;\n")
    database.provision(server.url("broken"))

    assert not first_schema.restore(server.url("broken", database.OWNER))

    assert rows(server, "broken") == {}

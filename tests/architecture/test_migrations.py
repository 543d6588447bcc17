"""No migration hurts who works while it runs, nor the release before it (reliability.md R42)."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader

from tests.architecture.migration_rules import problems

OURS = {"accounts", "audit", "escalations", "notifications", "oncall", "policies", "reporting"}
# The newest of each app when the rule began, before the first release: no earlier one ever ran beside an older release.
BEFORE = {
    "accounts": 4,
    "audit": 6,
    "escalations": 36,
    "notifications": 8,
    "oncall": 4,
    "policies": 7,
    "reporting": 12,
}


def test_migrations_are_safe_to_run_under_load() -> None:
    loader = MigrationLoader(None)
    wrong = {}
    for (app, name), migration in (loader.disk_migrations or {}).items():
        if app in OURS and int(name[:4]) > BEFORE[app]:
            since = getattr(import_module(migration.__module__), "UNUSED_SINCE", "")
            if found := problems(migration, unused_since=since):
                wrong[f"{app} {name}"] = found
    assert wrong == {}


INDEX = models.Index(fields=["at"], name="i")
CHECK = models.CheckConstraint(condition=models.Q(n__gt=0), name="c")


@pytest.mark.parametrize(
    ("operation", "is_safe"),
    [
        (migrations.AddField("case", "n", models.IntegerField(null=True)), True),
        (migrations.AddField("case", "n", models.IntegerField(db_default=0)), True),
        (migrations.AddField("case", "n", models.IntegerField(default=0)), False),
        (migrations.RemoveField("case", "n"), False),
        (migrations.DeleteModel("case"), False),
        (migrations.RenameField("case", "n", "m"), False),
        (migrations.AddIndex("case", INDEX), False),
        (AddIndexConcurrently("case", INDEX), True),
        (migrations.AddConstraint("case", CHECK), False),
        (AddConstraintNotValid("case", CHECK), True),
        (migrations.RunSQL("ALTER TABLE x ALTER COLUMN n TYPE bigint"), False),
        (migrations.RunSQL(["CREATE INDEX i ON x (n)"]), False),
        (migrations.RunSQL("CREATE INDEX CONCURRENTLY i ON x (n)"), True),
        (migrations.RunSQL("CREATE POLICY p ON x USING (true)"), True),
        (migrations.SeparateDatabaseAndState([migrations.RemoveField("case", "n")]), False),
    ],
)
def test_what_hurts_is_told_with_the_way_out(operation: Any, is_safe: bool) -> None:
    assert (problems(SimpleNamespace(operations=[operation])) == []) is is_safe  # type: ignore[arg-type]


def test_a_new_table_takes_anything_and_what_nobody_uses_may_go() -> None:
    made = migrations.CreateModel("new", [("id", models.BigAutoField(primary_key=True))])
    fresh = [made, migrations.AddField("new", "n", models.IntegerField()), migrations.AddIndex("new", INDEX)]

    assert problems(SimpleNamespace(operations=fresh)) == []  # type: ignore[arg-type]
    gone = SimpleNamespace(operations=[migrations.RemoveField("case", "n")])
    assert problems(gone, unused_since="1.0") == []  # type: ignore[arg-type]
    mixed = SimpleNamespace(operations=[made, migrations.RunPython(migrations.RunPython.noop)])
    assert len(problems(mixed)) == 1  # type: ignore[arg-type]

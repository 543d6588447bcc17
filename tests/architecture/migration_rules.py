"""What a migration may do while the release before it still runs (reliability.md R42): expand, backfill, contract a release later.

`problems` reads one migration's operations. A module that takes away what no running code uses any more says since which
release: `UNUSED_SINCE = "1.4"`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.db import migrations
from django.db.migrations.operations.base import Operation
from django.db.models import CheckConstraint, Field
from django.db.models.fields import NOT_PROVIDED

_TAKES_AWAY = (migrations.RemoveField, migrations.DeleteModel, migrations.RenameField, migrations.RenameModel)
_DATA = (migrations.RunPython,)
_SQL = {
    r"\bDROP\s+(TABLE|COLUMN)\b": "takes away what the release before still uses",
    r"\bALTER\s+(COLUMN\s+)?\w+\s+(SET\s+DATA\s+)?TYPE\b": "rewrites the table under an exclusive lock",
    r"\bSET\s+NOT\s+NULL\b": "reads the whole table under an exclusive lock",
    r"\bCREATE\s+(UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY)": "locks the table against writing: CREATE INDEX CONCURRENTLY",
}


def problems(migration: type[migrations.Migration] | migrations.Migration, *, unused_since: str = "") -> list[str]:
    """What of it would hurt whoever works meanwhile, each with the way out; empty where it is safe."""
    made = {one.name.lower() for one in migration.operations if isinstance(one, migrations.CreateModel)}
    found = [said for one in migration.operations for said in _of(one, made, unused_since)]
    changes = [one for one in migration.operations if not isinstance(one, _DATA)]
    if changes and len(changes) < len(migration.operations):
        found.append("data and schema in one migration: the lock is held while rows are worked on; make two")
    return found


def _of(one: Operation, made: set[str], unused_since: str) -> Iterator[str]:
    if isinstance(one, migrations.SeparateDatabaseAndState):
        for inner in one.database_operations:
            yield from _of(inner, made, unused_since)
    elif isinstance(one, _TAKES_AWAY):
        if not unused_since:
            yield f"{one.describe()}: the release before still uses it; stop using it, release, and say UNUSED_SINCE then"
    elif isinstance(one, migrations.AddField):
        if one.model_name.lower() not in made and _is_demanded(one.field):
            yield f"{one.describe()}: the release before inserts rows without it; make it null or give it a db_default"
    elif isinstance(one, migrations.AddIndex):
        if not isinstance(one, AddIndexConcurrently) and one.model_name.lower() not in made:
            yield f"{one.describe()}: locks the table against writing; AddIndexConcurrently"
    elif isinstance(one, migrations.AddConstraint):
        if one.model_name.lower() not in made and not isinstance(one, AddConstraintNotValid):
            way = "AddConstraintNotValid, then ValidateConstraint"
            if not isinstance(one.constraint, CheckConstraint):
                way = "a unique index made concurrently first"
            yield f"{one.describe()}: reads the whole table under a lock; {way}"
    elif isinstance(one, migrations.RunSQL):
        yield from _of_sql(one, unused_since)


def _is_demanded(field: Field) -> bool:
    return not field.null and not field.many_to_many and field.db_default is NOT_PROVIDED


def _of_sql(one: migrations.RunSQL, unused_since: str) -> Iterator[str]:
    texts = one.sql if isinstance(one.sql, (list, tuple)) else [one.sql]
    for text in texts:
        for pattern, why in _SQL.items():
            if re.search(pattern, str(text), re.IGNORECASE) and not (unused_since and "DROP" in pattern):
                yield f"SQL {' '.join(str(text).split())[:60]!r}: {why}"

"""Many rows into several tables in one statement.

What costs is the round trip, not the row (performance.md, advice 6 and 7). Rows travel as one JSON text per table, which Postgres
unfolds by the table's own row type: one parameter each however many rows and columns, arrays and JSON included.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import orjson
from django.db import connection
from django.db.models import Field, GeneratedField, JSONField, Model


def insert(*tables: Sequence[Model]) -> None:
    """Insert unsaved instances, one list per table, all in one statement; an empty list is skipped.

    Each instance holds its primary key, or all of its list have None: then the database gives it, and it stays unknown here.
    Defaults of the database are not applied to fields: set them all. Foreign keys may point from one list to another.
    """
    filled = [rows for rows in tables if rows]
    if not filled:
        return
    statements, parameters = [], []
    for rows in filled:
        model = type(rows[0])
        fields = _fields(model, rows[0].pk is not None)
        columns = ", ".join(f'"{field.column}"' for field in fields)
        table = model._meta.db_table
        statements.append(
            f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::"{table}", %s::json)'
        )
        parameters.append(orjson.dumps([_row(row, fields) for row in rows]).decode())
    *first, last = statements
    head = "WITH " + ", ".join(f"part_{number} AS ({sql})" for number, sql in enumerate(first)) if first else ""
    with connection.cursor() as cursor:
        cursor.execute(f"{head} {last}", parameters)
    for rows in filled:
        for row in rows:
            row._state.adding, row._state.db = False, connection.alias


@cache
def _fields(model: type[Model], with_key: bool) -> tuple[Field[Any, Any], ...]:
    return tuple(
        field
        for field in model._meta.concrete_fields
        if not isinstance(field, GeneratedField) and (with_key or not field.primary_key)
    )


def _row(row: Model, fields: tuple[Field[Any, Any], ...]) -> dict[str, Any]:
    values = row.__dict__
    return {
        str(field.column): orjson.Fragment(orjson.dumps(values[field.attname]))
        if isinstance(field, JSONField)
        else values[field.attname]
        for field in fields
    }

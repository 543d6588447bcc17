"""Many rows into several tables in one statement.

What costs is the round trip, not the row (performance.md, advice 6 and 7). Rows travel as one JSON text per table, which Postgres
unfolds by the table's own row type: one parameter each however many rows and columns, arrays and JSON included. What is equal in
all rows travels once: of a case's seventy columns a batch shares fifty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

import orjson
from django.db import connection
from django.db.models import Field, GeneratedField, JSONField, Model
from django.db.models.base import ModelState

M = TypeVar("M", bound=Model)


def blank(model: type[M], **values: Any) -> M:
    """An unsaved instance with the model's defaults, and `values` by the names of attributes (`case_id`, not `case`).

    What `model()` makes, at a tenth of its cost, for those who make thousands a second. No `pre_init` or `post_init` is sent.
    """
    found = model.__new__(model)
    attributes = found.__dict__
    attributes.update(_defaults(model))
    for name, make in _made(model):
        attributes[name] = make()
    attributes.update(values)
    found._state = ModelState()
    return found


@cache
def _defaults(model: type[Model]) -> dict[str, Any]:
    return {name: value for name, value in model().__dict__.items() if name != "_state"}


@cache
def _made(model: type[Model]) -> tuple[tuple[str, Callable[[], Any]], ...]:
    """Defaults that each instance must have of its own: new lists, ids, times."""
    return tuple(
        (field.attname, field.default)
        for field in model._meta.concrete_fields
        if field.has_default() and callable(field.default)
    )


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
        statement, given = _insert(rows)
        statements.append(statement)
        parameters += given
    *first, last = statements
    head = "WITH " + ", ".join(f"part_{number} AS ({sql})" for number, sql in enumerate(first)) if first else ""
    with connection.cursor() as cursor:
        cursor.execute(f"{head} {last}", parameters)
    for rows in filled:
        for row in rows:
            row._state.adding, row._state.db = False, connection.alias


def _insert(rows: Sequence[Model]) -> tuple[str, list[str]]:
    """The statement for rows of one model, and its one or two parameters: what differs, and what all share."""
    model = type(rows[0])
    fields = _fields(model, rows[0].pk is not None)
    table = model._meta.db_table
    columns = [str(field.column) for field in fields]
    taken = ", ".join(f'"{column}"' for column in columns)
    head = f'INSERT INTO "{table}" ({taken})'
    attributes = [row.__dict__ for row in rows]
    by_column = [
        [_Json(orjson.dumps(values[field.attname])) for values in attributes]
        if isinstance(field, JSONField)
        else [values[field.attname] for values in attributes]
        for field in fields
    ]
    if len(rows) == 1:
        text = _dumps({column: values[0] for column, values in zip(columns, by_column, strict=True)})
        return f'{head} SELECT {taken} FROM json_populate_record(NULL::"{table}", %s::json)', [text]
    shared, own = {}, []
    for column, values in zip(columns, by_column, strict=True):
        if _is_one(values):
            shared[column] = values[0]
        else:
            own.append((column, values))
    names = [column for column, _values in own]
    each = [dict(zip(names, row, strict=True)) for row in zip(*(values for _column, values in own), strict=True)]
    chosen = ", ".join(f'{"s" if column in shared else "o"}."{column}"' for column in columns)
    return (
        f'{head} SELECT {chosen} FROM json_populate_recordset(NULL::"{table}", %s::json) o,'
        f' json_populate_record(NULL::"{table}", %s::json) s',
        [_dumps(each or [{}] * len(rows)), _dumps(shared)],
    )


class _Json(bytes):
    """A value that is JSON already, which is compared as such."""


def _fragment(value: Any) -> orjson.Fragment:
    if isinstance(value, _Json):
        return orjson.Fragment(bytes(value))
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _dumps(value: Any) -> str:
    return orjson.dumps(value, default=_fragment).decode()


def _is_one(values: list[Any]) -> bool:
    """Whether all values are the same and of one type (1 and true are equal here, and not in JSON)."""
    first = values[0]
    return values.count(first) == len(values) and len({type(value) for value in values}) == 1


def array(values: Iterable[Any]) -> str:
    """Numbers, texts, times and None as one literal of a Postgres array, to be cast: `%s::bigint[]`.

    The driver would write a list as ARRAY[…], which Postgres reads as an expression for each element: for thousands the plan
    then takes longer than the work.
    """
    values = list(values)
    kinds = {type(value) for value in values}
    if kinds == {int}:
        return "{" + ",".join(map(str, values)) + "}"
    if kinds == {str}:  # no text holds a NUL: all are escaped in one pass
        return '{"' + _escaped("\x00".join(values)).replace("\x00", '","') + '"}'
    return "{" + ",".join(_element(value) for value in values) + "}"


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int) and not isinstance(value, bool):
        return str(int(value))
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


@cache
def _fields(model: type[Model], with_key: bool) -> tuple[Field[Any, Any], ...]:
    return tuple(
        field
        for field in model._meta.concrete_fields
        if not isinstance(field, GeneratedField) and (with_key or not field.primary_key)
    )


# -- Reading -----------------------------------------------------------------------------------------------------------
def columns(model: type[Model], table: str, *, without: frozenset[str] = frozenset()) -> str:
    """The columns of `model` for a SELECT or RETURNING, by the name the statement has for its table; `read` takes them."""
    return ", ".join(f"{table}.{field.column}" for field in _stored(model, without))


def read(model: type[M], row: Sequence[Any], *, without: frozenset[str] = frozenset()) -> M:
    """The instance that the values of `columns` make, in their order; what `without` left out is read when it is asked for.

    A query's own instance at a fifth of its cost, for what every request reads.
    """
    names, converters = _read_as(model, without)
    values = list(row)
    for place, convert in converters:
        values[place] = convert(values[place], None, connection)
    return model.from_db(connection.alias, names, values)


@cache
def _stored(model: type[Model], without: frozenset[str]) -> tuple[Field[Any, Any], ...]:
    return tuple(field for field in model._meta.concrete_fields if field.name not in without)


@cache
def _read_as(
    model: type[Model], without: frozenset[str]
) -> tuple[tuple[str, ...], tuple[tuple[int, Callable[..., Any]], ...]]:
    fields = _stored(model, without)
    converters = [
        (place, convert) for place, field in enumerate(fields) for convert in field.get_db_converters(connection)
    ]
    return tuple(field.attname for field in fields), tuple(converters)

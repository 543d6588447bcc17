"""Keyset pages: next and previous by a signed cursor over the sort columns, by row-value comparison.

`WHERE (order_at, id) > (…, …)` walks the index; the usual OR form is no better than OFFSET (performance.md, advice 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar, cast
from urllib.parse import urlencode

import orjson
from django.core import signing
from django.db.models import BooleanField, F, Field, Func, Model, QuerySet, Value

from core.errors import BadRequest

M = TypeVar("M", bound=Model)
_SALT = "core.pagination"


class RowGreater(Func):
    """`(a, b) > (x, y)` as one comparison that an index on (a, b) answers."""

    template = "(%(left)s) %(op)s (%(right)s)"
    output_field: Field[Any, Any] = BooleanField()

    def __init__(self, columns: Sequence[str], values: Sequence[Any], *, descending: bool = False) -> None:
        self.size = len(columns)
        self.descending = descending
        super().__init__(*[F(column) for column in columns], *[Value(value) for value in values])

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        parts, params = [], []
        for expression in self.source_expressions:
            sql, values = compiler.compile(expression)
            parts.append(sql)
            params.extend(values)
        left, right = ", ".join(parts[: self.size]), ", ".join(parts[self.size :])
        return f"(({left}) {'<' if self.descending else '>'} ({right}))", params

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        copy = super().resolve_expression(*args, **kwargs)
        copy.size, copy.descending = self.size, self.descending
        return copy

    @property
    def conditional(self) -> bool:
        return True


@dataclass(frozen=True)
class Page(Generic[M]):
    """Rows of one page; `next` and `previous` are opaque cursors or empty."""

    rows: list[M]
    next: str
    previous: str


def encode(values: Sequence[Any], *, owner: str, backward: bool = False) -> str:
    """An opaque cursor, bound to its list and reader (`owner`): another's is refused."""
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return signing.dumps([owner, backward, plain], salt=_SALT, serializer=_Orjson)


def decode(cursor: str, *, owner: str) -> tuple[list[Any], bool]:
    """Values and direction. Raises `BadRequest` for a cursor that is not ours, or another list's."""
    try:
        whose, backward, values = signing.loads(cursor, salt=_SALT, serializer=_Orjson)
    except (signing.BadSignature, ValueError):
        whose, backward, values = None, False, []
    if whose != owner:
        raise BadRequest("The cursor is not valid for this list: start again without it.", code="bad_cursor")
    return values, backward


def keyset(
    rows: QuerySet[M], columns: Sequence[str], *, cursor: str, limit: int, owner: str, descending: bool = False
) -> Page[M]:
    """One page of `rows` by `columns` (all ascending, or all descending, ending in `id`)."""
    values, backward = decode(cursor, owner=owner) if cursor else ([], False)
    reverse = descending != backward
    ordered = rows.order_by(*[f"-{column}" if reverse else column for column in columns])
    if values:
        parsed = [
            cast("Field[Any, Any]", rows.model._meta.get_field(column)).to_python(value)
            if "__" not in column
            else value
            for column, value in zip(columns, values, strict=True)
        ]
        ordered = ordered.filter(RowGreater(columns, parsed, descending=reverse))
    found = list(ordered[: limit + 1])
    more = len(found) > limit
    found = found[:limit]
    if backward:
        found.reverse()
    if not found:
        return Page([], "", "")

    def at(row: M, *, back: bool) -> str:
        return encode([getattr(row, column) for column in columns], owner=owner, backward=back)

    has_next = more if not backward else True
    has_previous = more if backward else bool(values)
    return Page(found, at(found[-1], back=False) if has_next else "", at(found[0], back=True) if has_previous else "")


def addresses(page: Page[Any], **kept: str) -> dict[str, str]:
    """`newer` and `older`, the addresses beside this page for `components/pagination.html`, and `query`, what is `kept` of its own."""
    own = {name: value for name, value in kept.items() if value}
    return {
        "newer": f"?{urlencode(own | {'cursor': page.previous})}" if page.previous else "",
        "older": f"?{urlencode(own | {'cursor': page.next})}" if page.next else "",
        "query": urlencode(own),
    }


class _Orjson:
    """Serializer for signed cursors."""

    def dumps(self, value: Any) -> bytes:
        return orjson.dumps(value)

    def loads(self, data: bytes) -> Any:
        return orjson.loads(data)

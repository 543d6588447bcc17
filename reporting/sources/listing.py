"""How a list page becomes a source: its columns, the rows its page would show this viewer, and the filter of its address."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Func, QuerySet, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import NullIf

from accounts.models import User
from core.errors import FieldProblem, Invalid
from escalations.filters.limits import TooSlow, within
from reporting.exports import Column, Holds, Keyset, Params, Source, Words

COUNTED_WITHIN_S = 3.0
Field = tuple[Column, str | Combinable]
Rows = Callable[[Params, User, datetime], QuerySet[Any]]


def text_of(params: Params, name: str, default: str = "") -> str:
    """A parameter as text without spaces around it."""
    return str(params.get(name, default)).strip().replace("\x00", "")


def problem(name: str, detail: str) -> Invalid:
    """What is raised for a parameter that the page would refuse, too."""
    return Invalid(errors=[FieldProblem(f"/{name}", "invalid", detail)])


class Joined(Func):
    """The members of an array, or what a subquery of one column finds, as one text with commas."""

    def __init__(self, of: str | QuerySet[Any]) -> None:
        inner = F(of) if isinstance(of, str) else ArraySubquery(of)
        super().__init__(inner, Value(", "), function="array_to_string", output_field=TextField())


@dataclass(frozen=True)
class Listing:
    """A list page. `rows` is the queryset behind it, by key; `lines` answers values where rows are more than one queryset.

    `takes` are the parameters of the page's address that narrow it; the same text stands in the file's first row.
    """

    key: str
    title: Words
    may: Callable[[User], bool]
    fields: Sequence[Field] = ()
    rows: Rows | None = None
    columns: Sequence[Column] = ()
    lines: Callable[[Params, User, datetime], Iterator[Sequence[Any]]] | None = None
    counted: Rows | None = None
    takes: Sequence[str] = ()
    check: Callable[[Params, User, datetime], None] | None = None
    defaults: dict[str, str] = field(default_factory=dict)

    def source(self) -> Source:
        """As the export machinery reads it."""
        return Source(
            key=self.key,
            title=self.title,
            columns=[column for column, _name in self.fields] or list(self.columns),
            keyset=self._keyset if self.rows is not None else None,
            rows=self.lines,
            said=self._said,
            check=self.check,
            may=self.may,
            count=self._count if self.rows or self.counted else None,
            takes=self.takes,
        )

    def _keyset(self, params: Params, viewer: User, at: datetime) -> Keyset:
        assert self.rows is not None
        return Keyset(self.rows(params, viewer, at), [_expression(column, name) for column, name in self.fields])

    def _count(self, params: Params, viewer: User, at: datetime, at_most: int) -> int:
        rows = self.rows or self.counted
        assert rows is not None
        found = rows(params, viewer, at).order_by()
        try:
            return within(COUNTED_WITHIN_S, lambda: found[:at_most].count())
        except TooSlow:  # nobody knows: then it is as if there were too many
            return at_most

    def _said(self, params: Params) -> str:
        given = {name: text_of(params, name, self.defaults.get(name, "")) for name in self.takes}
        return " ".join(f"{name}:{value}" for name, value in given.items() if value)


def _expression(column: Column, name: str | Combinable) -> str | Combinable:
    """A code that is empty is no code."""
    return NullIf(F(name), Value("")) if column.holds is Holds.WORD and isinstance(name, str) else name

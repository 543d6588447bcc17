"""Who knows rows that can be taken out: sources, which apps and parts of reporting register in `ready()`.

A source names its columns and either answers its rows one by one (`rows`), or a queryset that the engine reads in keyset chunks
(`keyset`): the second way takes millions of rows, goes on after a crash where it stopped, and is copied by the database itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.utils.functional import Promise

from accounts.models import User
from accounts.permissions import can
from accounts.roles import Action

Params = Mapping[str, Any]
Words = str | Promise


class Holds(StrEnum):
    """What a column of a file holds. `WORD` is a code of a closed list: no spreadsheet takes one for a formula."""

    TEXT = "text"
    WORD = "word"
    INTEGER = "integer"
    NUMBER = "number"
    TIME = "time"
    YES_NO = "yes_no"


@dataclass(frozen=True)
class Column:
    """One column: its heading, what it holds, and what the Definitions sheet says of it."""

    key: str
    holds: Holds = Holds.TEXT
    meaning: Words = ""
    unit: str = ""


@dataclass(frozen=True)
class Keyset:
    """Rows to be read in order of their primary key: a queryset of what the asker may see, and an expression for each column."""

    rows: QuerySet[Any]
    fields: Sequence[str | Combinable]


def may_take_rows(user: User) -> bool:
    """The usual condition: whoever may take rows out at all."""
    return can(user, Action.EXPORT)


@dataclass(frozen=True)
class Source:
    """Rows that can be taken out under `key`.

    `columns(params, user)`; `said(params)` is the filter in words for the file's first row. `check(params, user, at)` raises `Invalid`
    or `NotPermitted` before anything is asked for; `may` is asked again before every chunk. `count(params, user, at, at_most)` counts
    no further than `at_most` rows. `is_figures`: aggregates, to which the limit of rows does not apply. `definitions(params)` are
    further lines (name, meaning) for the Definitions sheet. `takes` are the parameters that its page of asking reads from an address.
    One of `rows` and `keyset` is given.
    """

    key: str
    title: Words
    columns: Callable[[Params, User], Sequence[Column]] | Sequence[Column]
    rows: Callable[[Params, User, datetime], Iterator[Sequence[Any]]] | None = None
    keyset: Callable[[Params, User, datetime], Keyset] | None = None
    said: Callable[[Params], str] = lambda params: str(params.get("q", ""))
    check: Callable[[Params, User, datetime], None] | None = None
    may: Callable[[User], bool] = may_take_rows
    count: Callable[[Params, User, datetime, int], int] | None = None
    is_figures: bool = False
    definitions: Callable[[Params], Sequence[tuple[str, str]]] | None = None
    takes: Sequence[str] = ("q",)

    def columns_of(self, params: Params, user: User) -> list[Column]:
        """The columns of one export."""
        return list(self.columns(params, user) if callable(self.columns) else self.columns)


SOURCES: dict[str, Source] = {}


def may_take(user: User, key: str) -> bool:
    """Whether `user` takes out the rows of this name, and has a list of exports to fetch the file from."""
    source = SOURCES.get(key)
    return source is not None and user.is_internal and source.may(user)


def register(source: Source) -> None:
    """Add a source, from an app's `ready()`; a second one of the same key replaces the first (`ready()` may run twice)."""
    if (source.rows is None) == (source.keyset is None):
        raise ValueError(f"the source {source.key} needs rows or a keyset, and not both")
    SOURCES[source.key] = source

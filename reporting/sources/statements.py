"""A statement of the SQL tab as a source: run when its turn comes, with the asker's rights of that moment, a hundred thousand rows at most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from reporting import dictionary, rights, sql_text
from reporting.exports import Column, Holds, Params, Source
from reporting.operations import sql


def _statement(params: Params) -> str:
    return str(params.get("statement", ""))


def _columns(params: Params, viewer: User) -> list[Column]:
    """The columns that were found when it was asked; what the dictionary says of those that are a view's own."""
    known = {column.name: column for view in dictionary.VIEWS.values() for column in view.columns}
    made = []
    for name, holds in params.get("columns", ()):
        of_view = known.get(name)
        made.append(
            Column(
                name,
                Holds(holds),
                of_view.meaning if of_view else _("Computed by the statement."),
                of_view.unit if of_view else "",
            )
        )
    return made


def _rows(params: Params, viewer: User, at: datetime) -> Iterator[Sequence[Any]]:
    rights.check_can_query(viewer)
    with sql.opened(_statement(params), by=viewer) as (_columns_found, rows):
        yield from rows


def _check(params: Params, viewer: User, at: datetime) -> None:
    rights.check_can_query(viewer)
    sql_text.check(_statement(params))


def _may(viewer: User) -> bool:
    return rights.can_export(viewer) and rights.can_query(viewer)


def _definitions(params: Params) -> list[tuple[str, str]]:
    return [("statement", _statement(params)), ("dictionary", f"version {dictionary.VERSION}")]


STATEMENTS = Source(
    key="sql",
    title=_("Answer of a SQL statement"),
    columns=_columns,
    rows=_rows,
    said=lambda params: " ".join(_statement(params).split()),
    check=_check,
    may=_may,
    definitions=_definitions,
)

"""The case list of the queue console as a source: the filter, with the asker's rights, in order of arrival in the database.

With `keys` (references with spaces between) those of its cases alone that somebody selected.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Value
from django.db.models.functions import NullIf
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from escalations.filters.limits import TooSlow, within
from escalations.querysets import CaseQuerySet
from escalations.selectors import queue
from reporting.exports import Column, Holds, Keyset, Params, Source

COUNTED_WITHIN_S = 3.0
_W, _T, _N, _AT = Holds.WORD, Holds.TEXT, Holds.INTEGER, Holds.TIME

# heading → (what it holds, expression, meaning). The headings are those of the console's own small file.
FIELDS: tuple[tuple[Column, str], ...] = (
    (Column("key", _W, _("The case’s reference.")), "ref"),
    (Column("title", _T, _("What the case is called.")), "title"),
    (Column("severity", _N, _("How bad: 0 (worst) to 4.")), "severity"),
    (Column("status", _W, _("New, in review, waiting, decided or closed.")), "status"),
    (Column("resolution", _W, _("How it was closed; empty while open.")), "resolution"),
    (Column("due_clock", _W, _("The letter of the clock that is due next.")), "due_metric"),
    (Column("due_at_utc", _AT, _("When that clock is due.")), "due_at"),
    (Column("source", _W, _("How it came.")), "channel"),
    (Column("language", _T, _("Language of the content.")), "language"),
    (Column("surface", _W, _("Where it was seen.")), "surface"),
    (Column("harm", _W, _("The kind of harm.")), "harm"),
    (Column("market", _T, _("The market concerned.")), "market"),
    (Column("reach", _N, _("People or views reached, the largest figure reported.")), "reach"),
    (Column("queue", _T, _("The queue it stands in.")), "queue__name"),
    (Column("organization", _T, _("Who sent it.")), "organization__name"),
    (Column("assignee", _T, _("Who works on it.")), "assignee__display_name"),
    (Column("received_at_utc", _AT, _("When it came.")), "received_at"),
    (Column("updated_at_utc", _AT, _("When it last changed.")), "updated_at"),
    (Column("reopened", _N, _("How often it was reopened.")), "reopened_count"),
    (Column("cluster_size", _N, _("How many cases were merged into it.")), "cluster_size"),
)  # fmt: skip
# What a vendor never reads: our people (permissions.md §5, class P5), what others sent about the same, which of our clocks is next.
_OURS = frozenset({"assignee", "cluster_size", "due_clock"})
_OUTWARD = {"queue": "queue__outward_name"}


def _fields(viewer: User) -> list[tuple[Column, str]]:
    if viewer.is_internal:
        return list(FIELDS)
    return [(column, _OUTWARD.get(column.key, name)) for column, name in FIELDS if column.key not in _OURS]


def _columns(params: Params, viewer: User) -> list[Column]:
    return [column for column, _expression in _fields(viewer)]


def _rows(params: Params, viewer: User, at: datetime) -> Keyset:
    compiled = queue.filtered(_text(params), viewer=viewer, at=at)
    compiled.raise_for_errors()
    cases = queue.in_list(compiled, viewer=viewer, at=at)
    if not viewer.is_internal:
        cases = cases.filter(compartments=[])  # the engine that reads them is under no row level security
    return Keyset(
        _selected(cases, params),
        [NullIf(F(name), Value("")) if column.holds is Holds.WORD else name for column, name in _fields(viewer)],
    )


def _check(params: Params, viewer: User, at: datetime) -> None:
    queue.filtered(_text(params), viewer=viewer, at=at).raise_for_errors()


def _count(params: Params, viewer: User, at: datetime, at_most: int) -> int:
    compiled = queue.filtered(_text(params), viewer=viewer, at=at)
    found = _selected(queue.in_list(compiled, viewer=viewer, at=at), params).order_by()
    try:
        return within(COUNTED_WITHIN_S, lambda: found[:at_most].count())
    except TooSlow:  # nobody knows: then it is as if there were too many
        return at_most


def _keys(params: Params) -> list[str]:
    return str(params.get("keys", "")).upper().split()


def _selected(cases: CaseQuerySet, params: Params) -> CaseQuerySet:
    keys = _keys(params)
    return cases.filter(ref__in=keys) if keys else cases


def _said(params: Params) -> str:
    """The filter, and how many of its cases were selected by hand."""
    keys = _keys(params)
    return (
        gettext("%(filter)s (%(count)d selected)") % {"filter": _text(params), "count": len(keys)}
        if keys
        else _text(params)
    )


def _text(params: Params) -> str:
    return str(params.get("q", queue.DEFAULT_FILTER))


CASES = Source(
    key="cases",
    title=_("Cases of the queue"),
    columns=_columns,
    keyset=_rows,
    said=_said,
    check=_check,
    count=_count,
    takes=("q", "keys"),
)

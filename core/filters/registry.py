"""The fields a filter may use, as data: an app builds one registry for its rows; parser, help page and completion read it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, Protocol, TypeVar

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.filters.conditions import (
    Anything,
    BadValue,
    Condition,
    Contains,
    Equal,
    FilterContext,
    Mine,
    MyTeam,
    Nothing,
    Span,
)
from core.filters.tree import Marker, Term, Value
from core.filters.tree import Special as SpecialValue
from core.filters.values import ValueType

C = TypeVar("C", bound=FilterContext)
C_contra = TypeVar("C_contra", bound=FilterContext, contravariant=True)
Words = str | Promise

MARKER_CONDITIONS: dict[Marker, Condition] = {
    Marker.NONE: Nothing(),
    Marker.ANY: Anything(),
    Marker.ME: Mine(),
    Marker.TEAM: MyTeam(),
}


@dataclass(frozen=True)
class Suggestion:
    """One word that may stand here. `text` is written into the filter, `label` explains it."""

    text: str
    label: Words = ""
    count: int | None = None
    is_count_capped: bool = False


class Build(Protocol[C_contra]):
    """Turns what a term asks into a condition on the rows; the conditions are alternatives."""

    def __call__(self, conditions: Sequence[Condition], context: C_contra, /) -> Q: ...


def _everyone(_context: FilterContext) -> bool:
    return True


@dataclass(frozen=True)
class Field(Generic[C]):
    """One field: how it is named, what values it takes, who may use it, and what it means in the database.

    `markers` are the special words it takes. `why_not` completes "`field:` — …" for someone who may not use it.
    """

    name: str
    group: str
    label: Words
    kind: ValueType
    build: Build[C]
    aliases: tuple[str, ...] = ()
    markers: frozenset[Marker] = frozenset()
    examples: tuple[str, ...] = ()
    help: Words = ""
    may_use: Callable[[C], bool] = _everyone
    why_not: Words = ""
    suggest: Callable[[str, C], Sequence[Suggestion]] | None = None

    def condition(self, value: Value, context: C) -> Condition:
        """What one value asks. Raises `BadValue`."""
        if not isinstance(value, SpecialValue):
            return self.kind.condition(value, context)
        if value.marker not in self.markers:
            raise BadValue(self.expected_sentence())
        return MARKER_CONDITIONS[value.marker]

    def conditions(self, term: Term, context: C) -> list[Condition]:
        """What every value of the term asks. Raises `BadValue` for the first that asks nothing."""
        return [self.condition(value, context) for value in term.values]

    def expected_sentence(self) -> str:
        """ "expected …", with the special words this field takes."""
        said = _("expected %(kind)s") % {"kind": self.kind.expects}
        words = [f"`{marker.value}`" for marker in Marker if marker in self.markers]
        return said + (_(" or %(words)s") % {"words": ", ".join(words)} if words else "")


@dataclass(frozen=True)
class Shape:
    """One name that `sort:`, `group:` or `cols:` takes."""

    name: str
    label: Words


@dataclass(frozen=True)
class Registry(Generic[C]):
    """All fields of one kind of row. `free` turns a word or phrase without a field into a condition."""

    fields: tuple[Field[C], ...]
    free: Callable[[str, C], Q]
    sorts: tuple[Shape, ...] = ()
    groups: tuple[Shape, ...] = ()
    columns: tuple[Shape, ...] = ()
    group_labels: dict[str, Words] = field(default_factory=dict)

    @cached_property
    def by_name(self) -> dict[str, Field[C]]:
        """Fields under their names and aliases, in lower case."""
        return {name: entry for entry in self.fields for name in (entry.name, *entry.aliases)}

    @cached_property
    def shapes(self) -> dict[str, dict[str, Shape]]:
        """What each of `sort`, `group` and `cols` takes."""
        listed = {"sort": self.sorts, "group": self.groups, "cols": self.columns}
        return {name: {shape.name: shape for shape in shapes} for name, shapes in listed.items() if shapes}

    def extend(self, *fields: Field[C]) -> None:
        """Add fields of an app to the right, from its `ready()`; one of the same name replaces the first (`ready()` may run twice)."""
        names = {added.name for added in fields}
        kept = tuple(known for known in self.fields if known.name not in names)
        object.__setattr__(self, "fields", (*kept, *fields))  # frozen for everybody else
        self.__dict__.pop("by_name", None)

    def find(self, name: str) -> Field[C] | None:
        """The field with this name or alias."""
        return self.by_name.get(name.lower())

    def names_for(self, context: C) -> list[str]:
        """The names and aliases this reader may use, shapes included."""
        return [name for name, entry in self.by_name.items() if entry.may_use(context)] + list(self.shapes)


def on_column(path: str, *, is_text: bool = False) -> Build[FilterContext]:
    """A builder for one column: plain comparisons, which an index serves and row level security lets through.

    For a text column `none` is the empty text.
    """

    def build(conditions: Sequence[Condition], _context: FilterContext, /) -> Q:
        asked = Q()
        equals = [condition.value for condition in conditions if isinstance(condition, Equal)]
        if len(equals) == 1:
            asked |= Q(**{path: equals[0]})
        elif equals:
            asked |= Q(**{f"{path}__in": equals})
        for condition in conditions:
            if isinstance(condition, Span):
                asked |= span_q(path, condition)
            elif isinstance(condition, Contains):
                asked |= Q(**{f"{path}__icontains": condition.text})
            elif isinstance(condition, Nothing):
                asked |= Q(**{path: ""}) if is_text else Q(**{f"{path}__isnull": True})
            elif isinstance(condition, Anything):
                asked |= ~Q(**{path: ""}) if is_text else Q(**{f"{path}__isnull": False})
        return asked

    return build


def span_q(path: str, span: Span) -> Q:
    """The condition that a column lies in a span; a column without a value does not."""
    asked = Q()
    if span.low is not None:
        asked &= Q(**{f"{path}__{'gt' if span.low_open else 'gte'}": span.low})
    if span.high is not None:
        asked &= Q(**{f"{path}__{'lt' if span.high_open else 'lte'}": span.high})
    return asked

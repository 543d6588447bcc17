"""The parsed form of a filter: what was asked, and where in the text each part stands.

Two trees are equal when they ask the same in the same order; positions (`span`) are for messages and chips and do not count.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

Span = tuple[int, int]
"""Start and end (exclusive) in the text that was parsed, in characters."""

NOWHERE: Span = (0, 0)


class Marker(Enum):
    """The value words with a meaning of their own; in quotes they are ordinary text."""

    NONE = "none"
    ANY = "any"
    ME = "@me"
    TEAM = "@team"


MARKERS = {marker.value: marker for marker in Marker}


@dataclass(frozen=True)
class Word:
    """One plain value, quoted or not: `es`, `"two words"`."""

    text: str
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class Special:
    """`none`, `any`, `@me` or `@team`."""

    marker: Marker
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class Compare:
    """A value behind an operator: `<2h`, `~"fake broker"`."""

    op: str
    text: str
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class Range:
    """`low..high`, both ends meant."""

    low: str
    high: str
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


Value = Word | Special | Compare | Range


@dataclass(frozen=True)
class Term:
    """`field:value,value`: any of the values. `field` is in lower case, as typed (it may be an alias or unknown)."""

    field: str
    values: tuple[Value, ...]
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class Free:
    """A word or a quoted phrase to be found in the text."""

    text: str
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class Not:
    """Everything the child does not match."""

    child: Node
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class And:
    """All of at least two children, none of which is itself an `And`."""

    children: tuple[Node, ...]
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class Or:
    """Any of at least two children, none of which is itself an `Or`."""

    children: tuple[Node, ...]
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


Node = Term | Free | Not | And | Or

SHAPE_FIELDS = ("sort", "group", "cols")
"""Terms that say how the answer is laid out, not what is in it. In the order they are printed."""


@dataclass(frozen=True)
class Query:
    """A whole filter. `root` is None when it asks for everything; `shape` holds at most one term per shape field."""

    root: Node | None = None
    shape: tuple[Term, ...] = ()

    def shape_term(self, name: str) -> Term | None:
        """The `sort`, `group` or `cols` term, if there is one."""
        return next((term for term in self.shape if term.field == name), None)

    def conjuncts(self) -> tuple[Node, ...]:
        """The conditions that must all hold; empty when everything matches."""
        if self.root is None:
            return ()
        return self.root.children if isinstance(self.root, And) else (self.root,)


def walk(node: Node | None) -> Iterator[Term | Free]:
    """Every leaf of the tree, from left to right."""
    if node is None:
        return
    if isinstance(node, Term | Free):
        yield node
    elif isinstance(node, Not):
        yield from walk(node.child)
    else:
        for child in node.children:
            yield from walk(child)


def both(parts: list[Node], span: Span) -> Node:
    """The conjunction of at least one part, flat, so that one meaning has one tree."""
    flat = [leaf for part in parts for leaf in (part.children if isinstance(part, And) else (part,))]
    return flat[0] if len(flat) == 1 else And(tuple(flat), span)


def either(parts: list[Node], span: Span) -> Node:
    """The alternative of at least one part, flat, so that one meaning has one tree."""
    flat = [leaf for part in parts for leaf in (part.children if isinstance(part, Or) else (part,))]
    return flat[0] if len(flat) == 1 else Or(tuple(flat), span)

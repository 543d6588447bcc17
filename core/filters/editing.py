"""Changing a filter by its parts, as chips do: every function takes text and answers text.

Each raises `FilterError` when the text is not a filter; the answer is canonical. An index counts `chips(text)`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.filters.parser import parse
from core.filters.printing import node_text, term_text, to_text
from core.filters.tree import SHAPE_FIELDS, Node, Not, Query, Term, Word, both


@dataclass(frozen=True)
class Chip:
    """One top-level part of a filter. `start` and `end` (exclusive) are its place in the text that was given."""

    index: int
    text: str
    start: int
    end: int
    is_negated: bool
    is_shape: bool
    field: str | None


def chips(text: str) -> list[Chip]:
    """The parts that must all hold, then sort, group and columns. A filter that is one OR is one chip."""
    query = parse(text)
    found = [_condition_chip(index, node) for index, node in enumerate(query.conjuncts())]
    for term in query.shape:
        found.append(Chip(len(found), term_text(term), *term.span, is_negated=False, is_shape=True, field=term.field))
    return found


def remove_term(text: str, index: int) -> str:
    """The filter without that chip. Raises `IndexError` for an index that is not there."""
    return _with_part(text, index, None)


def replace_term(text: str, index: int, part: str) -> str:
    """The filter with another text in place of that chip; an empty text removes it."""
    query = parse(text)
    _check_index(query, index)
    without = parse(remove_term(text, index))
    put = parse(part)
    if put.root is None and not put.shape:
        return to_text(without)
    conditions = list(query.conjuncts())
    if index < len(conditions):
        conditions[index : index + 1] = put.conjuncts()
    else:
        conditions.extend(put.conjuncts())
    return to_text(Query(_joined(conditions), _shape_of(without.shape, put.shape)))


def negate_term(text: str, index: int) -> str:
    """The filter with that chip turned round: left out if it was asked for, asked for if it was left out.

    `sort:`, `group:` and `cols:` cannot be left out and stay as they are.
    """
    query = parse(text)
    _check_index(query, index)
    conditions = query.conjuncts()
    if index >= len(conditions):
        return to_text(query)
    node = conditions[index]
    turned: Node = node.child if isinstance(node, Not) else Not(node)
    return _with_part(text, index, turned)


def add_term(text: str, term: str) -> str:
    """The filter that also asks for `term`; unchanged (but canonical) when it already does. A shape term replaces its like."""
    query, added = parse(text), parse(term)
    conditions = list(query.conjuncts())
    conditions.extend(node for node in added.conjuncts() if node not in conditions)
    return to_text(Query(_joined(conditions), _shape_of(query.shape, added.shape)))


def set_term(text: str, term: str) -> str:
    """The filter with `term` in place of every top-level condition on the same field: what a link in a header does."""
    query, added = parse(text), parse(term)
    fields = {_field_of(node) for node in added.conjuncts()} - {None}
    kept = [node for node in query.conjuncts() if _field_of(node) not in fields]
    kept.extend(node for node in added.conjuncts() if node not in kept)
    return to_text(Query(_joined(kept), _shape_of(query.shape, added.shape)))


def set_sort(text: str, order: str | None) -> str:
    """The filter sorted by `order` (`due`, `reach-`), or without a sort for None."""
    query = parse(text)
    shape = tuple(term for term in query.shape if term.field != "sort")
    if order is None:
        return to_text(replace(query, shape=shape))
    return to_text(replace(query, shape=_shape_of(shape, (Term("sort", (Word(order),)),))))


def _condition_chip(index: int, node: Node) -> Chip:
    negated = isinstance(node, Not)
    return Chip(index, node_text(node), *node.span, is_negated=negated, is_shape=False, field=_field_of(node))


def _field_of(node: Node) -> str | None:
    inner = node.child if isinstance(node, Not) else node
    return inner.field if isinstance(inner, Term) else None


def _with_part(text: str, index: int, part: Node | None) -> str:
    query = parse(text)
    _check_index(query, index)
    conditions = list(query.conjuncts())
    if index >= len(conditions):
        gone = query.shape[index - len(conditions)]
        return to_text(replace(query, shape=tuple(term for term in query.shape if term is not gone)))
    conditions[index : index + 1] = [] if part is None else [part]
    return to_text(replace(query, root=_joined(conditions)))


def _check_index(query: Query, index: int) -> None:
    if not 0 <= index < len(query.conjuncts()) + len(query.shape):
        raise IndexError(index)


def _joined(conditions: list[Node]) -> Node | None:
    return both(conditions, (0, 0)) if conditions else None


def _shape_of(old: tuple[Term, ...], new: tuple[Term, ...]) -> tuple[Term, ...]:
    by_field = {term.field: term for term in (*old, *new)}
    return tuple(by_field[name] for name in SHAPE_FIELDS if name in by_field)

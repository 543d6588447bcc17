"""Tree to Django condition: fields looked up, values understood, rights applied, every fault reported at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from functools import reduce
from operator import and_, or_
from typing import Generic, TypeVar

from django.db.models import Q
from django.utils.translation import gettext as _

from core.filters.conditions import BadValue, Condition, FilterContext, Span
from core.filters.errors import FilterError, Problem, nearest
from core.filters.parser import parse, quote
from core.filters.printing import to_text
from core.filters.registry import Field, Registry
from core.filters.tree import (
    SHAPE_FIELDS,
    And,
    Compare,
    Free,
    Node,
    Not,
    Or,
    Query,
    Range,
    Special,
    Term,
    Value,
    Word,
    walk,
)

C = TypeVar("C", bound=FilterContext)


@dataclass(frozen=True)
class Order:
    """`sort:reach-` is reach, descending."""

    name: str
    is_descending: bool


@dataclass(frozen=True)
class Resolved:
    """A time in the filter and what it came to when it was read. `low` and `high` are aware UTC; None is open."""

    term: str
    low: datetime | None
    high: datetime | None

    def words(self, zone: tzinfo) -> str:
        """In the reader's zone: "2026-11-15 14:02 to 2026-11-22 14:02 (Europe/Dublin)"."""

        def shown(moment: datetime) -> str:
            return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")

        named = {"zone": str(zone)}
        if self.low and self.high:
            return _("%(low)s to %(high)s (%(zone)s)") % {**named, "low": shown(self.low), "high": shown(self.high)}
        if self.low:
            return _("from %(low)s (%(zone)s)") % {**named, "low": shown(self.low)}
        if self.high:
            return _("until %(high)s (%(zone)s)") % {**named, "high": shown(self.high)}
        return ""


@dataclass(frozen=True)
class Compiled:
    """A filter ready to run. `query` has aliases replaced by names; `text` is its canonical text."""

    query: Query
    text: str
    q: Q
    order: Order | None = None
    group: str | None = None
    columns: tuple[str, ...] = ()
    resolved: tuple[Resolved, ...] = ()

    def asks(self, field: str, word: str | None = None) -> bool:
        """Whether the filter uses this field (with this plain value) anywhere, negated or not."""
        for leaf in walk(self.query.root):
            if isinstance(leaf, Term) and leaf.field == field:
                values = {value.text.lower() for value in leaf.values if isinstance(value, Word)}
                if word is None or word in values:
                    return True
        return False


def compile_text(text: str, registry: Registry[C], context: C) -> Compiled:
    """Parse and compile. Raises `FilterError` with the first fault of the grammar, or with every fault of fields and values."""
    return compile_query(parse(text), registry, context, text=text)


def compile_query(query: Query, registry: Registry[C], context: C, *, text: str | None = None) -> Compiled:
    """Compile a tree; `text` is what the positions in it refer to (its canonical text when not given)."""
    if text is None:
        text = to_text(query)
        query = parse(text)
    work = _Compilation(text, registry, context)
    q = Q() if query.root is None else work.condition(query.root)
    order, group, columns = work.order(query), work.group(query), work.columns(query)
    if work.problems:
        raise FilterError(text, work.problems)
    named = with_names(query, registry)
    return Compiled(named, to_text(named), q, order, group, columns, tuple(work.resolved))


def with_names(query: Query, registry: Registry[C]) -> Query:
    """The same query with aliases replaced by the fields' names, so that equal filters have one text."""

    def renamed(node: Node) -> Node:
        if isinstance(node, Term):
            found = registry.find(node.field)
            return replace(node, field=found.name) if found else node
        if isinstance(node, Not):
            return replace(node, child=renamed(node.child))
        if isinstance(node, And | Or):
            return replace(node, children=tuple(renamed(child) for child in node.children))
        return node

    return query if query.root is None else replace(query, root=renamed(query.root))


class _Compilation(Generic[C]):
    """One compilation: gathers faults instead of stopping at the first."""

    def __init__(self, text: str, registry: Registry[C], context: C) -> None:
        self.text, self.registry, self.context = text, registry, context
        self.problems: list[Problem] = []
        self.resolved: list[Resolved] = []

    def condition(self, node: Node) -> Q:
        if isinstance(node, Term):
            return self._term(node)
        if isinstance(node, Free):
            return self._free(node)
        if isinstance(node, Not):
            return ~self.condition(node.child)
        join = and_ if isinstance(node, And) else or_
        return reduce(join, [self.condition(child) for child in node.children])

    def order(self, query: Query) -> Order | None:
        term = query.shape_term("sort")
        if term is None:
            return None
        word = _only_word(term)
        name, is_descending = (word[:-1], True) if word.endswith("-") else (word, False)
        self._check_shape(term, [name])
        return Order(name, is_descending)

    def group(self, query: Query) -> str | None:
        term = query.shape_term("group")
        if term is None:
            return None
        name = _only_word(term)
        self._check_shape(term, [name])
        return None if name == "none" else name

    def columns(self, query: Query) -> tuple[str, ...]:
        term = query.shape_term("cols")
        if term is None:
            return ()
        names = [_plain(value) for value in term.values]
        self._check_shape(term, names)
        return tuple(dict.fromkeys(names))

    def _check_shape(self, term: Term, names: list[str]) -> None:
        known = self.registry.shapes.get(term.field)
        if known is None:
            self._report(term.span, "unknown_field", _("`%(field)s:` has no use here") % {"field": term.field})
            return
        for name in names:
            if name not in known:
                guess = nearest(name, known)
                listed = ", ".join(f"`{entry}`" for entry in known)
                message = _("expected one of %(names)s") % {"names": listed}
                self._report(term.span, f"unknown_{term.field}", message, guess and f"{term.field}:{guess}")

    def _free(self, node: Free) -> Q:
        try:
            return self.registry.free(node.text, self.context)
        except BadValue as refused:
            self._report(node.span, refused.code, refused.message, refused.replacement)
            return Q()

    def _term(self, term: Term) -> Q:
        entry = self.registry.find(term.field)
        if entry is None:
            self._unknown(term)
            return Q()
        if not entry.may_use(self.context):
            self._report(term.span, "field_not_allowed", str(entry.why_not) or _("you may not filter by this"))
            return Q()
        conditions: list[Condition] = []
        for value in term.values:
            try:
                conditions.append(entry.condition(value, self.context))
            except BadValue as refused:
                self._bad_value(term, value, refused)
        self._note_times(entry, term, conditions)
        if len(conditions) < len(term.values):
            return Q()
        try:
            return entry.build(conditions, self.context)
        except BadValue as refused:
            self._report(term.span, refused.code, refused.message, refused.replacement)
            return Q()

    def _note_times(self, entry: Field[C], term: Term, conditions: list[Condition]) -> None:
        for condition in conditions:
            if isinstance(condition, Span):
                low, high = condition.low, condition.high
                if isinstance(low, datetime) or isinstance(high, datetime):
                    self.resolved.append(
                        Resolved(
                            entry.name,
                            low.astimezone(UTC) if isinstance(low, datetime) else None,
                            high.astimezone(UTC) if isinstance(high, datetime) else None,
                        )
                    )

    def _bad_value(self, term: Term, value: Value, refused: BadValue) -> None:
        # One value: the whole term is quoted, as people read it. Several: only the one at fault.
        alone = len(term.values) == 1
        guess = refused.replacement
        if isinstance(value, Range) and refused.code != "range_reversed":
            guess = None  # it would mend one end only
        if guess is not None and isinstance(value, Compare):
            guess = value.op + guess
        if guess is not None and alone:
            guess = f"{term.field}:{guess}"
        self._report(term.span if alone else value.span, refused.code, refused.message, guess)

    def _unknown(self, term: Term) -> None:
        written = self.text[slice(*term.span)]
        if term.field in ("http", "https"):
            self._report(term.span, "unknown_field", _("put an address in quotes"), quote(written))
            return
        guess = nearest(term.field, self.registry.names_for(self.context))
        if guess in SHAPE_FIELDS:
            guess = None
        message = _("there is no field `%(field)s:`; for text with a colon use quotes") % {"field": term.field}
        self._report(term.span, "unknown_field", message, guess and guess + written[len(term.field) :])

    def _report(self, span: tuple[int, int], code: str, message: str, replacement: str | None = None) -> None:
        self.problems.append(Problem(span[0], span[1] - span[0], code, message, replacement))


def _only_word(term: Term) -> str:
    """The one name of a `sort:` or `group:`; the parser has refused more."""
    return _plain(term.values[0])


def _plain(value: Value) -> str:
    """A name in a shape term, in lower case; `none` is a name there like any other."""
    if isinstance(value, Special):
        return value.marker.value
    return value.text.lower() if isinstance(value, Word) else ""

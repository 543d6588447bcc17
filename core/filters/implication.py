"""Whether one filter says less than another: best effort, never wrong when it says yes.

For the warning that a rule can never be reached because an earlier one takes everything it would.
"""

from __future__ import annotations

from typing import TypeVar, cast

from core.filters.compiler import with_names
from core.filters.conditions import Anything, BadValue, Condition, Contains, Equal, FilterContext, Nothing, Span
from core.filters.registry import Registry
from core.filters.tree import And, Node, Not, Or, Query, Term

C = TypeVar("C", bound=FilterContext)


def implies(narrow: Query, wide: Query, registry: Registry[C], context: C) -> bool:
    """True when every row that matches `narrow` surely matches `wide`; False when it does not, or when that is not plain."""
    narrow, wide = with_names(narrow, registry), with_names(wide, registry)
    if wide.root is None:
        return True
    if narrow.root is None:
        return False
    return _node(narrow.root, wide.root, registry, context)


def _node(a: Node, b: Node, registry: Registry[C], context: C) -> bool:
    if a == b:
        return True
    if isinstance(b, And):
        return all(_node(a, child, registry, context) for child in b.children)
    if isinstance(a, Or):
        return all(_node(child, b, registry, context) for child in a.children)
    if isinstance(b, Or) and any(_node(a, child, registry, context) for child in b.children):
        return True
    if isinstance(a, And):
        return any(_node(child, b, registry, context) for child in a.children)
    if isinstance(a, Not) and isinstance(b, Not):
        return _node(b.child, a.child, registry, context)
    if isinstance(a, Term) and isinstance(b, Term) and a.field == b.field:
        return _term(a, b, registry, context)
    return False


def _term(a: Term, b: Term, registry: Registry[C], context: C) -> bool:
    entry = registry.find(a.field)
    if entry is None:
        return False
    try:
        asked, wider = entry.conditions(a, context), entry.conditions(b, context)
    except BadValue:
        return False
    return all(any(covers(wide, condition) for wide in wider) for condition in asked)


def covers(wide: Condition, narrow: Condition) -> bool:
    """Whether a value that meets `narrow` surely meets `wide`."""
    if wide == narrow:
        return True
    if isinstance(wide, Anything):
        return not isinstance(narrow, Nothing)
    if isinstance(wide, Span):
        if isinstance(narrow, Equal):
            narrow = Span(narrow.value, narrow.value)
        return isinstance(narrow, Span) and _low_covers(wide, narrow) and _high_covers(wide, narrow)
    if isinstance(wide, Contains):
        inside = narrow.text if isinstance(narrow, Contains) else narrow.value if isinstance(narrow, Equal) else None
        return isinstance(inside, str) and wide.text.casefold() in inside.casefold()
    return False


def _low_covers(wide: Span, narrow: Span) -> bool:
    if wide.low is None:
        return True
    if narrow.low is None:
        return False
    if wide.low == narrow.low:
        return narrow.low_open or not wide.low_open
    return cast("int", wide.low) < cast("int", narrow.low)  # values of one ordered kind


def _high_covers(wide: Span, narrow: Span) -> bool:
    if wide.high is None:
        return True
    if narrow.high is None:
        return False
    if wide.high == narrow.high:
        return narrow.high_open or not wide.high_open
    return cast("int", wide.high) > cast("int", narrow.high)  # values of one ordered kind

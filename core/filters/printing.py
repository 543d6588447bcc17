"""Tree to text. `parse(to_text(query)) == query` for every tree the parser makes."""

from __future__ import annotations

from core.filters.parser import KEYWORDS, OPERATORS, PUNCTUATION, quote
from core.filters.tree import MARKERS, And, Compare, Free, Node, Not, Or, Query, Range, Special, Term, Value


def to_text(query: Query) -> str:
    """The canonical text: single spaces, `-` for NOT, no AND, parentheses and quotes only where needed, shape terms last."""
    parts = [] if query.root is None else [node_text(query.root)]
    parts.extend(term_text(term) for term in query.shape)
    return " ".join(parts)


def node_text(node: Node) -> str:
    """The text of one node, as it stands alone."""
    if isinstance(node, Term):
        return term_text(node)
    if isinstance(node, Free):
        return _free(node.text)
    if isinstance(node, Not):
        inner = node_text(node.child)
        return f"-{inner}" if isinstance(node.child, Term | Free) else f"-({inner})"
    if isinstance(node, And):
        return " ".join(
            f"({node_text(child)})" if isinstance(child, Or) else node_text(child) for child in node.children
        )
    return " OR ".join(node_text(child) for child in node.children)


def term_text(term: Term) -> str:
    """`field:value,value`."""
    return f"{term.field}:{','.join(value_text(value) for value in term.values)}"


def value_text(value: Value) -> str:
    """One value, quoted where it would otherwise read as something else."""
    if isinstance(value, Special):
        return value.marker.value
    if isinstance(value, Range):
        # A dot at the end of the lower bound would be read as part of the two between them.
        low = quote(value.low) if value.low.endswith(".") else _bound(value.low)
        return f"{low}..{_plain(value.high)}"
    if isinstance(value, Compare):
        return f"{value.op}{_after_operator(value)}"
    if value.text.lower() in MARKERS:
        return quote(value.text)
    return _bound(value.text)


def _bound(text: str) -> str:
    return quote(text) if text.startswith(OPERATORS) else _plain(text)


def _after_operator(value: Compare) -> str:
    # `<` before `=2` would read as `<=` before `2`.
    joined = value.op in ("<", ">") and value.text.startswith("=")
    return quote(value.text) if joined else _plain(value.text)


def _plain(text: str) -> str:
    return quote(text) if ".." in text or not _is_word(text) else text


def _free(text: str) -> str:
    return quote(text) if text in KEYWORDS or text.startswith("-") or not _is_word(text) else text


def _is_word(text: str) -> bool:
    return bool(text) and not any(char.isspace() or char in PUNCTUATION for char in text)

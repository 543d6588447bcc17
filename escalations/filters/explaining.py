"""Why a filter finds nothing: the condition that leaves out most (ux.md §10, "filter too narrow")."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.filters.editing import remove_term
from core.filters.printing import node_text
from escalations.filters.compiling import compile_filter
from escalations.filters.context import Viewer
from escalations.filters.limits import Count, count

MOST_TRIED = 12


@dataclass(frozen=True)
class Cause:
    """`term` removes all of the `others` cases that the rest of the filter finds; `without` is the filter without it."""

    term: str
    others: Count
    without: str


def explain_empty(text: str, *, viewer: Viewer, at: datetime) -> Cause | None:
    """The top-level condition without which most cases would be found. One capped count for each condition.

    None when the text is not a filter, has a single condition less than it needs, or no single condition is to blame.
    """
    compiled = compile_filter(text, viewer=viewer, at=at)
    causes = []
    for index, node in enumerate(compiled.query.conjuncts()[:MOST_TRIED]):
        without = remove_term(compiled.canonical, index)
        others = count(compile_filter(without, viewer=viewer, at=at).cases())
        if others.number:
            causes.append(Cause(node_text(node), others, without))
    return max(causes, key=lambda cause: (cause.others.number, cause.others.is_capped), default=None)

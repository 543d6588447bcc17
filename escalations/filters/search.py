"""Free text in a filter: title, ask and evidence; notes for those who may read them.

The match operator of text search is not leakproof, so under row level security no index serves it in a query of the web's role. Three
ways to answer then, chosen by cost:

- the other conditions of the filter leave few cases (by the planner's estimate): the text is matched on those;
- the text is rare: a function of the tables' owner, which uses the index and applies tenant and compartments itself
  (`case_ids_with_text`), answers the ids;
- the text is common: it is matched in place while the list is walked in its order, which soon finds a page of rows.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from core.filters.conditions import BadValue
from escalations.filters.context import CaseContext
from escalations.filters.limits import LOOKED_UP_WITHIN_S, TooSlow, estimate, within
from escalations.filters.references import REFERENCE
from escalations.models import Case

CONFIG = "watchfloor"
RARE = 2000  # as many cases are read by their ids faster than a list is walked
FEW = 5000  # as many cases are matched one by one faster than the index is asked
INTERNAL, OUTWARD = "internal_vector", "outward_vector"


class Words(SearchQuery):
    """A word or phrase to be found, remembering its text."""

    def __init__(self, text: str) -> None:
        super().__init__(text, config=CONFIG, search_type="phrase")
        self.text = text


def free_text(text: str, context: CaseContext) -> Q:
    """Cases that contain the word or phrase, or the one case with this reference. Raises `BadValue` for text without words."""
    if REFERENCE.fullmatch(text):
        return Q(ref=text.upper())
    if not any(char.isalnum() for char in text):
        raise BadValue(_("there are no letters or digits to look for"), code="no_words")
    return Q(**{INTERNAL if context.reads_notes else OUTWARD: Words(text)})


def by_index(q: Q, context: CaseContext) -> Q:
    """The same condition, with rare words replaced by the cases that contain them where that is the faster way."""
    texts = dict.fromkeys(found.text for found in _words(q))
    if not texts:
        return q
    others = _without_words(q)
    if estimate(Case.objects.filter(others).values("pk")) <= FEW:
        return q
    only_open = ("is_open", True) in others.children
    ids = {text: _ids(text, context, only_open=only_open) for text in texts}

    def replaced(leaf: tuple[str, object]) -> object:
        if isinstance(leaf[1], Words) and (known := ids[leaf[1].text]) is not None:
            return Q(pk__in=known)
        return leaf

    return _mapped(q, replaced)


def _ids(text: str, context: CaseContext, *, only_open: bool) -> list[int] | None:
    """Ids of the cases of the database's tenant that contain `text`; None when they are more than `RARE`, or take too long to find."""

    def found() -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT case_ids_with_text(%s, %s, %s, %s)", (text, context.reads_notes, only_open, RARE + 1)
            )
            return list(cursor.fetchone()[0])

    try:
        ids = within(LOOKED_UP_WITHIN_S, found)
    except TooSlow:
        return None
    return None if len(ids) > RARE else ids


def _words(q: Q) -> list[Words]:
    found: list[Words] = []
    for child in q.children:
        if isinstance(child, Q):
            found.extend(_words(child))
        elif isinstance(child, tuple) and isinstance(child[1], Words):
            found.append(child[1])
    return found


def _without_words(q: Q) -> Q:
    """The conditions beside those that hold words: at least as many cases meet them. `q` is a conjunction or one condition."""
    if q.connector != Q.AND or q.negated:
        return Q() if _words(q) else q
    kept = Q()
    for child in q.children:
        if isinstance(child, Q):
            kept &= _without_words(child)
        elif not (isinstance(child, tuple) and isinstance(child[1], Words)):
            kept.children.append(child)
    return kept


def _mapped(q: Q, change: Callable[[tuple[str, object]], object]) -> Q:
    mapped = Q()
    mapped.connector, mapped.negated = q.connector, q.negated
    for child in q.children:
        mapped.children.append(_mapped(child, change) if isinstance(child, Q) else change(child))  # type: ignore[arg-type]
    return mapped

"""Free text in a filter: title, ask and evidence; notes for those who may read them.

The match operator of text search is not leakproof, so under row level security no index serves it in a query of the web's role. A
function of the tables' owner (`case_ids_with_text`) uses the index instead and applies the tenant and the compartments itself. It answers
the ids of a rare word. When a word is common it says so, and the word is matched in place while the list is walked in its order, which
then finds a page of rows soon.
"""

from __future__ import annotations

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from core.filters.conditions import BadValue
from escalations.filters.context import CaseContext
from escalations.filters.references import REFERENCE

CONFIG = "watchfloor"
RARE = 1000  # as many cases are read by their ids faster than a list is walked


def free_text(text: str, context: CaseContext) -> Q:
    """Cases that contain the word or phrase, or the one case with this reference. Raises `BadValue` for text without words."""
    if REFERENCE.fullmatch(text):
        return Q(ref=text.upper())
    if context.is_for_one_row:
        _check_words(text)
        return in_place(text, context)
    found = _ids(text, context)
    return in_place(text, context) if found is None else Q(pk__in=found)


def in_place(text: str, context: CaseContext) -> Q:
    """The same match as a condition on each row."""
    column = "internal_vector" if context.reads_notes else "outward_vector"
    return Q(**{column: SearchQuery(text, config=CONFIG, search_type="phrase")})


def _ids(text: str, context: CaseContext) -> list[int] | None:
    """Ids of the cases of the database's tenant that contain `text`, or None when there are more than `RARE`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_words, ids FROM case_ids_with_text(%s, %s, %s)", [text, context.reads_notes, RARE + 1]
        )
        has_words, ids = cursor.fetchone()
    if not has_words:
        raise _no_words()
    return None if len(ids) > RARE else list(ids)


def _check_words(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT numnode(phraseto_tsquery(%s, %s)) > 0", [CONFIG, text])
        row = cursor.fetchone()
    if row is None or not row[0]:
        raise _no_words()


def _no_words() -> BadValue:
    return BadValue(_("there are no letters or digits to look for"), code="no_words")

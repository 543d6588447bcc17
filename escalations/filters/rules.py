"""Filters as rules: one stored case against a text, and whether an earlier rule leaves a later one nothing (ux.md FIL-8)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from core.filters.errors import FilterError, Problem
from core.filters.implication import implies as query_implies
from core.filters.parser import parse
from core.filters.tree import SHAPE_FIELDS, Query
from escalations.filters.compiling import compile_filter
from escalations.filters.context import context_for
from escalations.filters.fields import CASES
from escalations.models import Case


def match_one(case_id: int, text: str, *, at: datetime) -> bool:
    """Whether a case that is already in the database matches `text`, as the system reads it. One query.

    The row may be uncommitted, in the caller's transaction. A text that is not a filter matches nothing: `rule_problems` keeps such
    texts from being published. `at` is aware UTC; days and dates are taken in UTC.
    """
    compiled = compile_filter(text, viewer=None, at=at, is_for_one_row=True)
    return compiled.is_valid and Case.objects.filter(pk=case_id).filter(compiled.q).exists()


def rule_problems(text: str, *, at: datetime) -> tuple[Problem, ...]:
    """What keeps `text` from being a rule: not a filter, `@me` or `@team` (nobody reads a rule), or a layout (`sort:`)."""
    compiled = compile_filter(text, viewer=None, at=at, is_for_one_row=True)
    laid_out = tuple(
        Problem(term.span[0], term.span[1] - term.span[0], "shape_in_rule", _("a rule has no layout; remove this"), "")
        for term in _parsed(text).shape
        if term.field in SHAPE_FIELDS
    )
    return compiled.errors + laid_out


def implies(narrow: str, wide: str, *, at: datetime) -> bool:
    """True when every case that matches `narrow` surely matches `wide`; False when not, or when that is not plain to see.

    A later rule is unreachable when it implies an earlier one.
    """
    try:
        return query_implies(parse(narrow), parse(wide), CASES, context_for(None, at=at, is_for_one_row=True))
    except FilterError:
        return False


def _parsed(text: str) -> Query:
    try:
        return parse(text)
    except FilterError:
        return Query()

"""Filters over cases: the language of `core.filters` with the fields of `fields.py`.

compile_filter(text, viewer=…, at=…)      condition, order, layout, times, errors
match_one(case_id, text, at=…)            one stored row against a rule
rule_problems(text, at=…), implies(a, b)  what keeps a text from being a rule; what makes a rule unreachable
explain_empty(text, viewer=…, at=…)       the condition that leaves out most
count(rows)                               capped, or an estimate when it would take too long
filter_box(compiled)                      what the filter bar of a list shows
"""

from escalations.filters.box import FilterBox, filter_box, recent_filters, remember_filter
from escalations.filters.compiling import CompiledFilter, compile_filter
from escalations.filters.explaining import Cause, explain_empty
from escalations.filters.limits import Count, TooSlow, count, within
from escalations.filters.rules import implies, match_one, rule_problems

__all__ = [
    "Cause",
    "CompiledFilter",
    "Count",
    "FilterBox",
    "TooSlow",
    "compile_filter",
    "count",
    "explain_empty",
    "filter_box",
    "implies",
    "match_one",
    "recent_filters",
    "remember_filter",
    "rule_problems",
    "within",
]

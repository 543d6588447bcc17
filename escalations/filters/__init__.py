"""Filters over cases: the language of `core.filters` with the fields of `fields.py`.

compile_filter(text, viewer=…, at=…)      condition, order, layout, times, errors
match_one(case_id, text, at=…)            one stored row against a rule
rule_problems(text, at=…), implies(a, b)  what keeps a text from being a rule; what makes a rule unreachable
explain_empty(text, viewer=…, at=…)       the condition that leaves out most
count(rows)                               capped, or an estimate when it would take too long
filter_box(text, viewer=…, at=…)          what the filter bar of a list shows
"""

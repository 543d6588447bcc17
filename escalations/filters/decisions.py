"""What the standing decision of a case is asked: verdict, clause, decider, action."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import cast

from django.db.models import Q
from django.utils.translation import gettext as _

from core.filters.conditions import Anything, BadValue, Condition, Contains, Equal, FilterContext, Mine, Nothing, Span
from core.filters.registry import span_q
from escalations.appeal_life import LIVE as LIVE_APPEALS
from escalations.appeal_life import AppealState
from escalations.filters.conditions import any_of, equal_values, need_person, one_or_several, starts_with
from escalations.filters.context import CaseContext
from escalations.lifecycle import DecisionState
from escalations.models import Appeal, Decision
from policies.models import Policy

UNSETTLED = (*LIVE_APPEALS, AppealState.DECIDED)
LIVE = Q(state__in=(DecisionState.HELD, DecisionState.EFFECTIVE))


def decided(q: Q) -> Q:
    """Cases whose standing decision is like this."""
    return Q(pk__in=Decision.objects.filter(LIVE, q).values("case_id"))


def decider(conditions: Sequence[Condition], context: CaseContext, /) -> Q:
    """`by:` who made the standing decision."""
    ids: list[object] = [*equal_values(conditions)]
    if any(isinstance(condition, Mine) for condition in conditions):
        ids.append(need_person(context))
    asked = decided(one_or_several("decided_by_id", ids)) if ids else Q()
    for condition in conditions:
        if isinstance(condition, Anything):
            asked |= Q(decided_at__isnull=False)
        elif isinstance(condition, Nothing):
            asked |= Q(decided_at__isnull=True)
    return asked


def verdict(conditions: Sequence[Condition], _context: FilterContext, /) -> Q:
    """`verdict:` of the standing decision."""
    verdicts = equal_values(conditions)
    asked = decided(one_or_several("verdict", verdicts)) if verdicts else Q()
    for condition in conditions:
        if isinstance(condition, Nothing):
            asked |= Q(decided_at__isnull=True)
        elif isinstance(condition, Anything):
            asked |= Q(decided_at__isnull=False)
    return asked


def gap(conditions: Sequence[Condition], _context: FilterContext, /) -> Q:
    """`gap:` the question without a clause that the standing decision opened or cites; `any` of them, `none`."""
    asked = Q()
    if ids := equal_values(conditions):
        asked |= decided(one_or_several("gap_id", ids))
    for condition in conditions:
        if isinstance(condition, Anything):
            asked |= decided(Q(gap__isnull=False))
        elif isinstance(condition, Nothing):
            asked |= ~decided(Q(gap__isnull=False))
    return asked


def appeal(conditions: Sequence[Condition], _context: FilterContext, /) -> Q:
    """`appeal:` open, or the outcome of an appeal that was carried out; `none` for cases that nobody appealed."""
    asked = Q()
    for name in equal_values(conditions):
        wanted = Q(state__in=UNSETTLED) if name == "open" else Q(state=AppealState.CLOSED, outcome=name)
        asked |= Q(pk__in=Appeal.objects.filter(wanted).values("case_id"))
    every = Appeal.objects.values("case_id")
    for condition in conditions:
        if isinstance(condition, Nothing):
            asked |= ~Q(pk__in=every)
        elif isinstance(condition, Anything):
            asked |= Q(pk__in=every)
    return asked


_CLAUSE = re.compile(r"(?P<key>[A-Za-z][A-Za-z0-9.-]{0,30})(?:@v?(?P<version>\d{1,6}))?", re.ASCII)


def clause(conditions: Sequence[Condition], _context: FilterContext, /) -> Q:
    """`clause:` the beginning of a clause's key, with `@v14` for one version: decided under it, or suspected while undecided."""

    def one(condition: Condition) -> Q:
        if isinstance(condition, Nothing):
            return Q(decided_at__isnull=True, suspected_policy="")
        if isinstance(condition, Anything):
            return decided(Q(clause__isnull=False)) | (Q(decided_at__isnull=True) & ~Q(suspected_policy=""))
        text = condition.text if isinstance(condition, Contains) else str(cast("Equal", condition).value)
        found = _CLAUSE.fullmatch(text)
        if found is None:
            raise BadValue(_("expected the beginning of a clause, such as `CS-VI` or `CS-VI-3.2@v14`"))
        key = found["key"].upper()
        policies = list(Policy.objects.filter(starts_with("key", key)).values_list("pk", flat=True))
        under = Q(clause__policy_id__in=policies)
        if found["version"]:
            return decided(under & Q(clause__number=int(found["version"])))
        return decided(under) | (Q(decided_at__isnull=True) & starts_with("suspected_policy", key))

    return any_of(conditions, one)


def version(conditions: Sequence[Condition], _context: FilterContext, /) -> Q:
    """`ver:` the number of the clause's version that the standing decision cites."""

    def one(condition: Condition) -> Q:
        if isinstance(condition, Span):
            return decided(span_q("clause__number", condition))
        return decided(Q(clause__number=cast("Equal", condition).value))

    return any_of(conditions, one)


def action(conditions: Sequence[Condition], _context: FilterContext, /) -> Q:
    """`action:` a kind of action the standing decision takes."""

    def one(condition: Condition) -> Q:
        kind = str(cast("Equal", condition).value)
        return decided(Q(actions__contains=[kind]) | Q(actions__contains=[{"type": kind}]))

    return any_of(conditions, one)

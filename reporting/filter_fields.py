"""What the filter language asks of the facts: when a clock was missed, why a submission was invalid. Lists and charts then count the same rows.

Each field reads the very tables the figures are computed from, so that a number on a report and the list behind it cannot differ, not
even while the facts are some seconds behind the cases.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from django.db.models import Model, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.filters.conditions import Anything, Condition, Equal, FilterContext, Nothing, Span
from core.filters.registry import Build, Field, span_q
from core.filters.tree import Compare, Marker, Range, Word
from core.filters.values import Choice, Code, Moment
from escalations.filters.context import CaseContext
from escalations.filters.fields import MOST, POLICY, SOURCE, TIME, URGENCY, offer, offer_names
from escalations.lifecycle import InvalidReason, Metric
from escalations.models import Appeal
from reporting.models import CaseFact, ClockFact, ClosingFact
from reporting.models.facts import Shift

NONE, ANY = Marker.NONE, Marker.ANY
NOT_HERE = _("only lists and reports know this, after the fact")


def is_list_of_team(context: CaseContext) -> bool:
    """The facts come after the case: a rule that looks at a case as it is stored cannot ask them; and they are the team's own."""
    return context.is_internal and not context.is_for_one_row


@dataclass(frozen=True)
class ClockTime:
    """When a clock settled, and of one clock alone that clock's letter.

    `metric` is "" for any clock.
    """

    span: Span
    metric: str = ""


@dataclass(frozen=True)
class ClockMoment(Moment):
    """A time as `Moment` reads it; a clock's letter and `@` before it mean that clock alone: `R@-7d`, `A@2026-11-16..2026-11-22`."""

    @property
    def expects(self) -> str:
        return _now("a time such as `-7d` or `2026-11-01..2026-11-07`, with a clock such as `R@` before it or without")

    def condition(self, value: Word | Compare | Range, context: FilterContext) -> Condition:
        metric, bare = _without_letter(value)
        span = cast("Span", super().condition(bare, context))
        return Equal(ClockTime(span, metric))


_LETTER = re.compile(rf"([{''.join(metric.value for metric in Metric)}])@(.+)", re.ASCII | re.IGNORECASE)


def _without_letter(value: Word | Compare | Range) -> tuple[str, Word | Compare | Range]:
    text = value.low if isinstance(value, Range) else value.text
    found = _LETTER.fullmatch(text)
    if found is None:
        return "", value
    metric, rest = found[1].upper(), found[2]
    if isinstance(value, Range):
        return metric, Range(rest, value.high, value.span)
    if isinstance(value, Compare):
        return metric, Compare(value.op, rest, value.span)
    return metric, Word(rest, value.span)


def of_clocks(outcome: Q) -> Build[CaseContext]:
    """Cases with a clock of this outcome that settled then. Uses index: clock_fact_by_settling."""

    def build(conditions: Sequence[Condition], _context: CaseContext, /) -> Q:
        asked = Q()
        for condition in conditions:
            if isinstance(condition, Nothing):
                asked |= ~Q(pk__in=ClockFact.objects.filter(outcome, settled_at__isnull=False).values("case_id"))
            elif isinstance(condition, Anything):
                asked |= Q(pk__in=ClockFact.objects.filter(outcome, settled_at__isnull=False).values("case_id"))
            else:
                when = cast("ClockTime", cast("Equal", condition).value)
                clocks = ClockFact.objects.filter(outcome, span_q("settled_at", when.span))
                if when.metric:
                    clocks = clocks.filter(metric=when.metric)
                asked |= Q(pk__in=clocks.values("case_id"))
        return asked

    return build


def of_fact(model: type[Model], column: str, *, is_text: bool = False) -> Build[CaseContext]:
    """Cases by one column of their fact."""

    def build(conditions: Sequence[Condition], _context: CaseContext, /) -> Q:
        rows = model._default_manager.all()
        asked = Q()
        empty = Q(**{column: ""}) if is_text else Q(**{f"{column}__isnull": True})
        for condition in conditions:
            if isinstance(condition, Nothing):
                asked |= ~Q(pk__in=rows.exclude(empty).values("case_id"))
            elif isinstance(condition, Anything):
                asked |= Q(pk__in=rows.exclude(empty).values("case_id"))
            elif isinstance(condition, Span):
                asked |= Q(pk__in=rows.filter(span_q(column, condition)).values("case_id"))
            else:
                asked |= Q(pk__in=rows.filter(**{column: cast("Equal", condition).value}).values("case_id"))
        return asked

    return build


def _field(
    name: str, group: str, label: str | Promise, kind: object, build: Build[CaseContext], example: str, **more: object
) -> Field[CaseContext]:
    given = {"markers": frozenset({NONE, ANY}), "may_use": is_list_of_team, "why_not": NOT_HERE} | more
    return Field(name, group, label, kind, build, examples=(example,), **given)  # type: ignore[arg-type]


def _words(values: Sequence[str]) -> dict[str, object]:
    return {value: value for value in values}


def _clauses(_context: FilterContext) -> list[str]:
    keys = CaseFact.objects.exclude(clause="").order_by("clause").values_list("clause", flat=True).distinct()
    return list(keys[: MOST * 40])


FIELDS: tuple[Field[CaseContext], ...] = (
    _field("settled", TIME, _("When a clock was met or missed"), ClockMoment(), of_clocks(Q()), "settled:R@-7d"),
    _field("met", TIME, _("When a clock was met"), ClockMoment(), of_clocks(Q(is_met=True)), "met:A@today"),
    _field("missed", TIME, _("When a clock was missed"), ClockMoment(), of_clocks(Q(is_met=False)), "missed:R@-28d"),
    _field(
        "acknowledged",
        TIME,
        _("When a person first took it"),
        Moment(),
        of_fact(CaseFact, "acknowledged_at"),
        "acknowledged:-7d",
    ),
    _field(
        "responded",
        TIME,
        _("When a person first answered"),
        Moment(),
        of_fact(CaseFact, "first_response_at"),
        "responded:-7d",
    ),
    _field("triaged", TIME, _("When it was first looked at"), Moment(), of_fact(CaseFact, "triaged_at"), "triaged:-7d"),
    _field(
        "firstclose",
        TIME,
        _("When it was closed for the first time"),
        Moment(),
        of_fact(CaseFact, "first_closed_at"),
        "firstclose:-28d",
    ),
    _field(
        "everclosed",
        TIME,
        _("When it was closed, each time"),
        Moment(),
        of_fact(ClosingFact, "closed_at"),
        "everclosed:-7d",
    ),
    _field(
        "reopened", TIME, _("When it was opened again"), Moment(), of_fact(ClosingFact, "reopened_at"), "reopened:-28d"
    ),
    _field(
        "judged",
        TIME,
        _("When an appeal of it was decided"),
        Moment(),
        of_fact(Appeal, "decided_at"),
        "judged:-28d appeal:overturned",
    ),
    _field(
        "cause",
        URGENCY,
        _("Likeliest reason of a missed clock"),
        Choice(_words(ClockFact.Cause.values)),
        of_fact(ClockFact, "cause", is_text=True),
        "missed:R@-28d cause:late_claim",
        suggest=offer(ClockFact.Cause),
    ),
    _field(
        "invalid",
        SOURCE,
        _("Why it was sent back"),
        Choice(_words(InvalidReason.values)),
        of_fact(CaseFact, "reason", is_text=True),
        "invalid:missing_evidence",
        suggest=offer(InvalidReason),
    ),
    _field(
        "shift",
        SOURCE,
        _("Shift it came in on, by the hour in UTC"),
        Choice(_words(Shift.values)),
        of_fact(CaseFact, "shift"),
        "shift:night",
        markers=frozenset(),
        suggest=offer(Shift),
    ),
    _field(
        "policy",
        POLICY,
        _("Clause it was decided under, exactly"),
        Code("[A-Za-z][A-Za-z0-9.-]{0,30}", _("the key of a clause, such as `CS-VI-3.2`"), change=str.upper),
        of_fact(CaseFact, "clause", is_text=True),
        "policy:CS-VI-3.2",
        suggest=offer_names(_clauses),
    ),
)

"""What the filter language asks of the facts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.roles import Role
from core.clock import db_now
from escalations.filters import compile_filter, rule_problems
from reporting.models import CaseFact, ClockFact, ClosingFact
from tests.factories.people import make_user, make_vendor
from tests.factories.reports import make_floor

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def lead():
    return make_user(roles=[Role.LEAD])


def found(text, user):
    compiled = compile_filter(text, viewer=user, at=db_now())
    assert compiled.is_valid, compiled.sentences
    return set(compiled.cases().values_list("pk", flat=True))


def test_clocks_are_asked_by_outcome_time_and_letter(lead):
    made = make_floor()
    at = db_now()
    clocks = ClockFact.objects.filter(settled_at__gte=at - 7 * DAY, settled_at__lte=at)
    cases_of = lambda rows: set(rows.values_list("case_id", flat=True))  # noqa: E731

    assert found("settled:-7d", lead) == cases_of(clocks)
    assert found("missed:R@-7d", lead) == cases_of(clocks.filter(metric="R", is_met=False))
    assert found("met:a@-7d", lead) == cases_of(clocks.filter(metric="A", is_met=True))
    assert found(f"missed:R@{at - 7 * DAY:%Y-%m-%dT%H%M%S.%fZ}..{at:%Y-%m-%dT%H%M%SZ}", lead) <= found(
        "missed:R@-8d", lead
    )
    assert found("-missed:any", lead) == found("missed:none", lead)
    assert {case.pk for case in made} >= found("missed:<R@-3d", lead)


def test_facts_of_a_case_are_asked_by_their_words(lead):
    first, second, third, *_rest = make_floor()
    CaseFact.objects.filter(pk=first.pk).update(reason="missing_evidence", triage="invalid", triaged_at=db_now() - DAY)
    CaseFact.objects.filter(pk=second.pk).update(clause="CS-VI-3.2", shift="night")
    CaseFact.objects.exclude(pk=second.pk).update(shift="day")
    ClosingFact.objects.filter(case_id=third.pk).update(reopened_at=db_now() - DAY)

    assert found("invalid:missing_evidence", lead) == {first.pk}
    assert found("triaged:-2d invalid:any", lead) == {first.pk}
    assert found("policy:cs-vi-3.2", lead) == {second.pk}
    assert found("shift:night", lead) == {second.pk}
    assert found("reopened:-2d", lead) == {third.pk}
    assert first.pk not in found("invalid:none", lead)
    assert found("cause:late_claim", lead) == set(
        ClockFact.objects.filter(cause="late_claim").values_list("case_id", flat=True)
    )


@pytest.mark.parametrize(
    "text",
    [
        "missed:X@-7d",
        "missed:R@",
        "missed:R@soon",
        "settled:R@2026-11-03..2026-11-01",
        "invalid:blue",
        "policy:§",
        "reopened:~x",
    ],
)
def test_what_is_not_understood_is_pointed_at(lead, text):
    compiled = compile_filter(text, viewer=lead, at=db_now())

    assert not compiled.is_valid
    assert compiled.sentences


def test_rules_and_vendors_cannot_ask_what_only_the_facts_know():
    vendor = make_user(roles=[Role.VENDOR_LEAD], organization=make_vendor())

    assert rule_problems("missed:R@-7d", at=db_now())
    assert not compile_filter("cause:late_claim", viewer=vendor, at=db_now()).is_valid

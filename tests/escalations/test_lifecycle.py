"""The transition table, cell by cell, against an independent copy of domain.md."""

from __future__ import annotations

import itertools

import pytest
from django.db import IntegrityError, transaction

from escalations.lifecycle import CaseStatus, Resolution, TransitionNotAllowed, check_transition
from escalations.models import Case
from tests.factories.cases import make_case

UNDECIDED = {"invalid", "duplicate", "withdrawn", "merged"}
DECIDED = {
    "violating_removed",
    "violating_restricted",
    "account_actioned",
    "no_violation",
    "restored",
    "insufficient_info",
    "policy_gap",
}
# domain.md: "Edges: … Nothing else."
EDGES = {
    ("new", "in_review"): {None},
    ("new", "closed"): UNDECIDED,
    ("in_review", "new"): {None},
    ("in_review", "waiting"): {None},
    ("in_review", "decided"): {None},
    ("in_review", "closed"): UNDECIDED,
    ("waiting", "in_review"): {None},
    ("waiting", "new"): {None},
    ("waiting", "decided"): {None},
    ("waiting", "closed"): {"withdrawn", "merged", "insufficient_info"},
    ("decided", "in_review"): {None},
    ("decided", "closed"): DECIDED,
    ("closed", "new"): {None},
}
CELLS = list(itertools.product(CaseStatus.values, CaseStatus.values, [None, *Resolution.values]))


@pytest.mark.parametrize(("before", "after", "resolution"), CELLS)
def test_the_table_allows_exactly_the_edges_of_the_domain(before, after, resolution):
    allowed = resolution in EDGES.get((before, after), set())
    wanted = Resolution(resolution) if resolution else None

    if allowed:
        check_transition(CaseStatus(before), CaseStatus(after), wanted)
    else:
        with pytest.raises(TransitionNotAllowed):
            check_transition(CaseStatus(before), CaseStatus(after), wanted)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"closed_at": "2026-11-16T12:00Z"},
        {"status": "closed"},
        {"resolution": "invalid"},
        {"status": "waiting"},
        {"claimed_at": "2026-11-16T12:00Z"},
        {"lease_until": "2026-11-16T12:00Z"},
        {"severity": 5},
        {"severity_source": "person"},
    ],
)
def test_the_database_refuses_rows_that_contradict_themselves(change):
    case = make_case()

    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(**change)


@pytest.mark.django_db
def test_a_case_is_not_its_own_parent():
    case = make_case()

    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(parent=case)

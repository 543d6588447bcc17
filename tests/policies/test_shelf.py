"""The library kept by the process: read again when a row of it changed, and only then."""

from __future__ import annotations

import pytest
from django.db import transaction

from policies.models import Policy, PolicyVersion
from policies.selectors import library as selectors
from policies.shelf import in_force
from tests.factories.people import NOON
from tests.factories.policies import make_policy, make_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def version():
    return make_version(policy=make_policy())


def test_an_unchanged_library_is_read_once_and_asked_for_in_one_short_query(version, django_assert_num_queries):
    first = in_force(at=NOON)
    with django_assert_num_queries(1):
        again = in_force(at=NOON)
    assert again is first
    assert again.versions[version.pk].policy == version.policy


def test_a_clause_that_changes_is_seen_at_once(version):
    assert in_force(at=NOON).versions[version.pk].policy.is_active
    Policy.objects.filter(pk=version.policy_id).update(is_active=False)
    assert in_force(at=NOON).for_market("") == []


def test_what_is_not_in_force_yet_is_not_on_the_shelf(version):
    assert version.pk in in_force(at=NOON).versions
    before = version.effective_from
    assert version.pk not in in_force(at=before.replace(year=before.year - 1)).versions
    assert version.pk in in_force(at=NOON).versions


def test_what_was_rolled_back_is_not_kept(version):
    with transaction.atomic():
        Policy.objects.filter(pk=version.policy_id).update(is_active=False)
        assert not in_force(at=NOON).versions[version.pk].policy.is_active
        transaction.set_rollback(True)
    assert in_force(at=NOON).versions[version.pk].policy.is_active


def test_a_case_suggested_for_before_costs_no_further_query(
    version, django_assert_max_num_queries, django_assert_num_queries
):
    asked = {
        "suspected_policy": "some words",
        "harm": "",
        "surface": "",
        "text": f"It says {version.title}.",
        "at": NOON,
    }
    selectors._suggested.cache_clear()
    in_force(at=NOON)
    with django_assert_max_num_queries(3):
        first = selectors.suggest_clauses(**asked)
    with django_assert_num_queries(1):
        assert selectors.suggest_clauses(**asked) == first
    assert [found.version for found in first] == [PolicyVersion.objects.get(pk=version.pk)]

"""Which wording binds at an instant."""

from __future__ import annotations

from datetime import timedelta

import pytest

from policies.lifecycle import VersionState
from policies.models import PolicyVersion, effective_version
from tests.factories.people import NOON
from tests.factories.policies import make_policy, make_version

pytestmark = pytest.mark.django_db
TICK = timedelta(microseconds=1)


@pytest.fixture
def clause():
    policy = make_policy()
    make_version(policy=policy, number=1, state="retired", start=NOON - timedelta(days=9), end=NOON)
    make_version(policy=policy, number=2, start=NOON, end=NOON + timedelta(days=9))
    make_version(policy=policy, number=3, state="scheduled", start=NOON + timedelta(days=9))
    make_version(policy=policy, number=4, state="draft")
    make_version(policy=policy, number=5, state="review", market="DE")
    return policy


@pytest.mark.parametrize(
    ("at", "number"),
    [
        (NOON - timedelta(days=9) - TICK, None),
        (NOON - timedelta(days=9), 1),
        (NOON - TICK, 1),
        (NOON, 2),
        (NOON + timedelta(days=9) - TICK, 2),
        (NOON + timedelta(days=9), 3),
        (NOON + timedelta(days=9000), 3),
    ],
)
def test_a_version_binds_from_its_first_instant_until_just_before_its_end(clause, at, number):
    version = effective_version(clause, at)

    assert (version.number if version else None) == number
    assert list(PolicyVersion.objects.effective(at=at).values_list("number", flat=True)) == ([number] if number else [])
    assert [v.number for v in clause.versions.all() if v.holds_at(at)] == ([number] if number else [])


def test_drafts_never_bind_and_are_not_published(clause):
    assert {v.state for v in PolicyVersion.objects.published()} == {
        VersionState.RETIRED,
        VersionState.EFFECTIVE,
        VersionState.SCHEDULED,
    }


def test_a_state_moves_along_its_table_only(clause):
    version = clause.versions.get(number=2)

    version.move_to(VersionState.RETIRED)
    with pytest.raises(ValueError, match="cannot go from retired to effective"):
        version.move_to(VersionState.EFFECTIVE)

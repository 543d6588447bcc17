"""A small cluster stays decidable when one of its members becomes restricted."""

from __future__ import annotations

import pytest

from escalations.models import Case
from escalations.operations import decisions
from tests.factories.cases import make_case
from tests.factories.people import NOON, make_user, make_vendor

pytestmark = pytest.mark.django_db(transaction=True)


def test_members_out_of_sight_are_not_asked_for():
    vendor, ana = make_vendor(), make_user()
    parent = make_case(organization=vendor, cluster_size=3)
    children = [make_case(organization=vendor, parent=parent) for _ in range(3)]
    Case.objects.filter(pk=children[0].pk).update(compartments=["CHILD_SAFETY"])

    assert decisions.sample_missing(parent, by=ana) == 2
    for child in children[1:]:
        decisions.view_sample(parent=parent, child=child, by=ana, at=NOON)

    assert decisions.sample_missing(parent, by=ana) == 0

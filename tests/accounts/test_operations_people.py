from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import Compartment, RoleGrant
from accounts.operations import people
from accounts.roles import Role
from audit.models import Event
from core.errors import Invalid, NotPermitted
from tests.factories.people import NOON, internal_organization, make_team, make_user, make_vendor

pytestmark = pytest.mark.django_db


def test_an_administrator_adds_a_person_with_a_role_and_a_team():
    admin, team = make_user(roles=[Role.ADMIN]), make_team()
    new = people.NewPerson(email="nia@example.test", display_name="Nia", roles=[Role.SPECIALIST], team_ids=[team.pk])

    user = people.create_person(organization=internal_organization(), person=new, by=admin, at=NOON)

    assert user.access.roles == {Role.SPECIALIST}
    assert user.access.team_ids == {team.pk}
    assert set(Event.objects.filter(subject_id=user.pk).values_list("kind", flat=True)) >= {
        "user.created",
        "role.granted",
    }


def test_an_address_in_other_letters_is_the_same_person():
    admin = make_user(roles=[Role.ADMIN], email="Admin@example.test")

    with pytest.raises(people.EmailTaken):
        people.create_person(
            organization=internal_organization(),
            person=people.NewPerson(email="ADMIN@EXAMPLE.test", display_name="Twin"),
            by=admin,
            at=NOON,
        )


def test_nobody_gives_a_role_to_themselves():
    admin = make_user(roles=[Role.ADMIN])

    with pytest.raises(NotPermitted) as refused:
        people.grant_role(user=admin, role=Role.LEAD, by=admin, at=NOON)

    assert refused.value.given_code == "two_person_required"
    assert not RoleGrant.objects.filter(user=admin, role=Role.LEAD).exists()


@pytest.mark.parametrize(
    ("granter", "role", "allowed"),
    [
        (Role.ADMIN, Role.AUDITOR, True),
        (Role.LEAD, Role.SPECIALIST, True),
        (Role.LEAD, Role.LEAD, False),
        (Role.LEAD, Role.ADMIN, False),
        (Role.SPECIALIST, Role.SPECIALIST, False),
    ],
)
def test_who_may_give_which_role(granter, role, allowed):
    by, user = make_user(roles=[granter]), make_user(roles=[])

    if allowed:
        people.grant_role(user=user, role=role, by=by, at=NOON)
        assert user.role_grants.filter(role=role).exists()
    else:
        with pytest.raises(NotPermitted):
            people.grant_role(user=user, role=role, by=by, at=NOON)


def test_a_vendor_lead_reaches_only_their_own_organization():
    ours, theirs = make_vendor(), make_vendor()
    lead, stranger = make_user(roles=[Role.VENDOR_LEAD], organization=ours), make_user(roles=[], organization=theirs)

    with pytest.raises(NotPermitted):
        people.grant_role(user=stranger, role=Role.VENDOR_SUBMITTER, by=lead, at=NOON)


def test_an_internal_role_is_not_for_a_vendors_person():
    admin, person = make_user(roles=[Role.ADMIN]), make_user(roles=[], organization=make_vendor())

    with pytest.raises(NotPermitted):
        people.grant_role(user=person, role=Role.SPECIALIST, by=admin, at=NOON)


def test_who_administers_holds_no_compartment():
    desk = make_user(roles=[Role.LEGAL], compartments=["CHILD_SAFETY"])
    admin = make_user(roles=[Role.ADMIN])

    with pytest.raises(NotPermitted):
        people.grant_clearance(
            user=admin, compartment=Compartment.CHILD_SAFETY, by=desk, at=NOON, expires_at=NOON + timedelta(days=9)
        )


@pytest.mark.parametrize("days", [0, 91])
def test_a_clearance_lasts_ninety_days_at_most(days):
    desk = make_user(roles=[Role.LEGAL], compartments=["CHILD_SAFETY"])

    with pytest.raises(Invalid):
        people.grant_clearance(
            user=make_user(),
            compartment=Compartment.CHILD_SAFETY,
            by=desk,
            at=NOON,
            expires_at=NOON + timedelta(days=days),
        )


def test_an_ended_role_gives_nothing():
    user = make_user(roles=[])
    RoleGrant.objects.create(user=user, role=Role.LEAD, granted_at=NOON, expires_at=NOON - timedelta(days=1))

    assert user.access.roles == frozenset()

"""People for calendars: their events belong to the internal organization."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from accounts.models import Organization, RoleGrant, User
from accounts.roles import Role


def make_person(organization: Organization, role: Role) -> User:
    name = role.name.lower()
    person = User.objects.create(email=f"{name}@oncall.test", display_name=name, organization=organization)
    RoleGrant.objects.create(user=person, role=role, granted_at=datetime(2026, 1, 1, tzinfo=UTC))
    return person


@pytest.fixture
def internal_organization(db: None) -> Organization:
    organization, _ = Organization.objects.get_or_create(
        kind=Organization.Kind.INTERNAL, defaults={"name": "Watchfloor", "slug": "watchfloor"}
    )
    return organization


@pytest.fixture
def specialist(internal_organization: Organization) -> User:
    return make_person(internal_organization, Role.SPECIALIST)


@pytest.fixture
def administrator(internal_organization: Organization) -> User:
    return make_person(internal_organization, Role.ADMIN)

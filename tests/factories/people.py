"""People, organizations, teams and keys for tests. Every argument is optional."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from accounts.models import Clearance, Membership, Organization, RoleGrant, ServiceKey, Team, User
from accounts.roles import Role

NOON = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"
_number = itertools.count(1)


def internal_organization() -> Organization:
    return Organization.objects.get_or_create(kind="internal", defaults={"name": "Internal", "slug": "internal"})[0]


def make_vendor(slug: str = "") -> Organization:
    slug = slug or f"vendor-{next(_number)}"
    return Organization.objects.create(kind="vendor", name=slug.title(), slug=slug)


def make_team(name: str = "", hub: str = "Dublin") -> Team:
    name = name or f"Team {next(_number)}"
    slug = name.lower().replace(" ", "-")
    return Team.objects.create(organization=internal_organization(), name=name, slug=slug, hub=hub)


def make_user(
    *,
    roles: Iterable[str] = (Role.SPECIALIST,),
    organization: Organization | None = None,
    teams: Iterable[Team] = (),
    compartments: Iterable[str] = (),
    name: str = "",
    email: str = "",
    password: str = "",
    at: datetime = NOON,
) -> User:
    name = name or f"Person {next(_number)}"
    user = User(
        email=email or f"{name.lower().replace(' ', '.')}@example.test",
        display_name=name,
        organization=organization or internal_organization(),
    )
    user.set_password(password or None)
    user.save()
    RoleGrant.objects.bulk_create([RoleGrant(user=user, role=role, granted_at=at) for role in roles])
    Membership.objects.bulk_create([Membership(user=user, team=team) for team in teams])
    Clearance.objects.bulk_create(
        [
            Clearance(user=user, compartment=label, granted_at=at, expires_at=datetime.now(UTC) + timedelta(days=30))
            for label in compartments
        ]
    )
    return user


def make_key(
    *,
    organization: Organization | None = None,
    scopes: Iterable[str] = ("submissions:write", "submissions:read", "evidence:write", "messages:write"),
    is_sandbox: bool = False,
    expires_at: datetime | None = None,
    allowed_networks: Iterable[str] = (),
) -> tuple[ServiceKey, str]:
    """A key and its whole secret, ready for the Authorization header."""
    prefix = f"test{next(_number):08d}"
    secret = hashlib.sha256(prefix.encode()).hexdigest()[:43]
    key = ServiceKey.objects.create(
        organization=organization or make_vendor(),
        name=f"Key {prefix}",
        prefix=prefix,
        secret_sha256=hashlib.sha256(secret.encode()).hexdigest(),
        scopes=list(scopes),
        is_sandbox=is_sandbox,
        created_at=NOON,
        expires_at=expires_at,
        allowed_networks=list(allowed_networks),
    )
    return key, f"wf_{'test' if is_sandbox else 'live'}_{prefix}_{secret}"

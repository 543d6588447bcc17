"""Who has read which version. A version that `needs_acknowledgement` is decided by only after that (ux.md POL-6)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from accounts.models import RoleGrant, User
from accounts.roles import MATRIX, Action, Reach
from policies.models import Guidance, GuidanceAcknowledgement, PolicyVersion, VersionAcknowledgement


def missing_acknowledgement(version: PolicyVersion, user: User) -> bool:
    """Whether `user` has still to say that they read `version` before deciding by it. One query where it is asked for at all."""
    return bool(unread([version], user))


def unread(versions: Iterable[PolicyVersion], user: User) -> list[PolicyVersion]:
    """Those of the versions that `user` has still to acknowledge; their writers and publishers know them. At most one query."""
    asked = [
        version
        for version in versions
        if version.needs_acknowledgement
        and user.pk not in version.writers
        and user.pk not in (version.published_by_id, version.author_id)
    ]
    if not asked:
        return []
    known = VersionAcknowledgement.objects.filter(user=user, version__in=asked).values_list("version_id", flat=True)
    read = set(known)
    return [version for version in asked if version.pk not in read]


@dataclass(frozen=True)
class Reader:
    """A person who decides cases, and since when they have read it (None: not yet)."""

    user: User
    at: datetime | None


@dataclass(frozen=True)
class Readers:
    """Everybody who decides, those who have not read it first."""

    rows: list[Reader]

    @property
    def read(self) -> int:
        return sum(reader.at is not None for reader in self.rows)

    @property
    def total(self) -> int:
        return len(self.rows)


def deciders(*, at: datetime) -> list[User]:
    """Internal people whose role decides cases now, by name. `at` aware UTC. One query."""
    roles = [role for role, reach in MATRIX[Action.CASE_DECIDE].items() if reach is not Reach.NO]
    holding = RoleGrant.objects.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=at), role__in=roles)
    found = User.objects.filter(is_active=True, organization__kind="internal", pk__in=holding.values("user_id"))
    return list(found.order_by("display_name", "id"))


def readers_of_version(version: PolicyVersion, *, at: datetime) -> Readers:
    """The acknowledgement list of a version. Two queries."""
    rows = VersionAcknowledgement.objects.filter(version=version).values_list("user_id", "acknowledged_at")
    return _readers(dict(rows), at)


def readers_of_guidance(guidance: Guidance, *, at: datetime) -> Readers:
    """The acknowledgement list of a guidance. Two queries."""
    rows = GuidanceAcknowledgement.objects.filter(guidance=guidance).values_list("user_id", "acknowledged_at")
    return _readers(dict(rows), at)


def _readers(read: dict[int, datetime], at: datetime) -> Readers:
    rows = [Reader(user, read.get(user.pk)) for user in deciders(at=at)]
    return Readers(sorted(rows, key=lambda reader: reader.at is not None))


def guidance_read(user: User, guidance: Collection[Guidance]) -> set[int]:
    """Ids of those that `user` has acknowledged. One query."""
    rows = GuidanceAcknowledgement.objects.filter(user=user, guidance__in=list(guidance))
    return set(rows.values_list("guidance_id", flat=True))

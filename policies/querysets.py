"""Chainable filters of the policy library."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models

from accounts.models import User
from accounts.permissions import can
from accounts.roles import Action
from policies.lifecycle import PUBLISHED, GapState

if TYPE_CHECKING:
    from policies.models import Gap, Policy, PolicyVersion  # noqa: F401


class PolicyQuerySet(models.QuerySet["Policy"]):
    def visible_to(self, user: User) -> PolicyQuerySet:
        """The clauses `user` may read whole (permissions.md: "Policy text read"): all, or none.

        Vendors may read the public rationale only, which their own pages show; here they find nothing.
        """
        return self if user.is_internal and can(user, Action.POLICY_READ) else self.none()

    def active(self) -> PolicyQuerySet:
        return self.filter(is_active=True)


class PolicyVersionQuerySet(models.QuerySet["PolicyVersion"]):
    def visible_to(self, user: User) -> PolicyVersionQuerySet:
        """Published wordings of the clauses `user` may read whole. Drafts are for the library's editors."""
        return self.published() if user.is_internal and can(user, Action.POLICY_READ) else self.none()

    def published(self) -> PolicyVersionQuerySet:
        """Versions that hold, held or will hold: what may be shown to readers and cited."""
        return self.filter(state__in=PUBLISHED)

    def effective(self, *, at: datetime) -> PolicyVersionQuerySet:
        """Versions whose validity contains `at` (aware UTC): from its first instant, up to but not including its end.

        Uses index: policy_version_one_per_instant (its exclusion index).
        """
        return self.published().filter(effective__contains=at)

    def for_market(self, market: str) -> PolicyVersionQuerySet:
        """Versions for all markets and, where there is one, the variant of `market` (ISO 3166 alpha-2)."""
        return self.filter(market__in={"", market})

    def of_keys(self, keys: Collection[str]) -> PolicyVersionQuerySet:
        return self.filter(policy__key__in=keys)

    def on_surface(self, surface: str) -> PolicyVersionQuerySet:
        """Versions with an enforcement ladder for the surface."""
        return self.filter(ladder__has_key=surface)


class GapQuerySet(models.QuerySet["Gap"]):
    def visible_to(self, user: User) -> GapQuerySet:
        """For those who read policy text whole and hold the labels of its case; nobody outside hears of a gap."""
        if not (user.is_internal and can(user, Action.POLICY_READ)):
            return self.none()
        return self.filter(compartments__contained_by=sorted(user.access.compartments))

    def open(self) -> GapQuerySet:
        """Questions still waiting for a clause."""
        return self.filter(state=GapState.OPEN)

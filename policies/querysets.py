"""Chainable filters of the policy library."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from accounts.models import User
from accounts.permissions import can
from accounts.roles import Action
from policies.lifecycle import PUBLISHED, UNPUBLISHED, GapState

if TYPE_CHECKING:
    from policies.models import Gap, Guidance, Policy, PolicyTranslation, PolicyVersion  # noqa: F401


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
        """Wordings of the clauses `user` may read whole: the published ones, and the drafts for those who may read them."""
        if not (user.is_internal and can(user, Action.POLICY_READ)):
            return self.none()
        return self if can(user, Action.POLICY_DRAFT_READ) else self.published()

    def unpublished(self) -> PolicyVersionQuerySet:
        """Drafts, and what is in review or with the legal desk."""
        return self.filter(state__in=UNPUBLISHED)

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


class PolicyTranslationQuerySet(models.QuerySet["PolicyTranslation"]):
    def effective(self, *, at: datetime) -> PolicyTranslationQuerySet:
        """Translations of the wordings that hold at `at` (aware UTC)."""
        return self.filter(version__state__in=PUBLISHED, version__effective__contains=at)


class GuidanceQuerySet(models.QuerySet["Guidance"]):
    def visible_to(self, user: User) -> GuidanceQuerySet:
        """For those who read policy text whole."""
        return self if user.is_internal and can(user, Action.POLICY_READ) else self.none()

    def holding(self, *, at: datetime) -> GuidanceQuerySet:
        """What applies at `at` (aware UTC). Uses index: guidance_not_over, for now and later."""
        return self.filter(starts_at__lte=at, expires_at__gt=at).filter(Q(ended_at__isnull=True) | Q(ended_at__gt=at))

"""Interim guidance that covers a case (ux.md DEC-6): its filter is asked as the system reads it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, prefetch_related_objects
from django.urls import reverse

from accounts.models import User
from escalations.filters import compile_filter, count, rule_problems
from escalations.models import Case
from policies.models import Guidance
from policies.permissions import can_read_library
from policies.selectors.acknowledgements import guidance_read
from policies.shelf import Shelf, in_force


@dataclass(frozen=True)
class PinnedGuidance:
    """A guidance that applies to a case, and whether its reader has said that they read it."""

    guidance: Guidance
    is_acknowledged: bool

    @property
    def needs_acknowledgement(self) -> bool:
        """Whether the reader is still asked to."""
        return self.guidance.needs_acknowledgement and not self.is_acknowledged


def guidance_for(case: Case, *, at: datetime, viewer: User, shelf: Shelf | None = None) -> list[PinnedGuidance]:
    """The guidance that holds at `at` (aware UTC) and whose filter finds `case`, newest first. Three queries at most, none where none
    holds and `shelf` says so.
    """
    if not can_read_library(viewer):
        return []
    holding = (shelf or in_force(at=at)).guidance
    everywhere = {one.pk for one in holding if not one.scope}
    asked = {}
    for one in holding:
        compiled = compile_filter(one.scope, viewer=None, at=at, is_for_one_row=True) if one.scope else None
        if compiled is not None and compiled.is_valid:
            asked[f"g{one.pk}"] = Exists(Case.objects.filter(pk=OuterRef("pk")).filter(compiled.q))
    found: Mapping[str, bool] = {}
    if asked:
        found = Case.objects.filter(pk=case.pk).annotate(**asked).values(*asked).first() or {}
    # Copies: each viewer's own sight says who issued it.
    covering = [copy(one) for one in holding if one.pk in everywhere or found.get(f"g{one.pk}")]
    if not covering:
        return []
    prefetch_related_objects(covering, "issuer")
    read = guidance_read(viewer, covering)
    return [PinnedGuidance(one, one.pk in read) for one in covering]


def scope_problems(scope: str, at: datetime) -> list[str]:
    """What keeps a text from being a guidance's filter, in sentences."""
    return [problem.sentence(scope) for problem in rule_problems(scope, at=at)]


def scope_count(scope: str, viewer: User, at: datetime) -> tuple[int, str] | None:
    """How many open cases that `viewer` may see a filter finds (counted to 1,000), and the queue that lists them."""
    asked = f"{scope} is:open".strip()
    compiled = compile_filter(asked, viewer=viewer, at=at)
    if not compiled.is_valid:
        return None
    number = count(compiled.cases()).number
    return number, f"{reverse('escalations:queue')}?{urlencode({'q': asked})}"


def case_urls(refs: Collection[str], viewer: User) -> Mapping[str, str]:
    """The pages of those cases that `viewer` may see. One query."""
    seen = Case.objects.visible_to(viewer).filter(ref__in=list(refs)).values_list("ref", flat=True)
    return {ref: reverse("escalations:case", args=[ref]) for ref in seen}

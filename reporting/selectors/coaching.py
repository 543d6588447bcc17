"""Examples a vendor was shown, and how often their reason came back before and since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from accounts.models import Organization, User
from escalations.models import Case
from escalations.selectors.own_cases import LEAST, Chance
from reporting.models import CaseFact, CoachingSet, Triage

BASE = timedelta(days=28)
SHOWN = 20


@dataclass(frozen=True)
class Coached:
    """One set: its cases that the viewer may see, and the reason's share of what was looked at, None where that is too little."""

    row: CoachingSet
    cases: Sequence[Case]
    before: Chance | None
    after: Chance | None


def coached(vendor: Organization, *, viewer: User, at: datetime) -> list[Coached]:
    """The newest twenty sets of a vendor. "Since" counts from when the vendor read it, for four weeks at most; `at` aware UTC."""
    rows = list(
        CoachingSet.objects.filter(organization=vendor)
        .select_related("shared_by", "acknowledged_by")
        .order_by("-shared_at", "-id")[:SHOWN]
    )
    refs = {ref for row in rows for ref in row.refs}
    cases = {case.ref: case for case in Case.objects.visible_to(viewer).filter(organization=vendor, ref__in=refs)}
    return [
        Coached(
            row,
            [cases[ref] for ref in row.refs if ref in cases],
            _share(row, row.shared_at - BASE, row.shared_at),
            _share(row, row.acknowledged_at, min(at, row.acknowledged_at + BASE)) if row.acknowledged_at else None,
        )
        for row in rows
    ]


def _share(row: CoachingSet, start: datetime, end: datetime) -> Chance | None:
    """How many of those looked at in [start, end) came back for the reason; None below ten. Without what a label guards, as the scorecard."""
    # Uses index: case_fact_by_triage
    looked = CaseFact.objects.filter(
        organization_id=row.organization_id, triaged_at__gte=start, triaged_at__lt=end, compartments=[]
    )
    found = looked.aggregate(all=Count("pk"), hit=Count("pk", filter=Q(triage=Triage.INVALID, reason=row.reason)))
    return Chance(found["all"], found["hit"]) if found["all"] >= LEAST else None

"""The notes that stand on a time chart: people's, and by themselves the policy versions and SLA plans that took effect."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.permissions import can
from accounts.roles import Action
from escalations.models import SlaPlanVersion
from policies.models import PolicyVersion
from reporting.lifecycle import AnnotationKind
from reporting.models import Annotation

MOST = 40
APART_TO = 6  # more clauses than this in a window are told by the week


@dataclass(frozen=True)
class Note:
    """One note as charts and lists print it. `at` and `until` are aware UTC. Automatic ones have no `public_id`: nobody edits
    them. What is no flag is too common to stand on the chart itself (a library changes every week) and is listed below it.
    """

    at: datetime
    text: str
    kind: AnnotationKind
    until: datetime | None = None
    url: str = ""
    public_id: str = ""
    scope: str = ""
    is_new_baseline: bool = False
    is_flag: bool = True

    @property
    def kind_label(self) -> str | Promise:
        return self.kind.label

    @property
    def is_automatic(self) -> bool:
        return not self.public_id


def during(
    *,
    viewer: User,
    start: datetime,
    end: datetime,
    zone: tzinfo,
    concerns: Callable[[str, str], bool] = lambda _field, _slug: True,
) -> list[Note]:
    """Notes that touch [start, end) (aware UTC), oldest first, at most 40.

    `concerns("vendor" | "queue", slug)` says whether the page shows that one's rows; notes about everything always stay.
    """
    notes = [*_written(viewer, start, end, concerns), *_plans(start, end)]
    if can(viewer, Action.POLICY_READ):
        notes += _clauses(start, end, zone)
    # People's notes and plans outlive the limit: clauses change every week.
    kept = sorted(notes, key=lambda note: (note.is_flag, note.at))[-MOST:]
    return sorted(kept, key=lambda note: note.at)


def _written(viewer: User, start: datetime, end: datetime, concerns: Callable[[str, str], bool]) -> list[Note]:
    rows = Annotation.objects.visible_to(viewer).during(start, end).select_related("vendor", "queue")
    found = []
    for row in rows.order_by("starts_at", "id")[: MOST * 2]:
        if (row.vendor and not concerns("vendor", row.vendor.slug)) or (
            row.queue and not concerns("queue", row.queue.slug)
        ):
            continue
        scope = row.vendor.name if row.vendor else row.queue.name if row.queue else ""
        found.append(
            Note(
                row.starts_at,
                row.text,
                AnnotationKind(row.kind),
                row.ends_at,
                reverse("reporting:annotation", args=[row.public_id]),
                str(row.public_id),
                scope,
                row.is_new_baseline,
            )
        )
    return found


def _plans(start: datetime, end: datetime) -> list[Note]:
    versions = SlaPlanVersion.objects.filter(published_at__gte=start, published_at__lt=end, number__gt=1)
    return [
        Note(
            version.published_at,
            _("SLA plan “%(plan)s”, version %(number)d") % {"plan": version.plan.name, "number": version.number},
            AnnotationKind.PLAN,
        )
        for version in versions.select_related("plan").order_by("published_at", "id")[:MOST]
    ]


def _clauses(start: datetime, end: datetime, zone: tzinfo) -> list[Note]:
    """New versions of clauses, not their first; where they are many, one note a week, below the chart alone."""
    rows = (
        PolicyVersion.objects.filter(effective__startswith__gte=start, effective__startswith__lt=end, number__gt=1)
        .order_by("effective__startswith", "id")
        .values_list("effective__startswith", "policy__key", "number")
    )
    found: list[tuple[datetime, str]] = [(at, f"{key}@v{number}") for at, key, number in rows[:2000]]
    if len(found) <= APART_TO:
        return [Note(at, _("%(clause)s took effect") % {"clause": name}, AnnotationKind.POLICY) for at, name in found]
    weeks: dict[tuple[int, int], list[tuple[datetime, str]]] = defaultdict(list)
    for at, name in found:
        weeks[_week(at, zone)].append((at, name))
    return [_told(told) for told in weeks.values()]


def _week(at: datetime, zone: tzinfo) -> tuple[int, int]:
    day: date = at.astimezone(zone).date()
    year, week, _weekday = day.isocalendar()
    return year, week


def _told(told: list[tuple[datetime, str]]) -> Note:
    at, first = told[0]
    if len(told) == 1:
        return Note(at, _("%(clause)s took effect") % {"clause": first}, AnnotationKind.POLICY, is_flag=False)
    others = len(told) - 1
    words = ngettext("%(clause)s and %(n)d more took effect", "%(clause)s and %(n)d more took effect", others)
    return Note(at, words % {"clause": first, "n": others}, AnnotationKind.POLICY, is_flag=False)

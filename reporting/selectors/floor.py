"""The floor as it is now: open cases counted from the cases themselves, to the second, over the same rows the lists show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import quantiles

from django.db.models import Count, F, Min, Q, QuerySet

from escalations.filters.compiling import EITHER
from escalations.models import Case, Queue
from reporting.selectors.figures import Scope

SPARK_HOURS = 48
MOST_AGES = 200_000


@dataclass(frozen=True)
class Floor:
    """Open cases and the last hour. `oldest_at` is aware UTC."""

    open: int
    unclaimed: int
    at_risk: int
    breached: int
    waiting: int
    snoozed: int
    oldest_at: datetime | None


@dataclass(frozen=True)
class QueueRow:
    """One queue now. `spark` counts receipts hour by hour, the last one running."""

    queue: Queue
    open: int
    unclaimed: int
    at_risk: int
    breached: int
    oldest_at: datetime | None
    p90_age: timedelta | None
    spark: tuple[int, ...]


def counted(scope: Scope, q: Q) -> QuerySet[Case]:
    """Cases of a scope that match a compiled filter: no sandbox, no practice, nothing whose labels the reader does not hold."""
    if scope.is_empty:
        return Case.objects.none()
    cases = Case.objects.real().filter(Q(compartments=[]) | Q(compartments__contained_by=sorted(scope.labels)))
    if scope.organization_id is not None:
        cases = cases.filter(organization_id=scope.organization_id)
    if scope.queue_ids is not None:
        cases = cases.filter(queue_id__in=scope.queue_ids)
    return cases.filter(q).order_by()


def _open(scope: Scope, q: Q) -> QuerySet[Case]:
    bare = Q(*[child for child in q.children if child != EITHER], _connector=q.connector, _negated=q.negated)
    return counted(scope, bare).filter(is_open=True, parent__isnull=True)


def floor(scope: Scope, q: Q, *, at: datetime) -> Floor:
    """What is open at `at` (aware UTC). One query."""
    found = _open(scope, q).aggregate(
        open=Count("pk"),
        unclaimed=Count("pk", filter=Q(assignee__isnull=True)),
        at_risk=Count("pk", filter=Q(due_at__gte=at, due_at__lte=at + timedelta(hours=1))),
        breached=Count("pk", filter=Q(is_breached=True) | Q(due_at__lt=at)),
        waiting=Count("pk", filter=Q(status="waiting")),
        snoozed=Count("pk", filter=Q(snoozed_until__gt=at)),
        oldest_at=Min("received_at"),
    )
    return Floor(**found)


def due_by_hour(scope: Scope, q: Q, hours: Sequence[tuple[datetime, datetime]]) -> dict[tuple[int, int], int]:
    """Open cases by the hour their nearest clock is due in and by severity: (number of the hour, severity) → how many. One query."""
    rows = (
        _open(scope, q)
        .filter(due_at__gte=hours[0][0], due_at__lt=hours[-1][1])
        .values_list("due_at", "severity")
        .annotate(number=Count("pk"))
    )
    found: dict[tuple[int, int], int] = defaultdict(int)
    for due_at, severity, number in rows:
        hour = next((place for place, (start, end) in enumerate(hours) if start <= due_at < end), None)
        if hour is not None:
            found[hour, severity] += number
    return dict(found)


def queues(scope: Scope, q: Q, *, at: datetime) -> list[QueueRow]:
    """Every queue with open cases, the fullest first. Four queries whatever their number."""
    now = _open(scope, q)
    rows = now.values("queue_id").annotate(
        open=Count("pk"),
        unclaimed=Count("pk", filter=Q(assignee__isnull=True)),
        at_risk=Count("pk", filter=Q(due_at__gte=at, due_at__lte=at + timedelta(hours=1))),
        breached=Count("pk", filter=Q(is_breached=True) | Q(due_at__lt=at)),
        oldest_at=Min("received_at"),
    )
    found = {row["queue_id"]: row for row in rows}
    if not found:
        return []
    ages: dict[int, list[float]] = defaultdict(list)
    for queue_id, received_at in now.values_list("queue_id", "received_at")[:MOST_AGES]:
        ages[queue_id].append((at - received_at).total_seconds())
    since = at - timedelta(hours=SPARK_HOURS)
    sparks: dict[int, list[int]] = {queue_id: [0] * SPARK_HOURS for queue_id in found}
    recent = counted(scope, q).filter(received_at__gt=since, received_at__lte=at, queue_id__in=list(found))
    for queue_id, received_at in recent.filter(parent__isnull=True).values_list("queue_id", F("received_at")):
        sparks[queue_id][min(int((received_at - since).total_seconds() // 3600), SPARK_HOURS - 1)] += 1
    names = {queue.pk: queue for queue in Queue.objects.filter(pk__in=list(found))}
    shown = [
        QueueRow(
            names[queue_id],
            row["open"],
            row["unclaimed"],
            row["at_risk"],
            row["breached"],
            row["oldest_at"],
            timedelta(seconds=_p90(ages[queue_id])) if ages[queue_id] else None,
            tuple(sparks[queue_id]),
        )
        for queue_id, row in found.items()
    ]
    return sorted(shown, key=lambda row: (-row.open, row.queue.name))


def _p90(values: list[float]) -> float:
    return values[0] if len(values) == 1 else quantiles(values, n=10, method="inclusive")[8]

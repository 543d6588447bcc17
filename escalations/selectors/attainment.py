"""How promises were kept: attainment over clocks that were met or missed in a period, with excuses and without (sla.md §3.9).

Open clocks stand apart, and so do cancelled ones; the overshoot of what was late comes along, since a share alone hides it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from escalations.lifecycle import Metric

# By the instants that decide: a met clock by its stop, a missed one by the moment it was missed. Sandbox cases are no promises.
# Reads the period's clocks once: for a page of administration, not for a wall.
_KEPT = """
SELECT k.metric, coalesce(p.name, ''), coalesce(v.number, 0),
  count(*) FILTER (WHERE k.state = 'met' AND k.stopped_at >= %(since)s AND k.stopped_at < %(until)s) AS met,
  count(*) FILTER (WHERE missed) AS missed,
  count(*) FILTER (WHERE missed AND k.excused_by_id IS NOT NULL) AS excused,
  count(*) FILTER (WHERE missed AND EXISTS (SELECT FROM escalations_slaclockevent e
    WHERE e.clock_id = k.id AND e.kind = 'breach' AND e.data ? 'by_retarget')) AS by_retarget,
  count(*) FILTER (WHERE k.state = 'cancelled' AND EXISTS (SELECT FROM escalations_slaclockevent e
    WHERE e.clock_id = k.id AND e.kind = 'cancel' AND e.occurred_at >= %(since)s AND e.occurred_at < %(until)s)) AS cancelled,
  count(*) FILTER (WHERE k.state IN ('pending', 'running', 'paused') AND k.missed_at IS NULL) AS open,
  (percentile_cont(0.5) WITHIN GROUP (ORDER BY over_s) FILTER (WHERE missed AND k.state = 'missed'))::int AS median_s,
  (percentile_cont(0.9) WITHIN GROUP (ORDER BY over_s) FILTER (WHERE missed AND k.state = 'missed'))::int AS p90_s
FROM (
  SELECT k.*, k.state <> 'cancelled' AND k.missed_at >= %(since)s AND k.missed_at < %(until)s AS missed,
    greatest(0, k.consumed_s + k.carried_s - k.target_s) AS over_s
  FROM escalations_slaclock k
  WHERE k.object_type = 'case' AND k.started_at < %(until)s AND (k.stopped_at IS NULL OR k.stopped_at >= %(since)s
    OR k.missed_at >= %(since)s)
) k
JOIN escalations_case c ON c.id = k.object_id AND NOT c.is_sandbox
LEFT JOIN escalations_slatarget t ON t.id = k.target_id
LEFT JOIN escalations_slaplanversion v ON v.id = t.version_id
LEFT JOIN escalations_slaplan p ON p.id = v.plan_id
GROUP BY 1, 2, 3
"""


@dataclass(frozen=True)
class Kept:
    """One clock of one plan version in a period. Seconds are of open time past the target, over clocks that have ended."""

    metric: Metric
    plan: str
    version: int
    met: int
    missed: int
    excused: int
    by_retarget: int
    cancelled: int
    open: int
    overshoot_median_s: int | None
    overshoot_p90_s: int | None

    @property
    def label(self) -> str:
        return str(self.metric.label)

    @property
    def raw(self) -> float | None:
        """met / (met + missed), every miss counted; None where nothing ended."""
        return self.met / (self.met + self.missed) if self.met + self.missed else None

    @property
    def with_excuses(self) -> float | None:
        """The same without the misses that a person excused."""
        counted = self.met + self.missed - self.excused
        return self.met / counted if counted else None

    @property
    def raw_percent(self) -> str:
        return _percent(self.raw)

    @property
    def excused_percent(self) -> str:
        return _percent(self.with_excuses)


def kept(*, since: datetime, until: datetime) -> list[Kept]:
    """What was kept from `since` to before `until` (aware UTC), by clock and plan version, of cases this transaction can see."""
    with connection.cursor() as cursor:
        cursor.execute(_KEPT, {"since": since, "until": until})
        rows = cursor.fetchall()
    order = {metric.value: number for number, metric in enumerate(Metric)}
    found = [Kept(Metric(metric), *rest) for metric, *rest in rows]
    return sorted(found, key=lambda one: (order[one.metric.value], one.plan, -one.version))


def _percent(share: float | None) -> str:
    """Rounded down, so that 100 % means all of them."""
    return "–" if share is None else f"{int(share * 1000) / 10:g} %"

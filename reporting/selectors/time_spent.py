"""Where the time of closed cases went (CH-9), from their facts."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from reporting.selectors.figures import ALL, Scope, Where, Window

# Before anybody took it, while it waited for the submitter, and the rest, which is work and all other waiting.
_SPENT = """
SELECT f.severity, count(*),
  coalesce(sum(greatest(0, extract(epoch FROM least(coalesce(f.acknowledged_at, f.first_closed_at), f.first_closed_at) - f.received_at))), 0),
  coalesce(sum(f.waited_s), 0),
  coalesce(sum(extract(epoch FROM f.first_closed_at - f.received_at)), 0)
FROM reporting_casefact f
WHERE f.first_closed_at >= %s AND f.first_closed_at < %s AND NOT f.is_child AND {scope} AND {where}
GROUP BY f.severity ORDER BY f.severity
"""


@dataclass(frozen=True)
class Spent:
    """Seconds of the cases of one severity that were closed for the first time in the window."""

    severity: int
    n: int
    unclaimed_s: float
    submitter_s: float
    working_s: float


def time_spent(*, scope: Scope, window: Window, where: Where = ALL) -> list[Spent]:
    """By severity, worst first. One query."""
    theirs, values = scope.sql()
    sql = _SPENT.format(scope=theirs, where=where.condition or "true")
    with connection.cursor() as cursor:
        cursor.execute(sql, [window.start, window.end, *values, *where.values])
        rows = cursor.fetchall()
    found = []
    for severity, n, unclaimed, submitter, whole in rows:
        before, waited, total = float(unclaimed), float(submitter), float(whole)
        found.append(Spent(severity, n, before, waited, max(0.0, total - before - waited)))
    return found

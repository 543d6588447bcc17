"""Counting days: the engine keeps the rollups of every day, and counts a day again once its facts have changed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from core import engine
from core.clock import db_now
from reporting.models import Rollup, RollupDay
from reporting.tallies import BUILD, SHAPE

# A busy day is counted at most so often, less often the more there is to count; meanwhile figures read its facts, or it as it stands.
AGAIN_AFTER, AGAIN_PER_FACT = timedelta(seconds=30), timedelta(milliseconds=0.1)
TOGETHER = 7  # days counted in one transaction while there are many
LONGEST_S = 2.0  # after that no further day is begun in the same transaction
MEMORY = "32MB"  # groupings are hashed rather than sorted on disk
STATEMENT_S = 60.0  # a day of tens of thousands of cases takes seconds
_LOCK = 7_301_155_001  # the one of `facts.follow`: nothing changes a fact while it is counted

# Every day on which a fact of these cases stands.
_DAYS = """
SELECT DISTINCT (x.at AT TIME ZONE 'UTC')::date AS day FROM (
  SELECT unnest(ARRAY[received_at, acknowledged_at, first_response_at, first_closed_at, last_closed_at, triaged_at]) AS at
    FROM reporting_casefact WHERE case_id = ANY(%(ids)s)
  UNION ALL SELECT unnest(ARRAY[closed_at, reopened_at]) FROM reporting_closingfact WHERE case_id = ANY(%(ids)s)
  UNION ALL SELECT settled_at FROM reporting_clockfact WHERE case_id = ANY(%(ids)s)
  UNION ALL SELECT decided_at FROM reporting_decisionfact WHERE case_id = ANY(%(ids)s)
) x WHERE x.at IS NOT NULL
"""
_SPOIL = f"UPDATE reporting_rollupday SET is_clean = false WHERE is_clean AND day IN ({_DAYS})"


# The largest tally of each family is how many facts it has that day.
_FACTS = """SELECT coalesce(sum((SELECT max(c) FROM unnest(counts) c)), 0) FROM reporting_rollup
WHERE start_at = %s AND grain = 'd' AND keys = 'n' AND dim = '' AND buckets IS NULL"""


def spoil(case_ids: Sequence[int]) -> None:
    """Have the days counted again on which facts of these cases stand. In the transaction that changes them, before and after it."""
    with connection.cursor() as cursor:
        cursor.execute(_SPOIL, {"ids": list(case_ids)})


def refresh(limit: int = 1) -> int:
    """Count the latest days that need it; answers `limit` or more while there may be others, 0 once none is left. The engine's claim `rollups`.

    One engine at a time, and none while facts are written.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute("SET LOCAL statement_timeout = %s", [f"{STATEMENT_S:.0f}s"])
        # And a day's cases are found by key, rather than by reading all of them.
        cursor.execute("SET LOCAL work_mem = %s; SET LOCAL random_page_cost = 1.1", [MEMORY])
        at, started = db_now(), time.monotonic()
        days = _due(at, TOGETHER)
        for number, day in enumerate(days, start=1):
            engine.progress(within_s=STATEMENT_S + engine.STALLED_S)
            build(day, at=at)
            if time.monotonic() - started > LONGEST_S and number < len(days):
                return max(limit, TOGETHER)  # facts wait meanwhile: the others have their turn first
    return max(limit, TOGETHER) if len(days) == TOGETHER else len(days)


def _due(at: datetime, limit: int) -> list[date]:
    """Days up to today that were never counted, or are not clean, or were counted under other definitions; the latest first."""
    values: dict[str, Any] = {
        "at": at,
        "shape": SHAPE,
        "before": at - AGAIN_AFTER,
        "each": AGAIN_PER_FACT,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        # Uses index: case_fact_by_receipt for the first day.
        cursor.execute(
            "SELECT s.day::date FROM generate_series((SELECT date_trunc('day', min(received_at), 'UTC') FROM reporting_casefact),"
            " %(at)s, interval '1 day') AS s(day)"
            " LEFT JOIN reporting_rollupday r ON r.day = (s.day AT TIME ZONE 'UTC')::date"
            " WHERE r.day IS NULL OR r.shape <> %(shape)s OR (NOT r.is_clean AND r.built_at < %(before)s - r.facts * %(each)s)"
            " ORDER BY 1 DESC LIMIT %(limit)s",
            values,
        )
        return [row[0] for row in cursor.fetchall()]


def build(day: date, *, at: datetime) -> None:
    """Count one day (UTC) anew, in the caller's transaction. `at` aware UTC."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    end = start + timedelta(days=1)
    Rollup.objects.filter(start_at__gte=start, start_at__lt=end).delete()
    with connection.cursor() as cursor:
        for statement in BUILD:
            cursor.execute(statement, {"start": start, "end": end})
        cursor.execute(_FACTS, [start])
        values = {"is_clean": True, "shape": SHAPE, "built_at": at, "facts": cursor.fetchone()[0]}
    RollupDay.objects.update_or_create(pk=day, defaults=values)

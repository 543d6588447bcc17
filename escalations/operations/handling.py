"""Counting the time people are at a case from their page's signs of life (ux.md KPI-16)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from accounts.models import User
from escalations.models import Case

BEAT = timedelta(seconds=20)  # a page in front tells so often; twice as long without one, and nobody was there
_COUNT = """
INSERT INTO escalations_handletime AS h (organization_id, case_id, user_id, seconds, last_at) VALUES (%(organization)s, %(case)s, %(user)s, 0, %(at)s)
ON CONFLICT (case_id, user_id) DO UPDATE SET last_at = excluded.last_at,
  seconds = h.seconds + CASE WHEN excluded.last_at - h.last_at <= %(longest)s THEN extract(epoch FROM excluded.last_at - h.last_at) ELSE 0 END
WHERE excluded.last_at > h.last_at
"""


def count_presence(case: Case, by: User, *, at: datetime) -> None:
    """Add the time since `by`'s last sign of life at `case`, where that is at most forty seconds ago.

    `at` is aware UTC. A repeat, or a sign that comes late, adds nothing. No event: it changes nothing about the case.
    """
    with connection.cursor() as cursor:
        values: dict[str, Any] = {
            "organization": case.organization_id,
            "case": case.pk,
            "user": by.pk,
            "at": at,
            "longest": 2 * BEAT,
        }
        cursor.execute(_COUNT, values)

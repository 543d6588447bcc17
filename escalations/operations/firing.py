"""What timers that fire by the thousand do, as set SQL: one statement for a batch (reliability.md R6, performance.md P6).

Only what needs no calendar and belongs to a case: a running clock whose row says that its breach instant has passed. Everything
else (warnings, rows that changed since, clocks of other owners) is left to `clocks.fire`, which says the same in Python; a test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import structlog
from django.db import connection

from audit import recording
from escalations import events

# The clocks are locked. A clock has one armed timer; a missed one arms no other. Instants are written as Python's
# isoformat writes them, with "+00:00".
_BREACH = """
WITH hit AS (
  SELECT t.id AS timer_id, k.id AS clock_id, k.organization_id, k.object_id, k.metric, k.cycle, k.breach_at
  FROM escalations_slatimer t JOIN escalations_slaclock k ON k.id = t.clock_id
  WHERE t.id = ANY(%(timers)s) AND k.object_type = 'case' AND k.state = 'running' AND k.epoch = t.epoch AND k.missed_at IS NULL
    AND k.breach_at <= %(at)s
), missed AS (
  UPDATE escalations_slaclock k SET missed_at = k.breach_at FROM hit WHERE k.id = hit.clock_id
), fact AS (
  INSERT INTO escalations_slaclockevent (organization_id, clock_id, kind, occurred_at, recorded_at, actor_kind, actor_id, cause,
    level, data)
  SELECT organization_id, clock_id, 'breach', breach_at, %(at)s, 'system', NULL, '', 0, '{{}}' FROM hit
), marked AS (
  UPDATE escalations_case c SET is_breached = true FROM (SELECT DISTINCT object_id FROM hit) h
  WHERE c.id = h.object_id AND NOT c.is_breached
), event AS (
  SELECT hit.breach_at AS at, %(kind)s AS kind, 'escalations.case' AS subject_type, c.id AS subject_id, c.ref AS subject_ref,
    'system' AS actor_kind, NULL::bigint AS actor_id, '' AS actor_label, c.organization_id, c.compartments,
    %(request_id)s AS request_id,
    jsonb_build_object('metric', hit.metric, 'clock', hit.clock_id, 'cycle', hit.cycle,
      'breach_at', to_char(hit.breach_at AT TIME ZONE 'UTC', CASE WHEN extract(microseconds FROM hit.breach_at)::int %% 1000000 = 0
        THEN 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"' ELSE 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"' END),
      'found_late_s', greatest(0, round(extract(epoch FROM %(at)s - hit.breach_at))::bigint)) AS data
  FROM hit JOIN escalations_case c ON c.id = hit.object_id ORDER BY hit.breach_at, hit.clock_id
), {made}
SELECT timer_id FROM hit
"""


def breach(timer_ids: Sequence[int], at: datetime) -> Collection[int]:
    """Write the breach of every clock whose breach instant passed by `at` (aware UTC); answers the timers it dealt with.

    Marks clock and case, writes the clock's event and records `clock.breached` at the computed instant.
    """
    made, heard = recording.set_tables("event", [events.CLOCK_BREACHED])
    request_id = str(structlog.contextvars.get_contextvars().get("request_id", ""))[:64]
    values = {"timers": list(timer_ids), "at": at, "kind": events.CLOCK_BREACHED, "request_id": request_id, **heard}
    with connection.cursor() as cursor:
        cursor.execute(_BREACH.format(made=made), values)
        return [timer_id for (timer_id,) in cursor.fetchall()]

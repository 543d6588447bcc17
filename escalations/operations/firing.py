"""What timers that fire by the thousand do, as set SQL: one statement for a batch (reliability.md R6, performance.md P6).

Only what belongs to a case and needs no calendar: the breach of a running clock whose row says that its breach instant has passed,
and the warning of a clock on a calendar that never closes, which nothing changed since its start. Everything else (opening hours,
rows that changed since, clocks of other owners) is left to `clocks.fire`, which says the same in Python; a test holds the two
against each other.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from audit import recording
from escalations import events
from escalations.clock_life import LEGAL_WARNINGS
from oncall.selectors.calendars import spec_of

# Instants in an event are written as Python's isoformat writes them, with "+00:00".
_ISO = """to_char({at} AT TIME ZONE 'UTC', CASE WHEN extract(microseconds FROM {at})::int %% 1000000 = 0
        THEN 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"' ELSE 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"' END)"""
# The batch's timers first, then their clocks by key and nothing else: with any condition on their state beside it the planner walks
# through every open clock there is, for each batch anew (the index of open clocks), and a burst takes its square.
_DUE = """
due AS MATERIALIZED (
  SELECT id, clock_id, kind, level, due_at, epoch FROM escalations_slatimer WHERE id = ANY(%(timers)s)
), near AS MATERIALIZED (
  SELECT * FROM escalations_slaclock WHERE id = ANY(ARRAY(SELECT clock_id FROM due))
)"""
# The cases of the clocks that were hit, locked all the time; who only wakes the sleeping ones hears of no other.
ASLEEP = "asleep"
_OWNERS = f"""
owner AS MATERIALIZED (
  SELECT id, ref, organization_id, compartments, snoozed_until FROM escalations_case WHERE id = ANY(ARRAY(SELECT object_id FROM hit))
), {ASLEEP} AS (
  SELECT id FROM owner WHERE snoozed_until IS NOT NULL
)"""
# The clocks are locked. A clock has one armed timer; a missed one arms no other. The case's row is read and not written: its `due_at`
# has passed and says the same, and to write it anew with its 40 index entries cost more than all the rest of a firing.
_BREACH = """
WITH {due}, hit AS (
  SELECT t.id AS timer_id, k.id AS clock_id, k.organization_id, k.object_id, k.metric, k.cycle, k.breach_at
  FROM due t JOIN near k ON k.id = t.clock_id
  WHERE k.object_type = 'case' AND k.state = 'running' AND k.epoch = t.epoch AND k.missed_at IS NULL
    AND k.breach_at <= %(at)s
), missed AS (
  UPDATE escalations_slaclock k SET missed_at = k.breach_at FROM hit WHERE k.id = hit.clock_id
), {owners}, fact AS (
  INSERT INTO escalations_slaclockevent (organization_id, clock_id, kind, occurred_at, recorded_at, actor_kind, actor_id, cause,
    level, data)
  SELECT organization_id, clock_id, 'breach', breach_at, %(at)s, 'system', NULL, '', 0, '{{}}' FROM hit
), event AS (
  SELECT hit.breach_at AS at, %(kind)s AS kind, 'escalations.case' AS subject_type, c.id AS subject_id, c.ref AS subject_ref,
    'system' AS actor_kind, NULL::bigint AS actor_id, '' AS actor_label, c.organization_id, c.compartments,
    %(request_id)s AS request_id,
    jsonb_build_object('metric', hit.metric, 'clock', hit.clock_id, 'cycle', hit.cycle,
      'breach_at', {iso},
      'found_late_s', greatest(0, round(extract(epoch FROM %(at)s - hit.breach_at))::bigint)) AS data
  FROM hit JOIN owner c ON c.id = hit.object_id ORDER BY hit.breach_at, hit.clock_id
), {made}
SELECT timer_id FROM hit
"""


# Where a calendar never closes and nothing happened to the clock since its start (epoch 1, nothing carried), a share of the target is
# used up that share of the seconds after the start: `Life.used_up_at` without a `Life`. The warning given is the highest that is due,
# the next timer that of the lowest above it which lies before the breach, else the breach's.
_WARN = """
WITH {due}, hit AS (
  SELECT t.id AS timer_id, t.due_at AS timer_at, k.id AS clock_id, k.organization_id, k.object_id, k.metric, k.cycle, k.due_at, k.breach_at,
    coalesce(now_due.level, t.level) AS level, next.level AS next_level, next.at AS next_at
  FROM due t JOIN near k ON k.id = t.clock_id
  LEFT JOIN escalations_slatarget g ON g.id = k.target_id
  CROSS JOIN LATERAL (SELECT coalesce(g.warn_percent::int[], %(legal)s) AS levels) w
  CROSS JOIN LATERAL (
    SELECT max(level) AS level FROM unnest(w.levels) AS level
    WHERE k.started_at + k.target_s * level * interval '10 milliseconds' <= %(at)s
  ) now_due
  LEFT JOIN LATERAL (
    SELECT level, k.started_at + k.target_s * level * interval '10 milliseconds' AS at FROM unnest(w.levels) AS level
    WHERE level > greatest(coalesce(now_due.level, 0), t.level)
      AND k.started_at + k.target_s * level * interval '10 milliseconds' < k.breach_at
    ORDER BY level LIMIT 1
  ) next ON true
  WHERE t.kind = 'warn' AND t.epoch = 1
    AND k.object_type = 'case' AND k.state = 'running' AND k.epoch = 1 AND k.missed_at IS NULL AND k.breach_at > %(at)s
    AND k.due_at IS NOT NULL AND k.carried_s = 0 AND k.grace_s = 0 AND coalesce(g.working_days, 0) = 0
    AND k.calendar_version_id = ANY(%(never_closed)s)
), {owners}, fact AS (
  INSERT INTO escalations_slaclockevent (organization_id, clock_id, kind, occurred_at, recorded_at, actor_kind, actor_id, cause,
    level, data)
  SELECT organization_id, clock_id, 'warn', %(at)s, %(at)s, 'system', NULL, '', level, '{{"edition": 1}}' FROM hit
), armed AS (
  INSERT INTO escalations_slatimer (organization_id, clock_id, object_type, object_id, kind, level, due_at, epoch, state, attempts,
    last_error, data)
  SELECT organization_id, clock_id, 'case', object_id, CASE WHEN next_at IS NULL THEN 'breach' ELSE 'warn' END, coalesce(next_level, 0),
    coalesce(next_at, breach_at), 1, 'armed', 0, '', '{{}}' FROM hit
), event AS (
  SELECT %(at)s AS at, %(kind)s AS kind, 'escalations.case' AS subject_type, c.id AS subject_id, c.ref AS subject_ref,
    'system' AS actor_kind, NULL::bigint AS actor_id, '' AS actor_label, c.organization_id, c.compartments,
    %(request_id)s AS request_id,
    jsonb_build_object('metric', hit.metric, 'clock', hit.clock_id, 'cycle', hit.cycle, 'level', hit.level,
      'due_at', {iso}) AS data
  FROM hit JOIN owner c ON c.id = hit.object_id ORDER BY hit.timer_at, hit.timer_id
), {made}
SELECT timer_id FROM hit
"""
_CALENDARS = """
SELECT DISTINCT k.calendar_version_id FROM escalations_slatimer t JOIN escalations_slaclock k ON k.id = t.clock_id
WHERE t.id = ANY(%s) AND k.epoch = 1
"""


def breach(timer_ids: Sequence[int], at: datetime) -> Collection[int]:
    """Write the breach of every clock whose breach instant passed by `at` (aware UTC); answers the timers it dealt with.

    Marks the clock, writes the clock's event and records `clock.breached` at the computed instant.
    """
    return _write(_BREACH, events.CLOCK_BREACHED, "hit.breach_at", timer_ids, at)


def warn(timer_ids: Sequence[int], at: datetime) -> Collection[int]:
    """What timers of warnings do, for those of clocks that never changed on calendars that never close; answers which these are.

    As `breach` for clocks past their breach instant: the warnings they slept through are not given. The others get the highest
    warning due by `at` (aware UTC), the timer of their next stage, the clock's event, and `clock.warned` recorded at `at`.
    """
    done = set(breach(timer_ids, at))
    rest = [timer_id for timer_id in timer_ids if timer_id not in done]
    if not rest:
        return done
    with connection.cursor() as cursor:
        cursor.execute(_CALENDARS, [rest])
        never_closed = [version for (version,) in cursor.fetchall() if spec_of(version).is_always_open]
    if never_closed:
        more = {"never_closed": never_closed, "legal": list(LEGAL_WARNINGS)}
        done.update(_write(_WARN, events.CLOCK_WARNED, "hit.due_at", rest, at, **more))
    return done


def _write(
    statement: str, kind: str, told: str, timer_ids: Sequence[int], at: datetime, **more: Any
) -> Collection[int]:
    """Run one of the statements above, with the event of this kind; `told` is the instant that the event names."""
    made, heard = recording.set_tables("event", [kind], groups=[ASLEEP])
    values = {"timers": list(timer_ids), "at": at, "kind": kind, "request_id": recording.request_id(), **heard, **more}
    with connection.cursor() as cursor:
        cursor.execute(statement.format(made=made, iso=_ISO.format(at=told), due=_DUE, owners=_OWNERS), values)
        return [timer_id for (timer_id,) in cursor.fetchall()]

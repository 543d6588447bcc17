"""Facts kept current: the engine follows the log behind its horizon and writes anew what the touched cases come to.

One set of statements serves the engine (some cases) and `manage.py rebuild_reports` (all of them, in slices), so that both must agree.
No write path pays for it: events are read from the log, not from an outbox row of each. Repeats change nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from core import engine
from core.clock import db_now
from escalations import events
from reporting.models import ClockFact, FactsState
from reporting.operations import rollups

CASE_TYPE = "escalations.case"
READ = 2000  # events a turn
SLICE = 2000  # cases a transaction of the rebuild
DEFINITIONS = 2  # raised when a statement here comes to something else: every fact is written anew then
_LOCK = 7_301_155_001  # one engine at a time: transactions of a second would only wait for the first

# Kinds that end a wait for the submitter, or the case's way through the team.
_ENDS_WAIT = (
    events.CASE_RESUMED,
    events.CASE_CLOSED,
    events.CASE_WAITING,
    events.CASE_RELEASED,
    events.DECISION_MADE,
)
_READ_KINDS = (
    events.CASE_CREATED,
    events.CASE_CLAIMED,
    events.CASE_ASSIGNED,
    events.CASE_WAITING,
    events.CASE_RESUMED,
    events.CASE_RELEASED,
    events.CASE_CLOSED,
    events.CASE_REJECTED,
    events.CASE_REOPENED,
    events.CASE_UNMERGED,
    events.DECISION_MADE,
)

# The statements read the log and the live rows of the named cases; `%(ids)s` are case ids.
_EV = """
ev AS MATERIALIZED (
  SELECT e.subject_id AS case_id, e.id, e.kind, e.at, CASE WHEN e.actor_kind = 'person' THEN e.actor_id END AS actor_id, e.data
  FROM audit_event e
  WHERE e.subject_type = 'escalations.case' AND e.subject_id = ANY(%(ids)s) AND e.kind = ANY(%(kinds)s)
)
"""
_CLOSINGS = f"""
WITH {_EV}, closed AS (
  SELECT case_id, id, at, data->>'resolution' AS resolution,
    row_number() OVER (PARTITION BY case_id ORDER BY at, id) AS number,
    lead(id) OVER (PARTITION BY case_id ORDER BY at, id) AS next_id
  FROM ev WHERE kind = 'case.closed'
)
INSERT INTO reporting_closingfact (organization_id, case_id, number, closed_at, resolution, reopened_at, reopened_why)
SELECT c.organization_id, c.id, x.number, x.at, coalesce(x.resolution, ''), again.at, coalesce(again.why, '')
FROM closed x JOIN escalations_case c ON c.id = x.case_id AND NOT c.is_sandbox
LEFT JOIN LATERAL (
  SELECT o.at, left(coalesce(o.data->>'reason', o.kind), 300) AS why FROM ev o
  WHERE o.case_id = x.case_id AND o.kind IN ('case.reopened', 'case.unmerged') AND o.id > x.id
    AND (x.next_id IS NULL OR o.id < x.next_id)
  ORDER BY o.id LIMIT 1
) again ON true
"""
_CASES = f"""
WITH {_EV}, waits AS (
  SELECT w.case_id, w.at AS start_at, (
    SELECT min(o.at) FROM ev o WHERE o.case_id = w.case_id AND o.id > w.id AND o.kind = ANY(%(ends_wait)s)
  ) AS end_at
  FROM ev w WHERE w.kind = 'case.waiting' AND w.data->>'on' = 'submitter'
), summed AS (
  SELECT case_id,
    min(at) FILTER (WHERE actor_id IS NOT NULL AND (kind = 'case.claimed' OR kind = 'case.assigned' AND data->>'assignee_id' IS NOT NULL)) AS acknowledged_at,
    min(at) FILTER (WHERE kind = 'decision.made') AS decided_at,
    (array_agg(data->>'severity' ORDER BY id) FILTER (WHERE kind = 'case.created'))[1]::smallint AS severity_first,
    (array_agg(data->>'reason' ORDER BY id DESC) FILTER (WHERE kind = 'case.rejected'))[1] AS reason,
    count(DISTINCT CASE WHEN kind = 'case.claimed' THEN actor_id
      WHEN kind = 'case.assigned' THEN (data->>'assignee_id')::bigint END) AS touches
  FROM ev GROUP BY case_id
), closed AS (
  SELECT case_id, min(closed_at) AS first_at, max(closed_at) AS last_at,
    (array_agg(resolution ORDER BY number))[1] AS first_resolution,
    (array_agg(reopened_at ORDER BY number DESC))[1] AS reopened_at
  FROM reporting_closingfact WHERE case_id = ANY(%(ids)s) GROUP BY case_id
), triaged AS (
  -- What the first look came to. A merged case is a duplicate while it is merged; what was taken back was never looked at.
  SELECT c.id AS case_id,
    -- An upheld dispute restates the look it contests, at the time of that look (VEN-5).
    CASE WHEN restated.at IS NOT NULL THEN 'valid'
      WHEN c.parent_id IS NOT NULL OR c.resolution IN ('duplicate', 'merged') THEN 'duplicate'
      WHEN c.resolution = 'invalid' AND s.reason = 'duplicate' THEN 'duplicate'
      WHEN c.resolution = 'invalid' THEN 'invalid'
      WHEN s.decided_at IS NOT NULL THEN 'valid' ELSE '' END AS triage,
    CASE WHEN restated.at IS NOT NULL THEN restated.at
      WHEN c.parent_id IS NOT NULL OR c.resolution IN ('duplicate', 'merged', 'invalid') THEN k.first_at
      ELSE s.decided_at END AS triaged_at
  FROM escalations_case c LEFT JOIN summed s ON s.case_id = c.id LEFT JOIN closed k ON k.case_id = c.id
  LEFT JOIN LATERAL (
    SELECT max(d.rejected_at) AS at FROM escalations_dispute d
    WHERE d.case_id = c.id AND d.state = 'upheld' AND (c.resolution <> 'invalid' OR c.closed_at = d.rejected_at)
  ) restated ON true
  WHERE c.id = ANY(%(ids)s)
)
INSERT INTO reporting_casefact (case_id, organization_id, queue_id, team_id, compartments, severity, severity_first, harm, market, language,
  surface, channel, shift, clause, is_child, received_at, acknowledged_at, first_response_at, decided_at, first_closed_at,
  last_closed_at, is_open, triaged_at, triage, reason, resolve_target_s, waited_s, ttr_s, full_ttr_s, handle_s, touches)
SELECT c.id, c.organization_id, c.queue_id, q.team_id, c.compartments, c.severity, coalesce(s.severity_first, c.severity), c.harm, c.market,
  c.language, c.surface, c.channel,
  CASE WHEN hour.utc >= 22 OR hour.utc < 6 THEN 'night' WHEN hour.utc < 14 THEN 'day' ELSE 'evening' END,
  coalesce(ruled.key, ''), c.parent_id IS NOT NULL, c.received_at, s.acknowledged_at, c.first_response_at, s.decided_at, k.first_at,
  CASE WHEN NOT c.is_open THEN k.last_at END, c.is_open, CASE WHEN t.triage <> '' THEN t.triaged_at END, t.triage,
  CASE WHEN t.triage = 'invalid' THEN coalesce(s.reason, '') ELSE '' END, r.target_s, coalesce(w.seconds, 0),
  extract(epoch FROM k.first_at - c.received_at) - coalesce(w.seconds, 0),
  CASE WHEN NOT c.is_open THEN extract(epoch FROM k.last_at - c.received_at) END,
  coalesce((SELECT sum(h.seconds) FROM escalations_handletime h WHERE h.case_id = c.id), 0), coalesce(s.touches, 0)
FROM escalations_case c JOIN escalations_queue q ON q.id = c.queue_id
LEFT JOIN summed s ON s.case_id = c.id LEFT JOIN closed k ON k.case_id = c.id LEFT JOIN triaged t ON t.case_id = c.id
CROSS JOIN LATERAL (SELECT extract(hour FROM c.received_at AT TIME ZONE 'UTC') AS utc) hour
LEFT JOIN LATERAL (
  SELECT sum(extract(epoch FROM least(coalesce(w.end_at, k.first_at), k.first_at) - w.start_at)) AS seconds
  FROM waits w WHERE w.case_id = c.id AND w.start_at < k.first_at
) w ON true
LEFT JOIN LATERAL (
  SELECT l.target_s FROM escalations_slaclock l
  WHERE l.object_type = 'case' AND l.object_id = c.id AND l.metric = 'R' ORDER BY l.cycle DESC LIMIT 1
) r ON true
LEFT JOIN LATERAL (
  SELECT p.key FROM escalations_decision d JOIN policies_policyversion v ON v.id = d.clause_id JOIN policies_policy p ON p.id = v.policy_id
  WHERE d.case_id = c.id AND d.state IN ('effective', 'held') ORDER BY d.state LIMIT 1
) ruled ON true
WHERE c.id = ANY(%(ids)s) AND NOT c.is_sandbox
"""
# How the events of a case change what its time is spent on: in whose hands it is, and what stands apart from that until the next turn.
# `HANDED` is a change from one person's hands to another's, which is a handover until the second does something with the case.
_TURNS = (
    *(events.CASE_CREATED, events.CASE_REOPENED, events.CASE_UNMERGED, events.CASE_CLOSED),
    *(events.CASE_CLAIMED, events.CASE_ASSIGNED, events.CASE_RELEASED),
    *(events.CASE_WAITING, events.CASE_RESUMED),
    *(events.DECISION_MADE, events.DECISION_UNDONE, events.DECISION_EFFECTIVE),
    *(events.APPROVAL_ASKED, events.APPROVAL_GIVEN, events.APPROVAL_REFUSED),
    *(events.APPROVAL_EXPIRED, events.APPROVAL_WITHDRAWN),
)
_HANDS = _TURNS[:7]
_TIES = ("unclaimed", "handover", "submitter", "consult", "external", "approval", "tool", "in_work")
_HANDED = (
    "t.kind = 'case.assigned' AND t.data->>'before_id' IS NOT NULL"
    " AND t.actor_id IS DISTINCT FROM (t.data->>'assignee_id')::bigint"
)
# The rule stands in words in `ClockFact`; what it says of a spike follows in two statements of their own.
_CLOCKS = f"""
WITH missed AS MATERIALIZED (
  SELECT l.id, l.object_id AS case_id, l.epoch, l.started_at, l.missed_at FROM escalations_slaclock l
  WHERE l.object_type = 'case' AND l.object_id = ANY(%(ids)s) AND l.missed_at IS NOT NULL
), told AS MATERIALIZED (
  SELECT e.subject_id AS case_id, e.id, e.kind, e.at, CASE WHEN e.actor_kind = 'person' THEN e.actor_id END AS actor_id, e.data
  FROM audit_event e WHERE e.subject_type = 'escalations.case' AND e.subject_id = ANY(ARRAY(SELECT case_id FROM missed))
    AND e.kind = ANY(%(turns)s)
), turns AS (
  SELECT case_id, 0::bigint AS id, 0 AS place, '-infinity'::timestamptz AS at, 'unclaimed' AS hand, NULL AS apart
  FROM missed GROUP BY case_id
  UNION ALL
  SELECT t.case_id, t.id, 1, t.at,
    CASE WHEN t.kind IN ('case.created', 'case.reopened', 'case.unmerged') THEN 'unclaimed' WHEN t.kind = 'case.closed' THEN 'closed'
      WHEN t.kind = 'case.released' OR {_HANDED} THEN 'handover' WHEN t.kind IN ('case.claimed', 'case.assigned') THEN 'in_work' END,
    CASE t.kind WHEN 'case.waiting' THEN t.data->>'on' WHEN 'approval.asked' THEN 'approval'
      WHEN 'decision.effective' THEN 'tool' END
  FROM told t
  UNION ALL
  SELECT t.case_id, act.id, 0, act.at, 'in_work', NULL
  FROM told t CROSS JOIN LATERAL (
    SELECT e.id, e.at FROM audit_event e
    WHERE e.subject_type = 'escalations.case' AND e.subject_id = t.case_id AND e.id > t.id AND e.actor_kind = 'person'
      AND e.actor_id = (t.data->>'assignee_id')::bigint
    ORDER BY e.id LIMIT 1
  ) act
  WHERE {_HANDED} AND NOT EXISTS (
    SELECT FROM told n WHERE n.case_id = t.case_id AND n.id > t.id AND n.id < act.id AND (n.kind = ANY(%(hands)s))
  )
), numbered AS (
  SELECT *, count(hand) OVER (PARTITION BY case_id ORDER BY at, id, place) AS number FROM turns
), spans AS (
  SELECT case_id, at AS since, coalesce(lead(at) OVER (PARTITION BY case_id ORDER BY at, id, place), 'infinity') AS until,
    coalesce(hand, apart, first_value(hand) OVER (PARTITION BY case_id, number ORDER BY at, id, place)) AS state
  FROM numbered
), counted AS (
  SELECT m.*, tstzmultirange(tstzrange(m.started_at, greatest(m.started_at, m.missed_at))) - coalesce(p.stood, '{{}}') AS open
  FROM missed m LEFT JOIN LATERAL (
    SELECT range_agg(tstzrange(g.at, greatest(g.at, g.until))) AS stood FROM (
      SELECT e.kind, e.occurred_at AS at, coalesce(lead(e.occurred_at) OVER (ORDER BY e.id), 'infinity') AS until
      FROM escalations_slaclockevent e WHERE e.clock_id = m.id AND e.kind IN ('pause', 'resume', 'stop', 'cancel')
    ) g WHERE g.kind IN ('pause', 'cancel')
  ) p ON m.epoch > 1
), used AS (
  SELECT c.id, s.state, sum(coalesce((
      SELECT sum(extract(epoch FROM upper(r) - lower(r))) FROM unnest(c.open * tstzmultirange(tstzrange(s.since, s.until))) r
    ), 0)) AS seconds
  FROM counted c JOIN spans s ON s.case_id = c.case_id AND s.since < c.missed_at AND s.until > c.started_at
  GROUP BY c.id, s.state
), most AS (
  SELECT DISTINCT ON (id) id, CASE WHEN seconds > 0 THEN state ELSE 'other' END AS state,
    bool_or(state NOT IN ('unclaimed', 'closed')) OVER (PARTITION BY id) AS was_taken
  FROM used ORDER BY id, seconds DESC, array_position(%(ties)s::text[], state)
)
INSERT INTO reporting_clockfact (clock_id, organization_id, case_id, metric, started_at, due_at, settled_at, is_met, is_excused, is_running, over_s, cause)
SELECT l.id, l.organization_id, l.object_id, l.metric, l.started_at, l.due_at,
  CASE WHEN l.missed_at IS NOT NULL THEN l.missed_at WHEN l.state = 'met' THEN l.stopped_at END,
  CASE WHEN l.missed_at IS NOT NULL THEN false WHEN l.state = 'met' THEN true END,
  l.excused_by_id IS NOT NULL, l.state IN ('pending', 'running', 'paused'),
  CASE WHEN l.missed_at IS NOT NULL AND l.stopped_at IS NOT NULL THEN extract(epoch FROM l.stopped_at - l.missed_at) END,
  CASE WHEN l.missed_at IS NULL THEN '' WHEN most.state = 'unclaimed' AND most.was_taken THEN 'late_claim'
    WHEN most.state = ANY(%(causes)s) THEN most.state ELSE 'other' END
FROM escalations_slaclock l JOIN reporting_casefact f ON f.case_id = l.object_id LEFT JOIN most ON most.id = l.id
WHERE l.object_type = 'case' AND l.object_id = ANY(%(ids)s)
"""
# What nobody took: in which queue it came in, and the end of the hour before it.
_LATE = """
SELECT k.clock_id, date_bin('5 minutes', k.started_at, '2000-01-01 00:00+00') AS until, came.queue_id
FROM reporting_clockfact k CROSS JOIN LATERAL (
  SELECT (e.data->>'queue_id')::bigint AS queue_id FROM audit_event e
  WHERE e.subject_type = 'escalations.case' AND e.subject_id = k.case_id AND e.kind = 'case.created' ORDER BY e.id LIMIT 1
) came
WHERE k.case_id = ANY(%(ids)s) AND k.cause IN ('unclaimed', 'late_claim') ORDER BY until
"""
# Queues into which more than usual came in the hour before these instants. The 90th percentile of eight counts lies three tenths of the
# way from the second largest to the largest (`percentile_cont`); an hour without a case counts as none. Uses index: event_by_kind
_SPIKES = """
WITH came AS (
  SELECT h.until, w.back, e.queue_id, e.n
  FROM unnest(%(untils)s::timestamptz[]) AS h(until) CROSS JOIN generate_series(0, 8) AS w(back)
  CROSS JOIN LATERAL (
    SELECT (o.data->>'queue_id')::bigint AS queue_id, count(*) AS n FROM audit_event o
    WHERE o.kind = 'case.created' AND o.at >= h.until - w.back * interval '168 hours' - interval '1 hour'
      AND o.at < h.until - w.back * interval '168 hours' AND coalesce(o.data->>'is_sandbox', 'false') <> 'true'
    GROUP BY 1
  ) e
  WHERE h.until - interval '1345 hours' >= (SELECT min(at) FROM audit_event WHERE kind = 'case.created')
), hours AS (
  SELECT until, queue_id, max(n) FILTER (WHERE back = 0) AS n, array_agg(n ORDER BY n DESC) FILTER (WHERE back > 0) AS before
  FROM came GROUP BY until, queue_id
)
SELECT until, queue_id FROM hours
WHERE n > 3 AND n > coalesce(before[2], 0) + 0.3 * (coalesce(before[1], 0) - coalesce(before[2], 0))
"""
_INSTANTS = 16  # looked at by one statement: nine hours of arrivals each
_DECISIONS = """
INSERT INTO reporting_decisionfact (decision_id, organization_id, case_id, decided_at, effective_at, verdict, clause, is_repeat, is_gap,
  is_graphic, was_shielded, overturned_at)
SELECT d.id, d.organization_id, d.case_id, d.decided_at, d.effective_at, d.verdict, coalesce(p.key, ''), d.repeats_id IS NOT NULL,
  d.verdict = 'policy_gap' OR d.gap_id IS NOT NULL, coalesce(c.graphic_tier, 0) >= 1,
  NOT EXISTS (SELECT FROM audit_accessrecord a JOIN escalations_evidence e ON e.id = a.subject_id
    WHERE a.subject_type = 'escalations.evidence' AND e.case_id = d.case_id AND a.actor_kind = 'person' AND a.actor_id = d.decided_by_id
      AND a.what IN ('evidence.original', 'evidence.download') AND a.at <= d.decided_at),
  d.overturned_at
FROM escalations_decision d JOIN escalations_case c ON c.id = d.case_id AND NOT c.is_sandbox
LEFT JOIN policies_policyversion v ON v.id = d.clause_id LEFT JOIN policies_policy p ON p.id = v.policy_id
WHERE d.case_id = ANY(%(ids)s) AND d.effective_at IS NOT NULL
"""
_TABLES = ("reporting_decisionfact", "reporting_clockfact", "reporting_closingfact", "reporting_casefact")


def write(case_ids: Sequence[int]) -> None:
    """Write the facts of these cases anew from the log and the live rows, in the caller's transaction; unknown ids are passed over."""
    values: dict[str, Any] = {
        "ids": list(case_ids),
        "kinds": list(_READ_KINDS),
        "ends_wait": list(_ENDS_WAIT),
        "turns": list(_TURNS),
        "hands": list(_HANDS),
        "ties": list(_TIES),
        "causes": list(ClockFact.Cause.values),
    }
    rollups.spoil(case_ids)
    with connection.cursor() as cursor:
        for table in _TABLES:
            engine.progress()  # each statement may take its five seconds
            cursor.execute(f"DELETE FROM {table} WHERE case_id = ANY(%(ids)s)", values)
        for statement in (_CLOSINGS, _CASES, _CLOCKS, _DECISIONS):
            engine.progress()
            cursor.execute(statement, values)
        _find_spikes(cursor, values)
    rollups.spoil(case_ids)


def _find_spikes(cursor: CursorWrapper, values: dict[str, Any]) -> None:
    """Tell of the misses of these cases that nobody took in time which came when more came in than usual."""
    cursor.execute(_LATE, values)
    late = cursor.fetchall()
    untils = sorted({until for _clock, until, _queue in late})
    spikes: set[tuple[datetime, int]] = set()
    for start in range(0, len(untils), _INSTANTS):
        engine.progress()
        cursor.execute(_SPIKES, {"untils": untils[start : start + _INSTANTS]})
        spikes.update(cursor.fetchall())
    found = [clock for clock, until, queue in late if (until, queue) in spikes]
    if found:
        cursor.execute("UPDATE reporting_clockfact SET cause = 'spike' WHERE clock_id = ANY(%s)", [found])


def follow(limit: int = READ) -> int:
    """Bring the facts up to the log's horizon; answers how much there was to do, 0 once all is done. The engine's claim `facts`.

    Events of transactions that still run wait for the next turn. What a rebuild left undone is gone on with, a slice a turn, once the
    log's end is reached: reports stay current meanwhile. One engine at a time; the others find nothing to do.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(%s), pg_snapshot_xmin(pg_current_snapshot())::text::bigint", [_LOCK]
        )
        is_mine, horizon = cursor.fetchone()
        if not is_mine:
            return 0
        at = db_now()
        state, _ = FactsState.objects.get_or_create(
            pk=1, defaults={"to_transaction": horizon, "rebuilt_to": 0, "as_of": at, "definitions": DEFINITIONS}
        )
        if state.definitions < DEFINITIONS:
            state.rebuilt_to, state.definitions = 0, DEFINITIONS
            state.save(update_fields=["rebuilt_to", "definitions"])
        # Uses index: event_transaction (BRIN): what was written together lies together.
        cursor.execute(
            "SELECT transaction, subject_type, subject_id, recorded_at FROM audit_event"
            " WHERE transaction >= %s AND transaction < %s ORDER BY transaction LIMIT %s",
            [state.to_transaction, horizon, limit],
        )
        found = cursor.fetchall()
        to = horizon
        if len(found) == limit and found[0][0] != found[-1][0]:
            to = found[-1][0]  # the last transaction may go on behind the limit: it is read whole next time
        elif len(found) == limit:  # one transaction fills the batch
            to = found[0][0] + 1
            cursor.execute(
                "SELECT transaction, subject_type, subject_id, recorded_at FROM audit_event WHERE transaction = %s",
                [found[0][0]],
            )
            found = cursor.fetchall()
        ids = {subject for number, kind, subject, _ in found if number < to and kind == CASE_TYPE}
        if ids:
            write(sorted(ids))
        state.to_transaction = to
        state.as_of = at if to == horizon else min(found[-1][3], at)
        state.save()
        if to != horizon:
            return len(found)
        return 0 if state.rebuilt_to is None else _write_slice(state, state.rebuilt_to)


def _write_slice(state: FactsState, after: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM escalations_case WHERE id > %s ORDER BY id LIMIT %s", [after, SLICE])
        ids = [row[0] for row in cursor.fetchall()]
    if ids:
        write(ids)
    state.rebuilt_to = ids[-1] if ids else None
    state.save(update_fields=["rebuilt_to"])
    return len(ids) or 1


def ask_rebuild() -> None:
    """Have every fact written anew, slice by slice, by whoever follows the log next; figures go on meanwhile."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        horizon = cursor.fetchone()[0]
        values = {"to_transaction": horizon, "rebuilt_to": 0, "definitions": DEFINITIONS}
        FactsState.objects.update_or_create(pk=1, defaults=values, create_defaults=values | {"as_of": db_now()})

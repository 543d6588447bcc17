"""From one event to everybody who is told of it: one statement, whatever their number (performance.md, advice 12).

The statement finds candidates, keeps those who may see the object, applies what each wants to hear, writes their notices and the
deliveries of their channels. The rule for who sees which case is `escalations.querysets.sight`, said here for many viewers at
once; `tests/notifications/test_sight.py` holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog
from django.db import connection, transaction

from accounts.roles import EVERY_QUEUE, MATRIX, Action, Reach
from audit import doorbell, relay
from audit.models import Event, Incident
from core import engine, live
from core.clock import db_now
from escalations import events
from escalations.models import Case
from notifications import channels, rules
from notifications.lifecycle import IN_APP, Lane, Reason, Tab
from notifications.models import Notification
from notifications.rules import Rule, Told, Who

log = structlog.get_logger(__name__)

NOBODY = "nobody_to_tell"  # an incident: a miss that nobody may be told of (R16)

_ROW = MATRIX[Action.CASE_READ]
# What `sight` asks of a person's roles.
_READS = [role.value for role, reach in _ROW.items() if reach in (Reach.OWN, Reach.ALL, Reach.TWO)]
_PARTIAL = [role.value for role, reach in _ROW.items() if reach is Reach.PARTIAL]
_EVERY_QUEUE = [role.value for role in EVERY_QUEUE]

_ON_SHIFT = """extract(isodow FROM timezone(u.time_zone, %(at)s)) = ANY(%(shift_days)s)
    AND timezone(u.time_zone, %(at)s)::time >= %(shift_from)s AND timezone(u.time_zone, %(at)s)::time < %(shift_until)s"""
_LEADS_OF_TEAM = f"""SELECT u.id, 'lead', %(chain)s, {{step}} FROM accounts_user u
    JOIN accounts_rolegrant g ON g.user_id = u.id AND g.role = 'LD' AND (g.expires_at IS NULL OR g.expires_at > %(at)s)
    JOIN accounts_membership m ON m.user_id = u.id
    JOIN thing ON m.team_id = thing.team_id WHERE {_ON_SHIFT}"""
_ANY_LEAD = """SELECT u.id, 'lead', %(chain)s, {step} FROM accounts_user u
    JOIN accounts_rolegrant g ON g.user_id = u.id AND g.role = 'LD' AND (g.expires_at IS NULL OR g.expires_at > %(at)s)
    WHERE {when}"""
_DUTY = "SELECT d.user_id, 'duty', %(chain)s, {step} FROM notifications_dutymember d"
_WHO_SEES_ALL = """SELECT g.user_id, 'role', %(chain)s, {step} FROM accounts_rolegrant g
    WHERE g.role = ANY(%(every_queue)s) AND (g.expires_at IS NULL OR g.expires_at > %(at)s)"""
# Who works on it: on a part of a case that runs a clock of its own (an appeal), whoever the event says holds that part.
_ASSIGNEE = """SELECT coalesce((e.data->>'holder_id')::bigint, thing.assignee_id), 'assignee', %(chain)s, {step}
    FROM e LEFT JOIN thing ON true WHERE NOT %(is_case)s OR thing.id IS NOT NULL"""
# A chain ends with its first step that anybody stands on; told to nobody would be an error (reliability.md R16).
_LEAD_CHAIN = (
    _LEADS_OF_TEAM,
    _ANY_LEAD.replace("{when}", _ON_SHIFT),
    _DUTY,
    _ANY_LEAD.replace("{when}", "true"),
    _WHO_SEES_ALL,
)
_SOURCES: dict[Who, tuple[str, ...]] = {
    Who.ASSIGNEE: (_ASSIGNEE,),
    Who.GIVEN: ("SELECT (e.data->>'assignee_id')::bigint, 'given', %(chain)s, {step} FROM e",),
    Who.TAKEN: ("SELECT (e.data->>'before_id')::bigint, 'taken', %(chain)s, {step} FROM e",),
    Who.MENTIONED: (
        "SELECT n::bigint, 'mentioned', %(chain)s, {step} FROM e, jsonb_array_elements_text(e.data->'mentions') n",
    ),
    Who.PERSON: ("SELECT (e.data->>'user_id')::bigint, 'named', %(chain)s, {step} FROM e",),
    Who.WATCHERS: (
        "SELECT w.user_id, 'watcher', %(chain)s, {step} FROM escalations_watch w JOIN thing ON w.case_id = thing.id",
    ),
    Who.SUBJECT: ("SELECT e.subject_id, 'subject', %(chain)s, {step} FROM e",),
    Who.HOLDER: (_ASSIGNEE, *_LEAD_CHAIN),
    Who.LEAD: _LEAD_CHAIN,
    Who.DUTY: (_DUTY,),
    Who.ROLE: (
        """SELECT g.user_id, 'role', %(chain)s, {step} FROM accounts_rolegrant g
        WHERE g.role = ANY(%(roles)s) AND (g.expires_at IS NULL OR g.expires_at > %(at)s)""",
    ),
}
_CHAINS = frozenset({Who.HOLDER, Who.LEAD})

_FAN_OUT = """
WITH e AS (SELECT * FROM audit_event WHERE id = %(event)s),
thing AS (
  SELECT c.id, c.assignee_id, c.severity, c.compartments::text[] AS compartments, c.is_open, c.queue_id, q.team_id,
    q.is_default
  FROM escalations_case c JOIN escalations_queue q ON q.id = c.queue_id
  WHERE %(is_case)s AND c.id = %(subject)s AND NOT c.is_sandbox
),
candidate (user_id, reason, chain, step, told) AS ({candidates}),
able AS (
  SELECT k.user_id, k.reason, k.chain, k.step, k.told, u.organization_id
  FROM candidate k JOIN accounts_user u ON u.id = k.user_id
  JOIN accounts_organization o ON o.id = u.organization_id
  WHERE u.is_active AND o.is_active AND o.kind = 'internal' AND u.id IS DISTINCT FROM %(actor)s
    AND (%(is_case)s OR NOT EXISTS (
      SELECT 1 FROM e, unnest(e.compartments) AS label WHERE NOT EXISTS (SELECT 1 FROM accounts_clearance h
        WHERE h.user_id = u.id AND h.compartment = label AND h.expires_at > clock_timestamp())))
    AND (NOT %(is_case)s OR EXISTS (SELECT 1 FROM thing t WHERE {sight}))
),
chosen AS (
  SELECT DISTINCT ON (a.user_id) a.user_id, a.organization_id, a.reason, (%(tabs)s::text[])[a.told] AS tab,
    array_position(%(reasons)s::text[], a.reason) AS rank
  FROM able a
  WHERE a.chain = 0 OR a.step = (SELECT min(b.step) FROM able b WHERE b.chain = a.chain)
  ORDER BY a.user_id, array_position(%(reasons)s::text[], a.reason), a.told
),
wanted AS (
  SELECT w.*, (SELECT t.severity FROM thing t) AS severity,
    coalesce((SELECT t.severity <= %(worst)s FROM thing t), false) AND %(must)s AS is_urgent
  FROM chosen w
),
heard AS (
  SELECT w.*, coalesce(p.mode, %(in_app)s) AS in_app, storm.count AS storm_count
  FROM wanted w
  LEFT JOIN notifications_preference p
    ON p.user_id = w.user_id AND p.event_class = %(class)s AND p.channel = 'in_app'
  LEFT JOIN LATERAL (
    SELECT count(*) AS count
    FROM (SELECT 1 FROM notifications_notification n WHERE {of_wanted} LIMIT %(storm_after)s) near
  ) storm ON true
  WHERE w.is_urgent OR w.reason IN ('subject', 'mentioned', 'given', 'taken') OR NOT EXISTS (
    SELECT 1 FROM notifications_mute m
    WHERE m.user_id = w.user_id AND m.subject_type = %(subject_type)s AND m.subject_id = %(subject)s)
),
made AS (
  INSERT INTO notifications_notification (organization_id, user_id, event_id, kind, event_class, reason, tab, subject_type,
    subject_id, subject_ref, bundle, severity, compartments, created_at, done_at)
  SELECT h.organization_id, h.user_id, e.id, e.kind, %(class)s, h.reason, h.tab, e.subject_type, e.subject_id, e.subject_ref,
    CASE WHEN h.storm_count >= %(storm_after)s THEN coalesce(
        (SELECT n.bundle FROM notifications_notification n WHERE {of_heard} AND n.bundle LIKE 'storm:%%'
          ORDER BY n.created_at DESC, n.id DESC LIMIT 1), 'storm:' || e.kind || ':' || e.id)
      ELSE e.subject_type || ':' || e.subject_id END,
    h.severity, coalesce((SELECT t.compartments FROM thing t), e.compartments), %(happened)s,
    CASE WHEN h.in_app = 'off' AND NOT h.is_urgent THEN %(at)s::timestamptz END
  FROM heard h, e
  ON CONFLICT (user_id, event_id) DO NOTHING
  RETURNING id, organization_id, user_id, bundle, tab
),
sent AS (
  INSERT INTO notifications_delivery (organization_id, lane, channel, user_id, destination, event_class, mode, bundle,
    is_gathering, is_urgent, priority, payload, dedup_key, state, attempts, next_at, holder, fence, created_at, provider_id,
    last_error)
  SELECT m.organization_id, CASE WHEN c.mode = 'digest' THEN 'bulk' ELSE c.lane END, c.name, m.user_id, '', %(class)s, c.mode,
    CASE WHEN c.mode = 'digest' THEN 'digest' ELSE m.bundle END, true, h.is_urgent,
    CASE WHEN h.is_urgent THEN 0 WHEN m.tab = 'needs' THEN 3 WHEN c.mode = 'digest' THEN 8 ELSE 5 END, '{{}}',
    %(event)s || ':' || m.user_id || ':' || c.name, 'pending', 0,
    clock_timestamp() + CASE WHEN h.is_urgent THEN interval '0' ELSE %(gather)s END, '', 0, clock_timestamp(), '', ''
  FROM made m JOIN heard h ON h.user_id = m.user_id
  CROSS JOIN LATERAL (
    SELECT way.name, way.lane, CASE WHEN h.is_urgent AND coalesce(p.mode, way.mode) = 'digest' THEN 'now'
        ELSE coalesce(p.mode, way.mode) END AS mode
    FROM unnest(%(channels)s::text[], %(lanes)s::text[], %(modes)s::text[]) AS way(name, lane, mode)
    LEFT JOIN notifications_preference p
      ON p.user_id = m.user_id AND p.event_class = %(class)s AND p.channel = way.name
  ) c
  WHERE c.mode <> 'off' AND %(is_news)s
  ON CONFLICT (user_id, channel, bundle) WHERE is_gathering DO UPDATE
    SET is_urgent = notifications_delivery.is_urgent OR excluded.is_urgent,
      priority = least(notifications_delivery.priority, excluded.priority),
      next_at = CASE WHEN excluded.is_urgent THEN least(notifications_delivery.next_at, excluded.next_at)
        ELSE notifications_delivery.next_at END
  RETURNING id, user_id, channel
),
tied AS (
  INSERT INTO notifications_deliveryitem (organization_id, delivery_id, notification_id)
  SELECT m.organization_id, s.id, m.id FROM sent s JOIN made m ON m.user_id = s.user_id
)
SELECT coalesce(array_agg(user_id), '{{}}'), (SELECT count(*) FROM able), (SELECT count(*) FROM candidate) FROM made
"""

# Notices of the same kind near an event, before it or after: engines take a burst's batches in no order.
_OF_STORM = """n.user_id = {who}.user_id AND n.kind = %(kind)s AND n.created_at > %(happened)s - %(window)s
            AND n.created_at < %(happened)s + %(window)s"""

# Only the heads of `_FAN_OUT`, and who may be told: those whose count of a storm this batch is about to read.
_ASKED = """
WITH e AS (SELECT * FROM audit_event WHERE id = %(event)s),
thing AS (
  SELECT c.id, c.assignee_id, q.team_id FROM escalations_case c JOIN escalations_queue q ON q.id = c.queue_id
  WHERE %(is_case)s AND c.id = %(subject)s AND NOT c.is_sandbox
),
candidate (user_id, reason, chain, step, told) AS ({candidates})
SELECT DISTINCT user_id FROM candidate WHERE user_id IS NOT NULL
"""
LONGEST_WAIT_S = 2 * relay.LONGEST_S
_PATIENTLY = "SELECT current_setting('lock_timeout'), set_config('lock_timeout', %s, true)"
_ONE_AT_A_TIME = (
    "SELECT pg_advisory_xact_lock(hashtextextended('notifications.storm:' || id, 0)) FROM unnest(%s::bigint[]) AS id"
)

# `escalations.querysets.sight` of person u on case t, for people of the internal organization.
_SIGHT = """
  NOT EXISTS (SELECT 1 FROM unnest(t.compartments) AS label WHERE NOT EXISTS (SELECT 1 FROM accounts_clearance h
    WHERE h.user_id = u.id AND h.compartment = label AND h.expires_at > clock_timestamp()))
  AND EXISTS (SELECT 1 FROM accounts_rolegrant r
    WHERE r.user_id = u.id AND (r.expires_at IS NULL OR r.expires_at > clock_timestamp()) AND (
      r.role = ANY(%(every_queue)s)
      OR r.role = ANY(%(reads)s) AND (t.is_default OR t.assignee_id = u.id OR EXISTS (
        SELECT 1 FROM accounts_membership m WHERE m.user_id = u.id AND m.team_id = t.team_id))
      OR r.role = ANY(%(partial)s) AND NOT t.is_open AND NOT EXISTS (SELECT 1 FROM accounts_rolegrant s
        WHERE s.user_id = u.id AND s.role = ANY(%(reads)s) AND (s.expires_at IS NULL OR s.expires_at > clock_timestamp()))
    ))
"""


def fan_out(event: Event) -> None:
    """Tell everybody whom the rules name: the outbox's handler, in its transaction. A repeat changes nothing.

    Notices are dated `event.at`; deliveries are for what happened within the last day. Screens of those told are signalled
    after commit. Also keeps older notices true: settled where the event ends what they asked for, hidden with their object.
    """
    fan_out_many([event])


def fan_out_many(batch: Sequence[Event]) -> None:
    """`fan_out` for a batch: two statements for each event that somebody may be told of, and three for the batch.

    Whoever may be told is locked first, until the transaction ends: of two engines that tell the same person at the same moment
    neither would see the other's notices, and each would count its own way to the storm (fault F31).
    """
    at = db_now()
    severities: dict[int, int] = {}
    if of_cases := {event.subject_id for event in batch if event.subject_type == rules.CASE and _asks_severity(event)}:
        severities = dict(Case.objects.filter(pk__in=of_cases).values_list("pk", "severity"))
    told: set[int] = set()
    _lock_people(batch, at, severities)
    for event in batch:
        engine.progress()
        told |= _fan_out_one(event, at, severities)
    if told:
        transaction.on_commit(lambda: signal(sorted(told)), robust=True)
        doorbell.ring_after_commit(f"deliver_{Lane.NOTIFY.value}")


def _asks_severity(event: Event) -> bool:
    rule = rules.rule_of(event.kind, event.data)
    return rule is not None and any(told.worst is not None for told in rule.told)


def _fan_out_one(event: Event, at: datetime, severities: Mapping[int, int]) -> set[int]:
    """Write one event's notices and deliveries; answers whose inboxes changed."""
    rule = rules.rule_of(event.kind, event.data)
    if event.kind == events.CASE_LABELLED:
        _relabel(event)
    if rule is None:
        if event.kind == events.COMMENT_RETRACTED:
            _forget_comment(event)
        return set()
    if rule.settles or rule.ends:
        _settle(event, () if rule.settles else rule.ends)
    users, able, candidates = _tell(event, rule, at, severities.get(event.subject_id))
    if not able and any(told.who in _CHAINS for told in rule.told) and not _is_practice(event):
        # Nobody holds the labels of this case: reliability.md R16 calls it an error, and it is one of how the team is set up.
        log.error("nobody_to_tell", event_id=event.pk, kind=event.kind, candidates=candidates)
        _alarm_nobody(event, at)
    return set(users)


def _alarm_nobody(event: Event, at: datetime) -> None:
    """Open an incident, which duty, leads and administrators are told of: without a word of the case, which they may not see."""
    detail = f"event {event.pk}, {event.kind}: nobody who is responsible may see what it is about"
    seen = {"detail": detail, "seen_at": at}
    if not Incident.objects.filter(check_name=NOBODY, subject="", ended_at=None).update(**seen):
        Incident.objects.bulk_create([Incident(check_name=NOBODY, found_at=at, **seen)], ignore_conflicts=True)


def signal(user_ids: list[int]) -> None:
    """Let the open screens of these people fetch their badge and inbox anew."""
    live.publish("inbox.changed", {"users": user_ids}, {})


def _lock_people(batch: Sequence[Event], at: datetime, severities: Mapping[int, int]) -> None:
    """Let no other transaction tell any of those whom this batch may tell, until this one has ended.

    In the order of their ids, all at once, before anything is written: two batches never wait for each other.
    """
    people: set[int] = set()
    for event in batch:
        engine.progress()
        rule = rules.rule_of(event.kind, event.data)
        told = [] if rule is None else _steps_of(event, rule, severities.get(event.subject_id))
        if not told:
            continue
        is_case = event.subject_type == rules.CASE
        values: dict[str, Any] = {
            "event": event.pk,
            "subject": event.subject_id,
            "is_case": is_case,
            "at": at,
            **_shift(),
        }
        with connection.cursor() as cursor:
            cursor.execute(_ASKED.format(candidates=_candidates(told, values)), values)
            people |= {user_id for (user_id,) in cursor.fetchall()}
    if people:
        with connection.cursor() as cursor:
            # Whoever holds them is a batch of the relay, which may last as long as one may; only this wait is that patient.
            cursor.execute(_PATIENTLY, [f"{LONGEST_WAIT_S:.0f}s"])
            before = cursor.fetchone()[0]
            cursor.execute(_ONE_AT_A_TIME, [sorted(people)])
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [before])


def _steps_of(event: Event, rule: Rule, severity: int | None) -> list[Told]:
    """Those parts of a rule that are for a case of this severity."""
    severity = severity if event.subject_type == rules.CASE else None
    return [one for one in rule.told if one.worst is None or (severity is not None and severity <= one.worst)]


def _shift() -> dict[str, Any]:
    """What the sources of leads ask for."""
    return {
        "shift_days": list(rules.SHIFT_DAYS),
        "shift_from": rules.SHIFT_FROM,
        "shift_until": rules.SHIFT_UNTIL,
        "every_queue": _EVERY_QUEUE,
    }


def _tell(event: Event, rule: Rule, at: datetime, severity: int | None) -> tuple[list[int], int, int]:
    ways = [channel for channel in channels.personal() if channel.name != IN_APP]
    is_case = event.subject_type == rules.CASE
    told = _steps_of(event, rule, severity)
    values: dict[str, Any] = {
        "event": event.pk,
        "at": at,
        "happened": event.at,
        "subject": event.subject_id,
        "subject_type": event.subject_type,
        "kind": event.kind,
        "actor": event.actor_id if event.actor_kind == "person" else None,
        "is_case": is_case,
        "class": rule.event_class.value,
        "must": rule.event_class in rules.MUST_BE_HEARD,
        "worst": rules.WORST_MUST_BE_HEARD,
        "in_app": rules.default_mode(rule.event_class, IN_APP).value,
        "tabs": [one.tab.value for one in told],
        "reasons": [reason.value for reason in Reason],
        "storm_after": rules.STORM_AFTER,
        "window": rules.STORM_WINDOW,
        "gather": rules.GATHER,
        "is_news": event.at > at - rules.NEWS,
        "channels": [way.name for way in ways],
        "lanes": [way.lane.value for way in ways],
        "modes": [rules.default_mode(rule.event_class, way.name).value for way in ways],
        **_shift(),
        "reads": _READS,
        "partial": _PARTIAL,
    }
    sql = _FAN_OUT.format(
        candidates=_candidates(told, values),
        sight=_SIGHT,
        of_wanted=_OF_STORM.format(who="w"),
        of_heard=_OF_STORM.format(who="h"),
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        users, able, candidates = cursor.fetchone()
    return list(users), able, candidates


def _candidates(told: list[Told], values: dict[str, Any]) -> str:
    """The union of the sources a rule names; `values` gets what they need."""
    parts = []
    for number, one in enumerate(told, start=1):
        chain = number if one.who in _CHAINS else 0
        for step, source in enumerate(_SOURCES[one.who]):
            body = source.replace("%(chain)s", str(chain)).replace("{step}", str(step))
            if one.who is Who.ROLE:
                name = f"roles_{number}"
                values[name] = [role.value for role in one.roles]
                body = body.replace("%(roles)s", f"%({name})s")
            head, _from, rest = body.replace("\n    FROM ", " FROM ", 1).partition(" FROM ")
            # Those of a source's columns that are numbers keep their type, also where a source is alone.
            parts.append(f"{head}, {number} FROM {rest}")
    return "\n  UNION ALL ".join(parts) or "SELECT NULL::bigint, '', 0, 0, 0 WHERE false"


def _is_practice(event: Event) -> bool:
    return Case.objects.filter(pk=event.subject_id, is_sandbox=True).exists()


def _settle(event: Event, kinds: tuple[str, ...]) -> None:
    """What asked somebody to act on this object is done: the object is, or (`kinds`) what those asked for."""
    waiting = Notification.objects.filter(
        subject_type=event.subject_type,
        subject_id=event.subject_id,
        tab=Tab.NEEDS,
        done_at__isnull=True,
        created_at__lte=event.at,
    )
    if kinds:
        waiting = waiting.filter(kind__in=kinds)
    touched = set(waiting.values_list("user_id", flat=True))
    if touched:
        waiting.update(done_at=event.at, snoozed_until=None)
        transaction.on_commit(lambda: signal(sorted(touched)), robust=True)


def _relabel(event: Event) -> None:
    """Labels of an object are those of its notices."""
    Notification.objects.filter(subject_type=event.subject_type, subject_id=event.subject_id).update(
        compartments=event.data.get("after", [])
    )


def _forget_comment(event: Event) -> None:
    """A note that was taken back is nobody's news: its notices are done, its messages not yet sent have nothing to say."""
    told = Notification.objects.filter(
        subject_type=event.subject_type,
        subject_id=event.subject_id,
        kind=events.COMMENT_ADDED,
        event__data__comment=event.data.get("comment", ""),
        done_at__isnull=True,
    )
    touched = set(told.values_list("user_id", flat=True))
    if touched:
        told.update(done_at=event.at, snoozed_until=None)
        transaction.on_commit(lambda: signal(sorted(touched)), robust=True)

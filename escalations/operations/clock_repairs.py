"""What the engine repairs when the auditor raised an alarm: timers and records that a clock lost (reliability.md R25).

Only what the clock's own events prove. A clock whose row and events differ is left as it is: a person must see it first. Every
repair is an event. Lock order: owner (a case) → clock → timer.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from audit.recording import record_many
from escalations import events
from escalations.models import ClockOwner, SlaClock
from escalations.operations import clock_owners
from escalations.operations.clock_writing import breach_entry, entry, next_timer
from escalations.selectors.clocks import differences, lives_of, running_without_timer, target_facts

UNTOLD_FOR = timedelta(seconds=15)  # as the auditor counts
LOOKED_BACK = timedelta(minutes=15)  # longer than it does: an alarm may wait for its engine


def rearm(at: datetime, limit: int) -> int:
    """Arm the next stage of running clocks that have no timer, at the very time it had; answers how many. `at` is aware UTC.

    A warning or breach that was slept through fires at once, with its true instant and its own key. Records `clock.rearmed`.
    """
    return sum(_rearm(clock, at) for clock in running_without_timer(most=limit))


@transaction.atomic
def _rearm(found: SlaClock, at: datetime) -> bool:
    held = _held(found)
    if held is None:
        return False
    owner, clock = held
    if clock.pk not in {one.pk for one in running_without_timer(most=1, of=clock.pk)} or differences(clock):
        return False
    timer = next_timer(clock, lives_of([clock])[clock.pk], target_facts(clock.target_id))
    if timer is None:
        return False
    timer.save(force_insert=True)
    data = {"kind": timer.kind, "level": timer.level, "due_at": timer.due_at.isoformat()}
    record_many([entry(events.CLOCK_REARMED, owner, clock, at=at, data=data)])
    return True


_UNTOLD = """
SELECT f.clock_id FROM escalations_slatimer t JOIN escalations_slaclockevent f ON f.clock_id = t.clock_id AND f.kind = 'breach'
WHERE t.state = 'fired' AND t.object_type = 'case' AND t.kind IN ('warn', 'breach')
  AND t.fired_at BETWEEN %(at)s - %(back)s AND %(at)s - %(after)s AND f.recorded_at = t.fired_at
  AND NOT EXISTS (SELECT FROM audit_event a WHERE a.subject_type = 'escalations.case' AND a.subject_id = t.object_id
    AND a.kind = 'clock.breached' AND (a.data->>'clock')::bigint = t.clock_id)
ORDER BY f.clock_id LIMIT %(limit)s
"""


def tell_again(at: datetime, limit: int) -> int:
    """Record `clock.breached` for breaches that were written without it, so that they are told; answers how many."""
    values: dict[str, Any] = {"at": at, "back": LOOKED_BACK, "after": UNTOLD_FOR, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_UNTOLD, values)
        ids = [clock_id for (clock_id,) in cursor.fetchall()]
    return sum(_tell_again(clock, at) for clock in SlaClock.objects.filter(pk__in=ids).order_by("pk"))


@transaction.atomic
def _tell_again(found: SlaClock, at: datetime) -> bool:
    held = _held(found)
    if held is None or held[1].missed_at is None:
        return False
    owner, clock = held
    with connection.cursor() as cursor:  # again, now that nobody else can have written it
        cursor.execute(
            "SELECT 1 FROM audit_event WHERE subject_type = 'escalations.case' AND subject_id = %s AND kind = 'clock.breached'"
            " AND (data->>'clock')::bigint = %s",
            [owner.pk, clock.pk],
        )
        if cursor.fetchone() is not None:
            return False
    assert clock.missed_at is not None
    record_many([breach_entry(owner, clock, clock.missed_at, found_at=at, data={"told_again": True})])
    return True


def _held(found: SlaClock) -> tuple[ClockOwner, SlaClock] | None:
    """The clock's owner and the clock, locked in that order; None where somebody else holds the owner now, or none is known."""
    of = clock_owners.of(found.object_type)
    if of is None or not of.lock([found.object_id]):
        return None
    return of.rows([found.object_id])[found.object_id], SlaClock.objects.select_for_update(of=("self",)).get(
        pk=found.pk
    )

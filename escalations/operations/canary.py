"""The canary: a timer of no case that goes the real way once a minute, to a sink (reliability.md R26).

Armed by a schedule, fired by the timers' claim, its event handed on by the outbox; whoever stands still on that way shows by the
age of the last arrival.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from audit import events as audit_events
from audit import recording, watch
from audit.models import CanaryRun, Event
from core.clock import db_now
from escalations.models import SlaTimer

TYPE = KIND = "canary"
EVERY_S = 60
LEAD = timedelta(seconds=5)
_KEPT = timedelta(hours=24)


def arm(at: datetime) -> None:
    """Set the next canary five seconds after `at` (aware UTC), and forget those of yesterday."""
    organization_id = watch.house_id()
    if organization_id is None:
        return
    CanaryRun.objects.filter(due_at__lt=at - _KEPT).delete()
    run = CanaryRun.objects.create(due_at=at + LEAD)
    SlaTimer.objects.create(
        organization_id=organization_id, object_type=TYPE, object_id=run.pk, kind=KIND, due_at=run.due_at
    )


def fire(timer_ids: Sequence[int], at: datetime) -> Collection[int]:
    """Record `canary.fired` for each; its handler `arrive` is the sink."""
    timers = list(SlaTimer.objects.filter(pk__in=timer_ids))
    runs = CanaryRun.objects.in_bulk([timer.object_id for timer in timers])
    entries = [
        recording.Entry(
            audit_events.CANARY_FIRED,
            runs[timer.object_id],
            at,
            data={"due_at": timer.due_at.isoformat()},
            organization_id=timer.organization_id,
        )
        for timer in timers
        if timer.object_id in runs
    ]
    CanaryRun.objects.filter(pk__in=runs).update(fired_at=at)
    recording.record_many(entries)
    return timer_ids


def arrive(event: Event) -> None:
    """The sink: note that the canary came through. A repeat changes nothing."""
    CanaryRun.objects.filter(pk=event.subject_id, arrived_at=None).update(arrived_at=db_now())

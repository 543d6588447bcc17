"""Hours to come in which no lead is on shift and nobody stands on the duty list: told a day ahead (reliability.md R16).

Nothing would be lost then, since leads off shift are told in the end; but nobody has promised to hear it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from accounts.models import Organization
from audit.models import Event
from audit.recording import record
from notifications import events, rules

AHEAD = timedelta(hours=24)
STEP = timedelta(hours=1)

_GAP = """
SELECT hour FROM generate_series(%(from)s::timestamptz, %(until)s::timestamptz, interval '1 hour') AS hour
WHERE NOT EXISTS (SELECT FROM notifications_dutymember d JOIN accounts_user u ON u.id = d.user_id WHERE u.is_active)
  AND NOT EXISTS (SELECT FROM accounts_user u JOIN accounts_rolegrant g ON g.user_id = u.id AND g.role = 'LD'
    JOIN accounts_organization o ON o.id = u.organization_id AND o.is_active AND o.kind = 'internal'
    WHERE u.is_active AND (g.expires_at IS NULL OR g.expires_at > hour)
      AND extract(isodow FROM timezone(u.time_zone, hour)) = ANY(%(days)s)
      AND timezone(u.time_zone, hour)::time >= %(shift_from)s AND timezone(u.time_zone, hour)::time < %(shift_until)s)
ORDER BY hour
"""


@dataclass(frozen=True)
class Gap:
    """A stretch, aware UTC, in which nobody is responsible; `until` is the end of the look ahead where it lasts longer."""

    starts_at: datetime
    until: datetime


def gap_ahead(*, at: datetime) -> Gap | None:
    """The first such stretch of the 24 hours after `at` (aware UTC), by the hour; None where somebody is responsible throughout."""
    begin = at.replace(minute=0, second=0, microsecond=0)
    values: dict[str, Any] = {
        "from": begin,
        "until": begin + AHEAD - STEP,
        "days": list(rules.SHIFT_DAYS),
        "shift_from": rules.SHIFT_FROM,
        "shift_until": rules.SHIFT_UNTIL,
    }
    with connection.cursor() as cursor:
        cursor.execute(_GAP, values)
        hours = [hour for (hour,) in cursor.fetchall()]
    if not hours:
        return None
    end = hours[0] + STEP
    for hour in hours[1:]:
        if hour != end:
            break
        end = hour + STEP
    return Gap(max(hours[0], at), end)


def warn(at: datetime) -> int:
    """Tell leads and administrators of a gap within the next 24 hours, once a day; answers whether it did. A job of the engine.

    Records `duty_list.gap_ahead`. `at` is aware UTC.
    """
    gap = gap_ahead(at=at)
    # Uses index: event_by_kind
    if gap is None or Event.objects.filter(kind=events.DUTY_GAP_AHEAD, at__gt=at - AHEAD).exists():
        return 0
    house = Organization.objects.filter(kind=Organization.Kind.INTERNAL).order_by("pk").first()
    if house is None:
        return 0
    data = {"from": gap.starts_at.isoformat(), "until": gap.until.isoformat()}
    with transaction.atomic():
        record(events.DUTY_GAP_AHEAD, subject=house, by=None, at=at, data=data, organization_id=house.pk)
    return 1

"""What the engine does for those who watch it: tells of incidents, and pings the dead-man's switch (reliability.md R25–R27).

Incidents are found by the auditor (`python -m config.auditor`, a process and a role of its own). Here they become events, so
that people hear of them, and end when the auditor no longer sees them.
"""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from audit import events
from audit.beats import CLOCK
from audit.models import Incident, Maintenance
from audit.recording import record
from core import engine
from core.clock import db_now

GONE_AFTER = timedelta(seconds=45)  # the auditor looks every ten seconds
AUDITOR_SILENT_S = 45.0
CANARY_OLD_S = 180.0
PING_EVERY_S = 60.0
PING_TIMEOUT_S = 5.0
_HOUSE = "SELECT id FROM accounts_organization WHERE kind = 'internal' ORDER BY id LIMIT 1"

log = structlog.get_logger(__name__)


def house_id() -> int | None:
    """The organization whose events those about the product itself are; None before there is one."""
    with connection.cursor() as cursor:
        cursor.execute(_HOUSE)
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def tell_incidents(limit: int) -> int:
    """Record `incident.found` for new incidents and `incident.ended` for those that are over; answers how many."""
    organization_id = house_id()
    if organization_id is None:
        return 0
    with transaction.atomic():
        at = db_now()
        fresh = list(Incident.objects.filter(told_at=None).order_by("id").select_for_update(skip_locked=True)[:limit])
        for incident in fresh:
            _record(events.INCIDENT_FOUND, incident, at, organization_id)
        Incident.objects.filter(pk__in=[incident.pk for incident in fresh]).update(told_at=at)
        over = list(_over(at).order_by("id").select_for_update(skip_locked=True)[:limit])
        for incident in over:
            _record(events.INCIDENT_ENDED, incident, at, organization_id)
        Incident.objects.filter(pk__in=[incident.pk for incident in over]).update(ended_at=at)
    return len(fresh) + len(over)


def _over(at: datetime) -> QuerySet[Incident]:
    return Incident.objects.filter(ended_at=None, seen_at__lt=at - GONE_AFTER, told_at__isnull=False)


def _record(kind: str, incident: Incident, at: datetime, organization_id: int) -> None:
    data = {"check": incident.check_name, "about": incident.subject, "detail": incident.detail}
    record(kind, subject=incident, by=None, at=at, data=data, organization_id=organization_id)


# -- Mending -----------------------------------------------------------------------------------------------------------
Mender = Callable[[datetime, int], int]
MENDERS: dict[str, Mender] = {}


def on_incident(check_name: str, mender: Mender) -> None:
    """Let `mender(at, limit)` repair what the auditor's check `check_name` finds, from an app's `ready()`.

    It looks for itself what is broken, repairs each row under its case's lock, records an event for each (nothing is repaired
    in silence), leaves alone what it cannot prove, and answers how many it repaired.
    """
    MENDERS[check_name] = mender


def mend(limit: int) -> int:
    """Repair what the open incidents of checks with a mender are about; answers how many rows. The alarm was given before."""
    waiting = set(Incident.objects.filter(ended_at=None, check_name__in=MENDERS).values_list("check_name", flat=True))
    mended = 0
    for check_name in sorted(waiting):
        count = MENDERS[check_name](db_now(), limit)
        if count:
            log.error("incident_mended", check=check_name, rows=count)
        mended += count
        engine.progress()
    return mended


# -- The dead-man's switch ---------------------------------------------------------------------------------------------
_GREEN = """
SELECT
  coalesce(extract(epoch FROM clock_timestamp() - (SELECT max(at) FROM audit_enginebeat WHERE lane = 'auditor')), 1e9),
  coalesce(extract(epoch FROM clock_timestamp() - (SELECT max(due_at) FROM audit_canaryrun WHERE arrived_at IS NOT NULL)), 1e9),
  (SELECT count(*) FROM audit_incident WHERE ended_at IS NULL AND check_name <> %s),
  EXISTS (SELECT FROM audit_maintenance WHERE starts_at <= clock_timestamp() AND ends_at > clock_timestamp())
"""


def why_not_green() -> list[str]:
    """What keeps the dead-man's switch silent, in words for a log line; empty when the watchers see nothing wrong.

    A timed, recorded maintenance counts as green: it is the one thing that may speak for us meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute(_GREEN, [CLOCK])
        auditor_s, canary_s, incidents, in_maintenance = cursor.fetchone()
    if in_maintenance:
        return []
    reasons = []
    if auditor_s > AUDITOR_SILENT_S:
        reasons.append("the auditor gave no sign")
    if canary_s > CANARY_OLD_S:
        reasons.append("the canary did not arrive")
    if incidents:
        reasons.append(f"{incidents} incidents are open")
    return reasons


def ping(limit: int) -> int:
    """Tell the outside, once a minute, that all is well; say nothing when it is not. Answers 0: there is never a backlog."""
    urls: list[str] = settings.DEADMAN_URLS
    if not urls:
        return 0
    reasons = why_not_green()
    if reasons:
        log.error("deadman_withheld", reasons=reasons)
        return 0
    for failed in ping_all(urls):
        log.warning("deadman_ping_failed", url=failed)
    return 0


def ping_all(urls: Iterable[str]) -> list[str]:
    """GET each address (with the connection closed before); answers the hosts that could not be told."""
    connection.close()  # no connection is held while the network takes its time
    failed = []
    for url in urls:
        began = time.monotonic()
        try:
            with urllib.request.urlopen(url, timeout=PING_TIMEOUT_S) as answer:
                answer.read(64)
        except (OSError, ValueError):
            failed.append(url.split("?")[0])
        engine.progress()
        log.debug("deadman_pinged", took_s=round(time.monotonic() - began, 3))
    return failed


def start_maintenance(*, minutes: int, reason: str, by_label: str, at: datetime) -> Maintenance:
    """Let the dead-man's switch rest for `minutes` (at most 30) from `at`; recorded. For `manage.py maintenance` alone.

    Raises `ValueError` for a length out of range or without a reason.
    """
    if not 1 <= minutes <= 30:
        raise ValueError("A maintenance lasts from 1 to 30 minutes.")
    if not reason.strip():
        raise ValueError("Say why: the reason is recorded.")
    organization_id = house_id()
    if organization_id is None:
        raise ValueError("There is no organization of the house yet.")
    with transaction.atomic():
        made = Maintenance.objects.create(
            starts_at=at,
            ends_at=at + timedelta(minutes=minutes),
            reason=reason.strip()[:300],
            actor_label=by_label[:200],
        )
        data = {"ends_at": made.ends_at.isoformat(), "reason": made.reason, "who": made.actor_label}
        record(events.MAINTENANCE_STARTED, subject=made, by=None, at=at, data=data, organization_id=organization_id)
    return made


def end_maintenance(*, at: datetime) -> int:
    """End what rests now; answers how many stretches were cut short."""
    organization_id = house_id()
    with transaction.atomic():
        running = list(Maintenance.objects.filter(starts_at__lt=at, ends_at__gt=at).select_for_update())
        for made in running:
            Maintenance.objects.filter(pk=made.pk).update(ends_at=at)
            record(events.MAINTENANCE_ENDED, subject=made, by=None, at=at, data={}, organization_id=organization_id)
    return len(running)

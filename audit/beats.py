"""Signs of life of engines, and the guard over the database's clock (reliability.md R3, R24)."""

from __future__ import annotations

import statistics
import time
from datetime import UTC, datetime, timedelta

import structlog
from django.db import connection

from audit.models import EngineBeat

KEPT = timedelta(hours=1)
BACKWARDS_S = 2.0  # the database's clock may step back so much before it is under suspicion
APART_S = 30.0  # and may be so far off the median of two hosts or more
SUSPECT_FOR = timedelta(minutes=10)
CLOCK = "database_clock"
HOSTS_EVERY_S = 5.0  # how often a process looks at the clocks of the others
_suspicion = {"asked_at": 0.0, "until": 0.0, "hosts_at": -HOSTS_EVERY_S}


# One statement: over a slow network a lane would otherwise spend its turns on saying that it lives. `ahead` is what the host's
# clock said just before.
_BEAT = """
WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now), sign AS (
  INSERT INTO audit_enginebeat (engine, lane, at, host_ahead_s)
  SELECT %(engine)s, %(lane)s, now, extract(epoch FROM %(host)s::timestamptz - now) FROM clock
  ON CONFLICT (engine, lane) DO UPDATE SET at = excluded.at, host_ahead_s = excluded.host_ahead_s
)
INSERT INTO audit_clockguard AS g (id, latest_at, reason) SELECT 1, now, '' FROM clock
ON CONFLICT (id) DO UPDATE SET latest_at = greatest(g.latest_at, excluded.latest_at)
RETURNING latest_at, (SELECT now FROM clock)
"""


def beat(engine: str, lane: str) -> None:
    """Note that a lane of an engine took a turn now, by the database's clock, and look at that clock itself."""
    with connection.cursor() as cursor:
        cursor.execute(_BEAT, {"engine": engine[:64], "lane": lane[:32], "host": datetime.now(UTC)})
        latest, now = cursor.fetchone()
    why = _why_suspect(now, latest)
    if why:
        suspect(now, why)


def _why_suspect(now: datetime, latest: datetime) -> str:
    """What is wrong with the database's clock; empty when nothing is."""
    back_s = (latest - now).total_seconds()
    if back_s > BACKWARDS_S:
        return f"the database's clock went back by {back_s:.0f} s"
    if time.monotonic() < _suspicion["hosts_at"] + HOSTS_EVERY_S:
        return ""
    _suspicion["hosts_at"] = time.monotonic()
    rows = EngineBeat.objects.filter(host_ahead_s__isnull=False, at__gte=now - timedelta(seconds=30))
    by_host: dict[str, float] = {}
    for engine, ahead_s in rows.values_list("engine", "host_ahead_s"):
        by_host[engine.rpartition(":")[0]] = ahead_s or 0.0
    if len(by_host) >= 2 and abs(off_s := statistics.median(by_host.values())) > APART_S:
        return f"the database's clock is {off_s:+.0f} s off the median of {len(by_host)} hosts"
    return ""


def suspect(now: datetime, why: str) -> None:
    """Put the database's clock under suspicion for ten minutes and open an incident. Nothing is held back by it."""
    structlog.get_logger(__name__).critical("database_clock_suspect", why=why)
    with connection.cursor() as cursor:
        # The clock is judged anew from here: it may stay set back for good.
        cursor.execute(
            "UPDATE audit_clockguard SET suspect_until = %s, reason = %s, latest_at = %s WHERE id = 1",
            [now + SUSPECT_FOR, why[:300], now],
        )
        cursor.execute(
            "INSERT INTO audit_incident (check_name, subject, detail) VALUES (%s, '', %s)"
            " ON CONFLICT (check_name, subject) WHERE ended_at IS NULL DO UPDATE SET seen_at = now(), detail = excluded.detail",
            [CLOCK, why[:300]],
        )


def clock_is_suspect() -> bool:
    """Whether firings are to be marked `clock_suspect`; asked of the database once in five seconds."""
    now = time.monotonic()
    if now >= _suspicion["asked_at"] + 5.0 or not _suspicion["asked_at"]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce((SELECT suspect_until > clock_timestamp() FROM audit_clockguard WHERE id = 1), false)"
            )
            _suspicion["until"] = now + 5.0 if cursor.fetchone()[0] else 0.0
        _suspicion["asked_at"] = now
    return _suspicion["until"] > now


def forget_old(at: datetime) -> None:
    """Remove the rows of processes that gave no sign for an hour before `at` (aware UTC)."""
    EngineBeat.objects.filter(at__lt=at - KEPT).delete()

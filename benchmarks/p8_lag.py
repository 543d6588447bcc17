"""P8, lag: how long after its event a report counts a submission or a close, while eight clients submit as in P1.

    python -m benchmarks.p8_lag [--cases 1000000] [--seconds 120] [--clients 8] [--closes 2]

On a copy of the loaded cases and their facts, with a web process, an engine and a worker as `make run` has them. Beside the submissions, cases
received on any of the seven days before are withdrawn, so that days which were counted have to be counted again, and the counting takes its turns with
the facts. Once a second a reader (a lead, as `wf_web` under row level security) asks what a page asks, `figures.series` of the last 28
days, for submissions and for closes; the n-th of them is counted at the first reading whose figures have grown by n. Its lag is taken from
the moment its event was written, which is before its commit, so it is a little too long rather than too short. Beside it: how old the
figures said they are, at each reading. Exits with 1 when one took longer than a minute, or a figure said it was older.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.http import hammer, percentile
from benchmarks.load import database_with
from benchmarks.p1_submit import make_key, submitting
from benchmarks.p8_reports import BUSY_DAYS, fill
from benchmarks.servers import Cluster
from benchmarks.web import Servers

NAME = "wf_bench_lag"
MOST_S = 60.0
LOOK_S = 1.0  # between two readings
PATIENCE_S = 180.0  # after the load, for what is not counted yet
READY_S = 900.0  # for an engine that has every day to count
FRESH_S = 10.0
DAYS = 28
KINDS = {"volume": "case.created", "closes": "case.closed"}


@dataclass(frozen=True)
class Reading:
    """What a page said: each measure's sum over its days, the oldest `as_of` of its figures, and when it was there (aware UTC)."""

    totals: dict[str, float]
    as_of: datetime
    at: datetime
    took_s: float


@dataclass
class Watch:
    """All readings so far."""

    readings: list[Reading] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)
    trouble: list[str] = field(default_factory=list)

    def grown(self, measure: str) -> float:
        """By how much the newest figure lies above the first."""
        return self.readings[-1].totals[measure] - self.readings[0].totals[measure]


def main() -> int:
    """Run the load, print both lags beside the target; 0 when it holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--closes", type=float, default=2.0, help="cases of the last seven days withdrawn a second")
    asked = parser.parse_args()
    cluster = Cluster()
    done = database_with(asked.cases, cluster=cluster)
    fill(cluster, done, asked.cases)
    _copy(cluster, done)
    try:
        token = make_key(cluster, NAME)[0]
        os.environ["WATCHFLOOR_API_PER_MINUTE"] = "1000000"
        servers = Servers(cluster, NAME, engine=True)
        try:
            return _measure(cluster, servers, token, asked)
        finally:
            servers.stop()
    finally:
        from django.db import connections

        connections.close_all()
        cluster.connect("postgres").cursor().execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")


def _copy(cluster: Cluster, done: str) -> None:
    """A throw-away copy whose facts are taken as they are, with this process on it: the loaded cases have no log to count them from again."""
    from django.conf import settings
    from django.db import connections

    from reporting.operations.facts import DEFINITIONS
    from reporting.tallies import SHAPE

    connections.close_all()
    with cluster.connect("postgres").cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {NAME} TEMPLATE {done} OWNER wf_owner STRATEGY file_copy")
    for alias in settings.DATABASES:
        connections[alias].settings_dict["NAME"] = NAME
    with cluster.connect(NAME).cursor() as cursor:
        cursor.execute("DELETE FROM reporting_factsstate")
        cursor.execute(
            "INSERT INTO reporting_factsstate (id, to_transaction, rebuilt_to, as_of, definitions)"
            " SELECT 1, pg_snapshot_xmin(pg_current_snapshot())::text::bigint, NULL, now(), %s",
            [DEFINITIONS],
        )
        # The facts' clocks were invented: none may have the number of a real one, now or later.
        cursor.execute(
            "DELETE FROM reporting_clockfact f USING escalations_slaclock k WHERE k.id = f.clock_id AND k.object_id <> f.case_id"
        )
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('escalations_slaclock', 'id'), greatest((SELECT max(id) FROM escalations_slaclock),"
            " (SELECT max(clock_id) FROM reporting_clockfact), 1))"
        )
        # Days that no question of ours touches count as counted: an engine that has run for long has them behind it.
        cursor.execute(
            "INSERT INTO reporting_rollupday (day, is_clean, shape, built_at, facts) SELECT s.day::date, true, %s, now(), 0"
            " FROM generate_series((SELECT min(received_at) FROM reporting_casefact)::date, (now() - %s)::date, interval '1 day') s(day)"
            " ON CONFLICT (day) DO NOTHING",
            [SHAPE, timedelta(days=DAYS + 2)],
        )
        cursor.execute("UPDATE escalations_slatimer SET state = 'cancelled' WHERE state = 'armed'")  # of earlier runs
        cursor.execute("DELETE FROM audit_outboxmessage")


def _measure(cluster: Cluster, servers: Servers, token: str, asked: argparse.Namespace) -> int:
    from celery import current_app
    from django.conf import settings

    vars(settings._wrapped)["REDIS_URL"] = servers.valkey.url
    current_app.conf.broker_url = servers.valkey.broker_url
    took = _until_fresh(cluster, servers)
    print(f"{asked.cases:,} cases; the facts were up to date and every day counted after {took:.0f} s", flush=True)
    old = _old_cases(cluster, round(asked.closes * asked.seconds))
    watch = Watch()
    reader = threading.Thread(target=_read, args=(watch,))
    reader.start()
    while not watch.readings and not watch.trouble:
        time.sleep(LOOK_S)
    since = _newest_event(cluster)
    closer = threading.Thread(target=_close, args=(watch, old, asked.seconds))
    closer.start()
    try:
        rate, latencies = hammer(
            servers.port, submitting(token, f"lag{os.getpid()}"), clients=asked.clients, seconds=asked.seconds
        )
        closer.join()
        while_loaded = len(watch.readings)
        written = {measure: _written(cluster, kind, since) for measure, kind in KINDS.items()}
        give_up_at = time.monotonic() + PATIENCE_S
        while time.monotonic() < give_up_at and any(watch.grown(each) < len(written[each]) for each in KINDS):
            time.sleep(LOOK_S)
    finally:
        watch.is_over.set()
        reader.join()
    _check(servers, watch)
    readings = sorted(reading.took_s for reading in watch.readings)
    print(
        f"P8, lag: {rate:.1f} submissions per s from {asked.clients} clients for {asked.seconds:.0f} s (p50"
        f" {percentile(latencies, 0.5):.0f} ms), {len(old)} cases of earlier days withdrawn; {len(readings)} readings,"
        f" p50 {percentile(readings, 0.5) * 1000:.0f} ms, max {readings[-1] * 1000:.0f} ms; load average {os.getloadavg()[0]:.1f}"
    )
    return 0 if _report(watch, written, while_loaded) else 1


def _report(watch: Watch, written: dict[str, list[datetime]], while_loaded: int) -> bool:
    """Print what each kind took; whether every one was counted, and all within the target."""
    is_met = True
    for measure, words in (("volume", "submissions"), ("closes", "closes")):
        lags, lost = _lags(watch, measure, written[measure])
        is_met &= bool(lags) and not lost and lags[-1] <= MOST_S
        print(
            f"  {words:12} {len(written[measure]):6,}: p50 {percentile(lags, 0.5):.1f} s, p99 {percentile(lags, 0.99):.1f} s,"
            f" max {lags[-1] if lags else 0.0:.1f} s; {lost} never counted"
        )
    ages = sorted((reading.at - reading.as_of).total_seconds() for reading in watch.readings[:while_loaded])
    is_met &= bool(ages) and ages[-1] <= MOST_S
    print(
        f"  figures said to be p50 {percentile(ages, 0.5):.1f} s old, p99 {percentile(ages, 0.99):.1f} s, max {ages[-1]:.1f} s"
    )
    print(f"target {MOST_S:.0f} s: {'ok' if is_met else 'MISSED'}")
    return is_met


def _lags(watch: Watch, measure: str, written: list[datetime]) -> tuple[list[float], int]:
    """Seconds until each was counted, sorted, and how many never were."""
    lags: list[float] = []
    base, place = watch.readings[0].totals[measure], 0
    for reading in watch.readings[1:]:
        while place < len(written) and reading.totals[measure] - base > place:
            lags.append((reading.at - written[place]).total_seconds())
            place += 1
    return sorted(lags), len(written) - place


def _until_fresh(cluster: Cluster, servers: Servers) -> float:
    """Seconds until the engine has caught up with the log and counted every past day."""
    from django.db import connection, transaction

    from core.clock import db_now
    from reporting.selectors.rollups import standing

    started = time.monotonic()
    with cluster.connect(NAME, "wf_owner").cursor() as cursor:
        cursor.execute("SELECT min(received_at) FROM reporting_casefact")
        row = cursor.fetchone()
    first: datetime = row[0] if row else datetime.now(UTC)
    while time.monotonic() - started < READY_S:
        _check(servers)
        with transaction.atomic():
            at = db_now()
            stood = standing(first, at)
        is_fresh = stood.as_of is not None and (at - stood.as_of).total_seconds() < FRESH_S
        if is_fresh and len(stood.clean) >= (at.date() - first.date()).days:
            connection.close()
            return time.monotonic() - started
        time.sleep(LOOK_S)
    raise SystemExit(f"The engine had not caught up after {READY_S:.0f} s; its log is in the data folder.")


def _check(servers: Servers, watch: Watch | None = None) -> None:
    """Raises SystemExit when a process or the reader has ended: there is nothing to measure then."""
    if any(child.process.poll() is not None for child in servers.children):
        raise SystemExit("A process of the stack ended; its log is in the data folder.")
    if watch is not None and watch.trouble:
        raise SystemExit(f"The reader or who closes cases failed: {watch.trouble[0]}")


def _old_cases(cluster: Cluster, count: int) -> list[int]:
    """Open cases of the last days but today, of any of them."""
    with cluster.connect(NAME, "wf_owner").cursor() as cursor:
        cursor.execute(
            "SELECT id FROM escalations_case WHERE is_open AND status = 'new' AND parent_id IS NULL AND NOT is_sandbox"
            " AND received_at < date_trunc('day', now(), 'UTC') AND received_at > date_trunc('day', now(), 'UTC') - %s"
            " AND id IN (SELECT case_id FROM reporting_casefact WHERE NOT is_child) ORDER BY id",
            [timedelta(days=BUSY_DAYS)],
        )
        found = [int(row[0]) for row in cursor.fetchall()]
    return random.Random(7).sample(found, min(count, len(found)))


def _close(watch: Watch, cases: list[int], seconds: float) -> None:
    """Withdraw the cases on the submitter's word, evenly over the time."""
    from django.db import connection, transaction

    from accounts.access import bind_user
    from core.clock import db_now
    from escalations.operations.closing import withdraw_case

    began = time.monotonic()
    try:
        for number, case_id in enumerate(cases):
            time.sleep(max(0.0, began + number * seconds / len(cases) - time.monotonic()))
            with transaction.atomic():
                lead = _lead()
                bind_user(lead)
                withdraw_case(case_id=case_id, reason="They wrote that it is over.", by=lead, at=db_now())
    except Exception as error:
        watch.trouble.append(repr(error))
    connection.close()


def _read(watch: Watch) -> None:
    """Ask what a page asks, once a second."""
    from django.db import connection, transaction

    from accounts.access import bind_user
    from core.clock import db_now
    from reporting.selectors import figures
    from reporting.selectors.figures import Window

    try:
        while not watch.is_over.wait(LOOK_S):
            with transaction.atomic():
                started = time.monotonic()
                lead = _lead()
                at = bind_user(lead)
                window = Window.last(days=DAYS, at=at, zone=ZoneInfo("UTC"))
                totals, seen = {}, []
                for measure in KINDS:
                    points = figures.series(measure, scope=figures.scope_of(lead), window=window, every="day", at=at)
                    totals[measure] = sum(point.figure.value or 0.0 for point in points)
                    seen += [point.figure.as_of for point in points]
                watch.readings.append(Reading(totals, min(seen), db_now(), time.monotonic() - started))
    except Exception as error:
        watch.trouble.append(repr(error))
    connection.close()


def _lead() -> Any:
    from accounts.models import User

    return User.objects.select_related("organization").get(email="person0@example.test")


def _newest_event(cluster: Cluster) -> int:
    with cluster.connect(NAME, "wf_owner").cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM audit_event")
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def _written(cluster: Cluster, kind: str, since: int) -> list[datetime]:
    """When each event of this kind after `since` was written (aware UTC), the first first."""
    with cluster.connect(NAME, "wf_owner").cursor() as cursor:
        cursor.execute("SELECT recorded_at FROM audit_event WHERE id > %s AND kind = %s ORDER BY 1", [since, kind])
        return [row[0] for row in cursor.fetchall()]


if __name__ == "__main__":
    sys.exit(main())

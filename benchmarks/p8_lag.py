"""P8, lag: how long after its event reports count a submission or a close, while eight clients submit as in P1.

    python -m benchmarks.p8_lag [--cases 1000000] [--seconds 60] [--clients 8] [--closes 2]

Web process, engine and worker run as `make run` has them. Beside the submissions, cases received on earlier days are withdrawn, so that
days which were counted have to be counted again, and the counting takes its turns with the facts. Every so often a reader (a lead, as
`wf_web` under row level security) asks `figures.series` for the very microsecond of each sampled submission and close; it is counted once that
answers 1. The lag is taken from the moment the event was written, which is before its commit, so it is a little too long rather than
too short. Beside it: how old `as_of` is at each reading, which is what pages print. Exits with 1 when any sample, or any `as_of`, is older
than a minute.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from benchmarks.http import hammer, percentile
from benchmarks.load import database_with
from benchmarks.p1_submit import body_of, make_key
from benchmarks.p8_reports import fill
from benchmarks.servers import Cluster
from benchmarks.web import Servers

MOST_S = 60.0
LOOK_S = 0.5  # between two readings
SAMPLED = 5  # one of so many submissions
MOST_AT_ONCE = 200  # samples asked for in one reading, the oldest first
PATIENCE_S = 180.0  # after the load, for what is not counted yet
READY_S = 900.0  # for a database that nobody has followed for long
FRESH_S = 10.0
LONG_AGO = timedelta(days=4000)
MOMENT = timedelta(microseconds=1)


@dataclass
class Sample:
    """Something to be counted: which measure, at which moment, of which case; `counted_at` once it was (aware UTC)."""

    measure: str
    ref: str
    at: datetime
    counted_at: datetime | None = None


@dataclass
class Watch:
    """The samples of both kinds, and how old `as_of` was at each reading, in seconds."""

    samples: list[Sample] = field(default_factory=list)
    ages: list[float] = field(default_factory=list)
    readings_s: list[float] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)

    def waiting(self) -> list[Sample]:
        return [sample for sample in list(self.samples) if sample.counted_at is None]


def main() -> int:
    """Run the load, print both lags beside the target; 0 when it holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--closes", type=float, default=2.0, help="cases of earlier days withdrawn a second")
    asked = parser.parse_args()
    cluster = Cluster()
    name = database_with(asked.cases, cluster=cluster)
    fill(cluster, name)
    token = make_key(cluster, name)[0]
    os.environ["WATCHFLOOR_API_PER_MINUTE"] = "1000000"
    servers = Servers(cluster, name, engine=True)
    try:
        return _measure(cluster, name, servers, token, asked)
    finally:
        servers.stop()


def _measure(cluster: Cluster, name: str, servers: Servers, token: str, asked: argparse.Namespace) -> int:
    from celery import current_app
    from django.conf import settings

    settings.REDIS_URL = servers.valkey.url
    current_app.conf.broker_url = servers.valkey.broker_url
    took = _until_fresh(_first_day(cluster, name))
    print(f"{asked.cases:,} cases; the facts were up to date and every day counted after {took:.0f} s", flush=True)
    old = _old_cases(cluster, name, round(asked.closes * asked.seconds))
    watch = Watch()
    mark = f"lag{os.getpid()}"

    def submit(connection: http.client.HTTPConnection, number: int) -> int:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"{mark}-{number}", "Content-Type": "application/json"}  # fmt: skip
        connection.request("POST", "/api/v1/submissions/", json.dumps(body_of(number, mark)), headers)
        answer = connection.getresponse()
        found = json.loads(answer.read())
        if answer.status < 300 and number % SAMPLED == 0:
            watch.samples.append(Sample("volume", found["ref"], datetime.fromisoformat(found["received_at"])))
        return answer.status

    reader = threading.Thread(target=_read, args=(watch,))
    closer = threading.Thread(target=_close, args=(watch, old, asked.seconds))
    reader.start()
    closer.start()
    try:
        rate, latencies = hammer(servers.port, submit, clients=asked.clients, seconds=asked.seconds)
        closer.join()
        ages = sorted(watch.ages)
        give_up_at = time.monotonic() + PATIENCE_S
        while watch.waiting() and time.monotonic() < give_up_at:
            time.sleep(LOOK_S)
    finally:
        watch.is_over.set()
        reader.join()
    print(
        f"P8, lag: {rate:.1f} submissions per s from {asked.clients} clients for {asked.seconds:.0f} s (p50"
        f" {percentile(latencies, 0.5):.0f} ms), {len(old)} cases of earlier days withdrawn; {len(watch.readings_s)} readings,"
        f" the longest of {max(watch.readings_s, default=0.0):.1f} s; load average {os.getloadavg()[0]:.1f}"
    )
    return 0 if _report(cluster, name, watch, ages) else 1


def _report(cluster: Cluster, name: str, watch: Watch, ages: list[float]) -> bool:
    """Print what each kind took; whether every sample was counted, and all within the target."""
    written = _written(cluster, name, [sample.ref for sample in watch.samples])
    is_met = bool(ages) and ages[-1] <= MOST_S
    for measure, kind, words in (("volume", "case.created", "submissions"), ("closes", "case.closed", "closes")):
        samples = [sample for sample in watch.samples if sample.measure == measure]
        lags = sorted(
            (sample.counted_at - written[sample.ref, kind]).total_seconds()
            for sample in samples
            if sample.counted_at is not None
        )
        lost = len(samples) - len(lags)
        is_met &= bool(lags) and not lost and lags[-1] <= MOST_S
        print(
            f"  {words:12} {len(samples):5} sampled: p50 {percentile(lags, 0.5):.1f} s, p99 {percentile(lags, 0.99):.1f} s,"
            f" max {lags[-1] if lags else 0.0:.1f} s; {lost} not counted in time"
        )
    print(
        f"  as_of while they submitted: p50 {percentile(ages, 0.5):.1f} s old, p99 {percentile(ages, 0.99):.1f} s,"
        f" max {ages[-1] if ages else 0.0:.1f} s"
    )
    print(f"target {MOST_S:.0f} s: {'ok' if is_met else 'MISSED'}")
    return is_met


def _until_fresh(first: date) -> float:
    """Seconds until the engine has caught up with the log and counted every past day: what another run left is not this one's."""
    from django.db import connection, transaction

    from core.clock import db_now
    from reporting.models import FactsState
    from reporting.selectors.rollups import clean_days

    started = time.monotonic()
    while time.monotonic() - started < READY_S:
        with transaction.atomic():
            at = db_now()
            state = FactsState.objects.filter(rebuilt_to=None).first()
            clean = clean_days(at - LONG_AGO, at)
            # Days are counted from the latest to the first: all of them once the first with a case is there.
            is_counted = bool(clean) and len(clean) >= (at.date() - first).days
        if state is not None and (at - state.as_of).total_seconds() < FRESH_S and is_counted:
            connection.close()
            return time.monotonic() - started
        time.sleep(1.0)
    raise SystemExit(f"The engine had not caught up after {READY_S:.0f} s; its log is in the data folder.")


def _first_day(cluster: Cluster, name: str) -> date:
    """The day (UTC) on which the first case was received."""
    with cluster.connect(name, "wf_owner").cursor() as cursor:
        cursor.execute("SELECT (min(received_at) AT TIME ZONE 'UTC')::date FROM escalations_case")
        found: date = cursor.fetchone()[0]
    return found


def _old_cases(cluster: Cluster, name: str, count: int) -> list[int]:
    """Open cases of the last month but today, of any day."""
    with cluster.connect(name, "wf_owner").cursor() as cursor:
        cursor.execute(
            "SELECT id FROM escalations_case WHERE is_open AND status = 'new' AND parent_id IS NULL AND NOT is_sandbox"
            " AND received_at < date_trunc('day', now(), 'UTC') AND received_at > now() - interval '30 days'"
            " ORDER BY id DESC LIMIT %s",
            [20 * count],
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
    for number, case_id in enumerate(cases):
        time.sleep(max(0.0, began + number * seconds / len(cases) - time.monotonic()))
        with transaction.atomic():
            lead = _lead()
            bind_user(lead)
            at = db_now()
            case = withdraw_case(case_id=case_id, reason="They wrote that it is over.", by=lead, at=at)
        watch.samples.append(Sample("closes", case.ref, at))
    connection.close()


def _read(watch: Watch) -> None:
    """Ask for the oldest samples that were not counted yet, again and again."""
    from django.db import connection, transaction

    from accounts.access import bind_user
    from core.clock import db_now
    from reporting.selectors import figures
    from reporting.selectors.figures import Window

    while not watch.is_over.wait(LOOK_S):
        waiting = watch.waiting()[:MOST_AT_ONCE]
        with transaction.atomic():
            started = time.monotonic()
            lead = _lead()
            asked_at = bind_user(lead)
            watch.ages.append((asked_at - figures.as_of()).total_seconds())
            for measure in ("volume", "closes"):
                asked = [sample for sample in waiting if sample.measure == measure]
                windows = [Window(sample.at, sample.at + MOMENT) for sample in asked]
                points = figures.series(measure, scope=figures.scope_of(lead), windows=windows)
                seen_at = db_now()
                for sample, point in zip(asked, points, strict=True):
                    if point.figure.n:
                        sample.counted_at = seen_at
            watch.readings_s.append(time.monotonic() - started)
    connection.close()


def _lead() -> Any:
    from accounts.models import User

    return User.objects.select_related("organization").get(email="person0@example.test")


def _written(cluster: Cluster, name: str, refs: list[str]) -> dict[tuple[str, str], datetime]:
    """When the event of each sample was written, by reference and kind (aware UTC)."""
    with cluster.connect(name, "wf_owner").cursor() as cursor:
        cursor.execute(
            "SELECT subject_ref, kind, recorded_at FROM audit_event WHERE subject_type = 'escalations.case'"
            " AND subject_id = ANY(ARRAY(SELECT id FROM escalations_case WHERE ref = ANY(%s)))"
            " AND kind IN ('case.created', 'case.closed')",
            [refs],
        )
        return {(ref, kind): at for ref, kind, at in cursor.fetchall()}


if __name__ == "__main__":
    sys.exit(main())

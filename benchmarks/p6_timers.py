"""P6: firing due timers with their events and outbox rows, one million armed beside them: `python -m benchmarks.p6_timers`.

Three measurements in one run, on a copy of 60,000 cases: how fast one engine's claim fires breaches (clock, clock event, event
and outbox rows, as in production); the raw limit (claim, mark, one event, one outbox row for each listener, in one bare statement of
the same batch size); and a real engine process under a burst of 50,000 at one instant, then 500 due a second, then 50 due a second
while eight clients submit as in P1. Exits with 1 below 10,000 a second, above 8 s for the burst, above a p99 lateness of 1 s, or when a timer fired early, twice or not at all.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.http import hammer, serving
from benchmarks.load import database_with
from benchmarks.p1_submit import make_key, submitting
from benchmarks.servers import BASE, Cluster
from config import embedded

CASES = 60_000
NAME = "wf_bench_p6"
WARNED, DRAIN_S = 10_000, 30.0
BESIDE_PER_S = 50
LEAST_PER_S, BURST_S, LATE_S = 10_000.0, 8.0, 1.0
_METRIC = {"warmup": "U", "ours": "R", "burst": "A", "steady": "F", "beside": "N"}

_RAW = """
WITH due AS (
  SELECT id FROM escalations_slatimer WHERE state = 'armed' AND due_at <= clock_timestamp() ORDER BY due_at, id LIMIT %s
  FOR UPDATE SKIP LOCKED
), fired AS (
  UPDATE escalations_slatimer t SET state = 'fired', fired_at = clock_timestamp() FROM due WHERE t.id = due.id
  RETURNING t.object_id, t.organization_id
), made AS (
  INSERT INTO audit_event (at, kind, subject_type, subject_id, subject_ref, actor_kind, actor_label, organization_id, compartments,
    request_id, data)
  SELECT clock_timestamp(), 'clock.breached', 'escalations.case', object_id, '', 'system', '', organization_id, '{}', '', '{}'
  FROM fired RETURNING id, organization_id
), told AS (
  INSERT INTO audit_outboxmessage (event_id, listener, state, attempts, last_error, organization_id)
  SELECT made.id, name, 'pending', 0, '', organization_id FROM made CROSS JOIN unnest(%s::text[]) AS name
)
SELECT count(*) FROM fired
"""
_CLOCKS = """
WITH clock AS (
  INSERT INTO escalations_slaclock (organization_id, object_type, object_id, metric, cycle, state, target_s, calendar_version_id,
    started_at, due_at, breach_at, consumed_s, carried_s, grace_s, paused_reason, cancelled_why, excuse, epoch)
  SELECT c.organization_id, 'case', c.id, %(metric)s, 90 + %(round)s, 'running', 600, (SELECT min(id) FROM oncall_calendarversion),
    now() - interval '1 hour', d.at, d.at, 0, 0, 0, '', '', '', 1
  FROM (SELECT id, organization_id, row_number() OVER (ORDER BY id) - 1 AS n FROM escalations_case ORDER BY id
        OFFSET %(offset)s LIMIT %(count)s) c
  CROSS JOIN LATERAL (SELECT %(first)s::timestamptz + c.n * %(step)s * interval '1 second' AS at) d
  RETURNING id, organization_id, object_id, breach_at
)
INSERT INTO escalations_slatimer (organization_id, clock_id, object_type, object_id, kind, level, due_at, epoch, state, attempts,
  last_error, data)
SELECT organization_id, id, 'case', object_id, 'breach', 0, breach_at, 1, 'armed', 0, '', '{}' FROM clock
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--armed", type=int, default=1_000_000, help="armed timers that are not due")
    parser.add_argument("--burst", type=int, default=50_000)
    parser.add_argument("--seconds", type=int, default=20, help="how long 500 a second come due")
    chosen = parser.parse_args()
    os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:1/0")  # nobody there: the engine needs none
    cluster = Cluster()
    done = database_with(CASES, cluster=cluster)
    _copy(cluster, done)
    try:
        return _measure(cluster, chosen.armed, chosen.burst, chosen.seconds)
    finally:
        from django.db import connections

        connections.close_all()
        cluster.connect("postgres").cursor().execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")


def _copy(cluster: Cluster, done: str) -> None:
    """A throw-away copy, and this process on it as the engine's role."""
    from django.conf import settings
    from django.db import connections

    connections.close_all()
    with cluster.connect("postgres").cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {NAME} TEMPLATE {done} OWNER wf_owner STRATEGY file_copy")
    for alias in settings.DATABASES:
        values = connections[alias].settings_dict
        values["NAME"] = NAME
        if values.get("USER") == "wf_web":
            values["USER"] = "wf_engine"
        options: dict[str, Any] = values["OPTIONS"]
        options["options"] = str(options.get("options", "")).replace("role=wf_web", "role=wf_engine")


def _measure(cluster: Cluster, armed: int, burst: int, seconds: int) -> int:
    from django.db import connection

    from audit import relay
    from escalations import events
    from escalations.operations import timers

    owner = cluster.connect(NAME, "wf_owner").cursor()
    levels = -(-armed // CASES)
    owner.execute(
        "INSERT INTO escalations_slatimer (organization_id, object_type, object_id, kind, level, due_at, epoch, state, attempts,"
        " last_error, data) SELECT organization_id, 'case', id, 'hold', n, now() + interval '1 day' + n * interval '1 hour'"
        " + random() * interval '1 hour', 1, 'armed', 0, '', '{}' FROM escalations_case, generate_series(1, %s) AS n",
        [levels],
    )
    # Nothing sleeps here: who wakes sleeping cases is told of none.
    names = [name for name in relay.listeners_of(events.CLOCK_BREACHED) if not relay.LISTENERS[name].only]

    _arm(owner, "warmup", 2000)
    while timers.fire_now(timers.BATCH):
        pass
    owner.execute("UPDATE escalations_slaclock SET state = 'cancelled' WHERE metric = 'U'")
    # Ours and the limit in turns, so that both meet the same machine.
    rates: dict[str, list[float]] = {"ours": [], "limit": []}
    used: dict[str, list[float]] = {
        "ours": [],
        "python": [],
        "limit": [],
    }  # seconds of CPU, which a crowded machine moves less
    for round_ in range(4):
        _arm(owner, "ours", 10_000, round_=round_, offset=round_ * 10_000)
        owner.execute("ANALYZE escalations_slatimer" if round_ == 0 else "SELECT 1")
        with connection.cursor() as cursor:
            before, began = _cpu_s(cluster, cursor), time.process_time()
            started = time.perf_counter()
            while timers.fire_now(timers.BATCH):
                pass
            rates["ours"].append(10_000 / (time.perf_counter() - started))
            used["ours"].append(_cpu_s(cluster, cursor) - before)
            used["python"].append(time.process_time() - began)
        _arm(owner, "warmup", 10_000, round_=round_ + 1, offset=round_ * 10_000)
        engine = cluster.connect(NAME, "wf_engine").cursor()
        before = _cpu_s(cluster, engine)
        started, fired = time.perf_counter(), 1
        while fired:
            engine.execute(_RAW, [timers.BATCH, names])
            fired = engine.fetchone()[0]
        rates["limit"].append(10_000 / (time.perf_counter() - started))
        used["limit"].append(_cpu_s(cluster, engine) - before)
        owner.execute("UPDATE escalations_slaclock SET state = 'cancelled' WHERE metric = 'U'")
    warned = _warn_rate(owner)
    ours, limit = max(rates["ours"]), max(rates["limit"])
    # At once: what follows takes minutes, and what a crowded machine cuts short is lost.
    print("  rounds, ours: " + ", ".join(f"{rate:,.0f}" for rate in rates["ours"]))
    print("  rounds, limit: " + ", ".join(f"{rate:,.0f}" for rate in rates["limit"]))
    each = {name: sorted(seconds)[len(seconds) // 2] * 100 for name, seconds in used.items()}
    print(
        f"  CPU for a timer, middle round: database {each['ours']:.0f} us and engine {each['python']:.0f} us;"
        f" limit {each['limit']:.0f} us"
    )
    print(f"  warnings {warned:,.0f} per s, each with its event, its outbox rows and the timer of the next stage")
    print(f"  raw limit {limit:,.0f} per s; ratio {ours / limit:.2f}", flush=True)
    owner.execute("TRUNCATE audit_outboxmessage" if _may_truncate(owner) else "DELETE FROM audit_outboxmessage")

    took, late, beside, rate = _with_an_engine(cluster, owner, burst, seconds)
    told = f"burst of {burst:,} in {took:.1f} s; lateness at 500 due/s p50 {late[0]:.2f} s, p99 {late[1]:.2f} s, max {late[2]:.2f} s"
    print(f"{levels * CASES:,} armed: fired {ours:,.0f} per s with event and {len(names)} outbox rows each; {told}")
    print(
        f"  while 8 clients submit (P1): {rate:.1f} submissions per s, lateness at {BESIDE_PER_S} due/s p50 {beside[0]:.2f} s,"
        f" p99 {beside[1]:.2f} s, max {beside[2]:.2f} s"
    )
    wrong = _wrong(owner)
    good = ours >= LEAST_PER_S and took <= BURST_S and late[1] <= LATE_S and not wrong
    print(
        f"target {LEAST_PER_S:,.0f} per s, burst {BURST_S:.0f} s, p99 {LATE_S:.0f} s, {wrong} fired early, twice or never:"
        f" {'ok' if good else 'MISSED'}"
    )
    return 0 if good else 1


def _cpu_s(cluster: Cluster, cursor: Any) -> float:
    """Seconds of CPU that the server's process behind this connection has used; 0 where the server is not ours."""
    if cluster.pid is None:
        return 0.0
    cursor.execute("SELECT pg_backend_pid()")
    fields = Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _may_truncate(owner: Any) -> bool:
    owner.execute("SELECT has_table_privilege('audit_outboxmessage', 'TRUNCATE')")
    return bool(owner.fetchone()[0])


def _arm(
    owner: Any, phase: str, count: int, *, in_s: float = 0.0, step: float = 0.0, round_: int = 0, offset: int = 0
) -> None:
    owner.execute("SELECT clock_timestamp() + %s * interval '1 second'", [in_s])
    values = {"metric": _METRIC[phase], "first": owner.fetchone()[0], "step": step, "count": count}
    owner.execute(_CLOCKS, {**values, "round": round_, "offset": offset})


def _with_an_engine(
    cluster: Cluster, owner: Any, burst: int, seconds: int
) -> tuple[float, list[float], list[float], float]:
    """Seconds until a burst is fired; (p50, p99, max) of lateness at 500 due a second; the same at `BESIDE_PER_S` while P1's clients
    submit, and how many submissions a second they made.
    """
    environment = os.environ | {"DATABASE_URL": cluster.url(NAME, "wf_engine"), "WATCHFLOOR_DB_ROLE": "wf_engine"}
    with (embedded.data_folder() / "benchmarks" / "p6-engine.log").open("wb") as log:
        child = embedded.Child(
            [sys.executable, "manage.py", "engine"],
            death_signal=signal.SIGKILL,
            cwd=BASE,
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        _wait(owner, "SELECT count(*) FROM audit_enginebeat", 1)
        _arm(owner, "burst", burst, in_s=max(6.0, burst / 1500))  # a crowded machine arms no more a second
        owner.execute(
            "SELECT extract(epoch FROM min(breach_at) - clock_timestamp()) FROM escalations_slaclock WHERE metric = 'A'"
        )
        left = float(owner.fetchone()[0])
        if left < 0:
            raise SystemExit("arming the burst took longer than its lead: give a smaller --burst")
        time.sleep(left)
        started = time.perf_counter()
        # Whether one is left first: to count all of them twenty times a second took a third of a core from what is measured.
        left_one = "EXISTS (SELECT FROM escalations_slatimer WHERE state = 'armed' AND due_at <= clock_timestamp())"
        _wait(owner, f"SELECT (NOT {left_one})::int", 1)
        _wait(owner, "SELECT count(*) FROM escalations_slaclock WHERE metric = 'A' AND missed_at IS NOT NULL", burst)
        took = time.perf_counter() - started
        print(f"  burst of {burst:,} in {took:.1f} s", flush=True)
        _drain(owner)
        _arm(owner, "steady", 500 * seconds, in_s=4, step=1 / 500)
        late = _lateness(owner, 500 * seconds, seconds=seconds + 60)
        with serving(cluster, NAME, application="config.asgi:application") as port:
            submit = submitting(make_key(cluster, NAME)[0], f"p6{os.getpid()}")
            _arm(owner, "beside", BESIDE_PER_S * seconds, in_s=4, step=1 / BESIDE_PER_S)
            rate, _latencies = hammer(port, submit, clients=8, seconds=seconds + 4)
            return took, late, _lateness(owner, BESIDE_PER_S * seconds, seconds=60, phase="beside"), rate
    finally:
        child.stop(signal.SIGTERM, seconds=15)


def _lateness(owner: Any, count: int, *, seconds: float, phase: str = "steady") -> list[float]:
    """The median, 99th percentile and maximum of how late the phase's clocks were marked as missed, in seconds."""
    of_phase = f"FROM escalations_slaclock WHERE metric = '{_METRIC[phase]}' AND cycle = 90 AND missed_at IS NOT NULL"
    _wait(owner, f"SELECT count(*) {of_phase}", count, seconds=seconds)
    owner.execute(
        "SELECT percentile_cont(ARRAY[0.5, 0.99, 1.0]) WITHIN GROUP (ORDER BY extract(epoch FROM recorded_at - at))"
        " FROM audit_event WHERE kind = 'clock.breached' AND data->>'metric' = %s",
        [_METRIC[phase]],
    )
    return [float(value) for value in owner.fetchone()[0]]


def _drain(owner: Any) -> None:
    """Look for a minute how fast listeners take what the burst told them, then throw the rest away: lateness is measured next."""
    count = "SELECT count(*) FROM audit_outboxmessage"
    owner.execute(count)
    before, started, left = owner.fetchone()[0], time.perf_counter(), 1
    while left and time.perf_counter() - started < DRAIN_S:
        time.sleep(0.2)
        owner.execute(count)
        left = owner.fetchone()[0]
    took = time.perf_counter() - started
    print(
        f"  after the burst: {(before - left) / took:,.0f} messages to listeners per s, {left:,} of {before:,} left",
        flush=True,
    )
    while left:  # in pieces, past what the engine holds at the moment
        owner.execute(
            "DELETE FROM audit_outboxmessage WHERE id IN (SELECT id FROM audit_outboxmessage LIMIT 20000 FOR UPDATE SKIP LOCKED)"
        )
        owner.execute(count)
        left = owner.fetchone()[0]


def _warn_rate(owner: Any) -> float:
    """Warnings a second by one engine's claim: of running clocks on the calendar that never closes, half of whose time is used."""
    from escalations.operations import timers

    _arm(owner, "warmup", WARNED, in_s=3600, round_=9)
    owner.execute(
        "UPDATE escalations_slaclock SET started_at = breach_at - 7200 * interval '1 second', target_s = 7200"
        " WHERE metric = 'U' AND state = 'running'"
    )
    owner.execute(
        "UPDATE escalations_slatimer t SET kind = 'warn', level = 50, due_at = k.started_at + interval '1 hour'"
        " FROM escalations_slaclock k WHERE k.id = t.clock_id AND k.metric = 'U' AND k.state = 'running' AND t.state = 'armed'"
    )
    started, fired = time.perf_counter(), 0
    while taken := timers.fire_now(timers.BATCH):
        fired += taken
    rate = fired / (time.perf_counter() - started)
    owner.execute(
        "UPDATE escalations_slatimer SET state = 'cancelled' WHERE state = 'armed' AND kind IN ('warn', 'breach')"
    )
    owner.execute("UPDATE escalations_slaclock SET state = 'cancelled' WHERE metric = 'U'")
    return rate


def _wait(owner: Any, statement: str, wanted: int, *, seconds: float = 120.0) -> None:
    give_up_at = time.monotonic() + seconds
    while time.monotonic() < give_up_at:
        owner.execute(statement)
        if owner.fetchone()[0] >= wanted:
            return
        time.sleep(0.05)
    raise SystemExit(f"not within {seconds:.0f} s: {statement}")


def _wrong(owner: Any) -> int:
    """Clocks of ours without exactly one breach, and timers fired before their time."""
    owner.execute(
        "SELECT (SELECT count(*) FROM escalations_slaclock k WHERE metric IN ('R', 'A', 'F', 'N') AND cycle >= 90 AND 1 <> (SELECT count(*)"
        " FROM escalations_slaclockevent e WHERE e.clock_id = k.id AND e.kind = 'breach'))"
        " + (SELECT count(*) FROM escalations_slatimer WHERE fired_at < due_at)"
    )
    return int(owner.fetchone()[0])


if __name__ == "__main__":
    sys.exit(main())

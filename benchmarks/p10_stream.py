"""P10: from the commit of an event to two hundred open consoles, at twenty events a second.

    python -m benchmarks.p10_stream [--cases 10000] [--consoles 200] [--seconds 30]

A uvicorn process holds the streams; a worker that is rung after each commit, and an `engine`, carry the events. Beside it runs the limit: publishing straight to Redis, so that
what the outbox and the relay add is seen. Exits with 1 when p95 is over a second, when a signal does not arrive, or when a database
connection is held by the streams.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import threading
import time

import orjson

from benchmarks.load import database_with
from benchmarks.servers import Cluster
from benchmarks.web import Servers, session_of

PER_S = 20
P95_S = 1.0


class Consoles:
    """Open streams in a thread of their own; `heard` holds (key, rev) → arrival times by the monotonic clock."""

    def __init__(self, port: int, cookie: str, count: int) -> None:
        self.heard: dict[tuple[str, int], list[float]] = {}
        self._port, self._cookie, self._count = port, cookie, count
        self.open = threading.Event()
        self._opened = 0
        threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True).start()

    async def _run(self) -> None:
        arriving = asyncio.Semaphore(8)  # people come to work one after another
        await asyncio.gather(*[self._listen(arriving) for _ in range(self._count)])

    async def _listen(self, arriving: asyncio.Semaphore) -> None:
        await arriving.acquire()
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(f"GET /stream/ HTTP/1.1\r\nHost: localhost\r\nCookie: {self._cookie}\r\n\r\n".encode())
        async for line in reader:
            if line.startswith(b"retry:"):
                arriving.release()
                self._opened += 1
                if self._opened == self._count:
                    self.open.set()
            elif line.startswith(b'data: {"key"'):
                at = time.monotonic()
                data = orjson.loads(line[6:])
                if "rev" in data:
                    self.heard.setdefault((data["key"], data["rev"]), []).append(at)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--consoles", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=30)
    chosen = parser.parse_args()
    cluster = Cluster()
    name = database_with(chosen.cases, cluster=cluster)
    servers = Servers(cluster, name, engine=True)
    try:
        return _measure(cluster, name, servers, chosen)
    finally:
        servers.stop()


def _measure(cluster: Cluster, name: str, servers: Servers, chosen: argparse.Namespace) -> int:
    from celery import current_app
    from django.conf import settings
    from django.db import transaction

    from accounts.models import User
    from core import live
    from core.clock import db_now
    from core.tenancy import ActorKind, bind
    from escalations.models import Case
    from escalations.operations import cases

    settings.REDIS_URL = servers.valkey.url
    current_app.conf.broker_url = servers.valkey.broker_url
    lead = User.objects.get(email="person0@example.test")
    consoles = Consoles(servers.port, session_of(lead.pk), chosen.consoles)
    assert consoles.open.wait(120), "not every stream opened"
    with transaction.atomic():
        bind(ActorKind.INTERNAL, organization_id=0)
        found = list(Case.objects.filter(is_open=True).order_by("id")[: PER_S * chosen.seconds])
    audience = {"compartments": [], "queues": [1]}

    def direct(number: int) -> tuple[str, int]:
        live.publish("case.changed", audience, {"key": f"P-{number}", "rev": 1})
        return f"P-{number}", 1

    def committed(number: int) -> tuple[str, int]:
        with transaction.atomic():
            bind(ActorKind.INTERNAL, organization_id=0)
            case = cases.tag_case(
                case_id=found[number].pk, add=[f"p10-{number % 7}", f"t{time.time_ns()}"], by=None, at=db_now()
            )
        return case.ref, case.revision

    time.sleep(2)  # the first subscription
    limit = _run(consoles, direct, chosen, chosen.seconds // 3)
    held = _connections(cluster, name)
    ours = _run(consoles, committed, chosen, chosen.seconds)
    wanted = PER_S * chosen.seconds * chosen.consoles
    p95 = statistics.quantiles(ours, n=20)[-1]
    print(
        f"{chosen.consoles} consoles, {PER_S} events/s for {chosen.seconds} s: p50 {statistics.median(ours) * 1000:.0f} ms,"
        f" p95 {p95 * 1000:.0f} ms, max {max(ours) * 1000:.0f} ms; {len(ours):,} of {wanted:,} arrived"
    )
    print(
        f"  limit, straight to Redis: p50 {statistics.median(limit) * 1000:.0f} ms, p95 {statistics.quantiles(limit, n=20)[-1] * 1000:.0f} ms;"
        f" database connections of the web process while the streams were open: {held}"
    )
    good = p95 <= P95_S and len(ours) == wanted and held == 0
    print(f"target p95 {P95_S:.0f} s, all arrive, no connection held: {'ok' if good else 'MISSED'}")
    return 0 if good else 1


def _run(consoles: Consoles, act: object, chosen: argparse.Namespace, seconds: int) -> list[float]:
    """Do an act twenty times a second; answers how long each signal took to each console, in seconds."""
    assert callable(act)
    sent: dict[tuple[str, int], float] = {}
    began = time.monotonic()
    for number in range(PER_S * seconds):
        time.sleep(max(0.0, began + number / PER_S - time.monotonic()))
        key = act(number)
        sent[key] = time.monotonic()
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline and any(len(consoles.heard.get(key, ())) < chosen.consoles for key in sent):
        time.sleep(0.1)
    return [max(0.0, at - sent[key]) for key in sent for at in consoles.heard.get(key, ())]


def _connections(cluster: Cluster, name: str) -> int:
    with cluster.connect("postgres").cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND usename = 'wf_web' AND pid <> pg_backend_pid()"
            " AND application_name = '' AND client_port IS NOT NULL AND state IS NOT NULL AND query LIKE '%%stream%%'",
            [name],
        )
        return int(cursor.fetchone()[0])


if __name__ == "__main__":
    sys.exit(main())

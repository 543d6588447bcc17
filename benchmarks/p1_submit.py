"""P1: `POST /submissions/` whole, from 8 clients, beside a raw-SQL view on the same server.

    python -m benchmarks.p1_submit [--cases 1000000] [--seconds 15] [--clients 8]

Whole means: key, scope, rate limit, validation of every field, severity with reasons, duplicates looked up, routing, case, submission, subject,
evidence, three clocks with events and timers, events, outbox, idempotency record, answer. Ours and the floor run in turn, twice each.
Exits with 1 below 30 % of the floor.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import sys

from benchmarks.http import Send, hammer, percentile, post, serving
from benchmarks.load import database_with
from benchmarks.servers import Cluster

TARGET = 0.30
STRETCH = 0.50


def body_of(number: int, mark: str) -> dict[str, object]:
    """A submission like those the documentation shows; every one about something else."""
    return {
        "external_ref": f"P1-{mark}-{number}",
        "title": f"Fake broker ads number {number} using a doctored clip {mark}",
        "ask": "Pause these ads today, and look at the account behind them.",
        "surface": "ads",
        "platform": "vid",
        "suspected_policy": "AD-FR-2.1",
        "language": "es",
        "market": "MX",
        "severity_inputs": {"velocity": "growing", "reversibility": "hard", "confidence": "high"},
        "subjects": [{"kind": "ad", "url": f"https://vid.example/ads/{mark}/{number}"}],
        "impact": {"views": 120_000, "source": "dashboard"},
        "evidence": [{"kind": "url", "url": f"https://vid.example/shots/{mark}/{number}.png", "graphic_tier": "G0"}],
    }


def make_key(cluster: Cluster, name: str) -> tuple[str, int, int]:
    """A vendor's live key in the measured database: token, organization, default queue."""
    conn = cluster.connect(name)
    secret = hashlib.sha256(b"benchmark").hexdigest()[:43]
    with conn.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_organization (kind, name, slug, is_active, time_zone, targets)"
            " VALUES ('vendor', 'Benchmark', 'benchmark', true, 'UTC', '{}')"
            " ON CONFLICT (slug) DO UPDATE SET name = excluded.name RETURNING id"
        )
        organization = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO accounts_servicekey (organization_id, name, prefix, secret_sha256, sandbox_secret, is_sandbox, scopes,"
            " allowed_networks, created_at) VALUES (%s, 'Benchmark', 'benchmark000', %s, '', false,"
            " '{submissions:write,submissions:read}', '{}', now()) ON CONFLICT (prefix) DO NOTHING",
            [organization, hashlib.sha256(secret.encode()).hexdigest()],
        )
        cursor.execute("SELECT id FROM escalations_queue ORDER BY is_default DESC, id LIMIT 1")
        queue = cursor.fetchone()[0]
        for table in ("case", "entity", "caseentity", "evidence"):  # the loader gave ids of its own
            cursor.execute(
                f"SELECT setval('escalations_{table}_id_seq', greatest(max(id), 1)) FROM escalations_{table}"
            )
    conn.close()
    return f"wf_live_benchmark000_{secret}", organization, queue


def submitting(token: str, mark: str) -> Send:
    """One submission of a client, each about something else; `mark` keeps runs apart."""

    def submit(connection: http.client.HTTPConnection, number: int) -> int:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"{mark}-{number}"}
        return post(connection, "/api/v1/submissions/", body_of(number, mark), headers)

    return submit


def main() -> int:
    """Print both figures and their ratio; 0 when the target holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--clients", type=int, default=8)
    asked = parser.parse_args()
    cluster = Cluster()
    name = database_with(asked.cases, cluster=cluster)
    token, organization, queue = make_key(cluster, name)
    place = {"BENCHMARK_ORGANIZATION": str(organization), "BENCHMARK_QUEUE": str(queue)}
    ours: list[float] = []
    floor: list[float] = []
    latencies: list[float] = []
    with (
        serving(cluster, name, application="config.asgi:application") as product,
        serving(
            cluster,
            name,
            application="benchmarks.floor:application",
            DJANGO_SETTINGS_MODULE="benchmarks.floor_settings",
            **place,
        ) as bare,
    ):
        for turn in range(2):
            mark = hashlib.sha256(f"{turn}{id(cluster)}{product}".encode()).hexdigest()[:8]

            def by_hand(connection: http.client.HTTPConnection, number: int, mark: str = mark) -> int:
                return post(connection, "/floor/", body_of(number, mark), {})

            rate, found = hammer(product, submitting(token, mark), clients=asked.clients, seconds=asked.seconds)
            ours.append(rate)
            latencies += found
            floor.append(hammer(bare, by_hand, clients=asked.clients, seconds=asked.seconds)[0])
    latencies.sort()
    ratio = max(ours) / max(floor)
    print(f"P1 at {asked.cases:,} cases, {asked.clients} clients, {asked.seconds:.0f} s, better of two turns each")
    print(
        f"  ours   {max(ours):7.1f} per s   p50 {percentile(latencies, 0.5):.0f} ms  p99 {percentile(latencies, 0.99):.0f} ms"
    )
    print(f"  floor  {max(floor):7.1f} per s   raw SQL, no product")
    print(f"  ratio  {ratio:7.0%}         target {TARGET:.0%}, stretch {STRETCH:.0%}")
    return 0 if ratio >= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())

"""P7: the case page with 200 timeline entries among many cases: median time and number of queries.

    python -m benchmarks.p7_case [--cases 1000000] [--full] [--repeat 40]

A specialist's request goes through the whole stack in this process (middleware, row level security as `wf_web`, templates, no network). Beside it
runs the limit: what the database alone takes for the statements of one such page. Both figures are of the same run. The first look at a
page is left out, since a process keeps plans, calendars and rendered texts. Exits with 1 above 40 ms or 15 queries.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from datetime import timedelta
from typing import Any

from benchmarks.load import database_with
from benchmarks.servers import Cluster
from benchmarks.web import cpu_s

TARGET_MS, TARGET_QUERIES = 40.0, 15
ENTRIES, PAGES = 200, 5
TEXTS = (
    "Same card behind four of the nine accounts.",
    "Looked at the landing page: it differs by network, see ESC-10000007.",
    "**Three** of nine confirmed:\n\n- ADV-40817\n- ADV-40818\n- ADV-40819",
    "Asked the submitter for the link table.",
)


def measure(cluster: Cluster, cases: int, *, repeat: int) -> bool:
    """Give a few cases a long story, look at them again and again; print; whether the targets hold."""
    name = database_with(cases, cluster=cluster)
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from core.garbage import spare_the_program

    viewer, refs = prepare()
    client = Client(headers={"host": "localhost"})
    client.force_login(viewer)
    for ref in refs:
        assert client.get(f"/c/{ref}/").status_code == 200
    spare_the_program()  # as the web process does (config/asgi.py)
    taken = []
    began = cpu_s()
    for number in range(repeat):
        started = time.perf_counter()
        answer = client.get(f"/c/{refs[number % len(refs)]}/")
        taken.append((time.perf_counter() - started) * 1000)
        assert answer.status_code == 200
    worked = (cpu_s() - began) / repeat * 1000
    with CaptureQueriesContext(connection) as captured:
        client.get(f"/c/{refs[0]}/")
    frame = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")  # a transaction's own words are no queries
    statements = [query["sql"] for query in captured.captured_queries if not query["sql"].startswith(frame)]
    limit = in_database(statements, repeat)
    p50, p95 = statistics.median(taken), statistics.quantiles(taken, n=20)[-1]
    is_met = p50 <= TARGET_MS and len(statements) <= TARGET_QUERIES
    print(
        f"{cases:,} cases ({name}), {ENTRIES} entries: p50 {p50:.1f} ms (target {TARGET_MS:.0f}), p95 {p95:.1f} ms, "
        f"{worked:.1f} ms of this process's CPU, {len(statements)} queries (target {TARGET_QUERIES}): {'ok' if is_met else 'MISSED'}; "
        f"the database alone {limit:.1f} ms, ratio {p50 / limit:.1f}"
    )
    return is_met


def prepare() -> tuple[Any, list[str]]:
    """The viewer and the references of open cases whose story was made `ENTRIES` long.

    Each has subjects that other cases share, evidence, and the viewer's draft of a decision under a clause of the whole library.
    """
    from django.db import transaction

    from accounts.access import bind_user
    from accounts.models import User
    from audit.models import Event
    from core.ids import new_id
    from escalations.models import Case, CaseEntity, Draft, Entity, Evidence
    from escalations.operations import comments
    from policies.models import PolicyVersion
    from policies.operations.library import load_library

    with transaction.atomic():
        viewer = User.objects.select_related("organization").get(email="person0@example.test")
        at = bind_user(viewer)
        chosen = list(Case.objects.visible_to(viewer).filter(is_open=True).order_by("-pk")[:PAGES])
        if not PolicyVersion.objects.exists():
            load_library(at=at, by=None)
        clause = PolicyVersion.objects.effective(at=at).filter(policy__key__startswith="AD-FR").order_by("pk")[0]
        entities = list(Entity.objects.order_by("pk")[: 2 * PAGES])
        for place, case in enumerate(chosen):
            added = {"organization_id": case.organization_id, "added_at": at}
            for entity in entities[2 * place : 2 * place + 2]:
                CaseEntity.objects.get_or_create(case=case, entity=entity, defaults=added | {"role": "violator"})
            for number in (1, 2, 3):
                text = {"kind": "text", "text": TEXTS[0] * 9, "sha256": f"{case.pk * 10 + number:064x}"}
                Evidence.objects.get_or_create(
                    case=case, number=number, defaults=added | text | {"public_id": new_id()}
                )
            Draft.objects.update_or_create(
                case=case,
                user=viewer,
                kind="decision",
                defaults={
                    "organization_id": case.organization_id,
                    "saved_at": at,
                    "data": {"verdict": "remove", "clause": clause.pk},
                },
            )
            there = Event.objects.filter(subject_type="escalations.case", subject_id=case.pk).count()
            for number in range(there, ENTRIES):
                body = f"{TEXTS[number % len(TEXTS)]} ({number})"
                when = at - timedelta(minutes=ENTRIES - number)
                comments.add_note(case_id=case.pk, body=body, by=viewer, at=when)
    return viewer, [case.ref for case in chosen]


def in_database(statements: list[str], repeat: int) -> float:
    """The median time, in ms, of sending these statements as they are, with the viewer's rights."""
    from django.db import connection, transaction

    reading = [text for text in statements if text.lstrip("( \n").upper().startswith(("SELECT", "WITH"))]
    found = []
    for _again in range(max(5, repeat // 4)):
        with transaction.atomic(), connection.cursor() as cursor:
            started = time.perf_counter()
            for statement in reading:
                cursor.execute(statement.replace("%", "%%"), [])
                cursor.fetchall()
            found.append((time.perf_counter() - started) * 1000)
    return statistics.median(found)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--full", action="store_true", help="measure at 5M cases")
    parser.add_argument("--repeat", type=int, default=40)
    chosen = parser.parse_args()
    return 0 if measure(Cluster(), 5_000_000 if chosen.full else chosen.cases, repeat=chosen.repeat) else 1


if __name__ == "__main__":
    sys.exit(main())

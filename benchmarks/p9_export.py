"""P9: a million cases taken out as CSV beside one bare COPY of the same columns, and packed as XLSX; time, rows a second, peak memory.

    python -m benchmarks.p9_export [--cases 1000000]

Ours is the engine's whole work on an export: chunks by key with the asker's rights, text made harmless, every chunk brought to disk and
noted, then the file's sum. The limit is one COPY by the tables' owner in one transaction, which is what ours must not do. Memory is that of
the process that writes: of the child for XLSX, of this one for CSV (with Django in it; its growth beside the whole). Exits with 1 when CSV
takes more than three times COPY's time, XLSX makes fewer than 12,000 rows a second, or either takes more than 64 MB.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.load import database_with
from benchmarks.servers import BASE, Cluster

MOST_RATIO, LEAST_ROWS, MOST_MB = 3.0, 12_000, 64
_BARE = """
COPY (SELECT c.ref, c.title, c.severity, c.status, c.resolution, c.due_metric, c.due_at, c.channel, c.language, c.surface, c.harm, c.market,
  c.reach, q.name, o.name, u.display_name, c.received_at, c.updated_at, c.reopened_count, c.cluster_size
  FROM escalations_case c JOIN escalations_queue q ON q.id = c.queue_id JOIN accounts_organization o ON o.id = c.organization_id
  LEFT JOIN accounts_user u ON u.id = c.assignee_id) TO STDOUT WITH (FORMAT csv, FORCE_QUOTE *)
"""


def main() -> int:
    """Load, then measure in a process that works as the engine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    options = parser.parse_args()
    cluster = Cluster()
    name = database_with(options.cases, cluster=cluster)
    owner = cluster.connect(name, "wf_owner")
    with tempfile.TemporaryDirectory() as folder, owner.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM escalations_case")
        taken = []
        for _again in range(2):  # the first fills the cache, for ours as well
            with (Path(folder) / "bare.csv").open("wb") as bare:
                started = time.perf_counter()
                cursor.copy_expert(_BARE, bare)
                bare.flush()
                os.fdatasync(bare.fileno())
                taken.append(time.perf_counter() - started)
        environment = os.environ | {
            "DATABASE_URL": cluster.url(name, "wf_engine"), "WATCHFLOOR_DB_ROLE": "wf_engine", "WATCHFLOOR_ENV": "test",
            "DJANGO_SETTINGS_MODULE": "tests.settings", "WATCHFLOOR_EXPORTS_DIR": folder, "P9_COPY_S": str(min(taken)),
        }  # fmt: skip
        measured = "from benchmarks.p9_export import measure; import sys; sys.exit(measure())"
        return subprocess.run([sys.executable, "-c", measured], cwd=BASE, env=environment).returncode


def measure() -> int:
    """Both exports, as the engine makes them."""
    import django

    django.setup()
    from django.utils import timezone

    from accounts.models import User
    from reporting.lifecycle import ExportState
    from reporting.models import Export
    from reporting.operations import exports, packing

    lead = User.objects.filter(organization__kind="internal", role_grants__role="LD").order_by("pk")[0]
    second = User.objects.filter(organization__kind="internal").exclude(pk=lead.pk).order_by("pk")[0]
    copied_s = float(os.environ["P9_COPY_S"])
    before_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    made = {}
    peak = {"kb": 0}
    threading.Thread(target=_watch_children, args=(peak,), daemon=True).start()
    for written_as in ("csv", "xlsx"):
        now = timezone.now()
        made[written_as] = Export.objects.create(
            organization_id=lead.organization_id, asked_by=lead, asked_at=now, source="cases", title="All", said="", params={"q": ""},
            format=written_as, next_at=now, expires_at=now + exports.KEPT, answered_by=second, answered_at=now,
        )  # fmt: skip
        started = time.perf_counter()
        packed_s = 0.0
        while True:
            began = time.perf_counter()
            if not exports.step():
                break
            last = time.perf_counter() - began
            packed_s = last
        taken = time.perf_counter() - started
        made[written_as].refresh_from_db()
        export = made[written_as]
        assert export.state == ExportState.DONE, export.trouble
        if written_as == "csv":
            mine_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            ratio, csv_mb = taken / copied_s, mine_mb - before_mb
            print(
                f"CSV: {export.rows:,} rows in {taken:.1f} s, {export.bytes / 1e6:.0f} MB; COPY {copied_s:.1f} s, ratio {ratio:.1f}"
                f" (at most {MOST_RATIO}); memory +{csv_mb:.0f} MB to {mine_mb:.0f} MB with Django"
            )
        else:
            child_mb = peak["kb"] / 1024
            rate = export.rows / packed_s
            print(
                f"XLSX: packed {export.rows:,} rows of 20 columns in {packed_s:.1f} s, {rate:,.0f} rows/s (at least {LEAST_ROWS:,});"
                f" {export.bytes / 1e6:.0f} MB; the child's peak {child_mb:.0f} MB"
            )
    assert packing.part_of(exports.file_of(made["xlsx"])).exists() is False
    return 0 if ratio <= MOST_RATIO and rate >= LEAST_ROWS and max(csv_mb, child_mb) <= MOST_MB else 1


def _watch_children(peak: dict[str, int]) -> None:
    """The most memory a child of this process has held since its start (`VmHWM`; what `getrusage` says includes the fork)."""
    task = Path(f"/proc/{os.getpid()}/task")
    while True:
        for thread in task.iterdir():
            with contextlib.suppress(OSError):
                for child in (thread / "children").read_text().split():
                    for line in Path(f"/proc/{child}/status").read_text().splitlines():
                        if line.startswith("VmHWM:"):
                            peak["kb"] = max(peak["kb"], int(line.split()[1]))
        time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main())

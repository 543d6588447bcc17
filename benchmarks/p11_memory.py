"""P11: the whole stack of `make run`, in proportional memory (PSS): idle, and after minutes of submissions as in P1.

    python -m benchmarks.p11_memory [--seconds 600] [--clients 4]

Starts a run of its own in a fresh folder (no demo, so that its loading is not measured), on Linux alone. Exits with 1 above 450 MB, or when
the load made it grow by more than 5 %.
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import cast

import psutil

from benchmarks.http import hammer, post
from benchmarks.p1_submit import body_of, make_key
from benchmarks.servers import BASE, Cluster
from config import database, embedded

MOST_MB = 450.0
MOST_GROWTH = 0.05
SETTLE_S = 20.0
WARM_S = 10.0  # of load before what is called idle: each part has done each thing once, and its caches are filled


class Stack:
    """A `make run` in `folder`."""

    def __init__(self, folder: Path) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("WATCHFLOOR_")}
        for name in ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL"):
            kept.pop(name, None)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.supervisor"],
            cwd=BASE,
            env=kept
            | {"WATCHFLOOR_DATA_DIR": str(folder), "WATCHFLOOR_DEMO": "0", "WATCHFLOOR_API_PER_MINUTE": "1000000"},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if found := re.search(r"runs at (http://\S+)", line):
                self.address = found.group(1)
                break
        else:
            raise SystemExit("The run did not start; its message stands above.")
        self.postgres = embedded.Postgres(folder)  # the one that runs there, to connect to

    def connect(self, name: str, user: str = "") -> object:
        """As `Cluster.connect`."""
        return self.postgres.connect(name, user or embedded.ADMIN)

    def prepare(self) -> str:
        """What an installation starts with, and a vendor's key to submit with."""
        environment = os.environ | {
            "DATABASE_URL": self.postgres.url(database.DATABASE, "wf_engine"),
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "WATCHFLOOR_DB_ROLE": "wf_engine",
            "WATCHFLOOR_ENV": "test",
        }
        with self.postgres.connect(database.DATABASE) as conn, conn.cursor() as cursor:
            cursor.execute(
                "INSERT INTO accounts_organization (kind, name, slug, is_active, time_zone, targets)"
                " VALUES ('internal', 'Team', 'internal', true, 'UTC', '{}')"
            )
        script = (
            "import django; django.setup(); from core.clock import db_now; from django.db import transaction\n"
            "from escalations.operations import routing; from oncall.operations import calendars\n"
            "with transaction.atomic(): calendars.ensure_defaults(at=db_now()); routing.ensure_default_queue()"
        )
        subprocess.run([sys.executable, "-c", script], cwd=BASE, env=environment, check=True)
        return make_key(cast("Cluster", self), database.DATABASE)[0]

    def memory(self) -> dict[str, float]:
        """Megabytes of each process's proportional share, by name."""
        found: dict[str, float] = {}
        me = psutil.Process(self.process.pid)
        for process in [me, *me.children(recursive=True)]:
            try:
                name, share = process.name(), process.memory_full_info().pss / 1e6
            except psutil.NoSuchProcess:
                continue
            found[name] = found.get(name, 0.0) + share
        return found

    def stop(self) -> None:
        """As Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)
        assert self.process.stdout is not None
        self.process.stdout.close()


def main() -> int:
    """Print both figures by process; 0 when the targets hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--clients", type=int, default=4)
    asked = parser.parse_args()
    if not Path("/proc/self/smaps_rollup").exists():
        raise SystemExit("Proportional memory is read from /proc, which only Linux has.")
    with tempfile.TemporaryDirectory(prefix="wf-p11-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        stack = Stack(Path(folder))
        try:
            token = stack.prepare()
            counted = 0

            def submit(connection: http.client.HTTPConnection, number: int) -> int:
                nonlocal counted
                counted += 1
                mark = f"{counted}-{number}"
                headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": mark}
                return post(connection, "/api/v1/submissions/", body_of(number, mark), headers)

            port = int(stack.address.rsplit(":", 1)[1])
            time.sleep(SETTLE_S)
            at_rest = stack.memory()
            hammer(port, submit, clients=asked.clients, seconds=WARM_S)
            time.sleep(SETTLE_S)
            before = stack.memory()
            rate, _ = hammer(port, submit, clients=asked.clients, seconds=asked.seconds)
            time.sleep(SETTLE_S)
            after = stack.memory()
        finally:
            stack.stop()
    return report(at_rest, before, after, rate=rate, seconds=asked.seconds)


def report(
    at_rest: dict[str, float], before: dict[str, float], after: dict[str, float], *, rate: float, seconds: float
) -> int:
    """Print the table; answers the exit code."""
    print(f"P11 after {seconds:.0f} s of {rate:.0f} submissions per second, MB of PSS")
    print(f"  {'':16}{'started':>9}{'warm':>9}{'after':>9}")
    for name in sorted(after, key=lambda one: -after[one]):
        print(f"  {name:16}{at_rest.get(name, 0):9.1f}{before.get(name, 0):9.1f}{after[name]:9.1f}")
    total, grown = sum(after.values()), sum(after.values()) / sum(before.values()) - 1
    print(f"  {'all':16}{sum(at_rest.values()):9.1f}{sum(before.values()):9.1f}{total:9.1f}   target {MOST_MB:.0f}")
    print(f"  growth {grown:.1%}, target {MOST_GROWTH:.0%}")
    return 0 if total <= MOST_MB and grown <= MOST_GROWTH else 1


if __name__ == "__main__":
    sys.exit(main())

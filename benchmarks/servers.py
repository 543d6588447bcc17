"""Servers and settings for a measurement: a private cluster with full durability, kept with its data between runs.

Call `ready(cases)` before Django is set up; it answers the cluster to stop at the end. `BENCHMARK_CLUSTER_URL` names a server of one's own.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
from pathlib import Path

import psycopg2
from psycopg2.extensions import connection as Connection

from config import database, embedded

BASE = Path(__file__).resolve().parent.parent


class Cluster:
    """Where the measured databases are."""

    def __init__(self) -> None:
        self.url_of_server = os.environ.get("BENCHMARK_CLUSTER_URL", "")
        self._postgres: embedded.Postgres | None = None
        if not self.url_of_server:
            folder = embedded.data_folder() / "benchmarks"
            folder.mkdir(exist_ok=True)
            self._postgres = embedded.Postgres(folder).start()
            atexit.register(self._postgres.stop)

    @property
    def pid(self) -> int | None:
        """The server's process, where it is ours."""
        if self._postgres is None:
            return None
        return int((self._postgres.data / "postmaster.pid").read_text().split()[0])

    def url(self, name: str, user: str) -> str:
        """`DATABASE_URL` of one database as one role."""
        if self._postgres is not None:
            return self._postgres.url(name, user)
        return str(psycopg2.extensions.make_dsn(self.url_of_server, dbname=name, user=user))

    def connect(self, name: str, user: str = "") -> Connection:
        """A connection in autocommit mode, as the administrator unless a role is named."""
        conn = psycopg2.connect(
            self.url(name, user or embedded.ADMIN) if self._postgres else self.url(name, user or "postgres")
        )
        conn.autocommit = True
        return conn


def migrated_database(cluster: Cluster, name: str) -> None:
    """Make `name` if it is missing and bring it to this checkout's schema."""
    admin = cluster.connect("postgres")
    database.create_roles(admin)
    database.create_database(admin, name)
    conn = cluster.connect(name)
    database.prepare_database(conn)
    conn.close()
    admin.close()
    environment = os.environ | {
        "DATABASE_URL": cluster.url(name, database.OWNER),
        "WATCHFLOOR_DB_ROLE": database.OWNER,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--skip-checks"]
    subprocess.run(command, cwd=BASE, env=environment, check=True)


def set_up_django(cluster: Cluster, name: str, *, role: str = "wf_web") -> None:
    """Django in this process, working on `name` as `role`, as a web process does."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    os.environ["WATCHFLOOR_ENV"] = "test"
    os.environ["WATCHFLOOR_DB_ROLE"] = role
    os.environ["DATABASE_URL"] = cluster.url(name, role)
    import django

    django.setup()

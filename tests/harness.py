"""A pytest plugin (`-p tests.harness`, in pyproject.toml) that gives every run real servers of its own.

It must act before Django's settings are read, so it is a plugin and not a conftest. The process that runs pytest
(under xdist the controller) takes the first free *slot* of the checkout and starts the slot's Postgres: a second run
in the same checkout finds the first slot taken and uses the next, with a cluster of its own. Slots are kept between
runs, so a migrated template is there already when nothing changed. Each worker starts a Valkey of its own, since
published messages do not know database numbers. All servers end with the process that started them.
"""

from __future__ import annotations

import gc
import hashlib
import os
import shutil
import socket
from collections.abc import Generator
from pathlib import Path
from typing import IO, Any

import pytest

from config import database, embedded

# What the controller tells its workers, which inherit its environment.
CLUSTER_URL = "TEST_CLUSTER_URL"
SLOT_FOLDER = "TEST_SLOT_FOLDER"

# On a busy machine a slow statement is no defect, and a test may think inside its transaction.
_PATIENCE = {"statement_timeout": "60s", "lock_timeout": "10s", "idle_in_transaction_session_timeout": "0"}

_running: list[embedded.Postgres | embedded.Valkey] = []
_folders: list[Path] = []
_locks: list[IO[str]] = []


def is_worker() -> bool:
    """Whether this process is an xdist worker, whose controller runs the cluster."""
    return "PYTEST_XDIST_WORKER" in os.environ


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Start the servers before pytest-django reads the settings."""
    options = early_config.known_args_namespace
    socket.socket.connect = _connect_nearby  # type: ignore[method-assign]
    if not (options.help or options.version):
        os.environ["WATCHFLOOR_ENV"] = "test"
        os.environ["WATCHFLOOR_DB_ROLE"] = "wf_web"
        if is_worker():
            embedded.end_this_process_with_its_parent()
        else:
            _start_cluster(is_whole_run=bool(getattr(options, "numprocesses", None)))
        if is_worker() or not getattr(options, "numprocesses", None):  # xdist's controller runs no test itself
            _start_valkey()
    yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: Playwright's event loop stays in its thread, and async code of other tests would trip on it."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def pytest_collection_finish() -> None:
    """Take what is loaded by now out of the garbage collector's rounds; it would walk over it all thousands of times."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Stop what this process started; after a kill the operating system does it."""
    while _running:
        _running.pop().stop()
    while _folders:
        shutil.rmtree(_folders.pop(), ignore_errors=True)
    while _locks:
        _locks.pop().close()


_connect = socket.socket.connect


def _connect_nearby(self: socket.socket, address: Any) -> None:
    """In place of `socket.connect`: tests talk to this machine alone."""
    if self.family in (socket.AF_INET, socket.AF_INET6) and not address[0].startswith(("127.", "::1", "localhost")):
        raise ConnectionRefusedError(f"Tests do not talk to the network, but this one called {address[0]}.")
    _connect(self, address)


def _start_cluster(*, is_whole_run: bool) -> None:
    """Take a slot; start its Postgres unless a server was named in the environment; make the roles.

    A run on many workers has it in memory where there is plenty: each test that commits gets a database of 1,500 files anew.
    """
    folder = _take_slot()
    os.environ[SLOT_FOLDER] = str(folder)
    cluster_url = os.environ.get(CLUSTER_URL)
    if not cluster_url:
        postgres = embedded.Postgres(_in_memory(folder) if is_whole_run else folder, fast=True)
        _running.append(postgres.start())
        cluster_url = postgres.url("postgres")
        os.environ[CLUSTER_URL] = cluster_url
    os.environ["DATABASE_URL"] = cluster_url
    os.environ.pop("DATABASE_POOLER_URL", None)
    admin = embedded.psycopg2.connect(cluster_url)
    admin.autocommit = True
    try:
        database.create_roles(admin)
        with admin.cursor() as cursor:
            for role in database.ROLES:
                for name, value in _PATIENCE.items():
                    cursor.execute(f"ALTER ROLE {role.name} SET {name} TO '{value}'")
    finally:
        admin.close()


def _start_valkey() -> None:
    folder = Path(os.environ[SLOT_FOLDER])
    name = f"valkey-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    valkey = embedded.Valkey(folder, name, fast=True)
    _running.append(valkey.start())
    os.environ["REDIS_URL"] = valkey.url
    os.environ["CELERY_BROKER_URL"] = valkey.broker_url
    os.environ["WATCHFLOOR_EVIDENCE_DIR"] = str(folder / f"evidence-{name.removeprefix('valkey-')}")
    os.environ["WATCHFLOOR_EXPORTS_DIR"] = str(folder / f"exports-{name.removeprefix('valkey-')}")


_MEMORY = Path("/dev/shm")
_PLENTY_BYTES = 4 * 1024**3  # a whole run takes a quarter of it


def _in_memory(slot: Path) -> Path:
    """A new folder of the slot's own on a memory disk, removed with the run; the slot itself where there is not plenty."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        free_bytes = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
        if min(shutil.disk_usage(_MEMORY).free, free_bytes) < _PLENTY_BYTES:
            return slot
        folder = _MEMORY / f"watchfloor-tests-{hashlib.sha256(str(slot).encode()).hexdigest()[:10]}"
        shutil.rmtree(folder, ignore_errors=True)  # of a run that was killed; the slot's lock says that it is nobody's
        folder.mkdir(mode=0o755)
    except (OSError, StopIteration, ValueError):
        return slot
    _folders.append(folder)
    return folder


def _take_slot() -> Path:
    """The first folder `.data/test-N` that no other run holds; held until this process ends."""
    data = embedded.data_folder()
    number = 0
    while True:
        folder = data / f"test-{number}"
        folder.mkdir(exist_ok=True)
        lock = embedded.hold(folder / "lock")
        if lock is not None:
            _locks.append(lock)
            return folder
        number += 1

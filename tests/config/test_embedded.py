"""The embedded servers: what they refuse, what they repair, and that they end with who started them."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from config import embedded

BASE = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that another account can reach, unlike pytest's own; Postgres does not run as root."""
    with tempfile.TemporaryDirectory(prefix="wf-", dir="/tmp") as made:
        Path(made).chmod(0o755)
        yield Path(made)


def _fake_programs(folder: Path, version: str) -> Path:
    programs = folder / f"programs-{version}"
    programs.mkdir(mode=0o755)
    for name in ("postgres", "initdb"):
        (programs / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}.1'\n")
        (programs / name).chmod(0o755)
    return programs


def test_data_of_another_major_version_asks_for_a_dump(folder, monkeypatch):
    (folder / "pg").mkdir()
    (folder / "pg" / "PG_VERSION").write_text("16\n")
    monkeypatch.setenv("WATCHFLOOR_PG_BIN", str(_fake_programs(folder, "18")))

    with pytest.raises(embedded.CannotStart, match=r"written by Postgres 16, but only 18 .*pg_dump"):
        embedded.Postgres(folder).start()


def test_an_old_postgres_is_not_used_for_new_data(folder, monkeypatch):
    monkeypatch.setenv("WATCHFLOOR_PG_BIN", str(_fake_programs(folder, "15")))

    with pytest.raises(embedded.CannotStart, match="No Postgres 17 or newer"):
        embedded.Postgres(folder).start()


def test_a_half_made_cluster_is_removed(folder, monkeypatch):
    programs = _fake_programs(folder, "18")
    (programs / "initdb").write_text('#!/bin/sh\ntouch "$2/half"\nexit 1\n')
    monkeypatch.setenv("WATCHFLOOR_PG_BIN", str(programs))

    with pytest.raises(embedded.CannotStart, match="could not make its data folder"):
        embedded.Postgres(folder).start()
    assert not (folder / "pg").exists()


def test_a_stale_pid_file_of_another_process_is_forgotten(folder):
    postgres = embedded.Postgres(folder)
    postgres.data.mkdir()
    pid_file = postgres.data / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n")

    postgres._wait_for_predecessor()

    assert not pid_file.exists()


def test_root_without_an_account_to_borrow_gets_one_sentence(folder, monkeypatch):
    def nobody(name: str) -> pwd.struct_passwd:
        raise KeyError(name)

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(pwd, "getpwnam", nobody)

    with pytest.raises(embedded.CannotStart, match=r"start as an ordinary user, or set DATABASE_URL"):
        embedded.server_account(folder / "pg")


def test_a_data_folder_that_cannot_be_made_names_the_variable(folder, monkeypatch):
    (folder / "file").write_text("")
    monkeypatch.setenv("WATCHFLOOR_DATA_DIR", str(folder / "file" / "data"))

    with pytest.raises(embedded.CannotStart, match="set WATCHFLOOR_DATA_DIR"):
        embedded.data_folder()


def test_socket_paths_stay_short(folder):
    deep = folder.joinpath(*["a-folder-with-a-long-name"] * 8)

    assert len(str(embedded.socket_folder(deep, None) / embedded.SOCKET_FILE)) <= embedded.LONGEST_SOCKET_PATH


def test_a_lock_is_held_by_one(folder):
    first = embedded.hold(folder / "lock")

    assert first is not None
    assert embedded.hold(folder / "lock") is None
    first.close()
    second = embedded.hold(folder / "lock")
    assert second is not None
    second.close()


_STARTER = """
import sys, time
from pathlib import Path
from config import embedded
folder = Path(sys.argv[1])
postgres, valkey = embedded.Postgres(folder, fast=True).start(), embedded.Valkey(folder, fast=True).start()
with postgres.connect() as conn, conn.cursor() as cursor:
    cursor.execute("SELECT datlocprovider, datcollate, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'postgres'")
    print(*cursor.fetchone(), *(one.process.pid for one in (postgres, valkey)), flush=True)
time.sleep(600)
"""


@pytest.mark.processes
def test_servers_speak_utf8_and_end_when_their_starter_is_killed(folder):
    with subprocess.Popen(
        [sys.executable, "-c", _STARTER, str(folder)], cwd=BASE, stdout=subprocess.PIPE, text=True
    ) as starter:
        assert starter.stdout is not None
        provider, collate, encoding, *pids = starter.stdout.readline().split()
        servers = [psutil.Process(int(pid)) for pid in pids]
        starter.kill()

    assert (provider, collate, encoding) == ("b", "C.UTF-8", "UTF8")
    assert psutil.wait_procs(servers, timeout=20)[1] == []


def test_an_id_that_is_another_processs_by_now_is_left_alone():
    """Ids are used again: what was stopped hours ago may be a server's process today, which leads a group of its own."""
    ended = embedded.Child(["true"], death_signal=signal.SIGKILL)
    ended.process.wait(10)
    another = embedded.Child(["sleep", "60"], death_signal=signal.SIGKILL)
    try:
        ended.process.pid = another.process.pid  # as the kernel may have given it

        ended.stop(signal.SIGKILL, seconds=1)

        with pytest.raises(subprocess.TimeoutExpired):
            another.process.wait(0.2)
    finally:
        another.stop(signal.SIGKILL, seconds=5)


@pytest.mark.processes
def test_without_the_kernels_help_a_guard_ends_the_child(folder):
    script = """
import signal, time
from config import embedded
embedded._LIBC = None
child = embedded.Child(["sleep", "600"], death_signal=signal.SIGTERM)
print(child.process.pid, flush=True)
time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", script], cwd=BASE, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        child = psutil.Process(int(starter.stdout.readline()))
        starter.kill()

    assert psutil.wait_procs([child], timeout=10)[1] == []

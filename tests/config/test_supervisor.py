"""`make run` as a person meets it: the real supervisor, real servers, real signals."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from config import embedded, supervisor

BASE = Path(__file__).resolve().parent.parent.parent
PATIENCE_S = 90


class Run:
    """One supervisor with a data folder of its own."""

    def __init__(self, data: Path, **variables: str) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("WATCHFLOOR_", "TEST_"))}
        for name in ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "DJANGO_SETTINGS_MODULE"):
            kept.pop(name, None)
        environment = kept | {"WATCHFLOOR_DATA_DIR": str(data), "WATCHFLOOR_DEMO": "0"} | variables
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.supervisor"],
            cwd=BASE,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.said = ""

    def wait_for(self, pattern: str) -> str:
        """Read its output up to a line that has `pattern`; answers the match's first group, or the whole match."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if found := re.search(pattern, line):
                return found.group(1 if found.groups() else 0)
        raise AssertionError(f"{pattern!r} never came:\n{self.said}")

    def finish(self) -> int:
        """Read the rest of its output and wait for its end."""
        rest, _ = self.process.communicate(timeout=PATIENCE_S)
        self.said += rest
        return self.process.returncode

    def family(self) -> list[psutil.Process]:
        """It and all that it started."""
        me = psutil.Process(self.process.pid)
        return [me, *me.children(recursive=True)]


def _what_it_is(process: psutil.Process) -> str:
    """The name by which `ps` shows it, which a forked process gives itself; else its program."""
    try:
        words = process.cmdline()
        if "config.preloaded" not in words:
            return Path(words[0].split()[0].rstrip(":")).name if words else ""
        name = Path(f"/proc/{process.pid}/comm").read_text().strip()
        return name.removeprefix("wf-") if name.startswith("wf-") else "config.preloaded"
    except (psutil.NoSuchProcess, FileNotFoundError):
        return ""


def _is_fork(process: psutil.Process, parent: int) -> bool:
    try:
        return process.ppid() == parent
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def data() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="wf-", dir="/tmp") as made:
        Path(made).chmod(0o755)
        yield Path(made) / "data"


@pytest.fixture
def runs() -> Iterator[list[Run]]:
    started: list[Run] = []
    yield started
    for run in started:
        if run.process.poll() is None:
            run.process.kill()
        run.process.wait()
        assert run.process.stdout is not None
        run.process.stdout.close()


@pytest.fixture
def port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@pytest.mark.processes
def test_a_run_serves_refuses_a_twin_restarts_what_dies_and_leaves_nothing(data, runs, port):
    run = Run(data, WATCHFLOOR_PORT=port)
    runs.append(run)
    address = run.wait_for(r"runs at (http://\S+)")

    with urllib.request.urlopen(f"{address}/livez", timeout=10) as answer:
        assert answer.status == 200
    wanted = {"uvicorn", "engine", "worker", "beat", "postgres", "valkey-server"}
    give_up_at = time.monotonic() + PATIENCE_S
    while not wanted <= {_what_it_is(one) for one in run.family()}:  # each names itself as it begins
        assert time.monotonic() < give_up_at, [_what_it_is(one) for one in run.family()]
    family = run.family()
    assert (data / "secrets.json").stat().st_mode & 0o777 == 0o600
    sockets = [embedded.Postgres(data).socket, embedded.Valkey(data).socket.parent]
    assert all(any(folder.iterdir()) for folder in sockets)

    twin = Run(data, WATCHFLOOR_PORT=port)
    runs.append(twin)
    assert twin.finish() == 1
    assert "already runs from this checkout" in twin.said
    assert address in twin.said

    engine = next(one for one in family if _what_it_is(one) == "engine")
    engine.kill()
    run.wait_for(r"engine ended \(code -9\); starting it again in 0.5 s")

    run.process.send_signal(signal.SIGINT)
    assert run.finish() == 0
    assert run.said.rstrip().endswith("Stopped.")
    assert psutil.wait_procs(family, timeout=5)[1] == []
    assert not any(folder.exists() for folder in sockets)


@pytest.mark.processes
def test_a_connection_left_open_does_not_hold_the_stop_up(data, runs, port):
    run = Run(data, WATCHFLOOR_PORT=port)
    runs.append(run)
    run.wait_for("runs at")
    family = run.family()
    with socket.create_connection(("127.0.0.1", int(port)), timeout=10) as reader:
        reader.sendall(b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nhalf a")
        began = time.monotonic()

        run.process.send_signal(signal.SIGINT)

        assert run.finish() == 0
    # GRACE_S for the processes and what the servers take to put their data down; five seconds on a machine of its own.
    assert time.monotonic() - began < 15
    assert psutil.wait_procs(family, timeout=5)[1] == []


@pytest.mark.processes
def test_a_killed_run_leaves_no_orphan_and_starts_again(data, runs, port):
    run = Run(data, WATCHFLOOR_PORT=port)
    runs.append(run)
    run.wait_for("runs at")
    family = run.family()

    run.process.kill()

    assert psutil.wait_procs(family, timeout=20)[1] == []
    again = Run(data, WATCHFLOOR_PORT=port)
    runs.append(again)
    again.wait_for("runs at")
    again.process.send_signal(signal.SIGTERM)
    assert again.finish() == 0


@pytest.mark.skipif(not embedded.Nursery.available(), reason="processes are forked on Linux alone")
def test_a_loaded_process_that_dies_takes_its_forks_along_and_is_loaded_again(data, runs, port):
    run = Run(data, WATCHFLOOR_PORT=port)
    runs.append(run)
    run.wait_for("runs at")
    family = run.family()
    loaded = next(one for one in family if one.pid != run.process.pid and _what_it_is(one) == "config.preloaded")

    loaded.kill()

    run.wait_for(r"web ended \(code -9\); starting it again")
    assert psutil.wait_procs([one for one in family if _is_fork(one, loaded.pid)], timeout=20)[1] == []
    give_up_at = time.monotonic() + PATIENCE_S
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=10) as answer:
                assert answer.status == 200
            break
        except OSError:
            assert time.monotonic() < give_up_at, run.said
    run.process.send_signal(signal.SIGTERM)
    assert run.finish() == 0


def test_what_cannot_be_loaded_is_said(tmp_path):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WATCHFLOOR_")}
    nursery = embedded.Nursery(kept | {"DJANGO_SETTINGS_MODULE": "config.nothing"})
    try:
        with pytest.raises(embedded.CannotStart, match="its message stands above"):
            nursery.fork(["manage.py", "check"], kept, check=lambda: None)
    finally:
        nursery.stop()


def test_a_taken_port_is_refused_with_what_to_set(port):
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(port)))
        other.listen()

        with pytest.raises(embedded.CannotStart, match=f"port {port} is taken by another program: set WATCHFLOOR_PORT"):
            supervisor._free_port({"WATCHFLOOR_PORT": port})


@pytest.mark.parametrize("wanted", ["0", "-1", "65536", "eight", "80.5"])
def test_a_port_that_is_none_is_refused(wanted):
    with pytest.raises(embedded.CannotStart, match="set it to a number from 1 to 65535"):
        supervisor._free_port({"WATCHFLOOR_PORT": wanted})


def test_the_first_free_port_is_taken_when_none_is_wanted(monkeypatch, capsys):
    monkeypatch.setattr(supervisor, "_is_free", lambda port: port == 8003)

    assert supervisor._free_port({}) == 8003
    assert "Port 8000 is taken; using 8003." in capsys.readouterr().out


def test_secrets_are_made_once(tmp_path):
    first = supervisor._secrets(tmp_path)

    assert supervisor._secrets(tmp_path) == first
    assert set(first) == {"WATCHFLOOR_SECRET_KEY", "WATCHFLOOR_REFERENCE_KEY", "WATCHFLOOR_FIELD_KEYS"}


def test_broken_secrets_stop_the_start_with_a_sentence(tmp_path):
    (tmp_path / "secrets.json").write_text("{")

    with pytest.raises(embedded.CannotStart, match="restore it, or remove it together with the data"):
        supervisor._secrets(tmp_path)

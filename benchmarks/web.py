"""The product's web process on a measured database, and signed-in clients for it that cost the machine little."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import sys
import time
from pathlib import Path

from benchmarks.servers import BASE, Cluster
from config import embedded


class Servers:
    """A Valkey, `webs` web processes on one port and, where asked, an engine and a worker as `make run` has them, on `database` of `cluster`. Ended by `stop`."""

    def __init__(self, cluster: Cluster, database: str, *, engine: bool = False, webs: int = 1) -> None:
        folder = embedded.data_folder() / "benchmarks"
        self.valkey = embedded.Valkey(folder, "valkey").start()
        os.environ["REDIS_URL"] = self.valkey.url
        os.environ["CELERY_BROKER_URL"] = self.valkey.broker_url
        self.children: list[embedded.Child] = []
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            listening.listen(512)
            self.port = int(listening.getsockname()[1])
            words = ["-m", "uvicorn", "config.asgi:application", "--fd", str(listening.fileno()), "--lifespan", "off"]
            for _web in range(webs):
                self._start(
                    [*words, "--log-level", "warning"],
                    cluster.url(database, "wf_web"),
                    "wf_web",
                    folder,
                    (listening.fileno(),),
                )
        self.web_pid = self.children[0].process.pid
        self._wait()
        if engine:
            url = cluster.url(database, "wf_engine")
            self._start(["manage.py", "engine"], url, "wf_engine", folder, ())
            worker = ["-m", "celery", "--quiet", "-A", "config", "worker", "--pool", "threads", "--concurrency", "2"]
            self._start([*worker, "--queues", "outbox"], url, "wf_engine", folder, ())

    def _start(self, words: list[str], url: str, role: str, folder: Path, pass_fds: tuple[int, ...]) -> None:
        environment = os.environ | {
            "DATABASE_URL": url,
            "WATCHFLOOR_DB_ROLE": role,
            "DJANGO_SETTINGS_MODULE": "config.settings",  # the product's own, whatever this process uses
        }
        with (folder / f"{role}.log").open("wb") as log:
            self.children.append(
                embedded.Child(
                    [sys.executable, *words],
                    death_signal=signal.SIGKILL,
                    cwd=BASE,
                    env=environment,
                    stdout=log,
                    stderr=log,
                    pass_fds=pass_fds,
                )
            )

    def _wait(self) -> None:
        give_up_at = time.monotonic() + 60
        while time.monotonic() < give_up_at:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
                connection.request("GET", "/livez")
                connection.getresponse().read()
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("the web process did not start")

    def stop(self) -> None:
        for child in self.children:
            child.stop(signal.SIGTERM, seconds=5)
        self.valkey.stop()


def cpu_s(pid: int | str = "self") -> float:
    """Seconds of CPU a process has used, user and system: what it costs, whatever its neighbours do (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def family_cpu_s(pid: int) -> float:
    """`cpu_s` of a process and of its children, living and ended, as a Postgres server has for its sessions (Linux)."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    found = cpu_s(pid) + (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")
    for child in children:
        with contextlib.suppress(OSError):
            found += cpu_s(int(child))
    return found


def session_of(user_id: int) -> str:
    """Cookies of a fresh session of this person, without the sign-in page (whose password hash is meant to be slow)."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from accounts.models import User

    user = User.objects.get(pk=user_id)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return f"session={session.session_key}; csrf={'c' * 32}"


class Browser:
    """One kept connection with a session."""

    def __init__(self, port: int, cookies: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Cookie": cookies, "X-CSRFToken": "c" * 32, "Accept-Encoding": "identity"}

    def get(self, path: str) -> tuple[int, bytes]:
        return self._ask("GET", path, {})

    def post(self, path: str, **headers: str) -> tuple[int, bytes]:
        return self._ask("POST", path, {"Content-Length": "0", **headers})

    def _ask(self, method: str, path: str, more: dict[str, str]) -> tuple[int, bytes]:
        self.connection.request(method, path, headers={**self.headers, **more})
        answer = self.connection.getresponse()
        return answer.status, answer.read()

"""The product loaded once and forked per process: what `make run` starts its web, engine, worker and beat from.

Loading Django and all apps costs a second or more of processor time and a hundred megabytes; forked from one loaded
process, each part of the run starts at once and shares that memory. Only on Linux, where a forked process is told when
its parent dies; elsewhere the supervisor starts each part by itself (`embedded.Child`). Servers of one's own start
each process by itself, too.

The process reads requests from a socket, one JSON object a packet, and answers likewise:
`{"start": ["manage.py", "engine"], "environment": {…}}` → `{"started": pid}`; `{"signal": 15, "pid": pid}`; and, on its own,
`{"ended": pid, "code": code}`. It keeps to one thread and opens no connection, so that forking is safe.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
import warnings
from dataclasses import dataclass
from typing import Any

# What the processes load at their start, besides the product itself.
SHARED = (
    "audit.tasks",
    "celery.app.amqp",
    "celery.app.control",
    "celery.app.events",
    "celery.app.log",
    "celery.apps.beat",
    "celery.apps.worker",
    "celery.bin.celery",
    "celery.concurrency.thread",
    "celery.contrib.django.task",
    "celery.worker.components",
    "celery.worker.consumer",
    "celery.worker.loops",
    "celery.worker.strategy",
    "django.contrib.messages.storage.fallback",
    "django.contrib.sessions.backends.db",
    "django_structlog.tasks",
    "kombu.transport.redis",
    "uvicorn.lifespan.off",
    "uvicorn.logging",
    "uvicorn.loops.auto",
    "uvicorn.main",
    "uvicorn.protocols.http.auto",
)
LARGEST_PACKET = 256 * 1024
_PR_SET_NAME = 15


@dataclass(frozen=True)
class Job:
    """What a forked process is to be: arguments as a Python would get them, and all of its environment."""

    command: list[str]
    environment: dict[str, str]


def main(arguments: list[str]) -> object:
    """Load, then fork on request until the socket (its descriptor is the argument) closes; in a fork, run its job."""
    control = socket.socket(fileno=int(arguments[0]))
    load()
    gc.collect()
    gc.freeze()  # what is loaded stays: a collection in a fork would copy every page of it
    job = _fork_on_request(control)
    return None if job is None else run(job)


def load() -> None:
    """Import what any of the processes will need, and nothing that connects or starts a thread."""
    gc.disable()  # millions of objects that all live on
    import django

    django.setup()

    from django.conf import settings
    from django.urls import get_resolver

    for name in (*SHARED, *(path.rpartition(".")[0] for path in settings.MIDDLEWARE)):
        importlib.import_module(name)

    from config.celery import app

    app.finalize()  # worker and beat would each make the same tasks

    _ = get_resolver().url_patterns  # loads every view


def _fork_on_request(control: socket.socket) -> Job | None:
    """Answer requests; in the parent None at the end, in each fork its job."""
    wake_read, wake_write = os.pipe()
    for end in (wake_read, wake_write):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake_write)
    living: set[int] = set()
    while True:
        ready, _, _ = select.select([control.fileno(), wake_read], [], [])
        if wake_read in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(wake_read, 4096)
            _tell_of_the_dead(control, living)
        if control.fileno() not in ready:
            continue
        packet = control.recv(LARGEST_PACKET)
        if not packet:
            return None
        request = json.loads(packet)
        if "signal" in request:
            if request["pid"] in living:  # it is ours until we have waited for it, so the number means nobody else
                os.kill(request["pid"], request["signal"])
            continue
        parent, pid = os.getpid(), os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for end in (wake_read, wake_write):
                os.close(end)
            control.close()
            _settle_in(parent)
            _be_called(request["start"])
            return Job(request["start"], request["environment"])
        living.add(pid)
        control.send(json.dumps({"started": pid}).encode())


def _tell_of_the_dead(control: socket.socket, living: set[int]) -> None:
    for pid in sorted(living):
        found, status = os.waitpid(pid, os.WNOHANG)
        if found == pid:
            living.discard(pid)
            control.send(json.dumps({"ended": pid, "code": os.waitstatus_to_exitcode(status)}).encode())


def _settle_in(parent: int) -> None:
    """A session of its own, and an end with its parent's."""
    from config.embedded import end_this_process_with_its_parent

    os.setsid()
    end_this_process_with_its_parent()
    if os.getppid() != parent:  # it died before the request stood
        os._exit(1)


# -- In the fork -------------------------------------------------------------------------------------------------------
def run(job: Job) -> object:
    """Be what `job` says: take its environment, database role and arguments, and run its module or script."""
    gc.enable()
    os.environ.clear()
    os.environ.update(job.environment)
    _work_as(job.environment["DATABASE_URL"], job.environment["WATCHFLOOR_DB_ROLE"])
    command = list(job.command)
    while command[0] == "-W":
        action, _, message = command[1].partition(":")
        assert action == "ignore"
        warnings.filterwarnings("ignore", message=message)
        del command[:2]
    if command[0] == "-m":
        sys.argv = command[1:]
        return runpy.run_module(command[1], run_name="__main__", alter_sys=True)
    sys.argv = command
    return runpy.run_path(command[0], run_name="__main__")


def _work_as(url: str, role: str) -> None:
    """Make the settings those of the database role `role`; nothing has connected yet."""
    from django.conf import settings
    from django.db import connections

    from config import settings as source

    source.DATABASE_URL, source.DB_ROLE = url, role
    settings.DB_ROLE = role
    settings.DATABASE_CONNECTIONS_KEPT = source.connections_kept(role)
    changed: dict[str, Any] = {name: source.database(role) for name in source.DATABASES}
    settings.DATABASES = changed
    connections.settings = connections.configure_settings(changed)
    for name in changed:
        with contextlib.suppress(AttributeError):  # loading looked at the database's features, as the other role
            del connections[name]


def _be_called(command: list[str]) -> None:
    """Show in `ps -o comm` and `top` which process it is; the kernel keeps 15 letters."""
    words = [word for word in command if word in ("uvicorn", "engine", "worker", "beat", "migrate", "seed_demo")]
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_NAME, f"wf-{(words or ['python'])[0]}".encode(), 0, 0, 0)


if __name__ == "__main__":
    main(sys.argv[1:])

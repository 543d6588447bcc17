"""A web process under load: `serving()` starts uvicorn on a database, `hammer()` sends from several clients at once."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.servers import BASE, Cluster
from config import embedded

Send = Callable[[http.client.HTTPConnection, int], int]


@contextlib.contextmanager
def serving(cluster: Cluster, name: str, *, application: str, **environment: str) -> Iterator[int]:
    """One uvicorn process for `application`, as `make run` starts it; yields its port."""
    valkey = embedded.Valkey(
        embedded.data_folder() / "benchmarks", f"valkey-{application.partition('.')[0]}", fast=True
    )
    valkey.start()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    env = os.environ | {
        "WATCHFLOOR_ENV": "test",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "WATCHFLOOR_DB_ROLE": "wf_web",
        "DATABASE_URL": cluster.url(name, "wf_web"),
        "REDIS_URL": valkey.url,
        "CELERY_BROKER_URL": valkey.broker_url,
        "WATCHFLOOR_API_PER_MINUTE": "1000000",
        **environment,
    }
    command = [sys.executable, "-m", "uvicorn", application, "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen([*command, "--log-level", "error", "--no-access-log"], cwd=BASE, env=env)
    try:
        _wait(port, server)
        yield port
    finally:
        server.terminate()
        server.wait(20)
        valkey.stop()


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    for _turn in range(600):
        if server.poll() is not None:
            raise SystemExit("The web process ended at its start.")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise SystemExit("The web process did not start within a minute.")


def hammer(port: int, send: Send, *, clients: int, seconds: float, warm_up: float = 2.0) -> tuple[float, list[float]]:
    """Answers per second, and the latencies in ms. `send` makes one request on a kept connection and answers its status."""
    latencies: list[list[float]] = [[] for _client in range(clients)]
    failures: list[int] = []
    begin = time.monotonic() + warm_up
    end = begin + seconds

    def work(client: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        number = client
        while (now := time.monotonic()) < end:
            status = send(connection, number)
            number += clients
            if status >= 300:
                failures.append(status)
            elif now >= begin:
                latencies[client].append((time.monotonic() - now) * 1000)

    threads = [threading.Thread(target=work, args=(client,)) for client in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise SystemExit(f"{len(failures)} requests failed, the first with {failures[0]}.")
    found = sorted(latency for part in latencies for latency in part)
    return len(found) / seconds, found


def post(connection: http.client.HTTPConnection, path: str, body: Any, headers: dict[str, str]) -> int:
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", **headers})
    answer = connection.getresponse()
    text = answer.read()
    if answer.status >= 300:
        print(text[:500].decode(), file=sys.stderr)
    return answer.status


def percentile(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(len(values) * share))] if values else 0.0

"""The product's own processes on a worker's database clone: the web server, and the engine where a test needs it."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import sys
import time
from pathlib import Path

from config import embedded
from tests.databases import BASE, Clone
from tests.harness import SLOT_FOLDER


class LiveServer:
    """uvicorn as in production, on a port the kernel chose; one per worker, kept while databases are renewed under it."""

    def __init__(self, clone: Clone) -> None:
        self.log = _log("web")
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            listening.listen(128)
            self.port = listening.getsockname()[1]
            self.url = f"http://127.0.0.1:{self.port}"
            self._child = _start(
                [
                    *("-m", "uvicorn", "config.asgi:application", "--fd", str(listening.fileno())),
                    *(
                        "--timeout-graceful-shutdown",
                        "1",
                        "--lifespan",
                        "off",
                        "--ws",
                        "none",
                        "--log-level",
                        "warning",
                    ),
                ],
                clone,
                role="wf_web",
                log=self.log,
                pass_fds=(listening.fileno(),),
            )
        self._wait()

    def _wait(self) -> None:
        give_up_at = time.monotonic() + 60
        while self._child.process.poll() is None and time.monotonic() < give_up_at:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            try:
                connection.request("GET", "/livez")
                connection.getresponse().read()
                return
            except OSError:
                time.sleep(0.05)
            finally:
                connection.close()
        self.stop()
        raise RuntimeError(f"The live server did not start:\n{self.log.read_text()[-4000:]}")

    @property
    def pid(self) -> int:
        """For tests that kill it."""
        return self._child.process.pid

    def stop(self) -> None:
        """End it; open streams have a second."""
        self._child.stop(signal.SIGTERM, seconds=5)


class LiveProcess:
    """Another of the product's processes, by its arguments after `python`; ended with `stop`."""

    def __init__(self, name: str, arguments: list[str], clone: Clone) -> None:
        self.log = _log(name)
        self._child = _start(arguments, clone, role="wf_engine", log=self.log)

    @property
    def pid(self) -> int:
        """For tests that kill it."""
        return self._child.process.pid

    def wait(self, seconds: float) -> int:
        """How it ended by itself; negative for a signal."""
        return self._child.process.wait(seconds)

    def stop(self) -> None:
        """SIGTERM, then after ten seconds SIGKILL."""
        self._child.stop(signal.SIGTERM, seconds=10)


def _log(name: str) -> Path:
    return Path(os.environ[SLOT_FOLDER]) / f"{name}-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}.log"


def _start(
    arguments: list[str], clone: Clone, *, role: str, log: Path, pass_fds: tuple[int, ...] = ()
) -> embedded.Child:
    environment = os.environ | {
        "DATABASE_URL": clone.url(role),
        "WATCHFLOOR_DB_ROLE": role,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONUNBUFFERED": "1",
    }
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
    with log.open("wb") as output:
        return embedded.Child(
            [sys.executable, *arguments],
            death_signal=signal.SIGKILL,
            cwd=BASE,
            env=environment,
            stdout=output,
            stderr=output,
            pass_fds=pass_fds,
        )

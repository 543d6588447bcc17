"""`make run`: one process that starts everything Watchfloor needs on one machine, watches it, and stops it again.

Order of a start: the servers (unless `DATABASE_URL` or `REDIS_URL` name others) and, meanwhile, the process that loads
everything once and forks the others (`config.preloaded`); roles and database, migrations, then web, then worker, beat and
engine, then the demo. A process that dies is started again; Ctrl-C stops all; and when this process is killed the
operating system ends the rest. No Django import here.
"""

from __future__ import annotations

import contextlib
import http.client
import http.server
import json
import os
import secrets
import shutil
import signal
import socket
import sys
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

import psycopg2

from config import database, embedded, first_schema
from config.embedded import CannotStart

FIRST_PORT = 8000
PORTS_TRIED = 20
FIRST_DELAY_S, LONGEST_DELAY_S = 0.5, 10.0
STEADY_AFTER_S = 30.0  # a process that lived this long starts its back-off anew
GRACE_S = 2.5  # for all processes together, so that Ctrl-C takes less than five seconds with the servers' own end
QUEUES = "sla,outbox,deliver,reports"
PYTHON = sys.executable


def main() -> int:
    """Run until Ctrl-C or SIGTERM; answers the exit code."""
    stop = StopRequests()
    try:
        data = embedded.data_folder()
        with _only_one_here(data) as note, contextlib.ExitStack() as stack:
            _run(data, note, stop, stack)
    except CannotStart as refusal:
        print(f"Watchfloor cannot start: {refusal}", file=sys.stderr, flush=True)
        return 1
    except StopAsked:
        pass
    _say("Stopped.")
    return 0


class StopAsked(Exception):
    """Ctrl-C or SIGTERM came while something was still starting."""


class StopRequests:
    """Counts requests to stop. The first ends things in order, the second ends them at once."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self.count = 0
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.count += 1
        self.event.set()

    def check(self) -> None:
        """Raise `StopAsked` once somebody asked."""
        if self.event.is_set():
            raise StopAsked

    @property
    def impatient(self) -> bool:
        """Whether somebody asked twice."""
        return self.count > 1


@contextlib.contextmanager
def _only_one_here(data: Path) -> Iterator[IO[str]]:
    """Hold the checkout's lock; `CannotStart` names the one who has it."""
    path = data / "run.lock"
    lock = embedded.hold(path)
    if lock is None:
        raise CannotStart(
            f"it already runs from this checkout ({path.read_text().strip() or 'just starting'}). "
            "Stop that one with Ctrl-C first, or set WATCHFLOOR_DATA_DIR and WATCHFLOOR_PORT for a second one."
        )
    with lock:
        lock.truncate(0)
        lock.write(f"process {os.getpid()}")
        lock.flush()
        yield lock


# ── processes ───────────────────────────────────────────────────────────────


Launcher = Callable[[list[str], dict[str, str]], embedded.Child]
"""Starts a process from its arguments, the Python left out, and its environment."""


class Launch:
    """Starts processes of the product, forked from a loaded one where the system allows it."""

    def __init__(self, environment: dict[str, str], stop: StopRequests) -> None:
        self._environment = environment
        self._stop = stop
        self._nursery = embedded.Nursery(environment) if embedded.Nursery.available() else None

    def __call__(self, command: list[str], environment: dict[str, str]) -> embedded.Child:
        """A session of its own, killed when this process dies: a lease is all that can be lost."""
        if self._nursery is None:
            return embedded.Child([PYTHON, *command], death_signal=signal.SIGKILL, cwd=embedded.BASE, env=environment)
        if not self._nursery.is_alive and not self._stop.event.is_set():
            self._nursery.stop()
            self._nursery = embedded.Nursery(self._environment)
        return self._nursery.fork(command, environment, check=self._stop.check)

    def close(self) -> None:
        """End the loaded process, and what it forked."""
        if self._nursery is not None:
            self._nursery.stop()


@dataclass
class Program:
    """One long-running process of the product, started again when it dies."""

    name: str
    command: list[str]
    environment: dict[str, str]
    launch: Launcher
    _child: embedded.Child | None = None
    _started_at: float = 0.0
    _delay_s: float = FIRST_DELAY_S
    _retry_at: float | None = None

    def start(self) -> None:
        """Start it in a session of its own. It is killed when this process dies: a lease is all that can be lost."""
        self._started_at, self._retry_at = time.monotonic(), None
        self._child = self.launch(self.command, self.environment)

    @property
    def pid(self) -> int:
        """The process's id; only after `start`."""
        assert self._child is not None
        return self._child.process.pid

    def tend(self) -> None:
        """Start it again when it has died: after half a second, then ever more slowly up to ten."""
        if self._child is None:
            return
        now = time.monotonic()
        if self._retry_at is None and self._child.process.poll() is not None:
            self._child.release()
            if now - self._started_at > STEADY_AFTER_S:
                self._delay_s = FIRST_DELAY_S
            _say(f"{self.name} ended (code {self._child.process.returncode}); starting it again in {self._delay_s:g} s")
            self._retry_at = now + self._delay_s
            self._delay_s = min(self._delay_s * 2, LONGEST_DELAY_S)
        if self._retry_at is not None and now >= self._retry_at:
            try:
                self.start()
            except CannotStart as error:
                _say(f"{self.name}: {error}")
                self._retry_at = now + self._delay_s

    def ask_to_stop(self, *, at_once: bool) -> None:
        """SIGTERM (SIGKILL when it must be at once), without waiting."""
        if self._child is not None:
            self._child.ask(signal.SIGKILL if at_once else signal.SIGTERM)

    def await_end(self, *, seconds: float) -> None:
        """After `ask_to_stop`: up to `seconds`, then SIGKILL, for it and whatever it started."""
        if self._child is not None:
            self._child.await_end(seconds=seconds)
            self._child = None


@dataclass
class Server:
    """An embedded server under watch; `start` is called again when it dies."""

    name: str
    service: embedded.Postgres | embedded.Valkey
    _retry_at: float | None = None
    _delay_s: float = FIRST_DELAY_S

    def tend(self) -> None:
        """Start it again when it has died. What stood in Postgres is recovered from its log."""
        now = time.monotonic()
        if self._retry_at is None and self.service.process.poll() is not None:
            _say(f"{self.name} ended; starting it again in {self._delay_s:g} s")
            self._retry_at = now + self._delay_s
        if self._retry_at is not None and now >= self._retry_at:
            try:
                self.service.start()
            except CannotStart as error:
                _say(f"{self.name}: {error}")
                self._delay_s = min(self._delay_s * 2, LONGEST_DELAY_S)
                self._retry_at = now + self._delay_s
            else:
                self._retry_at, self._delay_s = None, FIRST_DELAY_S


@dataclass
class Place:
    """Where the servers are, and the variables every process of this run gets."""

    environment: dict[str, str]
    postgres: embedded.Postgres | None
    servers: list[Server] = field(default_factory=list)

    def environment_of(self, role: str) -> dict[str, str]:
        """The variables of a process that works as the database role `role`."""
        changed = {"WATCHFLOOR_DB_ROLE": role}
        if self.postgres is not None:
            changed["DATABASE_URL"] = self.postgres.url(database.DATABASE, role)
        return self.environment | changed


# ── the run ─────────────────────────────────────────────────────────────────


def _run(data: Path, note: IO[str], stop: StopRequests, stack: contextlib.ExitStack) -> None:
    port = _free_port(os.environ)
    place = _place(data)
    launch = Launch(place.environment_of("wf_web"), stop)  # loads while the servers start
    stack.callback(launch.close)
    _start_servers(place, data, stack)
    stop.check()
    _prepare_database(place, launch, stop)
    programs = _programs(place, port, data, launch)
    stack.callback(_stop_programs, programs, stop)
    web, *others = programs
    web.start()

    address = f"http://127.0.0.1:{port}"
    note.write(f", {address}")
    note.flush()
    tended = [server.tend for server in place.servers] + [program.tend for program in programs]
    _wait_for_page(port, tended, stop)  # alone, so that the first page does not wait for three other programs to load
    for program in others:
        program.start()
    _say(f"\n  Watchfloor runs at {address}\n  Stop with Ctrl-C.\n")
    demo: Demo | None = None
    if _wants_demo(place):
        demo = Demo(place, launch, stack, data)
        tended.append(demo.tend)
    while not stop.event.wait(0.2):
        for tend in tended:
            tend()
        if demo is not None and demo.wipe_asked_by:
            demo = _wipe(demo, place, programs, port, launch, stop, stack)
            tended = [*tended[: len(place.servers) + len(programs)], demo.tend]
    _say("Stopping …")


def _free_port(environment: Mapping[str, str]) -> int:
    """`WATCHFLOOR_PORT`, which must be free, else the first free port from 8000 on."""
    wanted = environment.get("WATCHFLOOR_PORT", "").strip()
    if wanted:
        if not wanted.isdigit() or not 0 < int(wanted) < 65536:
            raise CannotStart(f"WATCHFLOOR_PORT is {wanted!r}: set it to a number from 1 to 65535.")
        if not _is_free(int(wanted)):
            raise CannotStart(f"port {wanted} is taken by another program: set WATCHFLOOR_PORT to a free one.")
        return int(wanted)
    for port in range(FIRST_PORT, FIRST_PORT + PORTS_TRIED):
        if _is_free(port):
            if port != FIRST_PORT:
                _say(f"Port {FIRST_PORT} is taken; using {port}.")
            return port
    raise CannotStart(f"ports {FIRST_PORT} to {FIRST_PORT + PORTS_TRIED - 1} are all taken: set WATCHFLOOR_PORT.")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _place(data: Path) -> Place:
    """Where everything will be: servers that no variable names elsewhere are ours, and not started yet."""
    environment = dict(os.environ)
    environment.setdefault("PYTHONUNBUFFERED", "1")
    environment.setdefault("MALLOC_ARENA_MAX", "2")  # glibc would keep a heap per thread, none of which shrinks again
    environment.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    environment.setdefault("WATCHFLOOR_LOG_LEVEL", "WARNING")
    environment.setdefault("WATCHFLOOR_ENV", "local")
    environment.setdefault("WATCHFLOOR_DEMO", "1" if environment["WATCHFLOOR_ENV"] == "local" else "0")
    environment = _secrets(data) | environment
    place = Place(environment, postgres=None)
    if not environment.get("DATABASE_URL"):
        place.postgres = embedded.Postgres(data)
        environment["DATABASE_URL"] = place.postgres.url(database.DATABASE)
        environment["WATCHFLOOR_MAY_WIPE"] = "1"
        place.servers.append(Server("Postgres", place.postgres))
    if not environment.get("REDIS_URL"):
        valkey = embedded.Valkey(data)
        environment |= {"REDIS_URL": valkey.url, "CELERY_BROKER_URL": valkey.broker_url}
        place.servers.append(Server("Valkey", valkey))
    return place


def _start_servers(place: Place, data: Path, stack: contextlib.ExitStack) -> None:
    """Start our own servers; each is stopped by `stack`, Valkey before Postgres."""
    if place.postgres is not None and not (data / "pg" / "PG_VERSION").exists():
        _say("Making the database …")
    for server in place.servers:
        stack.callback(server.service.stop)
        server.service.start()


def _secrets(data: Path) -> dict[str, str]:
    """Secrets of a local run, made once and readable by their owner alone."""
    path = data / "secrets.json"
    if not path.exists():
        made = {
            "WATCHFLOOR_SECRET_KEY": secrets.token_urlsafe(60),
            "WATCHFLOOR_REFERENCE_KEY": secrets.token_urlsafe(32),
            "WATCHFLOOR_FIELD_KEYS": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        }
        half = path.with_suffix(".half")
        half.unlink(missing_ok=True)
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(made, file)
        half.rename(path)
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise CannotStart(
            f"{path} cannot be read ({error}): restore it, or remove it together with the data."
        ) from error
    return {str(name): str(value) for name, value in found.items()}


def _prepare_database(place: Place, launch: Launcher, stop: StopRequests) -> None:
    """Roles, database and extensions where the sign-in may make them; then migrations as the owner."""
    admin = os.environ.get("ADMIN_DATABASE_URL") or place.environment["DATABASE_URL"]
    if os.environ.get("ADMIN_DATABASE_URL") or place.postgres is not None or _may_create_roles(admin):
        try:
            database.provision(admin)
        except psycopg2.Error as error:
            raise CannotStart(f"the database could not be prepared: {str(error).strip()}") from error
    stop.check()
    environment = place.environment_of(database.OWNER)
    _say("Bringing the database schema up to date …")
    if place.postgres is not None:
        first_schema.restore(environment["DATABASE_URL"])
    # Each process checks for itself what it needs as it starts; here the checks would only double the wait.
    _command(["migrate", "--verbosity", "0", "--skip-checks"], environment, launch, stop)


def _may_create_roles(url: str) -> bool:
    try:
        with contextlib.closing(psycopg2.connect(url, connect_timeout=5)) as conn, conn.cursor() as cursor:
            cursor.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
            return bool((cursor.fetchone() or (False,))[0])
    except psycopg2.Error as error:
        raise CannotStart(f"DATABASE_URL does not lead to a database: {str(error).strip()}") from error


def _command(arguments: list[str], environment: dict[str, str], launch: Launcher, stop: StopRequests) -> None:
    """Run a management command to its end; `CannotStart` when it fails, `StopAsked` when it is interrupted."""
    began = told = time.monotonic()
    child = launch(["manage.py", *arguments], environment)
    try:
        while child.process.poll() is None:
            if stop.event.wait(0.05):
                raise StopAsked
            if time.monotonic() - told > 5:
                told = time.monotonic()
                _say(f"  {arguments[0]}: {told - began:.0f} s …")
    finally:
        child.stop(signal.SIGTERM, seconds=2)
    if child.process.returncode != 0:
        raise CannotStart(f"`manage.py {arguments[0]}` failed; its message stands above.")


def _programs(place: Place, port: int, data: Path, launch: Launcher) -> list[Program]:
    """What runs, in the order of starting; asked to stop in the reverse order."""
    web, engine = place.environment_of("wf_web"), place.environment_of("wf_engine")
    # As root the worker would warn at length; whoever starts a trial as root has decided that.
    ringing = engine | {"CELERY_SKIP_CHECKS": "1"}  # as the engine does: the database's are asked for by config.celery
    celery = ["-W", "ignore:You're running the worker", "-m", "celery", "--quiet", "-A", "config"]
    return [
        Program(
            "web",
            [
                *("-m", "uvicorn", "config.asgi:application", "--host", "127.0.0.1", "--port", str(port)),
                # Open event streams end by themselves only here; without a limit the stop would wait for them.
                *("--timeout-graceful-shutdown", "1", "--lifespan", "off", "--ws", "none", "--log-level", "warning"),
            ],
            web,
            launch,
        ),
        Program("engine", ["manage.py", "engine"], engine, launch),
        Program("auditor", ["-m", "config.auditor"], place.environment_of("wf_audit"), launch),
        Program(
            "worker",
            # Threads: one process to watch and to end. Larger places use prefork (docker-compose.yml).
            [
                *(*celery, "worker", "--pool", "threads", "--concurrency", "2", "--queues", QUEUES),
                *("--without-gossip", "--without-mingle", "--loglevel", "WARNING"),
            ],
            ringing,
            launch,
        ),
        Program(
            "beat",
            [*celery, "beat", "--schedule", str(data / "beat"), "--pidfile", "", "--loglevel", "WARNING"],
            ringing,
            launch,
        ),
    ]


def _stop_programs(programs: list[Program], stop: StopRequests) -> None:
    """Ask beat, worker, engine and web to end, and give them all together `GRACE_S`.

    What does not end by then is killed: its transaction is rolled back, its leases lapse, and the next start goes on.
    """
    for program in reversed(programs):
        program.ask_to_stop(at_once=stop.impatient)
    give_up_at = time.monotonic() + GRACE_S
    for program in programs:
        program.await_end(seconds=max(0.0, give_up_at - time.monotonic()))


def _wait_for_page(port: int, tended: list[Callable[[], None]], stop: StopRequests) -> None:
    """Until the web process answers anything; a broken start shows its own messages meanwhile."""
    began = told = time.monotonic()
    while not _answers(port):
        for tend in tended:
            tend()
        if time.monotonic() - told > 10:
            told = time.monotonic()
            _say(f"Still waiting for the first page ({told - began:.0f} s) …")
        if stop.event.wait(0.05):
            raise StopAsked


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/livez")
        return connection.getresponse().status > 0
    except OSError:
        return False
    finally:
        connection.close()


# ── the demo ────────────────────────────────────────────────────────────────


def _wants_demo(place: Place) -> bool:
    return place.environment.get("WATCHFLOOR_DEMO") == "1" and any(
        embedded.BASE.glob("*/management/commands/seed_demo.py")
    )


class Demo:
    """Loads the demo into an empty database beside the running product, and says whom one may sign in as."""

    def __init__(
        self, place: Place, launch: Launcher, stack: contextlib.ExitStack, data: Path, *, wiped_by: str = ""
    ) -> None:
        self.data = data
        self.wipe_asked_by = ""
        self._may_wipe = place.postgres is not None
        self._environment = place.environment_of("wf_engine")
        self._launch = launch
        self._loading: embedded.Child | None = launch(
            ["manage.py", "seed_demo", "--if-empty", f"--wiped-by={wiped_by}"], self._environment
        )
        stack.callback(self.stop_loading)
        self._people_shown = False
        self._look_at = 0.0

    def stop_loading(self) -> None:
        """End the loading if it still goes on; what is half done is rolled back, and the next start goes on with it."""
        if self._loading is not None:
            self._loading.stop(signal.SIGTERM, seconds=0.5)
            self._loading = None

    def tend(self) -> None:
        """Name the people once they are there, say so when the loading failed, and notice a wish to wipe."""
        if time.monotonic() >= self._look_at:
            self._look_at = time.monotonic() + 1
            if not self._people_shown and self._ask("SELECT true FROM accounts_user LIMIT 1"):
                self._people_shown = True
                self._show_people()
            elif self._people_shown and self._may_wipe:
                self.wipe_asked_by = self._ask(
                    "SELECT actor_label FROM audit_event WHERE kind = 'demo.wipe_asked' ORDER BY id DESC LIMIT 1"
                )
        if self._loading is not None and self._loading.process.poll() is not None:
            self._loading.release()
            if self._loading.process.returncode != 0:
                _say(f"The demo did not load (code {self._loading.process.returncode}); everything else works without.")
            self._loading = None

    def _ask(self, question: str) -> str:
        """The first column of the first row as text; empty without one, or without a database."""
        try:
            conn = psycopg2.connect(self._environment["DATABASE_URL"], connect_timeout=3)
            with contextlib.closing(conn), conn.cursor() as cursor:
                cursor.execute(question)
                return str((cursor.fetchone() or ("",))[0])
        except psycopg2.Error:
            return ""

    def _show_people(self) -> None:
        self._launch(["manage.py", "seed_demo", "--sign-ins"], self._environment)


class _Holding(http.server.BaseHTTPRequestHandler):
    """Answers while nothing else can: the same page for everything, which asks again by itself."""

    def do_GET(self) -> None:
        body = (
            b"<!doctype html><html lang=en><meta charset=utf-8><title>One moment</title>"
            b"<h1>One moment</h1><p role=status>The demo was wiped, and a fresh one begins. This page asks again by itself.</p>"
        )
        self.send_response(503)
        for name, value in (
            ("Retry-After", "3"),
            ("Refresh", "3; url=/"),
            ("Content-Type", "text/html; charset=utf-8"),
        ):
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is written of these."""


@contextlib.contextmanager
def _holding_page(port: int) -> Iterator[None]:
    """Serve it on the web process's port, which that process has left."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), _Holding)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _wipe(
    demo: Demo,
    place: Place,
    programs: list[Program],
    port: int,
    launch: Launcher,
    stop: StopRequests,
    stack: contextlib.ExitStack,
) -> Demo:
    """Drop the database that this run made, and begin a fresh demo in a new one (`escalations.demo.wiping` allowed it)."""
    assert place.postgres is not None
    _say(f"{demo.wipe_asked_by} wipes the demo: stopping …")
    demo.stop_loading()
    _stop_programs(programs, stop)
    with _holding_page(port):
        _say("  dropping the database …")
        with contextlib.closing(place.postgres.connect()) as conn, conn.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{database.DATABASE}" WITH (FORCE)')
        for server in place.servers:
            if isinstance(server.service, embedded.Valkey):
                server.service.forget_everything()
        if not place.environment.get("WATCHFLOOR_EVIDENCE_DIR"):
            shutil.rmtree(demo.data / "evidence", ignore_errors=True)
        _prepare_database(place, launch, stop)
    for program in programs:
        program.start()
    _say("  a fresh demo begins.")
    return Demo(place, launch, stack, demo.data, wiped_by=demo.wipe_asked_by)


def _say(message: str) -> None:
    with contextlib.suppress(OSError):  # a log on a full disk must not end whoever restarts the others
        print(message, flush=True)


if __name__ == "__main__":
    sys.exit(main())

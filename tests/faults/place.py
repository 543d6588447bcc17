"""A place to break things in: servers of its own, the product's processes as children, and an oracle outside.

The oracle is what the driver caused (`Run.due`: clock → due time) against what the receiver got (`Receiver.got`), an HTTP server
in the driver's process. The product's tables are asked only whether they agree with that.
"""

from __future__ import annotations

import contextlib
import copy
import hashlib
import http.client
import http.server
import json
import os
import random
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg2
from psycopg2.extensions import connection as Connection

from config import database, embedded, first_schema
from tests.databases import BASE

SETTINGS = "tests.faults.settings"
SEEDED = "faults_template"


class Receiver:
    """Who is paged: takes everything, notes (clock, key, when). `is_down` answers 500; `silence_s` delays the answer."""

    def __init__(self) -> None:
        self.got: list[tuple[int, str, float]] = []
        self.alarms: list[tuple[str, float]] = []
        self.pings: list[float] = []
        self.is_down, self.silence_s = False, 0.0
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if self.path == "/alarm":
                    said = json.loads(body)
                    receiver.alarms.append((f"{said['alarm']}{' over' if said['over'] else ''}", time.time()))
                elif receiver.is_down:
                    self.send_response(500)
                    self.end_headers()
                    return
                else:
                    receiver.got.append((int(self.path[1:]), self.headers["Dedup-Key"], time.time()))
                    time.sleep(receiver.silence_s)
                with contextlib.suppress(OSError):
                    self.send_response(204)
                    self.end_headers()

            def do_GET(self) -> None:
                receiver.pings.append(time.time())
                self.send_response(200)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

            def handle_error(self, *args: object) -> None:
                pass

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 128
            daemon_threads = True

            def handle_error(self, *args: object) -> None:
                """A sender that was killed in the middle is what these tests are about."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Place:
    """A durable Postgres, a Valkey, a loaded process to fork from, and a seeded database that runs are copied from."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.postgres = embedded.Postgres(folder).start()
        self.valkey = embedded.Valkey(folder, fast=True).start()
        admin = self.postgres.connect()
        database.create_roles(admin)
        admin.close()
        self.seed = self._seeded()
        self.nursery = embedded.Nursery(self.environment("postgres", "wf_engine"))
        self._number = 0

    def environment(self, name: str, role: str, *, socket_folder: Path | None = None) -> dict[str, str]:
        """The variables of a process on the database `name` as `role`, perhaps by way of a proxy's folder."""
        url = self.postgres.url(name, role)
        if socket_folder is not None:
            url = f"postgresql://{role}@/{name}?host={socket_folder}"
        kept = {
            key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "WATCHFLOOR", "TEST_"))
        }
        return kept | {
            "DATABASE_URL": url,
            "REDIS_URL": self.valkey.url,
            "CELERY_BROKER_URL": self.valkey.broker_url,
            "WATCHFLOOR_DB_ROLE": role,
            "WATCHFLOOR_ENV": "test",
            "WATCHFLOOR_DATA_DIR": str(self.folder),
            "DJANGO_SETTINGS_MODULE": SETTINGS,
            "PYTHONUNBUFFERED": "1",
        }

    def _seeded(self) -> dict[str, Any]:
        """Migrate and seed the template unless this checkout's is there; answers what `tests.faults.seed` printed."""
        sources = sorted(
            [
                *BASE.glob("*/migrations/*.py"),
                *BASE.glob("tests/faults/**/*.py"),
                BASE / "config/database.py",
                first_schema.FILE,
            ]
        )
        key = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]
        note = self.folder / "seed.json"
        if note.exists() and (said := json.loads(note.read_text())).get("key") == key:
            return dict(said)
        admin = self.postgres.connect()
        with admin.cursor() as cursor:
            cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'fault%'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
        database.create_database(admin, SEEDED)
        with contextlib.closing(self.postgres.connect(SEEDED)) as inside:
            database.prepare_database(inside)
        admin.close()
        first_schema.restore(self.postgres.url(SEEDED, "wf_owner"))
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--skip-checks", "--run-syncdb"]
        subprocess.run(migrate, cwd=BASE, env=self.environment(SEEDED, "wf_owner"), check=True)
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.seed"],
            cwd=BASE,
            env=self.environment(SEEDED, "wf_engine"),
            check=True,
            stdout=subprocess.PIPE,
        )
        said = {"key": key, **json.loads(done.stdout)}
        note.write_text(json.dumps(said))
        return said

    @contextlib.contextmanager
    def run(self) -> Iterator[Run]:
        """A fresh copy of the seeded database with nothing running on it yet; everything is ended afterwards."""
        self._number += 1
        name = f"fault_{os.getpid()}_{self._number}"
        with contextlib.closing(self.postgres.connect()) as admin, admin.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE {SEEDED} OWNER wf_owner STRATEGY file_copy")
        run = Run(self, name)
        try:
            yield run
        finally:
            run.stop()
            with contextlib.closing(self.postgres.connect()) as admin, admin.cursor() as cursor:
                cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def on(self, postgres: embedded.Postgres) -> Place:
        """The same place with another server for its databases."""
        moved = copy.copy(self)
        moved.postgres = postgres
        return moved

    def stop(self) -> None:
        self.nursery.stop()
        self.valkey.stop()
        self.postgres.stop()


@dataclass
class Figures:
    """What a fault did, seen from outside. Lateness in seconds over the first arrivals."""

    causes: int
    lost: int
    early: int
    raw_duplicates: int
    most_for_one: int
    keys_beyond_one: int
    disagreeing: int
    late: list[float]

    def late_at(self, share: float) -> float:
        return (
            statistics.quantiles(self.late, n=1000)[round(share * 1000) - 1]
            if len(self.late) > 1
            else max(self.late, default=0)
        )

    @property
    def duplicates(self) -> float:
        return self.raw_duplicates / max(1, self.causes)

    def truth(self) -> list[tuple[str, float, float]]:
        """What must hold whatever the fault: (what, seen, most)."""
        return [
            ("lost", self.lost, 0),
            ("early", self.early, 0),
            ("keys beyond one per cause", self.keys_beyond_one, 0),
            ("rows that disagree", self.disagreeing, 0),
        ]


@dataclass
class Run:
    """One fault's database and processes."""

    place: Place
    name: str
    receiver: Receiver = field(default_factory=Receiver)
    due: dict[int, float] = field(default_factory=dict)
    children: list[embedded.Child] = field(default_factory=list)

    def connect(self) -> Connection:
        return self.place.postgres.connect(self.name)

    def ask(self, statement: str, *values: Any) -> Any:
        """The one value a query answers."""
        with contextlib.closing(self.connect()) as conn, conn.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchone()[0]  # type: ignore[index]

    # -- Processes -----------------------------------------------------------------------------------------------------
    def engine(self, *, fault: str = "", by: Path | None = None, **more: str) -> embedded.Child:
        """`manage.py engine`, forked from the loaded process; `fault` as WF_FAULT, `by` a proxy's folder."""
        return self._fork(["manage.py", "engine"], fault, by, more)

    def worker(self, *, fault: str = "", **more: str) -> embedded.Child:
        words = [
            "-W",
            "ignore:You're running the worker",
            "-m",
            "celery",
            "--quiet",
            "-A",
            "config",
            "worker",
            "--pool",
        ]
        words += ["threads", "--concurrency", "2", "--queues", "sla,outbox,deliver,reports", "--without-gossip"]
        return self._fork([*words, "--without-mingle", "--loglevel", "ERROR"], fault, None, more)

    def beat(self) -> embedded.Child:
        at = self.place.folder / f"beat-{len(self.children)}"
        words = [
            "-m",
            "celery",
            "--quiet",
            "-A",
            "config",
            "beat",
            "--schedule",
            str(at),
            "--pidfile",
            "",
            "--loglevel",
            "ERROR",
        ]
        return self._fork(words, "", None, {})

    def auditor(self) -> embedded.Child:
        return self._fork(
            ["-m", "config.auditor"], "", None, {"WATCHFLOOR_ALARM_URLS": self.alarm_url}, role="wf_audit"
        )

    @property
    def alarm_url(self) -> str:
        return f"http://127.0.0.1:{self.receiver.port}/alarm"

    def _fork(
        self, command: list[str], fault: str, by: Path | None, more: dict[str, str], role: str = "wf_engine"
    ) -> embedded.Child:
        environment = self.place.environment(self.name, role, socket_folder=by) | more
        environment |= {"FAULT_RECEIVER": str(self.receiver.port)} | ({"WF_FAULT": fault} if fault else {})
        child = self.place.nursery.fork(command, environment, check=lambda: None)
        self.children.append(child)
        return child

    def program(
        self,
        words: list[str],
        role: str = "wf_engine",
        *,
        log: Path | None = None,
        fds: tuple[int, ...] = (),
        **more: str,
    ) -> embedded.Child:
        """A Python of its own, where the settings or the loader must see `more`: a forked one has read its settings before."""
        environment = self.place.environment(self.name, role) | {"FAULT_RECEIVER": str(self.receiver.port)} | more
        with (log or self.place.folder / f"{words[-1].rpartition('.')[2]}.log").open("ab") as file:
            child = embedded.Child(
                [sys.executable, *words],
                death_signal=signal.SIGKILL,
                cwd=BASE,
                env=environment,
                pass_fds=fds,
                stdout=file,
                stderr=file,
            )
        self.children.append(child)
        return child

    def web(self, listening: socket.socket, *, log: Path | None = None, **more: str) -> embedded.Child:
        """uvicorn on an open socket that outlives it, so that a successor can take over without refusing anybody."""
        words = ["-m", "uvicorn", "config.asgi:application", "--fd", str(listening.fileno()), "--lifespan", "off"]
        words += ["--timeout-graceful-shutdown", "8", "--ws", "none", "--log-level", "error"]
        log = log or self.place.folder / "web.log"
        return self.program(words, "wf_web", log=log, fds=(listening.fileno(),), **more)

    # -- Causes --------------------------------------------------------------------------------------------------------
    def arm(self, count: int, *, in_s: float, over_s: float) -> None:
        """Clocks that run out at moments spread over `over_s` seconds, beginning `in_s` from now; noted in `due`."""
        with contextlib.closing(self.connect()) as conn, conn.cursor() as cursor:
            cursor.execute(
                "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns WHERE table_name ="
                " 'escalations_case' AND is_generated = 'NEVER' AND column_name NOT IN ('id', 'ref', 'external_ref')"
            )
            columns = cursor.fetchone()[0]  # type: ignore[index]
            first = len(self.due)
            cursor.execute(
                # Six digits: no real case is ever called that, however many are submitted beside these.
                f"INSERT INTO escalations_case (ref, external_ref, {columns}) SELECT 'ESC-' || n, '', {columns}"
                " FROM escalations_case, generate_series(%s, %s) n WHERE id = %s RETURNING id",
                [100_000 + first, 100_000 + first + count - 1, self.place.seed["case"]],
            )
            cases = [row[0] for row in cursor.fetchall()]
            began = time.time() + in_s
            at = [began + over_s * n / count for n in range(count)]
            cursor.execute(
                "WITH input AS (SELECT * FROM unnest(%s::bigint[], %s::float8[]) AS t(id, at)), clock AS ("
                " INSERT INTO escalations_slaclock (organization_id, object_type, object_id, metric, cycle, state, target_s,"
                " calendar_version_id, started_at, due_at, breach_at, consumed_s, carried_s, grace_s, paused_reason,"
                " cancelled_why, excuse, epoch)"
                " SELECT c.organization_id, 'case', c.id, 'A', 1, 'running', 300, (SELECT min(id) FROM oncall_calendarversion),"
                " to_timestamp(at) - interval '300 s', to_timestamp(at), to_timestamp(at), 0, 0, 0, '', '', '', 1"
                " FROM input JOIN escalations_case c USING (id)"
                " RETURNING id, organization_id, object_id, breach_at), started AS ("
                " INSERT INTO escalations_slaclockevent (organization_id, clock_id, kind, occurred_at, recorded_at, actor_kind,"
                " cause, level, data) SELECT organization_id, id, 'start', breach_at - interval '300 s', now(), 'system', '', 0,"
                " jsonb_build_object('target_s', 300, 'calendar_version', (SELECT min(id) FROM oncall_calendarversion))"
                " FROM clock), armed AS ("
                " INSERT INTO escalations_slatimer (organization_id, clock_id, object_type, object_id, kind, level, due_at, epoch,"
                " state, attempts, last_error, data) SELECT organization_id, id, 'case', object_id, 'breach', 0, breach_at, 1,"
                " 'armed', 0, '', '{}' FROM clock) SELECT id, extract(epoch FROM breach_at)::float8 FROM clock",
                [cases, at],
            )
            self.due |= dict(cursor.fetchall())

    # -- Waiting and judging -------------------------------------------------------------------------------------------
    def wait_for_all(self, seconds: float) -> bool:
        """Until every cause has arrived; answers whether it did in time."""
        return wait_until(lambda: {clock for clock, _, _ in list(self.receiver.got)} >= set(self.due), seconds)

    def wait_for_beat(self, count: int = 1, seconds: float = 40.0) -> None:
        """Until so many engines have given a sign of life."""
        alive = (
            "SELECT count(DISTINCT engine) FROM audit_enginebeat WHERE lane = 'timers' AND at > now() - interval '10 s'"
        )
        if not wait_until(lambda: self.ask(alive) >= count, seconds):
            raise AssertionError(f"no {count} engines within {seconds} s")

    def wait_for(self, what: str, is_so: Callable[[], bool], seconds: float = 60.0) -> None:
        """Until it holds; raises `AssertionError` naming `what` where it does not in time."""
        if not wait_until(is_so, seconds):
            raise AssertionError(f"waited {seconds} s for: {what}")

    def figures(self) -> Figures:
        """The driver's ledger against the receiver's, and whether the product's rows agree with them."""
        times: dict[int, list[float]] = defaultdict(list)
        keys: dict[int, set[str]] = defaultdict(set)
        for clock, key, at in list(self.receiver.got):
            times[clock].append(at)
            keys[clock].add(key)
        counts = Counter({clock: len(at) for clock, at in times.items()})
        wrong = self.ask(
            "SELECT count(*) FROM escalations_slaclock k WHERE id = ANY(%s) AND (missed_at IS DISTINCT FROM breach_at OR 1 <>"
            " (SELECT count(*) FROM escalations_slaclockevent e WHERE e.clock_id = k.id AND e.kind = 'breach') OR 1 <> (SELECT"
            " count(*) FROM audit_event a WHERE a.kind = 'clock.breached' AND a.subject_id = k.object_id"
            " AND a.subject_type = 'escalations.case' AND (a.data->>'clock')::bigint = k.id))",
            list(self.due),
        )
        return Figures(
            causes=len(self.due),
            lost=len(set(self.due) - set(times)),
            early=sum(1 for clock, due in self.due.items() if clock in times and min(times[clock]) < due),
            raw_duplicates=sum(count - 1 for count in counts.values()),
            most_for_one=max(counts.values(), default=0),
            keys_beyond_one=sum(len(found) - 1 for found in keys.values()),
            disagreeing=wrong,
            late=[min(times[clock]) - due for clock, due in self.due.items() if clock in times],
        )

    def late_by_due(self, parts: int) -> list[list[float]]:
        """Lateness of first arrivals, by the part of the whole stretch of due times that they fell due in."""
        first: dict[int, float] = {}
        for clock, _, at in list(self.receiver.got):
            first[clock] = min(at, first.get(clock, at))
        begin, end = min(self.due.values()), max(self.due.values())
        found: list[list[float]] = [[] for _ in range(parts)]
        for clock, due in self.due.items():
            part = min(parts - 1, int((due - begin) / max(0.001, end - begin) * parts))
            if clock in first:
                found[part].append(first[clock] - due)
        return found

    def stop(self) -> None:
        for child in self.children:
            child.stop(signal.SIGKILL, seconds=5)
        self.receiver.stop()


class Killer:
    """Kills a random one of the named processes every so often and starts another in its place."""

    def __init__(self, starts: list[Callable[[], embedded.Child]], *, seed: int) -> None:
        self._starts = starts
        self._random = random.Random(seed)
        self._living = [start() for start in starts]
        self.kills = 0

    def for_seconds(self, seconds: float, *, least_s: float, most_s: float) -> None:
        ends_at = time.monotonic() + seconds
        while time.monotonic() < ends_at:
            time.sleep(self._random.uniform(least_s, most_s))
            which = self._random.randrange(len(self._living))
            self._living[which].stop(signal.SIGKILL, seconds=5)
            self.kills += 1
            self._living[which] = self._starts[which]()


class Clients:
    """Programs that submit cases without pause, each with its own key per submission; keeps what they were told."""

    def __init__(self, port: int, token: str, count: int = 2) -> None:
        self.port, self.token = port, token
        self.statuses: Counter[int] = Counter()
        self.taken_s: list[float] = []
        self.accepted: dict[str, str] = {}
        self._stop = threading.Event()
        self._number = iter(range(10**9))
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def _work(self) -> None:
        from tests.factories.submissions import submission_body

        while not self._stop.is_set():
            number = next(self._number)
            key = f"fault-{number}"
            status, body = self.submit(key, submission_body(external_ref=f"F-{number}"))
            if status in (0, 503):  # not told: the same question again, by the same key
                self._stop.wait(0.2)
                again, body = self.submit(key, submission_body(external_ref=f"F-{number}"))
                status = again or status
            if status == 201:
                self.accepted[f"F-{number}"] = str(body.get("ref", body.get("key", "")))
            self._stop.wait(0.05)

    def submit(self, key: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """One POST; status 0 where the connection broke."""
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key, "Content-Type": "application/json"}
        try:
            connection.request("POST", "/api/v1/submissions/", json.dumps(body), headers)
            answer = connection.getresponse()
            status, text = answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            status, text = 0, b"{}"
        finally:
            connection.close()
        self.taken_s.append(time.monotonic() - began)
        self.statuses[status] += 1
        return status, json.loads(text or b"{}") if text.startswith(b"{") else {}

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(40)


class Person:
    """Somebody at a browser, signed in with name and password over HTTP."""

    def __init__(self, port: int, email: str, password: str) -> None:
        self.port, self._cookies = port, dict[str, str]()
        page = self.ask("GET", "/accounts/login/")[1].decode()
        answer = self.ask("POST", "/accounts/login/", {"login": email, "password": password}, token=_token(page))
        if answer[0] != 302:
            raise AssertionError(f"{email} could not sign in: {answer[0]}")

    def ask(
        self, method: str, path: str, form: dict[str, str] | None = None, *, token: str = ""
    ) -> tuple[int, bytes, dict[str, str]]:
        """One request; answers status, body and headers. `token` of a page with forms, for a POST."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        body = None
        if form is not None:
            body = urlencode(form | {"csrfmiddlewaretoken": token})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
            for given in answer.headers.get_all("Set-Cookie") or ():
                name, _, value = given.split(";")[0].partition("=")
                self._cookies[name] = value
            return answer.status, content, dict(answer.headers.items())
        finally:
            connection.close()


def _token(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found is not None, "the page has no form"
    return found[1]


def upload(port: int, token: str, content: bytes, name: str = "evidence.bin") -> tuple[int, dict[str, Any]]:
    """Send one file as a program does; answers status and what was said. Status 0 where the connection broke."""
    edge = "fault-boundary"
    body = (
        f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode() + content
    body += f"\r\n--{edge}--\r\n".encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": f"multipart/form-data; boundary={edge}"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("POST", "/api/v1/uploads/", body, headers)
        answer = connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text.startswith(b"{") else {}
    except (OSError, http.client.HTTPException):
        return 0, {}
    finally:
        connection.close()


@contextlib.contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A disk of so many megabytes for as long as the block lasts. Needs root; raises `OSError` where it cannot be had."""
    folder = Path(tempfile.mkdtemp(prefix="wf-disk-"))
    folder.chmod(0o755)
    mounted = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "none", str(folder)]
    try:
        if subprocess.run(mounted, check=False).returncode:
            raise OSError("a small disk needs mount(8) and root")
        try:
            yield folder
        finally:
            subprocess.run(["umount", "--lazy", str(folder)], check=False)
    finally:
        folder.rmdir()


def fill(disk: Path, *, leave: int = 0) -> Path:
    """Put a file on `disk` that takes all but `leave` bytes; answers it, to be removed."""
    ballast, piece = disk / "ballast", b"\0" * 65536
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while (free := shutil.disk_usage(disk).free - leave) > 0:
            file.write(piece[: min(free, len(piece))])
    return ballast


def listening_socket() -> socket.socket:
    """A socket on a port the kernel chose."""
    made = socket.socket()
    made.bind(("127.0.0.1", 0))
    made.listen(256)
    return made


def wait_until(is_so: Callable[[], bool], seconds: float) -> bool:
    """Ask until it holds; answers whether it did within `seconds`. A database that is away has not said so yet."""
    ends_at = time.monotonic() + seconds
    while True:
        with contextlib.suppress(psycopg2.Error):
            if is_so():
                return True
        if time.monotonic() > ends_at:
            return False
        time.sleep(0.05)

"""Faults of the machines below: full disks and wrong clocks (reliability.md F18 to F21)."""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from config import embedded
from tests.faults.cases import Seen, judged
from tests.faults.place import Clients, Place, Run, fill, listening_socket, small_disk, upload, wait_until

MB = 1 << 20


# -- Full disks --------------------------------------------------------------------------------------------------------
def f18(place: Place, *, timers: int = 200, over_s: float = 20.0) -> list[Seen]:
    """The disk of evidence fills up: files are refused with 507, cases and pages go on, and files again once there is room."""
    dice = random.Random(18)
    with place.run() as run, listening_socket() as listening, small_disk(48) as disk:
        evidence, temporary = disk / "evidence", disk / "tmp"
        for folder in (evidence, temporary):
            folder.mkdir()
        # A form's file is put aside first: on the same disk, so that both ways of writing meet its end.
        run.web(listening, WATCHFLOOR_EVIDENCE_DIR=str(evidence), TMPDIR=str(temporary))
        run.engine()
        run.engine()
        run.wait_for_beat(2)
        port, token = listening.getsockname()[1], place.seed["token"]
        clients = Clients(port, token, count=1)
        run.wait_for("the first submissions", lambda: clients.statuses[201] >= 3)
        run.arm(timers, in_s=1, over_s=over_s)
        ballast = fill(disk, leave=18 * MB)
        answers: list[tuple[int, str]] = []
        taken: dict[str, int] = {}

        def send(megabytes: int) -> bool:
            content = dice.randbytes(megabytes * MB)
            status, said = upload(port, token, content)
            answers.append((status, str(said.get("code", ""))))
            if status == 201:
                taken[hashlib.sha256(content).hexdigest()] = len(content)
            return status == 201

        # Too large to be put aside; put aside but too large to be kept; small ones up to a tenth of the disk; then none.
        for megabytes in (20, 12, 3, 3, 3, 3, 3, 1, 1):
            send(megabytes)
        refused = [answer for answer in answers if answer[0] != 201]
        ballast.unlink()
        began = time.time()
        back = wait_until(lambda: send(1), 30)
        back_s = time.time() - began if back else 99.0
        run.wait_for_all(40)
        clients.stop()
        wrong = [answer for answer in refused if answer != (507, "storage_full")]
        without = sum(1 for sha256, size in taken.items() if _size(evidence, sha256) != size)
        left = [path for path in (*(evidence / "incoming").iterdir(), *temporary.iterdir()) if path.is_file()]
        bad = sum(count for status, count in clients.statuses.items() if status != 201)
        return judged(
            run,
            Seen("disk never full", int(len(refused) < 3), 0),
            Seen(f"refused but by 507 storage_full {sorted(set(wrong))}", len(wrong), 0),
            Seen("rows beyond accepted files", run.ask("SELECT count(*) FROM escalations_upload") - len(taken), 0),
            Seen("accepted files without their bytes", without, 0),
            Seen("pieces left behind", len(left), 0),
            Seen("files again after, s", back_s, 5),
            Seen("cases answered but 201", bad, 0),
            p99=5.0,
        )


def _size(evidence: Path, sha256: str) -> int:
    path = evidence / "sha256" / sha256[:2] / sha256[2:4] / sha256
    return path.stat().st_size if path.exists() and _sha256(path) == sha256 else -1


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def f19(place: Place, *, timers: int = 100, full_s: float = 20.0) -> list[Seen]:
    """The database's disk fills up: 503 and no harm to the data; all goes on within seconds of there being room."""
    with contextlib.ExitStack() as stack:
        disk = stack.enter_context(small_disk(400))
        postgres = _copied(place, disk)
        stack.callback(postgres.stop)
        with place.on(postgres).run() as run, listening_socket() as listening:
            run.web(listening)
            run.engine()
            run.engine()
            run.wait_for_beat(2)
            port, token = listening.getsockname()[1], place.seed["token"]
            clients = Clients(port, token, count=2)
            run.wait_for("the first submissions", lambda: clients.statuses[201] >= 5)
            run.arm(timers, in_s=1, over_s=full_s)
            ballast = fill(disk)
            ends_at, fell = time.time() + full_s, 0
            while time.time() < ends_at:  # as the supervisor does
                fell += _keep_up(postgres)
                time.sleep(0.5)
            met = sum(count for status, count in clients.statuses.items() if status != 201)
            ballast.unlink()
            began, had = time.time(), clients.statuses[201]

            def is_back() -> bool:
                _keep_up(postgres)
                return clients.statuses[201] > had

            back = wait_until(is_back, 40)
            back_s = time.time() - began if back else 99.0
            run.wait_for_all(60)
            clients.stop()
            kept = run.ask(
                "SELECT count(DISTINCT external_ref) FROM escalations_case WHERE external_ref = ANY(%s)",
                list(clients.accepted),
            )
            other = {status: count for status, count in clients.statuses.items() if status not in (201, 503)}
            return judged(
                run,
                Seen("disk never full", int(not met), 0),
                Seen(f"answers but 201 and 503 {other}", sum(other.values()), 0),
                Seen("accepted writes lost", len(clients.accepted) - kept, 0),
                Seen(f"damaged, by pg_amcheck {(damage := _damage(run))[:300]}".strip(), int(bool(damage)), 0),
                Seen(f"goes on after, s (server fell {fell} times)", back_s, 10),
            )


def _copied(place: Place, disk: Path) -> embedded.Postgres:
    """A server on `disk` with the place's databases, started."""
    made = embedded.Postgres(disk)
    programs = place.postgres.programs()
    copy = [
        str(programs / "pg_basebackup"),
        "-D",
        str(made.data),
        "-h",
        str(place.postgres.socket),
        "-U",
        embedded.ADMIN,
    ]
    made.data.mkdir(mode=0o700)
    account = {}
    if made.account is not None:
        os.chown(made.data, made.account.uid, made.account.gid)
        account = {"user": made.account.uid, "group": made.account.gid, "extra_groups": []}
    subprocess.run(
        [*copy, "--checkpoint=fast", "--wal-method=stream"], check=True, cwd="/", env={"PATH": ""}, **account
    )
    made.account = embedded.server_account(made.data)
    return made.start()


def _keep_up(postgres: embedded.Postgres) -> int:
    """Start the server again where it has ended, as the supervisor would; answers how often that was tried."""
    if postgres.process.poll() is None:
        return 0
    with contextlib.suppress(embedded.CannotStart):
        postgres.start()
    return 1


def _damage(run: Run) -> str:
    """What the server's own tool finds wrong in every table and index of the run's database; empty where all is whole."""
    postgres = run.place.postgres
    with contextlib.closing(run.connect()) as admin, admin.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS amcheck")
    tool = [
        str(postgres.programs() / "pg_amcheck"),
        "-h",
        str(postgres.socket),
        "-U",
        embedded.ADMIN,
        "--heapallindexed",
    ]
    done = subprocess.run([*tool, "-d", run.name], capture_output=True, text=True, cwd="/", check=False)
    return (done.stdout + done.stderr).strip() or f"status {done.returncode}" if done.returncode else ""


def f20(place: Place, *, timers: int = 100, over_s: float = 15.0) -> list[Seen]:
    """The disk of the logs is full: web, worker, engines and the auditor go on, and an alarm still gets out."""
    loud = {"WATCHFLOOR_ENV": "local", "WATCHFLOOR_LOG_LEVEL": "DEBUG"}
    with place.run() as run, listening_socket() as listening, small_disk(1) as disk:
        log = disk / "all.log"
        log.touch()
        fill(disk)
        programs = [
            run.web(listening, log=log, **loud),
            run.program(["manage.py", "engine"], log=log, **loud),
            run.program(["manage.py", "engine"], log=log, **loud),
            run.program(["-m", "config.auditor"], "wf_audit", log=log, WATCHFLOOR_ALARM_URLS=run.alarm_url),
        ]
        run.wait_for_beat(2)
        clients = Clients(listening.getsockname()[1], place.seed["token"], count=1)
        run.wait_for("the first submissions", lambda: clients.statuses[201] >= 3)
        run.arm(timers, in_s=1, over_s=over_s)
        with contextlib.closing(run.connect()) as admin, admin.cursor() as cursor:  # something to raise an alarm about
            cursor.execute(
                "INSERT INTO escalations_slatimer (organization_id, object_type, object_id, kind, level, due_at, epoch, state,"
                " attempts, last_error, data) SELECT organization_id, 'nothing', 0, 'nothing', 0, now() - interval '1 minute',"
                " 1, 'armed', 0, '', '{}' FROM escalations_case LIMIT 1"
            )
        told = wait_until(lambda: any(name == "timer_overdue" for name, _ in list(run.receiver.alarms)), 40)
        run.wait_for_all(40)
        wrote_s = "SELECT extract(epoch FROM now() - max(at)) FROM audit_enginebeat WHERE lane = 'auditor'"
        goes_on = wait_until(lambda: run.ask(wrote_s) < 2, 15)  # it looked again after the line it could not write
        clients.stop()
        ended = [program.process.poll() for program in programs]
        bad = sum(count for status, count in clients.statuses.items() if status != 201)
        codes = []
        for program in programs[1:3]:
            program.stop(signal.SIGTERM, seconds=15)
            codes.append(program.process.returncode)
        return judged(
            run,
            Seen("log was written all the same", int(log.stat().st_size > MB), 0),
            Seen("processes that ended", sum(1 for code in ended if code is not None), 0),
            Seen("answers but 201", bad, 0),
            Seen("alarms that did not get out", int(not told) + int(not goes_on), 0),
            Seen("engines that did not end in order", sum(1 for code in codes if code), 0),
            p99=5.0,
        )


# -- Wrong clocks ------------------------------------------------------------------------------------------------------
def f21(place: Place, *, timers: int = 300, over_s: float = 30.0) -> list[Seen]:
    """Hosts whose clocks are three hours ahead, three hours behind and half again too fast: due is what the database says."""
    with place.run() as run, listening_socket() as listening, _skewing(place) as library:
        ahead = {"LD_PRELOAD": str(library), "WF_CLOCK_AHEAD_S": "10800"}
        behind = {"LD_PRELOAD": str(library), "WF_CLOCK_AHEAD_S": "-10800"}
        drifting = {"LD_PRELOAD": str(library), "WF_CLOCK_RATE": "1.5"}
        run.web(listening, **drifting)
        for skew in (ahead, behind, drifting):
            run.program(["manage.py", "engine"], **skew)
        run.wait_for_beat(3)
        clients = Clients(listening.getsockname()[1], place.seed["token"], count=1)
        run.wait_for("the first submissions", lambda: clients.statuses[201] >= 3)
        run.arm(timers, in_s=1, over_s=over_s)
        run.wait_for_all(over_s + 40)
        clients.stop()
        bad = sum(count for status, count in clients.statuses.items() if status != 201)
        spread = "SELECT max(host_ahead_s) - min(host_ahead_s) FROM audit_enginebeat WHERE lane = 'timers'"
        stray = run.ask(
            "SELECT count(*) FROM escalations_case WHERE external_ref LIKE 'F-%%' AND abs(extract(epoch FROM"
            " received_at - now())) > 600"
        )
        return judged(
            run,
            Seen("clocks that agree", int(run.ask(spread) < 20_000), 0),
            Seen("answers but 201", bad, 0),
            Seen("cases dated by a host", stray, 0),
            p99=5.0,
        )


@contextlib.contextmanager
def _skewing(place: Place) -> Iterator[Path]:
    """The library that gives a process another clock, compiled. Raises `OSError` where there is no compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        raise OSError("another clock needs a C compiler")
    library = place.folder / "skew.so"
    source = Path(__file__).with_name("skew.c")
    subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-Wall", "-o", str(library), str(source)], check=True)
    yield library

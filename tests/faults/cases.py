"""The faults, one function each: they break something, wait, and answer what was seen beside what is allowed.

Lengths are arguments, so that the same function serves the short set of every push (`test_faults.py`) and `make faults`.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import statistics
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from config import embedded
from core.faults import POINTS
from tests.faults.place import Clients, Killer, Place, Run, listening_socket, wait_until
from tests.faults.proxy import Proxy
from tests.faults.seed import EMAIL


@dataclass(frozen=True)
class Seen:
    """One figure beside the most it may be."""

    what: str
    value: float
    most: float

    @property
    def ok(self) -> bool:
        return self.value <= self.most


def judged(
    run: Run, *more: Seen, p99: float | None = None, most: float | None = None, dup: float | None = None
) -> list[Seen]:
    """What must hold after every fault, and the figures of this one."""
    figures = run.figures()
    found = [Seen(*entry) for entry in figures.truth()]
    if p99 is not None:
        found.append(Seen("p99 late, s", figures.late_at(0.99), p99))
    if most is not None:
        found.append(Seen("max late, s", max(figures.late, default=0.0), most))
    if dup is not None:
        found.append(Seen("raw duplicates, share", figures.duplicates, dup))
        found.append(Seen("most for one cause", figures.most_for_one, 3))
    return [*found, *more]


def quantile(values: list[float], share: float = 0.99) -> float:
    """So much of the values is at most the answer; 99 where there are none."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else 99.0


# -- Redis -------------------------------------------------------------------------------------------------------------
def f1(place: Place, *, timers: int = 2000, over_s: float = 40.0, flushes: int = 20) -> list[Seen]:
    """FLUSHALL at random instants while timers fire."""
    import redis

    with place.run() as run:
        run.engine()
        run.engine()
        run.worker()
        run.wait_for_beat(2)
        run.arm(timers, in_s=2, over_s=over_s)
        dice, ends_at = random.Random(1), time.time() + 2 + over_s
        for _ in range(flushes):
            time.sleep(max(0.0, dice.uniform(0, 2 * over_s / flushes)))
            if time.time() > ends_at:
                break
            with contextlib.closing(redis.Redis.from_url(place.valkey.url)) as client:
                client.flushall()
        run.wait_for_all(30)
        return judged(run, p99=3.0)


def f2(place: Place, *, timers: int = 600, down_s: float = 300.0) -> list[Seen]:
    """Redis killed, down for a while, back empty; the worker's supervisor starts it again."""
    with place.run() as run:
        run.engine()
        run.engine()
        worker = run.worker()
        run.wait_for_beat(2)
        run.arm(timers, in_s=2, over_s=down_s)
        place.valkey.process.send_signal(signal.SIGKILL)
        place.valkey.process.wait(5)
        ends_at = time.time() + down_s
        while time.time() < ends_at:
            time.sleep(1.0)
            if worker.process.poll() is not None:
                worker = run.worker()
        place.valkey.start()
        if worker.process.poll() is not None:
            worker = run.worker()
        back = time.time()
        consumes = wait_until(lambda: _consumes(place), 20)
        took = time.time() - back if consumes else 99.0
        run.wait_for_all(20)
        return judged(run, Seen("worker consumes again after, s", took, 10), p99=5.0)


def _consumes(place: Place) -> bool:
    """Whether a ring that is put on the queue is taken from it: by the broker's own list."""
    from urllib.parse import unquote

    import redis

    path = unquote(place.valkey.url.removeprefix("unix://").split("?")[0])
    with contextlib.closing(redis.Redis(unix_socket_path=path, db=1)) as client:
        return bool(client.keys("_kombu.binding.outbox")) and client.llen("outbox") == 0


def f3(place: Place, *, hung_s: float = 60.0, timers: int = 300) -> list[Seen]:
    """Redis hangs with its port open: requests lose 0.3 s once, pages nothing."""
    with place.run() as run, listening_socket() as listening:
        run.web(listening)
        run.engine()
        run.engine()
        run.wait_for_beat(2)
        clients = Clients(listening.getsockname()[1], place.seed["token"], count=1)
        wait_until(lambda: clients.statuses[201] >= 5, 60)
        run.arm(timers, in_s=1, over_s=hung_s)
        os.kill(place.valkey.process.pid, signal.SIGSTOP)
        try:
            began = len(clients.taken_s)
            time.sleep(hung_s)
            hung = clients.taken_s[began + 2 :]
        finally:
            os.kill(place.valkey.process.pid, signal.SIGCONT)
        run.wait_for_all(30)
        clients.stop()
        p95 = statistics.quantiles(hung, n=20)[-1] if len(hung) > 1 else 99.0
        bad = sum(count for status, count in clients.statuses.items() if status != 201)
        return judged(run, Seen("web p95, s", p95, 0.5), Seen("answers but 201", bad, 0), p99=5.0)


# -- Processes ---------------------------------------------------------------------------------------------------------
def f5(place: Place, *, seconds: float = 60.0, timers: int = 2000, seed: int = 5) -> list[Seen]:
    """kill -9 of a random engine or worker every second or two."""
    with place.run() as run:
        killer = Killer([run.engine, run.engine, run.worker], seed=seed)
        run.wait_for_beat(2)
        run.arm(timers, in_s=1.5, over_s=max(5.0, seconds - 3))
        killer.for_seconds(seconds, least_s=1.0, most_s=2.0)
        run.wait_for_all(40)
        return judged(
            run, Seen("kills short of one in 2 s", max(0, seconds / 2.5 - killer.kills), 0), p99=10, most=30, dup=0.03
        )


# What a point needs beside timers, page and event: asked anew each second while it is tried.
_JOBS = (
    "UPDATE audit_schedule SET next_at = now(), slot_at = NULL WHERE name IN ('forget_old_beats', 'forget_old_slots')"
)
_MAIL = (
    "INSERT INTO escalations_inboundmail (public_id, organization_id, blob_id, recipient, message_id, sender, subject, received_at,"
    " state, reason, detail, attempts) SELECT gen_random_uuid(), m.organization_id, m.blob_id, 'mail' || n || %s || '@faults.example',"
    " m.message_id, m.sender, m.subject, now(), 'received', '', '', 0 FROM escalations_inboundmail m, generate_series(1, 4) n"
    " WHERE m.recipient = 'seed@faults.example'"
)
# Of one case: more than a thousand would need a second person's yes.
_EXPORT = (
    "INSERT INTO reporting_export (public_id, organization_id, asked_by_id, asked_at, source, title, said, params, format, language,"
    " state, rows, cursor, spooled, bytes, sha256, attempts, trouble, next_at, expires_at, reason, downloads) SELECT"
    " gen_random_uuid(), organization_id, id, now(), 'cases', 'F6', '', '{\"q\": \"ref:ESC-100000\"}', 'csv', 'en', 'queued', 0, 0, 0, 0, '', 0, '',"
    " now(), now() + interval '1 day', '', 0 FROM accounts_user, generate_series(1, 6) WHERE email = %s"
)


def f6(place: Place, points: list[str] | None = None, *, times: int = 20) -> dict[str, list[Seen]]:
    """kill -9 at each named point, `times` over; one table row for each point.

    Work of the point's kind comes all the while, as fast as in F5, until so many engines have
    died there beside two that live on.
    """
    return {point: _f6(place, point, times) for point in (points if points is not None else sorted(POINTS))}


def _f6(place: Place, point: str, times: int) -> list[Seen]:
    with place.run() as run:
        survivors = [run.engine(), run.engine()]
        run.wait_for_beat(2)
        died, victim, fed_at, ends_at = 0, None, 0.0, time.time() + 20.0 + 6.0 * times
        least = (
            100 if times > 5 else 20
        ) * times  # each death may cost what was sent and not noted: a share of as many as in F5
        while died < times or len(run.due) < least:
            if time.time() > ends_at:
                break
            if time.time() >= fed_at:
                fed_at = time.time() + 1.0
                run.arm(35, in_s=0.3, over_s=1.0)
                _feed(run, point)
            if victim is None and died < times:
                victim = run.engine(fault=f"{point}:kill9:{1 + died % 3}")
            if victim is None:
                time.sleep(0.2)
            elif wait_until(lambda victim=victim: victim.process.poll() is not None, 0.2):
                assert victim.process.poll() == -signal.SIGKILL, (
                    f"it ended with {victim.process.poll()}, not at {point}"
                )
                died, victim = died + 1, None
        if victim is not None:
            victim.stop(signal.SIGKILL, seconds=5)
        run.wait_for_all(60)
        assert [engine.process.poll() for engine in survivors] == [None, None], "nobody asked these to end"
        left = [
            Seen(f"{what} not done", 0 if wait_until(lambda sql=sql: run.ask(sql) == 0, 90) else run.ask(sql), 0)
            for what, sql in (
                ("mails", "SELECT count(*) FROM escalations_inboundmail WHERE state = 'received'"),
                ("exports", "SELECT count(*) FROM reporting_export WHERE state <> 'done'"),
            )
        ]
        return judged(
            run,
            Seen(f"deaths short of {times}", times - died, 0),
            *left,
            p99=10,
            most=30,
            dup=0.03 if times > 5 else 0.2,
        )


def _feed(run: Run, point: str) -> None:
    with contextlib.closing(run.connect()) as conn, conn.cursor() as cursor:
        if point.startswith("schedule"):
            cursor.execute(_JOBS)
        elif point in ("mail_begun", "event_written"):  # what timers write stands in a statement of their own
            cursor.execute(_MAIL, [str(time.time_ns())])
        elif point == "export_chunk_written":
            cursor.execute(_EXPORT, [EMAIL])


def f8(place: Place, *, timers: int = 1000) -> list[Seen]:
    """All engines dead while timers come due; then one is started."""
    with place.run() as run:
        engine = run.engine()
        run.wait_for_beat()
        engine.stop(signal.SIGKILL, seconds=5)
        run.arm(timers, in_s=-30, over_s=25)
        began = time.time()
        run.engine()
        first = wait_until(lambda: bool(run.receiver.got), 20)
        first_s = time.time() - began if first else 99.0
        fired = "SELECT count(*) FROM escalations_slaclock WHERE id = ANY(%s) AND missed_at IS NOT NULL"
        wait_until(lambda: run.ask(fired, list(run.due)) == timers, 60)
        fired_s = time.time() - began
        run.wait_for_all(60)
        return judged(
            run,
            Seen("first arrives after, s", first_s, 5.0 + 5.0),
            Seen("backlog fired after, s", fired_s, 30),
            Seen("backlog arrived after, s", time.time() - began, 60),
        )


def f9(place: Place, *, monitor_s: float = 180.0) -> list[Seen]:
    """All engines kept dead: the auditor says so by another way, and the sign of life to the outside stays away."""
    with place.run() as run:
        # With settings of its own: the address is read when they are. A canary must have come through before all is green.
        engine = run.program(
            ["manage.py", "engine"], WATCHFLOOR_DEADMAN_URLS=f"http://127.0.0.1:{run.receiver.port}/alive"
        )
        run.auditor()
        run.wait_for_beat()
        run.wait_for("a sign of life to the outside", lambda: bool(run.receiver.pings), 200)
        engine.stop(signal.SIGKILL, seconds=5)
        began = time.time()
        pings = len(run.receiver.pings)
        told = wait_until(
            lambda: any(name == "engine_silent" and at > began for name, at in list(run.receiver.alarms)), 60
        )
        alarm_s = time.time() - began if told else 999.0
        pinged = wait_until(lambda: len(run.receiver.pings) > pings, max(0.0, monitor_s - (time.time() - began)))
        return [
            Seen("alarm after, s", alarm_s, 30),
            Seen(f"signs of life within {monitor_s:.0f} s of its end", int(pinged), 0),
        ]


def f10(place: Place, *, timers: int = 500, rounds: int = 50, workers: int = 8) -> list[Seen]:
    """Two engines, two beats and workers race for the same timers."""
    with place.run() as run:
        for start in (run.engine, run.engine, run.beat, run.beat, *[run.worker] * workers):
            start()
        run.wait_for_beat(2)
        wrong = 0
        for _ in range(rounds):
            before = len(run.due)
            run.arm(timers, in_s=0.5, over_s=0.001)
            clocks = list(run.due)[before:]
            count = "SELECT count(*) FROM escalations_slaclockevent WHERE kind = 'breach' AND clock_id = ANY(%s)"
            wait_until(lambda clocks=clocks, count=count: run.ask(count, clocks) >= timers, 60)
            wrong += run.ask(count, clocks) != timers
        run.wait_for_all(120)
        return judged(run, Seen("rounds without exactly one firing each", wrong, 0))


# -- Postgres ----------------------------------------------------------------------------------------------------------
def f11(place: Place, *, timers: int = 600, over_s: float = 40.0, crashes: int = 2) -> list[Seen]:
    """Postgres crashes and comes back after a second, twice."""
    with place.run() as run, listening_socket() as listening:
        run.web(listening)
        engines = [run.engine(), run.engine()]
        run.wait_for_beat(2)
        clients = Clients(listening.getsockname()[1], place.seed["token"], count=1)
        wait_until(lambda: clients.statuses[201] >= 3, 60)
        run.arm(timers, in_s=1, over_s=over_s)
        heal = away = 0.0
        for _ in range(crashes):
            time.sleep(over_s / (crashes + 1))
            crashed = time.time()
            place.postgres.process.send_signal(signal.SIGQUIT)
            place.postgres.process.wait(20)
            time.sleep(1.0)
            place.postgres.start()
            began, had = time.time(), clients.statuses[201]
            away = max(away, began - crashed)
            wait_until(lambda had=had: clients.statuses[201] > had, 30)
            heal = max(heal, time.time() - began)
        run.wait_for_all(40)
        clients.stop()
        kept = run.ask(
            "SELECT count(DISTINCT external_ref) FROM escalations_case WHERE external_ref = ANY(%s)",
            list(clients.accepted),
        )
        restarted = sum(1 for engine in engines if engine.process.poll() is not None)
        return judged(
            run,
            Seen("accepted writes lost", len(clients.accepted) - kept, 0),
            Seen(f"web heals after, s (database away {away:.1f} s, its own recovery included)", heal, 5),
            Seen("engines that ended", restarted, 0),
            p99=15,
        )


def f12(place: Place, *, down_s: float = 180.0, timers: int = 300) -> list[Seen]:
    """Postgres away for minutes: 503 quickly, alive all the while, and the backlog is done soon after."""
    import http.client

    with place.run() as run, listening_socket() as listening:
        run.web(listening)
        run.engine()
        run.engine()
        run.wait_for_beat(2)
        port = listening.getsockname()[1]

        def ask(path: str) -> tuple[int, float, str]:
            began = time.monotonic()
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            try:
                connection.request("GET", path, headers={"Authorization": f"Bearer {place.seed['token']}"})
                answer = connection.getresponse()
                answer.read()
                return answer.status, time.monotonic() - began, answer.headers.get("Retry-After", "")
            finally:
                connection.close()

        wait_until(lambda: ask("/readyz")[0] in (200, 503), 60)
        run.arm(timers, in_s=1, over_s=down_s)
        place.postgres.process.send_signal(signal.SIGQUIT)
        place.postgres.process.wait(20)
        slow, dead, answers = list[float](), 0, []
        ends_at = time.time() + down_s
        while time.time() < ends_at:
            status, took, retry = ask("/api/v1/submissions/")
            slow.append(took)
            answers += [] if status == 503 and retry else [(status, retry)]
            dead += ask("/livez")[0] != 200
            time.sleep(1.0)
        place.postgres.start()
        began = time.time()
        run.wait_for_all(90)
        return judged(
            run,
            Seen(f"slowest refusal, s (half of them within {statistics.median(slow):.2f})", max(slow), 1),
            Seen(f"answers but 503 with Retry-After {sorted(set(answers))[:3]}", len(answers), 0),
            Seen("times /livez failed", dead, 0),
            Seen("backlog done after, s", time.time() - began, 60),
        )


def f13(place: Place, *, timers: int = 200, over_s: float = 16.0) -> list[Seen]:
    """One engine's connections are black-holed: it ends itself, the other takes over."""
    with place.run() as run, contextlib.ExitStack() as stack:
        proxy = Proxy(_socket_of(place), place.folder / "proxy")
        stack.callback(proxy.stop)
        victim = run.engine(by=proxy.folder)
        run.engine()
        run.wait_for_beat(2)
        run.arm(timers, in_s=1, over_s=over_s)
        run.wait_for("the first pages", lambda: len(run.receiver.got) >= timers // 20)
        proxy.mode = "black-hole"
        began = time.time()
        ended = wait_until(lambda: victim.process.poll() is not None, 30)
        took = time.time() - began if ended else 99.0
        run.wait_for_all(40)
        code = victim.process.poll()
        proxy.mode = "pass"
        return judged(
            run, Seen("ends itself after, s", took, 18), Seen("with another code than 70", int(code != 70), 0), most=30
        )


def _socket_of(place: Place) -> Path:
    return place.postgres.socket / embedded.SOCKET_FILE


def f14(place: Place, *, timers: int = 300, over_s: float = 60.0) -> list[Seen]:
    """The database answers 200 ms late, then one in twenty pieces ends its connection."""
    with place.run() as run, contextlib.ExitStack() as stack:
        proxy = Proxy(_socket_of(place), place.folder / "proxy")
        stack.callback(proxy.stop)
        engines = [run.engine(by=proxy.folder) for _ in range(2)]
        run.wait_for_beat(2)
        run.arm(timers, in_s=1, over_s=over_s)
        proxy.delay_s = 0.2
        time.sleep(over_s / 2)
        proxy.delay_s, proxy.resets = 0.0, 0.05
        time.sleep(over_s / 2)
        proxy.resets = 0.0
        run.wait_for_all(60)
        ended = sum(1 for engine in engines if engine.process.poll() is not None)
        halves = run.late_by_due(2)
        return judged(
            run,
            Seen("engines that ended", ended, 0),
            Seen("p99 late while answers are slow, s", quantile(halves[0]), 15),
            Seen("p99 late while connections break, s", quantile(halves[1]), 15),
        )


def f16(place: Place, *, rounds: int = 40) -> list[Seen]:
    """Edits of the same twenty cases while their timers fire: nobody sees a deadlock."""
    with place.run() as run:
        run.engine()
        run.engine()
        run.wait_for_beat(2)
        errors, took = [], []
        run.arm(20 * rounds, in_s=1, over_s=0.3 * rounds)
        cases = "SELECT array_agg(object_id) FROM (SELECT object_id FROM escalations_slaclock WHERE id = ANY(%s) ORDER BY id) t"
        ids = run.ask(cases, list(run.due))

        def edit(offset: int) -> None:
            with contextlib.closing(run.connect()) as conn, conn.cursor() as cursor:
                conn.autocommit = False
                for case_id in ids[offset::20]:
                    began = time.monotonic()
                    try:
                        # As an operation does: case, then its clocks, then its timers.
                        cursor.execute("SELECT 1 FROM escalations_case WHERE id = %s FOR NO KEY UPDATE", [case_id])
                        cursor.execute(
                            "SELECT 1 FROM escalations_slaclock WHERE object_id = %s ORDER BY id FOR UPDATE", [case_id]
                        )
                        cursor.execute("UPDATE escalations_case SET revision = revision + 1 WHERE id = %s", [case_id])
                        conn.commit()
                    except psycopg2.Error as error:
                        conn.rollback()
                        errors.append(str(error))
                    took.append(time.monotonic() - began)
                    time.sleep(0.25)

        threads = [threading.Thread(target=edit, args=(offset,)) for offset in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        run.wait_for_all(60)
        p95 = statistics.quantiles(took, n=20)[-1]
        return judged(run, Seen("deadlocks and refusals", len(errors), 0), Seen("edit p95, s", p95, 0.3))


# -- Changes without downtime ------------------------------------------------------------------------------------------
def f32(place: Place, *, rounds: int = 10, timers: int = 400) -> list[Seen]:
    """Everything is replaced, one after the other, by SIGTERM under load."""
    with place.run() as run, listening_socket() as listening:
        web, engines = run.web(listening), [run.engine(), run.engine()]
        worker = run.worker()
        run.wait_for_beat(2)
        clients = Clients(listening.getsockname()[1], place.seed["token"], count=1)
        wait_until(lambda: clients.statuses[201] >= 3, 60)
        run.arm(timers, in_s=1, over_s=8.0 * rounds)
        slowest, codes = 0.0, []
        for _ in range(rounds):
            had = clients.statuses[201]
            successor = run.web(listening)
            wait_until(lambda had=had: clients.statuses[201] > had + 20, 6)  # it serves beside the old one
            began = time.time()
            web.stop(signal.SIGTERM, seconds=12)
            slowest, web = max(slowest, time.time() - began), successor
            for number, engine in enumerate(engines):
                engines[number] = run.engine()
                began = time.time()
                engine.stop(signal.SIGTERM, seconds=12)
                slowest = max(slowest, time.time() - began)
                codes.append(engine.process.returncode)
            began = time.time()
            worker.stop(signal.SIGTERM, seconds=25)
            worker = run.worker()
        run.wait_for_all(40)
        clients.stop()
        failed = sum(count for status, count in clients.statuses.items() if status >= 500 or status == 0)
        return judged(
            run,
            Seen("answers 5xx or broken", failed, 0),
            Seen("slowest exit, s", slowest, 12),
            Seen("engines that did not end in order", sum(1 for code in codes if code), 0),
            p99=6.0,
        )


def f33(place: Place, *, timers: int = 200) -> list[Seen]:
    """A schema of another version appears: engines stop claiming at once, and go on when it is taken back."""
    with place.run() as run:
        run.engine()
        run.wait_for_beat()
        with contextlib.closing(run.connect()) as conn, conn.cursor() as cursor:
            cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('core', '9999_tomorrow', now())")
        # An engine that claims nothing gives no sign of life either.
        silent = "SELECT max(at) < now() - interval '4 s' FROM audit_enginebeat WHERE lane <> 'auditor'"
        run.wait_for("the engine to notice", lambda: bool(run.ask(silent)))
        run.arm(timers, in_s=0, over_s=1)
        fired = "SELECT count(*) FROM escalations_slatimer WHERE state = 'fired' AND clock_id = ANY(%s)"
        wait_until(lambda: run.receiver.got or run.ask(fired, list(run.due)), 6)
        claimed = max(len(run.receiver.got), run.ask(fired, list(run.due)))
        with contextlib.closing(run.connect()) as conn, conn.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE name = '9999_tomorrow'")
        run.wait_for_all(60)
        return judged(run, Seen("claimed on tables of another version", claimed, 0), most=40)


def f34(place: Place, *, held_s: float = 30.0) -> list[Seen]:
    """A migration behind a lock holder gives up each time after two seconds and lets traffic pass; later it succeeds."""
    with place.run() as run, listening_socket() as listening:
        run.web(listening)
        clients = Clients(listening.getsockname()[1], place.seed["token"], count=1)
        run.wait_for("the first submissions", lambda: clients.statuses[201] >= 30)
        calm = quantile(clients.taken_s[10:])
        with contextlib.closing(run.connect()) as admin, admin.cursor() as cursor:
            # As if a release brought two more migrations, one of a table that everybody writes to.
            cursor.execute("DELETE FROM django_migrations WHERE app = 'audit' AND name >= '0005'")
            cursor.execute("DROP INDEX outbox_pending_by_listener")
            cursor.execute("DROP TABLE audit_schedulerun; ALTER TABLE audit_schedule DROP COLUMN slot_at")
        with contextlib.closing(run.connect()) as holder, holder.cursor() as held:
            holder.autocommit = False
            held.execute("SELECT count(*) FROM audit_outboxmessage")  # a long read, which the index's lock lets pass …
            held.execute(
                "LOCK TABLE audit_outboxmessage IN ROW EXCLUSIVE MODE"
            )  # … and a long write, which it does not
            had, began = len(clients.taken_s), time.time()
            migration = run.program(["manage.py", "migrate", "audit", "--verbosity", "0", "--skip-checks"], "wf_owner")
            early = wait_until(lambda: migration.process.poll() is not None, held_s)
            behind = clients.taken_s[had:]
            holder.rollback()
        done = wait_until(lambda: migration.process.poll() is not None, 60)
        took = time.time() - began - held_s
        clients.stop()
        bad = sum(count for status, count in clients.statuses.items() if status != 201)
        longest = max(behind, default=99.0)
        return [
            Seen("ended while the lock was held", int(early), 0),
            Seen("did not succeed later", int(not done or migration.process.returncode != 0), 0),
            Seen("done after the lock was free, s", took, 10),
            Seen("longest wait of a request, s", longest, 4),
            Seen(
                f"p99 of requests over twice the calm one ({calm:.2f} s) beyond a lock's wait, s",
                quantile(behind) - 2 * calm,
                2,
            ),
            Seen("answers but 201", bad, 0),
        ]


def f42(place: Place, *, kills: int = 8) -> list[Seen]:
    """The web process is killed in the middle of submissions: asking again by the same key is safe."""
    with place.run() as run, listening_socket() as listening:
        web = run.web(listening)
        clients = Clients(listening.getsockname()[1], place.seed["token"], count=3)
        dice = random.Random(42)
        for _ in range(kills):
            had = clients.statuses[201]
            wait_until(lambda had=had: clients.statuses[201] >= had + 5, 40)
            time.sleep(dice.uniform(0, 0.2))
            web.stop(signal.SIGKILL, seconds=5)
            web = run.web(listening)
        wait_until(lambda: clients.statuses[201] >= 10, 40)
        clients.stop()
        cases = run.ask("SELECT count(*) FROM escalations_case WHERE external_ref LIKE 'F-%%'")
        distinct = run.ask("SELECT count(DISTINCT external_ref) FROM escalations_case WHERE external_ref LIKE 'F-%%'")
        kept = run.ask("SELECT count(*) FROM escalations_case WHERE external_ref = ANY(%s)", list(clients.accepted))
        half = run.ask(
            "SELECT count(*) FROM escalations_case c WHERE external_ref LIKE 'F-%%' AND (NOT EXISTS (SELECT FROM"
            " escalations_submission s WHERE s.case_id = c.id) OR NOT EXISTS (SELECT FROM escalations_slaclock k WHERE"
            " k.object_id = c.id) OR NOT EXISTS (SELECT FROM audit_event e WHERE e.subject_id = c.id AND e.kind = 'case.created'))"
        )
        return [
            Seen("cases made twice", cases - distinct, 0),
            Seen("accepted and not there", len(clients.accepted) - kept, 0),
            Seen("half cases", half, 0),
        ]


def f45(place: Place, *, minutes: float = 30.0, seed: int | None = None) -> list[Seen]:
    """A soak with a random mix of faults; prints its seed."""
    import redis

    seed = seed if seed is not None else random.SystemRandom().randrange(10**6)
    dice = random.Random(seed)
    with place.run() as run:
        steady = run.engine()
        killer = Killer([run.engine, run.worker], seed=seed)
        run.wait_for_beat(2)
        seconds = minutes * 60
        run.arm(max(50, int(seconds * 5)), in_s=2, over_s=seconds)
        time.sleep(min(60.0, seconds / 4))
        before = _resident_kb(steady.process.pid)
        ends_at = time.time() + seconds - min(60.0, seconds / 4)
        while time.time() < ends_at:
            what = dice.choice(("kill", "kill", "flush", "crash", "pause"))
            if what == "kill":
                killer.for_seconds(2, least_s=1, most_s=2)
            elif what == "flush":
                with contextlib.closing(redis.Redis.from_url(place.valkey.url)) as client:
                    client.flushall()
            elif what == "crash":
                place.postgres.process.send_signal(signal.SIGQUIT)
                place.postgres.process.wait(20)
                place.postgres.start()
            else:
                os.kill(steady.process.pid, signal.SIGSTOP)
                time.sleep(dice.uniform(1, 8))
                os.kill(steady.process.pid, signal.SIGCONT)
            time.sleep(dice.uniform(1, 5))
        run.wait_for_all(60)
        growth = _resident_kb(steady.process.pid) / before - 1 if steady.process.poll() is None else 0.0
        stuck = run.ask("SELECT count(*) FROM pages_page WHERE state <> 'accepted'")
        return judged(
            run,
            Seen(f"growth of memory, share (seed {seed})", growth, 0.10),
            Seen("stuck leases", stuck, 0),
            dup=0.03,
        )


def _resident_kb(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    return 1

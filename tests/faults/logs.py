"""Faults of the log: somebody with all rights changes it, or it cannot be written (reliability.md F39 and F41)."""

from __future__ import annotations

import contextlib
import io
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from audit import verification
from tests.audit import tampering
from tests.faults.cases import Seen
from tests.faults.place import Clients, Person, Place, Run, listening_socket, upload
from tests.faults.seed import EMAIL, PASSWORD

SCRIPT = Path(verification.__file__)


# -- F39 ---------------------------------------------------------------------------------------------------------------
def f39(place: Place, *, timers: int = 60) -> list[Seen]:
    """An engine writes, seals and signs; then each kind of tampering, each on a copy: the file alone must name it."""
    with place.run() as run:
        key, public, heads = (place.folder / name for name in ("log-key.pem", "log-public.pem", "log-heads.jsonl"))
        for path in (key, public, heads):
            path.unlink(missing_ok=True)
        made = run.program(["manage.py", "make_log_key", str(key)], log=public)
        made.process.wait(60)
        engine = run.program(
            ["manage.py", "engine"], WATCHFLOOR_LOG_KEY_FILE=str(key), WATCHFLOOR_LOG_WITNESSES=f"file:{heads}"
        )
        run.wait_for_beat()
        blocks = [_block(run, timers // 3) for _ in range(3)]
        with contextlib.closing(run.connect()) as admin, admin.cursor() as cursor:  # rather than wait for its minute
            cursor.execute("UPDATE audit_schedule SET next_at = now(), slot_at = NULL WHERE name = 'sign_log_heads'")
        last = max(blocks[2])
        run.wait_for("a head of the newest block at its witness", lambda: _signed(heads) >= _block_of(run, last))
        engine.stop(signal.SIGTERM, seconds=15)
        outside = ["--key", str(public), "--heads", str(heads)]
        clean, said = _verify(place, run.name, outside)
        row = blocks[1][len(blocks[1]) // 2]
        number = _block_of(run, row)
        found: dict[str, bool] = {}
        for name, (statement, words) in tampering.CHANGES.items():
            found[name] = _found(
                run,
                outside,
                lambda cursor, statement=statement: cursor.execute(statement, {"row": row}),
                rf"row {row}: .*{words}",
            )
        found["slipped in"] = _found(run, outside, lambda cursor: tampering.slip_in(cursor, row), r"row \d+: .*added")
        found["block taken"] = _found(
            run, outside, lambda cursor: tampering.take_block(cursor, number), rf"block {number}\b.*gone"
        )
        found["rewritten"] = _found(run, outside, lambda cursor: tampering.rewrite(cursor, row), "rewritten")
        found["cut off"] = _found(run, outside, lambda cursor: tampering.cut_off(cursor, blocks[2]), "cut off")
        missed = sorted(name for name, was in found.items() if not was)
        return [
            Seen(f"untouched log refused {said.splitlines()[:1] if clean else ''}".strip(), clean, 0),
            Seen("kinds tried short of six", max(0, 6 - len(found)), 0),
            Seen(f"kinds of {len(found)} not found or not named {missed}", len(missed), 0),
        ]


def _block(run: Run, timers: int) -> list[int]:
    """Let clocks run out; answers the ids of their events once they are sealed."""
    before = run.ask("SELECT coalesce(max(id), 0) FROM audit_event")
    run.arm(timers, in_s=0, over_s=0.5)
    mine = "SELECT array_agg(id ORDER BY id) FROM audit_event WHERE id > %s AND kind = 'clock.breached'"
    run.wait_for("the breaches", lambda: len(run.ask(mine, before) or ()) >= timers)
    ids: list[int] = run.ask(mine, before)
    sealed = "SELECT count(*) FROM audit_logblock, unnest(ids) one WHERE log = 'event' AND one = ANY(%s)"
    run.wait_for("the seal", lambda: run.ask(sealed, ids) == len(ids))
    return ids


def _block_of(run: Run, row: int) -> int:
    return int(
        run.ask("SELECT max(number) FROM audit_logblock WHERE log = 'event' AND ids @> ARRAY[%s]::bigint[]", row)
    )


def _signed(heads: Path) -> int:
    """The newest block of the event log whose head the witness has."""
    there = verification.read_heads([str(heads)]) if heads.exists() else []
    return max((int(head["block"]) for head in there if head["log"] == "event"), default=-1)


def _found(run: Run, outside: list[str], tamper: Callable[[Any], object], words: str) -> bool:
    """Tamper with a copy as a superuser whom no trigger stops; whether the verifier says no, in these words."""
    with _copy(run) as name, contextlib.closing(run.place.postgres.connect(name)) as admin:
        with admin.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            tamper(cursor)
        code, said = _verify(run.place, name, outside)
    return code == 1 and re.search(words, said) is not None


@contextlib.contextmanager
def _copy(run: Run) -> Iterator[str]:
    name = f"{run.name}_tampered"
    with contextlib.closing(run.place.postgres.connect()) as admin, admin.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {run.name} OWNER wf_owner STRATEGY file_copy")
        try:
            yield name
        finally:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _verify(place: Place, name: str, outside: list[str]) -> tuple[int, str]:
    """What the stand-alone file says, run as an auditor runs it: no Django, a role that only reads."""
    command = [sys.executable, "-I", str(SCRIPT), "--database", place.postgres.url(name, "wf_audit"), *outside]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    return done.returncode, done.stdout + done.stderr


# -- F41 ---------------------------------------------------------------------------------------------------------------
_REFUSE = "ALTER TABLE {} ADD CONSTRAINT fault_41 CHECK (false) NOT VALID"
_ALLOW = "ALTER TABLE {} DROP CONSTRAINT fault_41"


def f41(place: Place) -> list[Seen]:
    """The log cannot be written: sensitive things are not shown, ordinary writes do not happen; all is well once it can."""
    with place.run() as run, listening_socket() as listening:
        run.web(listening)
        port, token = listening.getsockname()[1], place.seed["token"]
        picture = io.BytesIO()
        Image.effect_noise((300, 200), 40).save(picture, "PNG")
        clients = Clients(port, token, count=0)
        run.wait_for("the web process", lambda: upload(port, token, b"first")[0] == 201)
        status, said = upload(port, token, picture.getvalue(), "picture.png")
        assert status == 201, said
        ref = _submitted(clients, "F-41", evidence=[{"upload_id": said["upload_id"]}])
        person = Person(port, EMAIL, PASSWORD)
        address = f"/c/{ref}/e/1/original/"
        before = person.ask("GET", address)

        with _refusing(run, "audit_accessrecord"):
            blind = person.ask("GET", address)
        after = person.ask("GET", address)

        had = _rows(run)
        with _refusing(run, "audit_event"):
            refused = clients.submit("no-log", _body("F-42"))[0]
        left = [now - was for now, was in zip(_rows(run), had, strict=True)]
        again = clients.submit("no-log", _body("F-42"))[0]
        seen = [answer[1] == picture.getvalue() and answer[0] == 200 for answer in (before, after)]
        return [
            Seen("original not shown while all is well", 2 - sum(seen), 0),
            Seen("other answer than 503", int(blind[0] != 503), 0),
            Seen("bytes of the picture", len(blind[1]) if b"PNG" in blind[1] or len(blind[1]) > 1000 else 0, 0),
            Seen("write accepted without its event", int(refused < 500), 0),
            Seen("rows left of it", sum(left), 0),
            Seen("refused once the log can be written", int(again != 201), 0),
        ]


@contextlib.contextmanager
def _refusing(run: Run, table: str) -> Iterator[None]:
    """A table that takes no row, whatever is in it."""
    with contextlib.closing(run.connect()) as admin, admin.cursor() as cursor:
        cursor.execute(_REFUSE.format(table))
        try:
            yield
        finally:
            cursor.execute(_ALLOW.format(table))


def _rows(run: Run) -> list[int]:
    tables = (
        "escalations_case",
        "escalations_submission",
        "escalations_slaclock",
        "escalations_slatimer",
        "audit_event",
    )
    return [run.ask(f"SELECT count(*) FROM {table}") for table in (*tables, "audit_outboxmessage")]


def _body(external_ref: str, **more: Any) -> dict[str, Any]:
    from tests.factories.submissions import submission_body

    return submission_body(external_ref=external_ref, **more)


def _submitted(clients: Clients, external_ref: str, **more: Any) -> str:
    """The reference of a case made by a submission."""
    status, said = clients.submit(f"key-{external_ref}", _body(external_ref, **more))
    assert status == 201, said
    return str(said["ref"])

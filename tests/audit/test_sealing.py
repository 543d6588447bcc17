"""The sealed log: what settled is sealed in order, heads reach their witnesses, and every kind of tampering is found."""

from __future__ import annotations

import contextlib
import hashlib
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from psycopg2.extensions import connection as Connection

from audit import sealing, verification, witnesses
from audit.models import Event, LogBlock, LogCopy, LogHead
from audit.recording import record
from core.clock import db_now
from tests import databases
from tests.audit import tampering
from tests.databases import Clone
from tests.factories.cases import make_case

pytestmark = pytest.mark.django_db(transaction=True)
SCRIPT = Path(verification.__file__)
AsRole = Callable[[str], Connection]


@pytest.fixture
def engine(transactional_db: None) -> Iterator[None]:
    """This test's own connection works as the engine does, which alone may seal."""
    connection.close()
    before = connection.settings_dict["USER"]
    connection.settings_dict["USER"] = "wf_engine"
    yield
    connection.close()
    connection.settings_dict["USER"] = before


@pytest.fixture
def key(tmp_path: Path, settings: Any) -> Path:
    """A signing key in use, its public half and a witness's file beside it; answers the folder."""
    (tmp_path / "public.pem").write_bytes(sealing.make_key(tmp_path / "private.pem"))
    settings.LOG_KEY_FILE = str(tmp_path / "private.pem")
    settings.LOG_WITNESSES = [f"file:{tmp_path}/heads.jsonl"]
    return tmp_path


def write_events(count: int, *, kind: str = "case.noted") -> list[int]:
    """Events of one case, each of a transaction of its own; answers their ids."""
    case = make_case()
    return [record(kind, subject=case, by=None, at=db_now(), data={"number": number}).pk for number in range(count)]


def seal_all() -> None:
    """Seal until nothing waits; other tests' open transactions on the same server hold the horizon for a while."""
    for _turn in range(3000):
        sealing.seal()
        if all(lag.waiting_since is None for lag in sealing.lags()):
            return
        threading.Event().wait(0.02)
    pytest.fail("another transaction of the server is open for a minute")


def look(role: AsRole, folder: Path | None = None) -> verification.Report:
    heads = verification.read_heads([str(folder / "heads.jsonl")]) if folder else []
    keys = [verification.read_key(str(folder / "public.pem"))] if folder else []
    return verification.verify(role("wf_audit"), keys=keys, heads=heads)


def three_blocks(folder: Path | None = None) -> list[list[int]]:
    """Three blocks of four events each; with a folder, the newest of them signed and its head at the witness."""
    written = []
    for _block in range(3):
        written.append(write_events(4))
        seal_all()
    if folder is not None:
        assert sealing.sign_heads(db_now()) == 1
        assert witnesses.deliver(1) == 1
    return written


@contextlib.contextmanager
def behind_the_back(clone: Clone) -> Iterator[Any]:
    """A superuser whom no trigger stops."""
    with contextlib.closing(databases.connect(clone.name)) as admin, admin.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        yield cursor


def test_what_settled_is_sealed_once_in_the_order_of_transactions(engine: None, wf_role: AsRole) -> None:
    first, second = write_events(3), write_events(2)
    seal_all()
    third = write_events(2)
    seal_all()
    sealing.seal()

    blocks = list(LogBlock.objects.filter(log="event").order_by("number"))
    assert [one for block in blocks for one in block.ids if one in {*first, *second, *third}] == [
        *first,
        *second,
        *third,
    ]
    assert [bytes(block.previous) for block in blocks[1:]] == [bytes(block.digest) for block in blocks[:-1]]
    assert [block.from_transaction for block in blocks[1:]] == [block.to_transaction for block in blocks[:-1]]
    report = look(wf_role)
    assert (report.problems, report.unsealed) == ([], 0)
    assert report.rows == sum(len(block.ids) for block in LogBlock.objects.all())


def test_a_transaction_still_open_is_not_passed_over(engine: None, wf_role: AsRole) -> None:
    case = make_case()
    seal_all()
    slow = wf_role("wf_engine")
    slow.autocommit = False
    with slow.cursor() as cursor:  # wrote first, commits last
        cursor.execute(
            "INSERT INTO audit_event (at, kind, subject_type, subject_id, subject_ref, actor_kind, actor_label,"
            " organization_id, compartments, request_id, data)"
            " VALUES (now(), 'case.noted', 'escalations.case', %s, '', 'system', '', %s, '{}', '', '{}') RETURNING id",
            [case.pk, case.organization_id],
        )
        early = cursor.fetchone()[0]
    late = record("case.noted", subject=case, by=None, at=db_now()).pk
    sealing.seal()
    assert not LogBlock.objects.filter(ids__overlap=[early, late]).exists()
    assert next(lag for lag in sealing.lags() if lag.log == "event").waiting_since is not None

    slow.commit()
    seal_all()

    [block] = LogBlock.objects.filter(log="event", ids__overlap=[early, late])
    assert block.ids == [early, late]
    assert look(wf_role).ok


def test_a_long_backlog_is_sealed_in_blocks_of_whole_transactions(
    engine: None, wf_role: AsRole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "BLOCK_ROWS", 5)
    case = make_case()
    with transaction.atomic():
        for _ in range(8):
            record("case.noted", subject=case, by=None, at=db_now())
    write_events(7)

    seal_all()

    sizes = [len(block.ids) for block in LogBlock.objects.filter(log="event").order_by("number")]
    assert sum(sizes) == Event.objects.count()
    assert max(sizes) == 8  # one transaction is never split
    assert look(wf_role).ok


def test_two_sealers_at_once_make_one_chain(engine: None, wf_role: AsRole) -> None:
    write_events(2)
    other = wf_role("wf_engine")
    other.autocommit = False
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [sealing._LOCK])

    assert sealing.seal() == 0
    assert not LogBlock.objects.exists()
    other.rollback()
    seal_all()
    assert look(wf_role).ok


def test_nobody_changes_a_block_and_the_web_role_adds_none(engine: None, wf_role: AsRole) -> None:
    write_events(1)
    seal_all()
    for role, statement in (
        ("wf_engine", "UPDATE audit_logblock SET number = 9"),
        ("wf_owner", "DELETE FROM audit_logblock"),
        ("wf_owner", "TRUNCATE audit_loghead CASCADE"),
        ("wf_web", "INSERT INTO audit_logblock SELECT * FROM audit_logblock"),
        ("wf_web", "DELETE FROM audit_logcopy"),
    ):
        with wf_role(role).cursor() as cursor, pytest.raises(Exception, match=r"append-only|permission denied"):
            cursor.execute(statement)


# -- tampering (reliability.md F39) ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("statement", "what"), tampering.CHANGES.values(), ids=tampering.CHANGES)
def test_a_row_changed_behind_the_back_is_named(
    engine: None, wf_role: AsRole, database_clone: Clone, statement: str, what: str
) -> None:
    row = three_blocks()[1][2]
    with behind_the_back(database_clone) as cursor:
        cursor.execute(statement, {"row": row})

    [problem] = look(wf_role).problems

    assert (problem.log, problem.row) == ("event", row)
    assert what in problem.what


def test_a_row_slipped_in_later_is_named(engine: None, wf_role: AsRole, database_clone: Clone) -> None:
    row = three_blocks()[1][2]
    with behind_the_back(database_clone) as cursor:
        forged = tampering.slip_in(cursor, row)

    [problem] = look(wf_role).problems

    assert problem.row == forged
    assert "added" in problem.what


def test_a_block_taken_out_of_the_chain_is_missed(engine: None, wf_role: AsRole, database_clone: Clone) -> None:
    three_blocks()
    number = LogBlock.objects.filter(log="event").order_by("-number")[1].number
    with behind_the_back(database_clone) as cursor:
        tampering.take_block(cursor, number)

    [problem] = look(wf_role).problems

    assert (problem.block, problem.what) == (number, "the block is gone")


def test_a_chain_made_to_fit_again_does_not_fit_what_was_signed(
    engine: None, wf_role: AsRole, database_clone: Clone, key: Path
) -> None:
    row = three_blocks(key)[1][2]
    with behind_the_back(database_clone) as cursor:
        tampering.rewrite(cursor, row)

    assert look(wf_role).ok  # alone, the database cannot tell
    [problem] = look(wf_role, key).problems
    assert "rewritten" in problem.what


def test_an_end_cut_off_is_missed_by_what_was_signed(
    engine: None, wf_role: AsRole, database_clone: Clone, key: Path
) -> None:
    last = three_blocks(key)[2]
    with behind_the_back(database_clone) as cursor:
        tampering.cut_off(cursor, last)

    assert look(wf_role).ok
    [problem] = look(wf_role, key).problems
    assert "cut off" in problem.what


def test_a_witnesss_copy_that_was_changed_is_no_proof(engine: None, wf_role: AsRole, key: Path) -> None:
    three_blocks(key)
    head = json.loads((key / "heads.jsonl").read_text())
    (key / "heads.jsonl").write_text(json.dumps(head | {"digest": hashlib.sha256(b"other").hexdigest()}) + "\n")

    [problem] = look(wf_role, key).problems

    assert "not signed by that key" in problem.what


# -- the two programs --------------------------------------------------------------------------------------------------


def run_alone(clone: Clone, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The verifier as an auditor has it: one file, no Django, a role that only reads."""
    command = [sys.executable, "-I", str(SCRIPT), "--database", clone.url("wf_audit"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")


def test_the_file_alone_proves_and_finds(engine: None, database_clone: Clone, key: Path) -> None:
    row = three_blocks(key)[0][1]
    outside = ("--key", str(key / "public.pem"), "--heads", str(key / "heads.jsonl"))
    clean = run_alone(database_clone, *outside)
    assert (clean.returncode, clean.stderr) == (0, "")
    assert "Nothing was changed." in clean.stdout

    with behind_the_back(database_clone) as cursor:
        cursor.execute("DELETE FROM audit_event WHERE id = %s", [row])
    found = run_alone(database_clone, *outside)
    assert found.returncode == 1
    assert f"row {row}: the row is gone" in found.stdout

    lost = run_alone(database_clone, "--key", "/nowhere.pem")
    assert lost.returncode == 2
    assert "Could not verify" in lost.stderr


def test_the_stand_alone_verifier_knows_nothing_of_django() -> None:
    text = SCRIPT.read_text()

    assert "import django" not in text
    assert "from django" not in text
    assert "from audit" not in text


def test_the_command_says_what_it_saw(engine: None, key: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from django.core.management import call_command

    three_blocks(key)
    call_command("verify_log", key=[str(key / "public.pem")], heads=[str(key / "heads.jsonl")])

    assert "Nothing was changed." in capsys.readouterr().out


def test_leaves_and_roots_are_those_of_the_published_tree() -> None:
    # RFC 6962 §2.1: one leaf is its own root; an odd one moves up as it is.
    a, b, c = (hashlib.sha256(letter).digest() for letter in (b"a", b"b", b"c"))
    node = lambda left, right: hashlib.sha256(b"\1" + left + right).digest()  # noqa: E731

    assert verification.merkle_root([]) == hashlib.sha256().digest()
    assert verification.merkle_root([a]) == a
    assert verification.merkle_root([a, b, c]) == node(node(a, b), c)
    assert verification.merkle_root([a, b, c, a, b]) == node(node(node(a, b), node(c, a)), b)
    assert verification.leaf_hash(["a", None]) != verification.leaf_hash(["a", ""])
    assert verification.leaf_hash(["ab", "c"]) != verification.leaf_hash(["a", "bc"])


# -- witnesses ---------------------------------------------------------------------------------------------------------


class _Desk(HTTPServer):
    """A witness on loopback: refuses as often as told, then keeps what it gets."""

    def __init__(self, refusals: int) -> None:
        self.refusals, self.kept = refusals, list[bytes]()
        super().__init__(("127.0.0.1", 0), _Hand)


class _Hand(BaseHTTPRequestHandler):
    server: _Desk

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        refuse = self.server.refusals > 0
        self.server.refusals -= 1
        if not refuse:
            self.server.kept.append(body)
        self.send_response(503 if refuse else 204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_a_head_reaches_every_witness_also_one_that_was_away(engine: None, key: Path, settings: Any) -> None:
    with _Desk(refusals=1) as desk:
        threading.Thread(target=desk.serve_forever, args=(0.02,), daemon=True).start()
        settings.LOG_WITNESSES = [f"file:{key}/heads.jsonl", f"http://127.0.0.1:{desk.server_port}/heads"]
        write_events(1)
        seal_all()
        signed = sealing.sign_heads(db_now())
        for _turn in range(signed):
            witnesses.deliver()
        waiting = LogCopy.objects.get(next_at__isnull=False, last_error__contains="503")
        assert waiting.attempts == 1

        LogCopy.objects.filter(pk=waiting.pk).update(next_at=db_now())
        assert witnesses.deliver() == 1
        desk.shutdown()

    assert LogCopy.objects.filter(delivered_at__isnull=True).count() == 0
    assert json.loads(desk.kept[-1]) in verification.read_heads([str(key / "heads.jsonl")])
    assert LogHead.objects.count() == signed


def test_a_head_is_signed_once_and_not_without_a_key(engine: None, key: Path, settings: Any) -> None:
    write_events(1)
    seal_all()
    settings.LOG_KEY_FILE = ""
    assert sealing.sign_heads(db_now()) == 0
    settings.LOG_KEY_FILE = str(key / "private.pem")

    assert sealing.sign_heads(db_now()) > 0
    assert sealing.sign_heads(db_now()) == 0


def test_a_key_is_never_replaced_and_read_by_its_owner_alone(key: Path) -> None:
    with pytest.raises(FileExistsError):
        sealing.make_key(key / "private.pem")

    assert (key / "private.pem").stat().st_mode & 0o777 == 0o600

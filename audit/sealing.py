"""Sealing the logs: blocks behind the transaction horizon, signed heads, and how far behind either is.

Writers never wait: a block takes only rows whose transactions have all ended, and a chain of blocks needs no lock on what it
seals. Run by `engine` (lane `sealing`); any number at once, one seals at a time. See docs/adr/log-sealing.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings
from django.db import connection, transaction

from audit import verification
from audit.models import LogBlock, LogCopy, LogHead
from core import engine
from core.clock import db_now

BLOCK_ROWS = 10_000  # the most of one block, unless a single transaction wrote more
ALARM_LAG = timedelta(seconds=60)  # reliability.md R37: a transaction that stays open stalls sealing
_LOCK = 7_305_001  # advisory: one sealer at a time


def seal(limit: int = 500) -> int:
    """Seal what has settled in every log, one block each; answers the number of rows, at most `limit` to rest until the next turn.

    A full block asks for another turn at once, by answering `limit`.
    """
    taken = max(_seal_log(log) for log in verification.LOGS)
    return limit if taken >= BLOCK_ROWS else min(taken, limit - 1)


@transaction.atomic
def _seal_log(log: str) -> int:
    engine.progress()  # a block of each log on a busy machine is no engine that hangs
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s), pg_snapshot_xmin(pg_current_snapshot())::text", [_LOCK])
        mine, horizon = cursor.fetchone()
        if not mine:
            return 0
        last = LogBlock.objects.filter(log=log).order_by("-number").defer("ids", "leaves").first()
        start, end = last.to_transaction if last else 0, int(horizon)
        rows = verification.rows(cursor, log, start, end, limit=BLOCK_ROWS + 1)
        if len(rows) > BLOCK_ROWS:  # as many whole transactions as fit, and at least the first one
            end = max(rows[-1].transaction, rows[0].transaction + 1)
            rows = verification.rows(cursor, log, start, end)
    if not rows:
        return 0
    block = verification.Block(
        log=log,
        number=last.number + 1 if last else 1,
        from_transaction=start,
        to_transaction=end,
        ids=tuple(row.id for row in rows),
        leaves=b"".join(row.leaf for row in rows),
        root=verification.merkle_root([row.leaf for row in rows]),
        previous=bytes(last.digest) if last else verification.NO_BLOCK,
        sealed_at=db_now(),
        digest=b"",
    )
    LogBlock.objects.create(
        log=log,
        number=block.number,
        from_transaction=start,
        to_transaction=end,
        ids=list(block.ids),
        leaves=block.leaves,
        root=block.root,
        previous=block.previous,
        sealed_at=block.sealed_at,
        digest=block.true_digest(),
    )
    return len(rows)


def sign_heads(at: datetime) -> int:
    """Sign the newest block of each log where it is not signed yet, and send it on its way to every witness.

    `at` is aware UTC. Does nothing without a key (`WATCHFLOOR_LOG_KEY_FILE`). Answers how many heads were signed.
    """
    path = settings.LOG_KEY_FILE
    if not path:
        return 0
    key = read_private_key(Path(path))
    key_id = verification.key_id(key.public_key())
    done = 0
    for log in verification.LOGS:
        block = LogBlock.objects.filter(log=log).order_by("-number").defer("ids", "leaves").first()
        if block is None or LogHead.objects.filter(log=log, block=block.number).exists():
            continue
        text = verification.head_text(
            site=settings.LOG_SITE, log=log, number=block.number, digest=bytes(block.digest), signed_at=at.isoformat()
        )
        head = LogHead.objects.create(
            log=log,
            block=block.number,
            digest=block.digest,
            site=settings.LOG_SITE,
            signed_at=at,
            key=key_id,
            signature=key.sign(text.encode()),
        )
        LogCopy.objects.bulk_create([LogCopy(head=head, witness=witness) for witness in settings.LOG_WITNESSES])
        done += 1
    return done


def read_private_key(path: Path) -> Ed25519PrivateKey:
    """The signing key. Raises OSError where it cannot be read, ValueError where it is no Ed25519 key in PEM."""
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{path} holds no Ed25519 key: make one with `manage.py make_log_key`.")
    return key


def make_key(path: Path) -> bytes:
    """Write a new signing key, readable by its owner alone; answers the public key in PEM, to be kept outside.

    Raises FileExistsError rather than replace a key.
    """
    key = Ed25519PrivateKey.generate()
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@dataclass(frozen=True)
class Lag:
    """How far a log is behind: since when its oldest unsealed row waits, and what was last sealed and signed."""

    log: str
    waiting_since: datetime | None
    sealed_at: datetime | None
    signed_at: datetime | None
    undelivered: int

    def is_alarming(self, at: datetime) -> bool:
        return self.waiting_since is not None and at - self.waiting_since > ALARM_LAG


def lags() -> list[Lag]:
    """One `Lag` for each log, for the log screen and the health page."""
    found = []
    for log, (table, _) in verification.LOGS.items():
        last = LogBlock.objects.filter(log=log).order_by("-number").defer("ids", "leaves").first()
        head = LogHead.objects.filter(log=log).order_by("-block").first()
        written = "recorded_at" if log == "event" else "at"
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT min({written}) FROM {table} WHERE transaction >= %s", [last.to_transaction if last else 0]
            )
            [waiting_since] = cursor.fetchone()
        found.append(
            Lag(
                log=log,
                waiting_since=waiting_since,
                sealed_at=last.sealed_at if last else None,
                signed_at=head.signed_at if head else None,
                undelivered=LogCopy.objects.filter(head__log=log, next_at__isnull=False).count(),
            )
        )
    return found

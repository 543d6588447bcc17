"""Proves that the log is as it was written: `manage.py verify_log`, or this file alone on an auditor's machine.

    python verification.py --database postgresql://wf_audit@host/watchfloor --key public.pem --heads heads.jsonl

It needs Python, psycopg2 and cryptography, nothing of the product. It reads block by block, each in a short transaction of
its own, and writes nothing. Status 0: all is as it was; 1: something was changed, the first bad row of each log is named;
2: it could not look.

The form of what is sealed (all integers in decimal, all hashes SHA-256):

- *leaf*: hash of byte 0 and each column's text in the order below, every one preceded by its length in bytes as a signed
  32-bit big-endian number, -1 for NULL;
- *root*: the Merkle tree of RFC 6962 over the leaves, in the order (transaction, id);
- *block*: hash of the lines of `block_text`; each names the block before it. A block holds every row of the transactions
  from `from_transaction` up to, but not with, `to_transaction`, so that nothing can be slipped in later;
- *head*: an Ed25519 signature over the lines of `head_text`, copied to places outside the database.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import struct
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from psycopg2.extensions import connection as Connection

NO_BLOCK = bytes(32)  # what the first block names as the one before it
_BLOCKS_AT_ONCE = 20


def _micros(column: str) -> str:
    return f"round(extract(epoch from {column}) * 1000000)::bigint::text"


def _texts(names: str) -> str:
    """Columns as texts that no session setting changes: times in µs since 1970, lists as JSON, JSON as `jsonb` prints it."""
    known = {
        "at": _micros("at"),
        "recorded_at": _micros("recorded_at"),
        "compartments": "array_to_json(compartments)::text",
    }
    return ", ".join(known.get(name, f"{name}::text") for name in names.split())


# The logs: table, and the columns of a leaf. A new column gets a new log name or stays outside: old leaves never change.
LOGS = {
    "event": (
        "audit_event",
        _texts(
            "id transaction at recorded_at kind subject_type subject_id subject_ref actor_kind actor_id actor_label"
            " organization_id compartments request_id data"
        ),
    ),
    "access": (
        "audit_accessrecord",
        _texts(
            "id transaction at what subject_type subject_id subject_ref actor_kind actor_id actor_label organization_id"
            " reason request_id data"
        ),
    ),
}


@dataclass(frozen=True)
class Row:
    """One row of a log: its id, the transaction that wrote it, and its leaf."""

    id: int
    transaction: int
    leaf: bytes


def leaf_hash(columns: Sequence[str | None]) -> bytes:
    """The leaf of a row given as the texts of its columns."""
    parts = [b"\0"]
    for column in columns:
        encoded = None if column is None else column.encode()
        parts += [struct.pack(">i", -1)] if encoded is None else [struct.pack(">i", len(encoded)), encoded]
    return hashlib.sha256(b"".join(parts)).digest()


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """The root of RFC 6962 over leaves that are hashes already; the hash of nothing for none."""
    if not leaves:
        return hashlib.sha256().digest()
    level = list(leaves)
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\1" + level[at] + level[at + 1]).digest() for at in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]  # an odd one moves up as it is
    return level[0]


def rows(cursor: Any, log: str, start: int, end: int, *, limit: int | None = None) -> list[Row]:
    """The rows of transactions from `start` up to, but not with, `end`, in the order of the log."""
    table, columns = LOGS[log]
    cursor.execute(
        # Uses index: event_transaction, access_transaction (BRIN: the rows of a block lie together)
        f"SELECT {columns} FROM {table} WHERE transaction >= %s AND transaction < %s ORDER BY transaction, id LIMIT %s",
        [start, end, limit],
    )
    return [Row(int(one[0]), int(one[1]), leaf_hash(one)) for one in cursor.fetchall()]


@dataclass(frozen=True)
class Block:
    """A sealed stretch of a log, as it stands in `audit_logblock`."""

    log: str
    number: int
    from_transaction: int
    to_transaction: int
    ids: tuple[int, ...]
    leaves: bytes
    root: bytes
    previous: bytes
    sealed_at: datetime
    digest: bytes

    def each_leaf(self) -> list[bytes]:
        return [self.leaves[at : at + 32] for at in range(0, len(self.leaves), 32)]

    def true_digest(self) -> bytes:
        """What `digest` must be."""
        return hashlib.sha256(self.text().encode()).digest()

    def text(self) -> str:
        return "\n".join(
            [
                "watchfloor log block 1",
                self.log,
                str(self.number),
                str(self.from_transaction),
                str(self.to_transaction),
                str(len(self.ids)),
                self.root.hex(),
                self.previous.hex(),
                str(round(self.sealed_at.timestamp() * 1_000_000)),
            ]
        )


def head_text(*, site: str, log: str, number: int, digest: bytes, signed_at: str) -> str:
    """What is signed: that the block `number` of `log` at `site` has this digest. `signed_at` is ISO 8601 in UTC."""
    return "\n".join(["watchfloor log head 1", site, log, str(number), digest.hex(), signed_at])


def key_id(key: Ed25519PublicKey) -> str:
    """How a head names the key it was signed with: the first 16 hexadecimal digits of the hash of its raw bytes."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


@dataclass(frozen=True)
class Problem:
    """Something that is not as it was written. `row` is the id in the log's table, None where no row can be named."""

    log: str
    block: int
    row: int | None
    what: str

    def __str__(self) -> str:
        row = f", row {self.row}" if self.row is not None else ""
        return f"{self.log} log, block {self.block}{row}: {self.what}"


@dataclass
class Report:
    """What a look at the logs found; `problems` holds the first of each log and of each head."""

    blocks: int = 0
    rows: int = 0
    heads: int = 0
    unsealed: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems

    def lines(self) -> list[str]:
        found = [str(problem) for problem in self.problems] or ["Nothing was changed."]
        signed = (
            f"{self.heads} signed heads"
            if self.heads
            else "no signed head: give --heads and --key to rule out a rewrite"
        )
        return [*found, f"{self.rows} rows in {self.blocks} blocks, {signed}; {self.unsealed} rows not yet sealed."]


def verify(database: Connection, *, keys: Iterable[Ed25519PublicKey], heads: Iterable[Mapping[str, Any]]) -> Report:
    """Look at every sealed row and block of every log, and hold the blocks against signed `heads` from outside.

    `database` must be in autocommit mode and may read all rows (roles wf_audit, wf_owner). A head whose signature no key of
    `keys` confirms is itself a problem.
    """
    report = Report()
    known = {key_id(key): key for key in keys}
    signed: dict[tuple[str, int], str] = {}
    for head in heads:
        wrong = _wrong_head(head, known)
        if wrong:
            report.problems.append(Problem(str(head.get("log", "?")), _number(head), None, wrong))
        else:
            report.heads += 1
            signed[str(head["log"]), int(head["block"])] = str(head["digest"])
    for log in LOGS:
        problem = _verify_log(
            database, log, {number: one for (name, number), one in signed.items() if name == log}, report
        )
        if problem is not None:
            report.problems.append(problem)
    return report


def _number(head: Mapping[str, Any]) -> int:
    number = head.get("block")
    return number if isinstance(number, int) else 0


def _wrong_head(head: Mapping[str, Any], keys: Mapping[str, Ed25519PublicKey]) -> str:
    try:
        key = keys.get(str(head["key"]))
        if key is None:
            return f"its head was signed with key {head['key']}, which was not given"
        text = head_text(
            site=head["site"],
            log=head["log"],
            number=int(head["block"]),
            digest=bytes.fromhex(head["digest"]),
            signed_at=head["signed_at"],
        )
        key.verify(base64.b64decode(head["signature"]), text.encode())
    except (KeyError, ValueError, TypeError):
        return "its head is not readable"
    except InvalidSignature:
        return "its head was not signed by that key: the copy was changed"
    return ""


def _verify_log(database: Connection, log: str, signed: dict[int, str], report: Report) -> Problem | None:
    number, end, previous = 0, 0, NO_BLOCK
    for block in _blocks(database, log):
        wrong = _wrong_block(block, number=number + 1, start=end, previous=previous, signed=signed)
        if wrong:
            return Problem(log, number + 1, block.ids[0] if block.ids else None, wrong)
        with database.cursor() as cursor:
            there = rows(cursor, log, block.from_transaction, block.to_transaction)
        differing = _differing(block, there)
        if differing is not None:
            return Problem(log, block.number, *differing)
        number, end, previous = block.number, block.to_transaction, block.digest
        report.blocks += 1
        report.rows += len(there)
    gone = [one for one in signed if one > number]
    if gone:
        return Problem(
            log, min(gone), None, f"it was signed, but the log ends with block {number}: its end was cut off"
        )
    with database.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {LOGS[log][0]} WHERE transaction >= %s", [end])
        report.unsealed += (cursor.fetchone() or (0,))[0]
    return None


def _blocks(database: Connection, log: str) -> Iterator[Block]:
    after = 0
    while True:
        with database.cursor() as cursor:
            cursor.execute(
                "SELECT log, number, from_transaction, to_transaction, ids, leaves, root, previous, sealed_at, digest"
                " FROM audit_logblock WHERE log = %s AND number > %s ORDER BY number LIMIT %s",
                [log, after, _BLOCKS_AT_ONCE],
            )
            found = cursor.fetchall()
        for one in found:
            name, number, start, end, ids, leaves, root, previous, sealed_at, digest = one
            after = number
            yield Block(
                log=name,
                number=number,
                from_transaction=start,
                to_transaction=end,
                ids=tuple(ids),
                leaves=bytes(leaves),
                root=bytes(root),
                previous=bytes(previous),
                sealed_at=sealed_at,
                digest=bytes(digest),
            )
        if not found:
            return


def _wrong_block(block: Block, *, number: int, start: int, previous: bytes, signed: Mapping[int, str]) -> str:
    if block.number != number:
        return "the block is gone"
    if number in signed and signed[number] != block.digest.hex():
        return "it is not the block that was signed: the log was rewritten here or before"
    if block.previous != previous or block.from_transaction != start:
        return "the block does not follow the one before it"
    leaves = block.each_leaf()
    if len(leaves) != len(block.ids) or merkle_root(leaves) != block.root or block.true_digest() != block.digest:
        return "the block was changed after it was written"
    return ""


def _differing(block: Block, there: Sequence[Row]) -> tuple[int, str] | None:
    """The first row that is not as it was sealed, and what is wrong with it."""
    sealed = list(zip(block.ids, block.each_leaf(), strict=True))
    present = {row.id for row in there}
    for at, row in enumerate(there):
        if at >= len(sealed):
            return row.id, "the row was added after its time was sealed"
        row_id, leaf = sealed[at]
        if row.id == row_id:
            if row.leaf != leaf:
                return row.id, "the row was changed"
        elif row_id not in present:
            return row_id, "the row is gone from its place"
        else:
            return row.id, "the row was added after its time was sealed"
    if len(there) < len(sealed):
        return sealed[len(there)][0], "the row is gone from its place"
    return None


def read_heads(paths: Iterable[str]) -> list[dict[str, Any]]:
    """The heads of files with one JSON object a line, as the witnesses keep them. Raises ValueError naming a bad line."""
    found = []
    for path in paths:
        for number, line in enumerate(Path(path).read_text().splitlines(), start=1):
            try:
                head = json.loads(line) if line.strip() else {}
            except ValueError as error:
                raise ValueError(f"{path}, line {number}, is no JSON: {error}") from error
            if head:
                found.append(head)
    return found


def read_key(path: str) -> Ed25519PublicKey:
    """An Ed25519 public key in PEM. Raises ValueError for anything else."""
    key = load_pem_public_key(Path(path).read_bytes())
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError(f"{path} holds no Ed25519 public key.")
    return key


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that the command and the stand-alone program share."""
    parser.add_argument("--key", action="append", default=[], help="file with a public key in PEM; may be repeated")
    parser.add_argument("--heads", action="append", default=[], help="file with signed heads, as a witness keeps it")


def main() -> int:
    """Verify from the command line; answers the exit status."""
    parser = argparse.ArgumentParser(description="Prove that a Watchfloor log is as it was written.")
    parser.add_argument("--database", required=True, help="postgresql://… of a role that reads all rows (wf_audit)")
    add_arguments(parser)
    options = parser.parse_args()
    try:
        keys, heads = [read_key(path) for path in options.key], read_heads(options.heads)
        database = psycopg2.connect(options.database)
        database.autocommit = True
        report = verify(database, keys=keys, heads=heads)
    except (OSError, ValueError, psycopg2.Error) as error:
        sys.stderr.write(f"Could not verify: {error}\n")
        return 2
    sys.stdout.write("\n".join(report.lines()) + "\n")
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())

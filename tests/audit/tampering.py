"""What somebody with all rights on the database could do to the log behind everybody's back (reliability.md T16, F39)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from audit import verification

# A row changed in place: the statement, and what the verifier says of that very row.
CHANGES = {
    "changed": ("UPDATE audit_event SET data = '{\"number\": 99}' WHERE id = %(row)s", "was changed"),
    "backdated": ("UPDATE audit_event SET at = at - interval '1 day' WHERE id = %(row)s", "was changed"),
    "blamed": ("UPDATE audit_event SET actor_kind = 'person', actor_id = 1 WHERE id = %(row)s", "was changed"),
    "deleted": ("DELETE FROM audit_event WHERE id = %(row)s", "is gone"),
    "moved": ("UPDATE audit_event SET transaction = transaction + 100000 WHERE id = %(row)s", "is gone"),
}


def slip_in(cursor: Any, row: int) -> int:
    """Add a row beside `row`, as if it had been there; answers its id."""
    cursor.execute(
        "INSERT INTO audit_event (at, recorded_at, kind, subject_type, subject_id, subject_ref, actor_kind, actor_label,"
        " organization_id, compartments, request_id, transaction, data) SELECT at, recorded_at, kind, subject_type,"
        " subject_id, subject_ref, actor_kind, actor_label, organization_id, compartments, request_id, transaction,"
        " data FROM audit_event WHERE id = %s RETURNING id",
        [row],
    )
    return int(cursor.fetchone()[0])


def take_block(cursor: Any, number: int) -> None:
    """Take a block out of the chain of the event log."""
    cursor.execute("DELETE FROM audit_logblock WHERE log = 'event' AND number = %s", [number])


def cut_off(cursor: Any, rows: Sequence[int]) -> None:
    """Take away the end of the log: these rows and all that follow, with the blocks that seal them."""
    first = "SELECT min(number) FROM audit_logblock WHERE log = 'event' AND ids && %s::bigint[]"
    cursor.execute(
        f"SELECT from_transaction FROM audit_logblock WHERE log = 'event' AND number = ({first})", [list(rows)]
    )
    since = cursor.fetchone()[0]
    cursor.execute("DELETE FROM audit_logblock WHERE log = 'event' AND from_transaction >= %s", [since])
    cursor.execute("DELETE FROM audit_event WHERE transaction >= %s", [since])


def rewrite(cursor: Any, row: int) -> None:
    """Change a row and make every block from its own on fit again, as somebody with the code and the database could."""
    cursor.execute("UPDATE audit_event SET data = '{}' WHERE id = %s", [row])
    previous = verification.NO_BLOCK
    for block in list(verification._blocks(cursor.connection, "event")):
        there = verification.rows(cursor, "event", block.from_transaction, block.to_transaction)
        leaves = [one.leaf for one in there]
        new = replace(block, leaves=b"".join(leaves), root=verification.merkle_root(leaves), previous=previous)
        previous = new.true_digest()
        cursor.execute(
            "UPDATE audit_logblock SET leaves = %s, root = %s, previous = %s, digest = %s WHERE log = 'event' AND number = %s",
            [new.leaves, new.root, new.previous, previous, block.number],
        )

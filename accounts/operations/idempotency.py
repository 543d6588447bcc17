"""The same request sent twice is done once, and answered the same (reliability.md R32; IETF draft-07 of Idempotency-Key)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from accounts.models import IdempotencyRecord, ServiceKey
from core.errors import BadRequest, DomainError, Invalid

KEPT = timedelta(days=14)  # longer than any retry window; the reference of a submission guards for ever
HEADER = "Idempotency-Key"


class StillRunning(DomainError):
    """The first request with this key has not ended."""

    status = 409
    code = "idempotency_in_flight"
    title = "The first request is still running"


@dataclass(frozen=True)
class Replay:
    """The answer that the first request got."""

    status: int
    answer: bytes


def check_key(key: str | None) -> str:
    """The header's value. Raises `BadRequest` where it is missing, too long, or holds what a header should not."""
    if key is None or key == "":
        raise BadRequest(
            f"Send the header {HEADER}: 1 to 255 characters, new for each thing, the same for a retry.",
            code="idempotency_key_missing",
        )
    if len(key) > 255 or not all(32 < ord(char) < 127 for char in key):
        raise BadRequest(
            f"{HEADER} has 1 to 255 visible ASCII characters without spaces.", code="idempotency_key_malformed"
        )
    return key


def fingerprint(method: str, path: str, body: bytes) -> str:
    """SHA-256 (hex) that is equal for equal requests."""
    return hashlib.sha256(b"\n".join((method.encode(), path.encode(), body))).hexdigest()


def begin(*, by: ServiceKey, route: str, key: str, body_sha256: str) -> Replay | None:
    """Take the key for this transaction; the earlier answer where the request was done before.

    Raises `StillRunning` (409, Retry-After) while another transaction has it, `Invalid` (422) where it was used with another
    body. A lock and not a row, since a unique row would make the twin wait for the first.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"idempotency:{by.pk}:{route}:{key}"]
        )
        if not cursor.fetchone()[0]:
            raise StillRunning(
                "A request with this key is being worked on: send it again in a second.", retry_after_s=1
            )
        # A second statement, so that it sees what the lock's last holder committed.
        cursor.execute(
            "SELECT body_sha256, status, answer FROM accounts_idempotencyrecord"
            " WHERE organization_id = %s AND service_key_id = %s AND route = %s AND key = %s",
            [by.organization_id, by.pk, route, key],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    if row[0] != body_sha256:
        raise Invalid(
            f"This {HEADER} was used with another body: a new thing needs a new key, a retry the same body.",
            code="idempotency_key_reused",
        )
    return Replay(row[1], bytes(row[2]))


def keep(*, by: ServiceKey, route: str, key: str, body_sha256: str, status: int, answer: bytes, at: datetime) -> None:
    """Remember an answer, in the transaction of what it tells. Refusals of the values are not kept: they may be corrected."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_idempotencyrecord"
            " (organization_id, service_key_id, route, key, body_sha256, status, answer, created_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            [by.organization_id, by.pk, route, key, body_sha256, status, answer, at],
        )


def forget_old(at: datetime, *, limit: int = 5000) -> int:
    """Delete records older than `KEPT`; answers how many. Run by `engine`."""
    # Uses index: idempotency_oldest
    old = IdempotencyRecord.objects.filter(created_at__lt=at - KEPT).order_by("created_at").values("pk")[:limit]
    return IdempotencyRecord.objects.filter(pk__in=old).delete()[0]

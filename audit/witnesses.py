"""Copies of signed heads at places outside the database, where whoever can change it cannot follow.

`WATCHFLOOR_LOG_WITNESSES` lists them: `file:/mnt/other-host/heads.jsonl` (appended), `mailto:auditor@example.com`, and
`https://…` (a POST of the same JSON). A place that does not answer is asked again until it has every head.
"""

from __future__ import annotations

import base64
import fcntl
import os
import urllib.request
from datetime import timedelta
from pathlib import Path
from urllib.error import URLError

import orjson
import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from audit.models import LogCopy, LogHead

TIMEOUT_S = 5.0
_LEASE = timedelta(seconds=60)
_LONGEST = timedelta(hours=1)
_AT_ONCE = 2  # a lane that waits longer than fifteen seconds would be taken for hung


def deliver(limit: int = 500) -> int:
    """Bring due copies to their witnesses, a few a turn; answers how many were tried.

    The lease is taken and committed before anything is sent, so no transaction is open meanwhile.
    """
    tried = 0
    while tried < min(limit, _AT_ONCE):
        copy = _claim()
        if copy is None:
            break
        tried += 1
        try:
            _send(copy.witness, line_of(copy.head))
        except (OSError, URLError, ValueError) as error:
            structlog.get_logger(__name__).warning("log_witness_failed", witness=copy.witness, error=str(error))
            pause = min(_LEASE * 2 ** min(copy.attempts, 10), _LONGEST)
            LogCopy.objects.filter(pk=copy.pk).update(
                next_at=Now() + pause, last_error=f"{type(error).__name__}: {error}"[:500]
            )
        else:
            LogCopy.objects.filter(pk=copy.pk).update(next_at=None, delivered_at=Now(), last_error="")
    return limit if tried == _AT_ONCE else tried


@transaction.atomic
def _claim() -> LogCopy | None:
    # Uses index: log_copy_due
    due = LogCopy.objects.select_related("head").filter(next_at__lte=Now()).order_by("next_at", "id")
    copy = due.select_for_update(skip_locked=True, of=("self",)).first()
    if copy is not None:
        LogCopy.objects.filter(pk=copy.pk).update(next_at=Now() + _LEASE, attempts=F("attempts") + 1)
    return copy


def line_of(head: LogHead) -> bytes:
    """A head as every witness keeps it: one line of JSON."""
    return orjson.dumps(
        {
            "site": head.site,
            "log": head.log,
            "block": head.block,
            "digest": bytes(head.digest).hex(),
            "signed_at": head.signed_at.isoformat(),
            "key": head.key,
            "signature": base64.b64encode(bytes(head.signature)).decode(),
        }
    )


def _send(witness: str, line: bytes) -> None:
    if witness.startswith("file:"):
        _append(Path(witness.removeprefix("file:")), line)
    elif witness.startswith("mailto:"):
        subject = f"{settings.PRODUCT_NAME}: signed head of the log"
        EmailMessage(subject, line.decode(), to=[witness.removeprefix("mailto:")]).send()
    else:
        request = urllib.request.Request(witness, data=line, headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            answer.read(1024)


def _append(path: Path, line: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        os.write(descriptor, line + b"\n")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

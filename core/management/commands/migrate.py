"""`manage.py migrate`, which does not queue traffic behind it: it gives a lock up after two seconds and tries again (R42)."""

from __future__ import annotations

import threading
from typing import Any

import structlog
from django.core.management.commands import migrate
from django.db import OperationalError, connections

TRIES = 20
PAUSE_S = 3.0  # longer than the wait for a lock, so that whoever queued behind it gets through
_LOCK_NOT_AVAILABLE, _DEADLOCK = "55P03", "40P01"


class Command(migrate.Command):
    """Each migration is one transaction: what gave a lock up left nothing behind, and the next try goes on from there.

    The owner's role waits two seconds for a lock (config.database). After twenty tries the last refusal is raised.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        for number in range(1, TRIES + 1):
            try:
                super().handle(*args, **options)
            except OperationalError as error:
                if number == TRIES or getattr(error.__cause__, "pgcode", "") not in (_LOCK_NOT_AVAILABLE, _DEADLOCK):
                    raise
                structlog.get_logger(__name__).warning("migration_waits", tries=number, error=str(error).strip()[:200])
                connections[options["database"]].close()
                threading.Event().wait(PAUSE_S)
            else:
                return

"""The one clock: the primary database's. Entry points read it once and pass `at`; operations never read it."""

from __future__ import annotations

from datetime import datetime

from django.db import connections


def db_now(using: str = "default") -> datetime:
    """The database's present time, aware UTC, moving also inside a transaction (`clock_timestamp()`)."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    now: datetime = row[0]
    return now

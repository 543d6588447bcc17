"""Signs of life of engines, read by `/health/engine`."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from audit.models import EngineBeat

KEPT = timedelta(hours=1)


def beat(engine: str, lane: str) -> None:
    """Note that a lane of an engine took a turn now, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_enginebeat (engine, lane, at) VALUES (%s, %s, clock_timestamp())"
            " ON CONFLICT (engine, lane) DO UPDATE SET at = excluded.at",
            [engine[:64], lane[:32]],
        )


def forget_old(at: datetime) -> None:
    """Remove the rows of processes that gave no sign for an hour before `at` (aware UTC)."""
    EngineBeat.objects.filter(at__lt=at - KEPT).delete()

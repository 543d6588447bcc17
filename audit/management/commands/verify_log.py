"""`manage.py verify_log`: prove that nothing in the logs was changed."""

from __future__ import annotations

from typing import Any

import psycopg2
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from audit import verification


class Command(BaseCommand):
    help = (
        "Hold every sealed row of the event and access logs against its block, and the blocks against signed heads from"
        " outside. Ends with status 1 and names the first bad row where something was changed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        verification.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            keys = [verification.read_key(path) for path in options["key"]]
            heads = verification.read_heads(options["heads"])
            connection.ensure_connection()
            report = verification.verify(connection.connection, keys=keys, heads=heads)
        except (OSError, ValueError, psycopg2.Error) as error:
            raise CommandError(f"Could not verify: {error}", returncode=2) from error
        self.stdout.write("\n".join(report.lines()))
        if not report.ok:
            raise CommandError("The log was changed.", returncode=1)

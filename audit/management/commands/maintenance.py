"""`manage.py maintenance`: let the dead-man's switch rest for a short, recorded while."""

from __future__ import annotations

import getpass
import socket

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit import watch
from core.clock import db_now


class Command(BaseCommand):
    help = "Let the dead-man's switch rest for up to 30 minutes, with a reason that is recorded; --end cuts it short."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--minutes", type=int, default=15)
        parser.add_argument("--reason", default="")
        parser.add_argument("--end", action="store_true", help="end what rests now")

    def handle(self, *, minutes: int, reason: str, end: bool, **_: object) -> None:
        at = db_now()
        if end:
            self.stdout.write(f"{watch.end_maintenance(at=at)} ended.")
            return
        who = f"{getpass.getuser()}@{socket.gethostname()}"
        try:
            made = watch.start_maintenance(minutes=minutes, reason=reason, by_label=who, at=at)
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"The dead-man's switch rests until {made.ends_at:%H:%M:%S} UTC.")

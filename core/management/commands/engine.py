"""`manage.py engine`: the process that fires due timers and sends what is due, with Postgres alone."""

from __future__ import annotations

import signal
import sys
from types import FrameType

from django.core.checks import Tags
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import engine


class Command(BaseCommand):
    # The code's own checks are `make test`'s; what depends on the place is asked below. They would take a second at every start,
    # and forty megabytes that the preloaded parent could not share any more.
    requires_system_checks = ()
    help = "Fire due timers, drain the outbox and run schedules until SIGTERM. Run two or more; they share the work."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--lane", action="append", default=[], help="only this lane (may be given again)")

    def handle(self, *, lane: list[str], **_: object) -> None:
        self.check(tags=[Tags.database], databases=["default"])
        try:
            running = engine.Engine(name=engine.holder(), lanes=lane)
        except ValueError as error:
            raise CommandError(str(error)) from error

        def ask_to_stop(number: int, frame: FrameType | None) -> None:
            running.stop.set()

        signal.signal(signal.SIGTERM, ask_to_stop)
        signal.signal(signal.SIGINT, ask_to_stop)
        if not running.run():
            self.stderr.write("Some work did not end in time; the database rolls it back.")
            sys.exit(1)

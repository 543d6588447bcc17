"""The demo's simulator by hand: `manage.py demo_tick`, `--start`, `--stop`. The engine runs it by itself."""

from __future__ import annotations

import random
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from core.clock import db_now
from escalations.demo import seeding, simulator


class Command(BaseCommand):
    help = "Let one thing happen in the demo now; or start or stop its simulator, which the engine runs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--start", action="store_true", help="let it run for eight hours from now")
        which.add_argument("--stop", action="store_true", help="let nothing more happen by itself")

    @transaction.atomic
    def handle(self, *_: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("WATCHFLOOR_DEMO is off: this would write invented cases among real ones.")
        if not seeding.is_there():
            raise CommandError("There is no demo in this database yet: run `manage.py seed_demo` first.")
        at = db_now()
        if options["start"]:
            until = simulator.start(by=None, at=at).stops_at
            self.stdout.write(f"The simulator runs until {until:%H:%M} UTC.")
        elif options["stop"]:
            simulator.stop(by=None, at=at)
            self.stdout.write("The simulator is stopped.")
        else:
            self.stdout.write(simulator.act(random.Random(at.timestamp()), at=at) or "Nothing could happen just now.")

"""`manage.py make_log_key PATH`: the key that signs the heads of the log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit import sealing


class Command(BaseCommand):
    help = (
        "Write a new signing key for the log to PATH, readable by its owner alone, and print the public key: keep that one"
        " outside, with whoever verifies."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", help="a file that does not exist yet; only the engine's user may read it")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            public = sealing.make_key(Path(options["path"]))
        except FileExistsError as error:
            raise CommandError(f"{options['path']} exists: a key is never replaced, name another file.") from error
        except OSError as error:
            raise CommandError(f"The key could not be written: {error}") from error
        self.stdout.write(public.decode())

"""`manage.py export_library`: the whole policy library as Markdown files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.clock import db_now
from policies.operations.exchange import export_library, write_folder


class Command(BaseCommand):
    help = (
        "Write the whole policy library as Markdown files with front matter, into a folder or (a name with .zip) a zip."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("target", help="a folder, or a file ending in .zip")

    def handle(self, *args: Any, **options: Any) -> None:
        target = Path(options["target"])
        try:
            if target.suffix == ".zip":
                target.write_bytes(export_library(by=None, at=db_now()))
                self.stdout.write(f"{target} written.")
            else:
                self.stdout.write(f"{write_folder(target)} files written to {target}.")
        except OSError as error:
            raise CommandError(str(error)) from error

"""`manage.py import_library`: Markdown files into the policy library."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from core.clock import db_now
from core.errors import DomainError
from policies.operations.exchange import SAME, files_of_folder, files_of_zip, import_library


class Command(BaseCommand):
    help = (
        "Read policy files from a folder or zip. What is new becomes drafts of the person named by --by; --restore puts published"
        " versions back into a library that does not have them. Nothing is written with --dry-run, or when a file is refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", help="a folder, or a file ending in .zip")
        parser.add_argument("--dry-run", action="store_true", help="report what would happen")
        parser.add_argument("--by", default="", help="e-mail of the policy editor whose drafts they become")
        parser.add_argument("--restore", action="store_true", help="put published versions back, with their times")

    def handle(self, *args: Any, **options: Any) -> None:
        source = Path(options["source"])
        by = None
        if options["by"]:
            by = User.objects.filter(email__iexact=options["by"], is_active=True).first()
            if by is None:
                raise CommandError(f"Nobody signs in as {options['by']}.")
        try:
            files = files_of_zip(source.read_bytes()) if source.suffix == ".zip" else files_of_folder(source)
            report = import_library(
                files=files, by=by, at=db_now(), is_dry=options["dry_run"], restore=options["restore"]
            )
        except (OSError, DomainError) as error:
            raise CommandError(str(error)) from error
        for one in report.files:
            if one.outcome != SAME:
                self.stdout.write(f"{one.outcome:14} {one.path} {' '.join(one.problems)}".rstrip())
        same = sum(one.outcome == SAME for one in report.files)
        if report.refused:
            raise CommandError(f"{len(report.refused)} files cannot be taken: nothing was imported.")
        done = "would bring something" if report.is_dry else "imported"
        self.stdout.write(f"{len(report.changes)} files {done}, {same} are as they were.")

"""`manage.py load_policies`: the clauses that come with the product, into an installation."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.clock import db_now
from core.errors import DomainError
from policies.library import LibraryError
from policies.operations.library import load_library


class Command(BaseCommand):
    help = (
        "Load the policy library that comes with the product. Safe to run again: versions in force are never changed."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = load_library(at=db_now(), by=None)
        except (DomainError, LibraryError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{loaded.clauses} clauses and {loaded.versions} versions added, {loaded.unchanged} versions already here."
        )
        if loaded.differing:
            self.stdout.write(
                "Kept as stored, although the files read differently (publish a new version instead): "
                + ", ".join(loaded.differing)
            )

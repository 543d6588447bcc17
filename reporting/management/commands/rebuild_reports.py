"""`manage.py rebuild_reports`: write every fact that reports count anew, from the log and the live rows."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from reporting.models import CaseFact
from reporting.operations import facts


class Command(BaseCommand):
    help = "Write every fact that reports count anew. Figures go on meanwhile; running it twice changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        """As the engine's database role. Prints how many cases are counted."""
        facts.ask_rebuild()
        while facts.follow():
            self.stdout.write(f"  {CaseFact.objects.count()} cases", ending="\r")
        self.stdout.write(f"{CaseFact.objects.count()} cases are counted.")

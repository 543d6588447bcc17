"""`manage.py reconcile_reports --week 2026-W46`: count a week again from the events and compare it with what reports show."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.clock import db_now
from reporting.selectors.figures import Window
from reporting.selectors.reconciliation import reconcile

MOST = 50  # differences printed; all are counted


class Command(BaseCommand):
    help = "Count a week again from the events, case by case, and compare rows and figures with what reports show."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--week", help="An ISO week in UTC such as 2026-W46. The last whole one where left out.")

    def handle(self, *args: Any, week: str | None = None, **options: Any) -> None:
        """As the engine's database role. Fails where anything differs."""
        at = db_now()
        window = _week(week, at)
        found = reconcile(window, at=at)
        self.stdout.write(f"{window.start:%G-W%V}: {found.cases} cases and {found.clocks} clocks from their events")
        for key, (ours, theirs) in sorted(found.figures.items()):
            self.stdout.write(f"  {key:22} {_shown(ours):>14} {_shown(theirs):>14}")
        if found.left_out:
            self.stdout.write(f"{found.left_out} cases have newer events than the facts: run it again in a minute.")
        for each in found.differences[:MOST]:
            of = "figure" if each.case_id is None else f"case {each.case_id}"
            self.stderr.write(f"  {of}: {each.what}: {each.from_events} from events, {each.in_facts} in facts")
        if found.differences:
            raise CommandError(
                f"{len(found.differences)} differences. `manage.py rebuild_reports` writes the facts anew; what differs then is a defect."
            )
        self.stdout.write("They agree.")


def _week(text: str | None, at: datetime) -> Window:
    if text is None:
        monday = (at - timedelta(days=7 + at.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    else:
        try:
            monday = datetime.strptime(f"{text}-1", "%G-W%V-%u").replace(tzinfo=UTC)
        except ValueError as error:
            raise CommandError(f"“{text}” is no ISO week: write it as 2026-W46.") from error
    return Window(monday, monday + timedelta(days=7))


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.6g}"

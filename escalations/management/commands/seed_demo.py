"""Load the demo: `manage.py seed_demo --seed 7 --days 90 --now now`."""

from __future__ import annotations

import os
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections, transaction

from accounts.demo import PASSWORD, people
from core.clock import db_now
from escalations.demo import corners, seeding, simulator, wiping
from escalations.demo.plan import CASES, Plan, PlannedCase, make_plan


class Command(BaseCommand):
    """First the open cases and the last seven days, with progress; then the rest, yielding to other work."""

    help = "Load the demo: a fictional team with 90 days behind it, built through the operations."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=7, help="the same seed gives the same demo")
        parser.add_argument("--days", type=int, default=90, help="how many days back it goes")
        parser.add_argument("--now", default="now", help="the demo's present: now, or an ISO time")
        parser.add_argument("--cases", type=int, default=CASES, help="how many cases in all")
        parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1), help="how many write at once")
        parser.add_argument("--if-empty", action="store_true", help="do nothing where anybody is there already")
        parser.add_argument("--foreground-only", action="store_true", help="leave the older past out")
        parser.add_argument("--wiped-by", default="", help="who had the demo before this one wiped, for the log")
        parser.add_argument("--sign-ins", action="store_true", help="only print whom one may sign in as")

    def handle(self, *_: Any, **options: Any) -> None:
        if options["sign_ins"]:
            if there := people():
                lines = [f"    {person.email:<34} {PASSWORD}   {person.place}" for person in there]
                self.stdout.write("\n".join(["", "  Sign in as (address, password):", "", *lines, "", ""]))
            return
        if (before := seeding.unfinished()) is not None:
            self._finish(before)
            return
        if options["if_empty"] and seeding.is_there():
            with transaction.atomic():
                simulator.start_again(at=db_now())
            return
        if seeding.is_there():
            raise CommandError(
                "This database has people in it already. The demo wants a database of its own: name an empty one."
            )
        now = self._now(options["now"])
        made_of = {"seed": options["seed"], "days": options["days"], "cases": options["cases"], "now": now}
        plan = make_plan(**made_of)
        began = time.monotonic()
        self._told("Building the demo: people, teams, policies …")
        with transaction.atomic():
            seeding.build_stage(at=now - timedelta(days=options["days"] + 1))
            seeding.note_start(**made_of)
            if options["wiped_by"]:
                wiping.note_wipe(asked_by=options["wiped_by"], at=db_now())
        self._play(plan.first_screen(), plan, processes=options["processes"], say="the first screen of work")
        self._told(f"There is work to do after {time.monotonic() - began:.0f} s: sign in, and press n.")
        with transaction.atomic():
            simulator.start(by=None, at=db_now())
        corners.add(seeding.read_stage(), now=now)
        self._play(plan.held(), plan, processes=options["processes"], say="open cases")
        corners.add_many(now=now)
        self._told(f"The queue is complete after {time.monotonic() - began:.0f} s; the past follows in the background.")
        self._play(plan.recent(), plan, processes=options["processes"], say="the last seven days")
        if not options["foreground_only"]:
            self._rest(plan.older(), plan)

    def _finish(self, made_of: dict[str, Any]) -> None:
        """Go on with a load that was stopped: the cases that are not there yet."""
        plan = make_plan(**made_of | {"now": datetime.fromisoformat(made_of["now"])})
        missing = seeding.still_missing(plan.open_cases + plan.past)
        self.stdout.write(f"Going on with the demo: {len(missing)} cases are still to come.")
        with transaction.atomic():
            simulator.start_again(at=db_now())
        corners.add(seeding.read_stage(), now=plan.now)
        corners.add_many(now=plan.now)
        self._rest(missing, plan)

    def _rest(self, planned: list[PlannedCase], plan: Plan) -> None:
        os.nice(10)  # whoever uses the product comes first
        self._play(planned, plan, processes=1, say="the past")
        with transaction.atomic():
            seeding.note_completion(at=db_now())
        self.stdout.write("The demo is complete.")

    def _told(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _now(self, given: str) -> datetime:
        if given == "now":
            with transaction.atomic():
                return db_now().replace(microsecond=0)
        try:
            moment = datetime.fromisoformat(given)
        except ValueError:
            raise CommandError(f"--now is {given!r}: give now, or a time such as 2026-11-22T14:00+00:00.") from None
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def _play(self, planned: list[PlannedCase], plan: Plan, *, processes: int, say: str) -> None:
        shares = _shares(planned, processes)
        counted = 0
        for done in _in_processes(shares, plan.now) if len(shares) > 1 else _alone(planned, plan.now):
            counted += done
            if counted % 200 < done or counted == len(planned):
                self.stdout.write(f"  {say}: {counted} of {len(planned)}")
                self.stdout.flush()


def _shares(planned: list[PlannedCase], processes: int) -> list[list[PlannedCase]]:
    """Equal shares; the members of a cluster stay together, and open cases come first in each."""
    shares: list[list[PlannedCase]] = [[] for _ in range(max(1, processes))]
    for index, case in enumerate(planned):
        shares[(case.cluster or index) % len(shares)].append(case)
    return [share for share in shares if share]


def _alone(planned: list[PlannedCase], now: datetime) -> Iterator[int]:
    before = 0
    for done in seeding.play(planned, seeding.read_stage(), now=now):
        yield done - before
        before = done


def _in_processes(shares: list[list[PlannedCase]], now: datetime) -> Iterator[int]:
    context = get_context("fork")
    queue = context.Queue()
    connections.close_all()  # a connection must not be shared over a fork
    workers = [context.Process(target=_work, args=(share, now, queue), daemon=True) for share in shares]
    for worker in workers:
        worker.start()
    finished = 0
    while finished < len(workers):
        message = queue.get()
        if isinstance(message, str):
            raise CommandError(f"The demo could not be written: {message}")
        if message == 0:
            finished += 1
        else:
            yield message
    for worker in workers:
        worker.join()


def _work(share: list[PlannedCase], now: datetime, queue: Any) -> None:
    try:
        for done in _alone(share, now):
            queue.put(done)
        queue.put(0)
    except BaseException as error:
        queue.put(f"{type(error).__name__}: {error}")
        raise

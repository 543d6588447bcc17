"""Recurring jobs of the engine, claimed like timers: two engines or none change nothing but who runs them.

A job runs inside the transaction that claims its slot, so a crash runs it again and a finished run never twice. Slots that
passed while nothing ran are run once. Jobs are short: statements have the engine's time limits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from audit.models import Schedule
from core.clock import db_now

Work = Callable[[datetime], object]
RETRY = timedelta(seconds=60)


@dataclass(frozen=True)
class Job:
    """`work(at)` every `every_s` seconds."""

    name: str
    every_s: int
    work: Work


JOBS: dict[str, Job] = {}


def register(name: str, *, every_s: int, work: Work) -> None:
    """Add a job, from an app's `ready()`. A second one of the same name is a programming error."""
    if name in JOBS:
        raise ValueError(f"there already is a schedule called {name}")
    JOBS[name] = Job(name, every_s, work)


def ensure_rows() -> None:
    """Give every registered job its row; the first slot is now. Run by each engine at its start."""
    at = db_now()
    Schedule.objects.bulk_create(
        [Schedule(name=job.name, every_s=job.every_s, next_at=at) for job in JOBS.values()], ignore_conflicts=True
    )


def run_soon(name: str) -> None:
    """Let a job's next slot be now, whatever its pace. Several engines may ask; it runs once."""
    Schedule.objects.filter(name=name).update(next_at=db_now())


def run_due(limit: int = 500) -> int:
    """Run the jobs whose slot has come; answers how many ran or failed. A job that fails is tried again within a minute."""
    done = 0
    while done < limit and _run_one():
        done += 1
    return done


def _run_one() -> bool:
    with transaction.atomic():
        at = db_now()
        due = Schedule.objects.filter(name__in=JOBS, next_at__lte=at).order_by("next_at", "id")
        schedule = due.select_for_update(skip_locked=True).first()
        if schedule is None:
            return False
        job = JOBS[schedule.name]
        every = timedelta(seconds=job.every_s)
        try:
            with transaction.atomic():
                job.work(at)
        except Exception as error:  # one job must not stop the others; the row shows what happened
            structlog.get_logger(__name__).exception("schedule_failed", schedule=job.name)
            schedule.last_error = f"{type(error).__name__}: {error}"[:500]
            schedule.next_at = at + min(every, RETRY)
        else:
            schedule.last_error = ""
            schedule.last_run_at = at
            schedule.next_at = at + every
        schedule.every_s = job.every_s
        schedule.save(update_fields=["every_s", "next_at", "last_run_at", "last_error"])
    return True

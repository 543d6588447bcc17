"""Recurring jobs of the engine, claimed like timers: two engines or none change nothing but who runs them.

Slots lie on a grid of the job's pace. A job runs inside the transaction that claims its slot and notes that it was run, so a
crash runs it again and a finished slot never twice. Of slots that passed while nothing ran the latest is run, or each of them
where the job says so. Jobs are short: statements have the engine's time limits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import IntegrityError, transaction

from audit.models import Schedule, ScheduleRun
from core import engine, faults
from core.clock import db_now

Work = Callable[[datetime], object]
RETRY = timedelta(seconds=60)
KEPT = timedelta(days=2)  # how long it is known which slots were run; longer than the longest pace


@dataclass(frozen=True)
class Job:
    """`work(at)` every `every_s` seconds. With `each` every slot that was missed is run, and `at` is the slot's own time."""

    name: str
    every_s: int
    work: Work
    each: bool = False


JOBS: dict[str, Job] = {}


def register(name: str, *, every_s: int, work: Work, each: bool = False) -> None:
    """Add a job, from an app's `ready()`. A second one of the same name is a programming error."""
    if name in JOBS:
        raise ValueError(f"there already is a schedule called {name}")
    JOBS[name] = Job(name, every_s, work, each)


def ensure_rows() -> None:
    """Give every registered job its row; the first slot is now. Run by each engine at its start."""
    at = db_now()
    Schedule.objects.bulk_create(
        [Schedule(name=job.name, every_s=job.every_s, next_at=at) for job in JOBS.values()], ignore_conflicts=True
    )


def run_soon(name: str) -> None:
    """Let a job's next slot be now, whatever its pace. Several engines may ask; it runs once."""
    Schedule.objects.filter(name=name).update(next_at=db_now(), slot_at=None)


def run_due(limit: int = 500) -> int:
    """Run the jobs whose slot has come; answers how many ran or failed. A job that fails is tried again within a minute."""
    done = 0
    while done < limit and not engine.is_stopping() and _run_one():
        done += 1
        engine.progress()
    return done


def _run_one() -> bool:
    with transaction.atomic():
        at = db_now()
        due = Schedule.objects.filter(name__in=JOBS, next_at__lte=at).order_by("next_at", "id")
        schedule = due.select_for_update(skip_locked=True).first()
        if schedule is None:
            return False
        faults.point("schedule_claimed")
        job = JOBS[schedule.name]
        slot_at = _slot(schedule, job, at)
        try:
            with transaction.atomic():
                if _is_first(job, slot_at, at):
                    job.work(slot_at if job.each else at)
        except Exception as error:  # one job must not stop the others; the row shows what happened
            structlog.get_logger(__name__).exception("schedule_failed", schedule=job.name)
            schedule.last_error = f"{type(error).__name__}: {error}"[:500]
            schedule.slot_at, schedule.next_at = slot_at, at + min(timedelta(seconds=job.every_s), RETRY)
        else:
            schedule.last_error = ""
            schedule.last_run_at = at
            schedule.slot_at, schedule.next_at = None, slot_at + timedelta(seconds=job.every_s)
        schedule.every_s = job.every_s
        schedule.save(update_fields=["every_s", "next_at", "slot_at", "last_run_at", "last_error"])
        faults.point("schedule_done")
    return True


def _slot(schedule: Schedule, job: Job, at: datetime) -> datetime:
    """The slot to run at `at`: the one that waits, or the latest since where not each of them is wanted."""
    waits = schedule.slot_at or schedule.next_at
    every = timedelta(seconds=job.every_s)
    return waits if job.each else waits + (at - waits) // every * every


def _is_first(job: Job, slot_at: datetime, at: datetime) -> bool:
    """Note that the slot is run; False where that was done already, by whoever had the schedule before it was set back."""
    try:
        with transaction.atomic():
            ScheduleRun.objects.create(name=job.name, slot_at=slot_at, ran_at=at)
    except IntegrityError:
        return False
    return True


def forget_runs(at: datetime) -> None:
    """Remove the notes of slots that were run over two days before `at` (aware UTC)."""
    ScheduleRun.objects.filter(slot_at__lt=at - KEPT).delete()

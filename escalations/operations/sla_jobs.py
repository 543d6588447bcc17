"""Applying an edition to open clocks as a job: ordered by a person, worked off by the engine, stopped by a person (sla.md §3.6)."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Compartment, User
from core import engine
from core.clock import db_now
from core.errors import DomainError
from escalations.models import SlaClock, SlaJob, SlaPlan, SlaPlanVersion
from escalations.operations.routing import as_internal
from escalations.operations.sla_apply import BATCH, apply_calendar, apply_plan
from escalations.operations.sla_plans import check_may_edit
from escalations.selectors.sla_preview import open_clocks
from oncall.models import Calendar, CalendarVersion
from oncall.selectors.calendars import version_in_force

IDLE_S = 5
MOST_IDLE_RUNS = 60  # five minutes of nothing but cases that people hold


class NothingToApply(DomainError):
    """No open clock stands on an earlier edition, or the newest edition is not in force yet, or it is being applied."""

    code = "nothing_to_apply"
    title = "There is nothing to apply"


def stale_of_plan(plan: SlaPlan) -> QuerySet[SlaClock]:
    """Open clocks on an earlier version of a plan than its newest."""
    newest = SlaPlanVersion.objects.filter(plan=plan).order_by("-number").first()
    return open_clocks().filter(target__version__plan=plan).exclude(target__version=newest)


def stale_of_calendar(calendar: Calendar) -> QuerySet[SlaClock]:
    """Open clocks on an earlier version of a calendar than its newest."""
    newest = CalendarVersion.objects.filter(calendar=calendar).order_by("-number").first()
    return open_clocks().filter(calendar_version__calendar=calendar).exclude(calendar_version=newest)


def count_stale(about: SlaPlan | Calendar, *, by: User) -> int:
    """How many open clocks an order would concern, restricted cases included: a figure, no names."""
    rows = stale_of_plan(about) if isinstance(about, SlaPlan) else stale_of_calendar(about)
    with transaction.atomic(), as_internal(by.organization_id, list(Compartment.values)):
        return rows.count()


@transaction.atomic
def order_apply(about: SlaPlan | Calendar, *, by: User, at: datetime) -> SlaJob:
    """Let the engine apply the newest edition of a plan or calendar to open clocks. `at` is aware UTC.

    Locks the plan or calendar. Each batch records what `apply_plan` and `apply_calendar` record. Raises `NotPermitted`,
    `NothingToApply`.
    """
    check_may_edit(by)
    type(about)._default_manager.select_for_update().get(pk=about.pk)
    running = SlaJob.objects.filter(state=SlaJob.State.RUNNING)
    is_plan = isinstance(about, SlaPlan)
    if (running.filter(plan_id=about.pk) if is_plan else running.filter(calendar_id=about.pk)).exists():
        raise NothingToApply(_("It is being applied already."))
    if isinstance(about, Calendar):
        newest = about.versions.order_by("-number").first()
        if newest is None or version_in_force(about.key, at).pk != newest.pk:
            raise NothingToApply(_("The newest version is not in force yet: apply it then."))
    count = count_stale(about, by=by)
    if not count:
        raise NothingToApply(_("No open clock stands on an earlier version."))
    return SlaJob.objects.create(
        plan=about if isinstance(about, SlaPlan) else None,
        calendar=about if isinstance(about, Calendar) else None,
        asked_by=by,
        asked_at=at,
        total=count,
        left=count,
        next_at=at,
    )


@transaction.atomic
def stop_job(*, job_id: int, by: User, at: datetime) -> SlaJob:
    """End a running job between two batches; what was applied stays. `at` is aware UTC. Raises `NotPermitted`."""
    check_may_edit(by)
    job = SlaJob.objects.select_for_update().get(pk=job_id)
    if job.state == SlaJob.State.RUNNING:
        job.state, job.ended_at = SlaJob.State.STOPPED, at
        job.save(update_fields=["state", "ended_at"])
    return job


def run_jobs(limit: int = 20) -> int:
    """Work off one batch of each job whose turn it is; answers how many batches were done. A claim of the engine."""
    done = 0
    while done < limit and not engine.is_stopping() and _run_one():
        engine.progress()
        done += 1
    return done


@transaction.atomic
def _run_one() -> bool:
    at = db_now()
    due = SlaJob.objects.filter(state=SlaJob.State.RUNNING, next_at__lte=at).order_by("next_at", "id")
    job = due.select_for_update(skip_locked=True, of=("self",)).select_related("asked_by").first()
    if job is None:
        return False
    try:
        with transaction.atomic():
            if job.plan_id:
                applied = apply_plan(plan_id=job.plan_id, by=job.asked_by, at=at, limit=BATCH)
            else:
                assert job.calendar_id is not None
                applied = apply_calendar(calendar_id=job.calendar_id, by=job.asked_by, at=at, limit=BATCH)
    except Exception as error:  # whoever lost the right meanwhile, or a fault: the row shows it, the engine goes on
        structlog.get_logger(__name__).exception("sla_job_failed", job=job.pk)
        job.state, job.ended_at, job.last_error = SlaJob.State.FAILED, at, f"{type(error).__name__}: {error}"[:300]
        job.save()
        return True
    job.changed += applied.changed
    job.missed += applied.missed
    job.left = applied.left
    job.idle_runs = 0 if applied.changed else job.idle_runs + 1
    job.next_at = at if applied.changed else at + timedelta(seconds=IDLE_S)
    if not applied.left or job.idle_runs >= MOST_IDLE_RUNS:
        job.state, job.ended_at = SlaJob.State.DONE, at
    job.save()
    return True

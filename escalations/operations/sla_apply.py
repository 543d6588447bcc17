"""Letting open clocks follow an edition of a plan or calendar, a named person's act in batches; switching plans off (sla.md §3.6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.models import Compartment, User
from audit.recording import record
from escalations import events
from escalations.lifecycle import ClockState
from escalations.models import Case, SlaClock, SlaPlan, SlaPlanVersion
from escalations.operations import clocks, ordering
from escalations.operations.clock_writing import Changes, Kind, write_many
from escalations.operations.routing import as_internal
from escalations.operations.sla_plans import check_may_edit, checked_name, checked_position, organization_of
from escalations.selectors.clocks import target_facts, target_id_in
from escalations.selectors.sla_plans import forget, plans_in_force
from escalations.selectors.sla_preview import open_clocks
from oncall.models import Calendar, CalendarVersion

BATCH = 200
_CHUNK = 500


@dataclass(frozen=True)
class Applied:
    """`changed` clocks follow the newest edition, of these `missed` by that; `left` still stand on an older one."""

    changed: int
    missed: int
    left: int


def apply_plan(*, plan_id: int, by: User, at: datetime, limit: int = BATCH) -> Applied:
    """Let the open clocks of a plan follow its newest version: one batch of at most `limit` cases; call it until none is left.

    `at` is aware UTC. Start and use are kept; response clocks get grace; a target that is gone cancels. Locks the cases (those a
    person holds at this moment are left for the next call). Records `sla_plan.applied`. Raises `NotPermitted`,
    `SlaPlan.DoesNotExist`.
    """
    check_may_edit(by)
    plan = SlaPlan.objects.get(pk=plan_id)
    newest = SlaPlanVersion.objects.filter(plan=plan).order_by("-number").first()
    if newest is None:
        return Applied(0, 0, 0)
    stale = open_clocks().filter(target__version__plan=plan).exclude(target__version=newest)
    return _apply(stale, newest.pk, about=plan, label=f"{plan.name} {newest.number}", by=by, at=at, limit=limit)


def apply_calendar(*, calendar_id: int, by: User, at: datetime, limit: int = BATCH) -> Applied:
    """Let the open clocks on a calendar follow its newest version, as `apply_plan`. Raises `Calendar.DoesNotExist`."""
    check_may_edit(by)
    calendar = Calendar.objects.get(pk=calendar_id)
    newest = CalendarVersion.objects.filter(calendar=calendar).order_by("-number").first()
    if newest is None:
        return Applied(0, 0, 0)
    stale = open_clocks().filter(calendar_version__calendar=calendar).exclude(calendar_version=newest)
    return _apply(stale, None, about=calendar, label=f"{calendar.key}@{newest.number}", by=by, at=at, limit=limit)


@transaction.atomic
def _apply(
    stale: QuerySet[SlaClock],
    version_id: int | None,
    *,
    about: SlaPlan | Calendar,
    label: str,
    by: User,
    at: datetime,
    limit: int,
) -> Applied:
    forget()  # what another process published a moment ago must be known here
    with as_internal(by.organization_id, list(Compartment.values)):
        case_ids = stale.order_by("object_id").values_list("object_id", flat=True).distinct()[:limit]
        locked = Case.objects.filter(pk__in=list(case_ids)).order_by("pk")
        cases = {case.pk: case for case in locked.select_for_update(no_key=True, skip_locked=True, of=("self",))}
        rows = stale.filter(object_id__in=cases).order_by("pk").select_for_update(of=("self",))
        by_case: dict[int, list[SlaClock]] = {}
        for clock in rows:
            by_case.setdefault(clock.object_id, []).append(clock)
        many = [
            _follow(cases[case_id], found, version_id, label=label, by=by, at=at) for case_id, found in by_case.items()
        ]
        changed = write_many(many)
        for changes in many:
            ordering.reorder(cases[changes.owner.pk], at=at)
        if many:
            Case.objects.bulk_update([cases[changes.owner.pk] for changes in many], ordering.FIELDS, batch_size=500)
        left = stale.count()
    missed = sum(clock.missed_at == at and clock.state != ClockState.CANCELLED for clock in changed)
    if changed:
        kind = events.SLA_PLAN_APPLIED if isinstance(about, SlaPlan) else events.CALENDAR_APPLIED
        record(
            kind,
            subject=about,
            by=by,
            at=at,
            data={"edition": label, "changed": len(changed), "missed": missed, "left": left},
            organization_id=by.organization_id,
        )
    return Applied(len(changed), missed, left)


def _follow(case: Case, rows: list[SlaClock], version_id: int | None, *, label: str, by: User, at: datetime) -> Changes:
    """The clocks of one case on their new targets, not yet written. `version_id` None: only the calendar has a new edition."""
    changes = Changes(case, at=at, by=by, cause=f"applied {label}")
    in_force = plans_in_force().calendars
    for held in changes.hold(rows):
        clock = held.clock
        changes.evaluate(held)
        before = target_facts(clock.target_id)
        target_id = clock.target_id
        if version_id is not None:
            target_id = target_id_in(version_id, clock.metric, case.clock_severity)
        if target_id is None:
            changes.note(held, Kind.CANCEL, at=at, cause=clocks.DETACHED)
            clock.cancelled_why = clocks.DETACHED
            continue
        calendar_id = target_facts(target_id).calendar_id
        keeps = version_id is not None and calendar_id == before.calendar_id
        calendar_version_id = clock.calendar_version_id if keeps else in_force[calendar_id]
        clocks.retarget_one(changes, held, target_id, calendar_version_id)
    return changes


@transaction.atomic
def change_plan(
    *,
    plan_id: int,
    by: Actor,
    at: datetime,
    name: str | None = None,
    position: int | None = None,
    is_active: bool | None = None,
) -> SlaPlan:
    """Rename a plan, change its place among the plans, or switch it off or on. What is None stays.

    `at` is aware UTC. A plan that is switched off lets go of its open clocks in this transaction, timers included: they move to
    the plan that takes their case now, or are cancelled as detached, so that nothing of it warns any more (sla.md §3.6). A new
    place concerns new cases alone. Locks the plan and the cases; records `sla_plan.changed`. Raises `Invalid`, `NotPermitted`,
    `SlaPlan.DoesNotExist`.
    """
    check_may_edit(by)
    plan = SlaPlan.objects.select_for_update().get(pk=plan_id)
    was_active = plan.is_active
    if name is not None:
        plan.name = checked_name(name, plan)
    if position is not None:
        plan.position = checked_position(position)
    if is_active is not None:
        plan.is_active = is_active
    plan.save(update_fields=["name", "position", "is_active"])
    moved = 0
    if was_active and not plan.is_active:
        forget()
        moved = _let_go(plan, by=by, at=at)
    record(
        events.SLA_PLAN_CHANGED,
        subject=plan,
        by=by,
        at=at,
        data={"name": plan.name, "position": plan.position, "is_active": plan.is_active, "clocks": moved},
        organization_id=organization_of(by),
    )
    transaction.on_commit(forget)
    return plan


def _let_go(plan: SlaPlan, *, by: Actor, at: datetime) -> int:
    """Move or cancel every open clock of a plan that is off; answers how many."""
    moved = 0
    with as_internal(organization_of(by), list(Compartment.values)):
        while True:
            standing = open_clocks().filter(target__version__plan=plan)
            case_ids = list(standing.order_by("object_id").values_list("object_id", flat=True).distinct()[:_CHUNK])
            if not case_ids:
                return moved
            locked = Case.objects.filter(pk__in=case_ids).order_by("pk").select_for_update(no_key=True, of=("self",))
            changed = clocks.rematch(list(locked), at=at, by=by, cause="plan switched off")
            if not changed:
                return moved
            moved += len(changed)

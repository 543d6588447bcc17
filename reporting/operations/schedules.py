"""Reports that are mailed by themselves: set up, changed, paused, removed; whose slot has come (ux.md REP-8).

A slot is a local time of a day in the recipient's zone. It is planned once, by the row of mailings that it makes; of slots that passed
while nothing ran only the latest is made.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organization, User
from audit.recording import record
from core import engine
from core.clock import db_now
from core.errors import DomainError, FieldProblem, Invalid, StaleRevision
from core.shapes import is_blank
from escalations.filters import compile_filter
from reporting import events, pages, permissions
from reporting.lifecycle import ScheduleFormat, SchedulePace, ScheduleState
from reporting.models import Mailing, ReportSchedule, ScheduleRecipient
from reporting.selectors import kept

NAME_MOST, WHERE_MOST, PEOPLE_MOST = 80, 600, 50
DAYS = (1, 7, 14, 28, 91, 182, 364)  # how far back a scheduled report may reach


@dataclass(frozen=True)
class Plan:
    """What a schedule is to be; see `ReportSchedule` for the meaning of the fields."""

    name: str
    page: str
    where: str
    days: int
    pace: str
    weekday: int
    day: int
    local_at: time
    format: str
    language: str
    people: Collection[int]


class ScheduleGone(DomainError):
    """The schedule was removed."""

    code = "schedule_gone"
    title = "This schedule was removed"


# -- When --------------------------------------------------------------------------------------------------------------
def next_slot(schedule: ReportSchedule, zone: str, *, after: datetime) -> datetime:
    """The first slot of `schedule` after `after` (both aware UTC) by the clocks of `zone` (IANA).

    A local time that a change of clocks skips is the same distance after midnight as clocks stood before; one that comes twice is
    the first of the two.
    """
    there = ZoneInfo(zone)
    day = after.astimezone(there).date() - timedelta(days=1)
    while True:
        if _is_day(schedule, day):
            slot = datetime.combine(day, schedule.local_at, there).astimezone(UTC)
            if slot > after:
                return slot
        day += timedelta(days=1)


def _is_day(schedule: ReportSchedule, day: date) -> bool:
    if schedule.pace == SchedulePace.WEEKLY:
        return day.isoweekday() == schedule.weekday
    return day.day == schedule.day


def plan_due(limit: int = 500) -> int:
    """Turn slots that have come into mailings; answers how many. Safe on several engines at once, and after being away."""
    done = 0
    while done < limit and not engine.is_stopping() and _plan_next():
        done += 1
        engine.progress()
    return done


def _plan_next() -> bool:
    with transaction.atomic():
        at = db_now()
        # Uses index: schedule_recipient_by_next
        due = (
            ScheduleRecipient.objects.filter(next_at__lte=at, schedule__state=ScheduleState.ACTIVE)
            .select_related("schedule", "user")
            .order_by("next_at", "id")
            .select_for_update(skip_locked=True, of=("self",))
            .first()
        )
        if due is None:
            return False
        zone = due.user.time_zone
        slot_at, following = due.next_at, next_slot(due.schedule, zone, after=due.next_at)
        while following <= at:
            slot_at, following = following, next_slot(due.schedule, zone, after=following)
        Mailing.objects.bulk_create(
            [
                Mailing(
                    organization_id=due.organization_id,
                    user_id=due.user_id,
                    schedule_id=due.schedule_id,
                    slot_at=slot_at,
                    next_at=at,
                    created_at=at,
                )
            ],
            ignore_conflicts=True,
        )
        due.next_at = following
        due.save(update_fields=["next_at"])
    return True


# -- Keeping -----------------------------------------------------------------------------------------------------------
@transaction.atomic
def make_schedule(*, plan: Plan, by: User, at: datetime) -> ReportSchedule:
    """Have a report page mailed. `at` aware UTC. Records `report_schedule.made`. Raises `NotPermitted`, `Invalid` with every problem."""
    permissions.check_can_see_reports(by)
    _check(plan, by, at, already=frozenset())
    schedule = ReportSchedule.objects.create(
        organization_id=by.organization_id, made_by=by, created_at=at, **_values(plan)
    )
    _set_people(schedule, plan.people, at, is_anew=True)
    record(events.SCHEDULE_MADE, subject=schedule, by=by, at=at, data=_data(plan))
    return schedule


@transaction.atomic
def change_schedule(*, schedule_id: int, revision: int, plan: Plan, by: User, at: datetime) -> ReportSchedule:
    """Change what a schedule is; slots to come follow at once. `at` aware UTC.

    Locks the schedule. Records `report_schedule.changed`. Raises `NotPermitted`, `ScheduleGone`, `StaleRevision`, `Invalid`.
    """
    schedule = _kept(schedule_id, by)
    if schedule.revision != revision:
        raise StaleRevision(
            _("Somebody changed the schedule since you opened it."), current=schedule.revision, given=revision
        )
    already = frozenset(schedule.recipients.values_list("user_id", flat=True))
    _check(plan, by, at, already=already)
    for name, value in _values(plan).items():
        setattr(schedule, name, value)
    schedule.revision += 1
    schedule.save()
    _set_people(schedule, plan.people, at, is_anew=True)
    record(events.SCHEDULE_CHANGED, subject=schedule, by=by, at=at, data=_data(plan))
    return schedule


@transaction.atomic
def pause(*, schedule_id: int, by: User, at: datetime) -> ReportSchedule:
    """Mail nothing until it is resumed; slots meanwhile are lost. `at` aware UTC. Records `report_schedule.paused`."""
    schedule = _kept(schedule_id, by)
    if schedule.state == ScheduleState.ACTIVE:
        _set_state(schedule, ScheduleState.PAUSED)
        record(events.SCHEDULE_PAUSED, subject=schedule, by=by, at=at)
    return schedule


@transaction.atomic
def resume(*, schedule_id: int, by: User, at: datetime) -> ReportSchedule:
    """Mail again, from the next slot after `at` (aware UTC) on. Records `report_schedule.resumed`."""
    schedule = _kept(schedule_id, by)
    if schedule.state == ScheduleState.PAUSED:
        _set_state(schedule, ScheduleState.ACTIVE)
        people = list(schedule.recipients.values_list("user_id", flat=True))
        _set_people(schedule, people, at, is_anew=True)
        record(events.SCHEDULE_RESUMED, subject=schedule, by=by, at=at)
    return schedule


@transaction.atomic
def remove(*, schedule_id: int, by: User, at: datetime) -> ReportSchedule:
    """End a schedule for good; its log stays. `at` aware UTC. Records `report_schedule.removed`."""
    schedule = _kept(schedule_id, by)
    _set_state(schedule, ScheduleState.REMOVED)
    record(events.SCHEDULE_REMOVED, subject=schedule, by=by, at=at)
    return schedule


@transaction.atomic
def leave(*, schedule_id: int, by: User, at: datetime) -> None:
    """Get a scheduled report no more, whoever made it. `at` aware UTC. Records `report_schedule.changed`."""
    schedule = ReportSchedule.objects.select_for_update(of=("self",)).get(pk=schedule_id)
    if schedule.recipients.filter(user=by).delete()[0]:
        left = {"page": schedule.page, "people": schedule.recipients.count()}
        record(events.SCHEDULE_CHANGED, subject=schedule, by=by, at=at, data=left)


# -- Small parts -------------------------------------------------------------------------------------------------------
def _kept(schedule_id: int, by: User) -> ReportSchedule:
    schedule = ReportSchedule.objects.select_for_update(of=("self",)).get(pk=schedule_id)
    permissions.check_can_keep_schedule(by, schedule)
    if schedule.state == ScheduleState.REMOVED:
        raise ScheduleGone
    return schedule


def _set_state(schedule: ReportSchedule, state: ScheduleState) -> None:
    schedule.state = state
    schedule.revision += 1
    schedule.save(update_fields=["state", "revision"])


def _set_people(schedule: ReportSchedule, people: Collection[int], at: datetime, *, is_anew: bool) -> None:
    """Let exactly these get it; `is_anew` computes everybody's next slot from now."""
    schedule.recipients.exclude(user_id__in=people).delete()
    for person in User.objects.filter(pk__in=people):
        slot = next_slot(schedule, person.time_zone, after=at)
        ScheduleRecipient.objects.update_or_create(
            schedule=schedule,
            user=person,
            defaults={"next_at": slot} if is_anew else {},
            create_defaults={"organization_id": person.organization_id, "next_at": slot},
        )


def _values(plan: Plan) -> dict[str, Any]:
    return {
        "name": " ".join(plan.name.split()),
        "page": plan.page,
        "where": plan.where.strip(),
        "days": plan.days,
        "pace": plan.pace,
        "weekday": plan.weekday,
        "day": plan.day,
        "local_at": plan.local_at,
        "format": plan.format,
        "language": plan.language,
    }


def _data(plan: Plan) -> dict[str, Any]:
    return {"page": plan.page, "pace": plan.pace, "format": plan.format, "people": len(set(plan.people))}


def _check(plan: Plan, by: User, at: datetime, *, already: frozenset[int]) -> None:
    """Raises `Invalid` with all that is wrong with a plan."""
    problems: list[FieldProblem] = []

    def wrong(name: str, code: str, detail: str) -> None:
        problems.append(FieldProblem(f"/{name}", code, detail))

    if is_blank(plan.name) or len(plan.name) > NAME_MOST:
        wrong("name", "required", _("Give a name of at most %(n)d characters.") % {"n": NAME_MOST})
    page, saved = pages.page(plan.page), kept.saved_of(plan.page, by)
    if not (kept.can_get(by, saved) if saved is not None else page is not None and page.may(by)):
        wrong("page", "not_a_choice", _("Choose a page from the list."))
    if saved is not None and plan.where.strip():
        wrong("where", "not_here", _("A saved report brings its own filter: leave this empty, and change it there."))
    if len(plan.where) > WHERE_MOST:
        wrong("where", "too_long", _("The filter has more than %(n)d characters.") % {"n": WHERE_MOST})
    elif plan.where.strip() and not (compiled := compile_filter(plan.where, viewer=by, at=at)).is_valid:
        wrong("where", "bad_filter", "; ".join(compiled.sentences))
    for name, given, known in (
        ("pace", plan.pace, SchedulePace.values),
        ("format", plan.format, ScheduleFormat.values),
        ("days", plan.days, DAYS),
        ("weekday", plan.weekday, range(1, 8)),
        ("day", plan.day, range(1, 29)),
        ("language", plan.language, ["", *(code for code, _label in settings.LANGUAGES)]),
    ):
        if given not in known:
            wrong(name, "not_a_choice", _("Choose one of those listed."))
    people = set(plan.people)
    if not people or len(people) > PEOPLE_MOST:
        wrong("people", "required", _("Name at least one person, and at most %(n)d.") % {"n": PEOPLE_MOST})
    elif people - already - {by.pk} and not permissions.can_mail_others(by):
        wrong(
            "people",
            "not_permitted",
            _("You have reports mailed to yourself; leads and the legal desk, to others, too."),
        )
    known_people = User.objects.filter(
        pk__in=people, is_active=True, organization__kind=Organization.Kind.INTERNAL
    ).values_list("pk", flat=True)
    if people - already - set(known_people):
        wrong("people", "not_a_choice", _("Choose people of the team whose accounts are open."))
    if problems:
        raise Invalid(errors=problems)

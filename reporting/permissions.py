"""Who reads reports and writes on their time line; who reads, writes, approves and sends briefs; who may have reports mailed to whom."""

from __future__ import annotations

from typing import NoReturn

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import can
from accounts.roles import Action, Reach, Role
from core.errors import NotPermitted
from escalations.models import Queue
from reporting.models import Annotation, Brief, BriefVersion, ReportSchedule


def can_read_briefs(user: User) -> bool:
    """Whether briefs are open to `user`: internal people whose role reads them."""
    return user.is_internal and user.is_active and can(user, Action.BRIEF_READ)


def check_can_read_briefs(user: User) -> None:
    """Raises `NotPermitted`, saying who can grant it, unless `can_read_briefs`."""
    if not can_read_briefs(user):
        raise NotPermitted(
            _("Your role does not read briefs. An administrator can give you one that does."),
            rule=Action.BRIEF_READ.value,
        )


def can_write_briefs(user: User) -> bool:
    """Whether `user` writes briefs, and sends what was approved."""
    return user.is_internal and can(user, Action.BRIEF_WRITE)


def check_can_write_briefs(user: User) -> None:
    """Raises `NotPermitted` unless `can_write_briefs`."""
    if not can_write_briefs(user):
        raise NotPermitted(
            _("Briefs are written by leads, incident commanders, policy editors and the legal desk."),
            rule=Action.BRIEF_WRITE.value,
        )


def can_approve(user: User, version: BriefVersion) -> bool:
    """Whether `user` may approve this version or give it back: never who put it up, never who wrote the brief."""
    return (
        user.is_internal
        and can(user, Action.BRIEF_APPROVE)
        and user.pk not in (version.submitted_by_id, version.brief.author_id)
    )


def check_can_approve(user: User, version: BriefVersion) -> None:
    """Raises `NotPermitted` unless `can_approve`."""
    if not can_approve(user, version):
        raise NotPermitted(
            _("A brief is approved by a lead or the legal desk, and never by who wrote it."),
            rule=Action.BRIEF_APPROVE.value,
        )


def can_withdraw(user: User, brief: Brief) -> bool:
    """Its author, and whoever approves briefs."""
    return can_write_briefs(user) and (user.pk == brief.author_id or can(user, Action.BRIEF_APPROVE))


def check_can_withdraw(user: User, brief: Brief) -> None:
    """Raises `NotPermitted` unless `can_withdraw`."""
    if not can_withdraw(user, brief):
        raise NotPermitted(
            _("Only its author, a lead or the legal desk withdraws a brief."), rule=Action.BRIEF_APPROVE.value
        )


def can_mail_others(user: User) -> bool:
    """Whether `user` may have reports mailed to other people: leads and the legal desk. What they get is their own to see."""
    return user.is_internal and can(user, Action.BRIEF_APPROVE)


def can_keep_schedule(user: User, schedule: ReportSchedule) -> bool:
    """Whoever made it, and administrators (who may stop it)."""
    return user.is_internal and (user.pk == schedule.made_by_id or user.reach(Action.CONFIG_EDIT) is Reach.ALL)


def check_can_keep_schedule(user: User, schedule: ReportSchedule) -> None:
    """Raises `NotPermitted` unless `can_keep_schedule`."""
    if not can_keep_schedule(user, schedule):
        raise NotPermitted(_("Only who made a schedule changes it."), rule="report_schedule.own")


def can_see_reports(user: User) -> bool:
    """Whether the report pages are open to `user`; whose rows they count is the scope's matter (`figures.scope_of`)."""
    return user.is_internal and user.is_active and can(user, Action.REPORTS)


def check_can_see_reports(user: User) -> None:
    """Raises `NotPermitted`, saying who can grant it, unless `can_see_reports`."""
    if not can_see_reports(user):
        raise NotPermitted(
            _("Your role does not read reports. An administrator can give you one that does."),
            rule=Action.REPORTS.value,
        )


def sees_whole_vendors(user: User) -> bool:
    """Whether figures of all of a vendor's cases are theirs to read: not for who counts the queues of their teams alone."""
    return can_see_reports(user) and (user.reach(Action.REPORTS) is not Reach.OWN or user.access.sees_every_queue)


def check_sees_whole_vendors(user: User) -> None:
    """Raises `NotPermitted` unless `sees_whole_vendors`."""
    check_can_see_reports(user)
    if not sees_whole_vendors(user):
        raise NotPermitted(_("Your role does not see these reports."), rule=Action.REPORTS.value)


def refuse_empty_scope() -> NoReturn:
    """Raises `NotPermitted` for somebody whose role reads reports and who has nothing to read yet."""
    raise NotPermitted(
        _(
            "Your reports count the cases of your teams' queues, and you are in no team with a queue. Ask an administrator."
        ),
        rule=Action.REPORTS.value,
    )


def can_annotate_somewhere(user: User) -> bool:
    """Whether the button that adds a note is shown."""
    return can_see_reports(user) and can(user, Action.ANNOTATE)


def can_annotate(user: User, *, queue: Queue | None = None) -> bool:
    """Whether `user` writes on the time line: everywhere, or (an incident commander) about queues of their own team."""
    if not can_see_reports(user) or not can(user, Action.ANNOTATE):
        return False
    if user.reach(Action.ANNOTATE) is Reach.ALL:
        return True
    return queue is not None and queue.team_id in user.access.team_ids


def check_can_annotate(user: User, *, queue: Queue | None = None) -> None:
    """Raises `NotPermitted` unless `can_annotate`."""
    if not can_annotate(user, queue=queue):
        detail = (
            _("You write notes about the queues of your own team: choose one.")
            if can(user, Action.ANNOTATE)
            else _("Your role reads reports, and does not write on their time line.")
        )
        raise NotPermitted(detail, rule=Action.ANNOTATE.value)


def can_change_annotation(user: User, note: Annotation) -> bool:
    """Whoever wrote it, and leads; while they may write notes at all."""
    if not can_see_reports(user) or note.organization_id != user.organization_id:
        return False
    if user.pk == note.created_by_id and can(user, Action.ANNOTATE):
        return True
    return user.reach(Action.ANNOTATE) is Reach.ALL and Role.LEAD in user.access.roles


def check_can_change_annotation(user: User, note: Annotation) -> None:
    """Raises `NotPermitted` unless `can_change_annotation`."""
    if not can_change_annotation(user, note):
        raise NotPermitted(_("A note is changed by who wrote it, or by a lead."), rule=Action.ANNOTATE.value)

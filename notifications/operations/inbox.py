"""What people do with their notices: done, later, brought back, no more of this. Each may be taken back for a while."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core.errors import FieldProblem, Invalid, NotFound
from escalations.models import Case, UndoEntry
from escalations.operations import cases, undo
from notifications.lifecycle import Tab
from notifications.models import Mute, Notification
from notifications.operations.fan_out import signal
from notifications.rules import CASE

DONE, SNOOZE, MUTE, UNWATCH = "notice.done", "notice.snooze", "notice.mute", "notice.unwatch"
LONGEST_SNOOZE = timedelta(days=90)


@transaction.atomic
def finish(*, key: uuid.UUID, by: User, at: datetime, whole: bool = False) -> UndoEntry:
    """Be done with a notice, or with all that wait in its entry (`whole`). `at` is aware UTC.

    Raises `NotFound` for an unknown key and for another person's.
    """
    notice = _own(key, by)
    chosen = _of_entry(notice) if whole else Notification.objects.filter(pk=notice.pk, done_at__isnull=True)
    count = chosen.update(done_at=at, snoozed_until=None, read_at=Coalesce("read_at", at))
    _tell(by)
    said = ngettext("%(n)d notice done", "%(n)d notices done", count) % {"n": count}
    return undo.offer(DONE, by=by, at=at, label=said, data={"bundle": notice.bundle, "at": at.isoformat()})


@transaction.atomic
def finish_all(*, notices: QuerySet[Notification], by: User, at: datetime) -> UndoEntry:
    """Be done with all of these that are `by`'s and wait. `at` is aware UTC."""
    count = notices.filter(user=by, done_at__isnull=True).update(
        done_at=at, snoozed_until=None, read_at=Coalesce("read_at", at)
    )
    _tell(by)
    said = ngettext("%(n)d notice done", "%(n)d notices done", count) % {"n": count}
    return undo.offer(DONE, by=by, at=at, label=said, data={"bundle": "", "at": at.isoformat()})


@transaction.atomic
def bring_back(*, key: uuid.UUID, by: User, at: datetime) -> int:
    """Have the notices of an entry wait again, done or put off; answers how many. Raises `NotFound`."""
    notice = _own(key, by)
    entry = Notification.objects.filter(user=by, bundle=notice.bundle, tab=notice.tab)
    count = entry.filter(done_at__isnull=False).update(done_at=None)
    count += entry.filter(snoozed_until__gt=at).update(snoozed_until=None)
    _tell(by)
    return count


@transaction.atomic
def snooze(*, key: uuid.UUID, until: datetime, by: User, at: datetime) -> UndoEntry:
    """Put an entry off until a time ahead (aware UTC), at most 90 days. Raises `NotFound`, `Invalid`."""
    notice = _own(key, by)
    if not at < until <= at + LONGEST_SNOOZE:
        problem = _("Choose a time ahead, within 90 days.")
        raise Invalid(problem, errors=[FieldProblem("/until", "out_of_range", problem)])
    _of_entry(notice).update(snoozed_until=until)
    _tell(by)
    return undo.offer(
        SNOOZE, by=by, at=at, label=_("Put off"), data={"bundle": notice.bundle, "until": until.isoformat()}
    )


@transaction.atomic
def read(*, key: uuid.UUID, by: User, at: datetime) -> Notification:
    """Note that the person opened what an entry is about; answers the notice. Raises `NotFound`."""
    notice = _own(key, by)
    changed = Notification.objects.filter(user=by, bundle=notice.bundle, read_at__isnull=True).update(
        read_at=at, seen_at=Coalesce("seen_at", at)
    )
    if changed:
        _tell(by)
    return notice


def mark_seen(notices: Iterable[Notification], *, at: datetime) -> None:
    """Note that these stood on a screen at `at` (aware UTC)."""
    new = [notice.pk for notice in notices if notice.seen_at is None]
    if new:
        Notification.objects.filter(pk__in=new, seen_at__isnull=True).update(seen_at=at)


@transaction.atomic
def mute(*, key: uuid.UUID, by: User, at: datetime) -> UndoEntry:
    """Hear nothing more of the object, except what names the person and what must be heard. Raises `NotFound`."""
    notice = _own(key, by)
    Mute.objects.get_or_create(
        user=by,
        subject_type=notice.subject_type,
        subject_id=notice.subject_id,
        defaults={"organization_id": by.organization_id, "created_at": at},
    )
    said = _("Muted %(ref)s") % {"ref": notice.subject_ref}
    data = {"subject_type": notice.subject_type, "subject_id": notice.subject_id}
    return undo.offer(MUTE, by=by, at=at, label=said, data=data)


@transaction.atomic
def unwatch(*, key: uuid.UUID, by: User, at: datetime) -> UndoEntry:
    """Watch the case of a notice no more. Records `case.unwatched`. Raises `NotFound`, also for a case no longer seen."""
    notice = _own(key, by)
    case = Case.objects.visible_to(by).filter(pk=notice.subject_id).first() if notice.subject_type == CASE else None
    if case is None:
        raise NotFound
    cases.unwatch_case(case_id=case.pk, by=by, at=at)
    return undo.offer(
        UNWATCH, by=by, at=at, label=_("You no longer watch %(ref)s") % {"ref": case.ref}, data={"case_id": case.pk}
    )


@transaction.atomic
def unmute(*, mute_id: int, by: User) -> None:
    """Hear of the object again. Another person's mute is left alone."""
    Mute.objects.filter(pk=mute_id, user=by).delete()


def _own(key: uuid.UUID, by: User) -> Notification:
    notice = Notification.objects.visible_to(by).filter(public_id=key).first()
    if notice is None:
        raise NotFound
    return notice


def _of_entry(notice: Notification) -> QuerySet[Notification]:
    return Notification.objects.filter(
        user_id=notice.user_id, bundle=notice.bundle, tab=Tab(notice.tab), done_at__isnull=True
    )


def _tell(by: User) -> None:
    transaction.on_commit(lambda: signal([by.pk]), robust=True)


def _take_back_done(data: undo.Data, by: User, at: datetime) -> None:
    found = Notification.objects.filter(user=by, done_at=parse_datetime(data["at"]))
    (found.filter(bundle=data["bundle"]) if data["bundle"] else found).update(done_at=None)
    _tell(by)


def _take_back_snooze(data: undo.Data, by: User, at: datetime) -> None:
    until = parse_datetime(data["until"])
    Notification.objects.filter(user=by, bundle=data["bundle"], snoozed_until=until).update(snoozed_until=None)
    _tell(by)


def _take_back_mute(data: undo.Data, by: User, at: datetime) -> None:
    Mute.objects.filter(user=by, subject_type=data["subject_type"], subject_id=data["subject_id"]).delete()


def _take_back_unwatch(data: undo.Data, by: User, at: datetime) -> None:
    case = Case.objects.visible_to(by).filter(pk=data["case_id"]).first()
    if case is not None:
        cases.watch_case(case_id=case.pk, by=by, at=at)


undo.on(DONE, _take_back_done)
undo.on(SNOOZE, _take_back_snooze)
undo.on(MUTE, _take_back_mute)
undo.on(UNWATCH, _take_back_unwatch)

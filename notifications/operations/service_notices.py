"""Notices to every vendor: made, shown for a time, taken down."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import check_can
from accounts.roles import Action
from audit.recording import record
from core.errors import FieldProblem, Invalid
from notifications import events
from notifications.models import ServiceNotice

MOST_SHOWN = 5


def shown_at(at: datetime) -> QuerySet[ServiceNotice]:
    """What vendors read at `at` (aware UTC), the newest first; five at most."""
    holding = ServiceNotice.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), starts_at__lte=at)
    return holding.order_by("-starts_at", "-id")[:MOST_SHOWN]


@transaction.atomic
def make(
    *, title: str, body: str, starts_at: datetime | None, ends_at: datetime | None, by: User, at: datetime
) -> ServiceNotice:
    """Tell every vendor something, from `starts_at` (None: now) until `ends_at` (None: until it is taken down). Aware UTC.

    Records `service_notice.made`. Raises `Invalid`, `NotPermitted`.
    """
    check_can(by, Action.ROUTING_EDIT)
    starts_at = starts_at or at
    if ends_at is not None and ends_at <= max(starts_at, at):
        raise Invalid(errors=[FieldProblem("/ends_at", "reversed", _("Choose an end after the beginning, to come."))])
    notice = ServiceNotice.objects.create(
        title=" ".join(title.split()), body=body.strip(), starts_at=starts_at, ends_at=ends_at, made_by=by, made_at=at
    )
    data = {"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat() if ends_at else None}
    record(events.SERVICE_NOTICE_MADE, subject=notice, by=by, at=at, data=data, organization_id=by.organization_id)
    return notice


@transaction.atomic
def end(*, notice_id: int, by: User, at: datetime) -> ServiceNotice:
    """Take a notice down now; one that is over stays as it is. `at` aware UTC. Records `service_notice.ended`."""
    check_can(by, Action.ROUTING_EDIT)
    notice = ServiceNotice.objects.select_for_update().get(pk=notice_id)
    if notice.ends_at is None or notice.ends_at > at:
        notice.ends_at, notice.starts_at = at, min(notice.starts_at, at)
        notice.save(update_fields=["starts_at", "ends_at"])
        record(events.SERVICE_NOTICE_ENDED, subject=notice, by=by, at=at, organization_id=by.organization_id)
    return notice

"""The budget of opening victims' identities: noticed at thirty an hour, stopped at a hundred (reliability.md T14)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.models import AccessRecord, Event
from audit.recording import record
from core.errors import TooManyRequests
from escalations import events

ALARM_AT, STOP_AT = 30, 100  # within an hour, by one person
HOUR = timedelta(hours=1)
WHAT = "pii.victim"


def check_budget(*, by: User, at: datetime) -> None:
    """Raises `TooManyRequests` where `by` opened a hundred within the hour before `at` (aware UTC)."""
    if _opened(by, at) >= STOP_AT:
        raise TooManyRequests(_("You have opened many identities this hour. Ask your lead."), retry_after_s=3600)


@transaction.atomic
def notice_many(*, by: User, at: datetime) -> bool:
    """Tell the legal desk and auditors, once an hour, that `by` opened thirty. Call it after the look was written down.

    `at` is aware UTC. Records `identities.many_opened`; answers whether it did.
    """
    count = _opened(by, at)
    if count < ALARM_AT:
        return False
    # Uses index: event_of_subject
    said = Event.objects.filter(subject_type=by._meta.label_lower, subject_id=by.pk, kind=events.IDENTITIES_MANY_OPENED)
    if said.filter(at__gt=at - HOUR).exists():
        return False
    record(events.IDENTITIES_MANY_OPENED, subject=by, by=by, at=at, data={"count": count})
    return True


def _opened(by: User, at: datetime) -> int:
    # Uses index: access_by_actor
    looks = AccessRecord.objects.filter(actor_kind=by.actor_kind, actor_id=by.pk, what=WHAT, at__gt=at - HOUR)
    return looks.count()

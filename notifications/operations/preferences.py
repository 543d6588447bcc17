"""What people want to hear, how, and when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import check_can
from accounts.roles import Action
from audit.recording import record
from core.errors import FieldProblem, Invalid, NotFound
from notifications import events
from notifications.lifecycle import EventClass, Mode
from notifications.models import DutyMember, Preference, Timing


@transaction.atomic
def choose(*, by: User, choices: Mapping[tuple[EventClass, str], Mode]) -> None:
    """Keep the person's choice for each class and channel given."""
    Preference.objects.bulk_create(
        [
            Preference(organization_id=by.organization_id, user=by, event_class=event_class, channel=channel, mode=mode)
            for (event_class, channel), mode in choices.items()
        ],
        update_conflicts=True,
        unique_fields=["user", "event_class", "channel"],
        update_fields=["mode"],
    )


@transaction.atomic
def set_timing(
    *, by: User, quiet_from: time | None, quiet_until: time | None, quiet_days: list[int], digest_at: time
) -> Timing:
    """Keep quiet hours (local wall times; both or none) and the digest's time. Raises `Invalid` for half of a pair."""
    if (quiet_from is None) != (quiet_until is None):
        problem = _("Give both ends of the quiet hours, or neither.")
        raise Invalid(problem, errors=[FieldProblem("/quiet_until", "both_or_none", problem)])
    if quiet_from is not None and quiet_from == quiet_until:
        problem = _("Quiet hours need an end that differs from their beginning.")
        raise Invalid(problem, errors=[FieldProblem("/quiet_until", "same_as_start", problem)])
    return Timing.objects.update_or_create(
        user=by,
        defaults={
            "organization_id": by.organization_id,
            "quiet_from": quiet_from,
            "quiet_until": quiet_until,
            "quiet_days": sorted(set(quiet_days)),
            "digest_at": digest_at,
        },
    )[0]


@transaction.atomic
def stop_class(*, user: User, event_class: str, channel: str) -> EventClass:
    """One click of an unsubscribe link: this class no more on this channel. Pressing twice is harmless.

    Raises `NotFound` for a class that no longer exists.
    """
    if event_class not in EventClass.values:
        raise NotFound
    wanted = EventClass(event_class)
    choose(by=user, choices={(wanted, channel): Mode.OFF})
    return wanted


@transaction.atomic
def set_duty(*, user: User, is_on: bool, by: User, at: datetime) -> None:
    """Put somebody of the team on the duty list, at its end, or take them off.

    Records `duty_list.changed` where it did. Raises `NotPermitted`, `Invalid`.
    """
    check_can(by, Action.CONFIG_EDIT)
    data = {"user_id": user.pk, "is_on": is_on}
    if not is_on:
        if DutyMember.objects.filter(user=user).delete()[0]:
            record(events.DUTY_LIST_CHANGED, subject=user, by=by, at=at, data=data)
        return
    if not user.is_active or not user.is_internal:
        problem = _("Only people of the team whose account is open can stand on the duty list.")
        raise Invalid(problem, errors=[FieldProblem("/user", "not_eligible", problem)])
    made = DutyMember.objects.get_or_create(
        user=user,
        defaults={
            "organization_id": user.organization_id,
            "position": DutyMember.objects.count(),
            "added_at": at,
            "added_by": by,
        },
    )[1]
    if made:
        record(events.DUTY_LIST_CHANGED, subject=user, by=by, at=at, data=data)

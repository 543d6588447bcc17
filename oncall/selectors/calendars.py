"""Reading calendars. Specs are kept per version for the life of the process: a version never changes."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from django.core.signing import Signer
from django.db.models import Q, QuerySet
from django.utils.crypto import constant_time_compare

from core.clock import db_now
from oncall.business_time import CalendarSpec
from oncall.models import Calendar, CalendarVersion


@lru_cache(maxsize=512)
def spec_of(version_id: int) -> CalendarSpec:
    """The arithmetic's view of a calendar version, with its openings worked out once. Raises `CalendarVersion.DoesNotExist`."""
    return CalendarVersion.objects.get(pk=version_id).read_spec()


@lru_cache(maxsize=512)
def calendar_name_of(version_id: int) -> str:
    """The calendar's key with the version's number, such as `always@2`."""
    version = CalendarVersion.objects.select_related("calendar").get(pk=version_id)
    return f"{version.calendar.key}@{version.number}"


def version_in_force(key: str, at: datetime | None = None) -> CalendarVersion:
    """The version of the calendar with this key in force at `at` (aware UTC; now by default).

    Raises `Calendar.DoesNotExist` if there is none.
    """
    version = in_force(at).filter(calendar__key=key).first()
    if version is None:
        raise Calendar.DoesNotExist(f"There is no published calendar with the key {key}.")
    return version


def in_force(at: datetime | None = None) -> QuerySet[CalendarVersion]:
    """One version a calendar: the highest number that has come into effect by `at` (aware UTC; now by default)."""
    now = at or db_now()
    versions = CalendarVersion.objects.filter(Q(effective_at__isnull=True) | Q(effective_at__lte=now))
    return versions.order_by("calendar_id", "-number").distinct("calendar_id")


def share_token(calendar: Calendar) -> str:
    """What opens the calendar's iCal address; empty while it has none."""
    if calendar.share_number <= 0:
        return ""
    return _signer().sign(f"{calendar.key}:{calendar.share_number}").rsplit(":", 1)[-1]


def shared_calendar(key: str, token: str) -> Calendar | None:
    """The calendar whose iCal address this is; None for a wrong, replaced or withdrawn one, and for no calendar."""
    calendar = Calendar.objects.filter(key=key, share_number__gt=0).first()
    if calendar is None or not constant_time_compare(share_token(calendar), token):
        return None
    return calendar


def _signer() -> Signer:
    return Signer(salt="oncall.calendar.share")

"""Reading calendars. Specs are kept per version for the life of the process: a version never changes."""

from __future__ import annotations

from functools import lru_cache

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


def version_in_force(key: str) -> CalendarVersion:
    """The newest version of the calendar with this key. Raises `Calendar.DoesNotExist` if there is none."""
    version = CalendarVersion.objects.filter(calendar__key=key).order_by("-number").first()
    if version is None:
        raise Calendar.DoesNotExist(f"There is no published calendar with the key {key}.")
    return version

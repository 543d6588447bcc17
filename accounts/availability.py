"""Whether a person is at work by their own hours and their country's public holidays (ux.md SET-2). Pure; no queries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays as public_holidays


@lru_cache(maxsize=256)
def holidays_of(country: str, year: int) -> Mapping[date, str]:
    """Public holidays of a country (ISO 3166) in a year, by date; none for one the library does not know."""
    try:
        return dict(public_holidays.country_holidays(country, years=year, language="en_US"))
    except NotImplementedError:
        return {}


@lru_cache(maxsize=1)
def holiday_countries() -> tuple[str, ...]:
    """ISO codes of the countries whose public holidays are known."""
    return tuple(
        sorted(code for code in public_holidays.list_supported_countries(include_aliases=False) if len(code) == 2)
    )


def is_at_work(*, time_zone: str, hours: Mapping[str, Any], country: str, at: datetime) -> bool:
    """Whether `at` (aware UTC) lies in a person's working hours and on no public holiday of theirs.

    `hours` is `User.working_hours`: {"days": [0…6, Monday first], "from": "09:00", "to": "17:30"}; an end before the start is
    on the next day. Who named neither hours nor a country is always at work.
    """
    try:
        local = at.astimezone(ZoneInfo(time_zone or "UTC"))
    except (ZoneInfoNotFoundError, ValueError):
        local = at
    shift_on = _shift_on(local, hours)
    if shift_on is None:
        return False
    return not (country and shift_on in holidays_of(country, shift_on.year))


def _shift_on(local: datetime, hours: Mapping[str, Any]) -> date | None:
    """The day whose shift `local` lies in, or None between shifts."""
    if not hours:
        return local.date()
    starts, ends = time.fromisoformat(hours["from"]), time.fromisoformat(hours["to"])
    clock, today = local.time().replace(tzinfo=None), local.date()
    days = frozenset(hours["days"])
    if starts < ends:
        return today if today.weekday() in days and starts <= clock < ends else None
    if clock >= starts:
        return today if today.weekday() in days else None
    yesterday = today - timedelta(days=1)
    return yesterday if clock < ends and yesterday.weekday() in days else None


def shift_of(*, time_zone: str, hours: Mapping[str, Any], at: datetime) -> tuple[datetime, datetime] | None:
    """The shift that `at` (aware UTC) lies in, or the last one before it: its start and its end, aware UTC.

    `hours` as `is_at_work` takes them, on the wall of `time_zone`; None for who named none. Holidays count as any day.
    """
    if not hours or not hours["days"]:
        return None
    try:
        zone = ZoneInfo(time_zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    starts, ends = time.fromisoformat(hours["from"]), time.fromisoformat(hours["to"])
    today = at.astimezone(zone).date()
    for back in range(8):
        day = today - timedelta(days=back)
        start = datetime.combine(day, starts, zone).astimezone(UTC)
        if day.weekday() in hours["days"] and start <= at:
            last = day if starts < ends else day + timedelta(days=1)
            return start, datetime.combine(last, ends, zone).astimezone(UTC)
    return None

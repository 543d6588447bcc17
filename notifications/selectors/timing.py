"""When a person may be told: quiet hours and digests in their own zone, over clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from notifications.lifecycle import Mode
from notifications.models import Delivery, Timing

DIGEST_AT = time(8, 0)


def hold_until(delivery: Delivery, *, at: datetime) -> datetime | None:
    """Until when the person's own wishes hold `delivery` back, seen at `at`; None: it may go now. Aware UTC both.

    Urgent ones are never held (reliability.md R30). A digest goes at the first digest time after it began to gather, and after
    quiet hours where they cover that time.
    """
    person = delivery.user
    if person is None or delivery.is_urgent:
        return None
    timing: Timing | None = getattr(person, "notice_timing", None)
    zone = ZoneInfo(person.time_zone)
    if delivery.mode == Mode.DIGEST:
        ready = next_digest_at(timing.digest_at if timing else DIGEST_AT, zone, after=delivery.created_at)
        if at < ready:
            return ready
    return quiet_until(timing, zone, at=at)


def next_digest_at(digest_at: time, zone: ZoneInfo, *, after: datetime) -> datetime:
    """The first digest time later than `after` (aware UTC), in UTC.

    A wall time that a clock change leaves out counts as the instant the clock shows next; one that comes twice, its first.
    """
    local = after.astimezone(zone)
    for days in range(3):
        found = _instant(local.date() + timedelta(days=days), digest_at, zone)
        if found > after:
            return found
    raise AssertionError("three days hold a digest time")


def quiet_until(timing: Timing | None, zone: ZoneInfo, *, at: datetime) -> datetime | None:
    """The end (UTC) of the quiet stretch that holds `at` (aware UTC); None outside of one.

    A stretch belongs to the day on which it begins, and may pass midnight.
    """
    if timing is None or timing.quiet_from is None or timing.quiet_until is None:
        return None
    today = at.astimezone(zone).date()
    for day in (today - timedelta(days=1), today):
        if timing.quiet_days and day.isoweekday() not in timing.quiet_days:
            continue
        begins = _instant(day, timing.quiet_from, zone)
        last = day if timing.quiet_until > timing.quiet_from else day + timedelta(days=1)
        ends = _instant(last, timing.quiet_until, zone)
        if begins <= at < ends:
            return ends
    return None


def _instant(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The instant (UTC) at which a clock on the wall of `zone` shows `wall` on `day` for the first time, or has just passed it.

    A wall time that a clock change leaves out is passed at the change itself.
    """
    local = datetime.combine(day, wall, tzinfo=zone)
    instant = local.astimezone(UTC)
    shown = instant.astimezone(zone)
    if shown.replace(tzinfo=None) == local.replace(tzinfo=None):
        return instant
    # Read with the offset of before, a time in the gap lies behind the change by less than the gap: look for the change there.
    low, high = int(instant.timestamp()) - 24 * 3600, int(instant.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        moved = datetime.fromtimestamp(middle, zone).utcoffset() == shown.utcoffset()
        low, high = (low, middle) if moved else (middle, high)
    return datetime.fromtimestamp(high, UTC)

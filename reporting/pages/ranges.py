"""Stretches of time as a report's address names them, and what they are compared with. Pure: no queries.

`24h`, `7d`, `13w` reach back from now; `2026-11-01..2026-11-14` are whole days of the zone, both meant. Days and weeks keep the local time
of day across a change of clocks, so a week around it has 167 or 169 hours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.errors import FieldProblem, Invalid

Span = tuple[datetime, datetime]
"""[start, end), aware UTC."""

LONGEST = timedelta(days=3 * 366)
EARLIEST_YEAR, LATEST_YEAR = 2000, 2100
BASELINE_WEEKS = 8
PRESETS: tuple[tuple[str, str | Promise], ...] = (
    ("24h", gettext_lazy("24 hours")),
    ("7d", gettext_lazy("7 days")),
    ("28d", gettext_lazy("28 days")),
    ("13w", gettext_lazy("13 weeks")),
    ("26w", gettext_lazy("26 weeks")),
    ("52w", gettext_lazy("52 weeks")),
)
_RELATIVE = re.compile(r"([1-9]\d{0,3})([hdw])", re.ASCII)
_DAYS = re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})", re.ASCII)


class BadRange(Invalid):
    """The text names no stretch of time; the detail says what one looks like."""

    def __init__(self, detail: str) -> None:
        super().__init__(errors=[FieldProblem("/range", "bad_range", detail)])
        self.sentence = detail


@dataclass(frozen=True)
class TimeRange:
    """A stretch of time as text, with what it came to (aware UTC)."""

    text: str
    start: datetime
    end: datetime

    @property
    def span(self) -> Span:
        return self.start, self.end


def parse(text: str, *, at: datetime, zone: tzinfo) -> TimeRange:
    """What `text` means at `at` for a reader in `zone`. Raises `BadRange` with a sentence that says what to write instead."""
    text = text.strip()
    if (found := _RELATIVE.fullmatch(text)) is not None:
        start = _back(at, int(found[1]), found[2], zone)
        if at - start > LONGEST:
            raise BadRange(_("“%(text)s” is too long: at most three years.") % {"text": text})
        return TimeRange(text, start, at)
    if (found := _DAYS.fullmatch(text)) is not None:
        first, last = _day(found[1]), _day(found[2])
        if first > last:
            raise BadRange(_("The first day, %(first)s, is after the last, %(last)s.") % {"first": first, "last": last})
        start, end = local_midnight(first, zone), local_midnight(last + timedelta(days=1), zone)
        if end - start > LONGEST:
            raise BadRange(_("“%(text)s” is too long: at most three years.") % {"text": text})
        if start > at:
            raise BadRange(_("%(first)s has not come yet.") % {"first": first})
        return TimeRange(text, start, min(end, at))
    raise BadRange(
        _("“%(text)s” is no stretch of time: write for example 24h, 28d, 13w or 2026-11-01..2026-11-14.")
        % {"text": text[:40]}
    )


def local_midnight(day: date, zone: tzinfo) -> datetime:
    """The instant a day begins in a zone, as UTC; where clocks skip midnight, the first instant after."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def shifted(moment: datetime, zone: tzinfo, *, days: int) -> datetime:
    """The same local time of day, so many days later (or earlier, for a negative number)."""
    local = moment.astimezone(zone)
    return (local.replace(tzinfo=None) + timedelta(days=days)).replace(tzinfo=zone, fold=local.fold).astimezone(UTC)


def previous(span: Span, zone: tzinfo) -> Span:
    """The stretch just before, equally long: whole days where this one is, so that a Monday is compared with a Monday where it can be."""
    start, end = span
    days = round((end - start) / timedelta(days=1))
    if days and shifted(end, zone, days=-days) == start:
        return shifted(start, zone, days=-days), start
    return start - (end - start), start


def usual(span: Span, zone: tzinfo, *, weeks: int = BASELINE_WEEKS) -> list[Span]:
    """The same weekdays and hours in earlier weeks, newest first: what is usual for this stretch.

    A stretch of more than a week steps back by as many whole weeks as it covers.
    """
    start, end = span
    step = 7 * max(1, -(-(end - start) // timedelta(days=7)))
    if (end - start) > timedelta(days=7) and shifted(end, zone, days=-step + 7) <= start:
        step -= 7
    return [
        (shifted(start, zone, days=-step * number), shifted(end, zone, days=-step * number))
        for number in range(1, weeks + 1)
    ]


def in_words(span: Span, zone: tzinfo) -> str:
    """“1 Nov – 14 Nov 2026” for whole days of the zone, else with times."""
    first, after = (moment.astimezone(zone) for moment in span)
    if first.time() == time() and after.time() == time():
        last = after.date() - timedelta(days=1)
        return _("%(first)s – %(last)s") % {"first": _date(first.date()), "last": _date(last)}
    return _("%(first)s – %(last)s") % {"first": _moment(first), "last": _moment(after)}


def length_in_words(span: Span) -> str:
    """“28 days”, “13 weeks”, “24 hours”."""
    hours = round((span[1] - span[0]) / timedelta(hours=1))
    if hours <= 48:
        return ngettext("%d hour", "%d hours", hours) % hours
    days = round(hours / 24)
    if days % 7 == 0 and days >= 56:
        return ngettext("%d week", "%d weeks", days // 7) % (days // 7)
    return ngettext("%d day", "%d days", days) % days


def _date(day: date) -> str:
    return formats.date_format(day, "j M Y")


def _moment(moment: datetime) -> str:
    return formats.date_format(moment, "j M Y, H:i")


def _back(at: datetime, number: int, unit: str, zone: tzinfo) -> datetime:
    if unit == "h":
        return at - timedelta(hours=number)
    return shifted(at, zone, days=-number * (7 if unit == "w" else 1))


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadRange(_("There is no day %(day)s.") % {"day": text}) from None
    if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        named = {"first": EARLIEST_YEAR, "last": LATEST_YEAR}
        raise BadRange(_("A day lies between the years %(first)d and %(last)d.") % named)
    return day

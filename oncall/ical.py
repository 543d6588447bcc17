"""iCal (RFC 5545) in and out: days a feed names as closed, and a calendar's hours as a feed of our own. Pure functions.

Reading is strict where a mistake would move clocks: a file that is not a calendar, or names no day, is refused as a whole; an
entry that cannot be understood is left out and said so.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from icalendar import Calendar as ICalendar
from icalendar import Event
from icalendar.error import BrokenCalendarProperty

from oncall.business_time import Span

MOST_BYTES = 1_000_000
MOST_EVENTS = 5_000
MOST_DAYS = 2_000
LONGEST_EVENT = timedelta(days=366)
_SECONDS = 4.0  # of work on rules of repetition; one that never comes takes up to two
_MOST_NOTES = 20
# What a yearly day off needs. Parts of a day, and days of a rule without end, would only fill the list.
_PARTS = {
    "YEARLY": {"BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS", "BYWEEKNO", "BYYEARDAY"},
    "MONTHLY": {"BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS"},
    "WEEKLY": {"BYDAY"},
    "DAILY": set(),
}
_ALWAYS_PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"}


class FeedUnreadable(ValueError):
    """The file cannot be used; the text says why and what to do."""


class Day(NamedTuple):
    """A closed local date, or with `from_clock` and `to_clock` (HH:MM:SS or 24:00) a part of it."""

    on: date
    name: str
    from_clock: str = ""
    to_clock: str = ""


@dataclass(frozen=True)
class Reading:
    """Days in order, each once, and what was left out."""

    days: tuple[Day, ...]
    notes: tuple[str, ...]


def read_days(data: bytes, *, zone: str, since: date, until: date) -> Reading:
    """The days of a feed from `since` to before `until` (local dates of `zone`, an IANA name).

    All-day entries close whole dates (the end is not included, as RFC 5545 says), entries with times a part of a date, in
    the zone. Cancelled entries are left out; repetitions are followed, with their exceptions. Raises `FeedUnreadable`.
    """
    reader = _Reader(ZoneInfo(zone), since, until)
    for event in _events(data):
        reader.take(event)
    days = reader.days()
    if not days:
        raise FeedUnreadable(
            _("The file names no day between %(since)s and %(until)s: is it the right calendar?")
            % {"since": since.isoformat(), "until": until.isoformat()}
        )
    return Reading(days, tuple(reader.notes))


def _events(data: bytes) -> list[Any]:
    if len(data) > MOST_BYTES:
        raise FeedUnreadable(_("The file is larger than %(most)d bytes.") % {"most": MOST_BYTES})
    text = _text(data)
    if not text.lstrip("\ufeff \t\r\n").upper().startswith("BEGIN:VCALENDAR"):
        raise FeedUnreadable(
            _("This is not an iCal file. A page to sign in may have come instead: use the address that ends in .ics.")
        )
    if "END:VCALENDAR" not in text.upper():
        raise FeedUnreadable(_("The file breaks off before its end: load it again."))
    try:
        calendars = ICalendar.from_ical(text.lstrip("\ufeff \t\r\n"), multiple=True)
        events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise FeedUnreadable(_("The file cannot be read as iCal: %(why)s") % {"why": str(error)[:200]}) from error
    if len(events) > MOST_EVENTS:
        raise FeedUnreadable(_("The file has more than %(most)d entries.") % {"most": MOST_EVENTS})
    return events


def _text(data: bytes) -> str:
    if b"\x00" in data:
        raise FeedUnreadable(_("The file is not UTF-8 text: save it as UTF-8."))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise FeedUnreadable(_("The file is not UTF-8 text: save it as UTF-8.")) from None


class _Reader:
    def __init__(self, zone: ZoneInfo, since: date, until: date) -> None:
        self._zone, self._since, self._until = zone, since, until
        self._moved: dict[str, set[date]] = {}
        self._plain: list[Day] = []
        self._repeats: list[tuple[str, Any, str, date | datetime, timedelta]] = []
        self._ends = time.monotonic() + _SECONDS
        self.notes: list[str] = []

    def take(self, event: Any) -> None:
        name = _name(event)
        start = _value(event, "DTSTART")
        if start is None:
            self._note(_("“%(name)s” has no date that can be read."), name)
            return
        if str(event.get("STATUS", "")).upper() == "CANCELLED" and event.get("RECURRENCE-ID") is None:
            return
        length = self._length(event, start, name)
        if length is None:
            return
        uid = str(event.get("UID", ""))
        if (instead_of := _value(event, "RECURRENCE-ID")) is not None:
            self._moved.setdefault(uid, set()).add(self._local(instead_of))
            if str(event.get("STATUS", "")).upper() != "CANCELLED":
                self._plain += self._days(name, start, length)
        elif event.get("RRULE") is not None or event.get("RDATE") is not None:
            self._repeats.append((uid, event, name, start, length))
        else:
            self._plain += self._days(name, start, length)

    def days(self) -> tuple[Day, ...]:
        """All days of the window, each once; called last, for a moved occurrence may stand after its series."""
        found = dict.fromkeys(self._plain)
        for uid, event, name, start, length in self._repeats:
            if time.monotonic() > self._ends:
                raise FeedUnreadable(_("The repetitions in this file take too long to work out."))
            found |= dict.fromkeys(self._occurrences(uid, event, name, start, length))
        if len(found) > MOST_DAYS:
            raise FeedUnreadable(_("The file closes more than %(most)d days.") % {"most": MOST_DAYS})
        return tuple(sorted(found))

    def _occurrences(self, uid: str, event: Any, name: str, start: date | datetime, length: timedelta) -> Iterator[Day]:
        left_out = {self._local(value) for value in _dates(event, "EXDATE")} | self._moved.get(uid, set())
        starts: list[date | datetime] = [start, *_dates(event, "RDATE")]
        rule = self._rule(event, name, start)
        if rule is not None:
            first = datetime.combine(self._since, clock.min) - LONGEST_EVENT
            for index, at in enumerate(rule.xafter(first, inc=True)):
                if at.date() >= self._until:
                    break
                if index >= MOST_DAYS:
                    raise FeedUnreadable(_("“%(name)s” repeats too often.") % {"name": name})
                same_zone = start.tzinfo if isinstance(start, datetime) else None
                starts.append(at.replace(tzinfo=same_zone) if isinstance(start, datetime) else at.date())
        for one in dict.fromkeys(starts):
            if self._local(one) not in left_out:
                yield from self._days(name, one, length)

    def _rule(self, event: Any, name: str, start: date | datetime) -> rrule | None:
        given = event.get("RRULE")
        if given is None:
            return None
        text = given.to_ical().decode() if hasattr(given, "to_ical") else ""
        parts = dict(part.split("=", 1) for part in text.upper().split(";") if "=" in part)
        known = _PARTS.get(parts.get("FREQ", ""))
        if known is None or parts.keys() - known - _ALWAYS_PARTS:
            self._note(_("“%(name)s” repeats in a way that is not understood; its first day is taken."), name)
            return None
        local = datetime.combine(start, clock.min) if not isinstance(start, datetime) else start.replace(tzinfo=None)
        if local.year < 1900:
            self._note(_("“%(name)s” begins before 1900 and does not repeat here."), name)
            return None
        if "UNTIL" in parts:  # with or without zone in the wild: the date alone decides
            parts["UNTIL"] = parts["UNTIL"][:8] + "T235959"
        try:
            found = rrulestr(";".join(f"{key}={value}" for key, value in parts.items()), dtstart=local)
        except (ValueError, TypeError, OverflowError):
            self._note(_("“%(name)s” repeats in a way that is not understood; its first day is taken."), name)
            return None
        assert isinstance(found, rrule)
        return found

    def _length(self, event: Any, start: date | datetime, name: str) -> timedelta | None:
        end, given = _value(event, "DTEND"), _value(event, "DURATION")
        whole = not isinstance(start, datetime)
        length = timedelta(days=1) if whole else timedelta()
        if isinstance(given, timedelta):
            length = given
        elif end is not None:
            if isinstance(end, datetime) == whole:
                self._note(_("“%(name)s” begins with a date and ends with a time."), name)
                return None
            try:
                length = end - start
            except TypeError:
                self._note(_("“%(name)s” begins and ends in different kinds of time."), name)
                return None
        if whole:
            length = max(length, timedelta(days=1))  # an end on the day it begins is common and means that day
        if length <= timedelta() or length > LONGEST_EVENT:
            self._note(_("“%(name)s” lasts no time, or longer than a year."), name)
            return None
        return length

    def _days(self, name: str, start: date | datetime, length: timedelta) -> Iterator[Day]:
        if not isinstance(start, datetime):
            for number in range(length.days):
                on = start + timedelta(days=number)
                if self._since <= on < self._until:
                    yield Day(on, name)
            return
        begins = start.astimezone(self._zone) if start.tzinfo else start.replace(tzinfo=self._zone)
        ends = (begins.astimezone(UTC) + length).astimezone(self._zone) if start.tzinfo else begins + length
        on = begins.date()
        while on <= ends.date():
            first = begins.time() if on == begins.date() else clock.min
            last = ends.time().strftime("%H:%M:%S") if on == ends.date() else "24:00"
            if self._since <= on < self._until and not (on == ends.date() and ends.time() == clock.min):
                if first == clock.min and last == "24:00":
                    yield Day(on, name)
                elif first.strftime("%H:%M:%S") < last:
                    yield Day(on, name, first.strftime("%H:%M:%S"), last)
            on += timedelta(days=1)

    def _local(self, value: date | datetime) -> date:
        if not isinstance(value, datetime):
            return value
        return value.astimezone(self._zone).date() if value.tzinfo else value.date()

    def _note(self, sentence: str, name: str) -> None:
        if len(self.notes) < _MOST_NOTES:
            self.notes.append(sentence % {"name": name})


def _name(event: Any) -> str:
    text = " ".join(str(event.get("SUMMARY", "") or "").split())
    return "".join(char for char in text if char.isprintable())[:120] or _("unnamed")


def _value(event: Any, key: str) -> Any:
    """A property's date, datetime or timedelta; None if it is missing, broken, or there twice."""
    try:
        return getattr(event.get(key), "dt", None)
    except BrokenCalendarProperty:
        return None


def _dates(event: Any, key: str) -> list[date | datetime]:
    given = event.get(key)
    lists = given if isinstance(given, list) else [given] if given is not None else []
    try:
        values = [value.dt for one in lists for value in getattr(one, "dts", [])]
    except BrokenCalendarProperty:
        return []
    return [value[0] if isinstance(value, tuple) else value for value in values]


# -- Out ---------------------------------------------------------------------------------------------------------------
class Noted(NamedTuple):
    """A date on which usual hours do not hold, as `selectors.hours.closings` says it."""

    on: date
    words: str


def write_feed(
    *, key: str, name: str, zone: str, version: int, opens: Sequence[Span], noted: Iterable[Noted], at: datetime
) -> bytes:
    """A calendar as iCal: each stretch of open time (UTC) and each date that differs, for other people's calendar programs.

    `at` (aware UTC) stamps the entries. UIDs stay the same from one reading to the next, so that programs replace, not add.
    """
    feed = ICalendar()
    feed.add("prodid", "-//Watchfloor//Calendars//EN")
    feed.add("version", "2.0")
    feed.add("method", "PUBLISH")
    feed.add("x-wr-calname", name)
    feed.add("x-wr-timezone", zone)
    feed.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    for span in opens:
        feed.add_component(
            _entry(
                f"open-{span.start:%Y%m%dT%H%M%SZ}-{key}",
                pgettext("calendar", "Open"),
                span.start,
                span.end,
                at,
                version,
            )
        )
    for index, one in enumerate(noted):
        uid = f"day-{one.on:%Y%m%d}-{index}-{key}"
        entry = _entry(uid, one.words, one.on, one.on + timedelta(days=1), at, version)
        entry.add("transp", "TRANSPARENT")
        feed.add_component(entry)
    written: bytes = feed.to_ical()
    return written


def _entry(uid: str, words: str, start: date, end: date, at: datetime, version: int) -> Event:
    entry = Event()
    entry.add("uid", f"{uid}@watchfloor")
    entry.add("summary", words)
    entry.add("dtstart", start)
    entry.add("dtend", end)
    entry.add("dtstamp", at)
    entry.add("sequence", version)
    return entry

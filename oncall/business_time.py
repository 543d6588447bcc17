"""When time counts: the arithmetic of business calendars. Pure functions over plain values; no queries, no clock of its own.

All instants taken and given are aware; what is returned is in UTC. Inside, time is whole microseconds since 1970, so that
sums are exact. Words: *open time* is time in which a calendar is open and no pause covers the moment; `E(a, b)` is the open
time in `[a, b)`; a target is used up at `due_at` (earliest t with E >= target) and stopping is too late after `breach_at`
(latest t with E = target). At closing time the two differ: due at the closing, breached only after the next opening.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, cached_property
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

HORIZON = timedelta(days=400)  # how far ahead an opening is searched for; further away means "cannot be reached"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_S = 86_400

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)
_SECOND_US = 1_000_000
_CHUNK_US = 32 * DAY_S * _SECOND_US  # openings are worked out and kept in pieces of this length
_MAX_INTERVALS_A_DAY = 24
_MAX_DATES = 2_000

Role = Literal["start", "end"]


class LocalInterval(NamedTuple):
    """Half-open `[start_s, end_s)` in seconds after local midnight; `end_s` over 86,400 lies on the next day."""

    start_s: int
    end_s: int


class Holiday(NamedTuple):
    """A closed local date, or part of one (`hours`)."""

    on: date
    hours: LocalInterval | None = None


class Span(NamedTuple):
    """Half-open `[start, end)` in UTC."""

    start: datetime
    end: datetime


class Pause(NamedTuple):
    """Half-open stretch in which a clock stands still; `end` is None while it still does."""

    start: datetime
    end: datetime | None


class CalendarRulesInvalid(ValueError):
    """A calendar's rules cannot be used. `errors` holds one (field, sentence) for each thing to repair."""

    def __init__(self, errors: Sequence[tuple[str, str]]) -> None:
        self.errors = tuple(errors)
        super().__init__(" ".join(f"{name}: {sentence}" for name, sentence in self.errors))


@dataclass(frozen=True)
class CalendarSpec:
    """The rules of one calendar version.

    `weekly` holds seven tuples, Monday first. `overrides` replace the hours that start on a local date; `breaks` are closed
    local intervals of a date; `holidays` close a whole local date or part of it, unless that date has an override. A
    holiday or break closes the clock hours it names, also those of a night shift that began the evening before.
    """

    zone: str
    weekly: tuple[tuple[LocalInterval, ...], ...]
    overrides: Mapping[date, tuple[LocalInterval, ...]] = field(default_factory=dict)
    breaks: Mapping[date, tuple[LocalInterval, ...]] = field(default_factory=dict)
    holidays: tuple[Holiday, ...] = ()

    @cached_property
    def is_always_open(self) -> bool:
        """Open every second of every week, with no exception: arithmetic is then plain addition."""
        if self.overrides or self.breaks or self.holidays:
            return False
        return _weekly_seconds(self.weekly) == 7 * DAY_S

    @cached_property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @cached_property
    def _openings(self) -> _Openings:
        return _AlwaysOpen() if self.is_always_open else _Openings(self)


# -- Rules as JSON -----------------------------------------------------------------------------------------------------
@cache
def _zone_names() -> frozenset[str]:
    # `localtime` is the server's own zone and `Etc/GMT+3` a bare offset: neither says where people work.
    return frozenset(
        name
        for name in available_timezones()
        if name not in ("localtime", "Factory", "posixrules") and not name.startswith(("Etc/GMT+", "Etc/GMT-"))
    )


def zone_names() -> frozenset[str]:
    """IANA names a calendar may stand in: no offsets, not the server's own."""
    return _zone_names()


def spec_from_rules(rules: object) -> CalendarSpec:
    """Read a calendar version's JSON rules.

    Keys: `zone` (IANA name, required), `weekly` ({"mon": [["09:00", "17:00"], …], …}, required), `overrides` and `breaks`
    ({"2026-12-24": [["09:00", "12:00"]], …}), `holidays` ([{"on": "2026-12-25", "name": …, "from": …, "to": …}, …], where
    `from` and `to` make it partial). Times are "HH:MM" or "HH:MM:SS"; "24:00" may end an interval; an end at or before its
    start lies on the next day. Raises `CalendarRulesInvalid` with every fault found.
    """
    if not isinstance(rules, Mapping):
        raise CalendarRulesInvalid([("rules", "must be an object with zone and weekly.")])
    reader = _RulesReader()
    for name in rules.keys() - {"zone", "weekly", "overrides", "breaks", "holidays"}:
        reader.fault(str(name), "is not known; use zone, weekly, overrides, breaks, holidays.")

    zone = rules.get("zone")
    if not isinstance(zone, str) or zone not in _zone_names():
        reader.fault("zone", "must be an IANA time zone such as Europe/Berlin, not an offset.")
        zone = "UTC"
    weekly_in = rules.get("weekly")
    if not isinstance(weekly_in, Mapping):
        reader.fault("weekly", 'is required: hours by weekday, such as {"mon": [["09:00", "17:00"]]}.')
        weekly_in = {}
    for name in weekly_in.keys() - set(WEEKDAYS):
        reader.fault(f"weekly.{name}", "is not a weekday; use mon, tue, wed, thu, fri, sat, sun.")
    weekly = tuple(reader.intervals(f"weekly.{day}", weekly_in.get(day, [])) for day in WEEKDAYS)
    if not reader.faults and _weekly_seconds(weekly) < 60:
        reader.fault("weekly", "must be open for at least one minute a week.")

    spec = CalendarSpec(
        zone=zone,
        weekly=weekly,
        overrides=reader.by_date("overrides", rules.get("overrides", {})),
        breaks=reader.by_date("breaks", rules.get("breaks", {})),
        holidays=reader.holidays(rules.get("holidays", [])),
    )
    if reader.faults:
        raise CalendarRulesInvalid(reader.faults)
    return spec


def local_interval(start: str, end: str) -> LocalInterval:
    """`LocalInterval` from two clock times; raises `ValueError` with a sentence."""
    start_s, end_s = _clock_seconds(start), _clock_seconds(end)
    if start_s >= DAY_S:
        raise ValueError("an interval starts before 24:00.")
    return LocalInterval(start_s, end_s if end_s > start_s else end_s + DAY_S)


class _RulesReader:
    def __init__(self) -> None:
        self.faults: list[tuple[str, str]] = []

    def fault(self, name: str, sentence: str) -> None:
        self.faults.append((name, sentence))

    def intervals(self, name: str, value: object) -> tuple[LocalInterval, ...]:
        if not isinstance(value, Sequence) or isinstance(value, str) or len(value) > _MAX_INTERVALS_A_DAY:
            self.fault(name, f"must be a list of at most {_MAX_INTERVALS_A_DAY} [start, end] pairs.")
            return ()
        found = []
        for index, pair in enumerate(value):
            if not isinstance(pair, Sequence) or isinstance(pair, str) or len(pair) != 2:
                self.fault(f"{name}[{index}]", 'must be a pair such as ["09:00", "17:00"].')
                continue
            try:
                found.append(local_interval(pair[0], pair[1]))
            except ValueError as error:
                self.fault(f"{name}[{index}]", str(error))
        return tuple(found)

    def read_date(self, name: str, value: object) -> date | None:
        try:
            if isinstance(value, str) and len(value) == 10:
                return date.fromisoformat(value)
        except ValueError:
            pass
        self.fault(name, "must be a date such as 2026-12-24.")
        return None

    def by_date(self, name: str, value: object) -> dict[date, tuple[LocalInterval, ...]]:
        if not isinstance(value, Mapping) or len(value) > _MAX_DATES:
            self.fault(name, f"must be an object of at most {_MAX_DATES} dates, each with its hours.")
            return {}
        found = {}
        for key, hours in value.items():
            on = self.read_date(f"{name}.{key}", key)
            if on is not None:
                found[on] = self.intervals(f"{name}.{key}", hours)
        return found

    def holidays(self, value: object) -> tuple[Holiday, ...]:
        if not isinstance(value, Sequence) or isinstance(value, str) or len(value) > _MAX_DATES:
            self.fault("holidays", f"must be a list of at most {_MAX_DATES} entries.")
            return ()
        found = []
        for index, entry in enumerate(value):
            name = f"holidays[{index}]"
            if not isinstance(entry, Mapping) or entry.keys() - {"on", "name", "from", "to"}:
                self.fault(name, "must be an object with on, name and, for part of a day, from and to.")
                continue
            on = self.read_date(f"{name}.on", entry.get("on"))
            starts, ends = entry.get("from"), entry.get("to")
            hours = None
            if (starts is None) != (ends is None):
                self.fault(name, "needs both from and to, or neither.")
            elif starts is not None:
                hours = next(iter(self.intervals(name, [[starts, ends]])), None)
            if on is not None:
                found.append(Holiday(on, hours))
        return tuple(found)


def _clock_seconds(text: object) -> int:
    if text in ("24:00", "24:00:00"):
        return DAY_S
    if not isinstance(text, str) or len(text) not in (5, 8):
        raise ValueError("a clock time looks like 09:00.")
    try:
        parsed = time.fromisoformat(text)
    except ValueError:
        raise ValueError("a clock time looks like 09:00.") from None
    return parsed.hour * 3600 + parsed.minute * 60 + parsed.second


def _weekly_seconds(weekly: tuple[tuple[LocalInterval, ...], ...]) -> int:
    """Open seconds of a week without holidays or change of clocks; what runs over the week's end counts at its start."""
    week = 7 * DAY_S
    spans = []
    for weekday, hours in enumerate(weekly):
        for interval in hours:
            start, end = weekday * DAY_S + interval.start_s, weekday * DAY_S + interval.end_s
            spans += [(start, min(end, week)), (0, max(0, end - week))]
    return sum(end - start for start, end in _united(spans))


# -- Local time to instants --------------------------------------------------------------------------------------------
def resolve_local(zone: str | ZoneInfo, on: date, clock_s: int, role: Role) -> datetime:
    """The instant of a local clock time, `clock_s` seconds after midnight of `on` (24:00 and later belong to the next day).

    Where clocks go back and the time comes twice, a start takes the first and an end the last; where clocks go forward and
    it does not exist, it is the instant of the change. Raises `ZoneInfoNotFoundError` for an unknown zone.
    """
    tz = zone if isinstance(zone, ZoneInfo) else ZoneInfo(zone)
    local = datetime.combine(on, time.min) + timedelta(seconds=clock_s)
    before = local.replace(tzinfo=tz, fold=0)
    after = local.replace(tzinfo=tz, fold=1)
    first_offset, second_offset = before.utcoffset(), after.utcoffset()
    assert first_offset is not None
    assert second_offset is not None
    if first_offset < second_offset:
        return _change_between(tz, local - second_offset, local - first_offset)
    offset = first_offset if role == "start" else second_offset
    return (local - offset).replace(tzinfo=UTC)


def _change_between(tz: ZoneInfo, early: datetime, late: datetime) -> datetime:
    """The first second after `early` (naive UTC) with another offset; `late` already has it."""
    low, high = early.replace(tzinfo=UTC), late.replace(tzinfo=UTC)
    was = low.astimezone(tz).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        if middle.astimezone(tz).utcoffset() == was:
            low = middle
        else:
            high = middle
    return high


# -- Openings of one calendar ------------------------------------------------------------------------------------------
_Pairs = list[tuple[int, int]]


def _united(pairs: Iterable[tuple[int, int]]) -> _Pairs:
    merged: _Pairs = []
    for start, end in sorted(pairs):
        if end <= start:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _without(opens: _Pairs, closes: _Pairs) -> _Pairs:
    """`opens` minus `closes`; both sorted and united."""
    left: _Pairs = []
    index = 0
    for start, end in opens:
        while index < len(closes) and closes[index][1] <= start:
            index += 1
        at = index
        while at < len(closes) and closes[at][0] < end:
            if closes[at][0] > start:
                left.append((start, closes[at][0]))
            start = max(start, closes[at][1])
            at += 1
        if start < end:
            left.append((start, end))
    return left


class _Chunk(NamedTuple):
    starts: list[int]
    ends: list[int]
    before: list[int]  # open time of the chunk before each interval
    total: int

    def used_before(self, at: int) -> int:
        index = bisect_right(self.starts, at) - 1
        return 0 if index < 0 else self.before[index] + min(at, self.ends[index]) - self.starts[index]


class _Openings:
    """Openings of one calendar over all time, worked out a chunk at a time and kept."""

    def __init__(self, spec: CalendarSpec) -> None:
        self._spec = spec
        self._chunks: dict[int, _Chunk] = {}
        self._holidays: dict[date, list[Holiday]] = {}
        for holiday in spec.holidays:
            if holiday.on not in spec.overrides:
                self._holidays.setdefault(holiday.on, []).append(holiday)

    def between(self, start: int, end: int) -> int:
        """Open microseconds in `[start, end)`."""
        if end <= start:
            return 0
        first, last = start // _CHUNK_US, end // _CHUNK_US
        total = self._chunk(last).used_before(end) - self._chunk(first).used_before(start)
        return total + sum(self._chunk(number).total for number in range(first, last))

    def advance(self, start: int, amount: int, end: int) -> int | None:
        """Earliest t in `[start, end]` with `amount` of open time since `start`; None if there is none."""
        if amount <= 0:
            return start
        number = start // _CHUNK_US
        need = amount + self._chunk(number).used_before(start)
        while number * _CHUNK_US < end:
            chunk = self._chunk(number)
            if need <= chunk.total:
                index = bisect_left(chunk.before, need) - 1
                at = chunk.starts[index] + need - chunk.before[index]
                return at if at <= end else None
            need -= chunk.total
            number += 1
        return None

    def retreat(self, end: int, amount: int, start: int) -> int | None:
        """Latest t in `[start, end]` with `amount` of open time between t and `end`; None if there is none."""
        if amount <= 0:
            return end
        number = end // _CHUNK_US
        have = self._chunk(number).used_before(end)
        while (number + 1) * _CHUNK_US > start:
            chunk = self._chunk(number)
            if amount <= have:
                # The latest such t lies at or after an opening: the last interval that begins at or before the rest.
                rest = have - amount
                index = bisect_right(chunk.before, rest) - 1
                at = chunk.starts[index] + rest - chunk.before[index]
                return at if at >= start else None
            amount -= have
            number -= 1
            have = self._chunk(number).total
        return None

    def next_open(self, at: int, end: int) -> int | None:
        """First open t in `[at, end)`."""
        number = at // _CHUNK_US
        while number * _CHUNK_US < end:
            chunk = self._chunk(number)
            index = bisect_right(chunk.ends, at)
            if index < len(chunk.starts):
                found = max(at, chunk.starts[index])
                return found if found < end else None
            number += 1
        return None

    def intervals(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Open intervals within `[start, end)`, united across chunks."""
        open_from, open_until = None, None
        for number in range(start // _CHUNK_US, end // _CHUNK_US + 1):
            chunk = self._chunk(number)
            for low, high in zip(chunk.starts, chunk.ends, strict=True):
                low, high = max(low, start), min(high, end)
                if high <= low:
                    continue
                if open_until == low:
                    open_until = high
                    continue
                if open_from is not None and open_until is not None:
                    yield open_from, open_until
                open_from, open_until = low, high
        if open_from is not None and open_until is not None:
            yield open_from, open_until

    def _chunk(self, number: int) -> _Chunk:
        chunk = self._chunks.get(number)
        if chunk is None:
            chunk = self._chunks[number] = self._work_out(number)
        return chunk

    def _work_out(self, number: int) -> _Chunk:
        low, high = number * _CHUNK_US, (number + 1) * _CHUNK_US
        spec, tz = self._spec, self._spec.tz
        opens: _Pairs = []
        closes: _Pairs = []
        # An interval may reach 24 hours into the next day; one more day on each side covers every zone's offset.
        on = (_EPOCH + low * _US).date() - timedelta(days=2)
        last = (_EPOCH + high * _US).date() + timedelta(days=1)
        while on <= last:
            hours = spec.overrides.get(on, spec.weekly[on.weekday()])
            opens += [_instants(tz, on, interval) for interval in hours]
            closes += [_instants(tz, on, interval) for interval in spec.breaks.get(on, ())]
            closes += [_holiday_instants(tz, holiday) for holiday in self._holidays.get(on, ())]
            on += timedelta(days=1)
        pairs = [
            (max(start, low), min(end, high))
            for start, end in _without(_united(opens), _united(closes))
            if end > low and start < high
        ]
        before, total = [], 0
        for start, end in pairs:
            before.append(total)
            total += end - start
        return _Chunk([start for start, _ in pairs], [end for _, end in pairs], before, total)


class _AlwaysOpen(_Openings):
    def __init__(self) -> None:
        pass

    def between(self, start: int, end: int) -> int:
        return max(0, end - start)

    def advance(self, start: int, amount: int, end: int) -> int | None:
        at = start + max(0, amount)
        return at if at <= end else None

    def retreat(self, end: int, amount: int, start: int) -> int | None:
        at = end - max(0, amount)
        return at if at >= start else None

    def next_open(self, at: int, end: int) -> int | None:
        return at if at < end else None

    def intervals(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        if start < end:
            yield start, end


def _instants(tz: ZoneInfo, on: date, interval: LocalInterval) -> tuple[int, int]:
    start = resolve_local(tz, on, interval.start_s, "start")
    return _us(start), _us(resolve_local(tz, on, interval.end_s, "end"))


def _holiday_instants(tz: ZoneInfo, holiday: Holiday) -> tuple[int, int]:
    if holiday.hours is not None:
        return _instants(tz, holiday.on, holiday.hours)
    # The whole local date: up to the first instant of the next one, also where midnight itself comes twice.
    start = resolve_local(tz, holiday.on, 0, "start")
    return _us(start), _us(resolve_local(tz, holiday.on, DAY_S, "start"))


def _us(at: datetime) -> int:
    return (at - _EPOCH) // _US


def _at(us: int) -> datetime:
    return _EPOCH + us * _US


# -- The course of one clock -------------------------------------------------------------------------------------------
_NEVER_US = _us(datetime(9999, 1, 1, tzinfo=UTC))


class _Leg(NamedTuple):
    """A stretch `[start, end)` without pause under one calendar; `ahead` is how far a search may look into it."""

    start: int
    end: int
    openings: _Openings
    ahead: int


class Course:
    """The time that counts for one clock: which calendar was in force from when, and its pauses.

    `calendars` are (from, spec) in order of time; the first also covers everything before it. `pauses` may touch, overlap
    and come in any order; one without an end stops the course for good.
    """

    def __init__(
        self,
        calendars: Sequence[tuple[datetime, CalendarSpec]],
        pauses: Iterable[Pause | tuple[datetime, datetime | None]] = (),
    ) -> None:
        paused = _united((_us(start), _NEVER_US if end is None else _us(end)) for start, end in pauses)
        starts = [_us(start) for start, _ in calendars]
        edges = [_us(datetime(1, 1, 3, tzinfo=UTC)), *starts[1:], _NEVER_US]
        self._legs: list[_Leg] = []
        for index, (_, spec) in enumerate(calendars):
            for low, high in _without(
                [(edges[index], edges[index + 1])] if edges[index] < edges[index + 1] else [], paused
            ):
                self._legs.append(_Leg(low, high, spec._openings, 0 if spec.is_always_open else _HORIZON_US))

    def open_time(self, start: datetime, end: datetime) -> timedelta:
        """E(start, end): open time between two instants, exact; zero if `end` is before `start`."""
        low, high = _us(start), _us(end)
        total = sum(
            leg.openings.between(max(low, leg.start), min(high, leg.end))
            for leg in self._legs
            if leg.start < high and leg.end > low
        )
        return total * _US

    def due_at(self, start: datetime, target_s: float) -> datetime | None:
        """Earliest instant at which `target_s` seconds of open time have passed since `start`.

        None if it is not reached within 400 days of search, or never because a pause has no end.
        """
        found = self._advance(_us(start), round(target_s * _SECOND_US))
        return None if found is None else _at(found)

    def breach_at(self, start: datetime, target_s: float) -> datetime | None:
        """Latest instant at which no more than `target_s` seconds have passed: a stop after it is late. None as `due_at`."""
        due = self._advance(_us(start), round(target_s * _SECOND_US))
        found = None if due is None else self._next_open(due)
        return None if found is None else _at(found)

    def next_open(self, at: datetime) -> datetime | None:
        """First instant at or after `at` that counts; None if there is none within 400 days."""
        found = self._next_open(_us(at))
        return None if found is None else _at(found)

    def due_before(self, end: datetime, seconds: float) -> datetime | None:
        """Latest instant with `seconds` of open time left until `end`: warnings count backwards in open time."""
        at, rest = _us(end), round(seconds * _SECOND_US)
        if rest <= 0:
            return end
        for leg in reversed(self._legs):
            high = min(at, leg.end)
            if high <= leg.start:
                continue
            low = max(leg.start, high - leg.ahead) if leg.ahead else leg.start
            found = leg.openings.retreat(high, rest, low)
            if found is not None:
                return _at(found)
            if low > leg.start:
                return None
            rest -= leg.openings.between(low, high)
        return None

    def open_intervals(self, start: datetime, end: datetime) -> list[Span]:
        """The stretches that count between two instants, in order."""
        low, high = _us(start), _us(end)
        found: _Pairs = []
        for leg in self._legs:
            found += leg.openings.intervals(max(low, leg.start), min(high, leg.end))
        return [Span(_at(first), _at(last)) for first, last in _united(found)]

    def _advance(self, start: int, amount: int) -> int | None:
        if amount <= 0:
            return start
        for leg in self._legs:
            if leg.end <= start:
                continue
            low = max(start, leg.start)
            limit = min(leg.end, low + leg.ahead) if leg.ahead else leg.end
            found = leg.openings.advance(low, amount, limit)
            if found is not None:
                return found
            if limit < leg.end:
                return None
            amount -= leg.openings.between(low, leg.end)
        return None

    def _next_open(self, at: int) -> int | None:
        for leg in self._legs:
            if leg.end <= at:
                continue
            low = max(at, leg.start)
            limit = min(leg.end, low + leg.ahead) if leg.ahead else leg.end
            found = leg.openings.next_open(low, limit)
            if found is not None:
                return found
            if limit < leg.end:
                return None
        return None


_HORIZON_US = HORIZON // _US
_Pauses = Iterable[Pause | tuple[datetime, datetime | None]]


def open_intervals(spec: CalendarSpec, start: datetime, end: datetime) -> list[Span]:
    """Open intervals of a calendar between two instants, united and in order."""
    return [Span(_at(low), _at(high)) for low, high in spec._openings.intervals(_us(start), _us(end))]


def open_seconds(spec: CalendarSpec, start: datetime, end: datetime, pauses: _Pauses = ()) -> float:
    """E(start, end) in seconds; zero if `end` is before `start`."""
    return Course([(start, spec)], pauses).open_time(start, end).total_seconds()


def due_at(spec: CalendarSpec, start: datetime, target_s: float, pauses: _Pauses = ()) -> datetime | None:
    """See `Course.due_at`."""
    if spec.is_always_open and not pauses:
        return start + timedelta(seconds=max(0.0, target_s))
    return Course([(start, spec)], pauses).due_at(start, target_s)


def breach_at(spec: CalendarSpec, start: datetime, target_s: float, pauses: _Pauses = ()) -> datetime | None:
    """See `Course.breach_at`."""
    if spec.is_always_open and not pauses:
        return start + timedelta(seconds=max(0.0, target_s))
    return Course([(start, spec)], pauses).breach_at(start, target_s)


def due_before(spec: CalendarSpec, end: datetime, seconds: float, pauses: _Pauses = ()) -> datetime | None:
    """See `Course.due_before`."""
    return Course([(end, spec)], pauses).due_before(end, seconds)


def next_open(spec: CalendarSpec, at: datetime) -> datetime | None:
    """First open instant at or after `at`; None if there is none within 400 days."""
    return Course([(at, spec)]).next_open(at)


def is_open(spec: CalendarSpec, at: datetime) -> bool:
    """Whether the calendar is open at this instant."""
    return spec._openings.next_open(_us(at), _us(at) + 1) is not None


def working_days(spec: CalendarSpec, start: datetime, days: int, *, to_closing: bool = False) -> datetime | None:
    """`days` open local dates after the date of `start`, at the same clock time.

    A clock time before that date's opening moves to it, one after its closing to the closing, one in a break to the end of
    the break; `to_closing` always gives the closing. A working day is never 24 hours of open time. None if there are not so
    many open dates within 400 days. Raises `ValueError` for fewer than one day.
    """
    if days < 1:
        raise ValueError("Working days count from one.")
    local = start.astimezone(spec.tz)
    clock_s = local.hour * 3600 + local.minute * 60 + local.second
    on = local.date()
    for _ in range(HORIZON.days):
        on += timedelta(days=1)
        hours = _hours_of(spec, on)
        days -= bool(hours)
        if days == 0 and hours:
            break
    else:
        return None
    opening, closing = hours[0].start, hours[-1].end
    same = resolve_local(spec.tz, on, clock_s, "start") + timedelta(microseconds=local.microsecond)
    if to_closing or same >= closing:
        return closing
    if is_open(spec, same):
        return same
    return next_open(spec, max(same, opening))


def _hours_of(spec: CalendarSpec, on: date) -> list[Span]:
    """What is open of the hours that start on a local date; a shift's part after midnight belongs to the date it began."""
    hours = spec.overrides.get(on, spec.weekly[on.weekday()])
    found: _Pairs = []
    for start, end in _united(_instants(spec.tz, on, interval) for interval in hours):
        found += spec._openings.intervals(start, end)
    return [Span(_at(start), _at(end)) for start, end in _united(found)]


ALWAYS_OPEN = CalendarSpec(zone="UTC", weekly=((LocalInterval(0, DAY_S),),) * 7)

__all__ = [
    "ALWAYS_OPEN",
    "HORIZON",
    "CalendarRulesInvalid",
    "CalendarSpec",
    "Course",
    "Holiday",
    "LocalInterval",
    "Pause",
    "Span",
    "ZoneInfoNotFoundError",
    "breach_at",
    "due_at",
    "due_before",
    "is_open",
    "local_interval",
    "next_open",
    "open_intervals",
    "open_seconds",
    "resolve_local",
    "spec_from_rules",
    "working_days",
]

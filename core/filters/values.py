"""The kinds of value a field takes: how their text is read, and what is said when it is not one of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Protocol, cast

from dateutil.relativedelta import relativedelta
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.filters.conditions import BadValue, Condition, Contains, Equal, FilterContext, Span
from core.filters.errors import nearest
from core.filters.tree import Compare, Range, Word

Words = str | Promise

MAX_NUMBER = 10**15
MAX_DURATION = timedelta(days=3660)
EARLIEST_YEAR, LATEST_YEAR = 1990, 2100
LONGEST_RANGE = timedelta(days=3660)

_DURATION_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DURATION = re.compile(r"(?:\d{1,7}[smhdw])+", re.ASCII | re.IGNORECASE)
_DURATION_PART = re.compile(r"(\d{1,7})([smhdw])", re.ASCII | re.IGNORECASE)
_NUMBER = re.compile(r"(-?\d{1,15}(?:\.\d{1,4})?)([kmb]?)", re.ASCII | re.IGNORECASE)
_MULTIPLIERS = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9}
_RELATIVE = re.compile(r"([+-])(\d{1,5})([smhdwMy])", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}", re.ASCII)


class ValueType(Protocol):
    """One kind of value. `expects` ends the sentence "expected …"."""

    @property
    def expects(self) -> str:
        """For example "a duration such as `2h`"."""
        ...

    @property
    def is_ordered(self) -> bool:
        """Whether `<`, `>` and ranges mean something."""
        ...

    def condition(self, value: Word | Compare | Range, context: FilterContext) -> Condition:
        """What the value asks. Raises `BadValue`."""
        ...


class _Scalar:
    """Shared by kinds whose values are single points; a subclass reads one text."""

    is_ordered = False
    is_searchable = False

    @property
    def expects(self) -> str:
        raise NotImplementedError

    def read(self, text: str, context: FilterContext) -> object:
        """The typed value. Raises `BadValue`."""
        raise NotImplementedError

    def refuse(self, replacement: str | None = None) -> BadValue:
        """The refusal of a text that is not of this kind."""
        return BadValue(_("expected %(kind)s") % {"kind": self.expects}, replacement=replacement)

    def condition(self, value: Word | Compare | Range, context: FilterContext) -> Condition:
        """What the value asks; operators this kind has no use for are refused by name."""
        if isinstance(value, Word):
            return Equal(self.read(value.text, context))
        if isinstance(value, Range):
            if not self.is_ordered:
                raise self._no_order("..")
            return ordered_span(self.read(value.low, context), self.read(value.high, context), value)
        if value.op == "=":
            return Equal(self.read(value.text, context))
        if value.op == "~":
            if not self.is_searchable:
                message = _("`~` searches within text; expected %(kind)s") % {"kind": self.expects}
                raise BadValue(message, code="bad_operator")
            return Contains(value.text)
        if not self.is_ordered:
            raise self._no_order(value.op)
        return one_sided(value.op, self.read(value.text, context))

    def _no_order(self, op: str) -> BadValue:
        message = _("`%(op)s` needs values with an order; expected %(kind)s") % {"op": op, "kind": self.expects}
        return BadValue(message, code="bad_operator")


def one_sided(op: str, value: object) -> Span:
    """The span an ordering operator asks for."""
    if op in (">", ">="):
        return Span(low=value, low_open=op == ">")
    return Span(high=value, high_open=op == "<")


def ordered_span(low: object, high: object, written: Range) -> Span:
    """Both ends of a range. Raises `BadValue` when they are the wrong way round."""
    if cast("int", low) > cast("int", high):  # any two values of one ordered kind
        message = _("a range runs from the lower to the higher value")
        raise BadValue(message, code="range_reversed", replacement=f"{written.high}..{written.low}")
    return Span(low, high)


@dataclass(frozen=True)
class Choice(_Scalar):
    """One of a fixed set of words, whatever their case. `words` maps each word, aliases included, to the stored value."""

    words: Mapping[str, object]

    @property
    def expects(self) -> str:
        listed = list(self.words)
        shown = ", ".join(f"`{word}`" for word in listed[:12])
        return _("one of %(words)s") % {"words": shown + (", …" if len(listed) > 12 else "")}

    def read(self, text: str, context: FilterContext) -> object:
        folded = text.lower()
        for word, value in self.words.items():
            if word.lower() == folded:
                return value
        raise self.refuse(nearest(text, self.words))


@dataclass(frozen=True)
class WholeNumber(_Scalar):
    """A whole number between two limits, with optional letters before it: `2`, `S2`, `G1`."""

    low: int
    high: int
    prefix: str = ""
    example: str = "2"
    is_ordered: bool = True

    @property
    def expects(self) -> str:
        named = {"low": f"{self.prefix}{self.low}", "high": f"{self.prefix}{self.high}", "example": self.example}
        return _("a number from %(low)s to %(high)s, such as `%(example)s`") % named

    def read(self, text: str, context: FilterContext) -> int:
        digits = text[len(self.prefix) :] if self.prefix and text.lower().startswith(self.prefix.lower()) else text
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 10):
            raise self.refuse()
        number = int(digits)
        if not self.low <= number <= self.high:
            raise self.refuse()
        return number


@dataclass(frozen=True)
class Amount(_Scalar):
    """A count or a sum of money: `500`, `10k`, `1.2M`, `3b`. Read as a whole number, rounded down."""

    is_ordered: bool = True

    @property
    def expects(self) -> str:
        return _("a number such as `500`, `10k` or `1.2M`")

    def read(self, text: str, context: FilterContext) -> int:
        found = _NUMBER.fullmatch(text.replace("_", "").replace("'", ""))
        if found is None:
            raise self.refuse()
        number = int(Decimal(found[1]) * _MULTIPLIERS[found[2].lower()])
        if abs(number) > MAX_NUMBER:
            raise self.refuse()
        return number


@dataclass(frozen=True)
class Duration(_Scalar):
    """A length of time: `30m`, `2h`, `1h30m`, `3d`, `2w`; with `signed` also `-30m`. Read as a timedelta."""

    signed: bool = False
    is_ordered: bool = True

    @property
    def expects(self) -> str:
        return _("a duration such as `2h`")

    def read(self, text: str, context: FilterContext) -> timedelta:
        sign = -1 if self.signed and text.startswith("-") else 1
        body = text[1:] if sign < 0 else text
        if body == "0":
            return timedelta(0)
        if _DURATION.fullmatch(body) is None:
            # A bare number is nearly always hours short of its letter.
            raise self.refuse(f"{text}h" if body.isascii() and body.isdigit() and len(body) < 4 else None)
        seconds = sum(int(count) * _DURATION_UNITS[unit.lower()] for count, unit in _DURATION_PART.findall(body))
        if seconds > MAX_DURATION.total_seconds():
            raise BadValue(_("a duration is at most 10 years"), code="out_of_range")
        return timedelta(seconds=sign * seconds)


@dataclass(frozen=True)
class Text(_Scalar):
    """Free text. Without an operator it must be equal, with `~` contained. `change` brings a text into the form it is stored in."""

    example: str = ""
    max_length: int = 200
    change: Callable[[str], str] = str
    is_searchable: bool = True

    @property
    def expects(self) -> str:
        return _("text such as `%(example)s`") % {"example": self.example} if self.example else _("text")

    def read(self, text: str, context: FilterContext) -> str:
        if len(text) > self.max_length:
            message = _("at most %(limit)d characters are compared") % {"limit": self.max_length}
            raise BadValue(message, code="out_of_range")
        return self.change(text)


@dataclass(frozen=True)
class Code(_Scalar):
    """A short code of a known form (`es`, `BR`). `pattern` matches the whole text, whatever its case; `change` gives the stored form."""

    pattern: str
    what: Words
    change: Callable[[str], str] = str.lower

    @property
    def expects(self) -> str:
        return str(self.what)

    def read(self, text: str, context: FilterContext) -> str:
        if re.fullmatch(self.pattern, text, re.ASCII | re.IGNORECASE) is None:
            raise self.refuse()
        return self.change(text)


@dataclass(frozen=True)
class Reference(_Scalar):
    """A name of something that exists. `resolve` answers its value, or None when the reader knows no such thing.

    `known` lists names the reader may see, for the nearest guess: never one from outside.
    """

    what: Words
    resolve: Callable[[str, FilterContext], object | None]
    known: Callable[[FilterContext], Iterable[str]] = lambda _context: ()

    @property
    def expects(self) -> str:
        return str(self.what)

    def read(self, text: str, context: FilterContext) -> object:
        found = self.resolve(text, context)
        if found is None:
            raise self.refuse(nearest(text, self.known(context)))
        return found


@dataclass(frozen=True)
class Moment:
    """A point or a stretch of time, in the reader's zone.

    `2026-11-22` and `today` are whole days, `shift` is the reader's present shift or else the last one, `"2026-11-22T10:00"` and `now`
    are instants; `-7d`, `+2h`, `-2w` count from now: days, weeks, months (`M`) and years keep the local time of day across a change of
    clocks, hours and less are exact. Alone, a past one reaches from then until now and a coming one from now until then.
    """

    is_ordered: bool = True

    @property
    def expects(self) -> str:
        return _("a time such as `2026-11-22`, `today`, `shift`, `-7d` or `-2w..-1w`")

    def condition(self, value: Word | Compare | Range, context: FilterContext) -> Condition:
        """A half-open span of aware UTC times. Raises `BadValue`."""
        if isinstance(value, Range):
            low, high = self._stretch(value.low, context)[0], self._stretch(value.high, context)[1]
            if low > high:
                message = _("a range runs from the earlier to the later time")
                raise BadValue(message, code="range_reversed", replacement=f"{value.high}..{value.low}")
            if high - low > LONGEST_RANGE:
                raise BadValue(_("a range covers at most 10 years"), code="out_of_range")
            return Span(low, high, high_open=True)
        if isinstance(value, Compare) and value.op == "~":
            message = _("`~` searches within text; expected %(kind)s") % {"kind": self.expects}
            raise BadValue(message, code="bad_operator")
        first, after = self._stretch(value.text, context)
        if isinstance(value, Compare) and value.op != "=":
            # After a day means after its end; from a day on, from its start.
            bound = {">": after, ">=": first, "<": first, "<=": after}[value.op]
            if value.op in (">", ">="):
                return Span(low=bound, low_open=value.op == ">" and first == after)
            return Span(high=bound, high_open=value.op == "<" or first != after)
        if first == after:
            return Span(min(first, context.at), max(first, context.at))
        return Span(first, after, high_open=True)

    def _stretch(self, text: str, context: FilterContext) -> tuple[datetime, datetime]:
        """First instant and first instant after; the same twice for an instant."""
        here = context.at.astimezone(context.zone)
        word = text.lower()
        if word == "now":
            return context.at, context.at
        if word in ("today", "yesterday", "tomorrow"):
            return self._day(here.date() + timedelta(days={"today": 0, "yesterday": -1, "tomorrow": 1}[word]), context)
        if word == "shift":
            if context.shift is None:
                raise BadValue(
                    _("`shift` is the time of your working hours: name them in your settings"), code="no_shift"
                )
            return context.shift
        if (found := _RELATIVE.fullmatch(text)) is not None:
            moment = self._relative(found, here)
            return moment, moment
        if _DATE.fullmatch(text):
            return self._day(self._date(text), context)
        return self._instant(text, context)

    def _relative(self, found: re.Match[str], here: datetime) -> datetime:
        count, unit = int(found[1] + found[2]), found[3]
        if unit in "smh":
            return self._within(here.astimezone(UTC) + timedelta(seconds=count * _DURATION_UNITS[unit]))
        step = {"d": relativedelta(days=count), "w": relativedelta(weeks=count), "M": relativedelta(months=count)}
        try:
            return self._within((here + step.get(unit, relativedelta(years=count))).astimezone(UTC))
        except (ValueError, OverflowError):
            raise self._too_far() from None

    def _day(self, day: date, context: FilterContext) -> tuple[datetime, datetime]:
        bounds = (datetime.combine(moment, time(), context.zone) for moment in (day, day + timedelta(days=1)))
        first, after = (bound.astimezone(UTC) for bound in bounds)
        return self._within(first), after

    def _date(self, text: str) -> date:
        year, month, day = (int(part) for part in text.split("-"))
        try:
            read = date(year, month, day)
        except ValueError:
            raise BadValue(_("there is no such day; expected %(kind)s") % {"kind": self.expects}) from None
        if not EARLIEST_YEAR <= read.year <= LATEST_YEAR:
            raise self._too_far()
        return read

    def _instant(self, text: str, context: FilterContext) -> tuple[datetime, datetime]:
        try:
            read = datetime.fromisoformat(text)
        except ValueError:
            raise BadValue(_("expected %(kind)s") % {"kind": self.expects}) from None
        if not EARLIEST_YEAR <= read.year <= LATEST_YEAR:
            raise self._too_far()
        aware = read if read.tzinfo is not None else read.replace(tzinfo=context.zone)
        moment = aware.astimezone(UTC)
        return moment, moment

    def _within(self, moment: datetime) -> datetime:
        if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
            raise self._too_far()
        return moment

    def _too_far(self) -> BadValue:
        named = {"first": EARLIEST_YEAR, "last": LATEST_YEAR}
        return BadValue(_("a time lies between the years %(first)d and %(last)d") % named, code="out_of_range")

"""What one value of a term asks of a field, once its text is understood."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo


class BadValue(ValueError):
    """The field does not take this value. `replacement` is the value that was probably meant."""

    def __init__(self, message: str, *, code: str = "bad_value", replacement: str | None = None) -> None:
        super().__init__(message)
        self.message, self.code, self.replacement = message, code, replacement


@dataclass(frozen=True)
class FilterContext:
    """For whom and when a filter is read. `at` is aware UTC; days, weeks and dates are taken in `zone`."""

    at: datetime
    zone: tzinfo

    @property
    def shift(self) -> tuple[datetime, datetime] | None:
        """Start and end (aware UTC) of the reader's shift: the present one, else the last; None where nothing is known of it."""
        return None


@dataclass(frozen=True)
class Equal:
    """Exactly this value."""

    value: object


@dataclass(frozen=True)
class Span:
    """Between two values; None is no limit on that side. An end belongs to the span unless it is open."""

    low: object | None = None
    high: object | None = None
    low_open: bool = False
    high_open: bool = False


@dataclass(frozen=True)
class Contains:
    """Text that contains this, whatever the case of its letters."""

    text: str


@dataclass(frozen=True)
class Nothing:
    """`none`: the field is empty."""


@dataclass(frozen=True)
class Anything:
    """`any`: the field is not empty."""


@dataclass(frozen=True)
class Mine:
    """`@me`: whoever reads the filter."""


@dataclass(frozen=True)
class MyTeam:
    """`@team`: the teams of whoever reads the filter."""


Condition = Equal | Span | Contains | Nothing | Anything | Mine | MyTeam

"""What charts are given and what they answer: plain values, already in the reader's language. No queries, no requests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString


class Linked(str):
    """A cell of a table that leads somewhere; everywhere else a plain text."""

    href: str

    def __new__(cls, text: str, href: str | None) -> Linked:
        made = super().__new__(cls, text)
        made.href = href or ""
        return made


@dataclass(frozen=True)
class Table:
    """The twin of a chart: every value it draws, as text. The first column names the row."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Chart:
    """A drawn chart: `summary` says in one sentence what it shows, for who hears it instead."""

    svg: SafeString
    table: Table
    title: str
    summary: str


@dataclass(frozen=True)
class Mark:
    """One point, column or cell. `value` None leaves a gap. `text` is the value in words; `href` leads to its rows."""

    label: str
    value: float | None
    text: str
    href: str | None = None
    title: str = ""
    is_signal: bool = False

    @property
    def hover(self) -> str:
        """What pointing at it says."""
        return self.title or f"{self.label}: {self.text}"


@dataclass(frozen=True)
class Series:
    """A named row of marks. Its place in the list decides colour, dash and marker."""

    name: str
    marks: Sequence[Mark]


@dataclass(frozen=True)
class Flag:
    """A note on the time line: `at` counts marks from 0 and may lie between two; `number` stands in the list below the chart."""

    at: float
    number: int
    text: str
    href: str | None = None


@dataclass(frozen=True)
class Band:
    """What is usual, point by point (None: nothing is known)."""

    low: Sequence[float | None]
    high: Sequence[float | None]
    name: str


@dataclass(frozen=True)
class XmrData:
    """Weekly points with their natural limits; `word` is the state in words (“stable”). `as_text` prints a value of the axis."""

    title: str
    marks: Sequence[Mark]
    centre: float | None
    low: float | None
    high: float | None
    word: str
    centre_text: str = ""
    low_text: str = ""
    high_text: str = ""
    target: float | None = None
    target_text: str = ""
    flags: Sequence[Flag] = ()
    floor: float | None = None
    ceiling: float | None = None
    first: str = ""  # what its points are, where they are not weeks


@dataclass(frozen=True)
class Pair:
    """A row of a dumbbell: two values of now and, if there is one, the same two of before. Texts are the values in words."""

    label: str
    low: float | None
    high: float | None
    low_text: str
    high_text: str
    href: str | None = None
    before_low: float | None = None
    before_high: float | None = None
    before_text: str = ""
    note: str = ""


@dataclass(frozen=True)
class Share:
    """One row of a contribution: how many percentage points of a change this slice explains, by its rate and by its weight."""

    label: str
    rate: float
    mix: float
    text: str
    href: str | None = None
    title: str = ""

    @property
    def total(self) -> float:
        return self.rate + self.mix


@dataclass(frozen=True)
class Spread:
    """A row of a dot range: a middle with its quarter and tenth points."""

    label: str
    p25: float | None
    p50: float | None
    p75: float | None
    p90: float | None
    texts: tuple[str, str, str, str]
    href: str | None = None

"""What a printed document is made of: plain data, in reading order. Every text is text; nothing in it is ever read as markup.

Words are localised already, times are words already: a document does not change by who opens it (ux.md §16, PRT-3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Heading:
    """A heading of level 2 (the title is level 1) or 3."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    """Running text; empty lines part it. `meta` prints it small (sources, times)."""

    text: str
    is_meta: bool = False
    url: str = ""


@dataclass(frozen=True)
class Items:
    """A list; each item may have a smaller second line."""

    items: Sequence[tuple[str, str]]
    is_numbered: bool = False


@dataclass(frozen=True)
class Facts:
    """Names and what stands for them, in two columns."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Tile:
    """A figure as it is printed: name, value, and what qualifies it (state word, n, target)."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Tiles:
    """Up to six figures beside each other."""

    tiles: Sequence[Tile]


@dataclass(frozen=True)
class TableOf:
    """A table with a header row that is repeated on each page. `numeric`: columns set flush with their digits."""

    headers: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str = ""
    numeric: frozenset[int] = frozenset()


@dataclass(frozen=True)
class ChartOf:
    """A picture made by `reporting.charts`. `alt` says in words what it shows; `table` is its twin, printed where wanted."""

    title: str
    svg: str
    alt: str
    note: str = ""
    table: TableOf | None = None


@dataclass(frozen=True)
class PictureOf:
    """A PNG, no wider than half the page, with a line below it; `alt` says what it is."""

    png: bytes
    alt: str
    note: str = ""


@dataclass(frozen=True)
class PageBreak:
    """What follows begins on a new page."""


@dataclass(frozen=True)
class Quiet:
    """A boxed remark: what was left out, what to know before reading."""

    text: str


Part = Heading | Paragraph | Items | Facts | Tiles | TableOf | ChartOf | PictureOf | PageBreak | Quiet


@dataclass(frozen=True)
class Document:
    """A whole document. `footer` are its lines' words in order (PRT-1): classification, id and version, who made it when, as of.

    `language` is a language code of the settings; it sets direction, hyphenation and what screen readers speak.
    """

    title: str
    parts: Sequence[Part]
    classification: str
    name: str  # its id and version, such as BRF-12@v3
    made: str  # "Generated 22 Nov 2026 14:51 UTC by Ana"
    as_of: str
    kind: str = ""  # what it is, above the title
    header: Sequence[tuple[str, str]] = ()
    language: str = "en"
    is_draft: bool = False
    author: str = ""
    words: dict[str, str] = field(default_factory=dict)

"""The blocks of a brief as plain data: how they are kept, how long they are, how hard they read. No queries.

A figure, a chart or a gap is kept in words as it was when it was added, with its time ("as of") and where it came from; nothing in a
brief is ever counted again (ux.md BRI-2, PRT-3).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from core.errors import FieldProblem
from reporting.lifecycle import BLOCK_ORDER, BlockKind

TEXT_MOST = 2000
OWNER_MOST = 80
LABEL_MOST = 200
_WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")
_SENTENCE = re.compile(r"[.!?…]+(?:\s|$)|\n")
_VOWELS = re.compile(r"[aeiouy]+")
# Scripts written without spaces: two of their characters are about a word.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True)
class Source:
    """Where a block came from: `label` in words, `path` on this site ("" for none). `is_restricted`: an object that not every
    reader of briefs may open, so copies that may be forwarded neither name it nor lead there."""

    label: str
    path: str = ""
    is_restricted: bool = False


@dataclass(frozen=True)
class SaidFigure:
    """A figure as it was: name, value and what qualifies it, in the words of the brief's language."""

    key: str
    label: str
    value: str
    period: str
    n: int | None = None
    state: str = ""  # the XmR state word
    scope: str = ""  # whose cases, and under which filter


@dataclass(frozen=True)
class SaidChart:
    """A chart as it was: the picture, what it shows in words, and its table."""

    title: str
    svg: str
    summary: str
    headers: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class Block:
    """One part of a brief. `as_of` (aware UTC) is when what it says was read; None for what a person wrote."""

    id: str
    kind: BlockKind
    text: str = ""
    owner: str = ""
    by_on: date | None = None
    as_of: datetime | None = None
    source: Source | None = None
    figure: SaidFigure | None = None
    chart: SaidChart | None = None

    @property
    def words(self) -> int:
        """How many words of the brief it takes; a chart's table takes none."""
        said = f"{self.figure.label} {self.figure.value} {self.figure.state}" if self.figure else ""
        titled = self.chart.title if self.chart else ""
        return sum(count_words(part) for part in (self.text, self.owner, said, titled))


@dataclass(frozen=True)
class Length:
    """How long a brief is and how hard it reads; `grade` is None where the language has no such measure or the text is too short."""

    words: int
    bluf_words: int
    grade: float | None
    longest_sentence: int


def count_words(text: str) -> int:
    """Words of a text; of scripts without spaces, half their characters."""
    bare = _UNSPACED.sub(" ", text)
    return len(_WORD.findall(bare)) + (len(_UNSPACED.findall(text)) + 1) // 2


def measure(blocks: Sequence[Block], language: str) -> Length:
    """Length and grade of what is written. The grade is Flesch and Kincaid's, of English alone (Kincaid et al. 1975)."""
    written = "\n".join(block.text for block in blocks if block.text)
    sentences = [count_words(one) for one in _SENTENCE.split(written) if count_words(one)]
    words = [word.lower() for word in _WORD.findall(written)]
    grade = None
    if language.split("-")[0] == "en" and len(words) >= 30 and sentences:
        syllables = sum(_syllables(word) for word in words)
        grade = round(0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59, 1)
    return Length(
        words=sum(block.words for block in blocks),
        bluf_words=sum(block.words for block in blocks if block.kind == BlockKind.BLUF),
        grade=grade,
        longest_sentence=max(sentences, default=0),
    )


def _syllables(word: str) -> int:
    """Groups of vowels, without a last e that nobody says."""
    bare = word[:-1] if word.endswith("e") and not word.endswith(("le", "ee")) else word
    return max(1, len(_VOWELS.findall(bare)))


def ordered(blocks: Sequence[Block]) -> list[Block]:
    """As a reader meets them: the bottom line first; among themselves as they were added."""
    return sorted(blocks, key=lambda block: BLOCK_ORDER[block.kind])


def forward_safe(blocks: Sequence[Block]) -> list[Block]:
    """The blocks without names of, and links to, restricted objects: their words stay, since those were written for all readers."""
    return [
        replace(block, source=None) if block.source is not None and block.source.is_restricted else block
        for block in blocks
    ]


def as_of(blocks: Sequence[Block], otherwise: datetime) -> datetime:
    """The time of the oldest figure among them (aware UTC)."""
    return min((block.as_of for block in blocks if block.as_of is not None), default=otherwise)


# -- Kept as JSON ------------------------------------------------------------------------------------------------------
def keep(block: Block) -> dict[str, Any]:
    """A block as JSON keeps it; empty parts are left out."""
    kept: dict[str, Any] = {"id": block.id, "kind": block.kind.value}
    if block.text:
        kept["text"] = block.text
    if block.owner:
        kept["owner"] = block.owner
    if block.by_on is not None:
        kept["by_on"] = block.by_on.isoformat()
    if block.as_of is not None:
        kept["as_of"] = block.as_of.astimezone(UTC).isoformat()
    if block.source is not None:
        kept["source"] = {
            "label": block.source.label,
            "path": block.source.path,
            "is_restricted": block.source.is_restricted,
        }
    if block.figure is not None:
        figure = block.figure
        kept["figure"] = {
            "key": figure.key,
            "label": figure.label,
            "value": figure.value,
            "period": figure.period,
            "n": figure.n,
            "state": figure.state,
            "scope": figure.scope,
        }
    if block.chart is not None:
        chart = block.chart
        kept["chart"] = {
            "title": chart.title,
            "svg": chart.svg,
            "summary": chart.summary,
            "headers": list(chart.headers),
            "rows": [list(row) for row in chart.rows],
        }
    return kept


def read(kept: Sequence[Mapping[str, Any]]) -> list[Block]:
    """Blocks from what JSON keeps."""
    return [_read(one) for one in kept]


def _read(kept: Mapping[str, Any]) -> Block:
    source, figure, chart = kept.get("source"), kept.get("figure"), kept.get("chart")
    return Block(
        id=kept["id"],
        kind=BlockKind(kept["kind"]),
        text=kept.get("text", ""),
        owner=kept.get("owner", ""),
        by_on=date.fromisoformat(kept["by_on"]) if kept.get("by_on") else None,
        as_of=datetime.fromisoformat(kept["as_of"]) if kept.get("as_of") else None,
        source=Source(**source) if source else None,
        figure=SaidFigure(**figure) if figure else None,
        chart=SaidChart(**chart) if chart else None,
    )


@dataclass
class Written:
    """What somebody typed into a block: a text, who is to act, by when."""

    text: str = ""
    owner: str = ""
    by_on: date | None = None
    problems: list[FieldProblem] = field(default_factory=list)

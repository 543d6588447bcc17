"""What the filter bar of a list shows: the text, its chips, what is wrong with it, the times it came to, recent filters."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.filters.editing import chips, negate_term, remove_term
from core.filters.errors import FilterError, Problem
from escalations.filters.compiling import CompiledFilter

RECENT_KEPT = 10
_SESSION_KEY = "recent_filters"


@dataclass(frozen=True)
class ChipShown:
    """One chip with the filters it leads to. `turned` is None where a chip cannot be left out (`sort:`)."""

    text: str
    start: int
    end: int
    is_negated: bool
    without: str
    turned: str | None


@dataclass(frozen=True)
class ProblemShown:
    """One fault: the text before it, the marked part, the text after it, the sentence, and the mended text if there is a guess."""

    before: str
    marked: str
    after: str
    start: int
    end: int
    sentence: SafeString
    mended: str | None


@dataclass(frozen=True)
class FilterBox:
    """Everything the bar's templates print. A text with faults has no chips of its own: the list keeps its last good ones."""

    text: str
    chips: tuple[ChipShown, ...] = ()
    problems: tuple[ProblemShown, ...] = ()
    times: tuple[tuple[str, str], ...] = ()


def filter_box(compiled: CompiledFilter) -> FilterBox:
    """The bar for a compiled filter."""
    problems = tuple(_problem(problem, compiled.text) for problem in compiled.errors)
    return FilterBox(compiled.text, _chips(compiled.text), problems, tuple(compiled.ranges_in_words))


@lru_cache(1024)  # a text's parts are the same for everybody, and taking one out reads it anew
def _chips(text: str) -> tuple[ChipShown, ...]:
    try:
        found = chips(text)
    except FilterError:
        return ()
    return tuple(
        ChipShown(
            chip.text,
            chip.start,
            chip.end,
            chip.is_negated,
            remove_term(text, chip.index),
            None if chip.is_shape else negate_term(text, chip.index),
        )
        for chip in found
    )


def _problem(problem: Problem, text: str) -> ProblemShown:
    return ProblemShown(
        text[: problem.start],
        text[problem.start : problem.end],
        text[problem.end :],
        problem.start,
        problem.end,
        with_code(problem.sentence(text)),
        problem.mended(text),
    )


def with_code(sentence: str) -> SafeString:
    """A sentence of ours with its parts between backticks set as code; everything is escaped."""
    pieces = sentence.split("`")
    return format_html_join(
        "",
        "{}",
        ((format_html("<code>{}</code>", piece) if index % 2 else piece,) for index, piece in enumerate(pieces)),
    )


def recent_filters(session: MutableMapping[str, Any]) -> tuple[str, ...]:
    """The reader's last filters, newest first."""
    return tuple(text for text in session.get(_SESSION_KEY, []) if isinstance(text, str))


def remember_filter(session: MutableMapping[str, Any], compiled: CompiledFilter) -> None:
    """Keep a valid, non-empty filter among the reader's recent ones; the session is written only when that changes them."""
    if not compiled.is_valid or not compiled.canonical:
        return
    before = recent_filters(session)
    after = [compiled.canonical, *(text for text in before if text != compiled.canonical)][:RECENT_KEPT]
    if list(before) != after:
        session[_SESSION_KEY] = after

"""What apps to the right know of clauses: cases and decisions. They register in `ready()`; this app asks, and does without where
nobody answers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.functional import Promise

from accounts.models import User
from policies.models import PolicyVersion

Text = str | Promise


@dataclass(frozen=True)
class Figure:
    """One number about clauses: `by_policy(ids, at)` answers it in words by clause id; a clause it does not name shows a dash.

    `about` says in a sentence how it is counted.
    """

    name: str
    label: Text
    about: Text
    by_policy: Callable[[Collection[int], datetime], Mapping[int, str]]
    order: int = 50


@dataclass(frozen=True)
class Flip:
    """Decisions that would fall otherwise under the new elements: how many of `of`, with examples as (words, address)."""

    to_violating: int
    to_fine: int
    undetermined: int
    of: int
    examples: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Impact:
    """What publishing a wording touches beyond the library. `is_partial`: it took too long, and the rest is not counted."""

    open_cases: int = 0
    open_cases_url: str = ""
    flips: Flip = field(default_factory=lambda: Flip(0, 0, 0, 0))
    templates: Sequence[tuple[str, str]] = ()
    is_partial: bool = False


@dataclass(frozen=True)
class Cited:
    """A decision under a clause, as its page lists it."""

    words: str
    url: str
    at: datetime
    citation: str
    validity: str
    validity_words: Text
    holding: str = ""


FIGURES: dict[str, Figure] = {}
_latest_citation: list[Callable[[PolicyVersion], datetime | None]] = []
_impact: list[Callable[[PolicyVersion, User, datetime], Impact]] = []
_cited: list[Callable[[PolicyVersion, User, datetime], Sequence[Cited]]] = []
_scope_problems: list[Callable[[str, datetime], list[str]]] = []
_scope_count: list[Callable[[str, User, datetime], tuple[int, str] | None]] = []
_case_urls: list[Callable[[Collection[str], User], Mapping[str, str]]] = []


def show_figure(figure: Figure) -> None:
    """Add a column of numbers to the library; the same name again replaces it."""
    FIGURES[figure.name] = figure


def figures() -> list[Figure]:
    """The registered numbers in their order."""
    return sorted(FIGURES.values(), key=lambda figure: (figure.order, figure.name))


def on_latest_citation(answer: Callable[[PolicyVersion], datetime | None]) -> None:
    """Register who knows when a version was last cited: its validity cannot end before that."""
    _latest_citation[:] = [answer]


def latest_citation(version: PolicyVersion) -> datetime | None:
    """The time of the last decision that cites `version` (aware UTC); None where there is none. Ask with the version locked."""
    return _latest_citation[0](version) if _latest_citation else None


def on_impact(answer: Callable[[PolicyVersion, User, datetime], Impact]) -> None:
    """Register who counts what a draft would touch."""
    _impact[:] = [answer]


def impact_of(version: PolicyVersion, *, viewer: User, at: datetime) -> Impact:
    """What publishing the draft would touch, as far as `viewer` may see it."""
    return _impact[0](version, viewer, at) if _impact else Impact()


def on_cited(answer: Callable[[PolicyVersion, User, datetime], Sequence[Cited]]) -> None:
    """Register who knows the decisions under a clause."""
    _cited[:] = [answer]


def cited_under(version: PolicyVersion, *, viewer: User, at: datetime) -> Sequence[Cited]:
    """Leading and latest decisions under the clause of `version` that `viewer` may see."""
    return _cited[0](version, viewer, at) if _cited else ()


def on_scope(
    problems: Callable[[str, datetime], list[str]], count: Callable[[str, User, datetime], tuple[int, str] | None]
) -> None:
    """Register who understands the filter of a guidance: what is wrong with it, and how many open cases it finds with their list."""
    _scope_problems[:], _scope_count[:] = [problems], [count]


def scope_problems(scope: str, *, at: datetime) -> list[str]:
    """What is wrong with a guidance's filter, in sentences."""
    return _scope_problems[0](scope, at) if _scope_problems else []


def scope_count(scope: str, *, viewer: User, at: datetime) -> tuple[int, str] | None:
    """How many open cases a filter finds for `viewer`, and the address of their list; None where that is not known."""
    return _scope_count[0](scope, viewer, at) if _scope_count else None


def on_case_urls(answer: Callable[[Collection[str], User], Mapping[str, str]]) -> None:
    """Register who knows the pages of cases."""
    _case_urls[:] = [answer]


def case_urls(refs: Collection[str], *, viewer: User) -> Mapping[str, str]:
    """The pages of those cases, by reference, that `viewer` may open."""
    return _case_urls[0](refs, viewer) if _case_urls else {}

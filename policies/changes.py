"""What one wording of a clause changes against another, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.functional import Promise
from django.utils.translation import gettext as _now

from policies.lifecycle import SURFACE_LABELS, Logic, Rung, SorCategory
from policies.models import PolicyVersion
from policies.wording import tree_lines

_WORD = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True)
class Piece:
    """A run of text that is kept, removed or added: `kind` is "same", "del" or "ins"."""

    kind: str
    text: str


@dataclass(frozen=True)
class Change:
    """A part of the clause that reads differently."""

    part: str | Promise
    pieces: list[Piece]
    is_meaning: bool = True  # whether it bears on what is decided, or only on how it is told or found

    @property
    def before(self) -> list[Piece]:
        """The older side: what was kept and what was removed."""
        return [piece for piece in self.pieces if piece.kind != "ins"]

    @property
    def after(self) -> list[Piece]:
        """The newer side: what was kept and what was added."""
        return [piece for piece in self.pieces if piece.kind != "del"]


def changes_between(before: PolicyVersion, after: PolicyVersion) -> list[Change]:
    """The parts that differ, in the order of the clause's card: rule, logic, elements, exceptions, ladder, examples."""
    old, new = dict(_parts(before)), dict(_parts(after))
    names = [*new, *(name for name in old if name not in new)]
    nothing = ("", True)
    return [
        Change(
            name, pieces_between(old.get(name, nothing)[0], new.get(name, nothing)[0]), (new.get(name) or old[name])[1]
        )
        for name in names
        if old.get(name, nothing)[0] != new.get(name, nothing)[0]
    ]


def pieces_between(old: str, new: str) -> list[Piece]:
    """`new` with what was removed from `old` and added to it, in whole words."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    pieces: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(after[c:d])))
            continue
        if b > a:
            pieces.append(Piece("del", "".join(before[a:b])))
        if d > c:
            pieces.append(Piece("ins", "".join(after[c:d])))
    return pieces


def _parts(version: PolicyVersion) -> Iterator[tuple[str, tuple[str, bool]]]:
    """Name, text, and whether it bears on what is decided."""
    yield _now("Title"), (version.title, False)
    yield _now("Rule"), (version.rule, True)
    groups = {element["key"]: element["group"] for element in version.elements}
    if len(set(groups.values())) > 1 or version.logic == Logic.ANY:
        any_of = ", ".join(key for key, group in groups.items() if group == "any")
        yield _now("Logic"), (f"{Logic(version.logic).label}: {any_of}", True)
    for element in version.elements:
        yield _now("Element “%(key)s”") % {"key": element["key"]}, (element["text"], True)
    for exception in version.exceptions:
        yield _now("Exception “%(key)s”") % {"key": exception["key"]}, (exception["text"], True)
    for definition in version.definitions:
        yield _now("Definition “%(term)s”") % {"term": definition["term"]}, (definition["text"], True)
    if version.decision_tree:
        yield _now("Decision tree"), (tree_lines(version.decision_tree), True)
    for surface in version.surfaces:
        ladder = _now("Ladder for %(surface)s") % {"surface": SURFACE_LABELS[surface]}
        yield ladder, (" → ".join(_rung(rung) for rung in version.rungs(surface)), True)
    yield _now("A strike counts for"), (str(version.strike_weight), True)
    for number, text in enumerate(version.violating_examples, start=1):
        yield _now("Violating example %(number)d") % {"number": number}, (text, False)
    for number, text in enumerate(version.fine_examples, start=1):
        yield _now("Example %(number)d that is fine") % {"number": number}, (text, False)
    yield _now("Reasons for deciders"), (version.rationale, False)
    yield _now("Public reasons"), (version.public_rationale, False)
    yield (
        _now("Statement of reasons"),
        (" ".join([str(SorCategory(version.sor_category).label), *version.sor_keywords]), False),
    )
    yield _now("Also called"), (", ".join(version.synonyms), False)


def _rung(rung: Rung) -> str:
    return ", ".join(action.label for action in rung.actions)

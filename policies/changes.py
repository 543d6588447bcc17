"""What one wording of a clause changes against another, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from policies.lifecycle import SURFACE_LABELS, Rung
from policies.models import PolicyVersion

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


def changes_between(before: PolicyVersion, after: PolicyVersion) -> list[Change]:
    """The parts that differ, in the order of the clause's card: rule, logic, elements, exceptions, ladder, examples."""
    old, new = dict(_parts(before)), dict(_parts(after))
    names = [*new, *(name for name in old if name not in new)]
    return [
        Change(name, pieces_between(old.get(name, ""), new.get(name, "")))
        for name in names
        if old.get(name, "") != new.get(name, "")
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


def _parts(version: PolicyVersion) -> Iterator[tuple[str, str]]:
    yield str(_("Title")), version.title
    yield str(_("Rule")), version.rule
    for element in version.elements:
        yield str(_("Element “%(key)s”") % {"key": element["key"]}), element["text"]
    for exception in version.exceptions:
        yield str(_("Exception “%(key)s”") % {"key": exception["key"]}), exception["text"]
    for surface in version.surfaces:
        ladder = str(_("Ladder for %(surface)s") % {"surface": SURFACE_LABELS[surface]})
        yield ladder, " → ".join(_rung(rung) for rung in version.rungs(surface))
    for name, texts in (
        (_("Violating examples"), version.violating_examples),
        (_("Examples that are fine"), version.fine_examples),
    ):
        yield str(name), " ".join(texts)
    yield str(_("Reasons for deciders")), version.rationale
    yield str(_("Public reasons")), version.public_rationale


def _rung(rung: Rung) -> str:
    return ", ".join(action.label for action in rung.actions)

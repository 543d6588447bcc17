"""The wording of a clause as plain values, how it is typed and printed as text, and what is wrong with it.

Lists are typed one item a line: elements and exceptions as "key: text", definitions as "word: meaning", a ladder as one rung a line
("content_remove, account_suspend:7"), a decision tree with two spaces of indentation for each step down. The same lines stand in the
Markdown files of an export.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from django.utils.translation import gettext as _

from core.errors import FieldProblem
from policies.lifecycle import (
    SURFACES,
    Definition,
    Element,
    ExceptionText,
    Logic,
    Node,
    SorCategory,
    VersionLabel,
    element_problems,
    ladder_problems,
    tree_problems,
)
from policies.models import PolicyVersion

TITLE_MAX, RULE_MAX, TEXT_MAX, LINE_MAX, LINES_MAX = 120, 400, 10_000, 1_000, 60
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_KEYWORD = re.compile(r"KEYWORD_[A-Z_]{1,80}")
_BREAKS = re.compile(r"[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


class NotReadable(ValueError):
    """A typed line has another form; the message says which and what is expected."""


@dataclass(frozen=True)
class Wording:
    """Everything of a version that an editor writes."""

    title: str = ""
    rule: str = ""
    rationale: str = ""
    public_rationale: str = ""
    elements: Sequence[Element] = ()
    logic: str = Logic.ALL
    exceptions: Sequence[ExceptionText] = ()
    violating_examples: Sequence[str] = ()
    fine_examples: Sequence[str] = ()
    ladder: Mapping[str, Any] = field(default_factory=dict)
    strike_weight: int = 1
    sor_category: str = SorCategory.OTHER_VIOLATION_TC
    sor_keywords: Sequence[str] = ()
    synonyms: Sequence[str] = ()
    definitions: Sequence[Definition] = ()
    decision_tree: Sequence[Node] = ()
    changed_note: str = ""
    label: str = VersionLabel.SUBSTANTIVE
    needs_legal: bool = False
    needs_acknowledgement: bool = False

    def stored(self) -> dict[str, Any]:
        """As the fields of a version hold it."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in self._items()}

    def _items(self) -> list[tuple[str, Any]]:
        return [(one.name, getattr(self, one.name)) for one in fields(self)]


NAMES = tuple(one.name for one in fields(Wording))


def wording_of(version: PolicyVersion) -> Wording:
    """What a stored version says."""
    return Wording(**{name: getattr(version, name) for name in NAMES})


def as_next(version: PolicyVersion) -> Wording:
    """The wording a new draft starts from: the same, with nothing said yet of what it changes."""
    return replace(wording_of(version), changed_note="", label=VersionLabel.CLARIFICATION)


def wording_problems(wording: Wording) -> list[FieldProblem]:
    """What keeps a wording from being stored at all, every problem at once. A draft may be incomplete: see `missing_parts`."""
    found: list[FieldProblem] = []

    def wrong(name: str, code: str, text: str) -> None:
        found.append(FieldProblem(f"/{name}", code, text))

    for name, most in (
        ("title", TITLE_MAX),
        ("rule", RULE_MAX),
        ("rationale", TEXT_MAX),
        ("public_rationale", TEXT_MAX),
        ("changed_note", TEXT_MAX),
    ):
        if len(getattr(wording, name)) > most:
            wrong(name, "too_long", _("More than %(n)d characters.") % {"n": most})
    for name in ("title", "rule"):
        if _BREAKS.search(getattr(wording, name)):
            wrong(name, "one_line", _("Write it in one line."))
    if not wording.title.strip():
        wrong("title", "required", _("Give the clause a name."))
    for name, texts in _lists(wording):
        if len(texts) > LINES_MAX:
            wrong(name, "too_many", _("More than %(n)d lines.") % {"n": LINES_MAX})
        for text in texts:
            if not text.strip() or text != text.strip() or len(text) > LINE_MAX or _BREAKS.search(text):
                wrong(
                    name,
                    "bad_line",
                    _("“%(text)s”: each line needs 1 to %(n)d characters.") % {"text": text[:60], "n": LINE_MAX},
                )
                break
    for name, items in (("elements", wording.elements), ("exceptions", wording.exceptions)):
        keys = [item["key"] for item in items]
        for key in keys:
            if not _KEY.fullmatch(key):
                wrong(name, "bad_key", _("“%(key)s” is no key: small letters, digits and _.") % {"key": key})
        if len(set(keys)) < len(keys):
            wrong(name, "twice", _("Two lines share a key."))
    if wording.logic not in Logic.values or any(item["group"] not in ("all", "any") for item in wording.elements):
        wrong("logic", "unknown", _("Choose which elements must be met."))
    if wording.sor_category not in SorCategory.values:
        wrong("sor_category", "unknown", _("Choose a category."))
    if wording.label not in VersionLabel.values:
        wrong("label", "unknown", _("Choose how much it changes."))
    if any(not _KEYWORD.fullmatch(word) for word in wording.sor_keywords):
        wrong("sor_keywords", "unknown", _("A keyword looks like KEYWORD_HATE_SPEECH."))
    if not 0 <= wording.strike_weight <= 10:
        wrong("strike_weight", "out_of_range", _("Between 0 and 10."))
    if wording.ladder:
        found += [FieldProblem("/ladder", "invalid", problem) for problem in ladder_problems(wording.ladder)]
    found += [
        FieldProblem("/decision_tree", "invalid", problem) for problem in tree_problems(list(wording.decision_tree))[:3]
    ]
    return found


def _lists(wording: Wording) -> list[tuple[str, list[str]]]:
    return [
        ("elements", [item["text"] for item in wording.elements]),
        ("exceptions", [item["text"] for item in wording.exceptions]),
        ("violating_examples", list(wording.violating_examples)),
        ("fine_examples", list(wording.fine_examples)),
        ("synonyms", list(wording.synonyms)),
        ("definitions", [text for one in wording.definitions for text in (one["term"], one["text"])]),
        ("decision_tree", _tree_texts(wording.decision_tree)),
    ]


def _tree_texts(nodes: Iterable[Node]) -> list[str]:
    texts: list[str] = []
    for node in nodes:
        if isinstance(node, dict) and isinstance(node.get("text"), str):
            texts += [node["text"], *_tree_texts(node.get("then") or [])]
    return texts


def missing_parts(wording: Wording) -> list[FieldProblem]:
    """What a draft still lacks before others look at it."""
    found = []
    for name, text in (
        ("rule", _("Say the rule in one line.")),
        ("public_rationale", _("Give the reasons that may be said outside.")),
        ("changed_note", _("Say what this version changes and why.")),
    ):
        if not getattr(wording, name).strip():
            found.append(FieldProblem(f"/{name}", "required", text))
    if not wording.elements:
        found.append(FieldProblem("/elements", "required", _("Give at least one element.")))
    else:
        problems = element_problems(wording.logic, wording.elements)
        found += [FieldProblem("/elements", "invalid", problem) for problem in problems]
    if not wording.ladder:
        found.append(FieldProblem("/ladder", "required", _("Give a ladder for at least one surface.")))
    return found


# -- Lines -------------------------------------------------------------------------------------------------------------
def lines_of(text: str) -> list[str]:
    """The non-empty lines, each without a leading "- "."""
    return [line.strip().removeprefix("- ").strip() for line in text.split("\n") if line.strip().strip("-").strip()]


def keyed_lines(items: Iterable[Mapping[str, str]]) -> str:
    """`[{"key", "text"}]` as "key: text", one a line."""
    return "\n".join(f"{item['key']}: {item['text']}" for item in items)


def read_keyed(text: str) -> list[tuple[str, str]]:
    """ "key: text" lines as pairs. Raises `NotReadable`."""
    found = []
    for line in lines_of(text):
        key, colon, words = line.partition(":")
        if not colon or not _KEY.fullmatch(key.strip()) or not words.strip():
            raise NotReadable(
                _("“%(line)s” should begin with a key and a colon, such as “target: …”.") % {"line": line[:60]}
            )
        found.append((key.strip(), words.strip()))
    return found


def definition_lines(definitions: Iterable[Definition]) -> str:
    """Definitions as "word: meaning"."""
    return "\n".join(f"{one['term']}: {one['text']}" for one in definitions)


def read_definitions(text: str) -> list[Definition]:
    """ "word: meaning" lines. Raises `NotReadable`."""
    found = []
    for line in lines_of(text):
        term, colon, words = line.partition(": ")
        if not colon or not term.strip() or not words.strip():
            raise NotReadable(_("“%(line)s” should be a word, a colon and its meaning.") % {"line": line[:60]})
        found.append(Definition(term=term.strip(), text=words.strip()))
    return found


def ladder_lines(rungs: Iterable[Iterable[Mapping[str, Any]]]) -> str:
    """The ladder of one surface, one rung a line: "content_remove, account_suspend:7"."""
    return "\n".join(
        ", ".join(f"{step['type']}:{step['days']}" if step.get("days") else step["type"] for step in rung)
        for rung in rungs
    )


def read_ladder(text: str) -> list[list[dict[str, Any]]]:
    """One surface's rungs. Raises `NotReadable`; whether the actions exist is `wording_problems`' question."""
    rungs = []
    for line in lines_of(text):
        steps: list[dict[str, Any]] = []
        for word in re.split(r"[,\s]+", line.strip(", ")):
            action, colon, days = word.partition(":")
            if colon and not re.fullmatch(r"[0-9]{1,4}", days):
                raise NotReadable(_("“%(word)s”: days are a number, such as account_suspend:7.") % {"word": word[:40]})
            steps.append({"type": action, "days": int(days)} if colon else {"type": action})
        rungs.append(steps)
    return rungs


def tree_lines(nodes: Iterable[Node], depth: int = 0) -> str:
    """A decision tree as an indented list."""
    lines = []
    for node in nodes:
        lines.append(f"{'  ' * depth}- {node['text']}")
        if node["then"]:
            lines.append(tree_lines(node["then"], depth + 1))
    return "\n".join(lines)


def read_tree(text: str) -> list[Node]:
    """An indented list as a decision tree. Raises `NotReadable` for a step that is indented under nothing."""
    roots: list[Node] = []
    open_nodes: list[list[Node]] = [roots]
    for line in text.replace("\t", "  ").split("\n"):
        if not line.strip():
            continue
        depth = (len(line) - len(line.lstrip(" "))) // 2
        if depth >= len(open_nodes) or depth > 20:
            raise NotReadable(_("“%(line)s” is indented further than the step above it.") % {"line": line.strip()[:60]})
        node = Node(text=line.strip().removeprefix("- ").strip(), then=[])
        del open_nodes[depth + 1 :]
        open_nodes[depth].append(node)
        open_nodes.append(node["then"])
    return roots


def ladder_in_order(ladder: Mapping[str, Any]) -> dict[str, Any]:
    """By surface in the order people name them; surfaces without rungs left out."""
    known = {surface: ladder[surface] for surface in SURFACES if ladder.get(surface)}
    return known | {surface: rungs for surface, rungs in ladder.items() if surface not in SURFACES}


def logic_of(elements: Iterable[Element]) -> Logic:
    """Which logic the groups in use come to."""
    groups = {element["group"] for element in elements}
    if groups == {"all", "any"}:
        return Logic.ALL_AND_ANY
    return Logic.ANY if groups == {"any"} else Logic.ALL


def elements_from(every: str, some: str) -> list[Element]:
    """Elements from the two lists as typed. Raises `NotReadable`."""
    return [
        Element(key=key, text=text, group=group)
        for group, typed in (("all", every), ("any", some))
        for key, text in read_keyed(typed)
    ]


def changed_names(before: Wording, after: Wording) -> list[str]:
    """The fields in which two wordings differ, in their order."""
    old, new = before.stored(), after.stored()
    return [name for name in NAMES if old[name] != new[name]]


def without_needless(wording: Wording) -> Wording:
    """The wording with its ladder in order, as it is stored."""
    return replace(wording, ladder=ladder_in_order(wording.ladder))

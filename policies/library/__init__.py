"""The clauses that come with the product, as data, and the reader that turns them into plain values.

A file holds `[[clause]]` tables. Fields of a clause:

    key title rule                the citation, a name, the rule in one line
    why public                    the internal rationale; the public one
    all any                       elements as "key: text"; both lists given: every one of `all` and at least one of `any`
    exceptions                    "key: text"
    violating fine                examples in words
    synonyms                      what people type when they mean it
    ladder                        per surface, rungs parted by " > ", actions by spaces, days after a colon
    definitions                   "word: meaning"
    tree                          a decision tree, two spaces of indentation for each step down
    weight                        strikes that a violation counts for
    harms sor                     where they differ from the section's (sections.toml)
    since version label note      when it came into force (days before loading), its number, label and change note

`[[clause.before]]` is the version before, newest first: its own `version`, `days`, `label`, `note` and those fields of content
that read differently then. `[[clause.variant]]` is the wording for one `market`, with the fields that differ.

Shorter, a clause's whole history is its `log`, newest first, in place of `since`, `version`, `label`, `note` and `before`: each line says
how many days ago, how much it changed, what it added, and why; older wordings are made by taking that away again:

    log = [
      "47 substantive +any workers +fine: Adds polling sites after three cases were decided differently.",
      "190 editorial ~title: A shorter name. || Bringing weapons to places",
      "371 substantive first: First version.",
    ]

`+all key`, `+any key`, `+except key` added that line; `+violating`, `+fine`, `+synonym` the last one; `+rung surface` the ladder's last rung;
`weight=2` raised the strike's weight from 2; `~rule`, `~title`, `~public`, `~why` replaced the text behind `||`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policies.lifecycle import (
    HARMS,
    KEY_PREFIX,
    KEY_RE,
    Element,
    ExceptionText,
    Family,
    Logic,
    SorCategory,
    VersionLabel,
    element_problems,
    ladder_problems,
)
from policies.wording import read_definitions, read_tree

FOLDER = Path(__file__).resolve().parent
_FAMILY = {prefix: Family(family) for family, prefix in KEY_PREFIX.items()}
_CONTENT = ("title", "rule", "why", "public", "all", "any", "exceptions", "violating", "fine", "synonyms", "ladder", "weight", "sor", "definitions", "tree")  # fmt: skip


class LibraryError(ValueError):
    """A library file says something that cannot be stored; the message names the clause."""


@dataclass(frozen=True)
class VersionSource:
    """One wording as the files give it. `days` is how many days before loading it came into force."""

    number: int
    days: int
    label: VersionLabel
    market: str
    content: Mapping[str, Any]  # fields of PolicyVersion


@dataclass(frozen=True)
class ClauseSource:
    """A clause with its versions, oldest first within each market."""

    key: str
    family: Family
    section: str
    harms: list[str]
    versions: list[VersionSource]


def read_library(folder: Path = FOLDER) -> list[ClauseSource]:
    """All clauses of a folder, in the order of its files. Raises `LibraryError` for what cannot be stored."""
    sections = tomllib.loads((folder / "sections.toml").read_text("utf-8"))
    clauses = [
        _clause(table, sections)
        for path in sorted(folder.glob("*.toml"))
        if path.name != "sections.toml"
        for table in tomllib.loads(path.read_text("utf-8"))["clause"]
    ]
    keys = [clause.key for clause in clauses]
    if twice := {key for key in keys if keys.count(key) > 1}:
        raise LibraryError(f"Given twice: {', '.join(sorted(twice))}.")
    return clauses


def _clause(table: Mapping[str, Any], sections: Mapping[str, Any]) -> ClauseSource:
    key = str(table.get("key", ""))
    if not KEY_RE.match(key):
        raise LibraryError(f"“{key}” is no key of a clause.")
    section = sections.get(key[:5])
    if section is None:
        raise LibraryError(f"{key}: sections.toml has no section {key[:5]}.")
    harms = list(table.get("harms", section["harms"]))
    if unknown := set(harms) - set(HARMS):
        raise LibraryError(f"{key}: unknown harms {sorted(unknown)}.")
    fields = {"sor": section["sor"]} | {name: table[name] for name in _CONTENT if name in table}
    try:
        versions = sorted(_versions(table, fields), key=lambda version: (version.market, version.number))
    except (KeyError, ValueError) as error:
        raise LibraryError(f"{key}: {error}") from error
    return ClauseSource(key, _FAMILY[key[:2]], section["name"], harms, versions)


def _versions(table: Mapping[str, Any], fields: Mapping[str, Any]) -> Iterator[VersionSource]:
    if "log" in table:
        yield from _logged(table, fields)
        return
    yield _version(fields, table.get("version", 1), table["since"], table)
    for variant in table.get("variant", []):
        yield _version(_overlaid(fields, variant), variant["version"], variant["days"], variant)
    older = dict(fields)
    for before in table.get("before", []):
        older = _overlaid(older, before)
        yield _version(older, before["version"], before["days"], before)


_LOGGED = re.compile(r"(?P<days>\d+) (?P<label>[a-z]+) (?P<what>[^:]+): (?P<note>.*)", re.DOTALL)
_TEXTS = {"~rule": "rule", "~title": "title", "~public": "public", "~why": "why"}


def _logged(table: Mapping[str, Any], fields: Mapping[str, Any]) -> Iterator[VersionSource]:
    """The versions of a clause that has a `log`, the newest first: each is the one after it without what that added."""
    lines = list(table["log"])
    content = dict(fields)
    for number, line in zip(range(len(lines), 0, -1), lines, strict=True):
        found = _LOGGED.fullmatch(line)
        if found is None:
            raise ValueError(f"“{line}” is no line of a log")
        note, _bars, old = found["note"].partition(" || ")
        about = {"note": note, "label": found["label"]}
        yield _version(content, number, int(found["days"]), about)
        content = _without(content, found["what"].split(), old)


def _without(fields: Mapping[str, Any], added: list[str], old: str) -> dict[str, Any]:
    """The content before a line of the log."""
    before = dict(fields)
    words = iter(added)
    for word in words:
        if word == "first":
            continue
        if word.startswith("weight="):
            before["weight"] = int(word.removeprefix("weight="))
        elif word in _TEXTS:
            before[_TEXTS[word]] = old
        elif word in ("+violating", "+fine", "+synonym"):
            name = "synonyms" if word == "+synonym" else word[1:]
            before[name] = before[name][:-1]
        elif word == "+rung":
            surface = next(words)
            before["ladder"] = before["ladder"] | {surface: before["ladder"][surface].rsplit(" > ", 1)[0]}
        elif word in ("+all", "+any", "+except"):
            name, key = ("exceptions" if word == "+except" else word[1:]), next(words)
            kept = [line for line in before[name] if not line.startswith(f"{key}: ")]
            if len(kept) != len(before[name]) - 1:
                raise ValueError(f"its log adds “{key}”, which no line of {name} is")
            before[name] = kept
        else:
            raise ValueError(f"“{word}” means nothing in a log")
    return before


def _overlaid(fields: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Content with the changed fields in place. Elements change together where either list is given with its other half."""
    return dict(fields) | {name: change[name] for name in _CONTENT if name in change}


def _version(fields: Mapping[str, Any], number: int, days: int, about: Mapping[str, Any]) -> VersionSource:
    groups = {group: [_keyed(line) for line in fields.get(group, [])] for group in ("all", "any")}
    elements = [Element(key=key, text=text, group=group) for group, lines in groups.items() for key, text in lines]
    logic = Logic.ALL_AND_ANY if all(groups.values()) else Logic.ALL if groups["all"] else Logic.ANY
    ladder = {surface: _rungs(line) for surface, line in fields["ladder"].items()}
    category, _, keywords = fields["sor"].partition(":")
    content = {
        "title": fields["title"],
        "rule": fields["rule"],
        "rationale": fields.get("why", ""),
        "public_rationale": fields["public"],
        "elements": elements,
        "logic": logic,
        "exceptions": [ExceptionText(key=k, text=t) for k, t in map(_keyed, fields.get("exceptions", []))],
        "violating_examples": fields.get("violating", []),
        "fine_examples": fields.get("fine", []),
        "ladder": ladder,
        "strike_weight": fields.get("weight", 1),
        "sor_category": SorCategory(f"STATEMENT_CATEGORY_{category.strip()}"),
        "sor_keywords": [f"KEYWORD_{word.strip()}" for word in keywords.split(",") if word.strip()],
        "synonyms": fields.get("synonyms", []),
        "definitions": read_definitions("\n".join(fields.get("definitions", []))),
        "decision_tree": read_tree(fields.get("tree", "")),
        "changed_note": about.get("note", "First version."),
    }
    if problems := element_problems(logic, elements) + ladder_problems(ladder):
        raise ValueError("; ".join(problems))
    return VersionSource(
        number, days, VersionLabel(about.get("label", "substantive")), about.get("market", ""), content
    )


def _keyed(line: str) -> tuple[str, str]:
    """ "target: A real person …" as its key and its text."""
    key, colon, text = line.partition(": ")
    if not (colon and key.isalpha() and key.islower()):
        raise ValueError(f"“{line}” does not begin with a key and a colon")
    return key, text[:1].upper() + text[1:]


def _rungs(line: str) -> list[list[dict[str, Any]]]:
    return [[_step(word) for word in rung.split()] for rung in line.split(">")]


def _step(word: str) -> dict[str, Any]:
    action, _, days = word.partition(":")
    return {"type": action, "days": int(days)} if days else {"type": action}

"""A clause as Markdown files with front matter, written one way only, so that what is read and written again is the same, byte for byte.

    CS-VI-3.2/clause.md      key, section, harms
    CS-VI-3.2/v14.md         a version: what is short stands in the front matter, what is read stands in the body
    CS-VI-3.2/v14.es.md      the same version's words in Spanish

Front matter is `name: value` with JSON values; a text without quotes is taken as it stands. The reader names what it does not understand
by line. People are not written: who wrote, checked and published is in the log.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from policies.lifecycle import HARMS, KEY_RE, SURFACES, VersionState
from policies.models import Policy, PolicyTranslation, PolicyVersion
from policies.operations.reading import Translated
from policies.wording import (
    NotReadable,
    Wording,
    definition_lines,
    elements_from,
    keyed_lines,
    ladder_lines,
    lines_of,
    logic_of,
    read_definitions,
    read_keyed,
    read_ladder,
    read_tree,
    tree_lines,
    wording_of,
)

CLAUSE_FILE = "clause.md"
PATH = re.compile(
    r"(?P<key>[A-Z]{2}-[A-Z]{2}-[1-9][0-9]?\.[1-9][0-9]?)/(?:(?P<clause>clause)|v(?P<number>[1-9][0-9]{0,4})(?:\.(?P<language>[a-z]{2,3}))?)\.md",
    re.ASCII,
)
_RULE = "What holds"
_EVERY, _SOME, _EXCEPT = "Elements: all of", "Elements: any of", "Except"
_BAD, _FINE, _TERMS, _TREE = "Violating", "Not violating", "Definitions", "Decision tree"
_LADDER, _WHY, _PUBLIC, _NOTE = "Ladder: ", "Why, for deciders", "What we say outside", "What changed"


@dataclass(frozen=True)
class ClauseFile:
    """`clause.md`."""

    key: str
    section: str
    harms: list[str]


@dataclass(frozen=True)
class VersionFile:
    """A version's file. `starts_at`, `ends_at`, `created_at` are aware; None where the file does not say."""

    key: str
    number: int
    state: str
    market: str
    wording: Wording
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    created_at: datetime | None = None
    based_on: int | None = None


@dataclass(frozen=True)
class TranslationFile:
    """A translation's file."""

    key: str
    number: int
    language: str
    words: Translated
    translated_at: datetime | None = None


# -- Writing -----------------------------------------------------------------------------------------------------------
def _front(values: Mapping[str, Any]) -> str:
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False, sort_keys=True)}" for name, value in values.items()]
    return "\n".join(["---", *lines, "---", ""])


def _escaped(text: str) -> str:
    return "\n".join("\\" + line if line.startswith(("#", "\\")) else line for line in text.split("\n"))


def _unescaped(text: str) -> str:
    return "\n".join(line[1:] if line.startswith("\\") else line for line in text.split("\n"))


def _body(parts: Iterable[tuple[str, str]]) -> str:
    return "".join(f"\n## {name}\n\n{text}\n" for name, text in parts if text)


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _listed(text: str) -> str:
    return _list(text.split("\n")) if text else ""


def _time(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def write_clause(policy: Policy) -> bytes:
    """`clause.md`."""
    return _front({"key": policy.key, "section": policy.section, "harms": list(policy.harms)}).encode()


def write_version(version: PolicyVersion, *, based_on: int | None = None) -> bytes:
    """A version's file. Needs `policy`; `based_on` is the number of the version it was made from."""
    wording = wording_of(version)
    front = {
        "clause": version.policy.key,
        "version": version.number,
        "market": version.market,
        "state": str(version.state),
        "from": _time(version.effective_from),
        "to": _time(version.effective_to),
        "created": _time(version.created_at),
        "based_on": based_on,
        "label": str(wording.label),
        "title": wording.title,
        "strike_weight": wording.strike_weight,
        "sor_category": str(wording.sor_category),
        "sor_keywords": list(wording.sor_keywords),
        "synonyms": list(wording.synonyms),
        "needs_legal": wording.needs_legal,
        "needs_acknowledgement": wording.needs_acknowledgement,
    }
    if logic_of(wording.elements) != wording.logic:
        front["logic"] = str(wording.logic)
    ladder = [(f"{_LADDER}{s}", wording.ladder[s]) for s in SURFACES if wording.ladder.get(s)]
    parts = [
        (_RULE, _escaped(wording.rule)),
        (
            _EVERY,
            _listed(
                keyed_lines([{"key": e["key"], "text": e["text"]} for e in wording.elements if e["group"] == "all"])
            ),
        ),
        (
            _SOME,
            _listed(
                keyed_lines([{"key": e["key"], "text": e["text"]} for e in wording.elements if e["group"] == "any"])
            ),
        ),
        (_EXCEPT, _listed(keyed_lines([{"key": e["key"], "text": e["text"]} for e in wording.exceptions]))),
        (_BAD, _list(wording.violating_examples)),
        (_FINE, _list(wording.fine_examples)),
        (_TERMS, _listed(definition_lines(wording.definitions))),
        (_TREE, tree_lines(wording.decision_tree)),
        *((name, _listed(ladder_lines(rungs))) for name, rungs in ladder),
        (_WHY, _escaped(wording.rationale)),
        (_PUBLIC, _escaped(wording.public_rationale)),
        (_NOTE, _escaped(wording.changed_note)),
    ]
    return (_front(front) + _body(parts)).encode()


def write_translation(translation: PolicyTranslation, *, key: str, number: int) -> bytes:
    """A translation's file."""
    front = {
        "clause": key,
        "version": number,
        "language": translation.language,
        "title": translation.title,
        "synonyms": list(translation.synonyms),
        "translated": _time(translation.translated_at),
    }
    parts = [
        (_RULE, _escaped(translation.rule)),
        ("Elements", _listed("\n".join(f"{k}: {v}" for k, v in sorted(translation.elements.items())))),
        (_EXCEPT, _listed("\n".join(f"{k}: {v}" for k, v in sorted(translation.exceptions.items())))),
        (_PUBLIC, _escaped(translation.public_rationale)),
    ]
    return (_front(front) + _body(parts)).encode()


# -- Reading -----------------------------------------------------------------------------------------------------------
class BadFile(ValueError):
    """The file cannot be understood; the message says where."""


@dataclass
class _Parsed:
    front: dict[str, Any]
    parts: dict[str, str]

    def take(self, name: str, kind: type | tuple[type, ...], default: Any) -> Any:
        """A value of the front matter, of that kind."""
        value = self.front.pop(name, default)
        if (isinstance(value, bool) and kind is int) or not (value is default or isinstance(value, kind)):
            raise BadFile(f"“{name}” has another form than expected.")
        return value

    def words(self, name: str) -> list[str]:
        """A list of texts of the front matter."""
        value = self.take(name, list, [])
        if not all(isinstance(one, str) for one in value):
            raise BadFile(f"“{name}” should be a list of texts.")
        return [str(one) for one in value]

    def time(self, name: str) -> datetime | None:
        """A time with its zone."""
        value = self.take(name, (str, type(None)), None)
        if value is None:
            return None
        try:
            at = datetime.fromisoformat(value)
        except ValueError as error:
            raise BadFile(f"“{name}” should be a time such as 2026-10-06T00:00:00+00:00.") from error
        if at.tzinfo is None:
            raise BadFile(f"“{name}” needs its zone: 2026-10-06T00:00:00+00:00.")
        return at

    def part(self, name: str) -> str:
        return self.parts.pop(name, "")

    def done(self) -> None:
        """Raises `BadFile` for what nobody asked for: a slip of the pen would otherwise be lost in silence."""
        if self.front:
            raise BadFile(f"Unknown in the front matter: {', '.join(sorted(self.front))}.")
        if self.parts:
            raise BadFile(f"Unknown headings: {', '.join(sorted(self.parts))}.")


def _parse(content: bytes) -> _Parsed:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadFile("The file is not UTF-8.") from error
    if "\x00" in text:
        raise BadFile("The file holds a NUL.")
    lines = text.replace("\r\n", "\n").split("\n")
    if lines[0] != "---" or "---" not in lines[1:]:
        raise BadFile("The file does not begin with front matter between two lines of “---”.")
    end = lines.index("---", 1)
    front: dict[str, Any] = {}
    for number, line in enumerate(lines[1:end], start=2):
        if not line.strip():
            continue
        name, colon, value = line.partition(":")
        name = name.strip()
        if not colon or not re.fullmatch(r"[a-z_]{1,40}", name):
            raise BadFile(f"Line {number} is no “name: value”.")
        if name in front:
            raise BadFile(f"Line {number} gives “{name}” twice.")
        front[name] = _value(value.strip(), number)
    parts: dict[str, str] = {}
    current: str | None = None
    gathered: list[str] = []

    def close() -> None:
        if current is None:
            if any(line.strip() for line in gathered):
                raise BadFile("Text stands before the first heading.")
            return
        if current in parts:
            raise BadFile(f"The heading “{current}” stands twice.")
        body = gathered[1:] if gathered and not gathered[0] else gathered
        parts[current] = "\n".join(body[:-1] if body and not body[-1] else body)

    for line in lines[end + 1 :]:
        if line.startswith("## "):
            close()
            current, gathered = line[3:].strip(), []
        else:
            gathered.append(line)
    if gathered and not gathered[-1]:
        gathered.pop()  # what follows the last line's end
        gathered.append("")
    close()
    return _Parsed(front, parts)


def _value(text: str, number: int) -> Any:
    if not text:
        return ""
    if text[0] not in '"[{-0123456789' and text not in ("true", "false", "null"):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        if text[0] in "-0123456789":
            return text
        raise BadFile(f"Line {number}: the value is no JSON.") from error


def _key(value: Any, path_key: str) -> str:
    if value not in ("", path_key):
        raise BadFile(f"The file says {value}, its folder {path_key}.")
    return path_key


def read_file(path: str, content: bytes) -> ClauseFile | VersionFile | TranslationFile:
    """What a file of the library says. Raises `BadFile`."""
    found = PATH.fullmatch(path)
    if found is None or not KEY_RE.match(found["key"]):
        raise BadFile("The library has clause.md, v1.md and v1.es.md in folders named by the clause’s key.")
    parsed = _parse(content)
    try:
        if found["clause"]:
            read: ClauseFile | VersionFile | TranslationFile = _clause(parsed, found["key"])
        elif found["language"]:
            read = _translation(parsed, found["key"], int(found["number"]), found["language"])
        else:
            read = _version(parsed, found["key"], int(found["number"]))
    except NotReadable as error:
        raise BadFile(str(error)) from error
    parsed.done()
    return read


def _clause(parsed: _Parsed, key: str) -> ClauseFile:
    _key(parsed.take("key", str, ""), key)
    section = parsed.take("section", str, "").strip()
    harms = parsed.words("harms")
    if not 0 < len(section) <= 80:
        raise BadFile("“section” should name the section in at most 80 characters.")
    if unknown := set(harms) - set(HARMS):
        raise BadFile(f"Unknown harms: {', '.join(sorted(unknown))}.")
    return ClauseFile(key, section, harms)


def _version(parsed: _Parsed, key: str, number: int) -> VersionFile:
    _key(parsed.take("clause", str, ""), key)
    if parsed.take("version", int, number) != number:
        raise BadFile(f"The file says another version than its name, v{number}.")
    state = parsed.take("state", str, VersionState.DRAFT.value)
    if state not in VersionState.values:
        raise BadFile(f"“{state}” is no state.")
    elements = elements_from(parsed.part(_EVERY), parsed.part(_SOME))
    wording = Wording(
        title=parsed.take("title", str, ""),
        label=parsed.take("label", str, "clarification"),
        strike_weight=parsed.take("strike_weight", int, 1),
        sor_category=parsed.take("sor_category", str, Wording().sor_category),
        sor_keywords=parsed.words("sor_keywords"),
        synonyms=parsed.words("synonyms"),
        needs_legal=parsed.take("needs_legal", bool, False),
        needs_acknowledgement=parsed.take("needs_acknowledgement", bool, False),
        rule=_unescaped(parsed.part(_RULE)),
        elements=elements,
        logic=parsed.take("logic", str, str(logic_of(elements))),
        exceptions=[{"key": k, "text": t} for k, t in read_keyed(parsed.part(_EXCEPT))],
        violating_examples=lines_of(parsed.part(_BAD)),
        fine_examples=lines_of(parsed.part(_FINE)),
        definitions=read_definitions(parsed.part(_TERMS)),
        decision_tree=read_tree(parsed.part(_TREE)),
        rationale=_unescaped(parsed.part(_WHY)),
        public_rationale=_unescaped(parsed.part(_PUBLIC)),
        changed_note=_unescaped(parsed.part(_NOTE)),
    )
    ladder = {}
    for surface in SURFACES:
        if rungs := read_ladder(parsed.part(f"{_LADDER}{surface}")):
            ladder[surface] = rungs
    return VersionFile(
        key=key,
        number=number,
        state=state,
        market=parsed.take("market", str, ""),
        wording=replace(wording, ladder=ladder),
        starts_at=parsed.time("from"),
        ends_at=parsed.time("to"),
        created_at=parsed.time("created"),
        based_on=parsed.take("based_on", (int, type(None)), None),
    )


def _translation(parsed: _Parsed, key: str, number: int, language: str) -> TranslationFile:
    _key(parsed.take("clause", str, ""), key)
    if parsed.take("version", int, number) != number or parsed.take("language", str, language) != language:
        raise BadFile(f"The file says another version or language than its name, v{number}.{language}.")
    return TranslationFile(
        key=key,
        number=number,
        language=language,
        words=Translated(
            title=parsed.take("title", str, ""),
            synonyms=parsed.words("synonyms"),
            rule=_unescaped(parsed.part(_RULE)),
            elements=dict(read_keyed(parsed.part("Elements"))),
            exceptions=dict(read_keyed(parsed.part(_EXCEPT))),
            public_rationale=_unescaped(parsed.part(_PUBLIC)),
        ),
        translated_at=parsed.time("translated"),
    )


Read = ClauseFile | VersionFile | TranslationFile

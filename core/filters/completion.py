"""What may be typed next: the place of the cursor understood leniently, since the text is still being written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from core.filters.conditions import FilterContext
from core.filters.parser import MAX_CHARACTERS, OPERATORS, quote
from core.filters.registry import Field, Registry, Suggestion
from core.filters.tree import Marker
from core.filters.values import Choice

C = TypeVar("C", bound=FilterContext)

MOST = 12


@dataclass(frozen=True)
class Place:
    """What is being typed. `start` to `end` (exclusive) is the part a completion replaces; `field` is None for a field's name.

    `term_start` is where the whole term begins, its minus included.
    """

    start: int
    end: int
    prefix: str
    field: str | None
    term_start: int = 0

    def text_without_term(self, text: str) -> str:
        """The text without the term being typed, what stands of it behind the cursor included."""
        end = self.end
        while end < len(text) and not text[end].isspace() and text[end] not in "()":
            end += 1
        return text[: self.term_start] + text[end:]


@dataclass(frozen=True)
class Completion:
    """A place and what fits there, best first."""

    place: Place
    items: tuple[Suggestion, ...]


def place_at(text: str, cursor: int) -> Place:
    """Which field or value the cursor is in; `cursor` is clamped to the text."""
    cursor = max(0, min(cursor, len(text), MAX_CHARACTERS))
    term_start = start = _start_of_term(text, cursor)
    if text[start : start + 1] == "-" and start < cursor:
        start += 1
    typed = text[start:cursor]
    name, colon, values = typed.partition(":")
    if not colon or '"' in name:
        return Place(start, cursor, typed, None, term_start)
    value_start = start + len(name) + 1 + _last_value(values)
    prefix = text[value_start:cursor]
    for op in OPERATORS:
        if prefix.startswith(op):
            value_start, prefix = value_start + len(op), prefix[len(op) :]
            break
    return Place(value_start, cursor, prefix.strip('"'), name.lower(), term_start)


def complete(text: str, cursor: int, registry: Registry[C], context: C) -> Completion:
    """Field names for a beginning, values after a colon; without counts, which the app adds."""
    place = place_at(text, cursor)
    if place.field is None:
        return Completion(place, tuple(_field_names(place.prefix, registry, context)))
    if place.field in registry.shapes:
        shapes = registry.shapes[place.field].values()
        matching = [
            Suggestion(shape.name, shape.label) for shape in shapes if shape.name.startswith(place.prefix.lower())
        ]
        return Completion(place, tuple(matching))
    entry = registry.find(place.field)
    if entry is None or not entry.may_use(context):
        return Completion(place, ())
    return Completion(place, tuple(_values(place.prefix, entry, context)[:MOST]))


def _field_names(prefix: str, registry: Registry[C], context: C) -> Sequence[Suggestion]:
    wanted = prefix.lower()
    usable = [entry for entry in registry.fields if entry.may_use(context)]
    names = [Suggestion(f"{entry.name}:", entry.label) for entry in usable if entry.name.startswith(wanted)]
    if wanted:
        shown = {suggestion.text for suggestion in names}
        for entry in usable:
            by_alias = any(alias.startswith(wanted) for alias in entry.aliases)
            by_label = wanted in str(entry.label).lower()
            if (by_alias or by_label) and f"{entry.name}:" not in shown:
                names.append(Suggestion(f"{entry.name}:", entry.label))
    names.extend(Suggestion(f"{name}:") for name in registry.shapes if name.startswith(wanted))
    return names[:MOST] if wanted else names


def _values(prefix: str, entry: Field[C], context: C) -> list[Suggestion]:
    wanted = prefix.lower()
    found = [
        Suggestion(marker.value) for marker in Marker if marker in entry.markers and marker.value.startswith(wanted)
    ]
    if entry.suggest is not None:
        found = [*entry.suggest(prefix, context), *found]
    elif isinstance(entry.kind, Choice):
        found = [*(Suggestion(word) for word in entry.kind.words if word.startswith(wanted)), *found]
    else:
        examples = [example.partition(":")[2] for example in entry.examples]
        found = [*found, *(Suggestion(value) for value in examples if value.startswith(wanted))]
    return [suggestion for suggestion in found if suggestion.text != prefix]


def as_value(text: str) -> str:
    """`text` as it must be written for a value, in quotes if need be."""
    plain = bool(text) and not any(char.isspace() or char in '():,"' for char in text) and ".." not in text
    return text if plain and not text.startswith(OPERATORS) else quote(text)


def _start_of_term(text: str, cursor: int) -> int:
    start, in_quotes = 0, False
    for index in range(cursor):
        char = text[index]
        if char == '"' and text[index - 1 : index] != "\\":
            in_quotes = not in_quotes
        elif not in_quotes and (char.isspace() or char in "()"):
            start = index + 1
    return start


def _last_value(values: str) -> int:
    """Where the value being typed begins, after the last comma outside quotes or the dots of a range."""
    start, in_quotes = 0, False
    for index, char in enumerate(values):
        if char == '"':
            in_quotes = not in_quotes
        elif not in_quotes and (char == "," or values[index - 1 : index + 1] == ".."):
            start = index + 1
    return start

"""Shapes of JSON input, written once: each reads a value, or says everything that is wrong with it, and describes itself.

`read()` gives plain values and appends a `FieldProblem` per fault, so that a caller hears all of them at once; `schema()` is the
same rule as JSON Schema 2020-12 for OpenAPI. What the documentation promises and what the code accepts cannot drift apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from rapidfuzz import process

from core.errors import FieldProblem

Problems = list[FieldProblem]
MISSING: Any = object()


def is_blank(text: str) -> bool:
    """Whether nothing of `text` can be seen: white space, control and zero-width characters only."""
    if text[:1].isalnum():  # nearly always
        return False
    return all(unicodedata.category(char)[0] in "ZC" for char in text)


class Shape:
    """A rule for one value. `required` counts inside an object only; null means "not given"."""

    def __init__(self, *, help: str = "", required: bool = False, example: Any = None) -> None:
        self.help, self.required, self.example = help, required, example

    def read(self, value: Any, pointer: str, problems: Problems) -> Any:
        raise NotImplementedError

    def describe(self) -> dict[str, Any]:
        raise NotImplementedError

    def schema(self) -> dict[str, Any]:
        """JSON Schema of this value."""
        found = self.describe()
        if self.help:
            found["description"] = self.help
        if self.example is not None:
            found["examples"] = [self.example]
        return found


def _wrong_type(pointer: str, wanted: str, problems: Problems) -> None:
    problems.append(FieldProblem(pointer, "wrong_type", f"Send {wanted}."))


class Text(Shape):
    """A text that can be seen, stripped; at most `most` characters. `one_line` folds white space."""

    def __init__(
        self,
        most: int,
        *,
        pattern: str = "",
        wanted: str = "",
        one_line: bool = True,
        change: Callable[[str], str] | None = None,
        **rest: Any,
    ) -> None:
        super().__init__(**rest)
        self.most, self.one_line, self.change = most, one_line, change
        self.pattern, self.wanted = re.compile(pattern) if pattern else None, wanted

    def read(self, value: Any, pointer: str, problems: Problems) -> str:
        if not isinstance(value, str):
            _wrong_type(pointer, "a text", problems)
            return ""
        if len(value) > self.most:
            detail = f"At most {self.most} characters; this has {len(value)}."
            problems.append(FieldProblem(pointer, "too_long", detail))
            return ""
        text = " ".join(value.split()) if self.one_line else value.strip()
        if is_blank(text):
            if self.required:
                problems.append(FieldProblem(pointer, "required", "This must not be empty."))
            return ""
        if self.change is not None:
            text = self.change(text)
        if self.pattern is not None and not self.pattern.fullmatch(text):
            problems.append(FieldProblem(pointer, "wrong_form", self.wanted))
            return ""
        return text

    def describe(self) -> dict[str, Any]:
        found: dict[str, Any] = {"type": "string", "maxLength": self.most}
        if self.required:
            found["minLength"] = 1
        return found


class Choice(Shape):
    """One of a few codes. `meanings` maps what is sent to what is kept."""

    def __init__(self, meanings: Mapping[str, Any] | Iterable[str], **rest: Any) -> None:
        super().__init__(**rest)
        self.meanings = dict(meanings) if isinstance(meanings, Mapping) else {word: word for word in meanings}

    def read(self, value: Any, pointer: str, problems: Problems) -> Any:
        if not isinstance(value, str):
            _wrong_type(pointer, "a text", problems)
            return None
        if value not in self.meanings:
            detail = f"Send one of: {', '.join(self.meanings)}."
            problems.append(FieldProblem(pointer, "not_a_choice", detail))
            return None
        return self.meanings[value]

    def describe(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.meanings)}


class Integer(Shape):
    """A whole number between `low` and `high`."""

    def __init__(self, low: int, high: int, **rest: Any) -> None:
        super().__init__(**rest)
        self.low, self.high = low, high

    def read(self, value: Any, pointer: str, problems: Problems) -> int | None:
        if isinstance(value, bool) or not isinstance(value, int):
            if not (isinstance(value, float) and value.is_integer() and abs(value) < 2**53):
                _wrong_type(pointer, "a whole number", problems)
                return None
            value = int(value)
        if not self.low <= value <= self.high:
            detail = f"Send a number from {self.low} to {self.high}."
            problems.append(FieldProblem(pointer, "out_of_range", detail))
            return None
        return int(value)

    def describe(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


class Flag(Shape):
    """true or false."""

    def read(self, value: Any, pointer: str, problems: Problems) -> bool | None:
        if not isinstance(value, bool):
            _wrong_type(pointer, "true or false", problems)
            return None
        return value

    def describe(self) -> dict[str, Any]:
        return {"type": "boolean"}


EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)


class When(Shape):
    """A moment with its zone, ISO 8601. What lies before or after now is for the caller, who knows the time."""

    def read(self, value: Any, pointer: str, problems: Problems) -> datetime | None:
        if not isinstance(value, str) or len(value) > 40:
            _wrong_type(pointer, "a time such as 2026-11-22T14:51:00Z", problems)
            return None
        try:
            moment = datetime.fromisoformat(value)
            if "T" not in value.upper() and " " not in value:
                raise ValueError("a date alone")
            if moment.tzinfo is None:
                detail = "The time has no zone: end it in Z, or in an offset such as +02:00."
                problems.append(FieldProblem(pointer, "naive_time", detail))
                return None
            moment = moment.astimezone(UTC)
        except (ValueError, OverflowError):
            detail = "This is not a time: send ISO 8601 with a zone, such as 2026-11-22T14:51:00Z."
            problems.append(FieldProblem(pointer, "wrong_form", detail))
            return None
        if not EARLIEST <= moment < LATEST:
            detail = "The time must lie between 1990 and 2100."
            problems.append(FieldProblem(pointer, "out_of_range", detail))
            return None
        return moment

    def describe(self) -> dict[str, Any]:
        return {"type": "string", "format": "date-time"}


_NOT_IN_URL = re.compile(r"[\s\\\x00-\x1f]")


class Url(Shape):
    """A web address: http or https, with a host, without a password in it."""

    most = 2000

    def read(self, value: Any, pointer: str, problems: Problems) -> str:
        if not isinstance(value, str):
            _wrong_type(pointer, "a web address", problems)
            return ""
        text = value.strip()
        if len(text) > self.most:
            detail = f"At most {self.most} characters; this has {len(text)}."
            problems.append(FieldProblem(pointer, "too_long", detail))
            return ""
        try:
            parts = urlsplit(text)
            host, _ = parts.hostname, parts.port
        except ValueError:
            host, parts = None, urlsplit("")
        if host is None or parts.scheme.lower() not in ("http", "https") or _NOT_IN_URL.search(text):
            detail = "Send a whole web address that starts with http:// or https://."
            problems.append(FieldProblem(pointer, "url_not_allowed", detail))
            return ""
        if "@" in parts.netloc:
            detail = "Leave the user name and password out of the address."
            problems.append(FieldProblem(pointer, "url_not_allowed", detail))
            return ""
        return text

    def describe(self) -> dict[str, Any]:
        return {"type": "string", "format": "uri", "maxLength": self.most}


class ListOf(Shape):
    """At most `most` items of one shape."""

    def __init__(self, item: Shape, most: int, **rest: Any) -> None:
        super().__init__(**rest)
        self.item, self.most = item, most

    def read(self, value: Any, pointer: str, problems: Problems) -> list[Any]:
        if not isinstance(value, list):
            _wrong_type(pointer, "a list", problems)
            return []
        if len(value) > self.most:
            detail = f"At most {self.most} items; this has {len(value)}."
            problems.append(FieldProblem(pointer, "too_many", detail))
            return []
        return [self.item.read(item, f"{pointer}/{number}", problems) for number, item in enumerate(value)]

    def describe(self) -> dict[str, Any]:
        return {"type": "array", "items": self.item.schema(), "maxItems": self.most}


class Record(Shape):
    """An object with known fields. An unknown one is refused with the nearest known name."""

    def __init__(self, fields: Mapping[str, Shape], *, any_of: Sequence[Sequence[str]] = (), **rest: Any) -> None:
        super().__init__(**rest)
        self.fields, self.any_of = dict(fields), [list(names) for names in any_of]

    def read(self, value: Any, pointer: str, problems: Problems) -> dict[str, Any]:
        if not isinstance(value, dict):
            _wrong_type(pointer, "an object", problems)
            return {}
        if not value.keys() <= self.fields.keys():
            for name in value.keys() - self.fields.keys():
                problems.append(FieldProblem(f"{pointer}/{escape(name)}", "unknown_field", unknown(name, self.fields)))
        found: dict[str, Any] = {}
        for name, shape in self.fields.items():
            given = value.get(name)
            if given is not None:
                found[name] = shape.read(given, f"{pointer}/{name}", problems)
            elif shape.required:
                problems.append(FieldProblem(f"{pointer}/{name}", "required", f"Send {name}."))
        for names in self.any_of:
            for name in names:
                if value.get(name):
                    break
            else:
                detail = f"Send {' or '.join(names)}."
                problems.append(FieldProblem(f"{pointer}/{names[0]}", "required", detail))
        return found

    def describe(self) -> dict[str, Any]:
        properties: dict[str, Any] = {}
        for name, shape in self.fields.items():
            properties[name] = shape.schema() if shape.required else _or_null(shape.schema())
        found: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
        required = [name for name, shape in self.fields.items() if shape.required]
        if required:
            found["required"] = required
        if self.any_of:
            found["allOf"] = [{"anyOf": [{"required": [name]} for name in names]} for names in self.any_of]
        return found


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    changed = dict(schema)
    changed["type"] = [schema["type"], "null"]
    if "enum" in schema:
        changed["enum"] = [*schema["enum"], None]
    return changed


def escape(name: str) -> str:
    """A key inside a JSON pointer (RFC 6901)."""
    return name[:80].replace("~", "~0").replace("/", "~1")


def unknown(name: str, known: Iterable[str]) -> str:
    """The sentence about a name nobody knows, with the nearest that exists."""
    names = list(known)
    near = process.extractOne(name, names, score_cutoff=60)
    return f"Did you mean {near[0]}?" if near else f"There is no such field. Known: {', '.join(names)}."


def not_after(moment: datetime | None, latest: datetime, pointer: str, problems: Problems) -> None:
    """Add a problem where a captured moment lies in the future (five minutes are left to clocks that run fast)."""
    if moment is not None and moment > latest + timedelta(minutes=5):
        problems.append(FieldProblem(pointer, "in_the_future", "This time has not come yet."))

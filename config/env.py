"""Typed reading of the environment. Every bad value is collected, so that a start shows all of them, one line each."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import TypeVar

T = TypeVar("T")
PREFIX = "WATCHFLOOR_"


class BadSettings(SystemExit):
    """The process cannot start; `str()` has one line per wrong setting."""


class Environment:
    """Reads variables, remembers their names and every error.

    Call `finish()` once all variables are read: it raises `BadSettings` with one line per error, and per
    variable that starts with our prefix but that nothing reads (with the nearest known name).
    """

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self.values = os.environ if values is None else values
        self.known: set[str] = set()
        self.errors: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        self.known.add(name)
        return self.values.get(name, "").strip() or default

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.text(name).lower()
        if value in ("", "1", "true", "yes", "on", "0", "false", "no", "off"):
            return default if value == "" else value in ("1", "true", "yes", "on")
        self.errors.append(f"{name} is {value!r}: set it to 1 or 0.")
        return default

    def integer(self, name: str, default: int, *, low: int, high: int) -> int:
        return self._parsed(name, default, int, f"a whole number from {low} to {high}", lambda n: low <= n <= high)

    def items(self, name: str, default: str = "") -> list[str]:
        """A list separated by commas."""
        return [item.strip() for item in self.text(name, default).split(",") if item.strip()]

    def one_of(self, name: str, choices: tuple[str, ...], default: str) -> str:
        value = self.text(name, default)
        if value not in choices:
            self.errors.append(f"{name} is {value!r}: set it to one of {', '.join(choices)}.")
            return default
        return value

    def url(self, name: str, schemes: tuple[str, ...], default: str = "") -> str:
        value = self.text(name, default)
        if not value.startswith(tuple(f"{scheme}://" for scheme in schemes)):
            given = "not set" if not value else "not a usable URL"  # the value may hold a password
            self.errors.append(f"{name} is {given}: it starts with {' or '.join(s + '://' for s in schemes)}.")
        return value

    def _parsed(self, name: str, default: T, parse: Callable[[str], T], wanted: str, ok: Callable[[T], bool]) -> T:
        value = self.text(name)
        if not value:
            return default
        try:
            parsed = parse(value)
        except ValueError:
            parsed = default
            good = False
        else:
            good = ok(parsed)
        if not good:
            self.errors.append(f"{name} is {value!r}: set it to {wanted}.")
        return parsed

    def finish(self, *, also_known: tuple[str, ...] = ()) -> None:
        known = self.known | set(also_known)
        for name in sorted(self.values):
            if name.startswith(PREFIX) and name not in known:
                near = get_close_matches(name, known, n=1)
                hint = f" Did you mean {near[0]}?" if near else ""
                self.errors.append(f"{name} is not a setting of Watchfloor.{hint}")
        if self.errors:
            raise BadSettings("Watchfloor cannot start:\n" + "\n".join(f"  {error}" for error in self.errors))

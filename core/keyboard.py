"""One person's keys in one language, printed once: a page names sixty keys, and every page carries all of them as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson
from django.utils.html import format_html, format_html_join, json_script
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from core import keys, navigation


class Keyboard:
    """The keys in force under one person's settings, as templates print them in the language of the moment it is made.

    Made by `keyboard_of`, which keeps one for each language and settings; so two are the same where they are one object.
    """

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.held = {(key.scope, key.action): key for key in keys.resolve(settings)}
        self.island = json_script(keys.island(settings), "key-registry")
        self._found: dict[tuple[str, str], keys.Key | None] = {}
        self._attributes: dict[tuple[str, str], SafeString] = {}
        self._caps: dict[tuple[str, str], SafeString] = {}

    def find(self, action: str, scope: str = "") -> keys.Key | None:
        """The key of an action: in this scope, else anywhere, else in the first scope that has one; None where it is switched off."""
        asked = (scope, action)
        if asked not in self._found:
            scopes = (scope, "anywhere", *keys.SCOPES)
            self._found[asked] = next((self.held[one, action] for one in scopes if (one, action) in self.held), None)  # type: ignore[index]
        return self._found[asked]

    def attributes(self, action: str, scope: str = "") -> SafeString:
        """Attributes for the control of an action: data-key-action, aria-keyshortcuts and a title that names the key."""
        asked = (scope, action)
        if asked not in self._attributes:
            self._attributes[asked] = self._print_attributes(action, self.find(action, scope))
        return self._attributes[asked]

    def caps(self, action: str, scope: str = "") -> SafeString:
        """The printed key of an action; nothing where the person switched it off."""
        asked = (scope, action)
        if asked not in self._caps:
            found = self.find(action, scope)
            printed = keys.printed(found.keys[0]) if found is not None else []
            self._caps[asked] = format_html_join("", '<kbd aria-hidden="true">{}</kbd>', ((cap,) for cap in printed))
        return self._caps[asked]

    def _print_attributes(self, action: str, found: keys.Key | None) -> SafeString:
        if found is None:
            return format_html('data-key-action="{}"', action)
        shortcuts = keys.aria(found)
        said = format_html(' aria-keyshortcuts="{}"', shortcuts) if shortcuts else SafeString("")
        caps = " ".join(keys.printed(found.keys[0]))
        return format_html('data-key-action="{}"{} title="{} · {}"', action, said, found.label, caps)


def keyboard_of(settings: Mapping[str, Any] | None) -> Keyboard:
    """The keyboard of these settings in the present language."""
    text = orjson.dumps(settings or {}, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return _keyboard(text, get_language() or "", navigation.version())


@lru_cache(maxsize=128)  # most people keep the usual keys and share one; each is some 30 KB
def _keyboard(settings: bytes, language: str, registered: int) -> Keyboard:
    return Keyboard(orjson.loads(settings))

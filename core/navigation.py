"""The frame's registry: what the rail offers, which commands stand in the top bar, where the shared endpoints are.

Apps register in `ready()`. The rail, the palette and the keyboard registry (`core.keys`) all read this one list, so a
page that does not exist has no link, no key and no line in the help.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse

Viewer = Any  # accounts.User or AnonymousUser; core names no app to its right
May = Callable[[Viewer], bool]

WORK, KNOW, RUN, FOOT = "work", "know", "run", "foot"  # the rail's groups, in order; `foot` stands at its end
GROUPS = (WORK, KNOW, RUN, FOOT)


def anyone_signed_in(viewer: Viewer) -> bool:
    """The default: whoever is signed in may use it."""
    return bool(viewer.is_authenticated)


@dataclass(frozen=True)
class Entry:
    """One link of the rail. `key` is a chord ("g q"), `count` how many things there wait for this viewer (0 shows none)."""

    name: str  # stable id, also the key's action: `go-<name>`
    url_name: str
    label: Any  # lazily translated
    icon: str  # a symbol of static/icons/sprite.svg
    key: str = ""
    may: May = anyone_signed_in
    count: Callable[[HttpRequest], int] | None = None
    group: str = WORK
    order: int = 50
    live_on: str = ""  # the signal at which the count is fetched anew, from `live_url_name`
    live_url_name: str = ""
    marks: tuple[str, ...] = ()  # other URL namespaces and names under which this entry is the current one


@dataclass(frozen=True)
class Command:
    """One button of the top bar that posts (`n`, next best) or leads somewhere (`method="get"`)."""

    name: str  # the key's action
    url_name: str
    label: Any
    icon: str
    method: str = "post"
    may: May = anyone_signed_in
    order: int = 50


@dataclass(frozen=True)
class Shown:
    """An entry or a command as the template prints it for one viewer. Two are equal where they print the same."""

    name: str
    item: Entry | Command = field(compare=False)
    url: str
    count: int = 0
    is_current: bool = False

    @property
    def live_url(self) -> str:
        """Where the count is fetched anew; "" for a count that stands still."""
        return _address(self.item.live_url_name) if isinstance(self.item, Entry) else ""


_versions = itertools.count(1)


@dataclass
class _Registry:
    entries: dict[str, Entry] = field(default_factory=dict)
    commands: dict[str, Command] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    takes_out: Callable[[Viewer, str], bool] | None = None
    version: int = field(default_factory=_versions.__next__)


_registry = _Registry()


def register(*items: Entry | Command) -> None:
    """Add links and commands; a second one of the same name replaces the first (so that `ready()` may run twice)."""
    _registry.version = next(_versions)
    for item in items:
        if isinstance(item, Entry):
            if item.group not in GROUPS:
                raise ValueError(f"{item.group} is no group of the rail: {', '.join(GROUPS)}.")
            _registry.entries[item.name] = item
        else:
            _registry.commands[item.name] = item


def version() -> int:
    """Changes whenever something is registered: what was printed from the registry before is out of date then."""
    return _registry.version


def place(**url_names: str) -> None:
    """Tell the frame where a shared endpoint is: `palette`, `stream`, `inbox`, `settings`, `sign_in`, `sign_out`."""
    _registry.places.update(url_names)


def url_of(name: str) -> str:
    """The address of a place, or "" where no app offers it (the frame then leaves its control out)."""
    return _address(_registry.places.get(name, ""))


def place_exports(url_name: str, *, may: Callable[[Viewer, str], bool]) -> None:
    """Tell the frame where lists are taken out as files; `may` says whether a viewer takes out the list of this name."""
    place(export_new=url_name)
    _registry.takes_out = may


def export_url(viewer: Viewer, source: str) -> str:
    """Where `viewer` asks for the list called `source` as a file, or "" where nobody offers it or they may not."""
    if _registry.takes_out is None or not viewer.is_authenticated or not _registry.takes_out(viewer, source):
        return ""
    return url_of("export_new")


def entries() -> list[Entry]:
    """Every registered link in the rail's order."""
    return sorted(_registry.entries.values(), key=lambda entry: (GROUPS.index(entry.group), entry.order, entry.name))


def shown_count(name: str, count: int) -> Shown:
    """The link of the rail called `name` with a fresh count, for the fragment that prints it."""
    entry = _registry.entries[name]
    return Shown(name, entry, _address(entry.url_name), count=count)


def rail_for(request: HttpRequest) -> tuple[tuple[Shown, ...], ...]:
    """The links this viewer may use, as the rail's groups; empty groups are left out."""
    viewer = getattr(request, "user", None)
    groups: list[tuple[Shown, ...]] = []
    ordered = entries()
    for group in GROUPS:
        shown = tuple(
            Shown(
                entry.name,
                entry,
                url,
                count=entry.count(request) if entry.count else 0,
                is_current=_is_current(entry, request, url),
            )
            for entry in ordered
            if entry.group == group and viewer is not None and entry.may(viewer) and (url := _address(entry.url_name))
        )
        if shown:
            groups.append(shown)
    return tuple(groups)


def commands_for(request: HttpRequest) -> list[Shown]:
    """The top bar's commands this viewer may use."""
    viewer = getattr(request, "user", None)
    ordered = sorted(_registry.commands.values(), key=lambda command: (command.order, command.name))
    return [
        Shown(command.name, command, url)
        for command in ordered
        if viewer is not None and command.may(viewer) and (url := _address(command.url_name))
    ]


def _address(url_name: str) -> str:
    return _kept_address(url_name, settings.ROOT_URLCONF, get_urlconf(), get_script_prefix()) if url_name else ""


@lru_cache(maxsize=512)  # each page asks for the frame's two dozen
def _kept_address(url_name: str, *_where: str | None) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def _is_current(entry: Entry, request: HttpRequest, url: str) -> bool:
    match = getattr(request, "resolver_match", None)
    view = match.view_name if match else ""
    if view == entry.url_name or any(view == mark or view.startswith(mark) for mark in entry.marks):
        return True
    return url != "/" and request.path.startswith(url)

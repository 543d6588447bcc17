"""The report pages as data: each has a question for its title, tiles, and panels that answer for themselves.

A page is registered once (`register(Page(...))` in `reporting/apps.py`); address, navigation, filter bar, time range, fragments, CSV
files, failure and empty states come from the frame (`reporting/views/reports.py`). A panel is one function of `Ask` that answers `Drawn`;
it may be slow or fail without touching the others. Nothing here runs a query.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

from accounts.models import User
from accounts.permissions import can
from accounts.roles import Action

if TYPE_CHECKING:
    from reporting.charts import Chart, Table
    from reporting.pages.asking import Ask

Words = str | Promise


@dataclass(frozen=True)
class Tile:
    """One number of the top row (REP-1). `word` is the XmR state word and stands beside every arrow; `href` leads to the rows.

    `band` says how much time pressure the number means ("" | risk | due | breach), in words of `core.clockface`.
    """

    key: str
    label: Words
    text: str
    n: str = ""
    target: str = ""
    word: str = ""
    compared: str = ""
    href: str = ""
    spark: Chart | None = None
    measure: str = ""
    band: str = ""
    sub: str = ""

    @property
    def is_words(self) -> bool:
        """Whether a sentence stands where the number would, such as “n too small (7)”: it is set smaller."""
        return self.text[:1].isalpha()


@dataclass(frozen=True)
class Drawn:
    """What a panel answers: charts, or tiles, or a template of its own, or a sentence why there is nothing.

    `note` says how to read it, `hint` what a click does, which paper leaves out.
    `tables` are what the CSV file holds where it is more than the charts' own tables. `empty` is shown instead of everything else.
    """

    charts: Sequence[Chart] = ()
    tiles: Sequence[Tile] = ()
    template: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)
    tables: Sequence[tuple[str, Table]] = ()
    note: Words = ""
    hint: Words = ""
    empty: Words = ""
    empty_href: str = ""
    empty_action: Words = ""
    as_of: datetime | None = None


@dataclass(frozen=True)
class Panel:
    """One question of a page. `range` is the stretch of time it shows unless the reader asks for another (`ranges.PRESETS`).

    Notes of the time line stand below it where it `is_over_time`; `weeks` says that its axis is so many ISO weeks (`Ask.weeks`).
    What shows this moment or what comes has no stretch of time to print (`has_time`). `measures` stand behind its ⓘ. A lazy panel is fetched when it comes into view; the others come with the page.
    """

    key: str
    title: Words
    draw: Callable[[Ask], Drawn]
    range: str = "28d"
    measures: tuple[str, ...] = ()
    is_lazy: bool = True
    is_over_time: bool = False
    weeks: int = 0
    is_wide: bool = False
    about: Words = ""
    has_time: bool = True


@dataclass(frozen=True)
class Page:
    """One page below `/reports/`. `panels` in the order they stand; `compares` says whether tiles take part in a comparison."""

    key: str
    label: Words
    question: Words
    panels: tuple[Panel, ...]
    order: int = 50
    range: str = "28d"
    may: Callable[[User], bool] = lambda viewer: sees_reports(viewer)
    refresh_s: int = 0
    has_wall: bool = False

    def panel(self, key: str) -> Panel | None:
        """The panel with this key."""
        return next((panel for panel in self.panels if panel.key == key), None)


@dataclass(frozen=True)
class Link:
    """A tab among the report pages that is built elsewhere (explorer, vendors, briefs)."""

    key: str
    label: Words
    url_name: str
    order: int = 90
    may: Callable[[User], bool] = lambda viewer: sees_reports(viewer)


_pages: dict[str, Page] = {}
_links: dict[str, Link] = {}


def sees_reports(viewer: Any) -> bool:
    """Whether the viewer is of the team and their role reads reports at all; how far is the scope's matter."""
    return bool(viewer.is_authenticated) and viewer.is_internal and can(viewer, Action.REPORTS)


def register(*items: Page | Link) -> None:
    """Add pages or tabs; a second one with the same key replaces the first (`ready()` may run twice)."""
    for item in items:
        if isinstance(item, Page):
            keys = [panel.key for panel in item.panels]
            if len(set(keys)) != len(keys):
                raise ValueError(f"Panels of {item.key} share a key: {keys}.")
            _pages[item.key] = item
        else:
            _links[item.key] = item


def page(key: str) -> Page | None:
    """The page with this key."""
    return _pages.get(key)


def pages() -> list[Page]:
    """Every page in its order."""
    return sorted(_pages.values(), key=lambda one: (one.order, one.key))


def tabs() -> list[Page | Link]:
    """Pages and links in the order of the tabs."""
    return sorted([*_pages.values(), *_links.values()], key=lambda one: (one.order, one.key))


def address(link: Link) -> str:
    """Where a tab leads, or "" while its page is not there."""
    try:
        return reverse(link.url_name)
    except NoReverseMatch:
        return ""

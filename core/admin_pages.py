"""The list of administration pages; apps add theirs in `ready()`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class AdminPage:
    """A page under /admin/: where it is, what it is for, and the action of the matrix that opens it."""

    url_name: str
    label: Any
    summary: Any
    action: str


PAGES: list[AdminPage] = []


def register(*pages: AdminPage) -> None:
    """Add pages, in order; one that is there already stays (so that `ready()` may run twice)."""
    for page in pages:
        if page not in PAGES:
            PAGES.append(page)

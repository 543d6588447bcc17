"""Database plumbing shared by all apps: the router of the second alias."""

from __future__ import annotations

from typing import Any

INDEPENDENT = "independent"


class Router:
    """Keeps migrations off the second alias, which is the same database on a connection of its own."""

    def allow_migrate(self, db: str, app_label: str, **_: Any) -> bool | None:
        return False if db == INDEPENDENT else None

    def allow_relation(self, *_: Any, **__: Any) -> bool:
        return True

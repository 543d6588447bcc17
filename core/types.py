"""Types that only annotations need."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest


class AtRequest(HttpRequest):
    """A request that passed our middleware: it carries its id and the database's time at its start (aware UTC)."""

    id: str
    at: datetime
    htmx: Any

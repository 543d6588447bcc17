"""Messages that stand in the next page's toast region, with an undo where there is one (FRM-7, HTX-15).

A view that answers with a fragment includes `components/_toast_oob.html` instead; this is for answers that redirect.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest

_KEPT = 5
_SESSION = "toasts"


def show_next(
    request: HttpRequest,
    text: str,
    *,
    detail: str = "",
    level: str = "success",
    undo_url: str = "",
    until: datetime | None = None,
    more_url: str = "",
) -> None:
    """Keep a toast for the viewer's next page. `until` (aware UTC) is when its undo ends; `undo_url` takes a POST, `more_url` is read."""
    waiting = list(request.session.get(_SESSION, []))
    waiting.append(
        {
            "text": str(text),
            "detail": str(detail),
            "level": level,
            "undo_url": undo_url,
            "until": until.isoformat() if until else "",
            "more_url": more_url,
        }
    )
    request.session[_SESSION] = waiting[-_KEPT:]


def take(request: HttpRequest, *, at: datetime) -> list[dict[str, Any]]:
    """The waiting toasts, once; those whose undo has ended by `at` lose their button."""
    session = getattr(request, "session", None)
    if session is None or not session.get(_SESSION):
        return []
    waiting: list[dict[str, Any]] = session.pop(_SESSION)
    for toast in waiting:
        until = datetime.fromisoformat(toast["until"]) if toast["until"] else None
        toast["until"] = until
        if until is not None and until <= at:
            toast["undo_url"], toast["until"] = "", None
    return waiting

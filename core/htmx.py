"""Answering a page or a fragment of it from one view."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django_htmx.http import HttpResponseLocation, trigger_client_event


def wants_part(request: HttpRequest) -> bool:
    """Whether htmx asked for a fragment (history restores and boosted links want the page)."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def render_part(
    request: HttpRequest, page: str, part: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """The fragment `part` for htmx, the whole `page` (which includes the same file) for everybody else."""
    response = render(request, part if wants_part(request) else page, dict(context), status=status)
    response.headers["Vary"] = "HX-Request"
    return response


def done(request: HttpRequest, to: str, *args: Any, say: str = "", **kwargs: Any) -> HttpResponse:
    """Redirect after a change, for htmx and for plain forms alike; `say` is announced in the status region."""
    url = resolve_url(to, *args, **kwargs)
    if not getattr(request, "htmx", None):
        return HttpResponseRedirect(url)
    response: HttpResponse = HttpResponseLocation(url, target="body")
    return announce(response, say) if say else response


def announce(response: HttpResponse, text: str) -> HttpResponse:
    """Have the page's one live region say `text` (ux.md HTX-19)."""
    return trigger_client_event(response, "say", {"text": str(text)})

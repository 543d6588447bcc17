"""Pages of the team: a vendor's people have their own (the portal, the API), and find nothing here, not even their own cases."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver

View = Callable[..., HttpResponseBase]
TEAM = ("appeals/", "approvals/", "c/", "disputes/", "q/", "second-looks/", "me/", "palette/", "undo/")


def for_the_team(patterns: list[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """The same addresses, closed to people of other organizations where they begin with one of `TEAM`.

    A page of ours shows notes, queues and names; row level security lets a vendor read the parts of its own cases, so what
    is not for its eyes must be kept here.
    """
    for pattern in patterns:
        if isinstance(pattern, URLPattern) and str(pattern.pattern).startswith(TEAM):
            pattern.callback = team_only(pattern.callback)
    return patterns


def team_only(view: View) -> View:
    """404 for whoever is signed in and not of the internal organization; signing in is the view's own matter."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user: Any = request.user
        if user.is_authenticated and not user.is_internal:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded

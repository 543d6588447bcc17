"""Who may enter: people of other organizations than ours. Our own find nothing here; whoever is not signed in is asked to."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, reverse

from accounts.models import User
from core.types import AtRequest

View = Callable[..., HttpResponseBase]


class VendorRequest(AtRequest):
    """A request that passed the gate."""

    user: User


def for_vendors(patterns: list[URLPattern]) -> list[URLPattern]:
    """The same addresses behind the gate."""
    for pattern in patterns:
        pattern.callback = vendors_only(pattern.callback)
    return patterns


def vendors_only(view: View) -> View:
    """Lead to the portal's own sign-in page; 404 for people of the internal organization."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if not user.is_authenticated:
            return redirect_to_login(request.get_full_path(), reverse("portal:sign-in"))
        if user.is_internal:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded

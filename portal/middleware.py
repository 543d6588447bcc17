"""People of vendors stay in their portal: a page of the console that would open to them leads to its twin there, or is missing."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.defaults import page_not_found

GetResponse = Callable[[HttpRequest], HttpResponse]
# What is for everybody: signing in, the developers' pages, programs, and words that a vendor's filter may use.
OPEN = (
    "/portal/",
    "/accounts/",
    "/developers/",
    "/api/",
    "/static/",
    "/demo/",
    "/notices/stop/",
    "/filters/",
    "/help/filters/",
    "/stream/",
    "/livez",
    "/readyz",
    "/health/",
)
TWINS = (
    ("/settings/", "portal:settings"),
    ("/admin/people/", "portal:people"),
    ("/admin/vendors/", "portal:keys"),
    ("/admin/log/", "portal:log"),
    ("/webhooks/", "portal:webhooks"),
    ("/help/", "portal:guides"),
)


def stay_at_home(get_response: GetResponse) -> GetResponse:
    """Replace a console page that was about to be shown to somebody of another organization than ours. Refusals stay as they are."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if (
            response.status_code not in (200, 206)
            or request.method not in ("GET", "HEAD")
            or request.path.startswith(OPEN)
        ):
            return response
        user = request.user
        if not user.is_authenticated or user.is_internal:
            return response
        twin = next((name for start, name in TWINS if request.path.startswith(start)), "")
        return HttpResponseRedirect(reverse(twin)) if twin else page_not_found(request, Http404())

    return middleware

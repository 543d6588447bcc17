"""Middleware without a domain word: request ids, refusals as answers, a database that is away."""

from __future__ import annotations

import re
from collections.abc import Callable

import structlog
from django.db import DataError, Error, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from uuid_utils import uuid7

from core.errors import BadRequest, DomainError, is_away, is_no_room, no_room
from core.htmx import announce
from core.release import release

GetResponse = Callable[[HttpRequest], HttpResponse]
_NULS = ("NUL (0x00)", "\\u0000 cannot be converted")  # in a text, in a text within JSON
_REQUEST_ID = re.compile(r"^[A-Za-z0-9_.-]{8,64}$")


def request_id(get_response: GetResponse) -> GetResponse:
    """Give each request an id (the caller's `X-Request-ID` where it is well formed), put it in logs and in the answer."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request.id = given if _REQUEST_ID.match(given) else str(uuid7())  # type: ignore[attr-defined]
        structlog.contextvars.bind_contextvars(request_id=request.id)  # type: ignore[attr-defined]
        response = get_response(request)
        response.headers["X-Request-ID"] = request.id  # type: ignore[attr-defined]
        if not request.path.startswith("/api/"):
            response.headers["X-Release"] = release()  # an open page of an older one then offers to load anew
        return response

    return middleware


def database_errors(get_response: GetResponse) -> GetResponse:
    """Answer 503 with Retry-After when Postgres is away, instead of a bare 500."""

    def middleware(request: HttpRequest) -> HttpResponse:
        try:
            return get_response(request)
        except Error as error:
            if not is_away(error):
                raise
            return unavailable(request)

    return middleware


def unavailable(request: HttpRequest) -> HttpResponse:
    """The 503 answer, as a problem document for the API and as plain words for people."""
    structlog.get_logger().error("database_unavailable", path=request.path)
    if request.path.startswith("/api/"):
        from core.api.errors import problem  # the API package needs DRF's apps loaded

        response = problem(
            request, 503, "unavailable", "The database is not reachable. Nothing was changed: try again."
        )
    else:
        response = HttpResponse(
            _("The database is not reachable just now. Nothing was changed. Try again in a few seconds."),
            status=503,
            content_type="text/plain; charset=utf-8",
        )
    response.headers["Retry-After"] = "5"
    return response


def domain_errors(get_response: GetResponse) -> GetResponse:
    """Turn a `DomainError` that a page's view let through into an answer that says what to do next.

    So too the refusal of a NUL, which no text of Postgres can hold, wherever a view asks for it unread (400).
    """

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if is_away(exception):
            return unavailable(request)
        if (
            isinstance(exception, (DataError, ValueError))
            and any(words in str(exception) for words in _NULS)
            and not request.path.startswith("/api/")
        ):
            transaction.set_rollback(True)  # whatever the view did before is not kept
            return refuse(request, BadRequest(_("The text holds a NUL character. Remove it."), code="nul_not_allowed"))
        if is_no_room(exception) and not request.path.startswith("/api/"):
            return refuse(request, no_room())
        if not isinstance(exception, DomainError) or request.path.startswith("/api/"):
            return None
        return refuse(request, exception)

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


def refuse(request: HttpRequest, error: DomainError) -> HttpResponse:
    """A refusal as a page, or for htmx as a message in the toast region, with the error's status."""
    if getattr(request, "htmx", None):
        response = render(request, "components/_toast_error.html", {"error": error}, status=error.status)
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#toasts", "beforeend"
        return announce(response, error.detail)
    template = {403: "403.html", 404: "404.html"}.get(error.status, "refused.html")
    return render(request, template, {"error": error}, status=error.status)

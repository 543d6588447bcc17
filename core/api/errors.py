"""Problem documents (RFC 9457) for every refusal of the API, from one handler."""

from __future__ import annotations

from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions
from rest_framework.response import Response

from core.api.renderers import dumps
from core.errors import DomainError, FieldProblem, Invalid, is_away, is_no_room, no_room

CONTENT_TYPE = "application/problem+json"
_TITLES = {
    400: "The request cannot be read",
    401: "Sign in with a service key",
    403: "This key may not do that",
    404: "It does not exist, or you may not see it",
    405: "This address has no such method",
    406: "Only JSON is answered",
    409: "This cannot be done now",
    413: "The body is too large",
    415: "This content type is not accepted",
    422: "Some values need correcting",
    429: "Too many requests",
    500: "Something failed on our side",
    503: "Not available just now",
    507: "No room for files",
}


def document(
    request: Any, status: int, code: str, detail: str, errors: list[FieldProblem] | None = None, **extra: Any
) -> dict[str, Any]:
    """The body of a problem: `type` is the path of its documentation."""
    body: dict[str, Any] = {
        "type": f"/developers/errors/#{code}",
        "title": _TITLES.get(status, "Error"),
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": str(getattr(request, "id", "")),
    }
    if errors:
        body["errors"] = [{"pointer": e.pointer, "code": e.code, "detail": e.detail} for e in errors]
    return body | extra


def problem(request: HttpRequest, status: int, code: str, detail: str, **extra: Any) -> HttpResponse:
    """A problem answer from outside DRF (middleware, URL resolver)."""
    return HttpResponse(
        dumps(document(request, status, code, detail, **extra)), status=status, content_type=CONTENT_TYPE
    )


def handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: every refusal becomes a problem document; an unknown error a logged 500 without details."""
    drf_request = context.get("request")
    request = getattr(drf_request, "_request", drf_request)
    status, code, detail, errors, headers, extra = _read(exc)
    if status >= 500:
        structlog.get_logger().exception("api_error", path=getattr(request, "path", ""), code=code)
    response = Response(document(request, status, code, detail, errors, **extra), status=status, headers=headers)
    response.content_type = CONTENT_TYPE
    return response


def _read(exc: Exception) -> tuple[int, str, str, list[FieldProblem] | None, dict[str, str], dict[str, Any]]:
    headers: dict[str, str] = {}
    if is_no_room(exc):
        exc = no_room()
    if isinstance(exc, DomainError):
        if "retry_after_s" in exc.extra:
            headers["Retry-After"] = str(exc.extra["retry_after_s"])
        errors = exc.errors if isinstance(exc, Invalid) else None
        return exc.status, exc.given_code, exc.detail, errors, headers, exc.extra
    if isinstance(exc, (Http404, exceptions.NotFound)):
        return 404, "not_found", _TITLES[404] + ".", None, headers, {}
    if isinstance(exc, (PermissionDenied, exceptions.PermissionDenied)):
        return 403, "not_permitted", str(exc) or _TITLES[403] + ".", None, headers, {}
    if is_away(exc):
        return (
            503,
            "unavailable",
            "The database is not reachable. Nothing was changed: try again.",
            None,
            {"Retry-After": "5"},
            {},
        )
    if isinstance(exc, RequestDataTooBig):
        return 413, "too_large", "The body is too large: send less at once.", None, headers, {}
    if isinstance(exc, SuspiciousOperation):
        return 400, "bad_request", "The request cannot be read.", None, headers, {}
    if isinstance(exc, exceptions.APIException):
        if getattr(exc, "auth_header", None):
            headers["WWW-Authenticate"] = exc.auth_header  # type: ignore[attr-defined]
        if isinstance(exc, exceptions.Throttled) and exc.wait:  # type: ignore[attr-defined]
            headers["Retry-After"] = str(int(exc.wait) + 1)  # type: ignore[attr-defined]
        codes = exc.get_codes()
        return exc.status_code, codes if isinstance(codes, str) else "invalid", str(exc.detail), None, headers, {}
    return (
        500,
        "internal_error",
        "Something failed on our side. It was logged: quote the request_id.",
        None,
        headers,
        {},
    )

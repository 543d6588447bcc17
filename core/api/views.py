"""What every view of the API does alike: rate headers, strict query parameters, revisions, and the answer for unknown addresses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.errors import problem
from core.errors import BadRequest, FieldProblem, Invalid
from core.shapes import Problems, Shape, unknown

_REVISION = re.compile(r'"rev-([0-9]{1,9})"')


class ApiView(APIView):
    """A view of the API: keys sign in, only JSON leaves, every answer says how many requests are left."""

    metadata_class = None  # OPTIONS has nothing to tell that OpenAPI does not: 405
    scopes: Mapping[str, str] = {}  # by method

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if request.method and request.method not in self.allowed_methods:
            raise MethodNotAllowed(request.method)  # before the scopes, which know only methods that exist
        super().initial(request, *args, **kwargs)

    @property
    def allowed_methods(self) -> list[str]:
        return [name for name in super().allowed_methods if name != "OPTIONS"]

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Response:
        answer: Response = super().finalize_response(request, response, *args, **kwargs)
        rate = getattr(getattr(request, "_request", request), "rate", None)
        if rate is not None:
            limit, left, reset_s = rate
            answer.headers["RateLimit-Limit"] = str(limit)
            answer.headers["RateLimit-Remaining"] = str(left)
            answer.headers["RateLimit-Reset"] = str(reset_s)
        answer.headers["Cache-Control"] = "no-store"
        return answer


def read_query(request: Request, fields: Mapping[str, Shape]) -> dict[str, Any]:
    """The query's parameters by their shapes. Raises `Invalid` for unknown, repeated and wrong ones, all at once."""
    problems: Problems = []
    found: dict[str, Any] = {}
    for name, values in request.query_params.lists():
        shape = fields.get(name)
        if shape is None:
            problems.append(FieldProblem(f"/{name[:80]}", "unknown_parameter", unknown(name, fields)))
        elif len(values) > 1:
            problems.append(FieldProblem(f"/{name}", "repeated", "Send this once."))
        elif "\x00" in values[0]:
            problems.append(FieldProblem(f"/{name}", "nul_not_allowed", "Remove the NUL character."))
        else:
            found[name] = shape.read(_typed(values[0], shape), f"/{name}", problems)
    if problems:
        raise Invalid(errors=problems)
    return found


def _typed(text: str, shape: Shape) -> Any:
    """Query parameters are texts; numbers and flags are read from their JSON form."""
    kind = shape.describe()["type"]
    if kind == "integer" and re.fullmatch(r"-?[0-9]{1,18}", text):
        return int(text)
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    return text


def revision_of(request: Request) -> int:
    """The revision the sender saw, from `If-Match: "rev-18"`. Raises `BadRequest` where it is missing or has another form."""
    given = request.headers.get("If-Match")
    if given is None:
        raise BadRequest(
            'Send If-Match with the ETag you read, such as "rev-18", so that nobody\'s change is lost.',
            code="if_match_missing",
        )
    match = _REVISION.fullmatch(given.strip())
    if match is None:
        raise BadRequest('If-Match looks like "rev-18", with the quotation marks.', code="if_match_malformed")
    return int(match[1])


def etag(revision: int) -> str:
    return f'"rev-{revision}"'


@csrf_exempt
def unknown_address(request: HttpRequest, rest: str = "") -> HttpResponse:
    """404 as a problem document for whatever under /api/ is no address."""
    hint = "" if rest.endswith("/") else " Addresses end in a slash."
    return problem(request, 404, "no_such_address", f"There is no such address.{hint} See /developers/.")

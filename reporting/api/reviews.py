"""A vendor's own review decisions over HTTP: sent in lists, read back."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import ApiView, read_query
from core.errors import FieldProblem, Invalid, NotPermitted
from core.pagination import keyset
from core.shapes import Problems
from escalations.api.submissions import BATCH_BYTES, at_of, body_of, key_of
from reporting.api import documentation as docs
from reporting.models import VendorReview
from reporting.operations import vendor_reviews
from reporting.operations.vendor_reviews import FIELDS, MOST_AT_ONCE, Row

Json = dict[str, Any]


class Reviews(ApiView):
    """Decisions of the key's own organization."""

    scopes = {"POST": "submissions:write", "GET": "submissions:read"}
    max_body_bytes = BATCH_BYTES

    @docs.bring_reviews
    def post(self, request: Request) -> Response:
        key = key_of(request)
        if key.is_internal:
            raise NotPermitted("Vendors send what their own reviewers decided.", rule="vendor_reviews.own")
        items, is_try = _read(body_of(request))
        report = vendor_reviews.bring(
            given=list(enumerate(items)),
            name="API",
            vendor=key.organization,
            is_try=is_try or key.is_sandbox,  # a test key never writes what is counted
            by=key,
            at=at_of(request),
        )
        kept = report.brought is not None
        return Response({"kept": kept, **report.counts, "results": [_row_out(row) for row in report.rows]})

    @docs.list_reviews
    def get(self, request: Request) -> Response:
        key = key_of(request)
        asked = read_query(request, docs.REVIEWS_QUERY)
        rows = VendorReview.objects.visible_to(key)
        rows = rows.none() if key.is_sandbox else rows
        if asked.get("decided_after"):
            rows = rows.filter(decided_at__gte=asked["decided_after"])
        if asked.get("decided_before"):
            rows = rows.filter(decided_at__lt=asked["decided_before"])
        page = keyset(
            rows,
            ["decided_at", "id"],
            cursor=asked.get("cursor", ""),
            limit=asked.get("limit") or 50,
            owner=f"reviews:{key.organization_id}:{key.is_sandbox}",
            descending=True,
        )
        results = [{name: getattr(row, name) for name in FIELDS} for row in page.rows]
        return Response({"results": results, "next": page.next or None, "previous": page.previous or None})


def _read(body: Any) -> tuple[list[Any], bool]:
    """The rows of a call, unread, and whether it is only a try. Raises `Invalid` where the call itself is wrong."""
    if not isinstance(body, dict):
        raise Invalid(errors=[FieldProblem("", "wrong_type", 'Send an object: {"reviews": […]}.')])
    problems: Problems = []
    for name in sorted(body.keys() - {"reviews", "dry_run"}):
        problems.append(FieldProblem(f"/{name[:80]}", "unknown_field", "There are reviews and dry_run."))
    rows, is_try = body.get("reviews"), body.get("dry_run")
    if not isinstance(rows, list) or not rows:
        problems.append(FieldProblem("/reviews", "required", "Send a list of reviews."))
    elif len(rows) > MOST_AT_ONCE:
        detail = f"At most {MOST_AT_ONCE} reviews; this has {len(rows)}."
        problems.append(FieldProblem("/reviews", "too_many", detail))
    if is_try is not None and not isinstance(is_try, bool):
        problems.append(FieldProblem("/dry_run", "wrong_type", "Send true or false."))
    if problems:
        raise Invalid(errors=problems)
    return list(rows or ()), bool(is_try)


def _row_out(row: Row) -> Json:
    errors = [{"pointer": one.pointer, "code": one.code, "detail": one.detail} for one in row.problems]
    return {"external_id": row.external_id, "state": row.state.value, "errors": errors}

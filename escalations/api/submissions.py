"""Submissions over HTTP: send, read back, write to, take back."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ServiceKey
from accounts.operations import idempotency
from core.api.errors import document
from core.api.renderers import dumps
from core.api.views import ApiView, read_query
from core.errors import BadRequest, DomainError, FieldProblem, Invalid, NotFound
from core.pagination import keyset
from core.references import case_id_of
from core.shapes import Problems
from escalations.api import documentation as docs
from escalations.api.inputs import MESSAGE, SEVERITY, SUBMISSIONS_QUERY, WITHDRAWAL
from escalations.api.serializers import accepted_out, message_out, outward_messages, submissions_out
from escalations.filters.compiling import compile_filter
from escalations.lifecycle import Channel
from escalations.models import Case, Submission
from escalations.operations import attaching, comments, intake, notices
from escalations.operations.cases import change_severity
from escalations.operations.closing import withdraw_case
from escalations.operations.intake import MOST_AT_ONCE, AlreadySubmitted, Order
from escalations.operations.submission_input import read

BATCH_BYTES = 16 << 20


def key_of(request: Request) -> ServiceKey:
    key: object = request.user
    if not isinstance(key, ServiceKey):  # pragma: no cover - the permission class has refused everyone else
        raise NotFound
    return key


def at_of(request: Request) -> datetime:
    at: datetime = request._request.at  # type: ignore[attr-defined]
    return at


def body_of(request: Request) -> Any:
    """The parsed JSON body. Raises `BadRequest` for none."""
    data = request.data
    if not getattr(request._request, "body_sha256", ""):
        raise BadRequest("Send a JSON body.", code="body_missing")
    return data


def answer_once(request: Request, route: str, make: Any, *, kept: Callable[[Any], Any] | None = None) -> HttpResponse:
    """Do what `make()` does (it answers status and body) once for this Idempotency-Key, and answer a repeat the same.

    `kept` makes of the body what a repeat is answered, where a part of it (a secret) may not be stored.
    """
    key, at = key_of(request), at_of(request)
    name = idempotency.check_key(request.headers.get(idempotency.HEADER))
    body = body_of(request)
    mark = idempotency.fingerprint("POST", request.path, request._request.body_sha256.encode())  # type: ignore[attr-defined]
    earlier = idempotency.begin(by=key, route=route, key=name, body_sha256=mark)
    if earlier is not None:
        response = HttpResponse(earlier.answer, status=earlier.status, content_type="application/json")
        response.headers["Idempotency-Replayed"] = "true"
        return response
    status, found = make(body, name)
    answer = dumps(found)
    stored = answer if kept is None else dumps(kept(found))
    idempotency.keep(by=key, route=route, key=name, body_sha256=mark, status=status, answer=stored, at=at)
    return HttpResponse(answer, status=status, content_type="application/json")


def owned(request: Request, ref: str) -> Submission:
    """The submission behind a reference, of the key's organization and kind. Anything else is the same `NotFound`."""
    key = key_of(request)
    case_id = case_id_of(ref, key=settings.REFERENCE_KEY)
    found: Submission | None = None
    if case_id is not None and case_id < 1 << 62:
        rows = Submission.objects.visible_to(key).filter(case_id=case_id, is_sandbox=key.is_sandbox)
        found = rows.order_by("id").first()
    if found is None:
        raise NotFound
    return found


def open_case(request: Request, ref: str) -> Case:
    """The case of an owned submission where the key may still see it; a restricted one is as if it were gone."""
    found = Case.objects.visible_to(key_of(request)).filter(pk=owned(request, ref).case_id).first()
    if found is None:
        raise NotFound
    return found


class Submissions(ApiView):
    scopes = {"POST": "submissions:write", "GET": "submissions:read"}

    @docs.submit
    def post(self, request: Request) -> HttpResponse:
        def make(body: Any, name: str) -> tuple[int, Any]:
            key, at = key_of(request), at_of(request)
            payload = read(body, at=at)
            if payload.attach_to:
                accepted = attaching.attach(payload=payload, by=key, channel=Channel.API, at=at, idempotency_key=name)
            else:
                accepted = intake.submit(payload=payload, by=key, channel=Channel.API, at=at, idempotency_key=name)
            return 201, accepted_out(accepted)

        return answer_once(request, "submissions", make)

    @docs.list_submissions
    def get(self, request: Request) -> Response:
        key = key_of(request)
        asked = read_query(request, SUBMISSIONS_QUERY)
        rows = Submission.objects.visible_to(key).filter(is_sandbox=key.is_sandbox)
        rows = _narrowed(rows, asked, key, at_of(request))
        page = keyset(
            rows,
            ["received_at", "id"],
            cursor=asked.get("cursor", ""),
            limit=asked.get("limit") or 50,
            owner=f"submissions:{key.organization_id}:{key.is_sandbox}",
            descending=True,
        )
        found = {
            "results": submissions_out(page.rows, key=key),
            "next": page.next or None,
            "previous": page.previous or None,
        }
        if asked.get("count"):
            found["count"] = rows.count()
        return Response(found)


def _narrowed(rows: Any, asked: dict[str, Any], key: ServiceKey, at: datetime) -> Any:
    since, until = asked.get("received_after"), asked.get("received_before")
    if since and until and since >= until:
        detail = "received_after must lie before received_before."
        raise Invalid(errors=[FieldProblem("/received_after", "reversed", detail)])
    if since:
        rows = rows.filter(received_at__gte=since)
    if until:
        rows = rows.filter(received_at__lt=until)
    if asked.get("external_ref"):
        rows = rows.filter(external_ref=asked["external_ref"])
    cases = Case.objects.visible_to(key)
    if asked.get("status") or asked.get("surface"):
        if asked.get("status") == "open":
            cases = cases.open()
        elif asked.get("status"):
            cases = cases.filter(status=asked["status"])
        if asked.get("surface"):
            cases = cases.filter(surface=asked["surface"])
        rows = rows.filter(case_id__in=cases.values("pk"))
    if asked.get("q"):
        compiled = compile_filter(asked["q"], viewer=key, at=at).raise_for_errors()
        rows = rows.filter(case_id__in=compiled.cases().values("pk"))
    return rows


class Batch(ApiView):
    """Up to 500 at once. Each item has its own key, is judged alone, and harms no other."""

    scopes = {"POST": "submissions:write"}
    max_body_bytes = BATCH_BYTES

    @docs.batch
    def post(self, request: Request) -> HttpResponse:
        key, at = key_of(request), at_of(request)
        items = _items(body_of(request))
        answers: list[dict[str, Any] | None] = [None] * len(items)
        orders: list[tuple[int, Order]] = []
        for number, item in enumerate(items):
            try:
                orders.append((number, _order(item, at)))
            except DomainError as error:
                answers[number] = _refused(request, error)
        results = intake.submit_many(orders=[order for _number, order in orders], by=key, channel=Channel.BULK, at=at)
        for (number, order), result in zip(orders, results, strict=True):
            if isinstance(result, DomainError):
                answers[number] = _earlier(key, order, result) or _refused(request, result)
            else:
                answers[number] = {"status": 201, "submission": accepted_out(result)}
        accepted = sum(1 for answer in answers if answer and answer["status"] < 300)
        found = {"accepted": accepted, "refused": len(items) - accepted, "results": answers}
        return HttpResponse(dumps(found), status=200, content_type="application/json")


def _items(body: Any) -> list[Any]:
    problems: Problems = []
    if not isinstance(body, dict):
        problems.append(FieldProblem("", "wrong_type", 'Send an object: {"items": […]}.'))
        raise Invalid(errors=problems)
    for name in body.keys() - {"items"}:
        problems.append(FieldProblem(f"/{name[:80]}", "unknown_field", "Did you mean items?"))
    items = body.get("items")
    if not isinstance(items, list) or not items:
        problems.append(FieldProblem("/items", "required", "Send a list of submissions."))
    elif len(items) > MOST_AT_ONCE:
        detail = f"At most {MOST_AT_ONCE} items; this has {len(items)}."
        problems.append(FieldProblem("/items", "too_many", detail))
    if problems or not isinstance(items, list):
        raise Invalid(errors=problems)
    return items


def _order(item: Any, at: datetime) -> Order:
    if not isinstance(item, dict):
        raise Invalid(errors=[FieldProblem("", "wrong_type", "Send an object.")])
    item = dict(item)
    name = item.pop("idempotency_key", None)
    if not isinstance(name, str) or not name:
        detail = "Send an idempotency_key with each item."
        raise Invalid(errors=[FieldProblem("/idempotency_key", "required", detail)])
    if len(name) > 255 or not all(32 < ord(char) < 127 for char in name):
        detail = "1 to 255 visible ASCII characters without spaces."
        raise Invalid(errors=[FieldProblem("/idempotency_key", "wrong_form", detail)])
    payload = read(item, at=at)
    if payload.attach_to:
        detail = "Attach with a single POST /submissions/: a batch makes new cases only."
        raise Invalid(errors=[FieldProblem("/attach_to", "not_in_batch", detail)])
    return Order(payload, name)


def _earlier(key: ServiceKey, order: Order, refusal: DomainError) -> dict[str, Any] | None:
    """The submission this item made before, if the same item comes again; a refusal if its key comes with another body."""
    if not isinstance(refusal, AlreadySubmitted) or refusal.given_code != "idempotency_key_taken":
        return None
    row = Submission.objects.visible_to(key).filter(key=key, idempotency_key=order.idempotency_key).first()
    if row is None or row.payload != order.payload.payload:
        detail = "This idempotency_key was used with another body: a new thing needs a new key."
        problem = {"pointer": "/idempotency_key", "code": "idempotency_key_reused", "detail": detail}
        return {"status": 422, "code": "idempotency_key_reused", "detail": detail, "errors": [problem]}
    return {"status": 200, "replayed": True, "submission": submissions_out([row], key=key)[0]}


def _refused(request: Request, error: DomainError) -> dict[str, Any]:
    errors = error.errors if isinstance(error, Invalid) else None
    found = document(request._request, error.status, error.given_code, error.detail, errors, **error.extra)
    return {name: value for name, value in found.items() if name not in ("request_id", "title")}


class SubmissionDetail(ApiView):
    scopes = {"GET": "submissions:read"}

    @docs.read_submission
    def get(self, request: Request, ref: str) -> Response:
        read_query(request, {})
        key, row = key_of(request), owned(request, ref)
        found = submissions_out([row], key=key)[0]
        if (found.get("decision") or {}).get("notice"):  # fetched, and so it has arrived
            case = Case.objects.visible_to(key).get(pk=row.case_id)
            notices.opened(case, by=key, at=at_of(request))
        return Response(found)


class Messages(ApiView):
    scopes = {"POST": "messages:write", "GET": "submissions:read"}

    @docs.list_messages
    def get(self, request: Request, ref: str) -> Response:
        read_query(request, {})
        case = open_case(request, ref)
        found = outward_messages(case.pk, at=at_of(request))[:500]
        return Response({"results": [message_out(comment) for comment in found]})

    @docs.write_message
    def post(self, request: Request, ref: str) -> HttpResponse:
        case = open_case(request, ref)

        def make(body: Any, name: str) -> tuple[int, Any]:
            problems: Problems = []
            found = MESSAGE.read(body, "", problems)
            if problems:
                raise Invalid(errors=problems)
            comment = comments.message_from_submitter(
                case_id=case.pk,
                body=found["body"],
                language=found.get("language") or "",
                by=key_of(request),
                at=at_of(request),
                form_token=uuid.uuid5(uuid.NAMESPACE_URL, name).hex,
            )
            return 201, message_out(comment)

        return answer_once(request, f"messages:{case.pk}", make)


class RaiseSeverity(ApiView):
    scopes = {"POST": "submissions:write"}

    @docs.raise_severity
    def post(self, request: Request, ref: str) -> Response:
        case = open_case(request, ref)
        problems: Problems = []
        found = SEVERITY.read(body_of(request), "", problems)
        if problems:
            raise Invalid(_("Say how bad it is, and why."), errors=problems)
        change_severity(case_id=case.pk, **found, by=key_of(request), at=at_of(request))
        return Response(submissions_out([owned(request, ref)], key=key_of(request))[0])


class Withdraw(ApiView):
    scopes = {"POST": "submissions:write"}

    @docs.withdraw
    def post(self, request: Request, ref: str) -> Response:
        case = open_case(request, ref)
        problems: Problems = []
        found = WITHDRAWAL.read(body_of(request), "", problems)
        if problems:
            raise Invalid(_("Say why you take it back."), errors=problems)
        withdraw_case(case_id=case.pk, reason=found["reason"], by=key_of(request), at=at_of(request))
        return Response(submissions_out([owned(request, ref)], key=key_of(request))[0])

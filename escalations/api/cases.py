"""Cases for internal keys: read them, and the verbs that need no person."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from core.api.views import ApiView, etag, read_query, revision_of
from core.errors import FieldProblem, Invalid, NotFound, NotPermitted
from core.pagination import keyset
from core.shapes import Problems, Record
from escalations.api import documentation as docs
from escalations.api.inputs import (
    ASSIGN,
    CASES_QUERY,
    EDIT,
    ELSEWHERE,
    GO_ON,
    MOVE,
    SEVERITY,
    SLA_QUERY,
    TAGS,
    WAIT,
)
from escalations.api.serializers import case_out, clocks_of, sla_out
from escalations.api.submissions import at_of, body_of, key_of
from escalations.filters.compiling import compile_filter
from escalations.models import Case, Queue
from escalations.operations import cases, clock_acts
from escalations.selectors.clock_story import story_of


def _visible(request: Request) -> QuerySet[Case]:
    """Cases this key may see. Vendors' keys have the submissions' addresses instead."""
    key = key_of(request)
    if not key.is_internal:
        raise NotPermitted("Keys of submitters read /submissions/.", rule="case.read")
    rows = Case.objects.visible_to(key).filter(is_sandbox=key.is_sandbox)
    return rows.select_related("organization", "queue", "assignee").prefetch_related("case_tags__tag", "subjects")


def _one(request: Request, ref: str) -> Case:
    found = _visible(request).filter(ref=ref.upper()).first()
    if found is None:
        raise NotFound
    return found


def _answer(request: Request, ref: str) -> Response:
    case = _one(request, ref)
    return Response(case_out(case, clocks_of([case])[case.pk]), headers={"ETag": etag(case.revision)})


class Cases(ApiView):
    scopes = {"GET": "cases:read"}

    @docs.list_cases
    def get(self, request: Request) -> Response:
        key = key_of(request)
        rows = _visible(request)
        asked = read_query(request, CASES_QUERY)
        if asked.get("q"):
            compiled = compile_filter(asked["q"], viewer=key, at=at_of(request)).raise_for_errors()
            rows = rows.filter(compiled.q)
        page = keyset(
            rows,
            ["received_at", "id"],
            cursor=asked.get("cursor", ""),
            limit=asked.get("limit") or 50,
            owner=f"cases:{key.pk}",
            descending=True,
        )
        clocks = clocks_of(page.rows)
        found: dict[str, Any] = {
            "results": [case_out(case, clocks[case.pk]) for case in page.rows],
            "next": page.next or None,
            "previous": page.previous or None,
        }
        if asked.get("count"):
            found["count"] = rows.count()
        return Response(found)


class CaseDetail(ApiView):
    scopes = {"GET": "cases:read"}

    @docs.read_case
    def get(self, request: Request, ref: str) -> Response:
        read_query(request, {})
        return _answer(request, ref)


class CaseClocks(ApiView):
    scopes = {"GET": "cases:read"}

    @docs.read_clocks
    def get(self, request: Request, ref: str) -> Response:
        asked = read_query(request, SLA_QUERY)
        case = _one(request, ref)
        return Response(sla_out(story_of(case, at=at_of(request), with_why=bool(asked.get("why")))))


def _input(request: Request, shape: Record) -> dict[str, Any]:
    problems: Problems = []
    found = shape.read(body_of(request), "", problems)
    if problems:
        raise Invalid(errors=problems)
    return found


class Assign(ApiView):
    scopes = {"POST": "cases:write"}

    @docs.verb(
        "assign_case",
        "Assign a case",
        ASSIGN.schema(),
        docs.ASSIGN_EXAMPLE,
        edits=False,
        help="The person must be able to work in the case's queue.",
    )
    def post(self, request: Request, ref: str) -> Response:
        case = _one(request, ref)
        email = _input(request, ASSIGN).get("assignee")
        person = None
        if email:
            # An unknown address and a person who may not see the case are told alike.
            person = User.objects.filter(email__iexact=email, is_active=True, organization__kind="internal").first()
            if person is None or not Case.objects.visible_to(person).filter(pk=case.pk).exists():
                detail = "Nobody with this address can see the case."
                raise Invalid(errors=[FieldProblem("/assignee", "no_access_to_case", detail)])
        cases.assign_case(case_id=case.pk, assignee=person, by=key_of(request), at=at_of(request))
        return _answer(request, ref)


class ChangeSeverity(ApiView):
    scopes = {"POST": "cases:write"}

    @docs.verb(
        "change_severity",
        "Raise the severity",
        SEVERITY.schema(),
        docs.SEVERITY_EXAMPLE,
        edits=True,
        help="Keys may raise it; lowering takes a person. The clocks follow.",
    )
    def post(self, request: Request, ref: str) -> Response:
        case = _one(request, ref)
        revision = revision_of(request)
        found = _input(request, SEVERITY)
        cases.change_severity(
            case_id=case.pk,
            severity=found["severity"],
            reason=found["reason"],
            by=key_of(request),
            at=at_of(request),
            revision=revision,
        )
        return _answer(request, ref)


class Tags(ApiView):
    scopes = {"POST": "cases:write"}

    @docs.verb(
        "tag_case", "Add and remove tags", TAGS.schema(), docs.TAGS_EXAMPLE, edits=False, help="Tags are lower case."
    )
    def post(self, request: Request, ref: str) -> Response:
        case = _one(request, ref)
        found = _input(request, TAGS)
        cases.tag_case(
            case_id=case.pk,
            by=key_of(request),
            at=at_of(request),
            add=found.get("add") or (),
            remove=found.get("remove") or (),
        )
        return _answer(request, ref)


class Move(ApiView):
    scopes = {"POST": "cases:write"}

    @docs.verb(
        "move_case",
        "Move to another queue",
        MOVE.schema(),
        docs.MOVE_EXAMPLE,
        edits=False,
        help="It waits there unassigned, at its place in the order.",
    )
    def post(self, request: Request, ref: str) -> Response:
        case = _one(request, ref)
        found = _input(request, MOVE)
        queue = Queue.objects.filter(slug=found["queue"], is_active=True).first()
        if queue is None:
            raise Invalid(errors=[FieldProblem("/queue", "unknown", "There is no such active queue.")])
        cases.move_to_queue(
            case_id=case.pk,
            queue_id=queue.pk,
            by=key_of(request),
            at=at_of(request),
            reason=found.get("reason") or "",
        )
        return _answer(request, ref)


class Edit(ApiView):
    scopes = {"POST": "cases:write"}

    @docs.verb(
        "edit_case",
        "Correct facts of a case",
        EDIT.schema(),
        docs.EDIT_EXAMPLE,
        edits=True,
        help="Only the fields that are sent change.",
    )
    def post(self, request: Request, ref: str) -> Response:
        case = _one(request, ref)
        revision = revision_of(request)
        changes = {name: value for name, value in _input(request, EDIT).items() if value not in (None, "")}
        cases.edit_case(case_id=case.pk, changes=changes, by=key_of(request), at=at_of(request), revision=revision)
        return _answer(request, ref)


class Wait(ApiView):
    scopes = {"POST": "clocks:write"}

    @docs.verb(
        "wait_outside",
        "Let a case wait for somebody outside",
        WAIT.schema(),
        docs.WAIT_EXAMPLE,
        edits=False,
        scope="clocks:write",
        help="Clocks that may stand still for it do, until their caps. What a person must answer for (excusing a miss, correcting a "
        "classification, moving a legal deadline, promising news) has no call: it takes a named person.",
    )
    def post(self, request: Request, ref: str) -> Response:
        case = _one(request, ref)
        found = _input(request, WAIT)
        cases.wait_outside(
            case_id=case.pk, reason=found["reason"], until=found.get("until"), by=key_of(request), at=at_of(request)
        )
        return _answer(request, ref)


class Resume(ApiView):
    scopes = {"POST": "clocks:write"}

    @docs.verb(
        "resume_case",
        "Go on with a case that waits",
        GO_ON.schema(),
        {},
        edits=False,
        scope="clocks:write",
        help="Its clocks go on. One that does not wait stays as it is.",
    )
    def post(self, request: Request, ref: str) -> Response:
        case = _one(request, ref)
        _input(request, GO_ON)
        cases.resume_case(case_id=case.pk, by=key_of(request), at=at_of(request))
        return _answer(request, ref)


class Answered(ApiView):
    scopes = {"POST": "clocks:backdate"}

    @docs.verb(
        "answered_elsewhere",
        "Say that the submitter was answered elsewhere, earlier",
        ELSEWHERE.schema(),
        docs.ELSEWHERE_EXAMPLE,
        edits=False,
        scope="clocks:backdate",
        help="The clocks that wait for an answer stop at that time. A miss that is met by it gets a retraction; reports show both.",
    )
    def post(self, request: Request, ref: str) -> Response:
        case = _one(request, ref)
        found = _input(request, ELSEWHERE)
        clock_acts.answered_elsewhere(case_id=case.pk, **found, by=key_of(request), at=at_of(request))
        return _answer(request, ref)

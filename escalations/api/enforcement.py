"""Enforcement for the platform's key: fetch what is asked of it, and say what became of each action (design: Enforcement hand-off)."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.errors import CONTENT_TYPE, document
from core.api.views import ApiView, read_query
from core.errors import Invalid, NotFound, NotPermitted
from core.pagination import keyset
from core.shapes import Problems
from escalations.api import documentation as docs
from escalations.api.inputs import ACK, ENFORCEMENT_QUERY
from escalations.api.submissions import at_of, body_of, key_of
from escalations.enforcement_life import HandOffState
from escalations.models import EnforcementAction
from escalations.operations import handing_over


def _visible(request: Request) -> QuerySet[EnforcementAction]:
    """Actions of cases this key may see. Keys of submitters have none."""
    key = key_of(request)
    if not key.is_internal:
        raise NotPermitted("Enforcement is between us and the platform.", rule="enforcement.read")
    rows = EnforcementAction.objects.visible_to(key).filter(case__is_sandbox=key.is_sandbox)
    return handing_over.with_parts(rows)


def _one(request: Request, id: uuid.UUID) -> EnforcementAction:
    found = _visible(request).filter(public_id=id).first()
    if found is None:
        raise NotFound
    return found


class Enforcement(ApiView):
    scopes = {"GET": "enforcement:ack"}

    @docs.list_enforcement
    def get(self, request: Request) -> Response:
        key = key_of(request)
        asked = read_query(request, ENFORCEMENT_QUERY)
        state = asked.get("state") or HandOffState.QUEUED.value
        rows = _visible(request).filter(state=state)
        if state == HandOffState.QUEUED:  # what lifts an action comes after it
            rows = rows.filter(handing_over.ready())
        if asked.get("platform"):
            rows = rows.filter(entity__platform=asked["platform"])
        page = keyset(
            rows,
            ["queued_at", "id"],
            cursor=asked.get("cursor", ""),
            limit=asked.get("limit") or 50,
            owner=f"enforcement:{key.pk}:{state}:{asked.get('platform', '')}",
        )
        results = [handing_over.action_out(action) for action in page.rows]
        return Response({"results": results, "next": page.next or None, "previous": page.previous or None})


class EnforcementDetail(ApiView):
    scopes = {"GET": "enforcement:ack"}

    @docs.read_enforcement
    def get(self, request: Request, id: uuid.UUID) -> Response:
        read_query(request, {})
        return Response(handing_over.action_out(_one(request, id)))


class Acknowledge(ApiView):
    scopes = {"POST": "enforcement:ack"}

    @docs.acknowledge
    def post(self, request: Request, id: uuid.UUID) -> Response:
        action = _one(request, id)
        problems: Problems = []
        found: dict[str, Any] = ACK.read(body_of(request), "", problems)
        if problems:
            raise Invalid(errors=problems)
        if found["state"] == "received":
            handing_over.take(action_id=action.pk, by=key_of(request), at=at_of(request))
            return Response(handing_over.action_out(_one(request, id)))
        answered = handing_over.answer(
            action_id=action.pk,
            accepted=found["state"] == HandOffState.ACCEPTED,
            foreign_id=found.get("foreign_id") or "",
            reason=found.get("reason") or "",
            by=key_of(request),
            at=at_of(request),
        )
        if answered.how == "contradicts":  # answered, not raised: that it was said is kept for a person to see
            detail = "You answered this before, and otherwise. The first answer stands; a person will look."
            body = document(request, 409, "answered_differently", detail, state=answered.action.state)
            response = Response(body, status=409)
            response.content_type = CONTENT_TYPE
            return response
        return Response(handing_over.action_out(_one(request, id)))

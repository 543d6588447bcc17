"""A submitter's objection to a return: contest it once, read what came of it (VEN-5)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import ApiView, read_query
from core.errors import Invalid, NotFound
from core.shapes import Problems
from escalations.api import documentation as docs
from escalations.api.inputs import DISPUTE
from escalations.api.serializers import dispute_out
from escalations.api.submissions import answer_once, at_of, key_of, open_case
from escalations.models import Dispute
from escalations.operations import disputes


class CaseDispute(ApiView):
    """One objection per return; the newest is shown."""

    scopes = {"POST": "appeals:write", "GET": "submissions:read"}

    @docs.read_dispute
    def get(self, request: Request, ref: str) -> Response:
        read_query(request, {})
        case = open_case(request, ref)
        rows = Dispute.objects.visible_to(key_of(request)).filter(case=case).select_related("case")
        found = rows.order_by("-filed_at", "-pk").first()
        if found is None:
            raise NotFound
        return Response(dispute_out(found))

    @docs.file_dispute
    def post(self, request: Request, ref: str) -> HttpResponse:
        case = open_case(request, ref)

        def make(body: Any, name: str) -> tuple[int, Any]:
            problems: Problems = []
            found = DISPUTE.read(body, "", problems)
            if problems:
                raise Invalid(errors=problems)
            # The operation locks the case: of two at once, the second is refused with words.
            made = disputes.file_dispute(case_id=case.pk, text=found["text"], by=key_of(request), at=at_of(request))
            return 201, dispute_out(made)

        return answer_once(request, f"dispute:{case.pk}", make)

"""A submitter's appeal of the decision on its submission: file it, read it, answer a question, take it back (api.md)."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import ApiView, read_query
from core.errors import Invalid, NotFound, NotPermitted
from core.shapes import Problems
from escalations.api import documentation as docs
from escalations.api.inputs import APPEAL, MESSAGE
from escalations.api.serializers import appeal_message_out, appeal_out
from escalations.api.submissions import answer_once, at_of, key_of, open_case
from escalations.appeal_life import Appellant
from escalations.lifecycle import Channel
from escalations.models import Appeal
from escalations.operations import appeals


class CaseAppeal(ApiView):
    """One appeal per decision; the newest is shown."""

    scopes = {"POST": "appeals:write", "GET": "submissions:read"}

    @docs.read_appeal
    def get(self, request: Request, ref: str) -> Response:
        read_query(request, {})
        return Response(appeal_out(_newest(request, ref)))

    @docs.file_appeal
    def post(self, request: Request, ref: str) -> HttpResponse:
        case = open_case(request, ref)

        def make(body: Any, name: str) -> tuple[int, Any]:
            key = key_of(request)
            if key.is_internal:
                raise NotPermitted(
                    "Submitters appeal here; the team takes appeals down on the case.", rule="appeal.file"
                )
            problems: Problems = []
            found = APPEAL.read(body, "", problems)
            if problems:
                raise Invalid(errors=problems)
            asked = appeals.Request(text=found["text"], language=found.get("language") or "")
            try:
                with transaction.atomic():
                    appeal = appeals.file_appeal(
                        case_id=case.pk,
                        appellant=Appellant.VENDOR,
                        asked=asked,
                        by=key,
                        at=at_of(request),
                        channel=Channel.API,
                    )
            except IntegrityError:  # a second request with another key came in between
                raise appeals.AppealTaken("This decision was appealed before: once is all there is.") from None
            return 201, appeal_out(appeal)

        return answer_once(request, f"appeal:{case.pk}", make)


class AppealMessages(ApiView):
    """What the team asked and what the appellant answered."""

    scopes = {"POST": "appeals:write", "GET": "submissions:read"}

    @docs.list_appeal_messages
    def get(self, request: Request, ref: str) -> Response:
        read_query(request, {})
        rows = _newest(request, ref).messages.select_related("by", "by_key").order_by("at", "pk")[:500]
        return Response({"results": [appeal_message_out(row) for row in rows]})

    @docs.write_appeal_message
    def post(self, request: Request, ref: str) -> HttpResponse:
        appeal = _newest(request, ref)

        def make(body: Any, name: str) -> tuple[int, Any]:
            problems: Problems = []
            found = MESSAGE.read(body, "", problems)
            if problems:
                raise Invalid(errors=problems)
            message = appeals.write_as_appellant(
                appeal_id=appeal.pk,
                body=found["body"],
                language=found.get("language") or "",
                by=key_of(request),
                at=at_of(request),
            )
            return 201, appeal_message_out(message)

        return answer_once(request, f"appeal-messages:{appeal.pk}", make)


class WithdrawAppeal(ApiView):
    """The appellant takes the appeal back; twice is the same as once."""

    scopes = {"POST": "appeals:write"}

    @docs.withdraw_appeal
    def post(self, request: Request, ref: str) -> Response:
        appeal = _newest(request, ref)
        return Response(appeal_out(appeals.withdraw_appeal(appeal_id=appeal.pk, by=key_of(request), at=at_of(request))))


def _newest(request: Request, ref: str) -> Appeal:
    """The submitter's newest appeal on this submission, or 404."""
    case = open_case(request, ref)
    rows = Appeal.objects.visible_to(key_of(request)).filter(case=case, appellant=Appellant.VENDOR)
    found = rows.select_related("case", "decision").order_by("-filed_at", "-pk").first()
    if found is None:
        raise NotFound
    return found

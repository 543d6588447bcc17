"""The change feed: what happened, in an order that skips nothing (api.md)."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef
from rest_framework.request import Request
from rest_framework.response import Response

from audit.models import Event
from core.api.views import ApiView, read_query
from core.pagination import RowGreater, decode, encode
from escalations import events
from escalations.api import documentation as docs
from escalations.api.inputs import EVENTS_QUERY
from escalations.api.serializers import event_out
from escalations.api.submissions import key_of
from escalations.models import Case, Submission
from escalations.told import told

LATEST = "latest"


class Feed(ApiView):
    """Events behind the horizon: those of transactions that ended before the oldest one still running began.

    An id alone would skip: a transaction that took a lower id may commit later. So the order is (transaction, id), and what is at or
    above the horizon waits for the next call.
    """

    scopes = {"GET": "submissions:read"}

    @docs.feed
    def get(self, request: Request) -> Response:
        key = key_of(request)
        asked = read_query(request, EVENTS_QUERY)
        owner = f"events:{key.organization_id}:{key.is_sandbox}"
        horizon = _horizon()
        after = asked.get("after") or ""
        if after == LATEST:
            return Response({"results": [], "next": encode([horizon, 0], owner=owner), "has_more": False})
        start = decode(after, owner=owner)[0] if after else [0, 0]
        limit = asked.get("limit") or 100
        # Uses index: event_feed
        rows = (
            Event.objects.filter(transaction__lt=horizon, subject_type="escalations.case")
            .filter(RowGreater(["transaction", "id"], start))
            .order_by("transaction", "id")
        )
        if key.is_internal:
            rows = rows.filter(Exists(Case.objects.filter(pk=OuterRef("subject_id"), is_sandbox=key.is_sandbox)))
        else:
            rows = self._outward(rows.filter(organization_id=key.organization_id), key)
        found = list(rows[: limit + 1])
        more, found = len(found) > limit, found[:limit]
        last = [found[-1].transaction, found[-1].pk] if found else start
        refs = _external_refs(found)
        return Response(
            {
                "results": [
                    event_out(event, refs.get(event.subject_id, ""), is_internal=key.is_internal) for event in found
                ],
                "next": encode(last, owner=owner),
                "has_more": more,
            }
        )

    @staticmethod
    def _outward(rows: Any, key: Any) -> Any:
        """What a submitter may know: outward kinds, no word of the team's own notes, of submissions of this kind of key."""
        received = Submission.objects.visible_to(key).filter(case_id=OuterRef("subject_id"), is_sandbox=key.is_sandbox)
        return rows.filter(told(), Exists(received), kind__in=events.OUTWARD)


def _horizon() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])


def _external_refs(found: list[Event]) -> dict[int, str]:
    """Their own references, from the receipts: readable even where the case is not."""
    rows = Submission.objects.filter(case_id__in={event.subject_id for event in found}, result="created")
    return dict(rows.values_list("case_id", "external_ref"))

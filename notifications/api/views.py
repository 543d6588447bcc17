"""Webhook endpoints over HTTP: the same operations as the pages, by a key with `webhooks:manage`, in its own organization."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from audit.models import Event
from core.api.views import ApiView, read_query
from core.errors import Invalid, NotFound
from core.pagination import keyset
from core.shapes import Problems, Record
from escalations.api.submissions import answer_once, at_of, body_of, key_of
from notifications.api import documentation as docs
from notifications.lifecycle import WEBHOOK, DeliveryState
from notifications.models import Delivery, WebhookAttempt, WebhookEndpoint
from notifications.operations import webhooks

Json = dict[str, Any]


def _one(request: Request, public_id: UUID) -> WebhookEndpoint:
    """An endpoint of the key's organization and kind; anything else is the same `NotFound`."""
    found = webhooks.visible_to(key_of(request)).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def _read(body: Any, shape: Record) -> Json:
    problems: Problems = []
    found = shape.read(body, "", problems)
    if problems:
        raise Invalid(errors=problems)
    return dict(found)


def _out(row: WebhookEndpoint, request: Request) -> Json:
    signing = row.secrets.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=at_of(request))).order_by("id")
    return {
        "id": str(row.public_id),
        "url": row.url,
        "description": row.description,
        "kinds": row.kinds,
        "body": row.body,
        "is_sandbox": row.is_sandbox,
        "state": row.state,
        "paused_at": row.paused_at,
        "paused_why": row.paused_why,
        "failing_since": row.failing_since,
        "last_success_at": row.last_success_at,
        "created_at": row.created_at,
        "secrets": [{"last4": s.last4, "created_at": s.created_at, "expires_at": s.expires_at} for s in signing],
        "warnings": [_("The address holds a secret: logs on the way keep it. Put it into no query.")]
        if webhooks.carries_secret(row.url)
        else [],
    }


def _sent_out(rows: list[Delivery]) -> list[Json]:
    kinds = dict(Event.objects.filter(pk__in=[row.payload.get("event", 0) for row in rows]).values_list("pk", "kind"))
    tries: dict[int, list[Json]] = {row.pk: [] for row in rows}
    for one in WebhookAttempt.objects.filter(delivery__in=rows).order_by("id"):
        told = {"at": one.at, "status": one.status, "took_ms": one.took_ms, "error": one.error}
        tries[one.delivery_id].append(told)
    return [
        {
            "id": str(row.public_id),
            "kind": kinds.get(row.payload.get("event", 0), "webhook.test"),
            "state": row.state,
            "created_at": row.created_at,
            "next_at": row.next_at if row.state == DeliveryState.PENDING else None,
            "attempts": tries[row.pk],
        }
        for row in rows
    ]


class Endpoints(ApiView):
    scopes = {"GET": webhooks.SCOPE, "POST": webhooks.SCOPE}

    @docs.list_endpoints
    def get(self, request: Request) -> Response:
        read_query(request, {})
        rows = webhooks.visible_to(key_of(request)).order_by("id")  # at most `webhooks.MOST`
        return Response({"results": [_out(row, request) for row in rows]})

    @docs.make_endpoint
    def post(self, request: Request) -> HttpResponse:
        def make(body: Any, _name: str) -> tuple[int, Any]:
            key, given = key_of(request), _read(body, docs.NEW)
            made = webhooks.make(
                organization=key.organization,
                url=given["url"],
                description=given.get("description") or "",
                kinds=given.get("kinds") or (),
                body=given.get("body") or WebhookEndpoint.Body.THIN,
                is_sandbox=key.is_sandbox,
                by=key,
                at=at_of(request),
            )
            return 201, _out(made.endpoint, request) | {"secret": made.secret}

        # A secret is kept encrypted and nowhere else: a repeat is answered without it.
        return answer_once(request, "webhooks", make, kept=lambda found: found | {"secret": None})


class Endpoint(ApiView):
    scopes = {"GET": webhooks.SCOPE}

    @docs.read_endpoint
    def get(self, request: Request, endpoint_id: UUID) -> Response:
        read_query(request, {})
        return Response(_out(_one(request, endpoint_id), request))


class Verb(ApiView):
    """A POST below an endpoint: finds it, reads the body by `shape`, does it, answers."""

    scopes = {"POST": webhooks.SCOPE}

    def found(self, request: Request, endpoint_id: UUID, shape: Record = docs.NOTHING) -> tuple[WebhookEndpoint, Json]:
        """The endpoint and what was sent. Raises `NotFound` before it says anything of the body."""
        row = _one(request, endpoint_id)
        return row, _read(body_of(request), shape)

    def values(self, request: Request, row: WebhookEndpoint) -> Json:
        """What every operation takes."""
        return {"endpoint_id": row.pk, "by": key_of(request), "at": at_of(request)}


class Edit(Verb):
    @docs.edit_endpoint
    def post(self, request: Request, endpoint_id: UUID) -> Response:
        row, given = self.found(request, endpoint_id, docs.EDIT)
        now = {"url": row.url, "description": row.description, "kinds": row.kinds, "body": row.body}
        sent = {name: value for name, value in given.items() if value is not None}
        changed = webhooks.change(**self.values(request, row), **(now | sent))
        return Response(_out(changed, request))


class Rotate(Verb):
    @docs.rotate_secret
    def post(self, request: Request, endpoint_id: UUID) -> Response:
        row, _given = self.found(request, endpoint_id)
        made = webhooks.rotate(**self.values(request, row))
        return Response(_out(made.endpoint, request) | {"secret": made.secret})


class Pause(Verb):
    @docs.pause_endpoint
    def post(self, request: Request, endpoint_id: UUID) -> Response:
        row, _given = self.found(request, endpoint_id)
        return Response(_out(webhooks.pause(**self.values(request, row)), request))


class Resume(Verb):
    @docs.resume_endpoint
    def post(self, request: Request, endpoint_id: UUID) -> Response:
        row, given = self.found(request, endpoint_id, docs.RESUME)
        count = webhooks.resume(**self.values(request, row), with_missed=bool(given.get("with_missed")))
        return Response({"sent_again": count})


class Remove(Verb):
    @docs.remove_endpoint
    def post(self, request: Request, endpoint_id: UUID) -> Response:
        row, _given = self.found(request, endpoint_id)
        webhooks.remove(**self.values(request, row))
        return Response({"removed": True})


class Test(Verb):
    @docs.test_endpoint
    def post(self, request: Request, endpoint_id: UUID) -> Response:
        row, _given = self.found(request, endpoint_id)
        return Response(_sent_out([webhooks.send_test(**self.values(request, row))])[0])


class Replay(Verb):
    @docs.replay_span
    def post(self, request: Request, endpoint_id: UUID) -> Response:
        row, given = self.found(request, endpoint_id, docs.SPAN)
        count = webhooks.replay(**self.values(request, row), since=given["since"], until=given["until"])
        return Response({"sent_again": count})


class Deliveries(ApiView):
    scopes = {"GET": webhooks.SCOPE}

    @docs.list_sent
    def get(self, request: Request, endpoint_id: UUID) -> Response:
        row = _one(request, endpoint_id)
        asked = read_query(request, docs.LOG_QUERY)
        # Uses index: delivery_by_destination
        rows = Delivery.objects.filter(channel=WEBHOOK, destination=row.destination)
        if asked.get("state"):
            rows = rows.filter(state=asked["state"])
        page = keyset(
            rows,
            ["created_at", "id"],
            cursor=asked.get("cursor", ""),
            limit=asked.get("limit") or 50,
            owner=f"webhooks:{row.pk}",
            descending=True,
        )
        found = {"results": _sent_out(list(page.rows)), "next": page.next or None, "previous": page.previous or None}
        return Response(found)


class SendAgain(Verb):
    @docs.send_again
    def post(self, request: Request, endpoint_id: UUID, delivery_id: UUID) -> Response:
        row = _one(request, endpoint_id)
        old = Delivery.objects.filter(channel=WEBHOOK, destination=row.destination, public_id=delivery_id).first()
        if old is None:
            raise NotFound
        _read(body_of(request), docs.NOTHING)
        again = webhooks.send_again(delivery_id=old.pk, by=key_of(request), at=at_of(request))
        return Response(_sent_out([again])[0])

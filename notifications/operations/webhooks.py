"""Webhook endpoints: made, changed, rotated, paused and resumed; what they hear; sending again; pausing what keeps failing.

An endpoint hears the outward events of its own organization's submissions and nothing else: the kinds of the change feed.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Organization, ServiceKey, User
from accounts.permissions import check_can
from accounts.roles import Action
from audit import doorbell
from audit.models import Event
from audit.recording import record
from core import outward
from core.clock import db_now
from core.errors import BadRequest, FieldProblem, Invalid, NotPermitted
from core.ids import new_id
from escalations import events as of_cases
from escalations.models import Case, Submission
from escalations.told import is_told, told
from notifications import events
from notifications.channels import Outcome, Verdict
from notifications.channels.webhook import fernet
from notifications.lifecycle import WEBHOOK, DeliveryState, Lane
from notifications.models import Delivery, WebhookAttempt, WebhookEndpoint, WebhookSecret

Manager = User | ServiceKey  # who makes and changes endpoints
SCOPE = "webhooks:manage"  # of a key that may
KINDS = sorted(of_cases.OUTWARD)
MOST = 20  # endpoints of an organization
MOST_REPLAYED = 10_000
OVERLAP = timedelta(hours=24)  # how long the old secret signs beside the new one
GIVE_UP = timedelta(days=3)  # api.md: failing so long, an endpoint is paused
RANG = f"deliver_{Lane.WEBHOOK.value}"


class UrlRefused(BadRequest):
    """The address may not be used (reliability.md, bad input G)."""

    code = "url_not_allowed"
    title = "This address may not be used"


@dataclass(frozen=True)
class NewSecret:
    """An endpoint and its new secret in the form of Standard Webhooks; the secret is shown once and nowhere else."""

    endpoint: WebhookEndpoint
    secret: str


def visible_to(viewer: Manager) -> QuerySet[WebhookEndpoint]:
    """Endpoints that `viewer` may see: of their own organization, or all for an internal administrator or auditor.

    A key sees those of its own organization and kind alone: live ones, or those that hear sandbox submissions.
    """
    found = WebhookEndpoint.objects.exclude(state=WebhookEndpoint.State.REMOVED)
    if isinstance(viewer, ServiceKey):
        return found.filter(organization_id=viewer.organization_id, is_sandbox=viewer.is_sandbox)
    return found if viewer.is_internal else found.filter(organization_id=viewer.organization_id)


@transaction.atomic
def make(
    *,
    organization: Organization,
    url: str,
    by: Manager,
    at: datetime,
    description: str = "",
    kinds: Iterable[str] = (),
    body: str = WebhookEndpoint.Body.THIN,
    is_sandbox: bool = False,
) -> NewSecret:
    """Make an endpoint. `at` aware UTC; no kinds: all it may hear. Records `webhook.made`.

    Raises `UrlRefused` (400), `Invalid`, `NotPermitted`.
    """
    _check_reach(by, organization.pk, is_sandbox=is_sandbox)
    wanted = _checked(url, kinds, body, description)
    Organization.objects.select_for_update(of=("self",)).get(pk=organization.pk)
    if WebhookEndpoint.objects.filter(organization=organization).exclude(state="removed").count() >= MOST:
        raise Invalid(_("At most %(most)d endpoints: remove one that is not used.") % {"most": MOST}, code="too_many")
    endpoint = WebhookEndpoint.objects.create(
        organization=organization,
        url=url.strip(),
        description=description.strip(),
        kinds=wanted,
        body=body,
        is_sandbox=is_sandbox,
        created_at=at,
        created_by=by if isinstance(by, User) else None,
    )
    made = _add_secret(endpoint, at)
    record(events.ENDPOINT_MADE, subject=endpoint, by=by, at=at, data={"host": _host(url)})
    return made


@transaction.atomic
def change(
    *, endpoint_id: int, by: Manager, at: datetime, url: str, description: str, kinds: Iterable[str], body: str
) -> WebhookEndpoint:
    """Change what an endpoint is and hears. `at` aware UTC. Records `webhook.changed`. Raises as `make`."""
    endpoint = _locked(endpoint_id, by)
    wanted = _checked(url, kinds, body, description)
    endpoint.url, endpoint.description = url.strip(), description.strip()
    endpoint.kinds, endpoint.body = wanted, body
    endpoint.save(update_fields=["url", "description", "kinds", "body"])
    record(events.ENDPOINT_CHANGED, subject=endpoint, by=by, at=at, data={"host": _host(url)})
    return endpoint


@transaction.atomic
def rotate(*, endpoint_id: int, by: Manager, at: datetime) -> NewSecret:
    """Make a new secret; the old one signs beside it for a day. `at` aware UTC. Records `webhook.rotated`. Raises `NotPermitted`."""
    endpoint = _locked(endpoint_id, by)
    old = endpoint.secrets.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=at + OVERLAP))
    old.update(expires_at=at + OVERLAP)
    made = _add_secret(endpoint, at)
    record(events.ENDPOINT_ROTATED, subject=endpoint, by=by, at=at)
    return made


@transaction.atomic
def pause(*, endpoint_id: int, by: Manager, at: datetime) -> WebhookEndpoint:
    """Send nothing more until it is resumed. `at` aware UTC. Records `webhook.paused`. Raises `NotPermitted`."""
    endpoint = _locked(endpoint_id, by)
    if endpoint.state == WebhookEndpoint.State.ACTIVE:
        _pause(endpoint, why="person", words="", by=by, at=at)
    return endpoint


@transaction.atomic
def resume(*, endpoint_id: int, by: Manager, at: datetime, with_missed: bool) -> int:
    """Send again from now on, and with `with_missed` what happened meanwhile, too; answers how much that is.

    `at` aware UTC. Records `webhook.resumed`. Raises `NotPermitted`, `Invalid` (more than can be replayed).
    """
    endpoint = _locked(endpoint_id, by)
    if endpoint.state != WebhookEndpoint.State.PAUSED or endpoint.paused_at is None:
        return 0
    since = endpoint.failing_since or endpoint.paused_at
    endpoint.state, endpoint.paused_at, endpoint.paused_why = WebhookEndpoint.State.ACTIVE, None, ""
    endpoint.failing_since = None
    endpoint.save(update_fields=["state", "paused_at", "paused_why", "failing_since"])
    record(events.ENDPOINT_RESUMED, subject=endpoint, by=by, at=at)
    return _replay(endpoint, since, at, by, at) if with_missed else 0


@transaction.atomic
def remove(*, endpoint_id: int, by: Manager, at: datetime) -> None:
    """End an endpoint for good; its log stays for auditors. `at` aware UTC. Records `webhook.removed`. Raises `NotPermitted`."""
    endpoint = _locked(endpoint_id, by)
    endpoint.state = WebhookEndpoint.State.REMOVED
    endpoint.save(update_fields=["state"])
    endpoint.secrets.all().delete()
    _cancel_waiting(endpoint)
    record(events.ENDPOINT_REMOVED, subject=endpoint, by=by, at=at)


@transaction.atomic
def send_test(*, endpoint_id: int, by: Manager, at: datetime) -> Delivery:
    """Send a message of the type `webhook.test`. `at` aware UTC. Raises `NotPermitted`, `Invalid` for one that is paused."""
    endpoint = _locked(endpoint_id, by)
    if endpoint.state != WebhookEndpoint.State.ACTIVE:
        raise Invalid(_("It is paused: resume it first."), code="paused")
    token = new_id().hex
    delivery = _row(endpoint, {"test": token}, f"webhook:test:{token}", at)
    delivery.save()
    doorbell.ring_after_commit(RANG)
    return delivery


# -- hearing -----------------------------------------------------------------------------------------------------------
def hear(event: Event) -> None:
    """Make a delivery for each endpoint that hears this event; a repeated event makes none. The outbox's listener `webhooks`."""
    endpoints = list(_hearing(event))
    if not endpoints:
        return
    rows = [_row(one, {"event": event.pk}, f"webhook:{event.pk}:{one.pk}", db_now()) for one in endpoints]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    doorbell.ring_after_commit(RANG)


def hear_many(batch: Sequence[Event]) -> None:
    """`hear` for a batch: one query where nobody of these organizations has an endpoint."""
    active = WebhookEndpoint.objects.filter(state=WebhookEndpoint.State.ACTIVE)
    hearing = active.filter(organization_id__in={event.organization_id for event in batch})
    organizations = set(hearing.values_list("organization_id", flat=True))
    for event in batch:
        if event.organization_id in organizations:
            hear(event)


def _hearing(event: Event) -> QuerySet[WebhookEndpoint]:
    if not _is_outward(event):
        return WebhookEndpoint.objects.none()
    of_kind = Q(kinds=[]) | Q(kinds__contains=[event.kind])
    received = Submission.objects.filter(
        case_id=event.subject_id, organization_id=OuterRef("organization_id"), is_sandbox=OuterRef("is_sandbox")
    )
    # Uses index: webhook_endpoint_hearing
    active = WebhookEndpoint.objects.filter(organization_id=event.organization_id, state=WebhookEndpoint.State.ACTIVE)
    return active.filter(of_kind).filter(Exists(received))


def _is_outward(event: Event) -> bool:
    return is_told(event.kind, event.data) and event.subject_type == Case._meta.label_lower


def _row(endpoint: WebhookEndpoint, payload: dict[str, Any], key: str, at: datetime) -> Delivery:
    return Delivery(
        organization_id=endpoint.organization_id,
        lane=Lane.WEBHOOK,
        channel=WEBHOOK,
        destination=endpoint.destination,
        payload={"endpoint": endpoint.pk, **payload},
        dedup_key=key,
        created_at=at,
        next_at=at,
    )


# -- sending again -----------------------------------------------------------------------------------------------------
@transaction.atomic
def replay(*, endpoint_id: int, since: datetime, until: datetime, by: Manager, at: datetime) -> int:
    """Send again what happened from `since` up to `until` (aware UTC), under the same `webhook-id`s; answers how much.

    Records `webhook.replayed`. Raises `NotPermitted`, `Invalid` (paused, the wrong way round, more than 10,000).
    """
    endpoint = _locked(endpoint_id, by)
    if endpoint.state != WebhookEndpoint.State.ACTIVE:
        raise Invalid(_("It is paused: resume it first."), code="paused")
    if since >= until:
        raise Invalid(errors=[FieldProblem("/until", "wrong_order", _("The end must lie after the beginning."))])
    return _replay(endpoint, since, until, by, at)


def _replay(endpoint: WebhookEndpoint, since: datetime, until: datetime, by: Manager, at: datetime) -> int:
    kinds = endpoint.kinds or KINDS
    received = Submission.objects.filter(
        case_id=OuterRef("subject_id"), organization_id=endpoint.organization_id, is_sandbox=endpoint.is_sandbox
    )
    # Uses index: event_by_kind
    found = (
        Event.objects.filter(kind__in=kinds, at__gte=since, at__lt=until, organization_id=endpoint.organization_id)
        .filter(Exists(received), subject_type=Case._meta.label_lower)
        .filter(told())
        .order_by("transaction", "id")
    )
    ids = list(found.values_list("pk", flat=True)[: MOST_REPLAYED + 1])
    if len(ids) > MOST_REPLAYED:
        raise Invalid(
            _("More than %(most)d messages: choose a shorter time.") % {"most": MOST_REPLAYED}, code="too_many"
        )
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(replays=F("replays") + 1)
    endpoint.refresh_from_db(fields=["replays"])
    rows = [_row(endpoint, {"event": one}, f"webhook:{one}:{endpoint.pk}:r{endpoint.replays}", at) for one in ids]
    Delivery.objects.bulk_create(rows, batch_size=1000)
    span = {"since": since.isoformat(), "until": until.isoformat(), "count": len(ids)}
    record(events.ENDPOINT_REPLAYED, subject=endpoint, by=by, at=at, data=span)
    doorbell.ring_after_commit(RANG)
    return len(ids)


@transaction.atomic
def send_again(*, delivery_id: int, by: Manager, at: datetime) -> Delivery:
    """Send one delivery of the log again, under the same `webhook-id`. `at` aware UTC. Raises `NotPermitted`, `Invalid` (paused)."""
    old = Delivery.objects.get(pk=delivery_id, channel=WEBHOOK)
    endpoint = _locked(old.payload["endpoint"], by)
    if endpoint.state != WebhookEndpoint.State.ACTIVE:
        raise Invalid(_("It is paused: resume it first."), code="paused")
    if "test" in old.payload:
        return send_test(endpoint_id=endpoint.pk, by=by, at=at)
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(replays=F("replays") + 1)
    endpoint.refresh_from_db(fields=["replays"])
    event_id = old.payload["event"]
    again = _row(endpoint, {"event": event_id}, f"webhook:{event_id}:{endpoint.pk}:r{endpoint.replays}", at)
    again.save()
    record(events.ENDPOINT_REPLAYED, subject=endpoint, by=by, at=at, data={"event": event_id, "count": 1})
    doorbell.ring_after_commit(RANG)
    return again


# -- after a try -------------------------------------------------------------------------------------------------------
@transaction.atomic
def settled(delivery: Delivery, outcome: Outcome) -> None:
    """Note a try in the log, and what it says of its endpoint: gone (410) or failing for three days pauses it."""
    at = db_now()
    WebhookAttempt.objects.create(
        organization_id=delivery.organization_id,
        delivery=delivery,
        at=at,
        status=outcome.status,
        took_ms=outcome.took_ms,
        verdict=outcome.verdict.value,
        error=outcome.error[:500],
    )
    endpoint = WebhookEndpoint.objects.select_for_update().filter(pk=delivery.payload["endpoint"]).first()
    if endpoint is None or outcome.verdict is Verdict.NOT_NEEDED:
        return
    if outcome.verdict is Verdict.ACCEPTED:
        endpoint.failing_since, endpoint.last_success_at = None, at
        endpoint.save(update_fields=["failing_since", "last_success_at"])
        return
    if endpoint.failing_since is None:
        endpoint.failing_since = at
        endpoint.save(update_fields=["failing_since"])
    if endpoint.state != WebhookEndpoint.State.ACTIVE:
        return
    if outcome.status == 410:
        _pause(endpoint, why="gone", words="The endpoint answered 410: it is gone.", by=None, at=at)
    elif at - endpoint.failing_since >= GIVE_UP:
        _pause(endpoint, why="failing", words=f"Failing for three days: {outcome.error}"[:300], by=None, at=at)


def _pause(endpoint: WebhookEndpoint, *, why: str, words: str, by: Manager | None, at: datetime) -> None:
    endpoint.state, endpoint.paused_at, endpoint.paused_why = WebhookEndpoint.State.PAUSED, at, words
    endpoint.save(update_fields=["state", "paused_at", "paused_why"])
    _cancel_waiting(endpoint)
    record(events.ENDPOINT_PAUSED, subject=endpoint, by=by, at=at, data={"why": why, "host": _host(endpoint.url)})


def _cancel_waiting(endpoint: WebhookEndpoint) -> None:
    # Uses index: delivery_by_destination
    waiting = Delivery.objects.filter(destination=endpoint.destination, state=DeliveryState.PENDING)
    waiting.update(state=DeliveryState.CANCELLED, last_error="The endpoint was paused or removed.")


# -- small parts -------------------------------------------------------------------------------------------------------
def _check_reach(by: Manager, organization_id: int, *, is_sandbox: bool) -> None:
    """Raises `NotPermitted` unless `by` may edit this organization's endpoints: as its keys (permissions.md), or by a key of
    the same kind with the scope."""
    if isinstance(by, ServiceKey):
        if SCOPE not in by.scopes or by.organization_id != organization_id or by.is_sandbox != is_sandbox:
            raise NotPermitted(rule=SCOPE)
        return
    check_can(by, Action.KEYS_EDIT)
    if not by.is_internal and by.organization_id != organization_id:
        raise NotPermitted(rule=Action.KEYS_EDIT.value)


def _locked(endpoint_id: int, by: Manager) -> WebhookEndpoint:
    endpoint = visible_to(by).select_for_update(of=("self",)).get(pk=endpoint_id)
    _check_reach(by, endpoint.organization_id, is_sandbox=endpoint.is_sandbox)
    return endpoint


def _checked(url: str, kinds: Iterable[str], body: str, description: str) -> list[str]:
    try:
        outward.check_url(url.strip())
    except outward.UrlNotAllowed as error:
        raise UrlRefused(str(error)) from error
    wanted = sorted(set(kinds))
    problems = []
    if unknown := [kind for kind in wanted if kind not in of_cases.OUTWARD]:
        detail = _("No such event: %(kinds)s.") % {"kinds": ", ".join(unknown)}
        problems.append(FieldProblem("/kinds", "unknown_kind", detail))
    if body not in WebhookEndpoint.Body.values:
        problems.append(FieldProblem("/body", "unknown_value", _("Choose thin or full.")))
    if len(description) > 120:
        problems.append(FieldProblem("/description", "too_long", _("At most 120 characters.")))
    if problems:
        raise Invalid(errors=problems)
    return wanted


def carries_secret(url: str) -> bool:
    """Whether the address seems to hold a secret in its query, which logs on the way would keep (bad input G 95)."""
    query = urlsplit(url).query.lower()
    return any(f"{name}=" in query for name in ("token", "key", "secret", "password", "auth", "apikey", "api_key"))


def _add_secret(endpoint: WebhookEndpoint, at: datetime) -> NewSecret:
    raw = base64.b64encode(secrets.token_bytes(32))
    WebhookSecret.objects.create(
        organization_id=endpoint.organization_id,
        endpoint=endpoint,
        encrypted=fernet().encrypt(raw).decode(),
        last4=raw.decode().rstrip("=")[-4:],
        created_at=at,
    )
    return NewSecret(endpoint, f"whsec_{raw.decode()}")


def _host(url: str) -> str:
    return urlsplit(url.strip()).hostname or ""

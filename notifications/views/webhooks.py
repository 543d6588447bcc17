"""Webhook endpoints of an organization: a vendor lead's for their own, an administrator's for all."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Organization, User
from accounts.permissions import can, check_can
from accounts.roles import Action
from accounts.views.organizations import asker, found_organization
from accounts.views.people import show_error
from audit.models import Event
from core.errors import DomainError, NotPermitted
from core.htmx import render_part
from core.pagination import keyset
from notifications.lifecycle import WEBHOOK, DeliveryState
from notifications.models import Delivery, WebhookEndpoint
from notifications.operations import webhooks

LOG_SIZE = 50


class EndpointForm(forms.Form):
    """What an endpoint is and hears."""

    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=2000,
        help_text=gettext_lazy("https, on the public internet, port 443 or 8443. Redirects are not followed."),
    )
    description = forms.CharField(label=gettext_lazy("What it is for"), max_length=120, required=False)
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Events"),
        required=False,
        choices=[(kind, kind) for kind in webhooks.KINDS],
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: all of them."),
    )
    body = forms.ChoiceField(
        label=gettext_lazy("Body"), choices=WebhookEndpoint.Body.choices, widget=forms.RadioSelect, initial="thin"
    )


class NewEndpointForm(EndpointForm):
    is_sandbox = forms.BooleanField(label=gettext_lazy("Hear sandbox submissions instead of live ones"), required=False)


class SpanForm(forms.Form):
    """From when to when (UTC) events are sent again."""

    since = forms.DateTimeField(
        label=gettext_lazy("From (UTC)"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    until = forms.DateTimeField(
        label=gettext_lazy("Until (UTC)"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


@login_required
@require_GET
def endpoint_list(request: HttpRequest, slug: str) -> HttpResponse:
    """The endpoints of an organization."""
    found = found_organization(request, slug)
    return _list(request, found, NewEndpointForm())


@login_required
@never_cache
@require_POST
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Make an endpoint. Its secret is in this answer and never again."""
    found = found_organization(request, slug)
    viewer, at = asker(request)
    check_can(viewer, Action.KEYS_EDIT)
    form = NewEndpointForm(request.POST)
    if form.is_valid():
        try:
            made = webhooks.make(organization=found, by=viewer, at=at, **form.cleaned_data)
        except DomainError as error:
            _show(form, error)
        else:
            return _detail(request, found, made.endpoint, secret=made.secret, status=201)
    return _list(request, found, form, status=422)


@login_required
@require_GET
def endpoint(request: HttpRequest, slug: str, public_id: uuid.UUID) -> HttpResponse:
    """One endpoint: its state, what may be done, its log of deliveries."""
    found = found_organization(request, slug)
    return _detail(request, found, _endpoint(request, found, public_id))


@login_required
@require_POST
def change(request: HttpRequest, slug: str, public_id: uuid.UUID) -> HttpResponse:
    """Change an endpoint."""
    found = found_organization(request, slug)
    row = _endpoint(request, found, public_id)
    viewer, at = asker(request)
    form = EndpointForm(request.POST)
    if form.is_valid():
        try:
            webhooks.change(endpoint_id=row.pk, by=viewer, at=at, **form.cleaned_data)
        except DomainError as error:
            _show(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("notifications:webhook", found.slug, row.public_id)
    return _detail(request, found, row, form=form, status=422)


@login_required
@never_cache
@require_POST
def act(request: HttpRequest, slug: str, public_id: uuid.UUID, what: str) -> HttpResponse:
    """Rotate the secret; pause, resume, remove; send a test, one delivery or a span of time again."""
    found = found_organization(request, slug)
    row = _endpoint(request, found, public_id)
    viewer, at = asker(request)
    try:
        if what == "rotate":
            made = webhooks.rotate(endpoint_id=row.pk, by=viewer, at=at)
            return _detail(request, found, row, secret=made.secret, is_rotated=True, status=201)
        if what == "replay":
            return _replay(request, found, row, viewer, at)
        said = act_on(request, row, what, viewer, at)
    except NotPermitted:
        raise
    except DomainError as error:
        messages.error(request, error.detail)
    else:
        messages.success(request, said)
    if what == "remove":
        return redirect("notifications:webhooks", found.slug)
    return redirect("notifications:webhook", found.slug, row.public_id)


def act_on(request: HttpRequest, row: WebhookEndpoint, what: str, viewer: User, at: datetime) -> str:
    """Pause, resume or remove an endpoint, send a test or one message again; answers what to say. Raises `DomainError`."""
    if what == "pause":
        webhooks.pause(endpoint_id=row.pk, by=viewer, at=at)
        return _("It is paused. What happens meanwhile can be sent when it is resumed.")
    if what == "resume":
        count = webhooks.resume(endpoint_id=row.pk, by=viewer, at=at, with_missed="missed" in request.POST)
        return _("It is resumed; %(count)d messages it missed are on their way.") % {"count": count}
    if what == "remove":
        webhooks.remove(endpoint_id=row.pk, by=viewer, at=at)
        return _("The endpoint is removed.")
    if what == "test":
        webhooks.send_test(endpoint_id=row.pk, by=viewer, at=at)
        return _("A test message is on its way: it stands in the log below.")
    given = request.POST.get("delivery", "")
    sent = Delivery.objects.filter(channel=WEBHOOK, destination=row.destination)
    old = get_object_or_404(sent.filter(public_id=given) if _is_id(given) else sent.none())
    webhooks.send_again(delivery_id=old.pk, by=viewer, at=at)
    return _("The message is on its way again, under the same webhook-id.")


def _replay(
    request: HttpRequest, found: Organization, row: WebhookEndpoint, viewer: User, at: datetime
) -> HttpResponse:
    with timezone.override("UTC"):
        form = SpanForm(request.POST)
        valid = form.is_valid()
    if valid:
        try:
            count = webhooks.replay(endpoint_id=row.pk, by=viewer, at=at, **form.cleaned_data)
        except DomainError as error:
            _show(form, error)
        else:
            messages.success(request, _("%(count)d messages are on their way again.") % {"count": count})
            return redirect("notifications:webhook", found.slug, row.public_id)
    return _detail(request, found, row, span=form, status=422)


# -- parts -------------------------------------------------------------------------------------------------------------
def _endpoint(request: HttpRequest, found: Organization, public_id: uuid.UUID) -> WebhookEndpoint:
    viewer, _at = asker(request)
    return get_object_or_404(webhooks.visible_to(viewer).filter(organization=found), public_id=public_id)


def _is_id(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _show(form: forms.Form, error: DomainError) -> None:
    if error.code == "url_not_allowed":
        form.add_error("url", error.detail)
    else:
        show_error(form, error)


def _list(request: HttpRequest, found: Organization, form: forms.Form, *, status: int = 200) -> HttpResponse:
    viewer, _at = asker(request)
    context = {
        "organization": found,
        "endpoints": webhooks.visible_to(viewer).filter(organization=found).order_by("-state", "-created_at", "-id"),
        "form": form,
        "may_edit": can(viewer, Action.KEYS_EDIT),
    }
    return render(request, "notifications/webhooks/list.html", context, status=status)


def _detail(
    request: HttpRequest,
    found: Organization,
    row: WebhookEndpoint,
    *,
    form: forms.Form | None = None,
    span: forms.Form | None = None,
    secret: str = "",
    is_rotated: bool = False,
    status: int = 200,
) -> HttpResponse:
    viewer, at = asker(request)
    row.refresh_from_db()
    deliveries, page = log_of(request, row, viewer)
    initial = {"url": row.url, "description": row.description, "kinds": row.kinds, "body": row.body}
    context: dict[str, Any] = {
        "organization": found,
        "endpoint": row,
        "form": form or EndpointForm(initial=initial),
        "span": span or SpanForm(),
        "secret": secret,
        "is_rotated": is_rotated,
        "secrets": row.secrets.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=at)).order_by("-created_at", "-pk"),
        "deliveries": deliveries,
        "next": page.next,
        "previous": page.previous,
        "may_edit": can(viewer, Action.KEYS_EDIT),
        "carries_secret": webhooks.carries_secret(row.url),
        "is_paused": row.state == WebhookEndpoint.State.PAUSED,
    }
    return render_part(
        request, "notifications/webhooks/detail.html", "notifications/webhooks/_log.html", context, status=status
    )


def log_of(request: HttpRequest, row: WebhookEndpoint, viewer: User) -> tuple[list[dict[str, Any]], Any]:
    """A page of the delivery log, newest first, each with its event and its tries."""
    # Uses index: delivery_by_destination
    rows = Delivery.objects.filter(channel=WEBHOOK, destination=row.destination).prefetch_related("webhook_attempts")
    page = keyset(
        rows,
        ["created_at", "id"],
        cursor=request.GET.get("cursor", ""),
        limit=LOG_SIZE,
        owner=f"webhook:{viewer.pk}:{row.pk}",
        descending=True,
    )
    events = Event.objects.in_bulk({one.payload["event"] for one in page.rows if "event" in one.payload})
    found = []
    for one in page.rows:
        event = events.get(one.payload.get("event", 0))
        found.append(
            {
                "row": one,
                "kind": event.kind if event is not None else "webhook.test",
                "about": event.subject_ref if event is not None else "",
                "tries": sorted(one.webhook_attempts.all(), key=lambda attempt: attempt.pk),
                "is_over": one.state not in (DeliveryState.PENDING, DeliveryState.LEASED),
            }
        )
    return found, page

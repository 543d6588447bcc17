"""The organization's webhooks with their log, and sending again (VPO-6)."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import can, check_can
from accounts.roles import Action
from accounts.views.people import show_error
from core.errors import DomainError, NotPermitted
from notifications.models import WebhookEndpoint
from notifications.operations import webhooks
from notifications.views.webhooks import EndpointForm, NewEndpointForm, SpanForm, act_on, log_of
from portal.views.gate import VendorRequest


@require_GET
def endpoint_list(request: VendorRequest) -> HttpResponse:
    """The endpoints, and the form for another."""
    return _list(request, NewEndpointForm())


@never_cache
@require_POST
def new(request: VendorRequest) -> HttpResponse:
    """Make an endpoint. Its secret is in this answer and never again."""
    check_can(request.user, Action.KEYS_EDIT)
    form = NewEndpointForm(request.POST)
    if form.is_valid():
        try:
            made = webhooks.make(
                organization=request.user.organization, by=request.user, at=request.at, **form.cleaned_data
            )
        except DomainError as error:
            _show(form, error)
        else:
            return _detail(request, made.endpoint, secret=made.secret, status=201)
    return _list(request, form, status=422)


@require_GET
def endpoint(request: VendorRequest, public_id: uuid.UUID) -> HttpResponse:
    """One endpoint: how it stands, what may be done, its log."""
    return _detail(request, _found(request, public_id))


@never_cache
@require_POST
def act(request: VendorRequest, public_id: uuid.UUID, what: str) -> HttpResponse:
    """Change, rotate, pause, resume, remove; send a test, one message or a span of time again."""
    row = _found(request, public_id)
    try:
        if what == "change":
            return _change(request, row)
        if what == "replay":
            return _replay(request, row)
        if what == "rotate":
            made = webhooks.rotate(endpoint_id=row.pk, by=request.user, at=request.at)
            return _detail(request, row, secret=made.secret, is_rotated=True, status=201)
        said = act_on(request, row, what, request.user, request.at)
    except NotPermitted:
        raise
    except DomainError as error:
        messages.error(request, error.detail)
    else:
        messages.success(request, said)
    if what == "remove":
        return redirect("portal:webhooks")
    return redirect("portal:webhook", public_id=row.public_id)


# -- parts -------------------------------------------------------------------------------------------------------------
def _found(request: VendorRequest, public_id: uuid.UUID) -> WebhookEndpoint:
    check_can(request.user, Action.KEYS_READ)
    rows = webhooks.visible_to(request.user).filter(organization=request.user.organization)
    return get_object_or_404(rows, public_id=public_id)


def _change(request: VendorRequest, row: WebhookEndpoint) -> HttpResponse:
    form = EndpointForm(request.POST)
    if form.is_valid():
        try:
            webhooks.change(endpoint_id=row.pk, by=request.user, at=request.at, **form.cleaned_data)
        except DomainError as error:
            _show(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("portal:webhook", public_id=row.public_id)
    return _detail(request, row, form=form, status=422)


def _replay(request: VendorRequest, row: WebhookEndpoint) -> HttpResponse:
    with timezone.override("UTC"):
        form = SpanForm(request.POST)
        is_right = form.is_valid()
    if is_right:
        try:
            count = webhooks.replay(endpoint_id=row.pk, by=request.user, at=request.at, **form.cleaned_data)
        except DomainError as error:
            _show(form, error)
        else:
            messages.success(request, _("%(count)d messages are on their way again.") % {"count": count})
            return redirect("portal:webhook", public_id=row.public_id)
    return _detail(request, row, span=form, status=422)


def _show(form: forms.Form, error: DomainError) -> None:
    if error.code == "url_not_allowed":
        form.add_error("url", error.detail)
    else:
        show_error(form, error)


def _list(request: VendorRequest, form: forms.Form, *, status: int = 200) -> HttpResponse:
    check_can(request.user, Action.KEYS_READ)
    rows = webhooks.visible_to(request.user).filter(organization=request.user.organization)
    context = {
        "endpoints": rows.order_by("-state", "-created_at", "-id"),
        "form": form,
        "may_edit": can(request.user, Action.KEYS_EDIT),
        "here": "webhooks",
    }
    return render(request, "portal/webhooks/list.html", context, status=status)


def _detail(
    request: VendorRequest,
    row: WebhookEndpoint,
    *,
    form: forms.Form | None = None,
    span: forms.Form | None = None,
    secret: str = "",
    is_rotated: bool = False,
    status: int = 200,
) -> HttpResponse:
    row.refresh_from_db()
    deliveries, page = log_of(request, row, request.user)
    initial = {"url": row.url, "description": row.description, "kinds": row.kinds, "body": row.body}
    live = Q(expires_at__isnull=True) | Q(expires_at__gt=request.at)
    context: dict[str, Any] = {
        "endpoint": row,
        "form": form or EndpointForm(initial=initial),
        "span": span or SpanForm(),
        "secret": secret,
        "is_rotated": is_rotated,
        "secrets": row.secrets.filter(live).order_by("-created_at", "-pk"),
        "deliveries": deliveries,
        "next": page.next,
        "previous": page.previous,
        "may_edit": can(request.user, Action.KEYS_EDIT),
        "carries_secret": webhooks.carries_secret(row.url),
        "is_paused": row.state == WebhookEndpoint.State.PAUSED,
        "here": "webhooks",
    }
    return render(request, "portal/webhooks/detail.html", context, status=status)

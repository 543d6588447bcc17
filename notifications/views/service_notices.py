"""Notices to vendors, for leads and administrators."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.permissions import can, check_can
from accounts.roles import Action
from accounts.views.people import show_error
from core.errors import Invalid
from core.types import AtRequest
from notifications.models import ServiceNotice
from notifications.operations import service_notices

_WHEN = {"type": "datetime-local"}
MOST = 100


class NoticeForm(forms.Form):
    """What vendors are told, from when to when, in the writer's own zone."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    body = forms.CharField(
        label=gettext_lazy("What vendors should know"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    starts_at = forms.DateTimeField(
        label=gettext_lazy("From"), required=False, widget=forms.DateTimeInput(attrs=_WHEN, format="%Y-%m-%dT%H:%M")
    )
    ends_at = forms.DateTimeField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.DateTimeInput(attrs=_WHEN, format="%Y-%m-%dT%H:%M"),
        help_text=gettext_lazy("In your own time zone. Empty: from now, until somebody takes it down."),
    )

    def clean(self) -> dict[str, Any]:
        """Times of this age alone: far ones cannot be written in UTC."""
        given: dict[str, Any] = super().clean() or {}
        for name in ("starts_at", "ends_at"):
            when = given.get(name)
            if when is not None and not 2000 <= when.year <= 2200:
                self.add_error(name, _("Choose an end after the beginning, to come."))
        return given


@login_required
@require_http_methods(["GET", "POST"])
def notices(request: HttpRequest) -> HttpResponse:
    """The notices, the newest first, and the form for another."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    check_can(viewer, Action.ROUTING_READ)
    form = NoticeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            service_notices.make(by=viewer, at=at, **form.cleaned_data)
        except Invalid as error:
            show_error(form, error)
        else:
            messages.success(request, _("Vendors read it from its beginning on."))
            return redirect("notifications:service-notices")
    rows = ServiceNotice.objects.select_related("made_by").order_by("-starts_at", "-id")[:MOST]
    context = {
        "rows": [(row, row.ends_at is None or row.ends_at > at) for row in rows],
        "form": form,
        "may_edit": can(viewer, Action.ROUTING_EDIT),
    }
    return render(request, "notifications/service_notices/list.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def end(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Take a notice down."""
    viewer = cast("User", request.user)
    check_can(viewer, Action.ROUTING_READ)
    row = get_object_or_404(ServiceNotice, public_id=key)
    service_notices.end(notice_id=row.pk, by=viewer, at=cast("AtRequest", request).at)
    return redirect("notifications:service-notices")

"""Alerts of saved views: what a person wants to be told of, and what was told (QUE-12)."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.permissions import check_can
from accounts.roles import Action
from accounts.views.people import show_error
from core.errors import DomainError, NotFound
from core.types import AtRequest
from escalations.forms.view_alerts import AlertForm
from escalations.operations import view_alerts
from escalations.views.listing import views_for


@login_required
@require_http_methods(["GET", "POST"])
def alerts(request: HttpRequest) -> HttpResponse:
    """One's alerts, newest news first, and the form for another one."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    if not viewer.is_internal:
        raise NotFound
    check_can(viewer, Action.VIEW_SAVE)
    form = AlertForm(request.POST or None, views=views_for(viewer), initial={"view": request.GET.get("view")})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            view_alerts.set_alert(
                view=values["view"], kind=values["kind"], threshold=form.threshold_value(), by=viewer, at=at
            )
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, _("You are told of “%(name)s” from now on.") % {"name": values["view"].name})
            return redirect("escalations:view-alerts")
    found = viewer.view_alerts.select_related("view").order_by(F("fired_at").desc(nulls_last=True), "pk")
    context = {"alerts": found, "form": form, "has_views": form.fields["view"].queryset.exists(), "at": at}  # type: ignore[attr-defined]
    return render(request, "escalations/me/alerts.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def remove(request: HttpRequest, alert_id: int) -> HttpResponse:
    """No longer be told."""
    view_alerts.remove_alert(alert_id=alert_id, by=cast("User", request.user))
    messages.success(request, _("You are no longer told."))
    return redirect("escalations:view-alerts")


@login_required
@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """The news was read."""
    view_alerts.mark_seen(by=cast("User", request.user), at=cast("AtRequest", request).at)
    return redirect("escalations:me")

"""The first page of the portal, and what somebody may set for themselves."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.operations import people
from notifications.operations.service_notices import shown_at
from portal.forms import OwnForm
from portal.selectors.today import today as read_today
from portal.views.gate import VendorRequest
from portal.views.guides import CHANGES


@require_GET
def today(request: VendorRequest) -> HttpResponse:
    """What needs an answer, what is open, what was decided since the last visit (VPO-1)."""
    shown = read_today(request.user, at=request.at, session=request.session.session_key or "")
    return render(
        request,
        "portal/today.html",
        {"today": shown, "notices": shown_at(request.at), "changes": CHANGES[:2], "here": "today"},
    )


@require_http_methods(["GET", "POST"])
def settings(request: VendorRequest) -> HttpResponse:
    """One's own name, time zone, clock, language and theme."""
    form = OwnForm(request.POST if request.method == "POST" else None, initial=OwnForm.of(request.user))
    if request.method == "POST" and form.is_valid():
        people.save_settings(user=request.user, at=request.at, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("portal:settings")
    context = {"form": form, "here": "settings"}
    return render(request, "portal/settings.html", context, status=422 if form.is_bound else 200)

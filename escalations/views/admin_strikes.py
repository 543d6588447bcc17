"""What strikes lead to, surface by surface: the edition in force, the ones before, and publishing the next."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.permissions import can
from accounts.roles import Action
from core.errors import Invalid
from escalations.forms.admin_strikes import LadderForm, in_lines
from escalations.lifecycle import Surface
from escalations.models import StrikeLadder
from escalations.operations import strikes
from escalations.views.admin_queues import asker


@login_required
@require_GET
def ladders(request: HttpRequest) -> HttpResponse:
    """The ladders in force and their editions."""
    viewer, at = asker(request, Action.ROUTING_READ)
    listed = [(surface, strikes.ladder_in_force(surface.value, at=at)) for surface in Surface]
    editions = StrikeLadder.objects.exclude(number=1).select_related("created_by").order_by("-created_at", "-pk")[:50]
    context = {"ladders": listed, "editions": editions, "may_edit": can(viewer, Action.STRIKES_EDIT)}
    return render(request, "escalations/admin/strikes.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, surface: str) -> HttpResponse:
    """Write a surface's next edition; strikes that were given keep the window they were given with."""
    viewer, at = asker(request, Action.STRIKES_EDIT)
    if surface not in Surface.values:
        raise Http404
    current = strikes.ladder_in_force(surface, at=at)
    initial = {"window_days": current.window_days if current is not None else 365, "thresholds": in_lines(current)}
    form = LadderForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            made = strikes.publish_ladder(
                surface=surface,
                window_days=values["window_days"],
                thresholds=values["thresholds"],
                note=values["note"],
                by=viewer,
                at=at,
            )
        except Invalid as error:
            for problem in error.errors:
                name = problem.pointer.strip("/")
                form.add_error(name if name in form.fields else None, problem.detail)
        else:
            messages.success(request, _("Edition %(number)d is in force.") % {"number": made.number})
            return redirect("escalations:admin-strikes")
    context = {"form": form, "surface": Surface(surface).label}
    return render(request, "escalations/admin/strikes_edit.html", context, status=422 if form.errors else 200)

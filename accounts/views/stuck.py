"""Stuck work: what gave up after its tries, and what a person decides about each (reliability.md R15)."""

from __future__ import annotations

from typing import cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from accounts.operations import stuck as operations
from accounts.permissions import can, check_can
from accounts.roles import Action
from audit import stuck
from audit.models import Incident
from core.clock import db_now
from core.htmx import done

MOST = 200


class WhyForm(forms.Form):
    """The reason that is recorded with the decision."""

    why = forms.CharField(label=gettext_lazy("Reason"), max_length=300, strip=True)


@login_required
@require_GET
def stuck_list(request: HttpRequest) -> HttpResponse:
    """What waits, longest first, and the incidents that are open."""
    viewer = cast(User, request.user)
    check_can(viewer, Action.CONFIG_READ)
    found = stuck.rows(MOST + 1)
    shown = {
        "rows": [(row, stuck.SOURCES[row.source].label) for row in found[:MOST]],
        "has_more": len(found) > MOST,
        "most": MOST,
        "incidents": Incident.objects.filter(ended_at=None).order_by("found_at", "id"),
        "now": db_now(),
        "may_decide": can(viewer, Action.CONFIG_EDIT),
    }
    return render(request, "accounts/stuck/list.html", shown)


@login_required
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, source: str, row_id: int) -> HttpResponse:
    """One row: try it again or give it up, with a reason."""
    viewer = cast(User, request.user)
    check_can(viewer, Action.CONFIG_EDIT)
    row = stuck.find(source, row_id)
    if row is None:
        raise Http404
    form = WhyForm(request.POST if request.method == "POST" else None)
    verb = request.POST.get("verb", "")
    if request.method == "POST" and verb not in operations.VERBS:
        form.add_error(None, _("Choose whether to try it again or to give it up."))
    if request.method == "POST" and form.is_valid():
        try:
            what = operations.settle(
                verb=verb, source=source, row_id=row_id, why=form.cleaned_data["why"], by=viewer, at=db_now()
            )
        except operations.NotStuck as error:
            form.add_error(None, str(error))
        else:
            told = _("%(what)s is tried again.") if verb == "replay" else _("%(what)s is given up.")
            messages.success(request, told % {"what": what})
            return done(request, "accounts:stuck")
    shown = {"row": row, "label": stuck.SOURCES[source].label, "form": form, "now": db_now()}
    return render(request, "accounts/stuck/decide.html", shown, status=422 if form.errors else 200)

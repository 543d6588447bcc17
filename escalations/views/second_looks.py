"""Blind second decisions: the list, deciding without the first, settling what differs, and which clauses are contested."""

from __future__ import annotations

import uuid
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from accounts.roles import Action
from accounts.views.people import show_error
from core.errors import DomainError, Invalid
from core.types import AtRequest
from escalations.forms.second_looks import FlagForm, LookForm, SettleForm
from escalations.operations import second_looks
from escalations.selectors import second_looks as selectors
from escalations.views.admin_queues import asker


@login_required
@require_GET
def look_list(request: HttpRequest) -> HttpResponse:
    """What waits for a second look by the viewer, and what differs and waits for somebody to settle it."""
    viewer = cast("User", request.user)
    return render(request, "escalations/second_looks/list.html", {"listed": selectors.listed(viewer)})


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def look(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One second look: the case without its first decision, or both decisions side by side for who settles them."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    found = selectors.find(viewer, key)
    if found is None:
        raise Http404
    page = selectors.page_of(found, viewer=viewer)
    is_blind = not page.shows_both
    form = (LookForm if is_blind else SettleForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            if is_blind:
                done = second_looks.answer_look(
                    look_id=found.pk,
                    verdict=values["verdict"],
                    clause_key=values["clause"],
                    rationale=values["rationale"],
                    by=viewer,
                    at=at,
                )
                said = (
                    _("Kept: it agrees with the first.")
                    if done.state == "agrees"
                    else _("Kept: it differs, a lead settles it.")
                )
            else:
                second_looks.settle_look(
                    look_id=found.pk, first_stands=values["stands"] == "first", why=values["why"], by=viewer, at=at
                )
                said = _("Settled.")
        except Invalid as error:
            show_error(form, error)
        except DomainError as error:
            messages.error(request, error.detail)
            return redirect("escalations:second-looks")
        else:
            messages.success(request, said)
            return redirect("escalations:second-looks")
    context = {"look": page, "case": found.case, "form": form}
    return render(request, "escalations/second_looks/detail.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def contested(request: HttpRequest) -> HttpResponse:
    """The clauses that people read differently; those who write policies, and leads, add and take away."""
    viewer, at = asker(request, Action.POLICY_READ)
    may_edit = second_looks.may_flag(viewer)
    form = FlagForm(request.POST if "share" in request.POST else None)
    if request.method == "POST" and "drop" in request.POST:
        second_looks.unflag_clause(key=request.POST["drop"][:16], by=viewer, at=at)
        return redirect("escalations:contested")
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            second_looks.flag_clause(key=values["key"], share=values["share"], why=values["why"], by=viewer, at=at)
        except Invalid as error:
            show_error(form, error)
        else:
            messages.success(request, _("%(key)s is contested.") % {"key": values["key"].upper()})
            return redirect("escalations:contested")
    context = {"form": form, "rows": selectors.contested(), "may_edit": may_edit}
    status = 422 if request.method == "POST" else 200
    return render(request, "escalations/second_looks/contested.html", context, status=status)

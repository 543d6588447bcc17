"""The palette's answers, and the first page after signing in."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.permissions import can
from accounts.roles import Action, Reach, Role
from core.htmx import wants_part
from core.types import AtRequest
from escalations.selectors.palette import meanings


@login_required
@require_GET
def palette(request: HttpRequest) -> HttpResponse:
    """What `q` may mean, as options; without scripts a page of links, or straight to what is meant beyond doubt."""
    text = request.GET.get("q", "")
    if len(text.strip()) == 1 and wants_part(request):
        return HttpResponse(status=204)  # too little to look for: what stands there stays (HTX-21)
    answer = meanings(text, viewer=cast("User", request.user), at=cast("AtRequest", request).at)
    if not wants_part(request):
        if answer.only:
            return HttpResponseRedirect(answer.only)
        return render(request, "escalations/palette/list.html", {"answer": answer, "text": text})
    return render(request, "escalations/palette/_options.html", {"answer": answer, "text": text})


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Send each role to the page it works from."""
    viewer = cast("User", request.user)
    return HttpResponseRedirect(landing_of(viewer))


def landing_of(viewer: User) -> str:
    """The address a person lands on, among the pages that exist."""
    roles = viewer.access.roles
    if not viewer.is_internal:
        return _first("portal:today", "accounts:settings")
    if Role.LEAD in roles:
        return _first("reporting:reports", "escalations:queue")
    if Role.READER in roles and not can(viewer, Action.CASE_READ):
        return _first("reporting:briefs", "accounts:settings")
    if viewer.reach(Action.CASE_READ) in (Reach.ALL, Reach.OWN):
        return _first("escalations:queue")
    if Role.POLICY_EDITOR in roles:
        return _first("policies:library", "escalations:queue")
    if can(viewer, Action.CONFIG_EDIT):
        return _first("accounts:admin", "accounts:settings")
    if can(viewer, Action.AUDIT_READ):
        return _first("accounts:log", "accounts:settings")
    return _first("accounts:settings")


def _first(*names: str) -> str:
    for name in names:
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return reverse("core:help-keys")

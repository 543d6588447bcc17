"""The front page of administration: what the viewer may set up."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.permissions import can
from accounts.roles import Action
from core.admin_pages import PAGES
from core.errors import NotPermitted


@login_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Every administration page the viewer may open, each with one line of what it is for."""
    viewer = cast(User, request.user)
    shown: list[Any] = [page for page in PAGES if can(viewer, Action(page.action))]
    if not shown:
        raise NotPermitted(_("Your role sets nothing up here."), rule=Action.CONFIG_EDIT.value)
    return render(request, "accounts/admin/index.html", {"pages": shown})

"""The practice lane's page and its bar (ux.md FST-2)."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from core import toasts
from core.context_processors import Page
from core.errors import NotFound
from core.htmx import done
from core.types import AtRequest
from escalations.filters.box import recent_filters
from escalations.operations import practice as operations
from escalations.selectors import practice as selectors


@login_required
@require_http_methods(["GET", "POST"])
def practice(request: HttpRequest) -> HttpResponse:
    """What practice is and how far one is; `do` begins it, finishes it or leaves it."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    if not operations.may_practise(viewer):
        raise NotFound
    if request.method == "GET":
        return render(request, "escalations/practice/detail.html", {"practice": _lane(request)})
    do = request.POST.get("do", "")
    if do == "begin":
        operations.begin(by=viewer, at=at, filters=recent_filters(request.session))
        return done(request, "escalations:queue")
    operations.end(by=viewer, at=at, state=operations.DONE if do == "finish" else operations.SKIPPED)
    toasts.show_next(request, _("Practice is over: Next gives you real cases now."))
    return done(request, reverse("escalations:queue"))


@login_required
@require_GET
def bar(request: HttpRequest) -> HttpResponse:
    """The bar alone, asked again after each change on the page."""
    return render(request, "components/practice_banner.html", {"lane": _lane(request)})


def _lane(request: HttpRequest) -> selectors.Practice:
    viewer = cast("User", request.user)
    return selectors.practice_of(
        viewer, recent=recent_filters(request.session), key_settings=Page(request).key_settings
    )

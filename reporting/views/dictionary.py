"""The data dictionary: every column of the reading views, with its meaning and unit."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.models import User
from reporting import dictionary, rights
from reporting.views.tabs import tabs_for


@login_required
@require_GET
def dictionary_page(request: HttpRequest) -> HttpResponse:
    """All views on one page, each with an anchor and an example to start from."""
    viewer = cast("User", request.user)
    rights.check_can_explore(viewer)
    context = {
        "views": list(dictionary.VIEWS.values()),
        "version": dictionary.VERSION,
        "tabs": tabs_for(viewer, ""),
        "can_query": rights.can_query(viewer),
    }
    return render(request, "reporting/explore/dictionary.html", context)

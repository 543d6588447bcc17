"""The account of one clock: linkable, printable, in the reader's zone and UTC (sla.md §3.9)."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.models import User
from core.types import AtRequest
from escalations.selectors.case import find_case
from escalations.selectors.clock_why import clock_of, why_of
from escalations.selectors.clocks import promises_of


@login_required
@never_cache
@require_GET
def clock_why(request: HttpRequest, ref: str, metric: str, cycle: int) -> HttpResponse:
    """Why a clock of a case is due when it is; 404 for a clock that was never started."""
    case = find_case(cast("User", request.user), ref)
    clock = clock_of(case, metric, cycle) if len(metric) == 1 and 0 < cycle < 30_000 else None
    if clock is None:
        raise Http404
    at = cast("AtRequest", request).at
    context = {
        "case": case,
        "why": why_of(clock, at=at),
        "promises": promises_of(case, at=at),
        "at": at,
        "key_scope": "case",
    }
    return render(request, "escalations/case/clock_why.html", context)

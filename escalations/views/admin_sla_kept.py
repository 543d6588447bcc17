"""How the promises of the SLA plans were kept, with excuses and without."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.roles import Action
from escalations.filters.limits import TooSlow, within
from escalations.selectors.attainment import Kept, kept
from escalations.views.admin_queues import asker

PERIODS = (7, 30, 90)
_SECONDS = 5.0


@login_required
@require_GET
def kept_page(request: HttpRequest) -> HttpResponse:
    """Clocks met and missed in the last `?days=` (7, 30 or 90), by plan version."""
    _viewer, at = asker(request, Action.CONFIG_READ)
    asked = request.GET.get("days", "")
    days = next((period for period in PERIODS if str(period) == asked), 30)
    try:
        rows: list[Kept] | None = within(_SECONDS, lambda: kept(since=at - timedelta(days=days), until=at))
    except TooSlow:
        rows = None
    context = {
        "rows": rows,
        "days": days,
        "periods": PERIODS,
    }
    return render(request, "escalations/admin/sla_kept.html", context)

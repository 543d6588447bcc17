"""The audit tab of a case (ux.md CAS-12)."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.permissions import check_can
from accounts.roles import Action
from core.htmx import render_part
from escalations.selectors.audit_trail import SHOWN, trail_of
from escalations.selectors.case import find_case

LABELS = {"all": _("All"), "acts": _("What happened"), "looks": _("Who looked")}


@login_required
@never_cache
@require_GET
def case_audit(request: HttpRequest, ref: str) -> HttpResponse:
    """Who did and who saw what, newest first; `?show=` acts or looks alone, `?before=` continues."""
    viewer = cast("User", request.user)
    found = find_case(viewer, ref)
    check_can(viewer, Action.AUDIT_READ)
    shown = request.GET.get("show", "all")
    try:
        before = parse_datetime(request.GET.get("before", ""))
    except ValueError:
        before = None
    if before is not None and before.tzinfo is None:
        before = None
    shown = shown if shown in SHOWN else "all"
    context = {
        "case": found,
        "trail": trail_of(found, viewer=viewer, shown=shown, before=before),
        "shown": shown,
        "shown_as": LABELS,
        "key_scope": "case",
    }
    return render_part(request, "escalations/case/audit.html", "escalations/case/_trail.html", context)

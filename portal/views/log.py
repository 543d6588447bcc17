"""What the organization's own people and keys did, for its lead (permissions.md: own-organization vendor events)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.permissions import check_can
from accounts.roles import Action
from accounts.views.log import events_visible_to
from core.pagination import keyset
from portal.views.gate import VendorRequest

PAGE_SIZE = 50


@require_GET
def log(request: VendorRequest) -> HttpResponse:
    """Newest first: who, what, about which submission."""
    check_can(request.user, Action.AUDIT_READ)
    page = keyset(
        events_visible_to(request.user),
        ["id"],
        cursor=request.GET.get("cursor", ""),
        limit=PAGE_SIZE,
        owner=f"portal-log:{request.user.pk}",
        descending=True,
    )
    context = {"rows": page.rows, "next": page.next, "previous": page.previous, "here": "people"}
    return render(request, "portal/people/log.html", context)

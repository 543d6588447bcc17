"""A vendor's scorecard as PDF, for the weekly review."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Organization, User
from core.types import AtRequest
from reporting import documents, permissions
from reporting.documents.scorecard import scorecard_document
from reporting.pages import scorecards
from reporting.pages.asking import asked_by
from reporting.selectors.figures import Window, scope_of
from reporting.selectors.scorecard import scorecard
from reporting.views.briefs import CouldNotPrint


@login_required
@require_safe
def scorecard_pdf(request: AtRequest, slug: str) -> HttpResponse:
    """The scorecard as the reader sees it, on their paper."""
    viewer = cast("User", request.user)
    if not viewer.is_internal:
        raise Http404
    permissions.check_can_see_reports(viewer)
    vendor = get_object_or_404(Organization, slug=slug, kind=Organization.Kind.VENDOR)
    zone = asked_by(viewer, request.GET, at=request.at).ask.zone
    card = scorecard(vendor, scope=scope_of(viewer), at=request.at, zone=zone)
    shown = scorecards.present(card, lambda days: Window.last(days=days, at=request.at, zone=zone))
    document = scorecard_document(shown, by=viewer.display_name, zone=zone.key, at=request.at)
    try:
        made = documents.render(document, paper=documents.paper_of(viewer.time_zone))
    except documents.NotPrinted as error:
        raise CouldNotPrint(
            _("The PDF could not be made. Try again; if it stays so, tell an administrator.")
        ) from error
    response = HttpResponse(made.content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{vendor.slug}-{request.at:%Y-%m-%d}.pdf"'
    return response

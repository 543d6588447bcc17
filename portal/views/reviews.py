"""What the vendor's own reviewers decided, brought in as a file by its lead; the API takes the same rows."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal.views.gate import VendorRequest
from reporting.operations import vendor_reviews
from reporting.views.vendor_reviews import BringForm, bring, brought, template_file


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reviews(request: VendorRequest) -> HttpResponse:
    """The form, the report of a file row by row, and what came in lately."""
    viewer = request.user
    vendor_reviews.check_may_bring(viewer, viewer.organization)
    form, report = bring(request, viewer.organization) if request.method == "POST" else (BringForm(), None)
    context = {"here": "bulk", **brought(viewer.organization, viewer, form, report)}
    return render(request, "portal/bulk/reviews.html", context, status=422 if form.errors else 200)


@require_safe
def template(request: VendorRequest) -> HttpResponse:
    """The columns as a CSV file with one row as an example."""
    vendor_reviews.check_may_bring(request.user, request.user.organization)
    return template_file()

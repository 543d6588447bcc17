"""A vendor's frozen weeks as both sides read them."""

from __future__ import annotations

from accounts.models import Organization
from reporting.models import VendorWeek


def newest_weeks(vendor: Organization) -> list[VendorWeek]:
    """Every frozen week of a vendor in its newest edition, the last week first. One query."""
    # Uses index: vendor_week_edition_once
    rows = VendorWeek.objects.filter(organization=vendor).select_related("signed_by", "vendor_signed_by")
    return list(rows.order_by("-starts_on", "-edition").distinct("starts_on"))

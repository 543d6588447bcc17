"""Counts of requests by the minute, which the keys' sign-in keeps (`accounts.api.authentication`)."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.models import RateWindow

KEPT = timedelta(hours=1)


def forget_old(at: datetime, *, limit: int = 20_000) -> int:
    """Delete windows older than `KEPT`; answers how many. Run by `engine`."""
    # Uses index: rate_window_oldest
    old = RateWindow.objects.filter(window_at__lt=at - KEPT).order_by("window_at").values("pk")[:limit]
    return RateWindow.objects.filter(pk__in=old).delete()[0]

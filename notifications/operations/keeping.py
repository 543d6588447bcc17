"""How long notices and deliveries are kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from notifications.lifecycle import DeliveryState
from notifications.models import Delivery, Notification

NOTICES_KEPT = timedelta(days=180)  # after they were done; events stay for good
DELIVERIES_KEPT = timedelta(days=30)  # after they ended well or were not needed
AT_ONCE = 5000
_OVER = (DeliveryState.ACCEPTED, DeliveryState.DELIVERED, DeliveryState.CANCELLED)


def forget_old(at: datetime) -> None:
    """Remove what ended long before `at` (aware UTC): a job of the engine. What needs a person's decision stays."""
    old = Delivery.objects.filter(state__in=_OVER, created_at__lt=at - DELIVERIES_KEPT).order_by("pk")
    Delivery.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:AT_ONCE])).delete()
    done = Notification.objects.filter(done_at__lt=at - NOTICES_KEPT).order_by("pk")
    Notification.objects.filter(pk__in=list(done.values_list("pk", flat=True)[:AT_ONCE])).delete()

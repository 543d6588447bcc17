"""Chainable filters over notices and deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.permissions import can
from accounts.roles import Action

if TYPE_CHECKING:
    from notifications.models import Delivery, Notification  # noqa: F401  (named in strings)


class NotificationQuerySet(QuerySet["Notification"]):
    """Notices."""

    def visible_to(self, viewer: User) -> NotificationQuerySet:
        """The viewer's own. A notice is nobody else's business, an administrator's neither."""
        return self.filter(user_id=viewer.pk)

    def waiting(self, *, at: datetime) -> NotificationQuerySet:
        """Neither done nor put off beyond `at`."""
        return self.filter(done_at__isnull=True).filter(Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=at))


class DeliveryQuerySet(QuerySet["Delivery"]):
    """Deliveries."""

    def visible_to(self, viewer: User) -> DeliveryQuerySet:
        """All of them for whoever runs the product, else the viewer's own."""
        if viewer.is_internal and can(viewer, Action.CONFIG_READ):
            return self.all()
        return self.filter(user_id=viewer.pk)

"""What a person decides about deliveries that the machinery gave up on, or does not know the end of."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import check_can
from accounts.roles import Action
from audit import doorbell
from audit.recording import record
from core.errors import FieldProblem, Invalid, NotFound
from notifications import events
from notifications.lifecycle import NEEDS_A_PERSON, DeliveryState
from notifications.models import Delivery


class Decision(StrEnum):
    """Send it again, say that it arrived, or give it up."""

    AGAIN = "again"
    ARRIVED = "arrived"
    GIVE_UP = "give_up"


@transaction.atomic
def decide(*, delivery_id: uuid.UUID, decision: Decision, reason: str, by: User, at: datetime) -> Delivery:
    """Decide about an ambiguous or dead delivery; `at` is aware UTC.

    Locks the row; records `delivery.resent`, `delivery.confirmed` or `delivery.discarded` with the reason. Raises
    `NotPermitted`, `NotFound`, `Invalid` without a reason, or where it is on its way again or over.
    """
    check_can(by, Action.CONFIG_EDIT)
    delivery = Delivery.objects.visible_to(by).select_for_update(of=("self",)).filter(public_id=delivery_id).first()
    if delivery is None:
        raise NotFound
    reason = reason.strip()[:300]
    if not reason:
        problem = _("Say why: the log keeps it with your name.")
        raise Invalid(problem, errors=[FieldProblem("/reason", "required", problem)])
    before = DeliveryState(delivery.state)
    if before not in NEEDS_A_PERSON or (decision is Decision.ARRIVED and before is not DeliveryState.AMBIGUOUS):
        raise Invalid(_("Somebody decided about it already, or it is on its way again."), code="already_decided")
    if decision is Decision.AGAIN:
        delivery.state, delivery.attempts, delivery.next_at, delivery.started_at = DeliveryState.PENDING, 0, at, None
        kind = events.DELIVERY_RESENT
        doorbell.ring_after_commit(f"deliver_{delivery.lane}")
    elif decision is Decision.ARRIVED:
        delivery.state, delivery.sent_at = DeliveryState.ACCEPTED, delivery.started_at or at
        kind = events.DELIVERY_CONFIRMED
    else:
        delivery.state, kind = DeliveryState.CANCELLED, events.DELIVERY_DISCARDED
    delivery.save(update_fields=["state", "attempts", "next_at", "started_at", "sent_at"])
    data = {"channel": delivery.channel, "state": before.value, "reason": reason}
    record(kind, subject=delivery, by=by, at=at, data=data)
    return delivery

"""The notice of a decision by e-mail: a delivery for each row that escalations made, and its end told there."""

from __future__ import annotations

from audit import doorbell
from audit.models import Event
from core.clock import db_now
from escalations import events as of_cases
from escalations.lifecycle import NoticeState
from escalations.models import NoticeDelivery
from escalations.operations import notices
from notifications import rules
from notifications.channels import Outcome, Verdict
from notifications.lifecycle import EMAIL, DeliveryState, EventClass, Lane, Mode
from notifications.models import Delivery, Preference

HEARD = frozenset({of_cases.NOTICE_QUEUED, of_cases.NOTICE_RESENT})
PAYLOAD = "notice"  # its value: the id of the row of `escalations.NoticeDelivery`
OLD = "It was due more than a day ago: what comes so late is not mailed. Send it again if it is still wanted."
UNWANTED = "Its reader wants no e-mails about decisions and closings; it stands in the portal."


def hear(event: Event) -> None:
    """Make a delivery for each e-mail that the event names; a repeat makes none. The outbox's listener `notice_mail`."""
    at = db_now()
    rows = NoticeDelivery.objects.filter(pk__in=event.data["deliveries"], state=NoticeState.QUEUED).order_by("pk")
    waiting = list(rows.select_related("person"))
    refused = set(
        Preference.objects.filter(
            user__in=[row.person_id for row in waiting], event_class=EventClass.OUTCOME, channel=EMAIL, mode=Mode.OFF
        ).values_list("user_id", flat=True)
    )
    made = []
    for row in waiting:
        if event.at < at - rules.NEWS:
            notices.settle(delivery_id=row.pk, state=NoticeState.FAILED, why=OLD, at=at)
        elif row.person_id in refused:
            notices.settle(delivery_id=row.pk, state=NoticeState.NOT_NEEDED, why=UNWANTED, at=at)
        else:
            assert row.person is not None
            made.append(
                Delivery(
                    organization_id=row.person.organization_id,
                    lane=Lane.NOTIFY,
                    channel=EMAIL,
                    user=row.person,
                    event_class=EventClass.OUTCOME,
                    payload={PAYLOAD: row.pk},
                    dedup_key=f"notice:{row.pk}:{row.tries}",
                    created_at=at,
                    next_at=at,
                )
            )
    if made:
        Delivery.objects.bulk_create(made, ignore_conflicts=True)
        doorbell.ring_after_commit(f"deliver_{Lane.NOTIFY.value}")


def settled(delivery: Delivery, outcome: Outcome) -> None:
    """Tell escalations how an e-mail ended; one that is tried again is still on its way. The e-mail channel's `SETTLED`."""
    if PAYLOAD not in delivery.payload:
        return
    state = DeliveryState(Delivery.objects.values_list("state", flat=True).get(pk=delivery.pk))
    if outcome.verdict is Verdict.NOT_NEEDED:
        _end(delivery, NoticeState.NOT_NEEDED, outcome.error)
    elif state is DeliveryState.ACCEPTED:
        _end(delivery, NoticeState.SENT, "")
    elif state in (DeliveryState.DEAD, DeliveryState.AMBIGUOUS):
        _end(delivery, NoticeState.FAILED, outcome.error or "The mail server did not take it.")


def _end(delivery: Delivery, state: NoticeState, why: str) -> None:
    notices.settle(delivery_id=delivery.payload[PAYLOAD], state=state, why=why, at=db_now())

"""Mail to those who submitted: the team's answers and the end of their cases; to a vendor's leads, an endpoint that was paused,
examples that were shared with them and a week that waits for their signature.

They have no inbox here: what they hear is a mail of its own, which names nobody of the team and leads to the vendor's portal.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.models import Organization, User
from accounts.roles import Role
from audit import doorbell
from audit.models import Event
from core.clock import db_now
from escalations import events as of_cases
from escalations.lifecycle import DecisionState, NoticeState, NoticeWay
from escalations.models import Case, NoticeDelivery
from notifications import channels, events, rules
from notifications.lifecycle import EMAIL, EventClass, Lane, Mode
from notifications.models import Delivery, Preference, WebhookEndpoint

# What they hear, and under which class of their choices.
CLASSES: dict[str, EventClass] = {
    of_cases.COMMENT_ADDED: EventClass.ANSWER,
    of_cases.CASE_CLOSED: EventClass.OUTCOME,
    of_cases.CASE_REOPENED: EventClass.OUTCOME,
    events.ENDPOINT_PAUSED: EventClass.OPERATIONS,
    rules.COACHING_SHARED: EventClass.REPORT,
    rules.WEEK_FROZEN: EventClass.REPORT,
}


def hear(event: Event) -> None:
    """Make a mail for each of those outside whom the event concerns; a repeat makes none. The outbox's listener `outward`."""
    at = db_now()
    if EMAIL not in channels.REGISTRY or event.at < at - rules.NEWS or not _is_for_them(event):
        return
    event_class = CLASSES[event.kind]
    refused = Preference.objects.filter(event_class=event_class, channel=EMAIL, mode=Mode.OFF)
    people = receivers(event).exclude(notice_preferences__in=refused).select_related("organization")
    if event.kind == of_cases.CASE_CLOSED and event.data.get("cause") == "decision":  # the notice says it, and more
        told = NoticeDelivery.objects.filter(
            case_id=event.subject_id, way=NoticeWay.EMAIL, notice__decision__state=DecisionState.EFFECTIVE
        )
        people = people.exclude(pk__in=told.exclude(state=NoticeState.FAILED).values("person"))
    rows = [
        Delivery(
            organization_id=person.organization_id,
            lane=Lane.NOTIFY,
            channel=EMAIL,
            user=person,
            event_class=event_class,
            payload={"outward": event.pk},
            dedup_key=f"outward:{event.pk}:{person.pk}",
            created_at=at,
            next_at=at,
        )
        for person in people
    ]
    if rows:
        Delivery.objects.bulk_create(rows, ignore_conflicts=True)
        doorbell.ring_after_commit(f"deliver_{Lane.NOTIFY.value}")


def _is_for_them(event: Event) -> bool:
    if event.kind == of_cases.COMMENT_ADDED:
        return bool(event.data.get("audience") == "submitter" and not event.data.get("from_submitter"))
    if event.kind == events.ENDPOINT_PAUSED:
        return bool(event.data.get("why") != "person")
    return True


def receivers(event: Event) -> QuerySet[User]:
    """Whom outside it concerns: who submitted the case, else (a program did) the organization's leads. Nobody for cases of our own."""
    outside = User.objects.filter(is_active=True, organization__is_active=True).exclude(
        organization__kind=Organization.Kind.INTERNAL
    )
    if event.kind == events.ENDPOINT_PAUSED:
        endpoint = WebhookEndpoint.objects.filter(pk=event.subject_id).first()
        return _leads(outside, endpoint.organization_id) if endpoint is not None else outside.none()
    if event.kind in (rules.COACHING_SHARED, rules.WEEK_FROZEN):
        return _leads(outside, event.organization_id)
    case = Case.objects.filter(pk=event.subject_id, is_sandbox=False).only("organization_id", "submitted_by_id").first()
    if case is None:
        return outside.none()
    submitter = outside.filter(pk=case.submitted_by_id or 0, organization_id=case.organization_id)
    return submitter if submitter.exists() else _leads(outside, case.organization_id)


def _leads(people: QuerySet[User], organization_id: int) -> QuerySet[User]:
    still = Q(role_grants__expires_at__isnull=True) | Q(role_grants__expires_at__gt=db_now())
    found = people.filter(still, organization_id=organization_id, role_grants__role=Role.VENDOR_LEAD)
    return found.distinct()

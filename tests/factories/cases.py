"""Cases and queues for tests, written straight to the tables. Operations have their own way (tests of intake use it)."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from accounts.models import Organization, Team, User
from core.references import permute
from escalations.lifecycle import CaseStatus, Severity
from escalations.models import Case, Queue
from tests.factories.people import NOON, internal_organization, make_vendor

_number = itertools.count(1)


def make_queue(*, slug: str = "", team: Team | None = None, is_default: bool = False) -> Queue:
    if is_default:
        return Queue.objects.get_or_create(is_default=True, defaults={"slug": "general", "name": "General"})[0]
    slug = slug or f"queue-{next(_number)}"
    return Queue.objects.create(slug=slug, name=slug.title(), team=team)


def make_case(
    *,
    organization: Organization | None = None,
    queue: Queue | None = None,
    status: CaseStatus = CaseStatus.NEW,
    severity: int = Severity.S3,
    assignee: User | None = None,
    at: datetime = NOON,
    **fields: Any,
) -> Case:
    number = next(_number)
    fields.setdefault("title", f"Case number {number}")
    fields.setdefault("ask", "Please look at this account.")
    fields.setdefault("surface", "organic")
    fields.setdefault("market", "IE")
    fields.setdefault("channel", "api")
    if assignee is not None:
        status = CaseStatus.IN_REVIEW if status is CaseStatus.NEW else status
        fields.setdefault("claimed_at", at)
    if status is CaseStatus.CLOSED:
        fields.setdefault("closed_at", at)
        fields.setdefault("resolution", "no_violation")
    if status is CaseStatus.WAITING:
        fields.setdefault("waiting_on", "submitter")
    return Case.objects.create(
        ref=f"ESC-{permute(1_000_000 + number, key=settings.REFERENCE_KEY)}",
        organization=organization or make_vendor(),
        queue=queue or make_queue(is_default=True),
        status=status,
        severity=severity,
        assignee=assignee,
        order_at=fields.pop("order_at", at + timedelta(hours=12)),
        received_at=fields.pop("received_at", at),
        updated_at=at,
        **fields,
    )


def make_internal_case(**fields: Any) -> Case:
    return make_case(organization=internal_organization(), **fields)

"""Access records: who opened what, kept even when the request around it is rolled back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from django.db import models, transaction

from audit.actors import Actor
from audit.models import AccessRecord, ActorKind
from core.db import INDEPENDENT
from core.tenancy import ActorKind as TenantKind
from core.tenancy import bind


def record_access(
    what: str,
    *,
    subject: models.Model,
    by: Actor | None,
    at: datetime,
    organization_id: int,
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> AccessRecord:
    """Write, on a connection of its own that commits at once, that `by` opened `subject`.

    Call it before the first byte leaves: when it raises, nothing may be shown (reliability.md R36).
    """
    with transaction.atomic(using=INDEPENDENT):
        bind(TenantKind.INTERNAL, organization_id=organization_id, using=INDEPENDENT)
        return AccessRecord.objects.using(INDEPENDENT).create(
            at=at,
            what=what,
            subject_type=subject._meta.label_lower,
            subject_id=subject.pk,
            subject_ref=str(getattr(subject, "ref", ""))[:64],
            actor_kind=by.actor_kind if by is not None else ActorKind.SYSTEM,
            actor_id=by.actor_id if by is not None else None,
            actor_label=by.actor_label[:200] if by is not None else "",
            organization_id=organization_id,
            reason=reason[:500],
            request_id=str(structlog.contextvars.get_contextvars().get("request_id", ""))[:64],
            data=data or {},
        )

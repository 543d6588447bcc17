"""Sharing returned cases with their vendor as examples, and the vendor's word that they were read (VEN-3)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organization, User
from accounts.permissions import check_can
from accounts.roles import Action, Role
from audit.recording import record
from core.errors import FieldProblem, Invalid, NotPermitted
from escalations.lifecycle import InvalidReason, Resolution
from escalations.models import Case
from reporting import events
from reporting.models import CoachingSet

MOST = 20


@transaction.atomic
def share(
    *, vendor: Organization, reason: str, title: str, message: str, refs: Collection[str], by: User, at: datetime
) -> CoachingSet:
    """Show a vendor its own returned cases with what to do instead. `at` is aware UTC. Records `coaching_set.shared`.

    Raises `NotPermitted`, `Invalid` (no case, or one that is not the vendor's, not returned, or hidden from `by`).
    """
    check_can(by, Action.VENDORS_EDIT)
    wanted = list(dict.fromkeys(refs))
    found = Case.objects.visible_to(by).filter(
        organization=vendor, ref__in=wanted, resolution=Resolution.INVALID, is_sandbox=False
    )
    problems = []
    if not 1 <= len(wanted) <= MOST or found.count() != len(wanted):
        detail = _("Choose one to %(most)d cases that came back to this vendor.") % {"most": MOST}
        problems.append(FieldProblem("/refs", "required", detail))
    if reason not in InvalidReason.values:
        problems.append(FieldProblem("/reason", "required", _("Choose the reason they have in common.")))
    if not title.strip() or not message.strip():
        problems.append(FieldProblem("/message", "required", _("Give it a title, and say what to do instead.")))
    if problems:
        raise Invalid(errors=problems)
    made = CoachingSet.objects.create(
        organization=vendor,
        reason=reason,
        title=" ".join(title.split())[:120],
        message=message.strip()[:2000],
        refs=wanted,
        shared_at=at,
        shared_by=by,
    )
    record(events.COACHING_SHARED, subject=made, by=by, at=at, data={"reason": reason, "count": len(wanted)})
    return made


@transaction.atomic
def acknowledge(*, set_id: int, by: User, at: datetime) -> CoachingSet:
    """The vendor's lead says that the examples were read; twice is the same as once. `at` is aware UTC.

    Records `coaching_set.acknowledged`. Raises `NotPermitted` for anybody but a lead of that vendor.
    """
    row = CoachingSet.objects.select_for_update(of=("self",)).get(pk=set_id)
    if row.organization_id != by.organization_id or Role.VENDOR_LEAD not in by.access.roles:
        raise NotPermitted(_("A lead of the vendor says that it was read."), rule="coaching.acknowledge")
    if row.acknowledged_at is None:
        row.acknowledged_at, row.acknowledged_by = at, by
        row.save(update_fields=["acknowledged_at", "acknowledged_by"])
        record(events.COACHING_ACKNOWLEDGED, subject=row, by=by, at=at, data={"user_id": row.shared_by_id})
    return row

"""Targets agreed with vendors: set from a day on, never changed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organization, User
from accounts.permissions import check_can
from accounts.roles import Action
from audit.recording import record
from core.errors import FieldProblem, Invalid
from reporting import events
from reporting.measures import MEASURES, Unit
from reporting.models import ContractTarget

NOTE_MAX = 300
AHEAD = timedelta(days=400)


@transaction.atomic
def set_target(
    *, vendor: Organization, measure: str, value: float | None, starts_on: date, note: str, by: User, at: datetime
) -> ContractTarget:
    """Agree on a target from a day on (None: no target any more); weeks before keep theirs.

    `value` is in the measure's unit: a share from 0 to 1, seconds, a count. `at` is aware UTC. Records `contract_target.set`.
    Raises `NotPermitted`, `Invalid` with each fault.
    """
    check_can(by, Action.VENDORS_EDIT)
    problems = []
    if measure not in MEASURES:
        problems.append(FieldProblem("/measure", "unknown", _("Choose one of the scorecard's figures.")))
    elif value is not None and (value < 0 or (MEASURES[measure].unit is Unit.SHARE and value > 1)):
        problems.append(
            FieldProblem("/value", "out_of_range", _("A share lies between 0 and 100 %; nothing is negative."))
        )
    if vendor.kind != Organization.Kind.VENDOR:
        problems.append(FieldProblem("/vendor", "unknown", _("Targets are agreed with vendors.")))
    if not at.date() - AHEAD <= starts_on <= at.date() + AHEAD:
        problems.append(FieldProblem("/starts_on", "out_of_range", _("Choose a day within about a year.")))
    if len(note.strip()) > NOTE_MAX:
        problems.append(FieldProblem("/note", "too_long", _("At most 300 characters.")))
    if problems:
        raise Invalid(errors=problems)
    target: ContractTarget = ContractTarget.objects.create(
        organization=vendor,
        measure=measure,
        value=value,
        starts_on=starts_on,
        note=note.strip(),
        set_at=at,
        set_by=by,
    )
    data = {"measure": measure, "value": value, "starts_on": starts_on.isoformat()}
    record(events.CONTRACT_TARGET_SET, subject=target, by=by, at=at, data=data)
    return target

"""Saving reports under a name, and removing them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.recording import record
from core.errors import FieldProblem, Invalid
from reporting import events, rights, sql_text
from reporting.lifecycle import Audience, ReportKind
from reporting.models import SavedReport

NAME_MAX, STATE_MAX, PER_PERSON = 80, 2000, 200


@transaction.atomic
def save_report(
    *, name: str, kind: ReportKind, audience: str, by: User, at: datetime, state: str = "", statement: str = ""
) -> SavedReport:
    """Keep the explorer's choices (`state`) or a statement under a name; one's own of the same name is replaced.

    `at` aware UTC. Records `saved_report.saved`. Raises `NotPermitted`, `Invalid` (every wrong value at once).
    """
    rights.check_can_save(by, is_sql=kind is ReportKind.SQL, is_shared=audience == Audience.SHARED)
    name, problems = " ".join(name.replace("\x00", "").split()), []
    if not name or len(name) > NAME_MAX:
        problems.append(FieldProblem("/name", "required", _("Give it a name of at most 80 characters.")))
    if audience not in Audience.values:
        problems.append(FieldProblem("/audience", "unknown", _("Choose who finds it: only you, or everyone.")))
    if len(state) > STATE_MAX:
        problems.append(
            FieldProblem("/state", "too_long", _("These choices are too long to keep: shorten the filter."))
        )
    if kind is ReportKind.SQL and not problems:
        sql_text.check(statement)
    if problems:
        raise Invalid(errors=problems)
    mine = SavedReport.objects.filter(owner=by)
    report = mine.select_for_update().filter(kind=kind, name=name).first()
    if report is None:
        if mine.count() >= PER_PERSON:
            raise Invalid(_("You keep two hundred reports: remove one you no longer use."), code="too_many")
        report = SavedReport(organization_id=by.organization_id, owner=by, name=name, kind=kind, created_at=at)
    report.audience, report.state, report.statement, report.updated_at = audience, state, statement, at
    report.save()
    data = {"name": name, "kind": str(kind), "audience": audience}
    record(events.REPORT_SAVED, subject=report, by=by, at=at, data=data)
    return report


@transaction.atomic
def remove_report(*, report_id: int, by: User, at: datetime) -> None:
    """Remove a saved report of one's own. `at` aware UTC. Records `saved_report.removed`. Raises `NotPermitted`."""
    report = SavedReport.objects.select_for_update().get(pk=report_id)
    rights.check_can_remove(by, report)
    data = {"name": report.name, "kind": report.kind}
    record(events.REPORT_REMOVED, subject=report, by=by, at=at, data=data)
    report.delete()

"""Publishing what is promised: versions of SLA plans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Organization, User
from accounts.roles import Action, Reach
from audit.recording import record
from core.errors import FieldProblem, Invalid, NotPermitted
from escalations import events
from escalations.lifecycle import Metric, Severity, WaitingOn
from escalations.models import SlaPlan, SlaPlanVersion, SlaTarget
from escalations.selectors import sla_plans
from oncall.models import Calendar

LEAST_S, MOST_S = 60, 400 * 86400
# Legal deadlines come with the case and are never a plan's to set.
PLANNED_METRICS = frozenset({Metric.ACKNOWLEDGE, Metric.FIRST_RESPONSE, Metric.RESOLVE})
PAUSABLE_METRICS = frozenset({Metric.RESOLVE})


@dataclass(frozen=True)
class TargetInput:
    """One promise of a new version: `seconds` of the calendar's open time for a severity, or for any (None).

    `warn_percent` are shares of the target used at which a warning is given; `pause_reasons` codes of `WaitingOn`.
    """

    metric: str
    severity: int | None
    seconds: int
    calendar_key: str
    warn_percent: tuple[int, ...] = ()
    pause_reasons: tuple[str, ...] = ()


@transaction.atomic
def publish_plan_version(
    *, plan_id: int, targets: Sequence[TargetInput], note: str, by: Actor, at: datetime
) -> SlaPlanVersion:
    """Publish the next version of a plan; it replaces all targets of the one before. `at` is aware UTC.

    New cases use it at once (other processes within a second); open clocks stay on the version they have. Locks the plan;
    records `sla_plan.published`. Raises `Invalid` with every fault, `NotPermitted` unless an administrator,
    `SlaPlan.DoesNotExist`.
    """
    if by is not None and by.reach(Action.CONFIG_EDIT) is not Reach.ALL:
        raise NotPermitted(_("SLA plans are changed by an administrator."), rule=Action.CONFIG_EDIT)
    calendars = {calendar.key: calendar for calendar in Calendar.objects.filter(versions__number=1)}
    problems = _faults(targets, calendars)
    if not note.strip():
        problems.append(FieldProblem("/note", "required", _("Say why the targets change.")))
    if problems:
        raise Invalid(errors=problems)

    plan = SlaPlan.objects.select_for_update().get(pk=plan_id)
    last = plan.versions.order_by("-number").first()
    version = SlaPlanVersion.objects.create(
        plan=plan,
        number=last.number + 1 if last else 1,
        published_at=at,
        published_by=by if isinstance(by, User) else None,
        note=note.strip()[:300],
    )
    SlaTarget.objects.bulk_create(
        SlaTarget(
            version=version,
            metric=target.metric,
            severity=target.severity,
            seconds=target.seconds,
            calendar=calendars[target.calendar_key],
            warn_percent=sorted(set(target.warn_percent)),
            pause_reasons=sorted(set(target.pause_reasons)),
        )
        for target in targets
    )
    record(
        events.SLA_PLAN_PUBLISHED,
        subject=plan,
        by=by,
        at=at,
        data={"plan": plan.name, "version": version.number, "note": version.note},
        organization_id=by.organization_id if by is not None else _internal_id(),
    )
    transaction.on_commit(sla_plans.forget)
    return version


def _faults(targets: Sequence[TargetInput], calendars: dict[str, Calendar]) -> list[FieldProblem]:
    problems = []

    def fault(index: int, field: str, code: str, sentence: str) -> None:
        problems.append(FieldProblem(f"/targets/{index}/{field}", code, sentence))

    seen: set[tuple[str, int | None]] = set()
    for index, target in enumerate(targets):
        if target.metric not in PLANNED_METRICS:
            fault(index, "metric", "unknown", _("Choose one of A, F, R."))
        if target.severity is not None and target.severity not in Severity.values:
            fault(index, "severity", "unknown", _("Choose a severity from 0 to 4, or none for any."))
        if (target.metric, target.severity) in seen:
            fault(index, "severity", "duplicate", _("This clock already has a target for this severity."))
        seen.add((target.metric, target.severity))
        if not LEAST_S <= target.seconds <= MOST_S:
            fault(index, "seconds", "out_of_range", _("A target is between one minute and 400 days."))
        if target.calendar_key not in calendars:
            fault(index, "calendar", "unknown", _("There is no published calendar of this name."))
        if any(not 1 <= percent <= 99 for percent in target.warn_percent):
            fault(index, "warn_percent", "out_of_range", _("A warning comes between 1 and 99 percent of the target."))
        if any(reason not in WaitingOn.values for reason in target.pause_reasons):
            fault(index, "pause_reasons", "unknown", _("Choose from: submitter, consult, external."))
        elif target.pause_reasons and target.metric not in PAUSABLE_METRICS:
            fault(index, "pause_reasons", "not_pausable", _("Only the resolve clock may pause."))
    for metric in sorted(PLANNED_METRICS):
        covered = {target.severity for target in targets if target.metric == metric}
        if None not in covered and covered != set(Severity.values):
            sentence = _("%(clock)s has no target for some severities: every case needs one.")
            problems.append(FieldProblem("/targets", "incomplete", sentence % {"clock": Metric(metric).label}))
    return problems


def _internal_id() -> int:
    return Organization.objects.get(kind=Organization.Kind.INTERNAL).pk

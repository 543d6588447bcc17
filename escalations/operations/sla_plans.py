"""Publishing what is promised: versions of SLA plans, their conditions, their order, switching one off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
MOST_DAYS = 250
# Every case is promised these; a plan may promise the others too. Legal deadlines come with the case, never with a plan.
REQUIRED_METRICS = frozenset({Metric.ACKNOWLEDGE, Metric.FIRST_RESPONSE, Metric.RESOLVE})
OPTIONAL_METRICS = frozenset({Metric.NEXT_RESPONSE, Metric.UPDATE, Metric.CONSULT, Metric.MITIGATE})
PLANNED_METRICS = REQUIRED_METRICS | OPTIONAL_METRICS
PAUSABLE_METRICS = frozenset({Metric.RESOLVE})


@dataclass(frozen=True)
class TargetInput:
    """One promise of a new version: `seconds` of the calendar's open time for a severity, or for any (None).

    `working_days` in place of `seconds` (then 0) counts open local dates. `warn_percent` are shares of the target used at which a
    warning is given; `pause_reasons` codes of `WaitingOn`; `pause_caps` how long each pause may last ({"submitter":
    {"working_days": 5}} or {"seconds": open seconds}). `pause_caps`, `reopen` (continue | fresh) and `grace_s` (upgrade grace)
    stay as in the version before where they are None; without `keeps_grace` a grace of None is the usual quarter of the target.
    """

    metric: str
    severity: int | None
    seconds: int
    calendar_key: str
    warn_percent: tuple[int, ...] = ()
    pause_reasons: tuple[str, ...] = ()
    working_days: int = 0
    pause_caps: Mapping[str, Mapping[str, int]] | None = None
    reopen: str | None = None
    grace_s: int | None = None
    keeps_grace: bool = True


@transaction.atomic
def publish_plan_version(
    *,
    plan_id: int,
    targets: Sequence[TargetInput],
    note: str,
    by: Actor,
    at: datetime,
    condition: str | None = None,
    keeps_when_submitter_raises: bool | None = None,
) -> SlaPlanVersion:
    """Publish the next version of a plan; it replaces all targets of the one before. `at` is aware UTC.

    `condition` is a text of the filter language (empty: every case; None: as the version before). New cases use the version at
    once (other processes within a second); open clocks stay on the version they have. `keeps_when_submitter_raises`: a submitter
    who raises the severity later raises a flag and shortens nothing (None: as the version before). Locks the plan; records
    `sla_plan.published`. Raises `Invalid` with every fault, `NotPermitted` unless an administrator, `SlaPlan.DoesNotExist`.
    """
    check_may_edit(by)
    plan = SlaPlan.objects.select_for_update().get(pk=plan_id)
    last = plan.versions.order_by("-number").first()
    if condition is None:
        condition = last.condition if last else ""
    if keeps_when_submitter_raises is None:
        keeps_when_submitter_raises = last.keeps_when_submitter_raises if last else False
    calendars = {calendar.key: calendar for calendar in Calendar.objects.filter(versions__number=1)}
    problems = _faults(targets, calendars)
    for problem in sla_plans.condition_problems(condition, at=at):
        problems.append(FieldProblem("/condition", problem.code, problem.sentence(condition)))
    if not note.strip():
        problems.append(FieldProblem("/note", "required", _("Say why the targets change.")))
    if problems:
        raise Invalid(errors=problems)

    kept = {(row.metric, row.severity): row for row in last.targets.all()} if last else {}
    version = SlaPlanVersion.objects.create(
        plan=plan,
        number=last.number + 1 if last else 1,
        condition=condition.strip(),
        keeps_when_submitter_raises=keeps_when_submitter_raises,
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
            working_days=target.working_days,
            calendar=calendars[target.calendar_key],
            warn_percent=sorted(set(target.warn_percent)),
            pause_reasons=sorted(set(target.pause_reasons)),
            **_kept(target, kept.get((target.metric, target.severity))),
        )
        for target in targets
    )
    record(
        events.SLA_PLAN_PUBLISHED,
        subject=plan,
        by=by,
        at=at,
        data={"plan": plan.name, "version": version.number, "note": version.note},
        organization_id=organization_of(by),
    )
    transaction.on_commit(sla_plans.forget)
    return version


@transaction.atomic
def create_plan(*, name: str, by: Actor, at: datetime, position: int = 0) -> SlaPlan:
    """Make a plan that applies to nothing until its first version is published. `at` is aware UTC.

    Records `sla_plan.changed`. Raises `Invalid` (name missing or taken), `NotPermitted`.
    """
    check_may_edit(by)
    plan = SlaPlan.objects.create(name=checked_name(name, None), position=checked_position(position))
    record(
        events.SLA_PLAN_CHANGED,
        subject=plan,
        by=by,
        at=at,
        data={"name": plan.name, "position": plan.position, "is_active": True},
        organization_id=organization_of(by),
    )
    return plan


def checked_name(name: str, plan: SlaPlan | None) -> str:
    """A plan's name, trimmed. Raises `Invalid` where it is empty, too long or another plan's."""
    name = name.strip()
    if not 0 < len(name) <= 80:
        raise Invalid(errors=[FieldProblem("/name", "required", _("Give the plan a name of at most 80 characters."))])
    if SlaPlan.objects.filter(name=name).exclude(pk=plan.pk if plan is not None else 0).exists():
        raise Invalid(errors=[FieldProblem("/name", "taken", _("There is a plan of this name."))])
    return name


def checked_position(position: int) -> int:
    """A plan's place among the plans, lowest first. Raises `Invalid` outside 0 to 999."""
    if not 0 <= position <= 999:
        raise Invalid(errors=[FieldProblem("/position", "out_of_range", _("A place is a number from 0 to 999."))])
    return position


def organization_of(by: Actor) -> int:
    """Whose event a change of configuration is."""
    return by.organization_id if by is not None else _internal_id()


def check_may_edit(by: Actor) -> None:
    """Raises `NotPermitted` unless an administrator, or the system."""
    if by is not None and by.reach(Action.CONFIG_EDIT) is not Reach.ALL:
        raise NotPermitted(_("SLA plans are changed by an administrator."), rule=Action.CONFIG_EDIT)


def _kept(target: TargetInput, before: SlaTarget | None) -> dict[str, Any]:
    """The fields that stay as they were where nothing is said of them; a cap goes with its reason."""
    caps = target.pause_caps if target.pause_caps is not None else (before.pause_caps if before else {})
    reopen = target.reopen or (before.reopen if before else SlaTarget.Reopen.CONTINUE)
    return {
        "pause_caps": {reason: dict(cap) for reason, cap in caps.items() if reason in target.pause_reasons},
        "reopen": reopen,
        "grace_s": before.grace_s if target.grace_s is None and target.keeps_grace and before else target.grace_s,
    }


def _cap_is_fit(cap: object) -> bool:
    """Exactly one of seconds (a minute to 400 days) and working_days (1 to 250)."""
    if not isinstance(cap, Mapping) or len(cap) != 1:
        return False
    [(unit, amount)] = cap.items()
    if not isinstance(amount, int) or isinstance(amount, bool):
        return False
    return (unit == "seconds" and LEAST_S <= amount <= MOST_S) or (unit == "working_days" and 1 <= amount <= MOST_DAYS)


def _faults(targets: Sequence[TargetInput], calendars: dict[str, Calendar]) -> list[FieldProblem]:
    problems = []

    def fault(index: int, field: str, code: str, sentence: str) -> None:
        problems.append(FieldProblem(f"/targets/{index}/{field}", code, sentence))

    seen: set[tuple[str, int | None]] = set()
    for index, target in enumerate(targets):
        if target.metric not in PLANNED_METRICS:
            fault(index, "metric", "unknown", _("Choose one of A, F, N, R, U, C, M."))
        if target.severity is not None and target.severity not in Severity.values:
            fault(index, "severity", "unknown", _("Choose a severity from 0 to 4, or none for any."))
        if (target.metric, target.severity) in seen:
            fault(index, "severity", "duplicate", _("This clock already has a target for this severity."))
        seen.add((target.metric, target.severity))
        if target.working_days:
            if target.seconds or not 1 <= target.working_days <= MOST_DAYS:
                sentence = _("Give seconds or 1 to 250 working days, never both.")
                fault(index, "working_days", "out_of_range", sentence)
        elif not LEAST_S <= target.seconds <= MOST_S:
            fault(index, "seconds", "out_of_range", _("A target is between one minute and 400 days."))
        if target.calendar_key not in calendars:
            fault(index, "calendar", "unknown", _("There is no published calendar of this name."))
        if any(not 1 <= percent <= 99 for percent in target.warn_percent):
            fault(index, "warn_percent", "out_of_range", _("A warning comes between 1 and 99 percent of the target."))
        if any(reason not in WaitingOn.values for reason in target.pause_reasons):
            fault(index, "pause_reasons", "unknown", _("Choose from: submitter, consult, external."))
        elif target.pause_reasons and target.metric not in PAUSABLE_METRICS:
            fault(index, "pause_reasons", "not_pausable", _("Only the resolve clock may pause."))
        for reason, cap in (target.pause_caps or {}).items():
            if reason not in target.pause_reasons:
                fault(index, "pause_caps", "unknown", _("A cap belongs to a reason that pauses this clock."))
            elif not _cap_is_fit(cap):
                fault(index, "pause_caps", "out_of_range", _("A cap is so many working days or so many seconds."))
        if target.reopen is not None and target.reopen not in SlaTarget.Reopen.values:
            fault(index, "reopen", "unknown", _("Choose continue or fresh."))
        if target.grace_s is not None and not 0 <= target.grace_s <= MOST_S:
            fault(index, "grace_s", "out_of_range", _("Grace is between nothing and 400 days."))
    for metric in sorted(REQUIRED_METRICS):
        covered = {target.severity for target in targets if target.metric == metric}
        if None not in covered and covered != set(Severity.values):
            sentence = _("%(clock)s has no target for some severities: every case needs one.")
            problems.append(FieldProblem("/targets", "incomplete", sentence % {"clock": Metric(metric).label}))
    return problems


def _internal_id() -> int:
    return Organization.objects.get(kind=Organization.Kind.INTERNAL).pk

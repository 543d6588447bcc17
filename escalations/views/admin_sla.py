"""Administration of what is promised (ADM-3): targets by clock and severity, versions, a preview, a tester."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.permissions import can
from accounts.roles import Action
from core.errors import Invalid
from escalations.filters.limits import TooSlow, within
from escalations.forms.admin_sla import (
    METRICS,
    PAUSES,
    TargetRow,
    TesterForm,
    read_rows,
    rows_of,
    with_errors,
    words_of,
)
from escalations.lifecycle import Metric, Severity, WaitingOn
from escalations.models import SlaPlan, SlaPlanVersion, SlaTarget
from escalations.operations.sla_plans import TargetInput, publish_plan_version
from escalations.selectors.admin_sla import open_clocks
from escalations.selectors.sla_plans import due_of_target
from escalations.views.admin_queues import asker
from oncall.models import Calendar
from oncall.operations.calendars import ALWAYS

__all__ = ["edit", "matrix"]

_SECONDS = 3.0


@dataclass(frozen=True)
class Cell:
    """A target in words."""

    time: str
    calendar: str
    warnings: str
    pauses: str


@dataclass(frozen=True)
class Tested:
    """When a clock that starts at the tester's time is due, and from when it counts as missed; None: not within 400 days."""

    metric: Metric
    due_at: datetime | None
    breach_at: datetime | None


@dataclass(frozen=True)
class Changed:
    """A cell that the draft changes, with how many open clocks stand on the old value."""

    metric: Metric
    severity: Severity
    before: str
    after: str
    open: int | None


@login_required
@require_GET
def matrix(request: HttpRequest) -> HttpResponse:
    """The targets of a plan's version (`?plan=`, `?version=`; else those in force), all versions, the tester."""
    viewer, at = asker(request, Action.CONFIG_READ)
    plans = list(SlaPlan.objects.filter(is_active=True, versions__isnull=False).distinct().order_by("position", "id"))
    asked = _number(request.GET.get("plan", ""))
    plan = get_object_or_404(SlaPlan, pk=asked) if "plan" in request.GET else next(iter(plans), None)
    versions = list(plan.versions.select_related("published_by").order_by("-number")[:100]) if plan else []
    shown = versions[0] if versions else None
    if plan and "version" in request.GET:
        rows = plan.versions.select_related("published_by")
        shown = get_object_or_404(rows, number=_number(request.GET["version"]))
    targets = _targets(shown)
    tester = TesterForm(
        request.GET if "severity" in request.GET else None,
        at=at,
        initial={"severity": 2, "start": timezone.localtime(at).replace(second=0, microsecond=0)},
    )
    tested = _tested(targets, tester) if tester.is_bound and tester.is_valid() else []
    context = {
        "plan": plan,
        "plans": plans,
        "shown": shown,
        "newest": versions[0] if versions else None,
        "versions": versions,
        "levels": list(Severity),
        "table": [(metric, [_cell(_target_for(targets, metric, level)) for level in Severity]) for metric in METRICS],
        "tester": tester,
        "tested": tested,
        "may_edit": can(viewer, Action.CONFIG_EDIT),
    }
    return render(request, "escalations/admin/sla.html", context, status=422 if tester.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The draft of a plan's next version: checked and previewed, then published."""
    viewer, at = asker(request, Action.CONFIG_EDIT)
    plan = get_object_or_404(SlaPlan, pk=plan_id)
    newest = plan.versions.select_related("published_by").order_by("-number").first()
    number = newest.number if newest else 0
    calendars = list(Calendar.objects.filter(versions__number=1).order_by("name", "id"))
    before = rows_of(_targets(newest))
    context: dict[str, Any] = {
        "plan": plan,
        "newest": newest,
        "base": number,
        "calendars": calendars,
        "rows": before,
        "pauses": PAUSES,
    }
    if request.method == "GET":
        return render(request, "escalations/admin/sla_edit.html", context)
    rows, inputs = read_rows(request.POST, [calendar.key for calendar in calendars])
    note = request.POST.get("note", "").replace("\x00", "")[:300]
    is_publishing = request.POST.get("do") == "publish"
    context |= {"rows": rows, "note": note, "faults": [], "note_errors": []}
    if any(row.errors for row in rows):
        return render(request, "escalations/admin/sla_edit.html", context, status=422)
    if is_publishing and _number(request.POST.get("base", "")) != number:
        context["conflict"] = newest
        return render(request, "escalations/admin/sla_edit.html", context, status=409)
    if is_publishing:
        try:
            made = publish_plan_version(plan_id=plan.pk, targets=inputs, note=note, by=viewer, at=at)
        except Invalid as error:
            rows, rest = with_errors(rows, error)
            context["rows"] = rows
            context["note_errors"] = [problem.detail for problem in rest if problem.pointer == "/note"]
            context["faults"] = [problem.detail for problem in rest if problem.pointer != "/note"]
            return render(request, "escalations/admin/sla_edit.html", context, status=422)
        messages.success(request, _("Version %(number)d is in force for new cases.") % {"number": made.number})
        return redirect("escalations:admin-sla")
    context["changes"] = _changes(plan, before, rows, inputs, _targets(newest))
    return render(request, "escalations/admin/sla_edit.html", context)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _targets(version: SlaPlanVersion | None) -> list[SlaTarget]:
    return list(version.targets.select_related("calendar")) if version else []


def _target_for(targets: list[SlaTarget], metric: Metric, level: Severity) -> SlaTarget | None:
    by_key = {(target.metric, target.severity): target for target in targets}
    return by_key.get((metric, level)) or by_key.get((metric, None))


def _cell(target: SlaTarget | None) -> Cell | None:
    if target is None:
        return None
    key = target.calendar.key
    return Cell(
        words_of(target.seconds, calendar_key=key, working_days=target.working_days),
        "" if key == ALWAYS else target.calendar.name,
        ", ".join(f"{percent} %" for percent in sorted(target.warn_percent)),
        ", ".join(str(WaitingOn(reason).label) for reason in target.pause_reasons),
    )


def _tested(targets: list[SlaTarget], tester: TesterForm) -> list[Tested]:
    start, level = tester.cleaned_data["start"], Severity(tester.cleaned_data["severity"])
    found = []
    for metric in METRICS:
        target = _target_for(targets, metric, level)
        if target is not None:
            promised = due_of_target(target, start)
            found.append(Tested(metric, promised.due_at, promised.breach_at))
    return found


def _changes(
    plan: SlaPlan,
    before: list[TargetRow],
    after: list[TargetRow],
    inputs: list[TargetInput],
    targets: list[SlaTarget],
) -> list[Changed]:
    """What differs; counts are of open clocks the viewer's transaction can see, None where counting takes too long."""
    try:
        counts: dict[tuple[str, int], int] | None = within(_SECONDS, lambda: open_clocks(plan))
    except TooSlow:
        counts = None
    changed = []
    sent = {(given.metric, given.severity): given for given in inputs}
    for old, new in zip(before, after, strict=True):
        target = _target_for(targets, new.metric, new.severity)
        given = sent.get((new.metric, new.severity))
        same = (target is None) == (given is None) and (
            target is None or given is None or _says(target) == _asks(given)
        )
        if not same:
            open_now = None if counts is None else counts.get((new.metric.value, new.severity.value), 0)
            changed.append(Changed(new.metric, new.severity, _words(old), _words(new), open_now))
    return changed


def _says(target: SlaTarget) -> tuple[object, ...]:
    pauses = sorted(reason for reason in target.pause_reasons if reason in PAUSES)
    return target.seconds, target.working_days, target.calendar.key, sorted(target.warn_percent), pauses


def _asks(given: TargetInput) -> tuple[object, ...]:
    warnings = sorted(set(given.warn_percent))
    return given.seconds, given.working_days, given.calendar_key, warnings, sorted(given.pause_reasons)


def _words(row: TargetRow) -> str:
    parts = [row.time, "" if row.calendar == ALWAYS else row.calendar, f"{row.warnings} %" if row.warnings else ""]
    parts += [str(WaitingOn(reason).label) for reason in row.pauses]
    return " · ".join(part for part in parts if part) or "–"

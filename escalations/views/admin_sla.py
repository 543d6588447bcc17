"""Administration of what is promised (ADM-3): targets by clock and severity, versions, a preview, a tester."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import can
from accounts.roles import Action
from core.api.parsers import loads
from core.errors import DomainError, FieldProblem, Invalid, NotPermitted
from core.htmx import render_part
from escalations.api.documentation import SUBMIT_EXAMPLE
from escalations.clock_life import RESPONSE_METRICS
from escalations.filters.limits import TooSlow, within
from escalations.forms.admin_sla import (
    METRICS,
    PAUSES,
    PlanForm,
    TargetRow,
    TesterForm,
    cap_words,
    read_rows,
    rows_of,
    with_errors,
    words_of,
)
from escalations.lifecycle import Metric, Severity, WaitingOn
from escalations.models import SlaJob, SlaPlan, SlaPlanVersion, SlaTarget
from escalations.operations.routing_bench import try_submission
from escalations.operations.sla_apply import change_plan
from escalations.operations.sla_jobs import NothingToApply, count_stale, order_apply, stop_job
from escalations.operations.sla_plans import TargetInput, create_plan, publish_plan_version
from escalations.selectors.admin_sla import open_clocks
from escalations.selectors.sla_plans import condition_problems, due_of_target, plans_in_force
from escalations.selectors.sla_preview import preview_calendar, preview_plan
from escalations.views.admin_queues import asker
from escalations.views.admin_routing import BenchForm
from oncall.models import Calendar
from oncall.operations.calendars import ALWAYS
from oncall.selectors.calendars import spec_of

__all__ = ["apply", "change", "edit", "job", "matrix", "new_plan", "tester"]

_SECONDS = 3.0


@dataclass(frozen=True)
class Cell:
    """A target in words."""

    time: str
    calendar: str
    warnings: str
    pauses: str
    more: str = ""


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
    plans = list(SlaPlan.objects.order_by("-is_active", "position", "id"))
    asked = _number(request.GET.get("plan", ""))
    plan = (
        get_object_or_404(SlaPlan, pk=asked)
        if "plan" in request.GET
        else next((one for one in plans if one.is_active), None)
    )
    versions = list(plan.versions.select_related("published_by").order_by("-number")[:100]) if plan else []
    shown = versions[0] if versions else None
    if plan and "version" in request.GET:
        rows = plan.versions.select_related("published_by")
        shown = get_object_or_404(rows, number=_number(request.GET["version"]))
    targets = _targets(shown)
    before = plan.versions.filter(number=shown.number - 1).first() if plan and shown else None
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
        "before": before,
        "differences": _differences(before, shown) if before and shown else [],
        "stale": count_stale(plan, by=viewer) if plan and shown else 0,
        "running": SlaJob.objects.filter(plan=plan, state=SlaJob.State.RUNNING).first() if plan else None,
        "plan_form": PlanForm(initial={"name": plan.name, "position": plan.position}) if plan else None,
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
        "condition": newest.condition if newest else "",
        "keeps": newest.keeps_when_submitter_raises if newest else False,
    }
    if request.method == "GET":
        return render(request, "escalations/admin/sla_edit.html", context)
    rows, inputs = read_rows(request.POST, [calendar.key for calendar in calendars])
    note = request.POST.get("note", "").replace("\x00", "")[:300]
    is_publishing = request.POST.get("do") == "publish"
    condition = request.POST.get("condition", context["condition"]).replace("\x00", "").strip()
    keeps = "keeps" in request.POST
    context |= {"rows": rows, "note": note, "faults": [], "note_errors": [], "condition": condition, "keeps": keeps}
    faults = [problem.sentence(condition) for problem in condition_problems(condition, at=at)]
    context["condition_errors"] = faults
    if faults or any(row.errors for row in rows):
        return render(request, "escalations/admin/sla_edit.html", context, status=422)
    if is_publishing and _number(request.POST.get("base", "")) != number:
        context["conflict"] = newest
        return render(request, "escalations/admin/sla_edit.html", context, status=409)
    if is_publishing:
        try:
            made = publish_plan_version(
                plan_id=plan.pk,
                targets=inputs,
                note=note,
                condition=condition,
                keeps_when_submitter_raises=keeps,
                by=viewer,
                at=at,
            )
        except Invalid as error:
            rows, rest = with_errors(rows, error)
            context["rows"] = rows
            context["note_errors"] = [problem.detail for problem in rest if problem.pointer == "/note"]
            context["faults"] = [problem.detail for problem in rest if problem.pointer != "/note"]
            return render(request, "escalations/admin/sla_edit.html", context, status=422)
        messages.success(request, _("Version %(number)d is in force for new cases.") % {"number": made.number})
        return redirect(f"{reverse('escalations:admin-sla')}?plan={plan.pk}")
    context["changes"] = _changes(plan, before, rows, inputs, _targets(newest))
    context["condition_before"] = newest.condition if newest else ""
    context["keeps_before"] = newest.keeps_when_submitter_raises if newest else False
    context["impact"] = preview_plan(plan, inputs, viewer=viewer, at=at)
    return render(request, "escalations/admin/sla_edit.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new_plan(request: HttpRequest) -> HttpResponse:
    """Make a plan; it applies to nothing until its first version is published."""
    viewer, at = asker(request, Action.CONFIG_EDIT)
    form = PlanForm(request.POST or None, initial={"position": 0})
    if request.method == "POST" and form.is_valid():
        try:
            made = create_plan(name=form.cleaned_data["name"], position=form.cleaned_data["position"], by=viewer, at=at)
        except Invalid as error:
            for problem in error.errors:
                form.add_error(problem.pointer.strip("/"), problem.detail)
        else:
            messages.success(request, _("Now say what it promises: it applies once its first version is published."))
            return redirect("escalations:admin-sla-edit", made.pk)
    return render(request, "escalations/admin/sla_plan.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_POST
def change(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Rename or move a plan, or switch it off or on (`do`)."""
    viewer, at = asker(request, Action.CONFIG_EDIT)
    plan = get_object_or_404(SlaPlan, pk=plan_id)
    do = request.POST.get("do", "save")
    form = PlanForm(request.POST if do == "save" else {"name": plan.name, "position": plan.position})
    if form.is_valid():
        try:
            change_plan(
                plan_id=plan.pk,
                name=form.cleaned_data["name"],
                position=form.cleaned_data["position"],
                is_active={"off": False, "on": True}.get(do),
                by=viewer,
                at=at,
            )
        except Invalid as error:
            for problem in error.errors:
                form.add_error(problem.pointer.strip("/"), problem.detail)
        else:
            said = {
                "off": _("The plan is off; its open clocks went over to the plan that takes their case now."),
                "on": _("The plan is on for new cases."),
            }.get(do, _("Saved."))
            messages.success(request, said)
            return redirect(f"{reverse('escalations:admin-sla')}?plan={plan.pk}")
    return render(request, "escalations/admin/sla_plan.html", {"form": form, "plan": plan}, status=422)


@login_required
@require_http_methods(["GET", "POST"])
def apply(request: HttpRequest) -> HttpResponse:
    """What applying the newest version of `?plan=` or `?calendar=` to open clocks would do; sent, it becomes a job."""
    viewer, at = asker(request, Action.CONFIG_EDIT)
    asked, key = _number(request.GET.get("plan", "")), request.GET.get("calendar", "")
    about: SlaPlan | Calendar = (
        get_object_or_404(SlaPlan, pk=asked) if asked else get_object_or_404(Calendar, key=key.replace("\x00", ""))
    )
    refused = ""
    if request.method == "POST":
        try:
            made = order_apply(about, by=viewer, at=at)
        except NothingToApply as error:
            refused = error.detail
        else:
            return redirect("escalations:admin-sla-job", made.pk)
    newest = about.versions.order_by("-number").first()
    if newest is None:
        raise Http404
    if isinstance(about, SlaPlan):
        assert isinstance(newest, SlaPlanVersion)
        impact = preview_plan(about, [_input_of(target) for target in _targets(newest)], viewer=viewer, at=at)
        jobs = SlaJob.objects.filter(plan=about)
    else:
        impact = preview_calendar(about, spec_of(newest.pk), viewer=viewer, at=at)
        jobs = SlaJob.objects.filter(calendar=about)
    context = {
        "about": about,
        "is_plan": isinstance(about, SlaPlan),
        "newest": newest,
        "stale": count_stale(about, by=viewer),
        "impact": impact,
        "jobs": jobs.select_related("asked_by").order_by("-asked_at", "-id")[:20],
        "refused": refused,
    }
    return render(request, "escalations/admin/sla_apply.html", context, status=409 if refused else 200)


@login_required
@require_http_methods(["GET", "POST"])
def job(request: HttpRequest, job_id: int) -> HttpResponse:
    """How far an order is; sent, it stops between two batches."""
    viewer, at = asker(request, Action.CONFIG_READ)
    found = get_object_or_404(SlaJob.objects.select_related("plan", "calendar", "asked_by"), pk=job_id)
    if request.method == "POST":
        asker(request, Action.CONFIG_EDIT)
        stop_job(job_id=found.pk, by=viewer, at=at)
        return redirect("escalations:admin-sla-job", found.pk)
    context = {
        "job": found,
        "about": found.plan or found.calendar,
        "runs": found.state == SlaJob.State.RUNNING,
        "may_edit": can(viewer, Action.CONFIG_EDIT),
    }
    return render_part(request, "escalations/admin/sla_job.html", "escalations/admin/_sla_job.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def tester(request: HttpRequest) -> HttpResponse:
    """Paste the facts of a case: its plan, targets, due times, and why. Nothing of it is kept."""
    viewer, at = asker(request, Action.CONFIG_READ)
    example = {name: value for name, value in SUBMIT_EXAMPLE.items() if name != "external_ref"}
    form = BenchForm(request.POST or None, initial={"body": json.dumps(example, indent=2)})
    found = None
    if request.method == "POST" and form.is_valid():
        try:
            body = loads(form.cleaned_data["body"].encode())
            found = try_submission(body=body, organization=form.cleaned_data["organization"], by=viewer, at=at)
        except Invalid as error:
            for problem in error.errors or [FieldProblem("", error.given_code, error.detail)]:
                form.add_error("body", f"{problem.pointer} {problem.detail}".strip())
        except NotPermitted:
            raise
        except DomainError as error:
            form.add_error("body", error.detail)
    chosen = next((one.target.version_id for one in found.clocks if one.target), None) if found else None
    passed = []
    for plan in plans_in_force().plans:
        if plan.version_id == chosen:
            break
        passed.append(plan)
    context = {"form": form, "found": found, "passed": passed if found else []}
    return render(request, "escalations/admin/sla_tester.html", context, status=422 if form.errors else 200)


def _input_of(target: SlaTarget) -> TargetInput:
    return TargetInput(
        target.metric,
        target.severity,
        target.seconds,
        target.calendar.key,
        tuple(target.warn_percent),
        tuple(target.pause_reasons),
        target.working_days,
        pause_caps=target.pause_caps,
        reopen=target.reopen,
        grace_s=target.grace_s,
    )


def _differences(before: SlaPlanVersion, after: SlaPlanVersion) -> list[Changed]:
    """What a version changed from the one before it, target by target."""
    return [
        Changed(old.metric, old.severity, _words(old), _words(new), None)
        for old, new in zip(rows_of(_targets(before)), rows_of(_targets(after)), strict=True)
        if _words(old) != _words(new)
    ]


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
        ", ".join(f"{percent}\u00a0%" for percent in sorted(target.warn_percent)),
        ", ".join(
            f"{WaitingOn(reason).label} ({_('at most %(time)s') % {'time': cap_words(target.pause_caps[reason])}})"
            if reason in target.pause_caps
            else str(WaitingOn(reason).label)
            for reason in target.pause_reasons
        ),
        _more(target, key),
    )


def _more(target: SlaTarget, calendar_key: str) -> str:
    """Its own grace, and that a reopened case starts afresh; empty for what is usual."""
    parts = []
    if target.grace_s is not None and target.metric in RESPONSE_METRICS:
        parts.append(_("grace %(time)s") % {"time": words_of(target.grace_s, calendar_key=calendar_key)})
    if target.reopen == SlaTarget.Reopen.FRESH:
        parts.append(str(SlaTarget.Reopen.FRESH.label))
    return ", ".join(parts)


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
    caps = {reason: cap for reason, cap in target.pause_caps.items() if reason in pauses}
    warnings = sorted(target.warn_percent)
    more = target.grace_s, target.reopen if target.metric == Metric.RESOLVE else None
    return target.seconds, target.working_days, target.calendar.key, warnings, pauses, caps, *more


def _asks(given: TargetInput) -> tuple[object, ...]:
    warnings = sorted(set(given.warn_percent))
    return (
        given.seconds,
        given.working_days,
        given.calendar_key,
        warnings,
        sorted(given.pause_reasons),
        dict(given.pause_caps or {}),
        given.grace_s,
        given.reopen,
    )


def _words(row: TargetRow) -> str:
    parts = [row.time, "" if row.calendar == ALWAYS else row.calendar, f"{row.warnings} %" if row.warnings else ""]
    parts += [
        f"{WaitingOn(reason).label} ≤ {row.caps[reason]}" if row.caps.get(reason) else str(WaitingOn(reason).label)
        for reason in row.pauses
    ]
    parts += [_("grace %(time)s") % {"time": row.grace}] if row.grace else []
    parts += [str(SlaTarget.Reopen.FRESH.label)] if row.reopen == SlaTarget.Reopen.FRESH else []
    return " · ".join(part for part in parts if part) or "–"

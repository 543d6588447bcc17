"""A case's clocks: why each is due when it is, and what a named person may do about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.roles import Action
from core.errors import DomainError
from core.htmx import done
from core.types import AtRequest
from escalations import permissions
from escalations.forms import clocks as forms
from escalations.lifecycle import CaseStatus, Metric
from escalations.models import Case
from escalations.operations import cases, clock_acts
from escalations.selectors.case import find_case
from escalations.selectors.clock_story import Cycle, MetricStory, story_of


@dataclass(frozen=True)
class ClockAct:
    """One act: its words, its form, when it is offered, what it does."""

    name: str
    title: str | Promise
    button: str | Promise
    said: str | Promise
    form: type[forms.ClockForm]
    action: Action
    fits: Callable[[Case, list[MetricStory]], bool]
    do: Callable[[Case, Any, User, datetime], object]


def _runs(metric: Metric) -> Callable[[Case, list[MetricStory]], bool]:
    return lambda _case, stories: any(story.metric is metric and story.ongoing is not None for story in stories)


def _is_open(case: Case, _stories: list[MetricStory]) -> bool:
    return case.status != CaseStatus.CLOSED


def _has_miss(_case: Case, stories: list[MetricStory]) -> bool:
    return any(cycle.missed_at and not cycle.is_excused for story in stories for cycle in story.cycles)


ACTS: dict[str, ClockAct] = {
    act.name: act
    for act in (
        ClockAct(
            "excuse",
            gettext_lazy("Excuse the miss"),
            gettext_lazy("Excuse"),
            gettext_lazy("Excused. Reports show both figures."),
            forms.ExcuseForm,
            Action.CLOCK_OVERRIDE,
            _has_miss,
            lambda case, form, by, at: clock_acts.excuse_clock(
                case_id=case.pk,
                clock_id=form.cleaned_data["clock"],
                reason=form.cleaned_data["reason"],
                by=by,
                at=at,
            ),
        ),
        ClockAct(
            "waive",
            gettext_lazy("No answer is needed"),
            gettext_lazy("Stop the clock"),
            gettext_lazy("The clock stopped: no answer was needed."),
            forms.WaiveForm,
            Action.MESSAGE_SUBMITTER,
            _runs(Metric.NEXT_RESPONSE),
            lambda case, form, by, at: clock_acts.no_answer_needed(
                case_id=case.pk, reason=form.cleaned_data["reason"], by=by, at=at
            ),
        ),
        ClockAct(
            "wait",
            gettext_lazy("Wait for somebody outside"),
            gettext_lazy("Wait"),
            gettext_lazy("The case waits. Clocks that may stand still for it do."),
            forms.WaitForm,
            Action.CLOCK_PAUSE,
            lambda case, _stories: case.status == CaseStatus.IN_REVIEW,
            lambda case, form, by, at: cases.wait_outside(
                case_id=case.pk, reason=form.cleaned_data["reason"], until=form.moment("until"), by=by, at=at
            ),
        ),
        ClockAct(
            "resume",
            gettext_lazy("Go on: it waits no more"),
            gettext_lazy("Go on"),
            gettext_lazy("The case goes on, and its clocks with it."),
            forms.ResumeForm,
            Action.CLOCK_PAUSE,
            lambda case, _stories: case.status == CaseStatus.WAITING,
            lambda case, _form, by, at: cases.resume_case(case_id=case.pk, by=by, at=at),
        ),
        ClockAct(
            "elsewhere",
            gettext_lazy("The submitter was answered elsewhere"),
            gettext_lazy("Note the answer"),
            gettext_lazy("Noted: the clocks stopped when it was given."),
            forms.ElsewhereForm,
            Action.CLOCK_OVERRIDE,
            lambda case, stories: any(
                _runs(metric)(case, stories) for metric in (Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE, Metric.UPDATE)
            ),
            lambda case, form, by, at: clock_acts.answered_elsewhere(
                case_id=case.pk,
                occurred_at=form.moment("occurred_at"),
                reason=form.cleaned_data["reason"],
                by=by,
                at=at,
            ),
        ),
        ClockAct(
            "promise",
            gettext_lazy("Promise news by a time"),
            gettext_lazy("Promise"),
            gettext_lazy("Promised. The clock ends with your next message to the submitter."),
            forms.PromiseForm,
            Action.MESSAGE_SUBMITTER,
            _is_open,
            lambda case, form, by, at: clock_acts.promise_update(
                case_id=case.pk, until=form.moment("until"), by=by, at=at
            ),
        ),
        ClockAct(
            "correct",
            gettext_lazy("Correct the classification"),
            gettext_lazy("Correct"),
            gettext_lazy("Corrected: the whole time is judged by the right target."),
            forms.CorrectForm,
            Action.CLOCK_OVERRIDE,
            _is_open,
            lambda case, form, by, at: clock_acts.correct_classification(
                case_id=case.pk,
                severity=form.cleaned_data["severity"],
                reason=form.cleaned_data["reason"],
                by=by,
                at=at,
            ),
        ),
        ClockAct(
            "extend",
            gettext_lazy("Move the legal deadline"),
            gettext_lazy("Move"),
            gettext_lazy("The legal deadline is moved."),
            forms.ExtendForm,
            Action.CLOCK_OVERRIDE,
            _runs(Metric.LEGAL),
            lambda case, form, by, at: clock_acts.extend_legal_deadline(
                case_id=case.pk,
                deadline_at=form.moment("deadline_at"),
                evidence_number=form.cleaned_data["evidence_number"],
                reason=form.cleaned_data["reason"],
                by=by,
                at=at,
            ),
        ),
    )
}


@dataclass(frozen=True)
class Offered:
    """An act with its form, as the page shows it; `cycle` for one on a single clock."""

    act: ClockAct
    form: forms.ClockForm
    cycle: Cycle | None = None


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def clocks(request: HttpRequest, ref: str) -> HttpResponse:
    """The clocks with every stretch and change; POST with `do` does one of `ACTS`."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    found = find_case(viewer, ref)
    status, tried = 200, None
    if request.method == "POST":
        act = ACTS.get(request.POST.get("do", ""))
        if act is None:
            raise Http404
        permissions.check_can_act(viewer, act.action, found)
        form = act.form(request.POST, prefix=_prefix(act, request.POST.get("of", "")))
        if form.is_valid():
            try:
                act.do(found, form, viewer, at)
            except DomainError as error:
                if error.status not in (404, 409, 422):
                    raise
                form.take(error)
            else:
                return done(request, "escalations:case-clocks", ref, say=str(act.said))
        status, tried = 422, form
    stories = story_of(found, at=at, with_why=True)
    context = {
        "case": found,
        "at": at,
        "stories": stories,
        "offers": _offers(found, stories, viewer, tried),
        "excuses": _excuses(found, stories, viewer, tried),
        "title": _("Clocks of %(ref)s") % {"ref": found.ref},
    }
    return render(request, "escalations/clocks/detail.html", context, status=status)


def _prefix(act: ClockAct, of: str) -> str:
    return f"{act.name}{of}" if of.isascii() and of.isdecimal() and len(of) < 20 else act.name


def _offers(case: Case, stories: list[MetricStory], viewer: User, tried: forms.ClockForm | None) -> list[Offered]:
    """The acts this person may do now, with the form that was refused in its place."""
    found = []
    for act in ACTS.values():
        if act.name == "excuse" or not act.fits(case, stories) or not permissions.can_act(viewer, act.action, case):
            continue
        is_tried = tried is not None and tried.prefix == act.name
        initial = {"severity": case.severity} if act.name == "correct" else None
        form = tried if is_tried and tried is not None else act.form(prefix=act.name, initial=initial)
        found.append(Offered(act, form))
    return found


def _excuses(case: Case, stories: list[MetricStory], viewer: User, tried: forms.ClockForm | None) -> dict[int, Offered]:
    """The form to excuse each missed clock, by the clock's id."""
    act = ACTS["excuse"]
    if not permissions.can_act(viewer, act.action, case):
        return {}
    found = {}
    for story in stories:
        for cycle in story.cycles:
            if cycle.missed_at is None or cycle.is_excused:
                continue
            prefix = f"{act.name}{cycle.clock_id}"
            is_tried = tried is not None and tried.prefix == prefix
            form = (
                tried if is_tried and tried is not None else act.form(prefix=prefix, initial={"clock": cycle.clock_id})
            )
            found[cycle.clock_id] = Offered(act, form, cycle)
    return found

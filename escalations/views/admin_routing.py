"""Administration of routing (ADM-2): the rules in force, drafts with a dry run, versions, the test bench."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Organization
from accounts.permissions import can
from accounts.roles import Action
from core.api.parsers import loads
from core.errors import DomainError, FieldProblem, Invalid
from escalations.api.documentation import SUBMIT_EXAMPLE
from escalations.filters.limits import TooSlow
from escalations.forms.admin_routing import LEVELS, RuleRow, length_problems, moved, read_rows, rows_of, with_errors
from escalations.models import Queue, RoutingRule, RoutingVersion
from escalations.operations import intake, routing, routing_bench
from escalations.selectors.routing import DAYS, DryRun, dry_run
from escalations.views.admin_queues import asker

__all__ = ["bench", "edit", "rules"]

LONGEST_BODY = 200_000


@login_required
@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """The rules of a version (`?version=`, else the one in force) as sentences, and all versions."""
    viewer, at = asker(request, Action.ROUTING_READ)
    versions = list(RoutingVersion.objects.select_related("published_by").order_by("-number")[:100])
    shown = versions[0] if versions else None
    if asked := request.GET.get("version", ""):
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 0
        shown = get_object_or_404(RoutingVersion.objects.select_related("published_by"), number=number)
    rows = list(shown.rules.select_related("queue").order_by("position")) if shown else []
    warned = {found.position: found.by for found in routing.unreachable([_input(row) for row in rows], at=at)}
    context = {
        "shown": shown,
        "newest": versions[0] if versions else None,
        "versions": versions,
        "rules": [(row, warned.get(row.position, "")) for row in rows],
        "default": routing.ensure_default_queue(),
        "may_edit": can(viewer, Action.ROUTING_EDIT),
        "here": "routing",
    }
    return render(request, "escalations/admin/routing.html", context)


def _input(row: RoutingRule) -> routing.RuleInput:
    return routing.RuleInput(
        row.name, row.filter_text, row.queue.slug, row.severity_floor, tuple(row.skills), row.is_active
    )


@dataclass
class _Draft:
    """What the form shows again."""

    rows: list[RuleRow]
    base: int
    note: str = ""
    focus: str = ""
    faults: list[str] | None = None
    run: DryRun | None = None
    conflict: RoutingVersion | None = None

    @property
    def focus_verb(self) -> str:
        """Which control of `focus_row` takes the focus: name, up or down."""
        return self.focus.partition("-")[0]

    @property
    def focus_row(self) -> int:
        return int(self.focus.partition("-")[2] or -1)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest) -> HttpResponse:
    """The draft: rows are added, moved and removed by buttons, tried on the last seven days, then published."""
    viewer, at = asker(request, Action.ROUTING_EDIT)
    newest = RoutingVersion.objects.select_related("published_by").order_by("-number").first()
    number = newest.number if newest else 0
    if request.method == "GET":
        stored = newest.rules.select_related("queue").order_by("position") if newest else RoutingRule.objects.none()
        return _form(request, _Draft(rows_of(stored) or [RuleRow()], number))
    given, what = request.POST, request.POST.get("do", "check")
    base = given.get("base", "")
    draft = _Draft(
        read_rows(given),
        int(base) if base.isascii() and base.isdigit() and len(base) < 9 else 0,
        given.get("note", "").replace("\x00", "")[:300],
    )
    if what not in ("check", "publish"):
        draft.rows, draft.focus = moved(draft.rows, what)
        return _form(request, draft)
    try:
        problems = length_problems(draft.rows)
        if what == "publish" and not draft.note.strip():
            problems.append(FieldProblem("/note", "required", _("Say why the rules change.")))
        inputs = [row.as_input() for row in draft.rows]
        if problems:
            raise Invalid(errors=problems)
        ready = routing.rules_of(inputs, at=at)
        if what == "publish" and draft.base != number:
            draft.conflict, draft.base = newest, number
            return _form(request, draft, status=409)
        if what == "publish":
            made = routing.publish_routing(rules=inputs, by=viewer, at=at, note=draft.note)
            messages.success(request, _("Version %(number)d is in force for new cases.") % {"number": made.number})
            return redirect("escalations:admin-routing")
    except Invalid as error:
        draft.rows, draft.faults = with_errors(draft.rows, error)
        return _form(request, draft, status=422)
    shadowed = {found.position: found.by for found in routing.unreachable(inputs, at=at)}
    try:
        draft.run = dry_run(ready, viewer=viewer, at=at)
    except TooSlow:
        draft.faults = [_("The last days hold too many cases to try this now. The rules themselves are in order.")]
    taken = draft.run.taken if draft.run else None
    draft.rows = [
        replace(row, shadowed_by=shadowed.get(place, ""), takes=None if taken is None else taken.get(place, 0))
        for place, row in enumerate(draft.rows, start=1)
    ]
    return _form(request, draft)


def _form(request: HttpRequest, draft: _Draft, *, status: int = 200) -> HttpResponse:
    context = {
        "draft": draft,
        "queues": Queue.objects.filter(is_active=True).order_by("position", "name", "id"),
        "levels": LEVELS,
        "days": DAYS,
        "last": len(draft.rows) - 1,
        "most": routing.MOST_RULES,
        "here": "routing",
    }
    return render(request, "escalations/admin/routing_edit.html", context, status=status)


class BenchForm(forms.Form):
    """A submission to try."""

    organization = forms.ModelChoiceField(
        label=gettext_lazy("Sent by"), queryset=Organization.objects.none(), empty_label=None
    )
    body = forms.CharField(
        label=gettext_lazy("Submission"),
        max_length=LONGEST_BODY,
        widget=forms.Textarea(attrs={"rows": 22, "spellcheck": "false", "class": "mono"}),
        help_text=gettext_lazy("JSON, as POST /api/v1/submissions/ takes it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        senders = self.fields["organization"]
        assert isinstance(senders, forms.ModelChoiceField)
        senders.queryset = Organization.objects.filter(is_active=True).order_by("-kind", "name", "id")


@login_required
@require_http_methods(["GET", "POST"])
def bench(request: HttpRequest) -> HttpResponse:
    """Where a pasted submission would land, and why. Nothing of it is kept."""
    viewer, at = asker(request, Action.ROUTING_READ)
    example = {name: value for name, value in SUBMIT_EXAMPLE.items() if name != "external_ref"}
    form = BenchForm(request.POST or None, initial={"body": json.dumps(example, indent=2)})
    found = None
    if request.method == "POST" and form.is_valid():
        try:
            body = loads(form.cleaned_data["body"].encode())
            found = routing_bench.try_submission(
                body=body, organization=form.cleaned_data["organization"], by=viewer, at=at
            )
        except Invalid as error:
            for problem in error.errors or [FieldProblem("", error.given_code, error.detail)]:
                form.add_error("body", f"{problem.pointer} {problem.detail}".strip())
        except DomainError as error:
            form.add_error("body", error.detail)
    names = {name: str(metric.label) for metric, name in intake.PROMISES.items()}
    promised = [(names[name], due_at) for name, due_at in found.promised.items()] if found else []
    context = {
        "form": form,
        "found": found,
        "promised": promised,
        "default": routing.ensure_default_queue(),
        "here": "bench",
    }
    return render(request, "escalations/admin/bench.html", context, status=422 if form.errors else 200)

"""Vendors as the team sees them: the list, one scorecard, its targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Organization, User
from accounts.permissions import can
from accounts.roles import Action
from core.errors import Invalid
from core.htmx import done
from core.types import AtRequest
from reporting import charts, permissions
from reporting.measures import MEASURES, Unit
from reporting.models import ContractTarget
from reporting.operations import contracts
from reporting.pages import scorecards
from reporting.pages.asking import asked_by
from reporting.selectors import scorecard as selectors
from reporting.selectors.figures import Value, Window, in_words, scope_of
from reporting.statistics import Signal
from reporting.views.tabs import tabs_for
from reporting.views.vendor_files import notes_of


@login_required
@require_safe
def vendor_list(request: AtRequest) -> HttpResponse:
    """Every vendor with its figures, state word and top reason (VEN-1, CH-21)."""
    viewer = cast("User", request.user)
    permissions.check_can_see_reports(viewer)
    ask = asked_by(viewer, request.GET, at=request.at).ask
    scope = scope_of(viewer)
    vendors = list(Organization.objects.filter(kind=Organization.Kind.VENDOR, is_active=True).order_by("name"))
    lines = selectors.vendor_lines(vendors, scope=scope, at=request.at, zone=ask.zone)
    # Whoever needs attention first: what fell, then the rest by name.
    lines.sort(key=lambda line: (line.state is not Signal.DOWN, line.vendor.name.casefold()))
    shown = [
        {
            "line": line,
            "word": scorecards.STATE_WORDS[line.state],
            "cells": [_cell(line, key) for key in selectors.LISTED],
            "spark": charts.spark(line.spark, str(scorecards.STATE_WORDS[line.state])),
            "is_due": line.review_on <= request.at.astimezone(ask.zone).date(),
        }
        for line in lines
    ]
    context = {
        "vendors": shown,
        "headers": [MEASURES[key].label for key in selectors.LISTED],
        # What nobody has facts for has no column.
        "has_accuracy": any(line.accuracy for line in lines),
        "has_reviews": permissions.sees_whole_vendors(viewer),
        "ask": ask,
        "tabs": tabs_for(viewer, "vendors"),
    }
    return render(request, "reporting/vendors/list.html", context)


@dataclass(frozen=True)
class Cell:
    label: Any
    text: str
    target: str
    misses: bool


def _cell(line: selectors.VendorLine, key: str) -> Cell:
    measure, figure, target = MEASURES[key], line.figures.get(key), line.targets.get(key)
    value = figure.value if figure else None
    misses = target is not None and value is not None
    misses = misses and (value > target if measure.better == "down" else value < target)  # type: ignore[operator]
    return Cell(
        measure.label,
        figure.text if figure else "—",
        in_words(target, measure.unit) if target is not None else "",
        misses,
    )


def _vendor(slug: str) -> Organization:
    return get_object_or_404(Organization, slug=slug, kind=Organization.Kind.VENDOR)


@login_required
@require_safe
def vendor(request: AtRequest, slug: str) -> HttpResponse:
    """One vendor's scorecard (VEN-2): eight figures against what was agreed, their weeks, and what changed."""
    viewer = cast("User", request.user)
    permissions.check_can_see_reports(viewer)
    found = _vendor(slug)
    ask = asked_by(viewer, request.GET, at=request.at).ask
    card = selectors.scorecard(found, scope=scope_of(viewer), at=request.at, zone=ask.zone)

    def link(key: str, window: Window, side: str, texts: Sequence[str]) -> str:
        terms = [Value("", "", text) for text in (f"vendor:{found.slug}", *texts)]
        return ask.drill(key, window, side=side, values=terms)

    def file(key: str, form: str) -> str:
        return reverse(f"reporting:vendor-{form}", args=[found.slug, key]) + ask.query()

    context = {
        "vendor": found,
        "ask": ask,
        "tabs": tabs_for(viewer, "vendors"),
        "may_edit": can(viewer, Action.VENDORS_EDIT),
        "sees_whole": permissions.sees_whole_vendors(viewer),
        "annotate_url": f"{reverse('reporting:annotation-new')}?{urlencode({'vendor': found.slug, 'next': request.path})}"
        if permissions.can_annotate_somewhere(viewer)
        else "",
        **scorecards.present(
            card,
            lambda days: Window.last(days=days, at=request.at, zone=ask.zone),
            link,
            file=file,
            notes=notes_of(viewer, found, at=request.at, zone=ask.zone),
        ),
    }
    return render(request, "reporting/vendors/scorecard.html", context)


_SCORED = [(key, MEASURES[key].label) for key in selectors.KPIS]


class TargetForm(forms.Form):
    """What was agreed, in words of the page: percent for shares, hours for times."""

    measure = forms.ChoiceField(label=gettext_lazy("Figure"), choices=_SCORED)
    value = forms.FloatField(
        label=gettext_lazy("Target"),
        required=False,
        min_value=0,
        max_value=10_000_000,  # hours become seconds: still a time that can be said
        help_text=gettext_lazy("Percent for shares, hours for times, a number otherwise. Empty takes the target away."),
    )
    starts_on = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(label=gettext_lazy("Where it is written"), max_length=contracts.NOTE_MAX, required=False)


def _of_page(measure: str, value: float | None) -> float | None:
    """From percent and hours to shares and seconds."""
    if value is None:
        return None
    return {Unit.SHARE: value / 100, Unit.SECONDS: value * 3600}.get(MEASURES[measure].unit, value)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def targets(request: AtRequest, slug: str) -> HttpResponse:
    """What was agreed with a vendor, from when, and who wrote it down; a form for those who may add to it."""
    viewer = cast("User", request.user)
    permissions.check_can_see_reports(viewer)
    found = _vendor(slug)
    form = TargetForm(request.POST or None, initial={"starts_on": request.at.date().isoformat()})
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                _set(found, form.cleaned_data, viewer, request)
            except Invalid as refused:
                for problem in refused.errors:
                    form.add_error(
                        problem.pointer.strip("/") if problem.pointer.strip("/") in form.fields else None,
                        problem.detail,
                    )
            else:
                return done(request, "reporting:vendor-targets", found.slug, say=_("Written down."))
        status = 422
    zone: ZoneInfo = asked_by(viewer, {}, at=request.at).ask.zone
    history = ContractTarget.objects.visible_to(viewer).filter(organization=found).select_related("set_by")
    current = selectors.targets_of([found], at=request.at, zone=zone)
    context = {
        "vendor": found,
        "form": form,
        "may_edit": can(viewer, Action.VENDORS_EDIT),
        "current": [
            (MEASURES[key].label, in_words(current[found.pk, key], MEASURES[key].unit))
            for key in selectors.KPIS
            if (found.pk, key) in current
        ],
        "history": [
            (MEASURES[each.measure].label, in_words(each.value, MEASURES[each.measure].unit), each)
            for each in history.order_by("-starts_on", "-id")[:200]
            if each.measure in MEASURES
        ],
    }
    return render(request, "reporting/vendors/targets.html", context, status=status)


def _set(found: Organization, values: dict[str, Any], viewer: User, request: AtRequest) -> None:
    contracts.set_target(
        vendor=found,
        measure=values["measure"],
        value=_of_page(values["measure"], values["value"]),
        starts_on=cast("date", values["starts_on"]),
        note=values["note"],
        by=viewer,
        at=request.at,
    )

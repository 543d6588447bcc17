"""The weekly review with a vendor (VEN-4): agenda, figures frozen and signed, who does what; printable."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Organization, User
from accounts.permissions import can
from accounts.roles import Action
from core.errors import DomainError, Invalid, NotPermitted
from core.htmx import done
from core.types import AtRequest
from reporting import permissions
from reporting.measures import MEASURES, Measure
from reporting.models import Commitment, VendorWeek
from reporting.operations import weeks
from reporting.pages import scorecards
from reporting.pages.asking import asked_by
from reporting.pages.ranges import EARLIEST_YEAR, LATEST_YEAR
from reporting.selectors import scorecard
from reporting.selectors.figures import in_words, scope_of
from reporting.selectors.figures import weeks as last_weeks

LISTED = 12


@dataclass(frozen=True)
class Line:
    """One figure of the week: as it is counted now, as it was frozen, and what was agreed."""

    label: Any
    now: str
    frozen: str
    target: str
    n: str
    differs: bool


class CommitmentForm(forms.Form):
    text = forms.CharField(label=gettext_lazy("What will be done"), max_length=weeks.TEXT_MAX)
    owner = forms.CharField(label=gettext_lazy("By whom"), max_length=weeks.OWNER_MAX)
    due_on = forms.DateField(label=gettext_lazy("By when"), widget=forms.DateInput(attrs={"type": "date"}))


def _vendor(slug: str) -> Organization:
    return get_object_or_404(Organization, slug=slug, kind=Organization.Kind.VENDOR)


def _monday(week: str) -> date:
    """The Monday of “2026-W47”. Raises Http404 for anything else."""
    found = re.fullmatch(r"(\d{4})-W(\d{2})", week)
    try:
        if found is None:
            raise ValueError(week)
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
        if not EARLIEST_YEAR <= monday.year <= LATEST_YEAR:  # the weeks around it must have a date, in every zone
            raise ValueError(week)
        return monday
    except ValueError:
        raise Http404 from None


def _name(monday: date) -> str:
    year, number, _day = monday.isocalendar()
    return f"{year}-W{number:02d}"


@login_required
@require_safe
def reviews(request: AtRequest, slug: str) -> HttpResponse:
    """The last weeks of a vendor: frozen, signed, or still to be."""
    viewer = cast("User", request.user)
    permissions.check_sees_whole_vendors(viewer)
    vendor = _vendor(slug)
    zone = asked_by(viewer, request.GET, at=request.at).ask.zone
    kept: dict[date, VendorWeek] = {}
    for week in VendorWeek.objects.visible_to(viewer).filter(organization=vendor).order_by("starts_on", "edition"):
        kept[week.starts_on] = week
    past = [each.start.astimezone(zone).date() for each in last_weeks(LISTED + 1, at=request.at, zone=zone)[:-1]]
    rows = [(monday, _name(monday), kept.get(monday)) for monday in sorted({*past, *kept}, reverse=True)]
    return render(request, "reporting/vendors/reviews.html", {"vendor": vendor, "rows": rows})


@login_required
@require_safe
def review(request: AtRequest, slug: str, week: str) -> HttpResponse:
    """One week's review."""
    return _review(request, slug, week, form=None)


def _told(kept: Mapping[str, Any], measure: Measure, small: int) -> str:
    """A figure of a week in words; what rests on fewer than `small` is not told."""
    return _few(small) if 0 < kept["n"] < small else in_words(kept["value"], measure.unit)


def _few(small: int) -> str:
    return _("under %(n)d") % {"n": small}


def _review(
    request: AtRequest, slug: str, week: str, *, form: CommitmentForm | None, problem: str = ""
) -> HttpResponse:
    viewer = cast("User", request.user)
    permissions.check_sees_whole_vendors(viewer)
    vendor, monday = _vendor(slug), _monday(week)
    editions = list(
        VendorWeek.objects.visible_to(viewer)
        .filter(organization=vendor, starts_on=monday)
        .select_related("signed_by", "vendor_signed_by", "frozen_by")
        .order_by("-edition")
    )
    newest = editions[0] if editions else None
    # What was frozen is compared with the same days, wherever its reader lives.
    zone = ZoneInfo(newest.zone) if newest else asked_by(viewer, request.GET, at=request.at).ask.zone
    window = weeks.window_of(monday, zone)
    small = scope_of(viewer).small_cell
    now = weeks.figures_of(vendor, monday, zone, at=request.at)
    targets = scorecard.targets_of([vendor], at=window.end - timedelta(seconds=1), zone=zone)
    lines = []
    for key, found in now.items():
        measure, frozen = MEASURES[key], (newest.figures.get(key) if newest else None)
        target = targets.get((vendor.pk, key))
        lines.append(
            Line(
                measure.label,
                _told(found, measure, small),
                _told(frozen, measure, small) if frozen else "",
                in_words(target, measure.unit) if target is not None else "",
                _few(small) if 0 < found["n"] < small else formats.number_format(found["n"]),
                frozen is not None and frozen != found,
            )
        )
    changes = [
        change
        for key in ("attainment_r", "acceptance")
        if (change := scorecard.what_changed(key, scope=scope_of(viewer).narrowed(vendor.pk), at=request.at, zone=zone))
    ]
    commitments = Commitment.objects.visible_to(viewer).filter(organization=vendor)
    still_open = commitments.filter(done_at=None, week_on__lt=monday).order_by("due_on", "id")
    context = {
        "vendor": vendor,
        "week": week,
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "before": _name(monday - timedelta(days=7)),
        "after": _name(monday + timedelta(days=7)) if window.end <= request.at else "",
        "is_over": window.end <= request.at,
        "newest": newest,
        "editions": editions[1:],
        "lines": lines,
        "differs": any(line.differs for line in lines),
        "agenda": [scorecards.headline(change, zone) for change in changes if change.is_sure],
        "open_commitments": still_open[:50],
        "commitments": commitments.filter(week_on=monday).order_by("id")[:50],
        "today": request.at.astimezone(zone).date(),
        "form": form or CommitmentForm(),
        "problem": problem,
        "may_edit": can(viewer, Action.VENDORS_EDIT),
        "may_sign": newest is not None and weeks.may_sign(viewer, newest),
    }
    return render(request, "reporting/vendors/review.html", context, status=422 if problem or form else 200)


@login_required
@require_POST
def act(request: AtRequest, slug: str, week: str, does: str) -> HttpResponse:
    """Freeze, sign, commit, or say that something is done."""
    viewer = cast("User", request.user)
    permissions.check_can_see_reports(viewer)
    vendor, monday = _vendor(slug), _monday(week)
    zone = asked_by(viewer, {}, at=request.at).ask.zone
    form = None
    try:
        if does == "freeze":
            weeks.freeze_week(
                vendor=vendor, starts_on=monday, zone=zone, why=request.POST.get("why", ""), by=viewer, at=request.at
            )
            say = _("The figures are frozen: both sides may sign them now.")
        elif does == "sign":
            kept = VendorWeek.objects.visible_to(viewer).filter(organization=vendor, starts_on=monday)
            weeks.sign_week(week_id=get_object_or_404(kept, pk=_number(request)).pk, by=viewer, at=request.at)
            say = _("Signed.")
        elif does == "commit":
            form = CommitmentForm(request.POST)
            if not form.is_valid():
                return _review(request, slug, week, form=form)
            weeks.commit_to(vendor=vendor, week_on=monday, **form.cleaned_data, by=viewer, at=request.at)
            say = _("Written down.")
        elif does == "done":
            made = get_object_or_404(
                Commitment.objects.visible_to(viewer).filter(organization=vendor), pk=_number(request)
            )
            weeks.finish(commitment_id=made.pk, by=viewer, at=request.at)
            say = _("Done.")
        else:
            raise Http404
    except NotPermitted:
        raise
    except Invalid as refused:
        return _review(
            request, slug, week, form=form, problem=" ".join(p.detail for p in refused.errors) or str(refused)
        )
    except DomainError as refused:
        return _review(request, slug, week, form=None, problem=str(refused))
    return done(request, "reporting:vendor-review", slug, week, say=say)


def _number(request: AtRequest) -> int:
    """The id posted. Raises Http404 for anything that is none."""
    text = request.POST.get("id", "")
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Http404
    return int(text)

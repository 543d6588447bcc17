"""Administration of calendars and holidays (ADM-3)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from accounts.permissions import check_can
from accounts.roles import Action
from core.errors import DomainError, Invalid
from core.types import AtRequest
from oncall.business_time import is_open, next_open
from oncall.forms import CalendarForm, CountryForm
from oncall.models import Calendar, CalendarVersion, HolidaySet
from oncall.operations.calendars import load_country_holidays, publish_calendar_version
from oncall.permissions import can_edit_calendars, check_can_edit_calendars
from oncall.selectors.calendars import spec_of
from oncall.selectors.hours import closings, hours_in_words

__all__ = ["calendar", "calendar_list", "edit", "load_holidays", "new"]

_ADDRESSES = ("new", "holidays")  # what stands beside calendars below /admin/calendars/
YEARS = 3  # this one and the two after it, as `ensure_defaults` loads them


@login_required
@require_GET
def calendar_list(request: HttpRequest) -> HttpResponse:
    """Every calendar with its hours in words, and the sets of holidays."""
    _asker(request)
    return _list(request, CountryForm())


@login_required
@require_http_methods(["POST"])
def load_holidays(request: HttpRequest) -> HttpResponse:
    """Load the public holidays of a country for this year and the two after it, as a set that calendars may use."""
    viewer, at = _asker(request)
    check_can_edit_calendars(viewer)
    form = CountryForm(request.POST)
    if not form.is_valid():
        return _list(request, form, status=422)
    names = form.names()
    found = load_country_holidays(
        key=names["key"],
        name=names["name"],
        country=form.cleaned_data["country"],
        subdivision=form.cleaned_data["subdivision"] or None,
        years=[at.year + more for more in range(YEARS)],
        by=viewer,
        at=at,
    )
    messages.success(
        request,
        _("%(name)s is loaded. A calendar closes on these days from its next version on.") % {"name": found.name},
    )
    return redirect("oncall:calendars")


@login_required
@require_GET
def calendar(request: HttpRequest, key: str) -> HttpResponse:
    """One calendar: the version in force (or `?version=`), the days it is closed, all versions."""
    viewer, at = _asker(request)
    found = get_object_or_404(Calendar, key=key)
    versions = list(found.versions.select_related("published_by").order_by("-number")[:100])
    shown = versions[0]
    if asked := request.GET.get("version", ""):
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 0
        shown = get_object_or_404(found.versions.select_related("published_by"), number=number)
    spec = spec_of(shown.pk)
    context = {
        "calendar": found,
        "shown": shown,
        "newest": versions[0],
        "versions": versions,
        "hours": hours_in_words(shown.rules),
        "zone": spec.zone,
        "is_open": is_open(spec, at),
        "next_open": next_open(spec, at),
        "closings": closings(shown, since=at.astimezone(ZoneInfo(spec.zone)).date()),
        "may_edit": can_edit_calendars(viewer),
    }
    return render(request, "oncall/calendars/detail.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Publish the first version of a calendar."""
    viewer, _at = _asker(request)
    check_can_edit_calendars(viewer)
    form = CalendarForm(request.POST or None, version=None, is_new=True)
    if request.method == "POST" and form.is_valid():
        key = form.cleaned_data["key"]
        if key in _ADDRESSES or Calendar.objects.filter(key=key).exists():
            form.add_error("key", _("This short name is taken: choose another."))
    return _published(request, form, None)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """Publish a calendar's next version."""
    viewer, _at = _asker(request)
    check_can_edit_calendars(viewer)
    found = get_object_or_404(Calendar, key=key)
    version = found.versions.select_related("calendar").order_by("-number").first()
    form = CalendarForm(request.POST or None, version=version, is_new=False)
    return _published(request, form, version)


def _published(request: HttpRequest, form: CalendarForm, version: CalendarVersion | None) -> HttpResponse:
    viewer, at = _asker(request)
    status = 200
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        base = request.POST.get("base", "")
        if version is not None and base != str(version.number):
            # Theirs is in force now; ours stays on the page, and sending it again replaces it.
            form.add_error(
                None,
                _("Version %(number)d was published since you began (“%(why)s”). Look at it, then publish again.")
                % {"number": version.number, "why": version.reason},
            )
            status = 409
        else:
            try:
                made = publish_calendar_version(
                    key=version.calendar.key if version else given["key"],
                    name=given["name"],
                    rules=given["rules"],
                    holiday_sets=given["holiday_sets"],
                    reason=given["reason"],
                    by=viewer,
                    at=at,
                )
            except Invalid as error:
                form.take(error)
            except DomainError as error:
                form.add_error(None, error.detail)
            else:
                said = _("Version %(number)d of %(name)s is in force for new clocks.")
                messages.success(request, said % {"number": made.number, "name": made.calendar.name})
                return redirect("oncall:calendar", made.calendar.key)
    context = {"form": form, "version": version, "calendar": version.calendar if version else None}
    if form.errors and status == 200:
        status = 422
    return render(request, "oncall/calendars/edit.html", context, status=status)


def _asker(request: HttpRequest) -> tuple[User, datetime]:
    viewer = cast("User", request.user)
    check_can(viewer, Action.CONFIG_READ)
    return viewer, cast("AtRequest", request).at


def _list(request: HttpRequest, form: CountryForm, *, status: int = 200) -> HttpResponse:
    viewer, at = _asker(request)
    newest = (
        CalendarVersion.objects.select_related("calendar").order_by("calendar_id", "-number").distinct("calendar_id")
    )
    rows: list[dict[str, Any]] = [
        {
            "calendar": version.calendar,
            "version": version,
            "hours": hours_in_words(version.rules),
            "zone": version.rules["zone"],
            "is_open": is_open(spec_of(version.pk), at),
        }
        for version in newest
    ]
    context = {
        "rows": sorted(rows, key=lambda row: (row["calendar"].name, row["calendar"].pk)),
        "sets": HolidaySet.objects.annotate(days=Count("entries", filter=Q(entries__is_active=True))).order_by(
            "name", "id"
        ),
        "form": form,
        "may_edit": can_edit_calendars(viewer),
    }
    return render(request, "oncall/calendars/list.html", context, status=status)

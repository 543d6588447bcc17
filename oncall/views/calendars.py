"""Administration of calendars and holidays (ADM-3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from accounts.permissions import check_can
from accounts.roles import Action
from core.errors import DomainError, FieldProblem, Invalid
from core.types import AtRequest
from oncall.business_time import CalendarRulesInvalid, is_open, next_open, open_intervals
from oncall.forms import CalendarForm, CountryForm, DayForm
from oncall.ical import Noted, write_feed
from oncall.models import Calendar, CalendarVersion, HolidayReading, HolidaySet
from oncall.operations.calendars import entries_of, load_country_holidays, publish_calendar_version, share_calendar
from oncall.permissions import can_edit_calendars, check_can_edit_calendars
from oncall.selectors.calendars import in_force, share_token, shared_calendar, spec_of, version_in_force
from oncall.selectors.hours import closings, differences, hours_in_words
from oncall.selectors.impact import impact_of

__all__ = ["calendar", "calendar_list", "change_day", "edit", "load_holidays", "new", "share", "shared_feed"]

_ADDRESSES = ("new", "holidays")  # what stands beside calendars below /admin/calendars/
YEARS = 3  # this one and the two after it, as `ensure_defaults` loads them


@login_required
@require_GET
def calendar_list(request: HttpRequest) -> HttpResponse:
    """Every calendar with its hours in words, and the sets of holidays."""
    asker(request)
    return _list(request, CountryForm())


@login_required
@require_http_methods(["POST"])
def load_holidays(request: HttpRequest) -> HttpResponse:
    """Load the public holidays of a country for this year and the two after it, as a set that calendars may use."""
    viewer, at = asker(request)
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
    """One calendar: the version in force (or `?version=`), what it changed, the days it is closed, all versions."""
    asker(request)
    return _detail(request, get_object_or_404(Calendar, key=key), DayForm())


def _detail(request: HttpRequest, found: Calendar, form: DayForm, *, status: int = 200) -> HttpResponse:
    viewer, at = asker(request)
    versions = list(found.versions.select_related("published_by").order_by("-number")[:100])
    now = version_in_force(found.key, at)
    shown = next(version for version in versions if version.pk == now.pk)
    if asked := request.GET.get("version", ""):
        shown = get_object_or_404(found.versions.select_related("published_by"), number=_number(asked))
    base = shown.number - 1
    if asked := request.GET.get("from", ""):
        base = _number(asked)
        get_object_or_404(found.versions, number=base)
    before = found.versions.filter(number=base).first()
    spec = spec_of(shown.pk)
    token = share_token(found)
    context = {
        "calendar": found,
        "shown": shown,
        "now": now,
        "newest": versions[0],
        "to_come": versions[0] if versions[0].in_force_from > at else None,
        "versions": versions,
        "before": before,
        "differences": differences(before, shown) if before else [],
        "hours": hours_in_words(shown.rules),
        "zone": spec.zone,
        "is_open": is_open(spec, at),
        "next_open": next_open(spec, at),
        "closings": closings(shown, since=at.astimezone(ZoneInfo(spec.zone)).date()),
        "share_url": request.build_absolute_uri(reverse("oncall:calendar-feed", args=[found.key, token]))
        if token
        else "",
        "form": form,
        "may_edit": can_edit_calendars(viewer),
    }
    return render(request, "oncall/calendars/detail.html", context, status=status)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


@login_required
@require_POST
def change_day(request: HttpRequest, key: str) -> HttpResponse:
    """Publish the next version with other hours on one day."""
    viewer, at = asker(request)
    check_can_edit_calendars(viewer)
    found = get_object_or_404(Calendar, key=key)
    version = found.versions.order_by("-number").first()
    assert version is not None
    form = DayForm(request.POST)
    if form.is_valid():
        rules, notes = form.rules_after(version)
        try:
            made = publish_calendar_version(
                key=key,
                name=found.name,
                rules=rules,
                holiday_sets=version.holiday_sets,
                notes=notes,
                effective_at=version.effective_at,
                reason=f"{form.cleaned_data['on'].isoformat()}: {form.cleaned_data['reason']}",
                by=viewer,
                at=at,
            )
        except Invalid as error:
            form.take(error)
        else:
            said = _("Version %(number)d of %(name)s is in force for new clocks.")
            messages.success(request, said % {"number": made.number, "name": found.name})
            return redirect("oncall:calendar", key)
    return _detail(request, found, form, status=422)


@login_required
@require_POST
def share(request: HttpRequest, key: str) -> HttpResponse:
    """Give out an iCal address of the calendar, replace it, or withdraw it (`do=stop`)."""
    viewer, at = asker(request)
    get_object_or_404(Calendar, key=key)
    is_shared = request.POST.get("do") != "stop"
    share_calendar(key=key, is_shared=is_shared, by=viewer, at=at)
    messages.success(
        request,
        _("The calendar has a new address; earlier ones are void.") if is_shared else _("The address is withdrawn."),
    )
    return redirect("oncall:calendar", key)


@require_GET
def shared_feed(request: HttpRequest, key: str, token: str) -> HttpResponse:
    """A calendar as iCal for whoever has its address: open hours from a month back to a quarter ahead, days that differ."""
    found = shared_calendar(key, token)
    if found is None:
        raise Http404
    at = cast("AtRequest", request).at
    version = version_in_force(key, at)
    spec = spec_of(version.pk)
    start, end = at - timedelta(days=30), at + timedelta(days=92)
    words = [
        Noted(one.on, f"{one.name or _('closed')} · {one.hours}" if one.hours else f"{_('Closed')}: {one.name}")
        for one in closings(version, since=start.astimezone(spec.tz).date(), most=500)
    ]
    opens = [] if spec.is_always_open else open_intervals(spec, start.replace(hour=0, minute=0), end)
    body = write_feed(
        key=found.key,
        name=found.name,
        zone=spec.zone,
        version=version.number,
        opens=opens,
        noted=words,
        at=version.in_force_from,
    )
    answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'inline; filename="{found.key}.ics"'
    answer["Cache-Control"] = "private, max-age=900"
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Publish the first version of a calendar."""
    viewer, _at = asker(request)
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
    viewer, _at = asker(request)
    check_can_edit_calendars(viewer)
    found = get_object_or_404(Calendar, key=key)
    version = found.versions.select_related("calendar").order_by("-number").first()
    form = CalendarForm(request.POST or None, version=version, is_new=False)
    return _published(request, form, version)


def _published(request: HttpRequest, form: CalendarForm, version: CalendarVersion | None) -> HttpResponse:
    viewer, at = asker(request)
    status, preview = 200, None
    if request.method == "POST" and request.POST.get("do") == "check":
        # What was not said yet is asked for when publishing: the preview needs no reason.
        form.fields["reason"].required = False
        form.is_valid()
        form.fields["reason"].required = True
        preview = _preview(form, version, viewer, at) if not form.errors else None
    elif request.method == "POST" and form.is_valid():
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
                    notes=given["notes"],
                    effective_at=given["effective_at"],
                    reason=given["reason"],
                    by=viewer,
                    at=at,
                )
            except Invalid as error:
                form.take(error)
            except DomainError as error:
                form.add_error(None, error.detail)
            else:
                said = (
                    _("Version %(number)d of %(name)s is published; it comes into force later.")
                    if made.effective_at
                    else _("Version %(number)d of %(name)s is in force for new clocks.")
                )
                messages.success(request, said % {"number": made.number, "name": made.calendar.name})
                return redirect("oncall:calendar", made.calendar.key)
    context = {"form": form, "version": version, "calendar": version.calendar if version else None, "preview": preview}
    if form.errors and status == 200:
        status = 422
    return render(request, "oncall/calendars/edit.html", context, status=status)


def _preview(form: CalendarForm, version: CalendarVersion | None, viewer: User, at: datetime) -> dict[str, Any] | None:
    """What the draft changes, and which running clocks would be due at another time if it were applied to them."""
    given = form.cleaned_data
    draft = CalendarVersion(
        rules=given["rules"],
        holiday_sets=given["holiday_sets"],
        set_holidays=[entry.as_rule() for entry in entries_of(given["holiday_sets"])],
        notes=given["notes"],
    )
    try:
        spec = draft.read_spec()
    except CalendarRulesInvalid as error:
        form.take(
            Invalid(
                errors=[
                    FieldProblem("/rules/" + at_.replace(".", "/"), "invalid", words) for at_, words in error.errors
                ]
            )
        )
        return None
    impact = impact_of({version.calendar_id: spec}, viewer=viewer, at=at) if version else None
    return {"differences": differences(version, draft), "impact": impact, "hours": hours_in_words(draft.rules)}


def asker(request: HttpRequest) -> tuple[User, datetime]:
    """Who asks and when; raises `NotPermitted` for whoever may not see how the product is set up."""
    viewer = cast("User", request.user)
    check_can(viewer, Action.CONFIG_READ)
    return viewer, cast("AtRequest", request).at


def _sets() -> QuerySet[HolidaySet]:
    waiting = HolidayReading.objects.filter(holiday_set=OuterRef("pk"), state=HolidayReading.State.WAITING)
    return (
        HolidaySet.objects.select_related("feed")
        .annotate(
            days=Count("entries", filter=Q(entries__is_active=True)),
            waiting_id=Subquery(waiting.values("pk")[:1]),
        )
        .order_by("name", "id")
    )


def _list(request: HttpRequest, form: CountryForm, *, status: int = 200) -> HttpResponse:
    viewer, at = asker(request)
    newest = in_force(at).select_related("calendar")
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
        "sets": _sets(),
        "form": form,
        "may_edit": can_edit_calendars(viewer),
    }
    return render(request, "oncall/calendars/list.html", context, status=status)

"""Sets of holidays: what they hold, the feeds some come from, and the review of what a feed said (ADM-3)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.errors import Invalid
from oncall.forms import FeedForm, ReviewForm, UploadForm
from oncall.models import Calendar, CalendarVersion, HolidayReading, HolidaySet
from oncall.operations import feeds
from oncall.permissions import can_edit_calendars, check_can_edit_calendars
from oncall.selectors.feeds import changes_of, days_of, days_of_set
from oncall.selectors.impact import impact_of
from oncall.views.calendars import asker

__all__ = ["ask", "feed", "holiday_set", "new_feed", "review", "upload"]

_ADDRESSES = ("new",)
_SHOWN = 400  # days of a set on its page; the newest readings beside them
_READINGS = 20


@login_required
@require_GET
def holiday_set(request: HttpRequest, key: str) -> HttpResponse:
    """One set: its days from today (or of `?year=`) on, its feed, and what the feed said."""
    return _page(request, get_object_or_404(HolidaySet, key=key), UploadForm())


def _page(request: HttpRequest, found: HolidaySet, form: UploadForm, *, status: int = 200) -> HttpResponse:
    viewer, at = asker(request)
    source = getattr(found, "feed", None)
    years = sorted(set(found.entries.filter(is_active=True).values_list("held_on__year", flat=True)))
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else None
    rows = found.entries.filter(is_active=True)
    rows = rows.filter(held_on__year=year) if year else rows.filter(held_on__gte=at.date())
    context = {
        "set": found,
        "feed": source,
        "host": feeds.host_of(source.url) if source else "",
        "years": years,
        "year": year,
        "entries": rows.order_by("held_on", "name", "id")[:_SHOWN],
        "readings": found.readings.select_related("settled_by", "found_by").order_by("-found_at", "-id")[:_READINGS],
        "calendars": feeds.calendars_using(found, at),
        "form": form,
        "may_edit": can_edit_calendars(viewer),
    }
    return render(request, "oncall/holidays/detail.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def new_feed(request: HttpRequest) -> HttpResponse:
    """Name a feed of holidays: its address, or none for files that people upload."""
    viewer, _at = asker(request)
    check_can_edit_calendars(viewer)
    initial = {"zone": viewer.time_zone or "UTC", "every_h": 24}
    form = FeedForm(request.POST or None, is_new=True, initial=initial)
    if request.method == "POST" and form.is_valid():
        key = form.cleaned_data["key"]
        if key in _ADDRESSES or HolidaySet.objects.filter(key=key).exists():
            form.add_error("key", _("This short name is taken: choose another."))
    return _saved(request, form, None)


@login_required
@require_http_methods(["GET", "POST"])
def feed(request: HttpRequest, key: str) -> HttpResponse:
    """Change where a set is read from."""
    viewer, _at = asker(request)
    check_can_edit_calendars(viewer)
    found = get_object_or_404(HolidaySet.objects.select_related("feed"), key=key, feed__isnull=False)
    initial = {"name": found.name, "url": found.feed.url, "zone": found.feed.zone, "every_h": found.feed.every_h}
    return _saved(request, FeedForm(request.POST or None, is_new=False, initial=initial), found)


def _saved(request: HttpRequest, form: FeedForm, found: HolidaySet | None) -> HttpResponse:
    viewer, at = asker(request)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        key = found.key if found else given["key"]
        try:
            feeds.save_feed(
                key=key,
                name=given["name"],
                url=given["url"].strip(),
                zone=given["zone"],
                every_h=given["every_h"],
                by=viewer,
                at=at,
            )
        except Invalid as error:
            form.take(error)
        else:
            said = (
                _("The feed is read within a minute; what it says waits here for you.")
                if given["url"].strip()
                else _("Saved. Upload a file: what it says waits here for you.")
            )
            messages.success(request, said)
            return redirect("oncall:holiday-set", key)
    context = {"form": form, "set": found}
    return render(request, "oncall/holidays/feed.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def upload(request: HttpRequest, key: str) -> HttpResponse:
    """Read an iCal file; what differs waits for review."""
    viewer, at = asker(request)
    check_can_edit_calendars(viewer)
    found = get_object_or_404(HolidaySet, key=key, feed__isnull=False)
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        file: UploadedFile[Any] = form.cleaned_data["file"]
        try:
            reading = feeds.upload_reading(key=key, data=file.read(), file_name=file.name or "", by=viewer, at=at)
        except Invalid as error:
            for problem in error.errors:
                form.add_error("file", problem.detail)
        else:
            if reading is None:
                messages.info(request, _("The file says what is there already: nothing to review."))
                return redirect("oncall:holiday-set", key)
            return redirect("oncall:holiday-review", key, reading.pk)
    return _page(request, found, form, status=422)


@login_required
@require_POST
def ask(request: HttpRequest, key: str) -> HttpResponse:
    """Let the engine read the feed now."""
    viewer, at = asker(request)
    check_can_edit_calendars(viewer)
    get_object_or_404(HolidaySet, key=key, feed__isnull=False)
    try:
        feeds.ask_now(key=key, by=viewer, at=at)
    except Invalid as error:
        messages.error(request, error.detail)
    else:
        messages.success(request, _("The feed is read within a minute."))
    return redirect("oncall:holiday-set", key)


@login_required
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, key: str, reading_id: int) -> HttpResponse:
    """The days a feed would add, remove or change, what moves with them, and a person's yes or no."""
    viewer, at = asker(request)
    found = get_object_or_404(HolidaySet.objects.select_related("feed"), key=key, feed__isnull=False)
    reading = get_object_or_404(found.readings.select_related("settled_by"), pk=reading_id)
    calendars = feeds.calendars_using(found, at)
    form = ReviewForm(request.POST or None, calendars=[(calendar.key, calendar.name) for calendar in calendars])
    if request.method == "POST":
        check_can_edit_calendars(viewer)
        if form.is_valid():
            given = form.cleaned_data
            try:
                feeds.settle_reading(
                    reading_id=reading.pk,
                    is_accepted=given["do"] == "accept",
                    reason=given["reason"],
                    calendars=given["calendars"] if given["do"] == "accept" else [],
                    by=viewer,
                    at=at,
                )
            except feeds.AlreadySettled as error:
                messages.error(request, error.detail)
                return redirect("oncall:holiday-set", key)
            said = _("The days are in.") if given["do"] == "accept" else _("Rejected: nothing changed.")
            messages.success(request, said)
            return redirect("oncall:holiday-set", key)
    waits = reading.state == HolidayReading.State.WAITING
    since = feeds.today(found.feed.zone, at)
    changes = changes_of(days_of_set(found, since=since), [day for day in days_of(reading) if day.on >= since])
    context = {
        "set": found,
        "reading": reading,
        "waits": waits,
        "changes": changes if waits else [],
        "counts": {kind: sum(change.kind == kind for change in changes) for kind in ("added", "removed", "changed")},
        "impact": _impact(found, reading, calendars, request) if waits and calendars else None,
        "form": form,
        "may_edit": can_edit_calendars(viewer),
    }
    return render(request, "oncall/holidays/review.html", context, status=422 if form.errors else 200)


def _impact(found: HolidaySet, reading: HolidayReading, calendars: list[Calendar], request: HttpRequest) -> object:
    """What would move if running clocks went over to the calendars with the reading's days."""
    viewer, at = asker(request)
    since = feeds.today(found.feed.zone, at)
    specs = {}
    for calendar in calendars:
        newest = calendar.versions.order_by("-number").first()
        assert newest is not None
        entries = [one.as_rule() for one in found.entries.filter(is_active=True, held_on__lt=since)]
        entries += [one for one in reading.entries if one["on"] >= since.isoformat()]
        others = HolidaySet.objects.filter(key__in=newest.holiday_sets).exclude(pk=found.pk)
        for other in others:
            entries += [one.as_rule() for one in other.entries.filter(is_active=True)]
        draft = CalendarVersion(calendar=calendar, rules=newest.rules, set_holidays=entries)
        specs[calendar.pk] = draft.read_spec()
    return impact_of(specs, viewer=viewer, at=at)

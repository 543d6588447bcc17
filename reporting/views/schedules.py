"""Scheduled reports: the list, one with its log, setting one up; and a report page as a file, now (ux.md REP-8)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Organization, User
from core.errors import Invalid, StaleRevision
from core.types import AtRequest
from escalations.filters import TooSlow
from notifications.lifecycle import DeliveryState
from notifications.models import Delivery
from reporting import documents, pages, permissions
from reporting.documents.reports import report_document, report_workbook
from reporting.forms import ScheduleForm, show
from reporting.lifecycle import ScheduleState
from reporting.models import Mailing, ReportSchedule, ScheduleRecipient
from reporting.operations import mailings
from reporting.operations import schedules as operations
from reporting.selectors import kept
from reporting.selectors.printing import print_page
from reporting.views.briefs import CouldNotPrint

LOG_SIZE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _reader(request: HttpRequest) -> tuple[User, datetime]:
    user = cast(User, request.user)
    if not user.is_internal:
        raise Http404
    permissions.check_can_see_reports(user)
    return user, cast(AtRequest, request).at


@dataclass(frozen=True)
class Row:
    """A schedule in the list: with the reader's own next slot, or the nearest of anybody's."""

    schedule: ReportSchedule
    page: str
    next_at: datetime | None
    people: int


@login_required
@require_GET
def schedule_list(request: HttpRequest) -> HttpResponse:
    """What the reader made or gets."""
    user, _at = _reader(request)
    found = ReportSchedule.objects.visible_to(user).kept().select_related("made_by").prefetch_related("recipients")
    rows = []
    for schedule in found.order_by("name", "id"):
        people = list(schedule.recipients.all())
        slots = [one.next_at for one in people if one.user_id == user.pk] or [one.next_at for one in people]
        is_active = schedule.state == ScheduleState.ACTIVE
        rows.append(Row(schedule, _page_label(schedule), min(slots, default=None) if is_active else None, len(people)))
    return render(request, "reporting/schedules/list.html", {"rows": rows})


@dataclass(frozen=True)
class Entry:
    """A line of the log: a mail, and how its e-mail stands."""

    mailing: Mailing
    said: str
    may_retry: bool


@login_required
@require_GET
def schedule(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """One schedule: when it comes to whom, and what became of each mail. Who only gets it sees their own lines."""
    user, _at = _reader(request)
    found = _found(user, public_id)
    keeps = permissions.can_keep_schedule(user, found)
    people: QuerySet[ScheduleRecipient] = found.recipients.select_related("user").order_by("next_at", "id")
    log = found.mailings.select_related("user", "schedule").order_by("-slot_at", "-id")
    if not keeps:
        people, log = people.filter(user=user), log.filter(user=user)
    entries = _entries(user, list(log[:LOG_SIZE]))
    context = {
        "schedule": found,
        "page_label": _page_label(found),
        "is_saved": found.page.startswith(kept.PREFIX),
        "people": people,
        "entries": entries,
        "keeps": keeps and found.state != ScheduleState.REMOVED,
        "gets": found.recipients.filter(user=user).exists(),
        "is_active": found.state == ScheduleState.ACTIVE,
    }
    return render(request, "reporting/schedules/detail.html", context)


def _entries(user: User, log: list[Mailing]) -> list[Entry]:
    keys = {mailings.delivery_key(one): one for one in log}
    states = dict(Delivery.objects.filter(dedup_key__in=keys).values_list("dedup_key", "state"))
    entries = []
    for key, one in keys.items():
        state = states.get(key, "")
        said = str(one.get_state_display())
        if one.skipped_for:
            said = str(one.get_skipped_for_display())
        elif one.last_error:
            said = f"{said}: {one.last_error}"
        elif state:
            said = str(DeliveryState(state).label)
        undelivered = state in (DeliveryState.DEAD, DeliveryState.AMBIGUOUS)
        failed = one.state == "failed" or (one.state == "handed" and undelivered)
        entries.append(Entry(one, said, failed and mailings.can_retry(user, one)))
    return entries


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Set a schedule up; `page` and `q` may come along from a report."""
    user, at = _reader(request)
    initial = {
        "page": request.GET.get("page", ""),
        "where": request.GET.get("q", "")[:600],
        "people": [user.pk],
    }
    form = _form(request, user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.make_schedule(plan=form.plan(), by=user, at=at)
        except Invalid as error:
            show(form, error.errors)
        else:
            messages.success(request, _("“%(name)s” is set up.") % {"name": made.name})
            return redirect("reporting:schedule", made.public_id)
    return render(request, "reporting/schedules/form.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Change a schedule."""
    user, at = _reader(request)
    found = _found(user, public_id)
    permissions.check_can_keep_schedule(user, found)
    names = ("name", "page", "where", "days", "pace", "weekday", "day", "local_at", "format", "language")
    initial: dict[str, Any] = {name: getattr(found, name) for name in names}
    initial["people"] = list(found.recipients.values_list("user_id", flat=True))
    form = _form(request, user, initial=initial, schedule=found)
    status = 200
    if request.method == "POST" and form.is_valid():
        typed = request.POST.get("revision", "")
        number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0
        try:
            operations.change_schedule(schedule_id=found.pk, revision=number, plan=form.plan(), by=user, at=at)
        except Invalid as error:
            show(form, error.errors)
        except StaleRevision as error:
            form.add_error(None, error.detail)
            status = 412
        else:
            messages.success(request, _("Saved."))
            return redirect("reporting:schedule", found.public_id)
    if form.errors and status == 200:
        status = 422
    return render(request, "reporting/schedules/form.html", {"form": form, "schedule": found}, status=status)


@login_required
@require_POST
def act(request: HttpRequest, public_id: uuid.UUID, does: str) -> HttpResponse:
    """Pause, resume, remove or leave a schedule; send again what failed."""
    user, at = _reader(request)
    found = _found(user, public_id)
    if does == "retry":
        typed = request.POST.get("mailing", "")
        number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 18 else 0
        mailing = get_object_or_404(found.mailings, pk=number)
        mailings.retry(mailing_id=mailing.pk, by=user, at=at)
        messages.success(request, _("It is made and sent again."))
        return redirect("reporting:schedule", found.public_id)
    if does == "leave":
        operations.leave(schedule_id=found.pk, by=user, at=at)
        messages.success(request, _("You get “%(name)s” no more.") % {"name": found.name})
        return redirect("reporting:schedules")
    acts = {"pause": operations.pause, "resume": operations.resume, "remove": operations.remove}
    if does not in acts:
        raise Http404
    acts[does](schedule_id=found.pk, by=user, at=at)
    return redirect("reporting:schedules") if does == "remove" else redirect("reporting:schedule", found.public_id)


@login_required
@require_GET
def report_file(request: HttpRequest, key: str, form: str) -> HttpResponse:
    """A report page as the reader sees it, as PDF or XLSX, with the address's filter and time."""
    user, at = _reader(request)
    page = pages.page(key)
    if page is None or not page.may(user) or form not in ("pdf", "xlsx"):
        raise Http404
    with timezone.override(user.time_zone):
        try:
            printed = print_page(page, user, request.GET.dict(), name=f"{key}@{at:%Y%m%dT%H%MZ}", at=at)
        except TooSlow as error:
            raise CouldNotPrint(_("Counting took too long. Narrow the filter or the time, or try again.")) from error
        if form == "xlsx":
            content, kind = report_workbook(printed), XLSX
        else:
            try:
                made = documents.render(report_document(printed), paper=documents.paper_of(user.time_zone))
            except documents.NotPrinted as error:
                raise CouldNotPrint(
                    _("The PDF could not be made. Try again; if it stays so, tell an administrator.")
                ) from error
            content, kind = made.content, "application/pdf"
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{key}-{at:%Y-%m-%d}.{form}"'
    return response


# -- Small parts -------------------------------------------------------------------------------------------------------
def _found(user: User, public_id: uuid.UUID) -> ReportSchedule:
    rows = ReportSchedule.objects.visible_to(user).kept().select_related("made_by")
    found: ReportSchedule = get_object_or_404(rows, public_id=public_id)
    return found


def _page_label(schedule: ReportSchedule) -> str:
    if schedule.page.startswith(kept.PREFIX):
        report = kept.saved_of(schedule.page, schedule.made_by)
        return report.name if report is not None else _("a saved report that was removed")
    page = pages.page(schedule.page)
    return str(page.label) if page is not None else schedule.page


def _form(
    request: HttpRequest, user: User, *, initial: dict[str, Any], schedule: ReportSchedule | None = None
) -> ScheduleForm:
    people = User.objects.filter(is_active=True, organization__kind=Organization.Kind.INTERNAL)
    if not permissions.can_mail_others(user):
        mine = {user.pk, *(initial["people"] if schedule is not None else [])}
        people = people.filter(pk__in=mine)
    shown: list[tuple[str, Any]] = [(page.key, page.label) for page in pages.pages() if page.may(user)]
    if saved := kept.choices(user):
        shown = [(_("Pages"), shown), (_("Saved reports"), saved)]
    return ScheduleForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        pages=shown,
        people=people.order_by("display_name", "id"),
    )

"""Pages of the notes on the time line (REP-6)."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Organization, User
from core.errors import Invalid
from core.types import AtRequest
from escalations.views.team import team_only
from reporting import permissions
from reporting.annotation_forms import AnnotationForm, first_values
from reporting.forms import show
from reporting.models import Annotation
from reporting.operations import annotations as operations

SHOWN = 200


@team_only
@login_required
@require_GET
def annotation_list(request: HttpRequest) -> HttpResponse:
    """Every note, newest first (the last 200)."""
    viewer = cast("User", request.user)
    permissions.check_can_see_reports(viewer)
    rows = Annotation.objects.visible_to(viewer).select_related("vendor", "queue", "created_by")
    context = {
        "rows": rows.order_by("-starts_at", "-id")[:SHOWN],
        "can_annotate": permissions.can_annotate_somewhere(viewer),
    }
    return render(request, "reporting/annotations/list.html", context)


@team_only
@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Add a note; afterwards back to the report it was added from (`next`)."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    if not permissions.can_annotate_somewhere(viewer):
        permissions.check_can_annotate(viewer)
    about = Organization.objects.filter(slug=request.GET.get("vendor", "")[:100], kind=Organization.Kind.VENDOR).first()
    form = AnnotationForm(request.POST or None, viewer=viewer, initial={"starts_at": at, "vendor": about})
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                operations.add_annotation(values=form.values(), by=viewer, at=at)
            except Invalid as error:
                show(form, error.errors)
            else:
                messages.success(request, _("The note stands on the charts of that time."))
                return HttpResponseRedirect(_back(request))
        status = 422
    context = {"form": form, "next": _back(request), "note": None}
    return render(request, "reporting/annotations/edit.html", context, status=status)


@team_only
@login_required
@require_http_methods(["GET", "POST"])
def annotation(request: HttpRequest, key: str) -> HttpResponse:
    """One note: read it, and change it where one may."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    permissions.check_can_see_reports(viewer)
    rows = Annotation.objects.visible_to(viewer).select_related("vendor", "queue", "created_by")
    note = get_object_or_404(rows, public_id=key)
    may_change = permissions.can_change_annotation(viewer, note)
    form = AnnotationForm(request.POST or None, viewer=viewer, initial=first_values(note))
    status = 200
    if request.method == "POST":
        permissions.check_can_change_annotation(viewer, note)
        if form.is_valid():
            try:
                operations.change_annotation(annotation_id=note.pk, values=form.values(), by=viewer, at=at)
            except Invalid as error:
                show(form, error.errors)
            else:
                messages.success(request, _("The note was changed."))
                return HttpResponseRedirect(_back(request))
        status = 422
    context = {"form": form, "next": _back(request), "note": note, "may_change": may_change}
    template = "reporting/annotations/edit.html" if may_change else "reporting/annotations/detail.html"
    return render(request, template, context, status=status)


@team_only
@login_required
@require_POST
def remove(request: HttpRequest, key: str) -> HttpResponse:
    """Take a note off the time line."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    note = get_object_or_404(Annotation.objects.visible_to(viewer), public_id=key)
    operations.remove_annotation(annotation_id=note.pk, by=viewer, at=at)
    messages.success(request, _("The note was taken off the time line."))
    return HttpResponseRedirect(_back(request))


def _back(request: HttpRequest) -> str:
    """Where the writer came from, if that is a page of ours; else the list of notes."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(asked, allowed_hosts=None):
        return asked
    return reverse("reporting:annotations")

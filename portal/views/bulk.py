"""Files of submissions: the template, the dry run, sending, the report, taking back (VPO-5)."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import can, check_can
from accounts.roles import Action
from core.errors import DomainError
from core.pagination import keyset
from core.sheets import MOST_BYTES, FileRefused
from escalations.models import BatchRow, SubmissionBatch
from escalations.operations import batches
from portal.forms import UploadForm
from portal.views.gate import VendorRequest

PAGE_SIZE = 20
ROWS = 100
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@never_cache
@require_http_methods(["GET", "POST"])
def bulk(request: VendorRequest) -> HttpResponse:
    """The files sent before, and the form for another: it is checked at once, and nothing is sent yet."""
    check_can(request.user, Action.CASE_CREATE)
    form = UploadForm(*((request.POST, request.FILES) if request.method == "POST" else (None, None)))
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            if file.size > MOST_BYTES:
                raise FileRefused(
                    _("The file is larger than %(most)d MB: split it into several.") % {"most": MOST_BYTES >> 20}
                )
            batch = batches.check_file(content=file.read(), name=file.name or "", by=request.user, at=request.at)
        except FileRefused as error:
            form.add_error("file", error.detail)
        else:
            return redirect("portal:batch", public_id=batch.public_id)
    rows = SubmissionBatch.objects.visible_to(request.user).select_related("person")
    page = keyset(
        rows,
        ["created_at", "id"],
        cursor=request.GET.get("cursor", ""),
        limit=PAGE_SIZE,
        owner=f"portal-batches:{request.user.pk}",
        descending=True,
    )
    context = {
        "form": form,
        "batches": page.rows,
        "next": page.next,
        "previous": page.previous,
        "columns": batches.COLUMNS,
        "may_bring_reviews": can(request.user, Action.KEYS_EDIT),
        "here": "bulk",
    }
    return render(request, "portal/bulk/list.html", context, status=422 if form.errors else 200)


@require_GET
def template(request: VendorRequest, kind: str) -> HttpResponse:
    """The template as a file."""
    content, media_type = (
        (batches.template_xlsx(), _XLSX) if kind == "xlsx" else (batches.template_csv(), "text/csv; charset=utf-8")
    )
    return _download(content, media_type, f"escalations.{kind}")


@never_cache
@require_GET
def batch(request: VendorRequest, public_id: uuid.UUID) -> HttpResponse:
    """One file, row by row: before it is sent what would happen, afterwards what became of each."""
    return _page(request, _found(request, public_id))


@never_cache
@require_GET
def progress(request: VendorRequest, public_id: uuid.UUID) -> HttpResponse:
    """How far the engine is, as a fragment that asks again until it is done."""
    found = _found(request, public_id)
    if not request.htmx:
        return redirect("portal:batch", public_id=found.public_id)
    if not found.is_at_work:  # the whole page is another one now
        return HttpResponse(status=200, headers={"HX-Refresh": "true"})
    return render(request, "portal/bulk/_progress.html", _counts(found))


@require_POST
def send(request: VendorRequest, public_id: uuid.UUID) -> HttpResponse:
    """Send what is right."""
    return _act(request, public_id, batches.send)


@require_POST
def undo(request: VendorRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take back what nobody works on."""
    return _act(request, public_id, batches.undo)


@require_GET
def report(request: VendorRequest, public_id: uuid.UUID) -> HttpResponse:
    """The rows with what was found or became of them, as CSV."""
    found = _found(request, public_id)
    return _download(batches.report_csv(found), "text/csv; charset=utf-8", f"report-{found.public_id}.csv")


# -- parts -------------------------------------------------------------------------------------------------------------
def _found(request: VendorRequest, public_id: uuid.UUID) -> SubmissionBatch:
    rows = SubmissionBatch.objects.visible_to(request.user).select_related("person", "undone_by")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def _act(request: VendorRequest, public_id: uuid.UUID, operation: Any) -> HttpResponse:
    found = _found(request, public_id)
    try:
        operation(batch_id=found.pk, by=request.user, at=request.at)
    except DomainError as error:
        messages.error(request, error.detail)
    return redirect("portal:batch", public_id=found.public_id)


def _counts(found: SubmissionBatch) -> dict[str, Any]:
    counts = batches.tally(found)
    left = counts.get("ready" if found.state == "sending" else "sent", 0) if found.is_at_work else 0
    return {
        "batch": found,
        "counts": [(state, BatchRow.State(state).label, counts[state]) for state in BatchRow.State if state in counts],
        "ready": counts.get("ready", 0),
        "sent": counts.get("sent", 0),
        "bad": counts.get("bad", 0),
        "done": found.total - left,
    }


def _page(request: VendorRequest, found: SubmissionBatch) -> HttpResponse:
    state = request.GET.get("state", "")
    rows = found.rows.all()
    if state in BatchRow.State.values:
        rows = rows.filter(state=state)
    page = keyset(
        rows,
        ["number", "id"],
        cursor=request.GET.get("cursor", ""),
        limit=ROWS,
        owner=f"portal-batch:{found.pk}:{state}",
    )
    context = _counts(found) | {
        "rows": page.rows,
        "next": page.next,
        "previous": page.previous,
        "state": state,
        "here": "bulk",
    }
    return render(request, "portal/bulk/detail.html", context)


def _download(content: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response

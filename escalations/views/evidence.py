"""Evidence on its way in and, when asked for, out: nothing of a picture leaves before somebody asks, and asking is written down."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, cast

import structlog
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from accounts.roles import Action
from audit.access import record_access
from core.errors import DomainError, Invalid, NotPermitted
from core.files import FileAnswer
from core.htmx import announce, done, render_part, wants_part
from core.types import AtRequest
from escalations import permissions
from escalations.forms.case import EvidenceForm, sent
from escalations.lifecycle import EvidenceKind, GraphicTier, OriginalState
from escalations.models import Case, Evidence
from escalations.operations import evidence, evidence_store, uploads
from escalations.selectors.case import DRAWN, ORIGINAL, abilities, evidence_items, find_case, subjects_of
from escalations.views.case import page_context

DOWNLOAD = "evidence.download"
IN_MEMORY = 2**20  # bytes: what is larger is sent in pieces
CHECKED = 32 * 2**20  # bytes: reading more before the first byte leaves would keep people waiting
# What is served never runs, is never framed, never kept and never guessed at.
_SANDBOX = "default-src 'none'; sandbox; style-src 'none'; script-src 'none'; frame-ancestors 'none'"


class EvidenceDamaged(DomainError):
    """What is on the disk does not have the hash it is kept under."""

    code = "evidence_damaged"
    title = "This file is damaged"


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, ref: str) -> HttpResponse:
    """Add a file, an address or a text; htmx gets the dialog and, when it is done, the list."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    case = find_case(viewer, ref)
    permissions.check_can_act(viewer, Action.EVIDENCE_UPLOAD, case)
    initial = {"corrects": request.GET.get("corrects", "")}
    form = EvidenceForm(*sent(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            _add(case, form, request)
        except Invalid as error:
            _take(form, error)
        except DomainError as error:
            if error.status not in (409, 413, 415, 507):
                raise
            form.add_error("file" if form.cleaned_data["file"] else None, error.detail)
        else:
            if not wants_part(request):
                return done(request, "escalations:case", ref)
            return _list(request, ref, at)
    context = {
        "case": case,
        "form": form,
        "title": _("Add evidence to %(ref)s") % {"ref": ref},
        "form_url": request.path,
        "multipart": True,
        "most_mb": settings.UPLOAD_MAX_BYTES >> 20,
    }
    page, part = "escalations/evidence/add.html", "escalations/evidence/_add.html"
    return render_part(request, page, part, context, status=422 if form.errors else 200)


def _add(case: Case, form: EvidenceForm, request: HttpRequest) -> Evidence:
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    given = form.cleaned_data
    common: dict[str, Any] = {
        "case_id": case.pk,
        "by": viewer,
        "at": at,
        "note": given["note"],
        "tier": form.given_tier(),
        "corrects": given["corrects"],
        "form_token": request.POST.get("form_token", ""),
    }
    if given["file"]:
        upload = uploads.keep_upload(
            chunks=_chunks(given["file"]),
            name=given["file"].name or "",
            claimed_type=given["file"].content_type or "",
            by=viewer,
            at=at,
        )
        return evidence.add_file(upload_id=upload.public_id, **common)
    if given["url"]:
        return evidence.add_url_note(url=given["url"], **common)
    return evidence.add_text(text=given["text"], **common)


def _chunks(file: UploadedFile[bytes]) -> Iterator[bytes]:
    yield from file.chunks()


def _take(form: EvidenceForm, error: Invalid) -> None:
    for problem in error.errors:
        name = problem.pointer.strip("/").replace("body", "text")
        form.add_error(name if name in form.fields else None, problem.detail)
    if not error.errors:
        form.add_error(None, error.detail)


def _list(request: HttpRequest, ref: str, at: Any) -> HttpResponse:
    fresh = find_case(cast("User", request.user), ref)
    response = render(request, "escalations/case/_evidence.html", page_context(request, fresh, at=at))
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#evidence", "outerHTML"
    response.headers["HX-Trigger-After-Settle"] = "dialog:close"
    return announce(response, _("Evidence added"))


@login_required
@never_cache
@require_GET
def item(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """One item on a page of its own: its text, its address behind a warning, or its picture behind the shield."""
    viewer = cast("User", request.user)
    case = find_case(viewer, ref)
    rows = list(case.evidence.select_related("blob", "added_by", "added_by_key").order_by("number"))
    subjects = subjects_of(case) if any(row.original_url for row in rows) else ()
    items = evidence_items(case, rows, viewer=viewer, subjects=subjects)
    found = next((one for one in items if one.number == number), None)
    if found is None:
        raise Http404
    others = [one.number for one in items]
    place = others.index(number)
    context = {
        "case": case,
        "item": found,
        "items": items,
        "before": others[place - 1] if place else None,
        "after": others[place + 1] if place + 1 < len(others) else None,
        "tiers": GraphicTier.choices,
        "originals": OriginalState.choices,
        "may_note_original": bool(found.evidence.original_url) and permissions.can_act(viewer, Action.CASE_EDIT, case),
        "may_tier": case.is_open and permissions.can_act(viewer, Action.CASE_EDIT, case),
        "may_correct": abilities(case, viewer=viewer, at=cast("AtRequest", request).at).evidence,
        "is_child_safety": permissions.is_child_safety(case),
        "key_scope": "case",
    }
    return render_part(request, "escalations/evidence/item.html", "escalations/evidence/_item.html", context)


@login_required
@never_cache
@require_GET
def preview(request: HttpRequest, ref: str, number: int) -> HttpResponseBase:
    """The blurred grey derivative made on arrival, with nothing of the original's detail or metadata."""
    viewer = cast("User", request.user)
    case, found = _find(viewer, ref, number)
    if not permissions.can_preview(viewer, case):
        raise NotPermitted(rule="evidence.preview")
    if found.blob is None or found.blob.preview_state != "ready":
        raise Http404
    return _serve(found.blob.blurred_sha256, "image/png", found, as_download=False)


@login_required
@never_cache
@require_GET
def original(request: HttpRequest, ref: str, number: int) -> HttpResponseBase:
    """The original of a picture, after the access record is written; without the record there are no bytes (R36, T25)."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    case, found = _find(viewer, ref, number)
    if not permissions.can_open_original(viewer, case):
        raise NotPermitted(rule="evidence.original")
    if found.blob is None or found.blob.media_type not in DRAWN or found.state != Evidence.State.AVAILABLE:
        raise Http404
    if "prefetch" in request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", ""):
        return HttpResponse(status=503)  # nobody asked to see it
    if (refusal := _recorded(request, ORIGINAL, case, found, viewer, at, reason="revealed")) is not None:
        return refusal
    return _serve(found.blob.sha256, found.blob.media_type, found, as_download=False)


@login_required
@never_cache
@require_POST
def download(request: HttpRequest, ref: str, number: int) -> HttpResponseBase:
    """Hand the original over as a file, to those who may and say why."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    case, found = _find(viewer, ref, number)
    if not permissions.can_download_original(viewer, case):
        raise NotPermitted(rule="evidence.download")
    reason = request.POST.get("reason", "").strip()
    if len(reason) < 5:
        raise Invalid(_("Say why you take this file away, in a few words."), code="reason_required")
    if found.blob is None:
        raise Http404
    if (refusal := _recorded(request, DOWNLOAD, case, found, viewer, at, reason=reason)) is not None:
        return refusal
    return _serve(found.blob.sha256, "application/octet-stream", found, as_download=True)


@login_required
@never_cache
@require_POST
def tier(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Say how graphic an item is."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    case, found = _find(viewer, ref, number)
    given = request.POST.get("tier", "")
    if given not in ("", *(str(value) for value in GraphicTier.values)):
        raise Invalid(_("Choose one of G0, G1, G2, G3, or not known."), code="unknown_tier")
    evidence.set_tier(
        case_id=case.pk,
        number=found.number,
        tier=GraphicTier(int(given)) if given else None,
        by=viewer,
        at=at,
    )
    return done(request, reverse("escalations:evidence", args=[ref, number]), say=_("Saved."))


@login_required
@never_cache
@require_POST
def looked(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Say whether the original was found live or removed just now (CAS-5)."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    case = find_case(viewer, ref)
    given = request.POST.get("state", "")
    if given not in ("", *OriginalState.values):
        raise Invalid(_("Choose live, removed, or not known."), code="unknown_state")
    state = OriginalState(given) if given else None
    evidence.note_original(case_id=case.pk, number=number, state=state, by=viewer, at=at)
    return done(request, reverse("escalations:evidence", args=[ref, number]), say=_("Saved."))


def _find(viewer: User, ref: str, number: int) -> tuple[Case, Evidence]:
    case = get_object_or_404(Case.objects.visible_to(viewer).select_related("queue"), ref=ref)
    rows = Evidence.objects.filter(case=case, kind=EvidenceKind.FILE).select_related("blob")
    return case, get_object_or_404(rows, number=number)


def _recorded(
    request: HttpRequest, what: str, case: Case, found: Evidence, viewer: User, at: Any, *, reason: str
) -> HttpResponse | None:
    """Write the access record before the first byte; an answer without bytes where that fails."""
    try:
        record_access(
            what,
            subject=found,
            by=viewer,
            at=at,
            organization_id=case.organization_id,
            reason=reason,
            data={"case": case.ref, "number": found.number, "sha256": found.sha256},
        )
    except DatabaseError:
        structlog.get_logger(__name__).error("access_record_failed", case=case.ref, number=found.number)
        return HttpResponse(
            _("This cannot be recorded just now, so it is not shown. Try again in a moment."),
            status=503,
            content_type="text/plain; charset=utf-8",
            headers={"Retry-After": "5", "Cache-Control": "no-store"},
        )
    return None


def _serve(sha256: str, media_type: str, found: Evidence, *, as_download: bool) -> HttpResponseBase:
    """The bytes, checked against their hash where that takes no time to speak of (domain.md, invariant 8).

    Small ones are sent from memory, all others in pieces.
    """
    path = evidence_store.path_of(sha256)
    if not path.is_file():
        raise Http404
    size = path.stat().st_size
    content = path.read_bytes() if size <= IN_MEMORY else None
    if content is not None:
        is_whole = hashlib.sha256(content).hexdigest() == sha256
    else:
        is_whole = size > CHECKED or evidence_store.matches(sha256)
    if not is_whole:
        structlog.get_logger(__name__).error("evidence_damaged", sha256=sha256)
        raise EvidenceDamaged(_("The stored bytes are not those that came. They are not shown; tell an administrator."))
    response: HttpResponseBase
    if content is not None:
        response = HttpResponse(content, content_type=media_type)
    else:
        response = FileAnswer(path, content_type=media_type)
    name = evidence_store.clean_name(found.name or f"evidence-{found.number}")
    response.headers["Content-Disposition"] = content_disposition_header(as_download, name) or "inline"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Content-Security-Policy"] = _SANDBOX
    return response

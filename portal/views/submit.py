"""Sending one escalation: the form that says beforehand what is known and what will come back, and the receipt (VPO-2, VPO-3)."""

from __future__ import annotations

import secrets
import uuid
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.operations import keys
from accounts.permissions import check_can
from accounts.roles import Action
from core.errors import DomainError, Invalid
from escalations.lifecycle import Severity, Surface
from escalations.models import Submission, Upload
from escalations.operations import sending, submission_input
from escalations.operations.uploads import KEPT
from escalations.selectors.own_cases import known
from escalations.views.developers import PLACEHOLDER, curl
from portal.forms import HARM, MOST_FILES, SubmitForm
from portal.selectors import submissions as read
from portal.selectors.chances import Draft, foreseen
from portal.views.gate import VendorRequest

PAGE = "portal/submit/new.html"


@never_cache
@require_http_methods(["GET", "POST"])
def new(request: VendorRequest) -> HttpResponse:
    """The form. Sent about something that is open already, it asks first: follow it, add to it, or say that this is different."""
    check_can(request.user, Action.CASE_CREATE)
    if request.method != "POST":
        where = request.GET.get("where", "")[:2000].replace("\x00", "")
        return _page(request, SubmitForm(at=request.at, initial={"where": where}), [])
    token = request.POST.get("form_token", "")[:100]
    if (before := sending.sent_before(request.user, token)) is not None:
        return redirect("portal:receipt", ref=before.submission.ref)
    kept = _kept(request)
    form = SubmitForm(request.POST, request.FILES, at=request.at, kept=len(kept))
    is_right = form.is_valid()
    try:
        kept += _keep(request, form, kept)
    except DomainError as error:
        form.add_error("attached", error.detail)
        is_right = False
    if not is_right:
        return _page(request, form, kept, status=422)
    if request.POST.get("check") == "1":
        return _page(request, form, kept, was_checked=True)
    attach_to = request.POST.get("attach_to", "").strip().upper()[:16]
    twins = known(form.cleaned_data["where"], viewer=request.user)
    if twins and not attach_to and request.POST.get("different") != "1":
        return _page(request, form, kept, twins=twins, status=409)
    try:
        body = form.payload([str(upload.public_id) for upload in kept], attach_to=attach_to)
        payload = submission_input.read(body, at=request.at)
        accepted = sending.send_once(payload=payload, by=request.user, at=request.at, form_token=token)
    except Invalid as error:
        form.take(error)
    except DomainError as error:
        if error.status != 409:
            raise
        form.take(error)
    else:
        return redirect("portal:receipt", ref=accepted.submission.ref)
    return _page(request, form, kept, status=422)


@never_cache
@require_GET
def look(request: VendorRequest) -> HttpResponse:
    """What the organization has open about an address or id: the fragment that stands below the first field."""
    check_can(request.user, Action.CASE_CREATE)
    twins = known(request.GET.get("where", ""), viewer=request.user)
    if not request.htmx:
        return redirect(f"{reverse('portal:new')}?{request.GET.urlencode()}")
    return render(request, "portal/submit/_known.html", {"twins": twins, "at": request.at})


@never_cache
@require_POST
def foresee(request: VendorRequest) -> HttpResponse:
    """How submissions like the one being written fared: the fragment that stands below the evidence and follows what is typed."""
    check_can(request.user, Action.CASE_CREATE)
    if not request.htmx:
        return redirect("portal:new")
    # Sent without their content, files are words here: that there are some is all that counts.
    draft = _draft(request, has_files=bool(request.POST.get("attached")))
    context = {"draft": draft, "foreseen": foreseen(request.user.organization, draft, at=request.at)}
    return render(request, "portal/submit/_foreseen.html", context)


@never_cache
@require_GET
def receipt(request: VendorRequest, ref: str) -> HttpResponse:
    """What was accepted: reference, severity with why, promised times, and the same as a command line."""
    row = read.find(request.user, ref)
    if row is None:
        raise Http404
    mine = Submission.objects.visible_to(request.user).filter(case_id=row.case_id, person=request.user)
    row = mine.order_by("-id").first() or row  # what was just sent, also where it joined an older one
    shown = read.whole(row, viewer=request.user, at=request.at)
    case = shown.case
    claimed = case.severity_claimed if case is not None else None
    context = {
        "row": row,
        "shown": shown,
        "case": case,
        "was_changed": case is not None and claimed is not None and claimed != case.severity,
        "claimed": "" if claimed is None else Severity(claimed).name,
        "why": case.severity_why if case is not None else [],
        "curl": _curl(request, row),
        "here": "new",
    }
    return render(request, "portal/submit/receipt.html", context)


def _draft(request: VendorRequest, *, has_files: bool) -> Draft:
    """What the form says so far; nothing but its own choices."""
    given = request.POST
    policy = given.get("policy", "")
    is_bare = not (has_files or given.getlist("upload") or given.get("evidence_text", "").strip())
    return Draft(
        given.get("surface", Surface.ORGANIC)[:20],
        policy[len(HARM) :][:30] if policy.startswith(HARM) else "",
        given.get("language", "")[:12],
        is_bare,
    )


# -- parts -------------------------------------------------------------------------------------------------------------
def _kept(request: VendorRequest) -> list[Upload]:
    """Files that came with an earlier try of this form."""
    wanted = []
    for text in request.POST.getlist("upload")[:MOST_FILES]:
        try:
            wanted.append(uuid.UUID(text))
        except ValueError:
            continue
    waiting = Upload.objects.filter(person=request.user, public_id__in=wanted, attached_at=None)
    return list(waiting.filter(created_at__gt=request.at - KEPT).select_related("blob").order_by("id"))


def _keep(request: VendorRequest, form: SubmitForm, kept: list[Upload]) -> list[Upload]:
    """Keep the files that came now, so that no mistake elsewhere in the form loses them."""
    files = form.cleaned_data.get("attached") or []
    if not files:
        return []
    if len(files) + len(kept) > MOST_FILES:
        raise Invalid(form.fields["attached"].help_text)
    ids = sending.keep_files(files, by=request.user, at=request.at)
    return list(Upload.objects.filter(person=request.user, public_id__in=ids).select_related("blob").order_by("id"))


def _page(
    request: VendorRequest,
    form: SubmitForm,
    kept: list[Upload],
    *,
    twins: Any = None,
    status: int = 200,
    was_checked: bool = False,
) -> HttpResponse:
    draft = _draft(request, has_files=bool(kept))
    if twins is None:
        twins = known(str(form["where"].value() or ""), viewer=request.user)
    context = {
        "form": form,
        "kept": kept,
        "twins": twins,
        "must_choose": status == 409,
        "was_checked": was_checked,
        "draft": draft,
        "foreseen": foreseen(request.user.organization, draft, at=request.at),
        "form_token": request.POST.get("form_token") or secrets.token_urlsafe(18),
        "at": request.at,
        "here": "new",
    }
    return render(request, PAGE, context, status=status)


def _curl(request: VendorRequest, row: Submission) -> str:
    """The same submission as a call of the API with the organization's sandbox key; files are sent by another call first."""
    body = dict(row.payload)
    evidence = [item for item in body.get("evidence", []) if "upload_id" not in item]
    body.pop("evidence", None)
    if evidence:
        body["evidence"] = evidence
    token = keys.sandbox_token(request.user.organization, at=request.at) or PLACEHOLDER
    address = request.build_absolute_uri(reverse("api:submissions"))
    return curl("POST", address, body, token=token, idempotency_key=f"again-{secrets.token_hex(4)}")

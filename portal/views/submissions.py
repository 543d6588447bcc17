"""What was sent: the list, one submission's page, and everything a sender may do about it (VPO-3, VPO-4)."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import can
from accounts.roles import Action
from core.errors import DomainError, Invalid
from core.pagination import keyset
from escalations.appeal_life import Appellant
from escalations.lifecycle import Channel, Severity
from escalations.models import Case, Submission
from escalations.operations import appeals, comments, disputes, evidence, notices, sending
from escalations.operations.cases import change_severity
from escalations.operations.closing import withdraw_case
from portal.forms import AddForm, AnswersForm, AppealForm, DisputeForm, MessageForm, ReasonForm
from portal.selectors import submissions as read
from portal.views.gate import VendorRequest

PAGE_SIZE = 50


@require_GET
def submissions(request: VendorRequest) -> HttpResponse:
    """Everything one may see, newest first, by state and words."""
    viewer = request.user
    state, text = read.asked(request.GET)
    page = keyset(
        read.listed(viewer, state=state, text=text),
        ["received_at", "id"],
        cursor=request.GET.get("cursor", ""),
        limit=PAGE_SIZE,
        owner=f"portal:{viewer.pk}:{state}:{text}",
        descending=True,
    )
    context = {
        "rows": read.rows_of(page.rows, viewer=viewer),
        "next": page.next,
        "previous": page.previous,
        "state": state,
        "states": read.STATES,
        "q": text,
        "may_take": can(viewer, Action.EXPORT),
        "here": "submissions",
    }
    return render(request, "portal/submissions/list.html", context)


@require_GET
def submission(request: VendorRequest, ref: str) -> HttpResponse:
    """One submission. That its outcome was opened is kept: the notice of it has arrived."""
    row = _found(request, ref)
    if (case := Case.objects.visible_to(request.user).filter(pk=row.case_id).first()) is not None:
        notices.opened(case, by=request.user, at=request.at)
    return _page(request, row)


@require_POST
@never_cache
def write(request: VendorRequest, ref: str) -> HttpResponse:
    """Send a message; where we asked for something, the answers to it."""
    row, case = _open(request, ref)
    shown = read.whole(row, viewer=request.user, at=request.at)
    is_answer = "answers" in request.POST and bool(shown.items)
    form: Any = AnswersForm(request.POST, items=shown.items) if is_answer else MessageForm(request.POST)
    if form.is_valid():
        try:
            comments.message_from_submitter(
                case_id=case.pk,
                body=form.body() if is_answer else form.cleaned_data["body"],
                by=request.user,
                at=request.at,
                form_token=request.POST.get("form_token", "")[:100],
            )
        except Invalid as error:
            form.add_error(None, error.detail)
        else:
            left = form.left_out if is_answer else []
            said = (
                _("Sent. Still asked for: %(items)s.") % {"items": "; ".join(left)}
                if left
                else _("Your message is sent.")
            )
            messages.success(request, said)
            return redirect("portal:submission", ref=row.ref)
    return _page(request, row, status=422, **{"answers_form" if is_answer else "message_form": form})


@require_POST
@never_cache
def add(request: VendorRequest, ref: str) -> HttpResponse:
    """Add evidence: files, words, or an address."""
    row, case = _open(request, ref)
    form = AddForm(request.POST, request.FILES)
    if form.is_valid():
        given, token = form.cleaned_data, request.POST.get("form_token", "")[:60]
        try:
            with transaction.atomic():
                for number, upload in enumerate(sending.keep_files(given["attached"], by=request.user, at=request.at)):
                    evidence.add_file(
                        case_id=case.pk,
                        upload_id=uuid.UUID(upload),
                        by=request.user,
                        at=request.at,
                        note=given["note"],
                        form_token=f"{token}:{number}" if token else "",
                    )
                words = given["text"].strip()
                common: dict[str, Any] = {
                    "case_id": case.pk,
                    "by": request.user,
                    "at": request.at,
                    "note": given["note"],
                    "form_token": f"{token}:text" if token else "",
                }
                if words.startswith(("http://", "https://")) and len(words.split()) == 1:
                    evidence.add_url_note(url=words, **common)
                elif words:
                    evidence.add_text(text=words, **common)
        except DomainError as error:
            form.add_error("attached" if given["attached"] and not given["text"] else None, error.detail)
        else:
            messages.success(request, _("It is added: we see it at once."))
            return redirect("portal:submission", ref=row.ref)
    return _page(request, row, status=422, add_form=form)


@require_POST
def raise_severity(request: VendorRequest, ref: str) -> HttpResponse:
    """Say that it is worse than it looked: one level up, with a reason, until somebody works on it."""
    row, case = _open(request, ref)
    form = ReasonForm(request.POST)
    if form.is_valid():
        worse = Severity(max(case.severity - 1, Severity.S0))
        try:
            change_severity(
                case_id=case.pk, severity=worse, reason=form.cleaned_data["reason"], by=request.user, at=request.at
            )
        except DomainError as error:
            form.add_error(None, error.detail)
        else:
            messages.success(request, _("It is %(level)s now: we see it at once.") % {"level": worse.name})
            return redirect("portal:submission", ref=row.ref)
    return _page(request, row, status=422, raise_form=form)


@require_POST
def withdraw(request: VendorRequest, ref: str) -> HttpResponse:
    """Take a submission back, with a reason."""
    row, case = _open(request, ref)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            withdraw_case(case_id=case.pk, reason=form.cleaned_data["reason"], by=request.user, at=request.at)
        except DomainError as error:
            form.add_error(None, error.detail)
        else:
            messages.success(request, _("%(ref)s is withdrawn.") % {"ref": row.ref})
            return redirect("portal:submission", ref=row.ref)
    return _page(request, row, status=422, withdraw_form=form)


@require_POST
def appeal(request: VendorRequest, ref: str) -> HttpResponse:
    """Ask for another look at the decision: once, with a reason."""
    row, case = _open(request, ref)
    form = AppealForm(request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                filed = appeals.file_appeal(
                    case_id=case.pk,
                    appellant=Appellant.VENDOR,
                    asked=appeals.Request(text=form.cleaned_data["text"], language=request.user.locale),
                    by=request.user,
                    at=request.at,
                    channel=Channel.PORTAL,
                )
        except IntegrityError:  # the same form twice at once
            form.add_error(None, _("This decision was appealed before: once is all there is."))
        except DomainError as error:
            form.add_error("text" if isinstance(error, Invalid) else None, error.detail)
        else:
            messages.success(
                request, _("Your appeal %(ref)s is filed. Somebody else looks at it.") % {"ref": filed.ref}
            )
            return redirect("portal:submission", ref=row.ref)
    return _page(request, row, status=422, appeal_form=form)


@require_POST
def dispute(request: VendorRequest, ref: str) -> HttpResponse:
    """Contest that a case came back: once, with a reason."""
    row, case = _open(request, ref)
    form = DisputeForm(request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                disputes.file_dispute(case_id=case.pk, text=form.cleaned_data["text"], by=request.user, at=request.at)
        except DomainError as error:
            form.add_error("text" if isinstance(error, Invalid) else None, error.detail)
        else:
            messages.success(request, _("Somebody else looks at why it came back, and answers you here."))
            return redirect("portal:submission", ref=row.ref)
    return _page(request, row, status=422, dispute_form=form)


@require_POST
def appeal_write(request: VendorRequest, ref: str) -> HttpResponse:
    """Answer a question about one's appeal."""
    row, _case = _open(request, ref)
    filed = read.whole(row, viewer=request.user, at=request.at).appeal
    if filed is None:
        raise Http404
    form = MessageForm(request.POST)
    if form.is_valid():
        try:
            appeals.write_as_appellant(
                appeal_id=filed.pk, body=form.cleaned_data["body"], language="", by=request.user, at=request.at
            )
        except DomainError as error:
            form.add_error(None, error.detail)
        else:
            messages.success(request, _("Your answer is sent: the appeal goes on."))
            return redirect("portal:submission", ref=row.ref)
    return _page(request, row, status=422, appeal_message_form=form)


@require_POST
def appeal_withdraw(request: VendorRequest, ref: str) -> HttpResponse:
    """Take one's appeal back."""
    row, _case = _open(request, ref)
    filed = read.whole(row, viewer=request.user, at=request.at).appeal
    if filed is None:
        raise Http404
    appeals.withdraw_appeal(appeal_id=filed.pk, by=request.user, at=request.at)
    messages.success(request, _("Your appeal is taken back."))
    return redirect("portal:submission", ref=row.ref)


# -- parts -------------------------------------------------------------------------------------------------------------
def _found(request: VendorRequest, ref: str) -> Submission:
    """The submission behind a reference, or 404: unknown, somebody else's, another organization's are one answer."""
    found = read.find(request.user, ref)
    if found is None:
        raise Http404
    return found


def _open(request: VendorRequest, ref: str) -> tuple[Submission, Case]:
    """A submission and its case, or 404 where the case became restricted."""
    row = _found(request, ref)
    case = Case.objects.visible_to(request.user).filter(pk=row.case_id).first()
    if case is None:
        raise Http404
    return row, case


def _page(request: VendorRequest, row: Submission, *, status: int = 200, **forms_given: forms.Form) -> HttpResponse:
    shown = read.whole(row, viewer=request.user, at=request.at)
    context: dict[str, Any] = {
        "shown": shown,
        "row": row,
        "case": shown.case,
        "answers_form": AnswersForm(items=shown.items) if shown.items else None,
        "message_form": MessageForm(),
        "add_form": AddForm(auto_id="add_%s"),
        "raise_form": ReasonForm(auto_id="raise_%s"),
        "withdraw_form": ReasonForm(auto_id="withdraw_%s"),
        "appeal_form": AppealForm(auto_id="appeal_%s"),
        "dispute_form": DisputeForm(auto_id="dispute_%s"),
        "appeal_message_form": MessageForm(auto_id="appeal_%s"),
        "here": "submissions",
    }
    return render(request, "portal/submissions/detail.html", context | forms_given, status=status)

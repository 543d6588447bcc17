"""Mail that came in: what was filed, what was set aside, and what a person does about it."""

from __future__ import annotations

import uuid

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.roles import Action
from core.errors import DomainError
from core.htmx import render_part
from core.pagination import keyset
from escalations.lifecycle import MailState
from escalations.mail_parsing import Mail, parse
from escalations.models import Case, InboundMail, Queue
from escalations.operations import evidence_store, inbound_mail
from escalations.views.admin_queues import asker

PAGE_SIZE = 50


class MailFilter(forms.Form):
    state = forms.ChoiceField(
        label=gettext_lazy("State"), required=False, choices=[("", gettext_lazy("Any")), *MailState.choices]
    )
    sender = forms.CharField(label=gettext_lazy("From"), required=False, max_length=320)


def mails_found(form: MailFilter) -> QuerySet[InboundMail]:
    """The mails that pass a form; none where it is not valid."""
    found = InboundMail.objects.all()
    if not form.is_valid():
        return found.none()
    if form.cleaned_data["state"]:
        found = found.filter(state=form.cleaned_data["state"])
    if form.cleaned_data["sender"]:
        found = found.filter(sender__icontains=form.cleaned_data["sender"].lower())
    return found


@login_required
@require_GET
def mail_list(request: HttpRequest) -> HttpResponse:
    """Mails, newest first; those in quarantine unless another state is asked for."""
    viewer, _at = asker(request, Action.ROUTING_EDIT)
    form = MailFilter(request.GET or {"state": MailState.QUARANTINED})
    found = mails_found(form).select_related("case")
    status = 200 if form.is_valid() else 422
    query = request.GET.copy()
    cursor = str(query.pop("cursor", [""])[0])
    page = keyset(
        found,
        ["received_at", "id"],
        cursor=cursor,
        limit=PAGE_SIZE,
        owner=f"mail:{viewer.pk}:{query.urlencode()}",
        descending=True,
    )
    context = {
        "form": form,
        "rows": page.rows,
        "next": page.next,
        "previous": page.previous,
        "query": query.urlencode(),
        "here": "mail",
        "domain": settings.MAIL_DOMAIN,
        "authserv": settings.MAIL_AUTHSERV,
        "general": inbound_mail.GENERAL,
        "queues": Queue.objects.filter(is_active=True).order_by("position", "name"),
    }
    return render_part(
        request, "escalations/admin/mails.html", "escalations/admin/_mail_rows.html", context, status=status
    )


@login_required
@require_GET
def mail(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """One mail: what it claims, its words, and what may be done."""
    viewer, _at = asker(request, Action.ROUTING_EDIT)
    row = _found(public_id)
    seen = Case.objects.visible_to(viewer).filter(pk=row.case_id).first() if row.case_id else None
    read = _read(row)
    is_hidden = seen is None if row.case_id else inbound_mail.answers_hidden_case(read, viewer=viewer)
    context = {
        "row": row,
        # Its words are the case's that it is filed on or answers: who may not open that reads the envelope alone.
        "read": None if is_hidden else read,
        "case": seen,
        "here": "mail",
        "may_settle": row.state == MailState.QUARANTINED,
    }
    return render(request, "escalations/admin/mail.html", context)


@login_required
@require_POST
def settle(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """File a quarantined mail anew, or put it away."""
    viewer, at = asker(request, Action.ROUTING_EDIT)
    row = _found(public_id)
    try:
        if request.POST.get("do") == "discard":
            inbound_mail.discard(mail_id=row.pk, reason=request.POST.get("reason", ""), by=viewer, at=at)
            messages.success(request, _("The mail is put away."))
        else:
            inbound_mail.try_again(mail_id=row.pk, by=viewer, at=at)
            messages.success(request, _("The mail is being filed anew."))
    except DomainError as error:
        if error.status == 403:
            raise
        messages.error(request, error.detail)
    return redirect("escalations:admin-mail-one", public_id=row.public_id)


def _found(public_id: uuid.UUID) -> InboundMail:
    row = InboundMail.objects.select_related("blob", "settled_by").filter(public_id=public_id).first()
    if row is None:
        raise Http404
    return row


def _read(row: InboundMail) -> Mail:
    with evidence_store.open_blob(row.blob.sha256) as file:
        return parse(file.read(), envelope_to=row.recipient, authserv=settings.MAIL_AUTHSERV)

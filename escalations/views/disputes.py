"""Disputes: what submitters contest, and answering it."""

from __future__ import annotations

import uuid
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from accounts.permissions import check_can
from accounts.roles import Action
from accounts.views.people import show_error
from core.errors import DomainError, NotPermitted
from core.pagination import keyset
from core.types import AtRequest
from escalations.forms.disputes import AnswerForm
from escalations.lifecycle import DisputeState
from escalations.models import Dispute
from escalations.operations import disputes

PAGE_SIZE = 50


def disputes_shown(viewer: User, *, is_open: bool) -> QuerySet[Dispute]:
    """What waits for an answer, or what was answered, on cases that `viewer` may see."""
    rows = Dispute.objects.visible_to(viewer)
    return rows.filter(state=DisputeState.OPEN) if is_open else rows.exclude(state=DisputeState.OPEN)


@login_required
@require_GET
def dispute_list(request: HttpRequest) -> HttpResponse:
    """What waits for an answer, the oldest first; `?show=answered` those that were answered, the newest first."""
    viewer = cast("User", request.user)
    check_can(viewer, Action.APPEAL_DECIDE)
    is_open = request.GET.get("show") != "answered"
    page = keyset(
        disputes_shown(viewer, is_open=is_open).select_related("case__organization", "decided_by"),
        ["filed_at", "id"],
        cursor=request.GET.get("cursor", ""),
        limit=PAGE_SIZE,
        owner=f"disputes:{viewer.pk}:{is_open}",
        descending=not is_open,
    )
    context = {"rows": page.rows, "next": page.next, "previous": page.previous, "is_open": is_open}
    return render(request, "escalations/disputes/list.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def dispute(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One dispute with what the case asked; whoever may answers it."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    check_can(viewer, Action.APPEAL_DECIDE)
    rows = Dispute.objects.visible_to(viewer).select_related(
        "case__organization", "case__queue", "rejected_by", "decided_by"
    )
    found = rows.filter(public_id=key).first()
    if found is None:
        raise Http404
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            disputes.answer_dispute(dispute_id=found.pk, by=viewer, at=at, **form.cleaned_data)
        except NotPermitted:
            raise
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Answered. The submitter reads it in a moment."))
            return redirect("escalations:disputes")
    context = {
        "dispute": found,
        "case": found.case,
        "form": form,
        "may_answer": found.state == DisputeState.OPEN and disputes.may_answer(viewer, found, found.case),
    }
    return render(request, "escalations/disputes/detail.html", context, status=422 if form.errors else 200)

"""What a second person answers: the list, and one question with the panel read-only (ux.md DEC-12)."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from core import toasts
from core.errors import DomainError, Invalid, NotPermitted
from core.htmx import done, render_part
from core.types import AtRequest
from escalations.models import Approval
from escalations.operations import approvals
from escalations.operations.approvals import AlreadyAnswered
from escalations.selectors import approvals as selectors
from escalations.selectors import bulk
from escalations.views.bulk import title_of

PAGE, PART = "escalations/approvals/detail.html", "escalations/approvals/_approval.html"


@login_required
@require_GET
def approval_list(request: HttpRequest) -> HttpResponse:
    """What waits for the viewer as a second person, and what they asked others."""
    viewer = cast("User", request.user)
    listed = selectors.waiting_for(viewer)
    context = {
        "mine": [one for one in listed if one.may_answer],
        "asked": [one for one in listed if not one.may_answer],
        "bulk": [{"bulk": one, "title": title_of(one)} for one, _may in bulk.waiting_for(viewer)],
    }
    return render(request, "escalations/approvals/list.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def approval(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One question (GET), or the answer to it (POST: `do` is yes or no, `reason` the line that a refusal needs)."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    found = selectors.find(viewer, key)
    if found is None:
        raise Http404
    if request.method == "GET":
        return _show(request, found, viewer=viewer, at=at)
    does, reason = request.POST.get("do", ""), request.POST.get("reason", "")
    if does not in ("yes", "no"):
        return _show(request, found, viewer=viewer, at=at, problem=_("Approve or refuse."), reason=reason, status=422)
    try:
        approvals.answer(approval_id=found.pk, is_yes=does == "yes", reason=reason, by=viewer, at=at)
    except DomainError as error:
        if isinstance(error, Invalid):
            problem, status = (error.errors[0].detail if error.errors else error.detail), 422
        else:
            # htmx swaps a 409 and a 422; a refusal's words stand on the page either way.
            problem, status = error.detail, 409 if isinstance(error, AlreadyAnswered) else 403
            if isinstance(error, NotPermitted) and getattr(request, "htmx", None):
                status = 422
        fresh = selectors.find(viewer, key)
        if fresh is None:
            raise Http404 from None
        return _show(request, fresh, viewer=viewer, at=at, problem=problem, reason=reason, status=status)
    said = _("%(ref)s: approved") if does == "yes" else _("%(ref)s: refused, it is with its decider again")
    said = said % {"ref": found.case.ref}
    toasts.show_next(request, said)
    return done(request, "escalations:approvals", say=said)


def _show(
    request: HttpRequest,
    found: Approval,
    *,
    viewer: User,
    at: datetime,
    problem: str = "",
    reason: str = "",
    status: int = 200,
) -> HttpResponse:
    page = selectors.page_of(found, viewer=viewer, at=at)
    context = {"asked": page, "approval": found, "case": found.case, "problem": problem, "reason": reason}
    return render_part(request, PAGE, PART, context | dict(page.shown.context), status=status)

"""Acts on many cases: the list, one with what became of each case, the second person's answer, stopping and undoing (ux.md QUE-7)."""

from __future__ import annotations

import uuid
from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from core import toasts
from core.errors import DomainError, Invalid, NotPermitted
from core.htmx import done, render_part
from core.pagination import addresses
from core.types import AtRequest
from escalations.models import BulkAct
from escalations.operations import appeal_families
from escalations.operations import bulk as operations
from escalations.selectors import bulk as selectors
from escalations.views.acts import ACTS, Words

# Acts that are not begun in the queue: title and note.
ELSEWHERE: dict[str, tuple[Words, Words]] = {
    appeal_families.NAME: (
        gettext_lazy("Look again at decisions"),
        gettext_lazy(
            "Each gets an appeal of our own. What is overturned is carried out when its undo time is over; where one needs a second "
            "person by itself, it still waits for theirs."
        ),
    )
}

PAGE, PART = "escalations/bulk/detail.html", "escalations/bulk/_bulk.html"


def title_of(bulk: BulkAct) -> Words:
    """What an act on many cases is called."""
    return ELSEWHERE[bulk.act][0] if bulk.act in ELSEWHERE else ACTS[bulk.act].title


@login_required
@require_GET
def bulk_acts(request: HttpRequest) -> HttpResponse:
    """What the viewer did to many cases, and colleagues' acts for whoever confirms such."""
    listed = selectors.acts_of(cast("User", request.user), cursor=request.GET.get("cursor", ""))
    rows = [{"bulk": one, "title": title_of(one)} for one in listed.rows]
    context = {"rows": rows, **addresses(listed)}
    return render(request, "escalations/bulk/list.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def bulk_act(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One act with its rows (GET); POST with `do`: `yes` or `no` with a `reason` answers it, `stop` ends it, `undo` takes it back."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    found = BulkAct.objects.visible_to(viewer).filter(public_id=key).select_related("asked_by", "answered_by", "rule")
    bulk = found.first()
    if bulk is None:
        raise Http404
    if request.method == "GET":
        return _show(request, bulk)
    does, reason = request.POST.get("do", ""), request.POST.get("reason", "")
    try:
        if does in ("yes", "no"):
            operations.answer(bulk_id=bulk.pk, is_yes=does == "yes", reason=reason, by=viewer, at=at)
            said = _("Approved: it is under way") if does == "yes" else _("Refused: nothing of it is done")
        elif does == "stop":
            operations.stop(bulk_id=bulk.pk, by=viewer, at=at)
            said = _("Stopped: the other cases stay as they are")
        elif does == "undo":
            operations.take_back(bulk_id=bulk.pk, by=viewer, at=at)
            said = _("It is being undone")
        else:
            return _show(request, bulk, problem=_("Choose what to do."), status=422)
    except DomainError as error:
        status = 422 if isinstance(error, Invalid) else 409
        # htmx swaps a 409 and a 422; a refusal's words stand on the page either way.
        if isinstance(error, NotPermitted) and not getattr(request, "htmx", None):
            status = 403
        return _show(request, found.get(), problem=error.detail, reason=reason, status=status)
    toasts.show_next(request, said)
    return done(request, "escalations:bulk-act", bulk.public_id, say=said)


def _show(
    request: HttpRequest, bulk: BulkAct, *, problem: str = "", reason: str = "", status: int = 200
) -> HttpResponse:
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    shown = selectors.results(
        bulk, viewer=viewer, at=at, state=request.GET.get("state", ""), cursor=request.GET.get("cursor", "")
    )
    context = {
        "bulk": bulk,
        "results": shown,
        "title": title_of(bulk),
        "note": ELSEWHERE[bulk.act][1] if bulk.act in ELSEWHERE else ACTS[bulk.act].note,
        "problem": problem,
        "reason": reason,
        **addresses(shown.rows, state=shown.state),
    }
    return render_part(request, PAGE, PART, context, status=status)

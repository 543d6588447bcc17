"""Making a case by hand: paste first, see what is known, then fill in what is missing (NEW-1)."""

from __future__ import annotations

import secrets
from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from accounts.permissions import check_can
from accounts.roles import Action
from core.errors import DomainError, Invalid
from core.htmx import done, render_part
from core.types import AtRequest
from escalations.forms.case import sent
from escalations.forms.manual import ANSWERS, ManualForm
from escalations.models import Case
from escalations.operations import submission_input, uploads
from escalations.operations.manual import make_by_hand
from escalations.selectors.lookup import look_up

PAGE = "escalations/manual/new.html"


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The form; sending it makes the case and claims it for its maker."""
    viewer = cast("User", request.user)
    check_can(viewer, Action.CASE_CREATE)
    what = request.GET.get("what", "")
    found = look_up(request.POST.get("what", what), viewer=viewer)
    initial = {"what": what, "kind": found.kind, "surface": found.surface}
    form = ManualForm(*sent(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        case = _make(request, form)
        if case is not None:
            return done(request, "escalations:case", case.ref, say=_("%(ref)s was made.") % {"ref": case.ref})
    context = {
        "form": form,
        "found": found,
        "answers": [form[name] for name in ANSWERS],
        "form_token": request.POST.get("form_token") or secrets.token_urlsafe(18),
    }
    return render_part(request, PAGE, "escalations/manual/_form.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_GET
def look(request: HttpRequest) -> HttpResponse:
    """What is known of what was pasted."""
    viewer = cast("User", request.user)
    check_can(viewer, Action.CASE_CREATE)
    found = look_up(request.GET.get("what", ""), viewer=viewer)
    initial = {"what": found.what, "kind": found.kind, "surface": found.surface}
    form = ManualForm(initial=initial)
    context = {
        "form": form,
        "found": found,
        "answers": [form[name] for name in ANSWERS],
        "form_token": secrets.token_urlsafe(18),
        "suggesting": True,
    }
    return render_part(request, PAGE, "escalations/manual/_found.html", context)


def _make(request: HttpRequest, form: ManualForm) -> Case | None:
    """The new case, claimed where its maker may claim; None with the faults in the form."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    try:
        upload_id = ""
        if file := form.cleaned_data["file"]:
            upload = uploads.keep_upload(
                chunks=file.chunks(),
                name=file.name or "",
                claimed_type=file.content_type or "",
                by=viewer,
                at=at,
            )
            upload_id = str(upload.public_id)
        payload = submission_input.read(form.payload(upload_id), at=at)
        token = request.POST.get("form_token", "")[:255]
        return make_by_hand(payload=payload, by=viewer, at=at, form_token=token)
    except Invalid as error:
        form.take(error)
    except DomainError as error:
        if error.status not in (409, 413, 415, 507):
            raise
        form.add_error("file" if error.status != 409 else None, error.detail)
    return None

"""Legal holds and the ask's wordings: small dialogs of the case page, which are pages without scripts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from accounts.roles import Action
from core.errors import Invalid, NotPermitted, StaleRevision
from core.htmx import done, render_part
from core.types import AtRequest
from escalations import permissions
from escalations.forms.wording import BasisForm, NoForm, ReleaseForm, WordingForm
from escalations.models import Case, CaseHold
from escalations.operations import asks, holds
from escalations.selectors.case import find_case

Words = str | Promise


@dataclass(frozen=True)
class Step:
    """What one person can do next about a hold."""

    title: Words
    help: Words
    button: Words
    said: Words
    form: type[forms.Form]
    do: Callable[[Case, forms.Form, User, datetime], object]


ASK = Step(
    gettext_lazy("Ask for a legal hold"),
    gettext_lazy("The legal desk reads this on the case and decides. Nothing changes until then."),
    gettext_lazy("Ask the legal desk"),
    gettext_lazy("The legal desk is asked."),
    BasisForm,
    lambda case, form, by, at: holds.ask_for_hold(case_id=case.pk, basis=form.cleaned_data["basis"], by=by, at=at),
)
SET = Step(
    gettext_lazy("Set a legal hold"),
    gettext_lazy(
        "From then on the case is not merged, not sent back and not removed, and its evidence stays as it is. It can be decided."
    ),
    gettext_lazy("Set the hold"),
    gettext_lazy("The case is under legal hold."),
    BasisForm,
    lambda case, form, by, at: holds.set_legal_hold(case_id=case.pk, basis=form.cleaned_data["basis"], by=by, at=at),
)
PROPOSE = Step(
    gettext_lazy("Propose to release the hold"),
    gettext_lazy("A second person of the legal desk confirms it."),
    gettext_lazy("Propose the release"),
    gettext_lazy("The release is proposed: a second person confirms it."),
    ReleaseForm,
    lambda case, form, by, at: holds.ask_release(case_id=case.pk, reason=form.cleaned_data["reason"], by=by, at=at),
)
RELEASE = Step(
    gettext_lazy("Release the legal hold"),
    gettext_lazy("From then on the usual rules of retention apply."),
    gettext_lazy("Release the hold"),
    gettext_lazy("The hold is released."),
    NoForm,
    lambda case, form, by, at: holds.release_hold(case_id=case.pk, by=by, at=at),
)


def step_for(viewer: User, case: Case, standing: CaseHold | None) -> Step:
    """What `viewer` may do about a hold of `case` now. Raises `NotPermitted` where that is nothing."""
    if permissions.can_act(viewer, Action.HOLD_SET, case):
        if standing is None:
            return SET
        asked = standing.release_asked_by_id
        return PROPOSE if asked in (None, viewer.pk) else RELEASE
    permissions.check_can_act(viewer, Action.HOLD_ASK, case)
    if standing is not None:
        raise NotPermitted(_("Only the legal desk releases a hold: ask them."), rule=Action.HOLD_SET.value)
    return ASK


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def hold(request: HttpRequest, ref: str) -> HttpResponse:
    """Set, ask for, or release a legal hold: whichever step is the viewer's."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    found = find_case(viewer, ref)
    standing = found.holds.filter(released_at=None).select_related("set_by", "release_asked_by").first()
    step = step_for(viewer, found, standing)
    form = step.form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            step.do(found, form, viewer, at)
        except Invalid as error:
            take(form, error)
        else:
            return done(request, "escalations:case", found.ref, say=str(step.said))
    context = {
        "case": found,
        "form": form,
        "step": step,
        "standing": standing,
        "title": step.title,
        "form_url": request.path,
    }
    status = 422 if form.errors else 200
    return render_part(request, "escalations/case/hold.html", "escalations/case/_hold.html", context, status=status)


@login_required
@never_cache
@require_GET
def wordings(request: HttpRequest, ref: str) -> HttpResponse:
    """Every wording of the ask, the submitter's first."""
    found = find_case(cast("User", request.user), ref)
    versions = list(found.ask_versions.select_related("written_by").order_by("number"))
    context = {"case": found, "versions": versions, "title": _("Wordings of the ask")}
    return render_part(request, "escalations/case/wordings.html", "escalations/case/_wordings.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def edit_wording(request: HttpRequest, ref: str) -> HttpResponse:
    """Word the ask anew. Somebody else's edit in between is shown, and saving again writes a further wording."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    found = find_case(viewer, ref)
    permissions.check_can_act(viewer, Action.CASE_EDIT, found)
    current = asks.current_wording(found)
    form = WordingForm(request.POST if request.method == "POST" else None, initial={"text": found.ask, "seen": current})
    theirs = ""
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            asks.edit_ask(
                case_id=found.pk, text=values["text"], reason=values["reason"], by=viewer, at=at, seen=values["seen"]
            )
        except StaleRevision:
            theirs = found.ask
        except Invalid as error:
            take(form, error)
        else:
            return done(request, "escalations:case", found.ref, say=_("Saved."))
    context = {
        "case": found,
        "form": form,
        "theirs": theirs,
        "current": current,
        "title": _("Word the ask anew"),
        "form_url": request.path,
        "wide": True,
    }
    status = 409 if theirs else 422 if form.errors else 200
    return render_part(
        request, "escalations/case/wording.html", "escalations/case/_wording.html", context, status=status
    )


def take(form: forms.Form, error: Invalid) -> None:
    """Put an operation's refusal beside its fields."""
    for problem in error.errors:
        name = problem.pointer.strip("/")
        form.add_error(name if name in form.fields else None, problem.detail)
    if not error.errors:
        form.add_error(None, error.detail)

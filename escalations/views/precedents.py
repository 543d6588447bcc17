"""Precedents (ux.md PRE-1): the search over decided cases, and the leading ones among them."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from core.errors import Invalid
from core.types import AtRequest
from escalations.filters import compile_filter
from escalations.lifecycle import Surface, Verdict
from escalations.models import Decision
from escalations.operations import precedents as operations
from escalations.selectors.precedents import VALIDITY, PrecedentFilters, precedents, search_precedents, with_validity
from policies.permissions import can_keep_precedents, check_can_keep_precedents, check_can_read_library

REVIEW_AFTER = timedelta(days=180)


class PrecedentForm(forms.Form):
    """What narrows the list. Every field may be left empty."""

    q = forms.CharField(label=gettext_lazy("Cases with"), max_length=512, required=False)
    clause = forms.RegexField(
        r"^[A-Za-z][A-Za-z0-9.-]{0,15}(@[vV]?[0-9]{1,5})?$", label=gettext_lazy("Clause"), required=False, max_length=24
    )
    element = forms.RegexField(r"^[a-z][a-z0-9_]{0,39}$", label=gettext_lazy("Element"), required=False, max_length=40)
    verdict = forms.ChoiceField(label=gettext_lazy("Verdict"), required=False)
    surface = forms.ChoiceField(label=gettext_lazy("Surface"), required=False)
    language = forms.RegexField(r"^[A-Za-z-]{2,12}$", label=gettext_lazy("Language"), required=False, max_length=12)
    validity = forms.ChoiceField(label=gettext_lazy("Validity"), required=False)
    leading = forms.BooleanField(label=gettext_lazy("Leading cases only"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (
            ("verdict", Verdict.choices),
            ("surface", Surface.choices),
            ("validity", VALIDITY.items()),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", _("any")), *choices]


class HoldingForm(forms.Form):
    """What a leading case holds, and when somebody looks at it again."""

    holding = forms.CharField(
        label=gettext_lazy("Holding"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What it settles, in a sentence or two."),
    )
    review_on = forms.DateField(
        label=gettext_lazy("Look at it again on"), widget=forms.DateInput(attrs={"type": "date"})
    )


def filters_of(form: PrecedentForm, *, viewer: User, at: datetime) -> PrecedentFilters | None:
    """What a form asks for; None, with the errors on the form, where it or its filter says nothing."""
    if not form.is_valid():
        return None
    values = form.cleaned_data
    filters = PrecedentFilters(
        clause=values["clause"],
        element=values["element"],
        verdict=values["verdict"],
        surface=values["surface"],
        language=values["language"],
        validity=values["validity"],
        is_leading=values["leading"],
    )
    if not values["q"]:
        return filters
    compiled = compile_filter(values["q"], viewer=viewer, at=at)
    if compiled.is_valid:
        return replace(filters, cases=compiled.q)
    for sentence in compiled.sentences:
        form.add_error("q", sentence)
    return None


def _reader(request: HttpRequest) -> tuple[User, datetime]:
    user = cast(User, request.user)
    if not user.is_internal:
        raise Http404
    check_can_read_library(user)
    return user, cast(AtRequest, request).at


@login_required
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Decided cases under clauses, newest first, with their validity. `q` is the filter language over cases."""
    user, at = _reader(request)
    form = PrecedentForm(request.GET)
    context: dict[str, Any] = {"form": form, "rows": [], "may_keep": can_keep_precedents(user)}
    filters = filters_of(form, viewer=user, at=at)
    if filters is None:
        return render(request, "escalations/precedents/list.html", context, status=422)
    before = request.GET.get("before", "")
    cursor = int(before) if before.isascii() and before.isdigit() and len(before) < 15 else None
    context["rows"], context["older"] = search_precedents(filters, viewer=user, at=at, before=cursor)
    context["is_narrowed"] = any(form.cleaned_data.values())
    return render(request, "escalations/precedents/list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def leading(request: HttpRequest, decision: uuid.UUID) -> HttpResponse:
    """Make a decision a leading case, write its holding anew, or take it off the shelf (`do=remove`)."""
    user, at = _reader(request)
    check_can_keep_precedents(user)
    found: Decision = get_object_or_404(precedents(user), public_id=decision)
    [shown] = with_validity([found], at=at)
    initial = {
        "holding": shown.leading.holding if shown.leading else "",
        "review_on": shown.leading.review_on if shown.leading else (at + REVIEW_AFTER).date(),
    }
    form = HoldingForm(request.POST if request.POST.get("do") == "save" else None, initial=initial)
    if request.method == "POST":
        if request.POST.get("do") == "remove":
            operations.remove_leading_case(decision_id=found.pk, by=user, at=at)
            messages.success(request, _("It is no leading case any more."))
            return redirect("escalations:precedents")
        if form.is_valid():
            try:
                operations.name_leading_case(
                    decision_id=found.pk,
                    holding=form.cleaned_data["holding"],
                    review_on=form.cleaned_data["review_on"],
                    by=user,
                    at=at,
                )
            except Invalid as error:
                for problem in error.errors:
                    form.add_error(problem.pointer.strip("/"), problem.detail)
            else:
                messages.success(request, _("%(ref)s is a leading case.") % {"ref": shown.case_ref})
                return redirect("escalations:precedents")
    context = {"form": form, "shown": shown}
    return render(request, "escalations/precedents/leading.html", context, status=422 if form.errors else 200)

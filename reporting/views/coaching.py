"""Sharing examples with a vendor (VEN-3)."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.models import Organization, User
from accounts.permissions import can
from accounts.roles import Action
from accounts.views.people import show_error
from core.errors import Invalid
from core.types import AtRequest
from escalations.lifecycle import InvalidReason, Resolution
from escalations.models import Case
from reporting import permissions
from reporting.operations import coaching as operations
from reporting.selectors.coaching import coached

OFFERED = 60


class ShareForm(forms.Form):
    """Which returned cases, what they have in common, what to do instead."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    reason = forms.ChoiceField(label=gettext_lazy("Reason in common"), choices=InvalidReason.choices)
    message = forms.CharField(
        label=gettext_lazy("What to do instead"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    refs = forms.MultipleChoiceField(
        label=gettext_lazy("Cases that came back"), choices=[], widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, cases: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        refs = self.fields["refs"]
        assert isinstance(refs, forms.MultipleChoiceField)
        refs.choices = cases


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def coaching(request: AtRequest, slug: str) -> HttpResponse:
    """What a vendor was shown and whether it helped; the form for more, over its newest returns."""
    viewer = cast("User", request.user)
    permissions.check_sees_whole_vendors(viewer)
    vendor = get_object_or_404(Organization, slug=slug, kind=Organization.Kind.VENDOR)
    returned = Case.objects.visible_to(viewer).filter(
        organization=vendor, resolution=Resolution.INVALID, is_sandbox=False
    )
    offered = [(case.ref, f"{case.ref} {case.title}") for case in returned.order_by("-closed_at", "-id")[:OFFERED]]
    form = ShareForm(request.POST if request.method == "POST" else None, cases=offered)
    if request.method == "POST" and form.is_valid():
        try:
            operations.share(vendor=vendor, by=viewer, at=request.at, **form.cleaned_data)
        except Invalid as error:
            show_error(form, error)
        else:
            messages.success(request, _("Shared: the vendor finds it beside its scorecard."))
            return redirect("reporting:vendor-coaching", slug=vendor.slug)
    context = {
        "vendor": vendor,
        "form": form,
        "has_returns": bool(offered),
        "coached": coached(vendor, viewer=viewer, at=request.at),
        "may_edit": can(viewer, Action.VENDORS_EDIT),
    }
    return render(request, "reporting/vendors/coaching.html", context, status=422 if form.errors else 200)

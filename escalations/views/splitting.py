"""Making a case of a submitter's message: which one, and what the new case is called."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages as said
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.roles import Action
from core.errors import DomainError, Invalid
from core.types import AtRequest
from escalations import permissions
from escalations.models import Case
from escalations.operations.splitting import messages_of, split_case
from escalations.selectors.case import find_case


class SplitForm(forms.Form):
    """The message, and the new case's title."""

    message = forms.TypedChoiceField(label=gettext_lazy("The message"), widget=forms.RadioSelect, coerce=str)
    title = forms.CharField(label=gettext_lazy("Title of the new case"), max_length=200)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.TypedChoiceField", self.fields["message"])
        newest = messages_of(case).reverse()[:50]
        field.choices = [(str(one.public_id), Truncator(" ".join(one.body.split())).chars(160)) for one in newest]


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def split(request: HttpRequest, ref: str) -> HttpResponse:
    """The messages to choose from; sent, the chosen one is a case of its own, which opens."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    found = find_case(viewer, ref)
    permissions.check_can_act(viewer, Action.CASE_MERGE, found)
    form = SplitForm(request.POST or None, case=found)
    if request.method == "POST" and form.is_valid():
        try:
            made = split_case(case_id=found.pk, **_values(form), by=viewer, at=at)
        except DomainError as error:
            if error.status not in (404, 409, 422):
                raise
            for problem in error.errors if isinstance(error, Invalid) else ():
                form.add_error(problem.pointer.strip("/"), problem.detail)
            if not form.errors:
                form.add_error(None, str(error.detail))
        else:
            said.success(request, _("%(ref)s is a case of its own now.") % {"ref": made.ref})
            return redirect("escalations:case", made.ref)
    context = {"case": found, "form": form, "title": _("Split a message off %(ref)s") % {"ref": found.ref}}
    return render(request, "escalations/case/split.html", context, status=422 if form.errors else 200)


def _values(form: SplitForm) -> dict[str, Any]:
    return {"message_id": form.cleaned_data["message"], "title": form.cleaned_data["title"]}

"""When a second person is needed: the rules in force, their editions, and changing them."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.permissions import can
from accounts.roles import Action
from core.errors import Invalid
from escalations.forms.admin_approvals import FIELD_OF, NoteForm, RuleForms, initial_of
from escalations.models import ApprovalRulesVersion
from escalations.operations import approvals
from escalations.selectors import approvals as selectors
from escalations.views.admin_queues import asker


@login_required
@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """The rules in force in words, and who published which edition when."""
    viewer, _at = asker(request, Action.ROUTING_READ)
    listed = [
        (rule, selectors.rule_in_words(rule), selectors.roles_in_words(rule)) for rule in approvals.rules_in_force()
    ]
    editions = ApprovalRulesVersion.objects.select_related("published_by").order_by("-number")[:50]
    context = {"rules": listed, "editions": editions, "may_edit": can(viewer, Action.ROUTING_EDIT)}
    return render(request, "escalations/admin/approvals.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest) -> HttpResponse:
    """Write the next edition: every rule with its fields; one emptied or ticked for removal is left out."""
    viewer, at = asker(request, Action.ROUTING_EDIT)
    forms = RuleForms(
        request.POST or None, initial=[initial_of(rule) for rule in approvals.rules_in_force()], prefix="rule"
    )
    note = NoteForm(request.POST or None)
    if request.method == "POST" and forms.is_valid() and note.is_valid():
        kept = [form for form in forms if not form.is_blank and not form.cleaned_data.get("DELETE")]
        try:
            version = approvals.publish_rules(
                rules=[form.rule() for form in kept], note=note.cleaned_data["note"], by=viewer, at=at
            )
        except Invalid as error:
            for problem in error.errors:
                parts = problem.pointer.strip("/").split("/")
                if len(parts) == 3 and parts[0] == "rules":
                    kept[int(parts[1])].add_error(FIELD_OF.get(parts[2], parts[2]), problem.detail)
                else:
                    note.add_error("note" if parts[0] == "note" else None, problem.detail)
        else:
            messages.success(request, _("Edition %(number)d is in force.") % {"number": version.number})
            return redirect("escalations:admin-approvals")
    context = {"forms": forms, "note": note}
    is_wrong = request.method == "POST"
    return render(request, "escalations/admin/approvals_edit.html", context, status=422 if is_wrong else 200)

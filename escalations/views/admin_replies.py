"""Administration of reply templates (ADM-4 for replies)."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.permissions import can
from accounts.roles import Action
from accounts.views.people import show_error
from core.errors import DomainError
from escalations.forms.admin_replies import TemplateForm, WordingForm
from escalations.lifecycle import TemplatePurpose
from escalations.models import ReplyTemplate, ReplyTemplateVersion
from escalations.operations import replies
from escalations.selectors.replies import in_use
from escalations.views.admin_queues import asker


@login_required
@require_GET
def template_list(request: HttpRequest) -> HttpResponse:
    """Every template with its languages."""
    viewer, _at = asker(request, Action.ROUTING_READ)
    wordings: dict[int, list[ReplyTemplateVersion]] = {}
    for version in in_use().order_by("language"):
        wordings.setdefault(version.template_id, []).append(version)
    templates = ReplyTemplate.objects.order_by("-is_active", "name", "id")
    rows = [(template, wordings.get(template.pk, [])) for template in templates]
    return render(
        request, "escalations/admin/replies.html", {"rows": rows, "may_edit": can(viewer, Action.ROUTING_EDIT)}
    )


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Add a template; its wordings come next."""
    viewer, at = asker(request, Action.ROUTING_EDIT)
    form = TemplateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            saved = replies.save_template(
                slug=values["slug"].strip(),
                name=values["name"],
                is_active=values["is_active"],
                is_new=True,
                purpose=TemplatePurpose(values["purpose"] or TemplatePurpose.REPLY),
                verdicts=values["verdicts"],
                by=viewer,
                at=at,
            )
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, _("%(name)s is saved. Write its first wording.") % {"name": saved.name})
            return redirect("escalations:admin-reply", saved.slug)
    context = {"form": form, "template": None, "may_edit": True}
    return render(request, "escalations/admin/reply.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """A template with its wordings; `do` says which of the two forms came."""
    viewer, at = asker(request, Action.ROUTING_READ if request.method == "GET" else Action.ROUTING_EDIT)
    template = get_object_or_404(ReplyTemplate, slug=slug)
    does = request.POST.get("do", "template") if request.method == "POST" else ""
    form = TemplateForm(request.POST if does == "template" else None, template=template)
    wording = WordingForm(request.POST if does == "wording" else None)
    bound = form if does == "template" else wording
    if does and bound.is_valid():
        values = bound.cleaned_data
        try:
            if does == "wording":
                replies.publish_wording(slug=slug, language=values["language"], body=values["body"], by=viewer, at=at)
            else:
                replies.save_template(
                    slug=slug,
                    name=values["name"],
                    is_active=values["is_active"],
                    is_new=False,
                    verdicts=values.get("verdicts", ()),
                    by=viewer,
                    at=at,
                )
        except DomainError as error:
            show_error(bound, error)
        else:
            messages.success(request, _("%(name)s is saved.") % {"name": template.name})
            return redirect("escalations:admin-reply", slug)
    current = list(in_use().filter(template=template).order_by("language"))
    versions = template.versions.select_related("published_by").order_by("language", "-number")
    purpose = TemplatePurpose(template.purpose)
    context = {
        "form": form,
        "wording_form": wording,
        "template": template,
        "current": current,
        "older": list(versions.exclude(pk__in=[version.pk for version in current])[:100]),
        "variables": [(f"{{{{ {name} }}}}", meaning) for name, meaning in replies.variables_for(purpose).items()],
        "may_edit": can(viewer, Action.ROUTING_EDIT),
    }
    return render(request, "escalations/admin/reply.html", context, status=422 if bound.errors else 200)

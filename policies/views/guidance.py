"""Interim guidance: the list, one guidance with its editions and readers, issuing, withdrawing, acknowledging."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.errors import Invalid
from policies import permissions, registry
from policies.forms_writing import GuidanceForm, local, show
from policies.models import Guidance, Policy
from policies.operations import guidance as operations
from policies.selectors.acknowledgements import guidance_read, readers_of_guidance
from policies.views.reading import reader

WEEK = timedelta(days=7)


@login_required
@require_GET
def guidance_list(request: HttpRequest) -> HttpResponse:
    """What holds, what will, and what is over."""
    user, at = reader(request)
    rows = (
        Guidance.objects.visible_to(user)
        .select_related("issuer")
        .annotate(read=Count("acknowledgements"))
        .order_by("-starts_at", "-id")[:300]
    )
    listed = list(rows)
    context = {
        "holding": [one for one in listed if one.holds_at(at)],
        "coming": [one for one in listed if one.starts_at > at and one.ended_at is None],
        "over": [one for one in listed if one.until <= at],
        "may_issue": permissions.can_issue_guidance(user),
    }
    return render(request, "policies/guidance/list.html", context)


@login_required
@require_GET
def show_guidance(request: HttpRequest, number: int, edition: int | None = None) -> HttpResponse:
    """A guidance in its newest edition, or the named one."""
    user, at = reader(request)
    editions = list(
        Guidance.objects.visible_to(user)
        .filter(number=number)
        .select_related("issuer", "ended_by")
        .order_by("-edition")
    )
    if not editions:
        raise Http404
    shown = next((one for one in editions if edition is None or one.edition == edition), None)
    if shown is None:
        raise Http404
    context = {
        "shown": shown,
        "editions": editions,
        "holds": shown.holds_at(at),
        "is_over": shown.until <= at,
        "is_read": shown.pk in guidance_read(user, [shown]),
        "readers": readers_of_guidance(shown, at=at),
        "may_issue": permissions.can_issue_guidance(user),
        "count": registry.scope_count(shown.scope, viewer=user, at=at),
        "clauses": list(Policy.objects.visible_to(user).filter(key__in=shown.policy_keys).order_by("key")),
    }
    return render(request, "policies/guidance/detail.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def issue(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """Issue a guidance, or the next edition of one. `do=try` counts the cases that its filter finds and issues nothing."""
    user, at = reader(request)
    permissions.check_can_issue_guidance(user)
    last = None
    if number is not None:
        last = Guidance.objects.visible_to(user).filter(number=number).order_by("-edition").first()
        if last is None:
            raise Http404
    initial: dict[str, Any] = {"expires_at": local(at + WEEK)}
    if last is not None:
        initial |= {
            "title": last.title,
            "text": last.text,
            "scope": last.scope,
            "crisis_ref": last.crisis_ref,
            "policy_keys": " ".join(last.policy_keys),
            "needs_acknowledgement": last.needs_acknowledgement,
        }
    form = GuidanceForm(request.POST or None, initial=initial)
    context: dict[str, Any] = {"form": form, "last": last}
    if request.method == "POST" and request.POST.get("do") == "try":
        scope = request.POST.get("scope", "").replace("\x00", "")[:1000]
        context |= {"faults": registry.scope_problems(scope, at=at), "is_tried": True}
        if not context["faults"]:
            context["count"] = registry.scope_count(scope, viewer=user, at=at)
        form.is_valid()  # what was typed stays in its fields; only the filter is judged here
        form.errors.clear()
        return render(request, "policies/guidance/issue.html", context, status=422 if context["faults"] else 200)
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.issue_guidance(instruction=form.instruction(), by=user, at=at, replaces=number)
        except Invalid as error:
            show(form, error.errors)
        else:
            messages.success(request, _("%(name)s is issued.") % {"name": made.name})
            return redirect(made)
    return render(request, "policies/guidance/issue.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def act(request: HttpRequest, number: int, edition: int, does: str) -> HttpResponse:
    """Acknowledge or withdraw an edition."""
    user, at = reader(request)
    shown: Guidance = get_object_or_404(Guidance.objects.visible_to(user), number=number, edition=edition)
    if does == "acknowledge":
        operations.acknowledge_guidance(guidance_id=shown.pk, by=user, at=at)
        messages.success(request, _("Noted: you have read %(name)s.") % {"name": shown.name})
    elif does == "withdraw":
        operations.withdraw_guidance(guidance_id=shown.pk, by=user, at=at)
        messages.success(request, _("%(name)s is withdrawn.") % {"name": shown.name})
    else:
        raise Http404
    return redirect(shown)

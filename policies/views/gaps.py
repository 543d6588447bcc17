"""Gaps: the list, one gap with what its owner can do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from accounts.permissions import can
from accounts.roles import Action
from core import navigation
from core.errors import Invalid, StaleRevision
from policies import permissions, registry
from policies.forms_writing import GapForm, OutcomeForm, show
from policies.lifecycle import GapState
from policies.models import Gap, PolicyVersion
from policies.operations import gaps
from policies.selectors.life import gap_counts, gap_owners, gaps_for
from policies.views.reading import reader


@login_required
@require_GET
def gap_list(request: HttpRequest) -> HttpResponse:
    """Gaps by state: open ones unless another is asked for."""
    user, at = reader(request)
    state = request.GET.get("state", GapState.OPEN)
    if state not in (*GapState.values, "all"):
        state = GapState.OPEN
    counts = gap_counts(user)
    tabs: list[tuple[str, Any, int]] = [(one.value, one.label, counts.get(one.value, 0)) for one in GapState]
    context = {
        "rows": gaps_for(user, state="" if state == "all" else state, at=at),
        "tabs": [*tabs, ("all", _("All"), sum(counts.values()))],
        "state": state,
        "export_url": navigation.url_of("export_new") if can(user, Action.EXPORT) else "",
    }
    return render(request, "policies/gaps/list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def gap(request: HttpRequest, gap_id: int) -> HttpResponse:
    """A gap; `do` says which of its forms came."""
    user, at = reader(request)
    rows = Gap.objects.visible_to(user).select_related(
        "owner", "opened_by", "closed_by", "nearest__policy", "answer__policy"
    )
    shown: Gap = get_object_or_404(rows, pk=gap_id)
    does = request.POST.get("do", "") if request.method == "POST" else ""
    owners = _owners(at)
    form = GapForm(request.POST if does == "keep" else None, gap=shown, owners=owners)
    outcome = OutcomeForm(request.POST if does == "rule-out" else None, initial={"revision": shown.revision})
    status, problems = 200, []
    if does:
        try:
            if does == "keep" and form.is_valid():
                values = form.cleaned_data
                gaps.keep_gap(
                    gap_id=shown.pk,
                    owner=values["owner"],
                    target_on=values["target_on"],
                    interim_position=values["interim_position"],
                    revision=values["revision"],
                    by=user,
                    at=at,
                )
                messages.success(request, _("%(ref)s is saved.") % {"ref": shown.ref})
                return redirect(shown)
            if does == "rule-out" and outcome.is_valid():
                values = outcome.cleaned_data
                gaps.rule_out(gap_id=shown.pk, outcome=values["outcome"], revision=values["revision"], by=user, at=at)
                messages.success(request, _("%(ref)s is closed: no rule will be made.") % {"ref": shown.ref})
                return redirect(shown)
            if does == "answer":
                _answer(request, user, shown, at)
                messages.success(request, _("%(ref)s is answered.") % {"ref": shown.ref})
                return redirect(shown)
            status = 422
        except Invalid as error:
            status = 422
            if does == "answer":
                problems = [problem.detail for problem in error.errors]
            else:
                show(outcome if does == "rule-out" else form, error.errors)
        except StaleRevision as error:
            status, problems = 412, [error.detail]
    context = {
        "gap": shown,
        "form": form,
        "outcome": outcome,
        "problems": problems,
        "may_keep": permissions.can_keep_gap(user, shown) and shown.state == GapState.OPEN,
        "may_draft": permissions.can_draft(user) and shown.state == GapState.OPEN,
        "case_url": registry.case_urls([shown.source_ref], viewer=user).get(shown.source_ref, ""),
    }
    return render(request, "policies/gaps/detail.html", context, status=status)


def _owners(at: datetime) -> QuerySet[User]:
    return User.objects.filter(pk__in=[one.pk for one in gap_owners(at=at)]).order_by("display_name", "id")


def _answer(request: HttpRequest, user: User, shown: Gap, at: datetime) -> None:
    key, _at, number = request.POST.get("citation", "").strip().upper().partition("@V")
    rows = PolicyVersion.objects.visible_to(user).published().filter(policy__key=key[:16])
    version = (
        rows.filter(number=int(number)).first() if number.isascii() and number.isdigit() and len(number) < 6 else None
    )
    revision = request.POST.get("revision", "")
    gaps.answer_gap(
        gap_id=shown.pk,
        version_id=version.pk if version is not None else 0,
        revision=int(revision) if revision.isascii() and revision.isdigit() and len(revision) < 9 else 0,
        by=user,
        at=at,
    )

"""The policy library: its list, a clause, a pinned version."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.models import User
from core.htmx import render_part, wants_part
from policies import registry
from policies.forms import LibraryFilter
from policies.models import Gap, Guidance, Policy
from policies.permissions import can_draft, can_publish
from policies.selectors import Filters, clause_page, library_rows, library_tree, markets_with_variants
from policies.selectors.acknowledgements import unread
from policies.selectors.figures import figures_of, health_of
from policies.selectors.life import open_draft, translations_of, waiting_for
from policies.views.reading import reader

LIST, ROWS = "policies/clauses/list.html", "policies/clauses/_clauses.html"
DETAIL, CLAUSE = "policies/clauses/detail.html", "policies/clauses/_clause.html"


@login_required
@require_safe
def library(request: HttpRequest) -> HttpResponse:
    """All clauses in force, by family or as found; as a fragment the rows alone."""
    user, at = reader(request)
    form = LibraryFilter(request.GET, markets=markets_with_variants(at=at))
    is_valid = form.is_valid()
    rows = library_rows(form.filters() if is_valid else Filters(), at=at) if is_valid else []
    context: dict[str, Any] = {
        "form": form,
        "rows": rows,
        "figures": registry.figures(),
        "numbers": figures_of([row.policy.pk for row in rows], viewer=user, at=at),
        "active": form.active() if is_valid else [],
        "is_list": True,
    }
    if not wants_part(request):
        context |= {"tree": library_tree(at=at)} | aside(user, at=at)
    return render_part(request, LIST, ROWS, context, status=200 if is_valid else 422)


@login_required
@require_safe
def clause(request: HttpRequest, key: str, number: int | None = None) -> HttpResponse:
    """A clause as it binds now, or one of its versions at its own address; as a fragment the text alone."""
    user, at = reader(request)
    policy = get_object_or_404(Policy.objects.visible_to(user).select_related("owner"), key=key.upper())
    shown = clause_page(policy, at=at, number=number)
    if shown is None:
        raise Http404
    version = shown.version
    context: dict[str, Any] = {
        "shown": shown,
        "version": version,
        "translations": translations_of(version),
        "may_draft": can_draft(user),
        "may_retire": shown.is_current and version.effective_to is None and can_publish(user, version),
        "to_acknowledge": bool(shown.is_current and unread([version], user)),
        "cited": registry.cited_under(version, viewer=user, at=at),
        "open_draft": open_draft(policy, version.market, viewer=user),
        "gaps": list(
            Gap.objects.visible_to(user).open().filter(nearest__policy=policy).order_by("-opened_at", "-id")[:5]
        ),
        "health": health_of(policy, viewer=user, at=at),
    }
    if not wants_part(request):
        context |= aside(user, at=at)
        context |= {
            "tree": library_tree(at=at),
            "form": LibraryFilter(markets=markets_with_variants(at=at)),
            "current_key": policy.key,
            "current_section": policy.section,
            "current_family": policy.family,
        }
    return render_part(request, DETAIL, CLAUSE, context)


def aside(user: User, *, at: datetime) -> dict[str, Any]:
    """What stands in the tree beside the clauses: guidance that holds, and how much waits for the reader."""
    return {
        "guidance": list(Guidance.objects.visible_to(user).holding(at=at).order_by("number", "edition")),
        "waiting": waiting_for(user),
    }

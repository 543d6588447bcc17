"""The policy library: its list, a clause, a pinned version."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.models import User
from core.htmx import render_part, wants_part
from core.types import AtRequest
from policies.forms import LibraryFilter
from policies.models import Policy
from policies.permissions import check_can_read_library
from policies.selectors import Filters, clause_page, library_rows, library_tree, markets_with_variants

LIST, ROWS = "policies/clauses/list.html", "policies/clauses/_clauses.html"
DETAIL, CLAUSE = "policies/clauses/detail.html", "policies/clauses/_clause.html"


def _reader(request: HttpRequest) -> User:
    """Who reads. For vendors the console's library does not exist (404); other people without the right get a 403 that says so."""
    user = cast(User, request.user)
    if not user.is_internal:
        raise Http404
    check_can_read_library(user)
    return user


@login_required
@require_safe
def library(request: HttpRequest) -> HttpResponse:
    """All clauses in force, by family or as found; as a fragment the rows alone."""
    _reader(request)
    at = cast(AtRequest, request).at
    form = LibraryFilter(request.GET, markets=markets_with_variants(at=at))
    is_valid = form.is_valid()
    context = {
        "form": form,
        "rows": library_rows(form.filters() if is_valid else Filters(), at=at) if is_valid else [],
        "active": form.active() if is_valid else [],
        "tree": [] if wants_part(request) else library_tree(at=at),
        "is_list": True,
    }
    return render_part(request, LIST, ROWS, context, status=200 if is_valid else 422)


@login_required
@require_safe
def clause(request: HttpRequest, key: str, number: int | None = None) -> HttpResponse:
    """A clause as it binds now, or one of its versions at its own address; as a fragment the text alone."""
    user = _reader(request)
    at = cast(AtRequest, request).at
    policy = get_object_or_404(Policy.objects.visible_to(user).select_related("owner"), key=key.upper())
    shown = clause_page(policy, at=at, number=number)
    if shown is None:
        raise Http404
    context = {"shown": shown, "version": shown.version}
    if not wants_part(request):
        context |= {
            "tree": library_tree(at=at),
            "form": LibraryFilter(markets=markets_with_variants(at=at)),
            "current_key": policy.key,
            "current_section": policy.section,
            "current_family": policy.family,
        }
    return render_part(request, DETAIL, CLAUSE, context)

"""Administration of teams and skills (ADM-1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import forms as own
from accounts.models import Membership, Organization, Skill, Team, User
from accounts.operations import teams
from accounts.permissions import check_can
from accounts.roles import Action
from accounts.views.people import show_error
from core.errors import DomainError, NotFound
from core.types import AtRequest


def _asker(request: HttpRequest) -> User:
    """Who asks: an internal administrator or lead. Raises `NotPermitted`; a vendor's lead finds no such page."""
    viewer = cast(User, request.user)
    check_can(viewer, Action.PEOPLE_EDIT)
    if not viewer.is_internal:
        raise NotFound
    return viewer


def team_rows() -> QuerySet[Team]:
    """Every team of ours with its size."""
    return Team.objects.filter(organization__kind=Organization.Kind.INTERNAL).annotate(
        size=Count("memberships", filter=Q(memberships__user__is_active=True), distinct=True)
    )


@login_required
@require_GET
def team_list(request: HttpRequest) -> HttpResponse:
    """Every team with hub, zone, size and queues; archived ones last."""
    _asker(request)
    found = team_rows().prefetch_related("queues", Prefetch("memberships", _leads()))
    return render(request, "accounts/teams/list.html", {"teams": found.order_by("-is_active", "name", "id")})


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make a team; its members come next."""
    viewer = _asker(request)
    form = own.TeamForm(request.POST or None, initial={"time_zone": viewer.time_zone})
    made = _saved(request, form, None)
    if made is not None:
        messages.success(request, _("%(name)s is made. Choose its members.") % {"name": made.name})
        return redirect("accounts:team", made.slug)
    return render(request, "accounts/teams/new.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def team(request: HttpRequest, slug: str) -> HttpResponse:
    """A team and its members; `do` says which of the two forms came."""
    viewer = _asker(request)
    found = get_object_or_404(Team, slug=slug, organization__kind=Organization.Kind.INTERNAL)
    does = request.POST.get("do", "team") if request.method == "POST" else ""
    form = own.TeamForm(request.POST if does == "team" else None, team=found)
    members = own.MembersForm(request.POST if does == "members" else None, team=found)
    bound = form if does == "team" else members
    if does == "team":
        if _saved(request, form, found) is not None:
            messages.success(request, _("Saved."))
            return redirect("accounts:team", slug)
    elif does and members.is_valid():
        teams.set_members(
            team=found,
            user_ids=[person.pk for person in members.cleaned_data["members"]],
            lead_ids=[person.pk for person in members.cleaned_data["leads"]],
            by=viewer,
            at=cast(AtRequest, request).at,
        )
        messages.success(request, _("Saved."))
        return redirect("accounts:team", slug)
    context = {
        "team": found,
        "form": form,
        "members_form": members,
        "memberships": found.memberships.select_related("user").order_by("user__display_name", "pk"),
        "queues": found.queues.order_by("position", "name", "pk"),
    }
    return render(request, "accounts/teams/detail.html", context, status=422 if bound.errors else 200)


@dataclass
class Held:
    """A skill and who holds it, the most able first."""

    kind: str
    value: str
    holders: list[Skill] = field(default_factory=list)


@login_required
@require_GET
def skill_list(request: HttpRequest) -> HttpResponse:
    """Every skill somebody holds, with the people and their levels. Cases ask for them by `kind:value`."""
    _asker(request)
    rows: dict[tuple[str, str], Held] = {}
    skills = Skill.objects.filter(user__is_active=True, user__organization__kind=Organization.Kind.INTERNAL)
    for skill in skills.select_related("user").order_by("kind", "value", "-level", "user__display_name", "pk"):
        held = rows.setdefault((skill.kind, skill.value), Held(str(Skill.Kind(skill.kind).label), skill.value))
        held.holders.append(skill)
    today = cast(AtRequest, request).at.date()
    return render(request, "accounts/teams/skills.html", {"skills": list(rows.values()), "today": today})


def _leads() -> QuerySet[Membership]:
    return Membership.objects.filter(is_lead=True, user__is_active=True).select_related("user").order_by("pk")


def _saved(request: HttpRequest, form: own.TeamForm, found: Team | None) -> Team | None:
    """The team, saved; None where nothing was sent or it was refused, which stands in the form then."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        return teams.save_team(
            team=found, values=form.values(), by=cast(User, request.user), at=cast(AtRequest, request).at
        )
    except DomainError as error:
        show_error(form, error)
        return None

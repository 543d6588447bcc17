"""Administration of people (ADM-1): who is here, their roles, teams, skills and compartments."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import forms as own
from accounts.models import Compartment, RoleGrant, User
from accounts.operations import people
from accounts.permissions import check_can
from accounts.roles import Action, Role
from core.errors import DomainError, Invalid
from core.htmx import render_part
from core.pagination import keyset
from core.types import AtRequest

PAGE_SIZE = 50


def people_visible_to(viewer: User) -> QuerySet[User]:
    """People whom `viewer` may administer: an internal administrator or lead everybody, a vendor lead their own."""
    everyone = User.objects.select_related("organization")
    return everyone if viewer.is_internal else everyone.filter(organization_id=viewer.organization_id)


def people_found(viewer: User, text: str) -> QuerySet[User]:
    """Those whose name or e-mail holds `text`; all of them where it is empty."""
    found = people_visible_to(viewer)
    return found.filter(Q(display_name__icontains=text) | Q(email__icontains=text)) if text else found


@login_required
@require_GET
def people_list(request: HttpRequest) -> HttpResponse:
    """Everybody, by name; `?q=` searches name and e-mail."""
    viewer = cast(User, request.user)
    check_can(viewer, Action.PEOPLE_EDIT)
    text = request.GET.get("q", "").strip()[:100].replace("\x00", "")
    page = keyset(
        people_found(viewer, text).prefetch_related(
            Prefetch("role_grants", RoleGrant.objects.order_by("role")), "memberships__team"
        ),
        ["display_name", "id"],
        cursor=request.GET.get("cursor", ""),
        limit=PAGE_SIZE,
        owner=f"people:{viewer.pk}:{text}",
    )
    context = {
        "people": page.rows,
        "next": page.next,
        "previous": page.previous,
        "q": text,
        "roles": dict(Role.choices),
    }
    return render_part(request, "accounts/people/list.html", "accounts/people/_rows.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def person_new(request: HttpRequest) -> HttpResponse:
    """Add a person."""
    viewer = cast(User, request.user)
    check_can(viewer, Action.PEOPLE_EDIT)
    form = own.PersonForm(
        request.POST or None, initial={"time_zone": viewer.time_zone, "organization": viewer.organization_id}
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        person = people.NewPerson(
            email=values["email"],
            display_name=values["display_name"],
            outward_alias=values["outward_alias"],
            time_zone=values["time_zone"],
            roles=[Role(values["role"])],
            team_ids=[team.pk for team in values["teams"]],
        )
        try:
            made = people.create_person(
                organization=values["organization"], person=person, by=viewer, at=cast(AtRequest, request).at
            )
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(
                request, _("%(name)s is added. They set a password by “Forgot your password?”.") % {"name": made}
            )
            return redirect("accounts:person", made.pk)
    return render(request, "accounts/people/new.html", {"form": form}, status=422 if form.is_bound else 200)


@login_required
@require_GET
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    """One person, with everything they hold."""
    viewer = cast(User, request.user)
    check_can(viewer, Action.PEOPLE_EDIT)
    return _page(request, get_object_or_404(people_visible_to(viewer), pk=person_id))


@login_required
@require_POST
def person_change(request: HttpRequest, person_id: int, what: str) -> HttpResponse:
    """Give or take a role, set teams or skills, let into a compartment, end or restore access."""
    viewer = cast(User, request.user)
    check_can(viewer, Action.PEOPLE_EDIT if what != "clearance" else Action.COMPARTMENT_SET)
    user = get_object_or_404(people_visible_to(viewer), pk=person_id)
    at = cast(AtRequest, request).at
    bound: forms.Form | None = None
    try:
        if what == "grant":
            bound = own.RoleForm(request.POST)
            if not bound.is_valid():
                return _page(request, user, role_form=bound, status=422)
            until = bound.cleaned_data["expires_on"]
            ends = datetime.combine(until, time.max, tzinfo=timezone.get_current_timezone()) if until else None
            people.grant_role(user=user, role=Role(bound.cleaned_data["role"]), by=viewer, at=at, expires_at=ends)
        elif what == "revoke":
            role = request.POST.get("role", "")
            people.revoke_role(user=user, role=Role(role) if role in Role.values else Role.PARTNER, by=viewer, at=at)
        elif what == "teams":
            bound = own.TeamsForm(request.POST, organization=user.organization)
            if not bound.is_valid():
                return _page(request, user, teams_form=bound, status=422)
            people.set_teams(user=user, team_ids=[t.pk for t in bound.cleaned_data["teams"]], by=viewer, at=at)
        elif what == "skills":
            bound = own.SkillsForm(request.POST)
            if not bound.is_valid():
                return _page(request, user, skills_form=bound, status=422)
            people.set_skills(user=user, skills=bound.cleaned_data["skills"], by=viewer, at=at)
        elif what == "clearance":
            bound = own.ClearanceForm(request.POST)
            if not bound.is_valid():
                return _page(request, user, clearance_form=bound, status=422)
            people.grant_clearance(
                user=user,
                compartment=Compartment(bound.cleaned_data["compartment"]),
                by=viewer,
                at=at,
                expires_at=at + timedelta(days=bound.cleaned_data["days"]),
            )
        elif what == "deactivate":
            people.deactivate_person(user=user, by=viewer, at=at)
        elif what == "reactivate":
            people.reactivate_person(user=user, by=viewer, at=at)
        else:
            raise Http404
    except DomainError as error:
        messages.error(request, error.detail)
        return _page(request, user, status=error.status)
    messages.success(request, _("Saved."))
    return redirect("accounts:person", user.pk)


def _page(request: HttpRequest, user: User, *, status: int = 200, **bound: Any) -> HttpResponse:
    lines = "\n".join(f"{skill.kind} {skill.value} {skill.level}" for skill in user.skills.order_by("kind", "value"))
    context: dict[str, Any] = {
        "person": user,
        "grants": user.role_grants.select_related("granted_by").order_by("role"),
        "clearances": user.clearances.select_related("granted_by").order_by("compartment"),
        "role_form": own.RoleForm(),
        "teams_form": own.TeamsForm(
            organization=user.organization, initial={"teams": user.memberships.values_list("team_id", flat=True)}
        ),
        "skills_form": own.SkillsForm(initial={"skills": lines}),
        "clearance_form": own.ClearanceForm(),
        "may_clear": Role.LEGAL in cast(User, request.user).access.roles,
    }
    return render(request, "accounts/people/detail.html", context | bound, status=status)


def show_error(form: forms.Form, error: DomainError) -> None:
    """Put an operation's refusal by the fields it points at, or above the form."""
    if not isinstance(error, Invalid):
        form.add_error(None, error.detail)
        return
    for problem in error.errors:
        name = problem.pointer.strip("/").split("/")[0]
        form.add_error(name if name in form.fields else None, problem.detail)

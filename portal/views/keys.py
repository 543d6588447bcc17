"""The organization's keys and people, for its lead (VPO-6; permissions.md: a vendor lead invites submitters)."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.models import RoleGrant, ServiceKey, User
from accounts.operations import keys, people
from accounts.permissions import can, check_can
from accounts.roles import Action, Role
from accounts.views.organizations import OVERLAPS, KeyForm
from accounts.views.people import people_visible_to, show_error
from core.errors import DomainError
from portal.forms import InviteForm
from portal.views.gate import VendorRequest

MOST_SHOWN = 200


@never_cache
@require_GET
def key_list(request: VendorRequest) -> HttpResponse:
    """Keys in use and those that are over, and the form for another."""
    return _keys(request)


@never_cache
@require_POST
def key_new(request: VendorRequest) -> HttpResponse:
    """Make a key. Its token is in this answer and, for a live key, never again."""
    check_can(request.user, Action.KEYS_EDIT)
    form = KeyForm(request.POST, organization=request.user.organization, at=request.at)
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = keys.create_key(
                organization=request.user.organization,
                name=given["name"],
                scopes=given["scopes"],
                is_sandbox=given["kind"] == "sandbox",
                expires_at=given["expires_at"],
                allowed_networks=given["allowed_networks"],
                by=request.user,
                at=request.at,
            )
        except DomainError as error:
            show_error(form, error)
        else:
            return _keys(request, made=made, status=201)
    return _keys(request, form=form, status=422)


@never_cache
@require_POST
def sandbox_key(request: VendorRequest) -> HttpResponse:
    """Make the organization's sandbox key, where it has none that works."""
    keys.ensure_sandbox_key(organization=request.user.organization, by=request.user, at=request.at)
    return redirect("portal:keys")


@never_cache
@require_POST
def key_change(request: VendorRequest, key_id: int, what: str) -> HttpResponse:
    """Rotate a key, the old one living on for the time chosen, or revoke it."""
    check_can(request.user, Action.KEYS_EDIT)
    key = get_object_or_404(ServiceKey, organization=request.user.organization, pk=key_id)
    if what == "revoke":
        keys.revoke_key(key=key, by=request.user, at=request.at)
        messages.success(request, _("%(name)s is revoked: its next request is refused.") % {"name": key.name})
        return redirect("portal:keys")
    given = request.POST.get("overlap_hours", "")
    hours = int(given) if given in {str(hours) for hours, _word in OVERLAPS} else None
    overlap = keys.OVERLAP if hours is None else timedelta(hours=hours)
    try:
        made = keys.rotate_key(key=key, by=request.user, at=request.at, overlap=overlap)
    except DomainError as error:
        messages.error(request, error.detail)
        return redirect("portal:keys")
    return _keys(request, made=made, status=201)


def _keys(
    request: VendorRequest, *, made: keys.NewKey | None = None, form: KeyForm | None = None, status: int = 200
) -> HttpResponse:
    check_can(request.user, Action.KEYS_READ)
    organization = request.user.organization
    rows = list(organization.service_keys.select_related("replaces").order_by("-created_at", "-id")[:MOST_SHOWN])
    context = {
        "usable": [key for key in rows if key.is_usable(at=request.at)],
        "over": [key for key in rows if not key.is_usable(at=request.at)],
        "overlaps": OVERLAPS,
        "sandbox": keys.sandbox_token(organization, at=request.at),
        "made": made,
        "form": form or KeyForm(organization=organization, at=request.at),
        "may_edit": can(request.user, Action.KEYS_EDIT),
        "here": "keys",
    }
    return render(request, "portal/keys/list.html", context, status=status)


# -- People ------------------------------------------------------------------------------------------------------------
@require_GET
def person_list(request: VendorRequest) -> HttpResponse:
    """The organization's people."""
    return _people(request)


@require_POST
def person_new(request: VendorRequest) -> HttpResponse:
    """Invite a submitter: they set a password by the link of “Forgot your password?”."""
    check_can(request.user, Action.PEOPLE_EDIT)
    form = InviteForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        person = people.NewPerson(
            email=given["email"],
            display_name=given["display_name"],
            roles=[Role.VENDOR_SUBMITTER],
            time_zone=given["time_zone"],
        )
        try:
            made = people.create_person(
                organization=request.user.organization, person=person, by=request.user, at=request.at
            )
        except DomainError as error:
            show_error(form, error)
        else:
            said = _("%(name)s is added. They choose “Forgot your password?” on the sign-in page to set one.")
            messages.success(request, said % {"name": made.display_name})
            return redirect("portal:people")
    return _people(request, form=form, status=422)


@require_POST
def person_change(request: VendorRequest, person_id: int, what: str) -> HttpResponse:
    """End a submitter's access, or give it back. Leads are the team's to change."""
    check_can(request.user, Action.PEOPLE_EDIT)
    person = get_object_or_404(people_visible_to(request.user), pk=person_id)
    try:
        if _may_change(request.user, person):
            operation = people.deactivate_person if what == "deactivate" else people.reactivate_person
            operation(user=person, by=request.user, at=request.at)
            messages.success(request, _("Saved."))
        else:
            messages.error(request, _("Ask us to change a lead’s access."))
    except DomainError as error:
        messages.error(request, error.detail)
    return redirect("portal:people")


def _may_change(viewer: User, person: User) -> bool:
    return person.pk != viewer.pk and Role.VENDOR_LEAD not in {grant.role for grant in person.role_grants.all()}


def _people(request: VendorRequest, *, form: InviteForm | None = None, status: int = 200) -> HttpResponse:
    check_can(request.user, Action.PEOPLE_EDIT)
    rows = people_visible_to(request.user).prefetch_related(Prefetch("role_grants", RoleGrant.objects.order_by("role")))
    found = list(rows.order_by("-is_active", "display_name", "id")[:MOST_SHOWN])
    context = {
        "people": [(person, _may_change(request.user, person)) for person in found],
        "form": form or InviteForm(initial={"time_zone": request.user.time_zone}),
        "here": "people",
    }
    return render(request, "portal/people/list.html", context, status=status)

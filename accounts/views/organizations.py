"""Organizations and their service keys (ADM-5): an administrator's for all, a vendor lead's for their own."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms import zones
from accounts.models import Organization, ServiceKey, User
from accounts.operations import keys
from accounts.operations.organizations import create_organization, save_organization
from accounts.permissions import can, check_can
from accounts.roles import Action
from accounts.views.people import show_error
from core.errors import DomainError
from core.types import AtRequest

__all__ = [
    "asker",
    "change",
    "found_organization",
    "key_change",
    "key_new",
    "new",
    "organization",
    "organization_list",
    "own",
]

OVERLAPS = (
    (0, gettext_lazy("at once")),
    (24, gettext_lazy("after a day")),
    (7 * 24, gettext_lazy("after 7 days")),
)
MOST_NETWORKS = 50


class OrganizationForm(forms.Form):
    """A new vendor or partner."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[choice for choice in Organization.Kind.choices if choice[0] != Organization.Kind.INTERNAL],
        widget=forms.RadioSelect,
        initial=Organization.Kind.VENDOR,
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    slug = forms.CharField(
        label=gettext_lazy("Short name"),
        max_length=50,
        help_text=gettext_lazy("In addresses and references, for good: small letters, digits, hyphens."),
    )
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=zones, initial="UTC")


class ChangeForm(forms.Form):
    """What may change of an organization."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=zones)
    is_active = forms.BooleanField(
        label=gettext_lazy("Active: its people may sign in and its keys work"), required=False
    )


class KeyForm(forms.Form):
    """A key to make. Live keys end; the longest time depends on whose they are."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        help_text=gettext_lazy("What the program is, for example “CRM sync”."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[
            ("live", gettext_lazy("Live: makes real cases")),
            ("sandbox", gettext_lazy("Sandbox: makes practice cases only")),
        ],
        widget=forms.RadioSelect,
        initial="live",
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Allowed to"), choices=[], widget=forms.CheckboxSelectMultiple
    )
    expires_at = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    allowed_networks = forms.CharField(
        label=gettext_lazy("Networks"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "class": "mono"}),
        help_text=gettext_lazy("One a line, such as 192.0.2.0/24. Empty: from anywhere."),
    )

    def __init__(self, *args: Any, organization: Organization, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at
        is_internal = organization.kind == Organization.Kind.INTERNAL
        self.longest = keys.LONGEST if is_internal else keys.VENDOR_LONGEST
        scopes = self.fields["scopes"]
        assert isinstance(scopes, forms.MultipleChoiceField)
        known = keys.scopes_for(organization)
        scopes.choices = [(scope, f"{scope}: {_(meaning)}") for scope, meaning in known.items()]
        scopes.initial = [scope for scope in known if scope in keys.VENDOR_SCOPES]
        self.fields["expires_at"].help_text = _("A live key lasts %(days)d days at most; empty: so long.") % {
            "days": self.longest.days
        }

    def clean_allowed_networks(self) -> list[str]:
        found = self.cleaned_data["allowed_networks"].replace(",", " ").split()
        if len(found) > MOST_NETWORKS:
            raise forms.ValidationError(_("At most %(most)d networks.") % {"most": MOST_NETWORKS})
        return list(dict.fromkeys(found))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        last = cleaned.get("expires_at")
        if last is not None:
            today = timezone.localtime(self.at).date()
            longest = today + (self.longest if cleaned.get("kind") == "live" else keys.SANDBOX_LONGEST)
            if last < today:
                self.add_error("expires_at", _("This day is over. Choose a later one."))
            elif last > longest:
                self.add_error("expires_at", _("Choose a day until %(day)s.") % {"day": longest.isoformat()})
            else:
                cleaned["expires_at"] = datetime.combine(last, time.max, tzinfo=timezone.get_current_timezone())
        return cleaned


def organizations_visible_to(viewer: User) -> QuerySet[Organization]:
    """The organizations whose keys `viewer` may see: all for an internal administrator or auditor, else their own."""
    everyone = Organization.objects.all()
    return everyone if viewer.is_internal else everyone.filter(pk=viewer.organization_id)


def organization_rows(viewer: User, *, at: datetime) -> QuerySet[Organization]:
    """Every organization with its people and its keys that are usable at `at` (aware UTC)."""
    usable = Q(service_keys__revoked_at__isnull=True) & (
        Q(service_keys__expires_at__isnull=True) | Q(service_keys__expires_at__gt=at)
    )
    return organizations_visible_to(viewer).annotate(
        people_count=Count("people", filter=Q(people__is_active=True), distinct=True),
        live_count=Count("service_keys", filter=usable & Q(service_keys__is_sandbox=False), distinct=True),
        sandbox_count=Count("service_keys", filter=usable & Q(service_keys__is_sandbox=True), distinct=True),
    )


@login_required
@require_GET
def organization_list(request: HttpRequest) -> HttpResponse:
    """Every organization with its people and its usable keys."""
    viewer, at = asker(request)
    if not viewer.is_internal:
        return redirect("accounts:organization", viewer.organization.slug)
    rows = organization_rows(viewer, at=at).order_by("-is_active", "kind", "name", "id")
    context = {"rows": rows, "may_add": can(viewer, Action.CONFIG_EDIT)}
    return render(request, "accounts/organizations/list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Add a vendor or a partner."""
    viewer, at = asker(request)
    check_can(viewer, Action.CONFIG_EDIT)
    form = OrganizationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = create_organization(
                kind=Organization.Kind(given["kind"]),
                name=given["name"],
                slug=given["slug"],
                time_zone=given["time_zone"],
                by=viewer,
                at=at,
            )
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, _("%(name)s is added. Make its first key, then add its people.") % {"name": made})
            return redirect("accounts:organization", made.slug)
    return render(request, "accounts/organizations/new.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_GET
def own(request: HttpRequest) -> HttpResponse:
    """The viewer's own organization's keys: where the developers' pages lead."""
    viewer, _at = asker(request)
    if not viewer.is_internal:
        return redirect("portal:keys")
    return redirect("accounts:organization", viewer.organization.slug)


@login_required
@require_GET
def organization(request: HttpRequest, slug: str) -> HttpResponse:
    """One organization, its keys, and the form for another."""
    found = found_organization(request, slug)
    return _page(request, found)


@login_required
@require_POST
def change(request: HttpRequest, slug: str) -> HttpResponse:
    """Change the name or zone, switch the organization off or on."""
    found = found_organization(request, slug)
    viewer, at = asker(request)
    check_can(viewer, Action.CONFIG_EDIT)
    form = ChangeForm(request.POST)
    if form.is_valid():
        try:
            save_organization(organization=found, by=viewer, at=at, **form.cleaned_data)
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:organization", found.slug)
    return _page(request, found, change_form=form, status=422)


@login_required
@never_cache
@require_POST
def key_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a key. Its token is in this answer and, for a live key, never again."""
    found = found_organization(request, slug)
    viewer, at = asker(request)
    check_can(viewer, Action.KEYS_EDIT)
    form = KeyForm(request.POST, organization=found, at=at)
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = keys.create_key(
                organization=found,
                name=given["name"],
                scopes=given["scopes"],
                is_sandbox=given["kind"] == "sandbox",
                expires_at=given["expires_at"],
                allowed_networks=given["allowed_networks"],
                by=viewer,
                at=at,
            )
        except DomainError as error:
            show_error(form, error)
        else:
            return _page(request, found, made=made, status=201)
    return _page(request, found, key_form=form, status=422)


@login_required
@never_cache
@require_POST
def key_change(request: HttpRequest, slug: str, key_id: int, what: str) -> HttpResponse:
    """Rotate a key (the old one lives on for the time chosen) or revoke it."""
    found = found_organization(request, slug)
    viewer, at = asker(request)
    check_can(viewer, Action.KEYS_EDIT)
    key = get_object_or_404(ServiceKey, organization=found, pk=key_id)
    if what == "revoke":
        keys.revoke_key(key=key, by=viewer, at=at)
        messages.success(request, _("%(name)s is revoked: its next request is refused.") % {"name": key.name})
        return redirect("accounts:organization", found.slug)
    given = request.POST.get("overlap_hours", "")
    hours = int(given) if given in {str(hours) for hours, _word in OVERLAPS} else None
    overlap = keys.OVERLAP if hours is None else timedelta(hours=hours)
    try:
        made = keys.rotate_key(key=key, by=viewer, at=at, overlap=overlap)
    except DomainError as error:
        messages.error(request, error.detail)
        return _page(request, found, status=error.status)
    return _page(request, found, made=made, status=201)


def asker(request: HttpRequest) -> tuple[User, datetime]:
    """Who asks and when; raises `NotPermitted` unless they may see keys at all."""
    viewer = cast("User", request.user)
    check_can(viewer, Action.KEYS_READ)
    return viewer, cast("AtRequest", request).at


def found_organization(request: HttpRequest, slug: str) -> Organization:
    """The organization of this short name, 404 where its keys are not for the one who asks."""
    viewer, _at = asker(request)
    return get_object_or_404(organizations_visible_to(viewer), slug=slug)


def _page(
    request: HttpRequest,
    found: Organization,
    *,
    made: keys.NewKey | None = None,
    key_form: KeyForm | None = None,
    change_form: ChangeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    viewer, at = asker(request)
    rows = list(found.service_keys.select_related("created_by", "replaces").order_by("-created_at", "-id")[:200])
    initial = {"name": found.name, "time_zone": found.time_zone, "is_active": found.is_active}
    context = {
        "organization": found,
        "usable": [key for key in rows if key.is_usable(at=at)],
        "over": [key for key in rows if not key.is_usable(at=at)],
        "overlaps": OVERLAPS,
        "made": made,
        "key_form": key_form or KeyForm(organization=found, at=at),
        "change_form": change_form or ChangeForm(initial=initial),
        "may_edit": can(viewer, Action.KEYS_EDIT),
        "may_change": can(viewer, Action.CONFIG_EDIT),
        "is_internal_viewer": viewer.is_internal,
    }
    return render(request, "accounts/organizations/detail.html", context, status=status)

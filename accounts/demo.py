"""The demo's people and the role switcher. Only where `settings.DEMO` is on, which production refuses to start with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.roles import Role

DOMAIN = "demo.watchfloor.example"
PASSWORD = "watchfloor-demo"  # printed by `make run`; the demo's accounts are for anyone who can reach it


@dataclass(frozen=True)
class DemoPerson:
    """Somebody one may sign in as: who they are and what they are looking at."""

    name: str
    display_name: str
    role: Role
    place: Any
    hub: str
    time_zone: str

    @property
    def email(self) -> str:
        return f"{self.name}@{DOMAIN}"


PEOPLE = (
    DemoPerson(
        "ana",
        "Ana Ferreira",
        Role.SPECIALIST,
        _("Specialist, Dublin: takes and decides cases"),
        "Dublin",
        "Europe/Dublin",
    ),
    DemoPerson(
        "ravi",
        "Ravi Menon",
        Role.LEAD,
        _("Lead, Singapore: sees every queue, moves work"),
        "Singapore",
        "Asia/Singapore",
    ),
    DemoPerson(
        "marta", "Marta Kowalska", Role.SENIOR, _("Senior on call, Austin: decides S0"), "Austin", "America/Chicago"
    ),
    DemoPerson(
        "aiko", "Aiko Tanaka", Role.LEGAL, _("Legal desk: restricted cases and holds"), "Singapore", "Asia/Tokyo"
    ),
    DemoPerson(
        "admin", "Sam Admin", Role.ADMIN, _("Administrator: people, queues, routing, clocks"), "Dublin", "Europe/Dublin"
    ),
    DemoPerson(
        "petra",
        "Petra Novak",
        Role.POLICY_EDITOR,
        _("Policy editor: writes clauses, keeps gaps and precedents"),
        "Dublin",
        "Europe/Prague",
    ),
    DemoPerson(
        "vera", "Vera Lindqvist", Role.AUDITOR, _("Auditor: the log and who looked"), "Dublin", "Europe/Stockholm"
    ),
    DemoPerson(
        "noor",
        "Noor Haddad",
        Role.VENDOR_LEAD,
        _("Vendor lead, Northgate: follows what was sent, keys, people"),
        "",
        "Asia/Amman",
    ),
    DemoPerson(
        "camila",
        "Camila Rojas",
        Role.VENDOR_SUBMITTER,
        _("Vendor, Northgate: submits in the portal"),
        "",
        "America/Bogota",
    ),
)


def people() -> list[DemoPerson]:
    """Those who exist in this database; none outside the demo."""
    if not settings.DEMO:
        return []
    there = set(
        User.objects.filter(email__in=[p.email for p in PEOPLE], is_active=True).values_list("email", flat=True)
    )
    return [person for person in PEOPLE if person.email in there]


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demo's people. A 404 outside the demo."""
    if not settings.DEMO:
        raise Http404
    wanted = request.POST.get("email", "")
    if wanted not in {person.email for person in PEOPLE}:
        raise Http404
    user = get_object_or_404(User, email=wanted, is_active=True)
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    to = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(to, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return redirect(to if safe else "/")

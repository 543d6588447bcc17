"""A person's own settings: profile, display, keys, work, security (ux.md §7.20)."""

from __future__ import annotations

from typing import Any, cast

from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts import forms as own
from accounts import sections
from accounts.models import Skill, User
from accounts.operations import people
from core import keys
from core.htmx import done
from core.types import AtRequest

SECTIONS: dict[str, tuple[Any, type[forms.Form] | None]] = {
    "profile": (gettext_lazy("You, time and place"), own.ProfileForm),
    "languages": (gettext_lazy("Languages you read"), None),
    "display": (gettext_lazy("Display"), own.DisplayForm),
    "keys": (gettext_lazy("Keyboard"), own.KeysForm),
    "work": (gettext_lazy("Work"), own.WorkForm),
    "security": (gettext_lazy("Sign-in and sessions"), None),
}


# How the colours that carry meaning look to people who see fewer (Machado, Oliveira, Fernandes 2009, severity 1).
SIGHTS = (
    ("cvd-none", gettext_lazy("full colour vision")),
    ("cvd-protan", gettext_lazy("no red (protanopia)")),
    ("cvd-deutan", gettext_lazy("no green (deuteranopia)")),
    ("cvd-tritan", gettext_lazy("no blue (tritanopia)")),
    ("cvd-grey", gettext_lazy("no colour")),
)


def menu() -> dict[str, Any]:
    """Titles of the sections by name, in the order of the menu: this app's, then what other apps brought."""
    return {name: title for name, (title, _form) in SECTIONS.items()} | {
        name: section.title for name, section in sections.SECTIONS.items()
    }


@login_required
@require_http_methods(["GET", "POST"])
def languages(request: HttpRequest) -> HttpResponse:
    """Which languages a person reads and how well: routing and "next best" go by them (SET-2)."""
    user = cast(User, request.user)
    held = dict(user.skills.filter(kind=Skill.Kind.LANGUAGE).values_list("value", "level"))
    form = own.LanguagesForm(request.POST or None, held=held)
    if request.method == "POST" and form.is_valid():
        people.set_languages(user=user, levels=form.cleaned_data["levels"], at=cast(AtRequest, request).at)
        messages.success(request, _("Saved."))
        return done(request, "accounts:settings-languages")
    found = menu()
    context = {"sections": list(found.items()), "name": "languages", "heading": found["languages"], "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/settings/section.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def section(request: HttpRequest, name: str = "profile") -> HttpResponse:
    """One section; a refused form keeps what was typed and answers 422."""
    found = menu()
    if name not in found:
        raise Http404
    user = cast(User, request.user)
    form_class = SECTIONS[name][1] if name in SECTIONS else sections.SECTIONS[name].form
    form = None
    status = 200
    if form_class is not None:
        form = form_class(request.POST or None, initial=_initial(user, name))
        if request.method == "POST":
            if form.is_valid():
                values = form.values() if isinstance(form, sections.SectionForm) else form.cleaned_data
                if name == "keys":
                    values = {"key_settings": values["key_settings"]}
                people.save_settings(user=user, at=cast(AtRequest, request).at, **values)
                messages.success(request, _("Saved."))
                return done(request, "accounts:settings-section", name)
            status = 422
    context: dict[str, Any] = {
        "sections": list(found.items()),
        "name": name,
        "heading": found[name],
        "form": form,
        "fields_template": sections.SECTIONS[name].template if name in sections.SECTIONS else "",
    }
    if name == "display":
        context["swatches"] = [{"css": css, "label": label} for css, label in SIGHTS]
        context["severities"] = range(5)
    if name == "security":
        context["sessions"] = UserSession.objects.filter(user=user).order_by("-last_seen_at")
        context["session_key"] = request.session.session_key
        context["has_second_factor"] = is_mfa_enabled(user)
    return render(request, "accounts/settings/section.html", context, status=status)


@login_required
@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere else."""
    ended = people.end_sessions(user=cast(User, request.user), keep=request.session.session_key or "")
    messages.success(request, _("%(count)d other sessions ended.") % {"count": ended})
    return redirect("accounts:settings-section", "security")


def _initial(user: User, name: str) -> dict[str, Any]:
    if name in sections.SECTIONS:
        return sections.SECTIONS[name].form.of(user)
    if name == "profile":
        return own.ProfileForm.of(user)
    if name == "keys":
        given = user.key_settings or {}
        remap = given.get("remap") or {}
        layout = given.get("layout", "qwerty")
        return {
            "single_keys": given.get("single_keys", True),
            "alt": given.get("alt", False),
            "layout": layout if layout in keys.LAYOUTS else "qwerty",
        } | {f"key:{key}": value for key, value in remap.items()}
    return {field: getattr(user, field) for field in people.SETTINGS if hasattr(user, field)}

"""Where a person is reached besides the inbox and e-mail, and where their team is: chats."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Team, User
from accounts.views.settings import menu
from core import webpush
from core.errors import Invalid, TooManyRequests
from core.htmx import done
from core.types import AtRequest
from notifications.channels import REGISTRY
from notifications.forms import ChatForm, CodeForm, NumberForm, TeamChatForm
from notifications.lifecycle import SMS, VOICE
from notifications.models import ChatRoute, Phone, PushDevice
from notifications.operations import devices as push
from notifications.operations import phones, ways

TESTS_SHOWN = 5


@login_required
@require_http_methods(["GET", "POST"])
def chat(request: HttpRequest, slug: str = "") -> HttpResponse:
    """The chat of the viewer, or of a team they may configure: set, tried, removed."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    team = get_object_or_404(ways.teams_of(viewer), slug=slug) if slug else None
    route = ChatRoute.objects.filter(**({"team": team} if team is not None else {"user": viewer})).first()
    made = TeamChatForm if team is not None else ChatForm
    form = made(initial={"form": route.form, "classes": route.classes} if route is not None else {"form": "slack"})
    where = ("notifications:team-chat", team.slug) if team is not None else ("notifications:chat",)
    try:
        if "remove" in request.POST:
            ways.remove_chat(by=viewer, at=at, team=team)
            messages.success(request, _("Removed: nothing goes there any more."))
            return done(request, *where)
        if "test" in request.POST:
            ways.try_chat(by=viewer, at=at, team=team)
            messages.success(request, _("A test is on its way. Load this page again to see how it ended."))
            return done(request, *where)
        if request.method == "POST":
            form = made(request.POST)
            if form.is_valid():
                ways.set_chat(by=viewer, at=at, team=team, **form.cleaned_data)
                messages.success(request, _("Saved. Send a test to see whether it works."))
                return done(request, *where)
    except Invalid as error:
        if not form.is_bound:
            form = made({})
            form.full_clean()
            form.errors.clear()
        for problem in error.errors:
            form.add_error(problem.pointer.strip("/"), problem.detail)
        if not error.errors:
            form.add_error(None, error.detail)
    except TooManyRequests as error:
        messages.error(request, error.detail)
        return done(request, *where)
    return _page(request, "chat", _chat(viewer, team, route, form), status=422 if request.method == "POST" else 200)


def _chat(viewer: User, team: Team | None, route: ChatRoute | None, form: ChatForm) -> dict[str, Any]:
    return {
        "team": team,
        "teams": list(ways.teams_of(viewer).select_related("chat_route").order_by("name", "pk").distinct()),
        "way": route,
        "form": form,
        "tests": list(ways.tests_of(route.ref)[:TESTS_SHOWN]) if route is not None else [],
    }


def _page(request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    sections = list(menu().items())
    values = {"sections": sections, "here": name, **context}
    return render(request, f"notifications/ways/{name}.html", values, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def phone(request: HttpRequest) -> HttpResponse:
    """The viewer's number for texts and calls: given, confirmed, stopped, tried, removed."""
    viewer = cast("User", request.user)
    asked = next((name for name in ("number", "code", "test", "stop", "resume", "remove") if name in request.POST), "")
    number, code = (
        NumberForm(request.POST if asked == "number" else None),
        CodeForm(request.POST if asked == "code" else None),
    )
    form = code if asked == "code" else number
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if said := _on_phone(asked, form, request, viewer):
                messages.success(request, said)
                return done(request, "notifications:phone")
        except Invalid as error:
            if not error.errors:
                messages.error(request, error.detail)
                return done(request, "notifications:phone")
            for problem in error.errors:
                form.add_error(problem.pointer.strip("/"), problem.detail)
        except TooManyRequests as error:
            messages.error(request, error.detail)
            return done(request, "notifications:phone")
    way = Phone.objects.filter(user=viewer).first()
    context = {
        "way": way,
        "is_waiting": way is not None and way.code_expires_at is not None and way.verified_at is None,
        "number_form": number,
        "code_form": code,
        "tests": list(ways.tests_of(way.ref)[:TESTS_SHOWN]) if way is not None else [],
        "channels": [(name, REGISTRY[name].label) for name in (SMS, VOICE) if name in REGISTRY],
        "is_kept": settings.TEXTS_ARE_KEPT,
    }
    return _page(request, "phone", context, status=status)


def _on_phone(asked: str, form: forms.Form, request: HttpRequest, viewer: User) -> str:
    """Do it and answer what is said then; empty where the form is wrong or nothing was asked."""
    at = cast("AtRequest", request).at
    if asked in ("number", "code") and not form.is_valid():
        return ""
    if asked == "number":
        phones.give_number(number=form.cleaned_data["number"], by=viewer, at=at)
        return _("A code is on its way. Write it below within ten minutes.")
    if asked == "code":
        phones.confirm(code=form.cleaned_data["code"], by=viewer, at=at)
        return _("Confirmed. Choose under Notifications what is sent there.")
    if asked == "test" and request.POST["test"] in (SMS, VOICE) and request.POST["test"] in REGISTRY:
        phones.try_phone(channel=request.POST["test"], by=viewer, at=at)
        return _("A test is on its way. Load this page again to see how it ended.")
    if asked in ("stop", "resume"):
        phones.stop(is_stopped=asked == "stop", by=viewer, at=at)
        return _("You get no more texts and calls.") if asked == "stop" else _("You get texts and calls again.")
    if asked == "remove":
        phones.remove(by=viewer, at=at)
        return _("Removed: nothing goes there any more.")
    return ""


@login_required
@require_http_methods(["GET", "POST"])
def devices(request: HttpRequest) -> HttpResponse:
    """The viewer's devices with push: switched on and off, tried."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    if request.method == "POST":
        try:
            said = _on_device(request, viewer, at)
        except (Invalid, TooManyRequests) as error:
            messages.error(request, error.detail)
        else:
            messages.success(request, said)
        return done(request, "notifications:devices")
    found = list(PushDevice.objects.filter(user=viewer).order_by("-created_at", "-pk"))
    return _page(request, "devices", {"devices": found, "key": webpush.public_key()})


def _on_device(request: HttpRequest, viewer: User, at: datetime) -> str:
    """Do what was asked and answer what is said then. Raises `Http404`, `Invalid`, `TooManyRequests`."""
    if "endpoint" in request.POST:
        given = {name: request.POST.get(name, "") for name in ("endpoint", "p256dh", "auth", "name")}
        push.switch_on(**given, by=viewer, at=at)
        return _("Switched on. Send a test to see whether it works.")
    try:
        public_id = uuid.UUID(request.POST.get("off") or request.POST.get("test") or "")
    except ValueError as error:
        raise Http404 from error
    if "off" in request.POST:
        push.switch_off(public_id=public_id, by=viewer, at=at)
        return _("Switched off: nothing is pushed there any more.")
    push.try_device(public_id=public_id, by=viewer, at=at)
    return _("A test is on its way. Load this page again to see how it ended.")


@login_required
@require_GET
def push_worker(_request: HttpRequest) -> HttpResponse:
    """The service worker, at the root so that its scope is the whole product; looked at anew whenever the browser asks."""
    script = (settings.BASE_DIR / "static" / "js" / "push-worker.js").read_bytes()
    return HttpResponse(script, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})

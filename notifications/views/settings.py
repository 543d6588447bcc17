"""What a person hears and how: the matrix, quiet hours, the digest (ux.md INB-3, SET-5); and the link in e-mails that stops a class."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import bind_user
from accounts.models import User
from accounts.views.settings import menu
from core.errors import Invalid
from core.htmx import done
from escalations.models import Case
from notifications import channels, rules
from notifications.channels.email import STOP_SALT
from notifications.forms import TimingForm, mode_of
from notifications.lifecycle import IN_APP, EventClass, Mode
from notifications.models import Mute, Preference, Timing
from notifications.operations import inbox as acts
from notifications.operations import preferences as operations
from notifications.selectors.timing import DIGEST_AT


@login_required
@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """The matrix of classes and channels."""
    viewer = cast("User", request.user)
    if request.method == "POST":
        try:
            choices = {
                (event_class, channel): mode_of(request.POST[name])
                for event_class in EventClass
                for channel, _label, modes in _channels()
                if (name := f"{event_class.value}:{channel}") in request.POST
                and mode_of(request.POST[name]) in [mode for mode, _word in modes]
            }
        except ValidationError as error:
            return _page(request, viewer, problem=" ".join(error.messages), status=422)
        operations.choose(by=viewer, choices=choices)
        messages.success(request, _("Saved."))
        return done(request, "notifications:preferences")
    return _page(request, viewer)


@login_required
@require_POST
def timing(request: HttpRequest) -> HttpResponse:
    """Quiet hours and the digest's time."""
    viewer = cast("User", request.user)
    form = TimingForm(request.POST)
    if form.is_valid():
        try:
            operations.set_timing(by=viewer, **form.cleaned_data)
        except Invalid as error:
            for problem in error.errors:
                form.add_error(problem.pointer.strip("/"), problem.detail)
        else:
            messages.success(request, _("Saved."))
            return done(request, "notifications:preferences")
    return _page(request, viewer, form=form, status=422)


@login_required
@require_POST
def unmute(request: HttpRequest, number: int) -> HttpResponse:
    """Hear of an object again."""
    acts.unmute(mute_id=number, by=cast("User", request.user))
    messages.success(request, _("You hear of it again."))
    return done(request, "notifications:preferences")


@csrf_exempt  # mail programs post here without a page of ours (RFC 8058); the token is signed and does one harmless thing
@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop one class of e-mails: a page with a button (a scanner that follows links changes nothing), or one click's POST."""
    try:
        user_id, event_class, channel = signing.loads(token, salt=STOP_SALT)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise Http404 from error
    person = User.objects.select_related("organization").filter(pk=user_id, is_active=True).first()
    if person is None or event_class not in EventClass.values:
        raise Http404
    context: dict[str, Any] = {"label": EventClass(event_class).label, "is_done": request.method == "POST"}
    if request.method == "POST":
        bind_user(person)
        operations.stop_class(user=person, event_class=event_class, channel=channel)
    return render(request, "notifications/preferences/stop.html", context)


def _channels() -> list[tuple[str, Any, list[tuple[Mode, Any]]]]:
    """The columns: name, label, and what may be chosen there. The inbox has no digest: it waits anyway."""
    every = [(mode, mode.label) for mode in Mode]
    inbox = [(mode, mode.label) for mode in (Mode.NOW, Mode.OFF)]
    return [(IN_APP, _("Inbox"), inbox), *[(channel.name, channel.label, every) for channel in channels.personal()]]


def _page(
    request: HttpRequest, viewer: User, *, form: TimingForm | None = None, problem: str = "", status: int = 200
) -> HttpResponse:
    kept = {
        (choice.event_class, choice.channel): choice.mode for choice in Preference.objects.filter(user_id=viewer.pk)
    }
    columns = _channels()
    rows = [
        {
            "label": event_class.label,
            "must": event_class in rules.MUST_BE_HEARD,
            "cells": [
                {
                    "name": f"{event_class.value}:{channel}",
                    "channel": label,
                    "modes": modes,
                    "chosen": kept.get((event_class.value, channel), rules.default_mode(event_class, channel).value),
                }
                for channel, label, modes in columns
            ],
        }
        for event_class in EventClass
    ]
    mutes = list(Mute.objects.filter(user_id=viewer.pk).order_by("-created_at", "-pk")[:200])
    cases = {
        case.pk: case
        for case in Case.objects.visible_to(viewer).filter(
            pk__in=[mute.subject_id for mute in mutes if mute.subject_type == rules.CASE]
        )
    }
    context = {
        "sections": list(menu().items()),
        "columns": [label for _name, label, _modes in columns],
        "rows": rows,
        "problem": problem,
        "form": form or TimingForm(initial=_timing(viewer)),
        "zone": viewer.time_zone,
        "profile_url": reverse("accounts:settings"),
        "mutes": [(mute, cases.get(mute.subject_id)) for mute in mutes],
    }
    return render(request, "notifications/preferences/edit.html", context, status=status)


def _timing(viewer: User) -> dict[str, Any]:
    kept = Timing.objects.filter(user_id=viewer.pk).first()
    if kept is None:
        return {"digest_at": DIGEST_AT}
    return {
        "quiet_from": kept.quiet_from,
        "quiet_until": kept.quiet_until,
        "quiet_days": kept.quiet_days,
        "digest_at": kept.digest_at,
    }

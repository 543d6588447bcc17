"""Where a person is reached besides the inbox and e-mail, and where their team is: chats."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Team, User
from accounts.views.settings import SECTIONS
from core.errors import Invalid, TooManyRequests
from core.htmx import done
from core.types import AtRequest
from notifications.forms import ChatForm, TeamChatForm
from notifications.models import ChatRoute
from notifications.operations import ways

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
    sections = [(key, title) for key, (title, _form) in SECTIONS.items()]
    values = {"sections": sections, "here": name, **context}
    return render(request, f"notifications/ways/{name}.html", values, status=status)

"""The event stream, and who is looking at a case."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from core import live
from core.clock import db_now
from core.stream import chunks
from escalations import presence
from escalations.models import Case
from escalations.operations import handling
from escalations.sight import sight_of


@login_required
@require_GET
def stream(request: HttpRequest) -> HttpResponseBase:
    """Signals to this browser for some minutes: ids only, filtered by what the viewer may see (HTX-1, HTX-2).

    503 while Redis is away, so that the browser says so and polls instead of waiting on a stream that stays silent.
    """
    if not live.is_up():
        response = HttpResponse(status=503)
        response.headers["Retry-After"] = "15"
        return response
    streaming = StreamingHttpResponse(
        chunks(sight_of(cast("User", request.user)).sees), content_type="text/event-stream"
    )
    streaming.headers["Cache-Control"] = "no-store"
    streaming.headers["X-Accel-Buffering"] = "no"  # a proxy that gathers output would hold signals back
    return streaming


@login_required
@require_POST
def look(request: HttpRequest, ref: str) -> HttpResponse:
    """Say that the viewer has this case on screen and what they write; others are told when that is news (CAS-1).

    Time counts as handling only while the page is in front and its person does something (KPI-16).
    """
    viewer = cast("User", request.user)
    case = get_object_or_404(Case.objects.visible_to(viewer), ref=ref)
    if request.POST.get("active") == "true" and viewer.is_internal:
        handling.count_presence(case, viewer, at=db_now())
    if presence.enter(case.pk, viewer, doing=request.POST.get("doing", "")):
        live.publish("presence", audience(case), {"key": case.ref})
    return HttpResponse(status=204)


def audience(case: Case) -> dict[str, object]:
    """Who may know about this case, for a signal that is no event."""
    return {
        "organization": None,  # submitters are not told who of the team looks at their case
        "queues": [case.queue_id],
        "people": [case.assignee_id] if case.assignee_id else [],
        "compartments": case.compartments,
        "practice_for": case.is_practice_for_id,
        "open": case.is_open,
    }

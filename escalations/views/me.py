"""My work, `/me/`."""

from __future__ import annotations

from datetime import timedelta
from typing import cast
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from accounts.models import User
from core.clockface import ClockFace
from core.errors import NotFound
from core.htmx import render_part
from core.types import AtRequest
from escalations.lifecycle import Metric
from escalations.models import Case
from escalations.operations.practice import may_practise
from escalations.selectors.mine import my_work


@login_required
@require_GET
def me(request: HttpRequest) -> HttpResponse:
    """What the viewer holds, has begun, waits for and has put off."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    if not viewer.is_internal:
        raise NotFound
    day = at.astimezone(ZoneInfo(viewer.time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    work = my_work(viewer, at=at, since=day)
    context = {
        "work": work,
        "claimed": [(case, _face(case)) for case in work.claimed],
        "waiting": [(case, _face(case)) for case in work.waiting],
        "snoozed": [(case, _face(case)) for case in work.snoozed],
        "key_scope": "list",
        "may_practise": may_practise(viewer),
        "at": at,
    }
    return render_part(request, "escalations/me/list.html", "escalations/me/_mywork.html", context)


def _face(case: Case) -> ClockFace | None:
    """The nearest clock of a row, from the case's own columns."""
    if case.due_at is None or not case.due_metric:
        return None
    metric = Metric(case.due_metric)
    return ClockFace(metric, metric.label, case.due_at, timedelta(seconds=case.due_target_s or 0), is_mine=True)

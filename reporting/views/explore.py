"""The explorer: its choices stand in the address, so that a link, a bookmark and a saved report all open the same view."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from core import toasts
from core.errors import DomainError, Invalid, NotPermitted
from core.htmx import render_part
from core.types import AtRequest
from reporting import rights
from reporting.lifecycle import Audience, ReportKind
from reporting.measures import DIMENSIONS, MEASURES
from reporting.models import SavedReport
from reporting.operations import saved
from reporting.pages import ranges
from reporting.selectors import explore
from reporting.views.tabs import tabs_for

PAGE, PART = "reporting/explore/explore.html", "reporting/explore/_explored.html"


@login_required
@require_GET
def explorer(request: HttpRequest) -> HttpResponse:
    """The choices, and the answer to them. A wrong choice is said beside the form (422)."""
    return _show(request, {name: request.GET.get(name, "") for name in ("m", "by", "by2", "q", "range", "as")})


def _show(request: HttpRequest, given: dict[str, str], *, problem: str = "") -> HttpResponse:
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    rights.check_can_explore(viewer)
    context: dict[str, Any] = {"problems": [problem] if problem else []}
    status = 422 if problem else 200
    try:
        choice = explore.choice_of(given, viewer=viewer, at=at)
        context |= {"choice": choice, "found": explore.explore(choice, viewer=viewer, at=at), "query": choice.query}
        context["by"] = [DIMENSIONS[key] for key in choice.by]
        given = {"m": "", "by": "", "by2": "", "q": "", "range": "", "as": ""} | choice.params()
    except Invalid as error:
        context["problems"] += [each.detail for each in error.errors] or [error.detail]
        status = 422
    context |= {
        "given": given,
        "measures": sorted(MEASURES.values(), key=lambda measure: (_number(measure.kpi), measure.key)),
        "dimensions": list(DIMENSIONS.values()),
        "presets": ranges.PRESETS,
        "shapes": [
            (explore.Shown.TABLE.value, _("Table")),
            (explore.Shown.LINE.value, _("Line over time")),
            (explore.Shown.BAR.value, _("Bars")),
        ],
        "saved": SavedReport.objects.visible_to(viewer)
        .filter(kind=ReportKind.EXPLORE)
        .select_related("owner")
        .order_by("name", "id")[:100],
        "viewer_id": viewer.pk,
        "can_save": rights.can_save(viewer),
        "can_share": rights.can_share(viewer),
        "tabs": tabs_for(viewer, "explore"),
    }
    return render_part(request, PAGE, PART, context, status=status)


def _number(kpi: str) -> tuple[int, str]:
    digits = "".join(character for character in kpi if character.isdigit())
    return int(digits or 0), kpi


@login_required
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the choices under a name, for oneself or for everyone who sees reports."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    rights.check_can_explore(viewer)
    given = {name: request.POST.get(name, "") for name in ("m", "by", "by2", "q", "range", "as")}
    audience = Audience.SHARED if request.POST.get("shared") else Audience.PERSONAL
    try:
        choice = explore.choice_of(given, viewer=viewer, at=at)
        report = saved.save_report(
            name=request.POST.get("name", ""),
            kind=ReportKind.EXPLORE,
            audience=audience,
            by=viewer,
            at=at,
            state=choice.query,
        )
    except NotPermitted:
        raise
    except DomainError as error:
        detail = error.errors[0].detail if isinstance(error, Invalid) and error.errors else error.detail
        return _show(request, given, problem=detail)
    toasts.show_next(request, _("Saved as “%(name)s”.") % {"name": report.name})
    return HttpResponseRedirect(f"{reverse('reporting:explore')}?{report.state}")

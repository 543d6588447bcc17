"""The same scorecard that we see of the vendor, with its definitions (VEN-5): the same figures, and nothing of how we work."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from escalations.models import Queue
from portal.views.gate import VendorRequest
from reporting.pages import scorecards
from reporting.selectors import scorecard as selectors
from reporting.selectors.figures import Scope, Window

QUEUE = selectors.SLICED_BY.index("queue")


@require_safe
def scorecard(request: VendorRequest) -> HttpResponse:
    """Eight figures against what was agreed, their weeks, and what changed; in the reader's zone."""
    viewer, zone = request.user, ZoneInfo(request.user.time_zone)
    scope = Scope.of_vendor(viewer.organization_id)
    card = outward(selectors.scorecard(viewer.organization, scope=scope, at=request.at, zone=zone))
    context = {
        "here": "scorecard",
        "kpis": card.kpis,
        **scorecards.present(card, lambda days: Window.last(days=days, at=request.at, zone=zone)),
    }
    return render(request, "portal/scorecard.html", context)


def outward(card: selectors.Scorecard) -> selectors.Scorecard:
    """The card with our queues under the names that submitters know."""
    names = dict(Queue.objects.values_list("slug", "outward_name"))
    changes = tuple(
        replace(change, parts=tuple(_named(part, names) for part in change.parts)) for change in card.changes
    )
    return replace(card, changes=changes)


def _named(part: selectors.Part, names: dict[str, str]) -> selectors.Part:
    values = list(part.values)
    values[QUEUE] = replace(values[QUEUE], label=names.get(values[QUEUE].key) or _("Review"))
    return replace(part, values=tuple(values))

"""The same scorecard that we see of the vendor, with its definitions (VEN-5): the same figures, and nothing of how we work."""

from __future__ import annotations

import uuid
from dataclasses import replace
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.roles import Role
from escalations.models import Queue
from portal.views.gate import VendorRequest
from reporting.models import CoachingSet
from reporting.operations import coaching
from reporting.pages import scorecards
from reporting.selectors import scorecard as selectors
from reporting.selectors.coaching import coached
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
        "coached": coached(viewer.organization, viewer=viewer, at=request.at),
        "may_acknowledge": Role.VENDOR_LEAD in viewer.access.roles,
        **scorecards.present(card, lambda days: Window.last(days=days, at=request.at, zone=zone)),
    }
    return render(request, "portal/scorecard.html", context)


@require_POST
def acknowledge(request: VendorRequest, key: uuid.UUID) -> HttpResponse:
    """Say that examples were read."""
    found = CoachingSet.objects.filter(organization=request.user.organization, public_id=key).first()
    if found is None:
        raise Http404
    coaching.acknowledge(set_id=found.pk, by=request.user, at=request.at)
    messages.success(request, _("We count from today how often it still happens."))
    return redirect("portal:scorecard")


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

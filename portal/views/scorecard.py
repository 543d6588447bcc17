"""The same scorecard that we see of the vendor, with its definitions (VEN-5): the same figures, and nothing of how we work."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.permissions import check_can
from accounts.roles import Action, Role
from core.errors import DomainError
from escalations.models import Queue
from portal.views.gate import VendorRequest
from reporting.documents.scorecard import scorecard_document
from reporting.measures import MEASURES
from reporting.models import CoachingSet, Commitment, VendorWeek
from reporting.operations import coaching, weeks
from reporting.pages import scorecards
from reporting.selectors import scorecard as selectors
from reporting.selectors.coaching import coached
from reporting.selectors.figures import Scope, Window, in_words
from reporting.selectors.weeks import newest_weeks
from reporting.views.vendor_files import piece_answer, printed

SHOWN_WEEKS, MOST_WEEKS = 6, 520
QUEUE = selectors.SLICED_BY.index("queue")


@require_safe
def scorecard(request: VendorRequest) -> HttpResponse:
    """Eight figures against what was agreed, their weeks, and what changed; in the reader's zone."""
    viewer, card = request.user, _card(request)
    context = {
        "here": "scorecard",
        "is_portal": True,
        "kpis": card.kpis,
        "weeks": _weeks(viewer),
        "commitments": Commitment.objects.filter(organization=viewer.organization, done_at=None).order_by(
            "due_on", "id"
        )[:20],
        "coached": coached(viewer.organization, viewer=viewer, at=request.at),
        "may_acknowledge": Role.VENDOR_LEAD in viewer.access.roles,
        **scorecards.present(
            card,
            lambda days: Window.last(days=days, at=request.at, zone=card.zone),
            file=lambda key, form: reverse(f"portal:scorecard-{form}", args=[key]),
        ),
    }
    return render(request, "portal/scorecard.html", context)


def _card(request: VendorRequest) -> selectors.Scorecard:
    """The reader's own vendor's card, in their zone. Raises `NotPermitted`."""
    check_can(request.user, Action.REPORTS)
    viewer, zone = request.user, ZoneInfo(request.user.time_zone)
    scope = Scope.of_vendor(viewer.organization_id)
    return outward(selectors.scorecard(viewer.organization, scope=scope, at=request.at, zone=zone))


@require_safe
def piece(request: VendorRequest, key: str, form: str) -> HttpResponse:
    """One chart of the card, or its figures, as CSV or PNG."""
    card = _card(request)
    return piece_answer(card, scorecards.pieces(card), key, form, reader=request.user)


@require_safe
def pdf(request: VendorRequest) -> HttpResponse:
    """The card on paper, as the page shows it."""
    viewer, card = request.user, _card(request)
    shown = scorecards.present(card, lambda days: Window.last(days=days, at=request.at, zone=card.zone))
    document = scorecard_document(shown, by=viewer.display_name, zone=card.zone.key, at=request.at)
    return printed(document, viewer, f"{card.vendor.slug}-{request.at:%Y-%m-%d}.pdf")


@require_POST
def sign(request: VendorRequest, week: str, edition: int) -> HttpResponse:
    """Put the vendor's name under a frozen week."""
    found = VendorWeek.objects.filter(organization=request.user.organization, edition=edition).order_by("-starts_on")
    row = next((one for one in found[:MOST_WEEKS] if one.week == week), None)
    if row is None:
        raise Http404
    try:
        weeks.sign_week(week_id=row.pk, by=request.user, at=request.at)
    except DomainError as error:
        messages.error(request, error.detail)
    else:
        messages.success(request, _("Signed: %(week)s.") % {"week": row.week})
    return redirect("portal:scorecard")


def _weeks(viewer: User) -> list[dict[str, Any]]:
    """The newest edition of the last frozen weeks, with its figures in words and whether the viewer may sign it."""
    return [
        {
            "row": row,
            "figures": [
                (MEASURES[key].label, in_words(kept["value"], MEASURES[key].unit), kept["n"])
                for key, kept in row.figures.items()
                if key in MEASURES
            ],
            "may_sign": weeks.may_sign(viewer, row),
        }
        for row in newest_weeks(viewer.organization)[:SHOWN_WEEKS]
    ]


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

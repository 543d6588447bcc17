"""For whoever runs the product: deliveries that need a decision, the duty list, and mail that was kept instead of sent."""

from __future__ import annotations

import uuid
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from accounts.permissions import can, check_can
from accounts.roles import Action
from core import mail_sink, text_sink
from core.errors import Invalid
from core.htmx import done
from core.pagination import keyset
from core.types import AtRequest
from notifications import channels
from notifications.forms import DecideForm
from notifications.lifecycle import NEEDS_A_PERSON, DeliveryState
from notifications.models import Delivery, DutyMember
from notifications.operations import deciding, preferences
from notifications.operations.deciding import Decision
from notifications.operations.duty_gaps import gap_ahead

PAGE_SIZE = 50
SHOWN = {
    "undecided": (gettext_lazy("Need a decision"), NEEDS_A_PERSON),
    "waiting": (gettext_lazy("On their way"), (DeliveryState.PENDING, DeliveryState.LEASED)),
    "sent": (gettext_lazy("Sent"), (DeliveryState.ACCEPTED, DeliveryState.DELIVERED)),
    "all": (gettext_lazy("All"), tuple(DeliveryState)),
}


def deliveries_shown(viewer: User, which: str) -> QuerySet[Delivery]:
    """The deliveries of one tab; the first tab for a name that is none. Uses index: delivery_undecided, delivery_newest."""
    return Delivery.objects.visible_to(viewer).filter(state__in=SHOWN.get(which, SHOWN["undecided"])[1])


@login_required
@require_GET
def deliveries(request: HttpRequest) -> HttpResponse:
    """Messages by where they stand; those that need a person first."""
    viewer = cast("User", request.user)
    check_can(viewer, Action.CONFIG_READ)
    which = request.GET.get("show", "undecided")
    if which not in SHOWN:
        which = "undecided"
    page = keyset(
        deliveries_shown(viewer, which).select_related("user"),
        ["created_at", "id"],
        cursor=request.GET.get("cursor", ""),
        limit=PAGE_SIZE,
        owner="deliveries",
        descending=True,
    )
    context = {
        "page_of_list": page,
        "which": which,
        "tabs": [(name, label) for name, (label, _states) in SHOWN.items()],
        "rows": [(row, _channel(row.channel)) for row in page.rows],
        "may_decide": can(viewer, Action.CONFIG_EDIT),
        "is_kept": settings.MAIL_IS_KEPT,
    }
    return render(request, "notifications/deliveries/list.html", context)


def _channel(name: str) -> str:
    """A channel as people call it; one that this installation no longer has keeps its code."""
    channel = channels.REGISTRY.get(name)
    return str(channel.label) if channel is not None else name


@login_required
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, key: uuid.UUID, what: str) -> HttpResponse:
    """Say why, then send again, confirm or give up."""
    viewer = cast("User", request.user)
    check_can(viewer, Action.CONFIG_EDIT)
    if what not in set(Decision):
        raise Http404
    decision = Decision(what)
    delivery = get_object_or_404(Delivery.objects.visible_to(viewer).select_related("user"), public_id=key)
    form = DecideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            deciding.decide(
                delivery_id=key,
                decision=decision,
                reason=form.cleaned_data["reason"],
                by=viewer,
                at=cast("AtRequest", request).at,
            )
        except Invalid as error:
            form.add_error(None, error.detail)
        else:
            messages.success(request, _SAID[decision])
            return done(request, "notifications:deliveries")
    context = {"form": form, "delivery": delivery, "decision": decision.value, "title": _TITLES[decision]}
    return render(request, "notifications/deliveries/decide.html", context, status=422 if form.is_bound else 200)


_TITLES = {
    Decision.AGAIN: gettext_lazy("Send it again"),
    Decision.ARRIVED: gettext_lazy("It arrived"),
    Decision.GIVE_UP: gettext_lazy("Give it up"),
}
_SAID = {
    Decision.AGAIN: gettext_lazy("It is on its way again."),
    Decision.ARRIVED: gettext_lazy("Noted: it arrived."),
    Decision.GIVE_UP: gettext_lazy("Given up."),
}


@login_required
@require_http_methods(["GET", "POST"])
def duty(request: HttpRequest) -> HttpResponse:
    """Who is told when no lead is on shift."""
    viewer = cast("User", request.user)
    check_can(viewer, Action.CONFIG_READ)
    people = User.objects.filter(is_active=True, organization__kind="internal").order_by("display_name", "pk")
    if request.method == "POST":
        number = request.POST.get("user", "")
        person = get_object_or_404(people, pk=int(number) if number.isdecimal() and len(number) < 18 else 0)
        is_on = "add" in request.POST
        preferences.set_duty(user=person, is_on=is_on, by=viewer, at=cast("AtRequest", request).at)
        words = _("%(person)s is on the duty list.") if is_on else _("%(person)s is no longer on the duty list.")
        messages.success(request, words % {"person": person.display_name})
        return done(request, "notifications:duty")
    members = list(DutyMember.objects.select_related("user", "added_by").order_by("position", "pk"))
    context = {
        "members": members,
        "gap": gap_ahead(at=cast("AtRequest", request).at),
        "people": people.exclude(pk__in=[member.user_id for member in members]),
        "may_edit": can(viewer, Action.CONFIG_EDIT),
    }
    return render(request, "notifications/duty/list.html", context)


@login_required
@require_GET
def mail(request: HttpRequest, name: str = "") -> HttpResponse:
    """Messages that this local run kept instead of sending."""
    check_can(cast("User", request.user), Action.CONFIG_READ)
    if not settings.MAIL_IS_KEPT:
        raise Http404
    if not name:
        return render(request, "notifications/mail/list.html", {"kept": mail_sink.newest()})
    found = mail_sink.find(name)
    if found is None:
        raise Http404
    return render(request, "notifications/mail/message.html", {"message": found})


@login_required
@require_GET
def texts(request: HttpRequest) -> HttpResponse:
    """Texts and calls that this local run kept instead of sending."""
    check_can(cast("User", request.user), Action.CONFIG_READ)
    if not settings.TEXTS_ARE_KEPT:
        raise Http404
    return render(request, "notifications/texts/list.html", {"kept": text_sink.newest()})

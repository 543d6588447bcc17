"""The outbox: what was handed to the platform and is not confirmed, what a person does about it; and the strip on the case page."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from accounts.permissions import check_can
from accounts.roles import Action
from core import navigation
from core.errors import DomainError, Invalid
from core.htmx import done, render_part
from core.pagination import keyset
from core.types import AtRequest
from escalations import permissions
from escalations.forms.outbox import SHOWN, DoneForm, MitigationForm, OutboxFilter, WhyForm
from escalations.models import Case, EnforcementAction, NoticeDelivery
from escalations.operations import enforcement, hand_offs, handing_over, notices
from escalations.selectors import enforcement as selectors
from escalations.selectors import notices as notice_selectors
from escalations.selectors.case import find_case
from escalations.views.holds import take
from policies.lifecycle import ActionType

PAGE_SIZE = 50
Words = str | Promise


@dataclass(frozen=True)
class Act:
    """What a person may do about one action."""

    title: Words
    help: Words
    button: Words
    said: Words
    form: type[forms.Form]
    do: Callable[[EnforcementAction, forms.Form, User, datetime], object]


ACTS: dict[str, Act] = {
    "retry": Act(
        gettext_lazy("Send again"),
        gettext_lazy(
            "Look at the platform first. It goes out under the same key, so a platform that did it already knows."
        ),
        gettext_lazy("Send again"),
        gettext_lazy("It goes out again."),
        WhyForm,
        lambda action, form, by, at: handing_over.retry(
            action_id=action.pk, reason=form.cleaned_data["reason"], by=by, at=at
        ),
    ),
    "done": Act(
        gettext_lazy("It is done"),
        gettext_lazy("You looked at the platform and it is done there. The case closes once nothing else is open."),
        gettext_lazy("Say that it is done"),
        gettext_lazy("Noted: it is done."),
        DoneForm,
        lambda action, form, by, at: handing_over.resolve(
            action_id=action.pk,
            is_done=True,
            reason=form.cleaned_data["reason"],
            foreign_id=form.cleaned_data["foreign_id"],
            by=by,
            at=at,
        ),
    ),
    "withdraw": Act(
        gettext_lazy("It will not be done"),
        gettext_lazy(
            "You looked at the platform: it is not done there, and it is not to be. Nothing of it is in force."
        ),
        gettext_lazy("Withdraw it"),
        gettext_lazy("Noted: it will not be done."),
        WhyForm,
        lambda action, form, by, at: handing_over.resolve(
            action_id=action.pk, is_done=False, reason=form.cleaned_data["reason"], by=by, at=at
        ),
    ),
    "lift": Act(
        gettext_lazy("Lift the action"),
        gettext_lazy(
            "The platform is asked to take it off again. Strikes stay: an appeal or a new decision refunds them."
        ),
        gettext_lazy("Lift it"),
        gettext_lazy("The platform is asked to lift it."),
        WhyForm,
        lambda action, form, by, at: enforcement.lift_action(
            action_id=action.pk, reason=form.cleaned_data["reason"], by=by, at=at
        ),
    ),
}


def hand_offs_found(viewer: User, form: OutboxFilter, *, at: datetime) -> QuerySet[EnforcementAction]:
    """The hand-offs of a tab that pass the form; none where it is not valid. `at` aware UTC."""
    valid = form.is_valid()
    found = selectors.outbox(viewer, show=form.cleaned_data.get("show") or "needs", at=at)
    if not valid:
        return found.none()
    for name, field in (("type", "type"), ("platform", "entity__platform__iexact"), ("ref", "case__ref__iexact")):
        if form.cleaned_data[name]:
            found = found.filter(**{field: form.cleaned_data[name].strip()})
    return found


@login_required
@require_GET
def outbox(request: HttpRequest) -> HttpResponse:
    """Hand-offs, the oldest first: those that need a person unless another tab is asked for."""
    viewer, at = _reader(request)
    form = OutboxFilter(request.GET)
    valid = form.is_valid()
    show = form.cleaned_data.get("show") or "needs"
    found = hand_offs_found(viewer, form, at=at)
    query = request.GET.copy()
    cursor = str(query.pop("cursor", [""])[0])
    newest_first = show == "done"
    page = keyset(
        found,
        ["queued_at", "id"],
        cursor=cursor,
        limit=PAGE_SIZE,
        owner=f"outbox:{viewer.pk}:{query.urlencode()}",
        descending=newest_first,
    )
    kept = "&".join(part for part in query.urlencode().split("&") if part and not part.startswith("show="))
    told = []
    if valid and show in ("needs", "over") and not cursor:
        of_tab = notice_selectors.waiting(viewer, at=at) if show == "needs" else notice_selectors.closed_over(viewer)
        told = list(of_tab[:PAGE_SIZE])
    if valid and form.cleaned_data["ref"]:
        told = [row for row in told if row.case.ref.lower() == form.cleaned_data["ref"].strip().lower()]
    elif valid and (form.cleaned_data["type"] or form.cleaned_data["platform"]):
        told = []
    context = {
        "form": form,
        "told": [(row, notice_selectors.way_of(row, case=row.case, viewer=viewer, at=at)) for row in told],
        "lines": [selectors.line_of(action, viewer=viewer, at=at) for action in page.rows],
        "next": page.next,
        "previous": page.previous,
        "query": query.urlencode(),
        "kept": kept,
        "show": show,
        "tabs": list(SHOWN.items()),
        "is_filtered": valid and any(form.cleaned_data[name] for name in ("type", "platform", "ref")),
    }
    status = 200 if valid else 422
    return render_part(
        request, "escalations/outbox/list.html", "escalations/outbox/_outbox.html", context, status=status
    )


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def resend(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Have the notice of a decision sent again by e-mail, with a reason."""
    viewer, _at = _reader(request)
    rows = NoticeDelivery.objects.visible_to(viewer).select_related("case__queue", "person")
    row = get_object_or_404(rows, public_id=key)

    def do(case: Case, form: forms.Form, by: User, now: datetime) -> None:
        notices.resend(delivery_id=row.pk, reason=form.cleaned_data["reason"], by=by, at=now)

    to = row.person.display_name if row.person is not None else ""
    words = (
        _("Send the notice again"),
        _("%(name)s gets the same words once more by e-mail.") % {"name": to},
        _("Send again"),
        _("The notice goes out again."),
    )
    return _on_case(request, row.case.ref, Action.HAND_OFF_SETTLE, WhyForm, do, words)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Give up the e-mail with the notice of a decision, with a reason: the case closes without it."""
    viewer, _at = _reader(request)
    row = get_object_or_404(NoticeDelivery.objects.visible_to(viewer).select_related("case__queue"), public_id=key)

    def do(case: Case, form: forms.Form, by: User, now: datetime) -> None:
        notices.discard(delivery_id=row.pk, reason=form.cleaned_data["reason"], by=by, at=now)

    words = (
        _("Give the notice up"),
        _("It goes out no more and stays on the submitter’s page. The case closes once nothing else is open."),
        _("Give it up"),
        _("Noted: the notice is not sent."),
    )
    return _on_case(request, row.case.ref, Action.HAND_OFF_SETTLE, WhyForm, do, words)


@login_required
@require_GET
def badge(request: HttpRequest) -> HttpResponse:
    """How many hand-offs need somebody: the rail's number."""
    viewer, at = _reader(request)
    count = selectors.waiting(viewer, at=at)
    return render(request, "components/_rail_count.html", {"link": navigation.shown_count("outbox", count)})


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, key: uuid.UUID, name: str) -> HttpResponse:
    """Do something about one action: `retry`, `done`, `withdraw` or `lift`; with a reason each."""
    viewer, at = _reader(request)
    action = (
        EnforcementAction.objects.visible_to(viewer)
        .select_related("entity", "case__queue", "reverses", "decision")
        .filter(public_id=key)
        .first()
    )
    what = ACTS.get(name)
    if action is None or what is None:
        raise Http404
    form = what.form(request.POST if request.method == "POST" else None)
    refusal, status = "", 200
    if request.method == "POST" and form.is_valid():
        try:
            what.do(action, form, viewer, at)
        except Invalid as error:
            take(form, error)
        except DomainError as error:
            if error.status == 403:
                raise
            form.add_error(None, error.detail)
            refusal, status = error.detail, 409
        else:
            if request.GET.get("from") == "case":
                return done(request, "escalations:case", action.case.ref, say=str(what.said))
            return done(request, "escalations:outbox", say=str(what.said))
    context = {
        "line": selectors.line_of(action, viewer=viewer, at=at),
        "form": form,
        "what": what,
        "refusal": refusal,
        "title": what.title,
        "form_url": request.get_full_path(),
    }
    status = status if status != 200 else 422 if form.errors else 200
    return render_part(request, "escalations/outbox/act.html", "escalations/outbox/_act.html", context, status=status)


# -- On the case page --------------------------------------------------------------------------------------------------
@login_required
@never_cache
@require_GET
def strip(request: HttpRequest, ref: str) -> HttpResponse:
    """The case's hand-offs, fetched again whenever the case changes."""
    viewer, at = _reader(request)
    found = find_case(viewer, ref)
    context = {"case": found, "strip": selectors.strip_of(found, viewer=viewer, at=at)}
    return render_part(request, "escalations/outbox/strip.html", "escalations/outbox/_strip.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def mitigate(request: HttpRequest, ref: str) -> HttpResponse:
    """Limit what the case is about until it is decided."""

    def do(case: Case, form: forms.Form, by: User, at: datetime) -> None:
        values = form.cleaned_data
        enforcement.mitigate(
            case_id=case.pk,
            kind=ActionType(values["type"]),
            entity_ids=(),
            until=at + timedelta(hours=values["hours"]),
            markets=values["markets"],
            reason=values["reason"],
            by=by,
            at=at,
        )

    words = (
        _("Limit it until a decision"),
        _("The platform is asked at once. It ends by itself, or when the case is decided."),
        _("Limit it"),
        _("The platform is asked to limit it."),
    )
    return _on_case(request, ref, Action.MITIGATE, MitigationForm, do, words)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def close_over(request: HttpRequest, ref: str) -> HttpResponse:
    """A lead lets the case close over what is not confirmed, and says why."""

    def do(case: Case, form: forms.Form, by: User, at: datetime) -> None:
        hand_offs.close_over(case_id=case.pk, reason=form.cleaned_data["reason"], by=by, at=at)

    words = (
        _("Close over what is not confirmed"),
        _(
            "What is open stays in the outbox under “Closed over” and can still be confirmed. Your reason stays with the case."
        ),
        _("Let it close"),
        _("The case no longer waits for them."),
    )
    return _on_case(request, ref, Action.HAND_OFF_OVERRIDE, WhyForm, do, words)


def _on_case(
    request: HttpRequest,
    ref: str,
    right: Action,
    kind: type[forms.Form],
    do: Callable[[Case, forms.Form, User, datetime], None],
    words: tuple[str, str, str, str],
) -> HttpResponse:
    viewer, at = _reader(request)
    found = find_case(viewer, ref)
    permissions.check_can_act(viewer, right, found)
    form = kind(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            do(found, form, viewer, at)
        except Invalid as error:
            take(form, error)
        except DomainError as error:
            form.add_error(None, error.detail)
            status = 409
        else:
            return done(request, "escalations:case", found.ref, say=words[3])
    title, help_text, button, _said = words
    context = {
        "case": found,
        "form": form,
        "title": title,
        "help": help_text,
        "button": button,
        "form_url": request.path,
    }
    status = status if status != 200 else 422 if form.errors else 200
    return render_part(
        request, "escalations/outbox/on_case.html", "escalations/outbox/_on_case.html", context, status=status
    )


def _reader(request: HttpRequest) -> tuple[User, datetime]:
    viewer = cast("User", request.user)
    check_can(viewer, Action.ENFORCEMENT_READ)
    return viewer, cast("AtRequest", request).at

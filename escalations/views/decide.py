"""The decision panel: beside the case, alone at its own address, and piece by piece for the page's script.

Everything works without it too: choosing a clause, ticking, adding a further clause and looking at the sample are plain posts of the
same form, told apart by the button that was pressed.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from core import toasts
from core.errors import DomainError, Invalid, NotPermitted
from core.htmx import announce, done, render_part
from core.pagination import addresses
from core.types import AtRequest
from escalations import presence
from escalations.filters.compiling import compile_filter
from escalations.forms import decision as forms
from escalations.lifecycle import DecisionState, TransitionNotAllowed
from escalations.models import Case, Decision, Draft
from escalations.operations import claims, decisions, drafts
from escalations.operations.decisions import AlreadyDecided, SampleNotSeen
from escalations.operations.provenance import provenance_of
from escalations.selectors import decision as selectors
from escalations.selectors.case import find_case
from escalations.selectors.guidance import guidance_for
from escalations.selectors.spreads import spread_page
from escalations.selectors.typed_decision import Typed, read
from escalations.views import case as case_views
from policies.operations.guidance import acknowledge_guidance
from policies.operations.reading import acknowledge_version

PART = "escalations/case/_decision.html"


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, ref: str) -> HttpResponse:
    """The panel (GET), a step of filling it, or the decision itself (POST)."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    found = find_case(viewer, ref)
    if request.method == "GET":
        return _show(request, found, panel_context(request, found, viewer=viewer, at=at))
    if "acknowledge" in request.POST or "read" in request.POST:
        return _read(request, found, viewer=viewer, at=at)
    if "choose" in request.POST or "drop" in request.POST or "find" in request.POST:
        return _show(request, found, _stepped(request, found, viewer=viewer, at=at))
    return _submit(request, found, viewer=viewer, at=at)


@login_required
@never_cache
@require_GET
def clauses(request: HttpRequest, ref: str) -> HttpResponse:
    """What answers the typed text, or the three suggestions where there is none. A fragment."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    found = get_object_or_404(Case.objects.visible_to(viewer), ref=ref.upper())
    q = request.GET.get("q", "").replace("\x00", "")
    context = {"case": found, "q": q, "suggestions": selectors.suggestions_for(found, q, at=at, viewer=viewer)}
    return render(request, "escalations/case/_suggestions.html", context)


@login_required
@never_cache
@require_POST
def clause(request: HttpRequest, ref: str) -> HttpResponse:
    """The clause's card, further clauses and actions for what stands in the panel now. A fragment; nothing is kept."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    found = get_object_or_404(Case.objects.visible_to(viewer), ref=ref.upper())
    chosen = selectors.chosen_of(found, _typed(request), viewer=viewer, at=at)
    gaps = selectors.open_gaps(viewer) if chosen.typed.verdict == "policy_gap" else ()
    context = {
        "case": found,
        "chosen": chosen,
        "gaps": gaps,
        "typed": chosen.typed,
        "is_gap": chosen.typed.verdict == "policy_gap",
    }
    return render(request, "escalations/case/_decision_clause.html", context)


@login_required
@never_cache
@require_POST
def beside(request: HttpRequest, ref: str) -> HttpResponse:
    """Precedents for what stands in the panel now (DEC-5). A fragment; nothing is kept."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    found = get_object_or_404(Case.objects.visible_to(viewer), ref=ref.upper())
    context = {"case": found, "beside": selectors.beside_of(found, _typed(request), viewer=viewer, at=at)}
    return render(request, "escalations/case/_decision_beside.html", context)


@login_required
@never_cache
@require_GET
def state(request: HttpRequest, ref: str) -> HttpResponse:
    """Whether somebody else decided or took the case while the panel was being filled (CAS-10). A fragment."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    found = get_object_or_404(Case.objects.visible_to(viewer).select_related("assignee"), ref=ref.upper())
    context = {"case": found, "can_decide": selectors.can_decide(found, viewer=viewer, at=at)}
    context["theirs"] = selectors.outcome_of(found, viewer=viewer, at=at)
    return render(request, "escalations/case/_decision_state.html", context)


@login_required
@never_cache
@require_POST
def sample(request: HttpRequest, ref: str) -> HttpResponse:
    """Show five merged cases in words, after writing down who looks at them (QUE-7)."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    found = find_case(viewer, ref)
    shown = selectors.sample_cases(found, viewer=viewer)
    seen = selectors.seen_of(viewer, shown)
    for child in shown:
        if child.pk not in seen:
            decisions.view_sample(parent=found, child=child, by=viewer, at=at)
    missing = decisions.sample_missing(found, by=viewer)
    looked_at = selectors.Sample(selectors.sample_items(shown), missing, found.cluster_size)
    context = panel_context(request, found, viewer=viewer, at=at, sample=looked_at) | {"sample": looked_at}
    return _show(request, found, context, part="escalations/case/_sample.html")


@login_required
@never_cache
@require_POST
def draft(request: HttpRequest, ref: str) -> HttpResponse:
    """Keep what stands in the panel (DEC-15); the answer is empty. A case that was decided since keeps none."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    found = get_object_or_404(Case.objects.visible_to(viewer), ref=ref.upper())
    data = forms.as_data(request.POST)
    is_mine = Decision.objects.filter(case=found, state=DecisionState.HELD, decided_by=viewer).exists()
    if not is_mine:  # an autosave that was on its way when the decision was sent must not outlive it
        drafts.save_draft(
            case=found,
            kind=Draft.Kind.DECISION,
            data=data if forms.is_worth_keeping(data) else {},
            by=viewer,
            at=at,
        )
    return HttpResponse(status=204)


@login_required
@never_cache
@require_POST
def revise(request: HttpRequest, ref: str) -> HttpResponse:
    """Open a decided case again with a reason, and its panel with the last decision in it."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    found = find_case(viewer, ref)
    try:
        decisions.revise_case(case_id=found.pk, reason=request.POST.get("reason", ""), by=viewer, at=at)
    except Invalid as error:
        context = panel_context(request, found, viewer=viewer, at=at) | {"revise_problem": error.detail}
        return _show(request, found, context, status=422)
    return done(
        request,
        "escalations:case-decide",
        found.ref,
        say=_("Opened again. The decision in force stays until you decide anew."),
    )


@login_required
@never_cache
@require_POST
def provenance(request: HttpRequest, ref: str) -> HttpResponse:
    """Report that the source line is wrong (DEC-18). Answers the line."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    found = find_case(viewer, ref)
    decisions.dispute_provenance(case_id=found.pk, by=viewer, at=at)
    if not getattr(request, "htmx", None):
        return done(request, "escalations:case-decide", found.ref)
    words = selectors.provenance_words(provenance_of(found))
    context = {"words": words, "is_reported": True}
    response = render(request, "escalations/case/_provenance.html", context)
    return announce(response, _("Reported: the legal desk reads it."))


@login_required
@never_cache
@require_GET
def spread(request: HttpRequest, ref: str) -> HttpResponse:
    """How far a cluster's decision is on its way to the members, and what became of each."""
    viewer = cast("User", request.user)
    found = find_case(viewer, ref)
    page = spread_page(found, viewer=viewer, state=request.GET.get("state", ""), cursor=request.GET.get("cursor", ""))
    if page is None:
        raise Http404
    context = {"case": found, "progress": page, **addresses(page.rows, state=page.state)}
    return render_part(request, "escalations/case/spread.html", "escalations/case/_spread.html", context)


@login_required
@never_cache
@require_POST
def take_back(request: HttpRequest, ref: str) -> HttpResponse:
    """Take back one's own decision that waits for a second person: the panel comes back as it was."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    found = find_case(viewer, ref)
    held = Decision.objects.filter(case=found, state=DecisionState.HELD).first()
    if held is None:
        raise Invalid(_("No decision is held on %(ref)s.") % {"ref": found.ref}, code="not_held")
    draft = decisions.as_draft(held)
    decisions.undo_decision(decision_id=held.pk, by=viewer, at=at)
    drafts.save_draft(case=found, kind=Draft.Kind.DECISION, data=draft, by=viewer, at=at)
    return done(request, "escalations:case-decide", found.ref, say=_("Taken back. The panel is as it was."))


def panel_context(
    request: HttpRequest, found: Case, *, viewer: User, at: datetime, sample: selectors.Sample | None = None
) -> dict[str, Any]:
    """What the right column shows, with the draft that `viewer` left."""
    drafts_kept = Draft.objects.filter(case=found, user=viewer, kind=Draft.Kind.DECISION)
    kept = drafts_kept.values("data", "saved_at").first()
    verdict = request.GET.get("verdict", "") if request.method == "GET" else ""
    return selectors.column_of(found, viewer=viewer, at=at, kept=kept, verdict=verdict, sample=sample)


def _typed(request: HttpRequest) -> Typed:
    """The posted panel, with the button's step taken."""
    typed = read(forms.as_data(request.POST))
    choose, drop = request.POST.get("choose", ""), request.POST.get("drop", "")
    if choose.isdecimal() and len(choose) < 19:
        is_further = "further" in request.POST and typed.clause_id is not None
        typed = typed.with_further(int(choose)) if is_further else typed.with_clause(int(choose))
    if drop.isdecimal() and len(drop) < 19:
        typed = typed.without_further(int(drop))
    return typed


def _stepped(request: HttpRequest, found: Case, *, viewer: User, at: datetime) -> dict[str, Any]:
    q = request.POST.get("q", "").replace("\x00", "") if "find" in request.POST else ""
    typed = _typed(request)
    panel = selectors.panel_of(found, viewer=viewer, at=at, typed=typed, q=q)
    context: dict[str, Any] = {"panel": panel, "outcome": None, "has_panel": True}
    if not getattr(request, "htmx", None):  # a page without scripts has nobody to ask for it later
        context["beside"] = selectors.beside_of(found, typed, viewer=viewer, at=at)
    return context


def _read(request: HttpRequest, found: Case, *, viewer: User, at: datetime) -> HttpResponse:
    """Say that a wording (`acknowledge`) or an interim guidance (`read`) was read; everything typed stays."""
    version, guidance = (request.POST.get(name, "") for name in ("acknowledge", "read"))
    typed = _typed(request)
    if version.isdecimal() and len(version) < 19:
        if int(version) in {one.pk for one in selectors.chosen_of(found, typed, viewer=viewer, at=at).unread}:
            acknowledge_version(version_id=int(version), by=viewer, at=at)
    elif guidance.isdecimal() and len(guidance) < 19:
        pinned = {one.guidance.pk for one in guidance_for(found, at=at, viewer=viewer)}
        if int(guidance) in pinned:
            acknowledge_guidance(guidance_id=int(guidance), by=viewer, at=at)
    return _show(request, found, _stepped(request, found, viewer=viewer, at=at))


def _submit(request: HttpRequest, found: Case, *, viewer: User, at: datetime) -> HttpResponse:
    """Decide; refused with everything that was typed still in place."""
    data = forms.as_data(request.POST)
    typed = selectors.chosen_of(found, read(data), viewer=viewer, at=at).typed
    if typed.verdict is None:
        return _refused(request, found, typed, Invalid(_("Choose a verdict."), code="verdict_required"))
    try:
        decision = decisions.decide_case(case_id=found.pk, by=viewer, at=at, ruling=typed.ruling(), take=True)
    except AlreadyDecided as error:
        if error.decision.decided_by_id == viewer.pk and error.decision.state == DecisionState.HELD:
            return _advance(request, found, viewer=viewer, at=at)  # sent twice: the first one stands
        drafts.save_draft(case=found, kind=Draft.Kind.DECISION, data=data, by=viewer, at=at)
        return _refused(request, found, typed, error)
    except DomainError as error:
        return _refused(request, found, typed, error)
    entry = decisions.offer_undo(decision, draft=data, by=viewer, at=at)
    line = decisions.outcome_line(decision)
    toasts.show_next(request, line, undo_url=_undo_url(entry.token), until=decision.hold_until)
    return _advance(request, found, viewer=viewer, at=at, line=line)


def _undo_url(token: uuid.UUID) -> str:
    return reverse("escalations:undo", args=[token])


def _refused(request: HttpRequest, found: Case, typed: Typed, error: DomainError) -> HttpResponse:
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    problems = error.errors if isinstance(error, Invalid) else []
    fresh = find_case(viewer, found.ref)
    panel = selectors.panel_of(
        fresh,
        viewer=viewer,
        at=at,
        typed=typed,
        problems=problems,
        refusal="" if problems else error.detail,
        theirs=error.decision if isinstance(error, AlreadyDecided) else None,
    )
    status = 409 if isinstance(error, (AlreadyDecided, SampleNotSeen, TransitionNotAllowed)) else 422
    if isinstance(error, NotPermitted):
        status = 422 if getattr(request, "htmx", None) else 403  # htmx swaps a 422, and the words stay with the form
    context: dict[str, Any] = {"panel": panel, "outcome": None, "has_panel": True}
    if panel.theirs is not None:
        context["theirs"] = selectors.outcome(panel.theirs, fresh, viewer=viewer, at=at)
    return _show(request, fresh, context, status=status)


def _advance(request: HttpRequest, found: Case, *, viewer: User, at: datetime, line: str = "") -> HttpResponse:
    """Go on as the person set it (CAS-16): the next best case, claimed; the next of their list; or stay."""
    text = request.POST.get("list", "")
    query = f"?{urlencode({'list': text})}" if text else ""
    stays = request.POST.get("do") == "stay" or viewer.auto_advance == User.AutoAdvance.STAY
    if not stays and viewer.auto_advance == User.AutoAdvance.NEXT_IN_LIST:
        return done(request, reverse("escalations:case-next", args=[found.ref]) + query, say=line)
    following = None if stays else _next_best(text, viewer=viewer, at=at)
    if following is None:
        return done(request, reverse("escalations:case", args=[found.ref]) + query, say=line)
    url = reverse("escalations:case", args=[following.ref])
    return done(request, url + query, say=f"{line}. {following.ref}: {following.title}")


def _next_best(text: str, *, viewer: User, at: datetime) -> Case | None:
    """The next best case of the list the person works through, claimed; None where nothing waits for them."""
    within = None
    if text:
        compiled = compile_filter(text, viewer=viewer, at=at)
        within = compiled.q if compiled.is_valid else None
    try:
        return claims.claim_next(by=viewer, at=at, within=within, passing_over=presence.to_pass_over(viewer))
    except NotPermitted:
        return None


def _show(
    request: HttpRequest, found: Case, context: dict[str, Any], *, part: str = PART, status: int = 200
) -> HttpResponse:
    """The panel alone for htmx, the case page around it for everybody else."""
    at = cast("AtRequest", request).at
    if getattr(request, "htmx", None):
        listed = request.POST.get("list", "") or request.GET.get("list", "")
        return render(request, part, {"case": found, "at": at, "list_text": listed} | context, status=status)
    whole = case_views.page_context(request, found, at=at, **context)
    return render_part(request, case_views.PAGE, part, whole, status=status)

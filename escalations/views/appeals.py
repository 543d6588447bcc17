"""Appeals: the list, one appeal, taking one down, and what resembles one that succeeded (ux.md §7.22)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from accounts.permissions import can, check_can
from accounts.roles import Action
from core import navigation, toasts
from core.errors import DomainError, Invalid
from core.htmx import render_part
from core.pagination import keyset
from core.types import AtRequest
from escalations import permissions
from escalations.appeal_life import Appellant, Outcome
from escalations.forms.appeals import FileForm, JudgeForm, TranslationForm, WordsForm
from escalations.models import Appeal, Case, Entity
from escalations.operations import appeal_families, appeals, bulk
from escalations.selectors import appeals as selectors
from escalations.views.holds import take

PAGE_SIZE = 50


@login_required
@require_GET
def appeal_list(request: HttpRequest) -> HttpResponse:
    """Appeals by where they stand; those to decide first, the next one due on top."""
    viewer = cast("User", request.user)
    check_can(viewer, Action.APPEAL_DECIDE)
    tab = selectors.tab_of(request.GET.get("show", "open"))
    page = keyset(
        selectors.appeals_of(viewer, tab),
        ["due_at", "id"] if tab.is_live and tab.name != "waiting" else ["filed_at", "id"],
        cursor=request.GET.get("cursor", ""),
        limit=PAGE_SIZE,
        owner=f"appeals:{viewer.pk}:{tab.name}",
        descending=not tab.is_live,
    )
    context = {
        "tab": tab,
        "tabs": selectors.TABS,
        "rows": [(row, selectors.face_of(row), selectors.appellant_line(row)) for row in page.rows],
        "page_of_list": page,
        "export_url": navigation.url_of("export_new") if can(viewer, Action.EXPORT) else "",
        "key_scope": "list",
    }
    return render_part(request, "escalations/appeals/list.html", "escalations/appeals/_appeals.html", context)


@login_required
@never_cache
@require_GET
def detail(request: HttpRequest, ref: str) -> HttpResponse:
    """One appeal: what the appellant says beside what was decided, the clause then and now, and the outcome's form."""
    viewer, appeal, at = _asked(request, ref)
    return _page(request, appeal, viewer=viewer, at=at)


def _page(
    request: HttpRequest,
    appeal: Appeal,
    *,
    viewer: User,
    at: datetime,
    status: int = 200,
    judge: forms.Form | None = None,
    words: forms.Form | None = None,
    answer: forms.Form | None = None,
) -> HttpResponse:
    about = selectors.about(appeal, viewer=viewer, at=at)
    holds = appeal.assignee_id == viewer.pk and appeal.is_live and about.may_decide
    context = {
        "appeal": appeal,
        "about": about,
        "case": appeal.case,
        "face": selectors.face_of(appeal),
        "who": selectors.appellant_line(appeal),
        "holds": holds,
        "judge": judge or JudgeForm(actions=about.actions),
        "words": words or WordsForm(auto_id="ask_%s"),
        "answer": answer or WordsForm(auto_id="answer_%s"),
        "translation": TranslationForm(initial={"translation": appeal.translation}),
        "digits": [(outcome.digit, outcome.value, outcome.label) for outcome in Outcome],
        "may_file": permissions.can_act(viewer, Action.APPEAL_FILE, appeal.case),
        "key_scope": "case",
    }
    return render(request, "escalations/appeals/detail.html", context, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def file(request: HttpRequest, ref: str) -> HttpResponse:
    """Take an appeal down for the person concerned."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    case = get_object_or_404(Case.objects.visible_to(viewer), ref=ref.upper())
    permissions.check_can_act(viewer, Action.APPEAL_FILE, case)
    entities = list(Entity.objects.filter(in_cases__case=case).distinct().order_by("pk")[:100])
    form = FileForm(request.POST if request.method == "POST" else None, entities=entities)
    if request.method == "POST" and form.is_valid():
        try:
            appeal = appeals.file_appeal(
                case_id=case.pk, appellant=Appellant.SUBJECT, asked=form.asked(), by=viewer, at=at
            )
        except Invalid as error:
            take(form, error)
        except DomainError as error:
            if error.status == 403:
                raise
            form.add_error(None, error.detail)
        else:
            messages.success(request, _("The appeal is filed."))
            return redirect("escalations:appeal", appeal.ref)
    context = {"case": case, "form": form, "has_subjects": bool(entities)}
    return render(request, "escalations/appeals/new.html", context, status=422 if form.errors else 200)


Act = Callable[[Appeal, HttpRequest, User, datetime], None]


def _claim(appeal: Appeal, request: HttpRequest, viewer: User, at: datetime) -> None:
    appeals.claim_appeal(appeal_id=appeal.pk, by=viewer, at=at)


def _release(appeal: Appeal, request: HttpRequest, viewer: User, at: datetime) -> None:
    appeals.release_appeal(appeal_id=appeal.pk, by=viewer, at=at)


def _withdraw(appeal: Appeal, request: HttpRequest, viewer: User, at: datetime) -> None:
    appeals.withdraw_appeal(appeal_id=appeal.pk, by=viewer, at=at)
    messages.success(request, _("The appeal is withdrawn."))


def _expedite(appeal: Appeal, request: HttpRequest, viewer: User, at: datetime) -> None:
    appeals.expedite_appeal(appeal_id=appeal.pk, reason=request.POST.get("reason", ""), by=viewer, at=at)


def _translate(appeal: Appeal, request: HttpRequest, viewer: User, at: datetime) -> None:
    text = request.POST.get("translation", "").replace("\r\n", "\n")
    appeals.translate_appeal(appeal_id=appeal.pk, text=text, by=viewer, at=at)
    messages.success(request, _("Saved."))


ACTS: dict[str, Act] = {
    "claim": _claim,
    "release": _release,
    "withdraw": _withdraw,
    "expedite": _expedite,
    "translate": _translate,
}


@login_required
@never_cache
@require_POST
def act(request: HttpRequest, ref: str, name: str) -> HttpResponse:
    """One of the small acts on an appeal; what is refused is said on its page."""
    viewer, appeal, at = _asked(request, ref)
    try:
        ACTS[name](appeal, request, viewer, at)
    except Invalid as error:
        messages.error(request, error.errors[0].detail if error.errors else error.detail)
    except DomainError as error:
        if error.status == 403:
            raise
        messages.error(request, error.detail)
    return redirect("escalations:appeal", appeal.ref)


@login_required
@never_cache
@require_POST
def write(request: HttpRequest, ref: str, way: str) -> HttpResponse:
    """Ask the appellant, or keep what they answered."""
    viewer, appeal, at = _asked(request, ref)
    form = WordsForm(request.POST, auto_id=f"{way}_%s")
    if form.is_valid():
        body = form.cleaned_data["body"]
        try:
            if way == "ask":
                appeals.ask_appellant(appeal_id=appeal.pk, question=body, by=viewer, at=at)
                messages.success(request, _("The appellant is asked; the clock rests until they answer."))
            else:
                appeals.write_as_appellant(
                    appeal_id=appeal.pk, body=body, language=form.cleaned_data["language"], by=viewer, at=at
                )
                messages.success(request, _("Kept."))
            return redirect("escalations:appeal", appeal.ref)
        except Invalid as error:
            take(form, error)
        except DomainError as error:
            if error.status == 403:
                raise
            form.add_error(None, error.detail)
    which: Any = {"words" if way == "ask" else "answer": form}
    return _page(request, appeal, viewer=viewer, at=at, status=422, **which)


@login_required
@never_cache
@require_POST
def judge(request: HttpRequest, ref: str) -> HttpResponse:
    """Decide the appeal; refused with everything that was typed in place."""
    viewer, appeal, at = _asked(request, ref)
    form = JudgeForm(request.POST, actions=appeals.in_force(appeal))
    if form.is_valid():
        try:
            decided = appeals.decide_appeal(appeal_id=appeal.pk, judgement=form.judgement(), by=viewer, at=at)
        except Invalid as error:
            take(form, error)
        except DomainError as error:
            if error.status == 403:
                raise
            form.add_error(None, error.detail)
        else:
            entry = appeals.offer_undo(decided, by=viewer, at=at)
            toasts.show_next(
                request,
                appeals.outcome_line(decided),
                undo_url=reverse("escalations:undo", args=[entry.token]),
                until=decided.hold_until,
            )
            return redirect("escalations:appeal", appeal.ref)
    return _page(request, appeal, viewer=viewer, at=at, status=422, judge=form)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def family(request: HttpRequest, ref: str) -> HttpResponse:
    """Decisions that resemble one that was overturned: look again at some, and decide those together."""
    viewer, appeal, at = _asked(request, ref)
    check_can(viewer, Action.APPEAL_DECIDE)
    if appeal.outcome not in (Outcome.OVERTURNED, Outcome.PARTIAL):
        raise Http404
    if request.method == "POST":
        return _review(request, appeal, viewer=viewer, at=at)
    return _family_page(request, appeal, viewer=viewer)


FAMILY_SHOWN = 200


def _review(request: HttpRequest, appeal: Appeal, *, viewer: User, at: datetime) -> HttpResponse:
    """Do what was chosen for the family, and go to the page that keeps what became of each case."""
    outcome, rationale = request.POST.get("outcome", ""), request.POST.get("rationale", "")
    rows = selectors.relatives_of(appeal, viewer=viewer)
    wanted = {ref.upper() for ref in request.POST.getlist("case")}
    is_all = bool(request.POST.get("all"))
    chosen = [row.case for row in rows if (is_all and not row.why_not) or row.case.ref in wanted]
    lost = wanted - {case.ref for case in chosen}
    problems: list[str] = []
    if not chosen:
        problems.append(_("Choose the decisions to look at again."))
    elif lost:
        said = _("Nothing was done: %(refs)s does not resemble it any more, or you may not see it.")
        problems.append(said % {"refs": ", ".join(sorted(lost)[:10])})
    else:
        try:
            return _reviewed(request, appeal, chosen, outcome, rationale, viewer=viewer, at=at)
        except bulk.NothingDone as refused:
            problems += [f"{skip.ref}: {skip.why}" for skip in refused.skipped[:5]]
        except Invalid as refused:
            problems += [problem.detail for problem in refused.errors] or [refused.detail]
    context = {"problems": problems, "chosen": wanted, "is_all": is_all, "outcome": outcome, "rationale": rationale}
    return _family_page(request, appeal, viewer=viewer, rows=rows, status=422, **context)


def _reviewed(
    request: HttpRequest,
    appeal: Appeal,
    chosen: list[Case],
    outcome: str,
    rationale: str,
    *,
    viewer: User,
    at: datetime,
) -> HttpResponse:
    values = appeal_families.values_of(appeal=appeal, outcome=outcome, rationale=rationale)
    does = OUTCOMES[outcome]
    said = [(_("Like appeal"), appeal.ref), (_("What to do"), str(does)), (_("Why"), values["rationale"][:500])]
    label = _("%(does)s, like %(ref)s") % {"does": does, "ref": appeal.ref}
    plan = bulk.plan(chosen, appeal_families.NAME, by=viewer)
    if bulk.is_job(plan, bulk.need_of(plan.cases)):
        note = " ".join(values["rationale"].split())[: bulk.NOTE_MAX]
        asked = bulk.ask(chosen, appeal_families.NAME, values, label=label, said=said, note=note, by=viewer, at=at)
        told = _("Asked a second person") if asked.needs_answer else _("Under way: %(n)d cases") % {"n": asked.total}
        toasts.show_next(request, told)
        return redirect("escalations:bulk-act", asked.public_id)
    result = bulk.run(chosen, appeal_families.NAME, values, label=label, said=said, by=viewer, at=at)
    url = reverse("escalations:undo", args=[result.undo.token]) if result.undo is not None else ""
    toasts.show_next(request, label, undo_url=url, until=result.undo.expires_at if result.undo is not None else None)
    if result.bulk is not None:
        return redirect("escalations:bulk-act", result.bulk.public_id)
    return redirect("escalations:appeal-family", appeal.ref)


OUTCOMES = {
    "": gettext_lazy("File our own review; somebody decides each"),
    "overturned": gettext_lazy("Overturn each for the same reason"),
    "upheld": gettext_lazy("Uphold each"),
}


def _family_page(
    request: HttpRequest,
    appeal: Appeal,
    *,
    viewer: User,
    rows: list[selectors.Relative] | None = None,
    status: int = 200,
    **typed: object,
) -> HttpResponse:
    rows = selectors.relatives_of(appeal, viewer=viewer) if rows is None else rows
    left_out = [row for row in rows if row.why_not]
    fit = len(rows) - len(left_out)
    context = {
        "appeal": appeal,
        "rows": [row for row in rows if not row.why_not][:FAMILY_SHOWN],
        "left_out": left_out[:FAMILY_SHOWN],
        "fit": fit,
        "of": len(rows),
        "left": len(left_out),
        "more": max(0, fit - FAMILY_SHOWN),
        "alone": bulk.ALONE_AT_MOST,
        "outcomes": OUTCOMES,
        "outcome": "",
        "rationale": appeal.rationale,
        "relatives": list(
            Appeal.objects.visible_to(viewer).filter(family=appeal).select_related("case").order_by("pk")[:100]
        ),
        "key_scope": "list",
        **typed,
    }
    return render(request, "escalations/appeals/family.html", context, status=status)


def _asked(request: HttpRequest, ref: str) -> tuple[User, Appeal, datetime]:
    viewer = cast("User", request.user)
    return viewer, selectors.find_appeal(viewer, ref), cast("AtRequest", request).at

"""Briefs: the executive home, one brief, its composer, its PDF, who gets them (ux.md §7.21)."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from core.errors import DomainError, FieldProblem, Invalid, StaleRevision
from core.types import AtRequest
from escalations.filters import TooSlow, within
from reporting import blocks as of_blocks
from reporting import documents, permissions
from reporting.blocks import Block, Written
from reporting.documents.brief import brief_document, file_name
from reporting.forms import BriefHeadForm, NewBriefForm, SubscriptionForm, show, written_of
from reporting.lifecycle import BLUF_MOST, OWNED, WORDS_MOST, WRITTEN, BlockKind, BriefState
from reporting.models import Brief, BriefSubscription, BriefVersion
from reporting.operations import briefs as operations
from reporting.selectors import briefs as selectors
from reporting.selectors import said

FIGURES_WITHIN_S = 2.0


def reader(request: HttpRequest) -> tuple[User, datetime]:
    """Who reads, and when (aware UTC). For people outside the pages do not exist (404); colleagues without the right get a 403."""
    user = cast(User, request.user)
    if not user.is_internal:
        raise Http404
    permissions.check_can_read_briefs(user)
    return user, cast(AtRequest, request).at


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What leadership reads in ninety seconds: the newest brief, asks, risks; for writers, what waits for them."""
    user, at = reader(request)
    shown = selectors.home(user, at=at)
    headline: list[tuple[str, str, str]] | None = None
    with contextlib.suppress(TooSlow):  # what was written is there all the same
        headline = within(FIGURES_WITHIN_S, partial(said.headline, user, at=at))
    context = {
        "home": shown,
        "sections": sections(shown.newest_blocks),
        "today": at.date(),
        "may_write": permissions.can_write_briefs(user),
        "headline": headline,
        "has_no_figures": headline is None,
    }
    return render(request, "reporting/briefs/home.html", context)


@login_required
@require_GET
def brief_list(request: HttpRequest) -> HttpResponse:
    """Every brief the reader may see, newest first."""
    user, _at = reader(request)
    rows = Brief.objects.visible_to(user).select_related("author").order_by("-changed_at", "-id")
    context = {
        "rows": rows[: selectors.LIST_MOST],
        "is_cut": rows.count() > selectors.LIST_MOST,
        "most": selectors.LIST_MOST,
        "may_write": permissions.can_write_briefs(user),
    }
    return render(request, "reporting/briefs/list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a brief: its kind, title and readers; the parts follow in the composer."""
    user, at = reader(request)
    permissions.check_can_write_briefs(user)
    form = NewBriefForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.start_brief(
                **form.cleaned_data, by=user, at=at, blocks=[operations.written_block(BlockKind.BLUF)]
            )
        except Invalid as error:
            show(form, error.errors)
        else:
            return redirect("reporting:brief-edit", made.pk)
    return render(request, "reporting/briefs/new.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_GET
def brief(request: HttpRequest, brief_id: int, number: int | None = None) -> HttpResponse:
    """A brief in the version named, else in the one that holds, else in the newest; a draft nobody put up shows its parts."""
    user, at = reader(request)
    found: Brief = get_object_or_404(
        Brief.objects.visible_to(user).select_related("author", "organization"), pk=brief_id
    )
    versions = selectors.versions_of(user, found)
    holding = next((one for one in versions if one.sent_at and not one.superseded_at), None)
    chosen = next((one for one in versions if one.number == number), None) if number is not None else None
    if number is not None and chosen is None:
        raise Http404
    shown = chosen or holding or (versions[0] if versions else None)
    kept = of_blocks.read(shown.blocks if shown is not None else found.blocks)
    there = selectors.for_reader(of_blocks.ordered(kept), user)
    newest = versions[0] if versions else None
    waits = newest if newest is not None and found.state == BriefState.IN_REVIEW else None
    context = {
        "brief": found,
        "shown": shown,
        "versions": versions,
        "holding": holding,
        "sections": sections(there),
        "today": at.date(),
        "surface": selectors.surface_label(found.surface),
        "waits": waits,
        "may_approve": waits is not None and permissions.can_approve(user, waits),
        "may_edit": permissions.can_write_briefs(user) and found.state == BriefState.DRAFT,
        "may_send": permissions.can_write_briefs(user) and found.state == BriefState.APPROVED,
        "may_revise": permissions.can_write_briefs(user) and found.state in (BriefState.APPROVED, BriefState.SENT),
        "may_withdraw": permissions.can_withdraw(user, found) and found.state != BriefState.WITHDRAWN,
        "returned": newest if newest is not None and newest.returned_at and found.state == BriefState.DRAFT else None,
        "note": request.GET.get("note", "")[: operations.NOTE_MOST],
    }
    return render(request, "reporting/briefs/detail.html", context)


@dataclass(frozen=True)
class Section:
    """Blocks of one kind under their heading."""

    kind: BlockKind
    title: str
    blocks: list[Block]


def sections(there: Any) -> list[Section]:
    """The blocks in reading order under the headings that print; figures stand under “Impact”."""
    found = []
    for kind in BlockKind:
        some = [block for block in there if block.kind == kind]
        if some:
            title = _("Impact") if kind == BlockKind.FIGURE else str(kind.label)
            found.append(Section(kind, title, some))
    return found


@login_required
@require_GET
def pdf(request: HttpRequest, brief_id: int, number: int) -> HttpResponse:
    """A version as PDF: `paper` a4 or us-letter (else what printers hold where the reader lives), `safe=1` for copies to pass on."""
    user, _at = reader(request)
    versions = BriefVersion.objects.visible_to(user).select_related(
        "brief__organization", "submitted_by", "approved_by"
    )
    version = get_object_or_404(versions, brief_id=brief_id, number=number)
    asked = request.GET.get("paper", "")
    paper = cast(documents.Paper, asked) if asked in documents.PAPERS else documents.paper_of(user.time_zone)
    try:
        made = documents.render(brief_document(version, is_forward_safe=request.GET.get("safe") == "1"), paper=paper)
    except documents.NotPrinted as error:
        raise CouldNotPrint(
            _("The PDF could not be made. Try again; if it stays so, tell an administrator.")
        ) from error
    response = HttpResponse(made.content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name(version)}"'
    return response


class CouldNotPrint(DomainError):
    """Making the PDF failed."""

    status = 503
    code = "not_printed"
    title = "The PDF could not be made"


@login_required
@require_POST
def act(request: HttpRequest, brief_id: int, does: str) -> HttpResponse:
    """Approve, give back, send, revise or withdraw a brief."""
    user, at = reader(request)
    found: Brief = get_object_or_404(Brief.objects.visible_to(user), pk=brief_id)
    typed = request.POST.get("version", "")
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0
    named = {"ref": found.ref}
    if does == "approve":
        operations.approve(brief_id=found.pk, number=number, by=user, at=at)
        messages.success(request, _("%(ref)s is approved: it can be sent.") % named)
    elif does == "return":
        note = request.POST.get("note", "").replace("\x00", "")
        try:
            operations.give_back(brief_id=found.pk, number=number, note=note, by=user, at=at)
        except Invalid as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("%(ref)s went back to its author.") % named)
    elif does == "send":
        version = operations.send(brief_id=found.pk, by=user, at=at)
        messages.success(request, _("%(ref)s is sent.") % {"ref": version.citation})
    elif does == "revise":
        operations.revise(brief_id=found.pk, by=user, at=at)
        return redirect("reporting:brief-edit", found.pk)
    elif does == "withdraw":
        operations.withdraw(brief_id=found.pk, by=user, at=at)
        messages.success(request, _("%(ref)s is withdrawn.") % named)
    else:
        raise Http404
    return redirect(found)


# -- The composer ------------------------------------------------------------------------------------------------------
@dataclass
class Row:
    """A block as the composer shows it: with what was typed where that was refused."""

    block: Block
    text: str
    owner: str
    by_on: str
    problems: list[str] = field(default_factory=list)

    @property
    def is_written(self) -> bool:
        return self.block.kind in WRITTEN

    @property
    def has_owner(self) -> bool:
        return self.block.kind in OWNED

    @property
    def is_long(self) -> bool:
        return self.block.kind == BlockKind.BLUF and self.block.words > BLUF_MOST


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, brief_id: int) -> HttpResponse:
    """The composer. `do` says what is done once everything typed is kept: save, submit, remove-<id>, add-<what>."""
    user, at = reader(request)
    permissions.check_can_write_briefs(user)
    found: Brief = get_object_or_404(Brief.objects.visible_to(user), pk=brief_id)
    if found.state != BriefState.DRAFT:
        return redirect(found)
    if request.method == "GET":
        return _composer(request, found)
    revision = request.POST.get("revision", "")
    number = int(revision) if revision.isascii() and revision.isdigit() and len(revision) < 9 else 0
    form = BriefHeadForm(request.POST)
    typed = written_of(request.POST, of_blocks.read(found.blocks))
    if not form.is_valid():
        return _composer(request, found, form=form, typed=typed, status=422)
    try:
        return _do(request, found, form, typed, number, user, at)
    except StaleRevision as error:
        found.refresh_from_db()
        return _composer(request, found, form=form, typed=typed, general=[error.detail], status=412)
    except Invalid as error:
        found.refresh_from_db()  # what came before the refusal is kept
        problems = error.errors or [FieldProblem("", error.given_code, error.detail)]
        kept = found.revision == number
        return _composer(request, found, form=form, typed=typed if kept else {}, problems=problems, status=422)


def _do(
    request: HttpRequest,
    found: Brief,
    form: BriefHeadForm,
    typed: dict[str, Written],
    revision: int,
    user: User,
    at: datetime,
) -> HttpResponse:
    does = request.POST.get("do", "save")
    kept = operations.write(
        brief_id=found.pk,
        revision=revision,
        head=form.cleaned_data,
        texts=typed,
        remove=does.removeprefix("remove-") if does.startswith("remove-") else "",
        by=user,
        at=at,
    )
    if does == "submit":
        operations.submit(brief_id=found.pk, revision=kept.revision, by=user, at=at)
        messages.success(request, _("%(ref)s waits for approval by somebody else.") % {"ref": found.ref})
        return redirect(found)
    block = _block_to_add(request, does, found.language, user, at)
    if block is not None:
        operations.add_block(brief_id=found.pk, revision=kept.revision, block=block, by=user, at=at)
    else:
        messages.success(request, _("Saved."))
    return redirect("reporting:brief-edit", found.pk)


def _block_to_add(request: HttpRequest, does: str, language: str, user: User, at: datetime) -> Block | None:
    if does == "add-part":
        return operations.written_block(request.POST.get("part", ""))
    if does in ("add-figure", "add-chart"):
        where = request.POST.get("where", "").replace("\x00", "")[:600]
        measure = request.POST.get("measure", "")
        if does == "add-chart":
            return said.chart_block(measure=measure, where=where, language=language, by=user, at=at)
        period = request.POST.get("period", "")
        return said.figure_block(measure=measure, period=period, where=where, language=language, by=user, at=at)
    if does == "add-gap":
        typed = request.POST.get("gap", "")
        number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 12 else 0
        return operations.gap_block(gap_id=number, by=user, at=at)
    return None


def _composer(
    request: HttpRequest,
    found: Brief,
    *,
    form: BriefHeadForm | None = None,
    typed: dict[str, Written] | None = None,
    problems: list[FieldProblem] | None = None,
    general: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    there = of_blocks.ordered(of_blocks.read(found.blocks))
    by_block: dict[str, list[str]] = {}
    spoken = list(general or [])
    for problem in problems or []:
        name = problem.pointer.strip("/")
        if any(block.id == name for block in there):
            by_block.setdefault(name, []).append(problem.detail)
        spoken.append(problem.detail)
    rows = []
    for block in there:
        mine = (typed or {}).get(block.id)
        text, owner, by_on = block.text, block.owner, block.by_on.isoformat() if block.by_on else ""
        if mine is not None:
            text, owner = mine.text, mine.owner
            by_on = mine.by_on.isoformat() if mine.by_on else request.POST.get(f"by-{block.id}", "")[:20]
        rows.append(Row(block, text, owner, by_on, by_block.get(block.id, [])))
    taken = {block.kind for block in there}
    head = form or BriefHeadForm(
        initial={
            "title": found.title,
            "surface": found.surface,
            "region": found.region,
            "classification": found.classification,
        }
    )
    length = of_blocks.measure(there, found.language)
    user = cast(User, request.user)
    context = {
        "brief": found,
        "form": head,
        "rows": rows,
        "problems": spoken,
        "length": length,
        "most": WORDS_MOST,
        "bluf_most": BLUF_MOST,
        "is_long": length.words > WORDS_MOST,
        "parts": [
            (kind.value, kind.label)
            for kind in BlockKind
            if kind in WRITTEN and not (kind in (BlockKind.BLUF, BlockKind.NEXT) and kind in taken)
        ],
        "gaps": selectors.gaps_to_add(user),
        "measures": said.measure_choices() if permissions.can_see_reports(user) else [],
        "periods": said.PERIODS.items(),
        "has_chart": BlockKind.CHART in taken,
        "typed": request.POST,
    }
    return render(request, "reporting/briefs/edit.html", context, status=status)


# -- Subscriptions -----------------------------------------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "POST"])
def subscriptions(request: HttpRequest) -> HttpResponse:
    """What the reader has mailed, and the form for one more; `remove` names one to end."""
    user, at = reader(request)
    form = SubscriptionForm(request.POST if request.method == "POST" and "remove" not in request.POST else None)
    if request.method == "POST":
        typed = request.POST.get("remove", "")
        if "remove" in request.POST:
            number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 12 else 0
            operations.unsubscribe(subscription_id=number, by=user, at=at)
            messages.success(request, _("You get these briefs no more."))
            return redirect("reporting:brief-subscriptions")
        if form.is_valid():
            try:
                operations.subscribe(**form.cleaned_data, by=user, at=at)
            except Invalid as error:
                show(form, error.errors)
            else:
                messages.success(request, _("You get these briefs by e-mail."))
                return redirect("reporting:brief-subscriptions")
    mine = BriefSubscription.objects.filter(user=user).order_by("surface", "region", "id")
    context = {
        "form": form,
        "rows": [(one, selectors.surface_label(one.surface)) for one in mine],
    }
    return render(request, "reporting/briefs/subscriptions.html", context, status=422 if form.errors else 200)

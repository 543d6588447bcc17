"""The case page, its parts, and the small verbs that only stand there."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from accounts.permissions import can
from accounts.roles import Action
from audit.access import record_access
from core import navigation
from core.errors import Invalid, NotPermitted
from core.htmx import announce, done, render_part, wants_part
from core.types import AtRequest
from escalations import permissions, presence
from escalations.filters.compiling import compile_filter
from escalations.forms.case import EditForm
from escalations.lifecycle import DecisionState, EntityRole
from escalations.models import Case, CaseEntity
from escalations.operations import cases, drafts, reveals
from escalations.selectors import decision, enforcement, related
from escalations.selectors.case import CasePage, case_page, find_case
from escalations.selectors.timeline import SHOWN, timeline_of

PAGE = "escalations/case/detail.html"
PARTS = {
    "head": "escalations/case/_live.html",  # and with it, out of band, what else changes when the case does
    "timeline": "escalations/case/_timeline.html",
    "evidence": "escalations/case/_evidence.html",
    "context": "escalations/case/_context.html",
    "composers": "escalations/case/_composers.html",
}


@login_required
@never_cache
@require_GET
def case(request: HttpRequest, ref: str, part: str = "") -> HttpResponse:
    """The case, or for htmx one part of it; every part's address shows the page as well."""
    viewer, at = _viewer(request), cast("AtRequest", request).at
    found = find_case(viewer, ref)
    if part == "timeline" and wants_part(request):
        return render_part(request, PAGE, PARTS[part], timeline_context(request, found))
    context = page_context(request, found, at=at, oob=part == "head" and wants_part(request))
    return render_part(request, PAGE, PARTS.get(part, PAGE), context)


def timeline_context(request: HttpRequest, found: Case) -> dict[str, Any]:
    """What `_timeline.html` shows alone."""
    viewer, at = _viewer(request), cast("AtRequest", request).at
    shown, before = _asked(request)
    stream = timeline_of(found, viewer=viewer, at=at, shown=shown, before=before)
    return {"case": found, "stream": stream, "shown_as": SHOWN, "at": at}


def page_context(request: HttpRequest, found: Case, *, at: datetime, **more: Any) -> dict[str, Any]:
    """What the page and its parts show."""
    viewer = _viewer(request)
    shown, before = _asked(request)
    page: CasePage = case_page(found, viewer=viewer, at=at, shown=shown, before=before)
    others = [one for one in presence.viewers([found.pk]).get(found.pk, []) if one.user_id != viewer.pk]
    column: dict[str, Any] = {}
    if "panel" not in more:
        column = decision.column_of(
            found, viewer=viewer, at=at, kept=page.drafts.get("decision"), alike=page.cited_alike
        )
    return {
        "case": found,
        "about": page,
        "stream": page.stream,
        "shown_as": SHOWN,
        "at": at,
        "others": others,
        "list_text": request.GET.get("list", ""),
        "is_mine": found.assignee_id == viewer.pk,
        "strip": enforcement.strip_of(found, viewer=viewer, at=at) if enforcement.reads_outbox(viewer) else None,
        "key_scope": "case",
        **column,
        **more,
    }


@login_required
@never_cache
@require_GET
def print_page(request: HttpRequest, ref: str) -> HttpResponse:
    """The case as a document: texts, decisions, register of evidence with hashes, timeline; no pictures (PRT-2)."""
    viewer, at = _viewer(request), cast("AtRequest", request).at
    found = find_case(viewer, ref)
    decided = found.decisions.exclude(state=DecisionState.UNDONE).select_related("clause__policy", "decided_by")
    context = {
        "case": found,
        "about": (page := case_page(found, viewer=viewer, at=at, is_document=True)),
        "stream": page.stream,
        "decisions": decided.order_by("pk"),
        "file_url": navigation.url_of("case_file") if viewer.is_internal and can(viewer, Action.EXPORT) else "",
        "at": at,
    }
    return render(request, "escalations/case/print.html", context)


@login_required
@require_GET
def neighbour(request: HttpRequest, ref: str, way: str) -> HttpResponse:
    """Go on to the next (or previous) case of the list the viewer came from, in next-best order (CAS-16).

    The list is the filter text in `list`; without one it is the open cases of this case's queue.
    """
    viewer, at = _viewer(request), cast("AtRequest", request).at
    here = get_object_or_404(Case.objects.visible_to(viewer).select_related("queue"), ref=ref)
    text = request.GET.get("list", "")
    compiled = compile_filter(text or f"is:open queue:{here.queue.slug}", viewer=viewer, at=at)
    listed = compiled.cases().exclude(pk=here.pk)
    place = Q(order_at=here.order_at)
    if way == "next":
        listed = listed.filter(Q(order_at__gt=here.order_at) | place & Q(pk__gt=here.pk)).order_by("order_at", "pk")
    else:
        listed = listed.filter(Q(order_at__lt=here.order_at) | place & Q(pk__lt=here.pk)).order_by(
            F("order_at").desc(), "-pk"
        )
    other = listed.values_list("ref", flat=True).first()
    query = f"?{urlencode({'list': text})}" if text else ""
    if other is None:
        say = _("This is the last case of the list.") if way == "next" else _("This is the first case of the list.")
        return done(request, reverse("escalations:case", args=[ref]) + query, say=say)
    return HttpResponseRedirect(reverse("escalations:case", args=[other]) + query)


@login_required
@never_cache
@require_GET
def alike(request: HttpRequest, ref: str) -> HttpResponse:
    """Cases in nearly the same words, with how they ended (CAS-8): a dialog, or a page."""
    viewer = _viewer(request)
    found = find_case(viewer, ref)
    title = _("Cases in words like those of %(ref)s") % {"ref": found.ref}
    context = {"case": found, "title": title, "alike": related.alike_in_words(found, viewer=viewer)}
    return render_part(request, "escalations/case/alike.html", "escalations/case/_alike.html", context)


@login_required
@never_cache
@require_POST
def reveal(request: HttpRequest, ref: str) -> HttpResponse:
    """Show one masked identity, after writing down who asked (permissions.md §5, T14). Nothing is shown if that fails."""
    viewer, at = _viewer(request), cast("AtRequest", request).at
    found = find_case(viewer, ref)
    what = request.POST.get("what", "")
    reason = request.POST.get("reason", "").strip()
    if what == "contact":
        if not permissions.can_reveal_identity(viewer, found, EntityRole.REPORTER):
            raise NotPermitted(rule="pii.contact")
        record_access(
            "pii.contact", subject=found, by=viewer, at=at, organization_id=found.organization_id, reason=reason
        )
        context = {"case": found, "value": found.contact, "id": "contact"}
    else:
        context = _revealed_subject(found, what, viewer=viewer, at=at, reason=reason)
    response = render_part(request, "escalations/case/revealed.html", "escalations/case/_revealed.html", context)
    return announce(response, _("Shown. This is recorded."))


def _revealed_subject(found: Case, what: str, *, viewer: User, at: datetime, reason: str) -> dict[str, Any]:
    row = get_object_or_404(
        CaseEntity.objects.filter(case=found).select_related("entity"),
        pk=int(what) if what.isdecimal() and len(what) < 19 else 0,
    )
    if not permissions.can_reveal_identity(viewer, found, row.role):
        raise NotPermitted(rule="pii.subject")
    kind = "pii.victim" if row.role == EntityRole.VICTIM else "pii.subject"
    if row.role == EntityRole.VICTIM:
        if len(reason) < 3:
            raise Invalid(_("Say why you need to know whom this names."), code="reason_required")
        reveals.check_budget(by=viewer, at=at)
    record_access(kind, subject=row, by=viewer, at=at, organization_id=found.organization_id, reason=reason)
    if row.role == EntityRole.VICTIM:
        reveals.notice_many(by=viewer, at=at)
    label = " ".join(dict.fromkeys(part for part in (row.entity.label, row.entity.key) if part))
    return {"case": found, "value": label, "id": f"subject-{row.pk}"}


@login_required
@require_POST
def take_draft(request: HttpRequest, ref: str) -> HttpResponse:
    """Go on with what a colleague began on a case one holds now (SLA-8)."""
    viewer, at = _viewer(request), cast("AtRequest", request).at
    found = find_case(viewer, ref)
    taken = drafts.take_over(case=found, by=viewer, at=at)
    said = _("The draft is yours now.") if taken else _("There is no unfinished draft to take.")
    query = f"?{urlencode({'list': request.POST['list']})}" if request.POST.get("list") else ""
    return done(request, reverse("escalations:case", args=[found.ref]) + query, say=said)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, ref: str) -> HttpResponse:
    """Change plain facts of a case. The form brings the revision it saw; a changed case shows both texts (R33)."""
    viewer, at = _viewer(request), cast("AtRequest", request).at
    found = find_case(viewer, ref)
    permissions.check_can_act(viewer, Action.CASE_EDIT, found)
    form = EditForm.of(found, request.POST if request.method == "POST" else None)
    theirs: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        changes = form.changes()
        theirs = form.conflicts_with(found) if form.revision != found.revision else {}
        if not theirs:
            try:
                cases.edit_case(case_id=found.pk, changes=changes, by=viewer, at=at, revision=found.revision)
            except Invalid as error:
                form.take(error)
            else:
                return done(request, "escalations:case", ref, say=_("Saved."))
    status = 412 if theirs else 422 if form.errors else 200
    if theirs and wants_part(request):
        status = 409  # htmx swaps this one; the words are the same
    context = {
        "case": found,
        "form": form,
        "theirs": theirs,
        "title": _("Edit %(ref)s") % {"ref": ref},
        "form_url": request.path,
        "wide": True,
    }
    return render_part(request, "escalations/case/edit.html", "escalations/case/_edit.html", context, status=status)


def _asked(request: HttpRequest) -> tuple[str, int]:
    shown = request.GET.get("show", "all")
    before = request.GET.get("before", "")
    return shown if shown in SHOWN else "all", int(before) if before.isdecimal() and len(before) < 19 else 0


def _viewer(request: HttpRequest) -> User:
    return cast("User", request.user)

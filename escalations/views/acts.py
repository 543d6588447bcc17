"""Acts on one case or a selection: a dialog that says what will happen, then the act, with an undo where there is one.

Claiming and the like, which need no words, are one press. Every act takes one case by its address (`/c/<ref>/snooze/`) and a
selection by `/q/act/snooze/`; both show the same dialog, or the same page without scripts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from accounts.models import User
from core import toasts
from core.errors import DomainError, Invalid, NotFound
from core.htmx import announce, wants_part
from core.types import AtRequest
from escalations import presence
from escalations.filters.compiling import compile_filter
from escalations.forms import acts as forms
from escalations.models import Case, UndoEntry
from escalations.operations import bulk, cases, clusters, undo
from escalations.selectors import queue as selectors
from escalations.views.listing import row_answer

Words = str | Promise


@dataclass(frozen=True)
class Act:
    """The words and the form of an act; what it does stands in `operations.acts` under the same name."""

    title: Words
    button: Words
    done: Words  # "Snoozed %(what)s"
    form: type[forms.ActForm]
    note: Words = ""


ACTS: dict[str, Act] = {
    "assign": Act(
        gettext_lazy("Assign"),
        gettext_lazy("Assign"),
        gettext_lazy("Assigned %(what)s"),
        forms.AssignForm,
    ),
    "severity": Act(
        gettext_lazy("Change severity"),
        gettext_lazy("Change severity"),
        gettext_lazy("Changed the severity of %(what)s"),
        forms.SeverityForm,
    ),
    "tag": Act(
        gettext_lazy("Tags"),
        gettext_lazy("Change tags"),
        gettext_lazy("Changed the tags of %(what)s"),
        forms.TagForm,
    ),
    "snooze": Act(
        gettext_lazy("Snooze"),
        gettext_lazy("Snooze"),
        gettext_lazy("Snoozed %(what)s"),
        forms.SnoozeForm,
        gettext_lazy(
            "Hidden from the queue for everyone. Its clocks go on, and it comes back by itself when one of them warns."
        ),
    ),
    "invalid": Act(
        gettext_lazy("Send back as invalid"),
        gettext_lazy("Send back"),
        gettext_lazy("Sent back %(what)s"),
        forms.InvalidForm,
        gettext_lazy("Closes the case for everyone and tells its submitter why."),
    ),
    "duplicate": Act(
        gettext_lazy("Close as duplicate"),
        gettext_lazy("Close as duplicate"),
        gettext_lazy("Closed %(what)s as duplicate"),
        forms.DuplicateForm,
        gettext_lazy(
            "Closes the case for everyone. To keep its submitter informed of the other's outcome, merge instead."
        ),
    ),
    "link": Act(
        gettext_lazy("Link to a case"),
        gettext_lazy("Link"),
        gettext_lazy("Linked %(what)s"),
        forms.LinkForm,
    ),
    "move": Act(
        gettext_lazy("Move to another queue"),
        gettext_lazy("Move"),
        gettext_lazy("Moved %(what)s"),
        forms.MoveForm,
        gettext_lazy("The case waits there unassigned, at its place."),
    ),
    "ask": Act(
        gettext_lazy("Request information"),
        gettext_lazy("Ask"),
        gettext_lazy("Asked the submitters of %(what)s"),
        forms.QuestionForm,
    ),
    "reopen": Act(
        gettext_lazy("Reopen"),
        gettext_lazy("Reopen"),
        gettext_lazy("Reopened %(what)s"),
        forms.ReopenForm,
        gettext_lazy("Back to its queue, unassigned."),
    ),
}


@login_required
@require_http_methods(["GET", "POST"])
def on_case(request: HttpRequest, ref: str, name: str) -> HttpResponse:
    """The act's dialog for one case, or the act."""
    viewer = cast("User", request.user)
    found = get_object_or_404(
        Case.objects.visible_to(viewer).select_related("queue", "organization", "assignee"), ref=ref.upper()
    )
    return _act(request, name, [found], reverse(f"escalations:case-{name}", args=[found.ref]))


@login_required
@require_http_methods(["GET", "POST"])
def on_selection(request: HttpRequest, name: str) -> HttpResponse:
    """The act's dialog for selected cases (`keys`, or `all_matching` of the filter `q`), or the act."""
    if name not in ACTS and name != "merge":
        raise Http404
    selected = selection(request)
    if name == "merge":
        return _merge(request, selected)
    return _act(request, name, selected, reverse("escalations:act", args=[name]))


@login_required
@require_http_methods(["GET", "POST"])
def merge_case(request: HttpRequest, ref: str) -> HttpResponse:
    """Merge one case into another, whose key is asked for first (`m` on the case page)."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    found = get_object_or_404(
        Case.objects.visible_to(viewer).select_related("queue", "organization", "assignee"), ref=ref.upper()
    )
    given = request.POST if request.method == "POST" else request.GET
    form = forms.MergeForm(given if "into" in given else None, viewer=viewer, at=at, cases=[found])
    if form.is_bound and form.is_valid():
        into = form.cleaned_data["into"]
        query = urlencode([("keys", found.ref), ("keys", into.ref), ("target", into.ref)])
        return HttpResponseRedirect(f"{reverse('escalations:act', args=['merge'])}?{query}")
    context = {
        "act": MERGE_INTO,
        "form": form,
        "plan": bulk.Plan((found,), ()),
        "form_url": reverse("escalations:case-merge", args=[found.ref]),
        "selected": [found],
        "back": back_of(request),
        "title": MERGE_INTO["title"],
        "will": "",
    }
    template = "escalations/queue/_act.html" if wants_part(request) else "escalations/queue/act.html"
    return render(request, template, context, status=422 if form.errors else 200)


MERGE_INTO = {"title": gettext_lazy("Merge into another case"), "button": gettext_lazy("Next"), "note": ""}


def selection(request: HttpRequest) -> list[Case]:
    """The cases a request is about, visible to its viewer. Raises `Invalid` when there are none, or too many; `NotFound`
    names those that are not there for them: then nothing is done to the others either (reliability.md C40).
    """
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    given = request.POST if request.method == "POST" else request.GET
    keys = [key for text in given.getlist("keys") for key in text.split()]
    everything = None
    if given.get("all_matching"):
        everything = compile_filter(given.get("q", selectors.DEFAULT_FILTER), viewer=viewer, at=at).raise_for_errors()
    at_most = clusters.MERGE_AT_MOST if request.path.endswith("/merge/") else bulk.AT_MOST
    found = selectors.chosen(keys, everything=everything, viewer=viewer, at=at, at_most=at_most)
    if not found:
        raise Invalid(_("Select a case first."), code="nothing_selected")
    if everything is None and (lost := {key.upper() for key in keys} - {c.ref for c in found}):
        sentence = _("Nothing was done: %(refs)s does not exist, or you may not see it. Take it out of the selection.")
        raise NotFound(sentence % {"refs": ", ".join(sorted(lost)[:10])})
    return found


def _act(request: HttpRequest, name: str, selected: list[Case], url: str) -> HttpResponse:
    viewer, at, act = cast("User", request.user), cast("AtRequest", request).at, ACTS[name]
    bound = request.POST if request.method == "POST" else None
    form = act.form(bound, viewer=viewer, at=at, cases=selected)
    plan = bulk.plan(selected, name, by=viewer)
    need = bulk.need_of(plan.cases)
    is_job = bulk.is_job(plan, need)
    if request.method == "POST" and form.is_valid():
        label = str(act.done) % {"what": _what(selected)}
        try:
            if is_job:
                return _as_job(request, name, selected, form, label=label)
            result = bulk.run(selected, name, form.values(), said=_said(form), label=label, by=viewer, at=at)
        except bulk.NothingDone as refused:
            for skip in refused.skipped[:5]:
                form.add_error(None, f"{skip.ref}: {skip.why}")
        except Invalid as refused:
            form.add_error(None, refused.detail)
        else:
            said = str(act.done) % {"what": _names(result.refs)}
            page = reverse("escalations:bulk-act", args=[result.bulk.public_id]) if result.bulk is not None else ""
            return finished(request, said, result.skipped, result.undo, more_url=page)
    context = {
        "act": act,
        "form": form,
        "plan": plan,
        "need": need,
        "is_job": is_job,
        "note": request.POST.get("note_to_second", ""),
        "form_url": url,
        "selected": selected,
        "keys": " ".join(case.ref for case in selected),
        "back": back_of(request),
        "title": act.title,
        "will": _will(plan),
    }
    status = 422 if form.errors else 200
    template = "escalations/queue/_act.html" if wants_part(request) else "escalations/queue/act.html"
    return render(request, template, context, status=status)


def _as_job(request: HttpRequest, name: str, selected: list[Case], form: forms.ActForm, *, label: str) -> HttpResponse:
    """Have the engine do it, and go to the page that shows how far it is."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    note = request.POST.get("note_to_second", "")
    asked = bulk.ask(selected, name, form.values(), said=_said(form), label=label, note=note, by=viewer, at=at)
    said = (
        _("Asked a second person") if asked.needs_answer else _("Under way: %(count)d cases") % {"count": asked.total}
    )
    return finished(request, said, go_to=reverse("escalations:bulk-act", args=[asked.public_id]))


def _said(form: forms.ActForm) -> list[tuple[str, str]]:
    """What was typed and chosen, in words, for whoever confirms it and for the page of its results."""
    found = []
    for bound in form:
        value = form.cleaned_data.get(bound.name)
        if value in (None, "", []):
            continue
        choices = dict(getattr(bound.field, "choices", ())) if not hasattr(bound.field, "queryset") else {}
        words = ", ".join(value) if isinstance(value, list) else str(choices.get(value, value))
        found.append((str(bound.label), words[:500]))
    return found


def _merge(request: HttpRequest, selected: list[Case]) -> HttpResponse:
    """Merge a selection: the dialog shows who stays, who comes along and who is left out; Enter does it."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    given = request.POST if request.method == "POST" else request.GET
    target = None
    if given.get("target"):
        target = get_object_or_404(
            Case.objects.visible_to(viewer).select_related("queue", "organization"), ref=given["target"].upper()
        )
    problem = ""
    if request.method == "POST":
        try:
            merged = clusters.merge_cases(
                case_ids=[case.pk for case in selected], target_id=target.pk if target else None, by=viewer, at=at
            )
        except clusters.CannotMerge as refused:
            problem = refused.detail
        else:
            said = ngettext(
                "Merged %(count)d case into %(ref)s", "Merged %(count)d cases into %(ref)s", len(merged.moves)
            ) % {"count": len(merged.moves), "ref": merged.parent.ref}
            entry = undo.offer(
                "case.merge", by=viewer, at=at, label=said, data={"case_ids": [move.case_id for move in merged.moves]}
            )
            to = f"/c/{merged.parent.ref}/"
            return finished(request, said, merged.skipped, entry, go_to=to)
    plan = clusters.plan_merge(selected, target=target, by=viewer)
    context = {
        "plan": plan,
        "selected": selected,
        "target": target,
        "problem": problem,
        "form_url": reverse("escalations:act", args=["merge"]),
        "back": back_of(request),
        "title": _("Merge into one case"),
    }
    template = "escalations/queue/_merge.html" if wants_part(request) else "escalations/queue/merge.html"
    return render(request, template, context, status=422 if problem else 200)


def finished(
    request: HttpRequest,
    said: str,
    skipped: tuple[clusters.Skip, ...] = (),
    entry: UndoEntry | None = None,
    *,
    go_to: str = "",
    more_url: str = "",
) -> HttpResponse:
    """Close the dialog and say what was done, what was left out and how to take it back; a redirect without scripts.

    `more_url` leads from the toast to what became of each case.
    """
    detail = " ".join(f"{skip.ref}: {skip.why}" for skip in skipped[:3])
    if len(skipped) > 3:
        more = len(skipped) - 3
        detail += " " + ngettext("And %(n)d more.", "And %(n)d more.", more) % {"n": more}
    url = reverse("escalations:undo", args=[entry.token]) if entry is not None else ""
    until = entry.expires_at if entry is not None else None
    if not getattr(request, "htmx", None) or go_to:
        toasts.show_next(request, said, detail=detail, undo_url=url, until=until, more_url=more_url)
        where = go_to or back_of(request)
        if not getattr(request, "htmx", None):
            return HttpResponseRedirect(where)
        response = HttpResponse()
        response.headers["HX-Redirect"] = where
        return response
    context = {"text": said, "detail": detail, "level": "success", "undo_url": url, "until": until}
    context["more_url"] = more_url
    response = render(request, "components/_toast_oob.html", context)
    return trigger_client_event(announce(response, f"{said}. {detail}"), "live:refresh", {})


def back_of(request: HttpRequest) -> str:
    """The page to return to without scripts: ours, or the queue."""
    given = request.POST.get("back", "") or request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(given, allowed_hosts={request.get_host()}) and "/act/" not in given:
        return given
    return reverse("escalations:queue")


def _what(selected: list[Case]) -> str:
    return _names([case.ref for case in selected])


def _names(refs: tuple[str, ...] | list[str]) -> str:
    return refs[0] if len(refs) == 1 else ngettext("%(n)d case", "%(n)d cases", len(refs)) % {"n": len(refs)}


def _will(plan: bulk.Plan) -> str:
    """ "38 of 40 cases": what the act will touch."""
    whole = len(plan.cases) + len(plan.skipped)
    if whole == 1:
        return ""
    return _("%(fit)d of %(whole)d cases") % {"fit": len(plan.cases), "whole": whole}


@login_required
@require_POST
def take_back(request: HttpRequest, token: Any) -> HttpResponse:
    """Undo what the token stands for (HTX-15), and go where that stands again: to a decision's panel, as it was."""
    entry = undo.undo(token=token, by=cast("User", request.user), at=cast("AtRequest", request).at)
    left = tuple(clusters.Skip(ref, why) for ref, why in entry.data.get("left", ()))
    said = _("Undone: %(label)s")
    if left:
        said = _("Undone in part: %(label)s")
    return finished(request, said % {"label": entry.label}, left, go_to=entry.data.get("go_to", ""))


# -- One press -----------------------------------------------------------------------------------------------------------
@login_required
@require_POST
def claim(request: HttpRequest, ref: str) -> HttpResponse:
    """Claim a case: answers its row to a list (409 with the holder's row if somebody was quicker), else the case's page."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    found = get_object_or_404(Case.objects.visible_to(viewer), ref=ref.upper())
    try:
        cases.claim_case(case_id=found.pk, by=viewer, at=at)
    except DomainError as refused:
        if not _from_row(request):
            raise
        response = row_answer(request, found.pk, status=409)
        return announce(response, refused.detail)
    return _pressed(request, found, _("Claimed %(ref)s") % {"ref": found.ref})


@login_required
@require_POST
def release(request: HttpRequest, ref: str) -> HttpResponse:
    """Give a case back to its queue."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    found = get_object_or_404(Case.objects.visible_to(viewer), ref=ref.upper())
    was_mine = found.assignee_id == viewer.pk
    cases.release_case(case_id=found.pk, by=viewer, at=at)
    said = _("Released %(ref)s") % {"ref": found.ref}
    entry = undo.offer("case.release", by=viewer, at=at, label=said, data={"case_id": found.pk}) if was_mine else None
    return _pressed(request, found, said, entry)


@login_required
@require_POST
def pass_on(request: HttpRequest, ref: str) -> HttpResponse:
    """Pass a case on for one's own wellness: no reason, no name, not offered straight back (WEL-8)."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    found = get_object_or_404(Case.objects.visible_to(viewer), ref=ref.upper())
    cases.release_case(case_id=found.pk, by=viewer, at=at, cause="wellness")
    presence.passed(found.pk, viewer)
    return finished(request, _("Passed on"), go_to=reverse("escalations:queue"))


@login_required
@require_POST
def renew(request: HttpRequest, ref: str) -> HttpResponse:
    """Keep the lease of one's case while there is input (HTX-13)."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    found = get_object_or_404(Case.objects.visible_to(viewer), ref=ref.upper())
    cases.renew_lease(case_id=found.pk, by=viewer, at=at)
    return HttpResponse(status=204)


@login_required
@require_POST
def watch(request: HttpRequest, ref: str) -> HttpResponse:
    """Watch a case, or no longer: `on` says which, else it is turned round."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    found = get_object_or_404(Case.objects.visible_to(viewer), ref=ref.upper())
    watching = found.watches.filter(user=viewer).exists()
    wanted = request.POST["on"] == "1" if "on" in request.POST else not watching
    (cases.watch_case if wanted else cases.unwatch_case)(case_id=found.pk, by=viewer, at=at)
    said = _("You watch %(ref)s now") if wanted else _("You no longer watch %(ref)s")
    return _pressed(request, found, said % {"ref": found.ref})


@login_required
@require_POST
def unmerge(request: HttpRequest, ref: str) -> HttpResponse:
    """Take a case out of its cluster."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    found = get_object_or_404(Case.objects.visible_to(viewer), ref=ref.upper())
    clusters.unmerge_case(case_id=found.pk, by=viewer, at=at)
    return _pressed(request, found, _("%(ref)s is a case of its own again") % {"ref": found.ref})


def _from_row(request: HttpRequest) -> bool:
    """Whether a list's row asked, and wants itself back."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and str(htmx.target or "").startswith("r-")


def _pressed(request: HttpRequest, case: Case, said: str, entry: UndoEntry | None = None) -> HttpResponse:
    if not _from_row(request):
        if getattr(request, "htmx", None):
            return finished(request, said, entry=entry)
        return finished(request, said, entry=entry, go_to=f"/c/{case.ref}/{_list_of(request)}")
    response = row_answer(request, case.pk, said=said, entry=entry)
    return announce(response, said)


def _list_of(request: HttpRequest) -> str:
    return f"?{urlencode({'list': request.POST['list']})}" if request.POST.get("list") else ""

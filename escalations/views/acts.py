"""Acts on one case or a selection: a dialog that says what will happen, then the act, with an undo where there is one.

Claiming and the like, which need no words, are one press. Every act takes one case by its address (`/c/<ref>/snooze/`) and a
selection by `/q/act/snooze/`; both show the same dialog, or the same page without scripts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
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
from accounts.roles import Action
from core import toasts
from core.errors import DomainError, Invalid, NotFound
from core.htmx import announce, wants_part
from core.types import AtRequest
from escalations import permissions, presence
from escalations.filters.compiling import compile_filter
from escalations.forms import acts as forms
from escalations.lifecycle import CaseStatus
from escalations.models import Case, UndoEntry
from escalations.operations import bulk, cases, clusters, comments, undo
from escalations.selectors import queue as selectors
from escalations.views.listing import row_answer

Words = str | Promise


@dataclass(frozen=True)
class Act:
    """One act: its words, its form, why a case is left out, and what it does to one case."""

    title: Words
    button: Words
    done: Words  # "Snoozed %(what)s"
    form: type[forms.ActForm]
    why_not: Callable[[Case, User], str]
    do: Callable[[Case, forms.ActForm, User, datetime], bulk.Step | None]
    note: Words = ""


def _needs(action: Action, *, closed: bool = False) -> Callable[[Case, User], str]:
    """Left out where the role does not allow it, or the case's state."""

    def why_not(case: Case, by: User) -> str:
        if not permissions.can_act(by, action, case):
            return _("Your role does not allow it.")
        if closed != (case.status == CaseStatus.CLOSED):
            return _("It is not closed.") if closed else _("It is closed.")
        return ""

    return why_not


def _needs_hold(case: Case, by: User) -> str:
    """For acts that end a case: one's own, or one that nobody holds and that one may take."""
    if case.status == CaseStatus.CLOSED:
        return _("It is closed.")
    if case.status not in (CaseStatus.NEW, CaseStatus.IN_REVIEW):
        return _("It is %(status)s.") % {"status": case.get_status_display().lower()}
    if case.is_legal_hold:
        return _("It is under legal hold.")
    if case.assignee_id is None:
        return "" if permissions.can_act(by, Action.CASE_CLAIM, case) else _("Your role does not allow it.")
    return "" if permissions.can_act(by, Action.CASE_CLOSE, case) else _("Somebody else holds it.")


def _assign_why_not(case: Case, by: User) -> str:
    if case.status == CaseStatus.CLOSED:
        return _("It is closed.")
    if permissions.can_act(by, Action.CASE_ASSIGN, case):
        return ""
    if case.assignee_id is None and permissions.can_act(by, Action.CASE_CLAIM, case):
        return ""
    return _("Only a lead gives it to somebody.")


def _severity_why_not(case: Case, by: User) -> str:
    if case.status == CaseStatus.CLOSED:
        return _("It is closed.")
    return "" if permissions.can_act(by, Action.SEVERITY_RAISE, case) else _("Your role does not allow it.")


def _release_why_not(case: Case, by: User) -> str:
    if case.assignee_id is None:
        return _("Nobody holds it.")
    mine = case.assignee_id == by.pk or permissions.can_act(by, Action.CASE_ASSIGN, case)
    return "" if mine else _("Somebody else holds it.")


def _ask_why_not(case: Case, by: User) -> str:
    if case.status != CaseStatus.IN_REVIEW:
        return _("It is not in review: claim it first.")
    return "" if case.assignee_id == by.pk else _("Somebody else holds it.")


def _assign(case: Case, form: forms.ActForm, by: User, at: datetime) -> bulk.Step:
    before = case.assignee_id
    assignee = form.cleaned_data["assignee"]
    cases.assign_case(case_id=case.pk, assignee=assignee, by=by, at=at)
    return "case.assign", {"case_id": case.pk, "before_id": before, "after_id": assignee.pk}


def _severity(case: Case, form: forms.ActForm, by: User, at: datetime) -> bulk.Step:
    before = {
        "case_id": case.pk,
        "severity": case.severity,
        "source": case.severity_source,
        "reason": case.severity_reason,
        "set_by_id": case.severity_set_by_id,
        "promised": case.severity_promised,
    }
    changed = cases.change_severity(
        case_id=case.pk, severity=form.cleaned_data["severity"], reason=form.cleaned_data["reason"], by=by, at=at
    )
    return "case.severity", before | {"revision": changed.revision}


def _tag(case: Case, form: forms.ActForm, by: User, at: datetime) -> bulk.Step:
    wanted = form.cleaned_data
    had = set(case.case_tags.values_list("tag__name", flat=True))
    cases.tag_case(case_id=case.pk, add=wanted["add"], remove=wanted["remove"], by=by, at=at)
    has = set(case.case_tags.values_list("tag__name", flat=True))
    return "case.tag", {"case_id": case.pk, "added": sorted(has - had), "removed": sorted(had - has)}


def _snooze(case: Case, form: forms.ActForm, by: User, at: datetime) -> bulk.Step:
    until, wake_on = cast("forms.SnoozeForm", form).end()
    snoozed = cases.snooze_case(case_id=case.pk, until=until, wake_on=wake_on, by=by, at=at)
    assert snoozed.snoozed_until is not None  # what was just snoozed has an end
    told = {"until": snoozed.snoozed_until.astimezone(UTC).isoformat(), "wake_on": wake_on}
    return "case.snooze", {"case_id": case.pk, **told}


def _closed(case: Case, before_id: int | None) -> bulk.Step:
    return "case.close", {"case_id": case.pk, "assignee_id": before_id, "revision": case.revision}


def _invalid(case: Case, form: forms.ActForm, by: User, at: datetime) -> bulk.Step:
    values, before = form.cleaned_data, case.assignee_id
    closed = cases.mark_invalid(case_id=case.pk, reason=values["reason"], note=values["note"], by=by, at=at)
    return _closed(closed, before)


def _duplicate(case: Case, form: forms.ActForm, by: User, at: datetime) -> bulk.Step:
    before = case.assignee_id
    return _closed(cases.close_as_duplicate(case_id=case.pk, of_id=form.cleaned_data["of"].pk, by=by, at=at), before)


def _link(case: Case, form: forms.ActForm, by: User, at: datetime) -> None:
    cases.link_cases(
        case_id=case.pk, other_id=form.cleaned_data["other"].pk, kind=form.cleaned_data["kind"], by=by, at=at
    )


def _move(case: Case, form: forms.ActForm, by: User, at: datetime) -> bulk.Step | None:
    queue, before = form.cleaned_data["queue"], {"queue_id": case.queue_id, "assignee_id": case.assignee_id}
    held_by_other = case.assignee_id not in (None, by.pk)
    may_give_back = not held_by_other or permissions.can_act(by, Action.CASE_ASSIGN, case)
    cases.move_to_queue(case_id=case.pk, queue_id=queue.pk, reason=form.cleaned_data["reason"], by=by, at=at)
    if queue.pk == before["queue_id"] or not may_give_back:
        return None
    return "case.move", {"case_id": case.pk, "to_id": queue.pk, **before}


def _ask(case: Case, form: forms.ActForm, by: User, at: datetime) -> bulk.Step | None:
    written = comments.request_info(case_id=case.pk, question=form.cleaned_data["question"], by=by, at=at)
    return (comments.UNDO_ACTION, dict(written.undo.data)) if written.undo is not None else None


def _release(case: Case, form: forms.ActForm, by: User, at: datetime) -> bulk.Step | None:
    mine = case.assignee_id == by.pk
    cases.release_case(case_id=case.pk, by=by, at=at)
    return ("case.release", {"case_id": case.pk}) if mine else None


def _reopen(case: Case, form: forms.ActForm, by: User, at: datetime) -> None:
    cases.reopen_case(case_id=case.pk, reason=form.cleaned_data["reason"], by=by, at=at)


ACTS: dict[str, Act] = {
    "assign": Act(
        gettext_lazy("Assign"),
        gettext_lazy("Assign"),
        gettext_lazy("Assigned %(what)s"),
        forms.AssignForm,
        _assign_why_not,
        _assign,
    ),
    "severity": Act(
        gettext_lazy("Change severity"),
        gettext_lazy("Change severity"),
        gettext_lazy("Changed the severity of %(what)s"),
        forms.SeverityForm,
        _severity_why_not,
        _severity,
    ),
    "tag": Act(
        gettext_lazy("Tags"),
        gettext_lazy("Change tags"),
        gettext_lazy("Changed the tags of %(what)s"),
        forms.TagForm,
        _needs(Action.CASE_EDIT),
        _tag,
    ),
    "snooze": Act(
        gettext_lazy("Snooze"),
        gettext_lazy("Snooze"),
        gettext_lazy("Snoozed %(what)s"),
        forms.SnoozeForm,
        _needs(Action.CASE_EDIT),
        _snooze,
        gettext_lazy(
            "Hidden from the queue for everyone. Its clocks go on, and it comes back by itself when one of them warns."
        ),
    ),
    "invalid": Act(
        gettext_lazy("Send back as invalid"),
        gettext_lazy("Send back"),
        gettext_lazy("Sent back %(what)s"),
        forms.InvalidForm,
        _needs_hold,
        _invalid,
        gettext_lazy("Closes the case for everyone and tells its submitter why."),
    ),
    "duplicate": Act(
        gettext_lazy("Close as duplicate"),
        gettext_lazy("Close as duplicate"),
        gettext_lazy("Closed %(what)s as duplicate"),
        forms.DuplicateForm,
        _needs_hold,
        _duplicate,
        gettext_lazy(
            "Closes the case for everyone. To keep its submitter informed of the other's outcome, merge instead."
        ),
    ),
    "link": Act(
        gettext_lazy("Link to a case"),
        gettext_lazy("Link"),
        gettext_lazy("Linked %(what)s"),
        forms.LinkForm,
        _needs(Action.CASE_EDIT),
        _link,
    ),
    "move": Act(
        gettext_lazy("Move to another queue"),
        gettext_lazy("Move"),
        gettext_lazy("Moved %(what)s"),
        forms.MoveForm,
        _needs(Action.CASE_EDIT),
        _move,
        gettext_lazy("The case waits there unassigned, at its place."),
    ),
    "ask": Act(
        gettext_lazy("Request information"),
        gettext_lazy("Ask"),
        gettext_lazy("Asked the submitters of %(what)s"),
        forms.QuestionForm,
        _ask_why_not,
        _ask,
    ),
    "reopen": Act(
        gettext_lazy("Reopen"),
        gettext_lazy("Reopen"),
        gettext_lazy("Reopened %(what)s"),
        forms.ReopenForm,
        _needs(Action.CASE_REOPEN, closed=True),
        _reopen,
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
    everything = None
    if given.get("all_matching"):
        everything = compile_filter(given.get("q", selectors.DEFAULT_FILTER), viewer=viewer, at=at).raise_for_errors()
    at_most = clusters.MERGE_AT_MOST if request.path.endswith("/merge/") else bulk.AT_MOST
    found = selectors.chosen(given.getlist("keys"), everything=everything, viewer=viewer, at=at, at_most=at_most)
    if not found:
        raise Invalid(_("Select a case first."), code="nothing_selected")
    if everything is None and (lost := {key.strip().upper() for key in given.getlist("keys")} - {c.ref for c in found}):
        sentence = _("Nothing was done: %(refs)s does not exist, or you may not see it. Take it out of the selection.")
        raise NotFound(sentence % {"refs": ", ".join(sorted(lost)[:10])})
    return found


def _act(request: HttpRequest, name: str, selected: list[Case], url: str) -> HttpResponse:
    viewer, at, act = cast("User", request.user), cast("AtRequest", request).at, ACTS[name]
    bound = request.POST if request.method == "POST" else None
    form = act.form(bound, viewer=viewer, at=at, cases=selected)

    def why_not(case: Case) -> str:
        return act.why_not(case, viewer)

    if request.method == "POST" and form.is_valid():
        label = str(act.done) % {"what": _what(selected)}
        try:
            result = bulk.run(
                selected, why_not, lambda case: act.do(case, form, viewer, at), label=label, by=viewer, at=at
            )
        except Invalid as refused:
            form.add_error(None, refused.detail)
        else:
            if result.refs:
                return finished(request, str(act.done) % {"what": _names(result.refs)}, result.skipped, result.undo)
            for skip in result.skipped[:5]:
                form.add_error(None, f"{skip.ref}: {skip.why}")
    plan = bulk.plan(selected, why_not, by=viewer)
    context = {
        "act": act,
        "form": form,
        "plan": plan,
        "form_url": url,
        "selected": selected,
        "back": back_of(request),
        "title": act.title,
        "will": _will(plan),
    }
    status = 422 if form.errors else 200
    template = "escalations/queue/_act.html" if wants_part(request) else "escalations/queue/act.html"
    return render(request, template, context, status=status)


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
) -> HttpResponse:
    """Close the dialog and say what was done, what was left out and how to take it back; a redirect without scripts."""
    detail = " ".join(f"{skip.ref}: {skip.why}" for skip in skipped[:3])
    if len(skipped) > 3:
        more = len(skipped) - 3
        detail += " " + ngettext("And %(n)d more.", "And %(n)d more.", more) % {"n": more}
    url = reverse("escalations:undo", args=[entry.token]) if entry is not None else ""
    until = entry.expires_at if entry is not None else None
    if not getattr(request, "htmx", None) or go_to:
        toasts.show_next(request, said, detail=detail, undo_url=url, until=until)
        where = go_to or back_of(request)
        if not getattr(request, "htmx", None):
            return HttpResponseRedirect(where)
        response = HttpResponse()
        response.headers["HX-Redirect"] = where
        return response
    context = {"text": said, "detail": detail, "level": "success", "undo_url": url, "until": until}
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

"""The queue and triage console (ux.md §7.1): the page, its parts, and "next best"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any, cast
from urllib.parse import quote, urlencode

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from accounts.permissions import can
from accounts.roles import Action, Reach
from core import toasts
from core.clockface import ClockFace, remaining
from core.errors import Invalid
from core.filters.editing import add_term, set_sort, set_term
from core.filters.errors import FilterError
from core.htmx import announce, wants_part
from core.types import AtRequest
from escalations import presence
from escalations.filters import limits
from escalations.filters.box import filter_box, recent_filters, remember_filter, with_code
from escalations.filters.compiling import compile_filter
from escalations.filters.explaining import explain_empty
from escalations.forms.acts import SaveViewForm
from escalations.lifecycle import Metric
from escalations.models import Case, SavedView
from escalations.operations import cases, ordering, saved_views
from escalations.selectors import queue as selectors
from escalations.selectors.clocks import Promise as ClockPromise
from escalations.views.listing import List, find, list_of, printer, row_answer, views_for
from escalations.views.queue_rows import COLUMNS, FROZEN, RowPrinter

TABS_SHOWN = 12
EXACT_TO = 10_000_000
SORTS: tuple[tuple[str, str | Promise], ...] = (
    ("order", gettext_lazy("Next best")),
    ("due", gettext_lazy("Due first")),
    ("age", gettext_lazy("Oldest first")),
    ("sev", gettext_lazy("Most severe first")),
    ("reach-", gettext_lazy("Widest reach first")),
    ("updated-", gettext_lazy("Last changed first")),
)
GROUPINGS = (
    ("none", gettext_lazy("No groups")),
    ("cluster", gettext_lazy("Similar cases together")),
    ("vendor", gettext_lazy("By vendor")),
    ("clause", gettext_lazy("By clause")),
)
BUILT_IN = (
    ("next-best", gettext_lazy("Next best"), "is:open"),
    ("my-lane", gettext_lazy("My lane"), "is:open who:@me"),
    ("unclaimed", gettext_lazy("Unclaimed"), "is:open is:unclaimed"),
    ("breaching", gettext_lazy("Breaching 2h"), "is:open sla:<2h sort:due"),
)


@dataclass(frozen=True)
class Tab:
    """One tab above the list."""

    name: str
    url: str
    is_current: bool
    is_stale: bool = False


@dataclass(frozen=True)
class Heading:
    """One heading of the table; with a `url` it sorts."""

    name: str
    label: str
    css: str
    url: str
    is_sorted: bool
    turned: bool


@dataclass(frozen=True)
class Fact:
    """One number of the header, as a link that narrows the filter to it."""

    text: str
    url: str = ""


@login_required
@require_GET
def queue(request: HttpRequest, slug: str = "") -> HttpResponse:
    """The page. 422 where the filter cannot be read: the last good rows stay, and the fault is pointed at (FIL-2)."""
    viewer = cast("User", request.user)
    if viewer.reach(Action.CASE_READ) is Reach.NO or not viewer.is_internal:
        return render(request, "escalations/queue/no_permission.html", status=403)
    listed = list_of(request, slug)
    remember_filter(request.session, listed.compiled)
    if listed.view is not None:
        saved_views.note_use(view=listed.view, at=cast("AtRequest", request).at)
    context = page_context(request, listed)
    return render(request, "escalations/queue/list.html", context, status=200 if listed.compiled.is_valid else 422)


def page_context(request: HttpRequest, listed: List) -> dict[str, Any]:
    """Everything the page prints."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    shown = _last_good(request, listed)
    facts = selectors.facts_of(shown.compiled, viewer=viewer, at=at)
    tabs = _tabs(request, listed)
    return table_context(request, shown) | {
        "box": filter_box(listed.compiled),
        "listed": listed,
        "action": reverse("escalations:queue"),
        "tabs": tabs,
        "stale": sum(tab.is_stale for tab in tabs),
        "facts": facts,
        "fact_links": fact_links(shown, facts, at=at),
        "sorts": _sorts(shown),
        "columns": tuple(
            (name, str(column.label), name in shown.columns) for name, column in COLUMNS.items() if name not in FROZEN
        ),
        "groupings": tuple(
            (str(label), _url(_grouped(shown.query, name)), name == (shown.compiled.group or "none"))
            for name, label in GROUPINGS
        ),
        "can_claim": can(viewer, Action.CASE_CLAIM),
        "can_export": viewer.reach(Action.EXPORT) in (Reach.ALL, Reach.OWN),
        "can_save": can(viewer, Action.VIEW_SAVE),
        "preview": preview if (preview := request.COOKIES.get("preview")) in ("off", "wide") else "on",
        "acts": _bulk_acts(viewer),
    }


def table_context(request: HttpRequest, listed: List) -> dict[str, Any]:
    """What the table alone needs: rows, headings, the addresses list.js asks."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    page = selectors.page_of(
        listed.compiled,
        viewer=viewer,
        at=at,
        cursor=request.GET.get("after", ""),
        with_tags="tags" in listed.columns,
    )
    prints = printer(request, listed, [row.id for row in page.rows])
    rows = _printed(prints, page.rows, listed.compiled.group or "none")
    sort, turned = selectors.sort_of(listed.compiled)
    q = quote(listed.query)
    return {
        "rows": rows,
        "page_of_list": page,
        "headings": tuple(
            Heading(
                name,
                str(COLUMNS[name].label),
                COLUMNS[name].css,
                _url(_sorted(listed.query, COLUMNS[name].sort)) if COLUMNS[name].sort else "",
                COLUMNS[name].sort.rstrip("-") == sort and listed.compiled.order is not None,
                turned,
            )
            for name in listed.columns
        ),
        "q": listed.query,
        "rows_url": f"{reverse('escalations:queue-rows')}?q={q}",
        "keys_url": f"{reverse('escalations:queue-keys')}?q={q}",
        "row_url": f"/q/row/{{key}}/?q={q}",
        "count_url": f"{reverse('escalations:queue-count')}?q={q}",
        "preview_url": "/q/preview/{key}/",
        "clocks_url": "/q/clocks/{key}/",
        "newer_url": _url(listed.query, after=page.newer) if page.newer else "",
        "older_url": _url(listed.query, after=page.older) if page.older else "",
        "is_first_page": not request.GET.get("after"),
        "empty": None if page.rows or page.is_too_slow else _empty(listed, viewer=viewer, at=at),
    }


def _printed(prints: RowPrinter, rows: list[selectors.Row], group: str) -> SafeString:
    """The rows as their filter's `group:` lays them out: one story under its first row, or under headings."""
    if group == "cluster":
        return prints.groups(selectors.grouped(rows))
    if group == "vendor":
        return prints.sections((row.organization, row) for row in rows)
    if group == "clause":
        clauses = selectors.clauses_of([row.id for row in rows])
        return prints.sections((clauses.get(row.id) or _("No clause named"), row) for row in rows)
    return prints.rows(rows)


def _last_good(request: HttpRequest, listed: List) -> List:
    """The list itself, or while its filter has a fault the one before it."""
    if listed.compiled.is_valid:
        return listed
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    for text in (*recent_filters(request.session)[:1], selectors.DEFAULT_FILTER):
        compiled = compile_filter(text, viewer=viewer, at=at)
        if compiled.is_valid:
            return List(text, compiled, None, listed.columns)
    raise AssertionError("the default filter is valid")


def fact_links(listed: List, facts: selectors.Facts, *, at: Any) -> list[Fact]:
    """The header's numbers in words, each leading to the list it counts (QUE-9).

    A list that may hold closed cases is no part of the open ones: it says how many it found, and what of them waits only where
    something does.
    """
    is_open_only = listed.compiled.is_open_only
    if is_open_only:
        said = _("%(n)s of %(all)s open") % {"n": facts.matching, "all": facts.total}
        shown = [Fact(said, _url(selectors.DEFAULT_FILTER))]
    else:
        found = ngettext("%s case found", "%s cases found", facts.matching.number) % facts.matching
        shown = [
            Fact(found, _url(listed.query)),
            Fact(_("%s open in all") % facts.total, _url(selectors.DEFAULT_FILTER)),
        ]
    for count, words, term in (
        (facts.unclaimed, _("%s unclaimed"), "is:unclaimed"),
        (facts.at_risk, _("%s at risk"), "is:atrisk"),
        (facts.breached, _("%s breached"), "is:breached"),
    ):
        if count is not None and (is_open_only or count.number):
            narrowed = listed.query if is_open_only else _with(listed.query, "is:open")
            shown.append(Fact(words % count, _url(_with(narrowed, term))))
    if facts.oldest_at is not None:
        shown.append(Fact(_("oldest %s") % remaining(at - facts.oldest_at), _url(_sorted(listed.query, "age"))))
    return shown


@lru_cache(4096)
def _with(text: str, term: str) -> str:
    """The filter with one more term; a shape term replaces its like. Unchanged where it would become too long."""
    try:
        return add_term(text, term)
    except FilterError:
        return text


@lru_cache(4096)
def _sorted(text: str, sort: str) -> str:
    """The filter in another order."""
    try:
        return set_sort(text, None if sort == "order" else sort)
    except FilterError:
        return text


@lru_cache(4096)
def _grouped(text: str, group: str) -> str:
    """The filter with its rows laid out so."""
    try:
        return set_term(text, f"group:{group}")
    except FilterError:
        return text


@lru_cache(4096)
def _url(text: str, **more: str) -> str:
    return f"{reverse('escalations:queue')}?{urlencode({'q': text, **more})}"


def _sorts(listed: List) -> tuple[tuple[str, str, bool], ...]:
    name, turned = selectors.sort_of(listed.compiled)
    current = f"{name}-" if turned else name
    return tuple((str(label), _url(_sorted(listed.query, sort)), sort == current) for sort, label in SORTS)


def _tabs(request: HttpRequest, listed: List) -> tuple[Tab, ...]:
    """Built-in views, then saved ones; the current one is the view in the address, or the one with the same filter."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    url = reverse("escalations:queue")
    tabs = []
    for slug, name, text in BUILT_IN:
        address = url if slug == "next-best" else _url(text)
        tabs.append(Tab(str(name), address, listed.view is None and listed.query == text))
    for view in views_for(viewer)[:TABS_SHOWN]:
        current = listed.view is not None and listed.view.pk == view.pk
        is_stale = view.owner_id == viewer.pk and saved_views.is_stale(view, at=at)
        tabs.append(Tab(view.name, reverse("escalations:queue-view", args=[view.slug]), current, is_stale))
    return tuple(tabs)


def _bulk_acts(viewer: User) -> frozenset[str]:
    """The acts whose buttons this viewer gets; the operation decides case by case."""
    allowed = {
        "assign": can(viewer, Action.CASE_ASSIGN) or can(viewer, Action.CASE_CLAIM),
        "severity": can(viewer, Action.SEVERITY_RAISE),
        "tag": can(viewer, Action.CASE_EDIT),
        "snooze": can(viewer, Action.CASE_EDIT),
        "link": can(viewer, Action.CASE_EDIT),
        "move": can(viewer, Action.CASE_EDIT),
        "invalid": can(viewer, Action.CASE_CLOSE),
        "duplicate": can(viewer, Action.CASE_CLOSE),
        "ask": can(viewer, Action.MESSAGE_SUBMITTER),
        "merge": can(viewer, Action.CASE_MERGE),
        "claim": can(viewer, Action.CASE_CLAIM),
    }
    return frozenset(name for name, may in allowed.items() if may)


@dataclass(frozen=True)
class Empty:
    """Why a list is empty, and the one thing to do about it (ux.md §10)."""

    text: str | SafeString
    hint: str = ""
    url: str = ""
    action: str = ""


# A list of what is mine, unclaimed or due soon is empty because the work is done, not because it was asked wrongly.
_WORK_TERMS = ("who:", "is:", "-is:", "sla:", "due:", "team:", "watch:", "mention:", "queue:")


def _empty(listed: List, *, viewer: User, at: Any) -> Empty:
    cause = explain_empty(listed.query, viewer=viewer, at=at)
    if cause is not None and not cause.term.startswith(_WORK_TERMS):
        text = _("Nothing matches: `%(term)s` removes all %(count)s.") % {"term": cause.term, "count": cause.others}
        without = _url(cause.without or selectors.DEFAULT_FILTER)
        return Empty(with_code(text), url=without, action=_("Remove %(term)s") % {"term": cause.term})
    elsewhere = selectors.oldest_elsewhere(viewer=viewer, at=at)
    if elsewhere is not None:
        hint = _("First elsewhere: %(ref)s in %(queue)s, waiting for %(age)s.") % {
            "ref": elsewhere.ref,
            "queue": elsewhere.queue.name,
            "age": remaining(at - elsewhere.received_at),
        }
        return Empty(_("Nothing waiting in this view."), hint, _url(selectors.DEFAULT_FILTER), _("All open cases"))
    return Empty(_("Nothing waiting in this view."), _("Nothing waits anywhere in your queues."))


# -- Parts ---------------------------------------------------------------------------------------------------------------
@login_required
@require_GET
def rows(request: HttpRequest) -> HttpResponse:
    """The table and the header's numbers again, for the pill's `.` (HTX-6); without scripts the page."""
    listed = list_of(request)
    if not wants_part(request):
        return HttpResponseRedirect(_url(listed.query))
    listed.compiled.raise_for_errors()
    context = table_context(request, listed)
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    found = selectors.facts_of(listed.compiled, viewer=viewer, at=at)
    context |= {"facts": found, "fact_links": fact_links(listed, found, at=at)}
    return render(request, "escalations/queue/_admitted.html", context)


@login_required
@require_GET
def keys(request: HttpRequest) -> HttpResponse:
    """The references of the list's first page and how many match, for the pill."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    compiled = list_of(request).compiled.raise_for_errors()
    facts = selectors.facts_of(compiled, viewer=viewer, at=at)
    found = selectors.refs_of(compiled, viewer=viewer, at=at)
    return JsonResponse({"keys": found, "matching": facts.matching.number})


@login_required
@require_GET
def exact_count(request: HttpRequest) -> HttpResponse:
    """How many cases the list has, to the last one: what "select all matching" selects (QUE-5). An estimate after two seconds."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    compiled = list_of(request).compiled.raise_for_errors()
    found = limits.count(selectors.in_list(compiled, viewer=viewer, at=at), to=EXACT_TO)
    return JsonResponse({"matching": found.number, "is_estimate": found.is_estimate})


@login_required
@require_GET
def row(request: HttpRequest, ref: str) -> HttpResponse:
    """One row as it stands now (HTX-5); without scripts the case."""
    if not wants_part(request):
        return HttpResponseRedirect(f"/c/{ref.upper()}/")
    found = find(cast("User", request.user), ref)
    if found is None:
        raise Http404
    return row_answer(request, found.pk, also=_named(request, "also"))


@login_required
@require_GET
def children(request: HttpRequest, ref: str) -> HttpResponse:
    """The rows unfolded under a row: a cluster's members, or the similar ones named in `keys`; without scripts the row's case."""
    if not wants_part(request):
        return HttpResponseRedirect(f"/c/{ref.upper()}/")
    viewer = cast("User", request.user)
    parent = find(viewer, ref)
    if parent is None:
        raise Http404
    listed = list_of(request)
    visible = Case.objects.visible_to(viewer)
    named = _named(request, "keys")
    members = visible.filter(ref__in=named) if named else visible.filter(parent=parent)
    ids = list(members.order_by("order_at", "id").values_list("id", flat=True)[:200])
    found = selectors.rows_of(ids, viewer=viewer, with_tags="tags" in listed.columns)
    prints = printer(request, listed, ids)
    return HttpResponse("".join(prints.row(one, parent=parent.ref) for one in found))


def _named(request: HttpRequest, parameter: str) -> list[str]:
    """The references a request names, at most a page of them."""
    return [one.upper() for one in request.GET.get(parameter, "").split(",") if one][: selectors.ROWS]


@login_required
@require_GET
def preview(request: HttpRequest, ref: str) -> HttpResponse:
    """A case's text beside the list: never media; looking claims nothing (QUE-1). Without scripts the case."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    if not wants_part(request):
        return HttpResponseRedirect(f"/c/{ref.upper()}/")
    found = find(viewer, ref)
    if found is None:
        raise Http404
    shown = selectors.preview_of(found, viewer=viewer, at=at)
    context = {"case": found, "preview": shown, "faces": _faces(found, shown.clocks, viewer), "at": at}
    return render(request, "escalations/queue/_preview.html", context)


@login_required
@require_GET
def clocks(request: HttpRequest, ref: str) -> HttpResponse:
    """All unsettled clocks of a row with their times in both zones (SLA-1); without scripts the case's page of clocks."""
    if not wants_part(request):
        return HttpResponseRedirect(reverse("escalations:case-clocks", args=[ref.upper()]))
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    found = find(viewer, ref)
    if found is None:
        raise Http404
    faces = _faces(found, selectors.waiting_clocks(found, at=at), viewer)
    both = printer(request, list_of(request), []).both
    context = {"case": found, "faces": [(face, both(face.due_at)) for face in faces], "at": at}
    return render(request, "escalations/queue/_clockpeek.html", context)


def _faces(case: Case, clocks: list[ClockPromise], viewer: User) -> list[ClockFace]:
    faces = []
    for promise in clocks:
        if promise.due_at is None:
            continue
        faces.append(
            ClockFace(
                promise.metric,
                Metric(promise.metric).label,
                promise.due_at,
                timedelta(seconds=promise.target_s),
                "paused" if promise.state == "paused" else "running",
                timedelta(seconds=promise.remaining_s) if promise.state == "paused" else None,
                case.assignee_id == viewer.pk,
            )
        )
    return sorted(faces, key=lambda face: face.due_at)


@login_required
@require_GET
def facts(request: HttpRequest) -> HttpResponse:
    """All of the header's numbers, for a list too long to count with its rows; without scripts the page."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    listed = list_of(request)
    if not wants_part(request):
        return HttpResponseRedirect(_url(listed.query))
    listed.compiled.raise_for_errors()
    found = selectors.facts_of(listed.compiled, viewer=viewer, at=at, whole=True)
    context = {"facts": found, "fact_links": fact_links(listed, found, at=at), "q": listed.query}
    return render(request, "escalations/queue/_qfacts.html", context)


@login_required
@require_GET
def why(request: HttpRequest, ref: str) -> HttpResponse:
    """Why a case stands where it stands in "next best": the sum in words and in rows (`w`)."""
    found = find(cast("User", request.user), ref)
    if found is None:
        raise Http404
    at = cast("AtRequest", request).at
    terms = found.order_terms
    rows = [
        (_("Severity S%d") % found.severity, terms.get("base_s")),
        (_("Reach"), terms.get("reach_s")),
        (_("Reopened"), terms.get("reopened_s")),
        (_("By hand"), terms.get("boost_s")),
    ]
    context = {
        "case": found,
        "title": _("Why %(ref)s is here") % {"ref": found.ref},
        "sentence": ordering.explain(found, at=at),
        "terms": [(label, ordering.duration(abs(seconds)), seconds < 0) for label, seconds in rows if seconds],
    }
    template = "escalations/queue/_why.html" if wants_part(request) else "escalations/queue/why.html"
    return render(request, template, context)


# -- Next best -----------------------------------------------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "POST"])
def next_best(request: HttpRequest) -> HttpResponse:
    """Claim the next best case of the view the viewer is in, and go there (HTX-12). A GET is answered by the queue."""
    if request.method == "GET":
        return HttpResponseRedirect(reverse("escalations:queue"))
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    listed = list_of(request)
    claimed = cases.claim_next(by=viewer, at=at, within=_offered_of(listed), passing_over=presence.to_pass_over(viewer))
    if claimed is None:
        said = _("Nothing is waiting for you in this view.")
        if getattr(request, "htmx", None):
            context = {"text": said, "level": "info", "detail": ""}
            response = render(request, "components/_toast.html", context)
            response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#toasts", "beforeend"
            return announce(response, said)
        toasts.show_next(request, said, level="info")
        return HttpResponseRedirect(reverse("escalations:queue"))
    url = f"/c/{claimed.ref}/"
    if listed.query != selectors.DEFAULT_FILTER:
        url += f"?{urlencode({'list': listed.query})}"
    said = _("Claimed %(ref)s: %(title)s") % {"ref": claimed.ref, "title": claimed.title}
    if not getattr(request, "htmx", None):
        return HttpResponseRedirect(url)
    response = HttpResponse()
    response.headers["HX-Location"] = f'{{"path": "{url}", "target": "body"}}'
    return announce(response, said)


def _offered_of(listed: List) -> Q | None:
    """A list's condition on what "next best" may give; "every open case" narrows nothing."""
    return listed.compiled.q if listed.compiled.is_valid and listed.query != selectors.DEFAULT_FILTER else None


@login_required
@never_cache
@require_GET
def likely_next(request: HttpRequest) -> HttpResponse:
    """The text of the case that "next best" would give now, which the browser keeps to show at once after `n` (HTX-12).

    Text alone, of a case the viewer may see: nothing is claimed, nobody counts as looking at it, nothing is recorded. 204 where
    nothing waits; without scripts the queue.
    """
    if not wants_part(request):
        return HttpResponseRedirect(reverse("escalations:queue"))
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    passing_over = presence.to_pass_over(viewer)
    found = cases.likely_next(by=viewer, at=at, within=_offered_of(list_of(request)), passing_over=passing_over)
    if found is None:
        return HttpResponse(status=204)
    return render(request, "escalations/queue/_likely.html", {"case": found})


# -- Saved views ---------------------------------------------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "POST"])
def save_view(request: HttpRequest) -> HttpResponse:
    """Give the present filter a name (`Shift+S`)."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    listed = list_of(request)
    bound = request.POST if request.method == "POST" else None
    form = SaveViewForm(bound, viewer=viewer, initial={"filter_text": listed.query})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            view = saved_views.save_view(
                name=values["name"],
                filter_text=values["filter_text"],
                audience=values["audience"],
                team=values.get("team"),
                columns=compile_filter(values["filter_text"], viewer=viewer, at=at).columns,
                by=viewer,
                at=at,
            )
        except Invalid as refused:
            for problem in refused.errors:
                name = problem.pointer.strip("/")
                form.add_error(name if name in form.fields else None, problem.detail)
            if not refused.errors:
                form.add_error(None, refused.detail)
        else:
            toasts.show_next(request, _("Saved the view %(name)s") % {"name": view.name})
            url = reverse("escalations:queue-view", args=[view.slug])
            if not getattr(request, "htmx", None):
                return HttpResponseRedirect(url)
            response = HttpResponse()
            response.headers["HX-Redirect"] = url
            return response
    context = {
        "form": form,
        "form_url": reverse("escalations:queue-views"),
        "title": _("Save this view"),
        "views": [
            (view, saved_views.is_stale(view, at=at))
            for view in SavedView.objects.filter(owner=viewer).order_by("position", "name", "id")[:100]
        ],
        "back": reverse("escalations:queue"),
    }
    template = "escalations/queue/_save_view.html" if wants_part(request) else "escalations/queue/save_view.html"
    return render(request, template, context, status=422 if form.errors else 200)


@login_required
@require_POST
def delete_view(request: HttpRequest, slug: str) -> HttpResponse:
    """Remove a saved view."""
    entry = saved_views.delete_view(slug=slug, by=cast("User", request.user), at=cast("AtRequest", request).at)
    take_back = reverse("escalations:undo", args=[entry.token])
    toasts.show_next(request, entry.label, undo_url=take_back, until=entry.expires_at)
    url = reverse("escalations:queue")
    if not getattr(request, "htmx", None):
        return HttpResponseRedirect(url)
    response = HttpResponse()
    response.headers["HX-Redirect"] = url
    return response


@login_required
@require_GET
def set_columns(request: HttpRequest) -> HttpResponse:
    """The list with the chosen columns as a `cols:` token of its filter, so that links and saved views carry them (QUE-2)."""
    text = request.GET.get("q", selectors.DEFAULT_FILTER)
    wanted = [name for name in request.GET.getlist("col") if name in COLUMNS and name not in FROZEN]
    if not wanted:
        return HttpResponseRedirect(_url(text))
    try:
        return HttpResponseRedirect(_url(set_term(text, f"cols:{','.join(wanted)}")))
    except FilterError:
        return HttpResponseRedirect(_url(text))

"""The inbox: a list that keys move through (ux.md §7.9)."""

from __future__ import annotations

import uuid
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from core import navigation, toasts
from core.htmx import announce, render_part
from core.types import AtRequest
from escalations.models import UndoEntry
from notifications.forms import SnoozeForm, filters_of
from notifications.lifecycle import Tab
from notifications.models import Notification
from notifications.operations import inbox as acts
from notifications.selectors import inbox as selectors
from notifications.selectors.inbox import Entry, Filters

PAGE, TABLE = "notifications/inbox/list.html", "notifications/inbox/_rows.html"
ROW, ROWS_OF = "notifications/inbox/_row.html", "notifications/inbox/_children.html"
MOST_CHILDREN = 100


@login_required
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """The page, or its table for htmx."""
    return render_part(request, PAGE, TABLE, _context(request))


@login_required
@require_GET
def keys(request: HttpRequest) -> HttpResponse:
    """The keys of the first page, for the list to tell what came and went."""
    page = selectors.page_of(_viewer(request), filters_of(request.GET)[0], at=_at(request), lines=1)
    return JsonResponse({"keys": [entry.key for entry in page.entries]})


@login_required
@require_GET
def tabs(request: HttpRequest) -> HttpResponse:
    """The tabs with their counts, refreshed when something comes in."""
    return render(request, "notifications/inbox/_inboxtabs.html", _tabs(request, filters_of(request.GET)[0]))


@login_required
@require_GET
def badge(request: HttpRequest) -> HttpResponse:
    """How many notices need the viewer: the rail's number (INB-4)."""
    count = selectors.badge(_viewer(request), at=_at(request))
    return render(request, "components/_rail_count.html", {"link": navigation.shown_count("inbox", count)})


@login_required
@require_GET
def row(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One entry as it stands now; 404 once nothing of it is in the list."""
    filters = _filters_here(request)
    entry = _entry(request, key, filters)
    if entry is None or entry.key != str(key):
        raise Http404
    return render(request, ROW, _row_context(entry, filters))


@login_required
@require_GET
def children(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The other notices of an entry, as rows below it."""
    filters = _filters_here(request)
    entry = _entry(request, key, filters, lines=MOST_CHILDREN + 1)
    if entry is None:
        raise Http404
    acts.mark_seen([line.notice for line in entry.lines], at=_at(request))
    return render(request, ROWS_OF, {"entry": entry, "lines": entry.lines[1:], "filters": filters})


@login_required
@require_GET
def open_entry(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Go to what a notice is about, and note that it was read."""
    viewer = _viewer(request)
    notice = acts.read(key=key, by=viewer, at=_at(request))
    entry = _entry(request, key, Filters(tab=notice.tab, state="done" if notice.done_at else "open"))
    return HttpResponseRedirect(entry.url if entry is not None and entry.url else reverse("notifications:inbox"))


@login_required
@require_POST
def finish(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """`e`: done with this notice; `Shift+E` (`whole`): with all of its entry."""
    whole = request.resolver_match is not None and request.resolver_match.url_name == "finish-entry"
    entry = acts.finish(key=key, by=_viewer(request), at=_at(request), whole=whole)
    return _acted(request, key, entry, whole=whole)


@login_required
@require_POST
def finish_all(request: HttpRequest) -> HttpResponse:
    """Done with everything the filters show, on every page."""
    filters = filters_of(request.POST)[0]
    found = Notification.objects.visible_to(_viewer(request)).waiting(at=_at(request)).filter(tab=filters.tab)
    if filters.event_class:
        found = found.filter(event_class=filters.event_class)
    if filters.text:
        found = found.filter(subject_ref__icontains=filters.text)
    if filters.state == "unread":
        found = found.filter(read_at__isnull=True)
    entry = acts.finish_all(notices=found, by=_viewer(request), at=_at(request))
    return _leave(request, entry.label, entry)


@login_required
@require_POST
def bring_back(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Have an entry wait again."""
    acts.bring_back(key=key, by=_viewer(request), at=_at(request))
    return _acted(request, key, None, said=_("It waits again"))


@login_required
@require_http_methods(["GET", "POST"])
def snooze(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """`h`: put an entry off; a dialog, or a page without scripts."""
    viewer, at = _viewer(request), _at(request)
    notice = Notification.objects.visible_to(viewer).filter(public_id=key).first()
    if notice is None:
        raise Http404
    form = SnoozeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        entry = acts.snooze(key=key, until=form.instant(at=at, zone=viewer.time_zone), by=viewer, at=at)
        return _leave(request, entry.label, entry)
    context = {
        "form": form,
        "title": _("Put off"),
        "form_url": reverse("notifications:snooze", args=[key]),
        "back": _address(_filters_here(request)),
        "notice": notice,
    }
    template = (
        "notifications/inbox/_snooze.html" if getattr(request, "htmx", None) else "notifications/inbox/snooze.html"
    )
    return render(request, template, context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def mute(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Hear no more of this object."""
    entry = acts.mute(key=key, by=_viewer(request), at=_at(request))
    return _leave(request, entry.label, entry)


@login_required
@require_POST
def unwatch(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Watch the case no more."""
    entry = acts.unwatch(key=key, by=_viewer(request), at=_at(request))
    return _leave(request, entry.label, entry)


def _acted(
    request: HttpRequest, key: uuid.UUID, entry: UndoEntry | None, *, said: str = "", whole: bool = False
) -> HttpResponse:
    """Answer a list: without the row where it alone is gone, the whole table where its entry looks different; else the page."""
    said = said or (entry.label if entry is not None else "")
    htmx: Any = getattr(request, "htmx", None)
    if not htmx or not str(htmx.target or "").startswith("r-"):
        return _leave(request, said, entry)
    filters = _filters_here(request)
    page = selectors.page_of(_viewer(request), filters, at=_at(request))
    if not page.entries:  # the list is empty now, which the page says better than a table without rows
        return _leave(request, said, entry)
    context: dict[str, Any] = {"text": said, "level": "success"}
    if entry is not None:
        context |= {"undo_url": reverse("escalations:undo", args=[entry.token]), "until": entry.expires_at}
    is_other = whole or _was_first(request, key, filters)
    html = render_to_string(TABLE, _table(request, filters, page), request) if is_other else ""
    # In a <template>, or the browser's parser would drop the rows that follow a <div>.
    html += f"<template>{render_to_string('components/_toast_oob.html', context, request)}</template>"
    response = HttpResponse(html)
    response.headers["HX-Reswap"] = "outerHTML" if is_other else "delete"
    if is_other:
        response.headers["HX-Retarget"] = "#rows"
    return announce(response, said)


def _was_first(request: HttpRequest, key: uuid.UUID, filters: Filters) -> bool:
    """Whether an entry that still stands had this notice for its newest: then it now shows another."""
    left = _entry(request, key, filters, lines=1)
    if left is None:
        return False
    before, now = Notification.objects.visible_to(_viewer(request)).get(public_id=key), left.lines[0].notice
    return (before.created_at, before.pk) >= (now.created_at, now.pk)


def _leave(request: HttpRequest, said: str, entry: UndoEntry | None) -> HttpResponse:
    """Back to the inbox as it was filtered, with the words and the undo on the next page."""
    url = reverse("escalations:undo", args=[entry.token]) if entry is not None else ""
    toasts.show_next(request, said, undo_url=url, until=entry.expires_at if entry is not None else None)
    where = _address(_filters_here(request))
    if not getattr(request, "htmx", None):
        return HttpResponseRedirect(where)
    response = HttpResponse()
    response.headers["HX-Redirect"] = where
    return response


def _entry(request: HttpRequest, key: uuid.UUID, filters: Filters, *, lines: int = selectors.LINES) -> Entry | None:
    """The entry a notice of the viewer belongs to, as these filters show it."""
    viewer = _viewer(request)
    notice = Notification.objects.visible_to(viewer).filter(public_id=key).first()
    if notice is None:
        raise Http404
    only = Filters(tab=notice.tab, event_class=filters.event_class, state=filters.state, text=filters.text)
    page = selectors.page_of(viewer, only, at=_at(request), lines=lines, only=notice.bundle)
    return page.entries[0] if page.entries else None


def _context(request: HttpRequest) -> dict[str, Any]:
    viewer, at = _viewer(request), _at(request)
    filters, form = filters_of(request.GET)
    page = selectors.page_of(viewer, filters, at=at)
    acts.mark_seen([line.notice for entry in page.entries for line in entry.lines[:1]], at=at)
    query = _query(filters)
    return {
        **_tabs(request, filters),
        **_table(request, filters, page),
        "form": form,
        "older": f"?{query}&{urlencode({'before': page.next_before})}" if page.next_before else "",
        "newer": f"?{query}" if filters.before else "",
    }


def _table(request: HttpRequest, filters: Filters, page: selectors.Page) -> dict[str, Any]:
    query = _query(filters)
    is_narrowed = bool(filters.event_class or filters.text or filters.state != "open")
    return {
        "entries": page.entries,
        "filters": filters,
        "is_narrowed": is_narrowed,
        "rows_url": f"{reverse('notifications:inbox')}?{query}",
        "keys_url": "" if filters.before else f"{reverse('notifications:keys')}?{query}",
        "row_url": f"/inbox/{{key}}/row/?{query}",
        "empty": _empty(filters, is_narrowed),
    }


def _empty(filters: Filters, is_narrowed: bool) -> dict[str, str]:
    if filters.state == "done":
        return {"text": _("Nothing is done here yet."), "hint": _("What you are done with is kept for 180 days.")}
    if filters.state == "snoozed":
        return {"text": _("Nothing is put off."), "hint": ""}
    if is_narrowed:
        return {
            "text": _("No notice matches."),
            "hint": "",
            "url": f"?tab={filters.tab}",
            "action": _("Clear the filters"),
        }
    words = {
        Tab.NEEDS: (
            _("Nothing needs you."),
            _("Work given to you, mentions, answers and clocks that run short come here."),
        ),
        Tab.WATCHING: (_("Nothing new in what you watch."), _("v on a case watches it.")),
        Tab.FYI: (_("Nothing to know."), _("Changes of policies, queues and roles come here.")),
    }
    text, hint = words[Tab(filters.tab)]
    return {"text": text, "hint": hint}


def _tabs(request: HttpRequest, filters: Filters) -> dict[str, Any]:
    counts = selectors.counts(_viewer(request), at=_at(request))
    return {
        "tabs": [
            {
                "name": tab.value,
                "label": tab.label,
                "count": counts[tab.value],
                "is_capped": counts[tab.value] >= selectors.BADGE_CAP,
                "url": f"{reverse('notifications:inbox')}?tab={tab.value}",
                "is_current": tab.value == filters.tab,
            }
            for tab in Tab
        ],
        "tabs_url": f"{reverse('notifications:tabs')}?tab={filters.tab}",
    }


def _row_context(entry: Entry, filters: Filters) -> dict[str, Any]:
    return {"entry": entry, "filters": filters}


def _filters_here(request: HttpRequest) -> Filters:
    """The filters of the inbox page that a request came from: htmx says its address, a plain form its own query."""
    here = urlsplit(request.headers.get("HX-Current-URL", "") or request.headers.get("Referer", ""))
    given = dict(parse_qsl(here.query)) if here.path == reverse("notifications:inbox") else {}
    return filters_of({**given, **request.GET.dict()})[0]


def _query(filters: Filters) -> str:
    words = {"tab": filters.tab, "kind": filters.event_class, "state": filters.state, "q": filters.text}
    return urlencode({name: value for name, value in words.items() if value and (name, value) != ("state", "open")})


def _address(filters: Filters) -> str:
    return f"{reverse('notifications:inbox')}?{_query(filters)}"


def _viewer(request: HttpRequest) -> User:
    return cast("User", request.user)


def _at(request: HttpRequest) -> Any:
    return cast("AtRequest", request).at

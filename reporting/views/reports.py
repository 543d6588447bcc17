"""The report pages: a frame of filter, time and tiles around panels that answer each for itself (ux.md §7.15)."""

from __future__ import annotations

import csv
import io
import logging
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import User
from core.errors import DomainError, Invalid, is_away
from core.htmx import wants_part
from core.types import AtRequest
from escalations.filters import TooSlow, filter_box, remember_filter, within
from escalations.views.export import harmless
from escalations.views.team import team_only
from reporting import pages, permissions
from reporting.charts import Chart
from reporting.measures import MEASURES, Measure
from reporting.pages import Drawn, Page, Panel, ranges
from reporting.pages.asking import COMPARE_LABELS, IN_UTC, MINE, Ask, Asked, Compare, asked_by
from reporting.selectors import figures
from reporting.selectors.annotations import Note
from reporting.selectors.nearest import nearest

log = logging.getLogger(__name__)
PANEL_WITHIN_S = 8.0  # for each statement of a panel; the page itself never waits for a lazy one
WALL = "wall"
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Taken:
    """A chart with the addresses that take it along: as a picture, and (whoever writes briefs) into a brief."""

    chart: Chart
    png_url: str
    brief_url: str


@dataclass(frozen=True)
class Shown:
    """A panel as the template prints it: drawn, failed, or still to be fetched (neither)."""

    panel: Panel
    url: str
    csv_url: str
    drawn: Drawn | None = None
    failure: str = ""
    words: str = ""
    notes: tuple[Note, ...] = ()
    measures: tuple[Measure, ...] = ()
    charts: tuple[Taken, ...] = ()
    nearest_url: str = ""
    nearest_words: str = ""

    @property
    def flags(self) -> list[Note]:
        """Notes numbered on the charts."""
        return [note for note in self.notes if note.is_flag]

    @property
    def others(self) -> list[Note]:
        """Notes that are listed alone."""
        return [note for note in self.notes if not note.is_flag]

    @property
    def is_waiting(self) -> bool:
        return self.drawn is None and not self.failure


def _asked(request: HttpRequest) -> Asked:
    """Who asks what. Raises `NotPermitted` for a role that reads no reports."""
    viewer = cast("User", request.user)
    permissions.check_can_see_reports(viewer)
    return asked_by(viewer, request.GET.dict(), at=cast("AtRequest", request).at)


def _page(viewer: User, key: str) -> Page:
    """The page, or 404 for one that does not exist or is not for this viewer."""
    found = pages.page(key)
    if found is None or not found.may(viewer):
        raise Http404
    return found


@team_only
@login_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """`/reports/` leads to its first page."""
    viewer = cast("User", request.user)
    permissions.check_can_see_reports(viewer)
    first = next((page for page in pages.pages() if page.may(viewer)), None)
    if first is None:
        raise Http404
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    return HttpResponseRedirect(reverse("reporting:page", args=[first.key]) + query)


@team_only
@login_required
@require_GET
def page(request: HttpRequest, key: str) -> HttpResponse:
    """One page. 422 where the address says something that cannot be read: the rest holds, and the fault is pointed at.

    `?whole=1` draws every panel at once, for readers without scripts and for printing; `?wall=1` is the page for a screen on the wall.
    """
    asked = _asked(request)
    found = _page(asked.ask.viewer, key)
    if asked.ask.scope.is_empty:
        return render(request, "reporting/pages/nothing_to_see.html", {"report": found}, status=403)
    remember_filter(request.session, asked.compiled)
    is_wall = found.has_wall and request.GET.get(WALL) == "1"
    whole = is_wall or request.GET.get("whole") == "1"
    ask = replace(asked.ask, has_links=not is_wall)  # nobody clicks a wall
    shown = [_shown(found, panel, ask, draws=whole or not panel.is_lazy) for panel in found.panels]
    context = frame(asked, found) | {"panels": shown, "is_whole": whole}
    if is_wall:
        names = {"wall_url": request.get_full_path(), "refresh_s": found.refresh_s or 60}
        part = wants_part(request)
        return render(request, f"reporting/pages/{'_wall' if part else 'wall'}.html", context | names)
    return render(request, "reporting/pages/page.html", context, status=200 if asked.is_valid else 422)


@team_only
@login_required
@require_GET
def panel(request: HttpRequest, key: str, panel_key: str) -> HttpResponse:
    """One panel: the fragment for htmx, else a page with it alone (IA-1)."""
    found, asked, one = panel_asked(request, key, panel_key)
    shown = _shown(found, one, asked.ask, draws=True)
    context = frame(asked, found) | {"panels": [shown], "shown": shown, "is_alone": True, "is_whole": True}
    template = "reporting/pages/_panel.html" if wants_part(request) else "reporting/pages/page.html"
    return render(request, template, context, status=200 if asked.is_valid else 422)


@team_only
@login_required
@require_GET
def panel_csv(request: HttpRequest, key: str, panel_key: str) -> HttpResponse:
    """The table behind a panel as CSV: what was asked in the first lines, UTC times, nothing a spreadsheet would run (REP-5)."""
    found, asked, one = panel_asked(request, key, panel_key)
    asked.compiled.raise_for_errors()
    if asked.problems:
        raise Invalid(" ".join(asked.problems))
    shown = _shown(found, one, asked.ask, draws=True)
    if shown.drawn is None:
        raise TooSlowToTell(shown.failure)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    for line in _csv_lines(shown, asked.ask):
        writer.writerow([harmless(str(cell)) for cell in line])
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slugify(key)}-{slugify(panel_key)}.csv"'
    return response


class TooSlowToTell(DomainError):
    """A panel failed; its file has nothing to hold."""

    status = 503
    code = "panel_failed"
    title = "This chart could not be drawn"


def _csv_lines(shown: Shown, ask: Ask) -> list[list[str]]:
    drawn = cast("Drawn", shown.drawn)
    lines: list[list[str]] = [
        [str(shown.panel.title)],
        [_("Time"), shown.words],
        [_("Filter"), ask.text or _("none")],
        [_("Zone"), str(ask.zone)],
        [_("As of (UTC)"), (drawn.as_of or ask.at).isoformat()],
    ]
    named = list(drawn.tables) or [(chart.title, chart.table) for chart in drawn.charts]
    if drawn.tiles and not drawn.tables:
        lines.append([])
        lines.append([_("Figure"), _("Value"), _("n"), _("Target"), _("State"), _("Compared")])
        lines += [
            [str(tile.label), tile.text, tile.n, tile.target, str(tile.word), tile.compared] for tile in drawn.tiles
        ]
    for title, table in named:
        lines += [[], [str(title)], list(table.headers), *[list(row) for row in table.rows]]
    return lines


def panel_asked(request: HttpRequest, key: str, panel_key: str) -> tuple[Page, Asked, Panel]:
    """The panel an address names and what is asked of it. 404 for one that is not, or not for this viewer; raises `NotPermitted`."""
    asked = _asked(request)
    found = _page(asked.ask.viewer, key)
    one = found.panel(panel_key)
    if one is None:
        raise Http404
    if asked.ask.scope.is_empty:
        permissions.refuse_empty_scope()
    return found, asked, one


def _shown(found: Page, panel: Panel, ask: Ask, *, draws: bool) -> Shown:
    """A panel with its answer, if it is to answer now. Whatever goes wrong in it stays in it."""
    query = ask.query()
    here = [found.key, panel.key]
    waiting = Shown(
        panel,
        url=reverse("reporting:panel", args=here) + query,
        csv_url=reverse("reporting:panel-csv", args=here) + query,
        words=ranges.in_words(ask.span(panel.range), ask.zone) if panel.has_time else "",
        measures=tuple(MEASURES[key] for key in panel.measures if key in MEASURES),
    )
    if not draws:
        return waiting
    try:
        drawn = within(PANEL_WITHIN_S, lambda: panel.draw(ask))
        notes = tuple(ask.annotations(ask.shown_window(panel))) if panel.is_over_time else ()
        url, words = _nearest(drawn, panel, ask) if drawn.empty else ("", "")
        return replace(
            waiting,
            drawn=drawn,
            notes=notes,
            charts=_taken(drawn, here, query, ask),
            nearest_url=url,
            nearest_words=words,
        )
    except TooSlow:
        failure = _("Counting took too long. Narrow the filter or the time, or try again.")
    except DomainError as error:
        failure = error.detail
    except Exception as error:
        if is_away(error):
            raise
        # One chart that breaks must not take the page with it; the log has the reason.
        log.exception("report panel %s/%s failed", found.key, panel.key)
        failure = _("This could not be counted; the fault is in the log. The other charts are not affected.")
    return replace(waiting, failure=failure)


def _nearest(drawn: Drawn, panel: Panel, ask: Ask) -> tuple[str, str]:
    """Address and words of the nearest stretch of time with cases, as long as the empty one; ("", "") where there is none."""
    if not panel.has_time or not ask.has_links:
        return "", ""
    window = ask.shown_window(panel)
    found = within(PANEL_WITHIN_S, lambda: nearest(scope=ask.scope, window=window, where=ask.where))
    if found is None:
        return "", ""
    last = found.astimezone(ask.zone).date()
    days = min(max((window.end - window.start).days, 1), 364)
    span = f"{last - timedelta(days=days - 1)}..{last}"
    words = ranges.in_words(ranges.parse(span, at=ask.at, zone=ask.zone).span, ask.zone)
    return ask.query(range=span), _("The nearest time with cases: %(days)s") % {"days": words}


def _taken(drawn: Drawn, here: list[str], query: str, ask: Ask) -> tuple[Taken, ...]:
    writes = permissions.can_write_briefs(ask.viewer)
    found = []
    for number, chart in enumerate(drawn.charts, start=1):
        png, brief = (
            reverse(f"reporting:{name}", args=[*here, number]) + query for name in ("chart-png", "chart-brief")
        )
        found.append(Taken(chart, png, brief if writes else ""))
    return tuple(found)


def frame(asked: Asked, found: Page) -> dict[str, Any]:
    """What every report page prints around its panels."""
    ask = asked.ask
    action = reverse("reporting:page", args=[found.key])
    span = ask.span(found.range)
    local = [moment.astimezone(ask.zone).date() for moment in span]
    return {
        "report": found,
        "ask": ask,
        "tabs": _tabs(found, ask),
        "box": filter_box(asked.compiled),
        "problems": asked.problems,
        "action": action,
        "keep": [(name, value) for name, value in ask.params.items() if name != "q"],
        "presets": [
            (text, label, action + ask.query(range=text), ask.range is not None and ask.range.text == text)
            for text, label in ranges.PRESETS
        ],
        "own_range_url": action + ask.query(range=""),
        "has_own_range": ask.range is None,
        "range_words": ranges.in_words(span, ask.zone) if ask.range else _("as each chart says"),
        "from_day": local[0].isoformat() if ask.range else "",
        "to_day": _last_day(span[1], ask).isoformat() if ask.range else "",
        "kept_but_time": [(name, value) for name, value in ask.params.items() if name != "range"],
        "compares": [
            (value.value, label, action + ask.query(compare="" if value is Compare.NONE else value.value))
            for value, label in COMPARE_LABELS.items()
        ],
        "zones": [
            (_("My zone: %(zone)s") % {"zone": str(ask.viewer.time_zone)}, action + ask.query(zone=""), MINE),
            (_("UTC"), action + ask.query(zone=IN_UTC), IN_UTC),
        ]
        if ask.viewer.time_zone != "UTC"
        else [],
        "zone_choice": ask.params.get("zone", MINE),
        "whole_url": f"{action}{ask.query(whole='1')}",
        "export_url": f"{reverse('reporting:export-new')}?{urlencode({'source': 'report', 'page': found.key, **ask.params})}",
        "wall_url": f"{action}{ask.query(wall='1')}" if found.has_wall else "",
        "can_annotate": permissions.can_annotate_somewhere(ask.viewer),
        "annotate_url": f"{reverse('reporting:annotation-new')}?{urlencode({'next': action + ask.query()})}",
    }


def _last_day(end: datetime, ask: Ask) -> date:
    """The last day of a stretch that is written as days: its end is exclusive."""
    local = end.astimezone(ask.zone)
    return local.date() if end >= ask.at else (local - _INSTANT).date()


def _tabs(found: Page, ask: Ask) -> list[tuple[str, str, bool]]:
    shown = []
    for tab in pages.tabs():
        if not tab.may(ask.viewer):
            continue
        if isinstance(tab, Page):
            shown.append((str(tab.label), reverse("reporting:page", args=[tab.key]) + ask.query(), tab is found))
        elif url := pages.address(tab):
            shown.append((str(tab.label), url, False))
    return shown


@team_only
@login_required
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """`/help/metrics/`: every measure with its formula, population, exclusions, owner, view and SQL (REP-4)."""
    permissions.check_can_see_reports(cast("User", request.user))
    context = {"measures": list(MEASURES.values()), "as_of": figures.as_of()}
    return render(request, "reporting/pages/metrics.html", context)

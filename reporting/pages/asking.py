"""What a reader asks of a report page. All of it stands in the address (IA-1): filter, time, comparison, zone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Action, Reach
from core.errors import Invalid
from core.filters.parser import MAX_CHARACTERS
from escalations.filters import CompiledFilter, compile_filter
from escalations.filters.context import zone_of
from reporting.measures import MEASURES, Frame
from reporting.pages import Panel, ranges
from reporting.selectors import annotations as time_line
from reporting.selectors import figures
from reporting.selectors.annotations import Note
from reporting.selectors.figures import ALL, Scope, Value, Where, Window, parse_where, scope_of


class Compare(StrEnum):
    """What the figures of a stretch stand beside."""

    NONE = "none"
    PREVIOUS = "previous"
    USUAL = "usual"


COMPARE_LABELS = {
    Compare.NONE: _("No comparison"),
    Compare.PREVIOUS: _("The period before"),
    Compare.USUAL: _("The same weekdays and hours, last 8 weeks"),
}
MINE, IN_UTC = "mine", "utc"
_UTC = ZoneInfo("UTC")


@dataclass(frozen=True)
class Ask:
    """One reader's question. `range` is None unless the address names a stretch: then each panel shows its own.

    `cases` is the filter as a condition on cases, for what is counted from the cases themselves.
    """

    viewer: User
    scope: Scope
    where: Where
    at: datetime
    zone: ZoneInfo
    compiled: CompiledFilter
    compare: Compare = Compare.NONE
    text: str = ""
    range: ranges.TimeRange | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    has_links: bool = True
    has_notes: bool = True
    cases: Q = field(default_factory=Q)
    _notes: dict[Window, list[Note]] = field(default_factory=dict, compare=False, repr=False)

    def span(self, otherwise: str) -> ranges.Span:
        """The stretch asked for, else the panel's own."""
        asked = self.range or ranges.parse(otherwise, at=self.at, zone=self.zone)
        return asked.span

    def window(self, otherwise: str) -> Window:
        """The same as a window of figures."""
        return Window(*self.span(otherwise))

    def weeks(self, otherwise: int, *, least: int = 12) -> list[Window]:
        """ISO weeks of the zone, the last one with the end of the range (or now) in it: as many as the range has, never fewer than `least`."""
        end = self.range.end - timedelta(microseconds=1) if self.range else self.at
        number = otherwise
        if self.range:
            number = min(max(least, -(-(self.range.end - self.range.start).days // 7)), 104)
        return figures.weeks(number, at=end, zone=self.zone)

    def shown_window(self, panel: Panel) -> Window:
        """What a panel's time axis covers, to the instant: whole weeks where it is one of weeks."""
        if not panel.weeks:
            return self.window(panel.range)
        weeks = self.weeks(panel.weeks)
        return Window(weeks[0].start, weeks[-1].end)

    def compared(self, otherwise: str) -> list[Window]:
        """What the stretch is compared with: nothing, the one before, or the same weekdays and hours of eight weeks."""
        span = self.span(otherwise)
        if self.compare is Compare.PREVIOUS:
            return [Window(*ranges.previous(span, self.zone))]
        if self.compare is Compare.USUAL:
            return [Window(*earlier) for earlier in ranges.usual(span, self.zone)]
        return []

    @property
    def compare_words(self) -> str:
        """“than the period before”, for the line under a tile."""
        return str(COMPARE_LABELS[self.compare])

    @cached_property
    def opens_cases(self) -> bool:
        """Whether this reader's role opens lists of cases: without, a figure leads nowhere."""
        return self.has_links and self.viewer.reach(Action.CASE_READ) is not Reach.NO

    @property
    def opens_part(self) -> bool:
        """Whether lists show this reader fewer cases than the figures count: closed ones alone."""
        return self.viewer.reach(Action.CASE_READ) is Reach.PARTIAL

    def cases_url(self, *terms: str) -> str:
        """The case list with the page's filter and these terms, or "" for a reader who opens no cases."""
        if not self.opens_cases:
            return ""
        # Who counts the queues of their teams must not find the cases of others in the list, which shows what else they work on, too.
        own = "team:@team" if self.scope.queue_ids is not None else ""
        text = " ".join(part for part in (*terms, own, self.where_text) if part)
        if len(text) > MAX_CHARACTERS:
            return ""  # no list can be asked for in so many words
        return f"{reverse('escalations:queue')}?{urlencode({'q': text})}"

    def drill(self, key: str, window: Window, *, side: str = "all", values: Sequence[Value] = ()) -> str:
        """The list with exactly the rows behind a figure of a measure, or "" where no list can say that."""
        recipe = MEASURES[key].recipe
        text = recipe.drill.get(side) or recipe.drill.get("all", "")
        if not text or recipe.frame is Frame.GAP:
            return ""
        whole = "" if recipe.children else "-is:child"
        return self.cases_url(
            text.replace("{range}", self.range_text(window)), *[value.filter_text for value in values], whole
        )

    def range_text(self, window: Window) -> str:
        """The window in the filter language, to the instant: days where they are whole days of the reader's own zone."""
        return figures.range_text(window, zone_of(self.viewer))

    @property
    def where_text(self) -> str:
        """The page's filter so that other terms may stand beside it."""
        text = self.where.text
        return f"({text})" if " OR " in text else text

    def annotations(self, window: Window) -> list[Note]:
        """The notes on the time line that fall into the window and concern what the page is narrowed to."""
        if not self.has_notes:
            return []
        if window not in self._notes:  # several charts of a page stand over the same time
            self._notes[window] = time_line.during(
                viewer=self.viewer, start=window.start, end=window.end, zone=self.zone, concerns=self._concerns
            )
        return self._notes[window]

    def _concerns(self, field_name: str, slug: str) -> bool:
        return not self.compiled.asks(field_name) or self.compiled.asks(field_name, slug)

    def query(self, **changes: str) -> str:
        """The address's parameters with changes, as `?…`; an empty value takes one out."""
        kept = {name: value for name, value in {**self.params, **changes}.items() if value}
        return f"?{urlencode(kept)}" if kept else ""


@dataclass(frozen=True)
class Asked:
    """An address understood as far as it goes: `problems` are sentences for what it does not mean; the rest holds."""

    ask: Ask
    compiled: CompiledFilter
    problems: tuple[str, ...] = ()

    @property
    def is_valid(self) -> bool:
        return not self.problems and self.compiled.is_valid


KEPT = ("q", "range", "compare", "zone")
MOST_TEXT = 600


def asked_by(viewer: User, given: Mapping[str, str], *, at: datetime) -> Asked:
    """What `given` (the address's parameters) asks. Never raises for what a person typed: see `problems`.

    `from` and `to` (dates of the form's fields) stand for a range and win over `range`.
    """
    problems: list[str] = []
    zone_choice = given.get("zone", MINE)
    if zone_choice not in (MINE, IN_UTC):
        problems.append(str(_("The zone is “mine” or “utc”: shown in yours.")))
        zone_choice = MINE
    zone = _zone(viewer) if zone_choice == MINE else _UTC
    range_text = _range_text(given)
    asked_range = None
    if range_text:
        try:
            asked_range = ranges.parse(range_text, at=at, zone=zone)
        except ranges.BadRange as error:
            problems.append(error.sentence)
    compare = Compare.NONE
    try:
        compare = Compare(given.get("compare") or "none")
    except ValueError:
        problems.append(str(_("Compare with “previous” or “usual”: shown without a comparison.")))
    text = given.get("q", "")[:MOST_TEXT]
    compiled = compile_filter(text, viewer=viewer, at=at)
    where, cases = ALL, compiled.q
    if compiled.is_valid and text.strip():
        try:
            where = parse_where(text, viewer, at)
        except Invalid as error:
            problems.append(error.detail)
            cases = Q()
    params = {
        "q": text,
        "range": asked_range.text if asked_range else "",
        "compare": "" if compare is Compare.NONE else compare.value,
        "zone": "" if zone_choice == MINE else zone_choice,
    }
    ask = Ask(
        viewer=viewer,
        scope=scope_of(viewer),
        where=where,
        at=at,
        zone=zone,
        compiled=compiled,
        compare=compare,
        text=text,
        range=asked_range,
        params={name: value for name, value in params.items() if value},
        cases=cases,
    )
    return Asked(ask, compiled, tuple(problems))


def _zone(viewer: User) -> ZoneInfo:
    zone = zone_of(viewer)
    return zone if isinstance(zone, ZoneInfo) else _UTC


def _range_text(given: Mapping[str, str]) -> str:
    first, last = given.get("from", "").strip(), given.get("to", "").strip()
    if first or last:
        return f"{first or last}..{last or first}"
    return given.get("range", "").strip()[:80]

"""Rows of the queue as HTML, formatted in one pass: fifty rows through includes and filters cost more than all else on the page.

The chips are those of `core.templatetags.ui`; a test compares them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from html import escape
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.templatetags.static import static
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core.clockface import band, due_before, remaining, risk_before
from core.templatetags.ui import compact
from escalations.appeal_life import AppealState, Outcome
from escalations.lifecycle import (
    CaseStatus,
    Channel,
    Confidence,
    GraphicTier,
    Harm,
    Metric,
    Resolution,
    Severity,
    Surface,
    WaitingOn,
)
from escalations.presence import Viewer
from escalations.selectors.queue import Group, Row

MARKERS_SHOWN = 4
_BAND_GLYPH = {"risk": "ckrisk", "due": "ckdue", "breach": "ckbreach"}


@dataclass(frozen=True)
class Column:
    """A column that may be chosen: its heading, its order (where the heading sorts), its cells' class."""

    name: str
    label: Any
    sort: str = ""
    css: str = ""


COLUMNS = {
    column.name: column
    for column in (
        Column("sev", gettext_lazy("Sev"), "sev", "c-sev"),
        Column("due", gettext_lazy("Due"), "due", "c-due"),
        Column("summary", gettext_lazy("Summary"), "", "sum"),
        Column("source", gettext_lazy("Source"), "", "c-opt"),
        Column("lang", gettext_lazy("Lang"), "", "c-opt"),
        Column("surface", gettext_lazy("Surface"), "", "c-opt"),
        Column("reach", gettext_lazy("Reach"), "reach-", "num c-num"),
        Column("who", gettext_lazy("Who"), "", "who"),
        Column("key", gettext_lazy("Key"), "", "mono"),
        Column("age", gettext_lazy("Age"), "age", "num"),
        Column("harm", gettext_lazy("Harm")),
        Column("market", gettext_lazy("Country")),
        Column("vendor", gettext_lazy("Vendor")),
        Column("queue", gettext_lazy("Queue")),
        Column("graphic", gettext_lazy("Graphic")),
        Column("reopened", gettext_lazy("Reopened"), "", "num"),
        Column("cluster", gettext_lazy("Cluster"), "", "num"),
        Column("created", gettext_lazy("Created")),
        Column("updated", gettext_lazy("Updated"), "updated-"),
        Column("confidence", gettext_lazy("Confidence")),
        Column("appeal", gettext_lazy("Appeal")),
        Column("tags", gettext_lazy("Tags")),
    )
}
FROZEN = ("sev", "due", "summary")
DEFAULT_COLUMNS = ("sev", "due", "summary", "source", "lang", "surface", "reach", "who")


@dataclass(frozen=True)
class _Said:
    """The words of rows in one language, escaped: looked up once per process, not once per cell."""

    labels: dict[str, str]
    words: dict[Any, dict[str, str]]
    bands: dict[str, str]
    marks: dict[str, str]
    due: str
    paused: str
    you: str


@cache
def _said(language: str) -> _Said:
    choices = (Channel, Surface, Harm, Metric, Resolution, CaseStatus, WaitingOn, Confidence, AppealState, Outcome)
    return _Said(
        labels={name: escape(str(column.label)) for name, column in COLUMNS.items()},
        words={each: {str(value): escape(str(label)) for value, label in each.choices} for each in choices},
        bands={"ok": _("on track"), "risk": _("at risk"), "due": _("due now"), "breach": _("overdue")},
        marks={
            "select": _("Select %s"),
            "severity": _("Severity"),
            "cluster": _("Cluster of"),
            "similar": _("Similar cases:"),
            "again": _("Reopened"),
            "hold": _("Legal hold"),
            "star": _("High profile"),
            "wait": _("Waiting on"),
            "clock": _("Snoozed"),
            "pencil": _("Draft exists"),
            "eye": _("Looking at it now:"),
            "under": _("Cases under"),
        },
        due=_("due"),
        paused=_("paused"),
        you=_("you"),
    )


def _refs(rows: Iterable[Row]) -> str:
    return " ".join(row.ref for row in rows)


class RowPrinter:
    """Prints rows for one viewer at one instant (`at` aware UTC). Words are looked up once."""

    def __init__(
        self,
        *,
        columns: Iterable[str],
        viewer_id: int,
        zone: str,
        at: datetime,
        present: Mapping[int, list[Viewer]],
        query: str,
        confidence: Mapping[int, str] | None = None,
        appeals: Mapping[int, str] | None = None,
    ) -> None:
        self.columns = [name for name in columns if name in COLUMNS]
        self.viewer_id, self.at, self.present, self.sure = viewer_id, at, present, confidence or {}
        self.appeals = appeals or {}
        self.zone = ZoneInfo(zone)
        self.list = f"?list={quote(query)}" if query else ""  # the case page walks the list it was opened from
        self.sprite = static("icons/sprite.svg")
        said = _said(get_language() or "en")
        self.labels, self.words, self.bands, self.marks = said.labels, said.words, said.bands, said.marks
        self.severity = {level.value: self._severity(level) for level in Severity}
        self.select, self.due, self.paused, self.you = self.marks["select"], said.due, said.paused, said.you
        self.cells = [getattr(self, f"_{name}") for name in self.columns]

    def rows(self, rows: Iterable[Row]) -> SafeString:
        """The table's body."""
        return SafeString("\n".join(map(self.row, rows)))

    def groups(self, groups: Iterable[Group]) -> SafeString:
        """The table's body with rows of one story under the first of them."""
        return SafeString("\n".join(self.row(group.first, similar=group.others) for group in groups))

    def sections(self, rows: Iterable[tuple[str, Row]]) -> SafeString:
        """The table's body under headings, each where the first of its rows stands in the order; rows keep their order within."""
        under: dict[str, list[Row]] = {}
        for heading, row in rows:
            under.setdefault(heading, []).append(row)
        width = len(self.columns) + 1
        return SafeString(
            "\n".join(
                f'<tr class="section"><th scope="rowgroup" colspan="{width}"><bdi>{escape(heading)}</bdi>'
                f' <span class="meta">{len(found)}</span></th></tr>{"".join(map(self.row, found))}'
                for heading, found in under.items()
            )
        )

    def row(self, row: Row, ghost: str = "", parent: str = "", similar: tuple[Row, ...] = ()) -> str:
        """One `<tr>`; `ghost` says why it has left the list, `parent` is the reference it is unfolded under."""
        self._similar, self._is_child = similar, bool(parent)
        return (
            f'<tr id="r-{row.ref}" data-key="{row.ref}" data-href="/c/{row.ref}/{self.list}" data-rev="{row.revision}" tabindex="-1"'
            f"{f' data-ghost={chr(34)}{escape(ghost)}{chr(34)}' if ghost else ''}"
            f"{f' data-also={chr(34)}{_refs(similar)}{chr(34)}' if similar else ''}"
            f"{f' class={chr(34)}child{chr(34)} data-parent={chr(34)}{escape(parent)}{chr(34)}' if parent else ''}>"
            f'<td class="c-sel"><label><input type="checkbox" name="keys" value="{row.ref}" form="bulk"'
            f' aria-label="{self.select % row.ref}"></label></td>{"".join([cell(row) for cell in self.cells])}</tr>'
        )

    # -- cells, one method a column -----------------------------------------------------------------------------------
    def _sev(self, row: Row) -> str:
        return f'<td class="c-sev">{self.severity[row.severity]}</td>'

    def _due(self, row: Row) -> str:
        return f'<td class="c-due">{self.clock(row)}</td>'

    def _summary(self, row: Row) -> str:
        return (
            f'<th scope="row" class="sum">{self._expander(row)}<a href="/c/{row.ref}/{self.list}"><bdi>{escape(row.title)}</bdi></a>'
            f"{self.markers(row)}</th>"
        )

    def _source(self, row: Row) -> str:
        return self._cell("source", self.words[Channel][row.channel], "c-opt")

    def _lang(self, row: Row) -> str:
        return self._cell("lang", escape(row.language), "c-opt")

    def _surface(self, row: Row) -> str:
        return self._cell("surface", self.words[Surface][row.surface], "c-opt")

    def _reach(self, row: Row) -> str:
        return self._cell("reach", compact(row.reach) if row.reach else "–", "num c-num")

    def _who(self, row: Row) -> str:
        if row.assignee_id is None:
            return f'<td class="who" data-label="{self.labels["who"]}">–</td>'
        if row.assignee_id == self.viewer_id:
            return f'<td class="who" data-label="{self.labels["who"]}"><b>({self.you})</b></td>'
        name = row.assignee or ""
        short = escape(name.split(" ")[0])
        return f'<td class="who" data-label="{self.labels["who"]}" title="{escape(name)}"><bdi>{short}</bdi></td>'

    def _key(self, row: Row) -> str:
        return self._cell("key", row.ref, "mono")

    def _age(self, row: Row) -> str:
        return self._cell("age", remaining(self.at - row.received_at), "num")

    def _harm(self, row: Row) -> str:
        return self._cell("harm", self.words[Harm].get(row.harm, ""))

    def _market(self, row: Row) -> str:
        return self._cell("market", escape(row.market))

    def _vendor(self, row: Row) -> str:
        return self._cell("vendor", escape(row.organization))

    def _queue(self, row: Row) -> str:
        return self._cell("queue", escape(row.queue))

    def _graphic(self, row: Row) -> str:
        tier = "G2?" if row.graphic_tier is None else f"G{row.graphic_tier}"
        return self._cell("graphic", tier)

    def _reopened(self, row: Row) -> str:
        return self._cell("reopened", str(row.reopened_count or "–"), "num")

    def _cluster(self, row: Row) -> str:
        return self._cell("cluster", str(row.cluster_size or "–"), "num")

    def _created(self, row: Row) -> str:
        return f'<td data-label="{self.labels["created"]}">{self.time(row.received_at)}</td>'

    def _updated(self, row: Row) -> str:
        return f'<td data-label="{self.labels["updated"]}">{self.time(row.updated_at)}</td>'

    def _confidence(self, row: Row) -> str:
        return self._cell("confidence", self.words[Confidence].get(self.sure.get(row.id, ""), "–"))

    def _appeal(self, row: Row) -> str:
        found = self.appeals.get(row.id, "")
        return self._cell("appeal", self.words[Outcome].get(found) or self.words[AppealState].get(found, "–"))

    def _tags(self, row: Row) -> str:
        tags = "".join(f'<span class="tag">{escape(name)}</span> ' for name in sorted(row.tags or ()))
        return f'<td data-label="{self.labels["tags"]}">{tags}</td>'

    def _cell(self, name: str, text: str, css: str = "") -> str:
        named = f' class="{css}"' if css else ""
        return f'<td{named} data-label="{self.labels[name]}">{text}</td>'

    # -- parts of cells -----------------------------------------------------------------------------------------------
    def clock(self, row: Row) -> str:
        """The chip of the nearest counting clock; a paused case says so, a settled one shows its state."""
        if row.due_at is None or not row.due_metric:
            if row.is_paused:
                return f'<span class="sla paused">{self._glyph("ckpaused")}R {self.paused}</span>'
            if row.status in (CaseStatus.DECIDED, CaseStatus.CLOSED):
                word = self.words[Resolution].get(row.resolution) or self.words[CaseStatus][row.status]
                return f'<span class="status st-{row.status}">{self._glyph(f"st-{row.status}")}{word}</span>'
            return ""
        target = timedelta(seconds=row.due_target_s or 0)
        left = row.due_at - self.at
        shown = band(left=left, target=target)
        name = self.words[Metric][row.due_metric]
        iso, both = row.due_at.isoformat(), self.both(row.due_at)
        mine = " data-mine" if row.assignee_id == self.viewer_id else ""
        glyph = self._glyph(_BAND_GLYPH[shown]) if shown in _BAND_GLYPH else ""
        return (
            f'<span class="sla {shown}" data-letter="{row.due_metric}" title="{name}: {both}" data-clock data-due="{iso}"'
            f' data-risk="{int(risk_before(target).total_seconds())}" data-now="{int(due_before(target).total_seconds())}"{mine}>'
            f'{glyph}<span class="tick-text" aria-hidden="true">{row.due_metric} {remaining(left)}</span>'
            f'<span class="vh">{name}, <span class="band-text">{self.bands[shown]}</span>, {self.due}'
            f' <time datetime="{iso}">{both}</time></span></span>'
        )

    def markers(self, row: Row) -> str:
        """At most four marks, then how many more (QUE-3)."""
        marks: list[str] = []
        if self._similar:
            marks.append(self._mark("cluster", self.marks["similar"], str(len(self._similar) + 1)))
        if row.cluster_size:
            marks.append(self._mark("cluster", self.marks["cluster"], str(row.cluster_size)))
        if row.reopened_count:
            marks.append(self._mark("again", self.marks["again"]))
        if row.is_legal_hold:
            marks.append(self._mark("hold", self.marks["hold"]))
        if row.is_high_profile:
            marks.append(self._mark("star", self.marks["star"]))
        if row.status == CaseStatus.WAITING:
            on = self.words[WaitingOn].get(row.waiting_on, "")
            marks.append(self._mark("wait", f"{self.marks['wait']} {on}"))
        if row.snoozed_until is not None and row.snoozed_until > self.at:
            marks.append(self._mark("clock", self.marks["clock"]))
        if row.graphic_tier is not None and row.graphic_tier >= GraphicTier.G2:
            marks.append(f'<span class="mk">G{row.graphic_tier}</span>')
        if row.has_draft:
            marks.append(self._mark("pencil", self.marks["pencil"]))
        seen = [one.initials for one in self.present.get(row.id, ()) if one.user_id != self.viewer_id]
        if seen:
            marks.append(self._mark("eye", self.marks["eye"], escape(" ".join(seen[:3]))))
        if len(marks) > MARKERS_SHOWN:
            marks[MARKERS_SHOWN:] = [f'<span class="mk">+{len(marks) - MARKERS_SHOWN}</span>']
        return "".join(marks)

    def time(self, at: datetime) -> str:
        """An instant as {% when %} prints it: both zones, one of them shown."""
        local, utc = at.astimezone(self.zone), at
        form = "%H:%M" if local.date() == self.at.astimezone(self.zone).date() else "%d %b %H:%M"
        return (
            f'<time datetime="{at.isoformat(timespec="seconds").replace("+00:00", "Z")}" title="{self.both(at)}">'
            f'<span class="t-local">{local.strftime(form)}</span><span class="t-utc">{utc.strftime(form)}Z</span></time>'
        )

    def both(self, at: datetime) -> str:
        """`22 Nov 2026 15:02 IST · 14:02 UTC`."""
        local = at.astimezone(self.zone)
        if local.utcoffset() == timedelta(0):
            return f"{at.day} {at.strftime('%b %Y %H:%M UTC')}"
        utc = at.strftime("%H:%M UTC") if at.date() == local.date() else at.strftime("%d %b %H:%M UTC")
        return f"{local.day} {local.strftime('%b %Y %H:%M %Z')} · {utc}"

    def _expander(self, row: Row) -> str:
        if self._is_child or not (row.cluster_size or self._similar):
            return ""
        if self._similar:
            url = f"/q/children/{row.ref}/?keys={','.join(one.ref for one in self._similar)}"
        else:
            url = f"/q/children/{row.ref}/"
        return (
            f'<button type="button" class="expander" aria-expanded="false" tabindex="-1" data-children-url="{url}"'
            f' aria-label="{self.marks["under"]} {row.ref}"><svg class="i flip-rtl" aria-hidden="true"><use href="{self.sprite}#chevron"/></svg></button>'
        )

    def _mark(self, icon: str, label: str, text: str = "") -> str:
        return f'<span class="mk"><svg class="i" role="img" aria-label="{label}"><use href="{self.sprite}#{icon}"/></svg>{text}</span>'

    def _glyph(self, name: str) -> str:
        return f'<svg class="g" aria-hidden="true"><use href="{self.sprite}#{name}"/></svg>'

    def _severity(self, level: Severity) -> str:
        return (
            f'<span class="sev s{level.value}">{self._glyph(f"sv{level.value}")}<span class="vh">{self.marks["severity"]} </span>'
            f"S{level.value}</span>"
        )

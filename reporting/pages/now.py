"""`/reports/now/`: are we safe right now? CH-1 to CH-4. CH-5 (who is on shift) waits for rotas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import quantiles

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.clockface import remaining
from escalations.lifecycle import Severity
from reporting import charts
from reporting.charts import Band, Linked, Mark, Series, Table
from reporting.pages import Drawn, Page, Panel, Tile, ranges
from reporting.pages.asking import Ask
from reporting.selectors import floor
from reporting.selectors.figures import Point, Window, series

HOUR, BIN = timedelta(hours=1), timedelta(minutes=15)
AHEAD_HOURS = 12
BINS = 96
BASE = ("is:open", "-is:child")


def _count(number: int, ask: Ask) -> str:
    small = ask.scope.small_cell
    return (
        _("under %(n)d") % {"n": small} if 0 < number < small else formats.number_format(number, 0, force_grouping=True)
    )


def _told(number: int, ask: Ask) -> float | None:
    """The height of a mark; None where the count is not this reader's, which a height would tell as well."""
    return None if 0 < number < ask.scope.small_cell else float(number)


def ch1(ask: Ask) -> Drawn:
    """Eight figures of this moment, each leading to its cases."""
    now, at = floor.floor(ask.scope, ask.cases, at=ask.at), ask.at
    last = Window(at - HOUR, at)
    earlier = [Window(*span) for span in ranges.usual((last.start, last.end), ask.zone)]
    came = series("volume", scope=ask.scope, windows=[last, *earlier], where=ask.where, at=at)
    left = series("closes", scope=ask.scope, windows=[last, *earlier], where=ask.where, at=at)
    tells_oldest = now.oldest_at is not None and _told(now.open, ask) is not None
    age = remaining(at - now.oldest_at) if now.oldest_at and tells_oldest else "–" if now.oldest_at else _("none")

    def tile(key: str, label: object, number: int, *terms: str, band: str = "", sub: str = "") -> Tile:
        href = ask.cases_url(*BASE, *terms) if number else ""
        return Tile(key, str(label), _count(number, ask), href=href, band=band if number else "", sub=sub)

    def flow(key: str, label: object, points: Sequence[Point]) -> Tile:
        number = points[0].figure.n
        before = sorted(point.figure.n for point in points[1:])
        low, high = _count(before[0], ask), _count(before[-1], ask)
        usual = _("usually %(low)s–%(high)s at this hour of the week") % {"low": low, "high": high}
        href = ask.drill(key, last) if number else ""
        return Tile(key, str(label), _count(number, ask), href=href, sub=usual, measure=key)

    tiles = (
        tile("open", _("Open"), now.open),
        tile("unclaimed", _("Unclaimed"), now.unclaimed, "is:unclaimed"),
        tile("at_risk", _("Due within the hour"), now.at_risk, "sla:0..1h", band="risk"),
        tile("breached", _("Overdue or missed"), now.breached, "is:breached", band="breach"),
        Tile("oldest", _("Oldest"), age, href=ask.cases_url(*BASE, "sort:age") if now.oldest_at else ""),
        flow("volume", _("Received, last hour"), came),
        flow("closes", _("Closed, last hour"), left),
        tile("waiting", _("Waiting for somebody"), now.waiting, "is:waiting"),
    )
    return Drawn(tiles=tiles, as_of=ask.at)


def ch2(ask: Ask) -> Drawn:
    """In and out by quarter of an hour, with what is usual at this hour of the week."""
    end = ask.at.replace(minute=ask.at.minute // 15 * 15, second=0, microsecond=0) + BIN
    bins = [Window(end - BIN * (BINS - number), end - BIN * (BINS - number - 1)) for number in range(BINS)]
    # Hour by hour and not bin by bin: 8 weeks give 32 quarters of an hour each.
    usual = [[Window(*span) for span in ranges.usual((one.start, one.end), ask.zone)] for one in bins]
    came = series(
        "volume",
        scope=ask.scope,
        windows=[*bins, *[window for near in usual for window in near]],
        where=ask.where,
        at=ask.at,
    )
    went = series("closes", scope=ask.scope, windows=bins, where=ask.where, at=ask.at)
    each = ranges.BASELINE_WEEKS
    low: list[float | None] = []
    high: list[float | None] = []
    for number in range(BINS):
        hour = [
            point.figure.n
            for near in range(max(0, number - 2), min(BINS, number + 3))
            for point in came[BINS + near * each : BINS + (near + 1) * each]
        ]
        tenths = quantiles(hour, n=10, method="inclusive")
        low.append(tenths[0])
        high.append(tenths[8])
    if not any(point.figure.n for point in [*came, *went]):
        return Drawn(
            empty=_("Nothing came in or was closed in the last 24 hours or at these hours of the last 8 weeks.")
        )

    def marks(points: Sequence[Point], key: str, *, shows: bool) -> list[Mark]:
        shown = []
        for place, point in enumerate(points):
            window, number = point.window, point.figure.n
            local = window.start.astimezone(ask.zone)
            outside = shows and window.end <= ask.at and (high[place] or 0) < number and number > 3
            href = ask.drill(key, window) if number else ""
            shown.append(
                Mark(
                    formats.date_format(local, "H:i"),
                    _told(number, ask),
                    _count(number, ask),
                    href or None,
                    "",
                    outside,
                )
            )
        return shown

    chart = charts.line_band(
        _("In and out, by quarter of an hour"),
        [
            Series(_("in"), marks(came[:BINS], "volume", shows=True)),
            Series(_("out"), marks(went, "closes", shows=False)),
        ],
        band=Band(low, high, _("usual (10th to 90th of 8 weeks)")),
        unit=_("cases"),
    )
    return Drawn(charts=[chart], as_of=came[0].figure.as_of)


def ch3(ask: Ask) -> Drawn:
    """Open cases by the hour their nearest clock is due, by severity."""
    first = ask.at.replace(minute=0, second=0, microsecond=0)
    hours = [(max(first + HOUR * number, ask.at), first + HOUR * (number + 1)) for number in range(AHEAD_HOURS)]
    found = floor.due_by_hour(ask.scope, ask.cases, hours)
    if not found:
        return Drawn(
            empty=_("No clock of an open case is due in the next 12 hours."),
            empty_href=ask.cases_url(*BASE, "due:any", "sort:due"),
            empty_action=_("See what is due later"),
            as_of=ask.at,
        )
    every = []
    for severity in Severity:
        marks = []
        for number, (start, end) in enumerate(hours):
            count = found.get((number, severity.value), 0)
            local = (first + HOUR * number).astimezone(ask.zone)
            due = f"due:{ask.range_text(Window(start, end))}"
            href = ask.cases_url(*BASE, due, f"sev:{severity.value}") if count else None
            marks.append(Mark(formats.date_format(local, "H:i"), _told(count, ask), _count(count, ask), href))
        every.append(Series(f"S{severity.value}", marks))
    chart = charts.stacked_columns(_("Due by hour"), every, is_severity=True, first=_("Hour"))
    return Drawn(
        charts=[chart],
        note=_("Each case counts once, at its nearest clock. Capacity is not drawn: there is no rota to take it from."),
        as_of=ask.at,
    )


@dataclass(frozen=True)
class Line:
    """A queue as the table prints it."""

    name: str
    url: str
    cells: tuple[tuple[str, Linked], ...]
    oldest: str
    p90: str
    spark: charts.Chart
    received: str


def ch4(ask: Ask) -> Drawn:
    """Queue by queue."""
    rows = floor.queues(ask.scope, ask.cases, at=ask.at)
    if not rows:
        return Drawn(empty=_("No queue has an open case that matches."), as_of=ask.at)
    headers = (
        _("Queue"),
        _("Open"),
        _("Unclaimed"),
        _("Due within the hour"),
        _("Overdue or missed"),
        _("Oldest"),
        _("Age p90"),
        _("Received, 48 h"),
    )
    lines: list[Line] = []
    for row in rows:
        here, is_told = (*BASE, f"queue:{row.queue.slug}"), _told(row.open, ask) is not None
        counts = (
            (row.open, ()),
            (row.unclaimed, ("is:unclaimed",)),
            (row.at_risk, ("sla:0..1h",)),
            (row.breached, ("is:breached",)),
        )
        lines.append(
            Line(
                row.queue.name,
                ask.cases_url(*here),
                tuple(
                    (name, Linked(_count(number, ask), ask.cases_url(*here, *terms) if number else ""))
                    for name, (number, terms) in zip(headers[1:5], counts, strict=True)
                ),
                remaining(ask.at - row.oldest_at) if row.oldest_at and is_told else "–",
                remaining(row.p90_age) if row.p90_age is not None and is_told else "–",
                charts.spark([_told(number, ask) for number in row.spark], _("received, 48 hours")),
                _count(sum(row.spark), ask),
            )
        )
    table = Table(
        headers,
        tuple(
            (line.name, *[cell for _name, cell in line.cells], line.oldest, line.p90, line.received) for line in lines
        ),
    )
    return Drawn(
        template="reporting/pages/queues.html",
        context={"headers": headers, "lines": lines},
        tables=[(_("Queues now"), table)],
        as_of=ask.at,
    )


PAGE = Page(
    "now",
    gettext_lazy("Now"),
    gettext_lazy("Are we safe right now?"),
    (
        Panel(
            "ch-1",
            gettext_lazy("Right now"),
            ch1,
            range="24h",
            measures=("volume", "closes"),
            is_lazy=False,
            is_wide=True,
            has_time=False,
            about=gettext_lazy(
                "Counted from the cases at this moment; merged cases count once through the one they are merged into. "
                "Time and comparison do not apply to it."
            ),
        ),
        Panel(
            "ch-2",
            gettext_lazy("Is inflow unusual?"),
            ch2,
            range="24h",
            measures=("volume", "closes"),
            about=gettext_lazy(
                "Always the last 24 hours. The band holds what came in at these quarters of an hour and the two before and after, "
                "in the last 8 weeks, from the tenth to the ninetieth of a hundred. A diamond lies above it."
            ),
        ),
        Panel("ch-3", gettext_lazy("When will it hurt?"), ch3, range="24h", has_time=False),
        Panel("ch-4", gettext_lazy("Where is the pile?"), ch4, range="24h", is_wide=True, has_time=False),
    ),
    order=10,
    range="24h",
    refresh_s=60,
    has_wall=True,
)

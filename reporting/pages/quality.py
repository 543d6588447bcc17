"""`/reports/quality/`: appeals and what comes back. CH-18 and CH-19; accuracy and agreement (CH-15 to CH-17, CH-20) need reviews."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from escalations.appeal_life import Outcome
from reporting import charts
from reporting.charts import Mark, Series
from reporting.measures import MEASURES
from reporting.pages import Drawn, Page, Panel
from reporting.pages.asking import Ask
from reporting.pages.tiles import day_label, flags_of, measure_tile, week_label, xmr_of
from reporting.pages.volume import counted
from reporting.selectors import grids
from reporting.selectors.figures import LEAST_N, Window, as_of

MOST_REASONS = 10
TOGETHER = (1, 4, 13)
MOST_KEYS = 20  # keys of cases that fit into a filter's text
MATURES = timedelta(days=MEASURES["reopen_rate"].matures_after_days)
OUTCOMES: dict[str, str | Promise] = {
    Outcome.UPHELD: pgettext_lazy("appeals that ended so", "upheld"),
    Outcome.PARTIAL: pgettext_lazy("appeals that ended so", "partly overturned"),
    Outcome.OVERTURNED: pgettext_lazy("appeals that ended so", "overturned"),
}


def tiles(ask: Ask) -> Drawn:
    """Appeals, what comes back, and what was right the first time."""
    keys = (
        "overturn_rate",
        "overturns_per_1000",
        "appeal_rate",
        "reopen_rate",
        "first_touch_rate",
        "wrong_severity_rate",
    )
    return Drawn(tiles=[measure_tile(key, ask, "13w") for key in keys])


def ch18(ask: Ask) -> Drawn:
    """Appeals decided by week and outcome; below it the share that was overturned, on an axis of its own."""
    weeks = ask.weeks(26)
    lines = grids.series_by("overturn_rate", scope=ask.scope, windows=weeks, by="outcome", where=ask.where, at=ask.at)
    found = {line.value.key: line for line in lines}
    if not any(line.n for line in lines):
        return Drawn(
            empty=_("No appeal was decided in these weeks. Take more time, or less of the filter."), as_of=ask.at
        )
    parts = []
    for outcome, name in OUTCOMES.items():
        marks = []
        for number, week in enumerate(weeks):
            count = found[outcome].figures[number].n if outcome in found else 0
            is_told = count >= ask.scope.small_cell
            href = ask.cases_url(f"judged:{ask.range_text(week)}", f"appeal:{outcome}") if count and is_told else ""
            marks.append(
                Mark(week_label(week, ask), float(count) if is_told else None, counted(count, ask), href or None)
            )
        parts.append(Series(str(name), marks))
    columns = charts.stacked_columns(
        _("Appeals decided, by outcome"), parts, flags=flags_of(ask, weeks), first=_("Week from")
    )
    judged = [sum(line.figures[number].n for line in lines) for number in range(len(weeks))]
    title, first = _("Overturned or partly overturned"), ""
    if (size := weeks_together(judged)) > 1:
        title, first = _("Overturned or partly overturned, %(n)d weeks together") % {"n": size}, _("Weeks from")
    rate = xmr_of("overturn_rate", ask, joined(weeks, size), title=title, first=first)
    return Drawn(charts=[columns, *([rate] if rate else [])], as_of=as_of())


def weeks_together(judged: Sequence[int]) -> int:
    """How many weeks one point takes for a share to be told at all (REP-10): one clause has a few appeals a week, and no rate by week."""
    for size in TOGETHER:
        if any(sum(judged[part]) >= LEAST_N for part in _parts(len(judged), size)):
            return size
    return TOGETHER[0]


def joined(weeks: Sequence[Window], size: int) -> list[Window]:
    """The weeks, so many together, the last ones whole: the first may be fewer."""
    return [Window(weeks[part][0].start, weeks[part][-1].end) for part in _parts(len(weeks), size)]


def _parts(count: int, size: int) -> list[slice]:
    return [slice(max(0, end - size), end) for end in range(count, 0, -size)][::-1]


def ch19(ask: Ask) -> Drawn:
    """Why closed cases were opened again within 14 days, of closes old enough to know."""
    latest = ask.at - MATURES
    asked = ask.window("28d")
    window = Window(asked.start, min(asked.end, latest))
    if ask.range is None:
        window = Window(latest - (asked.end - asked.start), latest)
    if window.start >= window.end:
        return Drawn(
            empty=_("What was closed in this time may still come back: 14 days have to pass first."),
            empty_href=ask.query(range="") or "?",
            empty_action=_("Show the last 28 days that are old enough"),
            as_of=ask.at,
        )
    reasons = grids.reopened_why(scope=ask.scope, window=window, where=ask.where)
    if not reasons:
        return Drawn(empty=_("Nothing that was closed in this time came back within 14 days."), as_of=ask.at)
    marks = []
    for why in reasons[:MOST_REASONS]:
        href = ask.cases_url(f"ref:{','.join(why.refs)}") if len(why.refs) <= MOST_KEYS else ""
        marks.append(Mark(why.reason or _("no reason given"), float(why.n), counted(why.n, ask), href or None))
    if rest := sum(why.n for why in reasons[MOST_REASONS:]):
        others = _("%(n)d other reasons") % {"n": len(reasons) - MOST_REASONS}
        marks.append(Mark(others, float(rest), counted(rest, ask)))
    chart = charts.horizontal_bars(_("Reopened within 14 days, by reason"), marks, first=_("Reason"), value=_("Closes"))
    first, last = (day_label(moment.astimezone(ask.zone)) for moment in (window.start, window.end))
    note = _("Closes from %(first)s to %(last)s: later ones may still come back.") % {"first": first, "last": last}
    return Drawn(charts=[chart], note=note, as_of=as_of())


def reopening(ask: Ask) -> Drawn:
    """The share that comes back, by week."""
    chart = xmr_of("reopen_rate", ask, ask.weeks(26))
    if chart is None:
        return Drawn(empty=_("Nothing was closed in this time."), as_of=ask.at)
    return Drawn(charts=[chart], as_of=as_of())


PAGE = Page(
    "quality",
    gettext_lazy("Quality"),
    gettext_lazy("Are our decisions right?"),
    (
        Panel(
            "figures",
            gettext_lazy("In figures"),
            tiles,
            range="13w",
            measures=(
                "overturn_rate",
                "overturns_per_1000",
                "appeal_rate",
                "reopen_rate",
                "first_touch_rate",
                "wrong_severity_rate",
            ),
            is_lazy=False,
            is_wide=True,
        ),
        Panel(
            "ch-18",
            gettext_lazy("Are appeals right?"),
            ch18,
            range="26w",
            weeks=26,
            measures=("overturn_rate",),
            is_over_time=True,
            is_wide=True,
        ),
        Panel(
            "ch-19",
            gettext_lazy("Why reopened?"),
            ch19,
            measures=("reopen_rate",),
            about=gettext_lazy("In the words people gave; same words count together, whatever their capitals."),
        ),
        Panel(
            "reopening",
            gettext_lazy("Does more come back?"),
            reopening,
            range="26w",
            weeks=26,
            measures=("reopen_rate",),
            is_over_time=True,
        ),
    ),
    order=40,
)

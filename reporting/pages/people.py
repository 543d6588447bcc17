"""`/reports/people/`: how much work a case is. CH-32, for teams and never for one person (REP-9). CH-31 needs rotas."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting import charts
from reporting.charts import Spread
from reporting.pages import Drawn, Page, Panel
from reporting.pages.asking import Ask
from reporting.pages.tiles import measure_tile, xmr_of
from reporting.selectors import grids
from reporting.selectors.figures import as_of, duration
from reporting.selectors.grids import Quarters

MOST = 14


def tiles(ask: Ask) -> Drawn:
    """Handle time, and whether one person was enough."""
    keys = ("aht_p50", "aht_p90", "aht_mean", "first_touch_rate")
    return Drawn(tiles=[measure_tile(key, ask, "28d") for key in keys])


def _spreads(ask: Ask, by: str, title: str, first: str) -> Drawn:
    window = ask.window("28d")
    found = grids.handle_time_by(by, scope=ask.scope, window=window, where=ask.where)
    if not found:
        return Drawn(
            empty=_(
                "No case closed in this time has handle time. It is counted while somebody’s case page is in front, "
                "with input within a minute."
            ),
            empty_href=ask.query(q="", range="13w"),
            empty_action=_("Show 13 weeks without a filter"),
            as_of=ask.at,
        )
    if by == "severity":
        found.sort(key=lambda one: one.value.key)
    chart = charts.dot_range(
        title, [_spread(ask, one) for one in found[:MOST]], first=first, as_text=duration, is_time=True
    )
    note = _("Bar: the middle half; dot: the middle; tick: nine of ten are shorter.")
    return Drawn(charts=[chart], note=note, as_of=as_of())


def _spread(ask: Ask, one: Quarters) -> Spread:
    href = ask.drill("aht_p50", ask.window("28d"), values=[one.value]) or None
    if one.points is None:
        small = _("n too small (%(n)s)") % {"n": one.n}
        return Spread(one.value.label, None, None, None, None, ("–", small, "–", "–"), href)
    words = [duration(point) for point in one.points]
    return Spread(one.value.label, *one.points, (words[0], words[1], words[2], words[3]), href)


def ch32(ask: Ask) -> Drawn:
    """Handle time by harm."""
    return _spreads(ask, "harm", _("Handle time by harm"), _("Harm"))


def by_severity(ask: Ask) -> Drawn:
    """Handle time by severity."""
    return _spreads(ask, "severity", _("Handle time by severity"), _("Severity"))


def over_time(ask: Ask) -> Drawn:
    """The middle handle time by week."""
    chart = xmr_of("aht_p50", ask, ask.weeks(26))
    if chart is None:
        return Drawn(empty=_("No case closed in this time has handle time."), as_of=ask.at)
    return Drawn(charts=[chart], as_of=as_of())


_ABOUT = gettext_lazy(
    "Seconds of all people on the case together, not from opening to closing. Of teams, never of one person."
)
PAGE = Page(
    "people",
    gettext_lazy("People"),
    gettext_lazy("How much work is a case?"),
    (
        Panel(
            "figures",
            gettext_lazy("In figures"),
            tiles,
            measures=("aht_p50", "aht_p90", "aht_mean", "first_touch_rate"),
            is_lazy=False,
            is_wide=True,
        ),
        Panel(
            "ch-32", gettext_lazy("What takes long?"), ch32, measures=("aht_p50", "aht_p90"), is_wide=True, about=_ABOUT
        ),
        Panel(
            "severity", gettext_lazy("Do severe cases take longer?"), by_severity, measures=("aht_p50",), about=_ABOUT
        ),
        Panel(
            "over-time",
            gettext_lazy("Does it get longer?"),
            over_time,
            range="26w",
            weeks=26,
            measures=("aht_p50",),
            is_over_time=True,
        ),
    ),
    order=60,
)

"""`/reports/sla/`: are we keeping our promises? CH-6 to CH-9."""

from __future__ import annotations

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from reporting import charts
from reporting.charts import Mark, Pair
from reporting.models import ClockFact
from reporting.pages import Drawn, Page, Panel
from reporting.pages.asking import Ask
from reporting.pages.tiles import measure_tile, xmr_of
from reporting.selectors.figures import Figure, Slice, Window, as_of, breakdown, duration
from reporting.selectors.time_spent import time_spent

CLOCKS = ("a", "f", "r", "n", "u", "l")  # consult (C) and mitigation (M) clocks have nothing to run on yet
HOUR = 3600.0
TICKS: tuple[tuple[float, str], ...] = (
    (60.0, "1 min"),
    (300.0, "5 min"),
    (900.0, "15 min"),
    (HOUR, "1 h"),
    (4 * HOUR, "4 h"),
    (24 * HOUR, "1 d"),
    (72 * HOUR, "3 d"),
    (168 * HOUR, "7 d"),
    (720 * HOUR, "30 d"),
)


def kpis(ask: Ask) -> Drawn:
    """The top row (REP-1)."""
    tiles = tuple(
        measure_tile(key, ask, "28d")
        for key in (
            "attainment",
            "attainment_a",
            "attainment_f",
            "attainment_r",
            "breaches",
            "breach_hours",
            "ttr_p50",
            "ttr_p90",
        )
    )
    return Drawn(tiles=tiles, as_of=as_of())


def ch6(ask: Ask) -> Drawn:
    """Attainment by week, a panel for each clock that ever settled in the time shown."""
    weeks = ask.weeks(26)
    drawn = [xmr_of(f"attainment_{letter}", ask, weeks, side="missed") for letter in CLOCKS]
    shown = [chart for chart in drawn if chart is not None]
    if not shown:
        return _nothing(ask, _("No clock settled in these weeks."))
    return Drawn(charts=shown, as_of=as_of(), hint=_("A point leads to the cases whose clock was missed in that week."))


def ch7(ask: Ask) -> Drawn:
    """Misses by their likeliest cause, the commonest first."""
    window = ask.window("28d")
    found = breakdown("breaches", scope=ask.scope, window=window, by=["cause"], where=ask.where, at=ask.at)
    if not found:
        return _nothing(ask, _("No clock was missed in this time."))
    marks = [
        Mark(
            cause_label(one.values[0].key),
            float(one.figure.n),
            formats.number_format(one.figure.n, 0, force_grouping=True),
            ask.drill("breaches", window, values=one.values) or None,
            ngettext("%(cause)s: %(n)d missed clock", "%(cause)s: %(n)d missed clocks", one.figure.n)
            % {"cause": cause_label(one.values[0].key), "n": one.figure.n},
        )
        for one in sorted(found, key=lambda one: -one.figure.n)
    ]
    chart = charts.pareto(_("Missed clocks by cause"), marks, first=_("Cause"), value=_("Missed clocks"))
    note = _("A case that missed several clocks counts once for each, and stands once in the list behind.")
    return Drawn(charts=[chart], as_of=as_of(), note=note)


def cause_label(key: str) -> str:
    """A cause of `ClockFact` in the reader's words."""
    return str(dict(ClockFact.Cause.choices).get(key, key or _("not known")))


def ch8(ask: Ask) -> Drawn:
    """p50 and p90 of the three times by severity, with the same of the period before."""
    window = ask.window("28d")
    compared = ask.compared("28d")
    before = compared[0] if len(compared) == 1 else window.previous
    pairs = []
    for stem, name in (("tta", _("acknowledge")), ("ttfr", _("first response")), ("ttr", _("resolve"))):
        now = {part: _by_severity(f"{stem}_{part}", ask, window) for part in ("p50", "p90")}
        then = {part: _by_severity(f"{stem}_{part}", ask, before) for part in ("p50", "p90")}
        for key in sorted(now["p50"]):
            one, slow = now["p50"][key].figure, _figure(now["p90"], key)
            was, was_slow = _figure(then["p50"], key), _figure(then["p90"], key)
            href = ask.drill(f"{stem}_p50", window, values=now["p50"][key].values) if one.n else ""
            said = f"{was.text} · {was_slow.text}" if was and was_slow else "–"
            pairs.append(
                Pair(
                    f"S{key} {name}",
                    one.value,
                    slow.value if slow else None,
                    one.text,
                    slow.text if slow else "–",
                    href or None,
                    was.value if was else None,
                    was_slow.value if was_slow else None,
                    said,
                    formats.number_format(one.n, 0, force_grouping=True),
                )
            )
    if not pairs:
        return _nothing(ask, _("Nothing was taken, answered or closed in this time."))
    chart = charts.dumbbell(
        _("How long, by severity"),
        pairs,
        low_name=_("p50"),
        high_name=_("p90"),
        first=_("Severity and step"),
        as_text=duration,
        before_name=_("the period before"),
        ticks=TICKS,
    )
    return Drawn(
        charts=[chart],
        as_of=as_of(),
        note=_("The axis is logarithmic: each step to the right is several times as long."),
    )


def _by_severity(key: str, ask: Ask, window: Window) -> dict[str, Slice]:
    found = breakdown(key, scope=ask.scope, window=window, by=["severity"], where=ask.where, at=ask.at)
    return {one.values[0].key: one for one in found}


def _figure(slices: dict[str, Slice], key: str) -> Figure | None:
    return slices[key].figure if key in slices else None


def ch9(ask: Ask) -> Drawn:
    """Shares of the time from receipt to first close, by severity."""
    window = ask.window("28d")
    found = [
        one for one in time_spent(scope=ask.scope, window=window, where=ask.where) if one.n >= ask.scope.small_cell
    ]
    if not found:
        return _nothing(ask, _("No case was closed for the first time in this time."))
    names = (_("nobody had it"), _("with us"), _("with the submitter"))
    rows = []
    for one in found:
        parts = (one.unclaimed_s, one.working_s, one.submitter_s)
        whole = sum(parts) or 1.0
        term = f"firstclose:{ask.range_text(window)}"
        href = ask.cases_url(term, f"sev:{one.severity}", "-is:child") or None
        marks = [
            Mark(
                name,
                part / whole,
                f"{100 * part / whole:.0f} %",
                href,
                f"{name}: {duration(part / one.n)} {_('a case')}",
            )
            for name, part in zip(names, parts, strict=True)
        ]
        rows.append((f"S{one.severity} ({one.n})", marks))
    chart = charts.stacked_bars(_("Share of the time until the first close"), rows, first=_("Severity (cases)"))
    return Drawn(
        charts=[chart],
        as_of=as_of(),
        note=_("Consults and legal holds stand with “with us” until they are cases’ own states with times."),
    )


def _nothing(ask: Ask, words: str) -> Drawn:
    """An empty chart, and what to do about it: more time, or no filter."""
    if ask.text.strip():
        return Drawn(
            empty=words, empty_href=ask.query(q="") or "?", empty_action=_("Without the filter"), as_of=as_of()
        )
    return Drawn(empty=words, empty_href=ask.query(range="52w"), empty_action=_("The last 52 weeks"), as_of=as_of())


PAGE = Page(
    "sla",
    gettext_lazy("SLA"),
    gettext_lazy("Are we keeping our promises?"),
    (
        Panel(
            "kpis",
            gettext_lazy("The figures"),
            kpis,
            measures=("attainment", "breaches", "breach_hours", "ttr_p50", "ttr_p90"),
            is_lazy=False,
            is_wide=True,
        ),
        Panel(
            "ch-6",
            gettext_lazy("Are we meeting promises?"),
            ch6,
            range="26w",
            weeks=26,
            measures=("attainment_a", "attainment_f", "attainment_r"),
            is_over_time=True,
            is_wide=True,
        ),
        Panel(
            "ch-7",
            gettext_lazy("Why do we breach?"),
            ch7,
            measures=("breaches",),
            about=gettext_lazy(
                "The cause of a miss is what most of the clock’s time went to before it: nobody had taken the case, it lay between two "
                "people, it waited, a second person or the platform’s confirmation was awaited, or somebody had it. Time in which the "
                "clock stood still is left out. Where nobody had taken it, it counts as “unusual inflow” if in the hour before "
                "the start more than three cases came into its queue, and more than the 90th percentile of that hour in the eight weeks before."
            ),
        ),
        Panel(
            "ch-8",
            gettext_lazy("How long, how spread?"),
            ch8,
            measures=("tta_p50", "ttfr_p50", "ttr_p50"),
        ),
        Panel("ch-9", gettext_lazy("Where does time go?"), ch9, measures=("ttr_p50",), is_wide=True),
    ),
    order=20,
)

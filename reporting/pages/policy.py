"""`/reports/policy/`: where rules are weak, and whether a change of one helped. CH-29 and CH-30, of decisions and appeals.

Agreement (κ) and consults have no facts yet: their columns are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Max
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies.models import PolicyVersion
from reporting import charts
from reporting.charts import Chart, Mark
from reporting.measures import MEASURES
from reporting.pages import Drawn, Page, Panel
from reporting.pages.asking import Ask
from reporting.pages.tiles import day_label, measure_tile, told, xmr_of
from reporting.pages.volume import counted
from reporting.selectors.figures import Figure, Slice, Value, Where, Window, as_of, breakdown, in_words, series

MOST_CLAUSES = 20
MOST_CHANGES = 3
WEEK = timedelta(days=7)
SIDE_WEEKS = 8
LATEST_CHANGES = timedelta(weeks=26)
COLUMNS = (("overturns_per_1000", "all"), ("appeal_rate", "all"), ("gap_rate", "numerator"))


def tiles(ask: Ask) -> Drawn:
    """How much is decided, and how often no rule fits."""
    keys = ("decisions", "gap_rate", "overturns_per_1000", "appeal_rate", "gap_lead_time_p50")
    return Drawn(tiles=[measure_tile(key, ask, "13w") for key in keys])


def _by_clause(ask: Ask, key: str, window: Window) -> dict[str, Slice]:
    found = breakdown(key, scope=ask.scope, window=window, by=["clause"], where=ask.where, at=ask.at)
    return {one.values[0].key: one for one in found if one.values[0].key}


def ch29(ask: Ask) -> Drawn:
    """Clauses by how much is decided under them, with what went wrong there and when they last changed."""
    window = ask.window("13w")
    decided = _by_clause(ask, "decisions", window)
    if not decided:
        return Drawn(
            empty=_("Nothing was decided under a clause in this time."),
            empty_href=ask.query(q="", range="52w"),
            empty_action=_("Show 52 weeks without a filter"),
            as_of=ask.at,
        )
    keys = sorted(decided, key=lambda key: (-decided[key].figure.n, key))[:MOST_CLAUSES]
    others = {key: _by_clause(ask, key, window) for key, _side in COLUMNS}
    changed = _last_changes(ask, keys)
    rows = []
    for key in keys:
        value = decided[key].values[0]
        marks = [_cell(ask, "decisions", "all", window, value, decided[key].figure)]
        for measure, side in COLUMNS:
            one = others[measure].get(key)
            marks.append(_cell(ask, measure, side, window, value, one.figure if one else None))
        marks.append(_changed(key, changed.get(key), ask))
        rows.append((key, marks))
    names = [_("Decisions"), *[str(MEASURES[key].label) for key, _side in COLUMNS], _("Last change")]
    chart = charts.heat_table(_("Clauses"), rows, names, first=_("Clause"), by_column=True)
    words = [_("Three shades, each column by itself; a share of fewer than 10 decisions is not shown.")]
    if len(decided) > MOST_CLAUSES:
        words.append(_("The %(n)d clauses most decided under, of %(all)d.") % {"n": MOST_CLAUSES, "all": len(decided)})
    return Drawn(charts=[chart], note=" ".join(words), as_of=as_of())


def _cell(ask: Ask, key: str, side: str, window: Window, value: Value, figure: Figure | None) -> Mark:
    label = str(MEASURES[key].label)
    if figure is None or not figure.n:
        return Mark(label, None, "–")
    text = counted(figure.n, ask) if key == "decisions" else figure.text
    href = "" if figure.value is None and not figure.too_small else ask.drill(key, window, side=side, values=[value])
    if side == "numerator" and not figure.numerator:
        href = ""
    return Mark(label, figure.value, text, href or None)


def _last_changes(ask: Ask, keys: Sequence[str]) -> dict[str, datetime]:
    """When the newest wording of each clause took effect, as far as the reader may read clauses."""
    rows = (
        PolicyVersion.objects.visible_to(ask.viewer)
        .published()
        .of_keys(keys)
        .filter(effective__startswith__lte=ask.at)
        .values("policy__key")
        .annotate(at=Max(Lower("effective")))
        .values_list("policy__key", "at")
    )
    return dict(rows)


def _changed(key: str, at: datetime | None, ask: Ask) -> Mark:
    if at is None:
        return Mark(_("Last change"), None, "–")
    text = formats.date_format(at.astimezone(ask.zone), "j M Y")
    return Mark(_("Last change"), None, text, reverse("policies:clause", args=[key]))


def ch30(ask: Ask) -> Drawn:
    """The clauses that changed last and are much decided under: eight weeks before and after, each with the figure of each side."""
    changes = _changes(ask)
    drawn = []
    for key, number, at in changes:
        for measure in ("overturns_per_1000", "appeal_rate"):
            if (chart := _around(ask, key, number, at, measure)) is not None:
                drawn.append(chart)
        if len(drawn) >= MOST_CHANGES * 2:
            break
    if not drawn:
        return Drawn(
            empty=_(
                "No clause that changed in the last 26 weeks has at least 10 decisions before and after. "
                "Filter for another clause with policy:, or look again in some weeks."
            ),
            as_of=ask.at,
        )
    note = _(
        "Weeks of fewer than 10 decisions have no point; the lines and their words tell of all decisions of a side."
    )
    return Drawn(charts=drawn, note=note, as_of=as_of())


def _changes(ask: Ask) -> list[tuple[str, int, datetime]]:
    """New wordings that took effect in the last 26 weeks and hold for a week at least: (clause, number, when), most decided under first."""
    end = ask.range.end if ask.range else ask.at
    decided = _by_clause(ask, "decisions", Window(end - LATEST_CHANGES - SIDE_WEEKS * WEEK, end))
    rows = (
        PolicyVersion.objects.visible_to(ask.viewer)
        .published()
        .of_keys(list(decided))
        .filter(number__gt=1, effective__startswith__gte=end - LATEST_CHANGES, effective__startswith__lte=end - WEEK)
        .annotate(at=Lower("effective"))
        .order_by("policy__key", "-at")
        .distinct("policy__key")
        .values_list("policy__key", "number", "at")
    )
    return sorted(rows, key=lambda row: (-decided[row[0]].figure.n, row[0]))[: MOST_CHANGES * 2]


def _of_clause(where: Where, key: str) -> Where:
    condition = f"{where.condition} AND f.clause = %s" if where.condition else "f.clause = %s"
    return Where(f"{where.text} policy:{key}".strip(), condition, (*where.values, key))


def _around(ask: Ask, key: str, number: int, at: datetime, measure: str) -> Chart | None:
    """The chart of one measure around one change, or None where a side is too small to tell."""
    weeks = [
        Window(at + WEEK * place, min(at + WEEK * (place + 1), ask.at))
        for place in range(-SIDE_WEEKS, SIDE_WEEKS)
        if at + WEEK * place < ask.at
    ]
    sides = [Window(weeks[0].start, at), Window(at, weeks[-1].end)]
    points = series(measure, scope=ask.scope, windows=[*weeks, *sides], where=_of_clause(ask.where, key), at=ask.at)
    before, after = points[-2].figure, points[-1].figure
    if before.value is None or after.value is None:
        return None
    value = Value(key, key, f"policy:{key}")
    marks = []
    for point in points[:-2]:
        label = day_label(point.window.start.astimezone(ask.zone))
        href = ask.drill(measure, point.window, values=[value]) if point.figure.n else ""
        hover = f"{label}: {told(point.figure)}, n = {point.figure.n_text}"
        marks.append(Mark(label, point.figure.value, told(point.figure), href or None, hover))
    unit = MEASURES[measure].unit
    title = _("%(clause)s: %(measure)s") % {"clause": key, "measure": str(MEASURES[measure].label).lower()}
    return charts.interrupted_series(
        title,
        marks[:SIDE_WEEKS],
        marks[SIDE_WEEKS:],
        change=_("version %(n)d") % {"n": number},
        as_text=lambda number: in_words(number, unit),
        before_text=_("before %(text)s") % {"text": before.text},
        after_text=_("after %(text)s") % {"text": after.text},
        before_level=before.value,
        after_level=after.value,
    )


def gaps(ask: Ask) -> Drawn:
    """How often no rule fits, by week."""
    chart = xmr_of("gap_rate", ask, ask.weeks(26), side="numerator")
    if chart is None:
        return Drawn(empty=_("Nothing was decided in this time."), as_of=ask.at)
    return Drawn(charts=[chart], as_of=as_of())


PAGE = Page(
    "policy",
    gettext_lazy("Policy"),
    gettext_lazy("Where are our rules weak?"),
    (
        Panel(
            "figures",
            gettext_lazy("In figures"),
            tiles,
            range="13w",
            measures=("decisions", "gap_rate", "overturns_per_1000", "appeal_rate", "gap_lead_time_p50"),
            is_lazy=False,
            is_wide=True,
        ),
        Panel(
            "ch-29",
            gettext_lazy("Where are rules weak?"),
            ch29,
            range="13w",
            measures=("decisions", "overturns_per_1000", "appeal_rate", "gap_rate"),
            is_wide=True,
        ),
        Panel(
            "ch-30",
            gettext_lazy("Did the change help?"),
            ch30,
            range="26w",
            measures=("overturns_per_1000", "appeal_rate"),
            is_wide=True,
        ),
        Panel(
            "gaps",
            gettext_lazy("How often does no rule fit?"),
            gaps,
            range="26w",
            weeks=26,
            measures=("gap_rate",),
            is_over_time=True,
            is_wide=True,
        ),
    ),
    order=50,
)

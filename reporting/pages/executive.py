"""`/reports/exec/`: six numbers, each with a sentence (CH-35). Accuracy and crises join when they are kept."""

from __future__ import annotations

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from escalations.models import Decision
from policies.models import Gap
from reporting.charts import Chart
from reporting.measures import MEASURES
from reporting.pages import Drawn, Page, Panel, Tile
from reporting.pages.asking import Ask
from reporting.pages.tiles import STATE_WORDS, Reading, compared_words, measure_tile, read, told, xmr_of
from reporting.selectors.figures import as_of, in_words, since_begun
from reporting.selectors.floor import counted
from reporting.statistics import Signal

FIVE = ("valid_volume", "attainment_r", "ttr_p90", "reopen_rate", "overturn_rate")
SIX = (*FIVE, "gap_rate")


def ch35(ask: Ask) -> Drawn:
    """The tiles, with a sentence under each; the sixth is the question of policy that most decisions ran into."""
    return Drawn(tiles=(*[tile(key, ask) for key in FIVE], top_gap(ask)), as_of=as_of())


def top_gap(ask: Ask) -> Tile:
    """The open question that most decisions of the time cite, of those this reader may read; how often no rule fits stands below it."""
    window, reading = ask.window("28d"), read("gap_rate", ask, "28d")
    asked = Gap.objects.visible_to(ask.viewer).open()
    found = (
        Decision.objects.filter(
            gap__in=asked,
            decided_at__gte=window.start,
            decided_at__lt=window.end,
            case__in=counted(ask.scope, ask.cases),
        )
        .values("gap")
        .annotate(number=Count("pk"))
        .order_by("-number", "gap")
        .first()
    )
    rate = _("No rule fits: %(rate)s of decisions.") % {"rate": told(reading.figure)}
    if found is None or found["number"] < ask.scope.small_cell:
        return Tile("top_gap", _("Top question of policy"), _("none"), sub=rate, measure="gap_rate")
    gap = asked.get(pk=found["gap"])
    number = found["number"]
    cited = ngettext("%(ref)s, %(n)d decision.", "%(ref)s, %(n)d decisions.", number) % {"ref": gap.ref, "n": number}
    return Tile(
        "top_gap",
        _("Top question of policy"),
        gap.question,
        href=gap.get_absolute_url() if ask.has_links else "",
        sub=f"{cited} {rate}",
        measure="gap_rate",
    )


def tile(key: str, ask: Ask) -> Tile:
    reading = read(key, ask, "28d")
    return measure_tile(key, ask, "28d", reading=reading, sub=sentence(key, reading, ask))


def sentence(key: str, reading: Reading, ask: Ask) -> str:
    """One sentence that a person may read out: the value, the state, what it is usually."""
    measure = MEASURES[key]
    named = {"label": measure.label, "value": told(reading.figure), "state": STATE_WORDS[reading.signal]}
    known = [value for value in since_begun(reading.weeks) if value is not None]
    if reading.figure.value is None:
        said = _("%(label)s: %(value)s.") % named
    elif reading.signal is Signal.TOO_FEW or not known:
        said = _("%(label)s is %(value)s; there are too few weeks to say what is usual.") % named
    else:
        named["usual"] = in_words(sum(known) / len(known), measure.unit)
        said = _("%(label)s is %(value)s; a week usually has %(usual)s (%(state)s).") % named
    compared = compared_words(reading, measure, ask)
    return f"{said} {compared}." if compared else said


def weekly(ask: Ask) -> Drawn:
    """The same figures by week."""
    weeks = ask.weeks(26)
    drawn: list[Chart] = [chart for key in SIX if (chart := xmr_of(key, ask, weeks)) is not None]
    if not drawn:
        return Drawn(empty=_("No figures in these weeks."), as_of=as_of())
    return Drawn(charts=drawn, as_of=as_of())


PAGE = Page(
    "exec",
    gettext_lazy("Executive"),
    gettext_lazy("What should leadership know?"),
    (
        Panel("ch-35", gettext_lazy("Six numbers"), ch35, measures=SIX, is_lazy=False, is_wide=True),
        Panel(
            "weekly",
            gettext_lazy("The same by week"),
            weekly,
            range="26w",
            weeks=26,
            measures=SIX,
            is_over_time=True,
            is_wide=True,
        ),
    ),
    order=80,
)

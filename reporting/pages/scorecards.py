"""A scorecard as tiles, charts and sentences, for the team's page, the portal and the printed review alike.

`link` answers the address of the rows behind a figure, or "" for readers who have no such list.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from escalations.lifecycle import InvalidReason
from reporting import charts
from reporting.charts import Chart, Mark, Series, XmrData
from reporting.charts import Share as Bar
from reporting.measures import Measure, Unit
from reporting.pages import Tile
from reporting.selectors.figures import Point, Window, in_words
from reporting.selectors.scorecard import NOW_DAYS, Change, Kpi, Part, Scorecard
from reporting.statistics import Signal

Link = Callable[[str, Window, str, Sequence[str]], str]  # measure, window, side, further filter texts
STATE_WORDS = {
    Signal.STABLE: pgettext_lazy("state of a figure", "stable"),
    Signal.UP: gettext_lazy("signal up"),
    Signal.DOWN: gettext_lazy("signal down"),
    Signal.TOO_FEW: gettext_lazy("too few weeks"),
}
CHARTED = ("attainment_r", "acceptance")
SHOWN_PARTS = 8


def no_link(measure: str, window: Window, side: str, texts: Sequence[str]) -> str:
    """For readers without a list of cases behind the figures."""
    return ""


def tile_of(kpi: Kpi, window: Window, link: Link) -> Tile:
    """One figure of the top row, with what was agreed."""
    figure = kpi.figure
    word = str(STATE_WORDS[kpi.state.word])
    return Tile(
        kpi.measure.key,
        kpi.measure.label,
        figure.text,
        n=figure.n_text,
        target=in_words(kpi.target, kpi.measure.unit) if kpi.target is not None else "",
        word=word,
        href=link(kpi.measure.key, window, "all", ()) if figure.n else "",
        spark=charts.spark([point.figure.value for point in kpi.weeks[-12:]], word),
        measure=kpi.measure.key,
        sub=_keeping(kpi),
    )


def _keeping(kpi: Kpi) -> str:
    if kpi.keeps is None:
        return ""
    return _("target kept") if kpi.keeps else _("target missed")


def tiles(card: Scorecard, link: Link = no_link, *, window: Window) -> list[Tile]:
    """All eight."""
    return [tile_of(kpi, window, link) for kpi in card.kpis]


def week_chart(kpi: Kpi, link: Link = no_link, *, zone: tzinfo) -> Chart:
    """CH-22: one figure week by week, with its natural limits."""
    marks = [
        _mark(kpi.measure, point, link, zone, is_signal=signal)
        for point, signal in zip(kpi.weeks, kpi.state.signals, strict=True)
    ]
    is_share, unit, state = kpi.measure.unit is Unit.SHARE, kpi.measure.unit, kpi.state
    low, high = (_clipped(each, is_share=is_share) for each in (state.low, state.high))
    return charts.xmr_chart(
        XmrData(
            str(kpi.measure.label),
            marks,
            state.centre,
            low,
            high,
            str(STATE_WORDS[state.word]),
            in_words(state.centre, unit),
            in_words(low, unit),
            in_words(high, unit),
            kpi.target,
            in_words(kpi.target, unit) if kpi.target is not None else "",
            floor=0.0,
            ceiling=1.0 if is_share else None,
        ),
        as_text=lambda value: in_words(value, unit),
    )


def _clipped(value: float | None, *, is_share: bool) -> float | None:
    return value if value is None else min(max(value, 0.0), 1.0) if is_share else max(value, 0.0)


def _mark(measure: Measure, point: Point, link: Link, zone: tzinfo, *, is_signal: bool) -> Mark:
    label, figure = _day(point.window, zone), point.figure
    href = link(measure.key, point.window, "all", ()) if figure.n else ""
    return Mark(
        label, figure.value, figure.text, href or None, f"{label}: {figure.text}, n = {figure.n_text}", is_signal
    )


def _day(window: Window, zone: tzinfo) -> str:
    """The local day a window begins with."""
    return formats.date_format(window.start.astimezone(zone), "j M")


def reason_chart(card: Scorecard, link: Link = no_link) -> Chart | None:
    """CH-23: invalid submissions by reason and week, each week filled to 100 %; None where nothing was sent back."""
    if not card.reasons:
        return None
    totals = [sum(counts[place] for counts in card.reasons.values()) for place in range(len(card.reason_weeks))]
    labels = dict(InvalidReason.choices)
    rows = []
    for reason, counts in card.reasons.items():
        marks = []
        for window, count, total in zip(card.reason_weeks, counts, totals, strict=True):
            href = link("invalid_rate", window, "all", (f"invalid:{reason}",)) if count else ""
            text = _("%(count)s of %(total)s") % {"count": count, "total": total}
            marks.append(Mark(_day(window, card.zone), count / total if total else None, text, href or None))
        rows.append(Series(str(labels.get(reason, reason)), marks))
    return charts.stacked_columns(
        _("Why invalid"), rows, share=True, as_text=lambda value: in_words(value, Unit.SHARE), first=_("Week of")
    )


@dataclass(frozen=True)
class ChangeRow:
    """One row of the table beside the bars."""

    part: Part
    of_change: str
    points: str
    rate: str
    mix: str
    before: str
    after: str
    reason: str
    href: str


def change_rows(change: Change, link: Link = no_link) -> list[ChangeRow]:
    """CH-24 as rows, the most important first; each leads to the cases behind it since the change."""
    side = "missed" if (change.difference or 0) < 0 else "all"
    return [
        ChangeRow(
            part,
            in_words(part.share.of_change, Unit.SHARE),
            points(part.share.total),
            points(part.share.rate),
            points(part.share.mix),
            in_words(part.share.before, Unit.SHARE),
            in_words(part.share.after, Unit.SHARE),
            reason_words(part),
            link(change.measure.key, change.after, side, (part.filter_text,)),
        )
        for part in change.parts[:SHOWN_PARTS]
    ]


def change_chart(change: Change, link: Link = no_link) -> Chart:
    """CH-24 as bars: what each slice added to the change, in percentage points, by its own rate and by its weight."""
    bars = [
        Bar(
            row.part.label,
            100 * row.part.share.rate,
            100 * row.part.share.mix,
            row.points,
            row.href or None,
            f"{row.part.label}: {row.points}",
        )
        for row in change_rows(change, link)
    ]
    return charts.contribution_bars(_("What changed"), bars, first=_("Slice"))


def points(value: float) -> str:
    """“+1.2 pp”."""
    return _("%(value)s pp") % {
        "value": f"{'+' if value > 0 else '−' if value < 0 else ''}{formats.number_format(abs(round(100 * value, 1)), 1)}"
    }


def reason_words(part: Part) -> str:
    """“Missing evidence rose from 9.0 % to 34.0 %”, or "" where no reason grew."""
    if part.reason is None:
        return ""
    return _("“%(reason)s” rose from %(before)s to %(after)s") % {
        "reason": part.reason.label,
        "before": in_words(part.reason.before, Unit.SHARE),
        "after": in_words(part.reason.after, Unit.SHARE),
    }


def headline(change: Change, zone: tzinfo) -> str:
    """The one sentence: how far it moved since when, which slice explains how much of it, and the reason that grew there."""
    moved = _("%(measure)s went from %(before)s to %(after)s since %(day)s.") % {
        "measure": change.measure.label,
        "before": change.figure_before.text,
        "after": change.figure_after.text,
        "day": formats.date_format(change.since.astimezone(zone), "j F"),
    }
    if not change.is_sure:
        return _("No day stands out. %(moved)s") % {"moved": moved}
    worst = change.parts[0]
    explained = _("%(slice)s explains %(share)s of it") % {
        "slice": worst.label,
        "share": in_words(worst.share.of_change, Unit.SHARE),
    }
    why = reason_words(worst)
    return f"{moved} {explained}: {why}." if why else f"{moved} {explained}."


def present(card: Scorecard, window_of: Callable[[int], Window], link: Link = no_link) -> dict[str, object]:
    """What the template of a scorecard shows. `window_of` answers the last so many local days."""
    return {
        "card": card,
        "tiles": tiles(card, link, window=window_of(NOW_DAYS)),
        "changes": [
            {
                "change": change,
                "headline": headline(change, card.zone),
                "rows": change_rows(change, link),
                "chart": change_chart(change, link),
            }
            for change in card.changes
        ],
        "weekly": [week_chart(card.kpi(key), link, zone=card.zone) for key in CHARTED],
        "reasons": reason_chart(card, link),
    }

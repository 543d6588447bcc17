"""A scorecard as tiles, charts and sentences, for the team's page, the portal and the printed review alike.

`link` answers the address of the rows behind a figure, or "" for readers who have no such list.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta, tzinfo

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from escalations.lifecycle import InvalidReason
from reporting import charts
from reporting.charts import Chart, Flag, Mark, Series, Table, XmrData
from reporting.charts import Share as Bar
from reporting.measures import MEASURES, Measure, Unit
from reporting.pages import Tile
from reporting.selectors.annotations import Note
from reporting.selectors.figures import LEAST_N, Point, Window, in_words
from reporting.selectors.scorecard import NOW_DAYS, Change, Kpi, Part, Scorecard
from reporting.statistics import Share, Signal

Link = Callable[[str, Window, str, Sequence[str]], str]  # measure, window, side, further filter texts
FileLink = Callable[[str, str], str]  # key of a piece, "csv" or "png" → address, or ""
STATE_WORDS = {
    Signal.STABLE: pgettext_lazy("state of a figure", "stable"),
    Signal.UP: gettext_lazy("signal up"),
    Signal.DOWN: gettext_lazy("signal down"),
    Signal.TOO_FEW: gettext_lazy("too few weeks"),
}
CHARTED = ("attainment_r", "acceptance")
SHOWN_PARTS, PRINTED_PARTS = 8, 5  # on paper a scorecard is one or two pages (ux.md §16); its file has all


def no_link(measure: str, window: Window, side: str, texts: Sequence[str]) -> str:
    """For readers without a list of cases behind the figures."""
    return ""


def no_file(key: str, form: str) -> str:
    """On paper nothing can be taken along."""
    return ""


@dataclass(frozen=True)
class Piece:
    """One chart of a scorecard that is taken along by itself: as a table (`tables`, whole where the page shows a part) or a picture.

    `about` names its stretch of time, `measures` what it counts; `notes` stand numbered on it.
    """

    key: str
    title: str
    chart: Chart
    tables: tuple[tuple[str, Table], ...]
    measures: tuple[Measure, ...]
    about: str
    notes: tuple[Note, ...] = ()
    csv_url: str = ""
    png_url: str = ""


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


def week_chart(kpi: Kpi, link: Link = no_link, *, zone: tzinfo, notes: Sequence[Note] = ()) -> Chart:
    """CH-22: one figure week by week, with its natural limits and the notes of the time line, numbered."""
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
            flags=_flags(kpi.weeks, notes),
            floor=0.0,
            ceiling=1.0 if is_share else None,
        ),
        as_text=lambda value: in_words(value, unit),
    )


def _flags(weeks: Sequence[Point], notes: Sequence[Note]) -> list[Flag]:
    found = []
    for number, note in enumerate(notes, start=1):
        at = max(note.at, weeks[0].window.start)
        place = next((place for place, point in enumerate(weeks) if point.window.contains(at)), len(weeks) - 1)
        window = weeks[place].window
        inside = min((at - window.start) / (window.end - window.start), 1.0)
        found.append(Flag(place + inside - 0.5, number, note.text, note.url or None))
    return found


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
    """One row of the table beside the bars: a slice, the rest of them together, or all. `rate` and `mix` are percentage points."""

    label: str
    of_change: str
    points: str
    rate: str
    mix: str
    before: str
    after: str
    reason: str = ""
    href: str = ""
    is_slice: bool = True
    bar: tuple[float, float] = (0.0, 0.0)


def change_rows(change: Change, link: Link = no_link, *, most: int = SHOWN_PARTS) -> list[ChangeRow]:
    """CH-24 as rows: the `most` important slices, what the others did together, and all of them, which is the change.

    What is printed adds up as it stands there, to the last digit: points down the column to the whole, its own rate and its weight
    across to the points. Each value is rounded up or down to the tenth beside it for that, never further.
    """
    side = "missed" if (change.difference or 0) < 0 else "all"
    parts = change.parts[:most]
    others = [part.share for part in change.parts[most:]] + ([change.untold] if change.untold else [])
    shares = [*(part.share for part in parts), *([_together(others)] if others else [])]
    whole = _tenths(change.figure_after.value) - _tenths(change.figure_before.value)
    moved = rounded([1000 * share.total for share in shares], whole)
    own = rounded([1000 * share.rate for share in shares])
    of_all = rounded([1000 * share.of_change for share in shares], 1000 if any(s.of_change for s in shares) else 0)
    rows = []
    for place, share in enumerate(shares):
        part = parts[place] if place < len(parts) else None
        rows.append(
            ChangeRow(
                part.label if part else _("The other slices (%(n)d)") % {"n": len(others)},
                in_words(of_all[place] / 1000, Unit.SHARE).replace("-", "−"),  # a minus as the points beside it have
                points(moved[place] / 1000),
                points(own[place] / 1000),
                points((moved[place] - own[place]) / 1000),
                _rate(share.before, share.n_before),
                _rate(share.after, share.n_after),
                reason_words(part) if part else "",
                link(change.measure.key, change.after, side, (part.filter_text,)) if part else "",
                part is not None,
                (100 * share.rate, 100 * share.mix),
            )
        )
    total = ChangeRow(
        _("All slices"),
        in_words(sum(of_all) / 1000, Unit.SHARE),
        points(whole / 1000),
        points(sum(own) / 1000),
        points((whole - sum(own)) / 1000),
        change.figure_before.text,
        change.figure_after.text,
        is_slice=False,
    )
    return [*rows, total]


def _tenths(share: float | None) -> int:
    """Tenths of a percent, as `in_words` prints them."""
    return round(1000 * (share or 0.0))


def rounded(values: Sequence[float], whole: int | None = None) -> list[int]:
    """Each value as one of the two integers beside it, so that they sum to `whole` (their own rounded sum where it is left out).

    A `whole` further from the sum than that allows is shared out one by one.
    """
    found = [math.floor(value) for value in values]
    left = (round(sum(values)) if whole is None else whole) - sum(found)
    order = sorted(range(len(values)), key=lambda place: found[place] - values[place])  # the largest remainder first
    for turn in range(abs(left)) if values else ():
        place = order[turn % len(order)] if left > 0 else order[-1 - turn % len(order)]
        found[place] += 1 if left > 0 else -1
    return found


def _together(shares: Sequence[Share]) -> Share:
    """Several slices as one row."""
    n0, n1 = sum(share.n_before for share in shares), sum(share.n_after for share in shares)
    k0 = sum((share.before or 0.0) * share.n_before for share in shares)
    k1 = sum((share.after or 0.0) * share.n_after for share in shares)
    return Share(
        "",
        sum(share.rate for share in shares),
        sum(share.mix for share in shares),
        k0 / n0 if n0 else None,
        k1 / n1 if n1 else None,
        n0,
        n1,
        sum(share.of_change for share in shares),
    )


def _rate(value: float | None, n: float) -> str:
    """A slice's own rate; of fewer than ten it is none (REP-10)."""
    return in_words(value, Unit.SHARE) if not n or n >= LEAST_N else _("n too small (%(n)s)") % {"n": round(n)}


def change_chart(change: Change, link: Link = no_link) -> Chart:
    """CH-24 as bars: what each slice added to the change, in percentage points, by its own rate and by its weight."""
    bars = [
        Bar(row.label, *row.bar, row.points, row.href or None, f"{row.label}: {row.points}")
        for row in change_rows(change, link)[:-1]
    ]
    return charts.contribution_bars(_("What changed"), bars, first=_("Slice"))


def change_table(change: Change) -> Table:
    """Every slice of a change, and all of them together."""
    headers = _("Slice"), _("Share of the change"), _("Points"), _("By its rate"), _("By its weight"), _("Before"), _("After"), _("Reason")  # fmt: skip
    rows = change_rows(change, most=len(change.parts))
    return Table(
        headers,
        tuple(
            (row.label, row.of_change, row.points, row.rate, row.mix, row.before, row.after, row.reason) for row in rows
        ),
    )


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
    if not change.parts:
        return moved
    worst = change_rows(change)[0]
    explained = _("%(slice)s explains %(share)s of it") % {"slice": worst.label, "share": worst.of_change}
    why = worst.reason
    return f"{moved} {explained}: {why}." if why else f"{moved} {explained}."


def present(
    card: Scorecard,
    window_of: Callable[[int], Window],
    link: Link = no_link,
    *,
    file: FileLink = no_file,
    notes: Sequence[Note] = (),
) -> dict[str, object]:
    """What the template of a scorecard shows. `window_of` answers the last so many local days, `file` where a piece is taken along;
    `notes` are those of the time line over the weeks of the card.
    """
    found = pieces(card, link, file=file, notes=notes)
    return {
        "card": card,
        "tiles": tiles(card, link, window=window_of(NOW_DAYS)),
        "figures_csv": file(FIGURES, "csv"),
        "changes": [
            {
                "change": change,
                "headline": headline(change, card.zone),
                "rows": change_rows(change, link),
                "printed": change_rows(change, most=PRINTED_PARTS),
                "piece": found[f"changed-{change.measure.key}"],
            }
            for change in card.changes
        ],
        "weekly": [found[key] for key in CHARTED],
        "reasons": found.get(REASONS),
    }


FIGURES, REASONS = "figures", "reasons"


def pieces(
    card: Scorecard, link: Link = no_link, *, file: FileLink = no_file, notes: Sequence[Note] = ()
) -> dict[str, Piece]:
    """Every chart of the card by its key."""
    flags = [note for note in notes if note.is_flag]
    made: list[tuple[str, str, Chart, Table, tuple[str, ...], str, tuple[Note, ...]]] = []
    for change in card.changes:
        title = _("What changed: %(name)s") % {"name": change.measure.label}
        about = f"{_span(change.before, card.zone)} · {_span(change.after, card.zone)}"
        chart = change_chart(change, link)
        key = f"changed-{change.measure.key}"
        made.append((key, title, chart, change_table(change), (change.measure.key,), about, ()))
    for key in CHARTED:
        kpi = card.kpi(key)
        chart = week_chart(kpi, link, zone=card.zone, notes=flags)
        about = _span(Window(kpi.weeks[0].window.start, kpi.weeks[-1].window.end), card.zone)
        made.append((key, chart.title, chart, chart.table, (key,), about, tuple(flags)))
    if (reasons := reason_chart(card, link)) is not None:
        about = _span(Window(card.reason_weeks[0].start, card.reason_weeks[-1].end), card.zone)
        made.append((REASONS, reasons.title, reasons, reasons.table, ("invalid_rate",), about, ()))
    return {
        key: Piece(
            key,
            title,
            chart,
            ((title, table),),
            tuple(MEASURES[one] for one in measures),
            about,
            told,
            file(key, "csv"),
            file(key, "png"),
        )
        for key, title, chart, table, measures, about, told in made
    }


def figures_table(card: Scorecard) -> Table:
    """The eight figures as a table."""
    rows = []
    for kpi in card.kpis:
        target = in_words(kpi.target, kpi.measure.unit) if kpi.target is not None else ""
        word = str(STATE_WORDS[kpi.state.word])
        rows.append(
            (kpi.measure.kpi, str(kpi.measure.label), kpi.figure.text, kpi.figure.n_text, target, word, _keeping(kpi))
        )
    return Table((_("Number"), _("Figure"), _("Value"), _("n"), _("Target"), _("State"), _("Agreed")), tuple(rows))


def _span(window: Window, zone: tzinfo) -> str:
    """“3 Oct 2026 – 14 Oct 2026”, its last day the one before its end."""
    days = [moment.astimezone(zone) for moment in (window.start, window.end - timedelta(microseconds=1))]
    return " – ".join(formats.date_format(day, "j M Y") for day in days)

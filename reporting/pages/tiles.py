"""What panels share: tiles of measures with their state word, marks with the list behind them, notes as flags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import median

from django.conf import settings
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from reporting import charts
from reporting.charts import Chart, Flag, Mark, XmrData
from reporting.measures import MEASURES, Measure, Unit
from reporting.pages import Tile
from reporting.pages.asking import Ask, Compare
from reporting.selectors.figures import Figure, Point, Window, in_words, series, since_begun
from reporting.statistics import Signal, xmr

STATE_WORDS: dict[Signal, str | Promise] = {
    Signal.STABLE: pgettext_lazy("state of a figure", "stable"),
    Signal.UP: gettext_lazy("signal up"),
    Signal.DOWN: gettext_lazy("signal down"),
    Signal.TOO_FEW: gettext_lazy("too few weeks"),
}
SPARK_WEEKS = 12


def day_label(moment: datetime) -> str:
    """“22 Nov”."""
    return formats.date_format(moment, "j M")


def week_label(window: Window, ask: Ask) -> str:
    """The Monday a week begins with."""
    return day_label(window.start.astimezone(ask.zone))


def mark_of(point: Point, label: str, ask: Ask, key: str, *, side: str = "all", is_signal: bool = False) -> Mark:
    """A point with the rows behind it."""
    figure = point.figure
    href = ask.drill(key, point.window, side=side) if figure.n else ""
    return Mark(
        label, figure.value, told(figure), href or None, f"{label}: {told(figure)}, n = {figure.n_text}", is_signal
    )


def told(figure: Figure) -> str:
    """The value in words, said to be maturing where it is."""
    return (
        _("%(text)s, maturing") % {"text": figure.text} if figure.maturing and figure.value is not None else figure.text
    )


def target_of(measure: Measure) -> float | None:
    """What we promise ourselves, where anything is promised: attainment."""
    return settings.ATTAINMENT_TARGET if measure.key.startswith("attainment") else None


@dataclass(frozen=True)
class Reading:
    """One measure over the window asked for, the weeks before it, and what it is compared with. One query."""

    figure: Figure
    window: Window
    weeks: tuple[Point, ...]
    compared: tuple[Figure, ...]

    @property
    def signal(self) -> Signal:
        """The state of the complete weeks, from the first on in which anything was counted: before, there was nothing to count."""
        return xmr(since_begun(self.weeks)).word

    @property
    def compared_value(self) -> float | None:
        known = [figure.value for figure in self.compared if figure.value is not None]
        return median(known) if known else None


def read(key: str, ask: Ask, otherwise: str, *, weeks: int = SPARK_WEEKS) -> Reading:
    """The window, so many complete weeks, and the comparison of one measure."""
    window, compared = ask.window(otherwise), ask.compared(otherwise)
    past = ask.weeks(weeks + 1, least=weeks + 1)[-weeks - 1 : -1]
    points = series(key, scope=ask.scope, windows=[window, *past, *compared], where=ask.where, at=ask.at)
    return Reading(
        points[0].figure,
        window,
        tuple(points[1 : 1 + len(past)]),
        tuple(point.figure for point in points[1 + len(past) :]),
    )


def measure_tile(
    key: str, ask: Ask, otherwise: str, *, label: str | Promise = "", sub: str = "", reading: Reading | None = None
) -> Tile:
    """The tile of one measure: value, target, state word, the line of the last twelve weeks, n (REP-1)."""
    measure, reading = MEASURES[key], reading or read(key, ask, otherwise)
    figure, target = reading.figure, target_of(MEASURES[key])
    word = str(STATE_WORDS[reading.signal])
    has_rows = figure.n and not (measure.is_snapshot and ask.range is not None)
    return Tile(
        key=key,
        label=label or measure.label,
        text=figure.text,
        n=figure.n_text if measure.unit is not Unit.COUNT else "",
        target=in_words(target, measure.unit) if target is not None else "",
        word=word,
        compared=compared_words(reading, measure, ask),
        href=ask.drill(key, reading.window) if has_rows else "",
        spark=charts.spark(since_begun(reading.weeks), word),
        measure=key,
        sub=sub or (_("maturing") if figure.maturing and figure.value is not None else ""),
    )


def compared_words(reading: Reading, measure: Measure, ask: Ask) -> str:
    """“92.1 % in the period before”; without a judgement."""
    if ask.compare is Compare.NONE:
        return ""
    named = {"value": in_words(reading.compared_value, measure.unit)}
    if ask.compare is Compare.PREVIOUS:
        return _("%(value)s in the period before") % named
    return _("usually %(value)s (median of 8 weeks)") % named


def flags_of(ask: Ask, windows: Sequence[Window]) -> list[Flag]:
    """The notes of the time line on an axis of these windows, numbered as in the list below the chart."""
    if not windows:
        return []
    found = []
    notes = [note for note in ask.annotations(Window(windows[0].start, windows[-1].end)) if note.is_flag]
    for number, note in enumerate(notes, start=1):
        at = max(note.at, windows[0].start)
        index = next((place for place, window in enumerate(windows) if window.start <= at < window.end), 0)
        inside = (at - windows[index].start) / (windows[index].end - windows[index].start)
        found.append(Flag(index + inside - 0.5, number, note.text, note.url or None))
    return found


def xmr_of(
    key: str, ask: Ask, weeks: Sequence[Window], *, side: str = "all", title: str | Promise = "", first: str = ""
) -> Chart | None:
    """The XmR chart of a measure by week, or None where no week has a value. The running week takes no part in the limits.

    `first` heads the windows in the table where they are not weeks.
    """
    points = series(key, scope=ask.scope, windows=weeks, where=ask.where, at=ask.at)
    if not any(point.figure.n for point in points):
        return None
    measure = MEASURES[key]
    begun = next(
        number for number, point in enumerate(points) if point.figure.n
    )  # nothing was counted before the first case
    complete = [
        point.figure.value if point.window.end <= ask.at and number >= begun else None
        for number, point in enumerate(points)
    ]
    found = xmr(complete)
    marks = [
        mark_of(point, week_label(point.window, ask), ask, key, side=side, is_signal=signal)
        for point, signal in zip(points, found.signals, strict=True)
    ]
    marks[:begun] = [replace(mark, value=None, text="–", href=None) for mark in marks[:begun]]
    is_share, target = measure.unit is Unit.SHARE, target_of(measure)

    def words(value: float) -> str:
        return in_words(value, measure.unit)

    return charts.xmr_chart(
        XmrData(
            str(title or measure.label),
            marks,
            found.centre,
            clipped(found.low, is_share),
            clipped(found.high, is_share),
            str(STATE_WORDS[found.word]),
            in_words(found.centre, measure.unit),
            in_words(clipped(found.low, is_share), measure.unit),
            in_words(clipped(found.high, is_share), measure.unit),
            target,
            in_words(target, measure.unit) if target is not None else "",
            flags_of(ask, weeks),
            floor=0.0,
            ceiling=1.0 if is_share else None,
            first=first,
        ),
        as_text=words,
        is_time=measure.unit is Unit.SECONDS,
    )


def clipped(value: float | None, is_share: bool) -> float | None:
    """A limit within what the measure can be."""
    if value is None:
        return None
    return min(max(value, 0.0), 1.0) if is_share else max(value, 0.0)

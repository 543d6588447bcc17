"""Charts of lines over time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils import formats
from django.utils.translation import gettext as _

from reporting.charts.drawing import WIDTH, Axes, Sheet, cut, nice_ticks, nice_top
from reporting.charts.parts import Band, Chart, Flag, Linked, Mark, Series, Table, XmrData

Words = Callable[[float], str]


def whole(value: float) -> str:
    """A count on an axis."""
    if value >= 10 or value == int(value):
        return formats.number_format(round(value), 0, force_grouping=True)
    return formats.number_format(f"{value:g}")


def _values(series: Sequence[Series]) -> list[float]:
    return [mark.value for one in series for mark in one.marks if mark.value is not None]


def _flags(axes: Axes, flags: Sequence[Flag]) -> None:
    """Numbered notes above the plot, moved apart where their numbers would touch."""
    taken = -100.0
    for flag in sorted(flags, key=lambda one: (one.at, one.number)):
        x = min(max(axes.x(flag.at), axes.left), axes.right)
        taken = max(x, taken + 16)
        axes.sheet.flag(x, 0, axes.bottom, flag.number, flag.text, flag.href, number_x=taken)


def _key(axes: Axes, names: Sequence[tuple[str, str]]) -> None:
    """Which colour is what, at the right from top to bottom; without a class it is the dashed line."""
    x = axes.right + 6
    for place, (name, css) in enumerate(names):
        y = axes.top + 15 * place
        if css:
            axes.sheet.rect(x, y, 10, 10, css=css)
        else:
            axes.sheet.line(x, y + 5, x + 10, y + 5, css="ch-target")
        most = int((axes.sheet.width - x - 14) / 6)
        axes.sheet.text(x + 14, y + 9, cut(name, most), css="ch-v", title=name)


def _series_table(first: str, series: Sequence[Series], more: Sequence[tuple[str, Sequence[str]]] = ()) -> Table:
    labels = [mark.label for mark in series[0].marks] if series else []
    rows = []
    for index, label in enumerate(labels):
        cells = [Linked(one.marks[index].text, one.marks[index].href) for one in series]
        rows.append((label, *cells, *[column[index] for _name, column in more]))
    return Table((first, *[one.name for one in series], *[name for name, _column in more]), tuple(rows))


def _ticks(low: float, high: float, as_text: Words, *, is_time: bool = False) -> list[tuple[float, str]]:
    """Round values with their words; counts stand at whole numbers."""
    found = nice_ticks(low, high, least_step=1 if as_text is whole else 0, is_time=is_time)
    return [(value, as_text(value)) for value in found]


def xmr_chart(data: XmrData, *, as_text: Words = whole, is_time: bool = False, height: float = 150) -> Chart:
    """Points with their centre and natural limits; signals are diamonds, the target is dashed. The state word is part of the title."""
    values = [mark.value for mark in data.marks if mark.value is not None]
    known = [*values, *[value for value in (data.low, data.high, data.target) if value is not None]]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    pad = (high - low) * 0.12 or abs(high) * 0.1 or 0.1
    low = max(low - pad, data.floor) if data.floor is not None else low - pad
    high = min(high + pad, data.ceiling) if data.ceiling is not None else high + pad
    sheet = Sheet(height=height)
    ticks = nice_ticks(low, high, most=4, is_time=is_time)
    left = max(44.0, 10 + 6.4 * max((len(as_text(value)) for value in ticks), default=0))
    axes = Axes(sheet, len(data.marks), low=low, high=high, left=left, right=120, top=20 if data.flags else 12)
    axes.value_lines([(value, as_text(value)) for value in ticks])
    if data.low is not None and data.high is not None:
        top, bottom = axes.y(data.high), axes.y(data.low)
        sheet.rect(axes.left, top, axes.right - axes.left, bottom - top, css="ch-band")
    beside: list[tuple[float, str, str]] = []
    if data.centre is not None:
        sheet.line(axes.left, axes.y(data.centre), axes.right, axes.y(data.centre), css="ch-centre")
        beside.append((axes.y(data.centre), _("usual %(value)s") % {"value": data.centre_text}, "ch-t"))
    if data.target is not None:
        sheet.line(axes.left, axes.y(data.target), axes.right, axes.y(data.target), css="ch-target")
        beside.append((axes.y(data.target), _("target %(value)s") % {"value": data.target_text}, "ch-v"))
    _beside(sheet, axes, beside)
    sheet.path(axes.points([mark.value for mark in data.marks]), css="ch-l ch-l1")
    for index, mark in enumerate(data.marks):
        if mark.value is None:
            continue
        draw = sheet.diamond if mark.is_signal else sheet.dot
        css = "ch-sig" if mark.is_signal else "ch-m ch-m1"
        draw(axes.x(index), axes.y(mark.value), css=css, href=mark.href, title=mark.hover)
    _flags(axes, data.flags)
    axes.labels([mark.label for mark in data.marks])
    last = next((mark for mark in reversed(data.marks) if mark.value is not None), None)
    summary = _("No figures in this period.")
    if last is not None:
        said = {"label": last.label, "text": last.text, "word": data.word, "centre": data.centre_text or "–"}
        summary = _("%(label)s: %(text)s; usual %(centre)s; state: %(word)s.") % said
    rows = tuple(
        (mark.label, Linked(mark.text, mark.href), _("signal") if mark.is_signal else "") for mark in data.marks
    )
    table = Table((data.first or _("Week"), data.title, _("Signal")), rows)
    return Chart(sheet.svg(title=data.title, summary=summary, css="ch-xmr"), table, data.title, summary)


def _beside(sheet: Sheet, axes: Axes, lines: list[tuple[float, str, str]]) -> None:
    """Words at the right end of lines, moved apart where they would touch, and up where the last would leave the sheet."""
    ordered = sorted(lines)
    places: list[float] = []
    for y, _words, _css in ordered:
        places.append(max(y + 4, places[-1] + 13 if places else 0.0))
    lowest = axes.bottom + 4
    for index in range(len(places) - 1, -1, -1):
        places[index] = min(places[index], lowest)
        lowest = places[index] - 13
    for place, (_y, words, css) in zip(places, ordered, strict=True):
        sheet.text(axes.right + 6, place, cut(words, int((sheet.width - axes.right - 6) / 6)), css=css, title=words)


def line_band(
    title: str,
    series: Sequence[Series],
    *,
    band: Band | None = None,
    as_text: Words = whole,
    flags: Sequence[Flag] = (),
    unit: str = "",
    height: float = 200,
) -> Chart:
    """Lines from zero with the band of what is usual behind them."""
    highest = max([*_values(series), *[value for value in (band.high if band else ()) if value is not None]], default=0)
    sheet = Sheet(height=height)
    top = nice_top(highest)
    axes = Axes(sheet, max((len(one.marks) for one in series), default=1), low=0, high=top, right=84, top=22)
    axes.value_lines(_ticks(0, top, as_text))
    if band is not None:
        _band(axes, band)
    ends: list[tuple[float, str, str]] = []
    for number, one in enumerate(series, start=1):
        sheet.path(axes.points([mark.value for mark in one.marks]), css=f"ch-l ch-l{number}")
        for index, mark in enumerate(one.marks):
            if mark.value is None:
                continue
            draw = sheet.diamond if mark.is_signal else sheet.dot
            css = "ch-sig" if mark.is_signal else f"ch-m ch-m{number}"
            if mark.is_signal or mark.href or index == len(one.marks) - 1:
                draw(
                    axes.x(index),
                    axes.y(mark.value),
                    css=css,
                    href=mark.href,
                    title=f"{one.name}, {mark.hover}",
                    **({} if mark.is_signal else {"r": 2.5}),
                )
        last = next((mark for mark in reversed(one.marks) if mark.value is not None), None)
        if last is not None and last.value is not None:
            ends.append((axes.y(last.value), one.name, "ch-v"))
    _beside(sheet, axes, ends)
    if unit:
        sheet.text(axes.left, 10, unit)
    _flags(axes, flags)
    labels = [mark.label for mark in series[0].marks] if series else []
    axes.labels(labels)
    more: list[tuple[str, Sequence[str]]] = []
    if band is not None:
        usual = [
            "–" if low is None or high is None else f"{as_text(low)} – {as_text(high)}"
            for low, high in zip(band.low, band.high, strict=True)
        ]
        more.append((band.name, usual))
    summary = _line_summary(series)
    table = _series_table(_("Time"), series, more)
    return Chart(sheet.svg(title=title, summary=summary, css="ch-lines"), table, title, summary)


def _band(axes: Axes, band: Band) -> None:
    """Filled stretch by stretch: where nothing is known the band is open."""
    run: list[int] = []
    for index in range(len(band.low) + 1):
        known = index < len(band.low) and band.low[index] is not None and band.high[index] is not None
        if known:
            run.append(index)
            continue
        if run:
            upper = [(axes.x(at), axes.y(band.high[at] or 0)) for at in run]
            lower = [(axes.x(at), axes.y(band.low[at] or 0)) for at in reversed(run)]
            axes.sheet.path([*upper, *lower], css="ch-band", closed=True)
            run = []


def _line_summary(series: Sequence[Series]) -> str:
    said = []
    for one in series:
        known = [mark for mark in one.marks if mark.value is not None]
        if known:
            top = max(known, key=lambda mark: mark.value or 0)
            named = {"name": one.name, "last": known[-1].text, "top": top.text, "at": top.label}
            said.append(_("%(name)s: last %(last)s, highest %(top)s at %(at)s.") % named)
    return " ".join(said) or _("No figures in this period.")


def stacked_area(
    title: str,
    series: Sequence[Series],
    *,
    as_text: Words = whole,
    flags: Sequence[Flag] = (),
    height: float = 220,
) -> Chart:
    """Areas on top of each other, the first at the bottom, named at the right in their order."""
    count = max((len(one.marks) for one in series), default=1)
    sums = [sum((one.marks[index].value or 0) for one in series) for index in range(count)] if series else [0]
    top = nice_top(max(sums, default=0))
    sheet = Sheet(height=height)
    axes = Axes(sheet, count, low=0, high=top, right=104, top=22)
    axes.value_lines(_ticks(0, top, as_text))
    floor = [0.0] * count
    for number, one in enumerate(series, start=1):
        roof = [low + (mark.value or 0) for low, mark in zip(floor, one.marks, strict=True)]
        upper = [(axes.x(index), axes.y(value)) for index, value in enumerate(roof)]
        lower = [(axes.x(index), axes.y(value)) for index, value in reversed(list(enumerate(floor)))]
        sheet.path([*upper, *lower], css=f"ch-f ch-f{number}", closed=True)
        for index, mark in enumerate(one.marks):
            if mark.href and mark.value:
                middle = axes.y((roof[index] + floor[index]) / 2)
                sheet.dot(
                    axes.x(index), middle, css="ch-dotless", href=mark.href, title=f"{one.name}, {mark.hover}", r=2
                )
        floor = roof
    _key(axes, [(one.name, f"ch-f ch-f{number}") for number, one in reversed(list(enumerate(series, start=1)))])
    _flags(axes, flags)
    axes.labels([mark.label for mark in series[0].marks] if series else [])
    summary = _line_summary(series)
    return Chart(sheet.svg(title=title, summary=summary), _series_table(_("Time"), series), title, summary)


def cumulative_flow(
    title: str,
    received: Series,
    closed: Series,
    *,
    as_text: Words = whole,
    flags: Sequence[Flag] = (),
    height: float = 220,
) -> Chart:
    """Two running totals; what lies between them is the backlog's growth since the start."""
    sheet = Sheet(height=height)
    top = nice_top(max(_values([received, closed]), default=0))
    axes = Axes(sheet, len(received.marks), low=0, high=top, right=84, top=22)
    axes.value_lines(_ticks(0, top, as_text))
    upper, lower = axes.points([m.value for m in received.marks]), axes.points([m.value for m in closed.marks])
    between = [point for point in [*upper, *reversed(lower)] if point is not None]
    sheet.path(between, css="ch-band", closed=True)
    ends = []
    for number, (one, points) in enumerate(((received, upper), (closed, lower)), start=1):
        sheet.path(points, css=f"ch-l ch-l{number}")
        for index, mark in enumerate(one.marks):
            if mark.value is not None and mark.href:
                css = f"ch-m ch-m{number}"
                title_of = f"{one.name}, {mark.hover}"
                sheet.dot(axes.x(index), axes.y(mark.value), css=css, href=mark.href, title=title_of, r=2.5)
        if one.marks and one.marks[-1].value is not None:
            ends.append((axes.y(one.marks[-1].value), one.name, "ch-v"))
    _beside(sheet, axes, ends)
    _flags(axes, flags)
    axes.labels([mark.label for mark in received.marks])
    summary = _line_summary([received, closed])
    return Chart(sheet.svg(title=title, summary=summary), _series_table(_("Day"), [received, closed]), title, summary)


def interrupted_series(
    title: str,
    before: Sequence[Mark],
    after: Sequence[Mark],
    *,
    change: str,
    as_text: Words = whole,
    before_text: str = "",
    after_text: str = "",
    before_level: float | None = None,
    after_level: float | None = None,
    height: float = 180,
) -> Chart:
    """Points before and after a change, each side with its level (else the mean of its points); the change is the line between them."""
    marks = [*before, *after]
    levels = [level for level in (before_level, after_level) if level is not None]
    values = [mark.value for mark in marks if mark.value is not None] + levels
    low, high = min([0.0, *values]), nice_top(max(values, default=0))
    sheet = Sheet(height=height)
    axes = Axes(sheet, len(marks), low=low, high=high, right=84, top=26)
    axes.value_lines(_ticks(low, high, as_text))
    for start, side, words, level in (
        (0, before, before_text, before_level),
        (len(before), after, after_text, after_level),
    ):
        known = [mark.value for mark in side if mark.value is not None]
        if known or level is not None:
            mean = level if level is not None else sum(known) / len(known)
            sheet.line(axes.x(start), axes.y(mean), axes.x(start + len(side) - 1), axes.y(mean), css="ch-centre")
            if words and side is after:
                sheet.text(axes.right + 6, axes.y(mean) + 4, cut(words, 14), title=words)
            elif words:
                sheet.text(axes.x(start), axes.y(mean) - 4, cut(words, 24), title=words)
    sheet.path(axes.points([mark.value for mark in before]), css="ch-l ch-l1")
    shifted = [None] * len(before) + [mark.value for mark in after]
    sheet.path(axes.points(shifted), css="ch-l ch-l1")
    for index, mark in enumerate(marks):
        if mark.value is not None:
            sheet.dot(axes.x(index), axes.y(mark.value), css="ch-m ch-m1", href=mark.href, title=mark.hover)
    middle = axes.x(len(before) - 0.5)
    sheet.line(middle, 16, middle, axes.bottom, css="ch-target")
    sheet.text(middle, 11, cut(change, 40), css="ch-v", anchor="middle", title=change)
    axes.labels([mark.label for mark in marks])
    summary = _line_summary([Series(title, marks)])
    if before_text and after_text:
        summary = _("%(before)s, %(after)s (%(change)s).") % {
            "before": before_text,
            "after": after_text,
            "change": change,
        }
    rows = tuple(
        (mark.label, _("before") if index < len(before) else _("after"), Linked(mark.text, mark.href))
        for index, mark in enumerate(marks)
    )
    return Chart(sheet.svg(title=title, summary=summary), Table((_("Week"), _("Side"), title), rows), title, summary)


def spark(values: Sequence[float | None], word: str, *, width: float = 96, height: float = 28) -> Chart:
    """A line of the last weeks without axes; `word` is the state in words, which stands beside it."""
    known = [value for value in values if value is not None]
    sheet = Sheet(width, height)
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    axes = Axes(sheet, len(values), low=low, high=high, left=3, right=4, top=4, bottom=4)
    sheet.path(axes.points(values), css="ch-l ch-l1")
    if known and values[-1] is not None:
        sheet.dot(axes.x(len(values) - 1), axes.y(values[-1]), css="ch-m ch-m1", r=2.5)
    title = _("Last %(n)d points: %(word)s") % {"n": len(known), "word": word}
    return Chart(sheet.svg(title=title, summary="", css="ch-spark"), Table((), ()), title, "")


__all__ = [
    "WIDTH",
    "cumulative_flow",
    "interrupted_series",
    "line_band",
    "spark",
    "stacked_area",
    "whole",
    "xmr_chart",
]

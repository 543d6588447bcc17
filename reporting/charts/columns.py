"""Columns over time, and the table of hours by weekdays."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from reporting.charts.drawing import Axes, Sheet, cut, nice_top
from reporting.charts.lines import Words, _flags, _key, _line_summary, _series_table, _ticks, whole
from reporting.charts.parts import Chart, Flag, Linked, Mark, Series, Table

INSIDE = 13  # px of height from which a value fits into its part of a column
STEPS = 5


def stacked_columns(
    title: str,
    series: Sequence[Series],
    *,
    as_text: Words = whole,
    flags: Sequence[Flag] = (),
    line: Series | None = None,
    share: bool = False,
    is_severity: bool = False,
    first: str = "",
    height: float = 220,
) -> Chart:
    """A column per step of time, parts on top of each other (the first at the bottom), named at the right in their order.

    With `share` each column is filled to 100 % (values are shares); with `is_severity` the parts are S0 to S4 and have their colours. `line` lies above them (a capacity).
    """
    count = max((len(one.marks) for one in series), default=1)
    sums = [sum((one.marks[index].value or 0) for one in series) for index in range(count)] if series else [0.0]
    top = (
        1.0 if share else nice_top(max([*sums, *[mark.value or 0 for mark in (line.marks if line else ())]], default=0))
    )
    sheet = Sheet(height=height)
    axes = Axes(sheet, count, low=0, high=top, right=112, top=22, as_columns=True)
    axes.value_lines(_ticks(0, top, as_text))
    wide = min(axes.slot * 0.78, 44)
    fill, ink = ("sv", "svn") if is_severity else ("f", "in")
    floor = [0.0] * count
    for number, one in enumerate(series, start=1):
        for index, mark in enumerate(one.marks):
            if not mark.value:
                continue
            upper, lower = axes.y(floor[index] + mark.value), axes.y(floor[index])
            x = axes.x(index) - wide / 2
            hover = f"{one.name}, {mark.hover}"
            sheet.rect(x, upper, wide, lower - upper, css=f"ch-f ch-{fill}{number}", href=mark.href, title=hover)
            if lower - upper >= INSIDE and wide >= len(mark.text) * 6.4:
                sheet.text(
                    axes.x(index), (upper + lower) / 2 + 4, mark.text, css=f"ch-in ch-{ink}{number}", anchor="middle"
                )
            floor[index] += mark.value
    if line is not None:
        sheet.path(axes.points([mark.value for mark in line.marks]), css="ch-target")
    named = [(one.name, f"ch-f ch-{fill}{number}") for number, one in enumerate(series, start=1)]
    _key(axes, [*([(line.name, "")] if line else []), *reversed(named)])
    _flags(axes, flags)
    axes.labels([mark.label for mark in series[0].marks] if series else [])
    summary = _line_summary(series)
    table = _series_table(first or _("Time"), [*series, *([line] if line else [])])
    return Chart(sheet.svg(title=title, summary=summary, css="ch-columns"), table, title, summary)


def heat_table(
    title: str,
    rows: Sequence[tuple[str, Sequence[Mark]]],
    columns: Sequence[str],
    *,
    first: str = "",
    height_each: float = 24,
    by_column: bool = False,
) -> Chart:
    """Cells in shades of one colour with their values printed: never colour alone. Five steps up to the highest value.

    With `by_column` each column is a figure of its own: three steps up to its own highest.
    """
    tops = [max((marks[index].value or 0 for _name, marks in rows), default=0) for index in range(len(columns))]
    steps = STEPS if not by_column else 3
    if not by_column:
        tops = [max(tops, default=0)] * len(columns)
    named = min(max([len(name) for name, _marks in rows], default=0) * 6.6 + 14, 160)
    left, right = named if by_column else max(named, 64), 4
    each = 126 if by_column else 26
    sheet = Sheet(
        width=max(600, left + right + each * len(columns)),
        height=22 + height_each * max(len(rows), 1) + 4,
    )
    wide = (sheet.width - left - right) / max(len(columns), 1)
    fits = max(1, -(-24 // int(max(wide, 1))))
    for index, name in enumerate(columns):
        if index % fits == 0:
            most = int(fits * wide / 6.2)
            sheet.text(left + (index + 0.5) * wide, 14, cut(name, max(most, 2)), anchor="middle", title=name)
    for line, (name, marks) in enumerate(rows):
        y = 20 + line * height_each
        sheet.text(left - 6, y + height_each / 2 + 4, cut(name, int((left - 8) / 6)), anchor="end", title=name)
        for index, mark in enumerate(marks):
            highest = tops[index]
            step = 0 if not mark.value or not highest else min(steps, 1 + int(mark.value / highest * (steps - 0.001)))
            x = left + index * wide
            sheet.rect(
                x + 1,
                y + 1,
                wide - 2,
                height_each - 2,
                css=f"ch-h ch-h{step}",
                href=mark.href,
                title=f"{name}, {mark.hover}",
            )
            if mark.text and wide >= len(mark.text) * 6.2:
                css = f"ch-hn ch-hn{step}"
                sheet.text(x + wide / 2, y + height_each / 2 + 4, mark.text, css=css, anchor="middle")
    top = max(
        ((mark, name) for name, marks in rows for mark in (marks[:1] if by_column else marks) if mark.value),
        key=lambda pair: pair[0].value or 0,
        default=None,
    )
    summary = _("No figures in this period.")
    if top is not None:
        summary = _("Highest: %(row)s, %(column)s (%(text)s).") % {
            "row": top[1],
            "column": top[0].label,
            "text": top[0].text,
        }
    table = Table(
        (first, *columns), tuple((name, *[Linked(mark.text, mark.href) for mark in marks]) for name, marks in rows)
    )
    return Chart(sheet.svg(title=title, summary=summary, css="ch-heat"), table, title, summary)

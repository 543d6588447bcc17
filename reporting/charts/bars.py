"""Charts of rows: one line per thing, longest or worst first as the caller orders them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from django.utils.translation import gettext as _

from reporting.charts.drawing import WIDTH, Sheet, cut, nice_ticks, nice_top
from reporting.charts.lines import Words, whole
from reporting.charts.parts import Chart, Linked, Mark, Pair, Share, Spread, Table

ROW = 26
LEFT = 132
LABEL_MOST = 20


def _first_summary(marks: Sequence[Mark]) -> str:
    known = [mark for mark in marks if mark.value]
    if not known:
        return _("No figures in this period.")
    top = max(known, key=lambda mark: mark.value or 0)
    return _("%(n)d rows; first %(label)s with %(text)s.") % {"n": len(known), "label": top.label, "text": top.text}


def _row_label(sheet: Sheet, y: float, label: str, left: float = LEFT) -> None:
    words = cut(label, min(LABEL_MOST, int((left - 8) / 6.2)))
    sheet.text(left - 8, y + ROW / 2 + 4, words, css="ch-v", anchor="end", title=label)


def horizontal_bars(title: str, marks: Sequence[Mark], *, first: str = "", value: str = "") -> Chart:
    """Bars from zero with their values at the end."""
    sheet = Sheet(height=ROW * max(len(marks), 1) + 8)
    most = max((mark.value or 0 for mark in marks), default=0) or 1
    room = sheet.width - LEFT - 84
    for index, mark in enumerate(marks):
        y = 4 + index * ROW
        _row_label(sheet, y, mark.label)
        wide = room * (mark.value or 0) / most
        area = (LEFT, y, max(wide, 24), ROW)
        sheet.rect(LEFT, y + 5, wide, ROW - 10, css="ch-f ch-f1", href=mark.href, title=mark.hover, area=area)
        sheet.text(LEFT + wide + 6, y + ROW / 2 + 4, mark.text)
    sheet.line(LEFT, 2, LEFT, sheet.height - 2, css="ch-axis")
    summary = _first_summary(marks)
    rows = tuple((mark.label, Linked(mark.text, mark.href)) for mark in marks)
    return Chart(sheet.svg(title=title, summary=summary), Table((first, value or title), rows), title, summary)


def pareto(title: str, marks: Sequence[Mark], *, first: str = "", value: str = "") -> Chart:
    """Bars in falling order with the running share of the whole at the right: where few causes make most of it."""
    total = sum(mark.value or 0 for mark in marks)
    sheet = Sheet(height=ROW * max(len(marks), 1) + 26)
    room = sheet.width - LEFT - 210
    line_left, line_right = float(LEFT + room + 60), sheet.width - 44
    most = max((mark.value or 0 for mark in marks), default=0) or 1
    sheet.text(line_left, 12, "0 %", anchor="middle")
    sheet.text(line_right, 12, "100 %", anchor="middle")
    sheet.line(line_left, 18, line_left, sheet.height - 4)
    sheet.line(line_right, 18, line_right, sheet.height - 4)
    running, points, rows = 0.0, [], []
    for index, mark in enumerate(marks):
        y = 20 + index * ROW
        _row_label(sheet, y, mark.label)
        wide = room * (mark.value or 0) / most
        area = (LEFT, y, max(wide, 24), ROW)
        sheet.rect(LEFT, y + 5, wide, ROW - 10, css="ch-f ch-f1", href=mark.href, title=mark.hover, area=area)
        sheet.text(LEFT + wide + 6, y + ROW / 2 + 4, mark.text)
        running += mark.value or 0
        share = running / total if total else 0.0
        points.append((line_left + share * (line_right - line_left), y + ROW / 2))
        rows.append((mark.label, Linked(mark.text, mark.href), f"{share * 100:.0f} %"))
    sheet.path(points, css="ch-l ch-l2")
    for (x, middle), row in zip(points, rows, strict=True):
        sheet.dot(x, middle, css="ch-m ch-m2", r=3, title=f"{row[0]}: {row[2]}")
        sheet.text(x + 7 if x < line_right - 30 else line_right + 6, middle + 4, row[2])
    sheet.line(LEFT, 18, LEFT, sheet.height - 2, css="ch-axis")
    summary = _first_summary(marks)
    table = Table((first, value or title, _("Running share")), tuple(rows))
    return Chart(sheet.svg(title=title, summary=summary), table, title, summary)


def diverging_bars(title: str, marks: Sequence[Mark], *, first: str = "", value: str = "") -> Chart:
    """Bars to both sides of zero: fell to the left, rose to the right. A signal carries its diamond."""
    sheet = Sheet(height=ROW * max(len(marks), 1) + 8)
    most = max((abs(mark.value or 0) for mark in marks), default=0) or 1
    middle = LEFT + (sheet.width - LEFT) / 2
    room = (sheet.width - LEFT) / 2 - 128
    for index, mark in enumerate(marks):
        y = 4 + index * ROW
        _row_label(sheet, y, mark.label)
        wide = room * abs(mark.value or 0) / most
        rises = (mark.value or 0) >= 0
        x = middle if rises else middle - wide
        css = "ch-f ch-f1" if rises else "ch-f ch-f2"
        area = (x if rises or wide >= 24 else middle - 24, y, max(wide, 24), ROW)
        sheet.rect(x, y + 5, wide, ROW - 10, css=css, href=mark.href, title=mark.hover, area=area)
        end = middle + wide + 6 if rises else middle - wide - 6
        sheet.text(end, y + ROW / 2 + 4, mark.text, anchor="start" if rises else "end")
        if mark.is_signal:
            sheet.diamond(LEFT + 6, y + ROW / 2, css="ch-sig", title=_("signal"), r=5)
    sheet.line(middle, 2, middle, sheet.height - 2, css="ch-axis")
    summary = _first_summary(marks)
    rows = tuple((mark.label, Linked(mark.text, mark.href), _("signal") if mark.is_signal else "") for mark in marks)
    table = Table((first, value or title, _("Signal")), rows)
    return Chart(sheet.svg(title=title, summary=summary), table, title, summary)


def stacked_bars(title: str, rows: Sequence[tuple[str, Sequence[Mark]]], *, first: str = "") -> Chart:
    """Rows filled to 100 %; every row holds the same parts in the same order, their shares as values. Parts are named above."""
    parts = [mark.label for mark in rows[0][1]] if rows else []
    left = 88.0
    places, x, line = [], left, 0
    for name in parts:  # the key takes as many lines as it needs
        wide = 15 + len(cut(name, LABEL_MOST)) * 6.4 + 14
        if x > left and x + wide > WIDTH:
            x, line = left, line + 1
        places.append((x, 4 + 16 * line))
        x += wide
    upper = 24 + 16 * line
    sheet = Sheet(height=upper + 2 + ROW * max(len(rows), 1) + 6)
    room = sheet.width - left - 8
    for number, (name, (x, y)) in enumerate(zip(parts, places, strict=True), start=1):
        sheet.rect(x, y, 11, 11, css=f"ch-f ch-f{number}")
        sheet.text(x + 15, y + 10, cut(name, LABEL_MOST), title=name)
    for index, (name, marks) in enumerate(rows):
        y = upper + index * ROW
        _row_label(sheet, y, name, left)
        at = left
        total = sum(mark.value or 0 for mark in marks)
        if not total:
            sheet.text(left + 4, y + ROW / 2 + 4, marks[0].text if marks else _("nothing"))
            continue
        for number, mark in enumerate(marks, start=1):
            wide = room * (mark.value or 0) / total
            hover = f"{name}, {mark.hover}"
            if wide > 0:
                sheet.rect(at, y + 3, wide, ROW - 6, css=f"ch-f ch-f{number}", href=mark.href, title=hover)
            if wide >= len(mark.text) * 6.4 + 4:
                sheet.text(at + wide / 2, y + ROW / 2 + 4, mark.text, css=f"ch-in ch-in{number}", anchor="middle")
            at += wide
    said = [
        _("%(row)s mostly %(part)s (%(text)s)") % {"row": name, "part": top.label, "text": top.text}
        for name, marks in rows
        if (top := max((mark for mark in marks if mark.value), key=lambda mark: mark.value or 0, default=None))
    ]
    summary = "; ".join(said) + "." if said else _("No figures in this period.")
    table = Table(
        (first, *parts), tuple((name, *[Linked(mark.text, mark.href) for mark in marks]) for name, marks in rows)
    )
    return Chart(sheet.svg(title=title, summary=summary, css="ch-shares"), table, title, summary)


def dumbbell(
    title: str,
    pairs: Sequence[Pair],
    *,
    low_name: str,
    high_name: str,
    first: str = "",
    as_text: Words = whole,
    before_name: str = "",
    ticks: Sequence[tuple[float, str]] = (),
) -> Chart:
    """Two points a row joined by a line, on a logarithmic axis; the same two of before stand below them, fainter."""
    values = [
        value
        for pair in pairs
        for value in (pair.low, pair.high, pair.before_low, pair.before_high)
        if value is not None and value > 0
    ]
    least, most = (min(values), max(values)) if values else (1.0, 10.0)
    start, end = math.log10(least * 0.8), math.log10(most * 1.25)
    left = min(168.0, max(112.0, 8 + 6.4 * max((len(pair.label) for pair in pairs), default=0)))
    tall = 34
    sheet = Sheet(height=24 + tall * max(len(pairs), 1) + 20)
    right = sheet.width - 152

    def place(value: float) -> float:
        return left + (math.log10(max(value, least * 0.8)) - start) / (end - start) * (right - left)

    shown = [tick for tick in ticks if least * 0.8 <= tick[0] <= most * 1.25]
    taken = -100.0
    for value, words in shown or [(least, as_text(least)), (most, as_text(most))]:
        sheet.line(place(value), 20, place(value), sheet.height - 18)
        if place(value) - taken > len(words) * 6.4 + 8:
            sheet.text(place(value), sheet.height - 5, words, anchor="middle")
            taken = place(value)
    sheet.dot(left + 5, 9, css="ch-m ch-m1", r=4)
    sheet.text(left + 14, 13, low_name)
    sheet.diamond(left + 88, 9, css="ch-f ch-f1", r=5)
    sheet.text(left + 98, 13, high_name)
    if before_name:
        sheet.line(left + 176, 9, left + 198, 9, css="ch-before")
        sheet.text(left + 204, 13, before_name)
    rows = []
    for index, pair in enumerate(pairs):
        y = 24 + index * tall + tall / 2
        _row_label(sheet, y - ROW / 2, pair.label, left)
        if pair.before_low is not None and pair.before_high is not None:
            sheet.line(place(pair.before_low), y + 8, place(pair.before_high), y + 8, css="ch-before")
        if pair.low is not None and pair.high is not None:
            hover = f"{pair.label}: {low_name} {pair.low_text}, {high_name} {pair.high_text}"
            sheet.line(place(pair.low), y, place(pair.high), y, css="ch-bar")
            sheet.dot(place(pair.low), y, css="ch-m ch-m1", href=pair.href, title=hover, r=4)
            sheet.diamond(place(pair.high), y, css="ch-f ch-f1", href=pair.href, title=hover, r=5)
            sheet.text(right + 8, y + 4, cut(f"{pair.low_text} · {pair.high_text}", 25))
        else:
            sheet.text(left + 6, y + 4, pair.note or _("nothing"))
        rows.append(
            (
                pair.label,
                Linked(pair.low_text, pair.href),
                Linked(pair.high_text, pair.href),
                pair.before_text,
                pair.note,
            )
        )
    known = [pair for pair in pairs if pair.high is not None]
    summary = _("No figures in this period.")
    if known:
        slow = max(known, key=lambda pair: pair.high or 0)
        named = {"label": slow.label, "name": high_name, "text": slow.high_text}
        summary = _("Longest: %(label)s, %(name)s %(text)s.") % named
    table = Table((first, low_name, high_name, before_name or _("Before"), _("n")), tuple(rows))
    return Chart(sheet.svg(title=title, summary=summary), table, title, summary)


def contribution_bars(title: str, shares: Sequence[Share], *, first: str = "", unit: str = "pp") -> Chart:
    """What each slice adds to a change, split into its own rate and its weight; rows in the caller's order."""
    sheet = Sheet(height=ROW * max(len(shares), 1) + 28)
    most = max((abs(share.rate) + abs(share.mix) for share in shares), default=0) or 1
    left = 220.0
    middle = left + (sheet.width - left) / 2
    room = (sheet.width - left) / 2 - 108
    sheet.rect(left, 4, 11, 11, css="ch-f ch-f1")
    sheet.text(left + 15, 14, _("its own rate"))
    sheet.rect(left + 120, 4, 11, 11, css="ch-f ch-f2")
    sheet.text(left + 135, 14, _("its weight"))
    rows = []
    for index, share in enumerate(shares):
        y = 24 + index * ROW
        sheet.text(left - 8, y + ROW / 2 + 4, cut(share.label, 34), css="ch-v", anchor="end")
        ends = {True: middle, False: middle}
        for value, css in ((share.rate, "ch-f ch-f1"), (share.mix, "ch-f ch-f2")):
            rises, wide = value >= 0, room * abs(value) / most
            x = ends[True] if rises else ends[False] - wide
            sheet.rect(
                x, y + 5, wide, ROW - 10, css=css, href=share.href, title=share.title or f"{share.label}: {share.text}"
            )
            ends[rises] = ends[True] + wide if rises else ends[False] - wide
        if share.total >= 0:
            sheet.text(ends[True] + 6, y + ROW / 2 + 4, share.text)
        else:
            sheet.text(ends[False] - 6, y + ROW / 2 + 4, share.text, anchor="end")
        rows.append(
            (share.label, Linked(share.text, share.href), f"{share.rate:+.2f} {unit}", f"{share.mix:+.2f} {unit}")
        )
    sheet.line(middle, 20, middle, sheet.height - 4, css="ch-axis")
    summary = _("Nothing changed.")
    if shares:
        summary = _("First: %(label)s, %(text)s.") % {"label": shares[0].label, "text": shares[0].text}
    table = Table((first, _("Contribution"), _("By its rate"), _("By its weight")), tuple(rows))
    return Chart(sheet.svg(title=title, summary=summary), table, title, summary)


def dot_range(
    title: str,
    spreads: Sequence[Spread],
    *,
    first: str = "",
    as_text: Words = whole,
    band: tuple[float, float] | None = None,
    names: tuple[str, str, str, str] = ("p25", "p50", "p75", "p90"),
    is_time: bool = False,
) -> Chart:
    """A row per thing: the middle half as a bar, the middle as a dot, the slowest tenth as a tick."""
    known = [value for one in spreads for value in (one.p25, one.p50, one.p75, one.p90) if value is not None]
    top = nice_top(max([*known, *(band or ())], default=0))
    sheet = Sheet(height=ROW * max(len(spreads), 1) + 26)
    right = sheet.width - 152

    def place(value: float) -> float:
        return LEFT + value / top * (right - LEFT)

    if band is not None:
        sheet.rect(place(band[0]), 2, place(band[1]) - place(band[0]), sheet.height - 24, css="ch-band")
    for value in nice_ticks(0, top, is_time=is_time):
        sheet.line(place(value), 2, place(value), sheet.height - 20)
        sheet.text(place(value), sheet.height - 6, as_text(value), anchor="middle")
    rows = []
    for index, one in enumerate(spreads):
        y = 4 + index * ROW + ROW / 2
        _row_label(sheet, y - ROW / 2, one.label)
        hover = f"{one.label}: " + ", ".join(f"{name} {text}" for name, text in zip(names, one.texts, strict=True))
        if one.p25 is not None and one.p75 is not None:
            wide = place(one.p75) - place(one.p25)
            sheet.rect(place(one.p25), y - 5, max(wide, 1), 10, css="ch-f ch-f2", href=one.href, title=hover)
        if one.p75 is not None and one.p90 is not None:
            sheet.line(place(one.p75), y, place(one.p90), y, css="ch-bar")
            sheet.line(place(one.p90), y - 5, place(one.p90), y + 5, css="ch-bar")
        if one.p50 is not None:
            sheet.dot(place(one.p50), y, css="ch-m ch-m1", href=one.href, title=hover, r=4)
            sheet.text(right + 8, y + 4, cut(f"{one.texts[1]} · {one.texts[3]}", 25))
        else:
            sheet.text(LEFT + 6, y + 4, one.texts[1])
        rows.append((one.label, *[Linked(text, one.href) for text in one.texts]))
    high = max((one for one in spreads if one.p50 is not None), key=lambda one: one.p50 or 0, default=None)
    summary = _("No figures in this period.")
    if high is not None:
        summary = _("Highest: %(label)s, middle %(text)s.") % {"label": high.label, "text": high.texts[1]}
    return Chart(sheet.svg(title=title, summary=summary), Table((first, *names), tuple(rows)), title, summary)

"""A sheet of SVG: coordinates in, safe markup out. Colours are classes of `static/css/reports.css`, sizes are attributes."""

from __future__ import annotations

import math
from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

TEXT = 11  # px at the smallest width a chart is shown at; a chart never shrinks below it, its frame scrolls
WIDTH = 600
Point = tuple[float, float]


def n(value: float) -> str:
    """A coordinate, short."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


def nice_top(highest: float) -> float:
    """The end of an axis that starts at zero: the next of 1, 2, 2.5, 5 times a power of ten."""
    if highest <= 0 or not math.isfinite(highest):
        return 1.0
    power = 10.0 ** math.floor(math.log10(highest))
    return next(step * power for step in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if step * power >= highest * 0.9999)


SECONDS_STEPS = (
    *(1, 2, 5, 10, 15, 30),
    *(60 * step for step in (1, 2, 5, 10, 15, 30)),
    *(3600 * step for step in (1, 2, 3, 6, 12)),
    *(86400 * step for step in (1, 2, 7, 14, 28)),
)


def nice_ticks(
    low: float, high: float, *, most: int = 5, least_step: float = 0.0, is_time: bool = False
) -> list[float]:
    """Round values within [low, high], at most `most`: multiples of 1, 2, 2.5 or 5 times a power of ten, of time (seconds) of whole minutes, hours or days."""
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return [low]
    rough = max((high - low) / max(most - 1, 1), least_step)
    step: float | None = next((each for each in SECONDS_STEPS if each >= rough), None) if is_time else None
    if step is None:
        power = 10.0 ** math.floor(math.log10(rough))
        fair = [each * power for each in (1, 2, 2.5, 5, 10) if each * power >= rough * 0.9999]
        step = next((each for each in fair if not least_step or each % least_step == 0), fair[0])
    first = math.ceil(low / step - 1e-9)
    return [
        round(number * step, 12) for number in range(first, first + most + 2) if number * step <= high + step * 1e-9
    ]


def cut(text: str, most: int) -> str:
    """A label that fits; the whole stands in the title of its mark."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


class Sheet:
    """Collects shapes; `svg` closes it."""

    def __init__(self, width: float = WIDTH, height: float = 200) -> None:
        self.width, self.height = width, height
        self._parts: list[SafeString] = []
        self._has_links = False

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        css: str = "ch-t",
        anchor: str = "start",
        size: int = TEXT,
        title: str = "",
    ) -> None:
        """Words at a place; `title` is the whole of what had to be cut."""
        self._parts.append(
            format_html(
                '<text x="{}" y="{}" class="{}" text-anchor="{}" font-size="{}">{}{}</text>',
                n(x),
                n(y),
                css,
                anchor,
                size,
                self._title(title if title != words else ""),
                words,
            )
        )

    def line(self, x1: float, y1: float, x2: float, y2: float, *, css: str = "ch-grid") -> None:
        self._parts.append(
            format_html('<line x1="{}" y1="{}" x2="{}" y2="{}" class="{}"/>', n(x1), n(y1), n(x2), n(y2), css)
        )

    def path(self, points: Sequence[Point | None], *, css: str, closed: bool = False) -> None:
        """A line through points; None breaks it."""
        words, pen = [], False
        for point in points:
            if point is None:
                pen = False
                continue
            words.append(f"{'L' if pen else 'M'}{n(point[0])} {n(point[1])}")
            pen = True
        if words:
            self._parts.append(format_html('<path d="{}{}" class="{}"/>', " ".join(words), "Z" if closed else "", css))

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        css: str,
        href: str | None = None,
        title: str = "",
        area: tuple[float, float, float, float] | None = None,
    ) -> None:
        """A rectangle; with `area` (x, y, width, height) a pointer may hit anywhere in that, however short the bar."""
        hit = ""
        if href and area:
            hit = format_html(
                '<rect x="{}" y="{}" width="{}" height="{}" class="ch-hit"/>', *[n(side) for side in area]
            )
        shape = format_html(
            '{}<rect x="{}" y="{}" width="{}" height="{}" class="{}">{}</rect>',
            hit,
            n(x),
            n(y),
            n(max(width, 0)),
            n(max(height, 0)),
            css,
            self._title(title),
        )
        self._put(shape, href, title)

    def dot(self, x: float, y: float, *, css: str, href: str | None = None, title: str = "", r: float = 3.5) -> None:
        # The area that takes a pointer is 24 px wide, whatever the dot.
        area = format_html('<circle cx="{}" cy="{}" r="12" class="ch-hit"/>', n(x), n(y)) if href else ""
        shape = format_html(
            '{}<circle cx="{}" cy="{}" r="{}" class="{}">{}</circle>', area, n(x), n(y), n(r), css, self._title(title)
        )
        self._put(shape, href, title)

    def diamond(self, x: float, y: float, *, css: str, href: str | None = None, title: str = "", r: float = 6) -> None:
        area = format_html('<circle cx="{}" cy="{}" r="12" class="ch-hit"/>', n(x), n(y)) if href else ""
        d = f"M{n(x)} {n(y - r)}L{n(x + r)} {n(y)}L{n(x)} {n(y + r)}L{n(x - r)} {n(y)}Z"
        self._put(format_html('{}<path d="{}" class="{}">{}</path>', area, d, css, self._title(title)), href, title)

    def flag(
        self,
        x: float,
        top: float,
        bottom: float,
        number: int,
        title: str,
        href: str | None = None,
        *,
        number_x: float | None = None,
    ) -> None:
        """A numbered note on the time line; `number_x` is where its number has room."""
        at = x if number_x is None else number_x
        self.line(x, top + 14, x, bottom, css="ch-flagline")
        shape = format_html(
            '<rect x="{}" y="{}" width="14" height="14" class="ch-flag">{}</rect>'
            '<text x="{}" y="{}" class="ch-flagn" text-anchor="middle" font-size="{}">{}</text>',
            n(at - 7),
            n(top),
            self._title(title),
            n(at),
            n(top + 11),
            TEXT,
            number,
        )
        self._put(shape, href, title)

    def svg(self, *, title: str, summary: str, css: str = "") -> SafeString:
        """The whole. With links inside it is a group with a name; a picture may hold nothing that can be reached."""
        return format_html(
            '<svg class="ch {}" viewBox="0 0 {} {}" role="{}" aria-label="{}"><title>{}</title><desc>{}</desc>{}</svg>',
            css,
            n(self.width),
            n(self.height),
            "group" if self._has_links else "img",
            f"{title}. {summary}",
            title,
            summary,
            format_html_join("", "{}", ((part,) for part in self._parts)),
        )

    @staticmethod
    def _title(text: str) -> SafeString:
        return format_html("<title>{}</title>", text) if text else mark_safe("")

    def _put(self, shape: SafeString, href: str | None, title: str) -> None:
        if href:
            self._has_links = True
            shape = format_html('<a href="{}" aria-label="{}">{}</a>', href, title, shape)
        self._parts.append(shape)


class Axes:
    """The plot area of a chart whose marks stand side by side, with a value axis."""

    def __init__(
        self,
        sheet: Sheet,
        count: int,
        *,
        low: float,
        high: float,
        left: float = 44,
        right: float = 12,
        top: float = 12,
        bottom: float = 22,
        as_columns: bool = False,
    ) -> None:
        self.sheet, self.count, self.low, self.high = sheet, max(count, 1), low, high if high > low else low + 1
        self.left, self.top = left, top
        self.right, self.bottom = sheet.width - right, sheet.height - bottom
        self.as_columns = as_columns

    def x(self, index: float) -> float:
        """The place of a mark; of a column its middle."""
        if self.as_columns:
            return self.left + (index + 0.5) * self.slot
        return self.left if self.count == 1 else self.left + index * (self.right - self.left) / (self.count - 1)

    @property
    def slot(self) -> float:
        return (self.right - self.left) / self.count

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.bottom - min(max(share, 0.0), 1.0) * (self.bottom - self.top)

    def points(self, values: Sequence[float | None]) -> list[Point | None]:
        return [None if value is None else (self.x(index), self.y(value)) for index, value in enumerate(values)]

    def value_lines(self, ticks: Sequence[tuple[float, str]]) -> None:
        """Lines with their values at the left."""
        for value, words in ticks:
            self.sheet.line(self.left, self.y(value), self.right, self.y(value))
            self.sheet.text(self.left - 6, self.y(value) + 4, words, anchor="end")

    def labels(self, labels: Sequence[str]) -> None:
        """As many labels below as fit without touching."""
        longest = max((len(label) for label in labels), default=1) * 6.2 + 10
        fits = max(1, int((self.right - self.left) / longest))
        step = max(1, -(-len(labels) // fits))
        for index in range(len(labels) - 1, -1, -step):
            x = self.x(index)
            anchor = "start" if x < longest / 2 - 5 else "middle"
            self.sheet.text(x, self.bottom + 15, labels[index], anchor=anchor)

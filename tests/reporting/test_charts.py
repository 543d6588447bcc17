"""Charts: whatever they are given they draw, their table holds the same values, and nothing in them can run."""

from __future__ import annotations

import itertools
import re
from xml.etree import ElementTree

import pytest
from django.conf import settings

from reporting import charts
from reporting.charts import Band, Flag, Linked, Mark, Pair, Series, Share, Spread, XmrData
from reporting.charts.drawing import nice_ticks

EVIL = '<script>alert(1)</script>"&'


def marks(values, *, label="w", href="/q/?q=is%3Aopen&x=1"):
    return [
        Mark(f"{label}{number}", value, "–" if value is None else f"{value:g}", href if value else None)
        for number, value in enumerate(values)
    ]


def xmr(values, **more):
    return charts.xmr_chart(
        XmrData("Attainment", marks(values), 0.9, 0.8, 1.0, "stable", "90 %", "80 %", "100 %", **more)
    )


def every(values, name="Plain"):
    """Each kind of chart over the same values."""
    one = Series(name, marks(values))
    rows = [(name, marks(values)), ("Other", marks(values))]
    pairs = [Pair(name, v, None if v is None else v * 3, str(v), str(v), "/q/", v, None, "x") for v in values]
    spreads = [Spread(name, v, v, v, v, ("1", "2", "3", "4")) for v in values]
    return {
        "xmr": xmr(values, flags=[Flag(0.5, 1, name)], target=0.95, target_text="95 %"),
        "band": charts.line_band(name, [one], band=Band(list(values), list(values), "usual"), flags=[Flag(1, 1, name)]),
        "area": charts.stacked_area(name, [one, one]),
        "flow": charts.cumulative_flow(name, one, one),
        "interrupted": charts.interrupted_series(name, marks(values), marks(values), change=name),
        "spark": charts.spark(values, name),
        "columns": charts.stacked_columns(name, [one, one], line=one),
        "shares": charts.stacked_bars(name, rows, first="S"),
        "heat": charts.heat_table(name, rows, [f"h{n}" for n in range(len(values))]),
        "bars": charts.horizontal_bars(name, marks(values)),
        "pareto": charts.pareto(name, marks(values)),
        "diverging": charts.diverging_bars(name, marks(values)),
        "dumbbell": charts.dumbbell(name, pairs, low_name="p50", high_name="p90"),
        "contribution": charts.contribution_bars(name, [Share(name, v or 0, -(v or 0), str(v)) for v in values]),
        "range": charts.dot_range(name, spreads, band=(1, 2)),
    }


@pytest.mark.parametrize(
    "values",
    [[], [None], [None, None, None], [0.0], [0.0, 0.0], [7.0], [1, None, 3, 2.5], [1e9, 1e-9, 4], [3] * 104],
    ids=["empty", "unknown", "all unknown", "zero", "zeros", "one", "gaps", "extremes", "many"],
)
def test_every_chart_draws_whatever_it_is_given(values):
    for name, chart in every(values).items():
        root = ElementTree.fromstring(chart.svg)

        assert root.tag.endswith("svg"), name
        assert not re.search("nan|inf", chart.svg), name
        assert all(len(row) == len(chart.table.headers) for row in chart.table.rows), name
        if name != "spark":
            assert chart.summary, name


def test_no_chart_carries_markup_styles_or_scripts_of_a_name():
    for name, chart in every([1.0, 2.0, 3.0], EVIL).items():
        assert "<script" not in chart.svg, name
        assert not re.search(r"\sstyle=|\son\w+=|javascript:", chart.svg), name


def test_what_leads_somewhere_makes_a_group_and_what_does_not_a_picture():
    """A picture hides what is in it from readers of the screen; links must not be hidden."""
    linked, plain = charts.horizontal_bars("T", marks([1])), charts.horizontal_bars("T", [Mark("a", 1, "1")])

    assert 'role="group"' in linked.svg
    assert 'href="/q/?q=is%3Aopen&amp;x=1"' in linked.svg
    assert 'role="img"' in plain.svg
    assert "<a " not in plain.svg


def test_the_table_leads_where_the_marks_lead():
    chart = charts.stacked_columns("T", [Series("A", marks([4, 5]))])

    cell = chart.table.rows[0][1]

    assert isinstance(cell, Linked)
    assert cell == "4"
    assert cell.href.startswith("/q/")


def test_a_signal_is_a_diamond_and_a_word():
    chart = charts.xmr_chart(
        XmrData("A", [Mark("w1", 0.9, "90 %"), Mark("w2", 0.5, "50 %", is_signal=True)], 0.9, 0.8, 1.0, "signal down")
    )

    assert chart.svg.count("ch-sig") == 1
    assert chart.table.rows[1][2] == "signal"
    assert "signal down" in chart.summary


def test_a_long_name_is_cut_in_the_drawing_and_whole_in_its_title():
    name = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk"

    chart = charts.horizontal_bars("T", [Mark(name, 3, "3", "/q/")])

    assert f"{name[:19]}…</text>" in chart.svg
    assert f"<title>{name}: 3</title>" in chart.svg


@pytest.mark.parametrize(
    "values",
    [[0.0, 0.0], [7.0], [1, None, 3, 2.5], [1e9, 1e-9, 4], [3] * 104, [-5, 5, -0.5]],
    ids=["zeros", "one", "gaps", "extremes", "many", "negative"],
)
def test_everything_is_drawn_within_its_frame(values):
    for name, chart in every(values).items():
        if name in ("area", "columns", "shares", "bars", "pareto", "range") and min(v or 0 for v in values) < 0:
            continue  # counts, shares and lengths of time are never negative
        root = ElementTree.fromstring(chart.svg)
        _left, _top, wide, tall = (float(part) for part in root.get("viewBox").split())

        for shape in root.iter():
            across = [float(shape.get(key)) for key in ("x", "x1", "x2", "cx") if shape.get(key)]
            down = [float(shape.get(key)) for key in ("y", "y1", "y2", "cy") if shape.get(key)]
            if shape.tag.endswith("rect"):
                across.append(across[0] + float(shape.get("width")))
                down.append(down[0] + float(shape.get("height")))
            assert all(-0.1 <= value <= wide + 0.1 for value in across), (name, ElementTree.tostring(shape))
            assert all(-0.1 <= value <= tall + 0.1 for value in down), (name, ElementTree.tostring(shape))


def test_every_value_stands_in_the_table_and_over_its_mark():
    values = [3.0, 17.0, 29.0]
    drawn = every(values)

    for name in ("xmr", "band", "columns", "shares", "heat", "bars", "pareto", "diverging", "flow", "interrupted"):
        titles = [
            title.text or "" for title in ElementTree.fromstring(drawn[name].svg).iter() if title.tag.endswith("title")
        ]
        cells = [cell for row in drawn[name].table.rows for cell in row]
        for value in values:
            assert any(f": {value:g}" in title for title in titles), name
            assert any(cell.startswith(f"{value:g}") for cell in cells), name


def test_what_can_be_reached_says_where_it_leads():
    for name, chart in every([3.0, 17.0, 29.0]).items():
        for link in ElementTree.fromstring(chart.svg).iter("a"):
            assert link.get("aria-label"), name
            assert link.get("href").startswith("/"), name


@pytest.mark.parametrize(
    ("low", "high", "more", "expected"),
    [
        (0, 1, {}, [0, 0.25, 0.5, 0.75, 1]),
        (0, 3, {"least_step": 1}, [0, 1, 2, 3]),
        (0.834, 0.99, {}, [0.85, 0.9, 0.95]),
        (0, 5000, {"is_time": True}, [0, 1800, 3600]),
        (0, 40 * 86400, {"is_time": True}, [0, 14 * 86400, 28 * 86400]),
        (3, 3, {}, [3]),
        (-3, 1, {}, [-3, -2, -1, 0, 1]),
    ],
)
def test_an_axis_has_round_numbers(low, high, more, expected):
    assert nice_ticks(low, high, **more) == pytest.approx(expected)


def test_notes_of_one_day_stand_side_by_side():
    chart = xmr([1, 2, 3], flags=[Flag(1, 1, "one"), Flag(1, 2, "two"), Flag(1.01, 3, "three")])

    root = ElementTree.fromstring(chart.svg)
    places = sorted(float(box.get("x")) for box in root.iter() if box.get("class") == "ch-flag")
    assert all(after - before >= 14 for before, after in itertools.pairwise(places))


def test_each_series_stands_out_from_the_paper_in_both_themes():
    """Three to one at least (WCAG 1.4.11); shades of heat carry their number and need none."""
    css = (settings.BASE_DIR / "static" / "css" / "tokens.css").read_text()
    named = re.findall(r"--(c[1-5]|surface):light-dark\((#\w{6}),(#\w{6})\)", css)[:6]

    colours = {name: (light, dark) for name, light, dark in named}
    assert len(colours) == 6
    for theme in (0, 1):
        paper = _luminance(colours["surface"][theme])
        for name in ("c1", "c2", "c3", "c4", "c5"):
            darker, lighter = sorted((paper, _luminance(colours[name][theme])))
            assert (lighter + 0.05) / (darker + 0.05) >= 3, (name, theme)


def _luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

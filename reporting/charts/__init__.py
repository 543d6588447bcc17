"""Charts as server-made SVG: plain values in, `Chart` out (drawing, table twin, one sentence). No queries.

Each prints, needs no script, has a table with the same values, and tells series apart by dash and marker as well as by colour (ux.md §12).
"""

from reporting.charts.bars import (
    contribution_bars,
    diverging_bars,
    dot_range,
    dumbbell,
    horizontal_bars,
    pareto,
    stacked_bars,
)
from reporting.charts.columns import heat_table, stacked_columns
from reporting.charts.lines import (
    cumulative_flow,
    interrupted_series,
    line_band,
    spark,
    stacked_area,
    xmr_chart,
)
from reporting.charts.parts import Band, Chart, Flag, Linked, Mark, Pair, Series, Share, Spread, Table, XmrData

__all__ = [
    "Band",
    "Chart",
    "Flag",
    "Linked",
    "Mark",
    "Pair",
    "Series",
    "Share",
    "Spread",
    "Table",
    "XmrData",
    "contribution_bars",
    "cumulative_flow",
    "diverging_bars",
    "dot_range",
    "dumbbell",
    "heat_table",
    "horizontal_bars",
    "interrupted_series",
    "line_band",
    "pareto",
    "spark",
    "stacked_area",
    "stacked_bars",
    "stacked_columns",
    "xmr_chart",
]

"""What the explorer shows, as a source: aggregates with their numbers and intervals, and on the Definitions sheet what they mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.clock import db_now
from reporting import rights
from reporting.exports import Column, Holds, Params, Source
from reporting.measures import DIMENSIONS, MEASURES
from reporting.selectors import explore

TAKES = ("m", "by", "by2", "q", "range", "as")


def _choice(params: Params, viewer: User, at: datetime) -> explore.Choice:
    given = {name: str(params.get(name, "")) for name in TAKES if name != "as"} | {"as": "table"}
    return explore.choice_of(given, viewer=viewer, at=at, zone=ZoneInfo(viewer.time_zone))


def _columns(params: Params, viewer: User) -> list[Column]:
    choice = _choice(params, viewer, db_now())
    unit = explore.unit_in_words(choice.measure.unit)
    made = [Column(key, Holds.TEXT, DIMENSIONS[key].label) for key in choice.by]
    made += [
        Column("value", Holds.NUMBER, choice.measure.label, unit),
        Column("n", Holds.INTEGER, _("How many it rests on; below ten a share is not told.")),
        Column("low", Holds.NUMBER, _("Lower end of the 95 % interval (Wilson), of shares.")),
        Column("high", Holds.NUMBER, _("Upper end of the 95 % interval (Wilson), of shares.")),
        Column("as_of_utc", Holds.TIME, _("Up to when events were counted.")),
    ]
    return made


def _rows(params: Params, viewer: User, at: datetime) -> Iterator[Sequence[Any]]:
    rights.check_can_explore(viewer)
    choice = _choice(params, viewer, at)
    found = explore.explore(choice, viewer=viewer, at=at)
    lines = [([value.label for value in line.values], line.figure) for line in found.lines]
    if not choice.by:
        lines = [([], found.total)]
    for names, figure in lines:
        yield [*names, figure.value, None if figure.hidden_below else figure.n, figure.low, figure.high, figure.as_of]


def _check(params: Params, viewer: User, at: datetime) -> None:
    rights.check_can_explore(viewer)
    _choice(params, viewer, at)


def _definitions(params: Params) -> list[tuple[str, str]]:
    measure = MEASURES.get(str(params.get("m", "")) or explore.FIRST_MEASURE)
    if measure is None:
        return []
    return [
        ("measure", f"{measure.kpi} {measure.label}"),
        ("formula", measure.formula),
        ("population", str(measure.population)),
        ("exclusions", str(measure.exclusions)),
        ("owner", str(measure.owner)),
        ("view", measure.view),
        ("sql", measure.sql),
    ]


def _said(params: Params) -> str:
    given = [f"{name}={params[name]}" for name in TAKES if params.get(name) and name != "as"]
    return " ".join(given)


EXPLORED = Source(
    key="explore",
    title=gettext_lazy("Explored figures"),
    columns=_columns,
    rows=_rows,
    said=_said,
    check=_check,
    may=rights.can_explore,
    is_figures=True,
    definitions=_definitions,
    takes=tuple(name for name in TAKES if name != "as"),
)

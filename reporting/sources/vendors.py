"""The list of vendors as a source: each figure of each vendor with what was agreed, as its reader may count it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from reporting import permissions, rights
from reporting.exports import Column, Holds, Params, Source
from reporting.measures import MEASURES
from reporting.pages.tiles import STATE_WORDS
from reporting.selectors import scorecard
from reporting.selectors.figures import scope_of

_T, _N, _AT = Holds.TEXT, Holds.NUMBER, Holds.TIME
COLUMNS = (
    Column("vendor", _T, _("The vendor’s name.")),
    Column("kpi", Holds.WORD, _("The measure’s number.")),
    Column("measure", _T, _("The measure, over the last 28 days.")),
    Column("value", _N, _("Its value; a share as a part of 1, a length of time in seconds.")),
    Column("n", Holds.INTEGER, _("How many it rests on; below ten a share is not told.")),
    Column("target", _N, _("What was agreed, in the same unit; empty where nothing was.")),
    Column("attainment_state", _T, _("How the last twelve weeks of attainment vary.")),
    Column("top_reason", _T, _("Why submissions were most often sent back.")),
    Column("as_of_utc", _AT, _("Up to when events were counted.")),
)


def _rows(params: Params, viewer: User, at: datetime) -> Iterator[Sequence[Any]]:
    permissions.check_can_see_reports(viewer)
    vendors = list(Organization.objects.filter(kind=Organization.Kind.VENDOR, is_active=True).order_by("name", "id"))
    lines = scorecard.vendor_lines(vendors, scope=scope_of(viewer), at=at, zone=ZoneInfo(viewer.time_zone))
    for line in lines:
        for key in scorecard.LISTED:
            figure, measure = line.figures.get(key), MEASURES[key]
            if figure is None:
                continue
            yield [
                line.vendor.name,
                measure.kpi,
                str(measure.label),
                figure.value,
                None if figure.hidden_below else figure.n,
                line.targets.get(key),
                str(STATE_WORDS[line.state]),
                str(line.top_reason or ""),
                figure.as_of,
            ]


def _definitions(params: Params) -> list[tuple[str, str]]:
    found = [MEASURES[key] for key in scorecard.LISTED]
    return [(f"{one.kpi} {one.label}", f"{one.formula} · {one.population}") for one in found]


VENDORS = Source(
    key="vendors",
    title=_("Vendors"),
    columns=COLUMNS,
    rows=_rows,
    said=lambda params: "28d",
    may=rights.can_explore,
    is_figures=True,
    definitions=_definitions,
    takes=(),
)

"""A vendor's scorecard on paper, for the weekly review: figures against what was agreed, what changed, the weeks (ux.md §16)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import formats
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from reporting.documents.brief import utc
from reporting.documents.parts import ChartOf, Document, Heading, Paragraph, Part, Quiet, TableOf, Tile, Tiles


def scorecard_document(shown: Mapping[str, Any], *, by: str, zone: str, at: datetime) -> Document:
    """The scorecard as a document in the active language; `shown` is what `pages.scorecards.present` answers, for either side.

    `by` is for whom it is printed, `zone` (IANA) whose days and weeks it counts, `at` (aware UTC) when.
    """
    card = shown["card"]
    parts: list[Part] = [
        Heading(_("The last 28 days")),
        Tiles([_tile(tile) for tile in shown["tiles"]]),
        Heading(_("What changed")),
    ]
    for one in shown["changes"]:
        rows = [
            (row.label, row.of_change, row.points, row.before, row.after, row.reason or "–") for row in one["printed"]
        ]
        heads = [_("Slice"), _("Share of the change"), _("Points"), _("Before"), _("After"), _("Reason")]
        parts += [
            Paragraph(one["headline"]),
            TableOf(heads, rows, caption=str(one["change"].measure.label), numeric=frozenset({1, 2, 3, 4})),
        ]
    if not shown["changes"]:
        parts.append(Quiet(_("There is nothing to compare yet: no clock settled on one of the two sides.")))
    parts.append(Heading(_("Week by week")))
    pieces = [*shown["weekly"], *([shown["reasons"]] if shown["reasons"] is not None else [])]
    charts = [piece.chart for piece in pieces]
    parts += [ChartOf(chart.title, str(chart.svg), chart.summary, chart.summary) for chart in charts]
    return Document(
        title=card.vendor.name,
        kind=_("Vendor scorecard"),
        parts=parts,
        classification=_("Confidential: for the vendor and us"),
        name=f"{card.vendor.ref}@{at:%Y%m%dT%H%MZ}",
        made=_("Generated %(when)s for %(who)s") % {"when": utc(at), "who": by},
        as_of=_("Figures as of %(when)s") % {"when": utc(card.as_of)},
        header=[
            (_("As of"), utc(card.as_of)),
            (_("Days and weeks of"), zone),
            (_("Printed"), formats.date_format(at, "j M Y")),
        ],
        language=get_language() or "en",
    )


def _tile(tile: Any) -> Tile:
    target = _("target %s") % tile.target if tile.target else ""
    said = [tile.word, target, tile.sub, f"n {tile.n}" if tile.n else ""]
    return Tile(str(tile.label), tile.text, " · ".join(str(part) for part in said if part))

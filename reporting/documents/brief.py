"""A version of a brief on paper (ux.md §16, “Executive brief”). It says when it was approved, not when it was printed, so that
the same version is the same document whenever and by whomever it is opened (PRT-3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import formats, translation
from django.utils.translation import gettext as _

from reporting import blocks as of_blocks
from reporting.blocks import Block
from reporting.documents.parts import (
    ChartOf,
    Document,
    Heading,
    Items,
    Paragraph,
    Part,
    Tile,
    Tiles,
)
from reporting.lifecycle import BlockKind
from reporting.models import BriefVersion

LISTED = frozenset({BlockKind.RISK, BlockKind.ASK, BlockKind.GAP})


def brief_document(version: BriefVersion, *, is_forward_safe: bool = False) -> Document:
    """The version as a document in the language it is written in; a draft until it is approved (PRT-5).

    `is_forward_safe` leaves out names of, and links to, objects that not every reader of briefs may open. Needs `brief`,
    `submitted_by` and `approved_by` of the version.
    """
    there = of_blocks.read(version.blocks)
    if is_forward_safe:
        there = of_blocks.forward_safe(there)
    brief = version.brief
    zone = brief.organization.time_zone
    with translation.override(brief.language):
        made = version.approved_at or version.submitted_at
        who = version.approved_by or version.submitted_by
        header = [(_("As of"), both(version.as_of, zone)), (_("Version"), version.citation)]
        header.append((_("Written by"), version.submitted_by.display_name))
        if version.approved_by is not None:
            header.append((_("Approved by"), version.approved_by.display_name))
        return Document(
            title=version.title,
            kind=brief.get_kind_display(),
            parts=_parts(of_blocks.ordered(there)),
            classification=version.get_classification_display(),
            name=version.citation,
            made=_("Generated %(when)s by %(who)s") % {"when": utc(made), "who": who.display_name},
            as_of=_("Figures as of %(when)s") % {"when": utc(version.as_of)},
            header=header,
            language=brief.language,
            is_draft=version.approved_at is None,
            author=version.submitted_by.display_name,
        )


def utc(at: datetime) -> str:
    """`22 Nov 2026 14:51 UTC`, in the active language."""
    return f"{formats.date_format(at.astimezone(UTC), 'j M Y H:i')} UTC"


def both(at: datetime, zone: str) -> str:
    """The same with the local time of `zone` (IANA) behind it, where that is another; with its day, where that is, too."""
    local = at.astimezone(ZoneInfo(zone))
    if local.utcoffset() == at.astimezone(UTC).utcoffset():
        return utc(at)
    form = "H:i" if local.date() == at.astimezone(UTC).date() else "j M H:i"
    return f"{utc(at)} · {formats.date_format(local, form)} {local.tzname()}"


def day(on: date) -> str:
    """A day in words of the active language."""
    return formats.date_format(on, "j M Y")


def _parts(there: list[Block]) -> list[Part]:
    parts: list[Part] = []
    for kind in BlockKind:
        some = [block for block in there if block.kind == kind]
        if some:
            parts += [Heading(_("Impact") if kind == BlockKind.FIGURE else str(kind.label)), *_section(kind, some)]
    return parts


def _section(kind: BlockKind, some: list[Block]) -> list[Part]:
    if kind == BlockKind.FIGURE:
        return _figures(some)
    if kind == BlockKind.CHART:
        return [part for block in some for part in _chart(block)]
    if kind in LISTED:
        return [Items([(block.text, under(block)) for block in some])]
    return [Paragraph(block.text) for block in some]


def under(block: Block) -> str:
    """What stands under a risk, an ask or a gap: who acts, by when, which object it is."""
    said = []
    if block.owner:
        said.append(block.owner)
    if block.by_on is not None:
        said.append(_("by %(day)s") % {"day": day(block.by_on)})
    if block.source is not None:
        said.append(block.source.label)
    return " · ".join(said)


def _figures(some: list[Block]) -> list[Part]:
    tiles, sources = [], []
    for block in some:
        figure = block.figure
        if figure is None:
            continue
        counted = f"n {formats.number_format(figure.n, 0, force_grouping=True)}" if figure.n is not None else ""
        tiles.append(
            Tile(
                figure.label, figure.value, " · ".join(part for part in (figure.state, counted, figure.period) if part)
            )
        )
        label = block.source.label if block.source is not None else ""
        when = utc(block.as_of) if block.as_of is not None else ""
        sources.append(" · ".join(part for part in (figure.label, figure.scope, label, when) if part))
    said: list[Part] = [Tiles(tiles)] if tiles else []
    said += [Paragraph(block.text) for block in some if block.text]
    if sources:
        said.append(Paragraph(_("Sources:") + " " + "; ".join(sources), is_meta=True))
    return said


def _chart(block: Block) -> list[Part]:
    chart = block.chart
    if chart is None:
        return []
    note = " · ".join(
        part
        for part in (
            block.source.label if block.source is not None else "",
            utc(block.as_of) if block.as_of is not None else "",
        )
        if part
    )
    # One page is the measure of a brief: the table stays on its page, what it shows is said in words.
    said: list[Part] = [
        ChartOf(chart.title, chart.svg, chart.summary or chart.title, f"{chart.summary} {note}".strip())
    ]
    return [*said, Paragraph(block.text)] if block.text else said


def brief_lines(version: BriefVersion, there: Sequence[Block]) -> str:
    """The brief as plain text for a mail, in the active language: headings, figures with what qualifies them, lists."""
    lines = [version.title, f"{version.get_classification_display()} · {version.citation}", ""]
    for kind in BlockKind:
        some = [block for block in there if block.kind == kind]
        if not some or kind == BlockKind.CHART:
            continue
        lines.append((_("Impact") if kind == BlockKind.FIGURE else str(kind.label)).upper())
        for block in some:
            if block.figure is not None:
                lines.append(f"{block.figure.label}: {block.figure.value} ({block.figure.period})")
            if block.text:
                lines.append(block.text if kind not in LISTED else f"- {block.text}")
            if kind in LISTED and under(block):
                lines.append(f"  {under(block)}")
        lines.append("")
    lines.append(_("Figures as of %(when)s") % {"when": utc(version.as_of)})
    return "\n".join(lines)


def file_name(version: BriefVersion) -> str:
    """What its file is called where it is saved."""
    return f"{settings.PRODUCT_NAME.lower().replace(' ', '-')}-{version.citation.replace('@', '-')}.pdf"

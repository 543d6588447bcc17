"""A small registry over made-up columns, to test the language without any table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q

from core.filters.conditions import FilterContext
from core.filters.registry import Field, Registry, Shape, on_column
from core.filters.tree import Marker
from core.filters.values import Amount, Choice, Code, Duration, Moment, Reference, Text, WholeNumber

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Reader(FilterContext):
    is_trusted: bool = True
    boxes: tuple[str, ...] = ("red-box", "blue-box")


def reader(*, zone: str = "UTC", is_trusted: bool = True, at: datetime = NOON) -> Reader:
    return Reader(at=at, zone=ZoneInfo(zone), is_trusted=is_trusted)


def _box(text: str, context: FilterContext) -> object | None:
    assert isinstance(context, Reader)
    return text if text in context.boxes else None


def _boxes(context: FilterContext) -> Iterable[str]:
    assert isinstance(context, Reader)
    return context.boxes


FIELDS: Registry[Reader] = Registry(
    fields=(
        Field("colour", "g", "Colour", Choice({"red": "r", "green": "g", "blue": "b"}), on_column("colour")),
        Field("size", "g", "Size", WholeNumber(0, 4, prefix="S"), on_column("size"), aliases=("s",)),
        Field("left", "g", "Left", Duration(signed=True), on_column("left"), examples=("left:<2h",)),
        Field("cost", "g", "Cost", Amount(), on_column("cost")),
        Field("made", "g", "Made", Moment(), on_column("made_at")),
        Field(
            "name",
            "g",
            "Name",
            Text(example="x"),
            on_column("name", is_text=True),
            markers=frozenset({Marker.NONE}),
        ),
        Field("lang", "g", "Language", Code("[a-z]{2,3}", "a language code such as `es`"), on_column("lang")),
        Field(
            "box",
            "g",
            "Box",
            Reference("a box", _box, _boxes),
            on_column("box"),
            markers=frozenset({Marker.NONE, Marker.ANY}),
        ),
        Field(
            "secret",
            "g",
            "Secret",
            Text(),
            on_column("secret", is_text=True),
            may_use=lambda context: context.is_trusted,
            why_not="only trusted readers filter by this",
        ),
    ),
    free=lambda text, _context: Q(words=text),
    sorts=(Shape("made", "Made"), Shape("size", "Size")),
    groups=(Shape("none", "None"), Shape("box", "Box")),
    columns=(Shape("name", "Name"), Shape("cost", "Cost")),
)

"""What may be typed next, with how many of the present cases each choice would leave (ux.md FIL-1)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count as CountOf
from django.db.models import Q, QuerySet

from accounts.models import User
from core.filters.completion import Completion, Place, as_value, complete
from core.filters.parser import is_unstorable
from core.filters.registry import Suggestion
from core.filters.tree import Marker
from escalations.filters.compiling import compile_filter
from escalations.filters.conditions import FLAGS
from escalations.filters.context import CaseContext, Viewer, context_for
from escalations.filters.fields import CASES
from escalations.filters.limits import TooSlow, within
from escalations.models import Case, SavedView

SAMPLE = 2000  # cases looked at for counts; beyond, a count is a lower bound
MOST_VALUES = 12
COUNT_WITHIN_S = 0.5

# Fields whose values stand on the case or one step from it, with the column that names them in a filter.
COLUMN_OF = {
    "status": "status",
    "res": "resolution",
    "queue": "queue__slug",
    "level": "level",
    "sev": "severity",
    "clock": "due_metric",
    "who": "assignee__email",
    "team": "queue__team__slug",
    "hub": "queue__team__hub",
    "vendor": "organization__slug",
    "from": "channel",
    "platform": "platform",
    "surface": "surface",
    "harm": "harm",
    "lang": "language",
    "market": "market",
    "graphic": "graphic_tier",
    "tag": "case_tags__tag__name",
}
# Their values are whatever the cases hold, so they are offered from the cases themselves.
OPEN_ENDED = frozenset({"lang", "market", "platform"})

# These words are no value that a case holds.
UNCOUNTED = frozenset({Marker.ANY.value, Marker.ME.value, Marker.TEAM.value})


@dataclass(frozen=True)
class Offers:
    """Suggestions for a place in the text, then whole filters: recent ones and saved ones (name, text)."""

    place: Place
    items: tuple[Suggestion, ...]
    recent: tuple[str, ...] = ()
    saved: tuple[tuple[str, str], ...] = ()


def offers(text: str, cursor: int, *, viewer: Viewer, at: datetime, recent: tuple[str, ...] = ()) -> Offers:
    """What fits at the cursor for this reader. Counts are of the filter without the term being typed, and of visible cases only."""
    context = context_for(viewer, at=at)
    if any(is_unstorable(char) for char in text):
        return Offers(Place(len(text), len(text), "", None), ())
    found = complete(text, cursor, CASES, context)
    items = found.items
    if found.place.field is not None:
        items = _counted(found, _cases_without(text, found.place, viewer=viewer, at=at), context)
    wanted = text.strip().lower()
    return Offers(
        found.place,
        items,
        tuple(past for past in recent if past.lower().startswith(wanted) and past.lower() != wanted)[:5],
        tuple(saved_filters(viewer, wanted)),
    )


def saved_filters(viewer: Viewer, typed: str) -> list[tuple[str, str]]:
    """Name and text of up to five saved views of the person whose name or text contains what was typed."""
    if not isinstance(viewer, User) or not viewer.is_internal:
        return []
    mine = Q(owner=viewer) | Q(audience="shared") | Q(audience="team", team_id__in=viewer.access.team_ids)
    found = SavedView.objects.filter(mine).filter(Q(name__icontains=typed) | Q(filter_text__icontains=typed))
    return list(found.order_by("position", "name", "pk").values_list("name", "filter_text")[:5])


def _cases_without(text: str, place: Place, *, viewer: Viewer, at: datetime) -> QuerySet[Case] | None:
    """The cases the rest of the filter finds; None when the rest is not a filter."""
    rest = compile_filter(place.text_without_term(text), viewer=viewer, at=at)
    return rest.cases() if rest.is_valid else None


def _counted(found: Completion, cases: QuerySet[Case] | None, context: CaseContext) -> tuple[Suggestion, ...]:
    """The items with counts, those with most cases first among values of one kind; as they were when counting is too slow."""
    field = found.place.field or ""
    entry = CASES.find(field)
    if entry is None or cases is None:
        return found.items
    try:
        if entry.name == "is":
            return _flag_counts(found, cases, context)
        if entry.name in COLUMN_OF:
            return _value_counts(found, entry.name, cases)
    except TooSlow:
        return found.items
    return found.items


def _sample(cases: QuerySet[Case]) -> QuerySet[Case]:
    return Case.objects.filter(pk__in=cases.order_by().values("pk")[:SAMPLE])


def _value_counts(found: Completion, name: str, cases: QuerySet[Case]) -> tuple[Suggestion, ...]:
    column = COLUMN_OF[name]
    rows = within(
        COUNT_WITHIN_S,
        lambda: list(_sample(cases).values_list(column).annotate(how_many=CountOf("pk")).order_by("-how_many", column)),
    )
    is_capped = sum(number for _value, number in rows) >= SAMPLE
    counts = Counter({_written(name, value): number for value, number in rows})
    items = list(found.items)
    if name in OPEN_ENDED:
        known = {item.text.lower() for item in items}
        wanted = found.place.prefix.lower()
        held = [value for value in counts if value and value.lower().startswith(wanted) and value.lower() not in known]
        # What the field's examples offered gives way to what the cases hold.
        items = [Suggestion(value) for value in held] + [
            item for item in items if item.text in {m.value for m in Marker}
        ]
    counted = [
        replace(item, text=as_value_of(item), count=counts[item.text], is_count_capped=is_capped) for item in items
    ]
    return tuple(counted[:MOST_VALUES])


def as_value_of(item: Suggestion) -> str:
    """The suggestion as it is written into the text; special words stay as they are."""
    return item.text if item.text in {marker.value for marker in Marker} else as_value(item.text)


def _written(name: str, value: object) -> str:
    """A stored value as it is written in a filter."""
    if value is None or value == "":
        return Marker.NONE.value
    if name == "who":
        return str(value).partition("@")[0].lower()
    return str(value)


def _flag_counts(found: Completion, cases: QuerySet[Case], context: CaseContext) -> tuple[Suggestion, ...]:
    # Drafts stand beside the case, and sandbox cases are in no list that does not ask for them.
    names = [item.text for item in found.items if item.text not in ("draft", "sandbox")]
    if not names:
        return found.items
    wanted = {f"flag_{name}": CountOf("pk", filter=FLAGS[name](context)) for name in names}
    totals = within(COUNT_WITHIN_S, lambda: _sample(cases).aggregate(rows_in_all=CountOf("pk"), **wanted))
    is_capped = totals["rows_in_all"] >= SAMPLE
    return tuple(
        replace(
            item, count=totals.get(f"flag_{item.text}"), is_count_capped=is_capped and f"flag_{item.text}" in totals
        )
        for item in found.items
    )

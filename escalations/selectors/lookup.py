"""What is known of something before a case about it is made: its cases, and the surface they were on (NEW-1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from accounts.models import User
from escalations.lifecycle import EntityKind, Surface
from escalations.models import Case, CaseEntity, Entity
from escalations.operations.submission_input import entity_key

_MOST = 8
_SURFACE_BY_KIND = {
    EntityKind.AD: Surface.ADS,
    EntityKind.ADVERTISER: Surface.ADS,
    EntityKind.LISTING: Surface.COMMERCE,
    EntityKind.PAYMENT_INSTRUMENT: Surface.COMMERCE,
    EntityKind.ACCOUNT: Surface.ACCOUNT,
}
_KIND_BY_WORD = {
    "/ads/": EntityKind.AD,
    "/ad/": EntityKind.AD,
    "advertiser": EntityKind.ADVERTISER,
    "/listing": EntityKind.LISTING,
    "/item": EntityKind.LISTING,
    "/shop": EntityKind.LISTING,
    "/groups/": EntityKind.GROUP,
    "/page": EntityKind.PAGE,
    "/@": EntityKind.ACCOUNT,
    "/user": EntityKind.ACCOUNT,
    "/profile": EntityKind.ACCOUNT,
}


@dataclass(frozen=True)
class Found:
    """What was pasted, read: its identity, the entity if it is known, its newest visible cases, what to suggest."""

    what: str
    key: str
    kind: EntityKind
    surface: Surface
    entity: Entity | None
    cases: Sequence[Case]

    @property
    def open_cases(self) -> Sequence[Case]:
        return [case for case in self.cases if case.is_open]


def look_up(what: str, *, viewer: User) -> Found:
    """Read an address or id and find what is known of it among the cases `viewer` may see. At most two queries."""
    what = what.strip().replace("\x00", "")[:2000]
    kind = kind_of(what)
    is_address = what.startswith(("http://", "https://"))
    key = _key(what, kind, is_address)
    # Uses index: entity_by_key
    entities = (
        list(Entity.objects.filter(key__in={key, what.lstrip("@").casefold()}).order_by("pk")[:20]) if key else []
    )
    cases: list[Case] = []
    if entities:
        ids = CaseEntity.objects.filter(entity__in=entities).order_by("-case_id").values_list("case_id")[:200]
        seen = Case.objects.visible_to(viewer).filter(pk__in=list(ids.values_list("case_id", flat=True)))
        cases = list(seen.order_by("-pk")[:_MOST])
    entity = entities[0] if entities else None
    if entity is not None:
        kind = EntityKind(entity.kind)
    common = Counter(case.surface for case in cases).most_common(1)
    surface = Surface(common[0][0]) if common else _SURFACE_BY_KIND.get(kind, Surface.ORGANIC)
    return Found(what, key, kind, surface, entity, cases)


def _key(what: str, kind: EntityKind, is_address: bool) -> str:
    if not what:
        return ""
    try:
        return entity_key(kind, "" if is_address else what, what if is_address else "")
    except ValueError:  # no address after all: `http://[`
        return ""


def kind_of(what: str) -> EntityKind:
    """What kind of thing an address or id probably names."""
    if what.startswith("@"):
        return EntityKind.ACCOUNT
    if not what.startswith(("http://", "https://")):
        return EntityKind.DOMAIN if "." in what and "/" not in what and " " not in what else EntityKind.POST
    try:
        path = urlsplit(what).path.lower()
    except ValueError:
        return EntityKind.POST
    found = next((kind for word, kind in _KIND_BY_WORD.items() if word in path), None)
    return found or (EntityKind.POST if path.strip("/") else EntityKind.DOMAIN)

"""Other cases that have to do with a case: linked, with the same subject, file or reference, in the same cluster; and how they ended.

All of it comes in two queries: pairs of reason and case, then the cases the viewer may see.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Case as When
from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models import When as If
from django.db.models.functions import Cast, Concat
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from escalations.lifecycle import CaseStatus, LinkKind, Resolution
from escalations.models import Case, CaseEntity, Evidence, Link

PER_REASON = 20
PRIOR_MOST = 50
SHOWN = 8
REASONS: dict[str, str | Promise] = {
    "cluster": _("same cluster"),
    "hash": _("same file or text"),
    "external": _("same reference of theirs"),
    "subject": _("same subject"),
}
_STRENGTH = list(REASONS)
_BACKWARDS: dict[str, str | Promise] = {
    LinkKind.DUPLICATE_OF: _("has the duplicate"),
    LinkKind.RELATED: LinkKind.RELATED.label,
    LinkKind.BLOCKS: _("is blocked by"),
}


@dataclass(frozen=True)
class Related:
    """Another case and why it is here, the strongest reason first; `words` of a link come before all others."""

    ref: str
    title: str
    status: str
    resolution: str
    severity: int
    reasons: Sequence[str | Promise]

    @property
    def outcome(self) -> str:
        """The resolution of a closed case, the state of an open one."""
        return str(Resolution(self.resolution).label if self.resolution else CaseStatus(self.status).label)

    @property
    def is_open(self) -> bool:
        return self.status != CaseStatus.CLOSED


@dataclass(frozen=True)
class Prior:
    """Earlier cases of a subject: how many ended how; `is_capped` where there are more than 50."""

    open: int
    violating: int
    not_violating: int
    other: int
    is_capped: bool

    @property
    def total(self) -> int:
        return self.open + self.violating + self.not_violating + self.other


@dataclass(frozen=True)
class Surroundings:
    """What stands around a case: typed links, cases alike, and for each entity what became of its other cases."""

    links: Sequence[Related] = ()
    related: Sequence[Related] = ()
    priors: Mapping[int, Prior] = field(default_factory=dict)


def surroundings_of(
    case: Case, *, viewer: User, entity_ids: Iterable[int], hashes: Iterable[str], most: int = SHOWN
) -> Surroundings:
    """Everything around `case` that `viewer` may see. Two queries, bounded however much there is.

    At most 20 cases per reason, the newest first; sandbox cases stay among themselves.
    """
    pairs = _pairs(case, list(entity_ids), list(hashes))
    reasons: dict[int, list[str]] = {}
    for other_id, reason in pairs:
        reasons.setdefault(other_id, []).append(reason)
    if not reasons:
        return Surroundings()
    seen = Case.objects.visible_to(viewer).filter(pk__in=reasons, is_sandbox=case.is_sandbox)
    cases = {row.pk: row for row in seen.only("ref", "title", "status", "resolution", "severity")}
    return Surroundings(
        links=_links(cases, reasons),
        related=_alike(cases, reasons)[:most],
        priors=_priors(cases, pairs),
    )


def _pairs(case: Case, entity_ids: list[int], hashes: list[str]) -> list[tuple[int, str]]:
    """(id of another case, reason); a reason is a name, `subject:<entity>` or `link:<kind>:<out|in>`.

    Uses indexes: the foreign keys of entity and link, evidence_by_sha256, case_children, case_by_external_ref.
    """
    parts: list[QuerySet[Case] | QuerySet[CaseEntity] | QuerySet[Evidence] | QuerySet[Link]] = [
        Link.objects.filter(Q(case=case) | Q(other=case))
        .annotate(
            there=When(If(case=case, then=F("other_id")), default=F("case_id")),
            why=Concat(
                Value("link:"),
                F("kind"),
                When(If(case=case, then=Value(":out")), default=Value(":in")),
                output_field=CharField(),
            ),
        )
        .order_by("-pk")
        .values_list("there", "why")[:50]  # type: ignore[list-item]
    ]
    for entity_id in entity_ids[:10]:
        same = CaseEntity.objects.filter(entity_id=entity_id).exclude(case_id=case.pk)
        parts.append(same.order_by("-case_id").values_list("case_id", _why(f"subject:{entity_id}"))[: PRIOR_MOST + 1])
    if hashes:
        same_bytes = Evidence.objects.filter(sha256__in=hashes).exclude(case_id=case.pk)
        parts.append(same_bytes.order_by("-case_id").values_list("case_id", _why("hash"))[:PER_REASON])
    if root := case.parent_id or (case.pk if case.cluster_size else None):
        cluster = Case.objects.filter(Q(parent_id=root) | Q(pk=root)).exclude(pk=case.pk)
        parts.append(cluster.order_by("-pk").values_list("pk", _why("cluster"))[:PER_REASON])
    if case.external_ref:
        theirs = Case.objects.filter(external_ref=case.external_ref).exclude(external_ref="").exclude(pk=case.pk)
        parts.append(theirs.order_by("-pk").values_list("pk", _why("external"))[:PER_REASON])
    found = parts[0] if len(parts) == 1 else parts[0].union(*parts[1:], all=True)
    return [(int(row[0]), str(row[1])) for row in found]  # type: ignore[index]


def _why(reason: str) -> Cast:
    return Cast(Value(reason), CharField())


def _named(row: Case, reasons: Sequence[str | Promise]) -> Related:
    return Related(row.ref, row.title, row.status, row.resolution, row.severity, reasons)


def _links(cases: Mapping[int, Case], reasons: Mapping[int, list[str]]) -> list[Related]:
    found = []
    for other_id, names in reasons.items():
        for name in names:
            _link, _mark, rest = name.partition("link:")
            if rest and other_id in cases:
                kind, _mark, way = rest.partition(":")
                words = LinkKind(kind).label if way == "out" else _BACKWARDS[LinkKind(kind)]
                found.append(_named(cases[other_id], [words]))
    return found


def _alike(cases: Mapping[int, Case], reasons: Mapping[int, list[str]]) -> list[Related]:
    found = []
    for other_id, row in cases.items():
        names = {name.partition(":")[0] for name in reasons[other_id]} & set(_STRENGTH)
        if names:
            ordered = sorted(names, key=_STRENGTH.index)
            found.append((_STRENGTH.index(ordered[0]), -other_id, _named(row, [REASONS[name] for name in ordered])))
    return [related for _strength, _age, related in sorted(found, key=lambda item: item[:2])]


_VIOLATING = {Resolution.VIOLATING_REMOVED, Resolution.VIOLATING_RESTRICTED, Resolution.ACCOUNT_ACTIONED}
_CLEARED = {Resolution.NO_VIOLATION, Resolution.RESTORED}


def _priors(cases: Mapping[int, Case], pairs: Iterable[tuple[int, str]]) -> dict[int, Prior]:
    rows: dict[int, list[Case]] = {}
    for other_id, reason in pairs:
        name, _mark, entity_id = reason.partition(":")
        if name == "subject" and other_id in cases:
            rows.setdefault(int(entity_id), []).append(cases[other_id])
    return {entity_id: _prior(found) for entity_id, found in rows.items()}


def _prior(rows: Sequence[Case]) -> Prior:
    is_capped = len(rows) > PRIOR_MOST
    rows = rows[:PRIOR_MOST]
    ended = [row.resolution for row in rows if row.status == CaseStatus.CLOSED]
    violating = sum(1 for resolution in ended if resolution in _VIOLATING)
    cleared = sum(1 for resolution in ended if resolution in _CLEARED)
    return Prior(
        open=len(rows) - len(ended),
        violating=violating,
        not_violating=cleared,
        other=len(ended) - violating - cleared,
        is_capped=is_capped,
    )

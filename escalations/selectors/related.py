"""Other cases that have to do with a case: linked, with the same subject, file or reference, in the same cluster; and how they ended.

All of it comes in two queries: pairs of reason and case, then the cases the viewer may see.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rapidfuzz import fuzz

from accounts.models import User
from escalations.appeal_life import LIVE
from escalations.filters.limits import TooSlow, within
from escalations.lifecycle import CaseStatus, DecisionState, LinkKind, Resolution
from escalations.models import Appeal, Case, Decision, Evidence
from escalations.selectors import likeness

PER_REASON = 20
PRIOR_MOST = 50
COMPARED, COMPARED_WITHIN_S = 600, 1.0
ALIKE = 70.0  # of 100: what the words of two cases have in common, in whatever order
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
    """Earlier cases of a subject: how many ended how, in how many an appeal is open; `is_capped` where there are more than 50."""

    open: int
    violating: int
    not_violating: int
    other: int
    appeals: int
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
    seen: frozenset[int] = frozenset()  # the ids of the cases that were found and may be seen
    cited: Mapping[int, int] = field(default_factory=dict)  # by policy, decided cases with the same evidence


def surroundings_of(
    case: Case, *, viewer: User, entity_ids: Iterable[int], hashes: Sequence[str], most: int = SHOWN
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
    appeals = Appeal.objects.filter(case=OuterRef("pk"), state__in=LIVE)
    seen = seen.annotate(has_open_appeal=Exists(appeals))
    if hashes:
        decided = Decision.objects.filter(case=OuterRef("pk"), state=DecisionState.EFFECTIVE)
        seen = seen.annotate(cited=Subquery(decided.values("clause__policy_id")[:1]))
    cases = {row.pk: row for row in seen.only("ref", "title", "status", "resolution", "severity")}
    alike = [row for pk, row in cases.items() if "hash" in reasons[pk]]
    return Surroundings(
        links=_links(cases, reasons),
        related=_alike(cases, reasons)[:most],
        priors=_priors(cases, pairs),
        seen=frozenset(cases),
        cited=Counter(row.cited for row in alike if row.cited is not None),  # type: ignore[attr-defined]
    )


def cited_alike(case: Case, *, viewer: User) -> dict[int, int]:
    """By policy, how many decided cases that `viewer` may see hold the same file or text as `case`; one query.

    Uses index: evidence_by_sha256.
    """
    mine = Evidence.objects.filter(case=case).values("sha256")
    same = Evidence.objects.filter(sha256__in=mine).exclude(case=case).values("case")
    found = Decision.objects.visible_to(viewer).filter(state=DecisionState.EFFECTIVE, case__in=same)
    found = found.filter(clause__isnull=False, case__is_sandbox=case.is_sandbox)
    return Counter(found.values_list("clause__policy_id", flat=True)[:PRIOR_MOST])


def alike_in_words(case: Case, *, viewer: User, most: int = SHOWN) -> list[Related] | None:
    """The cases whose title and ask say nearly the same as `case`, of the newest 600 that `viewer` may see, the likest first.

    One query along case_newest. None where it takes too long: who sees little of much may have to wait for it.
    """
    own = likeness.normal_text(case.title, case.ask)
    seen = Case.objects.visible_to(viewer).filter(is_sandbox=case.is_sandbox, is_practice_for=case.is_practice_for_id)
    newest = seen.exclude(pk=case.pk).order_by("-received_at", "-id")
    rows = newest.only("ref", "title", "ask", "status", "resolution", "severity")[:COMPARED]
    try:
        found = within(COMPARED_WITHIN_S, lambda: list(rows))
    except TooSlow:
        return None
    scored = [(fuzz.token_set_ratio(own, likeness.normal_text(row.title, row.ask)), row) for row in found]
    near = sorted((pair for pair in scored if pair[0] >= ALIKE), key=lambda pair: (-pair[0], -pair[1].pk))
    return [_named(row, [gettext("similar words, %(share)d %%") % {"share": score}]) for score, row in near[:most]]


def _pairs(case: Case, entity_ids: list[int], hashes: list[str]) -> list[tuple[int, str]]:
    """(id of another case, reason); a reason is a name, `subject:<entity>` or `link:<kind>:<out|in>`.

    Uses indexes: the foreign keys of entity and link, evidence_by_sha256, case_children, case_by_external_ref.
    """
    parts = [_LINKED]
    values: dict[str, Any] = {"id": case.pk}
    if entity_ids:
        parts.append(_SAME_SUBJECT)
        values["entities"] = entity_ids[:10]
    if hashes:
        parts.append(_SAME_BYTES)
        values["hashes"] = hashes
    if root := case.parent_id or (case.pk if case.cluster_size else None):
        parts.append(_SAME_CLUSTER)
        values["root"] = root
    if case.external_ref:
        parts.append(_SAME_REFERENCE)
        values["external"] = case.external_ref
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        found: list[tuple[int, str]] = cursor.fetchall()
        return found


_LINKED = """(SELECT CASE WHEN case_id = %(id)s THEN other_id ELSE case_id END,
  'link:' || kind || CASE WHEN case_id = %(id)s THEN ':out' ELSE ':in' END
  FROM escalations_link WHERE case_id = %(id)s OR other_id = %(id)s ORDER BY id DESC LIMIT 50)"""
_SAME_SUBJECT = f"""(SELECT same.case_id, 'subject:' || entity.id
  FROM unnest(%(entities)s::bigint[]) WITH ORDINALITY AS entity(id, place), LATERAL (
    SELECT case_id FROM escalations_caseentity WHERE entity_id = entity.id AND case_id <> %(id)s
    ORDER BY case_id DESC LIMIT {PRIOR_MOST + 1}) same
  ORDER BY entity.place, same.case_id DESC)"""
_SAME_BYTES = f"""(SELECT case_id, 'hash' FROM escalations_evidence WHERE sha256 = ANY(%(hashes)s) AND case_id <> %(id)s
  ORDER BY case_id DESC LIMIT {PER_REASON})"""
_SAME_CLUSTER = f"""(SELECT id, 'cluster' FROM escalations_case WHERE (parent_id = %(root)s OR id = %(root)s) AND id <> %(id)s
  ORDER BY id DESC LIMIT {PER_REASON})"""
_SAME_REFERENCE = f"""(SELECT id, 'external' FROM escalations_case
  WHERE external_ref = %(external)s AND external_ref <> '' AND id <> %(id)s ORDER BY id DESC LIMIT {PER_REASON})"""


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
        appeals=len([row for row in rows if row.has_open_appeal]),  # type: ignore[attr-defined]
        is_capped=is_capped,
    )

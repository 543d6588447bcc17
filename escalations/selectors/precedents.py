"""Decisions as precedents: their validity, the nearest ones to a case, the search over all of them (ux.md DEC-5, PRE-1)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Prefetch, Q
from django.db.models.query import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from escalations.lifecycle import DecisionState, Verdict
from escalations.models import Case, CaseEntity, Decision, Evidence, LeadingCase
from policies.lifecycle import PUBLISHED, VersionLabel
from policies.models import PolicyVersion
from policies.registry import Cited

CURRENT, SUPERSEDED, OVERTURNED = "current", "superseded", "overturned"
VALIDITY: Mapping[str, str | Promise] = {
    CURRENT: gettext_lazy("current"),
    SUPERSEDED: gettext_lazy("superseded"),
    OVERTURNED: gettext_lazy("overturned"),
}
# Of a clause so many of the latest decisions are compared with a case: older ones are found by search.
COMPARED = 200
OLDEST = timedelta(days=730)
_WORD = re.compile(r"\w{4,}")
_AGAINST = frozenset({Verdict.REMOVE, Verdict.RESTRICT, Verdict.ACCOUNT_ACTION})
_FOR = frozenset({Verdict.NO_VIOLATION, Verdict.RESTORE})


@dataclass(frozen=True)
class Precedent:
    """A decided case as an example. `why` says what it shares with the case at hand; `superseded_by` is the number of the version."""

    decision: Decision
    validity: str
    superseded_by: int | None = None
    leading: LeadingCase | None = None
    why: Sequence[str] = ()

    @property
    def case_ref(self) -> str:
        return self.decision.case.ref

    @property
    def url(self) -> str:
        """The page of its case."""
        return reverse("escalations:case", args=[self.case_ref])

    @property
    def citation(self) -> str:
        """The clause at its version."""
        return self.decision.clause.citation if self.decision.clause is not None else ""

    @property
    def verdict_label(self) -> str:
        return str(Verdict(self.decision.verdict).label)

    @property
    def decided_at(self) -> datetime:
        return self.decision.decided_at

    @property
    def is_valid(self) -> bool:
        """Whether one may still rely on it."""
        return self.validity == CURRENT

    @property
    def validity_words(self) -> str:
        """ "current", "superseded by @v15", "overturned"."""
        if self.validity == SUPERSEDED and self.superseded_by:
            return _("superseded by @v%(number)d") % {"number": self.superseded_by}
        return str(VALIDITY[self.validity])

    @property
    def cite_text(self) -> str:
        """What citing it puts into a rationale: `ESC-1 (CS-VI-3.2@v14, Violating: remove, 2026-11-02)`."""
        day = self.decided_at.date().isoformat()
        return f"{self.case_ref} ({self.citation}, {self.verdict_label}, {day})"

    @property
    def is_against(self) -> bool:
        """Whether it found a violation."""
        return self.decision.verdict in _AGAINST


def precedents(viewer: User) -> QuerySet[Decision]:
    """Decisions under a clause that took effect, on real cases that `viewer` may see: each is a precedent of some validity."""
    return (
        Decision.objects.visible_to(viewer)
        .filter(
            state__in=(DecisionState.EFFECTIVE, DecisionState.SUPERSEDED),
            clause__isnull=False,
            repeats__isnull=True,
            case__is_sandbox=False,
        )
        .select_related("clause__policy", "case", "decided_by")
        .prefetch_related(
            Prefetch(
                "leading",
                queryset=LeadingCase.objects.filter(removed_at__isnull=True).select_related("author"),
                to_attr="live_leading",
            )
        )
    )


def with_validity(decisions: Iterable[Decision], *, at: datetime) -> list[Precedent]:
    """Decisions with their validity at `at` (aware UTC). Two queries: later wordings of their clauses, and revisions.

    A later version that is more than editorial supersedes; a revision that came to another verdict overturns.
    """
    listed = list(decisions)
    policies = {decision.clause.policy_id for decision in listed if decision.clause is not None}
    later: dict[tuple[int, str], list[int]] = {}
    rows = PolicyVersion.objects.filter(policy__in=policies, state__in=PUBLISHED, effective__startswith__lte=at)
    for policy_id, market, number in (
        rows.exclude(label=VersionLabel.EDITORIAL).order_by("number").values_list("policy_id", "market", "number")
    ):
        later.setdefault((policy_id, market), []).append(number)
    revised = dict(
        Decision.objects.filter(supersedes__in=[decision.pk for decision in listed], effective_at__isnull=False)
        .order_by("pk")
        .values_list("supersedes_id", "verdict")
    )
    found = []
    for decision in listed:
        clause = decision.clause
        assert clause is not None  # a precedent stands under a clause
        newer = [n for n in later.get((clause.policy_id, clause.market), []) if n > clause.number]
        leading = next(iter(getattr(decision, "live_leading", ())), None)
        if decision.overturned_at is not None or _is_against(revised.get(decision.pk, "")) not in (
            None,
            _is_against(decision.verdict),
        ):
            found.append(Precedent(decision, OVERTURNED, leading=leading))
        elif newer:
            found.append(Precedent(decision, SUPERSEDED, superseded_by=newer[-1], leading=leading))
        else:
            found.append(Precedent(decision, CURRENT, leading=leading))
    return found


def _is_against(verdict: str) -> bool | None:
    """True: found a violation; False: found none; None: neither."""
    return True if verdict in _AGAINST else False if verdict in _FOR else None


def precedents_for(case: Case, clause: PolicyVersion, *, viewer: User, at: datetime, limit: int = 5) -> list[Precedent]:
    """The decided cases under `clause` (in any version) that are most like `case`, most alike first; overturned ones are shown, too.

    Alike are: the same file, the same subject, a leading case, ticked elements in common with what the title says, harm, surface, market,
    language, words of the title; of equals the later one. At most six queries, bounded: the latest 200 decisions are compared.
    Uses index: decision_by_clause.
    """
    versions = list(PolicyVersion.objects.filter(policy=clause.policy_id).values_list("pk", flat=True))
    under = precedents(viewer).filter(clause__in=versions).exclude(case=case.pk)
    latest = list(
        under.filter(decided_at__gt=at - OLDEST, decided_at__lte=at).order_by("-decided_at", "-id")[:COMPARED]
    )
    if not latest:
        return []
    ids = [decision.case_id for decision in latest]
    subjects = _shared(CaseEntity.objects.filter(case__in=[case.pk, *ids]).values_list("case_id", "entity_id"), case.pk)
    files = _shared(Evidence.objects.filter(case__in=[case.pk, *ids]).values_list("case_id", "sha256"), case.pk)
    words = _words(case.title)
    scored = []
    for decision in latest:
        other = decision.case
        score = 0.0
        why: list[str] = []
        if other.pk in files:
            score, why = score + 6, [*why, _("same file or text")]
        if other.pk in subjects:
            score, why = score + 5, [*why, _("same subject")]
        if getattr(decision, "live_leading", ()):
            score, why = score + 3, [*why, _("leading case")]
        if case.harm and other.harm == case.harm:
            score, why = score + 1.5, [*why, _("same harm")]
        if case.market and other.market == case.market:
            score, why = score + 1, [*why, _("same market")]
        if case.language and other.language == case.language:
            score, why = score + 0.5, [*why, _("same language")]
        if other.surface == case.surface:
            score += 0.5
        theirs = _words(other.title)
        if words and theirs:
            likeness = len(words & theirs) / len(words | theirs)
            score += 4 * likeness
            if likeness >= 0.25:
                why = [*why, _("words of the title")]
        scored.append((-score, -decision.decided_at.timestamp(), decision, why or [_("same clause")]))
    scored.sort(key=lambda entry: entry[:2])
    chosen = scored[:limit]
    reasons = {decision.pk: why for _score, _time, decision, why in chosen}
    return [
        Precedent(one.decision, one.validity, one.superseded_by, one.leading, reasons[one.decision.pk])
        for one in with_validity([decision for _score, _time, decision, _why in chosen], at=at)
    ]


def _shared(pairs: Iterable[tuple[int, object]], case_id: int) -> set[int]:
    """Other cases that share a value with the case."""
    listed = list(pairs)
    own = {value for owner, value in listed if owner == case_id}
    return {owner for owner, value in listed if owner != case_id and value in own}


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower()))


def contradicting(found: Collection[Precedent], verdict: str) -> int:
    """How many valid precedents came to the other result than `verdict` (ux.md DEC-5: from three on the panel asks why)."""
    own = _is_against(verdict)
    if own is None:
        return 0
    return sum(one.is_valid and _is_against(one.decision.verdict) not in (None, own) for one in found)


@dataclass(frozen=True)
class PrecedentFilters:
    """What narrows the search; empty values do not. `cases` is a condition of the filter language over cases."""

    clause: str = ""
    element: str = ""
    verdict: str = ""
    surface: str = ""
    language: str = ""
    validity: str = ""
    is_leading: bool = False
    cases: Q | None = None


PAGE = 50


def narrowed(filters: PrecedentFilters, *, viewer: User) -> QuerySet[Decision]:
    """The precedents that pass, but for their validity, which the clock decides. Uses index: decision_by_clause, with a clause."""
    rows = precedents(viewer)
    if filters.clause:
        key, _at, number = filters.clause.upper().partition("@V")
        versions = PolicyVersion.objects.filter(policy__key__startswith=key)
        if number.isdigit():
            versions = versions.filter(number=int(number[:5]))
        rows = rows.filter(clause__in=list(versions.values_list("pk", flat=True)))
    if filters.element:
        rows = rows.filter(elements__contains=[filters.element])
    if filters.verdict:
        rows = rows.filter(verdict=filters.verdict)
    if filters.surface:
        rows = rows.filter(case__surface=filters.surface)
    if filters.language:
        rows = rows.filter(case__language=filters.language)
    if filters.is_leading:
        rows = rows.filter(
            pk__in=LeadingCase.objects.filter(removed_at__isnull=True).visible_to(viewer).values("decision_id")
        )
    if filters.cases is not None:
        rows = rows.filter(case__in=Case.objects.visible_to(viewer).filter(filters.cases))
    if filters.validity == OVERTURNED:
        rows = rows.filter(Q(overturned_at__isnull=False) | Q(state=DecisionState.SUPERSEDED))
    return rows


def search_precedents(
    filters: PrecedentFilters, *, viewer: User, at: datetime, before: int | None = None
) -> tuple[list[Precedent], int | None]:
    """A page of precedents that pass, newest decision first, and the id to go on from (None: no more).

    Validity depends on the clock, so it is judged after reading: a page may hold fewer than fifty.
    """
    rows = narrowed(filters, viewer=viewer)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    page = list(rows.order_by("-id")[: PAGE + 1])
    more = page[PAGE - 1].pk if len(page) > PAGE else None
    found = with_validity(page[:PAGE], at=at)
    if filters.validity:
        found = [one for one in found if one.validity == filters.validity]
    return found, more


def cited_under(version: PolicyVersion, viewer: User, at: datetime) -> list[Cited]:
    """For the clause's page: its leading cases, then its latest decisions, eight in all."""
    versions = list(PolicyVersion.objects.filter(policy=version.policy_id).values_list("pk", flat=True))
    rows = precedents(viewer).filter(clause__in=versions)
    leading = list(
        rows.filter(
            pk__in=LeadingCase.objects.filter(removed_at__isnull=True).visible_to(viewer).values("decision_id")
        ).order_by("-decided_at", "-id")[:8]
    )
    latest = list(rows.exclude(pk__in=[one.pk for one in leading]).order_by("-decided_at", "-id")[: 8 - len(leading)])
    return [
        Cited(
            words=f"{one.case_ref} · {one.verdict_label}",
            url=one.url,
            at=one.decided_at,
            citation=one.citation,
            validity=one.validity,
            validity_words=one.validity_words,
            holding=one.leading.holding if one.leading is not None else "",
        )
        for one in with_validity([*leading, *latest], at=at)
    ]

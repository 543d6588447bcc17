"""What will probably come back, before it is sent: how submissions alike fared in the last 90 days (VPO-2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import Organization
from core.places import language_choices
from escalations.lifecycle import Harm, Surface
from escalations.selectors.own_cases import HISTORY, LEAST, Chance
from portal import plain

OFTEN = 0.25  # a share of returns from which on it is a warning
# What makes two submissions alike, the closest likeness first; the first of which ten were looked at tells.
_LIKENESS = (
    ("is_bare", "surface", "harm", "language"),
    ("is_bare", "surface", "language"),
    ("is_bare", "surface", "harm"),
    ("is_bare", "surface"),
    ("is_bare", "language"),
    ("is_bare",),
)


@dataclass(frozen=True)
class Draft:
    """What is known of a submission while it is written; "" for what is not. `is_bare`: it has no evidence yet."""

    surface: str
    harm: str
    language: str
    is_bare: bool


@dataclass(frozen=True)
class Foreseen:
    """How those alike fared: `alike` says in what, `chance` how many of how many came back, `reason` why most often (`hits` times).

    `otherwise` is the same with evidence, for a draft without; None where too few were looked at to say.
    """

    alike: str
    chance: Chance
    reason: plain.Returned | None
    hits: int
    otherwise: Chance | None

    @property
    def is_often(self) -> bool:
        return self.chance.share >= OFTEN


def foreseen(organization: Organization, draft: Draft, *, at: datetime) -> Foreseen | None:
    """What became of the organization's submissions like this one in the 90 days before `at` (aware UTC). One query.

    None where fewer than ten were looked at even of the least alike. Counted as the scorecard counts acceptance: without duplicates,
    sandbox and what a label guards; a return that was contested rightly counts as valid.
    """
    rows = list(_looked_at(organization, at=at))
    for names in _LIKENESS:
        wanted = {name: getattr(draft, name) for name in names}
        if "" in wanted.values():
            continue
        chance, reasons = _count(rows, wanted)
        if chance is not None:
            code, hits = next(iter(reasons.most_common(1)), ("", 0))
            otherwise = _count(rows, wanted | {"is_bare": False})[0] if draft.is_bare else None
            return Foreseen(_in_words(wanted), chance, plain.REASONS.get(code), hits, otherwise)
    return None


_Row = tuple[dict[str, object], str, int]  # what it was like, why it came back ("" where it did not), how many


def _count(rows: list[_Row], wanted: Mapping[str, object]) -> tuple[Chance | None, Counter[str]]:
    """How many of those alike came back and why; None below ten (REP-10)."""
    reasons: Counter[str] = Counter()
    total = 0
    for like, reason, n in rows:
        if all(like[name] == value for name, value in wanted.items()):
            total += n
            if reason:
                reasons[reason] += n
    return (Chance(total, reasons.total()) if total >= LEAST else None), reasons


def _in_words(wanted: Mapping[str, object]) -> str:
    """“Ads · Financial fraud · Spanish”; "" for all."""
    names: list[str] = []
    if surface := wanted.get("surface"):
        names.append(str(dict(Surface.choices).get(str(surface), surface)))
    if harm := wanted.get("harm"):
        names.append(str(dict(Harm.choices).get(str(harm), harm)))
    if language := wanted.get("language"):
        names.append(dict(language_choices()).get(str(language), str(language)))
    return " · ".join(names) or _("all of yours")


def _looked_at(organization: Organization, *, at: datetime) -> Iterator[_Row]:
    # Uses index: submission_newest
    with connection.cursor() as cursor:
        cursor.execute(_LOOKED_AT, {"organization": organization.pk, "since": at - HISTORY, "at": at})
        for surface, harm, language, is_bare, reason, n in cursor.fetchall():
            yield {"surface": surface, "harm": harm, "language": language, "is_bare": is_bare}, reason, n


_LOOKED_AT = """
SELECT f.surface, f.harm, f.language, s.warnings @> '[{"code": "no_evidence"}]' AS is_bare,
  CASE WHEN f.triage = 'invalid' THEN f.reason ELSE '' END AS reason, count(*)
FROM escalations_submission s JOIN reporting_casefact f ON f.case_id = s.case_id AND f.organization_id = s.organization_id
WHERE s.organization_id = %(organization)s AND s.received_at >= %(since)s AND s.received_at < %(at)s
  AND NOT s.is_sandbox AND s.result = 'created' AND f.triage IN ('valid', 'invalid') AND f.compartments = '{}'
GROUP BY 1, 2, 3, 4, 5
"""

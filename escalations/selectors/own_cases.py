"""What an organization can know before it submits: its own open cases about the same thing, and how often what it sent was returned."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from accounts.models import Organization, User
from escalations.models import Case
from escalations.operations.submission_input import entity_key
from escalations.selectors.lookup import kind_of

HISTORY = timedelta(days=90)
LEAST = 10  # of a kind, below which a share says nothing (REP-10)
_MOST = 3


@dataclass(frozen=True)
class Known:
    """An open case of the same organization about the same thing. `case` is None where the viewer may not open it."""

    ref: str
    received_at: datetime
    case: Case | None


@dataclass(frozen=True)
class Chance:
    """Of `count` submissions of one kind that were settled, how many were returned as invalid. `share` 0 to 1."""

    count: int
    returned: int

    @property
    def share(self) -> float:
        return self.returned / self.count

    @property
    def percent(self) -> int:
        return round(100 * self.share)


def keys_of(what: str) -> list[str]:
    """The normalised identities an address or id may stand under; empty for what is neither."""
    what = what.strip()[:2000]
    if not what or "\x00" in what:
        return []
    is_address = what.startswith(("http://", "https://"))
    try:
        key = entity_key(kind_of(what), "" if is_address else what, what if is_address else "")
    except ValueError:  # no address after all: `http://[`
        return []
    return list({key} if is_address else {key, what, what.lstrip("@").casefold()})


def known(what: str, *, viewer: User) -> list[Known]:
    """Open cases of the viewer's organization about an address or id, the newest first; at most three. One or two queries."""
    return _known(keys_of(what), viewer=viewer).get("", [])


def known_among(wheres: Collection[str], *, viewer: User) -> dict[str, list[Known]]:
    """The same for many at once, by what was asked. Two queries."""
    by_key = {key: where for where in wheres for key in keys_of(where)}
    return _known(by_key, viewer=viewer, names=by_key)


def _known(keys: Iterable[str], *, viewer: User, names: dict[str, str] | None = None) -> dict[str, list[Known]]:
    wanted = list(keys)
    if viewer.is_internal or not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, case_id FROM app_own_cases_about(%s, %s::text[])", [viewer.organization_id, wanted])
        found: list[tuple[str, int]] = cursor.fetchall()
    ids = {case_id for _key, case_id in found}
    own = Case.objects.filter(organization_id=viewer.organization_id, pk__in=ids, is_sandbox=False).open()
    cases = {case.pk: case for case in own.only("ref", "received_at", "title", "status", "waiting_on", "resolution")}
    seen = set(Case.objects.visible_to(viewer).filter(pk__in=cases).values_list("pk", flat=True))
    answer: dict[str, dict[int, Known]] = {}
    for key, case_id in found:
        if (case := cases.get(case_id)) is not None:
            entry = Known(case.ref, case.received_at, case if case_id in seen else None)
            answer.setdefault(names[key] if names else "", {})[case_id] = entry
    return {
        name: sorted(rows.values(), key=lambda row: row.received_at, reverse=True)[:_MOST]
        for name, rows in answer.items()
    }


def returned_shares(organization: Organization, *, at: datetime) -> dict[str, Chance]:
    """How often what the organization sent in the 90 days before `at` (aware UTC) was returned, by what it lacked.

    The keys are the codes of `SubmissionInput.warnings`, and `""` for all. Counted are cases that are closed otherwise than
    withdrawn or merged; what was seen fewer than ten times is left out.
    """
    # Uses index: submission_newest
    with connection.cursor() as cursor:
        cursor.execute(_RETURNED, {"organization": organization.pk, "since": at - HISTORY, "at": at})
        return {code: Chance(count, returned) for code, count, returned in cursor.fetchall() if count >= LEAST}


_RETURNED = """
WITH settled AS (
  SELECT s.id, s.warnings, c.resolution = 'invalid' AS returned
  FROM escalations_submission s JOIN escalations_case c ON c.id = s.case_id
  WHERE s.organization_id = %(organization)s AND s.received_at >= %(since)s AND s.received_at < %(at)s
    AND NOT s.is_sandbox AND s.result = 'created' AND NOT c.is_open AND c.resolution NOT IN ('withdrawn', 'merged')
)
SELECT '' AS code, count(*), count(*) FILTER (WHERE returned) FROM settled
UNION ALL
SELECT w ->> 'code', count(*), count(*) FILTER (WHERE returned)
FROM settled CROSS JOIN LATERAL jsonb_array_elements(warnings) w GROUP BY 1
"""

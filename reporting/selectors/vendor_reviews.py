"""A vendor's own decisions beside what became of their escalations: volumes, error patterns and validity read together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import Organization
from reporting.measures import Unit
from reporting.selectors.figures import LEAST_N, Scope, Window, duration, in_words
from reporting.statistics import wilson

# A review belongs to the case it names, by our reference or theirs; else to the newest case about the same item.
# What our decision says beside theirs: `restored` is “no violation”; verdicts that judge nothing do not count.
_JOINED = """
WITH r AS (
  SELECT * FROM reporting_vendorreview WHERE {whose} AND decided_at >= %(start)s AND decided_at < %(end)s
), met AS (
  SELECT r.id, c.id AS case_id, 1 AS rank FROM r JOIN escalations_case c
    ON c.organization_id = r.organization_id AND c.ref = r.escalation WHERE r.escalation <> '' AND NOT c.is_sandbox
  UNION ALL
  SELECT r.id, c.id, 1 FROM r JOIN escalations_case c
    ON c.organization_id = r.organization_id AND c.external_ref = r.escalation WHERE r.escalation <> '' AND NOT c.is_sandbox
  UNION ALL
  SELECT r.id, c.id, 2 FROM r JOIN escalations_entity e ON e.key = r.item_key
    JOIN escalations_caseentity ce ON ce.entity_id = e.id
    JOIN escalations_case c ON c.id = ce.case_id AND c.organization_id = r.organization_id WHERE NOT c.is_sandbox
), one AS (
  SELECT DISTINCT ON (met.id) met.id, f.case_id, f.triage FROM met JOIN reporting_casefact f ON f.case_id = met.case_id
  WHERE {scope} ORDER BY met.id, met.rank, met.case_id DESC
), joined AS (
  SELECT r.*, one.case_id, one.triage, v.verdict,
    CASE WHEN r.decision <> 'escalated' THEN v.verdict <> r.decision END AS is_overturned
  FROM r LEFT JOIN one USING (id) LEFT JOIN LATERAL (
    SELECT CASE d.verdict WHEN 'restore' THEN 'no_violation' ELSE d.verdict END AS verdict FROM reporting_decisionfact d
    WHERE d.case_id = one.case_id AND d.verdict NOT IN ('insufficient_info', 'policy_gap')
    ORDER BY d.effective_at DESC, d.decision_id DESC LIMIT 1
  ) v ON true
)
"""
_AGREED = """
SELECT organization_id, count(*) FILTER (WHERE NOT is_overturned), count(*) FROM joined WHERE is_overturned IS NOT NULL GROUP BY 1
"""
_SUMS = """
SELECT grouping(kind, clause, reviewer, wk) AS level, kind, clause, reviewer, wk, count(*), count(DISTINCT reviewer),
  avg(handle_s), count(*) FILTER (WHERE decision = 'escalated'), count(case_id), count(is_overturned),
  count(*) FILTER (WHERE is_overturned), count(DISTINCT case_id) FILTER (WHERE triage = 'valid'),
  count(DISTINCT case_id) FILTER (WHERE triage = 'invalid')
FROM (SELECT *, date_trunc('week', decided_at AT TIME ZONE %(zone)s)::date AS wk FROM joined) j
GROUP BY GROUPING SETS ((), (kind), (clause), (reviewer), (wk))
"""
_FLIPS = """
SELECT decision, verdict, clause, count(*), array_agg(DISTINCT case_id) FROM joined WHERE is_overturned
GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3 LIMIT 12
"""
_ALL, _KIND, _CLAUSE, _REVIEWER, _WEEK = 0b1111, 0b0111, 0b1011, 0b1101, 0b1110
MOST_LINES = 20


@dataclass(frozen=True)
class Part:
    """A share with its n; `text` says “n too small” under ten (REP-10)."""

    k: int
    n: int

    @property
    def value(self) -> float | None:
        return self.k / self.n if self.n >= LEAST_N else None

    @property
    def text(self) -> str:
        if not self.n:
            return "—"
        if self.value is None:
            return _("n too small (%(n)d)") % {"n": self.n}
        return in_words(self.value, Unit.SHARE)

    @property
    def interval(self) -> str:
        """The Wilson 95 % interval, or "" where there is no share."""
        if self.value is None:
            return ""
        low, high = wilson(self.k, self.n)
        return f"{in_words(low, Unit.SHARE)} – {in_words(high, Unit.SHARE)}"


@dataclass(frozen=True)
class Line:
    """Decisions of one week, clause, reviewer, kind, or all of them; `handle_s` is their mean in seconds."""

    key: object
    n: int
    reviewers: int
    handle_s: float | None
    escalated: Part  # what the reviewer sent on
    looked_at: int  # of which we have a case
    overturned: Part  # of those we decided, otherwise than they had
    valid: Part  # of the cases, the valid ones (KPI-15)

    @property
    def handle(self) -> str:
        return "—" if self.handle_s is None else duration(self.handle_s)


@dataclass(frozen=True)
class Flip:
    """One pattern of errors: what they decided, what we did, under which clause of theirs."""

    theirs: str
    ours: str
    clause: str
    n: int
    case_ids: tuple[int, ...]


@dataclass(frozen=True)
class Reviewing:
    """All of a window. Lists have the largest first, weeks the newest."""

    window: Window
    total: Line
    kinds: tuple[Line, ...]
    clauses: tuple[Line, ...]
    reviewers: tuple[Line, ...]
    weeks: tuple[Line, ...]
    flips: tuple[Flip, ...]


def _join(scope: Scope, window: Window, whose: str) -> tuple[str, dict[str, Any]]:
    """The statement's first part with the scope's condition written into it, and its values."""
    theirs, values = scope.sql()
    names = {f"s{place}": value for place, value in enumerate(values)}
    for name in names:
        theirs = theirs.replace("%s", f"%({name})s", 1)
    return _JOINED.format(scope=theirs, whose=whose), {"start": window.start, "end": window.end, **names}


def accuracies(*, scope: Scope, window: Window) -> dict[int, Part]:
    """By organization: how many of its own decisions of a window (aware UTC) that we decided again we decided alike. One query.

    Organizations of which we decided nothing again are left out, and what lies under the scope's smallest cell.
    """
    joined, params = _join(scope, window, "true")
    with connection.cursor() as cursor:
        cursor.execute(joined + _AGREED, params)
        return {key: Part(kept, n) for key, kept, n in cursor.fetchall() if n >= max(1, scope.small_cell)}


def reviewing(vendor: Organization, *, scope: Scope, window: Window, zone: str) -> Reviewing:
    """What a vendor's reviewers decided in a window (aware UTC), joined to the cases `scope` may count. Two queries.

    Weeks begin on Mondays in `zone`. Lines under the scope's smallest cell are left out.
    """
    joined, params = _join(scope.narrowed(vendor.pk), window, "organization_id = %(vendor)s")
    params |= {"vendor": vendor.pk, "zone": zone}
    with connection.cursor() as cursor:
        cursor.execute(joined + _SUMS, params)
        sums = cursor.fetchall()
        cursor.execute(joined + _FLIPS, params)
        flips = cursor.fetchall()
    lines: dict[int, list[Line]] = {}
    for level, kind, clause, reviewer, week, n, people, handle, sent, cases, judged, wrong, valid, invalid in sums:
        if level != _ALL and n < scope.small_cell:
            continue
        key = {_KIND: kind, _CLAUSE: clause, _REVIEWER: reviewer, _WEEK: week}.get(level)
        seconds = None if handle is None else float(handle)
        line = Line(key, n, people, seconds, Part(sent, n), cases, Part(wrong, judged), Part(valid, valid + invalid))
        lines.setdefault(level, []).append(line)

    def largest(level: int) -> tuple[Line, ...]:
        return tuple(sorted(lines.get(level, ()), key=lambda line: (-line.n, str(line.key)))[:MOST_LINES])

    return Reviewing(
        window,
        lines[_ALL][0],
        largest(_KIND),
        largest(_CLAUSE),
        largest(_REVIEWER),
        tuple(sorted(lines.get(_WEEK, ()), key=lambda line: str(line.key), reverse=True)),
        tuple(
            Flip(theirs_, ours, clause, n, tuple(ids))
            for theirs_, ours, clause, n, ids in flips
            if n >= scope.small_cell
        ),
    )

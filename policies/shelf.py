"""The wordings and the guidance in force, kept by the process: a case page reads all of them, which change a few times a month.

One short statement asks which rows are in force now and which writing of each it is (`xmin` and `ctid`: the transaction that wrote
it and its place on disk); only when that answer is another than before are they read again. So nothing here is ever out of date.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from policies.lifecycle import PUBLISHED
from policies.models import Guidance, PolicyVersion

Rows = tuple[tuple[int, str, str], ...]


@dataclass(frozen=True, eq=False)
class Shelf:
    """What is in force at one time: wordings by id, guidance newest first. Everybody shares these objects, whatever they may see:
    read them, never change them, and never ask them for a person.
    """

    rows: Rows
    versions: Mapping[int, PolicyVersion] = field(repr=False)
    guidance: Sequence[Guidance] = field(default=(), repr=False)

    def for_market(self, market: str) -> list[PolicyVersion]:
        """Wordings of active clauses for all markets, and the variants of `market` (ISO 3166 alpha-2)."""
        return [one for one in self.versions.values() if one.policy.is_active and one.market in ("", market)]

    def variants(self, version: PolicyVersion) -> list[PolicyVersion]:
        """The same clause's wordings for other markets."""
        found = [
            one for one in self.versions.values() if one.policy_id == version.policy_id and one.market != version.market
        ]
        return sorted(found, key=lambda one: (one.market, one.pk))


_last = Shelf((), {})


def in_force(*, at: datetime) -> Shelf:
    """The published wordings and the guidance that hold at `at` (aware UTC). One query, up to three where something has changed."""
    global _last
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT v.id, v.xmin || ' ' || v.ctid, p.xmin || ' ' || p.ctid FROM policies_policyversion v JOIN policies_policy p ON p.id = v.policy_id"
            " WHERE v.state = ANY(%s) AND v.effective @> %s UNION ALL SELECT -g.id, g.xmin || ' ' || g.ctid, '' FROM policies_guidance g"
            " WHERE g.starts_at <= %s AND g.expires_at > %s AND coalesce(g.ended_at > %s, TRUE) ORDER BY 1",
            [[str(state) for state in PUBLISHED], at, at, at, at],
        )
        rows: Rows = tuple(cursor.fetchall())
    shelf = _last
    if shelf.rows != rows:
        read = PolicyVersion.objects.filter(pk__in=[pk for pk, _version, _policy in rows if pk > 0]).order_by("pk")
        holding = [-pk for pk, _guidance, _nothing in rows if pk < 0]
        guidance = Guidance.objects.filter(pk__in=holding).order_by("-starts_at", "-id") if holding else ()
        versions = {one.pk: one for one in read.select_related("policy").defer("search")}
        shelf = _last = Shelf(rows, versions, tuple(guidance))
    return shelf

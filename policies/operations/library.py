"""Loading the clauses that come with the product."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from accounts.models import Organization, User
from audit.recording import Entry, record_many
from core.errors import Invalid
from policies import events
from policies.library import ClauseSource, VersionSource, read_library
from policies.lifecycle import VersionState
from policies.models import Policy, PolicyVersion
from policies.permissions import check_can_load_library


@dataclass(frozen=True)
class Loaded:
    """What loading did. `differing` are citations whose stored wording is not the file's: they cannot be changed."""

    clauses: int = 0
    versions: int = 0
    unchanged: int = 0
    differing: list[str] = field(default_factory=list)


@transaction.atomic
def load_library(*, at: datetime, by: User | None, clauses: Iterable[ClauseSource] | None = None) -> Loaded:
    """Bring the clauses of `policies/library/` into force, each since the days before `at` that its file says.

    Safe to run again, with a later `at` too: what exists stays as it is, what the files have gained is added, and the version
    before it ends where the new one begins. `at` is aware UTC; days begin at 00:00 UTC. `by` writes the versions and owns new
    clauses; None is the system. Locks the clauses. Records `policy.created`, `policy.version_effective` and
    `policy.version_retired`. Raises `NotPermitted`, `LibraryError` for a file that cannot be read, `Invalid` when a new version
    would begin before the one it follows.
    """
    check_can_load_library(by)
    sources = list(read_library() if clauses is None else clauses)
    policies, created = _policies(sources, by)
    stored = {(v.policy_id, v.number): v for v in PolicyVersion.objects.filter(policy__in=policies.values())}
    entries = [Entry(events.POLICY_CREATED, p, at, by, {"key": p.key, "family": p.family}) for p in created]
    unchanged, differing, added = 0, [], 0
    for source in sources:
        policy = policies[source.key]
        fresh = []
        for wording in source.versions:
            known = stored.get((policy.pk, wording.number))
            if known is None:
                fresh.append(wording)
            elif _same(known, wording):
                unchanged += 1
            else:
                differing.append(f"{policy.key}@v{wording.number}")
        for market in {wording.market for wording in fresh}:
            line = [wording for wording in fresh if wording.market == market]
            entries += _bring_into_force(policy, market, line, at, by)
        added += len(fresh)
    internal_id = Organization.objects.values_list("id", flat=True).get(kind=Organization.Kind.INTERNAL)
    record_many([Entry(e.kind, e.subject, e.at, e.by, e.data, internal_id) for e in entries])
    return Loaded(len(created), added, unchanged, differing)


def _policies(sources: list[ClauseSource], by: User | None) -> tuple[dict[str, Policy], list[Policy]]:
    """The clauses by key, locked, and those made now."""
    keys = [source.key for source in sources]
    existing = {p.key: p for p in Policy.objects.select_for_update().filter(key__in=keys).order_by("id")}
    created = Policy.objects.bulk_create(
        [
            Policy(key=s.key, family=s.family, section=s.section, harms=s.harms, owner=by)
            for s in sources
            if s.key not in existing
        ]
    )
    return existing | {policy.key: policy for policy in created}, created


def _same(stored: PolicyVersion, wording: VersionSource) -> bool:
    return (
        all(getattr(stored, name) == value for name, value in wording.content.items())
        and stored.label == wording.label
        and stored.market == wording.market
    )


def _bring_into_force(
    policy: Policy, market: str, line: list[VersionSource], at: datetime, by: User | None
) -> list[Entry]:
    """Store new wordings of one market, oldest first, each ending where the next begins; answers what to record."""
    starts = [_start(wording, at) for wording in line]
    entries = _end_current(policy, market, starts[0], at, by)
    if starts != sorted(set(starts)):
        raise Invalid(_("The versions of %(key)s do not follow one another in time.") % {"key": policy.key})
    ends: list[datetime | None] = [*starts[1:], None]
    PolicyVersion.objects.bulk_create(
        [
            PolicyVersion(
                policy=policy,
                number=wording.number,
                label=wording.label,
                market=market,
                state=VersionState.RETIRED if end else VersionState.EFFECTIVE,
                effective=DateTimeTZRange(start, end),
                author=by,
                created_at=start,
                **wording.content,
            )
            for wording, start, end in zip(line, starts, ends, strict=True)
        ]
    )
    for wording, start in zip(line, starts, strict=True):
        data = {
            "key": policy.key,
            "number": wording.number,
            "label": wording.label.value,
            "market": market,
            "from": start.isoformat(),
        }
        entries.append(Entry(events.POLICY_VERSION_EFFECTIVE, policy, at, by, data))
    return entries


def _end_current(policy: Policy, market: str, end: datetime, at: datetime, by: User | None) -> list[Entry]:
    """Let the wording that holds now end where the first new one begins. Nothing to do for a new clause."""
    current = PolicyVersion.objects.filter(policy=policy, market=market, state=VersionState.EFFECTIVE).first()
    if current is None or current.effective is None:
        return []
    if current.effective.lower >= end:
        raise Invalid(
            _("A new version of %(citation)s would begin before it: give it fewer days.")
            % {"citation": current.citation}
        )
    current.move_to(VersionState.RETIRED)
    current.effective = DateTimeTZRange(current.effective.lower, end)
    current.save(update_fields=["state", "effective"])
    data = {"key": policy.key, "number": current.number, "market": market, "at": end.isoformat()}
    return [Entry(events.POLICY_VERSION_RETIRED, policy, at, by, data)]


def _start(wording: VersionSource, at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=wording.days)

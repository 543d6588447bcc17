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
    stored: dict[int, list[PolicyVersion]] = {}
    for version in PolicyVersion.objects.filter(policy__in=policies.values()).select_related("policy"):
        stored.setdefault(version.policy_id, []).append(version)
    entries = [Entry(events.POLICY_CREATED, p, at, by, {"key": p.key, "family": p.family}) for p in created]
    added: list[PolicyVersion] = []
    unchanged, differing = 0, []
    for source in sources:
        policy = policies[source.key]
        known = {version.number: version for version in stored.get(policy.pk, [])}
        fresh = [wording for wording in source.versions if wording.number not in known]
        for wording in source.versions:
            if wording.number in known:
                if _same(known[wording.number], wording):
                    unchanged += 1
                else:
                    differing.append(known[wording.number].citation)
        for market in sorted({wording.market for wording in fresh}):
            line = [wording for wording in fresh if wording.market == market]
            current = next(
                (v for v in known.values() if v.market == market and v.state == VersionState.EFFECTIVE), None
            )
            if current is not None:
                entries.append(_end(current, _start(line[0], at), at, by))
            added += _wordings(policy, line, at, by)
    PolicyVersion.objects.bulk_create(added)
    entries += [_effective(version, at, by) for version in added]
    internal_id = Organization.objects.values_list("id", flat=True).get(kind=Organization.Kind.INTERNAL)
    record_many([Entry(e.kind, e.subject, e.at, e.by, e.data, internal_id) for e in entries])
    return Loaded(len(created), len(added), unchanged, differing)


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


def _wordings(policy: Policy, line: list[VersionSource], at: datetime, by: User | None) -> list[PolicyVersion]:
    """New wordings of one market, oldest first, each ending where the next begins; not saved."""
    starts = [_start(wording, at) for wording in line]
    if starts != sorted(set(starts)):
        raise Invalid(_("The versions of %(key)s do not follow one another in time.") % {"key": policy.key})
    ends: list[datetime | None] = [*starts[1:], None]
    return [
        PolicyVersion(
            policy=policy,
            number=wording.number,
            label=wording.label,
            market=wording.market,
            state=VersionState.RETIRED if end else VersionState.EFFECTIVE,
            effective=DateTimeTZRange(start, end),
            author=by,
            created_at=start,
            **wording.content,
        )
        for wording, start, end in zip(line, starts, ends, strict=True)
    ]


def _effective(version: PolicyVersion, at: datetime, by: User | None) -> Entry:
    since = version.effective.lower
    assert since is not None  # a published wording begins at some time
    data = {
        "key": version.policy.key,
        "number": version.number,
        "label": str(version.label),
        "market": version.market,
        "from": since.isoformat(),
    }
    return Entry(events.POLICY_VERSION_EFFECTIVE, version.policy, at, by, data)


def _end(current: PolicyVersion, end: datetime, at: datetime, by: User | None) -> Entry:
    """Let the wording that holds now end where the first new one begins."""
    since = current.effective.lower
    if since is not None and since >= end:
        raise Invalid(
            _("A new version of %(citation)s would begin before it: give it fewer days.")
            % {"citation": current.citation}
        )
    current.move_to(VersionState.RETIRED)
    current.effective = DateTimeTZRange(current.effective.lower, end)
    current.save(update_fields=["state", "effective"])
    data = {"key": current.policy.key, "number": current.number, "market": current.market, "at": end.isoformat()}
    return Entry(events.POLICY_VERSION_RETIRED, current.policy, at, by, data)


def _start(wording: VersionSource, at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=wording.days)

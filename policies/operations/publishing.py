"""Publishing a version, taking a scheduled one back, ending a clause; and the engine's part: states that follow the clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from accounts.models import User
from audit.recording import record
from core import engine
from core.clock import db_now
from core.errors import DomainError, FieldProblem, Invalid
from policies import events, permissions
from policies.lifecycle import PUBLISHED, GapState, VersionState
from policies.models import Gap, PolicyVersion
from policies.operations.drafts import NotADraft, check_revision, internal_id, lock_version, note
from policies.registry import latest_citation

TICK = timedelta(microseconds=1)
FARTHEST = timedelta(days=730)  # a version is scheduled at most so far ahead


class LegalMissing(DomainError):
    """The version is flagged for the legal desk, which has not passed it."""

    code = "legal_missing"
    title = "The legal desk has not passed this version"


class AlreadyHolds(DomainError):
    """A scheduled version has taken effect: it is ended by the next one, never taken back."""

    code = "already_holds"
    title = "This version has taken effect"


@transaction.atomic
def publish_version(
    *,
    version_id: int,
    by: User,
    at: datetime,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    revision: int | None = None,
) -> PolicyVersion:
    """Put a reviewed version into force, now or at `starts_at`, for good or up to (not including) `ends_at`.

    All times are aware UTC. "Now" is `at`, or just after the last decision that cites the version before, whichever is later: what
    was decided under a wording stays decided under one that held. The version before ends where this one begins. Gaps that it
    was written for are answered. Locks the clause and the versions of its market. Records `policy.version_effective` or
    `policy.version_scheduled`, `policy.version_retired`, `gap.answered`. Raises `NotPermitted` (a second person), `NotADraft`,
    `LegalMissing`, `StaleRevision`, `Invalid` (a start that has passed or lies behind another scheduled version).
    """
    version = lock_version(version_id)
    permissions.check_can_publish(by, version)
    if version.state not in (VersionState.REVIEW, VersionState.LEGAL):
        raise NotADraft(version)
    if revision is not None:
        check_revision(version, revision)
    if version.needs_legal and version.legal_at is None:
        raise LegalMissing(_("Send it to the legal desk first: it is flagged for their check."))
    line = list(
        PolicyVersion.objects.select_for_update()
        .filter(policy=version.policy, market=version.market, state__in=PUBLISHED)
        .defer("search")
        .order_by("number")
    )
    for other in line:
        other.policy = version.policy
    holding = next((other for other in line if at in other.effective), None)
    start = _start(holding, at) if starts_at is None else starts_at
    _check_times(start, ends_at, at, line, is_now=starts_at is None)
    before = next((other for other in line if start in other.effective), None)
    if before is not None:
        _end(before, start, at=at, by=by, is_over=starts_at is None)
    version.move_to(VersionState.EFFECTIVE if starts_at is None else VersionState.SCHEDULED)
    version.effective = DateTimeTZRange(start, ends_at)
    version.published_at, version.published_by, version.sunset_at = at, by, ends_at
    version.revision += 1
    version.save(update_fields=["state", "effective", "published_at", "published_by", "sunset_at", "revision"])
    kind = events.POLICY_VERSION_EFFECTIVE if starts_at is None else events.VERSION_SCHEDULED
    note(kind, version, by, at, label=str(version.label), author_id=version.author_id, **{"from": start.isoformat()})
    for gap in Gap.objects.select_for_update().filter(answer=version, state=GapState.OPEN).order_by("pk"):
        gap.state, gap.closed_at, gap.closed_by = GapState.ANSWERED, at, by
        gap.revision += 1
        gap.save(update_fields=["state", "closed_at", "closed_by", "revision"])
        data = {"source": gap.source_ref, "clause": version.citation, "user_id": gap.opened_by_id}
        record(events.GAP_ANSWERED, subject=gap, by=by, at=at, data=data, organization_id=internal_id())
    return version


def _start(holding: PolicyVersion | None, at: datetime) -> datetime:
    """The instant from which "now" can hold: after every decision that cites the wording it ends. Its row is locked by then."""
    if holding is None:
        return at
    latest = latest_citation(holding)
    began = holding.effective.lower
    earliest = [at, began + TICK] if began is not None else [at]
    return max(earliest if latest is None else [*earliest, latest + TICK])


def _check_times(
    start: datetime, end: datetime | None, at: datetime, line: list[PolicyVersion], *, is_now: bool
) -> None:
    problems = []
    if not is_now and start <= at:
        problems.append(FieldProblem("/starts_at", "past", _("Choose a time to come, or “at once”.")))
    if start > at + FARTHEST:
        problems.append(FieldProblem("/starts_at", "too_far", _("At most two years ahead.")))
    if end is not None and end <= start:
        problems.append(FieldProblem("/ends_at", "before_start", _("It would end before it begins.")))
    later = next(
        (
            other
            for other in line
            if other.effective.lower is not None and other.effective.lower >= start and other.effective.lower >= at
        ),
        None,
    )
    if later is not None:
        problems.append(
            FieldProblem(
                "/starts_at",
                "scheduled",
                _("%(citation)s is scheduled for %(when)s: withdraw it, or choose a later time.")
                % {
                    "citation": later.citation,
                    "when": later.effective.lower.strftime("%Y-%m-%d %H:%M UTC") if later.effective.lower else "",
                },
            )
        )
    if problems:
        raise Invalid(errors=problems)


def _end(version: PolicyVersion, end: datetime, *, at: datetime, by: User | None, is_over: bool) -> None:
    """Let a version hold up to `end`; with `is_over` it is retired at once, else the engine does that when `end` comes."""
    version.effective = DateTimeTZRange(version.effective.lower, end)
    if is_over:
        if version.state == VersionState.SCHEDULED:  # its first second has passed, the engine was not there yet
            version.move_to(VersionState.EFFECTIVE)
            version.save(update_fields=["state"])
        version.move_to(VersionState.RETIRED)
    version.save(update_fields=["state", "effective"])
    if is_over:
        note(events.POLICY_VERSION_RETIRED, version, by, at, at=end.isoformat())


@transaction.atomic
def withdraw_version(*, version_id: int, by: User, at: datetime) -> PolicyVersion:
    """Take a scheduled version back before its first instant: it is a draft again, and the one before holds on, up to
    the end that its own publisher set if any.

    `at` aware UTC. Whoever may publish it may, and its writers. Gaps it answered are open again. Records
    `policy.version_withdrawn` and `gap.reopened`. Raises `NotPermitted`, `AlreadyHolds`, `NotADraft`.
    """
    version = lock_version(version_id)
    if not permissions.wrote(by, version):
        permissions.check_can_publish(by, version)
    else:
        permissions.check_can_draft(by)
    if version.state != VersionState.SCHEDULED:
        raise (
            AlreadyHolds(_("It has taken effect: publish the next version instead."))
            if version.state in PUBLISHED
            else NotADraft(version)
        )
    start = version.effective.lower
    if start is None or start <= at:
        raise AlreadyHolds(_("It has taken effect: publish the next version instead."))
    before = (
        PolicyVersion.objects.select_for_update()
        .filter(policy=version.policy, market=version.market, state__in=PUBLISHED, effective__endswith=start)
        .defer("search")
        .first()
    )
    version.move_to(VersionState.DRAFT)
    version.effective = version.sunset_at = None
    version.published_at = version.published_by = version.legal_at = version.legal_by = None
    version.submitted_at = version.submitted_by = None
    version.revision += 1
    version.save(
        update_fields=[
            "state",
            "effective",
            "published_at",
            "published_by",
            "sunset_at",
            "legal_at",
            "legal_by",
            "submitted_at",
            "submitted_by",
            "revision",
        ]
    )
    if before is not None:
        before.effective = DateTimeTZRange(before.effective.lower, before.sunset_at)
        before.save(update_fields=["effective"])
    note(events.VERSION_WITHDRAWN, version, by, at, author_id=version.author_id)
    for gap in Gap.objects.select_for_update().filter(answer=version, state=GapState.ANSWERED).order_by("pk"):
        gap.state, gap.closed_at, gap.closed_by = GapState.OPEN, None, None
        gap.revision += 1
        gap.save(update_fields=["state", "closed_at", "closed_by", "revision"])
        data = {"source": gap.source_ref, "user_id": gap.owner_id}
        record(events.GAP_REOPENED, subject=gap, by=by, at=at, data=data, organization_id=internal_id())
    return version


@transaction.atomic
def retire_version(*, version_id: int, by: User, at: datetime) -> PolicyVersion:
    """End the wording that holds, with none to follow: nobody decides by the clause (in this market) from now on.

    `at` aware UTC. Records `policy.version_retired`. Raises `NotPermitted`, `NotADraft` when it does not hold,
    `Invalid` when another is scheduled to follow it.
    """
    version = lock_version(version_id)
    permissions.check_can_publish(by, version)
    if version.state != VersionState.EFFECTIVE or version.effective is None or at not in version.effective:
        raise NotADraft(version)
    if version.effective.upper is not None:
        raise Invalid(_("Its end is already set."))
    _end(version, _start(version, at), at=at, by=by, is_over=True)
    return version


def turn_due(limit: int) -> int:
    """The engine's claim: states of versions whose instant has come follow their range. Answers how many moved.

    Any number of engines may run it; whether a version holds never depends on it. Uses index: policy_version_to_come,
    policy_version_to_end.
    """
    at = db_now()
    with transaction.atomic():
        rows = (
            PolicyVersion.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("policy")
            .defer("search")
        )
        starting = list(
            rows.filter(state=VersionState.SCHEDULED, effective__startswith__lte=at).order_by("state", "id")[:limit]
        )
        for version in starting:
            engine.progress()
            version.move_to(VersionState.EFFECTIVE)
            version.save(update_fields=["state"])
            start = version.effective.lower or at
            note(
                events.POLICY_VERSION_EFFECTIVE,
                version,
                None,
                start,
                label=str(version.label),
                author_id=version.author_id,
                **{"from": start.isoformat()},
            )
        ending = list(
            rows.filter(state=VersionState.EFFECTIVE, effective__upper_inf=False, effective__endswith__lte=at).order_by(
                "id"
            )[:limit]
        )
        for version in ending:
            engine.progress()
            version.move_to(VersionState.RETIRED)
            version.save(update_fields=["state"])
            end = version.effective.upper or at
            note(events.POLICY_VERSION_RETIRED, version, None, end, at=end.isoformat())
    return len(starting) + len(ending)

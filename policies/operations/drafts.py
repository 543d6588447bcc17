"""Writing a version: a draft is started, edited under its revision, sent to review, sent back or put away."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import Organization, User
from audit.recording import record
from core.errors import DomainError, FieldProblem, Invalid, StaleRevision
from policies import events, permissions
from policies.lifecycle import HARMS, KEY_PREFIX, KEY_RE, UNPUBLISHED, GapState, VersionLabel, VersionState
from policies.models import Gap, Policy, PolicyVersion, VersionComment
from policies.wording import (
    NAMES,
    Wording,
    as_next,
    changed_names,
    missing_parts,
    without_needless,
    wording_of,
    wording_problems,
)

COMMENT_MAX = 4000


class DraftExists(DomainError):
    """The clause has an open draft for this market; `version` is it."""

    code = "draft_exists"
    title = "A draft is already being written"

    def __init__(self, version: PolicyVersion) -> None:
        super().__init__(_("%(citation)s is already being written: go on with it.") % {"citation": version.citation})
        self.version = version


class NotADraft(DomainError):
    """The version is past the step that this act belongs to."""

    code = "not_a_draft"
    title = "This version has moved on"

    def __init__(self, version: PolicyVersion) -> None:
        super().__init__(
            _("%(citation)s is now: %(state)s. Reload the page to go on from there.")
            % {"citation": version.citation, "state": VersionState(version.state).label}
        )


def note(kind: str, version: PolicyVersion, by: User | None, when: datetime, **data: Any) -> None:
    """Record an event of a version: the subject is its clause, the organization the internal one."""
    about = {"key": version.policy.key, "number": version.number, "market": version.market} | data
    record(kind, subject=version.policy, by=by, at=when, data=about, organization_id=internal_id())


def internal_id() -> int:
    """The internal organization: whose the library is."""
    return Organization.objects.values_list("id", flat=True).get(kind=Organization.Kind.INTERNAL)


def lock_version(version_id: int) -> PolicyVersion:
    """The version with its clause, both locked, the clause first: so two acts on one clause follow one another."""
    policy_id = PolicyVersion.objects.values_list("policy_id", flat=True).get(pk=version_id)
    policy = Policy.objects.select_for_update().get(pk=policy_id)
    version = PolicyVersion.objects.select_for_update().defer("search").get(pk=version_id)
    version.policy = policy
    return version


def check_revision(version: PolicyVersion, revision: int) -> None:
    """Raises `StaleRevision` when somebody wrote since `revision` was read."""
    if version.revision != revision:
        raise StaleRevision(
            _(
                "Somebody changed this draft since you opened it. Both texts are shown below: put together what belongs."
            ),
            current=version.revision,
            given=revision,
        )


@transaction.atomic
def create_clause(
    *, key: str, section: str, harms: list[str], wording: Wording, by: User, at: datetime, gap_id: int | None = None
) -> PolicyVersion:
    """Add a clause with the draft of its first version; `by` owns it. `at` aware UTC.

    Records `policy.created` and `policy.draft_started`. Raises `NotPermitted`, `Invalid` (key of another form or taken, no section).
    """
    permissions.check_can_draft(by)
    key, section = key.strip().upper(), section.strip()
    problems = wording_problems(wording)
    if not KEY_RE.match(key):
        problems.append(FieldProblem("/key", "bad_key", _("A key looks like CS-VI-3.2: family, section, number.")))
    elif Policy.objects.filter(key=key).exists():
        problems.append(FieldProblem("/key", "taken", _("There already is a clause %(key)s.") % {"key": key}))
    if not section or len(section) > 80:
        problems.append(FieldProblem("/section", "required", _("Name the section, in at most 80 characters.")))
    if unknown := set(harms) - set(HARMS):
        problems.append(
            FieldProblem("/harms", "unknown", _("Unknown: %(names)s.") % {"names": ", ".join(sorted(unknown))})
        )
    if problems:
        raise Invalid(errors=problems)
    family = next(family for family, prefix in KEY_PREFIX.items() if key.startswith(f"{prefix}-"))
    policy = Policy.objects.create(key=key, family=family, section=section, harms=harms, owner=by)
    record(
        events.POLICY_CREATED,
        subject=policy,
        by=by,
        at=at,
        data={"key": key, "family": str(family)},
        organization_id=internal_id(),
    )
    return _started(policy, "", wording, None, by, at, gap_id)


@transaction.atomic
def start_draft(
    *,
    policy_id: int,
    by: User,
    at: datetime,
    market: str = "",
    wording: Wording | None = None,
    gap_id: int | None = None,
    number: int | None = None,
) -> PolicyVersion:
    """Begin the next version of a clause for all markets or one, from the wording that holds there unless `wording` is given.

    With `gap_id` the draft is to answer that gap, which is answered when the draft is published. `at` aware UTC. Locks the clause.
    Records `policy.draft_started`. Raises `NotPermitted`, `DraftExists`, `Invalid`.
    """
    permissions.check_can_draft(by)
    policy = Policy.objects.select_for_update().get(pk=policy_id)
    market = market.strip().upper()
    if market and not (len(market) == 2 and market.isascii() and market.isalpha()):
        raise Invalid(
            errors=[FieldProblem("/market", "unknown", _("A market is a country of two letters, such as DE."))]
        )
    line = list(policy.versions.defer("search").order_by("-number"))
    for version in line:
        version.policy = policy
        if version.market == market and version.state in UNPUBLISHED:
            raise DraftExists(version)
    published = [version for version in line if version.state not in UNPUBLISHED]
    based_on = next((v for v in published if v.market == market), None) or next(
        (v for v in published if not v.market), None
    )
    if wording is None:
        wording = as_next(based_on) if based_on is not None else Wording(title=policy.section)
    if problems := wording_problems(wording):
        raise Invalid(errors=problems)
    return _started(policy, market, wording, based_on, by, at, gap_id, number=number)


def _started(
    policy: Policy,
    market: str,
    wording: Wording,
    based_on: PolicyVersion | None,
    by: User,
    at: datetime,
    gap_id: int | None,
    number: int | None = None,
) -> PolicyVersion:
    highest = policy.versions.aggregate(number=Max("number"))["number"] or 0
    if number is not None and number <= highest:
        raise Invalid(_("%(key)s already has a version %(number)d.") % {"key": policy.key, "number": number})
    version = PolicyVersion.objects.create(
        policy=policy,
        number=number or highest + 1,
        market=market,
        state=VersionState.DRAFT,
        author=by,
        writers=[by.pk],
        based_on=based_on,
        created_at=at,
        **without_needless(wording).stored(),
    )
    note(events.DRAFT_STARTED, version, by, at)
    if gap_id is not None:
        _answer(version, gap_id, by, at)
    return version


def _answer(version: PolicyVersion, gap_id: int, by: User, at: datetime) -> None:
    gap = Gap.objects.visible_to(by).select_for_update().filter(pk=gap_id).first()
    if gap is None or gap.state != GapState.OPEN:
        raise Invalid(errors=[FieldProblem("/gap", "not_open", _("This gap is not open any more."))])
    gap.answer = version
    gap.owner = gap.owner or by
    gap.revision += 1
    gap.save(update_fields=["answer", "owner", "revision"])
    data = {"fields": ["answer"], "user_id": gap.owner_id}
    record(events.GAP_CHANGED, subject=gap, by=by, at=at, data=data, organization_id=internal_id())


@transaction.atomic
def edit_draft(*, version_id: int, wording: Wording, revision: int, by: User, at: datetime) -> PolicyVersion:
    """Write a draft anew; `revision` is the one that was read. `by` counts as a writer from now on. `at` aware UTC.

    Locks the clause. Records `policy.draft_changed` where something differs. Raises `NotPermitted`, `NotADraft`,
    `StaleRevision`, `Invalid`.
    """
    permissions.check_can_draft(by)
    version = lock_version(version_id)
    if version.state != VersionState.DRAFT:
        raise NotADraft(version)
    check_revision(version, revision)
    wording = without_needless(wording)
    if problems := wording_problems(wording):
        raise Invalid(errors=problems)
    changed = changed_names(wording_of(version), wording)
    if not changed:
        return version
    for name, value in wording.stored().items():
        setattr(version, name, value)
    _touch(version, by)
    version.save(update_fields=[*NAMES, "revision", "writers"])
    note(events.DRAFT_CHANGED, version, by, at, fields=changed)
    return version


def _touch(version: PolicyVersion, by: User) -> None:
    version.revision += 1
    if by.pk not in version.writers:
        version.writers = [*version.writers, by.pk]


@transaction.atomic
def discard_draft(*, version_id: int, revision: int, by: User, at: datetime) -> Policy:
    """Put a draft away for good; its number is used again. `at` aware UTC. Records `policy.draft_discarded`.

    Raises `NotPermitted`, `NotADraft` (others look at it: have it returned first), `StaleRevision`.
    """
    permissions.check_can_draft(by)
    version = lock_version(version_id)
    if version.state != VersionState.DRAFT:
        raise NotADraft(version)
    check_revision(version, revision)
    policy = version.policy
    note(events.DRAFT_DISCARDED, version, by, at)
    version.delete()
    return policy


@transaction.atomic
def send_to_review(*, version_id: int, revision: int, by: User, at: datetime) -> PolicyVersion:
    """Have others look at a draft; nobody edits it until it is returned. `at` aware UTC. Records `policy.sent_to_review`.

    Raises `NotPermitted`, `NotADraft`, `StaleRevision`, `Invalid` with everything the draft lacks.
    """
    permissions.check_can_draft(by)
    version = lock_version(version_id)
    if version.state != VersionState.DRAFT:
        raise NotADraft(version)
    check_revision(version, revision)
    wording = wording_of(version)
    problems = wording_problems(wording) + missing_parts(wording)
    if version.based_on is not None and not changed_names(_apart(wording_of(version.based_on)), _apart(wording)):
        problems.append(FieldProblem("/rule", "unchanged", _("Nothing differs from the version before.")))
    if problems:
        raise Invalid(errors=problems)
    version.move_to(VersionState.REVIEW)
    version.submitted_at, version.submitted_by = at, by
    version.revision += 1
    version.save(update_fields=["state", "submitted_at", "submitted_by", "revision"])
    note(events.SENT_TO_REVIEW, version, by, at, author_id=version.author_id)
    return version


def _apart(wording: Wording) -> Wording:
    """The wording without what is said about it."""
    return Wording(
        **{name: getattr(wording, name) for name in NAMES if name not in ("changed_note", "label")},
        label=VersionLabel.EDITORIAL,
    )


@transaction.atomic
def comment_on(*, version_id: int, text: str, by: User, at: datetime) -> VersionComment:
    """Say something of a version that is not published yet. `at` aware UTC. Records `policy.commented`."""
    permissions.check_can_read_drafts(by)
    version = lock_version(version_id)
    if version.state not in UNPUBLISHED:
        raise NotADraft(version)
    comment = _comment(version, text, by, at, is_return=False)
    note(events.COMMENTED, version, by, at, author_id=version.author_id)
    return comment


def _comment(version: PolicyVersion, text: str, by: User, at: datetime, *, is_return: bool) -> VersionComment:
    text = text.strip()
    if not text:
        raise Invalid(errors=[FieldProblem("/text", "required", _("Write what should change."))])
    if len(text) > COMMENT_MAX:
        raise Invalid(errors=[FieldProblem("/text", "too_long", _("More than %(n)d characters.") % {"n": COMMENT_MAX})])
    return VersionComment.objects.create(version=version, author=by, text=text, is_return=is_return, written_at=at)


@transaction.atomic
def return_draft(*, version_id: int, text: str, by: User, at: datetime) -> PolicyVersion:
    """Send a version that is in review or with the legal desk back to be written, with a comment; a legal check is void then.

    Reviewers, the legal desk and its own writers may. `at` aware UTC. Records `policy.returned`. Raises `NotPermitted`, `NotADraft`,
    `Invalid` without a comment.
    """
    permissions.check_can_read_drafts(by)
    version = lock_version(version_id)
    if not (permissions.wrote(by, version) or permissions.can_pass_legal(by, version)):
        permissions.check_can_publish(by, version)
    if version.state not in (VersionState.REVIEW, VersionState.LEGAL):
        raise NotADraft(version)
    _comment(version, text, by, at, is_return=True)
    version.move_to(VersionState.DRAFT)
    version.legal_at = version.legal_by = version.submitted_at = version.submitted_by = None
    version.revision += 1
    version.save(update_fields=["state", "legal_at", "legal_by", "submitted_at", "submitted_by", "revision"])
    note(events.RETURNED, version, by, at, author_id=version.author_id)
    return version


@transaction.atomic
def send_to_legal(*, version_id: int, by: User, at: datetime) -> PolicyVersion:
    """Hand a reviewed version to the legal desk, flagged or not. `at` aware UTC. Records `policy.sent_to_legal`."""
    version = lock_version(version_id)
    permissions.check_can_publish(by, version)
    if version.state != VersionState.REVIEW:
        raise NotADraft(version)
    version.move_to(VersionState.LEGAL)
    version.needs_legal = True
    version.revision += 1
    version.save(update_fields=["state", "needs_legal", "revision"])
    note(events.SENT_TO_LEGAL, version, by, at, author_id=version.author_id)
    return version


@transaction.atomic
def pass_legal(*, version_id: int, by: User, at: datetime) -> PolicyVersion:
    """The legal desk has no objection: the version may be published. `at` aware UTC. Records `policy.legal_passed`."""
    version = lock_version(version_id)
    permissions.check_can_pass_legal(by, version)
    if version.state != VersionState.LEGAL:
        raise NotADraft(version)
    version.legal_at, version.legal_by = at, by
    version.revision += 1
    version.save(update_fields=["legal_at", "legal_by", "revision"])
    note(events.LEGAL_PASSED, version, by, at, author_id=version.author_id)
    return version


@transaction.atomic
def give_clause(*, policy_id: int, owner: User, by: User, at: datetime) -> Policy:
    """Make somebody who writes the library a clause's owner. `at` aware UTC. Records `policy.owner_changed`."""
    permissions.check_can_draft(by)
    policy = Policy.objects.select_for_update().get(pk=policy_id)
    if not permissions.can_draft(owner):
        raise Invalid(errors=[FieldProblem("/owner", "unfit", _("The owner of a clause is a policy editor."))])
    if policy.owner_id == owner.pk:
        return policy
    policy.owner = owner
    policy.save(update_fields=["owner"])
    data = {"key": policy.key, "user_id": owner.pk}
    record(events.OWNER_CHANGED, subject=policy, by=by, at=at, data=data, organization_id=internal_id())
    return policy

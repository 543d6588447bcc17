"""What the pages of writing show: drafts, a draft against what it changes, what publishing it touches; gaps; translations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Q

from accounts.models import RoleGrant, User
from accounts.roles import MATRIX, Action, Reach
from policies import permissions, registry
from policies.changes import Change, changes_between
from policies.lifecycle import PUBLISHED, UNPUBLISHED, GapState, VersionState
from policies.models import Gap, Policy, PolicyTranslation, PolicyVersion, VersionComment
from policies.registry import Impact
from policies.selectors.acknowledgements import deciders


@dataclass(frozen=True)
class DraftRow:
    """A version on its way, and what the reader can do with it."""

    version: PolicyVersion
    is_for_reader: bool


def drafts_for(viewer: User, *, at: datetime) -> list[DraftRow]:
    """Everything that is not in force yet, what waits for `viewer` first. One query. Uses index: policy_version_to_come."""
    rows = (
        PolicyVersion.objects.visible_to(viewer)
        .filter(Q(state__in=UNPUBLISHED) | Q(state=VersionState.SCHEDULED))
        .select_related("policy", "author")
        .defer("search")
    )
    found = [DraftRow(version, _waits_for(viewer, version)) for version in rows]
    return sorted(found, key=lambda row: (not row.is_for_reader, row.version.policy.sort_key, row.version.number))


def _waits_for(viewer: User, version: PolicyVersion) -> bool:
    if version.state == VersionState.DRAFT:
        return permissions.can_draft(viewer) and permissions.wrote(viewer, version)
    if version.state == VersionState.LEGAL and version.legal_at is None:
        return permissions.can_pass_legal(viewer, version)
    return version.state in (VersionState.REVIEW, VersionState.LEGAL) and permissions.can_publish(viewer, version)


def open_draft(policy: Policy, market: str, *, viewer: User) -> PolicyVersion | None:
    """The version of a clause that is being written or scheduled for a market, where `viewer` may read it. One query."""
    if not permissions.can_read_drafts(viewer):
        return None
    rows = policy.versions.filter(market=market).filter(Q(state__in=UNPUBLISHED) | Q(state=VersionState.SCHEDULED))
    found: PolicyVersion | None = rows.defer("search").order_by("number").first()
    return found


def waiting_for(viewer: User) -> int:
    """How many drafts wait for `viewer`'s review or check: the rail's number. One query."""
    if not (permissions.can_review(viewer) or permissions.can_draft(viewer)):
        return 0
    rows = PolicyVersion.objects.filter(state__in=(VersionState.REVIEW, VersionState.LEGAL)).only(
        "state", "author_id", "writers", "legal_at"
    )
    return sum(_waits_for(viewer, version) for version in rows)


@dataclass(frozen=True)
class DraftPage:
    """A version that is not in force yet, against the wording it follows."""

    version: PolicyVersion
    before: PolicyVersion | None
    changes: Sequence[Change]
    comments: Sequence[VersionComment]
    gaps: Sequence[Gap]
    may: Mapping[str, bool]
    writers: Sequence[User] = field(default_factory=tuple)


def draft_page(version: PolicyVersion, *, viewer: User, at: datetime) -> DraftPage:
    """The version with its changes, comments, gaps and what `viewer` may do. Four queries. `version` has its policy."""
    before = follows(version, at=at)
    state = VersionState(version.state)
    in_review = state in (VersionState.REVIEW, VersionState.LEGAL)
    may_publish = permissions.can_publish(viewer, version)
    may_draft = permissions.can_draft(viewer)
    wrote = permissions.wrote(viewer, version)
    return DraftPage(
        version=version,
        before=before,
        changes=changes_between(before, version) if before is not None else [],
        comments=list(version.comments.select_related("author").order_by("written_at", "id")),
        gaps=list(Gap.objects.visible_to(viewer).filter(answer=version).order_by("id")),
        may={
            "edit": state is VersionState.DRAFT and may_draft,
            "send": state is VersionState.DRAFT and may_draft,
            "discard": state is VersionState.DRAFT and may_draft,
            "comment": state in UNPUBLISHED and permissions.can_read_drafts(viewer),
            "return": in_review and (may_publish or wrote or permissions.can_pass_legal(viewer, version)),
            "to_legal": state is VersionState.REVIEW and may_publish,
            "pass_legal": state is VersionState.LEGAL
            and version.legal_at is None
            and permissions.can_pass_legal(viewer, version),
            "publish": in_review and may_publish and (not version.needs_legal or version.legal_at is not None),
            "withdraw": state is VersionState.SCHEDULED
            and not version.holds_at(at)
            and (may_publish or (wrote and may_draft)),
        },
        writers=list(User.objects.filter(pk__in=version.writers).order_by("display_name")) if version.writers else [],
    )


def follows(version: PolicyVersion, *, at: datetime) -> PolicyVersion | None:
    """What a version is read against: the last wording of its market before it, else the general one, else what it was made from."""
    rows = (
        PolicyVersion.objects.filter(policy=version.policy, state__in=PUBLISHED).exclude(pk=version.pk).defer("search")
    )
    start = version.effective_from
    if start is not None:
        rows = rows.filter(effective__startswith__lt=start)
    line = sorted(rows, key=lambda one: one.effective_from or at, reverse=True)
    found = next((one for one in line if one.market == version.market), None) or next(
        (one for one in line if not one.market), None
    )
    if found is not None:
        found.policy = version.policy
    return found


@dataclass(frozen=True)
class Preview:
    """What publishing a draft touches (ux.md POL-5)."""

    impact: Impact
    translations: Sequence[str]  # languages that the version before has and the draft lacks
    readers: int  # people who will be asked to acknowledge it


def preview(version: PolicyVersion, *, viewer: User, at: datetime) -> Preview:
    """Open cases, flips and templates (from the apps that know them), translations that fall behind, acknowledgements due."""
    before = follows(version, at=at)
    languages: set[str] = set()
    if before is not None:
        known = PolicyTranslation.objects.filter(version__policy=version.policy, version__market=before.market)
        languages = set(known.values_list("language", flat=True))
        languages -= set(PolicyTranslation.objects.filter(version=version).values_list("language", flat=True))
    return Preview(
        impact=registry.impact_of(version, viewer=viewer, at=at),
        translations=sorted(languages),
        readers=len(deciders(at=at)) if version.needs_acknowledgement else 0,
    )


@dataclass(frozen=True)
class TranslationRow:
    """A clause's words in a language. `is_stale`: they are those of an older version, and what changed since is named."""

    translation: PolicyTranslation
    is_stale: bool
    changed: Sequence[str] = ()


def translations_of(version: PolicyVersion) -> list[TranslationRow]:
    """The newest words of each language for the clause up to `version`, by language. One query, two where some are stale.

    Words of an older version are stale unless nothing that is translated differs since.
    """
    rows = (
        PolicyTranslation.objects.filter(version__policy=version.policy_id, version__market=version.market)
        .filter(version__number__lte=version.number)
        .select_related("version", "translated_by")
        .defer("search", "version__search")
        .order_by("language", "-version__number")
    )
    newest: dict[str, PolicyTranslation] = {}
    for row in rows:
        newest.setdefault(row.language, row)
    return [_translated(row, version) for row in newest.values()]


def _translated(row: PolicyTranslation, version: PolicyVersion) -> TranslationRow:
    if row.version_id == version.pk:
        return TranslationRow(row, is_stale=False)
    of = row.version
    names = ("title", "rule", "public_rationale", "elements", "exceptions")
    changed = [name for name in names if getattr(of, name) != getattr(version, name)]
    return TranslationRow(row, is_stale=bool(changed), changed=changed)


# -- Gaps --------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class GapRow:
    """A gap with its case, where the reader may open it."""

    gap: Gap
    case_url: str
    is_late: bool


def gaps_for(viewer: User, *, state: str, at: datetime) -> list[GapRow]:
    """Gaps in a state (all where it is empty), those that are late first, then the newest. Two queries."""
    rows = (
        Gap.objects.visible_to(viewer)
        .select_related("owner", "nearest__policy", "answer__policy")
        .order_by("-opened_at", "-id")
    )
    if state:
        rows = rows.filter(state=state)
    gaps = list(rows[:500])
    urls = registry.case_urls([gap.source_ref for gap in gaps], viewer=viewer)
    found = [GapRow(gap, urls.get(gap.source_ref, ""), _is_late(gap, at)) for gap in gaps]
    return sorted(found, key=lambda row: not row.is_late)


def _is_late(gap: Gap, at: datetime) -> bool:
    return gap.state == GapState.OPEN and gap.target_on is not None and gap.target_on < at.date()


def gap_counts(viewer: User) -> dict[str, int]:
    """How many gaps `viewer` sees by state. One query."""
    rows = Gap.objects.visible_to(viewer).values("state").annotate(n=Count("pk")).order_by()
    return {row["state"]: row["n"] for row in rows}


def open_gaps_by_policy(viewer: User) -> dict[int, int]:
    """Open gaps by the clause that came nearest. One query."""
    rows = Gap.objects.visible_to(viewer).open().filter(nearest__isnull=False)
    counted = rows.values("nearest__policy_id").annotate(n=Count("pk")).order_by()
    return {row["nearest__policy_id"]: row["n"] for row in counted}


def gap_owners(*, at: datetime) -> list[User]:
    """Who may be given a gap: internal people whose role reads the library. One query."""
    roles = [role for role, reach in MATRIX[Action.POLICY_READ].items() if reach is Reach.ALL]
    holding = RoleGrant.objects.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=at), role__in=roles)
    found = User.objects.filter(is_active=True, organization__kind="internal", pk__in=holding.values("user_id"))
    return list(found.order_by("display_name", "id"))

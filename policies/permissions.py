"""Who may read the policy library, who writes and publishes in it, who issues guidance. Reading: `visible_to` (permissions.md §3,
"Policy text read" and "SLA/policy draft / publish").

Two people stand behind every wording: policy editors write; another editor, a lead or the legal desk publishes.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import can
from accounts.roles import Action, Role
from core.errors import NotPermitted
from policies.models import Gap, PolicyVersion


def can_read_library(user: User) -> bool:
    """Whether the console's library is open to `user`: internal people whose role reads policy text."""
    return user.is_internal and can(user, Action.POLICY_READ)


def check_can_read_library(user: User) -> None:
    """Raises `NotPermitted`, saying who can grant it, unless `can_read_library`."""
    if not can_read_library(user):
        raise NotPermitted(
            _("Your role does not read the policy library. An administrator can give you one that does."),
            rule=Action.POLICY_READ.value,
        )


def can_load_library(by: User | None) -> bool:
    """The system, policy editors and administrators may load the clauses that come with the product."""
    return by is None or (by.is_internal and (can(by, Action.CONFIG_EDIT) or Role.POLICY_EDITOR in by.access.roles))


def check_can_load_library(by: User | None) -> None:
    """Raises `NotPermitted` unless `can_load_library`."""
    if not can_load_library(by):
        raise NotPermitted(
            _("Loading the policy library is for policy editors and administrators."), rule="policy.load"
        )


def can_read_drafts(user: User) -> bool:
    """Whether `user` sees what is not published yet."""
    return can_read_library(user) and can(user, Action.POLICY_DRAFT_READ)


def check_can_read_drafts(user: User) -> None:
    """Raises `NotPermitted` unless `can_read_drafts`."""
    if not can_read_drafts(user):
        raise NotPermitted(
            _("Drafts are for policy editors, leads, the legal desk and auditors."), rule=Action.POLICY_DRAFT_READ.value
        )


def can_draft(user: User) -> bool:
    """Whether `user` writes in the library."""
    return can_read_library(user) and can(user, Action.POLICY_DRAFT)


def check_can_draft(user: User) -> None:
    """Raises `NotPermitted` unless `can_draft`."""
    if not can_draft(user):
        raise NotPermitted(_("Policy editors write the library. Ask one of them."), rule=Action.POLICY_DRAFT.value)


def can_review(user: User) -> bool:
    """Whether `user` may be the second person of some wording."""
    return can_read_drafts(user) and can(user, Action.POLICY_PUBLISH)


def wrote(user: User, version: PolicyVersion) -> bool:
    """Whether `user` wrote any of this wording."""
    return user.pk == version.author_id or user.pk in version.writers


def can_publish(user: User, version: PolicyVersion) -> bool:
    """Whether `user` may publish this wording: the right role, and none of its words are theirs."""
    return can_review(user) and not wrote(user, version)


def check_can_publish(user: User, version: PolicyVersion) -> None:
    """Raises `NotPermitted` unless `can_publish`, and says which of the two is missing."""
    if not can_review(user):
        raise NotPermitted(
            _("Another policy editor, a lead or the legal desk publishes."), rule=Action.POLICY_PUBLISH.value
        )
    if wrote(user, version):
        raise NotPermitted(_("You wrote in this version: somebody else publishes it."), rule="policy.second_person")


def can_pass_legal(user: User, version: PolicyVersion) -> bool:
    """Whether `user` may make the legal check of this wording."""
    return can_read_drafts(user) and can(user, Action.POLICY_LEGAL) and not wrote(user, version)


def check_can_pass_legal(user: User, version: PolicyVersion) -> None:
    """Raises `NotPermitted` unless `can_pass_legal`."""
    if not can_pass_legal(user, version):
        raise NotPermitted(
            _("The legal check is for somebody of the legal desk who wrote none of it."), rule=Action.POLICY_LEGAL.value
        )


def can_issue_guidance(user: User) -> bool:
    """Whether `user` may issue and withdraw interim guidance: seniors, leads and policy editors."""
    return can_read_library(user) and can(user, Action.GUIDANCE_ISSUE)


def check_can_issue_guidance(user: User) -> None:
    """Raises `NotPermitted` unless `can_issue_guidance`."""
    if not can_issue_guidance(user):
        raise NotPermitted(
            _("Interim guidance is issued by senior specialists, leads and policy editors."),
            rule=Action.GUIDANCE_ISSUE.value,
        )


def can_keep_gap(user: User, gap: Gap) -> bool:
    """Whether `user` may give a gap an owner, a date or an outcome: policy editors, leads, and whoever owns it."""
    return can_draft(user) or can_review(user) or (can_read_library(user) and gap.owner_id == user.pk)


def check_can_keep_gap(user: User, gap: Gap) -> None:
    """Raises `NotPermitted` unless `can_keep_gap`."""
    if not can_keep_gap(user, gap):
        raise NotPermitted(_("Gaps are kept by policy editors, leads and their owner."), rule="gap.keep")


def can_keep_precedents(user: User) -> bool:
    """Whether `user` may name leading cases: policy editors and leads."""
    return can_draft(user) or can_review(user)


def check_can_keep_precedents(user: User) -> None:
    """Raises `NotPermitted` unless `can_keep_precedents`."""
    if not can_keep_precedents(user):
        raise NotPermitted(_("Leading cases are kept by policy editors and leads."), rule="precedent.keep")


def check_can_export_library(user: User) -> None:
    """Raises `NotPermitted`: the whole library, drafts among it, leaves with those who may read drafts."""
    check_can_read_drafts(user)

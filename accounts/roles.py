"""Who may do what: the permission matrix as data (permissions.md §2, §3). One module, tested cell by cell.

A cell says how far a role may go with an action. What "own" means for an action is decided where the action lives
(`escalations.permissions`); here stands only the matrix.
"""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """Base roles. A person has one per team; duties and compartments are separate grants."""

    VENDOR_SUBMITTER = "VS", _("Vendor submitter")
    VENDOR_LEAD = "VL", _("Vendor lead")
    SPECIALIST = "SP", _("Specialist")
    SENIOR = "IC", _("Senior / incident commander")
    LEAD = "LD", _("Lead")
    POLICY_EDITOR = "PE", _("Policy editor")
    QUALITY = "QA", _("Quality reviewer")
    LEGAL = "LG", _("Legal / restricted desk")
    ADMIN = "AD", _("Administrator")
    AUDITOR = "AU", _("Auditor")
    READER = "RO", _("Read-only leadership")
    PARTNER = "PT", _("Partner function")
    VENDOR_KEY = "TV", _("Vendor service key")
    INTERNAL_KEY = "TI", _("Internal service key")


class Reach(StrEnum):
    """How far an action goes: on anything, on own/team/assigned, redacted, with break-glass, with a second person, no."""

    ALL = "all"
    OWN = "own"
    PARTIAL = "partial"
    GLASS = "glass"
    TWO = "two"
    NO = "no"


class Action(StrEnum):
    """The rows of the matrix for what exists."""

    CASE_CREATE = "case.create"
    VIEW_SAVE = "view.save"
    VIEW_SHARE = "view.share"
    ROUTING_READ = "routing.read"
    ROUTING_EDIT = "routing.edit"
    POLICY_READ = "policy.read"
    POLICY_DRAFT_READ = "policy.draft_read"
    POLICY_DRAFT = "policy.draft"
    POLICY_PUBLISH = "policy.publish"
    POLICY_LEGAL = "policy.legal"
    GUIDANCE_ISSUE = "guidance.issue"
    CASE_READ = "case.read"
    CASE_READ_RESTRICTED = "case.read_restricted"
    MESSAGE_SUBMITTER = "message.submitter"
    NOTE_READ = "note.read"
    NOTE_WRITE = "note.write"
    CASE_EDIT = "case.edit"
    SEVERITY_RAISE = "severity.raise"
    SEVERITY_LOWER = "severity.lower"
    CASE_CLAIM = "case.claim"
    CASE_ASSIGN = "case.assign"
    CASE_DECIDE = "case.decide"
    CASE_DECIDE_S0 = "case.decide_s0"
    DECISION_APPROVE = "decision.approve"
    APPEAL_FILE = "appeal.file"
    APPEAL_DECIDE = "appeal.decide"
    CASE_CLOSE = "case.close"
    CASE_REOPEN = "case.reopen"
    CASE_MERGE = "case.merge"
    CLOCK_PAUSE = "clock.pause"
    CLOCK_OVERRIDE = "clock.override"
    BULK = "bulk"
    EVIDENCE_UPLOAD = "evidence.upload"
    EVIDENCE_PREVIEW = "evidence.preview"
    EVIDENCE_ORIGINAL = "evidence.original"
    EVIDENCE_DOWNLOAD = "evidence.download"
    COMPARTMENT_SET = "compartment.set"
    HOLD_SET = "hold.set"
    HOLD_ASK = "hold.ask"
    ENFORCEMENT_READ = "enforcement.read"
    HAND_OFF_SETTLE = "hand_off.settle"
    HAND_OFF_OVERRIDE = "hand_off.override"
    MITIGATE = "enforcement.mitigate"
    STRIKES_EDIT = "strikes.edit"
    REPORTS = "reports"
    ANNOTATE = "reports.annotate"
    VENDORS_EDIT = "vendors.edit"
    EXPORT = "export"
    PEOPLE_EDIT = "people.edit"
    KEYS_READ = "keys.read"
    KEYS_EDIT = "keys.edit"
    CONFIG_READ = "config.read"
    CONFIG_EDIT = "config.edit"
    AUDIT_READ = "audit.read"
    BRIEF_READ = "brief.read"
    BRIEF_WRITE = "brief.write"
    BRIEF_APPROVE = "brief.approve"


_ORDER = (
    Role.VENDOR_SUBMITTER,
    Role.VENDOR_LEAD,
    Role.SPECIALIST,
    Role.SENIOR,
    Role.LEAD,
    Role.POLICY_EDITOR,
    Role.QUALITY,
    Role.LEGAL,
    Role.ADMIN,
    Role.AUDITOR,
    Role.READER,
    Role.VENDOR_KEY,
    Role.INTERNAL_KEY,
)
_SIGN = {"#": Reach.ALL, "o": Reach.OWN, "%": Reach.PARTIAL, "B": Reach.GLASS, "2": Reach.TWO, "-": Reach.NO}

# Columns: VS VL SP IC LD PE QA LG AD AU RO TV TI. "#" yes, "o" own or team or assigned, "%" redacted or sampled, "B" break-glass,
# "2" needs a second person, "-" no. PT (partners) have none of these: they see their own consults only.
_ROWS: dict[Action, str] = {
    Action.CASE_CREATE: "# # # # # - - # - - - # o",
    Action.VIEW_SAVE: "o o # # # # # # - - - - -",
    Action.VIEW_SHARE: "- o o # # # # # - - - - -",
    Action.ROUTING_READ: "- - # # # # - - # # - - -",
    Action.ROUTING_EDIT: "- - - - # - - - # - - - -",
    Action.POLICY_READ: "% % # # # # # # - # - - -",
    Action.POLICY_DRAFT_READ: "- - - - # # - # - # - - -",
    Action.POLICY_DRAFT: "- - - - - # - - - - - - -",
    Action.POLICY_PUBLISH: "- - - - 2 2 - 2 - - - - -",
    Action.POLICY_LEGAL: "- - - - - - - 2 - - - - -",
    Action.GUIDANCE_ISSUE: "- - - # # # - - - - - - -",
    Action.CASE_READ: "o o o # # % % # - % - o o",
    Action.CASE_READ_RESTRICTED: "% % o o o - o o - o - % o",
    Action.MESSAGE_SUBMITTER: "o o o # # - - # - - - o -",
    Action.NOTE_READ: "- - o # # % # # - # - - -",
    Action.NOTE_WRITE: "- - o # # - - # - - - - -",
    Action.CASE_EDIT: "o o o # # - - o - - - o o",
    Action.SEVERITY_RAISE: "o o o # # - - # - - - o o",
    Action.SEVERITY_LOWER: "- - - # # - - - - - - - -",
    Action.CASE_CLAIM: "- - o # # - - # - - - - -",
    Action.CASE_ASSIGN: "- - - # # - - o - - - - o",
    Action.CASE_DECIDE: "- - o # # - - o - - - - -",
    Action.CASE_DECIDE_S0: "- - - 2 2 - - 2 - - - - -",
    Action.DECISION_APPROVE: "- - - # # - - # - - - - -",
    Action.APPEAL_FILE: "o # # # # - - # - - - # -",
    Action.APPEAL_DECIDE: "- - o # # - - # - - - - -",
    Action.CASE_CLOSE: "- - o # # - - # - - - - -",
    Action.CASE_REOPEN: "- - o # # - 2 # - - - - -",
    Action.CASE_MERGE: "- - o # # - - # - - - - -",
    Action.CLOCK_PAUSE: "- - o # # - - # - - - - o",
    Action.CLOCK_OVERRIDE: "- - - # # - - - - - - - -",
    Action.BULK: "- - o # # - - - - - - - -",
    Action.EVIDENCE_UPLOAD: "o o o # # - - # - - - o o",
    Action.EVIDENCE_PREVIEW: "o o o # # - % # - - - - -",
    Action.EVIDENCE_ORIGINAL: "o - o # # - 2 # - B - - -",
    Action.EVIDENCE_DOWNLOAD: "- - - # # - - # - B - - -",
    Action.COMPARTMENT_SET: "- - - # # - - # - - - - -",
    Action.HOLD_SET: "- - - - - - - # - - - - -",
    Action.HOLD_ASK: "- - - # # - - # - - - - -",
    Action.ENFORCEMENT_READ: "- - o # # - - # - % - - o",
    Action.HAND_OFF_SETTLE: "- - o # # - - # - - - - -",
    Action.HAND_OFF_OVERRIDE: "- - - - # - - - - - - - -",
    Action.MITIGATE: "- - o # # - - # - - - - -",
    Action.STRIKES_EDIT: "- - - - # - - - - - - - -",
    Action.REPORTS: "o o o o # % # % % # # o -",
    Action.ANNOTATE: "- - - o # # # # - - - - -",
    Action.VENDORS_EDIT: "- - - - # - - - # - - - -",
    Action.EXPORT: "- o o # # - % 2 - - - o -",
    Action.PEOPLE_EDIT: "- o - - o - - - # - - - -",
    Action.KEYS_READ: "- o - - - - - - # # - - -",
    Action.KEYS_EDIT: "- o - - - - - - # - - - -",
    Action.CONFIG_READ: "- - - - - - - - # # - - -",
    Action.CONFIG_EDIT: "- - - - - - - - # - - - -",
    Action.AUDIT_READ: "- o o o o - - # o # - - -",
    Action.BRIEF_READ: "- - - # # # # # - # # - -",
    Action.BRIEF_WRITE: "- - - # # # - # - - - - -",
    Action.BRIEF_APPROVE: "- - - - 2 - - 2 - - - - -",
}

MATRIX: dict[Action, dict[Role, Reach]] = {
    action: {role: _SIGN[sign] for role, sign in zip(_ORDER, row.split(), strict=True)} | {Role.PARTNER: Reach.NO}
    for action, row in _ROWS.items()
}

# Roles that see every queue's unrestricted cases; specialists see their teams' queues.
EVERY_QUEUE = frozenset({Role.SENIOR, Role.LEAD, Role.LEGAL})
VENDOR_ROLES = frozenset({Role.VENDOR_SUBMITTER, Role.VENDOR_LEAD})
_STRENGTH = (Reach.NO, Reach.GLASS, Reach.PARTIAL, Reach.TWO, Reach.OWN, Reach.ALL)


def reach(roles: frozenset[Role], action: Action) -> Reach:
    """The farthest that any of these roles goes with `action`. Anything unknown is no."""
    row = MATRIX[action]
    return max((row.get(role, Reach.NO) for role in roles), key=_STRENGTH.index, default=Reach.NO)

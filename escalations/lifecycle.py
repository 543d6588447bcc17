"""States of a case and the words, scales and codes around it. Pure data: no queries (domain.md is the dictionary)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.errors import DomainError


class CaseStatus(models.TextChoices):
    NEW = "new", pgettext_lazy("case status", "New")
    IN_REVIEW = "in_review", _("In review")
    WAITING = "waiting", _("Waiting")
    DECIDED = "decided", _("Decided")
    CLOSED = "closed", _("Closed")


class Resolution(models.TextChoices):
    VIOLATING_REMOVED = "violating_removed", _("Violating: removed")
    VIOLATING_RESTRICTED = "violating_restricted", _("Violating: restricted")
    ACCOUNT_ACTIONED = "account_actioned", _("Account actioned")
    NO_VIOLATION = "no_violation", _("No violation")
    RESTORED = "restored", _("Restored")
    INSUFFICIENT_INFO = "insufficient_info", _("Insufficient information")
    POLICY_GAP = "policy_gap", _("No rule fits")
    INVALID = "invalid", _("Invalid")
    DUPLICATE = "duplicate", _("Duplicate")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    MERGED = "merged", _("Merged")


S, R = CaseStatus, Resolution
_UNDECIDED = frozenset({R.INVALID, R.DUPLICATE, R.WITHDRAWN, R.MERGED})
_DECIDED = frozenset(
    {
        R.VIOLATING_REMOVED,
        R.VIOLATING_RESTRICTED,
        R.ACCOUNT_ACTIONED,
        R.NO_VIOLATION,
        R.RESTORED,
        R.INSUFFICIENT_INFO,
        R.POLICY_GAP,
    }
)

# The one table of transitions (domain.md): from → to → resolutions the edge may close with (empty: not a closing edge).
TRANSITIONS: dict[CaseStatus, dict[CaseStatus, frozenset[Resolution]]] = {
    S.NEW: {S.IN_REVIEW: frozenset(), S.CLOSED: _UNDECIDED},
    S.IN_REVIEW: {S.NEW: frozenset(), S.WAITING: frozenset(), S.DECIDED: frozenset(), S.CLOSED: _UNDECIDED},
    S.WAITING: {
        S.IN_REVIEW: frozenset(),
        S.NEW: frozenset(),
        S.DECIDED: frozenset(),
        S.CLOSED: frozenset({R.WITHDRAWN, R.MERGED, R.INSUFFICIENT_INFO}),
    },
    S.DECIDED: {S.IN_REVIEW: frozenset(), S.CLOSED: _DECIDED},
    S.CLOSED: {S.NEW: frozenset()},
}
OPEN = (S.NEW, S.IN_REVIEW, S.WAITING, S.DECIDED)


class TransitionNotAllowed(DomainError):
    """The case cannot go there from here; `legal` lists where it can."""

    status = 409
    code = "illegal_transition"
    title = "The case cannot go there from here"


def check_transition(before: CaseStatus, after: CaseStatus, resolution: Resolution | None) -> None:
    """Raises `TransitionNotAllowed` unless the table has the edge, with this resolution where it closes."""
    edges = TRANSITIONS[before]
    legal = sorted(edges)
    if after not in edges:
        raise TransitionNotAllowed(
            _("A case that is %(before)s cannot become %(after)s.") % {"before": before.label, "after": after.label},
            legal=legal,
        )
    if (after is CaseStatus.CLOSED) != (resolution is not None):
        raise TransitionNotAllowed(_("Closing needs a resolution, and only closing takes one."), legal=legal)
    if resolution is not None and resolution not in edges[after]:
        raise TransitionNotAllowed(
            _("A case that is %(before)s cannot be closed as %(resolution)s.")
            % {"before": before.label, "resolution": resolution.label},
            legal=sorted(edges[after]),
        )


class Severity(models.IntegerChoices):
    S0 = 0, _("S0: life at risk, mass impact")
    S1 = 1, _("S1: severe, within hours")
    S2 = 2, _("S2: high")
    S3 = 3, _("S3: moderate")
    S4 = 4, _("S4: low")


class WaitingOn(models.TextChoices):
    SUBMITTER = "submitter", _("the submitter")
    CONSULT = "consult", _("a consult")
    EXTERNAL = "external", _("somebody outside")


class Level(models.IntegerChoices):
    L1 = 1, _("L1 specialist")
    L2 = 2, _("L2 senior")
    L3 = 3, _("L3 lead")
    ON_CALL = 4, _("On-call")
    EXECUTIVE = 5, _("Executive")


class GraphicTier(models.IntegerChoices):
    """How upsetting the material is; unknown (null) counts as G2 until known."""

    G0 = 0, _("G0 none")
    G1 = 1, _("G1 upsetting")
    G2 = 2, _("G2 graphic")
    G3 = 3, _("G3 extreme")


class Surface(models.TextChoices):
    ORGANIC = "organic", _("Organic")
    ADS = "ads", _("Ads")
    COMMERCE = "commerce", _("Commerce")
    ACCOUNT = "account", _("Account")
    PRODUCT = "product", _("Product")


class Harm(models.TextChoices):
    CHILD_SAFETY = "child_safety", _("Child safety")
    VIOLENCE = "violence", _("Violence and incitement")
    TERRORISM = "terrorism", _("Dangerous organizations")
    SUICIDE_SELF_HARM = "suicide_self_harm", _("Suicide and self-injury")
    HATE = "hate", _("Hateful conduct")
    HARASSMENT = "harassment", _("Bullying and harassment")
    SEXUAL_EXPLOITATION = "sexual_exploitation", _("Sexual exploitation")
    ADULT_CONTENT = "adult_content", _("Adult content")
    FRAUD_SCAM = "fraud_scam", _("Fraud and scams")
    MISINFORMATION = "misinformation", _("Misinformation")
    ELECTION_INTEGRITY = "election_integrity", _("Election integrity")
    PRIVACY = "privacy", _("Privacy")
    IMPERSONATION = "impersonation", _("Impersonation")
    ACCOUNT_COMPROMISE = "account_compromise", _("Account compromise")
    SPAM = "spam", _("Spam")
    CYBER = "cyber", _("Cybersecurity")
    DANGEROUS_GOODS = "dangerous_goods", _("Dangerous goods")
    IP = "ip", _("Intellectual property")
    GRAPHIC_VIOLENCE = "graphic_violence", _("Graphic violence")
    HUMAN_EXPLOITATION = "human_exploitation", _("Human exploitation")
    ADS_INTEGRITY = "ads_integrity", _("Ads integrity")
    COMMERCE_SAFETY = "commerce_safety", _("Commerce safety")
    PRODUCT_SUPPORT = "product_support", _("Product support")
    OTHER = "other", _("Other")


class Channel(models.TextChoices):
    """How a submission came in."""

    API = "api", _("API")
    PORTAL = "portal", _("Portal")
    BULK = "bulk", _("Bulk")
    EMAIL = "email", _("E-mail")
    MANUAL = "manual", _("Manual")
    RADAR = "radar", _("Radar")


class MailState(models.TextChoices):
    """What became of a mail that came in."""

    RECEIVED = "received", _("Received")
    FILED = "filed", _("Filed")
    IGNORED = "ignored", _("Ignored")
    QUARANTINED = "quarantined", _("Quarantined")
    DISCARDED = "discarded", _("Discarded")


class MailReason(models.TextChoices):
    """Why a mail was not filed."""

    AUTOMATIC = "automatic", _("written by a machine")
    REPEAT = "repeat", _("the same mail came before")
    FORGED = "forged", _("our mail server says that the sender is forged")
    UNVERIFIED = "unverified", _("our mail server did not confirm the sender")
    REPLY_ADDRESS = "reply_address", _("its reply address is not one of ours")
    OTHER_SENDER = "other_sender", _("its reply address was given to somebody else")
    UNKNOWN_SENDER = "unknown_sender", _("nobody with an account has this address")
    UNKNOWN_ADDRESS = "unknown_address", _("no queue has this address")
    NO_ACCESS = "no_access", _("the sender may not see the case")
    LOOP = "loop", _("too many mails on one case in ten minutes")
    EMPTY = "empty", _("it says nothing")
    REFUSED = "refused", _("it could not be filed")


class EntityKind(models.TextChoices):
    ACCOUNT = "account", _("Account")
    POST = "post", _("Post")
    AD = "ad", _("Ad")
    ADVERTISER = "advertiser", _("Advertiser")
    LISTING = "listing", _("Listing")
    PAGE = "page", _("Page")
    GROUP = "group", _("Group")
    DOMAIN = "domain", _("Domain")
    PAYMENT_INSTRUMENT = "payment_instrument", _("Payment instrument")
    DEVICE = "device", _("Device")


class EntityRole(models.TextChoices):
    VIOLATOR = "violator", _("Violator")
    VICTIM = "victim", _("Victim")
    ASSET = "asset", _("Asset")
    REPORTER = "reporter", _("Reporter")
    BYSTANDER = "bystander", _("Bystander")


class EvidenceKind(models.TextChoices):
    FILE = "file", _("File")
    URL = "url", _("Web address")
    TEXT = "text", _("Text")
    DATA = "data", _("Structured data")


class OriginalState(models.TextChoices):
    """What was found when somebody last looked at the address that an item of evidence was taken from."""

    LIVE = "live", _("Live")
    REMOVED = "removed", _("Removed")


class Audience(models.TextChoices):
    """Who reads a comment."""

    INTERNAL = "internal", _("Team only")
    SUBMITTER = "submitter", _("Submitter")
    RESTRICTED = "restricted", _("Restricted")


class LinkKind(models.TextChoices):
    DUPLICATE_OF = "duplicate_of", _("Duplicate of")
    RELATED = "related", _("Related to")
    BLOCKS = "blocks", _("Blocks")


class Metric(models.TextChoices):
    """Clocks, by the letter shown."""

    ACKNOWLEDGE = "A", _("Acknowledge")
    FIRST_RESPONSE = "F", _("First response")
    NEXT_RESPONSE = "N", _("Next response")
    RESOLVE = "R", _("Resolve")
    UPDATE = "U", _("Promised update")
    CONSULT = "C", _("Consult answer")
    MITIGATE = "M", _("Mitigate")
    LEGAL = "L", _("Legal deadline")


class ClockState(models.TextChoices):
    PENDING = "pending", _("Pending")
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    MET = "met", _("Met")
    MISSED = "missed", _("Missed")
    CANCELLED = "cancelled", _("Cancelled")


class TimerState(models.TextChoices):
    ARMED = "armed", _("Armed")
    FIRED = "fired", _("Fired")
    CANCELLED = "cancelled", _("Cancelled")
    QUARANTINED = "quarantined", _("Quarantined")


class Verdict(models.TextChoices):
    """The seven verdicts; the digit is their key (ux.md DEC-2)."""

    REMOVE = "remove", _("Violating: remove")
    RESTRICT = "restrict", _("Violating: restrict")
    ACCOUNT_ACTION = "account_action", _("Account action")
    NO_VIOLATION = "no_violation", _("No violation")
    RESTORE = "restore", _("Restore (was wrong)")
    INSUFFICIENT_INFO = "insufficient_info", _("Insufficient information")
    POLICY_GAP = "policy_gap", _("No rule fits")

    @property
    def digit(self) -> int:
        return list(Verdict).index(self) + 1


RESOLUTION_OF: dict[Verdict, Resolution] = {
    Verdict.REMOVE: R.VIOLATING_REMOVED,
    Verdict.RESTRICT: R.VIOLATING_RESTRICTED,
    Verdict.ACCOUNT_ACTION: R.ACCOUNT_ACTIONED,
    Verdict.NO_VIOLATION: R.NO_VIOLATION,
    Verdict.RESTORE: R.RESTORED,
    Verdict.INSUFFICIENT_INFO: R.INSUFFICIENT_INFO,
    Verdict.POLICY_GAP: R.POLICY_GAP,
}
# Verdicts that need no clause (domain.md, invariant 4).
WITHOUT_CLAUSE = frozenset({Verdict.INSUFFICIENT_INFO, Verdict.POLICY_GAP})


# Verdicts that take something down.
TAKEDOWNS = frozenset({Verdict.REMOVE, Verdict.RESTRICT, Verdict.ACCOUNT_ACTION})


class DeviationReason(models.TextChoices):
    """Why a decision departs from the ladder's steps (ux.md DEC-7)."""

    GRAVER = "graver", _("Graver than this step is meant for")
    MILDER = "milder", _("Mitigating facts")
    GUIDANCE = "guidance", _("Interim guidance says so")
    ORDER = "order", _("A court or an authority orders it")
    NOT_POSSIBLE = "not_possible", _("The step cannot be done here")
    DONE_ALREADY = "done_already", _("It is done already")
    OTHER = "other", pgettext_lazy("deviation", "Something else")


class Confidence(models.TextChoices):
    SURE = "sure", _("Sure")
    LIKELY = "likely", _("Likely")
    UNSURE = "unsure", _("Unsure")


class DecisionState(models.TextChoices):
    """`held` may still be undone; `effective` has passed its hold; older ones are `superseded`."""

    HELD = "held", _("Held")
    EFFECTIVE = "effective", _("Effective")
    UNDONE = "undone", _("Undone")
    SUPERSEDED = "superseded", _("Superseded")


class ApprovalAbout(models.TextChoices):
    """What a second person is asked about."""

    DECISION = "decision", _("Decision")
    APPEAL = "appeal", _("Appeal")


class ApprovalState(models.TextChoices):
    OPEN = "open", pgettext_lazy("approval", "Waits")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", pgettext_lazy("approval", "Refused")
    EXPIRED = "expired", pgettext_lazy("approval", "Expired")
    WITHDRAWN = "withdrawn", pgettext_lazy("approval", "Taken back")


class ApprovalWhy(models.TextChoices):
    """What asks for a second person: a published rule, what no rule can switch off, or the decider's own wish."""

    RULE = "rule", _("a rule")
    S0_TAKEDOWN = "s0_takedown", _("taking down at S0 always needs two people")
    WISHED = "wished", _("whoever decided was unsure and asked for it")


class TemplatePurpose(models.TextChoices):
    """What a template's words are for: a reply that a person sends, or the notice that goes out with a decision."""

    REPLY = "reply", _("Reply to the submitter")
    SUBMITTER = "submitter", _("Notice of a decision to the submitter")
    SUBJECT = "subject", _("Notice of a decision to the person concerned")


# To whom a decision sends a notice.
NOTIFIED = (TemplatePurpose.SUBMITTER, TemplatePurpose.SUBJECT)


class NoticeWay(models.TextChoices):
    """How a notice reaches its reader. To the person concerned it goes with the action that the platform is asked for."""

    PAGE = "page", _("Portal and API")
    EMAIL = "email", _("E-mail")


class NoticeState(models.TextChoices):
    """Where a notice stands on one way. `sent`: it left, or stands where it can be read; `delivered`: it was opened there."""

    QUEUED = "queued", pgettext_lazy("notice", "Queued")
    SENT = "sent", pgettext_lazy("notice", "Sent")
    DELIVERED = "delivered", pgettext_lazy("notice", "Delivered")
    FAILED = "failed", pgettext_lazy("notice", "Failed")
    NOT_NEEDED = "not_needed", pgettext_lazy("notice", "Not needed")


class SpreadState(models.TextChoices):
    """What became of a member of a cluster whose decision is carried to all of them."""

    WAITING = "waiting", pgettext_lazy("spread", "Waiting")
    DONE = "done", pgettext_lazy("spread", "Has the decision")
    LEFT_OUT = "left_out", pgettext_lazy("spread", "Left out")


class BulkState(models.TextChoices):
    """Where one act on many cases stands. `withdrawn`: its asker took the question back; `undoing`: its changes are being taken back."""

    ASKED = "asked", pgettext_lazy("bulk", "Waits for a second person")
    RUNNING = "running", pgettext_lazy("bulk", "Under way")
    ENDED = "ended", pgettext_lazy("bulk", "Done")
    REFUSED = "refused", pgettext_lazy("approval", "Refused")
    EXPIRED = "expired", pgettext_lazy("approval", "Expired")
    WITHDRAWN = "withdrawn", pgettext_lazy("approval", "Taken back")
    UNDOING = "undoing", pgettext_lazy("bulk", "Is being undone")
    UNDONE = "undone", pgettext_lazy("bulk", "Undone")


BULK_UNFINISHED = (BulkState.ASKED, BulkState.RUNNING, BulkState.UNDOING)


class BulkRowState(models.TextChoices):
    """What became of one case of an act on many."""

    WAITING = "waiting", pgettext_lazy("bulk row", "Waiting")
    DONE = "done", pgettext_lazy("bulk row", "Changed")
    LEFT_OUT = "left_out", pgettext_lazy("bulk row", "Left out")
    UNDONE = "undone", pgettext_lazy("bulk row", "Undone")
    KEPT = "kept", pgettext_lazy("bulk row", "Stays changed")


class SecondLookState(models.TextChoices):
    """A blind second decision: it waits, it agrees with the first, it differs, or a third person settled which one stands."""

    WAITING = "waiting", pgettext_lazy("second look", "Waits")
    AGREES = "agrees", _("Agrees")
    DIFFERS = "differs", _("Differs")
    SETTLED = "settled", _("Settled")


class DisputeState(models.TextChoices):
    """A submitter contests that its case was sent back: somebody else than who sent it back looks again."""

    OPEN = "open", pgettext_lazy("dispute", "Waits")
    UPHELD = "upheld", pgettext_lazy("dispute", "The submitter was right")
    DISMISSED = "dismissed", pgettext_lazy("dispute", "It stays invalid")


class InvalidReason(models.TextChoices):
    """Why a submission is sent back (ux.md QUE-14); the vendor sees it, and KPI-15 counts it."""

    OUT_OF_SCOPE = "out_of_scope", _("Out of scope")
    MISSING_EVIDENCE = "missing_evidence", _("Missing evidence")
    WRONG_QUEUE = "wrong_queue", _("Wrong queue")
    VENDOR_COULD_DECIDE = "vendor_could_decide", _("Vendor could decide")
    DUPLICATE = "duplicate", _("Duplicate")
    NOT_REPRODUCIBLE = "not_reproducible", _("Not reproducible")
    TEST = "test", _("Test")

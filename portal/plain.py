"""How a case stands, in words for those who sent it: no queue, no person, no step of ours. Pure data."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from escalations.lifecycle import CaseStatus, InvalidReason, Resolution, Verdict, WaitingOn
from escalations.models import Case

Text = str | Promise


@dataclass(frozen=True)
class Standing:
    """One word and one sentence; `glyph` is a case's status glyph."""

    glyph: str
    word: Text
    sentence: Text


NEW = Standing("new", _("Received"), _("We have it. Nobody has begun yet; the times below are promised."))
AGAIN = Standing("new", _("Opened again"), _("It is looked at once more."))
REVIEW = Standing("in_review", _("Being looked at"), _("Somebody works on it now."))
YOURS = Standing(
    "waiting",
    _("Waiting for you"),
    _("We asked you something. The time of our decision stands still until you answer."),
)
OTHERS = Standing(
    "waiting", _("Being looked at"), _("We asked somebody who knows more. Our times go on: that is our delay.")
)
DECIDED = Standing("decided", _("Being decided"), _("A decision is taken; it takes effect in a moment."))
HANDLED = Standing(
    "closed",
    _("Handled by few"),
    _("This is handled by a small group. You keep this receipt, and may still add to it."),
)
CLOSED: dict[Resolution, Standing] = {
    Resolution.VIOLATING_REMOVED: Standing("closed", _("Removed"), _("It breaks a rule and was taken down.")),
    Resolution.VIOLATING_RESTRICTED: Standing("closed", _("Restricted"), _("It breaks a rule and was limited.")),
    Resolution.ACCOUNT_ACTIONED: Standing("closed", _("Account actioned"), _("Something was done about the account.")),
    Resolution.NO_VIOLATION: Standing("closed", _("No action"), _("It does not break the rules.")),
    Resolution.RESTORED: Standing("closed", _("Restored"), _("What had been taken down is back.")),
    Resolution.INSUFFICIENT_INFO: Standing(
        "closed", _("Not enough to decide"), _("What we needed did not come in time. Send it again with it.")
    ),
    Resolution.POLICY_GAP: Standing(
        "closed", _("No rule fits"), _("No rule covers this yet. The question went to those who write the rules.")
    ),
    Resolution.INVALID: Standing(
        "closed", pgettext_lazy("submission", "Returned"), _("It came back to you: see why below.")
    ),
    Resolution.DUPLICATE: Standing("closed", _("Duplicate"), _("The same matter is handled under another reference.")),
    Resolution.WITHDRAWN: Standing("closed", pgettext_lazy("submission", "Withdrawn"), _("You took it back.")),
    Resolution.MERGED: Standing("closed", _("Joined"), _("It is handled together with others like it.")),
}


def standing(case: Case | None) -> Standing:
    """How a case stands; None is one that became restricted."""
    if case is None:
        return HANDLED
    if case.status == CaseStatus.CLOSED:
        return CLOSED[Resolution(case.resolution)]
    if case.status == CaseStatus.NEW:
        return AGAIN if case.reopened_count else NEW
    if case.status == CaseStatus.WAITING:
        return YOURS if case.waiting_on == WaitingOn.SUBMITTER else OTHERS
    return DECIDED if case.status == CaseStatus.DECIDED else REVIEW


VERDICTS: dict[str, Text] = {
    Verdict.REMOVE: _("It is taken down"),
    Verdict.RESTRICT: _("It is limited"),
    Verdict.ACCOUNT_ACTION: _("Something is done about the account"),
    Verdict.NO_VIOLATION: _("It stays: no rule is broken"),
    Verdict.RESTORE: _("It comes back: taking it down was wrong"),
    Verdict.INSUFFICIENT_INFO: _("There is not enough to decide"),
    Verdict.POLICY_GAP: _("No rule fits"),
}


@dataclass(frozen=True)
class Returned:
    """A reason code with what it means and what to do the next time."""

    code: str
    title: Text
    meaning: Text
    instead: Text


REASONS: dict[str, Returned] = {
    reason.code: reason
    for reason in (
        Returned(
            InvalidReason.OUT_OF_SCOPE,
            InvalidReason.OUT_OF_SCOPE.label,
            _("What was asked is nothing our rules speak of."),
            _("Name the rule you think is broken. Questions about the product go under the surface “product”."),
        ),
        Returned(
            InvalidReason.MISSING_EVIDENCE,
            InvalidReason.MISSING_EVIDENCE.label,
            _("We could not see what you saw."),
            _("Add a screenshot, the words as they stood, and for ads the page they lead to, with the time in UTC."),
        ),
        Returned(
            InvalidReason.WRONG_QUEUE,
            InvalidReason.WRONG_QUEUE.label,
            _("It was sent as another kind of thing than it is."),
            _("Choose the surface where it is seen, and the clause that names the harm."),
        ),
        Returned(
            InvalidReason.VENDOR_COULD_DECIDE,
            InvalidReason.VENDOR_COULD_DECIDE.label,
            _("The rule is clear, and you may decide this yourselves."),
            _("Escalate when a rule leaves a doubt, when it spreads, or when people are in danger."),
        ),
        Returned(
            InvalidReason.DUPLICATE,
            InvalidReason.DUPLICATE.label,
            _("The same matter was open already."),
            _("Paste the address first: the form says so before you send, and lets you add to the open one."),
        ),
        Returned(
            InvalidReason.NOT_REPRODUCIBLE,
            InvalidReason.NOT_REPRODUCIBLE.label,
            _("It was gone, or looked different to us."),
            _("Say when, where and as whom you saw it; some things are shown in one country or to one account alone."),
        ),
        Returned(
            InvalidReason.TEST,
            InvalidReason.TEST.label,
            _("It was a trial."),
            _("Use the sandbox: the same checks, and nobody is paged."),
        ),
    )
}

"""Appeals of the demo's past: some decisions are appealed, most stand, and one clause is read too widely (story D8)."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from accounts.models import User
from accounts.permissions import can
from accounts.roles import Action
from escalations import permissions
from escalations.appeal_life import Appellant, Grounds, Outcome
from escalations.demo import platform
from escalations.demo.plan import PlannedCase
from escalations.lifecycle import TAKEDOWNS, ApprovalAbout, ApprovalState, DecisionState
from escalations.models import Approval, Case, Decision
from escalations.operations import appeals, approvals, enforcement, timers

# D8: satire in Portuguese, taken down under one clause by people who never tick its exceptions.
OVERTURNED, OVERTURNED_D8 = 13, 31  # of a hundred judged appeals
APPEALED, APPEALED_D8 = 5, 75  # of a hundred decisions
STATEMENTS = (
    "This was a joke about a politician. Everybody who follows the page knows that.",
    "We sold what we said we sold. The licence is on our site.",
    "Somebody else used my account that day. I have the mail about the new sign-in.",
    "The clip is from a news report and says so at the beginning.",
)
D8_STATEMENTS = (
    "A página é de humor. O texto ri de quem odeia, não odeia ninguém.",
    "É sátira: está escrito no nome da página e em cada publicação.",
)
ANSWERS = {
    Outcome.UPHELD: "We looked at it again, with somebody who had not seen it before. The decision stands. You may turn to an "
    "out-of-court body within your country.",
    Outcome.OVERTURNED: "We looked at it again and were wrong. What was taken down is back, and it does not count against you.",
}


def is_appealed(planned: PlannedCase) -> bool:
    """Whether the decision of a planned case is appealed, if it takes something down."""
    return planned.number * 37 % 100 < (APPEALED_D8 if planned.story == "D8" else APPEALED)


def is_found_wrong(planned: PlannedCase) -> bool:
    """Whether such an appeal succeeds, if there is something to take back; without regard to `is_appealed`'s arithmetic."""
    often = OVERTURNED_D8 if planned.story == "D8" else OVERTURNED
    return zlib.crc32(b"judged-%d" % planned.number) % 100 < often


def appeal(planned: PlannedCase, case: Case, reviewers: Sequence[User], *, now: datetime) -> None:
    """Have the decision of a planned case appealed, where the plan's own numbers say so, and judged if there was time for it.

    `now` aware UTC is the present of the demo. Nothing is drawn by chance here: the same plan gives the same appeals.
    """
    decision = (
        Decision.objects.filter(case=case, state=DecisionState.EFFECTIVE)
        .select_related("clause__policy", "decided_by")
        .first()
    )
    if decision is None or decision.effective_at is None or decision.verdict not in TAKEDOWNS:
        return
    if not is_appealed(planned):
        return
    filed_at = decision.effective_at + timedelta(hours=3 + planned.number % 40)
    entity = enforcement.entities_of(case)
    if filed_at >= now or not entity:
        return
    is_d8 = planned.story == "D8"
    statements = D8_STATEMENTS if is_d8 else STATEMENTS
    asked = appeals.Request(
        text=statements[planned.number % len(statements)], language=planned.language, entity_id=entity[0].pk
    )
    # Nobody judges what they decided or agreed to themselves (`appeals.check_may_decide`).
    agreed = Approval.objects.filter(decision=decision, state=ApprovalState.APPROVED)
    had_a_hand = {decision.decided_by_id, *agreed.values_list("answered_by_id", flat=True)}
    judges = [one for one in reviewers if one.pk not in had_a_hand and can(one, Action.APPEAL_DECIDE)]
    if not judges:
        return
    reviewer = judges[planned.number % len(judges)]
    filed = appeals.file_appeal(case_id=case.pk, appellant=Appellant.SUBJECT, asked=asked, by=reviewer, at=filed_at)
    decided_at = filed_at + timedelta(hours=5 + planned.number % 60)
    if decided_at >= now:
        return
    # Where nothing was done there is nothing to take back: an overturn would open the case again.
    is_wrong = bool(appeals.in_force(filed)) and is_found_wrong(planned)
    outcome = Outcome.OVERTURNED if is_wrong else Outcome.UPHELD
    appeals.claim_appeal(appeal_id=filed.pk, by=reviewer, at=decided_at - timedelta(minutes=20))
    judged = appeals.decide_appeal(
        appeal_id=filed.pk,
        judgement=appeals.Judgement(
            outcome=outcome,
            rationale=_why(is_wrong=is_wrong, is_d8=is_d8),
            answer=ANSWERS[outcome],
            grounds=Grounds.ERROR if is_wrong else None,
        ),
        by=reviewer,
        at=decided_at,
    )
    asked_second = approvals.open_of(ApprovalAbout.APPEAL, judged.pk)
    if asked_second is not None:
        second = next((one for one in reviewers if permissions.can_approve(one, asked_second)), None)
        if second is None:
            return
        approvals.answer(
            approval_id=asked_second.pk, is_yes=True, reason="", by=second, at=decided_at + timedelta(seconds=5)
        )
    carried_out_at = decided_at + timedelta(seconds=reviewer.undo_s + 1)
    timers.fire_of(judged.clock_type, judged.pk, until=carried_out_at)
    platform.answer_history(case, at=carried_out_at, now=now)


def _why(*, is_wrong: bool, is_d8: bool) -> str:
    if is_wrong and is_d8:
        return "Satire: the exception was not looked at."
    return "The elements were not all shown." if is_wrong else "All elements were shown, then and now."

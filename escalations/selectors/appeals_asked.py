"""How an appeal's outcome is shown to the second person who is asked about it."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from escalations.models import Appeal, Approval
from escalations.operations.appeals import outcome_line
from escalations.selectors.appeals import about, appellant_line
from escalations.selectors.approvals import Shown


def describe(approval: Approval, viewer: User, at: datetime) -> Shown:
    """What a second person is asked about an appeal: the outcome, both sides' words, what would be taken back."""
    appeal = Appeal.objects.select_related("case", "decision__clause__policy", "decided_by", "entity").get(
        pk=approval.about_id
    )
    context = {"appeal": appeal, "about": about(appeal, viewer=viewer, at=at), "who": appellant_line(appeal)}
    return Shown(outcome_line(appeal), "escalations/appeals/_asked.html", context)

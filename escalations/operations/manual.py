"""A case that somebody of the team makes by hand and claims in the same moment (NEW-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from accounts.models import User
from accounts.roles import Action
from escalations.lifecycle import Channel
from escalations.models import Case, Submission
from escalations.operations import cases, intake
from escalations.operations.submission_input import SubmissionInput
from escalations.permissions import can_act


@transaction.atomic
def make_by_hand(*, payload: SubmissionInput, by: User, at: datetime, form_token: str = "") -> Case:
    """Make a case of the internal organization and claim it for its maker, where they may claim in its queue.

    `at` is aware UTC. The same `form_token` of the same person answers with the first case, also when both arrive at once
    (intake's uniqueness is per key, and a person has none). Records and raises as `intake.submit` and `cases.claim_case`.
    """
    if form_token:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"manual:{by.pk}:{form_token}"])
        earlier = Submission.objects.filter(person=by, idempotency_key=form_token, organization_id=by.organization_id)
        if (found := earlier.select_related("case").first()) is not None:
            return found.case
    accepted = intake.submit(payload=payload, by=by, channel=Channel.MANUAL, at=at, idempotency_key=form_token)
    case = accepted.case
    if case.assignee_id is None and can_act(by, Action.CASE_CLAIM, case):
        case = cases.claim_case(case_id=case.pk, by=by, at=at)
    return case

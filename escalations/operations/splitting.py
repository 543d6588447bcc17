"""Taking one of a submitter's messages out of a case, as a case of its own: another matter that came in the same thread.

The message stays where it was written; the new case takes its words as the ask. Its response clock starts at the message's time, so
that splitting cannot hide waiting (sla.md §3.5, "Split").
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Action
from audit.recording import record
from core.errors import FieldProblem, Invalid, NotFound
from core.references import permute
from escalations import events, permissions
from escalations.lifecycle import Audience, CaseStatus, LinkKind, Metric, TransitionNotAllowed
from escalations.models import Case, CaseEntity, Comment, Link, Submission
from escalations.operations import clocks, ordering
from escalations.operations.clock_starting import planned_by_plan
from escalations.operations.saving import save
from escalations.selectors.clocks import clocks_of

LONGEST_ASK = 20_000
_TAKEN = (
    "organization_id",
    "channel",
    "is_sandbox",
    "surface",
    "platform",
    "harm",
    "suspected_policy",
    "market",
    "language",
    "severity",
    "graphic_tier",
    "queue_id",
    "required_skills",
    "compartments",
)


def messages_of(case: Case) -> QuerySet[Comment]:
    """What the submitter wrote on the case, oldest first: each may become a case of its own."""
    found = Comment.objects.filter(case=case, is_from_submitter=True, retracted_at__isnull=True)
    return found.filter(audience=Audience.SUBMITTER).order_by("created_at", "pk")


@transaction.atomic
def split_case(*, case_id: int, message_id: uuid.UUID, title: str, by: User, at: datetime) -> Case:
    """Make a case of a submitter's message; answers the new one, which is new in the same queue with the same severity.

    `at` is aware UTC. Clock F starts at the message's time, A and R now. Where the message was the one that clock N of the first case
    waits on, N goes on from the next unanswered message, or ends as split. Links both; records `case.created` and `case.split`. Locks
    the first case. Raises `NotFound` (no such message of the submitter), `Invalid` (no title, split already), `NotPermitted`,
    `TransitionNotAllowed` (closed), `Case.DoesNotExist`.
    """
    title = " ".join(title.replace("\x00", "").split())
    if not 0 < len(title) <= 200:
        detail = _("Give the new case a title of at most 200 characters.")
        raise Invalid(errors=[FieldProblem("/title", "required" if not title else "too_long", detail)])
    case = Case.objects.lock(case_id)
    permissions.check_can_act(by, Action.CASE_MERGE, case)
    if case.status == CaseStatus.CLOSED:
        raise TransitionNotAllowed(_("%(ref)s is closed: reopen it first.") % {"ref": case.ref}, legal=["reopen"])
    message = messages_of(case).filter(public_id=message_id).first()
    if message is None:
        raise NotFound(_("The submitter wrote no such message on this case."))
    if Submission.objects.filter(
        organization_id=case.organization_id, payload__message=str(message.public_id)
    ).exists():
        raise Invalid(_("This message is a case of its own already."), code="split_already")
    made = _made(case, message, title, by=by, at=at)
    _give_clocks(made, message, by=by, at=at)
    _owe_the_next(case, message, by=by, at=at)
    Link.objects.create(
        organization_id=case.organization_id,
        case=case,
        other=made,
        kind=LinkKind.RELATED,
        created_at=at,
        created_by=by,
    )
    save(case, (), at=at)
    record(
        events.CASE_CREATED,
        subject=made,
        by=by,
        at=at,
        data={
            "channel": made.channel,
            "severity": int(made.severity),
            "queue_id": made.queue_id,
            "split_from": case.ref,
            "received_at": made.received_at.isoformat(),
        },
    )
    record(events.CASE_SPLIT, subject=case, by=by, at=at, data={"into": made.ref, "comment": str(message.public_id)})
    return made


def _made(case: Case, message: Comment, title: str, *, by: User, at: datetime) -> Case:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('escalations_case', 'id'))")
        number = int(cursor.fetchone()[0])
    made = Case(
        pk=number,
        ref=f"ESC-{permute(number, key=settings.REFERENCE_KEY)}",
        submitted_by_id=message.author_id or case.submitted_by_id,
        created_by_key_id=message.author_key_id,
        title=title,
        ask=message.body[:LONGEST_ASK],
        severity_why=[{"level": f"S{int(case.severity)}", "because": _("as %(ref)s") % {"ref": case.ref}}],
        routed_why={"split_from": case.ref},
        received_at=message.created_at,
        order_at=case.order_at,
        updated_at=at,
        **{name: getattr(case, name) for name in _TAKEN},
    )
    made.save(force_insert=True)
    # So that whoever sent it can read it back, like anything else they sent.
    Submission.objects.create(
        organization_id=case.organization_id,
        case=made,
        channel=made.channel,
        key_id=message.author_key_id,
        person_id=message.author_id,
        is_sandbox=case.is_sandbox,
        payload={"split_from": case.ref, "message": str(message.public_id), "ask": message.body},
        received_at=at,
    )
    CaseEntity.objects.bulk_create(
        CaseEntity(
            organization_id=part.organization_id,
            case=made,
            entity_id=part.entity_id,
            role=part.role,
            reported=part.reported,
            is_verified=part.is_verified,
            added_at=at,
        )
        for part in CaseEntity.objects.filter(case=case)
    )
    return made


def _give_clocks(made: Case, message: Comment, *, by: User, at: datetime) -> None:
    plan = clocks.plan_of(made, at=at)
    found = planned_by_plan(made, (Metric.ACKNOWLEDGE, Metric.RESOLVE), plan, at)
    found += planned_by_plan(made, (Metric.FIRST_RESPONSE,), plan, message.created_at)
    clocks.start_planned([(made, found)], at=at, by=by, cause="split")
    ordering.reorder(made, at=at)
    made.save(update_fields=ordering.FIELDS)


def _owe_the_next(case: Case, message: Comment, *, by: User, at: datetime) -> None:
    """Clock N of the first case, if it waits on this message: from the next one that nobody answered, or no more."""
    owed = clocks_of(case, unsettled=True).filter(metric=Metric.NEXT_RESPONSE).first()
    if owed is None or owed.started_at != message.created_at:
        return
    clocks.cancel_all(case, "split", at=at, by=by, metrics=[Metric.NEXT_RESPONSE])
    following = messages_of(case).filter(created_at__gt=message.created_at).first()
    if following is not None:
        clocks.start(case, Metric.NEXT_RESPONSE, at=at, started_at=following.created_at, by=by, cause="split")

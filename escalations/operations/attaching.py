"""A submission that belongs to a case which is there already (F008): its words, subjects and evidence join that case."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import ServiceKey, User
from accounts.permissions import check_can
from accounts.roles import Action
from audit.recording import record
from core import rows
from core.errors import FieldProblem, Invalid
from escalations import events
from escalations.lifecycle import CaseStatus, Channel, TransitionNotAllowed
from escalations.models import Case, CaseEntity, Evidence, SlaClock, Submission
from escalations.operations import comments
from escalations.operations.evidence_items import evidence_rows
from escalations.operations.intake import Accepted, AlreadySubmitted, promised, refusal_of
from escalations.operations.submission_input import SubmissionInput
from escalations.operations.uploads import take_uploads


def attach(
    *, payload: SubmissionInput, by: User | ServiceKey, channel: Channel, at: datetime, idempotency_key: str = ""
) -> Accepted:
    """Add a submission to an open case of the submitter's organization. Its clocks stay; its ask becomes a message.

    `at` aware UTC. Locks the case; records `submission.received`, `evidence.added` per item and `comment.added`. Raises `Invalid`
    (no such case of theirs, an unknown upload), `TransitionNotAllowed` (closed), `AlreadySubmitted`, `NotPermitted`.
    """
    check_can(by, Action.CASE_CREATE)
    try:
        with transaction.atomic():
            return _attach(payload, by, channel, at, idempotency_key)
    except IntegrityError as error:
        raise refusal_of(error) from error


def _attach(
    payload: SubmissionInput, by: User | ServiceKey, channel: Channel, at: datetime, idempotency_key: str
) -> Accepted:
    is_sandbox = isinstance(by, ServiceKey) and by.is_sandbox
    wanted = Case.objects.visible_to(by).filter(ref=payload.attach_to, is_sandbox=is_sandbox).first()
    if wanted is None:
        raise Invalid(errors=[FieldProblem("/attach_to", "not_found", _("There is no such case of yours."))])
    if idempotency_key and isinstance(by, ServiceKey):
        before = Submission.objects.visible_to(by).filter(key=by, idempotency_key=idempotency_key).first()
        if before is not None:
            raise AlreadySubmitted(
                _("This Idempotency-Key joined %(ref)s before.") % {"ref": before.ref},
                code="idempotency_key_taken",
                ref=before.ref,
            )
    case = Case.objects.lock(wanted.pk)
    if case.status == CaseStatus.CLOSED:
        raise TransitionNotAllowed(
            _("%(ref)s is closed: submit a new case and name it there.") % {"ref": case.ref}, legal=[]
        )
    comments.message_from_submitter(case_id=case.pk, body=f"{payload.title}\n\n{payload.ask}", by=by, at=at)
    case.refresh_from_db()
    submission = Submission(
        organization_id=case.organization_id,
        case_id=case.pk,
        channel=channel,
        key=by if isinstance(by, ServiceKey) else None,
        person=by if isinstance(by, User) else None,
        idempotency_key=idempotency_key,
        external_ref=payload.external_ref,
        is_sandbox=is_sandbox,
        payload=payload.payload,
        received_at=at,
        result=Submission.Result.ATTACHED,
        warnings=payload.warnings(),
    )
    submission.save()
    items = _add_evidence(case, payload, by, at)
    _add_subjects(case, payload, at)
    record(
        events.SUBMISSION_RECEIVED,
        subject=case,
        by=by,
        at=at,
        data={"channel": str(channel), "external_ref": payload.external_ref, "attached": True},
    )
    for item in items:
        data = {"number": item.number, "kind": str(item.kind), "sha256": item.sha256}
        record(events.EVIDENCE_ADDED, subject=case, by=by, at=at, data=data)
    clocks = SlaClock.objects.filter(object_type="case", object_id=case.pk)
    return Accepted(case=case, submission=submission, promised=promised(clocks), warnings=submission.warnings)


def _add_evidence(case: Case, payload: SubmissionInput, by: User | ServiceKey, at: datetime) -> list[Evidence]:
    named = [item.upload_id.lower() for item in payload.evidence if item.upload_id]
    files = take_uploads(named, by=by, at=at)
    if len(files) != len(named):
        missing = next(
            n for n, item in enumerate(payload.evidence) if item.upload_id and item.upload_id.lower() not in files
        )
        detail = _("There is no such upload of yours waiting: send the file to /uploads/ first.")
        raise Invalid(errors=[FieldProblem(f"/evidence/{missing}/upload_id", "unknown_upload", detail)])
    last = Evidence.objects.filter(case=case).aggregate(last=Max("number"))["last"] or 0
    found = evidence_rows(case, payload, [files[name] for name in named], by=by, at=at, first=last + 1)
    rows.insert(found)
    return found


def _add_subjects(case: Case, payload: SubmissionInput, at: datetime) -> None:
    subjects = payload.subjects
    if not subjects:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT app_entity_ids(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s)",
            [
                [subject.platform for subject in subjects],
                [str(subject.kind) for subject in subjects],
                [subject.key for subject in subjects],
                [subject.url for subject in subjects],
                [subject.id or subject.key for subject in subjects],
                at,
            ],
        )
        ids: list[int] = cursor.fetchone()[0]
    parts = [
        CaseEntity(
            organization_id=case.organization_id,
            case=case,
            entity_id=entity_id,
            role=subject.role,
            reported=subject.reported(),
            is_verified=subject.verified,
            added_at=at,
        )
        for subject, entity_id in zip(subjects, ids, strict=True)
    ]
    CaseEntity.objects.bulk_create(parts, ignore_conflicts=True)

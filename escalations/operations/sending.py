"""A submission that a person of the submitting organization sends from a form of ours: once, however often the form arrives."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction

from accounts.models import User
from escalations.lifecycle import Channel
from escalations.models import SlaClock, Submission
from escalations.operations import attaching, intake, uploads
from escalations.operations.intake import Accepted, promised
from escalations.operations.submission_input import SubmissionInput


@transaction.atomic
def send_once(*, payload: SubmissionInput, by: User, at: datetime, form_token: str) -> Accepted:
    """Make a case of a form, or add it to the case `attach_to` names. `at` is aware UTC.

    The same `form_token` of the same person answers with the first result, also when both arrive at once (intake's uniqueness is
    per key, and a person has none). Records and raises as `intake.submit` and `attaching.attach`.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"portal:{by.pk}:{form_token}"])
    before = sent_before(by, form_token)
    if before is not None:
        return before
    if payload.attach_to:
        return attaching.attach(payload=payload, by=by, channel=Channel.PORTAL, at=at, idempotency_key=form_token)
    return intake.submit(payload=payload, by=by, channel=Channel.PORTAL, at=at, idempotency_key=form_token)


def sent_before(by: User, form_token: str) -> Accepted | None:
    """What the person's form with this token made already."""
    if not form_token:
        return None
    rows = Submission.objects.visible_to(by).filter(person=by, idempotency_key=form_token)
    found = rows.select_related("case__queue").first()
    if found is None:
        return None
    clocks = SlaClock.objects.filter(object_type="case", object_id=found.case_id)
    return Accepted(case=found.case, submission=found, promised=promised(clocks), warnings=found.warnings)


def keep_files(files: Iterable[UploadedFile[bytes]], *, by: User, at: datetime) -> list[str]:
    """Keep files of a form and answer their upload ids, which a submission then names. Raises as `uploads.keep_upload`."""
    found = []
    for file in files:
        kept = uploads.keep_upload(
            chunks=file.chunks(), name=file.name or "", claimed_type=file.content_type or "", by=by, at=at
        )
        found.append(str(kept.public_id))
    return found

"""Evidence items as a submission brings them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from accounts.models import ServiceKey, User
from core import rows
from core.ids import new_id
from escalations.lifecycle import EvidenceKind
from escalations.models import Case, Evidence
from escalations.operations.submission_input import SubmissionInput
from escalations.operations.uploads import PendingFile


def evidence_rows(
    case: Case,
    payload: SubmissionInput,
    files: Sequence[PendingFile],
    *,
    by: User | ServiceKey,
    at: datetime,
    first: int = 1,
) -> list[Evidence]:
    """The evidence items of a submission, unsaved, numbered from `first`; `files` in the order of the items that name one."""
    waiting = iter(files)
    found = []
    for number, item in enumerate(payload.evidence, start=first):
        file = next(waiting) if item.upload_id else None
        found.append(
            rows.blank(
                Evidence,
                public_id=new_id(),
                organization_id=case.organization_id,
                case_id=case.pk,
                number=number,
                kind=EvidenceKind(item.kind),
                blob_id=file.blob_id if file else None,
                sha256=file.sha256 if file else item.sha256(),
                name=file.name if file else "",
                text=item.text,
                original_url=item.url,
                captured_at=item.captured_at,
                note=item.note,
                graphic_tier=item.graphic_tier,
                added_at=at,
                added_by_id=by.pk if isinstance(by, User) else None,
                added_by_key_id=by.pk if isinstance(by, ServiceKey) else None,
            )
        )
    return found

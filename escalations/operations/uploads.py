"""Files on their way to a case: kept when they arrive, attached by a submission, dropped after a day."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from accounts.models import ServiceKey, User
from accounts.permissions import check_can
from accounts.roles import Action
from escalations.models import Blob, Evidence, InboundMail, Upload
from escalations.operations import evidence_store
from escalations.operations.evidence_store import Stored

KEPT = timedelta(hours=24)


@dataclass(frozen=True)
class PendingFile:
    """An upload that a submission has just taken."""

    upload_id: int
    blob_id: int
    sha256: str
    name: str


def keep_upload(
    *,
    chunks: Iterable[bytes],
    name: str,
    claimed_type: str,
    by: User | ServiceKey,
    at: datetime,
    expected_sha256: str = "",
) -> Upload:
    """Keep a file that came in; the same bytes are kept once, whoever sends them. `at` aware UTC.

    Raises `NotPermitted`, and what `evidence_store.store` raises; nothing is kept then.
    """
    check_can(by, Action.EVIDENCE_UPLOAD)
    stored = evidence_store.store(chunks, claimed_type=claimed_type, expected_sha256=expected_sha256)
    with transaction.atomic():
        blob = blob_for(stored, at=at)
        return Upload.objects.create(
            organization_id=by.organization_id,
            blob=blob,
            name=evidence_store.clean_name(name),
            claimed_type=claimed_type[:100],
            key=by if isinstance(by, ServiceKey) else None,
            person=by if isinstance(by, User) else None,
            created_at=at,
        )


def blob_for(stored: Stored, *, at: datetime) -> Blob:
    """The row of bytes that stand on disk; a picture gets its shielded derivative on the way."""
    found = Blob.objects.filter(sha256=stored.sha256).first()
    if found is not None:
        return found
    blob = Blob(sha256=stored.sha256, size=stored.size, media_type=stored.media_type, created_at=at)
    if stored.media_type in evidence_store.PICTURES:
        _add_preview(blob)
    Blob.objects.bulk_create([blob], ignore_conflicts=True)  # the same bytes may arrive twice at once
    return Blob.objects.get(sha256=stored.sha256)


def _add_preview(blob: Blob) -> None:
    made = evidence_store.preview(blob.sha256)
    blob.preview_state = "failed"
    if made is not None:
        blob.blurred_sha256 = evidence_store.store([made.blurred], claimed_type="image/png").sha256
        blob.width, blob.height = made.width, made.height
        blob.tile_rgb, blob.perceptual_hash = made.tile_rgb, made.perceptual_hash
        blob.preview_state = "ready"


def take_uploads(wanted: Iterable[str], *, by: User | ServiceKey, at: datetime) -> dict[str, PendingFile]:
    """Mark uploads of the actor's organization as attached; those that are unknown, old or taken are left out.

    One statement, so that of two submissions at once only one gets a file.
    """
    names = []
    for text in wanted:
        try:
            names.append(str(uuid.UUID(text)))
        except ValueError:
            continue
    if not names:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE escalations_upload u SET attached_at = %s FROM escalations_blob b WHERE b.id = u.blob_id"
            " AND u.public_id = ANY (%s::uuid[]) AND u.organization_id = %s AND u.attached_at IS NULL AND u.created_at > %s"
            " RETURNING u.public_id::text, u.id, b.id, b.sha256, u.name",
            [at, names, by.organization_id, at - KEPT],
        )
        return {row[0]: PendingFile(*row[1:]) for row in cursor.fetchall()}


def forget_stale(at: datetime, *, limit: int = 500) -> int:
    """Drop uploads nobody attached within a day, then bytes that nothing refers to; answers how many uploads. Run by `engine`."""
    # Uses index: upload_unattached_oldest
    stale = Upload.objects.filter(attached_at__isnull=True, created_at__lt=at - KEPT).order_by("created_at")
    ids = list(stale.values_list("pk", flat=True)[:limit])
    with transaction.atomic():
        Upload.objects.filter(pk__in=ids, attached_at__isnull=True).delete()
        orphans = (
            Blob.objects.filter(created_at__lt=at - KEPT)
            .filter(
                ~Exists(Upload.objects.filter(blob=OuterRef("pk"))),
                ~Exists(Evidence.objects.filter(blob=OuterRef("pk"))),
                ~Exists(InboundMail.objects.filter(blob=OuterRef("pk"))),
            )
            .order_by("pk")[:limit]
        )
        gone = list(orphans.select_for_update(skip_locked=True))
        Blob.objects.filter(pk__in=[blob.pk for blob in gone]).delete()
    for blob in gone:
        evidence_store.remove(blob.sha256)
        if blob.blurred_sha256 and not Blob.objects.filter(blurred_sha256=blob.blurred_sha256).exists():
            evidence_store.remove(blob.blurred_sha256)
    return len(ids)

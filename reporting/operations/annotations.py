"""Notes on the time line: whoever reads reports of everybody or of their team adds them; their author and leads change them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organization, User
from audit.recording import record
from core.errors import FieldProblem, Invalid
from escalations.models import Queue
from reporting import events, permissions
from reporting.lifecycle import AnnotationKind
from reporting.models import Annotation

TEXT_MAX = 200
EARLIEST = timedelta(days=10 * 366)
AHEAD = timedelta(days=366)


@dataclass(frozen=True)
class AnnotationInput:
    """A note as a person writes it. Times are aware UTC; `ends_at` only for what lasted; at most one of vendor and queue."""

    kind: str
    text: str
    starts_at: datetime
    ends_at: datetime | None = None
    vendor: Organization | None = None
    queue: Queue | None = None
    is_new_baseline: bool = False


@transaction.atomic
def add_annotation(*, values: AnnotationInput, by: User, at: datetime) -> Annotation:
    """Put a note on the time line; charts in its scope show it at once.

    `at` is aware UTC. Records `annotation.added`. Raises `NotPermitted`, `Invalid` with every fault.
    """
    permissions.check_can_annotate(by, queue=values.queue)
    _check(values, at=at)
    note = Annotation(organization_id=by.organization_id, created_at=at, created_by=by, updated_at=at)
    _take(note, values)
    note.save(force_insert=True)
    record(events.ANNOTATION_ADDED, subject=note, by=by, at=at, data=_said(note))
    return note


@transaction.atomic
def change_annotation(*, annotation_id: int, values: AnnotationInput, by: User, at: datetime) -> Annotation:
    """Change what a note says or where it stands.

    `at` is aware UTC. Records `annotation.changed`. Raises `NotPermitted`, `Invalid`, `Annotation.DoesNotExist` (removed ones, too).
    """
    note: Annotation = Annotation.objects.select_for_update(of=("self",)).get(pk=annotation_id, removed_at__isnull=True)
    permissions.check_can_change_annotation(by, note)
    permissions.check_can_annotate(by, queue=values.queue)
    _check(values, at=at)
    _take(note, values)
    note.updated_at = at
    note.save(update_fields=[*_FIELDS, "updated_at"])
    record(events.ANNOTATION_CHANGED, subject=note, by=by, at=at, data=_said(note))
    return note


@transaction.atomic
def remove_annotation(*, annotation_id: int, by: User, at: datetime) -> None:
    """Take a note off the time line; its row stays for the log. Twice is the same as once.

    `at` is aware UTC. Records `annotation.removed`. Raises `NotPermitted`, `Annotation.DoesNotExist`.
    """
    note: Annotation = Annotation.objects.select_for_update(of=("self",)).get(pk=annotation_id)
    permissions.check_can_change_annotation(by, note)
    if note.removed_at is not None:
        return
    note.removed_at, note.removed_by = at, by
    note.save(update_fields=["removed_at", "removed_by"])
    record(events.ANNOTATION_REMOVED, subject=note, by=by, at=at, data={"kind": note.kind})


_FIELDS = ("kind", "text", "starts_at", "ends_at", "vendor", "queue", "is_new_baseline")


def _take(note: Annotation, values: AnnotationInput) -> None:
    note.kind, note.text = values.kind, " ".join(values.text.split())
    note.starts_at, note.ends_at = values.starts_at, values.ends_at
    note.vendor, note.queue = values.vendor, values.queue
    note.is_new_baseline = values.is_new_baseline


def _said(note: Annotation) -> dict[str, str]:
    return {"kind": note.kind, "starts_at": note.starts_at.isoformat()}


def _check(values: AnnotationInput, *, at: datetime) -> None:
    """Raises `Invalid` with every fault."""
    problems = []
    text = " ".join(values.text.split())
    if not text:
        problems.append(FieldProblem("/text", "required", _("Say in one line what happened.")))
    elif len(text) > TEXT_MAX:
        problems.append(FieldProblem("/text", "too_long", _("At most %(max)d characters.") % {"max": TEXT_MAX}))
    if values.kind not in AnnotationKind.values:
        problems.append(FieldProblem("/kind", "unknown", _("Choose what it is about.")))
    if not at - EARLIEST <= values.starts_at <= at + AHEAD:
        problems.append(
            FieldProblem("/starts_at", "out_of_range", _("A note lies within the last ten years or the next one."))
        )
    if values.ends_at is not None and values.ends_at <= values.starts_at:
        problems.append(FieldProblem("/ends_at", "before_start", _("It ends after it starts, or has no end.")))
    elif values.ends_at is not None and values.ends_at > at + AHEAD:
        problems.append(
            FieldProblem("/ends_at", "out_of_range", _("A note lies within the last ten years or the next one."))
        )
    if values.vendor is not None and values.queue is not None:
        problems.append(FieldProblem("/queue", "two_scopes", _("Name a vendor or a queue, not both.")))
    if problems:
        raise Invalid(errors=problems)

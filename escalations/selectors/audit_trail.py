"""Who did and who saw what on one case: its events and access records as one list, newest first (ux.md CAS-12)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.roles import Action, Reach, Role
from audit.models import AccessRecord, ActorKind, Event
from escalations.models import Case

PAGE = 100
SHOWN = ("all", "acts", "looks")


@dataclass(frozen=True)
class Line:
    """One act or one look. `detail` is empty where the reader sees content redacted."""

    at: datetime
    code: str
    who: str
    is_look: bool
    about: str
    detail: str
    request_id: str


@dataclass(frozen=True)
class Trail:
    """A page of it. `older` continues it (an instant), None at its beginning; `is_own` where only the reader's own acts show."""

    lines: Sequence[Line]
    older: datetime | None
    is_own: bool
    is_redacted: bool


def trail_of(case: Case, *, viewer: User, shown: str = "all", before: datetime | None = None) -> Trail:
    """What `viewer` may know of a case they may see, before an instant (aware UTC). Two to four queries.

    By the matrix row "Audit log": the legal desk and auditors everything (auditors without content), leads and seniors what
    happened and who looked on their teams' cases, specialists their own acts.
    """
    reach = viewer.reach(Action.AUDIT_READ)
    if reach is Reach.NO:
        return Trail((), None, is_own=True, is_redacted=True)
    is_own = reach is not Reach.ALL and not viewer.access.sees_every_queue
    is_redacted = Role.AUDITOR in viewer.access.roles and Role.LEGAL not in viewer.access.roles
    lines: list[Line] = []
    if shown != "looks":
        # Uses index: event_of_subject
        acts = Event.objects.filter(subject_type="escalations.case", subject_id=case.pk)
        lines += [_act(row, is_redacted) for row in _newest(acts, viewer, is_own, before)]
    if shown != "acts":
        lines += [_look(row, is_redacted) for row in _newest(_looks(case), viewer, is_own, before)]
    lines.sort(key=lambda line: line.at, reverse=True)
    older = None
    if len(lines) > PAGE:
        cut = lines[PAGE].at
        # Acts of one transaction share their instant: a page never ends between them.
        lines = [line for line in lines if line.at > cut] or [line for line in lines if line.at == cut]
        older = lines[-1].at
    return Trail(lines, older, is_own, is_redacted)


def _looks(case: Case) -> QuerySet[AccessRecord]:
    """Looks at the case itself, its evidence and its subjects."""
    evidence = Q(
        subject_type="escalations.evidence", subject_id__in=list(case.evidence.values_list("pk", flat=True)) or [0]
    )
    subjects = Q(
        subject_type="escalations.caseentity", subject_id__in=list(case.subjects.values_list("pk", flat=True)) or [0]
    )
    # Uses index: access_of_subject
    return AccessRecord.objects.filter(evidence | subjects | Q(subject_type="escalations.case", subject_id=case.pk))


def _newest(rows: QuerySet[Any], viewer: User, is_own: bool, before: datetime | None) -> list[Any]:
    if is_own:
        rows = rows.filter(actor_kind=ActorKind.PERSON, actor_id=viewer.pk)
    if before is not None:
        rows = rows.filter(at__lt=before)
    return list(rows.order_by("-at", "-id")[: PAGE + 1])


def _act(row: Event, is_redacted: bool) -> Line:
    return Line(row.at, row.kind, row.actor_label, False, "", "" if is_redacted else _words(row.data), row.request_id)


def _look(row: AccessRecord, is_redacted: bool) -> Line:
    about = row.subject_ref or row.subject_type.partition(".")[2]
    return Line(row.at, row.what, row.actor_label, True, about, "" if is_redacted else row.reason, row.request_id)


def _words(data: Mapping[str, Any]) -> str:
    """The event's plain values, each cut short."""
    return "; ".join(f"{name}: {str(value)[:80]}" for name, value in data.items() if value not in ("", None, [], {}))

"""The portal's first page: what waits for an answer, to be read or to be signed, what is open or contested, what was decided since
the last visit (VPO-1, VEN-3 … VEN-5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession

from accounts.models import User
from accounts.roles import Role
from audit.models import Event
from escalations import events
from escalations.lifecycle import CaseStatus, DisputeState, InvalidReason, Resolution, WaitingOn
from escalations.models import Case, Dispute
from escalations.selectors.own_cases import LEAST, Chance, returned_shares
from portal import plain
from reporting.models import CoachingSet, VendorWeek
from reporting.selectors.weeks import newest_weeks

SHOWN = 6
LONGEST, SHORTEST = timedelta(days=14), timedelta(days=1)
REASONS_OVER = timedelta(days=28)
_UNDECIDED = (Resolution.WITHDRAWN, Resolution.MERGED)


@dataclass(frozen=True)
class Asked:
    """A case that waits for the submitter, with what we asked and until when."""

    case: Case
    question: str
    until: datetime | None


@dataclass(frozen=True)
class Row:
    """A case with how it stands."""

    case: Case
    standing: plain.Standing


@dataclass(frozen=True)
class Reason:
    """Why things came back lately: how many of `total`, and the share where it says something (REP-10)."""

    returned: plain.Returned
    count: int
    total: int

    @property
    def percent(self) -> int | None:
        return round(100 * self.count / self.total) if self.total >= LEAST else None


@dataclass(frozen=True)
class Today:
    """The first page. `since` is the last visit, at least a day and at most 14 days ago. Times aware UTC.

    `unread` are examples that nobody of the vendor has read yet and `unsigned` frozen weeks without the vendor's name, the oldest
    first: both a lead's to answer, and empty for others. `contested` are the viewer's open disputes, which wait for us.
    """

    asked: Sequence[Asked]
    unread: Sequence[CoachingSet]
    unsigned: Sequence[VendorWeek]
    contested: Sequence[Dispute]
    late: int
    open_count: int
    open: Sequence[Row]
    decided: Sequence[Row]
    decided_count: int
    since: datetime
    reasons: Sequence[Reason]
    chances: dict[str, Chance]
    is_new: bool

    @property
    def waiting(self) -> int:
        """How many things a lead reads or signs."""
        return len(self.unread) + len(self.unsigned)

    @property
    def missing(self) -> Chance | None:
        """How often submissions without evidence came back."""
        return self.chances.get("no_evidence")


def today(viewer: User, *, at: datetime, session: str = "") -> Today:
    """Everything of the first page at `at` (aware UTC). A handful of queries whatever the number of cases."""
    cases = Case.objects.visible_to(viewer).filter(is_sandbox=False)
    waiting = cases.filter(status=CaseStatus.WAITING, waiting_on=WaitingOn.SUBMITTER)
    asked = list(waiting.order_by("waiting_until", "id")[:50])
    questions = questions_of(asked)
    open_cases = cases.open().exclude(status=CaseStatus.WAITING, waiting_on=WaitingOn.SUBMITTER)
    since = last_visit(viewer, at=at, session=session)
    decided = cases.filter(status=CaseStatus.CLOSED, closed_at__gte=since).exclude(resolution__in=_UNDECIDED)
    leads = Role.VENDOR_LEAD in viewer.access.roles
    newest = list(open_cases.order_by("-received_at", "-id")[:SHOWN])
    return Today(
        asked=[Asked(case, questions.get(case.pk, ""), case.waiting_until) for case in asked],
        unread=_unread(viewer) if leads else [],
        unsigned=_unsigned(viewer) if leads else [],
        contested=list(
            Dispute.objects.filter(state=DisputeState.OPEN, case__in=cases)
            .select_related("case")
            .order_by("filed_at", "id")[:SHOWN]
        ),
        late=sum(1 for case in asked if case.waiting_until is not None and case.waiting_until < at),
        open_count=open_cases.count(),
        open=[Row(case, plain.standing(case)) for case in newest],
        decided=[Row(case, plain.standing(case)) for case in decided.order_by("-closed_at", "-id")[:SHOWN]],
        decided_count=decided.count(),
        since=since,
        reasons=_reasons(viewer, at=at),
        chances=returned_shares(viewer.organization, at=at),
        is_new=not asked and not newest and not cases.exists(),
    )


def _unread(viewer: User) -> list[CoachingSet]:
    # Uses index: coaching_set_newest
    rows = CoachingSet.objects.filter(organization=viewer.organization_id, acknowledged_at=None)
    return list(rows.order_by("shared_at", "id")[:SHOWN])


def _unsigned(viewer: User) -> list[VendorWeek]:
    """Of the weeks that the scorecard shows, those without the vendor's name."""
    shown = newest_weeks(viewer.organization)[:SHOWN]
    return [week for week in reversed(shown) if week.vendor_signed_at is None]


def questions_of(cases: Sequence[Case]) -> dict[int, str]:
    """What we asked last on each of these cases, by its id."""
    ids = [case.pk for case in cases]
    asked = Event.objects.filter(
        subject_type="escalations.case", subject_id__in=ids, kind=events.CASE_WAITING, data__on=WaitingOn.SUBMITTER
    )
    return {event.subject_id: str(event.data.get("question") or "") for event in asked.order_by("id")}


def last_visit(viewer: User, *, at: datetime, session: str) -> datetime:
    """When the person was last seen in another session than this one."""
    seen = UserSession.objects.filter(user=viewer).exclude(session_key=session)
    last = seen.order_by("-last_seen_at").values_list("last_seen_at", flat=True).first()
    return min(max(last or at - LONGEST, at - LONGEST), at - SHORTEST)


def _reasons(viewer: User, *, at: datetime) -> list[Reason]:
    """The reasons of the last four weeks' returns, the most frequent first; two at most."""
    returned = Case.objects.visible_to(viewer).filter(
        is_sandbox=False, resolution=Resolution.INVALID, closed_at__gte=at - REASONS_OVER
    )
    ids = list(returned.order_by("-closed_at").values_list("pk", flat=True)[:500])
    rejected = Event.objects.filter(
        subject_type="escalations.case", subject_id__in=ids, kind=events.CASE_REJECTED
    ).values_list("data__reason", flat=True)
    counts: dict[str, int] = {}
    for reason in rejected:
        counts[str(reason)] = counts.get(str(reason), 0) + 1
    total = sum(counts.values())
    best = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:2]
    return [Reason(plain.REASONS[code], count, total) for code, count in best if code in InvalidReason.values]

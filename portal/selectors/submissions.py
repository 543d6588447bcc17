"""A submission as its sender reads it, and the list of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import can
from accounts.roles import Action
from audit.models import Event
from core.references import case_id_of
from escalations import events
from escalations.api.serializers import NAMES, appeal_message_out, author_of, clocks_of, outward_messages
from escalations.appeal_life import AppealState, Appellant, window_end
from escalations.lifecycle import (
    CaseStatus,
    ClockState,
    DecisionState,
    Metric,
    Resolution,
    Severity,
    TemplatePurpose,
    WaitingOn,
)
from escalations.models import Appeal, Case, Comment, Decision, Dispute, Evidence, Notice, Submission
from escalations.operations.disputes import WINDOW
from escalations.permissions import can_act
from escalations.told import told
from portal import plain
from portal.selectors.today import questions_of

PROMISED: dict[str, Any] = {
    Metric.ACKNOWLEDGE: _("We begin by"),
    Metric.FIRST_RESPONSE: _("First answer by"),
    Metric.NEXT_RESPONSE: _("Answer to your message by"),
    Metric.UPDATE: _("News by"),
    Metric.RESOLVE: _("Decision by"),
    Metric.LEGAL: _("Legal deadline"),
}
_KEPT = frozenset({ClockState.MET, ClockState.MISSED})


@dataclass(frozen=True)
class Promised:
    """One promise: what, by when (aware UTC; None while it stands still), and whether it was kept."""

    label: str | Promise
    due_at: datetime | None
    state: str
    kept_at: datetime | None


@dataclass(frozen=True)
class Outcome:
    """A decision in effect, with the notice of it and whether it may be appealed until `until`."""

    verdict: str | Promise
    clause: str
    clause_title: str
    rationale: str
    clause_rationale: str
    at: datetime
    notice: str
    notice_language: str
    until: datetime
    may_appeal: bool


@dataclass(frozen=True)
class Whole:
    """One submission's page."""

    submission: Submission
    case: Case | None
    standing: plain.Standing
    promised: Sequence[Promised]
    messages: Sequence[tuple[Comment, str]]
    question: str
    items: Sequence[str]
    outcome: Outcome | None
    returned: plain.Returned | None
    note: str
    dispute: Dispute | None
    may_dispute: bool
    appeal: Appeal | None
    appeal_messages: Sequence[dict[str, Any]]
    evidence: Sequence[Evidence]
    told: Sequence[tuple[datetime, str | Promise]]
    may_write: bool
    may_withdraw: bool
    may_raise: bool
    may_add: bool

    @property
    def appeal_is_told(self) -> bool:
        """Whether the appeal's outcome may be read: not before it is carried out."""
        return self.appeal is not None and self.appeal.state == AppealState.CLOSED

    @property
    def appeal_waits(self) -> bool:
        """Whether the appeal waits for its appellant's answer."""
        return self.appeal is not None and self.appeal.state == AppealState.WAITING

    @property
    def appeal_is_live(self) -> bool:
        return self.appeal is not None and self.appeal.is_live


def find(viewer: User, ref: str) -> Submission | None:
    """The first live submission behind a reference, where `viewer` may read it."""
    case_id = case_id_of(ref, key=settings.REFERENCE_KEY)
    if case_id is None or case_id >= 1 << 62:
        return None
    rows = Submission.objects.visible_to(viewer).filter(case_id=case_id, is_sandbox=False)
    return rows.select_related("person", "key").order_by("id").first()


def whole(submission: Submission, *, viewer: User, at: datetime) -> Whole:
    """Everything of one submission's page at `at` (aware UTC). A restricted case leaves a receipt."""
    case = Case.objects.visible_to(viewer).filter(pk=submission.case_id).first()
    if case is None:
        nothing: list[Any] = []
        return Whole(
            submission, None, plain.HANDLED, nothing, nothing, "", nothing, None, None, "", None, False, None, nothing, nothing,
            nothing, may_write=False, may_withdraw=False, may_raise=False, may_add=False,
        )  # fmt: skip
    is_waiting = case.status == CaseStatus.WAITING and case.waiting_on == WaitingOn.SUBMITTER
    question = questions_of([case]).get(case.pk, "") if is_waiting else ""
    appeal = (
        Appeal.objects.visible_to(viewer)
        .filter(case=case, appellant=Appellant.VENDOR)
        .select_related("case", "decision")
        .order_by("-filed_at", "-pk")
        .first()
    )
    rejected = Event.objects.filter(
        subject_type="escalations.case", subject_id=case.pk, kind=events.CASE_REJECTED
    ).order_by("-id")
    reason = rejected.first() if case.resolution == "invalid" else None
    dispute = Dispute.objects.visible_to(viewer).filter(case=case).order_by("-filed_at", "-id").first()
    is_open = case.status != CaseStatus.CLOSED
    return Whole(
        submission=submission,
        case=case,
        standing=plain.standing(case),
        promised=promised_of(case),
        messages=[(comment, author_of(comment)) for comment in outward_messages(case.pk, at=at)[:500]],
        question=question,
        items=items_of(question),
        outcome=_outcome(case, appeal, viewer, at),
        returned=plain.REASONS.get(str(reason.data.get("reason"))) if reason is not None else None,
        note=str(reason.data.get("note", "")) if reason is not None else "",
        dispute=dispute,
        may_dispute=_may_dispute(case, dispute, viewer, at),
        appeal=appeal,
        appeal_messages=_appeal_messages(appeal),
        evidence=list(Evidence.objects.filter(case=case, is_internal=False).order_by("number")),
        told=history(case),
        may_write=is_open and can(viewer, Action.MESSAGE_SUBMITTER),
        may_raise=case.severity > Severity.S1 and can_act(viewer, Action.SEVERITY_RAISE, case),
        may_withdraw=is_open and case.status != CaseStatus.DECIDED and can(viewer, Action.CASE_CREATE),
        may_add=is_open and not case.is_legal_hold and can(viewer, Action.EVIDENCE_UPLOAD),
    )


def promised_of(case: Case) -> list[Promised]:
    """What is promised on a case, the next thing first; what was settled after that."""
    found = []
    order = {str(metric): number for number, metric in enumerate(NAMES)}
    for clock in sorted(clocks_of([case])[case.pk], key=lambda clock: order[clock.metric]):
        if clock.state == ClockState.CANCELLED or clock.metric not in PROMISED:
            continue
        kept_at = clock.stopped_at if clock.state in _KEPT else None
        found.append(Promised(PROMISED[clock.metric], clock.due_at, str(clock.state), kept_at))
    return found


_BULLET = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")


def items_of(question: str) -> list[str]:
    """The things asked for, one a line where it is a list; else the question as it stands."""
    lines = [line for line in question.splitlines() if line.strip()]
    listed = [_BULLET.sub("", line).strip() for line in lines if _BULLET.match(line)]
    return listed[:12] if len(listed) > 1 else ([question.strip()] if question.strip() else [])


def _outcome(case: Case, appeal: Appeal | None, viewer: User, at: datetime) -> Outcome | None:
    decision = (
        Decision.objects.filter(case=case, state=DecisionState.EFFECTIVE)
        .select_related("clause__policy")
        .order_by("-effective_at", "-pk")
        .first()
    )
    if decision is None or decision.effective_at is None:
        return None
    notice = Notice.objects.filter(
        case=case, decision_id=decision.repeats_id or decision.pk, audience=TemplatePurpose.SUBMITTER
    ).first()
    until = window_end(decision.effective_at)
    was_appealed = appeal is not None and appeal.decision_id == decision.pk
    return Outcome(
        verdict=plain.VERDICTS[decision.verdict],
        clause=decision.clause.citation if decision.clause is not None else "",
        clause_title=decision.clause.title if decision.clause is not None else "",
        rationale=decision.public_rationale,
        clause_rationale=decision.clause.public_rationale if decision.clause is not None else "",
        at=decision.effective_at,
        notice=notice.body if notice is not None else "",
        notice_language=notice.language if notice is not None else "",
        until=until,
        may_appeal=not was_appealed
        and decision.overturned_at is None
        and at <= until
        and can(viewer, Action.APPEAL_FILE),
    )


def _may_dispute(case: Case, dispute: Dispute | None, viewer: User, at: datetime) -> bool:
    """Whether the last return may still be contested."""
    return (
        case.resolution == Resolution.INVALID
        and case.closed_at is not None
        and at <= case.closed_at + WINDOW
        and (dispute is None or dispute.rejected_at != case.closed_at)
        and can(viewer, Action.APPEAL_FILE)
    )


def _appeal_messages(appeal: Appeal | None) -> list[dict[str, Any]]:
    if appeal is None:
        return []
    rows = appeal.messages.select_related("by", "by_key").order_by("at", "pk")[:200]
    return [appeal_message_out(row) for row in rows]


_TOLD: dict[str, Any] = {
    events.SUBMISSION_RECEIVED: _("Received"),
    events.CASE_CLAIMED: _("Somebody began to look at it"),
    events.CASE_SEVERITY_CHANGED: _("Its severity was changed"),
    events.CASE_WAITING: _("It waits for an answer"),
    events.CASE_RESUMED: _("It goes on"),
    events.CASE_CLOSED: _("Closed"),
    events.CASE_REOPENED: _("Opened again"),
    events.CASE_WITHDRAWN: _("Withdrawn by you"),
    events.CASE_REJECTED: _("Returned to you"),
    events.COMMENT_ADDED: _("A message"),
    events.DECISION_EFFECTIVE: _("Decided"),
    events.APPEAL_FILED: _("Appealed by you"),
    events.APPEAL_ASKED: _("A question about your appeal"),
    events.APPEAL_WITHDRAWN: _("Appeal taken back"),
    events.APPEAL_CLOSED: _("Appeal decided"),
    events.DISPUTE_FILED: _("Contested by you"),
    events.DISPUTE_ANSWERED: _("We looked again at why it came back"),
}


def history(case: Case) -> list[tuple[datetime, str | Promise]]:
    """What happened, of that which submitters are told; newest first."""
    rows = Event.objects.filter(subject_type="escalations.case", subject_id=case.pk).filter(told())
    return [(event.at, _TOLD[event.kind]) for event in rows.order_by("-id")[:60] if event.kind in _TOLD]


STATES: dict[str, Any] = {
    "open": _("Open"),
    "yours": _("Waiting for you"),
    "decided": _("Decided"),
    "returned": _("Returned"),
    "all": _("All"),
}


def asked(given: Mapping[str, str]) -> tuple[str, str]:
    """State and words that an address of the list asks for; open ones where it says nothing that is one."""
    state = given.get("state", "open")
    return state if state in STATES else "open", given.get("q", "").strip()[:100].replace("\x00", "")


def listed(viewer: User, *, state: str, text: str) -> QuerySet[Submission]:
    """The viewer's submissions in a state (of `STATES`), whose title, reference or own reference has `text`."""
    rows = Submission.objects.visible_to(viewer).filter(is_sandbox=False, result=Submission.Result.CREATED)
    cases = Case.objects.visible_to(viewer)
    if state == "open":
        rows = rows.filter(case__in=cases.open())
    elif state == "yours":
        rows = rows.filter(case__in=cases.filter(status=CaseStatus.WAITING, waiting_on=WaitingOn.SUBMITTER))
    elif state == "decided":
        rows = rows.filter(case__in=cases.filter(status=CaseStatus.CLOSED).exclude(resolution="invalid"))
    elif state == "returned":
        rows = rows.filter(case__in=cases.filter(resolution="invalid"))
    if text:
        case_id = case_id_of(text.upper(), key=settings.REFERENCE_KEY)
        named = Q(external_ref__iexact=text) | Q(case__in=cases.filter(title__icontains=text))
        if case_id is not None and case_id < 1 << 62:
            named |= Q(case_id=case_id)
        rows = rows.filter(named)
    return rows


class ListRow(TypedDict):
    """One row of the list; `case` is None where it is restricted, `due` aware UTC."""

    submission: Submission
    case: Case | None
    standing: plain.Standing
    due: datetime | None


def rows_of(page: Sequence[Submission], *, viewer: User) -> list[ListRow]:
    """The rows of a page of the list, each with its case where the viewer may see it."""
    cases = Case.objects.visible_to(viewer).in_bulk([row.case_id for row in page])
    found: list[ListRow] = []
    for row in page:
        case = cases.get(row.case_id)
        found.append({"submission": row, "case": case, "standing": plain.standing(case), "due": _due(case)})
    return found


def _due(case: Case | None) -> datetime | None:
    if case is None or not case.is_open or case.is_paused or case.due_metric not in PROMISED:
        return None
    return case.due_at

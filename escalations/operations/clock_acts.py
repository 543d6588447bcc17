"""What a named person does to a clock, with a reason: excuse a miss, correct a classification, promise an update, move a legal deadline.

Each is an event of the clock; none erases what was (sla.md §3.5, 3.6).
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import ServiceKey, User
from accounts.roles import Action
from audit.recording import record
from core.errors import FieldProblem, Invalid, NotFound, NotPermitted
from escalations import events, permissions
from escalations.clock_life import UNSETTLED, Fact
from escalations.lifecycle import CaseStatus, Metric, Severity, TransitionNotAllowed
from escalations.models import Case, Evidence, SlaClock, SlaClockEvent
from escalations.operations import clocks
from escalations.operations.clock_writing import Changes, Kind, event
from escalations.operations.saving import save
from escalations.selectors.clocks import clocks_of
from oncall.operations.calendars import ALWAYS
from oncall.selectors.calendars import version_in_force

REASON_MAX = 300
PROMISE_AT_MOST = timedelta(days=30)
LATE_AT_MOST = timedelta(hours=24)  # how far back a fact may lie that comes to light late
BACKDATE = "clocks:backdate"  # the scope of a key that may say so
_MINUTE = timedelta(minutes=1)


@transaction.atomic
def excuse_clock(*, case_id: int, clock_id: int, reason: str, by: User, at: datetime) -> SlaClock:
    """Say why a missed clock does not count against the team: it stays missed, reports show both figures (raw and excused).

    `at` is aware UTC. Records `clock.excused`; locks case and clock. Raises `Invalid` (no reason, not missed, excused already),
    `NotPermitted` (leads and seniors), `NotFound` (no such clock of this case), `Case.DoesNotExist`.
    """
    reason = _reason(reason)
    case = Case.objects.lock(case_id)
    permissions.check_can_act(by, Action.CLOCK_OVERRIDE, case)
    clock = clocks_of(case).filter(pk=clock_id).select_for_update(of=("self",)).first()
    if clock is None:
        raise NotFound(_("This case has no such clock."))
    if clock.missed_at is None:
        raise Invalid(_("Only a missed clock can be excused."), code="not_missed")
    if clock.excused_by_id is not None:
        raise Invalid(_("This clock is excused already."), code="excused")
    clock.excused_by, clock.excuse = by, reason
    clock.save(update_fields=["excused_by", "excuse"])
    _note(clock, Fact(Kind.EXCUSE, at, data={"reason": reason}), by=by, at=at)
    _tell(events.CLOCK_EXCUSED, case, clock, by=by, at=at, reason=reason)
    return clock


@transaction.atomic
def correct_classification(*, case_id: int, severity: Severity, reason: str, by: User, at: datetime) -> Case:
    """Set the severity a case should have had from the start: its open clocks' whole past is judged by the right target.

    Unlike a change of severity nothing is kept of the old calendar, and no grace is given; a clock already missed stays missed
    and may be excused. `at` is aware UTC. Records `case.severity_changed` and `clock.corrected`. Raises `Invalid` (no reason),
    `NotPermitted` (leads and seniors), `TransitionNotAllowed` (closed), `Case.DoesNotExist`.
    """
    reason = _reason(reason)
    case = _open(case_id)
    permissions.check_can_act(by, Action.CLOCK_OVERRIDE, case)
    before = Severity(case.severity)
    case.severity, case.severity_promised = severity, None
    case.severity_source, case.severity_reason, case.severity_set_by = Case.SeveritySource.PERSON, reason, by
    changed = clocks.retarget(case, at=at, by=by, cause="corrected", whole_past=True, unsaved=["severity"])
    save(case, ["severity", "severity_source", "severity_reason", "severity_set_by", "severity_promised"], at=at)
    if severity != before:
        data = {"before": int(before), "after": int(severity), "reason": reason, "pinned": True}
        record(events.CASE_SEVERITY_CHANGED, subject=case, by=by, at=at, data=data)
    for clock in changed:
        _tell(events.CLOCK_CORRECTED, case, clock, by=by, at=at, reason=reason)
    return case


@transaction.atomic
def extend_legal_deadline(
    *, case_id: int, deadline_at: datetime, evidence_number: int, reason: str, by: User, at: datetime
) -> SlaClock:
    """Move a legal deadline to a later time that a document on the case allows; no rule ever does this.

    `deadline_at` and `at` are aware UTC; `evidence_number` is the document's among the case's evidence. Records `clock.extended`.
    Raises `Invalid` (no reason, no such document, not later, already missed), `NotFound` (no legal clock runs), `NotPermitted`,
    `Case.DoesNotExist`.
    """
    reason = _reason(reason)
    case = _open(case_id)
    permissions.check_can_act(by, Action.CLOCK_OVERRIDE, case)
    if not Evidence.objects.filter(case=case, number=evidence_number).exists():
        detail = _("Name a document among the evidence of this case.")
        raise Invalid(errors=[FieldProblem("/evidence_number", "unknown", detail)])
    changes = Changes(case, at=at, by=by, cause=reason)
    helds = changes.take([Metric.LEGAL])
    if not helds:
        raise NotFound(_("No legal deadline runs on this case."))
    [held] = helds
    changes.evaluate(held)
    if held.life.missed_at is not None:
        raise Invalid(_("This deadline has passed: it can be excused, not moved."), code="missed")
    target_s = math.floor((deadline_at - held.clock.started_at).total_seconds())
    if target_s <= held.clock.target_s or deadline_at > at + timedelta(days=400):
        detail = _("Choose a time after the present deadline, at most 400 days from now.")
        raise Invalid(errors=[FieldProblem("/deadline_at", "out_of_range", detail)])
    data = {"target_s": target_s, "evidence": evidence_number, "before": {"target_s": held.clock.target_s}}
    changes.note(held, Kind.CORRECT, at=at, data=data)
    clock = changes.write()
    assert clock is not None
    case.deadline_at = deadline_at
    save(case, ["deadline_at"], at=at)
    _tell(events.CLOCK_EXTENDED, case, clock, by=by, at=at, reason=reason)
    return clock


@transaction.atomic
def promise_update(*, case_id: int, until: datetime, by: User, at: datetime) -> SlaClock:
    """Promise the submitter news by a time: clock U runs until then, around the clock, and ends with the next message to them.

    `until` and `at` are aware UTC. A promise never puts off an update that is due before it. Records `clock.promised`. Raises
    `Invalid` (not within thirty days, or later than what is owed already), `NotPermitted`, `TransitionNotAllowed` (closed),
    `Case.DoesNotExist`.
    """
    if not at + _MINUTE <= until <= at + PROMISE_AT_MOST:
        detail = _("Choose a time from a minute to thirty days ahead.")
        raise Invalid(errors=[FieldProblem("/until", "out_of_range", detail)])
    case = _open(case_id)
    permissions.check_can_act(by, Action.MESSAGE_SUBMITTER, case)
    owed = clocks_of(case, unsettled=True).filter(metric=Metric.UPDATE).first()
    if owed is not None and owed.due_at is not None and owed.due_at < until:
        detail = _("An update is owed before that: promise an earlier time, or send it.")
        raise Invalid(errors=[FieldProblem("/until", "too_late", detail)])
    clocks.cancel_all(case, "promised anew", at=at, by=by, metrics=[Metric.UPDATE])
    clock = clocks.start_on(
        case,
        Metric.UPDATE,
        seconds=math.floor((until - at).total_seconds()),
        calendar_version_id=version_in_force(ALWAYS).pk,
        at=at,
        by=by,
        cause="promise",
    )
    assert clock is not None
    save(case, (), at=at)
    _tell(events.CLOCK_PROMISED, case, clock, by=by, at=at, reason="")
    return clock


@transaction.atomic
def no_answer_needed(*, case_id: int, reason: str, by: User, at: datetime) -> SlaClock:
    """Say that the submitter's last message needs no answer, and why: clock N stops as answered.

    `at` is aware UTC. Records `clock.waived`. Raises `Invalid` (no reason), `NotFound` (no answer is owed), `NotPermitted`,
    `Case.DoesNotExist`.
    """
    reason = _reason(reason)
    case = Case.objects.lock(case_id)
    permissions.check_can_act(by, Action.MESSAGE_SUBMITTER, case)
    clock = clocks.stop(case, Metric.NEXT_RESPONSE, at=at, by=by, cause="no answer needed")
    if clock is None:
        raise NotFound(_("No answer is owed on this case."))
    save(case, (), at=at)
    _tell(events.CLOCK_WAIVED, case, clock, by=by, at=at, reason=reason)
    return clock


@transaction.atomic
def answered_elsewhere(
    *, case_id: int, occurred_at: datetime, reason: str, by: User | ServiceKey, at: datetime
) -> Case:
    """Say that the submitter was answered at an earlier time by another way (a call, another system): F or N, and U, stop then.

    What was breached meanwhile and is met by it gets a retraction; nothing is deleted, and reports show both. `occurred_at` and
    `at` are aware UTC, at most a day apart. Records `clock.answered_elsewhere`. Raises `Invalid` (no reason, not within a day,
    before the clock's last change), `NotFound` (no answer is owed), `NotPermitted` (leads and seniors, keys with the scope
    `clocks:backdate`), `TransitionNotAllowed` (closed), `Case.DoesNotExist`.
    """
    reason = _reason(reason)
    if not at - LATE_AT_MOST <= occurred_at <= at:
        detail = _("Choose a time within the last 24 hours.")
        raise Invalid(errors=[FieldProblem("/occurred_at", "out_of_range", detail)])
    case = _open(case_id)
    if isinstance(by, ServiceKey):
        permissions.check_can_act(by, Action.CLOCK_PAUSE, case)
        if BACKDATE not in by.scopes:
            raise NotPermitted(rule=BACKDATE)
    else:
        permissions.check_can_act(by, Action.CLOCK_OVERRIDE, case)
    owed = [Metric.FIRST_RESPONSE if case.first_response_at is None else Metric.NEXT_RESPONSE, Metric.UPDATE]
    running = clocks_of(case, unsettled=True).filter(metric__in=owed)
    if not running.exists():
        raise NotFound(_("No answer is owed on this case."))
    changed_at = SlaClockEvent.objects.filter(clock__in=running).exclude(kind__in=(Kind.WARN, Kind.BREACH))
    latest = changed_at.order_by("-occurred_at").values_list("occurred_at", flat=True).first()
    if latest is not None and occurred_at < latest:
        detail = _("The clock began or changed after that: choose a later time.")
        raise Invalid(errors=[FieldProblem("/occurred_at", "too_early", detail)])
    answered(case, at=occurred_at, by=by, recorded_at=at)
    save(case, ["first_response_at"], at=at)
    data = {"occurred_at": occurred_at.isoformat(), "reason": reason, "metric": str(owed[0])}
    record(events.CLOCK_ANSWERED_ELSEWHERE, subject=case, by=by, at=at, data=data)
    return case


# -- Parts of other verbs ----------------------------------------------------------------------------------------------
def answered(case: Case, *, at: datetime, by: Actor, recorded_at: datetime | None = None) -> None:
    """A person's message has reached the submitter: the owed answer and update are given, and the next update is owed.

    For a locked case, which the caller saves with its place in the order; `at` (aware UTC) is when it became visible,
    `recorded_at` when that is written, where it came to light later.
    """
    first = case.first_response_at is None
    case.first_response_at = case.first_response_at or at
    for metric in (Metric.FIRST_RESPONSE if first else Metric.NEXT_RESPONSE, Metric.UPDATE):
        clocks.stop(case, metric, at=at, by=by, recorded_at=recorded_at)
    if case.status not in (CaseStatus.DECIDED, CaseStatus.CLOSED):
        clocks.start(case, Metric.UPDATE, at=at, cause="update given")


def settle(case: Case, *, at: datetime, by: User | None, cause: str) -> None:
    """A decision has taken effect: every clock of a locked case stops with its verdict, in this transaction.

    The outcome is an answer and an update, and for a legal deadline the act that the law asks for.
    """
    for metric in dict.fromkeys(clock.metric for clock in clocks_of(case, unsettled=True)):
        clocks.stop(case, Metric(metric), at=at, by=by, cause=cause)


def _open(case_id: int) -> Case:
    case = Case.objects.lock(case_id)
    if case.status == CaseStatus.CLOSED:
        raise TransitionNotAllowed(_("%(ref)s is closed: reopen it first.") % {"ref": case.ref}, legal=["reopen"])
    return case


def _reason(text: str) -> str:
    text = text.replace("\x00", "").strip()
    if not text or len(text) > REASON_MAX:
        detail = _("Give the reason in a line of at most 300 characters.")
        raise Invalid(errors=[FieldProblem("/reason", "required" if not text else "too_long", detail)])
    return text


def _note(clock: SlaClock, fact: Fact, *, by: User, at: datetime) -> None:
    row: SlaClockEvent = event(clock, fact, at=at, by=by, cause="")
    row.save(force_insert=True)


def _tell(kind: str, case: Case, clock: SlaClock, *, by: User, at: datetime, reason: str) -> None:
    due_at = clock.due_at.isoformat() if clock.due_at is not None and clock.state in UNSETTLED else None
    data = {"metric": clock.metric, "clock": clock.pk, "cycle": clock.cycle, "reason": reason, "due_at": due_at}
    record(kind, subject=case, by=by, at=at, data=data)

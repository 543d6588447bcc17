"""Deciding: a verdict under a clause, held for its undo time, then effective and the case closed (ux.md §7.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Action
from audit.recording import record
from core.errors import DomainError, FieldProblem, Invalid, NotPermitted
from escalations import events, permissions
from escalations.lifecycle import (
    RESOLUTION_OF,
    WITHOUT_CLAUSE,
    CaseStatus,
    Confidence,
    DecisionState,
    Metric,
    Severity,
    Verdict,
)
from escalations.models import Case, Decision, Draft, SlaTimer
from escalations.operations import clocks, ordering, timers
from policies.models import PolicyVersion

HOLD_TIMER = "hold"
RATIONALE_MAX = 10_000
# Verdicts that take something down: at S0 they need more than a specialist (permissions.md §3).
TAKEDOWNS = frozenset({Verdict.REMOVE, Verdict.RESTRICT, Verdict.ACCOUNT_ACTION})
NEEDS_RATIONALE = frozenset({Verdict.RESTORE, Verdict.POLICY_GAP})


class AlreadyDecided(DomainError):
    """Somebody decided in between; `decision` is theirs, and the draft of the person who lost is kept."""

    code = "already_decided"
    title = "Somebody decided this case in between"

    def __init__(self, decision: Decision) -> None:
        super().__init__(
            _("%(person)s decided this case: %(verdict)s. Your draft is kept.")
            % {"person": decision.decided_by.display_name, "verdict": Verdict(decision.verdict).label}
        )
        self.decision = decision


class UndoOver(DomainError):
    """The hold has passed: the decision took effect."""

    code = "undo_over"
    title = "The decision has already taken effect"


@dataclass(frozen=True)
class Ruling:
    """What a person decides. `clause_id` is a policy version; `elements` and `exceptions` are keys of that version."""

    verdict: Verdict
    clause_id: int | None = None
    secondary_ids: Sequence[int] = ()
    elements: Sequence[str] = ()
    exceptions: Sequence[str] = ()
    actions: Sequence[str] = ()
    rationale: str = ""
    confidence: Confidence = Confidence.LIKELY


@dataclass
class _Checked:
    clause: PolicyVersion | None = None
    secondary: list[PolicyVersion] = field(default_factory=list)


@transaction.atomic
def decide_case(*, case_id: int, by: User, at: datetime, ruling: Ruling) -> Decision:
    """Decide a case that `by` holds; the decision may be undone for `by.undo_s` seconds, then it takes effect.

    `at` is the aware UTC time of the decision. Locks the case. Arms the hold's timer, drops the decider's draft, records
    `decision.made`. Raises `AlreadyDecided`, `NotPermitted` (not the holder, own submission, S0 takedown by a specialist),
    `TransitionNotAllowed`, `Invalid` (every wrong value at once), `Case.DoesNotExist`.
    """
    case = Case.objects.lock(case_id)
    if case.status == CaseStatus.DECIDED:
        raise AlreadyDecided(case.decisions.select_related("decided_by").get(state=DecisionState.HELD))
    permissions.check_can_act(by, Action.CASE_DECIDE, case)
    _check_duties(case, by, ruling)
    checked = _check(case, ruling, at)

    case.move_to(CaseStatus.DECIDED, at=at)
    case.decided_at, case.lease_until = at, None  # a decided case is held by its decider without a lease
    case.touch(at=at)
    case.save(update_fields=[*Case.STATUS_FIELDS, "decided_at"])
    timers.cancel(case, "lease")
    hold_until = at + timedelta(seconds=by.undo_s)
    decision = Decision.objects.create(
        organization_id=case.organization_id,
        case=case,
        verdict=ruling.verdict,
        clause=checked.clause,
        elements=list(ruling.elements),
        exceptions=list(ruling.exceptions),
        actions=list(ruling.actions),
        rationale=ruling.rationale.strip(),
        public_rationale=checked.clause.public_rationale if checked.clause is not None else "",
        confidence=ruling.confidence,
        provenance=_provenance(case),
        decided_by=by,
        decided_at=at,
        hold_until=hold_until,
        supersedes=case.decisions.filter(state=DecisionState.EFFECTIVE).first(),
    )
    decision.secondary_clauses.set(checked.secondary)
    timers.arm(case, HOLD_TIMER, due_at=hold_until, data={"decision": decision.pk})
    Draft.objects.filter(case=case, user=by, kind=Draft.Kind.DECISION).delete()
    record(
        events.DECISION_MADE,
        subject=case,
        by=by,
        at=at,
        data={
            "decision": str(decision.public_id),
            "verdict": ruling.verdict.value,
            "clause": checked.clause.citation if checked.clause is not None else "",
            "hold_until": hold_until.isoformat(),
        },
    )
    return decision


@transaction.atomic
def undo_decision(*, decision_id: int, by: User, at: datetime) -> Decision:
    """Take back one's own decision while it is held: the case is in review again, with its decider.

    `at` is aware UTC. Records `decision.undone`. Raises `UndoOver` from `hold_until` on, `NotPermitted` for another's.
    """
    found = Decision.objects.get(pk=decision_id)
    case = Case.objects.lock(found.case_id)
    decision = Decision.objects.select_for_update().get(pk=decision_id)
    if decision.decided_by_id != by.pk:
        raise NotPermitted(_("Only who decided can undo it within its hold."), rule="decision.undo")
    if decision.state == DecisionState.UNDONE:
        return decision  # pressed twice: it is undone
    if decision.state != DecisionState.HELD or at >= decision.hold_until:
        raise UndoOver(_("The decision has taken effect. Reopen the case to revise it."))
    decision.state, decision.undone_at = DecisionState.UNDONE, at
    decision.save(update_fields=["state", "undone_at"])
    case.move_to(CaseStatus.IN_REVIEW, at=at)
    case.decided_at = decision.supersedes.decided_at if decision.supersedes is not None else None
    case.touch(at=at)
    case.save(update_fields=[*Case.STATUS_FIELDS, "decided_at"])
    timers.cancel(case, HOLD_TIMER)
    record(events.DECISION_UNDONE, subject=case, by=by, at=at, data={"decision": str(decision.public_id)})
    return decision


def end_hold(case: Case, timer: SlaTimer, *, at: datetime) -> None:
    """The timer's handler: the held decision takes effect and the case closes with its resolution.

    Called with the case locked, in the transaction that fires the timer; does nothing when the decision is no longer held.
    Stops clocks F and R; records `decision.effective` and `case.closed`.
    """
    decision = (
        Decision.objects.select_related("clause__policy")
        .select_for_update(of=("self",))
        .filter(pk=timer.data["decision"], state=DecisionState.HELD)
        .first()
    )
    if decision is None or case.status != CaseStatus.DECIDED:
        return
    Decision.objects.filter(case=case, state=DecisionState.EFFECTIVE).update(state=DecisionState.SUPERSEDED)
    decision.state, decision.effective_at = DecisionState.EFFECTIVE, at
    decision.save(update_fields=["state", "effective_at"])
    resolution = RESOLUTION_OF[Verdict(decision.verdict)]
    case.move_to(CaseStatus.CLOSED, at=at, resolution=resolution)
    case.touch(at=at)
    if case.first_response_at is None:  # the outcome is the first thing the submitter hears from a person (ux.md KPI-6)
        case.first_response_at = at
    case.save(update_fields=[*Case.STATUS_FIELDS, "first_response_at"])
    for metric in (Metric.ACKNOWLEDGE, Metric.FIRST_RESPONSE, Metric.RESOLVE):
        clocks.stop(case, metric, at=at, by=decision.decided_by)
    ordering.reorder(case, at=at)
    case.save(update_fields=ordering.FIELDS)
    clause = decision.clause.citation if decision.clause is not None else ""
    record(
        events.DECISION_EFFECTIVE,
        subject=case,
        by=decision.decided_by,
        at=at,
        data={"decision": str(decision.public_id), "verdict": decision.verdict, "clause": clause},
    )
    record(events.CASE_CLOSED, subject=case, by=None, at=at, data={"resolution": resolution.value, "cause": "decision"})


def _check_duties(case: Case, by: User, ruling: Ruling) -> None:
    if case.submitted_by_id == by.pk:
        raise NotPermitted(
            _("You sent this case in: somebody else decides it."),
            code="separation_of_duties",
            rule="separation_of_duties",
        )
    if case.severity == Severity.S0 and ruling.verdict in TAKEDOWNS:
        permissions.check_can_act(by, Action.CASE_DECIDE_S0, case)


def _check(case: Case, ruling: Ruling, at: datetime) -> _Checked:
    problems: list[FieldProblem] = []
    checked = _Checked()
    wanted = [i for i in (ruling.clause_id, *ruling.secondary_ids) if i is not None]
    found = {
        version.pk: version
        for version in PolicyVersion.objects.effective(at=at)
        .filter(pk__in=wanted)
        .for_market(case.market)
        .select_related("policy")
    }
    if ruling.clause_id is None:
        if ruling.verdict not in WITHOUT_CLAUSE:
            problems.append(FieldProblem("/clause", "required", _("Choose the clause this verdict rests on.")))
    elif ruling.clause_id not in found:
        problems.append(
            FieldProblem("/clause", "not_effective", _("This version is not in force now: choose the one that is."))
        )
    else:
        checked.clause = found[ruling.clause_id]
        problems += _unknown("elements", ruling.elements, checked.clause.elements)
        problems += _unknown("exceptions", ruling.exceptions, checked.clause.exceptions)
    if len(ruling.secondary_ids) > 3:
        problems.append(FieldProblem("/secondary", "too_many", _("At most three further clauses.")))
    for version_id in ruling.secondary_ids:
        if version_id in found:
            checked.secondary.append(found[version_id])
        else:
            problems.append(FieldProblem("/secondary", "not_effective", _("A further clause is not in force now.")))
    rationale = ruling.rationale.strip()
    if not rationale and (case.severity <= Severity.S1 or ruling.verdict in NEEDS_RATIONALE):
        problems.append(
            FieldProblem("/rationale", "required", _("Say why in a line: this severity or verdict needs a rationale."))
        )
    if len(rationale) > RATIONALE_MAX:
        problems.append(
            FieldProblem(
                "/rationale",
                "too_long",
                _("The rationale has %(length)d characters; the limit is %(limit)d.")
                % {"length": len(rationale), "limit": RATIONALE_MAX},
            )
        )
    if problems:
        raise Invalid(errors=problems)
    return checked


def _unknown(name: str, ticked: Sequence[str], offered: Sequence[dict[str, str]]) -> list[FieldProblem]:
    known = {item["key"] for item in offered}
    return [
        FieldProblem(f"/{name}", "unknown", _("%(key)s is not part of this clause.") % {"key": key})
        for key in ticked
        if key not in known
    ]


def _provenance(case: Case) -> dict[str, object]:
    """Where the case came from and who decided it: facts a statement of reasons will need (ux.md DEC-18)."""
    source = "own_initiative" if case.organization.kind == "internal" else "notice"
    return {"source": source, "automated_detection": case.channel == "radar", "automated_decision": False}

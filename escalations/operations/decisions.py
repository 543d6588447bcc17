"""Deciding: a verdict under a clause, held for its undo time, then effective and the case closed (ux.md §7.4).

A cluster's parent is decided once for all its members: somebody looks at five of them first (`view_sample`), and when the decision takes
effect each merged case repeats it, so that every submitter reads the outcome on their own reference.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Action, Reach
from audit.access import record_access
from audit.models import AccessRecord, Event
from audit.recording import record
from core import places
from core.errors import DomainError, FieldProblem, Invalid, NotPermitted
from escalations import events, permissions
from escalations.enforcement_life import LONGEST_DAYS, LONGEST_MITIGATION, MITIGATIONS, SCOPED, TIMED, read_steps
from escalations.lifecycle import (
    TAKEDOWNS,
    WITHOUT_CLAUSE,
    ApprovalAbout,
    CaseStatus,
    Confidence,
    DecisionState,
    DeviationReason,
    EntityRole,
    Severity,
    Verdict,
)
from escalations.models import Approval, Case, CaseEntity, Decision, Draft, SlaTimer, UndoEntry
from escalations.operations import (
    approvals,
    claims,
    clock_acts,
    clocks,
    closing,
    drafts,
    enforcement,
    hand_offs,
    notices,
    second_looks,
    spreading,
    timers,
    undo,
)
from escalations.operations.provenance import provenance_of
from escalations.operations.saving import save
from escalations.selectors.ladder import deviates, rung_of, steps_at
from policies.lifecycle import ActionType
from policies.models import Gap, PolicyVersion
from policies.operations import gaps
from policies.selectors import acknowledgements

HOLD_TIMER = "hold"
UNDO = "case.decide"
SAMPLE = 5  # members of a cluster that its decider looks at before one decision stands for all (ux.md QUE-7)
SAMPLE_SEEN = "case.sample"
RATIONALE_MAX = 10_000
LINE_MAX = 300
CITES_MAX = 5
NEEDS_RATIONALE = frozenset({Verdict.RESTORE, Verdict.POLICY_GAP})
RESTORE_ACTION = "restore"


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


class SampleNotSeen(DomainError):
    """A cluster is decided as one only after some of its members were looked at; `missing` says how many are left."""

    code = "sample_not_seen"
    title = "Look at the sample first"


@dataclass(frozen=True)
class GapNote:
    """What a verdict "no rule fits" says beside its rationale: a known gap, or the question and what to do meanwhile."""

    gap_id: int | None = None
    question: str = ""
    interim_position: str = ""


@dataclass(frozen=True)
class Ruling:
    """What a person decides. `clause_id` is a policy version; `elements` and `exceptions` are keys of that version.

    `actions` are steps of the clause's ladder on the case's surface as `Step.key` names them, or `restore`; None: nobody chose any,
    and nothing departs from the ladder. How long and in which countries may differ from the ladder's; where the steps or their time are
    not those of the subject's rung, `deviation` says why. `cites` are earlier decisions, `departs_why` is why this one is not like
    them. For the verdict "no rule fits" the clause is the one that came closest, the decision itself cites none, and the actions are
    what limits meanwhile, for at most two weeks.
    """

    verdict: Verdict
    clause_id: int | None = None
    secondary_ids: Sequence[int] = ()
    elements: Sequence[str] = ()
    exceptions: Sequence[str] = ()
    actions: Sequence[str] | None = None
    deviation: str = ""
    rationale: str = ""
    confidence: Confidence = Confidence.LIKELY
    cites: Sequence[int] = ()
    departs_why: str = ""
    tells_not: Sequence[str] = ()  # sides that get no notice of it
    languages: Mapping[str, str] = field(default_factory=dict)  # of a side's notice, where not the nearest
    gap: GapNote = GapNote()
    wants_second: bool = False  # the decider asks for a second person although no rule does


@dataclass
class _Checked:
    clause: PolicyVersion | None = None
    nearest: PolicyVersion | None = None
    gap: Gap | None = None
    is_deviation: bool = False
    cites: list[Decision] = field(default_factory=list)
    notices: list[notices.Draft] = field(default_factory=list)
    secondary: list[PolicyVersion] = field(default_factory=list)


def drafted_rationale(clause: PolicyVersion, *, verdict: Verdict, elements: Collection[str]) -> str:
    """The line a rationale starts with: the elements that were shown, or for a verdict that finds no violation those that were not.

    decide.js writes the same line while elements are ticked.
    """
    shown = [e["text"].strip().rstrip(".") for e in clause.elements if e["key"] in elements]
    missing = [e["text"].strip().rstrip(".") for e in clause.elements if e["key"] not in elements]
    if verdict in TAKEDOWNS:
        return f"{clause.citation}: {'; '.join(shown)}." if shown else ""
    return f"{clause.citation}, {_('not shown')}: {'; '.join(missing)}." if missing else ""


@transaction.atomic
def decide_case(*, case_id: int, by: User, at: datetime, ruling: Ruling, take: bool = False) -> Decision:
    """Decide a case that `by` holds; the decision may be undone for `by.undo_s` seconds, then it takes effect.

    `at` is the aware UTC time of the decision; with `take` a case that nobody holds is claimed first. Locks the case. Arms the
    hold's timer, drops the decider's draft, opens a gap where no rule fits, asks a second person where one is needed: then it takes
    effect after both the hold and their yes. Records `decision.made` and `approval.asked`. Raises `AlreadyDecided`, `NotPermitted`
    (not the holder, own submission, a cluster of S0 or S1 by a specialist), `SampleNotSeen`, `TransitionNotAllowed`, `Invalid`
    (every wrong value at once), `Case.DoesNotExist`.
    """
    case = Case.objects.lock(case_id)
    if case.status == CaseStatus.DECIDED:
        standing = case.decisions.filter(state__in=(DecisionState.HELD, DecisionState.EFFECTIVE))
        raise AlreadyDecided(standing.select_related("decided_by").order_by("-decided_at", "-pk")[:1].get())
    if case.status == CaseStatus.CLOSED:
        effective = case.decisions.select_related("decided_by").filter(state=DecisionState.EFFECTIVE).first()
        if effective is not None and effective.repeats_id is None:
            raise AlreadyDecided(effective)
    if take and case.assignee_id is None and case.status == CaseStatus.NEW:
        case = claims.claim_case(case_id=case_id, by=by, at=at)
    permissions.check_can_act(by, Action.CASE_DECIDE, case)
    _check_duties(case, by)
    _check_cluster(case, by)
    checked = _check(case, ruling, at, by)
    clause = checked.clause
    if ruling.verdict == Verdict.POLICY_GAP and not case.is_sandbox:  # practice leaves nothing for policy editors
        checked.gap = _gap(case, ruling, checked.nearest, by=by, at=at)

    case.move_to(CaseStatus.DECIDED, at=at)
    case.decided_at, case.lease_until = at, None  # a decided case is held by its decider without a lease
    case.touch(at=at)
    case.save(update_fields=[*Case.STATUS_FIELDS, "decided_at"])
    timers.cancel(case, claims.LEASE_TIMER)
    hold_until = at + timedelta(seconds=by.undo_s)
    decision = Decision.objects.create(
        organization_id=case.organization_id,
        case=case,
        verdict=ruling.verdict,
        clause=clause,
        elements=list(ruling.elements) if clause is not None else [],
        exceptions=list(ruling.exceptions) if clause is not None else [],
        actions=[step.key for step in read_steps(ruling.actions or ())],
        deviation=ruling.deviation if checked.is_deviation else "",
        notices={draft.audience.value: draft.wording.pk for draft in checked.notices},
        departs_why=" ".join(ruling.departs_why.split())[:LINE_MAX],
        rationale=ruling.rationale.strip(),
        public_rationale=clause.public_rationale if clause is not None else "",
        confidence=ruling.confidence,
        provenance=provenance_of(case),
        decided_by=by,
        decided_at=at,
        hold_until=hold_until,
        supersedes=case.decisions.filter(state=DecisionState.EFFECTIVE).first(),
        gap=checked.gap,
    )
    decision.secondary_clauses.set(checked.secondary)
    decision.cites.set(checked.cites)
    timers.arm(case, HOLD_TIMER, due_at=hold_until, data={"decision": decision.pk})
    need = second_person_for(case, ruling)
    drafts.drop_draft(case=case, kind=Draft.Kind.DECISION, by=by)
    record(
        events.DECISION_MADE,
        subject=case,
        by=by,
        at=at,
        data={
            "decision": str(decision.public_id),
            "verdict": ruling.verdict.value,
            "clause": clause.citation if clause is not None else "",
            "hold_until": hold_until.isoformat(),
        },
    )
    if need is not None:
        approvals.ask(
            case=case,
            about=ApprovalAbout.DECISION,
            about_id=decision.pk,
            decision=decision,
            need=need,
            by=by,
            at=at,
            verdict=ruling.verdict.value,
        )
    return decision


def second_person_for(case: Case, ruling: Ruling) -> approvals.Need | None:
    """Whether this ruling needs a second person, and why. Two queries, three for a cluster. Practice needs none."""
    if case.is_sandbox:
        return None
    facts = approvals.Facts(
        verdict=ruling.verdict,
        severity=case.severity,
        actions=frozenset(re.split(r"[:@]", key)[0] for key in ruling.actions or ()),
        is_high_profile=case.is_high_profile,
        is_legal_hold=case.is_legal_hold,
        count=reach_of(case),
    )
    return approvals.need_of(facts, wished=ruling.wants_second)


def reach_of(case: Case) -> int:
    """How many objects or cases one decision on this case reaches, whichever is more: its own and those of merged cases."""
    roles = (EntityRole.VIOLATOR, EntityRole.ASSET)
    objects = CaseEntity.objects.filter(case=case, role__in=roles).count()
    if case.cluster_size:
        objects += CaseEntity.objects.filter(case__parent=case, role__in=roles).count()
    return max(objects, case.cluster_size + 1)


@transaction.atomic
def revise_case(*, case_id: int, reason: str, by: User, at: datetime) -> Case:
    """Open a decided and closed case again to decide it anew; `by` holds it, and the decision in force stays until the next one is.

    `at` is aware UTC; the reason stays with the case. The last decision becomes the draft to start from. Records what
    `closing.reopen_case` and `claims.claim_case` record, and raises what they raise.
    """
    if not _review_again(case_id, reason=reason, by=by, at=at):
        closing.reopen_case(case_id=case_id, reason=reason, by=by, at=at)
    case = claims.claim_case(case_id=case_id, by=by, at=at)
    latest = case.decisions.filter(state=DecisionState.EFFECTIVE).first()
    if latest is not None:
        drafts.save_draft(case=case, kind=Draft.Kind.DECISION, data=as_draft(latest), by=by, at=at)
    return case


def _review_again(case_id: int, *, reason: str, by: User, at: datetime) -> bool:
    """Take a case whose decision took effect, and which waits for its hand-offs, back into review; False where it is not so."""
    case = Case.objects.lock(case_id)
    if case.status != CaseStatus.DECIDED or case.decisions.filter(state=DecisionState.HELD).exists():
        return False
    reason = reason.strip()
    if not reason:
        raise Invalid(errors=[FieldProblem("/reason", "required", _("Say why the case is opened again."))])
    permissions.check_can_act(by, Action.CASE_REOPEN, case)
    case.move_to(CaseStatus.IN_REVIEW, at=at)
    case.assignee, case.claimed_at, case.lease_until = by, at, at + claims.CLAIM_LEASE
    case.reopened_count += 1
    clocks.reopen(case, at=at, by=by)
    save(case, [*Case.STATUS_FIELDS, "reopened_count"], at=at)
    timers.arm(case, claims.LEASE_TIMER, due_at=case.lease_until)
    data = {"reason": reason[: closing.REASON_MAX], "count": case.reopened_count}
    record(events.CASE_REOPENED, subject=case, by=by, at=at, data=data)
    return True


def as_draft(decision: Decision) -> dict[str, Any]:
    """A decision as the panel's draft keeps what is typed: names of fields, plain values."""
    clause_id = decision.clause_id or (decision.gap.nearest_id if decision.gap is not None else None)
    drafted = ""
    if decision.clause is not None:
        drafted = drafted_rationale(
            decision.clause, verdict=Verdict(decision.verdict), elements=list(decision.elements)
        )
    return {
        "verdict": str(decision.verdict),
        "clause": str(clause_id or ""),
        "card": str(clause_id or ""),
        "secondary": [str(pk) for pk in decision.secondary_clauses.order_by("pk").values_list("pk", flat=True)],
        "elements": list(decision.elements),
        "exceptions": list(decision.exceptions),
        "actions": list(decision.actions),
        "deviation": decision.deviation,
        "departs_why": decision.departs_why,
        "cites": [str(pk) for pk in decision.cites.order_by("pk").values_list("pk", flat=True)],
        "rationale": decision.rationale,
        "drafted": drafted if decision.rationale.startswith(drafted) else "",
        "confidence": str(decision.confidence),
    }


def view_sample(*, parent: Case, child: Case, by: User, at: datetime) -> None:
    """Write down that `by` looks at a member of a cluster, before it is shown. `at` aware UTC; the record commits at once."""
    record_access(SAMPLE_SEEN, subject=child, by=by, at=at, organization_id=child.organization_id, reason=parent.ref)


def sample_missing(parent: Case, *, by: User) -> int:
    """How many members of a cluster `by` still has to look at before deciding it. At most three queries.

    Members that `by` may not see (one became restricted since) are no part of it: nobody could ever look at them, and a small
    cluster would stay undecided. Uses index: access_by_actor.
    """
    if not parent.cluster_size:
        return 0
    members = Case.objects.filter(parent=parent)
    in_sight = Case.objects.visible_to(by).filter(parent=parent).order_by("pk").values("pk")[:SAMPLE].count()
    seen = AccessRecord.objects.filter(
        actor_kind=by.actor_kind,
        actor_id=by.pk,
        what=SAMPLE_SEEN,
        subject_type="escalations.case",
        subject_id__in=members.values("pk"),
    )
    return max(0, min(in_sight, parent.cluster_size) - seen.values("subject_id").distinct().count())


def offer_undo(decision: Decision, *, draft: dict[str, Any], by: User, at: datetime) -> UndoEntry:
    """Let `by` take the decision back until its hold ends; `draft` is the panel as it was, which comes back then."""
    data = {"decision_id": decision.pk, "draft": draft, "go_to": f"/c/{decision.case.ref}/decide/"}
    return undo.offer(UNDO, by=by, at=at, label=outcome_line(decision), data=data)


def outcome_line(decision: Decision) -> str:
    """What was decided, in one line (ux.md DEC-17): "Decided · Violating: remove · AD-FR-2.1@v9"."""
    parts = [_("Decided"), str(Verdict(decision.verdict).label)]
    if decision.clause is not None:
        parts.append(decision.clause.citation)
    elif decision.gap is not None:
        parts.append(decision.gap.ref)
    return " · ".join(parts)


@transaction.atomic
def undo_decision(*, decision_id: int, by: User, at: datetime) -> Decision:
    """Take back one's own decision while it is held: the case is in review again, with its decider.

    One that waits for a second person can be taken back until they answer. `at` is aware UTC. Records `decision.undone`, and
    `approval.withdrawn` where somebody was asked. Raises `UndoOver` from `hold_until` on, `NotPermitted` for another's.
    """
    found = Decision.objects.get(pk=decision_id)
    case = Case.objects.lock(found.case_id)
    decision = Decision.objects.select_for_update().get(pk=decision_id)
    if decision.decided_by_id != by.pk:
        raise NotPermitted(_("Only who decided can undo it within its hold."), rule="decision.undo")
    if decision.state == DecisionState.UNDONE:
        return decision  # pressed twice: it is undone
    if decision.state != DecisionState.HELD:
        raise UndoOver(_("The decision has taken effect. Reopen the case to revise it."))
    asked = approvals.withdraw(case, about=ApprovalAbout.DECISION, about_id=decision.pk, by=by, at=at)
    if asked is None and at >= decision.hold_until:
        raise UndoOver(_("The decision has taken effect. Reopen the case to revise it."))
    _back_to_review(case, decision, by=by, at=at)
    record(events.DECISION_UNDONE, subject=case, by=by, at=at, data={"decision": str(decision.public_id)})
    return decision


def _back_to_review(case: Case, decision: Decision, *, by: User | None, at: datetime) -> None:
    """A held decision will not take effect: the case is in review again, with its decider. The case is locked."""
    decision.state, decision.undone_at = DecisionState.UNDONE, at
    decision.save(update_fields=["state", "undone_at"])
    case.move_to(CaseStatus.IN_REVIEW, at=at)
    case.decided_at = decision.supersedes.decided_at if decision.supersedes is not None else None
    case.lease_until = at + claims.CLAIM_LEASE
    case.touch(at=at)
    case.save(update_fields=[*Case.STATUS_FIELDS, "decided_at"])
    timers.arm(case, claims.LEASE_TIMER, due_at=case.lease_until)
    timers.cancel(case, HOLD_TIMER)
    if decision.gap_id is not None and not _is_shared(decision):
        gaps.withdraw_gap(gap_id=decision.gap_id, by=by or decision.decided_by, at=at)


def end_hold(case: Case, timer: SlaTimer, *, at: datetime) -> None:
    """The timer's handler: the held decision takes effect, its actions are handed over, and the case closes once they are confirmed.

    Called with the case locked, in the transaction that fires the timer; does nothing when the decision is no longer held, and
    leaves it to the answer of a second person where one was asked.
    """
    decision = (
        Decision.objects.select_related("clause__policy")
        .select_for_update(of=("self",))
        .filter(pk=timer.data["decision"], state=DecisionState.HELD)
        .first()
    )
    if decision is None or case.status != CaseStatus.DECIDED:
        return
    if approvals.open_of(ApprovalAbout.DECISION, decision.pk) is not None:
        return  # it waits; the clocks go on
    _take_effect(case, decision, at=at)


def _approved(case: Case, approval: Approval, *, by: User | None, at: datetime) -> None:
    """A second person said yes: the decision takes effect, at once or when its hold is over."""
    if timers.armed_of(case, HOLD_TIMER) is not None:
        return  # asked of the timer, not of the time: it may have fired a moment before `at`
    decision = (
        Decision.objects.select_related("clause__policy").select_for_update(of=("self",)).get(pk=approval.about_id)
    )
    _take_effect(case, decision, at=at)


def _given_back(case: Case, approval: Approval, *, by: User | None, at: datetime) -> None:
    """A second person said no, or nobody answered: the case is in review again, and its decider finds the panel as it was."""
    decision = Decision.objects.select_related("decided_by").select_for_update(of=("self",)).get(pk=approval.about_id)
    draft = as_draft(decision)
    _back_to_review(case, decision, by=by, at=at)
    drafts.save_draft(case=case, kind=Draft.Kind.DECISION, data=draft, by=decision.decided_by, at=at)


approvals.on(ApprovalAbout.DECISION, approved=_approved, given_back=_given_back)


def _take_effect(case: Case, decision: Decision, *, at: datetime) -> None:
    """The held decision of a locked case takes effect, and the case closes with its resolution once nothing of it is open.

    Stops clocks F and R; records `decision.effective`, what `enforcement.enforce` records, and `case.closed` where nothing is open.
    """
    Decision.objects.filter(case=case, state=DecisionState.EFFECTIVE).update(state=DecisionState.SUPERSEDED)
    decision.state, decision.effective_at = DecisionState.EFFECTIVE, at
    decision.save(update_fields=["state", "effective_at"])
    if case.first_response_at is None:  # the outcome is the first thing the submitter hears from a person (ux.md KPI-6)
        case.first_response_at = at
    clock_acts.settle(case, at=at, by=decision.decided_by, cause="decided")
    save(case, ["first_response_at"], at=at)
    clause = decision.clause.citation if decision.clause is not None else ""
    record(
        events.DECISION_EFFECTIVE,
        subject=case,
        by=decision.decided_by,
        at=at,
        data={"decision": str(decision.public_id), "verdict": decision.verdict, "clause": clause},
    )
    is_handed_over = enforcement.enforce(decision, case=case, at=at)
    notices.tell(decision, [case], at=at)
    if not is_handed_over and not hand_offs.notices_of(case).exists():
        hand_offs.close_decided(case, decision, at=at)
    second_looks.draw(decision, case, at=at)
    if case.cluster_size:
        spreading.spread(decision, case, at=at)


def _is_shared(decision: Decision) -> bool:
    """Whether the gap was opened by another decision than this, or serves others as well."""
    assert decision.gap is not None
    others = Decision.objects.filter(gap=decision.gap).exclude(pk=decision.pk).exclude(state=DecisionState.UNDONE)
    return decision.gap.source_ref != decision.case.ref or others.exists()


def _gap(case: Case, ruling: Ruling, nearest: PolicyVersion | None, *, by: User, at: datetime) -> Gap:
    """The gap that a verdict "no rule fits" names, or a new one; its question is the rationale where none was written."""
    if ruling.gap.gap_id is not None:
        known = Gap.objects.visible_to(by).open().filter(pk=ruling.gap.gap_id).first()
        if known is None:
            raise Invalid(errors=[FieldProblem("/gap", "unknown", _("This gap is not open: choose another or none."))])
        return known
    question = ruling.gap.question.strip() or ruling.rationale.strip()[: gaps.QUESTION_MAX]
    return gaps.open_gap(
        question=question,
        source_ref=case.ref,
        by=by,
        at=at,
        nearest=nearest,
        shown=ruling.elements,
        compartments=case.compartments,
        interim_position=ruling.gap.interim_position,
    )


def _check_cluster(case: Case, by: User) -> None:
    """One decision for a whole cluster: S2 or lower unless the reach is every case, and the sample looked at (QUE-7)."""
    if not case.cluster_size:
        return
    if case.severity < Severity.S2 and by.reach(Action.BULK) is not Reach.ALL:
        raise NotPermitted(
            _("A cluster of S0 or S1 is decided by a senior or a lead."), rule=f"{Action.BULK.value}.severity"
        )
    missing = sample_missing(case, by=by)
    if missing:
        raise SampleNotSeen(
            _("Look at %(count)d more of the merged cases before one decision stands for all.") % {"count": missing},
            missing=missing,
        )


def _check_duties(case: Case, by: User) -> None:
    if case.submitted_by_id == by.pk or (case.cluster_size and case.children.filter(submitted_by=by).exists()):
        raise NotPermitted(
            _("You sent this case in: somebody else decides it."),
            code="separation_of_duties",
            rule="separation_of_duties",
        )


def _check(case: Case, ruling: Ruling, at: datetime, by: User) -> _Checked:
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
        clause = found[ruling.clause_id]
        unknown = _unknown("elements", ruling.elements, clause.elements)
        problems += unknown or _unmet(clause, ruling)
        problems += _unknown("exceptions", ruling.exceptions, clause.exceptions)
        checked.nearest = clause
        checked.clause = None if ruling.verdict == Verdict.POLICY_GAP else clause
    problems += _unoffered(case, ruling, checked.clause)
    problems += _deviation(case, ruling, checked, by)
    problems += _cited(ruling, checked, by)
    if len(ruling.secondary_ids) > 3:
        problems.append(FieldProblem("/secondary", "too_many", _("At most three further clauses.")))
    for version_id in ruling.secondary_ids:
        if version_id in found:
            checked.secondary.append(found[version_id])
        else:
            problems.append(FieldProblem("/secondary", "not_effective", _("A further clause is not in force now.")))
    problems += _unread(checked, by)
    problems += _notices(case, ruling, checked, at)
    rationale = ruling.rationale.strip()
    drafted = (
        drafted_rationale(checked.nearest, verdict=ruling.verdict, elements=ruling.elements)
        if checked.nearest is not None
        else ""
    )
    own_words = rationale.removeprefix(drafted).strip()
    if not own_words and (case.severity <= Severity.S1 or ruling.verdict in NEEDS_RATIONALE or checked.is_deviation):
        detail = _("Say why in a line: this severity, verdict or departure from the ladder needs a rationale.")
        problems.append(FieldProblem("/rationale", "required", detail))
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


def _notices(case: Case, ruling: Ruling, checked: _Checked, at: datetime) -> list[FieldProblem]:
    """Who will be told, in which wording; a variable without a value holds the decision up. Practice tells nobody."""
    if case.is_sandbox:
        return []
    facts = notices.Facts(case, ruling.verdict, checked.clause, tuple(ruling.actions or ()), at)
    checked.notices = notices.drafts_for(
        facts, without=ruling.tells_not, languages=ruling.languages, entity=notices.first_subject(case)
    )
    return [*notices.problems_of(checked.notices), *notices.problems_of_members(case, checked.notices)]


def _unread(checked: _Checked, by: User) -> list[FieldProblem]:
    """Some wordings are decided by only after their decider said that they read them (ux.md POL-6)."""
    cited = [clause for clause in (checked.clause, *checked.secondary) if clause is not None]
    return [
        FieldProblem(
            "/clause",
            "not_acknowledged",
            _("%(clause)s is new to you: read it and say so before you decide by it.") % {"clause": version.citation},
        )
        for version in acknowledgements.unread(cited, by)
    ]


def _unknown(name: str, ticked: Sequence[str], offered: Sequence[dict[str, str]]) -> list[FieldProblem]:
    known = {item["key"] for item in offered}
    return [
        FieldProblem(f"/{name}", "unknown", _("%(key)s is not part of this clause.") % {"key": key})
        for key in ticked
        if key not in known
    ]


def _unmet(clause: PolicyVersion, ruling: Ruling) -> list[FieldProblem]:
    """A verdict that takes something down rests on elements that make the rule apply."""
    if ruling.verdict not in TAKEDOWNS or clause.is_met_by(ruling.elements):
        return []
    return [
        FieldProblem(
            "/elements",
            "not_met",
            _("The ticked elements do not make this clause apply: tick what is shown, or choose another verdict."),
        )
    ]


def _unoffered(case: Case, ruling: Ruling, clause: PolicyVersion | None) -> list[FieldProblem]:
    """Steps that nobody offered, whose time or countries cannot be, or that stand twice. They are kept as `Step.key` writes them."""
    kinds: set[str] = {RESTORE_ACTION} if ruling.verdict == Verdict.RESTORE else set()
    if ruling.verdict == Verdict.POLICY_GAP:
        kinds |= {kind.value for kind in MITIGATIONS}
    if clause is not None:
        kinds |= {action.type.value for rung in clause.rungs(case.surface) for action in rung.actions}
    problems, seen = [], set()
    for key in ruling.actions or ():
        kind = re.split(r"[:@]", key)[0]
        if kind not in kinds:
            detail = _("%(key)s is not a step of this clause's ladder here.") % {"key": key}
            problems.append(FieldProblem("/actions", "unknown", detail))
            continue
        label = ActionType(kind).label
        if kind in seen:
            detail = _("“%(action)s” is ticked twice: choose one of them and how long it lasts.") % {"action": label}
            problems.append(FieldProblem("/actions", "twice", detail))
        seen.add(kind)
        problems += _scope_problems(key, ActionType(kind), ruling, clause, case)
    return problems


def _scope_problems(
    key: str, kind: ActionType, ruling: Ruling, clause: PolicyVersion | None, case: Case
) -> list[FieldProblem]:
    """What is wrong with how long and where a step holds."""
    head, _at, markets = key.partition("@")
    days = head.partition(":")[2]
    offered = {
        action.days
        for rung in (clause.rungs(case.surface) if clause is not None else ())
        for action in rung.actions
        if action.type is kind
    }
    most = LONGEST_MITIGATION.days if ruling.verdict == Verdict.POLICY_GAP else LONGEST_DAYS
    is_number = days.isascii() and days.isdigit() and len(days) < 6 and 1 <= int(days) <= most
    problems = []
    if (days and not is_number) or (not days and ruling.verdict == Verdict.POLICY_GAP):
        detail = _("“%(action)s” lasts 1 to %(most)d days.") % {"action": kind.label, "most": most}
        problems.append(FieldProblem("/actions", "out_of_range", detail))
    elif days and int(days) not in offered and kind not in TIMED:
        detail = _("“%(action)s” lasts as the ladder says: its time cannot be chosen.") % {"action": kind.label}
        problems.append(FieldProblem("/actions", "not_timed", detail))
    unknown = [code for code in markets.split(",") if code and code not in places.COUNTRIES]
    if unknown:
        detail = _("%(codes)s: no country. Write two-letter codes with commas, such as DE, AT.")
        problems.append(FieldProblem("/actions", "unknown_market", detail % {"codes": ", ".join(unknown)[:80]}))
    elif markets and kind not in SCOPED:
        detail = _("“%(action)s” is the same in every country.") % {"action": kind.label}
        problems.append(FieldProblem("/actions", "not_scoped", detail))
    return problems


def _deviation(case: Case, ruling: Ruling, checked: _Checked, by: User) -> list[FieldProblem]:
    """Other steps than the ladder's for this subject need a reason of the list (ux.md DEC-7)."""
    if ruling.actions is None or checked.clause is None or ruling.verdict not in TAKEDOWNS:
        return []
    expected = steps_at(case, checked.clause, rung_of(case, checked.clause, viewer=by))
    checked.is_deviation = deviates(ruling.verdict, tuple(ruling.actions), expected)
    if checked.is_deviation and ruling.deviation not in DeviationReason.values:
        detail = _("These are not the ladder’s steps for this subject: choose why.")
        return [FieldProblem("/deviation", "required", detail)]
    return []


def _cited(ruling: Ruling, checked: _Checked, by: User) -> list[FieldProblem]:
    """Earlier decisions that may be cited: those of cases the decider may see, that took effect once."""
    if not ruling.cites:
        return []
    wanted = set(ruling.cites)
    states = (DecisionState.EFFECTIVE, DecisionState.SUPERSEDED)
    checked.cites = list(Decision.objects.visible_to(by).filter(pk__in=wanted, state__in=states).order_by("pk"))
    if len(wanted) > CITES_MAX or len(checked.cites) != len(wanted):
        detail = _("Cite at most %(limit)d earlier decisions that you may see.") % {"limit": CITES_MAX}
        return [FieldProblem("/cites", "unknown", detail)]
    return []


@transaction.atomic
def dispute_provenance(*, case_id: int, by: User, at: datetime) -> bool:
    """Report that what the product says of a case's source or detection is wrong; the legal desk reads it (ux.md DEC-18).

    `at` is aware UTC. Locks the case; records `case.provenance_disputed` with the values as they read, once for the same values;
    answers whether it did. Raises `NotPermitted` (who may write no note on the case), `Case.DoesNotExist`.
    """
    case = Case.objects.lock(case_id)
    permissions.check_can_act(by, Action.NOTE_WRITE, case)
    if is_provenance_disputed(case):
        return False
    record(events.CASE_PROVENANCE_DISPUTED, subject=case, by=by, at=at, data=provenance_of(case))
    return True


def is_provenance_disputed(case: Case) -> bool:
    """Whether somebody reported these very values as wrong. One query."""
    found = Event.objects.filter(
        subject_type="escalations.case", subject_id=case.pk, kind=events.CASE_PROVENANCE_DISPUTED
    )
    return any(data == provenance_of(case) for data in found.values_list("data", flat=True))


def _take_back(data: undo.Data, by: User, at: datetime) -> None:
    """The undo of a decision: the case is in review again, and the panel finds what stood in it."""
    decision = undo_decision(decision_id=data["decision_id"], by=by, at=at)
    drafts.save_draft(case=decision.case, kind=Draft.Kind.DECISION, data=data["draft"], by=by, at=at)


undo.on(UNDO, _take_back)

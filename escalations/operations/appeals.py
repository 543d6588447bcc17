"""Appeals: filed, taken, asked about, decided by somebody else, carried out when their hold is over (ux.md §7.22).

An appeal does not open its case again. Where the decision took something down, an appeal that succeeds takes the actions back
through hand-offs and refunds their strikes; where the decision did nothing, the case goes back to its queue to be decided anew,
and the decision in force stays until then.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import ServiceKey, User
from accounts.roles import Action, Role
from audit.recording import record
from core.errors import DomainError, FieldProblem, Invalid, NotPermitted
from core.references import permute
from escalations import events, permissions
from escalations.appeal_life import LIVE, AppealState, Appellant, Direction, Grounds, Outcome, window_end
from escalations.enforcement_life import LIFTING, HandOffState
from escalations.lifecycle import (
    TAKEDOWNS,
    ApprovalAbout,
    ApprovalState,
    CaseStatus,
    Channel,
    DecisionState,
    Metric,
    Severity,
    Verdict,
)
from escalations.models import (
    Appeal,
    AppealMessage,
    Approval,
    Case,
    CaseEntity,
    Decision,
    EnforcementAction,
    Entity,
    SlaTimer,
    UndoEntry,
)
from escalations.operations import approvals, clocks, closing, enforcement, hand_offs, precedents, timers, undo
from escalations.operations.saving import save
from oncall.operations.calendars import ALWAYS
from oncall.selectors.calendars import version_in_force

HOLD_TIMER = "appeal_hold"
UNDO = "appeal.decide"
TEXT_MAX = 10_000
LINE_MAX = 300
# How long an appeal may take, in seconds of the clock on the wall. "Without undue delay" is all that the Digital Services Act
# (article 20(4)) says; these are what we promise.
USUAL_S, EXPEDITED_S = 7 * 86_400, 86_400
LEAST_S = 3_600  # what is left at least when an appellant's answer starts the clock again


class AppealTaken(DomainError):
    """The decision was appealed by the same party before, or somebody else holds the appeal."""

    code = "already_appealed"
    title = "There is an appeal already"


class NotAppealable(DomainError):
    """There is no decision in force to appeal, or its window is over."""

    code = "not_appealable"
    title = "This decision cannot be appealed"


class AppealSettled(DomainError):
    """The appeal is decided or withdrawn already; nothing was changed."""

    code = "appeal_settled"
    title = "The appeal is settled already"


@dataclass(frozen=True)
class Request:
    """What an appellant says. `entity_id` names the subject who speaks; `late_reason` lets a lead take it after its window."""

    text: str
    language: str = ""
    entity_id: int | None = None
    late_reason: str = ""
    expedited_reason: str = ""


@dataclass(frozen=True)
class Judgement:
    """How an appeal ends. `lifted`: public ids of the actions that a partial outcome takes back."""

    outcome: Outcome
    rationale: str
    answer: str
    grounds: Grounds | None = None
    lifted: Collection[str] = ()


# -- Filing


@transaction.atomic
def file_appeal(
    *,
    case_id: int,
    appellant: Appellant,
    asked: Request,
    by: User | ServiceKey,
    at: datetime,
    channel: Channel = Channel.MANUAL,
    family: Appeal | None = None,
) -> Appeal:
    """File an appeal of the decision in force on a case; its clock starts. `at` is aware UTC. Locks the case.

    A submitter files for itself, the team for the person concerned or for its own review. S0, S1 and protected accounts are
    expedited by themselves. Records `appeal.filed`. Raises `NotAppealable` (no decision in force, overturned already, its
    window over), `AppealTaken` (the same party once per decision), `Invalid`, `NotPermitted`, `Case.DoesNotExist`.
    """
    asked = _read(asked, is_ours=by.is_internal)
    case = Case.objects.lock(case_id)
    permissions.check_can_act(by, Action.APPEAL_FILE, case)
    if by.is_internal == (appellant is Appellant.VENDOR):
        raise NotPermitted(
            _("The submitter files its own appeal; the team files for the person concerned."), rule="appeal.file"
        )
    decision = _appealable(case, asked, by=by, at=at)
    entity = _entity(case, asked.entity_id) if appellant is Appellant.SUBJECT else None
    if Appeal.objects.filter(decision=decision, appellant=appellant, entity=entity).exists():
        raise AppealTaken(_("This decision was appealed before: once is all there is."))
    is_expedited = bool(asked.expedited_reason) or case.severity <= Severity.S1 or case.is_high_profile
    appeal = Appeal(
        organization_id=case.organization_id,
        case=case,
        decision=decision,
        original_decider_id=decision.decided_by_id,
        appellant=appellant,
        entity=entity,
        channel=channel,
        filed_at=at,
        filed_by=by if isinstance(by, User) else None,
        filed_by_key=by if isinstance(by, ServiceKey) else None,
        text=asked.text,
        language=asked.language,
        late_reason=asked.late_reason if at > window_end(decision.effective_at or at) else "",
        is_expedited=is_expedited,
        expedited_reason=asked.expedited_reason,
        family=family,
    )
    appeal.pk = next_id()
    appeal.ref = f"APL-{permute(appeal.pk, key=f'{settings.REFERENCE_KEY}:appeal')}"
    appeal.save(force_insert=True)
    _start_clock(appeal, EXPEDITED_S if is_expedited else USUAL_S, at=at, by=by)
    appeal.save(update_fields=["due_at"])
    save(case, at=at, moves=False)
    _tell(events.APPEAL_FILED, appeal, by=by, at=at, is_expedited=is_expedited)
    return appeal


def _read(asked: Request, *, is_ours: bool) -> Request:
    problems = []
    text = asked.text.replace("\r\n", "\n").strip()
    if not text or len(text) > TEXT_MAX or "\x00" in text:
        detail = _("Say in at most %(most)d characters what should be looked at again, and why.") % {"most": TEXT_MAX}
        problems.append(FieldProblem("/text", "required" if not text else "too_long", detail))
    for name in ("late_reason", "expedited_reason"):
        if len(getattr(asked, name)) > LINE_MAX or "\x00" in getattr(asked, name):
            problems.append(FieldProblem(f"/{name}", "too_long", _("At most 300 characters.")))
    if len(asked.language) > 12:
        problems.append(FieldProblem("/language", "too_long", _("Name the language by its code, such as pt-BR.")))
    if problems:
        raise Invalid(errors=problems)
    late, expedited = (asked.late_reason.strip(), asked.expedited_reason.strip()) if is_ours else ("", "")
    return Request(text, asked.language.strip(), asked.entity_id, late, expedited)


def _appealable(case: Case, asked: Request, *, by: User | ServiceKey, at: datetime) -> Decision:
    decision = (
        case.decisions.filter(state=DecisionState.EFFECTIVE).select_related("clause__policy", "decided_by").first()
    )
    if decision is None or decision.effective_at is None:
        raise NotAppealable(_("%(ref)s has no decision in force: there is nothing to appeal yet.") % {"ref": case.ref})
    if decision.overturned_at is not None:
        raise NotAppealable(_("The decision on %(ref)s was overturned already.") % {"ref": case.ref})
    if at > window_end(decision.effective_at):
        may_be_late = by.is_internal and isinstance(by, User) and permissions.can_act(by, Action.CASE_ASSIGN, case)
        if not may_be_late or not asked.late_reason:
            raise NotAppealable(
                _("The time to appeal ended on %(day)s. A lead can still take it, with a reason.")
                % {"day": window_end(decision.effective_at).date().isoformat()},
                code="window_over",
            )
    return decision


def _entity(case: Case, entity_id: int | None) -> Entity:
    named = CaseEntity.objects.filter(case=case, entity_id=entity_id or 0)
    found = named.select_related("entity").first()
    if found is None:
        raise Invalid(errors=[FieldProblem("/entity_id", "required", _("Choose whose appeal this is."))])
    return found.entity


def next_id() -> int:
    """The next number of the sequence of appeals, which its reference is made of (docs/adr/references.md)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('escalations_appeal', 'id'))")
        return int(cursor.fetchone()[0])


def _start_clock(appeal: Appeal, seconds: int, *, at: datetime, by: Actor) -> None:
    """Give the appeal `seconds` on the clock on the wall from `at`, and remember the end in its row (unsaved)."""
    version = version_in_force(ALWAYS)
    clock = clocks.start_on(
        appeal, Metric.RESOLVE, seconds=seconds, calendar_version_id=version.pk, at=at, by=by, cause="appeal"
    )
    appeal.due_at, appeal.left_s = None if clock is None else clock.due_at, None


def _rest_clock(appeal: Appeal, *, at: datetime, by: Actor, cause: str) -> None:
    """End the running clock without a verdict and remember what was left of it (unsaved); at least an hour."""
    clocks.cancel_all(appeal, cause, at=at, by=by)
    left = appeal.due_at - at if appeal.due_at is not None else timedelta(0)
    appeal.left_s, appeal.due_at = max(LEAST_S, int(left.total_seconds())), None


# -- Working on it


@transaction.atomic
def claim_appeal(*, appeal_id: int, by: User, at: datetime) -> Appeal:
    """Take an appeal that nobody holds. `at` aware UTC. Taking what one holds changes nothing. Records `appeal.claimed`.

    Raises `AppealTaken` (with the holder's name), `AppealSettled`, `NotPermitted` for the decision's own decider.
    """
    appeal = _lock(appeal_id)
    check_may_decide(by, appeal)
    _check_live(appeal)
    if appeal.assignee_id == by.pk:
        return appeal
    if appeal.assignee is not None:
        raise AppealTaken(_("%(person)s holds this appeal.") % {"person": appeal.assignee.display_name})
    appeal.assignee = by
    _save(appeal, ["assignee"])
    _tell(events.APPEAL_CLAIMED, appeal, by=by, at=at)
    return appeal


@transaction.atomic
def release_appeal(*, appeal_id: int, by: User, at: datetime) -> Appeal:
    """Give an appeal back to the list; a lead may for another. `at` aware UTC. Records `appeal.released`."""
    appeal = _lock(appeal_id)
    _check_live(appeal)
    if appeal.assignee_id is None:
        return appeal
    if appeal.assignee_id != by.pk and not permissions.can_act(by, Action.CASE_ASSIGN, appeal.case):
        raise NotPermitted(_("Only who holds it, or a lead, gives it back."), rule="appeal.release")
    before, appeal.assignee = appeal.assignee_id, None
    _save(appeal, ["assignee"])
    _tell(events.APPEAL_RELEASED, appeal, by=by, at=at, before_id=before)
    return appeal


@transaction.atomic
def translate_appeal(*, appeal_id: int, text: str, by: User, at: datetime) -> Appeal:
    """Keep a translation of the appellant's words beside them; they themselves never change. Records `appeal.translated`."""
    text = text.strip()
    if len(text) > TEXT_MAX or "\x00" in text:
        raise Invalid(errors=[FieldProblem("/translation", "too_long", _("At most 10,000 characters."))])
    appeal = _lock(appeal_id)
    permissions.check_can_act(by, Action.APPEAL_DECIDE, appeal.case)
    appeal.translation = text
    _save(appeal, ["translation"])
    _tell(events.APPEAL_TRANSLATED, appeal, by=by, at=at)
    return appeal


@transaction.atomic
def expedite_appeal(*, appeal_id: int, reason: str, by: User, at: datetime) -> Appeal:
    """Put an appeal in the fast lane: its clock ends a day from now. Records `appeal.expedited`.

    `at` aware UTC. Raises `Invalid` without a reason, `AppealSettled`, `NotPermitted`.
    """
    reason = _line(reason, "reason", _("Say in one line why this cannot wait."))
    appeal = _lock(appeal_id)
    permissions.check_can_act(by, Action.APPEAL_DECIDE, appeal.case)
    _check_live(appeal)
    if appeal.is_expedited:
        return appeal
    appeal.is_expedited, appeal.expedited_reason = True, reason
    if appeal.state == AppealState.WAITING:
        appeal.left_s = min(appeal.left_s or EXPEDITED_S, EXPEDITED_S)
    else:
        clocks.cancel_all(appeal, "expedited", at=at, by=by)
        _start_clock(appeal, EXPEDITED_S, at=at, by=by)
    _save(appeal, ["is_expedited", "expedited_reason", "due_at", "left_s"])
    _tell(events.APPEAL_EXPEDITED, appeal, by=by, at=at, reason=reason)
    return appeal


@transaction.atomic
def ask_appellant(*, appeal_id: int, question: str, by: User, at: datetime) -> AppealMessage:
    """Ask the appellant for what is missing (verdict 4): the appeal waits and its clock rests until they answer.

    `at` aware UTC. Records `appeal.asked`, which a submitter's feed carries where the appeal is its own; to the person concerned it
    goes by the platform, with a hand-off's state (`enforcement.queued`). Raises `Invalid`,
    `AppealSettled`, `NotPermitted` (not the holder).
    """
    question = _text(question, "body", _("Write what you need to know."))
    appeal = _lock(appeal_id)
    _check_holder(appeal, by)
    _check_live(appeal)
    message = _write(appeal, Direction.OUT, question, by=by, at=at, language=appeal.language)
    _hand_over(appeal, message, by=by, at=at)
    if appeal.state == AppealState.OPEN:
        appeal.state = AppealState.WAITING
        _rest_clock(appeal, at=at, by=by, cause="waiting")
    _save(appeal, ["state", "due_at", "left_s"])
    _tell(events.APPEAL_ASKED, appeal, by=by, at=at, message=str(message.public_id))
    return message


@transaction.atomic
def write_as_appellant(
    *, appeal_id: int, body: str, by: User | ServiceKey, at: datetime, language: str = ""
) -> AppealMessage:
    """Keep what the appellant says later: the submitter itself, or the team on the word of the person concerned.

    `at` aware UTC. A waiting appeal goes on and its clock runs again. Records `appeal.answered`. Raises `Invalid`,
    `AppealSettled`, `NotPermitted`.
    """
    body = _text(body, "body", _("Write what the appellant says."))
    if len(language) > 12:
        raise Invalid(
            errors=[FieldProblem("/language", "too_long", _("Name the language by its code, such as pt-BR."))]
        )
    appeal = _lock(appeal_id)
    permissions.check_can_act(by, Action.APPEAL_FILE, appeal.case)
    if not by.is_internal and appeal.appellant != Appellant.VENDOR:
        raise NotPermitted(_("This is not your appeal."), rule="appeal.file")
    _check_live(appeal)
    message = _write(appeal, Direction.IN, body, by=by, at=at, language=language)
    enforcement.tell_no_more(appeal, case=appeal.case, at=at)
    if appeal.state == AppealState.WAITING:
        appeal.state = AppealState.OPEN
        _start_clock(appeal, appeal.left_s or LEAST_S, at=at, by=by)
    _save(appeal, ["state", "due_at", "left_s"])
    _tell(events.APPEAL_ANSWERED, appeal, by=by, at=at, assignee_id=appeal.assignee_id)
    return message


@transaction.atomic
def withdraw_appeal(*, appeal_id: int, by: User | ServiceKey, at: datetime) -> Appeal:
    """The appellant takes the appeal back, or the team does on their word. Records `appeal.withdrawn`; its clock ends.

    `at` aware UTC. Withdrawing twice is the same as once. Raises `AppealSettled`, `NotPermitted`.
    """
    appeal = _lock(appeal_id)
    permissions.check_can_act(by, Action.APPEAL_FILE, appeal.case)
    if not by.is_internal and appeal.appellant != Appellant.VENDOR:
        raise NotPermitted(_("This is not your appeal."), rule="appeal.file")
    if appeal.state == AppealState.WITHDRAWN:
        return appeal
    _check_live(appeal)
    appeal.state, appeal.closed_at = AppealState.WITHDRAWN, at
    clocks.cancel_all(appeal, "withdrawn", at=at, by=by)
    enforcement.tell_no_more(appeal, case=appeal.case, at=at)
    _save(appeal, ["state", "closed_at"])
    _tell(events.APPEAL_WITHDRAWN, appeal, by=by, at=at, assignee_id=appeal.assignee_id)
    return appeal


# -- Deciding


def check_may_decide(by: User, appeal: Appeal) -> None:
    """Raises `NotPermitted` for who may not decide this appeal: the decision's decider, its second person, the submitter,
    and with `APPEALS_EXCLUDE_LEADS` whoever leads a team of the decider."""
    permissions.check_can_act(by, Action.APPEAL_DECIDE, appeal.case)
    if by.pk == appeal.original_decider_id:
        raise NotPermitted(_("You took the decision: somebody else looks at its appeal."), code="own_decision")
    if by.pk == appeal.case.submitted_by_id:
        raise NotPermitted(_("You submitted this case: somebody else decides its appeal."), code="own_submission")
    agreed = Approval.objects.filter(decision_id=appeal.decision_id, answered_by=by, state=ApprovalState.APPROVED)
    if agreed.exists():
        raise NotPermitted(_("You approved the decision: somebody else looks at its appeal."), code="own_decision")
    if settings.APPEALS_EXCLUDE_LEADS and leads(by, appeal.original_decider):
        raise NotPermitted(_("You lead the team of who decided: somebody outside it decides."), code="own_team")


def leads(by: User, decider: User) -> bool:
    """Whether `by` leads a team of the decider's."""
    return Role.LEAD in by.access.roles and bool(set(by.access.team_ids) & set(decider.access.team_ids))


@transaction.atomic
def decide_appeal(
    *, appeal_id: int, judgement: Judgement, by: User, at: datetime, hold: timedelta | None = None
) -> Appeal:
    """Decide an appeal one holds; it may be undone for `hold` (unless given, `by.undo_s` seconds), then it is carried out.

    `at` aware UTC. Restoring at S0 and S1 or on a protected account waits for a second person. Stops the clock, records
    `appeal.decided`. Raises `Invalid` (every wrong value at once), `AppealSettled`, `NotPermitted`.
    """
    appeal = _lock(appeal_id)
    _check_holder(appeal, by)
    _check_live(appeal)
    _check(appeal, judgement)
    appeal.state = AppealState.DECIDED
    appeal.outcome, appeal.grounds = judgement.outcome, judgement.grounds or ""
    appeal.lifted = sorted(set(judgement.lifted)) if judgement.outcome is Outcome.PARTIAL else []
    appeal.rationale, appeal.answer = judgement.rationale.strip(), judgement.answer.strip()
    appeal.decided_by, appeal.decided_at = by, at
    appeal.hold_until = at + (timedelta(seconds=by.undo_s) if hold is None else hold)
    clocks.stop(appeal, Metric.RESOLVE, at=at, by=by, cause="appeal_decided")
    enforcement.tell_no_more(appeal, case=appeal.case, at=at)
    _save(appeal, _JUDGEMENT)
    timers.arm(appeal, HOLD_TIMER, due_at=appeal.hold_until)
    need = _need(appeal)
    if need is not None:
        approvals.ask(case=appeal.case, about=ApprovalAbout.APPEAL, about_id=appeal.pk, need=need, by=by, at=at)
    _tell(events.APPEAL_DECIDED, appeal, by=by, at=at, outcome=appeal.outcome, hold_until=appeal.hold_until.isoformat())
    return appeal


_JUDGEMENT = ["state", "outcome", "grounds", "lifted", "rationale", "answer", "decided_by", "decided_at", "hold_until"]


def _need(appeal: Appeal) -> approvals.Need | None:
    """The rule that wants a second person for this outcome: it restores something, so that the rule of restoring holds."""
    if appeal.outcome == Outcome.UPHELD or appeal.decision.verdict not in TAKEDOWNS:
        return None
    facts = approvals.Facts(
        verdict=Verdict.RESTORE,
        severity=appeal.case.severity,
        is_high_profile=appeal.case.is_high_profile,
        is_legal_hold=appeal.case.is_legal_hold,
    )
    return approvals.need_of(facts)


def _check(appeal: Appeal, judgement: Judgement) -> None:
    problems = []
    if not judgement.rationale.strip() or len(judgement.rationale) > TEXT_MAX or "\x00" in judgement.rationale:
        problems.append(
            FieldProblem("/rationale", "required", _("Say why, for the team, in at most 10,000 characters."))
        )
    if appeal.appellant != Appellant.OWN and (
        not judgement.answer.strip() or len(judgement.answer) > TEXT_MAX or "\x00" in judgement.answer
    ):
        detail = _("Write what the appellant reads: the outcome, why, and what they can do next.")
        problems.append(FieldProblem("/answer", "required", detail))
    stands = judgement.outcome is Outcome.UPHELD
    if stands == (judgement.grounds is not None):
        detail = _("An error is not named where the decision stands.") if stands else _("Say what was wrong.")
        problems.append(FieldProblem("/grounds", "required", detail))
    offered = {str(action.public_id) for action in in_force(appeal)}
    if judgement.outcome is Outcome.PARTIAL and offered:
        if not judgement.lifted or set(judgement.lifted) - offered:
            detail = _("Choose which of the decision’s actions are taken back.")
            problems.append(FieldProblem("/lifted", "required", detail))
        elif set(judgement.lifted) == offered:
            detail = _("All of it is taken back: that is an overturn.")
            problems.append(FieldProblem("/lifted", "all", detail))
    if problems:
        raise Invalid(errors=problems)


def in_force(appeal: Appeal) -> list[EnforcementAction]:
    """The actions of the appealed decision that still act on somebody, oldest first.

    A merged case repeats its cluster's decision: its own are those of the cluster that act on somebody whom it names.
    """
    decision = appeal.decision
    found = (
        EnforcementAction.objects.filter(ended_at=None)
        .exclude(source__in=LIFTING)
        .exclude(state=HandOffState.CANCELLED)
    )
    if decision.repeats_id is None:
        found = found.filter(decision=decision)
    else:
        named = CaseEntity.objects.filter(case_id=appeal.case_id).values("entity_id")
        found = found.filter(decision_id=decision.repeats_id, entity_id__in=named)
    return list(found.select_related("entity", "case").order_by("pk"))


@transaction.atomic
def undo_appeal(*, appeal_id: int, by: User, at: datetime) -> Appeal:
    """Take back one's own outcome while it is held: the appeal is open again, its clock goes on. Records `appeal.undone`."""
    appeal = _lock(appeal_id)
    if appeal.decided_by_id != by.pk:
        raise NotPermitted(_("Only who decided can undo it within its hold."), rule="appeal.undo")
    if appeal.state in LIVE:
        return appeal
    if appeal.state != AppealState.DECIDED or appeal.hold_until is None or at >= appeal.hold_until:
        raise undo.UndoOver(_("The outcome was carried out already."))
    approvals.withdraw(appeal.case, about=ApprovalAbout.APPEAL, about_id=appeal.pk, by=by, at=at)
    _reopen(appeal, by=by, at=at)
    _tell(events.APPEAL_UNDONE, appeal, by=by, at=at)
    return appeal


def _reopen(appeal: Appeal, *, by: Actor, at: datetime) -> None:
    """Back to open, with its holder; what was written goes into nobody's draft, the form keeps it in the browser."""
    timers.cancel(appeal, HOLD_TIMER)
    appeal.state, appeal.outcome, appeal.grounds, appeal.lifted = AppealState.OPEN, "", "", []
    appeal.decided_by, appeal.decided_at, appeal.hold_until = None, None, None
    left = int((appeal.due_at - at).total_seconds()) if appeal.due_at is not None else 0
    _start_clock(appeal, max(LEAST_S, left), at=at, by=by)
    _save(appeal, [*_JUDGEMENT, "due_at"])


def offer_undo(appeal: Appeal, *, by: User, at: datetime) -> UndoEntry:
    """Let `by` take the outcome back until its hold ends."""
    data = {"appeal_id": appeal.pk, "go_to": f"/appeals/{appeal.ref}/"}
    return undo.offer(UNDO, by=by, at=at, label=outcome_line(appeal), data=data)


def outcome_line(appeal: Appeal) -> str:
    """What was decided, in one line: "APL-4817203 · Overturn: the decision was wrong"."""
    return f"{appeal.ref} · {Outcome(appeal.outcome).label}"


def end_hold(appeal: Appeal, timer: SlaTimer, *, at: datetime) -> None:
    """The timer's handler: a decided appeal is carried out, unless it waits for a second person, whose yes carries it out."""
    if appeal.state != AppealState.DECIDED:
        return
    # The firing holds the appeal, everybody else takes the case first: wait for nobody, come again in a moment.
    try:
        with transaction.atomic():
            Case.objects.select_for_update(nowait=True, no_key=True, of=("self",)).get(pk=appeal.case_id)
    except OperationalError:
        timers.arm(appeal, HOLD_TIMER, due_at=at + timedelta(seconds=1))
        return
    if approvals.open_of(ApprovalAbout.APPEAL, appeal.pk) is None:
        carry_out(appeal, at=at)


def carry_out(appeal: Appeal, *, at: datetime) -> None:
    """Make a decided appeal's outcome true. Called with the case and the appeal locked; `at` aware UTC.

    Overturned: every action in force is taken back with its strikes, the decision is no precedent any more. Partial: what was
    chosen. Where the decision acted on nothing, the case goes back to its queue. Records `appeal.closed` with the decider of
    the decision as the one person whom the lesson is for.
    """
    case = Case.objects.lock(appeal.case_id)
    by, reason = appeal.decided_by, outcome_line(appeal)
    appeal.state, appeal.closed_at = AppealState.CLOSED, at
    _save(appeal, ["state", "closed_at"])
    if appeal.appellant == Appellant.SUBJECT and appeal.answer and by is not None:
        said = _write(appeal, Direction.OUT, appeal.answer, by=by, at=at, language=appeal.language)
        appeal.case = case
        _hand_over(appeal, said, by=by, at=at)
    if appeal.outcome != Outcome.UPHELD:
        actions = in_force(appeal)
        lifted = [a for a in actions if appeal.outcome == Outcome.OVERTURNED or str(a.public_id) in appeal.lifted]
        if lifted:
            owner = case if lifted[0].case_id == case.pk else Case.objects.lock(lifted[0].case_id)  # the cluster's
            enforcement.reverse([action.pk for action in lifted], case=owner, reason=reason, by=by, at=at)
            hand_offs.close_if_confirmed(owner, at=at)  # what was never sent is waited for no more
        elif case.status == CaseStatus.CLOSED:
            closing.reopen(case, by=by, at=at, reason=reason)
        if appeal.outcome == Outcome.OVERTURNED and by is not None:
            precedents.overturn_precedent(decision=appeal.decision, by=by, at=at)
    _tell(
        events.APPEAL_CLOSED,
        appeal,
        by=by,
        at=at,
        outcome=appeal.outcome,
        grounds=appeal.grounds,
        user_id=appeal.original_decider_id,
    )


def _approved(case: Case, approval: Approval, *, by: User | None, at: datetime) -> None:
    """A second person agreed: carried out now if the undo time is over, else when it is."""
    appeal = Appeal.objects.select_for_update(of=("self",)).get(pk=approval.about_id)
    if appeal.state == AppealState.DECIDED and appeal.hold_until is not None and at >= appeal.hold_until:
        carry_out(appeal, at=at)


def _given_back(case: Case, approval: Approval, *, by: User | None, at: datetime) -> None:
    """A second person refused, or nobody answered in time: the appeal is open again."""
    appeal = Appeal.objects.select_for_update(of=("self",)).get(pk=approval.about_id)
    if appeal.state == AppealState.DECIDED:
        _reopen(appeal, by=by, at=at)


# -- Small parts


def _lock(appeal_id: int) -> Appeal:
    """The appeal, locked after its case (the lock order is case → appeal → clock → timer). Raises `Appeal.DoesNotExist`."""
    found = Appeal.objects.values_list("case_id", flat=True).get(pk=appeal_id)
    case = Case.objects.lock(found)
    appeal = (
        Appeal.objects.select_for_update(no_key=True, of=("self",))
        .select_related("decision", "assignee", "original_decider")
        .get(pk=appeal_id)
    )
    appeal.case = case
    return appeal


def _save(appeal: Appeal, fields: Collection[str]) -> None:
    appeal.revision += 1
    appeal.save(update_fields=[*fields, "revision"])


def _write(
    appeal: Appeal, direction: Direction, body: str, *, by: User | ServiceKey, at: datetime, language: str = ""
) -> AppealMessage:
    return AppealMessage.objects.create(
        organization_id=appeal.organization_id,
        case_id=appeal.case_id,
        appeal=appeal,
        direction=direction,
        body=body,
        language=language,
        at=at,
        by=by if isinstance(by, User) else None,
        by_key=by if isinstance(by, ServiceKey) else None,
    )


def _hand_over(appeal: Appeal, message: AppealMessage, *, by: Actor, at: datetime) -> None:
    """What is written to the person concerned leaves by the platform; a submitter reads it over the API and in the portal."""
    if appeal.appellant == Appellant.SUBJECT and appeal.entity is not None:
        enforcement.tell_concerned(message, appeal.entity, case=appeal.case, by=by, at=at)


def _tell(kind: str, appeal: Appeal, *, by: Actor, at: datetime, **data: object) -> None:
    """Record on the case what happened to its appeal. `is_own` tells whether the submitting organization filed it."""
    facts = {"appeal": appeal.ref, "is_own": appeal.appellant == Appellant.VENDOR, **data}
    record(kind, subject=appeal.case, by=by, at=at, data=facts)


def _check_live(appeal: Appeal) -> None:
    if appeal.state not in LIVE:
        raise AppealSettled(
            _("%(ref)s is settled: %(state)s.") % {"ref": appeal.ref, "state": AppealState(appeal.state).label}
        )


def _check_holder(appeal: Appeal, by: User) -> None:
    check_may_decide(by, appeal)
    if appeal.assignee_id != by.pk:
        raise NotPermitted(
            _("Claim %(ref)s first: only who holds an appeal may do this.") % {"ref": appeal.ref}, rule="appeal.decide"
        )


def _line(text: str, name: str, problem: str) -> str:
    text = " ".join(text.split())
    if not text or len(text) > LINE_MAX or "\x00" in text:
        raise Invalid(errors=[FieldProblem(f"/{name}", "required" if not text else "too_long", problem)])
    return text


def _text(text: str, name: str, problem: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if not text or len(text) > TEXT_MAX or "\x00" in text:
        raise Invalid(errors=[FieldProblem(f"/{name}", "required" if not text else "too_long", problem)])
    return text


def _take_back(data: undo.Data, by: User, at: datetime) -> None:
    undo_appeal(appeal_id=data["appeal_id"], by=by, at=at)


undo.on(UNDO, _take_back)
approvals.on(ApprovalAbout.APPEAL, approved=_approved, given_back=_given_back)

"""What a decision has done to things on platforms: actions queued as it takes effect, limited before it, ended, taken back.

Nothing here speaks to the platform: each action is a row with a state (`EnforcementAction`), made in the transaction of what caused
it under a key derived from that cause, so a cause that is worked twice makes it once. Sending is `operations.handing_over`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import User
from accounts.roles import Action as Right
from audit import doorbell
from audit.recording import record
from core import engine, places
from core.clock import db_now
from core.errors import FieldProblem, Invalid
from escalations import events, permissions
from escalations.enforcement_life import (
    LIFTING,
    LONGEST_MITIGATION,
    MITIGATIONS,
    NOT_HANDED_OFF,
    NOT_LIFTED,
    TARGETS,
    EndWhy,
    HandOffNotAllowed,
    HandOffState,
    Source,
    Step,
    read_step,
    read_steps,
)
from escalations.lifecycle import CaseStatus, EntityKind, EntityRole, TransitionNotAllowed, Verdict
from escalations.models import Appeal, AppealMessage, Case, CaseEntity, Decision, EnforcementAction, Entity, Strike
from escalations.operations import hand_offs, spreading, strikes
from escalations.operations.notices import NEWS
from policies.lifecycle import ActionType
from policies.models import PolicyVersion

CLAIM = "enforcement"  # the engine's claim that sends (operations.handing_over)
REASON_MAX = 300
_REMIND = timedelta(hours=24)  # before an action ends its people are told: a day, or a fifth of a shorter time
_ACTED_ON = (EntityRole.VIOLATOR, EntityRole.ASSET)


@dataclass(frozen=True)
class Reversed:
    """What taking actions back did. `served_s` says by action how many seconds it had been in force."""

    lifted: list[EnforcementAction] = field(default_factory=list)  # the new rows that ask the platform to lift
    cancelled: list[EnforcementAction] = field(default_factory=list)  # had not left: nothing to lift
    strikes: list[Strike] = field(default_factory=list)
    served_s: dict[int, int] = field(default_factory=dict)


# -- What an action is done to -----------------------------------------------------------------------------------------
def entities_of(case: Case, *, by: User | None = None, clause: PolicyVersion | None = None) -> list[Entity]:
    """The things of a case that may be acted on, of a cluster's parent those of its merged members too, each once.

    Members that do not get the cluster's decision (`spreading.why_left_out`, judged for `by` and `clause`) are left alone.
    """
    cases: list[int] = [case.pk]
    if case.cluster_size:
        labels = by.access.compartments if by is not None else frozenset()
        cases += [
            member.pk
            for member in spreading.members_of(case)
            if not spreading.why_left_out(member, case, clause, labels=labels)
        ]
    subjects = CaseEntity.objects.filter(case__in=cases, role__in=_ACTED_ON).select_related("entity")
    return list({subject.entity_id: subject.entity for subject in subjects.order_by("added_at", "pk")}.values())


def targets_of(kind: ActionType, entities: Sequence[Entity]) -> list[Entity]:
    """Those of a case's things that an action of this kind is done to; all of them where none is of its kinds."""
    wanted = TARGETS.get(kind)
    fitting = [entity for entity in entities if wanted is None or EntityKind(entity.kind) in wanted]
    return fitting or list(entities)


def _key(*cause: object) -> str:
    """The one key of an action: derived from what caused it, so a cause that comes again meets its own row."""
    return "enf_" + hashlib.sha256("|".join(map(str, cause)).encode()).hexdigest()[:48]


# -- A decision takes effect -------------------------------------------------------------------------------------------
def enforce(decision: Decision, *, case: Case, at: datetime) -> int:
    """Queue what an effective decision says, in the transaction that makes it effective; answers how many hand-offs are open.

    The case is locked; `at` (aware UTC) is when the decision takes effect. A decision that replaces an earlier one keeps in force
    what it repeats and takes back the rest, with the strikes; the time already served counts. Temporary mitigations end: the
    decision stands in their place, unless it finds that no rule fits. Practice and sandbox cases reach no platform. Records `enforcement.queued`, and what strikes
    and reversals record.
    """
    if case.is_sandbox or case.is_practice_for_id is not None:
        return 0
    entities = entities_of(case, by=decision.decided_by, clause=decision.clause)
    steps = read_steps(decision.actions)
    wanted = {
        (step.type.value, entity.pk): (step, entity)
        for step in steps
        if step.type not in NOT_HANDED_OFF
        for entity in targets_of(step.type, entities)
    }
    earlier = _in_force_of(case)
    kept = {(action.type, action.entity_id): action for action in earlier if _is_repeated(action, wanted)}
    given_before = list(
        Strike.objects.filter(case=case, refunded_at__isnull=True).exclude(decision=decision).select_related("clause")
    )
    reason = _("A later decision took its place.")
    strikes.refund(given_before, case=case, why=reason, by=decision.decided_by, at=at)
    if any(step.type is ActionType.STRIKE for step in steps):
        for (kind, entity_id), found in _from_strikes(decision, case, entities, given_before, at=at).items():
            if (kind, entity_id) not in wanted:
                wanted[kind, entity_id] = found
                kept |= {(a.type, a.entity_id): a for a in earlier if _is_repeated(a, {(kind, entity_id): found})}
    # Where no rule fits, what was limited meanwhile holds on until its own end: the gap is not answered yet (ux.md DEC-14).
    meanwhile = {
        action.pk
        for action in earlier
        if decision.verdict == Verdict.POLICY_GAP
        and action.source == Source.MITIGATION
        and (action.type, action.entity_id) not in wanted
    }
    gone = [
        action
        for action in earlier
        if kept.get((action.type, action.entity_id)) is not action and action.pk not in meanwhile
    ]
    undone = _take_back(gone, case=case, reason=reason, why=EndWhy.REPLACED, by=decision.decided_by, at=at)
    restored = {action.entity_id for action in undone.lifted}
    made = []
    for (kind, entity_id), (step, entity) in wanted.items():
        if (kind, entity_id) in kept or (step.type is ActionType.RESTORE and entity_id in restored):
            continue
        row = _of_decision(decision, case, step, entity, at=at, served=_served_before(gone, step, entity, at=at))
        if row is not None:
            made.append(row)
    _queue(made, case=case, by=decision.decided_by, at=at)
    return hand_offs.open_of(case).count()


_Wanted = dict[tuple[str, int], tuple[Step, Entity]]


def _in_force_of(case: Case) -> list[EnforcementAction]:
    """Actions of a case that are in force or on their way: neither ended nor lifting others. Locks them."""
    found = EnforcementAction.objects.select_for_update(of=("self",)).filter(case=case, ended_at__isnull=True)
    return list(
        found.exclude(source__in=(*LIFTING, Source.APPEAL)).exclude(state=HandOffState.CANCELLED).order_by("pk")
    )


def _is_repeated(action: EnforcementAction, wanted: _Wanted) -> bool:
    """Whether the new decision says the same again. What was refused is asked anew, under a new key."""
    again = wanted.get((action.type, action.entity_id))
    if again is None or action.source == Source.MITIGATION or action.state == HandOffState.REFUSED:
        return False
    return again[0] == action.step


def _from_strikes(
    decision: Decision, case: Case, entities: Sequence[Entity], before: Sequence[Strike], *, at: datetime
) -> _Wanted:
    """Give the decision's strikes; answers the actions that the thresholds they crossed lead to."""
    found: _Wanted = {}
    if decision.clause is None:
        return found
    for entity in targets_of(ActionType.STRIKE, entities):
        same = [s for s in before if s.entity_id == entity.pk and s.clause.policy_id == decision.clause.policy_id]
        since = min((strike.given_at for strike in same), default=None)
        given = strikes.give(decision, entity, decision.clause, case=case, at=at, since=since)
        for threshold in given.crossed if given is not None else ():
            for action in threshold.actions:
                found[action.type.value, entity.pk] = (Step(action.type, action.days), entity)
    return found


def _served_before(gone: Iterable[EnforcementAction], step: Step, entity: Entity, *, at: datetime) -> int:
    """Seconds for which the same kind of action was in force on an entity until this decision replaced it."""
    same = [action for action in gone if action.type == step.type and action.entity_id == entity.pk]
    return max((served_s(action, at=at) for action in same), default=0)


def served_s(action: EnforcementAction, *, at: datetime) -> int:
    """How many seconds an action had been in force by `at` (aware UTC): from the platform's word to its end."""
    if action.state != HandOffState.ACCEPTED or action.settled_at is None:
        return 0
    until = min(moment for moment in (at, action.ends_at, action.ended_at) if moment is not None)
    return max(0, int((until - action.settled_at).total_seconds()))


def _of_decision(
    decision: Decision, case: Case, step: Step, entity: Entity, *, at: datetime, served: int
) -> EnforcementAction | None:
    """The row of one step on one entity; None where the time it would last was served already."""
    left = timedelta(days=step.days) - timedelta(seconds=served) if step.days else None
    if left is not None and left <= timedelta(0):
        return None
    source = Source.DECISION if step.key in decision.actions else Source.THRESHOLD
    cause = (source.value, decision.public_id, step.key, entity.pk)
    return _row(case, step, entity, cause, source=source, at=at, left=left, decision=decision)


def _row(
    case: Case,
    step: Step,
    entity: Entity,
    cause: Sequence[object],
    *,
    source: Source,
    at: datetime,
    left: timedelta | None,
    decision: Decision | None = None,
    reason: str = "",
    by: User | None = None,
) -> EnforcementAction:
    ends_at = at + left if left is not None else None
    return EnforcementAction(
        organization_id=case.organization_id,
        case=case,
        key=_key(*cause),
        decision=decision,
        source=source,
        entity=entity,
        type=step.type,
        markets=list(step.markets),
        days=step.days,
        queued_at=at,
        next_at=at,
        ends_at=ends_at,
        remind_at=ends_at - min(_REMIND, (ends_at - at) / 5) if ends_at is not None else None,
        reason=reason[:REASON_MAX],
        asked_by=by,
    )


def _queue(rows: Sequence[EnforcementAction], *, case: Case, by: Actor, at: datetime) -> None:
    """Save new rows and record `enforcement.queued`; the engine sends them once this is committed."""
    if not rows:
        return
    EnforcementAction.objects.bulk_create(rows)
    listed = [
        {
            "action": str(row.public_id),
            "type": row.type,
            "source": row.source,
            "ends_at": row.ends_at.isoformat() if row.ends_at is not None else None,
        }
        for row in rows[:20]
    ]
    record(events.ENFORCEMENT_QUEUED, subject=case, by=by, at=at, data={"count": len(rows), "actions": listed})
    doorbell.ring_after_commit(CLAIM)


def tell_concerned(message: AppealMessage, entity: Entity, *, case: Case, by: Actor, at: datetime) -> None:
    """Hand what the team writes to the person concerned to the platform, which tells them; where it stands is the hand-off's state.

    In the caller's transaction, the case locked; `at` is aware UTC. Practice and sandbox cases reach no platform, and what is imported
    from long ago goes out no more. Records `enforcement.queued`.
    """
    if case.is_sandbox or case.is_practice_for_id is not None or at <= timezone.now() - NEWS:
        return
    step = Step(ActionType.MESSAGE)
    row = _row(case, step, entity, (Source.APPEAL.value, message.public_id), source=Source.APPEAL, at=at, left=None)
    row.tells = message
    _queue([row], case=case, by=by, at=at)


def tell_no_more(appeal: Appeal, *, case: Case, at: datetime) -> None:
    """Withdraw what an appeal wanted to ask and what has not left: it is answered, judged or taken back. The case is locked."""
    waiting = EnforcementAction.objects.select_for_update(of=("self",)).filter(
        case=case, tells__appeal=appeal, state=HandOffState.QUEUED, sent_at__isnull=True
    )
    for action in waiting:
        action.move_to(HandOffState.CANCELLED, at=at)
        _end(action, why=EndWhy.REVERSED, at=at)
        action.save(update_fields=[*EnforcementAction.STATE_FIELDS, "ended_at", "ended_why", "remind_at"])


# -- Taking back -------------------------------------------------------------------------------------------------------
def reverse(
    action_ids: Sequence[int],
    *,
    case: Case,
    reason: str,
    by: Actor,
    at: datetime,
    refund_strikes: bool = True,
    why: EndWhy = EndWhy.REVERSED,
) -> Reversed:
    """Take actions of a locked case back: what left is lifted by a hand-off of its own, what had not is never sent.

    `at` is aware UTC. Actions that ended before are passed over; so are kinds that nothing can lift (a warning), which end all the
    same. With `refund_strikes` the strikes of their decisions are given back. Who may is the caller's question. Records
    `enforcement.reversed`, `strike.refunded`.
    """
    found = EnforcementAction.objects.select_for_update(of=("self",)).filter(case=case, pk__in=list(action_ids))
    actions = [
        action
        for action in found.order_by("pk")
        if action.ended_at is None and action.source not in LIFTING and action.state != HandOffState.CANCELLED
    ]
    done = _take_back(actions, case=case, reason=reason, why=why, by=by, at=at)
    if refund_strikes:
        decisions = {action.decision_id for action in actions if action.decision_id is not None}
        given = Strike.objects.filter(case=case, decision__in=decisions, refunded_at__isnull=True)
        done.strikes.extend(strikes.refund(given, case=case, why=reason, by=by, at=at))
    return done


def reverse_decision(decision: Decision, *, case: Case, reason: str, by: Actor, at: datetime) -> Reversed:
    """Take back everything of a decision that is in force, with the strikes it gave; see `reverse`. The case is locked."""
    ids = EnforcementAction.objects.filter(decision=decision, ended_at__isnull=True).values_list("pk", flat=True)
    done = reverse(list(ids), case=case, reason=reason, by=by, at=at, refund_strikes=False)
    given = Strike.objects.filter(case=case, decision=decision, refunded_at__isnull=True)
    done.strikes.extend(strikes.refund(given, case=case, why=reason, by=by, at=at))
    return done


def _take_back(
    actions: Sequence[EnforcementAction], *, case: Case, reason: str, why: EndWhy, by: Actor, at: datetime
) -> Reversed:
    """End locked actions and queue what lifts them. Records `enforcement.reversed` where there were any."""
    done = Reversed()
    for action in actions:
        done.served_s[action.pk] = served_s(action, at=at)
        _end(action, why=why, at=at)
        refused = action.state == HandOffState.REFUSED
        if refused or action.state == HandOffState.QUEUED:
            action.move_to(HandOffState.CANCELLED, at=at)
            action.save(update_fields=[*EnforcementAction.STATE_FIELDS, "ended_at", "ended_why", "remind_at"])
            done.cancelled.append(action)
            if action.sent_at is None or refused:
                continue  # it never left, or the platform will not: there is nothing to lift
        else:
            action.save(update_fields=["ended_at", "ended_why", "remind_at"])
        if ActionType(action.type) not in NOT_LIFTED:
            source = Source.END if why is EndWhy.EXPIRED else Source.REVERSAL
            done.lifted.append(_lift(action, case=case, source=source, reason=reason, by=by, at=at))
    if actions and why is not EndWhy.EXPIRED:
        record(
            events.ENFORCEMENT_REVERSED,
            subject=case,
            by=by,
            at=at,
            data={
                "count": len(actions),
                "actions": [str(action.public_id) for action in actions[:20]],
                "reason": reason[:REASON_MAX],
                "why": why.value,
            },
        )
    _queue(done.lifted, case=case, by=by, at=at)
    return done


def _end(action: EnforcementAction, *, why: EndWhy, at: datetime) -> None:
    action.ended_at, action.ended_why, action.remind_at = at, why, None


def _lift(
    action: EnforcementAction, *, case: Case, source: Source, reason: str, by: Actor, at: datetime
) -> EnforcementAction:
    row = _row(
        case,
        Step(ActionType(action.type), None, tuple(action.markets)),
        action.entity,
        ("lift", action.key),
        source=source,
        at=at,
        left=None,
        reason=reason,
        by=by if isinstance(by, User) else None,
    )
    row.decision_id, row.reverses, row.served_s = action.decision_id, action, served_s(action, at=at)
    return row


@transaction.atomic
def lift_action(*, action_id: int, reason: str, by: User, at: datetime) -> EnforcementAction:
    """A person ends an action before its time: a mitigation no longer needed, a measure that did its work.

    `at` is aware UTC. Strikes stay: taking a decision itself back is an appeal or a new decision. Records `enforcement.reversed`.
    Raises `Invalid` (no reason), `NotPermitted`, `HandOffNotAllowed` (it ended before, or lifts another).
    """
    reason = said(reason)
    case = Case.objects.lock(EnforcementAction.objects.values_list("case_id", flat=True).get(pk=action_id))
    permissions.check_can_act(by, Right.MITIGATE, case)
    done = reverse([action_id], case=case, reason=reason, by=by, at=at, refund_strikes=False)
    if not (done.lifted or done.cancelled or done.served_s):
        raise HandOffNotAllowed(_("This action is not in force: there is nothing to lift."))
    touch(case, at=at)
    hand_offs.close_if_confirmed(case, at=at)
    return EnforcementAction.objects.get(pk=action_id)


# -- Before a decision -------------------------------------------------------------------------------------------------
@transaction.atomic
def mitigate(
    *,
    case_id: int,
    kind: ActionType,
    entity_ids: Sequence[int],
    until: datetime,
    reason: str,
    by: User,
    at: datetime,
    markets: Sequence[str] = (),
) -> list[EnforcementAction]:
    """Limit what a case is about until it is decided: one row for each entity, which ends at `until` by itself.

    `until` and `at` are aware UTC, at most fourteen days apart. Empty `entity_ids` mean everything an action of this kind is done
    to. Asking for what is in force already answers that. Records `enforcement.mitigated`. Raises `Invalid`, `NotPermitted`,
    `TransitionNotAllowed` (decided or closed), `Case.DoesNotExist`.
    """
    reason = said(reason)
    case = Case.objects.lock(case_id)
    permissions.check_can_act(by, Right.MITIGATE, case)
    if case.status in (CaseStatus.DECIDED, CaseStatus.CLOSED):
        raise TransitionNotAllowed(_("A temporary mitigation comes before a decision: this case is decided."))
    problems = []
    if kind not in MITIGATIONS:
        detail = _("Only what limits and can be lifted is done before a decision.")
        problems.append(FieldProblem("/type", "not_temporary", detail))
    if not at < until <= at + LONGEST_MITIGATION:
        detail = _("Choose an end from now to %(days)d days ahead.") % {"days": LONGEST_MITIGATION.days}
        problems.append(FieldProblem("/until", "out_of_range", detail))
    if case.is_sandbox or case.is_practice_for_id is not None:
        problems.append(FieldProblem("/entities", "practice", _("Practice and sandbox cases reach no platform.")))
    step = _step(kind, markets, problems)
    known = {entity.pk: entity for entity in entities_of(case, by=by)}
    chosen = [known[pk] for pk in dict.fromkeys(entity_ids) if pk in known]
    if len(chosen) < len(set(entity_ids)):
        problems.append(FieldProblem("/entities", "unknown", _("One of these is not a subject of the case.")))
    if not entity_ids:
        chosen = targets_of(kind, list(known.values()))
    if not chosen:
        detail = _("The case names nothing on a platform: add its subject first.")
        problems.append(FieldProblem("/entities", "required", detail))
    if problems:
        raise Invalid(errors=problems)
    running = {
        (action.type, action.entity_id)
        for action in _in_force_of(case)
        if action.source == Source.MITIGATION and action.state != HandOffState.REFUSED
    }
    rows = [
        _row(
            case,
            step,
            entity,
            ("mitigation", case.ref, at.isoformat(), step.key, entity.pk),
            source=Source.MITIGATION,
            at=at,
            left=until - at,
            reason=reason,
            by=by,
        )
        for entity in chosen
        if (kind.value, entity.pk) not in running
    ]
    if rows:
        data = {"type": kind.value, "count": len(rows), "ends_at": until.isoformat(), "reason": reason}
        record(events.ENFORCEMENT_MITIGATED, subject=case, by=by, at=at, data=data)
        _queue(rows, case=case, by=by, at=at)
        touch(case, at=at)
    return rows


def _step(kind: ActionType, markets: Sequence[str], problems: list[FieldProblem]) -> Step:
    try:
        step = read_step(Step(kind, None, tuple(markets)).key)
        if not places.COUNTRIES.issuperset(step.markets):
            raise ValueError(markets)
        return step
    except ValueError:
        problems.append(FieldProblem("/markets", "unknown", _("Write markets as two-letter countries, such as DE.")))
        return Step(kind)


def said(reason: str) -> str:
    reason = reason.replace("\x00", "").strip()
    if not reason or len(reason) > REASON_MAX:
        detail = _("Give the reason in a line of at most 300 characters.")
        raise Invalid(errors=[FieldProblem("/reason", "required" if not reason else "too_long", detail)])
    return reason


def touch(case: Case, *, at: datetime) -> None:
    case.touch(at=at)
    case.save(update_fields=["revision", "updated_at"])


# -- Time --------------------------------------------------------------------------------------------------------------
def end_now(limit: int) -> int:
    """The engine's claim: tell of actions that end soon and end those whose time is over, at the database's present time."""
    at = db_now()
    return remind_due(at=at, limit=limit) + end_due(at=at, limit=limit)


def remind_due(*, at: datetime, limit: int = 100) -> int:
    """Record `enforcement.ending` for actions that end soon, each once; answers how many. `at` is aware UTC."""
    # Uses index: enforcement_reminding
    due = EnforcementAction.objects.filter(remind_at__lte=at).order_by("remind_at", "pk").values_list("pk", "case_id")
    return sum(_remind(pk, case_id, at=at) for pk, case_id in due[:limit])


@transaction.atomic
def _remind(action_id: int, case_id: int, *, at: datetime) -> int:
    case = Case.objects.select_for_update(no_key=True, skip_locked=True, of=("self",)).filter(pk=case_id).first()
    if case is None:
        return 0
    action = EnforcementAction.objects.select_for_update(of=("self",)).get(pk=action_id)
    if action.remind_at is None or action.remind_at > at:
        return 0
    action.remind_at = None
    action.save(update_fields=["remind_at"])
    if action.ended_at is None and action.ends_at is not None and action.ends_at > at:
        data = {"action": str(action.public_id), "type": action.type, "ends_at": action.ends_at.isoformat()}
        record(events.ENFORCEMENT_ENDING, subject=case, by=None, at=at, data=data)
    return 1


def end_due(*, at: datetime, limit: int = 100) -> int:
    """End actions whose time is over and queue what lifts them; answers how many. `at` is aware UTC. Any number at once."""
    # Uses index: enforcement_ending
    due = EnforcementAction.objects.filter(ended_at__isnull=True, ends_at__lte=at).order_by("ends_at", "pk")
    done = 0
    for pk, case_id in due.values_list("pk", "case_id")[:limit]:
        engine.progress()
        done += _end_one(pk, case_id, at=at)
    return done


@transaction.atomic
def _end_one(action_id: int, case_id: int, *, at: datetime) -> int:
    case = Case.objects.select_for_update(no_key=True, skip_locked=True, of=("self",)).filter(pk=case_id).first()
    if case is None:  # somebody works on it; the next turn finds it again
        return 0
    action = EnforcementAction.objects.select_for_update(of=("self",)).get(pk=action_id)
    if action.ended_at is not None or action.ends_at is None or action.ends_at > at:
        return 0
    if action.source in LIFTING or action.state == HandOffState.CANCELLED:
        _end(action, why=EndWhy.EXPIRED, at=at)
        action.save(update_fields=["ended_at", "ended_why", "remind_at"])
        return 1
    data = {"action": str(action.public_id), "type": action.type}
    record(events.ENFORCEMENT_ENDED, subject=case, by=None, at=at, data=data)
    _take_back([action], case=case, reason=_("Its time is over."), why=EndWhy.EXPIRED, by=None, at=at)
    hand_offs.close_if_confirmed(case, at=at)
    return 1

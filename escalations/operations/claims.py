"""Holding a case: claim, next best, release, lease, assignment.

One case has at most one live assignee (domain.md, invariant 2): every verb here first locks the case's row, or takes it by
one statement that skips what others have locked.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import EmptyResultSet
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Skill, User
from accounts.permissions import check_can
from accounts.roles import Action, Reach
from audit.recording import record
from core.errors import DomainError, Invalid, NotPermitted
from escalations import events, permissions
from escalations.lifecycle import CaseStatus, Metric
from escalations.models import Case, Queue, SlaTimer
from escalations.operations import clocks, ordering, timers, undo
from escalations.operations.saving import save
from escalations.querysets import CaseQuerySet

CLAIM_LEASE = timedelta(minutes=15)  # without input the case goes back to its queue (ux.md SLA-8)
LEASE_TIMER = "lease"
_OF_LANGUAGE = "language"
# What a claimed case is read with: all but the vectors of its words, which only searches read.
_COLUMNS = ", ".join(
    f"escalations_case.{field.column}"
    for field in Case._meta.concrete_fields
    if field.name not in ("outward_vector", "internal_vector")
)


class AlreadyClaimed(DomainError):
    """Somebody else holds the case: `holder` and `since` (aware UTC) say who and from when."""

    code = "already_claimed"
    title = "Somebody else has claimed this case"

    def __init__(self, case: Case) -> None:
        assert case.assignee is not None
        super().__init__(
            _("%(person)s has claimed %(ref)s.") % {"person": case.assignee.display_name, "ref": case.ref},
            holder=case.assignee.display_name,
            since=case.claimed_at,
        )
        self.holder, self.since = case.assignee, case.claimed_at


@transaction.atomic
def claim_case(*, case_id: int, by: User, at: datetime) -> Case:
    """Give an unclaimed case to a person, with a lease that input renews. Claiming one's own case renews the lease.

    `at` is the aware UTC time of the claim. Locks the case; records `case.claimed`; stops clock A; arms the lease's timer.
    Raises `NotPermitted`, `AlreadyClaimed` (with the holder), `TransitionNotAllowed`, `Case.DoesNotExist`.
    """
    case = Case.objects.lock(case_id)
    permissions.check_can_act(by, Action.CASE_CLAIM, case)
    if case.assignee_id == by.pk and case.status in (CaseStatus.IN_REVIEW, CaseStatus.WAITING):
        return renew_lease(case_id=case_id, by=by, at=at)
    if case.has_live_lease(at=at):
        raise AlreadyClaimed(case)
    if case.assignee_id is not None:  # the lease is over, its timer has not fired yet
        let_go(case, by=None, at=at, cause="lease")
    return hold(case, by=by, at=at)


def hold(case: Case, *, by: User, at: datetime) -> Case:
    """Make `by` the holder of a locked case that is new; the rules of who may are the caller's.

    Saves, records `case.claimed`, stops clock A, arms the lease's timer.
    """
    case.move_to(CaseStatus.IN_REVIEW, at=at)
    case.assignee, case.claimed_at, case.lease_until = by, at, at + CLAIM_LEASE
    case.snoozed_until, case.snooze_wake_on = None, ""
    clocks.stop(case, Metric.ACKNOWLEDGE, at=at, by=by)
    save(case, [*Case.STATUS_FIELDS, "snoozed_until", "snooze_wake_on"], at=at)
    _after_claim(case, by=by, at=at)
    return case


def _after_claim(case: Case, *, by: User, at: datetime) -> None:
    timers.arm(case, LEASE_TIMER, due_at=at + CLAIM_LEASE)
    record(
        events.CASE_CLAIMED,
        subject=case,
        by=by,
        at=at,
        data={"queue_id": case.queue_id, "lease_until": (at + CLAIM_LEASE).isoformat()},
    )


@dataclass(frozen=True)
class Offer:
    """What a person may be given by "next best": their queues (None: every queue), languages, skills, harms left out.

    `languages` empty means that the person named none, and every language is offered.
    """

    queue_ids: tuple[int, ...] | None
    languages: frozenset[str]
    skills: frozenset[str]
    harms_left_out: tuple[str, ...]


def offer_for(person: User, *, at: datetime) -> Offer:
    """Read a person's queues and skills valid at `at` (aware UTC). Two queries.

    Raises `NotPermitted` where the role claims nothing.
    """
    check_can(person, Action.CASE_CLAIM)
    skills = set()
    languages = set()
    for kind, value in Skill.objects.filter(
        Q(certified_until_on__isnull=True) | Q(certified_until_on__gte=at.date()), user=person
    ).values_list("kind", "value"):
        skills |= {f"{kind}:{value}", value}
        if kind == _OF_LANGUAGE:
            languages.add(value.lower())
    queues = Queue.objects.all()
    if person.reach(Action.CASE_CLAIM) is not Reach.ALL:
        queues = queues.filter(Q(team_id__in=person.access.team_ids) | Q(is_default=True))
    found = list(queues.order_by("pk").values_list("pk", "required_skills"))
    open_to = tuple(pk for pk, required in found if skills.issuperset(required))
    everything = person.reach(Action.CASE_CLAIM) is Reach.ALL and len(open_to) == len(found)
    return Offer(
        None if everything else open_to, frozenset(languages), frozenset(skills), tuple(sorted(person.harm_opt_outs))
    )


def offered(offer: Offer, *, by: User, at: datetime) -> Q:
    """The condition for cases that "next best" may give to `by` at `at`, in no order.

    A language or skill that the person lacks is forgiven once the case is at risk, so that nothing starves (F032); a harm
    they opted out of never is.
    """
    wanted = Q(is_open=True, assignee__isnull=True, status=CaseStatus.NEW, is_sandbox=False, is_practice_for=None)
    wanted &= Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=at)
    wanted &= ~Q(submitted_by_id=by.pk) | Q(submitted_by_id__isnull=True)
    if offer.queue_ids is not None:
        wanted &= Q(queue_id=offer.queue_ids[0]) if len(offer.queue_ids) == 1 else Q(queue_id__in=offer.queue_ids)
    if offer.harms_left_out:
        wanted &= ~Q(harm__in=offer.harms_left_out)
    fits = Q(required_skills=[]) | Q(required_skills__contained_by=sorted(offer.skills))
    if offer.languages:
        spoken = Q(language="")
        for language in sorted(offer.languages):
            spoken |= Q(language=language) | Q(language__startswith=f"{language}-")
        fits &= spoken
    return wanted & (fits | Q(risk_at__lte=at))


def is_practising(person: User) -> bool:
    """Whether the person is in the practice lane (`operations.practice`)."""
    return bool(person.practice_state.get("state") == "on")


def practice_of(person: User) -> CaseQuerySet:
    """The cases of the person's present round of practice."""
    return Case.objects.filter(is_practice_for=person, ref__in=person.practice_state.get("refs", []))


@transaction.atomic
def claim_next(*, by: User, at: datetime, within: Q | None = None, passing_over: Collection[int] = ()) -> Case | None:
    """Claim the best case that `by` may be given, within a view's condition; None where there is none.

    `at` is aware UTC. `passing_over` are ids that others look at just now, or that the person passed: taken only when there is
    nothing else to take from. One statement takes the row and skips what others have locked, so that two people never
    wait for each other and never get the same case. Who practises gets their practice cases only. Records `case.claimed`; stops clock A; arms the lease's timer.
    Raises `NotPermitted`.
    """
    if is_practising(by):
        check_can(by, Action.CASE_CLAIM)
        wanted, passing_over = Q(pk__in=practice_of(by).filter(status=CaseStatus.NEW).values("pk")), ()
    else:
        offer = offer_for(by, at=at)
        if offer.queue_ids == ():
            return None
        wanted = offered(offer, by=by, at=at)
        if within is not None:
            wanted &= within
    found = _take(by, at, wanted & ~Q(pk__in=list(passing_over)) if passing_over else wanted)
    if found is None:  # once more: without regard for viewers, and for what was locked an instant ago
        found = _take(by, at, wanted)
    if found is None:
        return None
    # Without a clock to stop nothing of its place in the order has moved.
    if clocks.stop(found, Metric.ACKNOWLEDGE, at=at, by=by) is not None:
        ordering.reorder(found, at=at)
        found.save(update_fields=ordering.FIELDS)
    _after_claim(found, by=by, at=at)
    return found


def _take(by: User, at: datetime, wanted: Q) -> Case | None:
    """Claim the first of the wanted cases that nobody else locks, and answer its row. One statement."""
    # Uses index: case_unclaimed_by_queue (one queue), case_unclaimed_by_order (several).
    rows = Case.objects.visible_to(by).filter(wanted).order_by("order_at", "id").values("pk")[:1]
    try:
        select, params = rows.query.sql_with_params()
    except EmptyResultSet:  # the view's condition can hold for no case
        return None
    # OF the case alone: a filter's joins must lock nobody else's rows. MATERIALIZED, or the planner may run it twice.
    statement = f"""
        WITH best AS MATERIALIZED ({select} FOR NO KEY UPDATE OF escalations_case SKIP LOCKED)
        UPDATE escalations_case SET status = %s, assignee_id = %s, claimed_at = %s, lease_until = %s,
          snoozed_until = NULL, snooze_wake_on = '', revision = revision + 1, updated_at = %s
        FROM best WHERE escalations_case.id = best.pk RETURNING {_COLUMNS}
    """
    claimed = Case.objects.raw(statement, [*params, CaseStatus.IN_REVIEW.value, by.pk, at, at + CLAIM_LEASE, at])
    return next(iter(claimed), None)


def renew_lease(*, case_id: int, by: User, at: datetime) -> Case:
    """Move the end of the holder's lease on to `at` + 15 minutes; the browser asks every minute while there is input.

    One update, no lock and no event: a sign of life changes nothing about the case. The timer re-arms itself when it fires
    and finds a later end. Raises `NotPermitted` when `by` does not hold the case any more.
    """
    renewed = Case.objects.filter(pk=case_id, assignee=by, status=CaseStatus.IN_REVIEW).update(
        lease_until=at + CLAIM_LEASE
    )
    case = Case.objects.get(pk=case_id)
    if not renewed and case.assignee_id != by.pk:
        raise NotPermitted(
            _("%(ref)s is not yours any more: claim it again.") % {"ref": case.ref}, rule=Action.CASE_CLAIM.value
        )
    return case


@transaction.atomic
def release_case(*, case_id: int, by: User, at: datetime, cause: str = "person") -> Case:
    """Give a case back to its queue, at its place. Drafts stay.

    `at` is aware UTC; `cause` is `person` or `wellness`: a pass for wellness is recorded without a name, so that no figure and
    no colleague can count it (ux.md WEL-8). Records `case.released`. Raises `NotPermitted` (neither the holder nor a lead),
    `TransitionNotAllowed`, `Case.DoesNotExist`. Releasing what nobody holds changes nothing.
    """
    case = Case.objects.lock(case_id)
    if case.assignee_id is None:
        return case
    if case.assignee_id != by.pk:
        permissions.check_can_act(by, Action.CASE_ASSIGN, case)
    let_go(case, by=None if cause == "wellness" else by, at=at, cause=cause)
    return case


def let_go(case: Case, *, by: Actor, at: datetime, cause: str) -> None:
    """Put a locked case back to `new`, unassigned; saves and records `case.released`."""
    was_waiting = case.status == CaseStatus.WAITING
    before = case.assignee_id
    case.move_to(CaseStatus.NEW, at=at)
    timers.cancel(case, LEASE_TIMER)
    if was_waiting:
        timers.cancel(case, "wait")
        clocks.resume(case, at=at, by=by)
    save(case, Case.STATUS_FIELDS, at=at, moves=was_waiting)
    told = {"cause": cause} | ({} if cause == "wellness" else {"before_id": before})
    record(events.CASE_RELEASED, subject=case, by=by, at=at, data=told)


def end_lease(case: Case, timer: SlaTimer, *, at: datetime) -> None:
    """The lease's timer: the case goes back to its queue, unless input moved the end on (then the timer is armed anew).

    Called with the case locked, in the transaction that fires the timer. Drafts stay for whoever claims next.
    """
    if case.status != CaseStatus.IN_REVIEW or case.lease_until is None:
        return
    if case.lease_until > at:
        timers.arm(case, LEASE_TIMER, due_at=case.lease_until)
        return
    let_go(case, by=None, at=at, cause="lease")


@transaction.atomic
def assign_case(*, case_id: int, assignee: User | None, by: Actor, at: datetime) -> Case:
    """Give a case to a named person, who then holds it without a lease; None gives it back to its queue.

    `at` is aware UTC. Taking it oneself is a claim. Locks the case; records `case.assigned`; stops clock A.
    Raises `NotPermitted`, `Invalid` (the person may not work in this queue), `TransitionNotAllowed`, `Case.DoesNotExist`.
    """
    if assignee is not None and isinstance(by, User) and assignee.pk == by.pk:
        current = Case.objects.values_list("assignee_id", flat=True).get(pk=case_id)
        if current is None or not permissions.can_act(by, Action.CASE_ASSIGN, Case.objects.get(pk=case_id)):
            return claim_case(case_id=case_id, by=by, at=at)
    case = Case.objects.lock(case_id)
    permissions.check_can_act(by, Action.CASE_ASSIGN, case)
    if assignee is None:
        if case.assignee_id is not None:
            let_go(case, by=by, at=at, cause="person")
        return case
    if case.assignee_id == assignee.pk:
        return case
    if not permissions.can_act(assignee, Action.CASE_CLAIM, case):
        raise Invalid(
            _("%(person)s cannot work in %(queue)s: choose somebody of its team.")
            % {"person": assignee.display_name, "queue": case.queue.name},
            code="assignee_not_eligible",
        )
    before = case.assignee_id
    if case.status == CaseStatus.NEW:
        case.move_to(CaseStatus.IN_REVIEW, at=at)
    elif case.status not in (CaseStatus.IN_REVIEW, CaseStatus.WAITING):
        case.move_to(CaseStatus.IN_REVIEW, at=at)  # raises with the words of the table where it is closed
    case.assignee, case.claimed_at, case.lease_until = assignee, at, None
    timers.cancel(case, LEASE_TIMER)
    clocks.stop(case, Metric.ACKNOWLEDGE, at=at, by=by)
    save(case, Case.STATUS_FIELDS, at=at)
    record(
        events.CASE_ASSIGNED,
        subject=case,
        by=by,
        at=at,
        data={"assignee_id": assignee.pk, "before_id": before},
    )
    return case


@transaction.atomic
def hand_back(*, case_id: int, to_id: int | None, by: User, at: datetime) -> Case:
    """Undo of an assignment or release: the case goes to `to_id` again (None: to its queue), if it is still `by`'s to give.

    Raises `NotPermitted` when somebody else has taken it since.
    """
    case = Case.objects.lock(case_id)
    if to_id is None:
        return release_case(case_id=case_id, by=by, at=at)
    if to_id == by.pk:
        return claim_case(case_id=case_id, by=by, at=at)
    return assign_case(case_id=case.pk, assignee=User.objects.get(pk=to_id), by=by, at=at)


undo.on("case.release", lambda data, by, at: _undo_release(data, by, at))
undo.on("case.assign", lambda data, by, at: _undo_assign(data, by, at))


def _undo_release(data: undo.Data, by: User, at: datetime) -> None:
    claim_case(case_id=data["case_id"], by=by, at=at)


def _undo_assign(data: undo.Data, by: User, at: datetime) -> None:
    hand_back(case_id=data["case_id"], to_id=data["before_id"], by=by, at=at)

"""Holding a case: claim, next best, release, lease, assignment.

One case has at most one live assignee (domain.md, invariant 2): every verb here first locks the case's row, or takes it by
one statement that skips what others have locked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import orjson
from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Access, User
from accounts.permissions import check_can
from accounts.roles import Action, Reach
from audit.recording import record, request_id, set_tables
from core import rows
from core.errors import DomainError, Invalid, NotPermitted
from escalations import events, permissions
from escalations.clock_life import UNSETTLED
from escalations.lifecycle import CaseStatus, Metric
from escalations.models import Case, SlaTimer
from escalations.operations import clocks, ordering, timers, undo
from escalations.operations.saving import save
from escalations.querysets import CaseQuerySet
from escalations.selectors import own_queues

CLAIM_LEASE = timedelta(minutes=15)  # without input the case goes back to its queue (ux.md SLA-8)
LEASE_TIMER = "lease"
_OF_LANGUAGE = "language"
_ORDER = ("order_at", "id")
_NEAR = 50  # of each queue: more than people ever claim in the same instant
_NOT_READ = frozenset({"outward_vector", "internal_vector"})  # of a claimed case: only searches read them


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
    """Read a person's queues and skills valid at `at` (aware UTC). One query.

    Raises `NotPermitted` where the role claims nothing.
    """
    check_can(person, Action.CASE_CLAIM)
    reaches_all = person.reach(Action.CASE_CLAIM) is Reach.ALL
    with connection.cursor() as cursor:
        cursor.execute(_OFFER, [person.pk, at.date(), reaches_all, sorted(person.access.team_ids)])
        held, found = (orjson.loads(text) for text in cursor.fetchone())
    skills = {word for kind, value in held for word in (f"{kind}:{value}", value)}
    languages = {value.lower() for kind, value in held if kind == _OF_LANGUAGE}
    open_to = tuple(pk for pk, required in found if skills.issuperset(required))
    everything = reaches_all and len(open_to) == len(found)
    return Offer(
        None if everything else open_to, frozenset(languages), frozenset(skills), tuple(sorted(person.harm_opt_outs))
    )


_OFFER = """
SELECT (SELECT coalesce(json_agg(json_build_array(kind, value)), '[]') FROM accounts_skill
        WHERE user_id = %s AND (certified_until_on IS NULL OR certified_until_on >= %s))::text,
  (SELECT coalesce(json_agg(json_build_array(id, required_skills) ORDER BY id), '[]') FROM escalations_queue
   WHERE %s OR team_id = ANY(%s::bigint[]) OR is_default)::text
"""


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


def claim_next(*, by: User, at: datetime, within: Q | None = None, passing_over: Collection[int] = ()) -> Case | None:
    """Claim the best case that `by` may be given, within a view's condition; None where there is none.

    `at` is aware UTC. `passing_over` are ids that others look at just now, or that the person passed: taken only when there is
    nothing else to take from. One statement takes the row, arms the lease's timer and records `case.claimed`; it skips what
    others have locked, so that two people never wait for each other and never get the same case. Who practises gets their
    practice cases only. Stops clock A. Raises `NotPermitted`.
    """
    best, passing_over = _sought(by, at, within, passing_over)
    if best is None:
        return None
    whole = best.whole or best
    # Refusals come before it: a savepoint here would cost two statements and guard nothing.
    with transaction.atomic(savepoint=False):
        found = _take(best, by, at, passing_over)
        if found is None:  # once more: without regard for viewers, and for what was locked an instant ago
            found = _take(whole, by, at, ())
        if found is None:
            return None
        case, has_clock = found
        # Without a clock to stop nothing of its place in the order has moved.
        if has_clock and clocks.stop(case, Metric.ACKNOWLEDGE, at=at, by=by) is not None:
            ordering.reorder(case, at=at)
            case.save(update_fields=ordering.FIELDS)
        return case


def likely_next(*, by: User, at: datetime, within: Q | None = None, passing_over: Collection[int] = ()) -> Case | None:
    """The case that `claim_next` would give to `by` at this instant, as far as `by` may see it; None where there is none.

    A guess: nothing is locked, changed or recorded, and somebody else may be quicker. Raises `NotPermitted`.
    """
    best, passing_over = _sought(by, at, within, passing_over)
    if best is None:
        return None
    for leaving_out in dict.fromkeys((tuple(passing_over), ())):
        with connection.cursor() as cursor:
            cursor.execute(best.select, _params_of(best, at, leaving_out))
            found = cursor.fetchone()
        if found is not None:
            return Case.objects.visible_to(by).select_related("organization").filter(pk=found[0]).first()
    return None


def _sought(
    by: User, at: datetime, within: Q | None, passing_over: Collection[int]
) -> tuple[_Best | None, Collection[int]]:
    """The statement for what `by` may be given at `at`, and the ids it leaves for later. Raises `NotPermitted`."""
    if is_practising(by):
        check_can(by, Action.CASE_CLAIM)
        return _compile(by, Q(pk__in=practice_of(by).filter(status=CaseStatus.NEW).values("pk"))), ()
    offer = offer_for(by, at=at)
    if offer.queue_ids == ():
        return None, passing_over
    if within is not None:
        return _compile(by, offered(offer, by=by, at=at) & within, offer.queue_ids or ()), passing_over
    claimant = _Claimant(by.pk, by.organization_id, by.access, bool(by.practice_state), by)
    return _best_of(claimant, offer), passing_over


@dataclass(frozen=True)
class _Claimant:
    """All of a person that decides which cases they may be given; equal where that is equal. `user` is one such."""

    user_id: int
    organization_id: int
    access: Access
    practises: bool
    user: User = field(compare=False, repr=False)


@dataclass(frozen=True)
class _Best:
    """The statement that finds a person's best case, and its parameters by name.

    Of several queues it looks at the first few of each; `whole` looks at all of them, for when these are taken just now.
    """

    select: str
    params: dict[str, Any]
    whole: _Best | None = None


# Stand for the moment of the claim and for the ids to pass over in a statement that is kept.
_THEN = datetime(1, 1, 2, tzinfo=UTC)
_PASSED: list[int] = []


@lru_cache(512)
def _best_of(claimant: _Claimant, offer: Offer) -> _Best | None:
    """The best case of everything that is offered. Kept: building its text costs more than running it."""
    return _compile(claimant.user, offered(offer, by=claimant.user, at=_THEN), offer.queue_ids or ())


def _compile(by: User, wanted: Q, queue_ids: Sequence[int] = ()) -> _Best | None:
    """The statement for the first of the wanted cases, all of `queue_ids` if any; None where the condition can hold for none."""
    # Uses index: case_unclaimed_by_queue (one queue), case_unclaimed_by_order (several).
    cases = Case.objects.visible_to(by).filter(wanted)
    cases = cases.filter(RawSQL("escalations_case.id <> ALL(%s)", (_PASSED,), output_field=BooleanField()))
    try:
        whole = _statement(cases)
        if len(queue_ids) < 2:
            return whole
        return replace(_statement(own_queues.near(cases, queue_ids, ordering=_ORDER, limit=_NEAR)), whole=whole)
    except EmptyResultSet:
        return None


def _statement(cases: CaseQuerySet) -> _Best:
    select, params = cases.order_by(*_ORDER).values("pk")[:1].query.sql_with_params()
    numbers = iter(range(len(params)))
    select = re.sub("%(.)", lambda found: f"%(best_{next(numbers)})s" if found[1] == "s" else found[0], select)
    return _Best(select, {f"best_{number}": value for number, value in enumerate(params)})


# OF the case alone: a filter's joins must lock nobody else's rows. MATERIALIZED, or the planner may run it twice.
_CLAIM = """
WITH best AS MATERIALIZED ({select} FOR NO KEY UPDATE OF escalations_case SKIP LOCKED),
claimed AS (
  UPDATE escalations_case SET status = 'in_review', assignee_id = %(by)s, claimed_at = %(at)s, lease_until = %(until)s,
    snoozed_until = NULL, snooze_wake_on = '', revision = revision + 1, updated_at = %(at)s
  FROM best WHERE escalations_case.id = best.pk RETURNING escalations_case.*
), {armed}, event AS (
  SELECT %(at)s::timestamptz AS at, %(kind)s AS kind, 'escalations.case' AS subject_type, id AS subject_id, ref AS subject_ref,
    %(actor_kind)s AS actor_kind, %(by)s::bigint AS actor_id, %(actor_label)s AS actor_label, organization_id, compartments,
    %(request_id)s AS request_id, jsonb_build_object('queue_id', queue_id, 'lease_until', %(until_text)s::text) AS data
  FROM claimed
), {made}
SELECT EXISTS (SELECT FROM escalations_slaclock k WHERE k.object_type = 'case' AND k.object_id = claimed.id
    AND k.metric = %(metric)s AND k.state = ANY(%(unsettled)s)), {columns}
FROM claimed
"""


def _take(best: _Best, by: User, at: datetime, passing_over: Collection[int]) -> tuple[Case, bool] | None:
    """Claim the first of the wanted cases that nobody else locks: its row, and whether a clock A is open. One statement."""
    until = at + CLAIM_LEASE
    params = _params_of(best, at, passing_over)
    statement, heard = _claim(best.select)
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            params
            | heard
            | timers.set_values(LEASE_TIMER, due_at=until)
            | {
                "by": by.pk,
                "at": at,
                "until": until,
                "until_text": until.isoformat(),
                "kind": events.CASE_CLAIMED,
                "actor_kind": by.actor_kind,
                "actor_label": by.actor_label[:200],
                "request_id": request_id(),
                "metric": Metric.ACKNOWLEDGE.value,
                "unsettled": [state.value for state in UNSETTLED],
            },
        )
        row = cursor.fetchone()
    return None if row is None else (rows.read(Case, row[1:], without=_NOT_READ), row[0])


def _params_of(best: _Best, at: datetime, passing_over: Collection[int]) -> dict[str, Any]:
    """The statement's parameters with the moment and the ids to pass over filled in."""
    stands_for = {id(_PASSED): list(passing_over)}
    return {name: at if value == _THEN else stands_for.get(id(value), value) for name, value in best.params.items()}


def _claim(select: str) -> tuple[str, dict[str, Any]]:
    made, heard = set_tables("event", [events.CASE_CLAIMED])
    columns = rows.columns(Case, "claimed", without=_NOT_READ)
    text = _CLAIM.format(select=select, armed=timers.set_tables("claimed"), made=made, columns=columns)
    return text, heard


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
        if cause == "wellness":  # recorded without a name: nobody takes a colleague's case away like that
            raise NotPermitted(_("You pass on what you hold yourself."), rule="case.pass")
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
    case = Case.objects.lock(data["case_id"])
    if "after_id" in data and case.assignee_id != data["after_id"]:
        raise undo.UndoOver(_("%(ref)s was released or taken since: it stays as it is.") % {"ref": case.ref})
    hand_back(case_id=case.pk, to_id=data["before_id"], by=by, at=at)

"""One act on many cases: each in a savepoint of its own, so that what cannot be done is left out with its reason (ux.md QUE-7).

Few are done in the request. More are a job of the engine, some cases at a time; above a set count a second person confirms it first.
Every case has a row that says what became of it, and until the hold is over the whole is taken back in the same way. A row and its
case change in one transaction: whatever dies in between, none is changed twice and none is forgotten.
Lock order: act → cases by id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import check_can
from accounts.roles import Reach
from audit.recording import record
from core import engine
from core.clock import db_now
from core.errors import DomainError, FieldProblem, Invalid, NotPermitted
from escalations import events, permissions
from escalations.lifecycle import BulkRowState, BulkState, Severity, Verdict
from escalations.models import ApprovalRule, BulkAct, BulkRow, Case, UndoEntry
from escalations.operations import approvals, undo
from escalations.operations.acts import ACTS, Values
from escalations.operations.clusters import Skip

ALONE_AT_MOST = 100  # permissions.md §3, "Bulk action": above it a second person confirms, whatever the rules say
AT_MOST = 10_000
IN_THE_REQUEST = 50
AT_ONCE = 20  # cases changed in one transaction of the engine
WITHIN = timedelta(hours=8)  # how long a second person has where no rule says it
HOLD = timedelta(minutes=15)  # how long after its end an act on many may be undone from its page
NOTE_MAX = REASON_MAX = 300


Said = Sequence[tuple[str, str]]
"""An act's values in words: what was asked for, and what was answered."""


class AlreadyAnswered(DomainError):
    """Somebody answered in between, or it is no longer asked."""

    code = "already_answered"
    title = "This has been answered"


class NothingDone(DomainError):
    """None of the cases could be changed; `skipped` says why."""

    code = "nothing_done"
    title = "Nothing was changed"

    def __init__(self, skipped: Sequence[Skip]) -> None:
        super().__init__(" ".join(f"{skip.ref}: {skip.why}" for skip in skipped[:3]))
        self.skipped = tuple(skipped)


@dataclass(frozen=True)
class Plan:
    """What an act would do: to these, not to those. Shown before it is done."""

    cases: tuple[Case, ...]
    skipped: tuple[Skip, ...]

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Why cases are left out, with how many, the most frequent first."""
        return Counter(skip.why for skip in self.skipped).most_common()


@dataclass(frozen=True)
class Need:
    """A second person is needed: the rule that says so (None: the count alone), and how long they have."""

    rule: ApprovalRule | None
    within: timedelta


@dataclass(frozen=True)
class Done:
    """What an act did. `undo` is None where nothing of it can be taken back, `bulk` where it was about one case."""

    refs: tuple[str, ...]
    skipped: tuple[Skip, ...]
    undo: UndoEntry | None
    bulk: BulkAct | None = None


# -- Before -------------------------------------------------------------------------------------------------------------
def plan(cases: Sequence[Case], act: str, *, by: User) -> Plan:
    """Sort `cases` (already visible to `by`) into those the act can be done to and those left out. No write.

    A change of several cases at once needs the act's right, mostly that to bulk actions; for specialists it ends at S2. Raises
    `NotPermitted`, `Invalid` (too many).
    """
    if len(cases) > AT_MOST:
        raise too_many(AT_MOST)
    several = len(cases) > 1
    if several:
        check_can(by, ACTS[act].right)
    fit: list[Case] = []
    skipped: list[Skip] = []
    for case in cases:
        why = _why_not(case, act, by=by, several=several)
        if why:
            skipped.append(Skip(case.ref, why))
        else:
            fit.append(case)
    return Plan(tuple(fit), tuple(skipped))


def too_many(limit: int) -> Invalid:
    """The refusal of a selection beyond `limit` cases."""
    sentence = _("At most %(count)d cases are changed at once: narrow the filter or select fewer.")
    return Invalid(sentence % {"count": limit}, code="too_many")


def _why_not(case: Case, act: str, *, by: User, several: bool) -> str:
    right = ACTS[act].right
    if several and by.reach(right) is not Reach.ALL and case.severity < Severity.S2:
        return _("S0 and S1 are changed one at a time.")
    if several and not permissions.can_act(by, right, case):
        return _("It is not in your queues.")
    return ACTS[act].why_not(case, by)


def need_of(cases: Sequence[Case]) -> Need | None:
    """Whether a second person confirms an act on these: by the first published rule that speaks of a count alone, or of a count and
    the cases themselves; above `ALONE_AT_MOST` always. One query.
    """
    if len(cases) < 2:
        return None
    facts = approvals.Facts(
        verdict=Verdict.NO_VIOLATION,  # no verdict is asked about: rules that name one are passed over
        severity=min(case.severity for case in cases),
        is_high_profile=any(case.is_high_profile for case in cases),
        is_legal_hold=any(case.is_legal_hold for case in cases),
        count=len(cases),
    )
    for rule in approvals.rules_in_force():
        counts = rule.count_over is not None and not rule.verdicts and not rule.actions
        if counts and approvals.fits(rule, facts):
            return Need(rule, timedelta(seconds=rule.expires_s))
    return Need(None, WITHIN) if len(cases) > ALONE_AT_MOST else None


# -- Doing --------------------------------------------------------------------------------------------------------------
@transaction.atomic
def run(
    cases: Sequence[Case], act: str, values: Values, *, label: str, by: User, at: datetime, said: Said = ()
) -> Done:
    """Do an act to each case it can be done to, now, and offer one undo for all. For what `is_job` says no to.

    `at` is aware UTC; `label` says what was done, for the undo. A refusal of one case (`DomainError`) leaves it out. Raises as
    `plan`, and `NothingDone`; records what the acts record.
    """
    wanted = plan(cases, act, by=by)
    if len(cases) == 1:
        return _run_one(cases[0], wanted, act, values, label=label, by=by, at=at)
    bulk = _begin(wanted, act, values, label=label, said=said, note="", state=BulkState.RUNNING, by=by, at=at)
    rows = list(
        BulkRow.objects.filter(bulk=bulk, state=BulkRowState.WAITING).select_related("case").order_by("case_id")
    )
    _change(bulk, rows, at=at)
    left = {row.case_id: row.why for row in rows if row.state == BulkRowState.LEFT_OUT}
    skipped = (*wanted.skipped, *(Skip(row.case.ref, row.why) for row in rows if row.case_id in left))
    refs = tuple(row.case.ref for row in rows if row.state == BulkRowState.DONE)
    if not refs:
        raise NothingDone(skipped)
    _end_if_done(bulk, at=at)
    entry = None
    if any(row.action for row in rows):
        entry = undo.offer("bulk", by=by, at=at, label=label, data={"bulk_id": bulk.pk})
    return Done(refs, skipped, entry, bulk)


def _run_one(case: Case, wanted: Plan, act: str, values: Values, *, label: str, by: User, at: datetime) -> Done:
    if wanted.skipped:
        raise NothingDone(wanted.skipped)
    try:
        with transaction.atomic():
            step = ACTS[act].do(case, values, by, at)
    except DomainError as refused:
        raise NothingDone([Skip(case.ref, refused.detail)]) from refused
    entry = undo.offer(step[0], by=by, at=at, label=label, data=step[1]) if step is not None else None
    return Done((case.ref,), (), entry)


def is_job(wanted: Plan, need: Need | None) -> bool:
    """Whether the engine does it: a second person is needed, or it would take too long for a request."""
    return need is not None or len(wanted.cases) > IN_THE_REQUEST


@transaction.atomic
def ask(
    cases: Sequence[Case], act: str, values: Values, *, label: str, note: str, by: User, at: datetime, said: Said = ()
) -> BulkAct:
    """Have the engine do an act to many cases, at once or when somebody else has confirmed it.

    `at` is aware UTC; `said` are the values in words, by field; `note` says to the second person what it is for, and is needed where one is. Records `bulk.asked` or
    `bulk.started`. Raises as `plan`, `NothingDone` (all would be left out), `Invalid` (no note).
    """
    wanted = plan(cases, act, by=by)
    if not wanted.cases:
        raise NothingDone(wanted.skipped)
    need = need_of(wanted.cases)
    note = _line(
        note,
        NOTE_MAX,
        "/note",
        _("Say in a line what it is for: whoever confirms it reads this."),
        needed=need is not None,
    )
    state = BulkState.RUNNING if need is None else BulkState.ASKED
    bulk = _begin(wanted, act, values, label=label, said=said, note=note, state=state, by=by, at=at, need=need)
    data = _data(bulk)
    if bulk.expires_at is not None:
        data["until"] = bulk.expires_at.isoformat()
    record(events.BULK_STARTED if need is None else events.BULK_ASKED, subject=bulk, by=by, at=at, data=data)
    return bulk


def _begin(
    wanted: Plan,
    act: str,
    values: Values,
    *,
    label: str,
    said: Said,
    note: str,
    state: BulkState,
    by: User,
    at: datetime,
    need: Need | None = None,
) -> BulkAct:
    bulk = BulkAct.objects.create(
        organization_id=by.organization_id,
        act=act,
        values=dict(values),
        said=[list(line) for line in said],
        label=label[:200],
        note=note,
        state=state,
        asked_by=by,
        asked_at=at,
        rule=need.rule if need is not None else None,
        needs_answer=need is not None,
        expires_at=at + need.within if need is not None else None,
        total=len(wanted.cases) + len(wanted.skipped),
        left_out=len(wanted.skipped),
        started_at=at if state == BulkState.RUNNING else None,
    )
    skipped = {skip.ref: skip.why for skip in wanted.skipped}
    left = Case.objects.filter(ref__in=skipped).values_list("pk", "organization_id", "ref") if skipped else ()
    rows = [
        BulkRow(organization_id=case.organization_id, bulk=bulk, case_id=case.pk)
        for case in sorted(wanted.cases, key=lambda one: one.pk)  # one order of locks for everybody
    ]
    rows += [
        BulkRow(
            organization_id=organization_id,
            bulk=bulk,
            case_id=pk,
            state=BulkRowState.LEFT_OUT,
            why=skipped[ref][:300],
            ended_at=at,
        )
        for pk, organization_id, ref in left
    ]
    BulkRow.objects.bulk_create(rows, batch_size=2000)
    return bulk


def _change(bulk: BulkAct, rows: Sequence[BulkRow], *, at: datetime) -> None:
    """Do the act to the cases of these waiting rows, with the asker's rights of this moment; the caller locked `bulk`."""
    by, act = bulk.asked_by, ACTS[bulk.act]
    visible = {
        case.pk: case
        for case in Case.objects.visible_to(by)
        .filter(pk__in=[row.case_id for row in rows])
        .select_related("queue", "organization", "assignee")
    }
    for row in rows:
        case = visible.get(row.case_id)
        step = None
        try:
            if case is None or not by.is_active:
                raise NotPermitted(_("Whoever asked for this may not see it any more."))
            if why := _why_not(case, bulk.act, by=by, several=True):
                raise Invalid(why)
            with transaction.atomic():
                step = act.do(case, bulk.values, by, at)
        except DomainError as refused:
            row.state, row.why = BulkRowState.LEFT_OUT, refused.detail[:300]
        except ObjectDoesNotExist:
            row.state, row.why = BulkRowState.LEFT_OUT, _("What it needs is no longer there.")
        else:
            row.state, row.why = BulkRowState.DONE, ""
        if step is not None:
            row.action, row.step = step
        row.ended_at = at
    BulkRow.objects.bulk_update(rows, ["state", "why", "action", "step", "ended_at"])
    done = sum(row.state == BulkRowState.DONE for row in rows)
    bulk.done += done
    bulk.left_out += len(rows) - done
    bulk.save(update_fields=["done", "left_out"])


def _end_if_done(bulk: BulkAct, *, at: datetime) -> bool:
    if bulk.done + bulk.left_out < bulk.total:
        return False
    bulk.state, bulk.ended_at, bulk.hold_until = BulkState.ENDED, at, at + HOLD
    bulk.save(update_fields=["state", "ended_at", "hold_until"])
    return True


# -- The second person, and stopping ------------------------------------------------------------------------------------
@transaction.atomic
def answer(*, bulk_id: int, is_yes: bool, reason: str, by: User, at: datetime) -> BulkAct:
    """The second person's word about an act on many cases. A refusal needs a reason. `at` aware UTC. Locks the act.

    Records `bulk.approved` or `bulk.refused`. Raises `NotPermitted`, `AlreadyAnswered`, `Invalid`.
    """
    bulk = _lock(bulk_id)
    permissions.check_can_confirm(by, bulk)
    if bulk.state != BulkState.ASKED or (bulk.expires_at is not None and at >= bulk.expires_at):
        raise AlreadyAnswered(_("Nobody is asked any more: %(state)s.") % {"state": bulk.get_state_display()})
    words = _("Say in a line, at most %(limit)d characters, why not.") % {"limit": REASON_MAX}
    bulk.reason = _line(reason, REASON_MAX, "/reason", words, needed=not is_yes)
    bulk.answered_by, bulk.answered_at = by, at
    bulk.state = BulkState.RUNNING if is_yes else BulkState.REFUSED
    bulk.started_at, bulk.ended_at = (at, None) if is_yes else (None, at)
    bulk.save(update_fields=["reason", "answered_by", "answered_at", "state", "started_at", "ended_at"])
    kind = events.BULK_APPROVED if is_yes else events.BULK_REFUSED
    record(kind, subject=bulk, by=by, at=at, data=_data(bulk) | {"reason": bulk.reason})
    return bulk


@transaction.atomic
def stop(*, bulk_id: int, by: User, at: datetime) -> BulkAct:
    """Take back what waits for a second person, or stop what is under way: the cases that wait stay as they are.

    `at` is aware UTC. Records `bulk.withdrawn` or `bulk.stopped`. What has ended stays as it is. Raises `NotPermitted` unless it is
    one's own, or it runs and one may confirm such acts (what waits, a colleague refuses with a reason).
    """
    bulk = _lock(bulk_id)
    may = bulk.state != BulkState.ASKED and permissions.confirms_bulk(by)
    if bulk.asked_by_id != by.pk and not may:
        raise NotPermitted(_("Only whoever asked for it stops it, or somebody who may confirm it."), rule="bulk.own")
    if bulk.state == BulkState.ASKED:
        bulk.state, bulk.ended_at = BulkState.WITHDRAWN, at
        bulk.save(update_fields=["state", "ended_at"])
        record(events.BULK_WITHDRAWN, subject=bulk, by=by, at=at, data=_data(bulk))
    elif bulk.state == BulkState.RUNNING:
        waiting = BulkRow.objects.filter(bulk=bulk, state=BulkRowState.WAITING)
        stopped = _("%(person)s stopped it.") % {"person": by.display_name}
        bulk.left_out += waiting.update(state=BulkRowState.LEFT_OUT, why=stopped[:300], ended_at=at)
        bulk.save(update_fields=["left_out"])
        _end_if_done(bulk, at=at)
        record(events.BULK_STOPPED, subject=bulk, by=by, at=at, data=_data(bulk) | {"done": bulk.done})
    return bulk


# -- Taking back --------------------------------------------------------------------------------------------------------
@transaction.atomic
def take_back(*, bulk_id: int, by: User, at: datetime) -> BulkAct:
    """Undo an act on many cases while its hold lasts: few in the request, more by the engine. Twice is the same as once.

    `at` is aware UTC. A case that somebody changed since stays as it is, and its row says why. Records `bulk.undone` and what the
    acts record. Raises `NotPermitted` (somebody else's), `undo.UndoOver`, and the last refusal where nothing could be taken back.
    """
    bulk = _lock(bulk_id)
    if bulk.asked_by_id != by.pk:
        raise NotPermitted(_("Only whoever did this takes it back."), rule="bulk.own")
    if bulk.state in (BulkState.UNDOING, BulkState.UNDONE):
        return bulk
    if bulk.state != BulkState.ENDED or bulk.hold_until is None or at >= bulk.hold_until:
        raise undo.UndoOver(_("The time to undo “%(label)s” is over.") % {"label": bulk.label})
    bulk.state = BulkState.UNDOING
    bulk.save(update_fields=["state"])
    if bulk.done <= IN_THE_REQUEST:
        last = None
        while bulk.state == BulkState.UNDOING:
            last = _undo_some(bulk, at=at) or last
        if last is not None and not bulk.undone:
            raise last
    return bulk


def _undo_some(bulk: BulkAct, *, at: datetime) -> DomainError | None:
    """Take back some changed cases of an act that the caller locked; the last of them ends it. Answers the last refusal."""
    rows = list(
        BulkRow.objects.filter(bulk=bulk, state=BulkRowState.DONE).select_related("case").order_by("case_id")[:AT_ONCE]
    )
    refused: DomainError | None = None
    for row in rows:
        row.state, row.ended_at = BulkRowState.UNDONE, at
        try:
            if not row.action:
                raise Invalid(_("This is not undone by a press: change it back on the case."))
            with transaction.atomic():
                undo.take_back(row.action, row.step, by=bulk.asked_by, at=at)
        except DomainError as error:
            refused = error
            row.state, row.why = BulkRowState.KEPT, error.detail[:300]
        except ObjectDoesNotExist:
            refused = Invalid(_("What it needs is no longer there."))
            row.state, row.why = BulkRowState.KEPT, refused.detail[:300]
    BulkRow.objects.bulk_update(rows, ["state", "why", "ended_at"])
    bulk.undone += sum(row.state == BulkRowState.UNDONE for row in rows)
    if len(rows) < AT_ONCE:
        bulk.state = BulkState.UNDONE
        data = _data(bulk) | {"undone": bulk.undone, "kept": bulk.done - bulk.undone}
        record(events.BULK_UNDONE, subject=bulk, by=bulk.asked_by, at=at, data=data)
    bulk.save(update_fields=["undone", "state"])
    return refused


def _undo_by_token(data: undo.Data, by: User, at: datetime) -> None:
    """What `undo` calls; keeps in `data["left"]` what stays and why."""
    bulk = take_back(bulk_id=data["bulk_id"], by=by, at=at)
    kept = BulkRow.objects.filter(bulk=bulk, state=BulkRowState.KEPT).select_related("case").order_by("case_id")
    data["left"] = [(row.case.ref, row.why) for row in kept]


undo.on("bulk", _undo_by_token)


# -- The job ------------------------------------------------------------------------------------------------------------
def run_now(limit: int) -> int:
    """The engine's claim: some cases of what is under way; answers how many. Any number of engines may run it.

    An act that fails in a way nobody foresaw holds up no other: its error is raised when the others had their turn.
    Uses index: bulk_under_way, bulk_row_of_state.
    """
    done, failed = 0, dict[int, Exception]()
    while done < limit:
        under_way: BulkAct | None = None
        try:
            with transaction.atomic():
                at = db_now()
                under_way = (
                    BulkAct.objects.select_for_update(skip_locked=True, of=("self",))
                    .filter(
                        Q(state__in=(BulkState.RUNNING, BulkState.UNDOING))
                        | Q(state=BulkState.ASKED, expires_at__lte=at)
                    )
                    .exclude(pk__in=list(failed))
                    .select_related("asked_by__organization")
                    .order_by("pk")
                    .first()
                )
                if under_way is None:
                    break
                person = under_way.asked_by  # the reasons on the rows are in their words
                with translation.override(person.locale), timezone.override(ZoneInfo(person.time_zone)):
                    done += max(1, _step(under_way, at=at))
        except DatabaseError:
            raise
        except Exception as error:
            if under_way is None:
                raise
            failed[under_way.pk] = error
        engine.progress()  # many pieces on a busy machine are no engine that hangs
    if failed:
        raise next(iter(failed.values()))
    return done


def _step(bulk: BulkAct, *, at: datetime) -> int:
    """The next piece of an act that the caller locked."""
    if bulk.state == BulkState.ASKED:
        bulk.state, bulk.ended_at = BulkState.EXPIRED, at
        bulk.save(update_fields=["state", "ended_at"])
        record(events.BULK_EXPIRED, subject=bulk, by=None, at=at, data=_data(bulk))
        return 1
    if bulk.state == BulkState.UNDOING:
        _undo_some(bulk, at=at)
        return AT_ONCE
    waiting = BulkRow.objects.filter(bulk=bulk, state=BulkRowState.WAITING).select_related("case")
    rows = list(waiting.order_by("pk")[:AT_ONCE])
    _change(bulk, rows, at=at)
    if _end_if_done(bulk, at=at):
        data = _data(bulk) | {"done": bulk.done, "left_out": bulk.left_out}
        record(events.BULK_ENDED, subject=bulk, by=None, at=at, data=data)
    return len(rows)


def _lock(bulk_id: int) -> BulkAct:
    found = BulkAct.objects.select_for_update(of=("self",)).select_related("asked_by__organization", "rule")
    bulk: BulkAct = found.get(pk=bulk_id)
    return bulk


def _data(bulk: BulkAct) -> dict[str, Any]:
    return {"act": bulk.act, "count": bulk.total, "user_id": bulk.asked_by_id}


def _line(text: str, limit: int, pointer: str, words: str, *, needed: bool) -> str:
    """`text` on one line. Raises `Invalid` where it is too long, or empty though it is needed."""
    text = " ".join(text.replace("\x00", "").split())
    if len(text) > limit or (needed and not text):
        raise Invalid(errors=[FieldProblem(pointer, "too_long" if text else "required", words)])
    return text

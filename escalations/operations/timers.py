"""Deadlines as rows: arming, cancelling, and firing them exactly once (reliability.md R4–R7).

Arming and cancelling happen in the transaction that changes the owner (a case, or another type of `clock_owners`), under its
row lock. Firing takes due rows in batches: ids first without locks, then the owners (SKIP LOCKED), then the clocks and the timers,
then whatever each kind's handler does, all in one transaction. Kinds that fire by the thousand have a handler that works on the
whole set in SQL (`on_set`); what it leaves, and all other kinds, are handled as objects. A crash rolls all of it back; two engines
cannot both fire; an owner that a person holds is met again at the next turn. Lock order everywhere: case → other owner → clock →
timer → outbox.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import orjson
import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit import beats
from audit.recording import record
from audit.stuck import StuckRow, error_class
from core import engine, faults
from core.clock import db_now
from escalations import events
from escalations.lifecycle import TimerState
from escalations.models import Case, ClockOwner, SlaTimer
from escalations.operations import clock_owners

CASE = Case.clock_type
BATCH = 1000  # what the engine fires in one transaction: each costs a wait for the disk, and holds its cases' locks meanwhile
QUARANTINE_AFTER = 3  # failures; then the timer waits for a person and its neighbours go on
_FIRED_KEPT = timedelta(days=30)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Due:
    """A timer that is due, locked together with its owner. `is_alone`: no other timer of the owner fires in this batch."""

    timer: SlaTimer
    owner: ClockOwner
    is_alone: bool = True


Owner = TypeVar("Owner", bound=ClockOwner)
BatchHandler = Callable[[Sequence[Due], datetime], None]
SetHandler = Callable[[Sequence[int], datetime], Collection[int]]
_HANDLERS: dict[str, BatchHandler] = {}
_SET_HANDLERS: dict[str, SetHandler] = {}


def on(kind: str, handler: Callable[..., None], *, of: type[Owner] | None = None) -> None:
    """Let `handler(owner, timer, at=…)` do what timers of `kind` are for; called from an app's `ready()`.

    It saves and records, and calls nothing outside. The owner is a case unless `of` names another type; it is locked and fresh. The
    handler re-checks that the owner still wants it: a timer left over is no error.
    """
    wanted: type[ClockOwner] = of or Case

    def each(batch: Sequence[Due], at: datetime) -> None:
        for due in batch:
            if not isinstance(due.owner, wanted):
                raise TypeError(f"a timer of the kind {kind} belongs to a {wanted.__name__}")
            if not due.is_alone:  # another timer of the batch may have changed the owner through an operation
                due.owner.refresh_from_db()
            handler(due.owner, due.timer, at=at)
            engine.progress()  # five hundred leases that end at once may take longer than an engine may stand still

    on_batch(kind, each)


def on_batch(kind: str, handler: BatchHandler) -> None:
    """As `on`, for a handler that takes many at once. A second handler for a kind is a programming error."""
    if kind in _HANDLERS:
        raise ValueError(f"timers of the kind {kind} already have a handler")
    _HANDLERS[kind] = handler


def on_set(kind: str, handler: SetHandler) -> None:
    """Let `handler(timer_ids, at)` do in set SQL what it can for timers of `kind`, and answer the ids it dealt with.

    Their owners and clocks are locked and the timers marked fired. The rest goes to the kind's batch handler, which must exist.
    """
    if kind in _SET_HANDLERS:
        raise ValueError(f"timers of the kind {kind} already have a handler for sets")
    _SET_HANDLERS[kind] = handler


def arm(
    owner: ClockOwner, kind: str, *, due_at: datetime, level: int = 0, data: Mapping[str, Any] | None = None
) -> SlaTimer:
    """Set the owner's timer of this kind to `due_at` (aware UTC), in place of one that is armed.

    The caller holds the owner's row lock. One statement.
    """
    data = dict(data or {})
    values: dict[str, Any] = {"organization": owner.organization_id, "id": owner.pk, "level": level}
    values |= {"data": orjson.dumps(data).decode(), **set_values(kind, due_at=due_at, of=owner.clock_type)}
    with connection.cursor() as cursor:
        cursor.execute(_ARM, values)
        pk, epoch = cursor.fetchone()
    timer = SlaTimer(
        id=pk,
        organization_id=owner.organization_id,
        object_type=owner.clock_type,
        object_id=owner.pk,
        kind=kind,
        level=level,
        due_at=due_at,
        epoch=epoch,
        data=data,
    )
    timer._state.adding = False
    return timer


# The insert reads what the update gave back, so the old row is no longer armed when the new one is.
_ARMED = """
stale AS (
  UPDATE escalations_slatimer t SET state = 'cancelled' FROM {source} s
  WHERE t.object_type = %(timer_of)s AND t.object_id = s.id AND t.kind = %(timer_kind)s AND t.level = {level}
    AND t.clock_id IS NULL AND t.state = 'armed' RETURNING t.object_id, t.epoch
), armed AS (
  INSERT INTO escalations_slatimer
    (organization_id, object_type, object_id, kind, level, due_at, epoch, state, attempts, last_error, data)
  SELECT s.organization_id, %(timer_of)s, s.id, %(timer_kind)s, {level}, %(timer_due_at)s,
    coalesce((SELECT stale.epoch FROM stale WHERE stale.object_id = s.id), 0) + 1, 'armed', 0, '', {data}
  FROM {source} s RETURNING id, epoch
)
"""


def set_tables(source: str) -> str:
    """`arm` inside a statement that changes cases: common tables (`stale`, `armed`) to put behind `WITH`; see `set_values`.

    `source` names an earlier common table with the `id` and `organization_id` of cases whose rows the statement locks.
    """
    return _ARMED.format(source=source, level="0", data="'{}'::jsonb")


def set_values(kind: str, *, due_at: datetime, of: str = CASE) -> dict[str, Any]:
    """The parameters of `set_tables`; `due_at` is aware UTC, `of` the type of the owners."""
    return {"timer_kind": kind, "timer_due_at": due_at, "timer_of": of}


_ARM = f"""
WITH one AS (SELECT %(id)s::bigint AS id, %(organization)s::bigint AS organization_id), {_ARMED.format(source="one", level="%(level)s", data="%(data)s::jsonb")}
SELECT id, epoch FROM armed
"""


def cancel(owner: ClockOwner, kind: str, *, level: int = 0) -> bool:
    """Cancel the owner's armed timer of this kind; answers whether there was one. The caller holds the owner's lock."""
    found = _armed(owner).filter(kind=kind, level=level, clock__isnull=True).values_list("pk", flat=True).first()
    if found is None:
        return False
    return SlaTimer.objects.filter(pk=found).update(state=TimerState.CANCELLED) > 0


def cancel_all(owner: ClockOwner) -> int:
    """Cancel every armed timer of the owner and of its clocks; answers how many. The caller holds the owner's lock."""
    return _armed(owner).update(state=TimerState.CANCELLED)


def armed_of(owner: ClockOwner, kind: str) -> SlaTimer | None:
    """The owner's next armed timer of this kind."""
    return _armed(owner).filter(kind=kind).order_by("due_at", "id").first()


def _armed(owner: ClockOwner) -> QuerySet[SlaTimer]:
    # Uses index: sla_timer_armed_of_object
    return SlaTimer.objects.filter(object_type=owner.clock_type, object_id=owner.pk, state=TimerState.ARMED)


# -- Firing ------------------------------------------------------------------------------------------------------------
def fire_due_timers(*, at: datetime | None = None, limit: int = 500) -> int:
    """Fire up to `limit` timers due at `at` (aware UTC; the database's present time unless given); answers how many it took.

    Oldest first. Safe in any number of processes at once. A batch that fails is tried timer by timer; a timer that fails
    three times is quarantined and recorded as `timer.quarantined`. Records what the handlers record.
    """
    if at is None:
        at = db_now()
    # Uses index: sla_timer_armed_by_due
    due = SlaTimer.objects.filter(
        state=TimerState.ARMED,
        due_at__lte=at,
        kind__in=_HANDLERS.keys() | _SET_HANDLERS.keys(),
        object_type__in=clock_owners.known(),
    )
    wanted = list(due.order_by("due_at", "id").values_list("id", "object_type", "object_id")[:limit])
    if not wanted:
        return 0
    try:
        taken = _fire(wanted, at)
        faults.point("timers_committed")
        return taken
    except (InterfaceError, OperationalError):  # the database's doing, not a timer's: the next turn tries again
        raise
    except Exception:
        log.warning("timer_batch_failed", size=len(wanted), exc_info=True)
    taken = 0
    for one in wanted:
        taken += _fire_alone(one, at)
        engine.progress()  # hundreds one by one may take longer than an engine may stand still
    return taken


def fire_of_case(case_id: int, *, until: datetime) -> int:
    """`fire_of` for a case."""
    return fire_of(CASE, case_id, until=until)


def fire_of(object_type: str, object_id: int, *, until: datetime) -> int:
    """Fire this owner's timers due by `until` (aware UTC), each at its own due time, oldest first; answers how many.

    For histories that are written after the fact (imports, the demo): the caller's transaction holds the owner.
    """
    fired = 0
    of_it = SlaTimer.objects.filter(object_type=object_type, object_id=object_id, state=TimerState.ARMED)
    while True:
        # Uses index: sla_timer_armed_of_object
        armed = of_it.filter(due_at__lte=until)
        first = armed.filter(kind__in=_HANDLERS).order_by("due_at", "id").values_list("id", "due_at").first()
        if first is None:
            return fired
        fired += _fire([(first[0], object_type, object_id)], first[1])


def fire_now(limit: int) -> int:
    """The engine's claim: `fire_due_timers` at the database's present time."""
    return fire_due_timers(limit=limit)


Wanted = tuple[int, str, int]  # a timer's id, the type and the id of its owner

# The order of locks is owner, clock, timer. `fired` is asked again under lock: another engine may have fired a timer, or the
# owner moved it, since its id was read.
_LOCK_CLOCKS = """
SELECT c.id FROM escalations_slaclock c
WHERE c.id = ANY(ARRAY(SELECT clock_id FROM escalations_slatimer WHERE id = ANY(%s))) ORDER BY c.id FOR UPDATE
"""
_MARK_FIRED = """
WITH due AS (
  SELECT id FROM escalations_slatimer WHERE id = ANY(%(ids)s) AND state = 'armed' AND due_at <= %(at)s ORDER BY id FOR UPDATE
)
UPDATE escalations_slatimer t SET state = 'fired', fired_at = %(at)s,
  data = CASE WHEN %(suspect)s THEN t.data || '{"clock_suspect": true}' ELSE t.data END
FROM due WHERE t.id = due.id RETURNING t.id, t.kind, t.object_type, t.object_id
"""


@transaction.atomic
def _fire(wanted: Sequence[Wanted], at: datetime) -> int:
    faults.point("timers_read")
    held = _lock_owners(wanted)
    ids = [timer_id for timer_id, kind, owner_id in wanted if (kind, owner_id) in held or clock_owners.is_free(kind)]
    if not ids:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_CLOCKS, [ids])
        faults.point("timers_locked")
        # Marked first: a handler that arms the same kind again must not meet the unique index.
        cursor.execute(_MARK_FIRED, {"ids": ids, "at": at, "suspect": beats.clock_is_suspect()})
        fired: list[tuple[int, str, str, int]] = cursor.fetchall()
    faults.point("timers_fired")
    done: set[int] = set()
    by_kind: defaultdict[str, list[int]] = defaultdict(list)
    for timer_id, kind, _type, _id in fired:
        by_kind[kind].append(timer_id)
    for kind, set_handler in _SET_HANDLERS.items():
        if by_kind[kind]:
            done |= set(set_handler(by_kind[kind], at))
    rest = [timer_id for timer_id, *_ in fired if timer_id not in done]
    if rest:
        _fire_as_objects(rest, Counter((owner, owner_id) for *_rest, owner, owner_id in fired), at)
    faults.point("timers_effects")
    return len(fired)


def _lock_owners(wanted: Sequence[Wanted]) -> set[tuple[str, int]]:
    """Lock the owners that nobody else holds, one statement a type; answers their types and ids."""
    by_type: defaultdict[str, set[int]] = defaultdict(set)
    for _timer, object_type, object_id in wanted:
        by_type[object_type].add(object_id)
    held: set[tuple[str, int]] = set()
    for object_type, ids in by_type.items():
        found = clock_owners.of(object_type)
        if found is not None:
            held |= {(object_type, pk) for pk in found.lock(ids)}
    return held


def _fire_as_objects(timer_ids: Sequence[int], of_owner: Mapping[tuple[str, int], int], at: datetime) -> None:
    timers = list(SlaTimer.objects.filter(pk__in=timer_ids).order_by("due_at", "id"))
    by_type: defaultdict[str, set[int]] = defaultdict(set)
    for timer in timers:
        by_type[timer.object_type].add(timer.object_id)
    owners: dict[tuple[str, int], ClockOwner] = {}
    for object_type, ids in by_type.items():
        found = clock_owners.of(object_type)
        if found is None:
            raise LookupError(f"nothing is registered that owns timers of {object_type}")
        owners |= {(object_type, pk): row for pk, row in found.rows(ids).items()}
    by_kind: defaultdict[str, list[Due]] = defaultdict(list)
    for timer in timers:
        key = (timer.object_type, timer.object_id)
        by_kind[timer.kind].append(Due(timer, owners[key], is_alone=of_owner[key] == 1))
    for kind, batch in by_kind.items():
        _HANDLERS[kind](batch, at)


def _fire_alone(one: Wanted, at: datetime) -> int:
    try:
        return _fire([one], at)
    except (InterfaceError, OperationalError):
        raise
    except Exception as error:
        _note_failure(one, error, at)
        return 1


@transaction.atomic
def _note_failure(one: Wanted, error: Exception, at: datetime) -> None:
    timer_id, object_type, object_id = one
    if not clock_owners.is_free(object_type) and (object_type, object_id) not in _lock_owners([one]):
        return
    timer = SlaTimer.objects.select_for_update(of=("self",)).filter(pk=timer_id, state=TimerState.ARMED).first()
    if timer is None:
        return
    log.error("timer_failed", timer=timer_id, kind=timer.kind, attempts=timer.attempts + 1, exc_info=error)
    timer.attempts += 1
    timer.last_error = f"{type(error).__name__}: {error}"[:500]
    if timer.attempts >= QUARANTINE_AFTER:
        timer.state = TimerState.QUARANTINED
        owner = _owner_of(timer)
        record(
            events.TIMER_QUARANTINED,
            subject=timer if owner is None else owner.clock_subject(),
            by=None,
            at=at,
            data={"timer": timer_id, "kind": timer.kind, "error": type(error).__name__},
            organization_id=timer.organization_id,
        )
    timer.save(update_fields=["attempts", "last_error", "state"])


def _owner_of(timer: SlaTimer) -> ClockOwner | None:
    found = clock_owners.of(timer.object_type)
    return None if found is None else found.rows([timer.object_id]).get(timer.object_id)


def forget_fired(at: datetime) -> None:
    """Remove timers that fired or were cancelled over 30 days before `at`; their events stay."""
    old = SlaTimer.objects.filter(state__in=(TimerState.FIRED, TimerState.CANCELLED), due_at__lt=at - _FIRED_KEPT)
    SlaTimer.objects.filter(pk__in=old.order_by("due_at").values("pk")[:5000]).delete()


# -- Quarantined ones, for `audit.stuck` -------------------------------------------------------------------------------
def stuck_rows(limit: int) -> list[StuckRow]:
    """Quarantined timers, oldest first."""
    waiting = list(SlaTimer.objects.filter(state=TimerState.QUARANTINED).order_by("due_at", "id")[:limit])
    refs = {timer.pk: str(getattr(_owner_of(timer), "ref", "")) for timer in waiting}
    return [
        StuckRow(
            "timer",
            timer.pk,
            timer.kind,
            refs[timer.pk],
            error_class(timer.last_error),
            timer.attempts,
            timer.due_at,
        )
        for timer in waiting
    ]


def replay(timer_id: int, at: datetime) -> str:
    """Arm a quarantined timer again; it is due at once. Raises `LookupError` when it is not quarantined, and `IntegrityError`
    when another of the same kind was armed since. Locks owner, clock and timer."""
    timer = _quarantined(timer_id)
    timer.state, timer.attempts = TimerState.ARMED, 0
    timer.save(update_fields=["state", "attempts"])
    return timer.kind


def discard(timer_id: int, at: datetime) -> str:
    """Cancel a quarantined timer for good. Raises `LookupError` when it is not quarantined."""
    timer = _quarantined(timer_id)
    timer.state = TimerState.CANCELLED
    timer.save(update_fields=["state"])
    return timer.kind


def _quarantined(timer_id: int) -> SlaTimer:
    found = SlaTimer.objects.filter(pk=timer_id, state=TimerState.QUARANTINED)
    seen = found.first()
    of = None if seen is None else clock_owners.of(seen.object_type)
    if seen is not None and of is not None:
        of.model._default_manager.select_for_update(no_key=True, of=("self",)).filter(pk=seen.object_id).first()
    timer = found.select_for_update(of=("self",)).first()
    if timer is None:
        raise LookupError(_("It waits no more: somebody was quicker."))
    return timer

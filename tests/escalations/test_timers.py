"""Timers: armed under the case's lock, fired exactly once, and one that fails never stops its neighbours."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from audit.models import Event
from core import engine
from escalations import events
from escalations.lifecycle import TimerState
from escalations.models import Case, SlaClockEvent, SlaTimer
from escalations.operations import timers
from tests.factories.cases import make_case
from tests.factories.clocks import make_case_with_clocks
from tests.factories.people import NOON

MINUTE = timedelta(minutes=1)
KIND = "test"


class Seen(list[tuple[int, int]]):
    """What the handler of our own kind was called with; set `fails` to have it raise for some cases."""

    fails: set[int]

    def __call__(self, case: Case, timer: SlaTimer, *, at: Any) -> None:
        if case.pk in self.fails:
            raise LookupError("no such thing")
        self.append((case.pk, timer.pk))


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Seen]:
    found = Seen()
    found.fails = set()
    monkeypatch.setattr(timers, "_HANDLERS", dict(timers._HANDLERS))
    timers.on(KIND, found)
    return found


@pytest.mark.django_db
def test_a_due_timer_fires_once_with_its_case(seen: Seen) -> None:
    case = make_case()
    timer = timers.arm(case, KIND, due_at=NOON + MINUTE, data={"note": 1})

    assert timers.fire_due_timers(at=NOON) == 0
    assert timers.fire_due_timers(at=NOON + MINUTE) == 1
    assert timers.fire_due_timers(at=NOON + 2 * MINUTE) == 0

    timer.refresh_from_db()
    assert seen == [(case.pk, timer.pk)]
    assert (timer.state, timer.fired_at) == (TimerState.FIRED, NOON + MINUTE)


@pytest.mark.django_db
def test_arming_again_replaces_and_counts_the_epoch(seen: Seen) -> None:
    case = make_case()
    first = timers.arm(case, KIND, due_at=NOON)
    second = timers.arm(case, KIND, due_at=NOON + MINUTE)

    assert second.epoch == first.epoch + 1
    assert timers.armed_of(case, KIND) == second
    assert timers.fire_due_timers(at=NOON) == 0
    with pytest.raises(IntegrityError, match="sla_timer_one_armed_per_object"), transaction.atomic():
        SlaTimer.objects.filter(pk=first.pk).update(state=TimerState.ARMED)


@pytest.mark.django_db
def test_a_cancelled_timer_does_nothing(seen: Seen) -> None:
    case = make_case()
    timers.arm(case, KIND, due_at=NOON)

    assert timers.cancel(case, KIND)
    assert not timers.cancel(case, KIND)
    assert timers.fire_due_timers(at=NOON + MINUTE) == 0
    assert seen == []


@pytest.mark.django_db
def test_all_timers_of_a_case_are_cancelled_together(seen: Seen) -> None:
    case, other = make_case_with_clocks(), make_case_with_clocks()
    timers.arm(case, KIND, due_at=NOON)

    assert timers.cancel_all(case) == 4
    assert timers.armed_of(case, KIND) is None
    assert SlaTimer.objects.filter(object_id=other.pk, state=TimerState.ARMED).count() == 3


@pytest.mark.django_db
def test_a_handler_may_arm_the_same_kind_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timers, "_HANDLERS", dict(timers._HANDLERS))
    timers.on(KIND, lambda case, timer, *, at: timers.arm(case, KIND, due_at=at + MINUTE) and None)
    case = make_case()
    timers.arm(case, KIND, due_at=NOON)

    assert [timers.fire_due_timers(at=NOON + minutes * MINUTE) for minutes in range(3)] == [1, 1, 1]


@pytest.mark.django_db
def test_a_handler_sees_what_another_timer_of_the_same_case_did(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timers, "_HANDLERS", dict(timers._HANDLERS))
    titles: list[str] = []

    def rename(case: Case, timer: SlaTimer, *, at: Any) -> None:
        titles.append(case.title)
        Case.objects.filter(pk=case.pk).update(title="renamed")

    timers.on("first", rename)
    timers.on("second", rename)
    case = make_case(title="as it came")
    timers.arm(case, "first", due_at=NOON)
    timers.arm(case, "second", due_at=NOON)

    timers.fire_due_timers(at=NOON)

    assert titles == ["as it came", "renamed"]


@pytest.mark.django_db
def test_oldest_first_and_no_more_than_the_limit(seen: Seen) -> None:
    cases = [make_case() for _ in range(5)]
    for number, case in enumerate(reversed(cases)):
        timers.arm(case, KIND, due_at=NOON + number * MINUTE)

    assert timers.fire_due_timers(at=NOON + 10 * MINUTE, limit=2) == 2
    assert [case_id for case_id, _ in seen] == [cases[4].pk, cases[3].pk]


@pytest.mark.django_db
def test_a_failing_timer_is_quarantined_after_three_tries_and_its_neighbours_go_on(
    seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    signs_of_life: list[None] = []
    monkeypatch.setattr(engine, "progress", lambda: signs_of_life.append(None))
    good, bad = make_case(), make_case()
    seen.fails = {bad.pk}
    neighbour = timers.arm(good, KIND, due_at=NOON)
    timer = timers.arm(bad, KIND, due_at=NOON)

    for _ in range(4):
        timers.fire_due_timers(at=NOON)

    timer.refresh_from_db()
    neighbour.refresh_from_db()
    assert {case_id for case_id, _ in seen} == {good.pk}
    assert neighbour.state == TimerState.FIRED
    assert len(signs_of_life) >= 3  # those tried one by one are no engine that hangs
    assert (timer.state, timer.attempts) == (TimerState.QUARANTINED, 3)
    assert timer.last_error == "LookupError: no such thing"
    (event,) = Event.objects.filter(kind=events.TIMER_QUARANTINED)
    assert (event.subject_id, event.data) == (bad.pk, {"timer": timer.pk, "kind": KIND, "error": "LookupError"})


@pytest.mark.django_db
def test_a_failing_handler_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timers, "_HANDLERS", dict(timers._HANDLERS))

    def fail(case: Case, timer: SlaTimer, *, at: Any) -> None:
        Case.objects.filter(pk=case.pk).update(title="half done")
        raise LookupError

    timers.on(KIND, fail)
    case = make_case(title="whole")
    timer = timers.arm(case, KIND, due_at=NOON)

    timers.fire_due_timers(at=NOON)

    case.refresh_from_db()
    timer.refresh_from_db()
    assert (case.title, timer.state, timer.attempts) == ("whole", TimerState.ARMED, 1)


@pytest.mark.django_db
def test_the_databases_own_trouble_is_nobodys_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timers, "_HANDLERS", dict(timers._HANDLERS))

    def lose_connection(case: Case, timer: SlaTimer, *, at: Any) -> None:
        raise OperationalError("server closed the connection")

    timers.on(KIND, lose_connection)
    timer = timers.arm(make_case(), KIND, due_at=NOON)

    with pytest.raises(OperationalError):
        timers.fire_due_timers(at=NOON)

    timer.refresh_from_db()
    assert (timer.state, timer.attempts) == (TimerState.ARMED, 0)


@pytest.mark.django_db
def test_a_kind_has_one_handler(seen: Seen) -> None:
    with pytest.raises(ValueError, match="already have a handler"):
        timers.on(KIND, seen)


@pytest.mark.django_db
def test_a_stale_clock_timer_does_nothing() -> None:
    case = make_case_with_clocks()
    SlaTimer.objects.filter(object_id=case.pk).update(epoch=7, kind="breach", due_at=NOON)

    assert timers.fire_due_timers(at=NOON + timedelta(days=90)) == 3
    assert not SlaClockEvent.objects.exclude(kind="start").exists()


@pytest.mark.django_db
def test_old_fired_timers_are_removed_and_armed_ones_stay(seen: Seen) -> None:
    case = make_case()
    timers.arm(case, KIND, due_at=NOON)
    timers.fire_due_timers(at=NOON)
    timers.arm(case, KIND, due_at=NOON)

    timers.forget_fired(NOON + timedelta(days=29))
    assert SlaTimer.objects.count() == 2
    timers.forget_fired(NOON + timedelta(days=31))
    assert [timer.state for timer in SlaTimer.objects.all()] == [TimerState.ARMED]


@pytest.mark.django_db(transaction=True)
def test_a_case_somebody_holds_is_skipped_without_waiting_and_met_again(seen: Seen) -> None:
    held, free = make_case(), make_case()
    for case in (held, free):
        timers.arm(case, KIND, due_at=NOON)
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Case.objects.lock(held.pk)
            locked.set()
            done.wait(10)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert locked.wait(10)
    first = timers.fire_due_timers(at=NOON)
    done.set()
    holder.join()

    assert (first, timers.fire_due_timers(at=NOON)) == (1, 1)
    assert [case_id for case_id, _ in seen] == [free.pk, held.pk]


@pytest.mark.django_db(transaction=True)
def test_many_sweepers_fire_each_timer_once() -> None:
    cases = [make_case_with_clocks() for _ in range(40)]
    at = NOON + timedelta(days=90)
    start = threading.Barrier(4)

    def sweep() -> None:
        start.wait(10)
        for _ in range(6):
            timers.fire_due_timers(at=at, limit=25)
        connection.close()

    sweepers = [threading.Thread(target=sweep) for _ in range(4)]
    for sweeper in sweepers:
        sweeper.start()
    for sweeper in sweepers:
        sweeper.join()
    while timers.fire_due_timers(at=at):
        pass

    assert SlaClockEvent.objects.filter(kind="breach").count() == 3 * len(cases)
    assert Event.objects.filter(kind=events.CLOCK_BREACHED).count() == 3 * len(cases)
    assert not SlaTimer.objects.exclude(state=TimerState.FIRED).exists()

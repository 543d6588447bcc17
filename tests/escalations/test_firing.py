"""Breaches and warnings as a set say exactly what they say one by one; what the set cannot judge is left to Python."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from audit import relay
from audit.models import Event, OutboxMessage
from escalations import events
from escalations.filters.compiling import compile_filter
from escalations.lifecycle import Metric, Severity
from escalations.models import Case, SlaClock, SlaClockEvent, SlaTimer
from escalations.operations import clocks, firing, ordering, timers
from escalations.selectors.clocks import differences
from tests.factories.clocks import OFFICE, make_calendar, make_case_with_clocks, make_plan
from tests.factories.people import NOON, make_user

pytestmark = pytest.mark.django_db
LATE = NOON + timedelta(minutes=11, seconds=7, microseconds=250_000)


def told() -> list[Any]:
    """Everything a firing writes, without what differs by run: ids of events and rows, and the moment of writing."""
    rows: list[Any] = []
    for event in Event.objects.filter(kind__in=(events.CLOCK_BREACHED, events.CLOCK_WARNED)).order_by("at", "id"):
        data = {name: value for name, value in event.data.items() if name != "clock"}
        rows.append(
            (
                event.at,
                event.subject_type,
                event.actor_kind,
                event.actor_id,
                event.actor_label,
                event.compartments,
                data,
            )
        )
        # One by one also tells who wakes sleeping cases, though nothing sleeps here.
        heard = OutboxMessage.objects.filter(event=event).exclude(listener="wake")
        rows.append(sorted(heard.values_list("listener", flat=True)))
    facts = SlaClockEvent.objects.filter(kind__in=("breach", "warn")).order_by("occurred_at", "clock__metric", "id")
    rows += list(
        facts.values_list("kind", "occurred_at", "recorded_at", "actor_kind", "actor_id", "cause", "level", "data")
    )
    rows += list(SlaClock.objects.order_by("metric").values_list("metric", "state", "missed_at", "epoch"))
    rows += list(
        SlaTimer.objects.order_by("due_at", "kind", "level").values_list(
            "kind", "level", "state", "fired_at", "due_at", "epoch", "object_type", "data"
        )
    )
    return rows


def overdue_case() -> Case:
    make_plan({"A": 300, "F": 600, "R": 3600})
    return make_case_with_clocks(at=NOON + timedelta(microseconds=125_000), severity=Severity.S1)


def test_a_set_says_what_one_by_one_says(monkeypatch: pytest.MonkeyPatch) -> None:
    overdue_case()
    ways = []
    for by_hand in (False, True):
        before = transaction.savepoint()
        with monkeypatch.context() as patch:
            if by_hand:
                patch.setattr(timers, "_SET_HANDLERS", {})
            assert timers.fire_due_timers(at=LATE) == 2
        ways.append(told())
        assert [differences(clock) for clock in SlaClock.objects.all()] == [{}, {}, {}]
        transaction.savepoint_rollback(before)

    assert ways[0] == ways[1]
    assert sum(1 for row in ways[0] if isinstance(row, list) and row) == 2  # two events, each with listeners


@pytest.mark.parametrize(
    ("seconds", "told_of"),
    [
        (301.125, {("A", 50)}),  # the next warning
        (455.0, {("A", 75), ("L", 50)}),  # two are due: the higher one
        (541.25, {("A", 90), ("L", 75)}),  # the last: the breach comes next
        (601.0, {("A", None), ("L", 75)}),  # all slept through
    ],
)
def test_a_set_warns_as_one_by_one_does(
    monkeypatch: pytest.MonkeyPatch, seconds: float, told_of: set[tuple[str, int | None]]
) -> None:
    make_plan({"A": 600, "R": 86_400}, warn_percent=[90, 50, 75, 100])
    start = NOON + timedelta(microseconds=125_000)
    legal = {"deadline_at": start + timedelta(seconds=700), "deadline_reason": "Court order"}
    make_case_with_clocks(at=start, severity=Severity.S1, **legal)
    ways = []
    for by_hand in (False, True):
        before = transaction.savepoint()
        with monkeypatch.context() as patch:
            if by_hand:
                patch.setattr(timers, "_SET_HANDLERS", {})
            else:  # nothing may be left to Python
                patch.setattr(timers, "_fire_as_objects", None)
            timers.fire_due_timers(at=start + timedelta(seconds=seconds))
        ways.append(told())
        assert [differences(clock) for clock in SlaClock.objects.all()] == [{}, {}, {}]
        happened = Event.objects.filter(kind__in=(events.CLOCK_BREACHED, events.CLOCK_WARNED))
        assert {(event.data["metric"], event.data.get("level")) for event in happened} == told_of
        transaction.savepoint_rollback(before)

    assert ways[0] == ways[1]


def test_a_batch_is_found_by_key_and_not_among_all_open_clocks() -> None:
    """Otherwise each batch of a burst reads the whole burst: a quarter of the statement's time with 10,000 open clocks, more with more."""
    overdue_case()
    plans: list[str] = []

    def explained(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        raw = context["cursor"].cursor  # past this wrapper
        if "escalations_slaclockevent" in sql and "INSERT INTO" in sql:
            raw.execute("SET LOCAL enable_seqscan = off")  # the tables are small
            raw.execute(f"EXPLAIN {sql}", params)
            plans.append("\n".join(line for (line,) in raw.fetchall()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explained):
        timers.fire_due_timers(at=LATE)

    assert plans
    assert not [plan for plan in plans if "escalations_slaclock_pkey" not in plan or "sla_clock_one_open" in plan]


def test_a_breach_is_seen_on_the_case_and_does_not_write_its_row() -> None:
    """The row is wide and has forty index entries: to write it cost more than the rest of a firing together."""
    make_plan({"R": 600})
    case = make_case_with_clocks(at=NOON, severity=Severity.S1)
    lead = make_user(roles=["LD"])

    def row() -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT ctid::text FROM escalations_case WHERE id = %s", [case.pk])
            return cursor.fetchone()

    before = row()

    assert timers.fire_due_timers(at=LATE) == 1

    assert row() == before
    assert list(compile_filter("is:breached", viewer=lead, at=LATE).cases()) == [case]
    clocks.pause(case, "submitter", at=LATE)
    ordering.reorder(case, at=LATE)  # from here on no due time tells of the miss
    assert (case.due_at, case.is_breached) == (None, True)


def test_only_for_a_sleeping_case_is_somebody_told_to_wake_it() -> None:
    awake, asleep = overdue_case(), make_case_with_clocks(at=NOON, severity=Severity.S1)
    Case.objects.filter(pk=asleep.pk).update(snoozed_until=LATE + timedelta(days=1))

    timers.fire_due_timers(at=LATE)

    told = OutboxMessage.objects.filter(event__kind=events.CLOCK_BREACHED).values_list("event__subject_id", "listener")
    assert {subject for subject, listener in told if listener == "wake"} == {asleep.pk}
    assert {subject for subject, listener in told if listener == "live"} == {awake.pk, asleep.pk}
    relay.drain()
    asleep.refresh_from_db()
    assert asleep.snoozed_until is None


def test_opening_hours_are_left_to_python() -> None:
    make_plan({"A": 3600}, warn_percent=[50], calendar=make_calendar({"zone": "UTC", "weekly": OFFICE}))
    case = make_case_with_clocks(at=NOON, severity=Severity.S1)
    [timer] = SlaTimer.objects.filter(object_id=case.pk, state="armed")

    with transaction.atomic():
        assert firing.warn([timer.pk], NOON + timedelta(minutes=31)) == set()
    timers.fire_due_timers(at=NOON + timedelta(minutes=31))

    assert SlaClockEvent.objects.filter(clock__object_id=case.pk, kind="warn").count() == 1


def test_a_clock_that_changed_since_is_left_alone() -> None:
    case = overdue_case()
    SlaClock.objects.filter(object_id=case.pk, metric=Metric.ACKNOWLEDGE).update(epoch=2)

    timers.fire_due_timers(at=LATE)

    breached = Event.objects.filter(kind=events.CLOCK_BREACHED).values_list("data__metric", flat=True)
    assert list(breached) == [Metric.FIRST_RESPONSE]


def test_a_warning_that_was_slept_through_is_a_breach() -> None:
    make_plan({"A": 300}, warn_percent=[50])
    case = make_case_with_clocks(at=NOON, severity=Severity.S1)

    timers.fire_due_timers(at=NOON + timedelta(hours=1))

    clock = SlaClock.objects.get(object_id=case.pk)
    assert clock.missed_at == NOON + timedelta(seconds=300)
    assert list(clock.events.order_by("id").values_list("kind", flat=True)) == ["start", "breach"]
    assert not SlaTimer.objects.filter(clock=clock, state="armed").exists()


def test_a_timer_that_was_cancelled_since_its_id_was_read_does_not_fire() -> None:
    case = overdue_case()
    read = list(
        SlaTimer.objects.filter(object_id=case.pk, due_at__lte=LATE).values_list("id", "object_type", "object_id")
    )
    SlaTimer.objects.filter(pk=read[0][0]).update(state="cancelled")

    assert timers._fire(read, LATE) == len(read) - 1

    assert Event.objects.filter(kind=events.CLOCK_BREACHED).count() == len(read) - 1
    assert SlaTimer.objects.get(pk=read[0][0]).state == "cancelled"

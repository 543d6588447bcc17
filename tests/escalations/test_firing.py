"""Breaches as a set say exactly what breaches one by one say; what the set cannot judge is left to Python."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from audit.models import Event, OutboxMessage
from escalations import events
from escalations.lifecycle import Metric, Severity
from escalations.models import Case, SlaClock, SlaClockEvent, SlaTimer
from escalations.operations import timers
from escalations.selectors.clocks import differences
from tests.factories.clocks import make_case_with_clocks, make_plan
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db
LATE = NOON + timedelta(minutes=11, seconds=7, microseconds=250_000)


def told() -> list[Any]:
    """Everything a firing writes, without what differs by run: ids of events and rows, and the moment of writing."""
    rows: list[Any] = []
    for event in Event.objects.filter(kind=events.CLOCK_BREACHED).order_by("at", "id"):
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
        rows.append(sorted(OutboxMessage.objects.filter(event=event).values_list("listener", flat=True)))
    facts = SlaClockEvent.objects.filter(kind="breach").order_by("occurred_at", "id")
    rows += list(
        facts.values_list("kind", "occurred_at", "recorded_at", "actor_kind", "actor_id", "cause", "level", "data")
    )
    rows += list(SlaClock.objects.order_by("metric").values_list("metric", "state", "missed_at", "epoch"))
    rows += list(SlaTimer.objects.order_by("due_at", "kind").values_list("kind", "state", "fired_at", "due_at"))
    return [*rows, Case.objects.get().is_breached]


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

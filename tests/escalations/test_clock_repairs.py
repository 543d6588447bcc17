"""What the auditor finds broken and the engine repairs: with an alarm before and an event after, and never by guessing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from audit import watch
from audit.models import Event, Incident
from config.auditor import CHECKS
from core.clock import db_now
from escalations.lifecycle import CaseStatus, Metric, TimerState
from escalations.models import Case, SlaClock, SlaClockEvent, SlaTimer
from escalations.operations import cases, claims, clock_repairs, timers
from escalations.operations.clock_writing import BREACH
from tests.factories.cases import make_case
from tests.factories.clocks import make_case_with_clocks, make_plan
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db


def found_by(check: str) -> int:
    """How much the auditor's own statement counts."""
    with connection.cursor() as cursor:
        cursor.execute(CHECKS[check][1])
        return int(cursor.fetchone()[0])


def lost(case: Case, metric: Metric = Metric.RESOLVE) -> SlaTimer:
    """The clock's armed timer, which somebody cancelled behind its back."""
    timer = SlaTimer.objects.get(clock__object_id=case.pk, clock__metric=metric, state=TimerState.ARMED)
    SlaTimer.objects.filter(pk=timer.pk).update(state=TimerState.CANCELLED)
    return timer


def told(case: Case, kind: str) -> list[dict[str, object]]:
    return [event.data for event in Event.objects.filter(subject_id=case.pk, kind=kind).order_by("id")]


def test_a_lost_timer_is_armed_again_at_its_own_time_with_an_event() -> None:
    make_user()
    case = make_case_with_clocks(at=db_now())
    before = lost(case)
    assert found_by("clock_without_timer") == 1
    assert watch.mend(10) == 0  # without an alarm nothing is touched
    Incident.objects.create(check_name="clock_without_timer")

    assert watch.mend(10) == 1

    after = SlaTimer.objects.get(clock=before.clock_id, state=TimerState.ARMED)
    assert (after.kind, after.level, after.due_at, after.epoch) == (
        before.kind,
        before.level,
        before.due_at,
        before.epoch,
    )
    [data] = told(case, "clock.rearmed")
    assert (data["clock"], data["kind"]) == (before.clock_id, before.kind)
    assert found_by("clock_without_timer") == 0
    assert watch.mend(10) == 0


def test_a_breach_that_was_slept_through_fires_once_with_its_true_instant() -> None:
    make_plan({"R": 3600})
    case = make_case_with_clocks(at=db_now() - timedelta(hours=2))
    timer = lost(case)
    SlaTimer.objects.filter(pk=timer.pk).update(state=TimerState.FIRED, fired_at=db_now())  # fired, and left no trace

    assert clock_repairs.rearm(db_now(), 10) == 1
    while timers.fire_due_timers():
        pass

    clock = SlaClock.objects.get(object_id=case.pk, metric=Metric.RESOLVE)
    assert clock.missed_at == clock.breach_at
    assert SlaClockEvent.objects.filter(clock=clock, kind=BREACH).count() == 1
    assert len(told(case, "clock.breached")) == 1


def test_a_clock_that_disagrees_with_its_events_is_left_to_a_person() -> None:
    case = make_case_with_clocks(at=db_now())
    timer = lost(case)
    SlaClock.objects.filter(pk=timer.clock_id).update(target_s=7)

    assert clock_repairs.rearm(db_now(), 10) == 0

    assert not SlaTimer.objects.filter(clock=timer.clock_id, state=TimerState.ARMED).exists()
    assert told(case, "clock.rearmed") == []


def test_a_breach_nobody_was_told_of_is_told_once() -> None:
    make_plan({"R": 3600})
    case = make_case_with_clocks(at=db_now() - timedelta(hours=2))
    at = db_now() - timedelta(seconds=60)
    timers.fire_due_timers(at=at)
    [event] = Event.objects.filter(subject_id=case.pk, kind="clock.breached")
    assert found_by("breach_untold") == 0
    clock = SlaClock.objects.get(object_id=case.pk, metric=Metric.RESOLVE)
    other = make_case_with_clocks(at=db_now() - timedelta(hours=2))
    untold = SlaClock.objects.get(object_id=other.pk, metric=Metric.RESOLVE)
    SlaTimer.objects.filter(clock=untold).update(state=TimerState.FIRED, fired_at=at)
    SlaClock.objects.filter(pk=untold.pk).update(missed_at=untold.breach_at)
    SlaClockEvent.objects.create(
        organization_id=untold.organization_id, clock=untold, kind=BREACH, occurred_at=untold.breach_at, recorded_at=at
    )
    assert found_by("breach_untold") == 1
    Incident.objects.create(check_name="breach_untold")

    assert watch.mend(10) == 1
    assert watch.mend(10) == 0

    [data] = told(other, "clock.breached")
    assert (data["clock"], data["told_again"]) == (untold.pk, True)
    assert told(case, "clock.breached") == [event.data]
    assert event.data["clock"] == clock.pk
    assert found_by("breach_untold") == 0


def test_an_open_case_that_every_plan_promises_something_has_a_clock() -> None:
    at = db_now() - timedelta(minutes=5)
    make_plan({"R": 3600}, at=at - timedelta(minutes=1))
    make_case_with_clocks(at=at)
    assert found_by("case_without_clock") == 0
    make_case(at=at)
    assert found_by("case_without_clock") == 1

    make_plan({"R0": 3600}, at=at - timedelta(minutes=1))  # a plan that promises nothing for S3

    assert found_by("case_without_clock") == 0


def test_the_state_of_a_case_is_what_its_last_event_says() -> None:
    at = db_now()
    person = make_user()
    case = make_case_with_clocks(at=at, status=CaseStatus.NEW)
    claims.claim_case(case_id=case.pk, by=person, at=at)
    cases.wait_for_submitter(case_id=case.pk, question="Which account?", by=person, at=at)
    assert found_by("state_without_event") == 0

    Case.objects.filter(pk=case.pk).update(status=CaseStatus.IN_REVIEW, waiting_on="", waiting_until=None)

    assert found_by("state_without_event") == 1

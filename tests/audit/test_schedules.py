"""Recurring jobs: a slot runs once, also with two engines; a failure is tried again and stops nobody."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError

from audit import beats, schedules
from audit.models import EngineBeat, Schedule, ScheduleRun
from core.clock import db_now

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedules, "JOBS", {})


def test_a_job_runs_in_its_slot_and_not_again_before_the_next() -> None:
    ran: list[datetime] = []
    schedules.register("tidy", every_s=3600, work=ran.append)
    schedules.ensure_rows()
    schedules.ensure_rows()

    assert schedules.run_due() == 1
    assert schedules.run_due() == 0
    row, slot = Schedule.objects.get(name="tidy"), ScheduleRun.objects.get(name="tidy")
    assert ran == [row.last_run_at] == [slot.ran_at]
    assert row.next_at == slot.slot_at + timedelta(hours=1)


def test_of_slots_that_passed_while_nothing_ran_the_latest_is_run() -> None:
    ran: list[datetime] = []
    schedules.register("tidy", every_s=60, work=ran.append)
    schedules.ensure_rows()
    first = db_now() - timedelta(days=3, seconds=20)
    Schedule.objects.update(next_at=first)

    schedules.run_due()

    assert len(ran) == 1
    assert ScheduleRun.objects.get().slot_at == first + timedelta(days=3)
    assert Schedule.objects.get().next_at == first + timedelta(days=3, seconds=60)  # the grid stays


def test_a_job_that_wants_each_slot_gets_each_at_its_own_time() -> None:
    ran: list[datetime] = []
    schedules.register("count", every_s=3600, work=ran.append, each=True)
    schedules.ensure_rows()
    first = db_now() - timedelta(hours=2, minutes=5)
    Schedule.objects.update(next_at=first)

    assert schedules.run_due() == 3

    assert ran == [first, first + timedelta(hours=1), first + timedelta(hours=2)]
    assert Schedule.objects.get().next_at == first + timedelta(hours=3)


def test_a_slot_that_was_run_is_not_run_again_when_its_schedule_is_set_back() -> None:
    ran: list[datetime] = []
    schedules.register("count", every_s=3600, work=ran.append, each=True)
    schedules.ensure_rows()
    slot = Schedule.objects.get().next_at
    schedules.run_due()
    Schedule.objects.update(next_at=slot)

    assert schedules.run_due() == 1

    assert ran == [slot]
    assert Schedule.objects.get().next_at == slot + timedelta(hours=1)
    with pytest.raises(IntegrityError, match="schedule_slot_runs_once"):
        ScheduleRun.objects.create(name="count", slot_at=slot, ran_at=slot)


def test_a_failed_slot_stays_the_same_slot_until_it_is_run() -> None:
    fails = [True]
    ran: list[datetime] = []

    def work(at: datetime) -> None:
        if fails.pop():
            raise LookupError
        ran.append(at)

    schedules.register("count", every_s=3600, work=work, each=True)
    schedules.ensure_rows()
    slot = Schedule.objects.get().next_at
    schedules.run_due()
    assert not ScheduleRun.objects.exists()
    assert Schedule.objects.get().slot_at == slot
    fails.append(False)
    Schedule.objects.update(next_at=db_now())

    schedules.run_due()

    assert ran == [slot] == [ScheduleRun.objects.get().slot_at]


def test_slots_of_the_day_before_yesterday_are_forgotten() -> None:
    now = db_now()
    for days in (1, 3):
        ScheduleRun.objects.create(name="tidy", slot_at=now - timedelta(days=days), ran_at=now)

    schedules.forget_runs(now)

    assert [row.slot_at for row in ScheduleRun.objects.all()] == [now - timedelta(days=1)]


def test_a_failing_job_undoes_its_work_and_stops_nobody() -> None:
    ran: list[datetime] = []

    def fail(at: datetime) -> None:
        Schedule.objects.filter(name="good").update(last_error="touched")
        raise LookupError("no such thing")

    schedules.register("bad", every_s=3600, work=fail)
    schedules.register("good", every_s=3600, work=ran.append)
    schedules.ensure_rows()

    assert schedules.run_due() == 2
    bad, good = Schedule.objects.get(name="bad"), Schedule.objects.get(name="good")
    assert (bad.last_error, bad.last_run_at) == ("LookupError: no such thing", None)
    assert bad.next_at < db_now() + timedelta(seconds=61)
    assert (len(ran), good.last_error) == (1, "")


def test_a_job_nobody_knows_any_more_is_left_alone() -> None:
    Schedule.objects.create(name="removed", every_s=60, next_at=db_now())

    assert schedules.run_due() == 0


def test_a_name_is_registered_once() -> None:
    schedules.register("tidy", every_s=60, work=lambda at: None)

    with pytest.raises(ValueError, match="already is a schedule called tidy"):
        schedules.register("tidy", every_s=60, work=lambda at: None)


def test_beats_are_one_row_for_each_lane_and_old_ones_go() -> None:
    beats.beat("host:1", "timers")
    beats.beat("host:1", "timers")
    EngineBeat.objects.create(engine="host:0", lane="timers", at=db_now() - timedelta(hours=2))

    beats.forget_old(db_now())

    assert [(row.engine, row.lane) for row in EngineBeat.objects.all()] == [("host:1", "timers")]

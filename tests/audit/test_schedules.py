"""Recurring jobs: a slot runs once, also with two engines; a failure is tried again and stops nobody."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from audit import beats, schedules
from audit.models import EngineBeat, Schedule
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
    row = Schedule.objects.get(name="tidy")
    assert ran == [row.last_run_at]
    assert row.next_at == ran[0] + timedelta(hours=1)


def test_slots_that_passed_while_nothing_ran_are_run_once() -> None:
    ran: list[datetime] = []
    schedules.register("tidy", every_s=60, work=ran.append)
    schedules.ensure_rows()
    Schedule.objects.update(next_at=db_now() - timedelta(days=3))

    schedules.run_due()

    assert len(ran) == 1


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

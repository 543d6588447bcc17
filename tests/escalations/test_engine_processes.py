"""Real engine processes under kill -9: every due timer fires exactly once and none is lost."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from audit.models import EngineBeat, Event
from core.clock import db_now
from escalations import events
from escalations.lifecycle import Metric, Severity, TimerState
from escalations.models import SlaClock, SlaClockEvent, SlaTimer
from tests.databases import Clone
from tests.factories.cases import make_queue
from tests.factories.clocks import make_case_with_clocks
from tests.factories.people import make_vendor
from tests.live import LiveProcess

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]
ACKNOWLEDGE = timedelta(minutes=5)  # the default target of an S0


def start_engine(clone: Clone, name: str) -> LiveProcess:
    return LiveProcess(name, ["manage.py", "engine"], clone)


def wait_until(what: str, is_so: Callable[[], bool], *, seconds: float = 30.0) -> None:
    """Ask `is_so` until it holds; the test fails after `seconds`."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not is_so():
        assert time.monotonic() < deadline, f"waited {seconds} s for: {what}"
        pause.wait(0.1)


def cases_due_between(first: datetime, last: datetime, count: int) -> list[int]:
    """Cases whose acknowledge clock runs out at moments spread over the range; ids of those clocks."""
    vendor, queue = make_vendor(), make_queue(is_default=True)
    step = (last - first) / count
    cases = [
        make_case_with_clocks(
            at=first + number * step - ACKNOWLEDGE, severity=Severity.S0, organization=vendor, queue=queue
        )
        for number in range(count)
    ]
    clocks = SlaClock.objects.filter(object_id__in=[case.pk for case in cases], metric=Metric.ACKNOWLEDGE)
    return list(clocks.values_list("pk", flat=True))


def test_kill_9_of_engines_loses_nothing_and_doubles_nothing(
    database_clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")  # nobody listens there: the engine needs no Redis
    rng = random.Random(7)
    survivor = start_engine(database_clone, "engine-survivor")
    victim = start_engine(database_clone, "engine-victim-0")
    victims = [victim]
    try:
        wait_until("both engines to work", lambda: EngineBeat.objects.values("engine").distinct().count() == 2)
        now = db_now()
        clock_ids = cases_due_between(now + timedelta(seconds=1), now + timedelta(seconds=7), 200)
        pause = threading.Event()
        for number in range(1, 5):
            pause.wait(rng.uniform(0.8, 1.6))
            os.kill(victim.pid, signal.SIGKILL)
            victim = start_engine(database_clone, f"engine-victim-{number}")
            victims.append(victim)

        breaches = SlaClockEvent.objects.filter(kind="breach", clock_id__in=clock_ids)
        wait_until("all 200 breaches", lambda: breaches.count() >= 200)
    finally:
        for engine in [survivor, *victims]:
            engine.stop()

    assert set(breaches.values_list("clock_id", flat=True)) == set(clock_ids)
    told = Counter(
        data["clock"] for data in Event.objects.filter(kind=events.CLOCK_BREACHED).values_list("data", flat=True)
    )
    assert {clock_id: told[clock_id] for clock_id in clock_ids} == dict.fromkeys(clock_ids, 1)
    breach_timers = SlaTimer.objects.filter(clock_id__in=clock_ids, kind="breach")
    # A late engine breaches a clock from the timer of the warning it slept through: not each has one of its breach.
    assert set(breach_timers.values_list("state", flat=True)) == {TimerState.FIRED}
    for missed_at, recorded_at in breaches.values_list("occurred_at", "recorded_at"):
        assert timedelta(0) <= recorded_at - missed_at < timedelta(seconds=10)


def test_an_engine_ends_cleanly_when_asked(database_clone: Clone) -> None:
    engine = start_engine(database_clone, "engine-polite")
    wait_until("the engine to work", EngineBeat.objects.exists)

    engine.stop()

    assert engine._child.process.returncode == 0, engine.log.read_text()[-2000:]

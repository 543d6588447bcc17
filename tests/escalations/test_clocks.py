"""The verbs of SLA clocks: what they promise, when they breach, what their events say."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from audit.models import Event, Incident
from core import engine
from escalations import events
from escalations.lifecycle import ClockState, Metric, Severity, TimerState
from escalations.models import Case, SlaClock, SlaClockEvent, SlaTimer
from escalations.operations import clocks, ordering, timers
from escalations.selectors import clocks as reading
from tests.factories.cases import make_case
from tests.factories.clocks import OFFICE, make_calendar, make_case_with_clocks, make_plan
from tests.factories.people import NOON, make_user

pytestmark = pytest.mark.django_db

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
A, F, R, L = Metric.ACKNOWLEDGE, Metric.FIRST_RESPONSE, Metric.RESOLVE, Metric.LEGAL


def clock_of(case: Case, metric: Metric, cycle: int = 1) -> SlaClock:
    return SlaClock.objects.get(object_type="case", object_id=case.pk, metric=metric, cycle=cycle)


def kinds_of(clock: SlaClock) -> list[str]:
    return list(SlaClockEvent.objects.filter(clock=clock).order_by("id").values_list("kind", flat=True))


def armed(clock: SlaClock) -> list[tuple[str, int, datetime]]:
    rows = SlaTimer.objects.filter(clock=clock, state=TimerState.ARMED)
    return list(rows.values_list("kind", "level", "due_at"))


def told(case: Case, kind: str) -> list[dict[str, Any]]:
    return list(Event.objects.filter(subject_id=case.pk, kind=kind).order_by("id").values_list("data", flat=True))


# -- Starting ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("severity", "acknowledge", "first_response", "resolve"),
    [
        (Severity.S0, 5 * MINUTE, 15 * MINUTE, 4 * HOUR),
        (Severity.S1, 15 * MINUTE, HOUR, 8 * HOUR),
        (Severity.S2, HOUR, 4 * HOUR, 24 * HOUR),
        (Severity.S3, 4 * HOUR, 12 * HOUR, 72 * HOUR),
        (Severity.S4, 24 * HOUR, 48 * HOUR, 7 * DAY),
    ],
)
def test_a_new_case_is_promised_the_default_targets(
    severity: Severity, acknowledge: timedelta, first_response: timedelta, resolve: timedelta
) -> None:
    case = make_case_with_clocks(severity=severity)

    due = {clock.metric: clock.due_at for clock in reading.clocks_of(case)}
    assert due == {A: NOON + acknowledge, F: NOON + first_response, R: NOON + resolve}


def test_starting_is_one_statement_for_one_case_or_many(django_assert_num_queries: Any) -> None:
    cases = [make_case() for _ in range(20)]
    plans = [(case, clocks.planned(case, at=NOON)) for case in cases]

    with django_assert_num_queries(1):
        clocks.start_planned(plans[:1], at=NOON)
    with django_assert_num_queries(1):
        clocks.start_planned(plans[1:], at=NOON)
    with django_assert_num_queries(0):
        clocks.planned(cases[0], at=NOON)

    assert SlaClock.objects.count() == SlaTimer.objects.count() == 60
    for clock in SlaClock.objects.all():
        assert reading.differences(clock) == {}


def test_a_case_can_be_planned_and_placed_before_it_has_an_id() -> None:
    case = make_case(severity=Severity.S1)
    unsaved = Case(severity=Severity.S1, received_at=NOON)

    clocks.planned(unsaved, at=NOON)
    clocks.start_for_case(case, at=NOON)

    assert (unsaved.order_at, unsaved.due_metric) == (case.order_at, case.due_metric)


def test_a_clock_is_never_open_twice() -> None:
    case = make_case_with_clocks()
    second = clock_of(case, A)
    second.pk, second.cycle = None, 2  # another cycle, so that only the rule under test stands in the way

    assert clocks.start(case, A, at=NOON + HOUR) is None
    with pytest.raises(IntegrityError, match="sla_clock_one_open_per_metric"), transaction.atomic():
        second.save(force_insert=True)


def test_a_stopped_clock_may_run_again_as_its_next_cycle() -> None:
    case = make_case_with_clocks()
    clocks.stop(case, A, at=NOON + MINUTE)

    again = clocks.start(case, A, at=NOON + HOUR, started_at=NOON + 30 * MINUTE)

    assert again is not None
    assert (again.cycle, again.started_at) == (2, NOON + 30 * MINUTE)
    assert clock_of(case, A).state == ClockState.MET


def test_a_target_its_calendar_never_reaches_waits_and_alarms() -> None:
    rare = make_calendar({"zone": "UTC", "weekly": {"mon": [["09:00", "09:01"]]}})
    make_plan({"A": 2 * 3600}, calendar=rare)

    case = make_case_with_clocks()

    clock = clock_of(case, A)
    assert (clock.state, clock.due_at) == (ClockState.PENDING, None)
    assert armed(clock) == []
    assert told(case, events.CLOCK_UNREACHABLE) == [{"metric": "A", "clock": clock.pk, "cycle": 1}]


@pytest.mark.parametrize(
    ("reason", "is_legal"),
    [
        ("Removal order of the regional court, 1 hour", True),
        ("NetzDG § 3", True),
        ("Authority set 48 hours", True),
        ("The press publishes at six", False),
        ("", False),
    ],
)
def test_a_deadline_with_a_legal_reason_is_a_clock(reason: str, is_legal: bool) -> None:
    case = make_case_with_clocks(deadline_at=NOON + 2 * HOUR, deadline_reason=reason)

    found = SlaClock.objects.filter(object_id=case.pk, metric=L)
    assert found.exists() == is_legal
    assert not is_legal or found.get().breach_at == NOON + 2 * HOUR


# -- Stopping ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("after", "state"),
    [
        (timedelta(0), ClockState.MET),
        (4 * HOUR - timedelta(microseconds=1), ClockState.MET),
        (4 * HOUR, ClockState.MET),
        (4 * HOUR + timedelta(microseconds=1), ClockState.MISSED),
        (90 * DAY, ClockState.MISSED),
    ],
)
def test_a_clock_is_met_if_and_only_if_it_stops_by_its_breach_instant(after: timedelta, state: ClockState) -> None:
    case = make_case_with_clocks(severity=Severity.S3)

    stopped = clocks.stop(case, A, at=NOON + after)

    assert stopped is not None
    stopped.refresh_from_db()
    assert (stopped.state, stopped.stopped_at) == (state, NOON + after)
    assert armed(stopped) == []


def test_a_breach_nobody_noticed_is_written_before_the_stop_with_its_true_instant() -> None:
    case = make_case_with_clocks(severity=Severity.S3)

    stopped = clocks.stop(case, A, at=NOON + 5 * HOUR, by=make_user())

    assert stopped is not None
    assert kinds_of(stopped) == ["start", "breach", "stop"]
    assert stopped.missed_at == NOON + 4 * HOUR
    event = Event.objects.get(subject_id=case.pk, kind=events.CLOCK_BREACHED)
    assert event.at == NOON + 4 * HOUR
    assert event.data["found_late_s"] == 3600


def test_a_stop_that_waited_for_the_lock_takes_an_early_breach_back_but_hides_nothing() -> None:
    case = make_case_with_clocks(severity=Severity.S3)
    timers.fire_due_timers(at=NOON + 4 * HOUR + MINUTE)
    timers.fire_due_timers(at=NOON + 4 * HOUR + MINUTE)
    assert clock_of(case, A).missed_at == NOON + 4 * HOUR

    clocks.stop(case, A, at=NOON + 4 * HOUR)

    clock = clock_of(case, A)
    assert (clock.state, clock.missed_at) == (ClockState.MET, None)
    assert kinds_of(clock)[-3:] == ["breach", "stop", "retract"]
    assert len(told(case, events.CLOCK_RETRACTED)) == 1


def test_stopping_what_does_not_run_is_nothing() -> None:
    case = make_case_with_clocks()
    clocks.stop(case, A, at=NOON + MINUTE)

    assert clocks.stop(case, A, at=NOON + HOUR) is None
    assert kinds_of(clock_of(case, A)) == ["start", "stop"]


def test_an_answer_while_the_office_is_closed_is_on_time() -> None:  # W13
    make_plan({"A": 8 * 3600}, calendar=make_calendar({"zone": "Europe/Berlin", "weekly": OFFICE}))
    monday = datetime(2026, 6, 1, 7, tzinfo=UTC)
    case = make_case_with_clocks(at=monday)

    clock = clock_of(case, A)
    assert (clock.due_at, clock.breach_at) == (monday + 8 * HOUR, monday + 24 * HOUR)
    assert timers.fire_due_timers(at=monday + 18 * HOUR) == 0
    clocks.stop(case, A, at=monday + 18 * HOUR)
    clock.refresh_from_db()
    assert (clock.state, clock.consumed_s) == (ClockState.MET, 8 * 3600)


# -- Pausing -----------------------------------------------------------------------------------------------------------
def test_waiting_for_the_submitter_pauses_resolve_alone() -> None:
    case = make_case_with_clocks(severity=Severity.S2)

    paused = clocks.pause(case, "submitter", at=NOON + 2 * HOUR, by=None)

    assert [clock.metric for clock in paused] == [R]
    clock = clock_of(case, R)
    assert (clock.state, clock.paused_reason, clock.due_at, armed(clock)) == (ClockState.PAUSED, "submitter", None, [])
    assert clock_of(case, F).state == ClockState.RUNNING
    # The worked example of ux.md §13: received 10:00, waiting 12:00 to 15:00, 24 h: due next day 13:00.
    clocks.resume(case, at=NOON + 5 * HOUR, by=None)
    clock.refresh_from_db()
    assert (clock.state, clock.due_at) == (ClockState.RUNNING, NOON + 27 * HOUR)


@pytest.mark.parametrize("reason", ["consult", "external", ""])
def test_no_other_reason_pauses(reason: str) -> None:
    case = make_case_with_clocks()

    assert clocks.pause(case, reason, at=NOON + HOUR, by=None) == []


def test_a_paused_clock_stops_directly() -> None:
    case = make_case_with_clocks(severity=Severity.S2)
    clocks.pause(case, "submitter", at=NOON + 2 * HOUR, by=None)

    stopped = clocks.stop(case, R, at=NOON + 40 * HOUR)

    assert stopped is not None
    assert (stopped.state, stopped.consumed_s) == (ClockState.MET, 2 * 3600)
    assert reading.differences(clock_of(case, R)) == {}


def test_a_pause_after_the_breach_does_not_heal_it() -> None:
    case = make_case_with_clocks(severity=Severity.S2)

    clocks.pause(case, "submitter", at=NOON + 25 * HOUR, by=None)
    clocks.resume(case, at=NOON + 26 * HOUR, by=None)
    clock = clocks.stop(case, R, at=NOON + 27 * HOUR)

    assert clock is not None
    assert clock.state == ClockState.MISSED
    assert kinds_of(clock) == ["start", "breach", "pause", "resume", "stop"]


def test_a_pause_does_not_give_a_warning_again() -> None:
    case = make_case_with_clocks(severity=Severity.S2)
    clock = clock_of(case, R)
    clocks.stop(case, A, at=NOON)
    clocks.stop(case, F, at=NOON)
    timers.fire_due_timers(at=NOON + 18 * HOUR)  # at risk: 75 % used
    clocks.pause(case, "submitter", at=NOON + 19 * HOUR, by=None)
    clocks.resume(case, at=NOON + 20 * HOUR, by=None)

    assert [(kind, level) for kind, level, _ in armed(clock)] == [("warn", 90)]
    for hours in (21, 22.6, 23, 24.9, 25, 26):
        timers.fire_due_timers(at=NOON + timedelta(hours=hours))
    assert [data["level"] for data in told(case, events.CLOCK_WARNED)] == [75, 90]
    assert len(told(case, events.CLOCK_BREACHED)) == 1


# -- Retargeting -------------------------------------------------------------------------------------------------------
def raise_to(case: Case, severity: Severity, *, at: datetime) -> None:
    case.severity = severity
    clocks.retarget(case, at=at, by=None, cause="severity")


def test_raising_the_severity_keeps_start_and_use() -> None:
    case = make_case_with_clocks(severity=Severity.S3)

    raise_to(case, Severity.S2, at=NOON + 30 * MINUTE)

    assert clock_of(case, R).due_at == NOON + 24 * HOUR
    assert clock_of(case, A).due_at == NOON + HOUR
    assert reading.differences(clock_of(case, A)) == {}


def test_a_response_clock_gets_grace_when_the_new_target_is_used_up() -> None:
    case = make_case_with_clocks(severity=Severity.S3)

    raise_to(case, Severity.S1, at=NOON + 2 * HOUR)

    clock = clock_of(case, A)  # 15 minutes: a quarter of it from the change
    assert (clock.state, clock.grace_s) == (ClockState.RUNNING, 225)
    assert clock.breach_at == NOON + 2 * HOUR + timedelta(seconds=225)
    assert not told(case, events.CLOCK_BREACHED)


def test_a_resolve_clock_past_its_new_target_is_breached_by_retarget() -> None:
    case = make_case_with_clocks(severity=Severity.S3)

    raise_to(case, Severity.S1, at=NOON + 9 * HOUR)

    clock = clock_of(case, R)
    assert (clock.missed_at, clock.grace_s) == (NOON + 9 * HOUR, 0)
    breaches = {data["metric"]: data for data in told(case, events.CLOCK_BREACHED)}
    assert breaches["R"]["by_retarget"] is True
    # Acknowledge ran out by itself at four hours, before the change: it is evaluated first and keeps its own instant.
    assert clock_of(case, A).missed_at == NOON + 4 * HOUR
    assert "by_retarget" not in breaches["A"]


def test_lowering_lengthens_but_what_was_missed_stays_missed() -> None:
    case = make_case_with_clocks(severity=Severity.S2)

    raise_to(case, Severity.S4, at=NOON + 2 * HOUR)

    acknowledge, first_response = clock_of(case, A), clock_of(case, F)
    assert (acknowledge.missed_at, acknowledge.due_at) == (NOON + HOUR, NOON + 24 * HOUR)
    assert (first_response.missed_at, first_response.due_at) == (None, NOON + 48 * HOUR)
    assert clocks.stop(case, A, at=NOON + 3 * HOUR).state == ClockState.MISSED  # type: ignore[union-attr]


def test_settled_cycles_and_legal_clocks_never_change() -> None:
    case = make_case_with_clocks(severity=Severity.S3, deadline_at=NOON + HOUR, deadline_reason="Court order")
    clocks.stop(case, A, at=NOON + MINUTE)

    raise_to(case, Severity.S1, at=NOON + 2 * MINUTE)

    assert (clock_of(case, A).state, clock_of(case, A).target_s) == (ClockState.MET, 4 * 3600)
    assert clock_of(case, L).due_at == NOON + HOUR
    assert clocks.pause(case, "submitter", at=NOON + 3 * MINUTE, by=None)[0].metric == R
    assert clock_of(case, L).state == ClockState.RUNNING


def test_the_same_severity_again_changes_nothing() -> None:
    case = make_case_with_clocks(severity=Severity.S3)

    raise_to(case, Severity.S3, at=NOON + HOUR)

    assert kinds_of(clock_of(case, R)) == ["start"]


def test_a_new_target_warns_anew() -> None:
    make_plan({"R2": 10 * 3600, "R1": 8 * 3600}, warn_percent=[50])
    case = make_case_with_clocks(severity=Severity.S2)
    timers.fire_due_timers(at=NOON + 5 * HOUR)

    raise_to(case, Severity.S1, at=NOON + 5.5 * HOUR)
    timers.fire_due_timers(at=NOON + 6 * HOUR)

    assert [data["level"] for data in told(case, events.CLOCK_WARNED)] == [50, 50]
    warnings = SlaClockEvent.objects.filter(kind="warn").order_by("id")
    assert [event.data["edition"] for event in warnings] == [1, 2]


def test_a_target_that_is_gone_detaches_the_clock() -> None:
    make_plan({"A2": 3600, "R": 86400})
    case = make_case_with_clocks(severity=Severity.S2)

    raise_to(case, Severity.S1, at=NOON + MINUTE)

    clock = clock_of(case, A)
    assert (clock.state, clock.cancelled_why, armed(clock)) == (ClockState.CANCELLED, "detached", [])


def test_a_paused_clock_may_be_retargeted() -> None:
    case = make_case_with_clocks(severity=Severity.S3)
    clocks.pause(case, "submitter", at=NOON + HOUR, by=None)

    raise_to(case, Severity.S2, at=NOON + 2 * HOUR)
    clocks.resume(case, at=NOON + 10 * HOUR, by=None)

    assert clock_of(case, R).due_at == NOON + 33 * HOUR  # 24 h and nine of pause


# -- Reopening and cancelling ------------------------------------------------------------------------------------------
def test_reopening_goes_on_with_what_was_used_and_starts_acknowledge_afresh() -> None:
    case = make_case_with_clocks(severity=Severity.S2)
    for metric in (A, F, R):
        clocks.stop(case, metric, at=NOON + 30 * MINUTE)

    started = clocks.reopen(case, at=NOON + 10 * DAY)

    assert {clock.metric: clock.due_at for clock in started} == {
        A: NOON + 10 * DAY + HOUR,
        R: NOON + 10 * DAY + 23.5 * HOUR,
    }
    assert kinds_of(clock_of(case, R, cycle=2)) == ["reopen"]
    assert clock_of(case, R).state == ClockState.MET


def test_reopening_a_late_case_leaves_a_quarter_of_the_target() -> None:
    case = make_case_with_clocks(severity=Severity.S2)
    clocks.stop(case, R, at=NOON + 40 * HOUR)
    reopened_at = NOON + 50 * HOUR

    clocks.reopen(case, at=reopened_at)

    again = clock_of(case, R, cycle=2)
    assert (again.carried_s, again.breach_at) == (40 * 3600, reopened_at + 6 * HOUR)
    assert again.missed_at is None
    assert timers.fire_due_timers(at=reopened_at + MINUTE) >= 0
    assert clock_of(case, R, cycle=2).missed_at is None
    assert reading.differences(again) == {}


def test_a_first_response_nobody_gave_is_owed_again() -> None:
    case = make_case_with_clocks(severity=Severity.S2)
    clocks.cancel_all(case, "duplicate", at=NOON + HOUR, by=None)

    started = clocks.reopen(case, at=NOON + 5 * HOUR)

    assert {clock.metric for clock in started} == {A, F, R}
    assert clock_of(case, F, cycle=2).due_at == NOON + 8 * HOUR


def test_cancelling_ends_every_clock_without_a_verdict() -> None:
    case = make_case_with_clocks(severity=Severity.S2)

    clocks.cancel_all(case, "withdrawn", at=NOON + 2 * HOUR, by=None)

    rows = reading.clocks_of(case)
    assert {(clock.state, clock.cancelled_why) for clock in rows} == {(ClockState.CANCELLED, "withdrawn")}
    assert clock_of(case, A).missed_at == NOON + HOUR  # it had run out before: that stays on record
    assert not SlaTimer.objects.filter(object_id=case.pk, state=TimerState.ARMED).exists()


# -- Firing ------------------------------------------------------------------------------------------------------------
def test_each_stage_fires_once_in_order() -> None:
    case = make_case_with_clocks(severity=Severity.S3)
    clock = clock_of(case, A)  # four hours: at risk at 75 %, due now at 90 %

    for minutes in range(170, 260, 5):
        timers.fire_due_timers(at=NOON + minutes * MINUTE)

    assert kinds_of(clock) == ["start", "warn", "warn", "breach"]
    assert [data["level"] for data in told(case, events.CLOCK_WARNED) if data["metric"] == "A"] == [75, 90]
    case.refresh_from_db()
    assert case.due_at == NOON + 4 * HOUR  # has passed: that is what a breached case is found by
    assert case.revision == 1  # a person's open form must not become stale by it


def test_after_a_long_stop_there_is_one_breach_and_no_storm() -> None:
    case = make_case_with_clocks(severity=Severity.S3)

    for _ in range(5):
        timers.fire_due_timers(at=NOON + 30 * DAY)

    assert told(case, events.CLOCK_WARNED) == []
    breaches = Event.objects.filter(subject_id=case.pk, kind=events.CLOCK_BREACHED).order_by("at")
    assert [event.at for event in breaches] == [NOON + 4 * HOUR, NOON + 12 * HOUR, NOON + 72 * HOUR]


def test_past_several_warnings_the_last_one_is_given() -> None:
    case = make_case_with_clocks(severity=Severity.S3)

    for _ in range(3):
        timers.fire_due_timers(at=NOON + 3.9 * HOUR)

    assert [data["level"] for data in told(case, events.CLOCK_WARNED) if data["metric"] == "A"] == [90]


def test_a_warning_counts_back_in_open_time() -> None:
    make_plan({"R": 4 * 3600}, calendar=make_calendar({"zone": "Europe/Berlin", "weekly": OFFICE}), warn_percent=[50])
    friday = datetime(2026, 6, 5, 13, tzinfo=UTC)  # two open hours left of the week
    case = make_case_with_clocks(at=friday)

    # Two hours before a due time on Monday 11:00 is Monday's opening, not the middle of Sunday's night.
    assert armed(clock_of(case, R)) == [("warn", 50, datetime(2026, 6, 8, 7, tzinfo=UTC))]


def test_the_database_keeps_to_one_breach_and_one_warning_per_level() -> None:
    clock = clock_of(make_case_with_clocks(), A)
    common = {"clock": clock, "organization_id": clock.organization_id, "occurred_at": NOON, "recorded_at": NOON}
    SlaClockEvent.objects.create(kind="breach", **common)
    SlaClockEvent.objects.create(kind="warn", level=75, data={"edition": 1}, **common)
    SlaClockEvent.objects.create(kind="warn", level=75, data={"edition": 2}, **common)

    with pytest.raises(IntegrityError, match="sla_one_breach_per_clock"), transaction.atomic():
        SlaClockEvent.objects.create(kind="breach", **common)
    with pytest.raises(IntegrityError, match="sla_one_warning_per_level"), transaction.atomic():
        SlaClockEvent.objects.create(kind="warn", level=75, data={"edition": 2}, **common)


# -- Rebuilding --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("seed", range(12))
def test_rows_equal_what_their_events_say_and_breaches_are_those_of_an_oracle(seed: int) -> None:
    """Random lives of a case on office hours: after each step every row equals the fold of its events, every running clock has
    one armed timer, and a clock is missed exactly if its open time went past its target before it stopped."""
    rng = random.Random(seed)
    make_plan(
        {
            f"{metric}{severity}": hours * 3600 * (severity + 1)
            for metric, hours in (("A", 1), ("F", 2), ("R", 9))
            for severity in range(5)
        },
        calendar=make_calendar({"zone": "America/New_York", "weekly": OFFICE}),
        warn_percent=[50, 90],
    )
    at = datetime(2026, 10, 29, 14, tzinfo=UTC)  # clocks go back within the week
    case = make_case_with_clocks(at=at, severity=rng.randrange(5))
    for _ in range(14):
        at += timedelta(seconds=rng.randrange(60, 30 * 3600))
        step = rng.choice(["fire", "fire", "pause", "resume", "retarget", "stop A", "stop F", "stop R", "reopen"])
        if step == "fire":
            timers.fire_due_timers(at=at)
        elif step == "pause":
            clocks.pause(case, "submitter", at=at, by=None)
        elif step == "resume":
            clocks.resume(case, at=at, by=None)
        elif step == "retarget":
            case.severity = rng.randrange(5)
            case.save(update_fields=["severity"])
            clocks.retarget(case, at=at, by=None, cause="severity")
        elif step == "reopen":
            clocks.reopen(case, at=at)
        else:
            clocks.stop(case, Metric(step[-1]), at=at)
        for clock in reading.clocks_of(case):
            assert reading.differences(clock) == {}, (step, clock.metric)
            expected = 1 if clock.state == ClockState.RUNNING and clock.missed_at is None else 0
            assert len(armed(clock)) == expected, (step, clock.metric)
    for clock in reading.clocks_of(case):
        if clock.state not in (ClockState.MET, ClockState.MISSED) or clock.epoch > 2:
            continue  # only lives without a change of target: their verdict is plain arithmetic
        life = reading.lives_of([clock])[clock.pk]
        assert clock.stopped_at is not None
        used = life.course.open_time(clock.started_at, clock.stopped_at)
        allowed = timedelta(seconds=max(clock.target_s - clock.carried_s, clock.grace_s))
        assert (used <= allowed) == (clock.state == ClockState.MET)


def test_a_row_that_disagrees_with_its_events_is_an_alarm_and_is_not_repaired() -> None:
    case = make_case_with_clocks()
    wrong = clock_of(case, R)
    SlaClock.objects.filter(pk=wrong.pk).update(due_at=NOON + 400 * DAY)

    assert clocks.check_sample(NOON) == 1

    assert [data["columns"] for data in told(case, events.CLOCK_DISAGREES)] == [["due_at"]]
    assert clock_of(case, R).due_at == NOON + 400 * DAY
    assert clocks.check_sample(NOON, count=0) == 0


# -- Reading -----------------------------------------------------------------------------------------------------------
def test_promised_times_say_what_is_left_and_on_which_calendar() -> None:
    case = make_case_with_clocks(severity=Severity.S2)
    clocks.stop(case, A, at=NOON + 10 * MINUTE)
    clocks.pause(case, "submitter", at=NOON + HOUR, by=None)

    first, paused, stopped = clocks.promised_times(case, at=NOON + 2 * HOUR)

    assert (first["metric"], first["due_at"], first["remaining_s"]) == ("F", NOON + 4 * HOUR, 2 * 3600)
    assert (first["calendar"], first["zone"], first["within_calendar"]) == ("always@1", "UTC", True)
    assert (paused["state"], paused["remaining_s"]) == ("paused", 23 * 3600)
    assert (paused["due_at"], paused["due_if_resumed_at"]) == (None, NOON + 25 * HOUR)
    assert (stopped["state"], stopped["consumed_s"]) == ("met", 600)


@pytest.mark.parametrize(
    ("minutes_left", "band"),
    [(31, "on_track"), (30, "at_risk"), (11, "at_risk"), (10, "due_now"), (0, "due_now"), (-1, "breached")],
)
def test_the_band_of_an_hours_target(minutes_left: int, band: str) -> None:
    case = make_case_with_clocks(severity=Severity.S2)

    found = {promise.metric: promise for promise in reading.promises_of(case, at=NOON + (60 - minutes_left) * MINUTE)}

    assert found["A"].band == band


def test_an_overdue_clock_counts_on_in_open_time() -> None:
    make_plan({"A": 3600}, calendar=make_calendar({"zone": "UTC", "weekly": OFFICE}))
    friday = datetime(2026, 6, 5, 15, tzinfo=UTC)
    case = make_case_with_clocks(at=friday)

    (promise,) = reading.promises_of(case, at=friday + 3 * DAY)  # Monday 15:00: one hour late on Friday, six on Monday

    assert promise.remaining_s == -7 * 3600


def test_the_panel_says_which_stretches_counted() -> None:
    make_plan({"R": 20 * 3600}, calendar=make_calendar({"zone": "UTC", "weekly": OFFICE}))
    monday = datetime(2026, 6, 1, 15, tzinfo=UTC)
    case = make_case_with_clocks(at=monday)
    clocks.pause(case, "submitter", at=monday + 19 * HOUR, by=None)
    clocks.resume(case, at=monday + 20 * HOUR, by=None)

    found = reading.why(clock_of(case, R), at=monday + 24 * HOUR)

    assert [(stretch.kind, stretch.seconds // 3600) for stretch in found] == [
        ("counted", 2),
        ("closed", 16),
        ("counted", 1),
        ("paused", 1),
        ("counted", 4),
    ]
    assert [change["kind"] for change in reading.changes_of(clock_of(case, R))] == ["start", "pause", "resume"]


def test_clock_verbs_leave_the_order_to_one_function() -> None:
    case = make_case_with_clocks(severity=Severity.S2)
    clocks.stop(case, A, at=NOON + MINUTE)

    ordering.reorder(case, at=NOON + MINUTE)

    assert (case.due_metric, case.due_at) == ("F", NOON + 4 * HOUR)


# -- The self-check ----------------------------------------------------------------------------------------------------
def test_the_check_of_open_clocks_stands_as_an_incident_until_all_is_well() -> None:
    case = make_case_with_clocks()
    right = clock_of(case, R)
    SlaClock.objects.filter(pk=right.pk).update(breach_at=NOON)
    timerless = clock_of(case, A)
    SlaTimer.objects.filter(clock=timerless).delete()

    assert clocks.check_open(NOON) == 2
    incident = Incident.objects.get(check_name="clock_disagrees", ended_at=None)
    assert incident.seen_at > NOON + DAY
    assert {tuple(data["columns"]) for data in told(case, events.CLOCK_DISAGREES)} == {("breach_at",), ("timer",)}
    SlaClock.objects.filter(pk=right.pk).update(breach_at=right.breach_at)
    SlaTimer.objects.create(
        organization_id=case.organization_id,
        clock=timerless,
        object_type="case",
        object_id=case.pk,
        kind="breach",
        due_at=NOON + DAY,
    )

    assert clocks.check_open(NOON + DAY) == 0
    incident.refresh_from_db()
    assert incident.seen_at == NOON + DAY
    assert clock_of(case, R).breach_at == right.breach_at  # nothing was repaired by the check


def test_each_clock_that_is_compared_is_a_sign_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    make_case_with_clocks()
    signs_of_life: list[None] = []
    monkeypatch.setattr(engine, "progress", lambda: signs_of_life.append(None))
    monkeypatch.setattr(reading, "_CHUNK", 2)

    assert clocks.check_open(NOON) == 0

    assert len(signs_of_life) >= SlaClock.objects.count() > 2


def test_a_settled_clock_is_none_of_the_open_checks_business() -> None:
    case = make_case_with_clocks()
    clocks.stop(case, A, at=NOON)
    SlaClock.objects.filter(pk=clock_of(case, A).pk).update(target_s=1)

    assert clocks.check_open(NOON) == 0
    assert clocks.check_sample(NOON) == 1


def test_a_clock_that_fires_while_it_is_checked_is_no_disagreement(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its row was read before it fired and its events after: the second look finds them agreeing (found by fault F6)."""
    case = make_case_with_clocks(severity=Severity.S3)
    real = reading.facts_of

    def fires_meanwhile(ids: list[int]) -> Any:
        timers.fire_due_timers(at=NOON + 100 * DAY)
        return real(ids)

    monkeypatch.setattr(reading, "facts_of", fires_meanwhile)
    assert reading.disagreeing(count=10) == []

    monkeypatch.setattr(reading, "facts_of", real)
    SlaClock.objects.filter(object_id=case.pk, metric=R).update(consumed_s=5)
    assert [clock.metric for clock, _ in reading.disagreeing(count=10)] == [R]

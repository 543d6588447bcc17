"""What named persons do to clocks, and clocks N and U over a case's talk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from accounts.roles import Role
from audit.models import Event
from core.errors import DomainError, Invalid, NotFound, NotPermitted
from escalations import events
from escalations.lifecycle import CaseStatus, ClockState, Metric, Severity, TimerState
from escalations.models import Case, Evidence, SlaClock, SlaClockEvent, SlaTimer
from escalations.operations import cases, clock_acts, clocks, timers
from escalations.selectors import clocks as reading
from tests.factories.cases import make_case
from tests.factories.clocks import OFFICE, make_calendar, make_case_with_clocks, make_plan
from tests.factories.people import NOON, internal_organization, make_key, make_user

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
A, F, N, R, U, L = (
    Metric.ACKNOWLEDGE,
    Metric.FIRST_RESPONSE,
    Metric.NEXT_RESPONSE,
    Metric.RESOLVE,
    Metric.UPDATE,
    Metric.LEGAL,
)


@pytest.fixture
def lead() -> User:
    return make_user(roles=[Role.LEAD])


def cycles(case: Case, metric: Metric) -> list[SlaClock]:
    return list(SlaClock.objects.filter(object_id=case.pk, metric=metric).order_by("cycle"))


def states(case: Case, metric: Metric) -> list[str]:
    return [clock.state for clock in cycles(case, metric)]


def agree(case: Case) -> None:
    for clock in reading.clocks_of(case):
        assert reading.differences(clock) == {}, clock.metric


def armed(case: Case) -> list[tuple[str, datetime]]:
    rows = SlaTimer.objects.filter(object_id=case.pk, state=TimerState.ARMED)
    return sorted(rows.values_list("kind", "due_at"))


def answer(case: Case, *, at: datetime, by: User | None = None) -> None:
    clock_acts.answered(case, at=at, by=by)
    case.save(update_fields=["first_response_at"])


# -- Excuses -----------------------------------------------------------------------------------------------------------
def test_an_excused_miss_stays_missed_and_says_who_and_why(lead: User) -> None:
    case = make_case_with_clocks(severity=3)
    clocks.stop(case, A, at=NOON + 5 * HOUR)
    [clock] = cycles(case, A)

    clock_acts.excuse_clock(case_id=case.pk, clock_id=clock.pk, reason="Outage of the intake", by=lead, at=NOON + DAY)

    clock.refresh_from_db()
    assert (clock.state, clock.excused_by, clock.excuse) == (ClockState.MISSED, lead, "Outage of the intake")
    assert SlaClockEvent.objects.filter(clock=clock).order_by("id").last().kind == "excuse"  # type: ignore[union-attr]
    assert Event.objects.get(kind=events.CLOCK_EXCUSED).data["reason"] == "Outage of the intake"
    agree(case)
    with pytest.raises(Invalid, match="excused already"):
        clock_acts.excuse_clock(case_id=case.pk, clock_id=clock.pk, reason="Again", by=lead, at=NOON + DAY)


def test_only_a_missed_clock_of_this_case_is_excused_by_those_who_may(lead: User) -> None:
    case, other = make_case_with_clocks(severity=3), make_case_with_clocks(severity=3)
    [clock], [foreign] = cycles(case, A), cycles(other, A)

    def excuse(clock_id: int, *, by: User = lead, reason: str = "Because") -> Any:
        return clock_acts.excuse_clock(case_id=case.pk, clock_id=clock_id, reason=reason, by=by, at=NOON)

    with pytest.raises(Invalid, match="missed"):
        excuse(clock.pk)
    with pytest.raises(NotFound):
        excuse(foreign.pk)
    with pytest.raises(Invalid):
        excuse(clock.pk, reason="  ")
    with pytest.raises(NotPermitted):
        excuse(clock.pk, by=make_user(roles=[Role.SPECIALIST]))


# -- Correcting a classification ---------------------------------------------------------------------------------------
def test_a_corrected_classification_judges_the_whole_past_anew(lead: User) -> None:
    office = make_calendar({"zone": "UTC", "weekly": OFFICE})
    make_plan({"A": 3600, "F": 3600, "R": 8 * 3600})
    monday = datetime(2026, 6, 1, 20, tzinfo=UTC)
    case = make_case_with_clocks(severity=2, at=monday)
    make_plan({"A": 3600, "F": 3600, "R": 8 * 3600}, calendar=office, condition="sev:1")

    clock_acts.correct_classification(
        case_id=case.pk, severity=Severity.S1, reason="Was S1 from the start", by=lead, at=monday + 3 * HOUR
    )

    [clock] = cycles(case, R)
    # A plain retarget would have kept three hours of the night as used; judged anew the office was closed.
    assert clock.due_at == datetime(2026, 6, 2, 17, tzinfo=UTC)
    assert clock.consumed_s == 0
    agree(case)
    assert {data["metric"] for data in Event.objects.filter(kind=events.CLOCK_CORRECTED).values_list("data", flat=True)}


# -- Legal deadlines ---------------------------------------------------------------------------------------------------
def test_a_legal_deadline_moves_only_by_a_person_with_a_document(lead: User) -> None:
    case = make_case_with_clocks(deadline_at=NOON + 2 * HOUR, deadline_reason="Court order")
    item = Evidence.objects.create(
        organization=case.organization, case=case, number=1, kind="text", sha256="0" * 64, added_at=NOON
    )
    values: dict[str, Any] = {"case_id": case.pk, "reason": "The court agreed", "by": lead, "at": NOON + HOUR}

    for wrong in (
        {"deadline_at": NOON + 3 * HOUR, "evidence_number": 99},
        {"deadline_at": NOON + HOUR, "evidence_number": item.number},
        {"deadline_at": NOON + 3 * HOUR, "evidence_number": item.number, "reason": ""},
    ):
        with pytest.raises(DomainError):
            clock_acts.extend_legal_deadline(**(values | wrong))
    clock_acts.extend_legal_deadline(deadline_at=NOON + 6 * HOUR, evidence_number=item.number, **values)

    [clock] = cycles(case, L)
    assert (clock.due_at, clock.breach_at) == (NOON + 6 * HOUR, NOON + 6 * HOUR)
    assert Case.objects.get(pk=case.pk).deadline_at == NOON + 6 * HOUR
    agree(case)
    timers.fire_due_timers(at=NOON + 2 * HOUR + MINUTE)
    assert cycles(case, L)[0].missed_at is None


# -- Next responses and updates ----------------------------------------------------------------------------------------
def test_updates_are_owed_after_the_first_response_and_again_after_each() -> None:
    case = make_case_with_clocks(severity=Severity.S1)
    assert states(case, U) == []

    answer(case, at=NOON + 10 * MINUTE)
    answer(case, at=NOON + 70 * MINUTE)

    assert states(case, F) == ["met"]
    assert states(case, U) == ["met", "running"]
    assert cycles(case, U)[1].due_at == NOON + 190 * MINUTE
    agree(case)


def test_an_update_that_is_not_sent_is_missed_and_the_next_one_is_owed_all_the_same() -> None:
    case = make_case_with_clocks(severity=Severity.S0)
    answer(case, at=NOON + MINUTE)

    answer(case, at=NOON + 40 * MINUTE)

    assert states(case, U) == ["missed", "running"]


def test_lower_severities_owe_updates_on_a_promise_alone(lead: User) -> None:
    case = make_case_with_clocks(severity=Severity.S2)
    answer(case, at=NOON + MINUTE)
    assert states(case, U) == []

    clock_acts.promise_update(case_id=case.pk, until=NOON + DAY, by=lead, at=NOON + HOUR)
    [clock] = cycles(case, U)
    assert (clock.due_at, clock.target_s, clock.target_id) == (NOON + DAY, 23 * 3600, None)
    with pytest.raises(Invalid):  # a later promise would put off what is owed
        clock_acts.promise_update(case_id=case.pk, until=NOON + 2 * DAY, by=lead, at=NOON + 2 * HOUR)
    clock_acts.promise_update(case_id=case.pk, until=NOON + 6 * HOUR, by=lead, at=NOON + 2 * HOUR)
    case.refresh_from_db()
    answer(case, at=NOON + 5 * HOUR)

    assert states(case, U) == ["cancelled", "met"]
    agree(case)


@pytest.mark.parametrize("until", [timedelta(0), -HOUR, 31 * DAY])
def test_a_promise_is_for_the_next_thirty_days(lead: User, until: timedelta) -> None:
    case = make_case_with_clocks()

    with pytest.raises(Invalid):
        clock_acts.promise_update(case_id=case.pk, until=NOON + until, by=lead, at=NOON)


def test_the_oldest_unanswered_message_starts_the_next_response(lead: User) -> None:
    case = make_case_with_clocks(severity=Severity.S2)
    answer(case, at=NOON + MINUTE)

    clocks.start(case, N, at=NOON + HOUR)
    assert clocks.start(case, N, at=NOON + 2 * HOUR) is None  # a later message does not restart it
    assert cycles(case, N)[0].due_at == NOON + 5 * HOUR
    clock_acts.no_answer_needed(case_id=case.pk, reason="Said thanks", by=lead, at=NOON + 3 * HOUR)

    assert states(case, N) == ["met"]
    with pytest.raises(NotFound):
        clock_acts.no_answer_needed(case_id=case.pk, reason="Again", by=lead, at=NOON + 3 * HOUR)
    agree(case)


def test_no_clock_of_a_decided_case_goes_on() -> None:
    case = make_case_with_clocks(severity=Severity.S1, deadline_at=NOON + 9 * HOUR, deadline_reason="Court order")
    answer(case, at=NOON + MINUTE)
    clocks.start(case, N, at=NOON + 2 * MINUTE)

    clock_acts.settle(case, at=NOON + HOUR, by=None, cause="decided")

    assert {clock.state for clock in reading.clocks_of(case)} <= {"met", "missed"}
    assert armed(case) == []


def test_raising_a_case_that_was_answered_owes_its_updates_from_then() -> None:
    case = make_case_with_clocks(severity=Severity.S2)
    answer(case, at=NOON + MINUTE)

    case.severity = Severity.S1
    clocks.retarget(case, at=NOON + HOUR, by=None, cause="severity")

    assert [clock.due_at for clock in cycles(case, U)] == [NOON + 3 * HOUR]


# -- Caps --------------------------------------------------------------------------------------------------------------
def test_a_pause_ends_by_its_cap_with_a_warning_before() -> None:
    case = make_case_with_clocks(severity=Severity.S2)
    clocks.pause(case, "submitter", at=NOON + HOUR, by=None)
    Case.objects.filter(pk=case.pk).update(is_paused=True)
    [clock] = cycles(case, R)
    assert not SlaTimer.objects.filter(clock=clock, state=TimerState.ARMED).exists()  # R4: a paused clock has none
    cap_at = NOON + HOUR + 5 * DAY

    assert dict(armed(case))["pause_warn"] == NOON + HOUR + 4 * DAY
    timers.fire_due_timers(at=NOON + HOUR + 4 * DAY)
    assert dict(armed(case))["pause_cap"] == cap_at
    told = Event.objects.get(kind=events.CLOCK_PAUSE_ENDING, subject_id=case.pk)
    assert told.data["ends_at"] == cap_at.isoformat()
    timers.fire_due_timers(at=cap_at + 30 * MINUTE)  # late: the clock goes on from its cap all the same

    clock.refresh_from_db()
    assert (clock.state, clock.due_at) == (ClockState.RUNNING, cap_at + 23 * HOUR)
    assert Event.objects.get(kind=events.CLOCK_RESUMED, subject_id=case.pk).at == cap_at
    resumed = SlaClockEvent.objects.get(clock=clock, kind="resume")
    assert (resumed.actor_kind, resumed.data["by_rule"]) == ("system", "pause_cap")
    assert Case.objects.get(pk=case.pk).is_paused is False
    agree(case)


def test_a_pause_that_ends_by_itself_leaves_no_cap_behind() -> None:
    case = make_case_with_clocks(severity=Severity.S2)
    clocks.pause(case, "submitter", at=NOON + HOUR, by=None)
    clocks.resume(case, at=NOON + 2 * HOUR, by=None)
    clocks.pause(case, "submitter", at=NOON + 3 * HOUR, by=None)

    assert [kind for kind, _due in armed(case)].count("pause_warn") == 1
    # A fifth before the end: of the five days 119 hours are left.
    assert dict(armed(case))["pause_warn"] == NOON + 3 * HOUR + timedelta(hours=95, minutes=12)


def test_pausing_again_and_again_wins_no_time() -> None:
    case = make_case_with_clocks(severity=Severity.S2)
    clocks.pause(case, "submitter", at=NOON + HOUR, by=None)
    clocks.resume(case, at=NOON + HOUR + 3 * DAY, by=None)

    clocks.pause(case, "submitter", at=NOON + 4 * DAY, by=None)

    [timer] = SlaTimer.objects.filter(object_id=case.pk, kind="pause_warn", state=TimerState.ARMED)
    assert timer.data["ends_at"] == (NOON + 6 * DAY).isoformat()  # two of the five days are left
    timers.fire_due_timers(at=NOON + 6 * DAY)
    timers.fire_due_timers(at=NOON + 6 * DAY)
    assert clocks.pause(case, "submitter", at=NOON + 6 * DAY + MINUTE, by=None) == []
    assert [clock.state for clock in cycles(case, R)] == [ClockState.RUNNING]
    agree(case)


def test_another_reason_has_a_cap_of_its_own() -> None:
    make_plan({"R": 40 * 3600}, pause_reasons=["submitter", "external"], pause_caps={"submitter": {"seconds": 3600}})
    case = make_case_with_clocks(severity=Severity.S2)
    clocks.pause(case, "submitter", at=NOON, by=None)
    clocks.resume(case, at=NOON + HOUR, by=None)

    assert [clock.metric for clock in clocks.pause(case, "external", at=NOON + 2 * HOUR, by=None)] == ["R"]


# -- Waiting for somebody outside --------------------------------------------------------------------------------------
def test_a_case_waits_for_somebody_outside_and_the_listed_clocks_stand_still() -> None:
    make_plan({"A": 3600, "R": 40 * 3600}, pause_reasons=["external"])
    holder = make_user(roles=[Role.SPECIALIST])
    case = make_case_with_clocks(assignee=holder, status=CaseStatus.IN_REVIEW)

    cases.wait_outside(case_id=case.pk, reason="The police", by=holder, at=NOON + HOUR, until=NOON + 2 * DAY)

    case.refresh_from_db()
    assert (case.status, case.waiting_on, case.waiting_until) == (CaseStatus.WAITING, "external", NOON + 2 * DAY)
    assert states(case, R) == [ClockState.PAUSED]
    told = Event.objects.get(kind=events.CASE_WAITING)
    assert (told.data["on"], told.data["question"]) == ("external", "The police")
    timers.fire_of_case(case.pk, until=NOON + 2 * DAY)
    case.refresh_from_db()
    assert case.status == CaseStatus.IN_REVIEW
    assert states(case, R) == [ClockState.RUNNING]
    agree(case)


@pytest.mark.parametrize("until", [NOON, NOON + 31 * DAY])
def test_waiting_ends_within_thirty_days(until: datetime) -> None:
    holder = make_user(roles=[Role.SPECIALIST])
    case = make_case_with_clocks(assignee=holder, status=CaseStatus.IN_REVIEW)

    with pytest.raises(Invalid) as refused:
        cases.wait_outside(case_id=case.pk, reason="The police", by=holder, at=NOON, until=until)

    assert refused.value.errors[0].pointer == "/until"


# -- Answers that come to light late -----------------------------------------------------------------------------------
def test_an_earlier_answer_makes_a_missed_clock_met_and_both_are_told(lead: User) -> None:
    case = make_case_with_clocks(severity=Severity.S1)
    timers.fire_due_timers(at=NOON + 2 * HOUR)
    assert cycles(case, F)[0].missed_at == NOON + HOUR

    clock_acts.answered_elsewhere(
        case_id=case.pk, occurred_at=NOON + 30 * MINUTE, reason="By phone", by=lead, at=NOON + 3 * HOUR
    )

    [clock] = cycles(case, F)
    assert (clock.state, clock.stopped_at, clock.missed_at) == (ClockState.MET, NOON + 30 * MINUTE, None)
    kinds = list(SlaClockEvent.objects.filter(clock=clock).order_by("id").values_list("kind", flat=True))
    assert kinds[-3:] == ["breach", "stop", "retract"]
    stopped = SlaClockEvent.objects.get(clock=clock, kind="stop")
    assert (stopped.occurred_at, stopped.recorded_at) == (NOON + 30 * MINUTE, NOON + 3 * HOUR)
    case.refresh_from_db()
    assert case.first_response_at == NOON + 30 * MINUTE
    assert Event.objects.filter(kind=events.CLOCK_RETRACTED, subject_id=case.pk).exists()
    agree(case)


@pytest.mark.parametrize(
    ("occurred_at", "code"),
    [(NOON + 4 * HOUR, "out_of_range"), (NOON - 22 * HOUR, "out_of_range"), (NOON - MINUTE, "too_early")],
)
def test_a_late_fact_lies_within_a_day_and_after_the_clocks_last_change(
    lead: User, occurred_at: datetime, code: str
) -> None:
    case = make_case_with_clocks(severity=Severity.S1)

    with pytest.raises(Invalid) as refused:
        clock_acts.answered_elsewhere(
            case_id=case.pk, occurred_at=occurred_at, reason="By phone", by=lead, at=NOON + 3 * HOUR
        )

    assert refused.value.errors[0].code == code


def test_only_leads_and_keys_with_the_scope_say_so() -> None:
    case = make_case_with_clocks(severity=Severity.S1)
    for by in (
        make_user(roles=[Role.SPECIALIST]),
        make_key(organization=internal_organization(), scopes=["cases:*"])[0],
    ):
        with pytest.raises(NotPermitted):
            clock_acts.answered_elsewhere(case_id=case.pk, occurred_at=NOON, reason="By phone", by=by, at=NOON)

    key, _token = make_key(organization=internal_organization(), scopes=["clocks:backdate"])
    clock_acts.answered_elsewhere(case_id=case.pk, occurred_at=NOON + MINUTE, reason="By phone", by=key, at=NOON + HOUR)

    assert states(case, F) == [ClockState.MET]


def test_an_answer_that_nobody_owes_is_none(lead: User) -> None:
    case = make_case_with_clocks(severity=Severity.S3)
    answer(case, at=NOON + MINUTE)
    clocks.cancel_all(case, "test", at=NOON + MINUTE)

    with pytest.raises(NotFound):
        clock_acts.answered_elsewhere(
            case_id=case.pk, occurred_at=NOON + 2 * MINUTE, reason="By phone", by=lead, at=NOON + HOUR
        )


def test_a_cap_in_working_days_skips_the_weekend() -> None:
    office = make_calendar({"zone": "Europe/Berlin", "weekly": OFFICE})
    make_plan({"R": 40 * 3600}, calendar=office, pause_caps={"submitter": {"working_days": 2}})
    friday = datetime(2026, 6, 5, 8, tzinfo=UTC)
    case = make_case_with_clocks(at=friday)

    clocks.pause(case, "submitter", at=friday + HOUR, by=None)

    [timer] = SlaTimer.objects.filter(object_id=case.pk, kind="pause_warn")
    assert timer.data["ends_at"] == datetime(2026, 6, 9, 9, tzinfo=UTC).isoformat()


def test_a_crisis_does_not_wait() -> None:
    case = make_case_with_clocks(severity=Severity.S2)
    clocks.pause(case, "submitter", at=NOON + HOUR, by=None)

    case.severity = Severity.S0
    clocks.retarget(case, at=NOON + 2 * HOUR, by=None, cause="severity")

    [clock] = cycles(case, R)
    assert (clock.state, clock.due_at) == (ClockState.RUNNING, NOON + 5 * HOUR)
    assert "pause_warn" not in dict(armed(case))
    agree(case)


# -- Working days ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("start", "due", "breach"),
    [
        # Thursday 10:30 in Berlin plus two open dates: Monday 10:30.
        (datetime(2026, 6, 4, 8, 30, tzinfo=UTC), datetime(2026, 6, 8, 8, 30, tzinfo=UTC), None),
        # Before opening: the second date's opening, where the time of the day before was used up at its closing.
        (datetime(2026, 6, 4, 4, 0, tzinfo=UTC), datetime(2026, 6, 8, 7, 0, tzinfo=UTC), None),
        # After closing: the second date's closing, late only at the next opening.
        (
            datetime(2026, 6, 4, 20, 0, 0, 250_000, tzinfo=UTC),
            datetime(2026, 6, 8, 15, 0, tzinfo=UTC),
            datetime(2026, 6, 9, 7, 0, tzinfo=UTC),
        ),
    ],
)
def test_working_days_keep_the_clock_time_or_move_to_the_edge(start: datetime, due: datetime, breach: Any) -> None:
    office = make_calendar({"zone": "Europe/Berlin", "weekly": OFFICE})
    make_plan({"R": 0}, calendar=office, working_days=2, warn_percent=[50])

    case = make_case_with_clocks(at=start)

    [clock] = cycles(case, R)
    assert (clock.due_at, clock.breach_at) == (due, breach or due)
    assert timers.fire_due_timers(at=(breach or due) - timedelta(microseconds=1)) <= 1
    assert cycles(case, R)[0].missed_at is None
    agree(case)


def test_a_pause_puts_off_a_working_day_by_the_open_time_it_took() -> None:
    office = make_calendar({"zone": "UTC", "weekly": OFFICE})
    make_plan({"R": 0}, calendar=office, working_days=1)
    monday = datetime(2026, 6, 1, 10, tzinfo=UTC)
    case = make_case_with_clocks(at=monday)

    clocks.pause(case, "submitter", at=monday + 6 * HOUR, by=None)  # 16:00
    clocks.resume(case, at=monday + 24 * HOUR, by=None)  # 10:00 on Tuesday: two open hours

    [clock] = cycles(case, R)
    assert clock.due_at == monday + 26 * HOUR
    agree(case)


# -- Reopening ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("target", "after", "left"),
    [({}, DAY, 14), ({"reopen": "fresh"}, DAY, 24), ({}, 15 * DAY, 24)],
)
def test_a_reopened_case_goes_on_or_starts_afresh(target: dict[str, Any], after: timedelta, left: int) -> None:
    make_plan({"A": 3600, "R": 24 * 3600}, **target)
    case = make_case_with_clocks()
    clocks.stop(case, R, at=NOON + 10 * HOUR)
    back = NOON + 10 * HOUR + after

    clocks.reopen(case, at=back)

    first, second = cycles(case, R)
    assert (first.state, second.due_at) == (ClockState.MET, back + left * HOUR)
    agree(case)


# -- Any owner ---------------------------------------------------------------------------------------------------------
def test_a_clock_runs_on_any_object_by_the_same_verbs() -> None:
    from oncall.selectors.calendars import version_in_force

    class Consult(Case):
        """Another kind of owner with the table of cases, so that the test needs none of its own."""

        clock_type = "consult"

        class Meta:
            proxy = True
            app_label = "escalations"

    owner = Consult.objects.get(pk=make_case().pk)
    clock = clocks.start_on(
        owner, Metric.CONSULT, seconds=3600, calendar_version_id=version_in_force("always").pk, at=NOON
    )

    assert clock is not None
    assert (clock.object_type, clock.due_at) == ("consult", NOON + HOUR)
    assert clocks.start_on(owner, Metric.CONSULT, seconds=60, calendar_version_id=1, at=NOON) is None
    stopped = clocks.stop(owner, Metric.CONSULT, at=NOON + 2 * HOUR)
    assert stopped is not None
    assert (stopped.state, stopped.missed_at) == (ClockState.MISSED, NOON + HOUR)
    assert reading.differences(SlaClock.objects.get(pk=clock.pk)) == {}


def test_moving_tagging_and_labelling_match_the_plans_again(lead: User) -> None:
    make_plan({"A": 600, "R": 7200}, condition="tag:press")
    case = make_case_with_clocks(severity=Severity.S2, status=CaseStatus.NEW)

    cases.tag_case(case_id=case.pk, add=["press"], by=lead, at=NOON + MINUTE)
    assert Case.objects.get(pk=case.pk).due_at == NOON + 10 * MINUTE
    cases.tag_case(case_id=case.pk, remove=["press"], by=lead, at=NOON + 2 * MINUTE)

    assert Case.objects.get(pk=case.pk).due_at == NOON + HOUR
    agree(case)

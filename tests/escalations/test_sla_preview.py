"""Previewed edits: "clocks that would change", and that applying does what the preview said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from accounts.roles import Role
from audit.models import Event
from core.errors import Invalid, NotPermitted
from escalations import events
from escalations.lifecycle import ClockState, Metric, TimerState
from escalations.models import Case, SlaClock, SlaPlan, SlaTimer
from escalations.operations import clocks
from escalations.operations.sla_apply import apply_calendar, apply_plan, change_plan
from escalations.operations.sla_plans import TargetInput, create_plan, publish_plan_version
from escalations.selectors import clocks as reading
from escalations.selectors import sla_plans
from escalations.selectors.sla_preview import preview_calendar, preview_plan
from oncall.business_time import spec_from_rules
from oncall.models import Calendar, CalendarVersion
from tests.factories.clocks import OFFICE, make_calendar, make_case_with_clocks, make_plan
from tests.factories.people import NOON, internal_organization, make_user

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
A, F, R = Metric.ACKNOWLEDGE, Metric.FIRST_RESPONSE, Metric.RESOLVE


@pytest.fixture
def admin() -> User:
    internal_organization()
    return make_user(roles=[Role.ADMIN, Role.LEAD])  # an administrator alone reads no cases


def inputs(**hours: float) -> list[TargetInput]:
    return [
        TargetInput(
            metric, None, int(hours.get(metric, 4) * 3600), "always", pause_reasons=("submitter",) * (metric == R)
        )
        for metric in (A, F, R)
    ]


def make_standing_plan(**hours: float) -> SlaPlan:
    version = make_plan({metric: int(hours.get(metric, 4) * 3600) for metric in (A, F, R)})
    return version.plan


def open_rows() -> dict[int, Any]:
    return {
        clock.pk: (clock.due_at, clock.state, clock.missed_at is not None) for clock in SlaClock.objects.order_by("pk")
    }


def test_a_shorter_target_moves_clocks_and_misses_the_old_ones(admin: User) -> None:
    plan = make_standing_plan(R=8)
    old, young = make_case_with_clocks(at=NOON), make_case_with_clocks(at=NOON + 3 * HOUR)
    at = NOON + 3.5 * HOUR

    found = preview_plan(plan, inputs(R=2), viewer=admin, at=at)

    assert (found.looked_at, found.moved, found.become_missed, found.is_partial) == (6, 2, 1, False)
    assert [(move.ref, move.metric, move.due_after, move.becomes) for move in found.rows] == [
        (old.ref, R, NOON + 2 * HOUR, "missed"),
        (young.ref, R, NOON + 5 * HOUR, ""),
    ]
    assert SlaClock.objects.filter(metric=R, target_s=8 * 3600).count() == 2  # nothing was done


@pytest.mark.parametrize("limit", [1, 2, 200])
def test_applying_does_what_the_preview_said_in_batches(admin: User, limit: int) -> None:
    plan = make_standing_plan(R=8)
    cases = [make_case_with_clocks(at=NOON + number * HOUR, severity=2) for number in range(4)]
    clocks.pause(cases[3], "submitter", at=NOON + 4 * HOUR, by=None)
    clocks.stop(cases[2], A, at=NOON + 3 * HOUR)
    settled = SlaClock.objects.get(object_id=cases[2].pk, metric=A)
    at = NOON + 4.5 * HOUR
    wanted = inputs(A=3, R=4.25)
    said = preview_plan(plan, wanted, viewer=admin, at=at)
    publish_plan_version(plan_id=plan.pk, targets=wanted, note="Shorter", by=admin, at=at)
    sla_plans.forget()

    turns, missed, applied = 0, 0, None
    while applied is None or applied.left:
        applied = apply_plan(plan_id=plan.pk, by=admin, at=at, limit=limit)
        turns, missed = turns + 1, missed + applied.missed

    assert turns == max(1, 4 // limit)
    assert missed == said.become_missed == 1
    after = {clock.pk: clock.due_at for clock in SlaClock.objects.exclude(pk=settled.pk)}
    for move in said.rows:
        assert after[move.clock_id] == move.due_after
    settled.refresh_from_db()
    assert (settled.state, settled.target_s) == (ClockState.MET, 4 * 3600)  # met cycles never change
    for clock in SlaClock.objects.all():
        assert reading.differences(clock) == {}
    for case in cases:
        assert Case.objects.get(pk=case.pk).order_terms  # placed anew
    assert Event.objects.filter(kind=events.SLA_PLAN_APPLIED).count() == turns
    assert apply_plan(plan_id=plan.pk, by=admin, at=at).changed == 0


def test_a_new_edition_of_a_calendar_is_previewed_and_applied_from_now_on(admin: User) -> None:
    office = make_calendar({"zone": "UTC", "weekly": OFFICE})
    make_plan({"A": 3600, "R": 16 * 3600}, calendar=office)
    monday = datetime(2026, 6, 1, 9, tzinfo=UTC)
    case = make_case_with_clocks(at=monday)
    at = monday + 2 * HOUR
    rules = {"zone": "UTC", "weekly": OFFICE | {"mon": [["09:00", "12:00"]]}}

    found = preview_calendar(office, spec_from_rules(rules), viewer=admin, at=at)
    CalendarVersion.objects.create(calendar=office, number=2, rules=rules, reason="Summer", published_at=at)
    applied = apply_calendar(calendar_id=office.pk, by=admin, at=at)

    # Acknowledge ran out at ten, before the edit: it is missed and its due time stays. Five hours of Monday fall away.
    assert [(move.metric, move.due_after, move.becomes) for move in found.rows] == [
        (R, datetime(2026, 6, 3, 14, tzinfo=UTC), "")
    ]
    resolve = SlaClock.objects.get(object_id=case.pk, metric=R)
    assert (resolve.due_at, resolve.consumed_s) == (datetime(2026, 6, 3, 14, tzinfo=UTC), 2 * 3600)
    assert (applied.changed, applied.left) == (2, 0)
    for clock in reading.clocks_of(case):
        assert reading.differences(clock) == {}


def test_a_preview_says_when_it_did_not_look_at_all(admin: User) -> None:
    plan = make_standing_plan()
    for _ in range(2):
        make_case_with_clocks()

    found = preview_plan(plan, inputs(R=2), viewer=admin, at=NOON, most=3)

    assert (found.looked_at, found.is_partial) == (3, True)


def test_legal_deadlines_are_never_edited(admin: User) -> None:
    plan = make_standing_plan()
    case = make_case_with_clocks(deadline_at=NOON + HOUR, deadline_reason="Court order")
    always = Calendar.objects.get(key="always")
    CalendarVersion.objects.create(
        calendar=always,
        number=2,
        rules={"zone": "UTC", "weekly": OFFICE},
        reason="Never do this",
        published_at=NOON,
    )

    apply_calendar(calendar_id=always.pk, by=admin, at=NOON + timedelta(minutes=5))
    apply_plan(plan_id=plan.pk, by=admin, at=NOON + timedelta(minutes=5))

    legal = SlaClock.objects.get(object_id=case.pk, metric=Metric.LEGAL)
    assert (legal.due_at, legal.epoch) == (NOON + HOUR, 1)


def test_applying_is_an_administrators_act() -> None:
    plan = make_standing_plan()

    with pytest.raises(NotPermitted):
        apply_plan(plan_id=plan.pk, by=make_user(roles=[Role.LEAD]), at=NOON)


def test_a_plan_that_is_switched_off_warns_nobody_any_more(admin: User) -> None:
    keeps = make_case_with_clocks(severity=2, surface="organic")
    version = make_plan({"A": 600, "F": 600, "N": 600, "R": 600}, condition="surface:ads", warn_percent=[50])
    case = make_case_with_clocks(severity=2, surface="ads")
    clocks.start(case, Metric.NEXT_RESPONSE, at=NOON)

    change_plan(plan_id=version.plan_id, is_active=False, by=admin, at=NOON + timedelta(minutes=2))

    due = {clock.metric: clock.due_at for clock in reading.clocks_of(case)}
    assert due == {A: NOON + HOUR, F: NOON + 4 * HOUR, R: NOON + 24 * HOUR, "N": NOON + 4 * HOUR}
    targets = {clock.target_id for clock in SlaClock.objects.filter(object_id=case.pk)}
    assert not version.targets.filter(pk__in=targets).exists()
    armed = SlaTimer.objects.filter(state=TimerState.ARMED, object_id=case.pk)
    assert armed.count() == 4
    assert all(timer.due_at > NOON + 10 * timedelta(minutes=1) for timer in armed)
    assert all(clock.epoch == 1 for clock in reading.clocks_of(keeps))
    assert make_case_with_clocks(severity=2, surface="ads").due_at == NOON + HOUR
    assert Event.objects.get(kind=events.SLA_PLAN_CHANGED).data["clocks"] == 4


def test_without_another_plan_the_clocks_of_one_switched_off_are_cancelled_as_detached(admin: User) -> None:
    plan = make_standing_plan()
    case = make_case_with_clocks()

    change_plan(plan_id=plan.pk, is_active=False, by=admin, at=NOON + HOUR)

    assert {(clock.state, clock.cancelled_why) for clock in reading.clocks_of(case)} == {("cancelled", "detached")}
    assert not SlaTimer.objects.filter(state=TimerState.ARMED).exists()
    assert Case.objects.get(pk=case.pk).due_at is None


@pytest.mark.parametrize(("name", "code"), [("", "required"), ("x" * 81, "required"), ("Standard", "taken")])
def test_a_plan_has_a_name_of_its_own(admin: User, name: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        create_plan(name=name, by=admin, at=NOON)

    assert [problem.code for problem in caught.value.errors] == [code]
    assert create_plan(name="Ads", by=admin, at=NOON).versions.count() == 0

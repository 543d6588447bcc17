"""Which plan a case gets: conditions in the filter language, in memory or by the database, set-wise, and again after a change."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from escalations.lifecycle import ClockState, Metric, Surface
from escalations.models import Case, CaseTag, SlaClock, SlaClockEvent, Tag
from escalations.operations import clocks, ordering
from escalations.selectors import clocks as reading
from escalations.selectors import sla_plans
from escalations.selectors.sla_plans import condition_problems
from tests.factories.cases import make_case
from tests.factories.clocks import make_case_with_clocks, make_plan
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
A, R = Metric.ACKNOWLEDGE, Metric.RESOLVE


def due_of(case: Case, metric: Metric = A) -> Any:
    return SlaClock.objects.get(object_id=case.pk, metric=metric, state=ClockState.RUNNING).due_at


def clock_of(case: Case, metric: Metric = A) -> SlaClock:
    return SlaClock.objects.get(object_id=case.pk, metric=metric)


def tagged(case: Case, name: str) -> None:
    tag, _made = Tag.objects.get_or_create(name=name)
    CaseTag.objects.create(case=case, tag=tag, organization_id=case.organization_id, added_at=NOON)


def test_the_first_plan_whose_condition_holds_takes_the_case() -> None:
    make_plan({"A": 600, "F": 600, "R": 600}, condition="surface:ads")
    make_plan({"A": 300, "F": 300, "R": 300}, condition="surface:ads market:BR")

    ads_brazil = make_case_with_clocks(surface=Surface.ADS, market="BR")
    ads = make_case_with_clocks(surface=Surface.ADS, market="DE")
    other = make_case_with_clocks(surface=Surface.ORGANIC, severity=2)

    assert [due_of(case) - NOON for case in (ads_brazil, ads, other)] == [5 * MINUTE, 10 * MINUTE, HOUR]


def test_conditions_on_the_cases_own_columns_ask_nothing_of_the_database(django_assert_num_queries: Any) -> None:
    make_plan({"A": 600}, condition="surface:ads sev:0..3 -lang:es")
    case = make_case(surface=Surface.ADS)
    clocks.planned(case, at=NOON)  # plans and calendars are kept from now on

    with django_assert_num_queries(0):
        planned = clocks.planned(case, at=NOON)

    assert planned.is_settled
    assert [plan.clock.target_s for plan in planned] == [600]


def test_many_cases_start_in_one_statement_however_many(django_assert_num_queries: Any) -> None:
    make_plan({"A": 600}, condition="surface:ads")
    cases = [make_case(surface=Surface.ADS) for _ in range(30)]
    sla_plans.plans_in_force()
    clocks.planned(cases[0], at=NOON)

    with django_assert_num_queries(1):
        started = clocks.start_clocks(cases, at=NOON)

    assert len(started) == 30
    assert all(case.due_at == NOON + 10 * MINUTE for case in cases)


def test_a_condition_beside_the_case_is_asked_once_for_all_and_the_places_are_saved(
    django_assert_max_num_queries: Any,
) -> None:
    make_plan({"A": 600}, condition="tag:press")
    cases = [make_case(severity=2) for _ in range(12)]
    for case in cases[:5]:
        tagged(case, "press")
    sla_plans.plans_in_force()
    clocks.planned(cases[0], at=NOON)

    with django_assert_max_num_queries(14):
        clocks.start_clocks(cases, at=NOON)

    assert [due_of(case) - NOON for case in cases] == [10 * MINUTE] * 5 + [HOUR] * 7
    for case in cases[:5]:
        assert Case.objects.get(pk=case.pk).due_at == NOON + 10 * MINUTE


@pytest.mark.parametrize("by_database", [False, True])
def test_single_and_set_wise_starts_are_the_same(by_database: bool) -> None:
    make_plan({"A": 600, "R": 7200}, condition="tag:press" if by_database else "surface:ads", warn_percent=[50])
    one, many = make_case(surface=Surface.ADS), [make_case(surface=Surface.ADS) for _ in range(3)]
    for case in [one, *many]:
        tagged(case, "press")

    clocks.start_for_case(one, at=NOON)
    clocks.start_clocks(many, at=NOON)

    def said(case: Case) -> Any:
        rows = reading.clocks_of(case).values_list("metric", "target_id", "due_at", "breach_at", "state", "epoch")
        return list(rows), [getattr(case, name) for name in ordering.FIELDS]

    assert said(one) == said(many[0]) == said(many[2])


def test_a_change_of_the_facts_moves_the_case_to_the_plan_that_takes_it() -> None:
    make_plan({"A": 600, "F": 1200, "R": 7200}, condition="surface:ads")
    case = make_case_with_clocks(surface=Surface.ORGANIC, severity=2)

    case.surface = Surface.ADS
    clocks.retarget(case, at=NOON + 2 * MINUTE, by=None, cause="edit")

    assert (due_of(case) - NOON, due_of(case, R) - NOON) == (10 * MINUTE, 2 * HOUR)
    for clock in reading.clocks_of(case):
        assert reading.differences(clock) == {}


def test_a_case_that_leaves_and_comes_back_keeps_its_start_and_the_time_used() -> None:
    make_plan({"A": 3600, "R": 7200})
    make_plan({"R": 7200}, condition="surface:ads")
    case = make_case_with_clocks(surface=Surface.ORGANIC)

    case.surface = Surface.ADS
    clocks.retarget(case, at=NOON + 10 * MINUTE, by=None, cause="edit")
    assert (clock_of(case).state, clock_of(case).cancelled_why) == (ClockState.CANCELLED, "detached")
    case.surface = Surface.ORGANIC
    clocks.retarget(case, at=NOON + 40 * MINUTE, by=None, cause="edit")

    clock = clock_of(case)
    assert (clock.state, clock.cycle, clock.started_at, clock.cancelled_why) == (ClockState.RUNNING, 1, NOON, "")
    assert clock.due_at == NOON + 90 * MINUTE  # ten minutes were used; the half hour in between was nobody's promise
    assert reading.differences(clock) == {}
    assert list(SlaClockEvent.objects.filter(clock=clock).order_by("id").values_list("kind", flat=True)) == [
        "start",
        "cancel",
        "resume",
        "retarget",
    ]


def test_a_case_that_comes_under_a_plan_with_more_clocks_gets_those_that_lie_ahead() -> None:
    make_plan({"R": 7200})
    make_plan({"A": 600, "R": 7200}, condition="surface:ads")
    claimed, new = (make_case_with_clocks(surface=Surface.ORGANIC) for _ in range(2))
    claimed.assignee_id = claimed.organization_id  # only its being set is asked

    for case in (claimed, new):
        case.surface = Surface.ADS
        clocks.retarget(case, at=NOON + 5 * MINUTE, by=None, cause="edit")

    assert not SlaClock.objects.filter(object_id=claimed.pk, metric=A).exists()
    assert due_of(new) == NOON + 15 * MINUTE


@pytest.mark.parametrize(
    ("condition", "codes"),
    [
        ("", []),
        ("surface:ads market:BR", []),
        ("vendor:nobody", None),
        ("is:breached", ["moves_by_itself"]),
        ("is:highprofile", []),
        ("sla:<2h", ["moves_by_itself"]),
        ("surface:ads -age:>2d", ["moves_by_itself"]),
        ("who:@me", ["no_reader"]),
        ("surface:ads sort:age", ["shape_in_rule"]),
        ("((", None),
    ],
)
def test_what_a_plan_may_ask(condition: str, codes: list[str] | None) -> None:
    found = [problem.code for problem in condition_problems(condition, at=NOON)]

    assert found == codes if codes is not None else found != []


def test_the_tester_says_which_plan_takes_a_case_and_what_it_promises() -> None:
    make_plan({"A": 600}, condition="tag:press")
    make_plan({"A": 300}, condition="surface:ads")
    case = make_case(surface=Surface.ORGANIC)
    tagged(case, "press")

    found = sla_plans.try_case(case, start=NOON, at=NOON)

    assert [(one.plan.condition, one.takes) for one in found.tried] == [
        ("surface:ads", False),
        ("tag:press", True),
        ("", None),
    ]
    assert [(one.metric, one.due_at) for one in found.promised] == [(A, NOON + 10 * MINUTE)]

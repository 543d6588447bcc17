"""The order of "next best": one instant, earliest first, and its sum in words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from escalations.lifecycle import Metric, Severity
from escalations.models import Case
from escalations.operations import clocks, ordering, timers
from tests.factories.cases import make_case
from tests.factories.clocks import make_case_with_clocks
from tests.factories.people import NOON, make_user

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def test_the_place_is_the_nearest_due_less_the_head_start() -> None:
    case = make_case_with_clocks(severity=Severity.S2, reach=310_000)

    assert case.order_at == NOON + HOUR - 12 * HOUR - 3 * HOUR
    assert ordering.explain(case, at=NOON) == "A due 13:00, 12 h earlier for S2, 3 h for 310k views"


def test_an_s0_comes_first_and_a_lower_severity_near_its_deadline_passes_a_fresh_higher_one() -> None:
    old = make_case_with_clocks(severity=Severity.S3, at=NOON - 12 * HOUR)
    fresh = make_case_with_clocks(severity=Severity.S2, at=NOON)
    crisis = make_case_with_clocks(severity=Severity.S0, at=NOON)

    assert list(Case.objects.order_by("order_at", "id")) == [crisis, old, fresh]


def test_a_paused_clock_does_not_count_and_the_row_says_so() -> None:
    case = make_case_with_clocks(severity=Severity.S2)
    for metric in (Metric.ACKNOWLEDGE, Metric.FIRST_RESPONSE):
        clocks.stop(case, metric, at=NOON)
    clocks.pause(case, "submitter", at=NOON + HOUR, by=None)

    ordering.reorder(case, at=NOON + HOUR)

    assert (case.is_paused, case.due_metric, case.due_at, case.risk_at) == (True, "", None, None)
    assert case.order_at == NOON + 7 * DAY - 12 * HOUR
    assert ordering.explain(case, at=NOON) == "no clock runs: a week after receipt 12:00, 12 h earlier for S2"


def test_an_overdue_clock_counts() -> None:
    case = make_case_with_clocks(severity=Severity.S2)
    timers.fire_due_timers(at=NOON + 2 * HOUR)
    case.refresh_from_db()

    ordering.reorder(case, at=NOON + 2 * HOUR)

    assert (case.due_metric, case.due_at, case.is_breached) == ("A", NOON + HOUR, True)


def test_a_legal_deadline_counts() -> None:
    case = make_case_with_clocks(
        severity=Severity.S3, deadline_at=NOON + 30 * MINUTE, deadline_reason="Removal order, 30 minutes"
    )

    assert (case.due_metric, case.due_at) == ("L", NOON + 30 * MINUTE)


@pytest.mark.parametrize(
    ("severity", "at_risk_after"),
    [(Severity.S0, timedelta(seconds=150)), (Severity.S2, 30 * MINUTE), (Severity.S4, 18 * HOUR)],
)
def test_a_case_is_at_risk_by_the_bands_of_its_target(severity: Severity, at_risk_after: timedelta) -> None:
    assert make_case_with_clocks(severity=severity).risk_at == NOON + at_risk_after


def test_reopening_and_a_boost_add_to_the_head_start_until_the_boost_ends() -> None:
    lead = make_user()
    case = make_case(
        severity=Severity.S4,
        reopened_count=1,
        boost_s=5400,
        boost_until=NOON + HOUR,
        boost_by=lead,
        received_at=NOON,
    )
    ordering.reorder(case, at=NOON)
    case.save(update_fields=ordering.FIELDS)

    assert case.order_at == NOON + 7 * DAY - 2 * HOUR - 1.5 * HOUR
    assert ordering.explain(case, at=NOON).endswith("2 h as it was reopened, 1 h 30 min by hand")
    timers.arm(case, "boost", due_at=NOON + HOUR)
    assert timers.fire_due_timers(at=NOON + HOUR) == 1
    case.refresh_from_db()
    assert (case.order_at, case.boost_s, case.boost_by) == (NOON + 7 * DAY - 2 * HOUR, 0, None)


@pytest.mark.parametrize(
    ("reach", "spend", "hours", "is_money"),
    [
        (0, 0, 0, False),
        (1_000, 0, 0, False),
        (10_000, 0, 1.25, False),
        (310_000, 0, 3, False),
        (100_000_000, 0, 6, False),
        (10**12, 0, 6, False),
        (1_000, 10_000, 2.5, True),
    ],
)
def test_reach_and_spend_count_by_their_logarithm(reach: int, spend: int, hours: float, is_money: bool) -> None:
    seconds, by_money = ordering.reach_head_start_s(reach, spend)

    assert seconds == pytest.approx(hours * 3600, abs=300)
    assert by_money == is_money


def test_money_is_named_with_its_currency() -> None:
    case = make_case_with_clocks(severity=Severity.S4, spend=2_500_000, spend_currency="EUR")

    assert "for 2.5M EUR spent" in ordering.explain(case, at=NOON)


def test_another_day_is_named() -> None:
    case = make_case_with_clocks(severity=Severity.S4)

    assert ordering.explain(case, at=NOON - DAY).startswith("A due 17 Nov 12:00")

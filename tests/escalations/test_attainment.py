"""How promises were kept: both figures, and what stands apart."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from accounts.roles import Role
from escalations.lifecycle import Metric
from escalations.models import Case, SlaClock
from escalations.operations import clock_acts, clocks
from escalations.selectors.attainment import Kept, kept
from tests.factories.clocks import make_case_with_clocks, make_plan
from tests.factories.people import NOON, make_user

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
A, R = Metric.ACKNOWLEDGE, Metric.RESOLVE


def acknowledged(after: timedelta, *, at: datetime = NOON, **fields: object) -> Case:
    case = make_case_with_clocks(at=at, **fields)
    clocks.stop(case, A, at=at + after)
    return case


def of_acknowledge(*, since: datetime = NOON - DAY, until: datetime = NOON + 30 * DAY) -> Kept:
    [found] = [one for one in kept(since=since, until=until) if one.metric is A]
    return found


def test_both_figures_and_how_late_the_late_ones_were() -> None:
    make_plan({"A": 3600, "R": 86400})
    for minutes in (10, 20, 60):
        acknowledged(timedelta(minutes=minutes))
    late = [acknowledged(HOUR + timedelta(minutes=minutes)) for minutes in (10, 30)]
    clock = SlaClock.objects.get(object_id=late[0].pk, metric=A)
    lead = make_user(roles=[Role.LEAD])
    clock_acts.excuse_clock(case_id=late[0].pk, clock_id=clock.pk, reason="Outage", by=lead, at=NOON + DAY)

    found = of_acknowledge()

    assert (found.met, found.missed, found.excused, found.open) == (3, 2, 1, 0)
    assert (found.raw, found.with_excuses) == (0.6, 0.75)
    assert (found.raw_percent, found.excused_percent) == ("60 %", "75 %")
    assert (found.overshoot_median_s, found.overshoot_p90_s) == (1200, 1680)


def test_open_cancelled_and_sandbox_clocks_stand_apart() -> None:
    make_plan({"A": 3600})
    acknowledged(timedelta(minutes=5))
    make_case_with_clocks()
    clocks.cancel_all(make_case_with_clocks(), "withdrawn", at=NOON + timedelta(minutes=5))
    acknowledged(2 * HOUR, is_sandbox=True)

    found = of_acknowledge()

    assert (found.met, found.missed, found.open, found.cancelled) == (1, 0, 1, 1)
    assert found.raw == 1.0


def test_a_clock_counts_in_the_period_in_which_it_was_decided() -> None:
    make_plan({"A": 3600})
    acknowledged(timedelta(minutes=5))
    acknowledged(5 * DAY)  # missed after an hour, answered days later

    first = of_acknowledge(until=NOON + DAY)
    assert (first.met, first.missed) == (1, 1)
    assert all((one.met, one.missed) == (0, 0) for one in kept(since=NOON + DAY, until=NOON + 9 * DAY))


def test_a_miss_by_a_change_of_the_target_can_be_left_out() -> None:
    make_plan({"R2": 8 * 3600, "R1": 3600})
    case = make_case_with_clocks(severity=2)
    case.severity = 1
    clocks.retarget(case, at=NOON + 2 * HOUR, by=None, cause="severity")

    [found] = [one for one in kept(since=NOON, until=NOON + DAY) if one.metric is R]

    assert (found.missed, found.by_retarget) == (1, 1)


def test_nothing_ended_is_no_figure() -> None:
    make_plan({"A": 3600})
    make_case_with_clocks()

    found = of_acknowledge()
    assert (found.raw, found.raw_percent, found.with_excuses) == (None, "–", None)


def test_the_page_shows_both_figures_to_those_who_set_targets(client: Client) -> None:
    client.force_login(make_user(roles=[Role.LEAD]))
    assert client.get("/admin/sla/kept/").status_code == 403
    client.force_login(make_user(roles=[Role.ADMIN]))

    assert client.get("/admin/sla/kept/").status_code == 200
    assert client.get("/admin/sla/kept/", {"days": "7"}).status_code == 200
    assert client.get("/admin/sla/kept/", {"days": "a year"}).status_code == 200

"""The account of one clock: plan, calendar, what counted, pauses, changes, and when it is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from escalations.lifecycle import Metric, WaitingOn
from escalations.models import Case, SlaClock
from escalations.operations import clocks
from escalations.selectors.clock_why import ClockWhy, time_words, why_of
from tests.factories.cases import make_queue
from tests.factories.clocks import OFFICE, make_calendar, make_case_with_clocks, make_plan
from tests.factories.people import make_team, make_user

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 6, 1, 7, tzinfo=UTC)  # 09:00 in Berlin
HOUR = timedelta(hours=1)


def make_office_case(**fields: object) -> Case:
    """R: 12 hours of an office week in Berlin whose Tuesday is a holiday; F: one hour."""
    rules = {"zone": "Europe/Berlin", "weekly": OFFICE, "holidays": [{"on": "2026-06-02", "name": "Fair"}]}
    make_plan({"A": 3600, "F": 3600, "R": 12 * 3600}, calendar=make_calendar(rules), at=MONDAY)
    return make_case_with_clocks(at=MONDAY, **fields)


def clock_of(case: Case, metric: Metric = Metric.RESOLVE) -> SlaClock:
    return SlaClock.objects.select_related("target__version__plan").get(object_id=case.pk, metric=metric)


def why(case: Case, at: datetime) -> ClockWhy:
    return why_of(clock_of(case), at=at)


def test_every_stretch_is_named_and_the_counted_ones_add_up_to_the_target() -> None:
    found = why(make_office_case(), MONDAY + 2 * HOUR)

    assert found.clock.due_at == datetime(2026, 6, 3, 11, tzinfo=UTC)
    said = [(row.kind, row.is_ahead, row.seconds, row.used_s) for row in found.rows]
    assert said == [
        ("counted", False, 2 * 3600, 2 * 3600),
        ("counted", True, 6 * 3600, 8 * 3600),
        ("closed", True, 40 * 3600, 8 * 3600),
        ("counted", True, 4 * 3600, 12 * 3600),
    ]
    assert found.rows[2].words == "2026-06-02 Fair"
    assert found.rows[-1].end == found.clock.due_at
    assert (found.used_s, found.left_s, found.allowance_s) == (2 * 3600, 10 * 3600, 12 * 3600)


def test_a_pause_is_shown_with_its_reason_and_what_follows_if_it_ended_now() -> None:
    case = make_office_case()
    clocks.pause(case, WaitingOn.SUBMITTER, at=MONDAY + HOUR)

    found = why(case, MONDAY + 3 * HOUR)

    assert [(row.kind, row.seconds) for row in found.rows] == [("counted", 3600), ("paused", 2 * 3600)]
    assert found.rows[1].words == "the submitter"
    assert found.clock.due_at is None
    assert found.due_if_resumed_at == datetime(2026, 6, 3, 13, tzinfo=UTC)
    assert [step.words for step in found.steps] == ["Started", "Paused"]


def test_a_stopped_clock_ends_where_it_stopped() -> None:
    case = make_office_case()
    clocks.stop(case, Metric.RESOLVE, at=MONDAY + 5 * HOUR)

    found = why(case, MONDAY + 100 * HOUR)

    assert [row.end for row in found.rows] == [MONDAY + 5 * HOUR]
    assert (found.used_s, found.is_open) == (5 * 3600, False)


def reader(client: Client, role: Role = Role.LEAD, **more: object) -> User:
    user = make_user(roles=[role], **more)
    client.force_login(user)
    return user


def test_the_page_says_plan_calendar_and_both_times(client: Client) -> None:
    case = make_office_case()
    reader(client)

    text = client.get(f"/c/{case.ref}/clocks/R/1/").content.decode()

    assert "Plan " in text
    assert "the first plan that takes every case" in text
    assert "Mon–Fri 09:00–17:00 · Sat, Sun closed" in text
    assert "Europe/Berlin" in text
    assert "2026-06-03T11:00:00+00:00" in text
    assert f"/c/{case.ref}/clocks/F/1/" in text
    assert f"/c/{case.ref}/clocks/R/1/" in client.get(f"/c/{case.ref}/").content.decode()


def test_a_clock_that_was_never_started_is_missing(client: Client) -> None:
    case = make_office_case()
    reader(client)

    for path in ("R/2", "N/1", "RR/1", "R/0", "R/99999999"):
        assert client.get(f"/c/{case.ref}/clocks/{path}/").status_code == 404


@pytest.mark.parametrize("role", [Role.SPECIALIST, Role.ADMIN])
def test_whoever_may_not_see_the_case_finds_no_clock(client: Client, role: Role) -> None:
    case = make_office_case(queue=make_queue(team=make_team()))
    reader(client, role, teams=[make_team()])

    assert client.get(f"/c/{case.ref}/clocks/R/1/").status_code == 404


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0s"),
        (59, "59s"),
        (581, "9m 41s"),
        (600, "10m"),
        (6120, "1h 42m"),
        (7200, "2h"),
        (273600, "3d 4h"),
        (-60, "−1m"),
    ],
)
def test_lengths_are_written_as_people_do(seconds: int, words: str) -> None:
    assert time_words(seconds) == words

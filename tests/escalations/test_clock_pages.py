"""The clocks page of a case and its twin in the API: why each clock is due when it is."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from core.clock import db_now
from escalations.lifecycle import CaseStatus, Metric, Severity
from escalations.models import Case, SlaClock
from escalations.operations import clock_acts, clocks
from escalations.selectors.clock_story import story_of
from tests.escalations.api_client import Caller
from tests.factories.cases import make_case
from tests.factories.clocks import OFFICE, make_calendar, make_case_with_clocks, make_plan
from tests.factories.people import internal_organization, make_user

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
A, N, R = Metric.ACKNOWLEDGE, Metric.NEXT_RESPONSE, Metric.RESOLVE
FRIDAY = datetime(2026, 6, 5, 13, tzinfo=UTC)  # 15:00 in Berlin


def signed_in(client: Client, role: Role = Role.LEAD) -> User:
    user = make_user(roles=[role])
    client.force_login(user)
    return user


def office_case(**target: Any) -> Case:
    rules = {
        "zone": "Europe/Berlin",
        "weekly": OFFICE,
        "holidays": [{"on": "2026-06-08", "name": "Whit Monday"}],
    }
    make_plan({"R": 8 * 3600}, calendar=make_calendar(rules), **target)
    return make_case_with_clocks(at=FRIDAY, severity=2)


# -- The story ---------------------------------------------------------------------------------------------------------
def test_the_story_names_each_stretch_and_the_holiday_it_skipped() -> None:
    case = office_case()
    clocks.pause(case, "submitter", at=FRIDAY + HOUR, by=None)
    clocks.resume(case, at=datetime(2026, 6, 9, 8, tzinfo=UTC), by=None)

    [story] = story_of(case, at=datetime(2026, 6, 9, 9, tzinfo=UTC), with_why=True)

    assert story.ongoing is not None
    told = [(piece.kind, piece.seconds // 3600, piece.reason, piece.is_ahead) for piece in story.ongoing.stretches]
    assert told == [
        ("counted", 1, "", False),
        ("paused", 90, "submitter", False),
        ("counted", 1, "", False),
        ("counted", 6, "", True),
    ]
    assert story.ongoing.elapsed_s == 2 * 3600
    assert story.ongoing.due_at == datetime(2026, 6, 9, 15, tzinfo=UTC)
    assert [change.kind for change in story.ongoing.changes] == ["start", "pause", "resume"]


def test_closed_stretches_name_their_days() -> None:
    [story] = story_of(office_case(), at=FRIDAY + HOUR, with_why=True)

    assert story.ongoing is not None
    closed = [piece for piece in story.ongoing.stretches if piece.kind == "closed"]
    assert [piece.days for piece in closed] == [("2026-06-08 Whit Monday",)]
    assert closed[0].is_ahead


@pytest.mark.parametrize("hours", [0, 1, 30, 70, 200])
def test_stretches_have_no_gap_and_the_counted_ones_are_what_was_used(hours: int) -> None:
    case = office_case()
    clocks.pause(case, "submitter", at=FRIDAY + HOUR, by=None)
    if hours > 1:
        clocks.resume(case, at=FRIDAY + 3 * DAY + 20 * HOUR, by=None)
    at = FRIDAY + hours * HOUR

    [story] = story_of(case, at=at, with_why=True)

    assert story.ongoing is not None
    pieces = story.ongoing.stretches
    assert all(before.end == after.start for before, after in itertools.pairwise(pieces))
    used = sum(piece.seconds for piece in pieces if piece.kind == "counted" and not piece.is_ahead)
    assert used == story.ongoing.elapsed_s


def test_ended_cycles_stand_beside_the_one_that_runs() -> None:
    case = make_case_with_clocks(severity=2)
    clocks.stop(case, A, at=case.received_at + HOUR)
    clocks.start(case, A, at=case.received_at + 2 * HOUR)

    story = next(story for story in story_of(case, at=case.received_at + 3 * HOUR) if story.metric is A)

    assert story.ongoing is not None
    assert (story.ongoing.cycle, [cycle.state for cycle in story.completed]) == (2, ["met"])


# -- The page ----------------------------------------------------------------------------------------------------------
def test_the_page_leads_to_the_account_of_each_clock_and_the_case_leads_there(client: Client) -> None:
    signed_in(client)
    case = office_case()

    page = client.get(f"/c/{case.ref}/clocks/").content.decode()

    assert f"/c/{case.ref}/clocks/R/1/" in page
    assert "Europe/Berlin" in page
    assert f"/c/{case.ref}/clocks/" in client.get(f"/c/{case.ref}/").content.decode()


def test_the_page_is_whole_without_any_clock(client: Client) -> None:
    signed_in(client)

    answer = client.get(f"/c/{make_case().ref}/clocks/")

    assert (answer.status_code, "No clock was started" in answer.content.decode()) == (200, True)


def test_a_lead_excuses_a_miss_on_the_page_and_a_specialist_is_not_offered_it(client: Client) -> None:
    case = make_case_with_clocks(severity=3, at=db_now() - DAY)
    clocks.stop(case, A, at=db_now())
    clock = SlaClock.objects.get(object_id=case.pk, metric=A)
    address = f"/c/{case.ref}/clocks/"
    sent = {"do": "excuse", "of": str(clock.pk), f"excuse{clock.pk}-clock": clock.pk}

    signed_in(client, Role.SPECIALIST)
    assert f"act-excuse{clock.pk}" not in client.get(address).content.decode()
    refused = client.post(address, sent | {f"excuse{clock.pk}-reason": "Outage"})
    signed_in(client)
    empty = client.post(address, sent)
    done = client.post(address, sent | {f"excuse{clock.pk}-reason": "Outage"})

    assert (refused.status_code, empty.status_code, done.status_code) == (403, 422, 302)
    assert "Outage" in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("do", "fields", "status"),
    [
        ("promise", {"promise-until": "2020-01-01T10:00"}, 422),
        ("promise", {"promise-until": "soon"}, 422),
        ("correct", {"correct-severity": "1", "correct-reason": "Was S1"}, 302),
        ("correct", {"correct-severity": "9", "correct-reason": "Was S9"}, 422),
        ("waive", {"waive-reason": "Thanks"}, 302),
        ("waive", {"waive-reason": ""}, 422),
        (
            "extend",
            {"extend-deadline_at": "2099-01-01T10:00", "extend-evidence_number": "7", "extend-reason": "x"},
            422,
        ),
        ("excuse", {"of": "\u0665", "excuse-clock": "1", "excuse-reason": "x"}, 422),
        ("wait", {"wait-reason": "The police", "wait-until": "2099-01-01T10:00"}, 422),
        ("wait", {"wait-reason": "", "wait-until": "soon"}, 422),
        ("resume", {}, 302),
        ("elsewhere", {"elsewhere-occurred_at": "2020-01-01T10:00", "elsewhere-reason": "By phone"}, 422),
        ("elsewhere", {"elsewhere-occurred_at": "soon", "elsewhere-reason": ""}, 422),
        ("steal", {}, 404),
    ],
)
def test_each_act_of_the_page(client: Client, do: str, fields: dict[str, str], status: int) -> None:
    signed_in(client)
    case = make_case_with_clocks(severity=2, at=db_now())
    clock_acts.answered(case, at=db_now(), by=None)
    case.save(update_fields=["first_response_at"])
    clocks.start(case, N, at=db_now())

    assert client.post(f"/c/{case.ref}/clocks/", {"do": do} | fields).status_code == status


def test_a_case_waits_for_somebody_outside_and_goes_on_from_the_page(client: Client) -> None:
    user = signed_in(client)
    case = make_case_with_clocks(severity=Severity.S2, at=db_now(), assignee=user, status=CaseStatus.IN_REVIEW)
    until = (db_now() + 3 * HOUR).strftime("%Y-%m-%dT%H:%M")
    address = f"/c/{case.ref}/clocks/"
    assert "Wait for somebody outside" in client.get(address).content.decode()

    assert client.post(address, {"do": "wait", "wait-reason": "The police", "wait-until": until}).status_code == 302
    case.refresh_from_db()
    assert (case.status, case.waiting_on) == (CaseStatus.WAITING, "external")
    page = client.get(address).content.decode()
    assert "Go on: it waits no more" in page
    assert "Wait for somebody outside" not in page

    assert client.post(address, {"do": "resume"}).status_code == 302
    case.refresh_from_db()
    assert case.status == CaseStatus.IN_REVIEW


def test_a_promise_is_made_in_the_persons_zone(client: Client) -> None:
    user = signed_in(client)
    User.objects.filter(pk=user.pk).update(time_zone="Asia/Tokyo")
    case = make_case_with_clocks(severity=Severity.S3, at=db_now())
    soon = (db_now() + 3 * HOUR).replace(second=0, microsecond=0)
    typed = (soon + 9 * HOUR).strftime("%Y-%m-%dT%H:%M")

    answer = client.post(f"/c/{case.ref}/clocks/", {"do": "promise", "promise-until": typed})

    assert answer.status_code == 302
    due = SlaClock.objects.get(object_id=case.pk, metric="U").due_at
    assert due is not None
    assert abs(due - soon) < timedelta(seconds=2)


def test_a_hidden_case_has_no_clocks(client: Client) -> None:
    signed_in(client)

    assert client.get("/c/ESC-00001/clocks/").status_code == 404
    case = make_case()
    signed_in(client, Role.ADMIN)  # who sets the product up reads no cases
    assert client.get(f"/c/{case.ref}/clocks/").status_code == 404


# -- The API -----------------------------------------------------------------------------------------------------------
def test_the_api_tells_the_same_story() -> None:
    inside = Caller(organization=internal_organization(), scopes=("cases:*",))
    case = office_case()
    clocks.pause(case, "submitter", at=FRIDAY + HOUR, by=None)

    plain = inside.get(f"cases/{case.ref}/sla/").json()["sla"]
    told = inside.get(f"cases/{case.ref}/sla/", {"why": "true"}).json()["sla"]

    assert [(one["metric"], one["completed"]) for one in plain] == [("R", [])]
    ongoing = plain[0]["ongoing"]
    assert (ongoing["goal_s"], ongoing["elapsed_s"], ongoing["remaining_s"]) == (28800, 3600, 25200)
    assert (ongoing["is_paused"], ongoing["paused_reason"], ongoing["due_at"]) == (True, "submitter", None)
    assert (ongoing["time_zone"], ongoing["plan_version"], ongoing["stretches"]) == ("Europe/Berlin", 1, [])
    assert [piece["kind"] for piece in told[0]["ongoing"]["stretches"]][:2] == ["counted", "paused"]
    assert [change["kind"] for change in told[0]["ongoing"]["changes"]] == ["start", "pause"]


def test_the_api_keeps_cases_from_those_who_may_not_see_them() -> None:
    case = office_case()

    assert Caller(scopes=("cases:read",)).get(f"cases/{case.ref}/sla/").status_code == 403
    inside = Caller(organization=internal_organization(), scopes=("cases:*",))
    assert inside.get("cases/ESC-00001/sla/").status_code == 404
    assert inside.get(f"cases/{case.ref}/sla/", {"what": "1"}).status_code == 422

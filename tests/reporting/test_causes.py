"""Why clocks were missed (CH-7): what most of their time went to, counted from the log twice."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts.roles import Role
from audit.recording import record
from escalations import events
from escalations.models import Case
from escalations.operations import cases, claims, closing, comments, timers
from reporting.models import CaseFact, ClockFact, FactsState
from reporting.operations import facts
from reporting.selectors.figures import Window
from reporting.selectors.reconciliation import reconcile
from tests.factories.cases import make_case, make_queue
from tests.factories.clocks import make_case_with_clocks, make_plan
from tests.factories.people import NOON, make_user

pytestmark = pytest.mark.django_db
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)


@pytest.fixture
def floor():
    """Two leads, and a plan: an hour to acknowledge, ten to resolve; the submitter's wait stops the resolve clock."""
    make_plan({"A": 3600, "R": 36_000})
    return make_user(roles=[Role.LEAD]), make_user(roles=[Role.LEAD])


def arrive(at: datetime = NOON, **fields: object) -> Case:
    case = make_case_with_clocks(at=at, received_at=at, **fields)
    data = {"channel": "api", "severity": int(case.severity), "queue_id": case.queue_id}
    record(events.CASE_CREATED, subject=case, by=None, at=at, data=data)
    return case


def causes(case: Case, until: datetime) -> dict[str, str]:
    """Of each missed clock by its letter, once all that was due by then has fired; the second count must agree."""
    timers.fire_of_case(case.pk, until=until)
    facts.write([case.pk])
    FactsState.objects.update_or_create(pk=1, defaults={"to_transaction": 2**62, "rebuilt_to": None, "as_of": until})
    window = Window(case.received_at - DAY, until + DAY)
    differences = reconcile(window, at=until).differences
    assert [one for one in differences if one.case_id == case.pk and one.what.startswith(("cause", "clock"))] == []
    missed = ClockFact.objects.filter(case_id=case.pk, is_met=False).order_by("started_at")
    return dict(missed.values_list("metric", "cause"))


def test_a_case_that_nobody_took_and_one_that_was_taken_late(floor):
    ana, _ = floor
    left, late = arrive(), arrive()
    claims.claim_case(case_id=late.pk, by=ana, at=NOON + 9 * HOUR)

    assert causes(left, NOON + 11 * HOUR) == {"A": "unclaimed", "R": "unclaimed"}
    assert causes(late, NOON + 11 * HOUR) == {"A": "unclaimed", "R": "late_claim"}


def test_who_has_it_most_of_the_time_did_not_finish_it(floor):
    ana, bo = floor
    case = arrive()
    claims.assign_case(case_id=case.pk, assignee=ana, by=bo, at=NOON + 0.5 * HOUR)

    assert causes(case, NOON + 11 * HOUR) == {"R": "in_work"}


def test_a_handover_is_what_lay_between_two_people_and_not_each_change_of_hands(floor):
    ana, bo = floor
    made = {name: arrive() for name in ("given back", "never accepted", "accepted", "after the miss")}
    for case in made.values():
        claims.assign_case(case_id=case.pk, assignee=ana, by=bo, at=NOON + 0.5 * HOUR)
    claims.release_case(case_id=made["given back"].pk, by=ana, at=NOON + 2 * HOUR)
    cal = make_user(roles=[Role.LEAD])
    for name in ("never accepted", "accepted"):
        claims.assign_case(case_id=made[name].pk, assignee=cal, by=bo, at=NOON + 2 * HOUR)
    comments.add_note(case_id=made["never accepted"].pk, body="Nobody?", by=ana, at=NOON + 3 * HOUR)
    comments.add_note(case_id=made["accepted"].pk, body="Mine now.", by=cal, at=NOON + 3 * HOUR)
    timers.fire_of_case(made["after the miss"].pk, until=NOON + 10.5 * HOUR)
    claims.release_case(case_id=made["after the miss"].pk, by=ana, at=NOON + 10.6 * HOUR)

    found = {name: causes(case, NOON + 40 * HOUR).get("R") for name, case in made.items()}

    assert found == {
        "given back": "handover",
        "never accepted": "handover",
        "accepted": "in_work",
        "after the miss": "in_work",
    }


def test_a_wait_counts_by_its_length_and_not_while_the_clock_stood_still(floor):
    ana, bo = floor
    outside, briefly, submitter = (arrive() for _ in range(3))
    for case in (outside, briefly, submitter):
        claims.assign_case(case_id=case.pk, assignee=ana, by=bo, at=NOON + 0.5 * HOUR)
    cases.wait_outside(case_id=outside.pk, reason="The registrar.", by=ana, at=NOON + HOUR)
    cases.wait_outside(case_id=briefly.pk, reason="The registrar.", by=ana, at=NOON + HOUR)
    cases.resume_case(case_id=briefly.pk, by=ana, at=NOON + 3 * HOUR)
    cases.wait_for_submitter(case_id=submitter.pk, question="Which?", by=ana, at=NOON + HOUR)
    cases.resume_case(case_id=submitter.pk, by=ana, at=NOON + 31 * HOUR)
    for case in (briefly, submitter):  # held without a lease, as what a lead gives
        Case.objects.filter(pk=case.pk).update(lease_until=None)
        timers.cancel(case, "lease")

    assert causes(outside, NOON + 11 * HOUR) == {"R": "external"}
    assert causes(briefly, NOON + 11 * HOUR) == {"R": "in_work"}
    # Thirty hours of waiting, in which it stood still; ten of work.
    assert causes(submitter, NOON + 41 * HOUR) == {"R": "in_work"}


def test_a_clock_after_a_reopening_is_judged_by_who_took_it_then(floor):
    ana, _ = floor
    case = arrive()
    claims.claim_case(case_id=case.pk, by=ana, at=NOON + 0.1 * HOUR)
    closing.close_as_duplicate(case_id=case.pk, of_id=arrive().pk, by=ana, at=NOON + 0.2 * HOUR)
    closing.reopen_case(case_id=case.pk, reason="It is another.", by=ana, at=NOON + DAY)

    assert causes(case, NOON + 3 * DAY) == {"A": "unclaimed", "R": "unclaimed"}


def test_more_than_the_band_of_that_hour_in_that_queue_is_a_spike(floor):
    busy, calm = make_queue(), make_queue()
    old = NOON - 9 * WEEK
    record(events.CASE_CREATED, subject=make_case(at=old), by=None, at=old, data={"queue_id": busy.pk, "severity": 3})
    for back in range(1, 9):
        for minute in (10, 30, 50):
            for queue in (busy, calm):
                at = NOON - back * WEEK - timedelta(minutes=minute)
                record(
                    events.CASE_CREATED,
                    subject=make_case(at=at),
                    by=None,
                    at=at,
                    data={"queue_id": queue.pk, "severity": 3},
                )
    for minute in range(2, 8):
        at = NOON - timedelta(minutes=minute)
        record(events.CASE_CREATED, subject=make_case(at=at), by=None, at=at, data={"queue_id": busy.pk, "severity": 3})

    assert causes(arrive(queue=busy), NOON + 2 * HOUR) == {"A": "spike"}
    assert causes(arrive(queue=calm), NOON + 2 * HOUR) == {"A": "unclaimed"}


def test_facts_of_older_definitions_are_written_anew():
    FactsState.objects.create(pk=1, to_transaction=0, rebuilt_to=None, as_of=NOON, definitions=facts.DEFINITIONS - 1)
    case = make_case()

    while facts.follow():
        pass

    state = FactsState.objects.get()
    assert (state.definitions, state.rebuilt_to) == (facts.DEFINITIONS, None)
    assert CaseFact.objects.filter(pk=case.pk).exists()

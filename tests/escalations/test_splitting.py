"""A message that is another matter becomes a case of its own, and nobody's waiting is hidden by it."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from audit.models import Event
from core.errors import Invalid, NotFound, NotPermitted
from escalations import events
from escalations.lifecycle import CaseStatus, ClockState, Metric, Severity
from escalations.models import Case, Comment, Link, SlaClock, Submission
from escalations.operations import clock_acts, comments, timers
from escalations.operations.splitting import split_case
from escalations.selectors.clocks import clocks_of, differences
from tests.factories.clocks import make_case_with_clocks
from tests.factories.people import NOON, make_user, make_vendor

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def lead() -> User:
    return make_user(roles=[Role.LEAD])


@pytest.fixture
def eve() -> User:
    return make_user(organization=make_vendor("cobalt"), roles=[Role.VENDOR_SUBMITTER])


@pytest.fixture
def case(eve: User) -> Case:
    """Answered, and then written to again."""
    made = make_case_with_clocks(severity=Severity.S2, organization=eve.organization, submitted_by=eve)
    clock_acts.answered(made, at=NOON + MINUTE, by=None)
    made.save(update_fields=["first_response_at"])
    return made


def wrote(case: Case, eve: User, body: str, minutes: int) -> Comment:
    return comments.message_from_submitter(case_id=case.pk, body=body, by=eve, at=NOON + minutes * MINUTE)


def running(case: Case, metric: Metric) -> SlaClock | None:
    return clocks_of(case, unsettled=True).filter(metric=metric).first()


def test_the_new_case_owes_its_first_response_from_the_messages_time(case: Case, eve: User, lead: User) -> None:
    message = wrote(case, eve, "Another account: @broker_2", 30)

    made = split_case(case_id=case.pk, message_id=message.public_id, title="Second broker", by=lead, at=NOON + 2 * HOUR)

    first, acknowledge = running(made, Metric.FIRST_RESPONSE), running(made, Metric.ACKNOWLEDGE)
    assert first is not None
    assert acknowledge is not None
    assert first.started_at == NOON + 30 * MINUTE
    assert acknowledge.started_at == NOON + 2 * HOUR
    assert (made.status, made.severity, made.queue_id, made.ask) == (
        CaseStatus.NEW,
        case.severity,
        case.queue_id,
        "Another account: @broker_2",
    )
    assert (made.organization_id, made.submitted_by) == (eve.organization_id, eve)
    assert made.due_at is not None
    for clock in [*clocks_of(made), *clocks_of(case)]:
        assert differences(clock) == {}
    assert Link.objects.filter(case=case, other=made).exists()
    assert Event.objects.get(kind=events.CASE_SPLIT, subject_id=case.pk).data["into"] == made.ref
    assert Submission.objects.visible_to(eve).filter(case=made).exists()


def test_waiting_that_began_long_ago_is_a_miss_at_once(case: Case, eve: User, lead: User) -> None:
    message = wrote(case, eve, "Another account", 30)
    later = NOON + timedelta(days=2)
    made = split_case(case_id=case.pk, message_id=message.public_id, title="Second", by=lead, at=later)

    timers.fire_due_timers(at=later)

    first = running(made, Metric.FIRST_RESPONSE)
    assert first is not None
    assert first.missed_at == NOON + 30 * MINUTE + 4 * HOUR


def test_the_first_case_owes_no_answer_to_what_left_it(case: Case, eve: User, lead: User) -> None:
    message = wrote(case, eve, "Another account", 30)
    assert running(case, Metric.NEXT_RESPONSE) is not None

    split_case(case_id=case.pk, message_id=message.public_id, title="Second", by=lead, at=NOON + HOUR)

    assert running(case, Metric.NEXT_RESPONSE) is None
    [ended] = SlaClock.objects.filter(object_id=case.pk, metric=Metric.NEXT_RESPONSE, object_type="case")
    assert (ended.state, ended.cancelled_why) == (ClockState.CANCELLED, "split")


def test_what_came_after_it_is_still_owed_an_answer_from_its_own_time(case: Case, eve: User, lead: User) -> None:
    message = wrote(case, eve, "Another account", 30)
    wrote(case, eve, "And the first one?", 40)

    split_case(case_id=case.pk, message_id=message.public_id, title="Second", by=lead, at=NOON + HOUR)

    owed = running(case, Metric.NEXT_RESPONSE)
    assert owed is not None
    assert owed.started_at == NOON + 40 * MINUTE


def test_what_cannot_be_split_is_refused(case: Case, eve: User, lead: User) -> None:
    message = wrote(case, eve, "Another account", 30)
    note = comments.add_note(case_id=case.pk, body="Ours", by=lead, at=NOON + HOUR).comment

    for other in (note.public_id, uuid.uuid4()):
        with pytest.raises(NotFound):
            split_case(case_id=case.pk, message_id=other, title="x", by=lead, at=NOON + HOUR)
    for title in ("", "  ", "x" * 201):
        with pytest.raises(Invalid):
            split_case(case_id=case.pk, message_id=message.public_id, title=title, by=lead, at=NOON + HOUR)
    reader = make_user(roles=[Role.AUDITOR])
    with pytest.raises(NotPermitted):
        split_case(case_id=case.pk, message_id=message.public_id, title="x", by=reader, at=NOON + HOUR)
    split_case(case_id=case.pk, message_id=message.public_id, title="x", by=lead, at=NOON + HOUR)
    with pytest.raises(Invalid, match="already"):
        split_case(case_id=case.pk, message_id=message.public_id, title="x", by=lead, at=NOON + HOUR)


def test_the_page_offers_the_submitters_messages_and_opens_the_new_case(
    client: Client, case: Case, eve: User, lead: User
) -> None:
    client.force_login(lead)
    assert "has written no message" in client.get(f"/c/{case.ref}/split/").content.decode()
    message = wrote(case, eve, "Another account <b>", 30)

    page = client.get(f"/c/{case.ref}/split/").content.decode()
    assert "Another account &lt;b&gt;" in page
    refused = client.post(f"/c/{case.ref}/split/", {"message": "nonsense", "title": ""})
    assert refused.status_code == 422
    answer = client.post(f"/c/{case.ref}/split/", {"message": str(message.public_id), "title": "Second broker"})

    made = Case.objects.get(title="Second broker")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/c/{made.ref}/")


def test_a_reader_is_offered_no_split(client: Client, case: Case) -> None:
    client.force_login(make_user(roles=[Role.AUDITOR]))

    assert client.get(f"/c/{case.ref}/split/").status_code in (403, 404)

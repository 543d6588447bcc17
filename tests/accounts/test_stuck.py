"""Stuck work: who sees it, who decides, and what each decision does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from accounts.roles import Role
from audit import relay, stuck
from audit.models import Event, OutboxMessage
from core.clock import db_now
from escalations import events
from escalations.lifecycle import TimerState
from escalations.models import Case, SlaTimer
from escalations.operations import timers
from tests.factories.cases import make_case
from tests.factories.people import make_user, make_vendor

pytestmark = pytest.mark.django_db
LIST = "/admin/stuck/"


def make_stuck_message() -> OutboxMessage:
    case = make_case(title="A secret title")
    from audit.recording import record

    event = record(events.CASE_CLAIMED, subject=case, by=None, at=db_now(), data={})
    OutboxMessage.objects.filter(event=event).exclude(listener="live").delete()
    message = OutboxMessage.objects.get(event=event)
    message.state, message.attempts, message.last_error = "quarantined", 3, "KeyError: 'A secret title'"
    message.save()
    return message


def make_stuck_timer() -> SlaTimer:
    case = make_case()
    timer = timers.arm(case, "snooze", due_at=db_now() - timedelta(hours=2))
    SlaTimer.objects.filter(pk=timer.pk).update(state=TimerState.QUARANTINED, attempts=3, last_error="ValueError: no")
    return timer


def client_of(*roles: str, **more: object) -> Client:
    client = Client()
    client.force_login(make_user(roles=roles, **more))
    return client


def test_the_list_says_what_why_and_since_when_and_nothing_of_the_content() -> None:
    message, timer = make_stuck_message(), make_stuck_timer()

    page = client_of(Role.ADMIN).get(LIST).content.decode()

    assert "case.claimed → live" in page
    assert "KeyError" in page
    assert "ValueError" in page
    assert "A secret title" not in page
    assert f"/admin/stuck/outbox/{message.pk}/" in page
    assert f"/admin/stuck/timer/{timer.pk}/" in page


def test_without_stuck_work_it_says_so() -> None:
    assert "Nothing is stuck." in client_of(Role.ADMIN).get(LIST).content.decode()


def test_an_auditor_reads_and_decides_nothing() -> None:
    message = make_stuck_message()
    client = client_of(Role.AUDITOR)

    assert "Decide" not in client.get(LIST).content.decode()
    assert client.post(f"{LIST}outbox/{message.pk}/", {"verb": "replay", "why": "x"}).status_code == 403
    message.refresh_from_db()
    assert message.state == "quarantined"


@pytest.mark.parametrize("role", [Role.SPECIALIST, Role.LEAD, Role.VENDOR_LEAD])
def test_others_may_not_see_it(role: str) -> None:
    organization = make_vendor() if role == Role.VENDOR_LEAD else None

    assert client_of(role, organization=organization).get(LIST).status_code in (403, 404)


def test_a_message_tried_again_is_handled() -> None:
    message = make_stuck_message()

    answer = client_of(Role.ADMIN).post(f"{LIST}outbox/{message.pk}/", {"verb": "replay", "why": "Redis is back"})

    assert answer.status_code == 302
    while relay.drain():
        pass
    assert not OutboxMessage.objects.filter(pk=message.pk).exists()
    told = Event.objects.get(kind="stuck.replayed").data
    assert (told["what"], told["reason"], told["why"]) == ("case.claimed → live", "KeyError", "Redis is back")


def test_a_timer_given_up_never_fires() -> None:
    timer = make_stuck_timer()

    client_of(Role.ADMIN).post(f"{LIST}timer/{timer.pk}/", {"verb": "discard", "why": "the case is closed"})

    timer.refresh_from_db()
    assert timer.state == TimerState.CANCELLED
    assert timers.fire_due_timers(at=db_now()) == 0
    assert Event.objects.get(kind="stuck.discarded").data["what"] == "snooze"


def test_a_timer_is_not_armed_twice() -> None:
    timer = make_stuck_timer()
    timers.arm(Case.objects.get(pk=timer.object_id), "snooze", due_at=db_now() + timedelta(hours=1))

    answer = client_of(Role.ADMIN).post(f"{LIST}timer/{timer.pk}/", {"verb": "replay", "why": "mended"})

    assert answer.status_code == 422
    assert "newer one" in answer.content.decode()
    timer.refresh_from_db()
    assert timer.state == TimerState.QUARANTINED


@pytest.mark.parametrize("body", [{"verb": "replay", "why": " "}, {"verb": "sell", "why": "x"}, {}])
def test_a_decision_needs_a_reason_and_a_verb(body: dict[str, str]) -> None:
    message = make_stuck_message()

    assert client_of(Role.ADMIN).post(f"{LIST}outbox/{message.pk}/", body).status_code == 422
    assert [row.id for row in stuck.rows()] == [message.pk]


def test_what_waits_no_more_is_a_404() -> None:
    assert client_of(Role.ADMIN).get(f"{LIST}outbox/999/").status_code == 404
    assert client_of(Role.ADMIN).get(f"{LIST}nothing/1/").status_code == 404

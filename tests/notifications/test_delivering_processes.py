"""kill -9 of a sending engine: before a message leaves it is sent by the next, after it left nobody sends it again by itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.roles import Role
from audit import relay
from core.clock import db_now
from escalations.operations import comments
from notifications.lifecycle import DeliveryState
from notifications.models import Delivery
from tests.databases import Clone
from tests.factories.cases import make_case, make_queue
from tests.factories.people import make_team, make_user
from tests.live import LiveProcess
from tests.notifications.mail_server import Server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


def wait_until(what: str, is_so: Callable[[], bool], *, seconds: float = 60.0) -> None:
    deadline, pause = time.monotonic() + seconds, threading.Event()
    while not is_so():
        assert time.monotonic() < deadline, f"waited {seconds} s for: {what}"
        pause.wait(0.1)


@pytest.mark.parametrize(
    ("point", "arrived", "end"),
    [("before_send", 0, DeliveryState.ACCEPTED), ("after_send", 1, DeliveryState.AMBIGUOUS)],
)
def test_an_engine_killed_while_it_sends(database_clone: Clone, monkeypatch, point, arrived, end):
    server = Server()
    server.start()
    monkeypatch.setenv("WATCHFLOOR_SMTP_URL", f"smtp://127.0.0.1:{server.port}")
    team = make_team()
    ana, lead = (make_user(roles=[role], teams=[team]) for role in (Role.SPECIALIST, Role.LEAD))
    case = make_case(queue=make_queue(team=team))
    comments.add_note(case_id=case.pk, body=f"@{ana.email} look", by=lead, at=db_now())
    while relay.drain(500):
        pass
    Delivery.objects.update(next_at=db_now() - timedelta(seconds=1))
    [row] = Delivery.objects.all()

    monkeypatch.setenv("WF_FAULT", f"{point}:kill9")
    first = LiveProcess("engine-killed", ["manage.py", "engine", "--lane", "notify"], database_clone)
    wait_until("the first engine claims it and dies", lambda: Delivery.objects.get(pk=row.pk).attempts == 1)
    wait_until("its message is where it was killed", lambda: len(server.got) == arrived)
    wait_until("it is dead", lambda: first._child.process.poll() is not None)
    first.stop()
    # The lease runs out: the test moves its end rather than waiting for it.
    assert Delivery.objects.get(pk=row.pk).state == DeliveryState.LEASED
    Delivery.objects.filter(pk=row.pk).update(lease_until=db_now() - timedelta(seconds=1))

    monkeypatch.delenv("WF_FAULT")
    second = LiveProcess("engine-next", ["manage.py", "engine", "--lane", "notify"], database_clone)
    wait_until("the next engine settles it", lambda: Delivery.objects.get(pk=row.pk).state == end)
    second.stop()
    server.stop()

    assert len(server.got) == 1

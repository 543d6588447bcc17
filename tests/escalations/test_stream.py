"""Live signals: from the commit to an open stream within a second, to nobody who may not see the case."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
import time
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from audit import relay
from audit.models import Event
from core import live
from escalations import events, handlers, presence
from escalations.lifecycle import CaseStatus, Severity
from escalations.models import Case
from escalations.operations import cases
from escalations.sight import sight_of
from tests.factories.cases import make_case, make_queue
from tests.factories.people import NOON, make_team, make_user, make_vendor

ROLES = ["SP", "IC", "LD", "PE", "QA", "LG", "AD", "AU", "RO"]
pytestmark = pytest.mark.django_db


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def audience(case: Case) -> dict:
    row = Case.objects.values(
        "ref",
        "revision",
        "organization_id",
        "submitted_by_id",
        "queue_id",
        "assignee_id",
        "compartments",
        "is_open",
        "is_practice_for_id",
    ).get(pk=case.pk)
    return handlers.audience_of(row, Event(kind=events.CASE_EDITED))


class TestSight:
    """A stream may never say more than a query would."""

    @pytest.mark.parametrize("role", ROLES)
    def test_agrees_with_the_database_for_the_team(self, role):
        team = make_team()
        viewer = make_user(roles=[role], teams=[team], compartments=["LAW_ENFORCEMENT"])
        places = [
            (make_queue(team=team), None),
            (make_queue(is_default=True), None),
            (make_queue(), None),
            (make_queue(), viewer),
        ]
        labels = [[], ["LAW_ENFORCEMENT"], ["LAW_ENFORCEMENT", "HIGH_PROFILE"]]
        made = [
            make_case(queue=queue, assignee=assignee, compartments=held, status=status)
            for queue, assignee in places
            for held in labels
            for status in (CaseStatus.NEW, CaseStatus.CLOSED)
        ]

        sight = sight_of(viewer)

        seen = {case.pk for case in made if sight.sees(audience(case))}
        assert seen == set(Case.objects.visible_to(viewer).values_list("pk", flat=True))

    @pytest.mark.parametrize("role", ["VS", "VL"])
    @pytest.mark.parametrize("whose", ["own", "colleague", "other"])
    def test_agrees_with_the_database_for_vendors(self, role, whose):
        vendor = make_vendor()
        viewer = make_user(roles=[role], organization=vendor)
        case = make_case(
            organization=make_vendor() if whose == "other" else vendor,
            submitted_by=viewer if whose == "own" else None,
        )

        seen = sight_of(viewer).sees(audience(case))

        assert seen == Case.objects.visible_to(viewer).filter(pk=case.pk).exists()

    def test_a_signal_without_an_audience_reaches_nobody(self):
        assert not sight_of(make_user(roles=["RO"])).sees({})
        assert not sight_of(make_user()).sees({"queues": [1]})

    def test_a_moved_case_is_told_to_the_queue_it_left(self):
        team = make_team()
        left, joined = make_queue(team=team), make_queue()
        viewer, lead = make_user(teams=[team]), make_user(roles=["LD"])
        case = make_case(queue=left)
        cases.move_to_queue(case_id=case.pk, queue_id=joined.pk, by=lead, at=NOON)
        event = Event.objects.get(subject_id=case.pk, kind=events.CASE_MOVED)
        row = Case.objects.values(
            "organization_id",
            "submitted_by_id",
            "queue_id",
            "assignee_id",
            "compartments",
            "is_open",
            "is_practice_for_id",
        ).get(pk=case.pk)

        assert sight_of(viewer).sees(handlers.audience_of(row, event))


class TestListener:
    @pytest.fixture
    def told(self, monkeypatch):
        said = []
        monkeypatch.setattr(
            live, "publish_many", lambda signals: said.extend((name, data) for name, _, data in signals)
        )
        return said

    def test_a_claim_tells_the_case_and_its_queue_by_ids_alone(self, told):
        case = make_case()
        cases.claim_case(case_id=case.pk, by=make_user(), at=NOON)

        while relay.drain():
            pass

        assert told == [
            ("case.changed", {"key": case.ref, "rev": 2}),
            ("queue.changed", {"queue": case.queue.slug}),
        ]

    def test_watching_tells_no_list(self, told):
        cases.watch_case(case_id=make_case().pk, by=make_user(), at=NOON)

        while relay.drain():
            pass

        assert [signal for signal, _ in told] == ["case.changed"]

    def test_what_a_batch_says_twice_is_said_once(self, told):
        case = make_case()
        cases.claim_case(case_id=case.pk, by=make_user(), at=NOON)
        made = list(Event.objects.filter(subject_id=case.pk).order_by("id"))

        handlers.tell_screens_of_many([*made, *made])

        assert [signal for signal, _ in told] == ["case.changed", "queue.changed"]


class TestWaking:
    def drained(self, case):
        while relay.drain():
            pass
        case.refresh_from_db()
        return case

    def test_a_rise_in_severity_wakes_what_sleeps_until_it_escalates(self):
        case, ana = make_case(), make_user()
        cases.snooze_case(case_id=case.pk, until=None, wake_on="escalates", by=ana, at=NOON)

        cases.change_severity(case_id=case.pk, severity=Severity.S1, reason="Worse", by=ana, at=NOON)

        assert self.drained(case).snoozed_until is None

    def test_it_does_not_wake_what_sleeps_until_a_time(self):
        case, ana = make_case(), make_user()
        cases.snooze_case(case_id=case.pk, until=NOON + timedelta(hours=1), by=ana, at=NOON)

        cases.change_severity(case_id=case.pk, severity=Severity.S1, reason="Worse", by=ana, at=NOON)

        assert self.drained(case).snoozed_until is not None


class TestPresence:
    def test_shows_who_looks_at_a_case_and_passes_it_over_for_others(self):
        ana, tom, case = make_user(name="Ana Silva"), make_user(), make_case()

        assert presence.enter(case.pk, ana)
        assert not presence.enter(case.pk, ana)

        assert [viewer.initials for viewer in presence.viewers([case.pk])[case.pk]] == ["AS"]
        assert presence.to_pass_over(tom) == {case.pk}
        assert presence.to_pass_over(ana) == set()
        presence.leave(case.pk, ana)
        assert presence.viewers() == {}

    def test_says_who_it_is_and_what_they_write(self):
        ana, case = make_user(name="Ana Silva: x"), make_case()

        assert presence.enter(case.pk, ana)
        assert presence.enter(case.pk, ana, doing="note")
        assert not presence.enter(case.pk, ana, doing="note")
        assert [viewer.said for viewer in presence.viewers()[case.pk]] == ["Ana Silva: x (writing a note)"]
        assert presence.enter(case.pk, ana, doing="<script>")
        assert [viewer.said for viewer in presence.viewers()[case.pk]] == ["Ana Silva: x"]
        presence.leave(case.pk, ana)

    def test_the_case_names_who_else_is_there(self):
        tom, case = make_user(name="Tom Reed"), make_case()
        presence.enter(case.pk, tom, doing="reply")

        page = signed_in(make_user(roles=["LD"])).get(reverse("escalations:case", args=[case.ref])).content.decode()

        assert "Tom Reed (writing a reply)" in page
        presence.leave(case.pk, tom)

    def test_a_case_passed_on_is_not_offered_straight_back(self):
        ana, case = make_user(), make_case()

        presence.passed(case.pk, ana)

        assert presence.to_pass_over(ana) == {case.pk}

    def test_looking_needs_sight_of_the_case(self):
        hidden = make_case(queue=make_queue())

        assert signed_in(make_user()).post(reverse("escalations:case-look", args=[hidden.ref])).status_code == 404
        assert presence.viewers() == {}


class Listening:
    """An open stream on the live server, read in a thread; `wait_for` gives the data of the next such event."""

    def __init__(self, url: str, user) -> None:
        client = signed_in(user)
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
        self.connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=20)
        self.connection.request("GET", "/stream/", headers={"Cookie": cookies})
        self._socket = self.connection.sock
        self.response = self.connection.getresponse()
        self.heard: list[tuple[str, dict, float]] = []
        self.arrived = threading.Condition()
        self.first = self.response.readline()  # `retry:` comes once the stream has joined
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        name = ""
        try:
            for line in self.response:
                text = line.decode().strip()
                if text.startswith("event: "):
                    name = text.removeprefix("event: ")
                elif text.startswith("data: "):
                    with self.arrived:
                        self.heard.append((name, json.loads(text.removeprefix("data: ")), time.monotonic()))
                        self.arrived.notify_all()
        except (OSError, ValueError, http.client.HTTPException, AttributeError):
            return

    def wait_for(self, key: str, seconds: float = 10) -> float:
        """When the case's change arrived, by the monotonic clock."""

        def found():
            return next((at for name, data, at in self.heard if name == "case.changed" and data["key"] == key), None)

        with self.arrived:
            assert self.arrived.wait_for(lambda: found() is not None, timeout=seconds), self.heard
            return found()

    def close(self) -> None:
        """End it at once: the thread that reads would else hold the response until the stream's next heartbeat."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self.connection.close()


@pytest.fixture
def listen(live_url):
    opened = []

    def open_stream(user) -> Listening:
        opened.append(Listening(live_url, user))
        return opened[-1]

    yield open_stream
    for one in opened:
        one.close()


def settled(case: Case, stream: Listening) -> None:
    """Publish until the stream's process has subscribed; signals before that are lost by design."""
    for _ in range(100):
        live.publish("case.changed", {"compartments": [], "queues": [case.queue_id]}, {"key": "ready", "rev": 0})
        try:
            stream.wait_for("ready", seconds=0.1)
        except AssertionError:
            continue
        return
    raise AssertionError("the stream never subscribed")


@pytest.mark.django_db(transaction=True)
def test_a_commit_reaches_an_open_stream_within_a_second(listen, live_engine):
    lead, case = make_user(roles=["LD"]), make_case()
    stream = listen(lead)
    assert stream.first.startswith(b"retry: ")
    settled(case, stream)
    warm = make_case()  # the engine's first turns load code and check the schema
    cases.claim_case(case_id=warm.pk, by=lead, at=NOON)
    stream.wait_for(warm.ref, seconds=30)

    cases.claim_case(case_id=case.pk, by=lead, at=NOON)
    committed = time.monotonic()

    assert stream.wait_for(case.ref) - committed < 1.0


@pytest.mark.django_db(transaction=True)
def test_a_signal_reaches_those_who_may_see_the_case_and_nobody_else(listen):
    team = make_team()
    inside, outside = make_user(teams=[team]), make_user(teams=[make_team()])
    shown, hidden = make_case(queue=make_queue(is_default=True)), make_case(queue=make_queue(team=team))
    insider, outsider = listen(inside), listen(outside)
    for stream in (insider, outsider):
        settled(shown, stream)

    for case in (hidden, shown):
        cases.tag_case(case_id=case.pk, add=["wave"], by=None, at=NOON)
    while relay.drain():
        pass

    insider.wait_for(hidden.ref)
    outsider.wait_for(shown.ref)  # published after the hidden one, so that one would be here by now
    assert hidden.ref not in {data.get("key") for _, data, _ in outsider.heard}


def test_the_stream_wants_a_signed_in_reader():
    assert Client().get(reverse("escalations:stream")).status_code == 302


def test_without_redis_the_browser_is_told_to_poll(monkeypatch):
    monkeypatch.setattr(live, "is_up", lambda: False)

    answer = signed_in(make_user()).get(reverse("escalations:stream"))

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "15")

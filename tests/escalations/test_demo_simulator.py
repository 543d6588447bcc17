"""The simulator makes the demo live and leaves alone what a visitor holds."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import resolve

from accounts.demo import PEOPLE
from accounts.models import User
from audit import schedules
from audit.models import Event
from core.errors import NotPermitted
from escalations import presence
from escalations.demo import corners, seeding, simulator
from escalations.demo.plan import make_plan
from escalations.filters import compile_filter
from escalations.models import Approval, Case, Simulator
from escalations.operations import claims
from escalations.views.demo import STORIES
from tests.factories.people import make_user, make_vendor

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
NAMED = [person.email for person in PEOPLE]


@pytest.fixture
def demo():
    seeding.build_stage(at=NOW - timedelta(days=8))
    stage = seeding.read_stage()
    for _done in seeding.play(make_plan(seed=7, days=7, now=NOW, cases=40).open_cases, stage, now=NOW):
        pass
    return stage


@pytest.fixture
def visitor():
    return make_user(email=NAMED[0])


def test_many_turns_make_different_things_happen_and_spare_what_visitors_hold_or_see(demo, monkeypatch):
    ana = User.objects.get(email=NAMED[0])
    claims.claim_next(by=ana, at=NOW)
    watched = Case.objects.filter(is_open=True, severity=2).exclude(assignee__email__in=NAMED).order_by("pk")[0]
    monkeypatch.setattr(presence, "viewers", lambda: {watched.pk: []})
    spared = [watched.pk, *Case.objects.filter(assignee__email__in=NAMED).values_list("pk", flat=True)]
    before = dict(Case.objects.filter(pk__in=spared).values_list("pk", "revision"))
    assert len(before) >= 2
    chance = random.Random(3)

    last = Event.objects.order_by("-id").values_list("id", flat=True).first()

    said = [simulator.act(chance, at=NOW + timedelta(seconds=30 * turn)) for turn in range(1, 25)]

    assert dict(Case.objects.filter(pk__in=spared).values_list("pk", "revision")) == before
    assert all(said)
    kinds = set(Event.objects.filter(at__gte=NOW).values_list("kind", flat=True))
    assert kinds >= {"submission.received", "decision.made", "comment.added"}
    as_visitors = Event.objects.filter(id__gt=last, actor_label__in=[person.display_name for person in PEOPLE])
    assert not list(as_visitors.values_list("kind", "subject_ref", "at", "actor_label", "data"))


def test_a_colleague_answers_as_second_person_what_visitors_left(demo, monkeypatch):
    corners.add_second_persons(demo, now=NOW)
    at = NOW + timedelta(minutes=3)
    assert simulator._second(simulator.turn_at(random.Random(1), at=at)) == ""  # visitors want some, too
    monkeypatch.setattr(simulator, "SECONDS_FOR_VISITORS", 0)

    said = [simulator._second(simulator.turn_at(random.Random(turn), at=at)) for turn in range(4)]

    answered = Approval.objects.exclude(state="open").filter(case__title__in=[title for title, *_ in corners.SECOND])
    assert {one.case.title for one in answered} == {title for title, _verdict, minutes in corners.SECOND if minutes > 7}
    assert not {one.answered_by.email for one in answered} & set(NAMED)
    assert said[-1] == ""


def test_a_tick_waits_for_its_time_and_the_next_comes_within_forty_seconds(visitor, monkeypatch):
    monkeypatch.setattr(simulator, "act", lambda _chance, at: "something happened")
    simulator.start(by=None, at=NOW)

    assert simulator.tick(NOW + timedelta(seconds=5)) == ""
    at = NOW + timedelta(seconds=21)
    assert simulator.tick(at)

    row = Simulator.objects.get()
    assert row.made == 1
    assert timedelta(seconds=20) <= row.next_at - at <= timedelta(seconds=40)
    assert simulator.tick(at + timedelta(seconds=1)) == ""


@pytest.mark.parametrize("ended", ["by a person", "after eight hours"])
def test_a_stopped_simulator_does_nothing(visitor, monkeypatch, ended):
    monkeypatch.setattr(simulator, "act", lambda _chance, at: pytest.fail("it acted"))
    simulator.start(by=None, at=NOW)
    at = NOW + timedelta(minutes=5)
    if ended == "by a person":
        simulator.stop(by=visitor, at=NOW)
    else:
        at = NOW + timedelta(hours=8)

    assert simulator.tick(at) == ""


def test_a_new_start_of_the_product_goes_on_unless_a_person_stopped_it(visitor, settings):
    settings.DEMO = True
    simulator.start(by=None, at=NOW)

    simulator.start_again(at=NOW + timedelta(hours=20))
    assert simulator.state().is_running(at=NOW + timedelta(hours=21))

    simulator.stop(by=visitor, at=NOW + timedelta(hours=21))
    simulator.start_again(at=NOW + timedelta(hours=22))
    assert not simulator.state().is_running(at=NOW + timedelta(hours=22))


def test_vendors_do_not_switch_it():
    with pytest.raises(NotPermitted):
        simulator.start(by=make_user(organization=make_vendor()), at=NOW)


def test_the_engine_has_no_such_job_outside_the_demo():
    assert "demo_tick" not in schedules.JOBS


def test_the_banner_switches_the_simulator_and_names_the_role(client, settings):
    settings.DEMO = True
    client.force_login(make_user(email=NAMED[0]))

    page = client.get("/me/").content.decode()
    assert "simulator stopped" in page
    assert str(PEOPLE[0].place) in page
    answer = client.post("/demo/simulator/", {"on": "1", "next": "/me/"})

    assert answer["Location"] == "/me/"
    assert "simulator running" in client.get("/me/").content.decode()
    client.post("/demo/simulator/", {"on": "0", "next": "//evil.example/"})
    assert "simulator stopped" in client.get("/help/demo/").content.decode()


def test_outside_the_demo_none_of_its_pages_exists(client):
    client.force_login(make_user())

    assert client.get("/help/demo/").status_code == 404
    assert client.post("/demo/simulator/", {"on": "1"}).status_code == 404


def test_a_vendor_reads_about_the_demo_but_has_no_switch(client, settings):
    settings.DEMO = True
    client.force_login(make_user(organization=make_vendor()))

    assert b"demo/simulator" not in client.get("/help/demo/").content
    assert client.post("/demo/simulator/", {"on": "1"}).status_code == 403


@pytest.mark.parametrize(
    "path", [text.split("?")[0] for story in STORIES for _label, text in story.steps if text.startswith("/")]
)
def test_every_other_place_of_a_story_is_a_page(path):
    assert resolve(path).func


@pytest.mark.parametrize(
    "text", [text for story in STORIES for _label, text in story.steps if not text.startswith("/")]
)
def test_the_filters_of_the_stories_can_be_read(text):
    make_vendor("northgate")

    assert compile_filter(text, viewer=make_user(), at=NOW).is_valid

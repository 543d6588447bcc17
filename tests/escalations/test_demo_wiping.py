"""The demo's Wipe button: asked for with a typed word, by the team, and never where anybody real is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from accounts.demo import DOMAIN
from accounts.models import User
from audit.models import Event
from core.errors import Invalid, NotPermitted
from escalations import events
from escalations.demo import seeding, wiping
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)


@pytest.fixture
def demo(settings):
    settings.DEMO = settings.MAY_WIPE = True
    seeding.build_stage(at=NOW - timedelta(days=8))
    seeding.note_start(seed=7, days=7, cases=40, now=NOW)


def person(name: str) -> User:
    return User.objects.get(email=f"{name}@{DOMAIN}")


def asked() -> int:
    return Event.objects.filter(kind=events.DEMO_WIPE_ASKED).count()


@pytest.mark.parametrize("typed", ["wipe", " Wipe "])
def test_a_colleague_who_types_the_word_has_it_wiped(demo, typed):
    wiping.ask(confirmation=typed, by=person("ravi"), at=NOW)

    assert Event.objects.get(kind=events.DEMO_WIPE_ASKED).actor_label == person("ravi").display_name


@pytest.mark.parametrize("typed", ["", "yes", "wipe it"])
def test_without_the_word_nothing_happens(demo, typed):
    with pytest.raises(Invalid):
        wiping.ask(confirmation=typed, by=person("ravi"), at=NOW)

    assert asked() == 0


def test_a_vendor_cannot_wipe(demo):
    with pytest.raises(NotPermitted):
        wiping.ask(confirmation="wipe", by=person("noor"), at=NOW)

    assert asked() == 0


def test_a_database_with_anybody_real_is_never_wiped(demo):
    make_user(email="sam@company.test")

    with pytest.raises(wiping.NotOnlyDemo, match="account of their own"):
        wiping.ask(confirmation="wipe", by=person("ravi"), at=NOW)

    assert asked() == 0


@pytest.mark.parametrize("off", ["DEMO", "MAY_WIPE"])
def test_a_database_that_the_supervisor_did_not_make_is_never_wiped(demo, settings, off):
    setattr(settings, off, False)

    with pytest.raises(wiping.NotOnlyDemo):
        wiping.ask(confirmation="wipe", by=person("ravi"), at=NOW)


def test_a_database_without_a_loaded_demo_is_never_wiped(settings):
    settings.DEMO = settings.MAY_WIPE = True
    colleague = make_user(email=f"ravi@{DOMAIN}")

    with pytest.raises(wiping.NotOnlyDemo, match="No demo"):
        wiping.ask(confirmation="wipe", by=colleague, at=NOW)


def test_the_page_has_the_form_and_its_answer_comes_back_by_itself(demo, client):
    client.force_login(person("ravi"))

    shown = client.get(reverse("escalations:demo-help"))
    refused = client.post(reverse("escalations:demo-wipe"), {"confirmation": "no"}, follow=True)
    done = client.post(reverse("escalations:demo-wipe"), {"confirmation": "wipe"})

    assert 'name="confirmation"' in shown.content.decode()
    assert "Type wipe to confirm" in refused.content.decode()
    assert done.status_code == 202
    assert done["Refresh"] == "4; url=/"
    assert asked() == 1


def test_the_page_says_how_it_is_done_by_hand_where_the_button_may_not(demo, client, settings):
    settings.MAY_WIPE = False
    client.force_login(person("ravi"))

    shown = client.get(reverse("escalations:demo-help")).content.decode()

    assert 'name="confirmation"' not in shown
    assert "WATCHFLOOR_DEMO=0" in shown


def test_the_new_database_says_that_the_one_before_was_wiped(demo):
    wiping.note_wipe(asked_by="Ravi Menon", at=NOW)

    assert Event.objects.get(kind=events.DEMO_WIPED).data == {"asked_by": "Ravi Menon"}

from __future__ import annotations

import pytest

from accounts.demo import PEOPLE
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db


def test_the_switcher_signs_in_as_one_of_the_demos_people(client, settings):
    settings.DEMO = True
    user = make_user(email=PEOPLE[0].email)

    assert PEOPLE[0].display_name in client.get("/accounts/login/").content.decode()
    answer = client.post("/demo/switch/", {"email": user.email, "next": "//evil.example/"})

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/settings/").status_code == 200


def test_outside_the_demo_there_is_no_switcher(client):
    user = make_user(email=PEOPLE[0].email)

    assert client.post("/demo/switch/", {"email": user.email}).status_code == 404
    assert b"demo_people" not in client.get("/accounts/login/").content


def test_nobody_but_the_demos_people_can_be_switched_to(client, settings):
    settings.DEMO = True
    user = make_user(email="real@example.test")

    assert client.post("/demo/switch/", {"email": user.email}).status_code == 404

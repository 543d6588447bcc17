"""Personal settings that change every page: size, motion, layout of the keyboard, colours to check (SET-3, SET-4)."""

from __future__ import annotations

import pytest

from core import keys
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(client):
    user = make_user()
    client.force_login(user)
    return user


def test_size_and_motion_stand_on_every_page(client, ana):
    before = client.get("/me/").content.decode()
    client.post("/settings/display/", {"theme": "contrast", "density": "cosy", "font_px": "16", "reduce_motion": "on"})
    after = client.get("/me/").content.decode()

    assert 'data-font="13"' in before
    assert 'data-motion="system"' in before
    assert 'data-font="16"' in after
    assert 'data-motion="none"' in after
    assert 'data-theme="contrast"' in after


def test_colours_are_shown_as_others_see_them(client, ana):
    page = client.get("/settings/display/").content.decode()

    for words in ("protanopia", "deuteranopia", "tritanopia", "no colour"):
        assert words in page


@pytest.mark.parametrize("layout", list(keys.LAYOUTS))
def test_every_layout_is_free_of_conflicts(layout):
    assert keys.conflicts({"remap": keys.LAYOUTS[layout][1]}) == []


def test_a_layout_moves_the_keys_that_need_altgr_and_leaves_ones_own(client, ana):
    client.post("/settings/keys/", {"single_keys": "on", "layout": "azerty", "key:list.claim": "q"})
    ana.refresh_from_db()

    assert ana.key_settings["remap"] == keys.LAYOUTS["azerty"][1] | {"list.claim": "q"}
    assert ana.key_settings["layout"] == "azerty"


def test_going_back_to_qwerty_takes_the_layouts_keys_back(client, ana):
    client.post("/settings/keys/", {"single_keys": "on", "layout": "azerty", "key:list.claim": "q"})
    page = client.get("/settings/keys/")
    shown = {name: value for name, value in page.context["form"].initial.items() if name.startswith("key:")}

    client.post("/settings/keys/", {"single_keys": "on", "layout": "qwerty"} | shown)
    ana.refresh_from_db()

    assert ana.key_settings["remap"] == {"list.claim": "q"}


def test_an_unknown_layout_is_refused(client, ana):
    answer = client.post("/settings/keys/", {"single_keys": "on", "layout": "colemak"})

    assert answer.status_code == 422

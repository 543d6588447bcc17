"""The keyboard registry: one list, no ambiguity, and a control for each line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import Context, Template
from django.test import Client, RequestFactory

from core import keys, navigation
from core.context_processors import Page
from tests.factories.people import make_user

ROOT = Path(__file__).resolve().parents[2]


def test_no_two_actions_of_a_scope_share_a_combination() -> None:
    assert keys.conflicts({}) == []


@pytest.mark.parametrize("key", keys.registry(), ids=lambda key: key.id)
def test_every_combination_can_be_typed_and_none_is_the_browsers(key: keys.Key) -> None:
    assert all(keys.is_combination(combination) for combination in key.keys)
    if not key.is_native:
        assert not set(key.keys) & keys._TAKEN


def test_ids_are_unique() -> None:
    ids = [key.id for key in keys.registry()]

    assert len(ids) == len(set(ids))


def test_switching_single_keys_off_leaves_only_what_is_no_character() -> None:
    left = keys.resolve({"single_keys": False})

    assert "list.claim" not in {key.id for key in left}
    assert {"anywhere.palette", "list.open", "decision.submit"} <= {key.id for key in left}
    assert next(key for key in left if key.id == "list.down").keys == ("ArrowDown",)


def test_requiring_alt_prefixes_characters_only() -> None:
    resolved = {key.id: key for key in keys.resolve({"alt": True})}

    assert resolved["list.claim"].keys == ("Alt+c",)
    assert resolved["anywhere.view-1"].keys == ("Alt+g 1",)
    assert resolved["list.open"].keys == ("Enter",)


def test_remapping_changes_the_key_and_its_print() -> None:
    resolved = {
        key.id: key
        for key in keys.resolve({"remap": {"list.claim": "q", "list.nothing": "w", "list.open": "not a key"}})
    }

    assert resolved["list.claim"].keys == ("q",)
    assert resolved["list.open"].keys == ("Enter",)


@pytest.mark.parametrize("settings", [None, {}, {"remap": "x"}, {"remap": {"list.claim": 7}}, {"alt": None}])
def test_unreadable_settings_leave_the_defaults(settings: dict[str, object] | None) -> None:
    assert [key.keys for key in keys.resolve(settings)] == [key.keys for key in keys.registry()]


def test_conflicts_name_both_sides_and_the_browsers_own() -> None:
    doubled = keys.conflicts({"remap": {"list.claim": "x"}})
    taken = keys.conflicts({"remap": {"list.claim": "Mod+w"}})
    chord = keys.conflicts({"remap": {"anywhere.next": "g"}})

    assert ("list.select", "list.claim", "x") in {(one.id, other.id if other else "", c) for one, other, c in doubled}
    assert [(one.id, other, c) for one, other, c in taken] == [("list.claim", None, "Mod+w")]
    assert any("anywhere.view-1" in (one.id, other.id if other else "") for one, other, _ in chord)


@pytest.mark.parametrize(
    ("combination", "caps"),
    [
        ("g q", ["g", "q"]),
        ("Shift+c", ["⇧C"]),
        ("Mod+k", ["Ctrl+K"]),
        ("Mod+Shift+Enter", ["Ctrl+⇧↵"]),
        ("?", ["?"]),
        ("Shift+.", ["⇧."]),
    ],
)
def test_keys_print_as_keyboards_show_them(combination: str, caps: list[str]) -> None:
    assert keys.printed(combination) == caps


def test_links_of_the_rail_bring_their_chords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_registry", navigation._Registry())
    navigation.register(navigation.Entry("probe", "core:help-keys", "Probe", "help", key="g y"))

    found = keys.find("go-probe")

    assert found is not None
    assert found.keys == ("g y",)


def test_a_link_the_viewer_may_not_use_is_not_in_the_rail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_registry", navigation._Registry())
    navigation.register(
        navigation.Entry("open", "core:help-keys", "Open", "help"),
        navigation.Entry("shut", "core:help-keys", "Shut", "help", may=lambda viewer: False),
        navigation.Entry("unbuilt", "nowhere:page", "Unbuilt", "help"),
    )
    request = RequestFactory().get("/")
    request.user = make_unsaved_user()

    assert [shown.item.name for group in navigation.rail_for(request) for shown in group] == ["open"]


def make_unsaved_user():
    from accounts.models import User

    return User(email="a@example.test", display_name="A")


def _render(source: str, **settings: object) -> str:
    request = RequestFactory().get("/?page=2&q=is:open")
    request.user = make_unsaved_user()
    request.user.key_settings = settings
    return Template(source).render(Context({"page": Page(request), "request": request}))


def test_a_control_says_its_key_everywhere() -> None:
    html = _render('<button {% key "claim" "list" %}>{% kbd "claim" "list" %}</button>')

    assert 'data-key-action="claim"' in html
    assert 'aria-keyshortcuts="c"' in html
    assert 'title="Claim · c"' in html
    assert '<kbd aria-hidden="true">c</kbd>' in html


def test_a_control_says_no_key_that_is_switched_off() -> None:
    html = _render('<button {% key "claim" "list" %}>{% kbd "claim" "list" %}</button>', single_keys=False)

    assert html == '<button data-key-action="claim"></button>'


def test_a_command_key_is_announced_for_both_keyboards() -> None:
    assert 'aria-keyshortcuts="Control+k Meta+k"' in _render('<i {% key "palette" %}></i>')


def test_query_changes_one_parameter_and_keeps_the_others() -> None:
    assert _render("{% query page=3 %}") == "?page=3&amp;q=is%3Aopen"
    assert _render("{% query page=None %}") == "?q=is%3Aopen"


@pytest.mark.django_db
def test_help_page_lists_every_section_and_needs_sign_in(client: Client) -> None:
    assert client.get("/help/keys/").status_code == 302
    client.force_login(make_user(), backend="allauth.account.auth_backends.AuthenticationBackend")

    html = client.get("/help/keys/").content.decode()
    part = client.get("/help/keys/", headers={"HX-Request": "true"}).content.decode()

    for title in ("Anywhere", "List", "Case", "Decision"):
        assert f">{title}</h2>" in html
    assert "<html" in html
    assert "<html" not in part
    assert 'id="keys"' in part


NOT_BUILT = re.compile(r"consult|crisis|radar|on-?call|hand-?over|programme|vendor|break", re.I)


@pytest.mark.parametrize("key", keys.registry(), ids=lambda key: key.id)
def test_no_key_is_listed_for_what_does_not_exist(key: keys.Key) -> None:
    assert not NOT_BUILT.search(f"{key.action} {key.label}")

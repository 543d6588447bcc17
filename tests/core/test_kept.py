"""What pages print once and keep: nobody's own words in it, and nothing printed again that cannot have changed."""

from __future__ import annotations

import re
from copy import deepcopy
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template
from django.test import Client, RequestFactory, override_settings
from django.urls import NoReverseMatch
from django.utils import translation
from django.utils.safestring import mark_safe

from accounts.models import User
from core import keyboard, keys, navigation
from core.context_processors import Page
from core.templatetags import ui
from tests.factories.people import make_user

TEMPLATES = Path(settings.BASE_DIR) / "templates"
KEPT = re.compile(r"{% kept \"([^\"]+)\"")
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def page_of(**key_settings: object) -> Page:
    request = RequestFactory().get("/")
    request.user = User(email="a@example.test", display_name="A", key_settings=key_settings)
    return Page(request)


def kept_templates() -> set[str]:
    return {name for path in TEMPLATES.rglob("*.html") for name in KEPT.findall(path.read_text())}


def test_kept_templates_hold_no_token_and_nobodys_name() -> None:
    assert kept_templates() >= {"components/rail.html", "escalations/queue/bulk.html"}
    for name in kept_templates():
        text = (TEMPLATES / name).read_text()
        for included in re.findall(r"{% include \"([^\"]+)\"", text):
            text += (TEMPLATES / included).read_text()
        assert not re.search(
            r"csrf_token|form_token|{[{%][^}]*\b(request|page)\.|{% (when|both|clock|query)\b", text
        ), name


def test_the_keys_are_resolved_and_written_once_per_language_and_process(monkeypatch: pytest.MonkeyPatch) -> None:
    keyboard._keyboard.cache_clear()
    asked: list[object] = []
    monkeypatch.setattr(keys, "resolve", lambda given, real=keys.resolve: asked.append(given) or real(given))

    boards = [page_of().keyboard for _page in range(3)]
    with translation.override("es"):
        other = [page_of().keyboard for _page in range(3)]

    assert len({id(board) for board in boards}) == len({id(board) for board in other}) == 1
    assert other[0] is not boards[0]
    assert len(asked) == 2 * 2  # for the keys and for the island, in each language


def test_a_persons_own_keys_are_a_keyboard_of_their_own() -> None:
    assert page_of(single_keys=False).keyboard is not page_of().keyboard
    assert page_of(single_keys=False).keyboard.find("claim", "list") is None
    assert page_of(remap={"list.claim": "q"}).keyboard.caps("claim", "list") == '<kbd aria-hidden="true">q</kbd>'


def test_a_link_registered_later_brings_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    assert page_of().keyboard.find("go-later") is None
    monkeypatch.setattr(navigation, "_registry", navigation._Registry())
    navigation.register(navigation.Entry("later", "core:help-keys", "Later", "help", key="g y"))
    assert page_of().keyboard.find("go-later") is not None


def test_a_kept_template_is_printed_once_for_the_same_values(monkeypatch: pytest.MonkeyPatch) -> None:
    printed: list[str] = []
    real = ui.render_to_string
    monkeypatch.setattr(ui, "render_to_string", lambda name, values: printed.append(name) or real(name, values))
    ui._kept.cache_clear()
    source = Template('{% kept "components/dialog.html" palette_url=url sign_in_url="/in/" %}')

    def show(url: object) -> str:
        return source.render(Context({"page": page_of(), "url": url, "secret": "mine"}))

    assert show("/palette/") == show("/palette/")
    assert 'action="/palette/"' in show("/palette/")
    assert 'action="/other/"' in show("/other/")
    assert len(printed) == 2


def test_one_is_not_true_nor_a_text_safe_where_another_was(tmp_path: Path) -> None:
    (tmp_path / "probe.html").write_text("{{ value }}")
    configured = deepcopy(settings.TEMPLATES)
    configured[0]["DIRS"] = [tmp_path]
    with override_settings(TEMPLATES=configured):
        source = Template('{% kept "probe.html" value=value %}')
        shown = [
            source.render(Context({"page": page_of(), "value": value})) for value in (1, True, mark_safe("<b>"), "<b>")
        ]
    assert shown == ["1", "True", "<b>", "&lt;b&gt;"]


def test_words_of_a_template_follow_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Template(
        "{% load i18n %}{% translate 'Claim' %}|{% translate word %}|{% translate 'Claim' as kept %}{{ kept }}"
    )
    asked: list[str] = []

    def look_up(text: str) -> str:
        asked.append(text)
        return f"{translation.get_language()}:{text}"

    monkeypatch.setattr(translation._trans, "gettext", look_up, raising=False)
    with translation.override("en"):
        assert source.render(Context({"word": "Next"})) == "en:Claim|en:Next|en:Claim"
        asked.clear()
        assert source.render(Context({"word": "Last"})) == "en:Claim|en:Last|en:Claim"
    assert asked == ["Last", "Claim"]  # what stands in the template alone was known
    with translation.override("es"):
        assert source.render(Context({"word": "Next"})) == "es:Claim|es:Next|es:Claim"


@pytest.mark.django_db
def test_two_people_never_share_what_names_them(client: Client) -> None:
    pages = []
    for name in ("Ada Anders", "Bo Berg"):
        client.force_login(make_user(name=name), backend=BACKEND)
        pages.append(client.get("/help/keys/").content.decode())
    assert "Ada Anders" in pages[0]
    assert "Ada Anders" not in pages[1]
    assert "Bo Berg" in pages[1]


def test_an_address_is_found_once_and_still_refused_where_there_is_none() -> None:
    ui._address.cache_clear()
    source = Template(
        "{% url 'escalations:case' ref %}|{% url 'nowhere:page' as none %}{{ none }}|{% url 'core:help-keys' as here %}{{ here }}"
    )
    for ref in ("ESC-1", "ESC-2", "ESC-1"):
        assert source.render(Context({"ref": ref})) == f"/c/{ref}/||/help/keys/"
    assert ui._address.cache_info().hits >= 3
    with pytest.raises(NoReverseMatch):
        Template("{% url 'nowhere:page' %}").render(Context())

"""With a pseudo-language every word of ours comes out marked, and the page runs from right to left.

What is not marked was written past gettext. Data of the test (names, titles) are digits and signs only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.utils import translation

from accounts.models import Organization, User
from accounts.roles import Role
from core.clock import db_now
from oncall.models import Calendar
from tests.factories.cases import make_case, make_queue
from tests.factories.people import make_user

OPEN, CLOSE = "⟦", "⟧"
# Not ours to translate: code, names, keys, and the filter language's own words.
UNTRANSLATED = {"code", "kbd", "bdi", "script", "style", "title", "pre", "option", "svg", "textarea", "time"}
DATA_CLASSES = re.compile(r"mono|tag|key|ver|av|brand|fchip|bare|path|wz")
# The product's name, units, letters of clocks and severities, filter words, formats, the default queue and plan (data).
ALLOWED = re.compile(
    r"^(Watchfloor|[ASFRNLUCMG]\d?|S[0-4]|\d.*|UTC|[A-Za-z]+:[\w:.<>=@-]*|is|ESC-\d+|[a-z]{2,3}|v\d+|CSV|XLSX|General|Standard|P\d+|\W*)$"
)


class Words(HTMLParser):
    """Texts that stand on a page outside of what is not ours to translate."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[bool] = []
        self.found: list[str] = []

    VOID = {"br", "hr", "img", "input", "link", "meta", "path", "rect", "use", "circle", "col", "wbr"}

    def handle_starttag(self, tag, attrs):
        if tag in self.VOID:
            return
        given = dict(attrs)
        self.stack.append(
            tag in UNTRANSLATED
            or bool(DATA_CLASSES.search(given.get("class") or ""))
            or (bool(self.stack) and self.stack[-1])
        )

    def handle_endtag(self, tag):
        if tag not in self.VOID and self.stack:
            self.stack.pop()

    def handle_data(self, data):
        if self.stack and not self.stack[-1] and data.strip():
            self.found.append(data.strip())


@pytest.fixture
def pseudo(monkeypatch) -> Iterator[None]:
    def mark(text: object) -> str:
        return f"{OPEN}{text}{CLOSE}" if str(text).strip() else str(text)

    monkeypatch.setattr(translation._trans, "gettext", mark, raising=False)
    monkeypatch.setattr(translation._trans, "pgettext", lambda _context, text: mark(text), raising=False)
    monkeypatch.setattr(
        translation._trans, "ngettext", lambda one, many, n: mark(one if n == 1 else many), raising=False
    )
    monkeypatch.setattr(
        translation._trans, "npgettext", lambda _context, one, many, n: mark(one if n == 1 else many), raising=False
    )
    monkeypatch.setattr(
        translation._trans, "get_language", lambda: "qps", raising=False
    )  # what is kept per language is not ours
    monkeypatch.setattr(translation._trans, "get_language_bidi", lambda: True, raising=False)
    return


def a_person(role: Role) -> User:
    Organization.objects.get_or_create(kind="internal", defaults={"name": "000", "slug": "internal"})
    return make_user(roles=[role], name="111")


PAGES = ["/q/", "/me/", "/settings/", "/settings/display/", "/settings/work/", "/help/keys/", "/c/new/", "/policies/"]
ADMIN = ["/admin/", "/admin/people/", "/admin/queues/", "/admin/routing/", "/admin/log/", "/admin/sla/", "/admin/calendars/",
         "/admin/calendars/always/", "/admin/calendars/always/edit/", "/admin/holidays/new/", "/admin/sla/new/", "/admin/sla/apply/?calendar=always"]  # fmt: skip


def left_over(client: Client, path: str) -> list[str]:
    page = client.get(path).content.decode()
    assert 'dir="rtl"' in page
    words = Words()
    words.feed(page)
    # A sentence may hold markup, so marks are paired over the whole page, innermost first.
    text = "\n".join(words.found)
    while (shorter := re.sub(rf"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}", "", text)) != text:
        text = shorter
    return [word for word in text.split("\n") if re.search(r"[A-Za-z]{3,}", word) and not ALLOWED.match(word.strip())]


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
def test_a_specialists_pages_hold_no_word_past_gettext(path, pseudo):
    make_case(queue=make_queue(is_default=True), title="222", ask="333", at=db_now())
    client = Client()
    client.force_login(a_person(Role.SPECIALIST))

    assert left_over(client, path) == []


@pytest.mark.django_db
@pytest.mark.parametrize("path", ADMIN)
def test_administration_holds_no_word_past_gettext(path, pseudo):
    Calendar.objects.update(name="444")  # names are data
    client = Client()
    client.force_login(a_person(Role.ADMIN))

    assert left_over(client, path) == []


@pytest.mark.django_db
def test_the_case_page_holds_no_word_past_gettext(pseudo):
    case = make_case(queue=make_queue(is_default=True), title="222", ask="333", at=db_now())
    client = Client()
    client.force_login(a_person(Role.LEAD))

    assert left_over(client, f"/c/{case.ref}/") == []

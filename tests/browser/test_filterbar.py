"""The filter bar in a browser: completion, faults that keep the list, chips by keyboard. The page around it is made by the test."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.template import engines
from django.test import RequestFactory
from playwright.sync_api import BrowserContext, Page, Route, expect

from accounts.models import User
from accounts.roles import Role
from escalations.filters import compile_filter, filter_box
from tests import browsers
from tests.factories.cases import make_case
from tests.factories.people import NOON, make_user

pytestmark = pytest.mark.browser

SOURCE = (
    '{% extends "base.html" %}{% block main %}<h1>List</h1>'
    '{% include "escalations/filters/_filterbar.html" %}<p id="asked">{{ box.text }}</p>{% endblock %}'
)


class Bar:
    """A list page with nothing but the bar; `asked` are the filters it was asked for."""

    def __init__(self, page: Page, viewer: User) -> None:
        self.page, self.viewer = page, viewer
        self.asked: list[str] = []
        page.route("**/probe/list/**", self._answer)

    def _answer(self, route: Route) -> None:
        text = parse_qs(urlsplit(route.request.url).query, keep_blank_values=True).get("q", [""])[0]
        self.asked.append(text)
        request = RequestFactory().get("/probe/")
        request.user, request.session, request.at = self.viewer, {}, NOON
        box = filter_box(compile_filter(text, viewer=self.viewer, at=NOON))
        html = engines["django"].from_string(SOURCE).render({"box": box, "action": "/probe/list/"}, request)
        route.fulfill(status=200, headers={"Content-Type": "text/html"}, body=html)

    def show(self, text: str = "") -> None:
        self.page.goto(f"/probe/list/?q={text}")
        self.ready()
        self.asked.clear()

    def ready(self) -> None:
        """Wait until the page's scripts listen: the same module again, so nothing runs twice."""
        self.page.evaluate("() => import(document.querySelector('script[type=module]').src).then(() => true)")

    @property
    def input(self):
        return self.page.locator("#filter-text")

    @property
    def chips(self) -> list[str]:
        return self.page.locator("[data-chip] bdi").all_inner_texts()


@pytest.fixture
def bar(page: Page, browser_context: BrowserContext, live_url: str) -> Bar:
    viewer = make_user(roles=[Role.LEAD], name="Ana Bell")
    make_case(language="es")
    make_case(language="pt-BR")
    browsers.sign_in(browser_context, viewer, url=live_url)
    return Bar(page, viewer)


def test_tab_completes_a_field_then_its_value_with_counts_and_enter_runs(bar):
    bar.show()
    bar.page.keyboard.press("/")
    bar.page.keyboard.type("lan")
    expect(bar.page.locator("#offers [role=option]").first).to_contain_text("lang:")

    bar.page.keyboard.press("Tab")
    expect(bar.input).to_have_value("lang:")
    expect(bar.page.locator("#offers [role=option]").first).to_contain_text("es")
    expect(bar.page.locator("#offers [role=option]").first.locator(".n")).to_have_text("1")
    bar.page.keyboard.press("Tab")
    expect(bar.input).to_have_value("lang:es ")
    bar.page.keyboard.press("Enter")

    expect(bar.page.locator("#asked")).to_have_text("lang:es")
    assert bar.chips == ["lang:es"]


def test_escape_closes_the_offers_and_tab_then_leaves(bar):
    bar.show()
    bar.input.press_sequentially("lang:")
    expect(bar.page.locator("#offers")).to_be_visible()

    bar.page.keyboard.press("Escape")
    expect(bar.page.locator("#offers")).to_be_hidden()
    bar.page.keyboard.press("Tab")

    expect(bar.input).not_to_be_focused()


def test_a_fault_keeps_the_list_and_is_marked_in_the_text(bar):
    bar.show("lang:es")
    bar.input.fill("lang:es sla:<2x")
    bar.page.keyboard.press("Enter")

    expect(bar.page.locator("#filternotes")).to_contain_text("expected a duration such as 2h")
    expect(bar.page.locator("#offers")).to_be_hidden()
    assert bar.asked == []
    assert bar.page.evaluate("[document.activeElement.selectionStart, document.activeElement.selectionEnd]") == [8, 15]
    expect(bar.input).to_have_attribute("aria-invalid", "true")


def test_a_guess_is_one_button(bar):
    bar.show()
    bar.input.fill("lnag:es")
    bar.page.keyboard.press("Enter")
    bar.page.get_by_role("button", name="Use lang:es").click()

    expect(bar.page.locator("#asked")).to_have_text("lang:es")


def test_chips_are_reached_and_changed_by_keyboard(bar):
    bar.show("lang:es is:open sort:due")
    bar.input.fill("")
    bar.page.keyboard.press("Backspace")
    expect(bar.page.locator("[data-chip]").last.get_by_role("button").first).to_be_focused()

    bar.page.keyboard.press("ArrowLeft")
    bar.page.keyboard.press("-")
    expect(bar.page.locator("#asked")).to_have_text("lang:es -is:open sort:due")

    bar.ready()
    bar.page.get_by_role("button", name="Edit lang:es").focus()
    bar.page.keyboard.press("Delete")
    expect(bar.page.locator("#asked")).to_have_text("-is:open sort:due")


def test_editing_a_chip_marks_its_text(bar):
    bar.show("lang:es is:open")
    bar.page.get_by_role("button", name="Edit is:open").click()

    expect(bar.input).to_be_focused()
    assert bar.page.evaluate("[document.activeElement.selectionStart, document.activeElement.selectionEnd]") == [8, 15]


def test_the_bar_works_without_scripts(browser, live_url, bar):
    context = browser.new_context(java_script_enabled=False, base_url=live_url)
    try:
        browsers.sign_in(context, bar.viewer, url=live_url)
        plain = Bar(context.new_page(), bar.viewer)
        plain.page.goto("/probe/list/?q=lang:es")
        plain.page.get_by_role("button", name="Leave out lang:es").click()
        expect(plain.page.locator("#asked")).to_have_text("-lang:es")
        plain.input.fill("is:open")
        plain.page.get_by_role("button", name="Apply").click()
        expect(plain.page.locator("#asked")).to_have_text("is:open")
    finally:
        context.close()


def test_axe_finds_nothing_serious_and_nothing_scrolls_sideways(bar):
    bar.page.goto("/help/filters/")
    assert browsers.faults(bar.page) == []
    bar.show("lang:es -is:held sla:<2x")
    assert browsers.faults(bar.page) == []
    bar.show("lang:es -is:held created:today")
    bar.input.press("End")
    bar.input.press_sequentially(" lang:")
    expect(bar.page.locator("#offers [role=option]").first).to_be_visible()
    assert browsers.faults(bar.page) == []

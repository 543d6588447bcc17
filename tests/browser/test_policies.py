"""The policy library in a real Chromium: looks, width, keys, searching while typing, citing."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from policies.operations.library import load_library
from tests import browsers
from tests.factories.people import internal_organization, make_user

pytestmark = pytest.mark.browser


@pytest.fixture
def reader(browser_context: BrowserContext, live_url: str) -> User:
    """A specialist signed in to the browser, and the whole library."""
    internal_organization()
    load_library(at=timezone.now(), by=None)
    user = make_user(name="Ana Bell")
    browsers.sign_in(browser_context, user, url=live_url)
    return user


def test_axe_finds_nothing_serious_and_nothing_needs_sideways_scrolling(page: Page, reader: User) -> None:
    found = []
    for theme in ("light", "dark", "contrast"):
        User.objects.filter(pk=reader.pk).update(theme=theme)
        for address in ("/policies/", "/policies/CS-AU-2.4/", "/policies/?q=zzzzqqq"):
            page.set_viewport_size({"width": 1600, "height": 900})
            page.goto(address)
            expect(page.locator("html")).to_have_attribute("data-theme", theme)
            wrong = browsers.serious(page, colours=True, without="#clause-rows tr:nth-child(n+13)")
            found += [(theme, 1600, address, fault) for fault in wrong]
            for width in (1600, 768, 320) if theme == "light" else ():
                page.set_viewport_size({"width": width, "height": 900})
                wrong = [*browsers.serious(page, colours=False), *browsers.sideways(page)]
                found += [(theme, width, address, fault) for fault in wrong]
    assert found == []


def test_the_list_narrows_while_typing_and_the_address_follows(page: Page, reader: User) -> None:
    page.goto("/policies/")

    page.keyboard.press("/")
    page.keyboard.type("griefbot")

    expect(page.locator("#clause-rows tbody tr")).to_have_count(1)
    expect(page.locator("#clause-rows")).to_contain_text("CS-AU-2.4")
    expect(page.locator("#id_q")).to_be_focused()
    expect(page).to_have_url(re.compile(r"q=griefbot"))


def test_keys_move_through_the_list_open_a_clause_and_cite_it(
    page: Page, reader: User, browser_context: BrowserContext
) -> None:
    browser_context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/policies/?q=AD-FR")

    page.keyboard.press("j")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/policies/AD-FR-2\.1/$"))
    page.keyboard.press("y")
    expect(page.locator("#status")).not_to_be_empty()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == (
        "AD-FR-2.1@v9 — No ads promising guaranteed or impossible returns on an investment or trading product."
    )


def test_a_citation_shows_its_card_on_focus_and_escape_closes_it(page: Page, reader: User) -> None:
    page.goto("/policies/CS-HC-1.2/")
    cite = page.locator("#clause .cite").first
    card = cite.locator("[role=tooltip]")

    cite.locator("a").focus()
    expect(card).to_be_visible()
    assert browsers.serious(page) == []
    page.keyboard.press("Escape")

    expect(card).to_be_hidden()
    expect(cite.locator("a")).to_be_focused()
    expect(page).to_have_url(re.compile(r"CS-HC-1\.2/$"))

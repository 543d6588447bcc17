"""The case page's smaller controls in a real Chromium: clocks explained, templates, wordings, a legal hold, the audit tab."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from core.clock import db_now
from escalations.models import Case, CaseHold, Comment
from escalations.operations import replies
from tests import browsers
from tests.factories.clocks import make_case_with_clocks
from tests.factories.people import make_user, make_vendor

pytestmark = pytest.mark.browser


@pytest.fixture
def aiko(browser_context: BrowserContext, live_url: str) -> User:
    """Of the legal desk, and a lead: she may do everything on this page."""
    user = make_user(name="Aiko Mori", roles=["LG", "LD"])
    browsers.sign_in(browser_context, user, url=live_url)
    return user


@pytest.fixture
def page(browser_context: BrowserContext) -> Page:
    return browser_context.new_page()


def a_case() -> Case:
    return make_case_with_clocks(at=db_now(), organization=make_vendor(), ask="Please look at 46 ads.")


_FETCH_THE_HEAD_AGAIN = """() => new Promise((done) => {
    document.addEventListener("htmx:afterSettle", (event) => { if (event.target.id === "casehead") done(); });
    document.getElementById("casehead").dispatchEvent(new CustomEvent("live:refresh", { bubbles: true }));
})"""


def test_clocks_are_explained_under_the_pointer_by_focus_and_by_a_press(page, live_url, aiko):
    page.goto(f"{live_url}/c/{a_case().ref}/")
    table, summary = page.locator("#clocklist .clocktable"), page.locator("#clocklist > summary")
    expect(table).to_be_hidden()

    summary.hover()
    expect(table).to_be_visible()
    page.locator("#clocklist .clocktable th").first.hover()  # the pointer may go into what it explains
    expect(table).to_be_visible()
    page.locator("h1").hover()
    expect(table).to_be_hidden()

    page.locator("#case-edit").focus()
    page.keyboard.press("Tab")
    expect(summary).to_be_focused()
    expect(table).to_be_visible()
    page.keyboard.press("Escape")
    expect(table).to_be_hidden()

    page.locator("h1").hover()
    summary.click()  # shows under the pointer already: the press pins it
    page.locator("h1").hover()
    expect(table).to_be_visible()
    # A colleague who comes or a clock that turns fetches the head again: what is pinned stays open (idiomorph would close it).
    page.evaluate(_FETCH_THE_HEAD_AGAIN)
    expect(table).to_be_visible()


def test_a_template_is_chosen_previewed_and_not_sent_with_a_hole(page, live_url, aiko):
    case, at = a_case(), db_now()
    replies.save_template(slug="first", name="First answer", is_active=True, is_new=True, by=aiko, at=at)
    replies.publish_wording(slug="first", language="en", body="About {{ reference }}: {{ decision }}.", by=aiko, at=at)
    wrong = browsers.watch(page)
    page.goto(f"{live_url}/c/{case.ref}/")

    page.locator("#reply-templates").click()
    page.locator("#template-first").click()
    body = page.locator("#reply-body")
    expect(body).to_have_value(f"About {case.ref}: {{{{ decision }}}}.")
    expect(page.locator("#dlg")).to_be_hidden()

    page.locator("#reply-preview").click()
    expect(page.locator("#preview-reply")).to_contain_text("Not filled in yet")
    assert browsers.serious(page) == []
    page.keyboard.press("Escape")
    body.press("Control+Enter")
    expect(page.locator("#reply-problem")).to_contain_text("decision")
    body.fill(f"About {case.ref}: no violation.")
    body.press("Control+Enter")
    expect(page.locator("#timeline")).to_contain_text("no violation")

    assert Comment.objects.get().template_version is not None
    assert wrong == []


def test_the_ask_is_worded_anew_and_the_first_words_are_one_click_away(page, live_url, aiko):
    case = a_case()
    page.goto(f"{live_url}/c/{case.ref}/")

    page.locator("#ask-edit").click()
    page.locator("#dlg [name=text]").fill("Look at the ads.")
    page.locator("#dlg [name=reason]").fill("Shorter")
    page.locator("#dlg [name=reason]").press("Control+Enter")
    expect(page.locator("#ask blockquote")).to_have_text("Look at the ads.")
    page.locator("#ask-wordings").click()

    expect(page.locator("#wordings")).to_contain_text("Please look at 46 ads.")
    assert browsers.serious(page) == []


def test_a_hold_is_set_and_says_so_on_top(page, live_url, aiko):
    case = a_case()
    page.goto(f"{live_url}/c/{case.ref}/")

    page.locator("#actions summary[aria-label='More actions']").click()
    page.locator("#act-hold").click()
    page.locator("#dlg [name=basis]").fill("Order 7")
    page.locator("#dlg [name=basis]").press("Control+Enter")

    expect(page.locator(".banner-hold")).to_contain_text("Order 7")
    expect(page.locator("#hold-release")).to_be_visible()
    assert CaseHold.objects.get().set_by == aiko
    assert browsers.serious(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_audit_tab_is_clean_and_fits_a_phone(page, live_url, aiko, theme):
    case = a_case()
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(f"{live_url}/c/{case.ref}/audit/")

    expect(page.locator("h1")).to_contain_text("Audit")
    assert browsers.serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320

"""The outbox in a real Chromium: by keyboard, in both themes, on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from accounts.roles import Role
from escalations.models import EnforcementAction
from escalations.operations import handing_over
from tests import browsers
from tests.factories.enforcement import make_action
from tests.factories.people import NOON, make_user

pytestmark = pytest.mark.browser


@pytest.fixture
def lead(browser_context: BrowserContext, live_url: str) -> User:
    person = make_user(roles=[Role.LEAD], name="Lea Lind")
    browsers.sign_in(browser_context, person, url=live_url)
    return person


def refused() -> EnforcementAction:
    action = make_action()
    reason = "The account was deleted by its owner an hour ago."
    handing_over.answer(action_id=action.pk, accepted=False, foreign_id="", reason=reason, by=None, at=NOON)
    return action


def test_a_refused_action_is_sent_again_from_the_outbox(page: Page, lead: User):
    action = refused()
    page.goto("/outbox/")
    row = page.locator("#outbox-rows tbody tr")
    expect(row).to_contain_text("The account was deleted")

    row.get_by_role("link", name="Send again").click()
    page.get_by_label("Reason").fill("It is back: looked it up.")
    page.keyboard.press("Enter")

    expect(
        page.get_by_text("Nothing needs a person.").or_(page.locator("#outbox-rows").get_by_text("Queued"))
    ).to_be_visible()
    action.refresh_from_db()
    assert action.state == "queued"


def test_the_list_is_walked_by_keyboard_to_the_case(page: Page, lead: User):
    action = refused()
    page.goto("/outbox/")
    expect(page.locator("#outbox-rows tbody tr")).to_have_count(1)

    page.keyboard.press("j")
    page.keyboard.press("Enter")

    expect(page.locator("#hand-offs")).to_be_visible()
    assert action.case.ref in page.url


def test_axe_finds_nothing_serious_and_nothing_needs_sideways_scrolling(page: Page, lead: User):
    action = refused()
    make_action()
    for address in ("/outbox/", f"/c/{action.case.ref}/hand-offs/", "/outbox/?show=done", "/admin/strikes/"):
        page.goto(address)
        expect(page.locator("h1").first.or_(page.locator("#strip"))).to_be_visible()
        assert browsers.faults(page) == [], address

"""The report pages in a real Chromium: read by keyboard, in both themes, on a phone, without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from accounts.roles import Role
from tests import browsers
from tests.factories.people import make_user
from tests.factories.reports import make_floor

pytestmark = pytest.mark.browser


@pytest.fixture
def lead(browser_context: BrowserContext, live_url: str) -> User:
    person = make_user(roles=[Role.LEAD], name="Lea Lind")
    browsers.sign_in(browser_context, person, url=live_url)
    return person


def test_now_and_sla_hold_in_both_themes_and_on_a_phone(page: Page, lead: User):
    make_floor(cases=60, days=60)

    for key, last in (("now", "#panel-ch-4 table"), ("sla", "#panel-ch-9 svg")):
        page.goto(f"/reports/{key}/?whole=1")
        expect(page.locator(last).first).to_be_visible()
        assert browsers.faults(page) == [], key


def test_a_lead_goes_from_a_tile_to_its_cases_and_sees_charts_come_as_they_scroll(page: Page, lead: User):
    make_floor()
    page.goto("/q/")
    expect(page.locator("h1")).to_be_attached()

    page.keyboard.press("g")
    page.keyboard.press("r")
    expect(page.locator("h1")).to_have_text("Are we safe right now?")
    page.locator("#panel-ch-4").scroll_into_view_if_needed()
    expect(page.locator("#panel-ch-4 table")).to_be_visible()

    tile = page.locator(".kpi", has_text="Unclaimed").get_by_role("link")
    number = tile.inner_text()
    tile.click()
    expect(page.locator("#filter-text")).to_have_value("is:open -is:child is:unclaimed")
    expect(page.locator("#qfacts")).to_contain_text(number)

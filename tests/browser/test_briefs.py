"""A brief from its first word to its reader, in a real Chromium: two people, keys, a phone's width, axe."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from accounts.roles import Role
from core.clock import db_now
from escalations.models import Case
from reporting.models import Brief
from reporting.operations import briefs, facts
from tests import browsers
from tests.factories.cases import make_case
from tests.factories.people import make_user

pytestmark = pytest.mark.browser


def test_a_brief_is_written_approved_by_another_and_read(
    page: Page, browser_context: BrowserContext, live_url: str
) -> None:
    ana, lea = make_user(roles=[Role.LEAD], name="Ana Reyes"), make_user(roles=[Role.LEAD], name="Lea Lind")
    for number in range(7):
        make_case(received_at=db_now() - timedelta(days=8 * number, hours=1))
    facts.write(list(Case.objects.values_list("pk", flat=True)))
    browsers.sign_in(browser_context, ana, url=live_url)

    page.goto("/briefs/")
    page.keyboard.press("g")
    page.keyboard.press("b")
    expect(page.get_by_text("No brief has been sent yet.")).to_be_visible()
    page.get_by_role("link", name="New brief").click()
    page.get_by_label("Title").fill("Week 47")
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("heading", name=re.compile("BRF-.* Week 47"))).to_be_visible()
    page.get_by_label("Text Bottom line").fill("We are back on target after a bad Monday.")
    page.get_by_role("button", name="Add figure").click()
    expect(page.locator("fieldset", has=page.get_by_text("last 7 days")).first).to_be_visible()
    expect(page.get_by_label("Text Bottom line")).to_have_value("We are back on target after a bad Monday.")
    page.get_by_role("button", name="Add as chart").click()
    expect(page.get_by_role("button", name="Add as chart")).to_have_count(0)
    brief = Brief.objects.get()
    page.goto(f"/briefs/BRF-{brief.pk}/edit/")
    assert browsers.faults(page) == []
    page.get_by_role("button", name="Ask for approval").click()
    expect(page.get_by_text("It waits for approval by a lead or the legal desk")).to_be_visible()

    browsers.sign_in(browser_context, lea, url=live_url)
    page.goto("/briefs/")
    page.get_by_role("link", name=re.compile("Week 47")).click()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("button", name="Send to subscribers")).to_be_visible()
    briefs.send(brief_id=brief.pk, by=ana, at=db_now())
    page.goto("/briefs/")
    assert browsers.faults(page) == []
    expect(page.get_by_text("We are back on target after a bad Monday.")).to_be_visible()
    page.goto(f"/briefs/BRF-{brief.pk}/")
    assert browsers.faults(page) == []
    expect(page.get_by_role("link", name="PDF", exact=True)).to_be_visible()

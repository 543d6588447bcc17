"""The explorer, the SQL tab and exports in a real Chromium: a lead asks, points at rows, writes a statement and takes the answer out."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from accounts.roles import Role
from core.clock import db_now
from escalations.models import Case
from reporting.operations import facts
from tests import browsers
from tests.factories.cases import make_case, make_queue
from tests.factories.people import make_user, make_vendor
from tests.live import LiveProcess

pytestmark = pytest.mark.browser


@pytest.fixture
def lead(browser_context: BrowserContext, live_url: str) -> User:
    person = make_user(roles=[Role.LEAD], name="Lea Lind")
    browsers.sign_in(browser_context, person, url=live_url)
    at = db_now() - timedelta(days=1)
    for number in range(6):
        queue = make_queue(slug=f"queue-with-a-rather-long-name-{number}")
        for _case in range(number + 1):
            make_case(queue=queue, organization=make_vendor(), received_at=at, severity=number % 5)
    facts.write(list(Case.objects.values_list("pk", flat=True)))
    return person


def test_a_lead_explores_writes_sql_and_takes_the_answer_out(page: Page, lead: User, live_engine: LiveProcess):
    page.goto("/reports/explore/")
    expect(page.locator("#explored h2")).to_contain_text("21")

    page.get_by_label("By", exact=True).select_option("queue")
    expect(page.locator("#explored .tbl-cards tbody tr")).to_have_count(6)
    expect(page).to_have_url(re.compile("by=queue"))
    page.get_by_label("Shown as").select_option("bar")
    expect(page.locator("#explored figure svg[aria-label^='Volume · Queue']")).to_be_visible()
    expect(page).to_have_url(re.compile("as=bar"))
    page.get_by_text("Save this").click()
    page.get_by_role("textbox", name="Name").fill("Where it comes in")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("link", name="Where it comes in", exact=True)).to_be_visible()

    page.get_by_role("navigation", name="Reports").get_by_role("link", name="SQL").click()
    statement = page.get_by_label("Statement")
    statement.fill("SELECT queue,\n  sverity FROM v_case")
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#sql_answer")).to_contain_text("Line 2, place 3")
    statement.fill("SELECT queue, count(*) AS cases FROM v_case GROUP BY queue ORDER BY cases")
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#sql_answer tbody tr")).to_have_count(6)

    page.locator("#sql_answer").get_by_role("button", name="CSV").click()
    fetched = page.get_by_role("link", name="Download")
    expect(fetched).to_be_visible(timeout=20_000)
    with page.expect_download() as caught:
        fetched.click()
    lines = Path(caught.value.path()).read_text().splitlines()
    assert lines[1:3] == ['"queue","cases"', '"queue-with-a-rather-long-name-0","1"']
    assert "Lea Lind" in lines[0]


def test_axe_finds_nothing_serious_and_phones_need_no_sideways_scrolling(page: Page, lead: User):
    for address in (
        "/reports/explore/?m=volume&by=queue&as=bar",
        "/reports/explore/sql/",
        "/reports/explore/dictionary/",
        "/exports/",
        "/exports/new/?source=cases&q=is:open",
    ):
        page.goto(address)
        expect(page.locator("h1")).to_be_visible()
        assert browsers.faults(page) == [], address

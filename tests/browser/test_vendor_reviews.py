"""A lead brings a vendor's decisions in and reads them: both themes, a phone, names that do not end."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from core.clock import db_now
from reporting.lifecycle import ReviewDecision
from reporting.operations.vendor_reviews import FIELDS
from tests import browsers
from tests.factories.people import make_user, make_vendor

pytestmark = pytest.mark.browser
LONG = "ReviewersOfTheNorthernProvincesWithoutASingleSpaceInTheirAlias"


def test_a_lead_tries_a_file_brings_it_in_and_reads_it(page: Page, live_url: str) -> None:
    vendor, at = make_vendor(), db_now()
    browsers.sign_in(page.context, make_user(roles=["LD"]), url=live_url)
    lines = [
        f"R-{number},ad,https://vid.example/{number},{LONG}{number % 3},{decision},AD-FR-2.1,{at.isoformat()},{number},"
        for number, decision in enumerate(ReviewDecision.values * 3)
    ]
    file = {
        "name": f"{LONG}.csv",
        "mimeType": "text/csv",
        "buffer": "\n".join([",".join(FIELDS), *lines, f"{LONG},song,,,,,,,"]).encode(),
    }
    page.goto(f"{live_url}/vendors/{vendor.slug}/")
    page.get_by_role("link", name="Their own decisions").click()
    expect(page.get_by_text("This vendor has sent no decisions")).to_be_visible()

    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Only check").click()
    expect(page.get_by_role("heading", name="Nothing was kept")).to_be_visible()
    expect(page.get_by_text("Send one of: content, ad.")).to_be_visible()
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Bring in").click()
    expect(page.get_by_role("heading", name="The file was brought in")).to_be_visible()

    assert browsers.faults(page) == []
